/* SPDX-License-Identifier: Apache-2.0 */
/* series.h - the series of a result: room for them, their entries, the benchmark. */
#ifndef TW_BACKTEST_SERIES_H
#define TW_BACKTEST_SERIES_H

#include "backtest/marks.h"

/* The account at the close of a bar. */
typedef struct tw_close {
    double cash;
    tw_worth worth;
    double traded; /* value of the fills of the bar */
} tw_close;

/* Empties `result` and makes room for the series of the signal's bars. */
tw_status tw_curves_init(const tw_ctx *ctx, const tw_signal *signal, tw_result *result, tw_error *err);
/* Fills entry i of the portfolio's series but the drawdown; entries come in order. */
void tw_curves_record(tw_result *result, size_t i, const tw_close *close);
/* Fills the drawdown from the equity. */
void tw_curves_drawdown(tw_result *result);
/* Fills benchmark and benchmark_returns: the market's own, or the equal-weight average of its names. */
tw_status tw_curves_benchmark(const tw_ctx *ctx, const tw_market *market, tw_result *result, tw_error *err);

#endif
