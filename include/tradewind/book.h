/* SPDX-License-Identifier: Apache-2.0 */
/** @file book.h
 * Floor 4: replay of an order book. Deltas and trades of an exchange's feed pass twice, when they happened at the
 * exchange and when they were received; orders travel between the two with a latency of their own; a model of the queue
 * says when a resting order is reached. A strategy sees what had been received, nothing else.
 */
#ifndef TRADEWIND_BOOK_H
#define TRADEWIND_BOOK_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- feed */

typedef enum tw_book_side { TW_BOOK_SELL = -1, TW_BOOK_NO_SIDE = 0, TW_BOOK_BUY = 1 } tw_book_side;

/** DEPTH: the quantity at a price is now this, 0 gone. TRADE: side is that of who took. CLEAR: all levels of a side
 * from the best to this price are gone, all of them without a finite price (TW_BOOK_NO_SIDE: both sides). */
typedef enum tw_feed_kind { TW_FEED_DEPTH, TW_FEED_TRADE, TW_FEED_CLEAR } tw_feed_kind;

/** One event: when it happened at the exchange and when it was received, ns UTC. */
typedef struct tw_feed_event {
    int64_t exchange_ns, local_ns;
    double price, quantity;
    tw_feed_kind kind;
    tw_book_side side;
} tw_feed_event;

/** The units of an instrument. Prices are multiples of tick, at most 67,108,863 of them; quantities count in lots. */
typedef struct tw_feed_units {
    double tick, lot;
} tw_feed_units;

typedef struct tw_feed tw_feed;

/** Makes a feed of events in any order; those of one time keep theirs. BAD_VALUE names the first event that is no such
 * thing: a price that is negative or beyond the bound, a quantity that is not finite or negative, an event received
 * before it happened. */
TW_API tw_status tw_feed_new(const tw_ctx *ctx, const tw_feed_units *units, const tw_feed_event *events, size_t n,
                             tw_feed **feed, tw_error *err);

/** How to read a recorded stream. */
typedef struct tw_feed_options {
    /** exact: levels are those of the snapshot, then every later delta by its sequence number, also those that arrived
     *  before the snapshot did; a gap in the sequence is BAD_DATA. received: deltas as they arrived, the snapshot in
     *  between clears what it covers. */
    char snapshot[TW_TEXT_MAX];
    /** Added to what was received when the local clock was behind the exchange's (events received before they
     *  happened): all local times are shifted by the largest such difference, and by this. */
    int base_latency;
} tw_feed_options;

/** Table of tw_feed_options. */
TW_API const tw_param *tw_feed_params(void);

/** What was read. */
typedef struct tw_feed_summary {
    uint64_t lines, depth_messages, trades, snapshots, other; /* lines = the sum of the others */
    uint64_t dropped;                                         /* depth messages older than the snapshot */
    int64_t clock_shift;                                      /* added to local times, ns */
} tw_feed_summary;

/** Reads a recorded Binance futures stream (plain, gzip, zstd): lines of local time in ns and JSON, combined streams of
 * depthUpdate, trade and others, and depth snapshots. Errors name file and line. `summary` may be NULL. */
TW_API tw_status tw_feed_read_binance(const tw_ctx *ctx, const char *path, const tw_feed_units *units,
                                      const tw_feed_options *options, tw_feed **feed, tw_feed_summary *summary,
                                      tw_error *err);
/** Number of events. */
TW_API size_t tw_feed_size(const tw_feed *feed);
/** Event i in the order of the exchange. */
TW_API tw_feed_event tw_feed_at(const tw_feed *feed, size_t i);
/** Frees a feed; no replay may be left. NULL is fine. */
TW_API void tw_feed_free(tw_feed *feed);

/* ---------------------------------------------------------------- models */

/** What a model knows of a resting order: the quantity ahead of it, and what was traded at its price since the quantity
 * there last changed. */
typedef struct tw_book_queue_place {
    double ahead, traded;
} tw_book_queue_place;

/** A model of the place in the queue: how much of a decrease at a price is ahead of the order. */
typedef struct tw_book_queue_model {
    const char *name, *title, *source;
    const tw_param *params;
    size_t params_size;
    /** The quantity at the order's price goes from `before` to `after`. */
    void (*change)(const void *params, tw_book_queue_place *place, double before, double after);
} tw_book_queue_model;

/** All queue models, by name. */
TW_API const tw_book_queue_model *const *tw_book_queue_models(size_t *n);

/** One measured round trip of an order, ns: sent, at the exchange (0: the exchange refused it), answered. */
typedef struct tw_book_trip {
    int64_t sent, arrived, answered;
} tw_book_trip;

/* ---------------------------------------------------------------- replay */

typedef enum tw_book_kind { TW_BOOK_LIMIT, TW_BOOK_MARKET } tw_book_kind;
/** GTX: only as a maker; else it expires. */
typedef enum tw_book_force { TW_BOOK_GTC, TW_BOOK_GTX, TW_BOOK_FOK, TW_BOOK_IOC } tw_book_force;
typedef enum tw_book_status {
    TW_BOOK_SENT, /* nothing heard of it yet */
    TW_BOOK_OPEN,
    TW_BOOK_PARTLY_FILLED,
    TW_BOOK_FILLED,
    TW_BOOK_CANCELLED,
    TW_BOOK_EXPIRED,
    TW_BOOK_REJECTED
} tw_book_status;
typedef enum tw_book_pending {
    TW_BOOK_PENDING_NONE,
    TW_BOOK_PENDING_NEW,
    TW_BOOK_PENDING_MODIFY,
    TW_BOOK_PENDING_CANCEL
} tw_book_pending;

/** An order as far as the strategy knows. Prices in ticks; executed, exec_tick and maker are of the last execution. */
typedef struct tw_book_order {
    uint64_t id;
    tw_book_side side;
    tw_book_kind kind;
    tw_book_force force;
    tw_book_status status;
    tw_book_pending pending;
    bool maker;
    int64_t tick, exec_tick;
    double quantity, leaves, executed;
    int64_t sent_ns, exchange_ns; /* of the last request; of the last answer, at the exchange */
} tw_book_order;

/** What is replayed how; the table is tw_replay_params. */
typedef struct tw_replay_options {
    char queue[TW_TEXT_MAX];     /* name of a queue model */
    char queue_params[128];      /* its parameters */
    bool partial;                /* orders fill in parts; false: whole, when they are reached */
    double entry, response;      /* latency of a request and of its answer, ns; without measured trips */
    double maker_fee, taker_fee; /* shares of value */
    double contract;             /* value of a unit at price 1 */
    bool inverse;                /* settled in the base currency: value = contract * quantity / price */
    int max_orders;              /* known at a time */
} tw_replay_options;

/** Table of tw_replay_options, for tw_params_parse. */
TW_API const tw_param *tw_replay_params(void);

/** A replay to make: trips (borrowed, ascending by `sent`) give latencies by interpolation, NULL: those of options. */
typedef struct tw_replay_spec {
    const tw_feed *feed;
    tw_replay_options options;
    const tw_book_trip *trips;
    size_t n_trips;
    /** Called when the strategy learns of an execution; `order` is valid in the call. May be NULL. */
    void (*on_fill)(void *user, const tw_book_order *order, int64_t local_ns);
    void *user;
} tw_replay_spec;

typedef struct tw_replay tw_replay;

/** A replay at the start of its feed. Time passes without allocating, but when more messages than ever before are on
 * their way. */
TW_API tw_status tw_replay_new(const tw_ctx *ctx, const tw_replay_spec *spec, tw_replay **replay, tw_error *err);
/** Frees a replay. NULL is fine. */
TW_API void tw_replay_free(tw_replay *replay);

/** Why time stopped. NO_MEMORY: a message between strategy and exchange was lost, the replay is of no more use. */
typedef enum tw_replay_stop {
    TW_STOP_TIME,
    TW_STOP_FEED,
    TW_STOP_ANSWER,
    TW_STOP_END,
    TW_STOP_NO_MEMORY
} tw_replay_stop;

/** Lets ns pass: everything that is received up to then is seen. TW_STOP_TIME, or TW_STOP_END when nothing is left. */
TW_API tw_replay_stop tw_replay_elapse(tw_replay *replay, int64_t ns);
/** Goes on to the next event of the feed that is received, or with `answers` the next answer, at most ns ahead. All
 * that is received at that time is seen. */
TW_API tw_replay_stop tw_replay_next(tw_replay *replay, bool answers, int64_t ns);
/** Waits for an answer about an order, at most ns: TW_STOP_ANSWER or TW_STOP_TIME. */
TW_API tw_replay_stop tw_replay_wait(tw_replay *replay, uint64_t id, int64_t ns);

/** Local time now; TW_NO_TIME before the first of the calls above. */
TW_API int64_t tw_replay_now(const tw_replay *replay);

/** The best levels as received: ticks (INT64_MIN, INT64_MAX: none), prices (NaN: none), quantities. */
typedef struct tw_top {
    int64_t bid_tick, ask_tick;
    double bid, ask, bid_quantity, ask_quantity;
} tw_top;

/** The best bid and ask. */
TW_API tw_top tw_replay_top(const tw_replay *replay);
/** The quantity at a price, as received. */
TW_API double tw_replay_quantity(const tw_replay *replay, tw_book_side side, int64_t tick);
/** Trades received since they were last cleared, the last 1,024 of them, oldest first. */
TW_API size_t tw_replay_trades(const tw_replay *replay, tw_feed_event *trades, size_t room);
/** Forgets the trades. */
TW_API void tw_replay_clear_trades(tw_replay *replay);

/** An order to send. */
typedef struct tw_book_request {
    tw_book_side side;
    tw_book_kind kind;
    tw_book_force force;
    double price, quantity; /* a market order needs no price */
} tw_book_request;

/** Sends an order. BAD_VALUE for a price or quantity that is none, BAD_STATE before time has started, TOO_LARGE when
 * max_orders are known (tw_replay_forget makes room). */
TW_API tw_status tw_replay_submit(tw_replay *replay, const tw_book_request *request, uint64_t *id, tw_error *err);
/** Asks for another price and quantity; a higher quantity or another price loses the place in the queue. BAD_NAME for
 * an id that is not known, BAD_STATE while a request about the order is on its way. */
TW_API tw_status tw_replay_modify(tw_replay *replay, uint64_t id, double price, double quantity, tw_error *err);
/** Asks for the order to be cancelled; errors as tw_replay_modify. */
TW_API tw_status tw_replay_cancel(tw_replay *replay, uint64_t id, tw_error *err);
/** The order, or NULL; valid until the next call that lets time pass or sends. */
TW_API const tw_book_order *tw_replay_order(const tw_replay *replay, uint64_t id);
/** All orders that are known, *n of them; valid as above. */
TW_API const tw_book_order *tw_replay_orders(const tw_replay *replay, size_t *n);
/** Forgets orders that are filled, cancelled, expired or rejected. */
TW_API void tw_replay_forget(tw_replay *replay);

/** The account as the strategy knows it. balance is cash from trading without fees. */
typedef struct tw_book_account {
    double position, balance, fee, volume, value;
    uint64_t n_trades;
} tw_book_account;

/** The account. */
TW_API tw_book_account tw_replay_account(const tw_replay *replay);
/** Its worth at a price: balance + position - fees, in the currency of settlement. */
TW_API double tw_replay_equity(const tw_replay *replay, double price);

#ifdef __cplusplus
}
#endif
#endif
