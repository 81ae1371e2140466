/* SPDX-License-Identifier: Apache-2.0 */
/** @file strategy.h
 * Floor 4: strategies as call-backs over daily or minute bars of equities, futures, currencies and coins. A strategy
 * sees the market through a tw_moment alone, and a moment has no way to a later bar. Two modes: realistic (an order
 * decided at a close fills at the next open, or in the bar at its limit or stop, gaps at the open; spread, impact,
 * margin, borrowing, interest, fees) and zipline (zipline-reloaded 3.2.1 number for number: the next close).
 */
#ifndef TRADEWIND_STRATEGY_H
#define TRADEWIND_STRATEGY_H

#include "tradewind/base.h"
#include "tradewind/data.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- the market */

typedef enum tw_asset_kind { TW_EQUITY, TW_FUTURE } tw_asset_kind;

/** Something that is traded. Zeros stand for what is usual, so {.symbol = "AAPL"} is a share listed throughout. */
typedef struct tw_asset {
    const char *symbol;
    tw_asset_kind kind;
    const char *root;     /* of a future: "ES"; models take its fee and impact from it */
    double multiplier;    /* of a future's price; 0: 1 */
    double tick;          /* to which limits and stops are rounded; 0: 0.01 */
    double lot;           /* least amount that trades, 1e-8 of a coin (mode realistic); 0: 1 */
    const char *currency; /* of its prices, dividends, commissions and fees; NULL: the account's */
    size_t first;         /* session it is listed from */
    size_t end;           /* session after its last; 0: to the end of the market */
    size_t auto_close;    /* session at whose end a holding is closed; 0: never */
} tw_asset;

typedef enum tw_asset_action_kind {
    TW_SPLIT,
    TW_DIVIDEND,
    TW_STOCK_DIVIDEND,
    TW_MERGER,
    TW_FUNDING
} tw_asset_action_kind;

/** What changes an asset or the meaning of its prices from `session` (the ex-date) on.
 *  A split: `ratio` 0.5 is 2:1. A dividend: `amount` of cash a share; a stock dividend: `amount` shares of asset `paid`
 *  a share; owed to who holds it as `session` begins, paid as session `pay` begins (0: never, by zipline's rule for a
 *  dividend without one; in mode realistic at once). Funding (mode realistic): who holds as `session` begins pays
 *  `amount` of the value, a short receives it. A dividend, a stock dividend or a merger scales earlier prices in
 * histories by `ratio`, when that is not 0. */
typedef struct tw_asset_action {
    tw_asset_action_kind kind;
    size_t session, asset, pay, paid;
    double ratio, amount;
} tw_asset_action;

/** Bars by asset: `close[asset * n + i]`, NaN where there was no trade (volume 0). open, high and low may be NULL when
 *  no strategy or model asks for them. */
typedef struct tw_bars {
    const double *open, *high, *low, *close, *volume;
} tw_bars;

/** A rate of exchange, units of `quote` for one of `base`, by session and by minute; any of the arrays may be NULL.
 *  What is not above 0 (NaN) was not quoted, and the last known holds on. A close is known as its bar ends, an open as
 *  its bar begins; without minutes the days count, from the session after. */
typedef struct tw_rate {
    const char *base, *quote;
    const double *open, *close, *minute_open, *minute_close;
} tw_rate;

/** A market, borrowed by a run. Sessions ascend; they may be NULL when nothing asks for dates. By the calendar rules
 *  count the sessions of a week or month; without one (NULL) they count those of the market. Minutes may be missing
 *  (n_minutes 0); minute i of session s lies in [minute_from[s], minute_from[s + 1]), its stamp is its end. Actions
 *  are sorted by session. */
typedef struct tw_asset_market {
    size_t n_sessions, n_assets, n_actions, n_minutes;
    const tw_calendar *calendar;
    const tw_session *session;
    const tw_asset *asset;
    const tw_asset_action *action;
    tw_bars daily;
    tw_bars minute;
    const int64_t *minute_ns;
    const size_t *minute_from; /* [n_sessions + 1] */
    const tw_rate *rate;       /* what is quoted in a currency other than the account's needs one, or two in a row */
    size_t n_rates;
} tw_asset_market;

/* ---------------------------------------------------------------- the strategy */

typedef struct tw_moment tw_moment;
typedef struct tw_strategy_result tw_strategy_result;

/** A call of the strategy at a moment. When it fails the run stops and keeps what came before. */
typedef tw_status (*tw_strategy_call)(void *state, tw_moment *now, tw_error *err);

/** A strategy; calls may be NULL. `initialize` sets up (no orders), `before_trading_start` runs before each session's
 *  first bar (no orders), `handle_data` at each bar's close, `analyze` at the end of a run that did not fail. */
typedef struct tw_strategy {
    void *state;
    tw_strategy_call initialize, before_trading_start, handle_data;
    tw_status (*analyze)(void *state, const tw_strategy_result *result, tw_error *err);
} tw_strategy;

/** Cash that comes or goes as `session` begins (`minute` 0) or, in a run by minute, before the fills of minute number
 *  `minute` (from 1): `value` more, or as much as makes the portfolio worth `value`. Sorted by session and minute. */
typedef struct tw_capital_change {
    size_t session, minute;
    bool is_target;
    double value;
} tw_capital_change;

typedef enum tw_strategy_mode { TW_REALISTIC, TW_ZIPLINE } tw_strategy_mode;

/** Sessions [from, to) of the market, by day or by minute, and the cash at the start. `settings` are pairs of name and
 *  text, as of tw_moment_set, ended by NULL; NULL for the mode's defaults. The benchmark is a return for every session
 *  of the market, or an asset (index + 1), or 0 and NULL: none. */
typedef struct tw_strategy_run {
    tw_strategy_mode mode;
    size_t from, to;
    bool by_minute, each_minute; /* each_minute (mode zipline): its accounts at the end of every minute, too */
    double capital;
    const char *currency; /* of the account; NULL: no asset may have one */
    const char *const *settings;
    const tw_capital_change *change;
    size_t n_changes;
    const double *benchmark;
    size_t benchmark_asset;
} tw_strategy_run;

/* ---------------------------------------------------------------- the results */

/** What made a fill happen at its price. */
typedef enum tw_fill_cause {
    TW_FILL_CLOSE,       /* at the bar's close: zipline's rule, and market-on-close */
    TW_FILL_OPEN,        /* at the bar's open */
    TW_FILL_GAP,         /* the open was beyond the limit or stop already */
    TW_FILL_LIMIT,       /* the bar traded through the limit */
    TW_FILL_STOP,        /* the bar reached the stop */
    TW_FILL_TRAIL,       /* the bar reached a stop that follows */
    TW_FILL_EXPIRY,      /* the asset was closed at its end */
    TW_FILL_LIQUIDATION, /* the account's holdings were closed, or reduced for want of margin */
    TW_FILL_CAUSE_COUNT
} tw_fill_cause;

/** A fill. `order` is SIZE_MAX when a holding was closed without one. `bar` is the minute, or the session. The price is
 *  `base`, moved against the trader by `slip`; `fees` are a part of the commission. tw_trade_explain says it in words.
 */
typedef struct tw_trade {
    size_t session, bar, asset, order;
    double amount, price, commission;
    tw_fill_cause cause;
    double base, slip, fees;
    double rate; /* the account's currency for one of the asset's, in which all of these are; 1 for its own */
} tw_trade;

/** A holding at the end of a session. */
typedef struct tw_holding {
    size_t session, asset;
    double amount, cost_basis, last_price;
    double rate; /* as of tw_trade */
} tw_holding;

/** Cash of a currency at the end of a session, in a run with several. The name is the market's, or the run's. */
typedef struct tw_balance {
    size_t session;
    const char *currency;
    double amount, rate;
} tw_balance;

typedef enum tw_order_status {
    TW_ORDER_OPEN,
    TW_ORDER_FILLED,
    TW_ORDER_CANCELLED,
    TW_ORDER_REJECTED, /* mode realistic: for want of margin or of shares to borrow */
    TW_ORDER_STATUS_COUNT
} tw_order_status;

/** What makes an order fill. */
typedef enum tw_order_kind {
    TW_ORDER_MARKET,
    TW_ORDER_LIMIT,
    TW_ORDER_STOP,
    TW_ORDER_STOP_LIMIT,
    TW_ORDER_TRAIL, /* a stop that follows */
    TW_ORDER_KIND_COUNT
} tw_order_kind;

/** An order; limit and stop are NaN where there is none (the stop of a stop-limit order is gone once reached). */
typedef struct tw_order {
    size_t id, asset, created, changed; /* bars */
    double amount, filled, commission, limit, stop;
    bool limit_reached, stop_reached;
    tw_order_status status;
    tw_order_kind kind;
    const char *reason; /* why it was cancelled or rejected (static), or NULL */
    double rate;        /* as of tw_trade, when it was placed */
} tw_order;

/** An order that was placed, filled or cancelled in a session, as it was at its end; in zipline's sequence. */
typedef struct tw_order_row {
    size_t session;
    tw_order order;
} tw_order_row;

/** What an action did to the account. Of a split `before` and `after` are the shares held and `cash` is paid for the
 *  fraction of a share; of a dividend `cash` is what was earned (on the ex-date; owed when negative), of a stock
 * dividend `after` - `before` shares came (on the pay date); of funding `cash` moved. */
typedef struct tw_booked_action {
    size_t session, asset;
    tw_asset_action_kind kind;
    double ratio, before, after, cash; /* ratio: of a split; cash: of the account's currency at that moment */
} tw_booked_action;

/** A recorded value, in force from `session` on; `name` is an index of tw_strategy_record_names. */
typedef struct tw_recorded {
    size_t session, name;
    double value;
} tw_recorded;

/** The accounts of one session, in zipline's terms. Risk numbers are cumulative; NaN where zipline has none. */
typedef struct tw_session_row {
    size_t session;
    double starting_cash, starting_value, starting_exposure, ending_cash, ending_value, ending_exposure,
        portfolio_value, pnl, returns, capital_used, long_value, short_value, long_exposure, short_exposure,
        gross_leverage, net_leverage, max_leverage;
    double currency_gain; /* the part of pnl that changes of rates made of cash and holdings */
    double algorithm_period_return, benchmark_period_return, algo_volatility, benchmark_volatility, alpha, beta, sharpe,
        sortino, max_drawdown;
    size_t longs_count, shorts_count, trading_days;
} tw_session_row;

/** The accounts at the end of a minute, the session's so far: zipline's packets of emission rate "minute". */
typedef struct tw_minute_row {
    size_t bar;
    tw_session_row row;
} tw_minute_row;

/** Where a rule of zipline's that surprises mattered, and how often: "a limit that fixed_bps did not look at". */
typedef struct tw_quirk {
    const char *name, *meaning;
    size_t count;
} tw_quirk;

/** Runs a strategy. When a call-back or a control fails its status is returned, and *result holds all up to that event;
 *  on any other failure *result may be NULL. Freed with tw_strategy_result_free. */
TW_API tw_status tw_strategy_simulate(const tw_ctx *ctx, const tw_asset_market *market, const tw_strategy *strategy,
                                      const tw_strategy_run *run, tw_strategy_result **result, tw_error *err);
/** A run whose bars come one by one: the market's arrays are there in full length, and filled as bars come. */
typedef struct tw_strategy_live tw_strategy_live;
/** Starts such a run, `initialize` called. When a call-back fails *live is there all the same; it is ended with
 *  tw_strategy_close. `market` and what it points to must outlive it. An asset as benchmark must have its bars. */
TW_API tw_status tw_strategy_open(const tw_ctx *ctx, const tw_asset_market *market, const tw_strategy *strategy,
                                  const tw_strategy_run *run, tw_strategy_live **live, tw_error *err);
/** Runs every bar (minute, or session) below `n_bars` that was not run yet. The numbers are those of
 *  tw_strategy_simulate, to the bit. */
TW_API tw_status tw_strategy_advance(tw_strategy_live *live, size_t n_bars, tw_error *err);
/** Ends a run: `analyze` unless it failed, and *result, which may be NULL when memory ran out. */
TW_API tw_status tw_strategy_close(tw_strategy_live *live, tw_strategy_result **result, tw_error *err);
/** The sessions of a run. */
TW_API const tw_session_row *tw_strategy_sessions(const tw_strategy_result *result, size_t *n);
/** The accounts of each minute, of a run that asks for them (`each_minute`). */
TW_API const tw_minute_row *tw_strategy_minutes(const tw_strategy_result *result, size_t *n);
/** What was recorded in such a run, by minute: `session` is the minute. */
TW_API const tw_recorded *tw_strategy_minute_recorded(const tw_strategy_result *result, size_t *n);
/** The fills of a run, in the order they were booked. */
TW_API const tw_trade *tw_strategy_trades(const tw_strategy_result *result, size_t *n);
/** The holdings at each session's end, oldest holding first. */
TW_API const tw_holding *tw_strategy_holdings(const tw_strategy_result *result, size_t *n);
/** Cash by currency at each session's end; none in a run with one currency. */
TW_API const tw_balance *tw_strategy_balances(const tw_strategy_result *result, size_t *n);
/** The orders of each session. */
TW_API const tw_order_row *tw_strategy_orders(const tw_strategy_result *result, size_t *n);
/** What actions did to holdings, by session. */
TW_API const tw_booked_action *tw_strategy_actions(const tw_strategy_result *result, size_t *n);
/** What was recorded, by session. */
TW_API const tw_recorded *tw_strategy_recorded(const tw_strategy_result *result, size_t *n);
/** Names of what was recorded, in the order they first came. */
TW_API const char *const *tw_strategy_record_names(const tw_strategy_result *result, size_t *n);
/** Every quirk of the mode, with its count in this run. */
TW_API const tw_quirk *tw_strategy_quirks(const tw_strategy_result *result, size_t *n);
/** "market", "limit", "stop", "stop_limit", "trail". */
TW_API const char *tw_order_kind_name(tw_order_kind kind);
/** "open", "filled", "cancelled", "rejected". */
TW_API const char *tw_order_status_name(tw_order_status status);
/** Why a run that did not fail ended before its last session ("bankrupt: ..."), or NULL. */
TW_API const char *tw_strategy_stopped(const tw_strategy_result *result);
/** Appends what made a fill happen, and how its price came about, as a sentence. */
TW_API void tw_trade_explain(const tw_asset_market *market, const tw_trade *trade, tw_buf *out);
/** Frees a result. NULL is fine. */
TW_API void tw_strategy_result_free(tw_strategy_result *result);

/* ---------------------------------------------------------------- what a moment shows */

/** Price: the last close, carried forward and adjusted as of now. The others are of the present bar. */
typedef enum tw_bar_field { TW_PRICE, TW_OPEN, TW_HIGH, TW_LOW, TW_CLOSE, TW_VOLUME } tw_bar_field;

/** Index of the present session. */
TW_API size_t tw_moment_session(const tw_moment *now);
/** Index of the present minute; the session in a run by day. */
TW_API size_t tw_moment_bar(const tw_moment *now);
/** The present instant (the bar's end), or TW_NO_TIME in a market without dates. */
TW_API int64_t tw_moment_time(const tw_moment *now);
/** A field of the present bar; NaN (volume 0) where there was no trade, or the asset is not listed. */
TW_API double tw_moment_value(const tw_moment *now, size_t asset, tw_bar_field field);
/** The same as tw_moment_value of TW_PRICE. */
TW_API double tw_moment_price(const tw_moment *now, size_t asset);
/** True when the asset is listed, not restricted, and has a price. */
TW_API bool tw_moment_can_trade(const tw_moment *now, size_t asset);
/** True when the asset is listed and has traded before, but not in this bar. */
TW_API bool tw_moment_is_stale(const tw_moment *now, size_t asset);
/** Which window: `n` bars up to now, of days or (in a run by minute) of minutes. The last day of a run by minute is
 *  the present one so far. */
typedef struct tw_window {
    size_t asset, n;
    tw_bar_field field;
    bool minutes;
} tw_window;
/** Fills out[n], adjusted as of now and rounded to three decimals (a future's to those of its tick), as zipline does.
 *  Fails when the market does not reach back so far. */
TW_API tw_status tw_moment_window(const tw_moment *now, const tw_window *window, double *out, tw_error *err);
/** The last n daily prices. */
TW_API tw_status tw_moment_history(const tw_moment *now, size_t asset, size_t n, double *prices, tw_error *err);

typedef enum tw_chain_adjust { TW_CHAIN_PLAIN, TW_CHAIN_RATIO, TW_CHAIN_DIFFERENCE } tw_chain_adjust;

/** The contracts of a root as one series: the `offset`-th after the active one, which is left for the next at its
 *  auto_close, or (by_volume) once the next had the greater volume the session before. Histories are joined as they
 * are, by ratio or by difference of the closes before a roll. The active contract now is found from what is known now.
 */
typedef struct tw_chain {
    const char *root;
    size_t offset;
    bool by_volume;
    tw_chain_adjust adjust;
} tw_chain;

/** The contract of a chain now; SIZE_MAX when there is none. */
TW_API tw_status tw_moment_contract(const tw_moment *now, const tw_chain *chain, size_t *asset, tw_error *err);
/** The contracts listed now from that one on: their count in *n; the first `room` are stored. */
TW_API tw_status tw_moment_contracts(const tw_moment *now, const tw_chain *chain, size_t room, size_t *assets,
                                     size_t *n, tw_error *err);
/** Fills out[window->n] with a chain's history (`window->asset` is not looked at), as tw_moment_window does. */
TW_API tw_status tw_moment_chain_window(const tw_moment *now, const tw_chain *chain, const tw_window *window,
                                        double *out, tw_error *err);

/** What the account is worth at last prices and rates, in its currency. `cash` is that of all currencies,
 *  `currency_gain` the part of `pnl` that changes of rates made. */
typedef struct tw_strategy_account {
    double cash, portfolio_value, positions_value, positions_exposure, starting_cash, pnl, returns, gross_leverage,
        net_leverage, currency_gain;
    size_t n_positions;
} tw_strategy_account;

/** The account at this moment. */
TW_API tw_strategy_account tw_moment_account(tw_moment *now);
/** The holding of an asset; zeros when there is none. */
TW_API tw_holding tw_moment_position(tw_moment *now, size_t asset);
/** The account's currency for one of the asset's, as last known; 1 for its own, NaN: none is known yet. */
TW_API double tw_moment_rate(const tw_moment *now, size_t asset);
/** Cash of one currency, in that currency; 0 for one that the account does not have. */
TW_API double tw_moment_balance(const tw_moment *now, const char *currency);
/** Shares held of an asset, negative when short. */
TW_API double tw_moment_holding(const tw_moment *now, size_t asset);
/** Keeps a number with the accounts of this session and those after, until it is recorded again. */
TW_API tw_status tw_moment_record(tw_moment *now, const char *name, double value, tw_error *err);

/* ---------------------------------------------------------------- orders */

typedef enum tw_order_when { TW_ANY_TIME, TW_AT_OPEN, TW_AT_CLOSE } tw_order_when;
typedef enum tw_order_life {
    TW_UNTIL_CANCELLED,
    TW_DAY,           /* cancelled as its first session ends */
    TW_IMMEDIATE,     /* cancelled after the first bar, filled as far as that goes */
    TW_ALL_OR_NOTHING /* filled whole in the first bar, or cancelled */
} tw_order_life;

/** The worst price taken, and the price at which an order wakes; 0: none. What follows is for mode realistic: a stop
 *  that follows the best price at a distance, in price or as a share of it (not with limit or stop); when in a session;
 *  how long; prices of two orders, one of which closes what this one fills (a bracket); and an order (its number + 1)
 *  of which the same is left to fill: what fills of one is taken off the other. */
typedef struct tw_order_style {
    double limit, stop, trail, trail_share;
    tw_order_when when;
    tw_order_life life;
    double take_profit, stop_loss;
    size_t one_of;
} tw_order_style;

/** What `amount` counts: shares; money; a share of the portfolio's value; and for the targets, of what shall be held.
 *  A target looks at the holding alone: open orders are not counted, as in zipline. */
typedef enum tw_order_unit {
    TW_SHARES,
    TW_VALUE,
    TW_PERCENT,
    TW_TARGET_SHARES,
    TW_TARGET_VALUE,
    TW_TARGET_PERCENT
} tw_order_unit;

typedef struct tw_order_request {
    size_t asset;
    tw_order_unit unit;
    double amount;
    tw_order_style style;
} tw_order_request;

/** Places an order of whole shares (towards zero, unless within 1e-4 of a whole number). *id (may be NULL) is its
 *  number, or SIZE_MAX when there is nothing to order or the asset is past its last session. Limit and stop are rounded
 *  to the tick in the order's favour; both are compared with closes, and what is reached fills at a close. */
TW_API tw_status tw_moment_place(tw_moment *now, const tw_order_request *request, size_t *id, tw_error *err);
/** Orders shares at the market. */
TW_API tw_status tw_moment_order(tw_moment *now, size_t asset, double shares, tw_error *err);
/** Orders the difference between `shares` and what is held. */
TW_API tw_status tw_moment_order_target(tw_moment *now, size_t asset, double shares, tw_error *err);
/** Orders what is missing to hold this share (0.5: half) of the portfolio's value. */
TW_API tw_status tw_moment_order_target_percent(tw_moment *now, size_t asset, double share, tw_error *err);
/** Cancels an open order; nothing happens when it is not open. */
TW_API tw_status tw_moment_cancel(tw_moment *now, size_t id, tw_error *err);
/** An order of this run. */
TW_API tw_status tw_moment_get_order(const tw_moment *now, size_t id, tw_order *order, tw_error *err);
/** Numbers of the open orders of an asset (or of all, asset SIZE_MAX): their count; the first `room` are stored. */
TW_API size_t tw_moment_open_orders(const tw_moment *now, size_t asset, size_t room, size_t *ids);

/* ---------------------------------------------------------------- set-up, in `initialize` */

/** Sets a model, a policy, a control or (mode realistic) terms of the account: ("slippage", "volume_share
 * volume_limit=0.1"), ("commission", "per_trade cost=1"), ("future_slippage", ...), ("future_commission", ...),
 * ("cancel", "end_of_day"), ("control", "max_leverage limit=2"), ("control", "max_order_size asset=AAPL shares=100
 * on_error=log"), ("restrict", "asset=AAPL"), ("margin", "initial=0.5 maintenance=0.25"), ("interest", "credit=0.02
 * debit=0.06"), ("borrow", "asset=AAPL rate=0.03 shares=1000"), ("fee", "side=sell bps=0.2"), ("currency",
 * "cash=convert"), ("year", "365"). */
TW_API tw_status tw_moment_set(tw_moment *now, const char *name, const char *text, tw_error *err);
/** What a setting takes: a model or control that is named first in its text, or (name NULL) parameters alone. */
typedef struct tw_setting_form {
    const char *setting, *name, *title, *source;
    const tw_param *params;
} tw_setting_form;
/** Every form there is, a setting's side by side, and that of `schedule`: their count; the first `room` are stored. */
TW_API size_t tw_setting_forms(size_t room, tw_setting_form *forms);
/** Calls `call` on the days and, in a run by minute, at the minute of a rule, once a day: "date=month_start days=1
 *  time=market_open minutes=30 half_days=0". Defaults: every day, the first minute, half days too. */
TW_API tw_status tw_moment_schedule(tw_moment *now, const char *rule, tw_strategy_call call, tw_error *err);
/** The same for a call with a state of its own, where a strategy is made of several. */
TW_API tw_status tw_moment_schedule_with(tw_moment *now, const char *rule, tw_strategy_call call, void *state,
                                         tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
