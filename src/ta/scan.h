/* SPDX-License-Identifier: Apache-2.0 */
/* scan.h - operators that are scans: see scan_block.h for the method. */
#ifndef TW_TA_SCAN_H
#define TW_TA_SCAN_H

#include "ta/scan_overlap.h"

/* The kernel of every scan; the caller passes a constant `d`, which folds away. */
TW_LANE void tw_scan_run(const tw_scan *d, void *state, size_t n, const double *const *in, double *const *out,
                         const size_t lanes)
{
    tw_scan_state *s = state;
    if (lanes == 1 && tw_scan_is_extreme(d) && s->period <= TW_SCAN_SIDE_MOST) {
        tw_scan_overlap(d, s, n, in, out);
        return;
    }
    for (size_t t = 0, m; t < n; t += m) {
        const double *x[TW_SCAN_INPUTS];
        TW_FEW(i, d->inputs) x[i] = in[i] + t * lanes;
        double *y[TW_SCAN_OUTPUTS] = {NULL};
        TW_FEW(o, d->outputs) y[o] = out[o] + t * lanes;
        m = s->period * TW_SCAN_SIDE;
        if (lanes == 1 && s->at == 0 && s->period <= TW_SCAN_SIDE_MOST && n - t >= m) {
            tw_scan_beside(s, x, y, d);
            continue;
        }
        if (s->at == 0) tw_scan_open(s, x, lanes, d);
        m = s->period - s->at < n - t ? s->period - s->at : n - t;
        tw_scan_rows(s, m, x, y, lanes, d);
        s->at = s->at + m == s->period ? 0 : s->at + m;
    }
}

/* The operator `op` from the constant op##_scan; the rest are fields of tw_op. */
#define TW_SCAN_OP(op, ...)                                                                                            \
    static void op##_wide(void *state, size_t n, const double *const *in, double *const *out)                          \
    {                                                                                                                  \
        tw_scan_run(&op##_scan, state, n, in, out, TW_LANES);                                                          \
    }                                                                                                                  \
    static void op##_one(void *state, size_t n, const double *const *in, double *const *out)                           \
    {                                                                                                                  \
        tw_scan_run(&op##_scan, state, n, in, out, 1);                                                                 \
    }                                                                                                                  \
    static size_t op##_size(const void *params, size_t lanes) { return tw_scan_size(&op##_scan, params, lanes); }      \
    static void op##_init(void *state, const void *params, size_t lanes)                                               \
    {                                                                                                                  \
        tw_scan_init(&op##_scan, state, params, lanes);                                                                \
        tw_scan_stagger(&op##_scan, state, #op, lanes);                                                                \
    }                                                                                                                  \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .params_size = sizeof(tw_window),                                                                     \
                 .lookback = tw_window_back,                                                                           \
                 .history = tw_window_back,                                                                            \
                 .state_size = op##_size,                                                                              \
                 .init = op##_init,                                                                                    \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

TW_LANE void tw_join_add1(const double *a, const double *b, double *y) { y[0] = a[0] + b[0]; }
TW_LANE void tw_join_add2(const double *a, const double *b, double *y)
{
    y[0] = a[0] + b[0];
    y[1] = a[1] + b[1];
}
TW_LANE void tw_join_add3(const double *a, const double *b, double *y)
{
    tw_join_add2(a, b, y);
    y[2] = a[2] + b[2];
}
TW_LANE void tw_join_add5(const double *a, const double *b, double *y)
{
    tw_join_add3(a, b, y);
    y[3] = a[3] + b[3];
    y[4] = a[4] + b[4];
}

#endif
