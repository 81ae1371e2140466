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

/* Returns that are not NaN. */
size_t tw_returns_present(const tw_return_path *x);
/* At least `least` bars, no infinite return, and one that is not NaN. */
bool tw_returns_ok(const tw_return_path *x, size_t least);
/* The same without a NaN: what percentiles and higher moments need. */
bool tw_returns_whole(const tw_return_path *x, size_t least);
/* All returns are the same: a standard deviation of them is rounding noise, and a ratio to it means nothing. */
bool tw_returns_constant(size_t n, const double *r);
/* (1 + r[0]) (1 + r[1]) ..., without those that are NaN. */
double tw_growth(const tw_return_path *x);

/* What is taken of bar i: its return, over the risk-free one, over the benchmark's. NaN: the bar is left out. */
typedef double tw_pick(const tw_return_path *x, size_t i);
double tw_pick_return(const tw_return_path *x, size_t i);
double tw_pick_excess(const tw_return_path *x, size_t i);
double tw_pick_active(const tw_return_path *x, size_t i);
/* Count, mean and variance (divisor count - 1) of what is picked. */
typedef struct tw_spread {
    size_t n;
    double mean, variance;
    bool constant; /* all the same: the variance is rounding noise */
} tw_spread;
tw_spread tw_spread_of(const tw_return_path *x, tw_pick *pick);
/* Share of bars in a tail. */
double tw_tail(const tw_return_path *x);
/* growth^(periods / n) - 1; NaN when nothing, or less, is left. */
double tw_annual_growth(size_t n, double growth, double periods);
/* The k-th smallest return that is not NaN (k from 0), without touching or copying them. */
double tw_returns_order(const tw_return_path *x, size_t k);
/* Percentile by linear interpolation between order statistics (numpy's default), share in [0, 1]. */
double tw_returns_percentile(const tw_return_path *x, double share);

#endif
