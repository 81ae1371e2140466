/* SPDX-License-Identifier: Apache-2.0 */
/* Events in two orders: as they happened and as they were received. */
#include "backtest/book/book_impl.h"

#include <math.h>
#include <stdlib.h>

/* ---------------------------------------------------------------- events to rows */

static bool has_price(const tw_feed_event *e) { return e->kind != TW_FEED_CLEAR || isfinite(e->price); }

static double tick_of(const tw_feed_units *units, double price) { return floor(price / units->tick + 0.5); }

static tw_status check_event(const tw_feed_units *units, const tw_feed_event *e, size_t i, tw_error *err)
{
    const double tick = has_price(e) ? tick_of(units, e->price) : 0;
    if ((int)e->kind < 0 || e->kind > TW_FEED_CLEAR || (int)e->side < TW_BOOK_SELL || e->side > TW_BOOK_BUY)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu is of kind %d and side %d", i, (int)e->kind, (int)e->side);
    if (e->side == TW_BOOK_NO_SIDE && e->kind != TW_FEED_CLEAR)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu has no side", i);
    if (!(tick >= 0) || tick >= TW_DEPTH_TICKS)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu has the price %g, %g ticks of %g; at least 0, at most %d", i,
                       e->price, tick, units->tick, TW_DEPTH_TICKS - 1);
    if (!isfinite(e->quantity) || e->quantity < 0)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu has the quantity %g", i, e->quantity);
    if (e->exchange_ns < -TW_FEED_LAST || e->local_ns > TW_FEED_LAST)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu happened at %lld and was received at %lld ns, beyond +-%lld",
                       i, (long long)e->exchange_ns, (long long)e->local_ns, (long long)TW_FEED_LAST);
    if (e->local_ns < e->exchange_ns)
        return tw_fail(err, TW_BAD_VALUE, "feed: event %zu was received at %lld ns, before it happened at %lld ns", i,
                       (long long)e->local_ns, (long long)e->exchange_ns);
    return TW_OK;
}

static tw_feed_row row_of(const tw_feed_units *units, const tw_feed_event *e, int64_t time)
{
    return (tw_feed_row){.time = time,
                         .quantity = e->quantity,
                         .tick = has_price(e) ? (int32_t)tick_of(units, e->price) : TW_FEED_ALL,
                         .kind = (int8_t)e->kind,
                         .side = (int8_t)e->side};
}

/* ---------------------------------------------------------------- orders of time */

typedef struct stamp {
    int64_t time;
    uint32_t event;
} stamp;

static int by_time(const void *a, const void *b)
{
    const stamp *x = a, *y = b;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return x->event < y->event ? -1 : x->event > y->event;
}

static void sort_by(const tw_feed_event *events, size_t n, bool local, stamp *order)
{
    for (size_t i = 0; i < n; i++) order[i] = (stamp){local ? events[i].local_ns : events[i].exchange_ns, (uint32_t)i};
    qsort(order, n, sizeof *order, by_time);
}

static void fill(tw_feed *feed, const tw_feed_event *events, stamp *order)
{
    sort_by(events, feed->n, false, order);
    for (size_t i = 0; i < feed->n; i++) {
        const tw_feed_event *e = &events[order[i].event];
        feed->exchange[i] = row_of(&feed->units, e, e->exchange_ns);
        feed->received[i] = e->local_ns;
        if (feed->exchange[i].tick != TW_FEED_ALL) feed->used[feed->exchange[i].tick / TW_DEPTH_PAGE] = true;
    }
    sort_by(events, feed->n, true, order);
    for (size_t i = 0; i < feed->n; i++) {
        const tw_feed_event *e = &events[order[i].event];
        feed->local[i] = row_of(&feed->units, e, e->local_ns);
    }
}

static tw_status check_events(const tw_feed_units *units, const tw_feed_event *events, size_t n, size_t *n_pages,
                              tw_error *err)
{
    int64_t last = 0;
    if (!(units->tick > 0) || !isfinite(units->tick) || !(units->lot > 0) || !isfinite(units->lot))
        return tw_fail(err, TW_BAD_VALUE, "feed: tick %g and lot %g must be positive", units->tick, units->lot);
    if (n > UINT32_MAX) return tw_fail(err, TW_TOO_LARGE, "feed: %zu events, at most %u", n, (unsigned)UINT32_MAX);
    for (size_t i = 0; i < n; i++) {
        TW_TRY(check_event(units, &events[i], i, err));
        const int64_t tick = has_price(&events[i]) ? (int64_t)tick_of(units, events[i].price) : 0;
        if (tick > last) last = tick;
    }
    *n_pages = (size_t)last / TW_DEPTH_PAGE + 1;
    return TW_OK;
}

tw_status tw_feed_new(const tw_ctx *ctx, const tw_feed_units *units, const tw_feed_event *events, size_t n,
                      tw_feed **feed, tw_error *err)
{
    size_t n_pages = 0;
    TW_TRY(check_events(units, events, n, &n_pages, err));
    tw_feed *made = tw_new(ctx, 1, sizeof *made);
    if (!made) return tw_no_memory(err, "a feed");
    *made = (tw_feed){.ctx = ctx, .units = *units, .n = n, .n_pages = n_pages};
    made->exchange = tw_new(ctx, n + 1, sizeof *made->exchange);
    made->local = tw_new(ctx, n + 1, sizeof *made->local);
    made->received = tw_new(ctx, n + 1, sizeof *made->received);
    made->used = tw_new(ctx, n_pages, sizeof *made->used);
    stamp *order = tw_new(ctx, n + 1, sizeof *order);
    const bool fits = made->exchange && made->local && made->received && made->used && order;
    if (fits) fill(made, events, order);
    tw_free(ctx, order);
    if (!fits) {
        tw_feed_free(made);
        return tw_no_memory(err, "a feed");
    }
    *feed = made;
    return TW_OK;
}

void tw_feed_free(tw_feed *feed)
{
    if (!feed) return;
    tw_free(feed->ctx, feed->exchange);
    tw_free(feed->ctx, feed->local);
    tw_free(feed->ctx, feed->received);
    tw_free(feed->ctx, feed->used);
    tw_free(feed->ctx, feed);
}

size_t tw_feed_size(const tw_feed *feed) { return feed->n; }

tw_feed_event tw_feed_at(const tw_feed *feed, size_t i)
{
    const tw_feed_row *row = &feed->exchange[i];
    return (tw_feed_event){.exchange_ns = row->time,
                           .local_ns = feed->received[i],
                           .price = row->tick == TW_FEED_ALL ? NAN : row->tick * feed->units.tick,
                           .quantity = row->quantity,
                           .kind = (tw_feed_kind)row->kind,
                           .side = (tw_book_side)row->side};
}
