/* SPDX-License-Identifier: Apache-2.0 */
/** @file backtest.h
 * Floor 4: from decisions to money. This version simulates portfolios built from scores; events, ledger and measures are the ones that
 * every later strategy form (call-backs, rules) feeds as well.
 */
#ifndef TRADEWIND_BACKTEST_H
#define TRADEWIND_BACKTEST_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- market and signal */

/** Prices by cell = time * n_lanes + lane (see learn.h), as traded or split-adjusted; NaN: no bar, cannot trade. */
typedef struct tw_market {
    size_t n_times, n_lanes;
    const int64_t *time;         /* stamp of each bar, ns UTC */
    const char *const *symbol;   /* [n_lanes]; NULL for lanes without a symbol */
    const double *open, *high, *low, *close, *volume;
    const double *benchmark;     /* [n_times] level of a benchmark, or NULL: the equal-weight average of all symbols */
    double periods_per_year;     /* 252 for daily bars of an exchange */
} tw_market;

/** Scores by cell: known at the close of their bar, NaN none. Trading starts at the first time with a score. */
typedef struct tw_signal {
    const double *score;
    size_t from, to;             /* time indices [from, to) that are simulated */
} tw_signal;

/** How scores become positions and what trading costs; the table is tw_portfolio_params. */
typedef struct tw_portfolio {
    char construction[TW_TEXT_MAX]; /* top_k | long_short | weights */
    int k;                          /* top_k: names held */
    double quantile;                /* long_short: share at each end */
    int rebalance;                  /* bars between rebalancings */
    double gross;                   /* gross exposure as a multiple of equity */
    double max_weight;              /* of equity, per name */
    double turnover_limit;          /* share of equity traded at a rebalancing, one way; 0 none */
    double capital;
    double cost_bp;                 /* commission and slippage of traded value */
    double borrow_bp;               /* per year, on short value */
    double cash_bp;                 /* per year, earned on positive cash */
    double participation;           /* most of a bar's volume that may be traded; 0 no limit */
    bool whole_shares;
    char fill[TW_TEXT_MAX];         /* next_open | next_close */
} tw_portfolio;

/** Table of tw_portfolio, for tw_params_parse. */
TW_API const tw_param *tw_portfolio_params(void);

/* ---------------------------------------------------------------- ledger */

typedef enum tw_event_kind { TW_EVENT_ORDER, TW_EVENT_FILL, TW_EVENT_COST, TW_EVENT_BORROW, TW_EVENT_INTEREST, TW_EVENT_CASH_IN, TW_EVENT_DELISTED, TW_EVENT_UNFILLED } tw_event_kind;

/** One entry of the event ledger. cash is the change of the cash account; the sum of all is the final cash to the cent. */
typedef struct tw_event {
    tw_event_kind kind;
    uint32_t time, lane;   /* lane UINT32_MAX: the account */
    double quantity, price, cash;
} tw_event;

/** Result of a simulation. Series have `n` entries, one a bar from signal.from. */
typedef struct tw_result {
    size_t n, from;
    double *equity, *cash, *benchmark, *drawdown, *turnover, *gross, *net, *returns, *benchmark_returns;
    size_t n_events;
    tw_event *event;
    double total_cost, total_borrow, total_interest;
    size_t n_fills, n_unfilled;
} tw_result;

/** Simulates. Decisions at the close of bar t fill at bar t + 1. Every cent is in the ledger: capital + sum of cash events + value of positions = equity. */
TW_API tw_status tw_simulate_scores(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                                    const tw_portfolio *portfolio, tw_result *result, tw_error *err);
/** Frees what tw_simulate_scores filled. */
TW_API void tw_result_clear(const tw_ctx *ctx, tw_result *result);
/** Replays the ledger from nothing and compares cash and positions with the result: BAD_DATA naming the first bar that is off by more than half a cent. */
TW_API tw_status tw_result_verify(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                                  const tw_portfolio *portfolio, const tw_result *result, tw_error *err);
/** Writes the ledger as CSV: time,kind,symbol,quantity,price,cash. */
TW_API tw_status tw_result_write_ledger(const tw_market *market, const tw_result *result, const char *path, tw_error *err);
/** Text of an event kind, e.g. "fill". */
TW_API const char *tw_event_name(tw_event_kind kind);

/* ---------------------------------------------------------------- measures */

/** A measure of a return series (and a benchmark's): sharpe, sortino, max_drawdown, ... as empyrical defines them. */
typedef struct tw_measure {
    const char *name, *title, *source;
    const char *unit; /* "ratio", "share", "per year", "bars" */
    bool needs_benchmark;
    double (*compute)(size_t n, const double *returns, const double *benchmark, double periods_per_year);
} tw_measure;

/** All measures, by name. */
TW_API const tw_measure *const *tw_measures(size_t *n);
/** Value of the named measure; NaN when not defined, BAD_NAME when there is none of this name. */
TW_API tw_status tw_measure_compute(const char *name, size_t n, const double *returns, const double *benchmark,
                                    double periods_per_year, double *value, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
