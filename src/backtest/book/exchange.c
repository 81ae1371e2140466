/* SPDX-License-Identifier: Apache-2.0 */
/* The exchange: its book, our orders that rest in it, and when they are reached. The book is that of the record, so
 * what we take does not change it; a small order is what this is true for.
 *
 * A resting order is filled, at its own price and as the maker, when a trade goes through its price, when the other
 * side's best comes to it, or when a trade at its price reaches it by the model of the queue. */
#include "backtest/book/book_impl.h"

#include <math.h>

enum { MARKET_LEVELS = 100 }; /* how far from the best a market order looks */

/* ---------------------------------------------------------------- orders that rest */

static void mark(tw_book_exchange *e, const tw_book_order *o, bool own)
{
    tw_depth_page *page = tw_depth_page_of(o->side == TW_BOOK_BUY ? &e->depth.bid : &e->depth.ask, o->tick);
    if (!page) return; /* no event ever comes to this price */
    const uint64_t bit = UINT64_C(1) << (o->tick % 64);
    uint64_t *word = &page->own[o->tick % TW_DEPTH_PAGE / 64];
    *word = own ? *word | bit : *word & ~bit;
}

/* The outermost prices, and the marks of their ticks, as they are now. */
static void look_again(tw_book_exchange *e)
{
    e->highest_buy = TW_NO_BID;
    e->lowest_sell = TW_NO_ASK;
    for (size_t i = 0; i < e->n_resting; i++) {
        const tw_book_order *o = &e->resting[i].order;
        mark(e, o, true);
        if (o->side == TW_BOOK_BUY && o->tick > e->highest_buy) e->highest_buy = o->tick;
        if (o->side == TW_BOOK_SELL && o->tick < e->lowest_sell) e->lowest_sell = o->tick;
    }
}

static void rest(tw_book_exchange *e, const tw_book_order *order)
{
    const tw_depth_side *side = order->side == TW_BOOK_BUY ? &e->depth.bid : &e->depth.ask;
    e->resting[e->n_resting++] =
        (tw_book_resting){.order = *order, .place = {.ahead = tw_depth_at(side, order->tick), .traded = 0}};
    look_again(e);
}

/* Those that remain keep their order, which is that of their arrival. */
static void take_out(tw_book_exchange *e, size_t i)
{
    mark(e, &e->resting[i].order, false);
    for (size_t k = i + 1; k < e->n_resting; k++) e->resting[k - 1] = e->resting[k];
    e->n_resting--;
    look_again(e);
}

static size_t find(const tw_book_exchange *e, uint64_t id)
{
    size_t i = 0;
    while (i < e->n_resting && e->resting[i].order.id != id) i++;
    return i;
}

/* ---------------------------------------------------------------- fills */

static void tell(const tw_book_exchange *e, const tw_book_order *order, bool requested)
{
    const int64_t time = order->exchange_ns;
    tw_book_bus_send(e->answers, &(tw_book_message){*order, time + tw_book_response(e->latency, time), requested});
}

static void answer(const tw_book_exchange *e, const tw_book_order *order) { tell(e, order, true); }

static void execute(const tw_book_exchange *e, tw_book_order *o, int64_t tick, double quantity, int64_t time)
{
    o->exec_tick = tick;
    o->executed = quantity;
    o->leaves -= quantity;
    o->exchange_ns = time;
    o->status = floor(o->leaves / e->depth.lot + 0.5) > 0 ? TW_BOOK_PARTLY_FILLED : TW_BOOK_FILLED;
}

/* A resting order; gone when nothing is left of it. */
static bool fill_resting(tw_book_exchange *e, size_t i, double quantity, int64_t time)
{
    tw_book_order *o = &e->resting[i].order;
    o->maker = true;
    execute(e, o, o->tick, quantity, time);
    tell(e, o, false);
    const bool gone = o->status == TW_BOOK_FILLED;
    if (gone) take_out(e, i);
    return gone;
}

/* All of a side that the other side has come to. */
static void fill_reached(tw_book_exchange *e, tw_book_side side, int64_t tick, int64_t time)
{
    for (size_t i = 0; i < e->n_resting;) {
        const tw_book_order *o = &e->resting[i].order;
        const bool reached = o->side == side && (side == TW_BOOK_BUY ? o->tick >= tick : o->tick <= tick);
        if (!reached || !fill_resting(e, i, o->leaves, time)) i++;
    }
}

/* What the queue model lets through at a trade of the order's price. */
static double let_through(const tw_book_exchange *e, tw_book_resting *r, double traded)
{
    r->place.ahead -= traded;
    r->place.traded += traded;
    const double lots = floor(-r->place.ahead / e->depth.lot + 0.5);
    if (!(lots > 0)) return 0;
    r->place.ahead = 0;
    return e->partial ? fmin(lots * e->depth.lot, r->order.leaves) : r->order.leaves;
}

/* Trades of takers on one side reach orders of the other. */
static void trade(tw_book_exchange *e, const tw_feed_row *row)
{
    const tw_book_side side = row->side == TW_BOOK_BUY ? TW_BOOK_SELL : TW_BOOK_BUY;
    if (side == TW_BOOK_SELL ? e->lowest_sell > row->tick : e->highest_buy < row->tick) return;
    for (size_t i = 0; i < e->n_resting;) {
        tw_book_resting *r = &e->resting[i];
        const int64_t beyond = side == TW_BOOK_SELL ? row->tick - r->order.tick : r->order.tick - row->tick;
        double quantity = 0;
        if (r->order.side == side && beyond > 0) quantity = r->order.leaves;
        if (r->order.side == side && beyond == 0) quantity = let_through(e, r, row->quantity);
        if (!(quantity > 0) || !fill_resting(e, i, quantity, row->time)) i++;
    }
}

/* ---------------------------------------------------------------- the feed */

static void change_queues(tw_book_exchange *e, const tw_feed_row *row, double before)
{
    for (size_t i = 0; i < e->n_resting; i++) {
        tw_book_resting *r = &e->resting[i];
        if (r->order.side == (tw_book_side)row->side && r->order.tick == row->tick)
            e->queue->change(e->queue_params, &r->place, before, row->quantity);
    }
}

static void change_bid(tw_book_exchange *e, const tw_feed_row *row)
{
    const tw_depth_change change = tw_depth_bid(&e->depth, row->tick, row->quantity);
    if (tw_depth_owns(&e->depth.bid, row->tick)) change_queues(e, row, change.before);
    if (e->depth.best_bid > change.best_before && e->lowest_sell <= e->depth.best_bid)
        fill_reached(e, TW_BOOK_SELL, e->depth.best_bid, row->time);
}

static void change_ask(tw_book_exchange *e, const tw_feed_row *row)
{
    const tw_depth_change change = tw_depth_ask(&e->depth, row->tick, row->quantity);
    if (tw_depth_owns(&e->depth.ask, row->tick)) change_queues(e, row, change.before);
    if (e->depth.best_ask < change.best_before && e->highest_buy >= e->depth.best_ask)
        fill_reached(e, TW_BOOK_BUY, e->depth.best_ask, row->time);
}

void tw_depth_feed_clear(tw_depth *depth, const tw_feed_row *row)
{
    const bool all = row->tick == TW_FEED_ALL || row->side == TW_BOOK_NO_SIDE;
    if (row->side != TW_BOOK_SELL) tw_depth_empty_bids(depth, all ? TW_NO_BID : row->tick);
    if (row->side != TW_BOOK_BUY) tw_depth_empty_asks(depth, all ? TW_NO_ASK : row->tick);
}

void tw_book_exchange_feed(tw_book_exchange *e, const tw_feed_row *row)
{
    if (row->kind == TW_FEED_TRADE)
        trade(e, row);
    else if (row->kind == TW_FEED_CLEAR)
        tw_depth_feed_clear(&e->depth, row);
    else if (row->side == TW_BOOK_BUY)
        change_bid(e, row);
    else
        change_ask(e, row);
}

/* ---------------------------------------------------------------- requests */

static bool crosses(const tw_book_exchange *e, const tw_book_order *o)
{
    if (o->kind == TW_BOOK_MARKET) return true;
    return o->side == TW_BOOK_BUY ? o->tick >= e->depth.best_ask : o->tick <= e->depth.best_bid;
}

static void end(tw_book_order *o, tw_book_status status, int64_t time)
{
    o->status = status;
    o->executed = 0;
    o->exchange_ns = time;
}

/* Whole, at the best; no best: nothing to take. */
static void take_whole(const tw_book_exchange *e, tw_book_order *o, int64_t time)
{
    const int64_t best = o->side == TW_BOOK_BUY ? e->depth.best_ask : e->depth.best_bid;
    if (best == TW_NO_ASK || best == TW_NO_BID)
        end(o, TW_BOOK_EXPIRED, time);
    else
        execute(e, o, best, o->leaves, time);
    answer(e, o);
}

/* Levels from the best to the limit of an order, one after the other. */
typedef struct levels {
    const tw_depth_side *side;
    int64_t at, step, last;
} levels;

static levels levels_of(const tw_book_exchange *e, const tw_book_order *o)
{
    const bool buys = o->side == TW_BOOK_BUY;
    const int64_t best = buys ? e->depth.best_ask : e->depth.best_bid, step = buys ? 1 : -1;
    const levels none = {&e->depth.ask, 0, 1, -1};
    if (best == TW_NO_ASK || best == TW_NO_BID) return none;
    return (levels){buys ? &e->depth.ask : &e->depth.bid, best, step,
                    o->kind == TW_BOOK_MARKET ? best + step * MARKET_LEVELS : o->tick};
}

static bool more(const levels *l) { return l->step > 0 ? l->at <= l->last : l->at >= l->last; }

static bool enough(const tw_book_exchange *e, const tw_book_order *o)
{
    double sum = 0;
    for (levels l = levels_of(e, o); more(&l); l.at += l.step) sum += tw_depth_at(l.side, l.at);
    return floor(sum / e->depth.lot + 0.5) >= floor(o->leaves / e->depth.lot + 0.5);
}

/* Level by level, an answer each. What GTC leaves over is filled at its limit: it cannot rest in the other side's book,
 * which the record would run through it. */
static void take_levels(const tw_book_exchange *e, tw_book_order *o, int64_t time)
{
    for (levels l = levels_of(e, o); more(&l) && o->status != TW_BOOK_FILLED; l.at += l.step) {
        const double there = tw_depth_at(l.side, l.at);
        if (!(there > 0)) continue;
        execute(e, o, l.at, fmin(there, o->leaves), time);
        answer(e, o);
    }
    if (o->status == TW_BOOK_FILLED) return;
    if (o->force == TW_BOOK_GTC && o->kind == TW_BOOK_LIMIT)
        execute(e, o, o->tick, o->leaves, time);
    else
        end(o, TW_BOOK_EXPIRED, time);
    answer(e, o);
}

static void take(const tw_book_exchange *e, tw_book_order *o, int64_t time)
{
    o->maker = false;
    if (o->force == TW_BOOK_GTX || (e->partial && o->force == TW_BOOK_FOK && !enough(e, o))) {
        end(o, TW_BOOK_EXPIRED, time);
        answer(e, o);
    } else if (e->partial)
        take_levels(e, o, time);
    else
        take_whole(e, o, time);
}

static void enter(tw_book_exchange *e, tw_book_order *o, int64_t time)
{
    if (crosses(e, o)) {
        take(e, o, time);
        return;
    }
    if (o->force == TW_BOOK_FOK || o->force == TW_BOOK_IOC) {
        end(o, TW_BOOK_EXPIRED, time);
    } else {
        end(o, TW_BOOK_OPEN, time);
        rest(e, o);
    }
    answer(e, o);
}

static void cancel(tw_book_exchange *e, size_t i, tw_book_order *o, int64_t time)
{
    *o = e->resting[i].order;
    take_out(e, i);
    end(o, TW_BOOK_CANCELLED, time);
}

/* Another price or more of it goes to the end of the queue, less keeps its place. */
static void modify(tw_book_exchange *e, size_t i, tw_book_order *o, int64_t time)
{
    tw_book_order *there = &e->resting[i].order;
    if (there->tick != o->tick || o->quantity > there->leaves) {
        take_out(e, i);
        o->leaves = o->quantity;
        enter(e, o, time);
        return;
    }
    there->quantity = there->leaves = o->quantity;
    end(there, TW_BOOK_OPEN, time);
    *o = *there;
    answer(e, o);
}

void tw_book_exchange_request(tw_book_exchange *e, tw_book_order *o, int64_t time)
{
    const tw_book_pending what = o->pending;
    o->pending = TW_BOOK_PENDING_NONE;
    if (what == TW_BOOK_PENDING_NEW) {
        enter(e, o, time);
        return;
    }
    const size_t i = find(e, o->id);
    if (i == e->n_resting) { /* filled or gone meanwhile: the strategy has heard of it, or will */
        end(o, TW_BOOK_REJECTED, time);
        answer(e, o);
    } else if (what == TW_BOOK_PENDING_MODIFY)
        modify(e, i, o, time);
    else {
        cancel(e, i, o, time);
        answer(e, o);
    }
}
