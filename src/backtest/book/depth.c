/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/book/depth.h"

#include <math.h>

/* ---------------------------------------------------------------- life */

static tw_status new_side(const tw_ctx *ctx, const bool *used, size_t n_pages, tw_depth_side *side, tw_error *err)
{
    side->page = tw_new(ctx, n_pages + 1, sizeof *side->page);
    if (!side->page) return tw_no_memory(err, "an order book");
    side->n_pages = n_pages;
    for (size_t p = 0; p < n_pages; p++)
        if (used[p] && !(side->page[p] = tw_new(ctx, 1, sizeof *side->page[p])))
            return tw_no_memory(err, "an order book");
    return TW_OK;
}

tw_status tw_depth_init(const tw_ctx *ctx, const tw_feed_units *units, const bool *used, size_t n_pages,
                        tw_depth *depth, tw_error *err)
{
    *depth = (tw_depth){.ctx = ctx,
                        .tick = units->tick,
                        .lot = units->lot,
                        .best_bid = TW_NO_BID,
                        .best_ask = TW_NO_ASK,
                        .lowest_bid = TW_NO_ASK,
                        .highest_ask = TW_NO_BID};
    TW_TRY(new_side(ctx, used, n_pages, &depth->bid, err));
    return new_side(ctx, used, n_pages, &depth->ask, err);
}

static void clear_side(const tw_ctx *ctx, tw_depth_side *side)
{
    for (size_t p = 0; side->page && p < side->n_pages; p++) tw_free(ctx, side->page[p]);
    tw_free(ctx, side->page);
}

void tw_depth_clear(tw_depth *depth)
{
    clear_side(depth->ctx, &depth->bid);
    clear_side(depth->ctx, &depth->ask);
}

/* ---------------------------------------------------------------- levels */

/* The highest level below `tick` and not below `last`. */
static int64_t next_below(const tw_depth_side *side, int64_t tick, int64_t last)
{
    for (int64_t at = tick - 1; at >= last && at >= 0;) {
        const tw_depth_page *page = tw_depth_page_of(side, at);
        const int64_t first = at - at % (page ? 64 : TW_DEPTH_PAGE);
        const uint64_t word = page ? page->set[at % TW_DEPTH_PAGE / 64] << (63 - at % 64) : 0;
        if (word) {
            at -= __builtin_clzll(word);
            return at >= last ? at : TW_NO_BID;
        }
        at = first - 1;
    }
    return TW_NO_BID;
}

/* The lowest level above `tick` and not above `last`. */
static int64_t next_above(const tw_depth_side *side, int64_t tick, int64_t last)
{
    for (int64_t at = tick + 1; at <= last;) {
        const tw_depth_page *page = tw_depth_page_of(side, at);
        const int64_t span = page ? 64 : TW_DEPTH_PAGE, next = at - at % span + span;
        const uint64_t word = page ? page->set[at % TW_DEPTH_PAGE / 64] >> (at % 64) : 0;
        if (word) {
            at += __builtin_ctzll(word);
            return at <= last ? at : TW_NO_ASK;
        }
        at = next;
    }
    return TW_NO_ASK;
}

/* Sets a level; a quantity of no lot empties it. */
static double put(tw_depth_side *side, int64_t tick, double quantity, bool any)
{
    tw_depth_page *page = tw_depth_page_of(side, tick);
    const size_t at = (size_t)(tick % TW_DEPTH_PAGE);
    const uint64_t bit = UINT64_C(1) << (at % 64);
    const double before = page->quantity[at];
    page->quantity[at] = any ? quantity : 0;
    page->set[at / 64] = any ? page->set[at / 64] | bit : page->set[at / 64] & ~bit;
    return before;
}

static bool is_any(const tw_depth *depth, double quantity) { return floor(quantity / depth->lot + 0.5) > 0; }

tw_depth_change tw_depth_bid(tw_depth *depth, int64_t tick, double quantity)
{
    const bool any = is_any(depth, quantity);
    const tw_depth_change change = {put(&depth->bid, tick, quantity, any), depth->best_bid};
    if (!any) {
        if (tick != depth->best_bid) return change;
        depth->best_bid = next_below(&depth->bid, tick, depth->lowest_bid);
        if (depth->best_bid == TW_NO_BID) depth->lowest_bid = TW_NO_ASK;
        return change;
    }
    if (tick > depth->best_bid) {
        depth->best_bid = tick;
        if (tick >= depth->best_ask) depth->best_ask = next_above(&depth->ask, tick, depth->highest_ask);
    }
    if (tick < depth->lowest_bid) depth->lowest_bid = tick;
    return change;
}

tw_depth_change tw_depth_ask(tw_depth *depth, int64_t tick, double quantity)
{
    const bool any = is_any(depth, quantity);
    const tw_depth_change change = {put(&depth->ask, tick, quantity, any), depth->best_ask};
    if (!any) {
        if (tick != depth->best_ask) return change;
        depth->best_ask = next_above(&depth->ask, tick, depth->highest_ask);
        if (depth->best_ask == TW_NO_ASK) depth->highest_ask = TW_NO_BID;
        return change;
    }
    if (tick < depth->best_ask) {
        depth->best_ask = tick;
        if (depth->best_bid >= tick) depth->best_bid = next_below(&depth->bid, tick, depth->lowest_bid);
    }
    if (tick > depth->highest_ask) depth->highest_ask = tick;
    return change;
}

/* ---------------------------------------------------------------- emptying */

static void empty_between(tw_depth_side *side, int64_t from, int64_t to)
{
    for (int64_t at = next_above(side, from - 1, to); at != TW_NO_ASK; at = next_above(side, at, to))
        (void)put(side, at, 0, false);
}

void tw_depth_empty_bids(tw_depth *depth, int64_t tick)
{
    const int64_t last = (int64_t)depth->bid.n_pages * TW_DEPTH_PAGE - 1;
    if (tick == TW_NO_BID) {
        empty_between(&depth->bid, 0, last);
        depth->best_bid = TW_NO_BID;
    } else {
        if (depth->best_bid != TW_NO_BID) empty_between(&depth->bid, tick, depth->best_bid);
        depth->best_bid = next_below(&depth->bid, tick, depth->lowest_bid);
    }
    if (depth->best_bid == TW_NO_BID) depth->lowest_bid = TW_NO_ASK;
}

void tw_depth_empty_asks(tw_depth *depth, int64_t tick)
{
    const int64_t last = (int64_t)depth->ask.n_pages * TW_DEPTH_PAGE - 1;
    if (tick == TW_NO_ASK) {
        empty_between(&depth->ask, 0, last);
        depth->best_ask = TW_NO_ASK;
    } else {
        if (depth->best_ask != TW_NO_ASK) empty_between(&depth->ask, depth->best_ask, tick);
        depth->best_ask = next_above(&depth->ask, tick, depth->highest_ask);
    }
    if (depth->best_ask == TW_NO_ASK) depth->highest_ask = TW_NO_BID;
}
