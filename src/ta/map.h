/* SPDX-License-Identifier: Apache-2.0 */
/* map.h - operators without memory: one function of the inputs of a bar. */
#ifndef TW_TA_MAP_H
#define TW_TA_MAP_H

#include "ta/op.h"

/* The result at place i of the inputs. */
typedef double tw_map(const double *const *x, size_t i);

TW_LANE void tw_map_run(size_t n, const double *const *in, double *const *out, tw_map *f)
{
    double *y = out[0];
    TW_EACH(i, n) y[i] = tw_canon(f(in, i));
}

/* The operator `op` from op##_at, a tw_map; the rest are fields of tw_op. */
#define TW_MAP(op, ...)                                                                                                \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, size_t lanes)            \
    {                                                                                                                  \
        (void)state;                                                                                                   \
        tw_map_run(n *lanes, in, out, op##_at);                                                                        \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    TW_OP(op) = {.name = #op, .run_wide = op##_wide, .run_one = op##_one, __VA_ARGS__}

/* The same from op##_of, a function of one or two numbers. */
#define TW_MAP1(op, ...)                                                                                               \
    TW_LANE double op##_at(const double *const *x, size_t i) { return op##_of(x[0][i]); }                              \
    TW_MAP(op, __VA_ARGS__)
#define TW_MAP2(op, ...)                                                                                               \
    TW_LANE double op##_at(const double *const *x, size_t i) { return op##_of(x[0][i], x[1][i]); }                     \
    TW_MAP(op, __VA_ARGS__)

/* To the nearest integer, half to even: adding 2^52 rounds; beyond it every number is an integer. */
TW_LANE double tw_nearest(double x)
{
    const double big = tw_lane_sign(0x1p52, x), r = (x + big) - big;
    return tw_lane_abs(x) < 0x1p52 ? r : x;
}
TW_LANE double tw_whole_below(double x)
{
    const double r = tw_nearest(x);
    return r > x ? r - 1.0 : r;
}

#endif
