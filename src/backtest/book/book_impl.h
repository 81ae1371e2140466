/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a book replay share. */
#ifndef TW_BACKTEST_BOOK_IMPL_H
#define TW_BACKTEST_BOOK_IMPL_H

#include "backtest/book/depth.h"

/* ---------------------------------------------------------------- feed */

/* An event as one of the two sides sees it. A clearing of all has no tick. */
typedef struct tw_feed_row {
    int64_t time;
    double quantity;
    int32_t tick; /* TW_FEED_ALL: every price */
    int8_t kind, side;
} tw_feed_row;

enum { TW_FEED_ALL = -1 };

/* Times are within so many ns of 1970, about 146 years: latencies can be added to them. */
#define TW_FEED_LAST (INT64_C(1) << 62)

struct tw_feed {
    const tw_ctx *ctx;
    tw_feed_units units;
    size_t n;
    tw_feed_row *exchange, *local; /* [n] each, by their times */
    int64_t *received;             /* [n] local times in the order of the exchange */
    size_t n_pages;
    bool *used; /* by page of ticks */
};

/* ---------------------------------------------------------------- models */

#define TW_QUEUE(name) extern const tw_book_queue_model tw_book_queue_##name;
#include "backtest/book/queues.def"
#undef TW_QUEUE

tw_status tw_book_queue_find(const char *name, const tw_book_queue_model **model, tw_error *err);

enum { TW_BOOK_QUEUE_PARAMS = 64 };

/* Latency of requests and answers: constant, or between measured trips. Negative: the exchange refuses the request, and
 * this is how long the strategy waits to learn it. */
typedef struct tw_book_latency {
    int64_t entry, response;
    const tw_book_trip *trip;
    size_t n_trips, entry_at, response_at; /* where the last ones were: times ascend */
} tw_book_latency;

int64_t tw_book_entry(tw_book_latency *latency, int64_t local_ns);
int64_t tw_book_response(tw_book_latency *latency, int64_t exchange_ns);

/* ---------------------------------------------------------------- orders on their way */

typedef struct tw_book_message {
    tw_book_order order;
    int64_t time;   /* of arrival */
    bool requested; /* an answer to a request, not the news of a fill */
} tw_book_message;

/* Messages arrive in the order in which they were sent. The ring grows when more are on their way than ever before. */
typedef struct tw_book_bus {
    const tw_ctx *ctx;
    tw_book_message *ring;
    size_t room, first, n; /* room: a power of two */
    bool lost;             /* out of memory: a message is gone */
} tw_book_bus;

static inline int64_t tw_book_bus_next(const tw_book_bus *bus)
{
    return bus->n ? bus->ring[bus->first].time : INT64_MAX;
}

bool tw_book_bus_init(tw_book_bus *bus, const tw_ctx *ctx);
void tw_book_bus_send(tw_book_bus *bus, const tw_book_message *message);
tw_book_message tw_book_bus_take(tw_book_bus *bus);

/* ---------------------------------------------------------------- exchange */

/* An order that rests at the exchange. */
typedef struct tw_book_resting {
    tw_book_order order;
    tw_book_queue_place place;
} tw_book_resting;

typedef struct tw_book_exchange {
    tw_depth depth;
    const tw_book_queue_model *queue;
    _Alignas(max_align_t) unsigned char queue_params[TW_BOOK_QUEUE_PARAMS];
    bool partial;
    tw_book_resting *resting; /* [room] */
    size_t n_resting;
    int64_t highest_buy, lowest_sell; /* of the resting; TW_NO_BID, TW_NO_ASK */
    tw_book_bus *answers;
    tw_book_latency *latency;
} tw_book_exchange;

/* A clearing of the feed. */
void tw_depth_feed_clear(tw_depth *depth, const tw_feed_row *row);
void tw_book_exchange_feed(tw_book_exchange *e, const tw_feed_row *row);
/* A request arrives. */
void tw_book_exchange_request(tw_book_exchange *e, tw_book_order *order, int64_t time);

#endif
