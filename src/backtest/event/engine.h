/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - the state of a run of a strategy by zipline's rules. Arithmetic is in doubles, in zipline's order. */
#ifndef TW_BACKTEST_EVENT_ENGINE_H
#define TW_BACKTEST_EVENT_ENGINE_H

#include "backtest/event/currency.h"
#include "backtest/event/minutes.h"
#include "backtest/event/models.h"
#include "backtest/event/risk.h"
#include "backtest/event/round.h"
#include "tradewind/strategy.h"

#define TW_NONE SIZE_MAX
enum { TW_MICRO = 1000000 }; /* of a unit of money, in mode realistic */

/* An order of the run; a row's place among those touched this session is kept so that the last touch counts. */
typedef struct tw_ticket {
    tw_order order;
    size_t next;    /* next open order of the asset */
    size_t touched; /* 1 + place in the list of touches */
} tw_ticket;

/* What every ticket is in mode realistic. */
typedef struct tw_full_ticket {
    tw_ticket base;
    tw_order_style style;
    size_t other, from_bar; /* the one it is paired with; the bar it takes part from */
    double best;            /* price since it was placed, for a stop that follows */
    bool is_late;           /* of a holding made in this bar */
    bool is_forced;         /* for want of margin */
} tw_full_ticket;

/* Bars up to `upto` (exclusive) were looked at; 1 + the last that counts. */
typedef struct tw_mark {
    size_t upto, last;
} tw_mark;

/* What is known of an asset: the holding, its open orders, its last trades. */
typedef struct tw_lot {
    double amount, cost_basis, last_price;
    double paid_price; /* of a future: gains up to this price are in cash */
    size_t priced_at;  /* 1 + bar of last_price; 0: never */
    bool held, is_paid, queued, is_restricted;
    size_t head, tail; /* open orders */
    tw_mark closed, traded;
    size_t impact_session; /* 1 + session of the two below */
    double mean_volume, volatility;
    double borrow_rate, borrow_shares; /* a year; that can be had */
    size_t currency;                   /* of its prices */
} tw_lot;

/* Terms of the account in mode realistic: rates are of a year, shares of exposure. */
typedef struct tw_margin {
    double initial, maintenance, future_initial, future_maintenance;
} tw_margin;

typedef struct tw_interest {
    double credit, debit;
} tw_interest;

typedef struct tw_fee tw_fee;

typedef struct tw_list {
    void *item;
    size_t n, room, size;
} tw_list;

/* What scales the prices and volumes before a session. */
typedef struct tw_scale {
    size_t session;
    double price, volume;
} tw_scale;

/* A dividend earned and not yet paid: cash of that asset's currency, or whole shares of it. */
typedef struct tw_owed {
    size_t pay, asset;
    double cash, shares;
} tw_owed;

typedef struct tw_rule tw_rule;
typedef struct tw_control_use tw_control_use;
typedef struct tw_freeze tw_freeze;

typedef enum tw_phase { TW_PHASE_SETUP, TW_PHASE_BEFORE, TW_PHASE_BAR, TW_PHASE_END } tw_phase;

typedef enum tw_quirk_id {
#define TW_QUIRK(name, meaning) TW_QUIRK_##name,
#include "backtest/event/quirks.def"
#undef TW_QUIRK
    TW_QUIRK_COUNT
} tw_quirk_id;

struct tw_strategy_result {
    const tw_ctx *ctx;
    tw_list sessions, trades, holdings, orders, actions, recorded, names, balances, minutes, minute_recorded;
    char stopped[128];
    tw_quirk quirks[TW_QUIRK_COUNT];
};

typedef struct tw_recording {
    double value;
    bool is_new, is_newest; /* since the session before, the minute before */
} tw_recording;

struct tw_moment {
    const tw_ctx *ctx;
    const tw_asset_market *market;
    const tw_strategy_run *run;
    tw_strategy_result *result;
    tw_models models;
    tw_phase phase;
    /* the clock: `view` is the session of the bar last seen, which before a session is the one before */
    size_t session, view, bar;
    int64_t before_ns;   /* when before_trading_start comes */
    const tw_bars *bars; /* daily or minute */
    size_t stride;       /* bars of an asset */
    tw_window_round_fn *round;
    /* assets */
    tw_lot *lot;
    size_t *held, n_held, *queue, n_queue; /* by first holding, by first open order */
    tw_scale *scale;
    size_t *scale_from; /* [n_assets + 1] */
    size_t next_action, next_change;
    tw_list owed;
    /* orders */
    tw_list orders, fresh, touched;
    bool cancel_daily;
    /* set-up */
    tw_list rules, controls, freezes;
    tw_list recordings;
    /* terms of mode realistic */
    bool realistic;
    tw_margin margin;
    tw_interest interest;
    tw_list fees;
    double periods_per_year;
    double required; /* margin of holdings and open orders, as of bar required_at - 1 */
    size_t required_at;
    tw_currency *currency;
    size_t n_currencies;
    bool converts; /* cash of other currencies, as it comes and goes */
    /* accounts */
    int64_t micro; /* cash of all currencies in millionths of the account's, where it is counted */
    bool too_much; /* more money than is counted */
    bool dirty;
    size_t synced; /* 1 + bar whose prices the holdings have */
    double cash, cash_flow, value, pnl, returns, max_leverage, currency_gain;
    double long_value, short_value, long_exposure, short_exposure;
    size_t longs, shorts;
    tw_session_row row; /* of the present session */
    double *benchmark;  /* of the run's sessions, or NULL */
    tw_risk risk;
    tw_minutes minutes; /* where each of them has a row */
};

/* ---- lists */

/* Order `id` of the run; valid until an order is added. */
static inline tw_ticket *tw_ticket_at(const tw_moment *now, size_t id)
{
    return (tw_ticket *)(void *)((char *)now->orders.item + id * now->orders.size);
}

/* The same in mode realistic. */
static inline tw_full_ticket *tw_full_ticket_at(const tw_moment *now, size_t id)
{
    return (tw_full_ticket *)now->orders.item + id;
}

/* A new item at the end of the list, zeroed; NULL when out of memory. */
void *tw_list_add(const tw_ctx *ctx, tw_list *list);

/* ---- market.c: what the bars say */

/* Checks a market and a run against each other. */
tw_status tw_market_check(const tw_asset_market *market, const tw_strategy_run *run, tw_error *err);
/* Sorts what scales histories by asset. */
tw_status tw_scales_build(tw_moment *now, tw_error *err);
/* The product of what scales an asset's prices (volumes) in sessions (after, upto]. */
double tw_scale_between(const tw_moment *now, size_t asset, size_t after, size_t upto, bool volume);
/* True when the asset is listed in a session. */
bool tw_asset_listed(const tw_moment *now, size_t asset, size_t session);
/* The session of a bar no later than the present one. */
size_t tw_session_of(const tw_moment *now, size_t bar);
/* 1 + the last bar up to now with a close, or with a volume; 0: none. */
size_t tw_last_closed(const tw_moment *now, size_t asset);
size_t tw_last_traded(const tw_moment *now, size_t asset);
/* The column of a field, of every asset; NULL when the bars lack it. A price is a close. */
const double *tw_bars_column(const tw_bars *bars, tw_bar_field field);
/* An asset's factor from price to money of its currency, and to the account's at the rate that is counted with. */
double tw_asset_money(const tw_moment *now, size_t asset);
double tw_asset_multiplier(const tw_moment *now, size_t asset);
/* Decimals of a price step, at least 1. */
int tw_tick_decimals(double tick);
/* The instant `session` begins: midnight UTC of its date; TW_NO_TIME without dates. */
int64_t tw_session_midnight(const tw_moment *now, size_t session);

/* ---- orders.c, fills.c */

/* Puts an order of whole shares among the open ones. */
tw_status tw_orders_add(tw_moment *now, const tw_order_request *request, double whole, size_t *id, tw_error *err);
/* Notes that an order was touched in this session. */
tw_status tw_order_touch(tw_moment *now, size_t id, tw_error *err);
/* Cancels an open order for a reason (static text); `relay`: it is reported with the next new orders. */
tw_status tw_order_cancel(tw_moment *now, size_t id, bool relay, const char *reason, tw_error *err);
/* Takes an order back for want of margin or of shares to borrow. */
tw_status tw_order_reject(tw_moment *now, size_t id, const char *reason, tw_error *err);
/* Cancels every open order of an asset. */
tw_status tw_orders_cancel_asset(tw_moment *now, size_t asset, bool relay, const char *reason, tw_error *err);
/* The policy at a session's end. */
tw_status tw_orders_end_of_day(tw_moment *now, tw_error *err);
/* Reports new and cancelled orders. */
tw_status tw_orders_report(tw_moment *now, bool cancelled_only, tw_error *err);
/* Applies a split to the open orders of an asset. */
void tw_orders_split(tw_moment *now, size_t asset, double ratio);
/* Unlinks orders with nothing left; an asset without open orders leaves the queue. */
void tw_orders_prune(tw_moment *now);
/* Fills open orders with the present bar, then books all trades, then all commissions. */
tw_status tw_engine_fill_orders(tw_moment *now, tw_error *err);
/* Keeps the session's touched orders as rows of the result. */
tw_status tw_orders_keep(tw_moment *now, tw_error *err);

/* ---- ledger.c: cash, holdings, cost basis */

/* Books a trade of the present bar, and keeps it in the result. */
tw_status tw_ledger_trade(tw_moment *now, const tw_trade *trade, tw_error *err);
/* Charges the commission of a trade to cash and cost basis. */
void tw_ledger_commission(tw_moment *now, const tw_trade *trade);
/* Applies a split to a holding; the fraction of a share is paid in cash, which is returned. */
double tw_ledger_split(tw_moment *now, size_t asset, double ratio);
/* Moves cash of the account's currency; or of any, which is worth `rate` of the account's. */
void tw_ledger_cash(tw_moment *now, double amount);
void tw_ledger_pay(tw_moment *now, size_t currency, double amount, double rate);
void tw_ledger_count(tw_moment *now); /* that of all currencies */
/* Adds shares without a trade, as a stock dividend does. */
void tw_ledger_grant(tw_moment *now, size_t asset, double shares);
/* Takes last prices as of the present bar, once a bar. */
void tw_ledger_sync(tw_moment *now);
/* Brings value, profit and compounded returns up to date. */
void tw_ledger_refresh(tw_moment *now);
/* A holding as it is counted. */
tw_holding tw_ledger_holding(const tw_moment *now, size_t asset);
/* Adds cash that is no profit. */
void tw_ledger_capital(tw_moment *now, double amount);
/* To the nearest cent of the exact value, ties to even, as Python's round(x, 2). */
double tw_round_cents(double x);

/* ---- sessions.c: what happens between bars */

/* Splits, dividends and capital as a session begins; its opening accounts. */
tw_status tw_session_begin(tw_moment *now, tw_error *err);
/* Expired assets, cancel policy, controls, and the session's row. */
tw_status tw_session_end(tw_moment *now, tw_error *err);
/* Fills the accounts of a row, which has what was at the session's start. */
void tw_session_fill(tw_moment *now, tw_session_row *row);
/* The capital changes due at a minute. */
void tw_capital_due(tw_moment *now, size_t minute);

/* ---- set-up */

/* The benchmark's return in each session of the run. */
tw_status tw_benchmark_build(tw_moment *now, tw_error *err);
/* Calls what is scheduled for the present bar. */
tw_status tw_rules_run(tw_moment *now, void *state, tw_error *err);
/* Checks an order against the trading controls. */
tw_status tw_controls_order(tw_moment *now, size_t asset, double amount, tw_error *err);
/* Checks the account against its controls. */
tw_status tw_controls_account(tw_moment *now, tw_error *err);
/* True when a restriction holds for an asset now. */
bool tw_restricted(const tw_moment *now, size_t asset);
/* Checks an order against the restrictions. */
tw_status tw_restrictions_order(tw_moment *now, size_t asset, tw_error *err);
/* The settings of the run, before `initialize`; and what must hold after it. */
tw_status tw_settings_begin(tw_moment *now, tw_error *err);
tw_status tw_settings_end(tw_moment *now, tw_error *err);
/* Adds a control, or a restriction, from text. */
tw_status tw_control_add(tw_moment *now, const char *text, tw_error *err);
tw_status tw_restrict_add(tw_moment *now, const char *text, tw_error *err);
/* The asset of this symbol. */
tw_status tw_asset_find(const tw_moment *now, const char *symbol, size_t *asset, tw_error *err);
/* Parameters of settings that name no model. */
const tw_param *tw_restrict_params(void);
const tw_param *tw_schedule_params(void);
/* Bytes of an item of now->rules, controls, freezes. */
size_t tw_rule_size(void);
size_t tw_control_size(void);
size_t tw_freeze_size(void);
/* True when the first word of `text` is `name`; *rest is then what follows it. */
bool tw_first_word(const char *text, const char *name, const char **rest);

#endif
