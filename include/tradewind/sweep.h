/* SPDX-License-Identifier: Apache-2.0 */
/** @file sweep.h
 * Floor 4: thousands of trials of a rule over the same bars in one call. Trials lie side by side, 64 to a block; time
 * runs outside, so the state of a block stays near the processor and memory does not grow with trials times bars.
 */
#ifndef TRADEWIND_SWEEP_H
#define TRADEWIND_SWEEP_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- what is traded, and when */

/** Prices of n_times bars: that of (t, trial) at t * time_stride + trial * trial_stride; trial_stride 0: one asset for
 *  all. A close that is not finite and positive is missing: no order fills there and the last close values what is
 *  held. open is needed for fill=next_open; a missing high, low or open with stops is taken from what there is. */
typedef struct tw_sweep_prices {
    size_t n_times;
    const double *open, *high, *low, *close;
    size_t time_stride, trial_stride;
    double periods_per_year;
} tw_sweep_prices;

/** Signals of (t, trial) at t * time_stride + trial, 0 or 1, known at the close of bar t; NULL: never. An entry and an
 *  exit of one side in one bar cancel each other, as do entries of both sides; an entry against what is held turns the
 *  position round. Instead of all of them, weight: the share of equity that the position is to be, negative short; one
 *  that is not finite asks for nothing. */
typedef struct tw_sweep_signals {
    const uint8_t *enter_long, *exit_long, *enter_short, *exit_short;
    size_t time_stride;
    const double *weight; /* at t * time_stride + trial, or NULL */
} tw_sweep_signals;

/** How signals become orders; the table is tw_sweep_rules_params. */
typedef struct tw_sweep_rules {
    double capital;
    char sizing[TW_TEXT_MAX]; /* all | value | shares | percent */
    double size;              /* cash, shares, or share of cash (0.5 = half) that an entry takes; not for all */
    double fee_bp, fee_fixed; /* of traded value, and per order */
    double slippage_bp;       /* against every fill */
    bool whole_shares;
    char fill[TW_TEXT_MAX]; /* next_open | next_close | same_close (optimistic: decided and filled at one price) */
    double stop_loss, take_profit, trailing; /* distance from the price paid (trailing: from the best since); 0 none */
    double band; /* with weights: no order while the position is at most this far from its weight; 0 orders each bar */
} tw_sweep_rules;

/** Table of tw_sweep_rules, for tw_params_parse. */
TW_API const tw_param *tw_sweep_rules_params(void);

/* ---------------------------------------------------------------- what comes out */

/** A fill. price has the slippage in it; quantity is signed, buys positive. */
typedef struct tw_sweep_fill {
    uint32_t trial, time;
    double quantity, price, fee;
} tw_sweep_fill;

/** Measures of one trial; ratios are NaN where they are not defined. */
typedef struct tw_sweep_measures {
    double final_value, total_return;
    double mean, sd;        /* of the returns a bar; sd with n - 1 */
    double sharpe, sortino; /* per year */
    double max_drawdown;    /* most negative value / highest value so far - 1 */
    double turnover;        /* value traded / 2 / equity of the bar before, per year */
    double exposure;        /* share of bars that end with a position */
    double fees;            /* paid; slippage is in the prices */
    double win_rate;        /* share of closed trades that earned after fees; NaN without any */
    size_t orders, trades;  /* fills, and round trips closed by them */
    bool ruined;            /* equity was used up; trading stopped there */
} tw_sweep_measures;

/** What to keep besides measures. */
typedef struct tw_sweep_keep {
    float *paths;       /* return of bar t of a trial at trial * path_stride + t, or NULL */
    size_t path_stride; /* >= n_times */
    bool fills;
} tw_sweep_keep;

/** Trials that are done, so that a long sweep can go on where it was stopped. */
typedef struct tw_sweep_part {
    size_t from; /* a multiple of 64: trials before it are not run, and their measures and paths not touched */
    /** Told, by the calling thread, that all trials before n are done; measures[from..n) are there. A failure ends the
     *  sweep. NULL: not asked for. */
    tw_status (*done)(void *arg, size_t n, const tw_sweep_measures *measures, tw_error *err);
    void *arg;
} tw_sweep_part;

/** Results of n trials. */
typedef struct tw_sweep_result {
    size_t n;
    tw_sweep_measures *measures; /* [n] */
    tw_sweep_fill *fill;         /* by trial, then time, when they were to be kept */
    size_t n_fills;
} tw_sweep_result;

/** One run: n trials of the same rules. */
typedef struct tw_sweep_job {
    size_t n;
    tw_sweep_prices prices;
    tw_sweep_signals signals;
    tw_sweep_rules rules;
    tw_sweep_keep keep;
    tw_sweep_part part;
} tw_sweep_job;

/** Runs all trials, blocks of 64 on the pool's threads; the same bits whatever their number. BAD_VALUE for rules
 * outside their table, sizing=percent with signals of both sides, or weights with signals, stops or another sizing than
 * all; BAD_DATA when a price that the rules need is not given. On failure the result is empty. */
TW_API tw_status tw_sweep_run(const tw_ctx *ctx, const tw_sweep_job *job, tw_sweep_result *result, tw_error *err);
/* ---------------------------------------------------------------- searches over parameters */

/** A rule written as expressions of the feature language, and the settings to try. A name that a setting gives is put
 *  in as its value wherever it stands in an expression: under "fast=5 slow=20", sma(close, fast) is sma(close, 5). */
typedef struct tw_sweep_search {
    const char *const *setting; /* [n], as tw_sweep_settings writes them */
    size_t n;
    const char *enter_long, *exit_long, *enter_short, *exit_short; /* conditions; NULL: never */
    const char *weight;                                            /* a number, instead of conditions; or NULL */
    const char *const *column;                                     /* names that expressions may use */
    const double *const *values;                                   /* [n_columns][n_times] */
    size_t n_columns;
    tw_sweep_prices prices; /* of one asset: time_stride 1, trial_stride 0 */
    tw_sweep_rules rules;
    tw_sweep_keep keep;
    tw_sweep_part part;
} tw_sweep_search;

/** Runs a trial for each setting. What 64 neighbouring settings have in common is computed once. Fails as tw_sweep_run
 *  does, and for an expression with the setting it was compiled under; CANCELLED through the context's progress. */
TW_API tw_status tw_sweep_search_run(const tw_ctx *ctx, const tw_sweep_search *search, tw_sweep_result *result,
                                     tw_error *err);
/** One symbol of a panel: its own bars, those that it has. */
typedef struct tw_sweep_market {
    const double *const *values; /* [n_columns][prices.n_times], the columns of the search */
    tw_sweep_prices prices;      /* time_stride 1, trial_stride 0, at least one bar */
    const size_t *at;            /* [prices.n_times] ascending: where its bars lie on the axis of all */
} tw_sweep_market;

/** A search over many symbols: a trial is a setting. Its capital is split equally into an account for each symbol,
 * which trades by the rules on its own; no cash moves between them. What the trial is worth is what they are worth
 * together, where a symbol has no bar at what it was worth before. */
typedef struct tw_sweep_panel {
    const tw_sweep_search *search; /* of prices, n_times (of the axis) and periods_per_year count; no fills are kept */
    const tw_sweep_market *market;
    size_t n_markets;
    tw_sweep_measures *by_market; /* [n_markets][search->n], of each account, or NULL */
} tw_sweep_panel;

/** Runs a trial for each setting. Turnover and exposure of a trial are the means of its accounts', fees and counts
 * their sums; it is ruined when all of them are. Fails as tw_sweep_search_run does; BAD_VALUE for a market whose bars
 * are not on the axis in order. */
TW_API tw_status tw_sweep_panel_run(const tw_ctx *ctx, const tw_sweep_panel *panel, tw_sweep_result *result,
                                    tw_error *err);
/** Keeps, in place and in order, the settings under which `where` holds ("fast < slow"); NULL keeps all. */
TW_API tw_status tw_sweep_where(const tw_ctx *ctx, const char *where, const char **setting, size_t *n, tw_error *err);
/** Keeps `most` settings drawn without replacement, in place and in order; the same for the same seed. */
TW_API tw_status tw_sweep_draw(const tw_ctx *ctx, size_t most, uint64_t seed, const char **setting, size_t *n,
                               tw_error *err);

/* ---------------------------------------------------------------- walk-forward optimisation */

/** Windows of bars: each `test` bars are traded with the trial whose Sharpe ratio was best over the `train` bars before
 *  them (anchored: over all bars before them). */
typedef struct tw_sweep_windows {
    size_t train, test;
    bool anchored;
} tw_sweep_windows;

/** Chooses by the paths of n trials over n_times bars and joins the out-of-sample returns in `stitched` [n_times -
 *  train]; chosen[w] is the trial of window w, of ceil((n_times - train) / test). A trial's position is taken over as
 * it stands; the cost of changing from one to the next is not counted. A window in which no trial varies keeps the
 * choice before it (at first: the first trial). */
TW_API tw_status tw_sweep_walk_forward(const tw_ctx *ctx, const tw_sweep_keep *paths, size_t n, size_t n_times,
                                       const tw_sweep_windows *windows, float *stitched, size_t *chosen, tw_error *err);

/** Frees what a sweep filled. */
TW_API void tw_sweep_clear(const tw_ctx *ctx, tw_sweep_result *result);

#ifdef __cplusplus
}
#endif
#endif
