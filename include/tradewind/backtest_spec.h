/* SPDX-License-Identifier: Apache-2.0 */
/** @file backtest_spec.h
 * Floor 4: backtests as files: a market read from CSV or a panel, a strategy declared in YAML, results written so that
 * `tradewind report` and pandas read them.
 */
#ifndef TRADEWIND_BACKTEST_SPEC_H
#define TRADEWIND_BACKTEST_SPEC_H

#include "tradewind/strategy.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- a market from files */

enum { TW_MARKET_COLUMNS = 16 };

/** Where a market is read from; NULL for what there is not. Columns are found by name. */
typedef struct tw_market_files {
    const char *bars;      /* CSV of date, symbol, open, high, low, close, volume; or a panel (.twp) */
    const char *minutes;   /* the same by the minute; the stamp is a bar's end */
    const char *assets;    /* symbol and, if known, start_date, end_date, auto_close_date, kind, root, multiplier,
                            * tick, lot, group, currency; without it: the symbols of the bars, by name */
    const char *actions;   /* ex_date, symbol, kind (split, dividend), ratio, amount: as `tradewind data` has them */
    const char *splits;    /* effective_date, symbol, ratio */
    const char *dividends; /* ex_date, symbol, amount, and if known pay_date, price_adj_ratio */
    const char *stock_dividends; /* ex_date, symbol, payment_symbol, ratio (shares a share), pay_date */
    const char *mergers;         /* effective_date, symbol, ratio */
    const char *funding;         /* date, symbol, rate */
    const char *benchmark;       /* date, return */
    const char *scores;          /* date, symbol, score: what a model said at the close of that date */
    const char *calendar;        /* a name, or NULL: the dates that the bars have */
    const char *symbol;          /* of the bars of files that have no such column */
    const char *const *columns;  /* further columns of bars and minutes, numbers, up to TW_MARKET_COLUMNS; NULL ends */
    bool skip_bad_bars;          /* a bar that breaks a rule of markets (high below low, a price of 0) counts as none */
} tw_market_files;

/** A market that was read, and its memory. `market` borrows from it. */
typedef struct tw_market_read {
    tw_asset_market market;
    const double *benchmark;       /* a return for every session (0 where the file has none), or NULL */
    const double *score;           /* [asset * n_sessions + session], NaN without; or NULL */
    const int32_t *group;          /* [asset], from 1; 0: it has none; NULL: the assets have no groups */
    const char *const *group_name; /* of group g: group_name[g - 1] */
    size_t n_groups;
    size_t n_columns; /* further columns, as the files have them: [asset * bars + bar], NULL without such bars */
    const double *daily_column[TW_MARKET_COLUMNS], *minute_column[TW_MARKET_COLUMNS];
    size_t n_skipped;       /* bars that skip_bad_bars left out */
    tw_error first_skipped; /* the first of them, in words */
    tw_arena arena;
} tw_market_read;

/** Reads a market. A row that is wrong fails with file, line, symbol and time; nothing is left out silently. */
TW_API tw_status tw_market_open(const tw_ctx *ctx, const tw_market_files *files, tw_market_read *read, tw_error *err);
/** Frees a market; also after tw_market_open failed. */
TW_API void tw_market_close(tw_market_read *read);
/** Index of a symbol, or SIZE_MAX. */
TW_API size_t tw_market_find(const tw_asset_market *market, const char *symbol);
/** The first session on or after a day (n_sessions when there is none). */
TW_API size_t tw_market_session_from(const tw_asset_market *market, int64_t day);

/* ---------------------------------------------------------------- weights */

/** What a sizer sees of n assets: their side (1 long, -1 short, 0 not held), the value of `by`, its own weights of the
 * call before (`first`: there is none), and room for n numbers of its own. It fills weight[n]. */
typedef struct tw_sizing {
    size_t n;
    const signed char *side;
    const double *by, *last;
    bool first;
    double *weight, *scratch;
} tw_sizing;

/** A way to make weights. `by` of a portfolio is an expression. */
typedef struct tw_sizer {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    bool needs_by;
    void (*weigh)(const void *params, const tw_sizing *in);
} tw_sizer;

/** All sizers, by name. */
TW_API const tw_sizer *const *tw_sizers(size_t *n);

/* ---------------------------------------------------------------- a backtest as a file */

typedef struct tw_backtest_spec tw_backtest_spec;

/** Reads a spec and its market. `set` are "key=value" texts, ended by NULL (or NULL): they replace parameters of the
 *  spec, or its mode, from, to and capital. Errors in the spec name file:line:column. */
TW_API tw_status tw_backtest_spec_read(const tw_ctx *ctx, const char *path, const char *const *set,
                                       tw_backtest_spec **spec, tw_error *err);
/** Frees a spec and its market. NULL is fine. */
TW_API void tw_backtest_spec_free(tw_backtest_spec *spec);
/** Name of the spec. */
TW_API const char *tw_backtest_spec_name(const tw_backtest_spec *spec);
/** The market it trades. */
TW_API const tw_asset_market *tw_backtest_spec_market(const tw_backtest_spec *spec);
/** How many bars its market left out (skip_bad_bars), and the first of them in words. */
TW_API size_t tw_backtest_spec_skipped(const tw_backtest_spec *spec, const char **first);
/** Sessions a year, for measures of its results. */
TW_API double tw_backtest_spec_year(const tw_backtest_spec *spec);
/** Runs it. Stopped by an error or through ctx->progress, *result holds everything up to that event (it may be NULL).
 */
TW_API tw_status tw_backtest_spec_run(tw_backtest_spec *spec, tw_strategy_result **result, tw_error *err);

/* ---------------------------------------------------------------- results as files */

/** What is written, and about what. */
typedef struct tw_result_files {
    const tw_asset_market *market;
    const tw_strategy_run *run;
    const char *name;    /* of the strategy */
    const char *failure; /* why the run stopped early, or NULL */
    bool lists;          /* orders, transactions and positions of a session inside daily.csv, as zipline has them */
} tw_result_files;

/** Writes daily.csv, orders.csv, txns.csv, positions.csv and run.json into a folder. */
TW_API tw_status tw_strategy_write(const tw_ctx *ctx, const tw_strategy_result *result, const tw_result_files *what,
                                   const char *folder, tw_error *err);
/** The same with what a spec knows. */
TW_API tw_status tw_backtest_spec_write(const tw_backtest_spec *spec, const tw_strategy_result *result,
                                        const char *failure, const char *folder, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
