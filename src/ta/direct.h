/* SPDX-License-Identifier: Apache-2.0 */
/* direct.h - window operators that look at each earlier row: O(period) a bar.
 *
 * A row k bars back lies k * lanes values before, for every value of a tile alike, so a tile of TW_TILE values (a bar
 * of 16 lanes, or 16 bars of one) is worked on side by side: the loop over the window is outside, the loop over the
 * tile inside, and each value has its own chain of sums, whatever the cut into tiles. */
#ifndef TW_TA_DIRECT_H
#define TW_TA_DIRECT_H

#include "ta/op.h"

enum { TW_TILE = 16, TW_DIRECT_INPUTS = 3 };

/* Writes n values: a constant, TW_TILE or 1. */
typedef void tw_direct_tile(const void *state, size_t n, const double *const *in, double *const *out, size_t lanes);

TW_LANE void tw_direct_run(tw_direct_tile *tile, size_t inputs, const void *state, size_t n, const double *const *in,
                           double *const *out, const size_t lanes)
{
    const double *x[TW_DIRECT_INPUTS];
    double *y[1] = {out[0]};
    size_t left = n * lanes;
    for (size_t i = 0; i < inputs; i++) x[i] = in[i];
    for (; left >= TW_TILE; left -= TW_TILE) {
        tile(state, TW_TILE, x, y, lanes);
        for (size_t i = 0; i < inputs; i++) x[i] += TW_TILE;
        y[0] += TW_TILE;
    }
    for (; left; left--) { /* one lane only */
        tile(state, 1, x, y, lanes);
        for (size_t i = 0; i < inputs; i++) x[i]++;
        y[0]++;
    }
}

static inline size_t tw_direct_size(const void *params, size_t lanes)
{
    (void)params, (void)lanes;
    return sizeof(tw_window);
}

/* The operator `op` from op##_tile; its state is its parameters. The rest are fields of tw_op. */
#define TW_DIRECT_OP(op, ...)                                                                                          \
    TW_LANE void op##_run(void *state, size_t n, const double *const *in, double *const *out, const size_t lanes)      \
    {                                                                                                                  \
        tw_direct_run(op##_tile, op##_inputs, state, n, in, out, lanes);                                               \
    }                                                                                                                  \
    TW_OP_FORMS(op, op##_run)                                                                                          \
    TW_OP(op) = {.name = #op,                                                                                          \
                 .params_size = sizeof(tw_window),                                                                     \
                 .lookback = tw_window_back,                                                                           \
                 .history = tw_window_back,                                                                            \
                 .state_size = tw_direct_size,                                                                         \
                 .run_wide = op##_wide,                                                                                \
                 .run_one = op##_one,                                                                                  \
                 __VA_ARGS__}

#endif
