/* SPDX-License-Identifier: Apache-2.0 */
/** @file backtest.h
 * Floor 4: from decisions to money. This version simulates portfolios built from scores; events, ledger and measures
 * are the ones that every later strategy form (call-backs, rules) feeds as well.
 */
#ifndef TRADEWIND_BACKTEST_H
#define TRADEWIND_BACKTEST_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- market and signal */

/** Prices by cell = time * n_lanes + lane (see learn.h), as traded or split-adjusted. A price that is not finite and
 *  positive (NaN above all) is missing: no bar, cannot trade. */
typedef struct tw_market {
    size_t n_times, n_lanes;
    const int64_t *time;                              /* stamp of each bar, ns UTC, ascending */
    const char *const *symbol;                        /* [n_lanes]; NULL for lanes without a symbol */
    const double *open, *high, *low, *close, *volume; /* close is needed; open for fill=next_open, volume for
                                                         participation; the others may be NULL */
    const double *benchmark; /* [n_times] level of a benchmark, or NULL: the equal-weight average of all symbols */
    double periods_per_year; /* 252 for daily bars of an exchange */
} tw_market;

/** Scores by cell: known at the close of their bar, NaN none. Trading starts at the first time with a score; a
 *  rebalancing that falls on a time without any score is left out. */
typedef struct tw_signal {
    const double *score;
    size_t from, to; /* time indices [from, to) that are simulated */
} tw_signal;

/** How scores become positions and what trading costs; the table is tw_portfolio_params. */
typedef struct tw_portfolio {
    char construction[TW_TEXT_MAX]; /* top_k | long_short | weights (the scores are shares of gross, signed) */
    int k;                          /* top_k: names held */
    double quantile;                /* long_short: share at each end */
    int rebalance;                  /* bars between rebalancings */
    double gross;                   /* gross exposure as a multiple of equity */
    double max_weight;              /* of equity, per name; what is cut off stays in cash */
    double turnover_limit;          /* share of equity traded at a rebalancing, one way: (bought + sold) / 2; 0 none */
    double capital;
    double cost_bp;       /* commission and slippage of traded value */
    double borrow_bp;     /* per year of 365 days, on short value */
    double cash_bp;       /* per year of 365 days, earned on positive cash */
    double participation; /* most of a bar's volume that may be traded; 0 no limit */
    int delist_after;     /* a held name without a bar for this many bars is settled at its last close */
    bool whole_shares;
    char fill[TW_TEXT_MAX]; /* next_open | next_close */
} tw_portfolio;

/** Table of tw_portfolio, for tw_params_parse. */
TW_API const tw_param *tw_portfolio_params(void);

/* ---------------------------------------------------------------- ledger */

/** What happened. The first event is CASH_IN, the capital. */
typedef enum tw_event_kind {
    TW_EVENT_ORDER,    /* decided at the close of `time`; price is that close, cash 0 */
    TW_EVENT_FILL,     /* cash = -quantity * price, to the cent */
    TW_EVENT_COST,     /* of the fill before it */
    TW_EVENT_BORROW,   /* for the calendar days since the bar before */
    TW_EVENT_INTEREST, /* likewise */
    TW_EVENT_CASH_IN,
    TW_EVENT_DELISTED, /* quantity that closes the position, price the last close */
    TW_EVENT_UNFILLED  /* what is left of an order, dropped; cash 0 */
} tw_event_kind;

/** One entry of the event ledger, in the order of happening. quantity is signed (buys positive), a multiple of 1e-6;
 *  cash is the change of the cash account, a multiple of 0.01; the sum of all is the final cash to the cent. */
typedef struct tw_event {
    tw_event_kind kind;
    uint32_t time, lane; /* time index of the market; lane UINT32_MAX: the account */
    double quantity, price, cash;
} tw_event;

/** Result of a simulation. Series have `n` entries, one a bar from signal.from; entry 0 is the capital before any
 *  trade, its returns are 0. */
typedef struct tw_result {
    size_t n, from;
    double *equity, *cash;
    double *benchmark;   /* scaled to the capital at entry 0 */
    double *drawdown;    /* equity / highest equity so far - 1 */
    double *turnover;    /* value traded in this bar / 2 / equity of the bar before */
    double *gross, *net; /* exposure / equity; NaN without positive equity */
    double *returns;     /* 0 after equity is used up: there is nothing left to earn on */
    double *benchmark_returns;
    size_t n_events;
    tw_event *event;
    double total_cost, total_borrow, total_interest;
    size_t n_fills, n_unfilled;
} tw_result;

/** Simulates. Decisions at the close of bar t use prices up to t alone and fill at bar t + 1. Cash is kept in whole
 *  cents, positions in millionths of a share, so the sum of the cash events plus the value of positions is the equity.
 *  Fails with BAD_VALUE for a portfolio outside its table, BAD_DATA for a market that lacks what it asks for, TOO_LARGE
 *  past 9e13 of cash or 9e9 shares. On failure the result is empty. */
TW_API tw_status tw_simulate_scores(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                                    const tw_portfolio *portfolio, tw_result *result, tw_error *err);
/** Frees what tw_simulate_scores filled. */
TW_API void tw_result_clear(const tw_ctx *ctx, tw_result *result);
/** Replays the ledger from nothing: every fill at its price and after its order, every cost, accrual and settlement,
 * and cash and equity of each bar against the result. BAD_DATA naming the first bar that is off by more than half a
 * cent, or the first event that should not be. */
TW_API tw_status tw_result_verify(const tw_ctx *ctx, const tw_market *market, const tw_signal *signal,
                                  const tw_portfolio *portfolio, const tw_result *result, tw_error *err);
/** Writes the ledger as CSV: time,kind,symbol,quantity,price,cash. */
TW_API tw_status tw_result_write_ledger(const tw_market *market, const tw_result *result, const char *path,
                                        tw_error *err);
/** Text of an event kind, e.g. "fill". */
TW_API const char *tw_event_name(tw_event_kind kind);

/* ---------------------------------------------------------------- measures */

/** Borrowed returns of n bars, and what measures need beside them. A return that is NaN is a bar without one. */
typedef struct tw_return_path {
    size_t n;
    const double *returns, *benchmark; /* benchmark: its returns, or NULL */
    double periods_per_year;
    double risk_free; /* return of a bar without risk: sharpe, omega, alpha */
    double required;  /* return of a bar that is asked for: sortino, downside_risk, omega */
    double tail;      /* share of bars in a tail: value at risk, its mean, tail_ratio; 0: 0.05 */
} tw_return_path;

/** A measure of a return path (and a benchmark's): sharpe, sortino, max_drawdown, ... as empyrical defines them.
 *  `compute` allocates nothing; it gives NaN where the measure is not defined, which it is not with an infinite
 *  return or, with needs_benchmark, without a benchmark. Bars without a return are treated as empyrical does: most
 *  measures leave them out, compounding takes them as 0 and still counts them as time; value_at_risk, skew, kurtosis
 * and correlation are not defined then. */
typedef struct tw_measure {
    const char *name, *title, *source;
    const char *unit; /* "ratio", "share", "per year", "bars" */
    bool needs_benchmark;
    double (*compute)(const tw_return_path *path);
} tw_measure;

/** All measures, by name. */
TW_API const tw_measure *const *tw_measures(size_t *n);
/** Value of the named measure; NaN when not defined (also: it needs a benchmark and that is NULL), BAD_NAME when there
 *  is none of this name. */
TW_API tw_status tw_measure_compute(const char *name, const tw_return_path *path, double *value, tw_error *err);
/** The named measure of each run of `window` bars: out[i] is that of the bars up to i, NaN for i < window - 1; `out`
 * has path->n entries. BAD_NAME for the name, BAD_VALUE for a window of 0 bars. */
TW_API tw_status tw_measure_roll(const char *name, const tw_return_path *path, size_t window, double *out,
                                 tw_error *err);

/** What returns are aggregated to: ISO weeks, months, quarters, years, all of UTC dates. */
typedef enum tw_calendar_period { TW_WEEKLY, TW_MONTHLY, TW_QUARTERLY, TW_YEARLY } tw_calendar_period;
/** A number that grows with the period that a time falls into: year * 100 + week, month or quarter, or the year. A week
 *  belongs to its ISO year: 2020-12-31 and 2021-01-01 are both in 202053. */
TW_API int tw_period_of(tw_calendar_period period, int64_t time_ns);
/** Compounds returns over periods, in ascending order of period: label[k] = tw_period_of, out[k] = prod(1 + r) - 1 with
 *  NaN as 0. Both have room for n; the number of periods comes back. time[] ascends. */
TW_API size_t tw_returns_aggregate(const tw_return_path *path, const int64_t *time, tw_calendar_period period,
                                   int *label, double *out);

#ifdef __cplusplus
}
#endif
#endif
