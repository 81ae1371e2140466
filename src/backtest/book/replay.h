/* SPDX-License-Identifier: Apache-2.0 */
/* The state of a replay. */
#ifndef TW_BACKTEST_BOOK_REPLAY_H
#define TW_BACKTEST_BOOK_REPLAY_H

#include "backtest/book/book_impl.h"

enum { TW_REPLAY_TRADES = 1024 };

struct tw_replay {
    const tw_ctx *ctx;
    const tw_feed *feed;
    tw_replay_options options;
    void (*on_fill)(void *user, const tw_book_order *order, int64_t local_ns);
    void *user;
    int64_t now;
    size_t local_at, exchange_at; /* rows of the feed that are past */
    tw_depth depth;               /* as received */
    tw_book_exchange exchange;
    tw_book_latency latency;
    tw_book_bus requests, answers;
    tw_book_order *order; /* [max_orders] as known, by id */
    size_t n_orders;
    uint64_t last_id;
    tw_book_account account;
    tw_feed_row trade[TW_REPLAY_TRADES]; /* a ring */
    size_t first_trade, n_trades;
};

/* The order of this id as the strategy knows it, or NULL. */
tw_book_order *tw_replay_known(const tw_replay *r, uint64_t id);

#endif
