/* SPDX-License-Identifier: Apache-2.0 */
/* round.h - the rounding of histories, a kernel of each instruction set; the bits are the same. */
#ifndef TW_BACKTEST_EVENT_ROUND_H
#define TW_BACKTEST_EVENT_ROUND_H

#include <stddef.h>

/* How many rows moved by more than a thousandth of themselves, and how many are missing. */
typedef struct tw_rounded {
    size_t moved, missing;
} tw_rounded;

/* out[i] is x[i] rounded to 1 / ten, ties to even. `out` may be `x`. */
typedef tw_rounded tw_window_round_fn(const double *x, double *out, size_t n, double ten);

tw_rounded tw_window_round_baseline(const double *x, double *out, size_t n, double ten);
tw_rounded tw_window_round_avx2(const double *x, double *out, size_t n, double ten);
tw_rounded tw_window_round_avx512(const double *x, double *out, size_t n, double ten);

#endif
