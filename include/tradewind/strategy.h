/* SPDX-License-Identifier: Apache-2.0 */
/** @file strategy.h
 * Floor 4: strategies as call-backs, run session by session over daily bars by zipline's rules (zipline-reloaded
 * 3.2.1): an order decided at a close fills at the next close. A strategy sees the market through a tw_moment alone,
 * and a moment has no way to a later bar.
 */
#ifndef TRADEWIND_STRATEGY_H
#define TRADEWIND_STRATEGY_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An asset by name; `auto_close` is the first session (its index) at whose end a holding is closed, or SIZE_MAX. */
typedef struct tw_stock {
    const char *symbol;
    size_t auto_close;
} tw_stock;

/** What changes the meaning of prices from session `session` on. A split of 2:1 has ratio 0.5. An adjustment (a
 *  dividend's) scales earlier prices only in histories. Sorted by session. */
typedef struct tw_stock_action {
    size_t session, stock;
    bool is_split;
    double ratio;
} tw_stock_action;

/** Bars by stock: `close[stock * n_sessions + session]`, NaN where there is none; volume likewise. Borrowed by a run.
 */
typedef struct tw_stock_market {
    size_t n_sessions, n_stocks, n_actions;
    const tw_stock *stock;
    const double *close, *volume;
    const tw_stock_action *action;
} tw_stock_market;

typedef struct tw_moment tw_moment;

/** The worst price taken, and the price at which an order wakes; NaN: none. */
typedef struct tw_order_style {
    double limit, stop;
} tw_order_style;

/** A strategy: handle_data is called at each session's close. When it fails the run stops and keeps what came before.
 */
typedef struct tw_strategy {
    void *state;
    tw_status (*handle_data)(void *state, tw_moment *now, tw_error *err);
} tw_strategy;

/** Sessions [from, to) of the market, the cash at the start, and the models: "volume_share volume_limit=0.025" or
 *  NULL for the default (fixed_bps, per_share). */
typedef struct tw_strategy_run {
    size_t from, to;
    double capital;
    const char *slippage, *commission;
} tw_strategy_run;

/** A fill. */
typedef struct tw_trade {
    size_t session, stock;
    double amount, price, commission;
} tw_trade;

/** A holding at the end of a session. */
typedef struct tw_holding {
    size_t session, stock;
    double amount, cost_basis, last_price;
} tw_holding;

/** The accounts of one session, in zipline's terms. */
typedef struct tw_session_row {
    size_t session;
    double starting_cash, starting_value, ending_cash, ending_value, portfolio_value, pnl, returns, capital_used,
        long_value, short_value, gross_leverage, net_leverage, max_leverage;
    size_t longs_count, shorts_count;
} tw_session_row;

typedef struct tw_strategy_result tw_strategy_result;

/** Runs a strategy. When a call-back fails its status is returned, and *result holds the sessions before; on any other
 *  failure *result may be NULL. Freed with tw_strategy_result_free. */
TW_API tw_status tw_strategy_simulate(const tw_ctx *ctx, const tw_stock_market *market, const tw_strategy *strategy,
                                      const tw_strategy_run *run, tw_strategy_result **result, tw_error *err);
/** The sessions of a run. */
TW_API const tw_session_row *tw_strategy_sessions(const tw_strategy_result *result, size_t *n);
/** The fills of a run, in the order they were booked. */
TW_API const tw_trade *tw_strategy_trades(const tw_strategy_result *result, size_t *n);
/** The holdings at each session's end, oldest holding first. */
TW_API const tw_holding *tw_strategy_holdings(const tw_strategy_result *result, size_t *n);
/** Frees a result. NULL is fine. */
TW_API void tw_strategy_result_free(tw_strategy_result *result);

/** Index of the present session. */
TW_API size_t tw_moment_session(const tw_moment *now);
/** Last known close of a stock, NaN before its first. */
TW_API double tw_moment_price(const tw_moment *now, size_t stock);
/** The last n closes up to now, forward-filled, adjusted as of now and rounded to three decimals. */
TW_API tw_status tw_moment_history(const tw_moment *now, size_t stock, size_t n, double *closes, tw_error *err);
/** Shares held of a stock, negative when short. */
TW_API double tw_moment_holding(const tw_moment *now, size_t stock);
/** Cash, and what everything is worth at last prices. */
TW_API void tw_moment_portfolio(const tw_moment *now, double *cash, double *value);
/** Orders shares at the market: whole ones, towards zero, unless within 1e-4 of a whole number. */
TW_API tw_status tw_moment_order(tw_moment *now, size_t stock, double amount, tw_error *err);
/** The same with a limit and a stop, NaN where there is none, rounded to cents in the order's favour. Both are compared
 *  with closes, and what is reached fills at a close: zipline's rule. */
TW_API tw_status tw_moment_order_at(tw_moment *now, size_t stock, double amount, const tw_order_style *style,
                                    tw_error *err);
/** Orders the difference between the target and what is held; open orders are not counted, as in zipline. */
TW_API tw_status tw_moment_order_target(tw_moment *now, size_t stock, double target, tw_error *err);

#ifdef __cplusplus
}
#endif
#endif
