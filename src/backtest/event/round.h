/* SPDX-License-Identifier: Apache-2.0 */
/* round.h - the rounding of histories, a kernel of each instruction set; the bits are the same. */
#ifndef TW_BACKTEST_EVENT_ROUND_H
#define TW_BACKTEST_EVENT_ROUND_H

#include <stddef.h>

/* out[i] is x[i] rounded to 1 / ten, ties to even; how many moved by more than a thousandth of themselves. `out` may be
 * `x`. */
typedef size_t tw_window_round_fn(const double *x, double *out, size_t n, double ten);

size_t tw_window_round_baseline(const double *x, double *out, size_t n, double ten);
size_t tw_window_round_avx2(const double *x, double *out, size_t n, double ten);
size_t tw_window_round_avx512(const double *x, double *out, size_t n, double ten);

#endif
