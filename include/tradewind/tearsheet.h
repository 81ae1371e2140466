/* SPDX-License-Identifier: Apache-2.0 */
/** @file tearsheet.h
 * Floor 4: everything that is usually asked of a run after the fact: measures with confidence intervals, drawdowns,
 * rolling risk, returns by period, exposure, turnover, round trips, factors, costs, capacity and bad times. What is
 * computed follows pyfolio (docs/reference/tearsheet.md says where not).
 */
#ifndef TRADEWIND_TEARSHEET_H
#define TRADEWIND_TEARSHEET_H

#include "tradewind/backtest.h"
#include "tradewind/strategy.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- what is looked at */

/** A fill: bought when positive. */
typedef struct tw_sheet_trade {
    int64_t time;
    uint32_t symbol;
    double quantity, price;
} tw_sheet_trade;

/** What is held of a symbol at the end of a bar. */
typedef struct tw_sheet_holding {
    uint32_t bar, symbol;
    double quantity, price;
} tw_sheet_holding;

/** What came to a holding without a trade, as a bar begins. */
typedef enum tw_sheet_action_kind {
    TW_SHEET_SPLIT,  /* `amount` 0.5 is 2:1; `dropped` shares of what results were paid in cash at their cost */
    TW_SHEET_GRANT,  /* `amount` shares for nothing: a stock dividend */
    TW_SHEET_INCOME, /* `amount` of cash: a dividend (negative: owed by who is short), funding */
    TW_SHEET_ACTION_KINDS
} tw_sheet_action_kind;

typedef struct tw_sheet_action {
    uint32_t bar, symbol;
    tw_sheet_action_kind kind;
    double amount, dropped;
} tw_sheet_action;

/** An order as it ended. */
typedef struct tw_sheet_order {
    uint32_t id, symbol; /* id: that of tw_track_record.trade_order */
    int64_t created;
    double amount, filled, commission;
    double arrival; /* price when it was placed; NaN: not known */
    tw_order_kind kind;
    tw_order_status status;
    const char *reason; /* why it was cancelled or rejected, or NULL */
} tw_sheet_order;

/** Of a trade without an order. */
#define TW_SHEET_NO_ORDER UINT32_MAX

/** A run, borrowed. Only path.returns and time are needed; what is NULL or 0 leaves out the tables that need it. */
typedef struct tw_track_record {
    tw_return_path path;
    const int64_t *time;  /* [n], ascending */
    const double *equity; /* [n] at the end of the bar; holdings and costs need it */
    size_t n_symbols;
    const char *const *symbol;
    size_t n_trades;
    const tw_sheet_trade *trade; /* by time */
    const uint32_t *trade_bar;   /* [n_trades] ascending; NULL: the bars of their UTC days */
    const uint32_t *trade_order; /* [n_trades] ids of orders; NULL: not known */
    size_t n_holdings;
    const tw_sheet_holding *holding; /* by bar */
    const double *volume;            /* [n][n_symbols] traded in the bar; NaN unknown. Capacity needs it */
    size_t n_factors;
    const char *const *factor_name;
    const double *const *factor;  /* [n_factors][n]; none: the benchmark is the factor */
    const double *const *loading; /* [n_factors][n * n_symbols] by bar, NaN unknown: how much of a factor a symbol has;
                                     NULL: not known */
    const double *multiplier;     /* [n_symbols] of prices, to money; NULL: 1 */
    size_t n_sectors;
    const char *const *sector_name;
    const uint32_t *sector; /* [n_symbols]; NULL: not known */
    size_t n_actions;
    const tw_sheet_action *action; /* by bar */
    size_t n_orders;
    const tw_sheet_order *order;
    const double *currency_gain; /* [n] money that changes of rates of exchange made; NULL: not known */
} tw_track_record;

/** How to look; the table is tw_tearsheet_params. */
typedef struct tw_tearsheet_options {
    int window;   /* bars of rolling measures */
    int top;      /* drawdowns listed */
    int draws;    /* bootstrap resamples; 0: no confidence intervals */
    double block; /* mean block length; 0: by the rule of Politis and White */
    double level; /* of the confidence intervals */
    int seed;
    double participation;   /* capacity: most of a bar's volume */
    double impact;          /* capacity: cost of trading the share s of a bar's volume is impact * s^2 of the value */
    int income;             /* 1: dividends and funding count in the profit of round trips */
    double utc_offset;      /* hours that clocks are ahead of UTC, for trades by hour */
    char live[TW_TEXT_MAX]; /* date from which returns were not known when the strategy was made; empty: none */
    int close_open;         /* 1: what is held at the end counts as a round trip, closed at its last price */
} tw_tearsheet_options;

/** Table of tw_tearsheet_options, for tw_params_parse. */
TW_API const tw_param *tw_tearsheet_params(void);

/* ---------------------------------------------------------------- what is seen */

/** A measure, and where it lies in resamples of the returns; those fields are NaN without an interval. */
typedef struct tw_sheet_measure {
    const tw_measure *measure;
    double value, low, high, mean, median;
} tw_sheet_measure;

/** From the last peak before it to the first bar that is as high again. */
typedef struct tw_drawdown {
    double depth;                  /* positive: 0.2 is a fifth lost */
    size_t peak, valley, recovery; /* bars; recovery SIZE_MAX: not yet */
    int64_t weekdays;              /* from peak to recovery, both counted; -1: not yet */
} tw_drawdown;

/** Returns of weeks, months, quarters or years; labels as tw_period_of. */
typedef struct tw_sheet_period {
    size_t n;
    const int *label;
    const double *returns;
    double quantile[7]; /* least, 5 %, 25 %, median, 75 %, 95 %, largest */
} tw_sheet_period;

/** A position opened and closed, first in first out. */
typedef struct tw_round_trip {
    uint32_t symbol;
    bool is_long, still_open; /* still_open: closed by options.close_open alone */
    int64_t opened, closed;
    double quantity, pnl;
    double income;  /* dividends and funding while it was held; in pnl only by options.income */
    double returns; /* of what was paid for it */
    double share;   /* pnl over the equity of its last day; NaN without */
} tw_round_trip;

/** Round trips in numbers. Averages of nothing are NaN. */
typedef struct tw_trip_stats {
    size_t n, winners, losers, even;
    double pnl, income, gross_profit, gross_loss, profit_factor;
    double mean, mean_win, mean_loss, win_over_loss, largest_win, largest_loss;
    double return_mean, return_win, return_loss, return_best, return_worst; /* of tw_round_trip.share */
    double return_median, return_median_win, return_median_loss;
    double days_mean, days_median, days_longest, days_shortest;
} tw_trip_stats;

/** Holdings that were the largest: shares of equity, the largest first. */
typedef struct tw_top_holdings {
    size_t n;
    const uint32_t *symbol;
    const double *share;
} tw_top_holdings;

/** When in the day trades happen: by the hour of tw_tearsheet_options.utc_offset. */
typedef struct tw_trade_hours {
    size_t n[24];
    double value[24]; /* share of the value traded */
} tw_trade_hours;

/** Series of what is held, as shares of equity; [n] each. */
typedef struct tw_exposure {
    const double *gross, *net, *long_side, *short_side;
    const double *max_long, *median_long, *median_short, *max_short; /* of single names; NaN: none */
    const double *names, *longs, *shorts;                            /* counts */
    /* As the day's fills were worth most together: what was held before with them, over the equity before. */
    const double *intraday_gross, *intraday_net; /* NULL without trades */
    const double *const *sector;                 /* [n_sectors][n] net, or NULL */
    tw_top_holdings top_long, top_short, top_any;
    bool is_intraday; /* fewer than a quarter as many names are held overnight as are traded in a day */
} tw_exposure;

/** A regression of the returns on factors by least squares; entry 0 is the intercept, a bar. */
typedef struct tw_factor_fit {
    size_t n, n_factors;
    const double *loading, *error, *t; /* [1 + n_factors] */
    double r_squared, adjusted;
} tw_factor_fit;

/** A part of the returns, as if it were all of them. */
typedef struct tw_return_part {
    const double *returns; /* [n] */
    double exposure;       /* to a factor, mean */
    double annual_return, cumulative_return, sharpe;
} tw_return_part;

/** Returns by what was held: the exposure to a factor is the sum of shares of equity times loadings, what it earned is
 *  that times the factor's return; `common` is the sum of those, `specific` the rest. Bars in which no loading is known
 *  are NaN. */
typedef struct tw_attribution {
    size_t n; /* bars; 0: not known */
    tw_return_part total, common, specific;
    const tw_return_part *factor;  /* [n_factors] */
    const double *const *exposure; /* [n_factors][n] */
} tw_attribution;

/** What one more basis point of every trade's value, or a larger capital, would do. */
typedef struct tw_cost_step {
    double at; /* basis points, or capital */
    double annual_return, sharpe;
} tw_cost_step;

/** How long the largest position of a symbol would take to sell, or how much of a bar its trades took. */
typedef struct tw_liquidity {
    uint32_t symbol;
    size_t bar;
    double days, share; /* share: of equity; of the bar's volume (days is NaN) */
} tw_liquidity;

/** Orders of a kind, and how they ended. Times are seconds; averages of nothing are NaN. */
typedef struct tw_order_stats {
    size_t n, ended[TW_ORDER_STATUS_COUNT];      /* by status */
    size_t partly;                               /* not filled, or not yet, but for a part */
    double fill_rate;                            /* mean share of an order that was filled */
    double wait_mean, wait_median, wait_longest; /* from the order to its last fill, of those filled */
    double slippage;      /* paid more than the price at the order, in basis points of the value filled */
    double slippage_cost; /* the same in money */
    double commission;
} tw_order_stats;

/** Why orders were cancelled or rejected. */
typedef struct tw_order_reason {
    const char *reason; /* NULL: not told */
    tw_order_status status;
    size_t n;
} tw_order_reason;

enum { TW_SHEET_BINS = 20, TW_SHEET_HISTOGRAMS = 5, TW_SHEET_BELIEF = 101 };

/** Where values lie: bins of one width from `least` on; a value on an edge is in the bin above, the largest in the
 * last. */
typedef struct tw_sheet_histogram {
    const char *name;             /* daily_return, monthly_return, turnover, round_trip_return, round_trip_profit */
    size_t n, bin[TW_SHEET_BINS]; /* n 0: not to be had */
    double least, width, mean;
} tw_sheet_histogram;

/** What may be believed of the chance that a decision wins, from the round trips: the beta distribution of those that
 *  won and those that did not. */
typedef struct tw_sheet_belief {
    size_t winners, others;         /* none of one: nothing else is known */
    double mean, low, high;         /* 95 % lie between low and high */
    const double *chance, *density; /* [TW_SHEET_BELIEF] between the 0.1 % and 99.9 % quantiles */
} tw_sheet_belief;

/** Returns from options.live on, and what those before let expect: growth by draws of single bars, its mean and
 *  deviation at each bar. */
typedef struct tw_sheet_live {
    size_t from;                    /* first bar; SIZE_MAX: none */
    const double *mean, *deviation; /* [n] of wealth; NaN before */
    const double *before, *after;   /* [n_measures] measures of the two parts */
} tw_sheet_live;

/** A time that many remember, as far as the run has it. */
typedef struct tw_stress {
    const char *name;
    size_t from, to; /* bars [from, to) */
    double returns, benchmark, mean, least, largest, drawdown;
} tw_stress;

enum { TW_SHEET_ROLLING = 5, TW_SHEET_COSTS = 11, TW_SHEET_CAPITALS = 9 };

/** The sheet. Pointers are into `arena` or static; those that could not be made have n = 0 or are NULL. */
typedef struct tw_tearsheet {
    tw_arena arena;
    tw_track_record record; /* as given, borrowed */
    tw_tearsheet_options options;
    double block; /* mean block length used */
    size_t n_measures;
    const tw_sheet_measure *measure;
    const double *wealth, *underwater; /* [n] */
    const double *log_wealth;          /* [n]; NaN once nothing is left */
    const double *matched; /* [n] wealth of returns scaled to the benchmark's volatility; NULL without one */
    tw_sheet_live live;
    tw_sheet_histogram histogram[TW_SHEET_HISTOGRAMS];
    tw_sheet_belief belief;
    size_t n_drawdowns;
    const tw_drawdown *drawdown;                /* deepest first */
    const char *rolling_name[TW_SHEET_ROLLING]; /* names of measures */
    const double *rolling[TW_SHEET_ROLLING];    /* [n], NaN before the first whole window; NULL: not to be had */
    tw_sheet_period daily, period[4];           /* period: by tw_calendar_period */
    size_t n_stress;
    const tw_stress *stress;
    tw_exposure exposure;
    const double *turnover;               /* [n] value traded / mean gross value of this bar and the one before */
    const double *traded, *traded_shares; /* [n] value and number of shares traded */
    tw_trade_hours hours;
    size_t n_trips;
    const tw_round_trip *trip; /* by symbol, then time */
    tw_trip_stats trips, long_trips, short_trips;
    const tw_trip_stats *symbol_trips;                     /* [n_symbols] */
    const tw_trip_stats *sector_trips;                     /* [n_sectors], or NULL */
    tw_order_stats orders, orders_of[TW_ORDER_KIND_COUNT]; /* orders.n 0: not known */
    size_t n_reasons;
    const tw_order_reason *reason; /* the most frequent first */
    tw_factor_fit factors;
    const double *const *rolling_loading; /* [1 + n_factors][n], intercept first, over options.window; NULL: fewer than
                                             two factors */
    tw_attribution attribution;
    double currency_gain, currency_return; /* sum of the record's, and of its shares of equity; NaN: not known */
    size_t n_costs;
    tw_cost_step cost[TW_SHEET_COSTS];
    size_t n_capitals;
    tw_cost_step capital[TW_SHEET_CAPITALS];
    size_t n_liquidity;
    const tw_liquidity *liquidity; /* slowest first */
    size_t n_consumed;
    const tw_liquidity *consumed; /* most of a bar's volume that was traded of a symbol, the largest first */
} tw_tearsheet;

/** Makes the sheet. BAD_VALUE for options outside their table, BAD_DATA for times, trades or holdings that are out of
 *  order or place. The record must outlive the sheet. Same bits at any number of threads. */
TW_API tw_status tw_tearsheet_make(const tw_ctx *ctx, const tw_track_record *record,
                                   const tw_tearsheet_options *options, tw_tearsheet *sheet, tw_error *err);
/** Frees what tw_tearsheet_make made; also after it failed. */
TW_API void tw_tearsheet_clear(tw_tearsheet *sheet);
/** Appends the sheet as one JSON object. */
TW_API tw_status tw_tearsheet_json(const tw_tearsheet *sheet, tw_buf *out, tw_error *err);
/** Writes tables as CSV into a folder: measures, drawdowns, series, periods, round_trips and what else there is, each
 *  as tearsheet_<name>.csv. */
TW_API tw_status tw_tearsheet_csv(const tw_tearsheet *sheet, const char *folder, tw_error *err);

/* ---------------------------------------------------------------- reading a run's folder */

/** Where a record is read from. Columns are found by name, in any order; docs/reference/tearsheet.md lists the names.
 */
typedef struct tw_record_files {
    const char *folder;                           /* has daily.csv, and the others a run writes if there are any */
    const char *benchmark;                        /* date and return or level, or NULL: daily.csv's own */
    const char *factors;                          /* date and a column a factor, or NULL */
    const char *loadings;                         /* date, symbol and a column a factor of `factors`, or NULL */
    const char *bars;                             /* date, symbol, volume, or NULL */
    const char *sectors;                          /* symbol, sector, or NULL: run_assets.csv's own */
    double periods_per_year, risk_free, required; /* rates of a year, made those of a bar by compounding */
} tw_record_files;

/** A record that was read, and its memory. */
typedef struct tw_record_read {
    tw_track_record record;
    tw_arena arena;
} tw_record_read;

/** Reads a record. An error names file, line and column; a day of txns.csv or positions.csv that daily.csv does not
 * have is one. */
TW_API tw_status tw_record_open(const tw_ctx *ctx, const tw_record_files *files, tw_record_read *out, tw_error *err);
/** Frees what tw_record_open read; also after it failed. */
TW_API void tw_record_close(tw_record_read *record);

/** Mean block length of a stationary bootstrap by the rule of Politis and White (2004, corrected 2009), at least 1. */
TW_API double tw_bootstrap_block(size_t n, const double *x);

#ifdef __cplusplus
}
#endif
#endif
