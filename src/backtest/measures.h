/* SPDX-License-Identifier: Apache-2.0 */
/* measures.h - what measures of returns share. In formulas r are the returns, b those of the benchmark, p periods a
 * year. */
#ifndef TW_BACKTEST_MEASURES_H
#define TW_BACKTEST_MEASURES_H

#include "tradewind/backtest.h"

#define TW_EMPYRICAL "empyrical-reloaded 0.7.1, stats.py"

#define TW_MEASURE(name) extern const tw_measure tw_measure_##name;
#include "backtest/measures.def"
#undef TW_MEASURE

/* At least `least` returns and no NaN or infinity among them. */
bool tw_returns_ok(const tw_return_path *x, size_t least);
/* All returns are the same: a standard deviation of them is rounding noise, and a ratio to it means nothing. */
bool tw_returns_constant(size_t n, const double *r);
/* (1 + r[0]) (1 + r[1]) ... */
double tw_growth(const tw_return_path *x);
/* growth^(periods / n) - 1; NaN when nothing, or less, is left. */
double tw_annual_growth(size_t n, double growth, double periods);
/* The k-th smallest return (k from 0), without touching or copying them. */
double tw_returns_order(const tw_return_path *x, size_t k);
/* Percentile by linear interpolation between order statistics (numpy's default), share in [0, 1]. */
double tw_returns_percentile(const tw_return_path *x, double share);

#endif
