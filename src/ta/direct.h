/* SPDX-License-Identifier: Apache-2.0 */
/* direct.h - window operators that look at each earlier row: O(period) a bar.
 *
 * A row k bars back lies k * lanes values before, for every value of a tile alike, so a tile of TW_TILE values (four
 * bars of 16 lanes, or 64 bars of one; what is left over goes by 16 and by 1) is worked on side by side: the loop over
 * the window is outside, the loop over the tile inside, and each value has its own chain of sums, whatever the cut. */
#ifndef TW_TA_DIRECT_H
#define TW_TA_DIRECT_H

#include "ta/op.h"

enum { TW_TILE = 64, TW_DIRECT_INPUTS = 3 };

/* Writes n values: a constant, TW_TILE, TW_LANES or 1. */
typedef void tw_direct_tile(const void *state, size_t n, const double *const *in, double *const *out, size_t lanes);

/* Inputs and result at the next value. */
typedef struct tw_direct {
    const double *x[TW_DIRECT_INPUTS];
    double *y[1];
    size_t left;
} tw_direct;

/* As many whole tiles of `size` values as there are. */
TW_LANE void tw_direct_tiles(tw_direct *a, tw_direct_tile *tile, const void *state, const size_t size,
                             const size_t lanes)
{
    for (; a->left >= size; a->left -= size) {
        tile(state, size, a->x, a->y, lanes);
        TW_FEW(i, TW_DIRECT_INPUTS) a->x[i] += size;
        a->y[0] += size;
    }
}
TW_LANE void tw_direct_run(tw_direct_tile *tile, size_t inputs, const void *state, size_t n, const double *const *in,
                           double *const *out, const size_t lanes)
{
    tw_direct a = {.y = {out[0]}, .left = n * lanes};
    TW_FEW(i, TW_DIRECT_INPUTS) a.x[i] = in[i < inputs ? i : 0];
    tw_direct_tiles(&a, tile, state, TW_TILE, lanes);
    tw_direct_tiles(&a, tile, state, TW_LANES, lanes);
    if (lanes == 1) tw_direct_tiles(&a, tile, state, 1, lanes);
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
