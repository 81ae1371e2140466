/* SPDX-License-Identifier: Apache-2.0 */
/* engine.h - the state of a run of a strategy by zipline's rules. Arithmetic is in doubles, in zipline's order. */
#ifndef TW_BACKTEST_EVENT_ENGINE_H
#define TW_BACKTEST_EVENT_ENGINE_H

#include "tradewind/strategy.h"

#define TW_NO_ORDER SIZE_MAX

typedef struct tw_ticket {
    size_t stock, next;                             /* next open order of the stock */
    double amount, filled, commission, limit, stop; /* NaN: none */
    bool stop_reached, limit_reached;
} tw_ticket;

/* What a slippage model sees of one order at one bar; `used` is the volume filled at this bar before. */
typedef struct tw_fill_query {
    double close, volume, used, open, amount, limit;
} tw_fill_query;

typedef enum tw_fill_answer { TW_FILL_DONE, TW_FILL_NONE, TW_FILL_DRY } tw_fill_answer;

enum { TW_MODEL_ROOM = 32 };

typedef struct tw_slippage {
    const char *name;
    const tw_param *params;
    /* DONE sets amount (signed) and price; DRY: nothing is left of this bar for later orders of the stock. */
    tw_fill_answer (*fill)(const void *params, const tw_fill_query *query, double *amount, double *price);
} tw_slippage;

typedef struct tw_commission {
    const char *name;
    const tw_param *params;
    double (*cost)(const void *params, const tw_ticket *order, double amount, double price);
} tw_commission;

typedef struct tw_models {
    const tw_slippage *slippage;
    const tw_commission *commission;
    double slippage_params[TW_MODEL_ROOM], commission_params[TW_MODEL_ROOM];
} tw_models;

typedef struct tw_lot {
    double amount, cost_basis, last_price;
    bool held;
    size_t head, tail; /* open orders of the stock */
    bool queued;
} tw_lot;

typedef struct tw_list {
    void *item;
    size_t n, room, size;
} tw_list;

struct tw_strategy_result {
    const tw_ctx *ctx;
    tw_list sessions, trades, holdings;
};

struct tw_moment {
    const tw_ctx *ctx;
    const tw_stock_market *market;
    tw_strategy_result *result;
    tw_models models;
    tw_lot *lot;
    size_t *held, n_held, *queue, n_queue; /* stocks by first holding, by first open order */
    tw_list orders;
    size_t session, next_action;
    bool dirty;
    double cash, cash_flow, value, holdings_value, long_value, short_value, pnl, returns, max_leverage;
};

/* A new item at the end of the list, zeroed; NULL when out of memory. */
void *tw_list_add(const tw_ctx *ctx, tw_list *list);
/* Reads "name k=v ..." of both models. */
tw_status tw_models_read(const tw_strategy_run *run, tw_models *models, tw_error *err);
/* Fills open orders with the present bar, then books all trades, then all commissions. */
tw_status tw_engine_fill_orders(tw_moment *now, tw_error *err);
/* Drops every open order of a stock. */
void tw_orders_drop(tw_moment *now, size_t stock);
/* Applies a split to the open orders of a stock. */
void tw_orders_split(tw_moment *now, size_t stock, double ratio);
/* Books a trade of the present session. */
tw_status tw_book_trade(tw_moment *now, const tw_trade *trade, tw_error *err);
/* Charges a commission to cash and cost basis. */
void tw_book_commission(tw_moment *now, size_t stock, double cost);
/* Applies a split to a holding; the fraction of a share is paid in cash. */
void tw_book_split(tw_moment *now, size_t stock, double ratio);
/* Takes last prices from the present bar. */
void tw_book_mark(tw_moment *now);
/* Brings value, pnl and compounded returns up to date. */
void tw_book_refresh(tw_moment *now);
/* To the nearest cent of the exact value, ties to even, as Python's round(x, 2). */
double tw_round_cents(double x);

#endif
