/* SPDX-License-Identifier: Apache-2.0 */
/* An order book by price: quantities in pages of ticks, and a bit for each that is not empty, so that the next level is
 * found without looking at the empty ones between. */
#ifndef TW_BACKTEST_BOOK_DEPTH_H
#define TW_BACKTEST_BOOK_DEPTH_H

#include "tradewind/book.h"

enum { TW_DEPTH_PAGE = 512, TW_DEPTH_WORDS = TW_DEPTH_PAGE / 64, TW_DEPTH_TICKS = 1 << 26 };

#define TW_NO_BID INT64_MIN
#define TW_NO_ASK INT64_MAX

/* `own`: ticks at which an order of ours rests. */
typedef struct tw_depth_page {
    double quantity[TW_DEPTH_PAGE];
    uint64_t set[TW_DEPTH_WORDS], own[TW_DEPTH_WORDS];
} tw_depth_page;

typedef struct tw_depth_side {
    tw_depth_page **page; /* [n_pages] by tick / TW_DEPTH_PAGE; NULL: no level can be there */
    size_t n_pages;
} tw_depth_side;

/* best: TW_NO_BID and TW_NO_ASK without one. Levels that the other side has passed stay until they are changed, behind
 * the best, which is how a feed of deltas has them; lowest and highest bound where a next best is looked for. */
typedef struct tw_depth {
    const tw_ctx *ctx;
    double tick, lot;
    tw_depth_side bid, ask;
    int64_t best_bid, best_ask, lowest_bid, highest_ask;
} tw_depth;

/* A change: the quantity before, and the best of its side before. */
typedef struct tw_depth_change {
    double before;
    int64_t best_before;
} tw_depth_change;

/* Room for levels at every tick at which `used` (by page, [n_pages]) says there may be one. */
tw_status tw_depth_init(const tw_ctx *ctx, const tw_feed_units *units, const bool *used, size_t n_pages,
                        tw_depth *depth, tw_error *err);
void tw_depth_clear(tw_depth *depth);
tw_depth_change tw_depth_bid(tw_depth *depth, int64_t tick, double quantity);
tw_depth_change tw_depth_ask(tw_depth *depth, int64_t tick, double quantity);
/* Empties a side from its best to `tick`; TW_NO_BID, TW_NO_ASK: all of it. */
void tw_depth_empty_bids(tw_depth *depth, int64_t tick);
void tw_depth_empty_asks(tw_depth *depth, int64_t tick);

static inline tw_depth_page *tw_depth_page_of(const tw_depth_side *side, int64_t tick)
{
    const uint64_t page = (uint64_t)tick / TW_DEPTH_PAGE;
    return page < side->n_pages ? side->page[page] : NULL;
}

static inline double tw_depth_at(const tw_depth_side *side, int64_t tick)
{
    const tw_depth_page *page = tw_depth_page_of(side, tick);
    return page ? page->quantity[tick % TW_DEPTH_PAGE] : 0;
}

static inline bool tw_depth_owns(const tw_depth_side *side, int64_t tick)
{
    const tw_depth_page *page = tw_depth_page_of(side, tick);
    return page && page->own[tick % TW_DEPTH_PAGE / 64] >> (tick % 64) & 1;
}

#endif
