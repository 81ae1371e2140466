/* SPDX-License-Identifier: Apache-2.0 */
/* Time passes: the feed at the exchange, the feed as received, requests and answers between, whichever comes next. At
 * one moment the strategy's side is first (what was received, then answers), then the exchange's (its feed, then
 * requests), as in hftbacktest. */
#include "backtest/book/replay.h"

#include <math.h>
#include <string.h>

/* ---------------------------------------------------------------- options */

static const tw_param TABLE[] = {
    TW_PARAM_TEXT(tw_replay_options, queue, "power", NULL, "model of the place in the queue"),
    TW_PARAM_TEXT(tw_replay_options, queue_params, "", NULL, "its parameters, \"n=3\""),
    TW_PARAM(tw_replay_options, partial, 0, 0, 1, "orders fill in parts; else whole, when they are reached"),
    TW_PARAM(tw_replay_options, entry, 10e6, 0, 60e9, "ns from sending a request to the exchange"),
    TW_PARAM(tw_replay_options, response, 10e6, 0, 60e9, "ns from the exchange to knowing its answer"),
    TW_PARAM(tw_replay_options, maker_fee, 0.0002, -0.01, 0.1, "share of value paid by makers; negative: a rebate"),
    TW_PARAM(tw_replay_options, taker_fee, 0.0005, -0.01, 0.1, "share of value paid by takers"),
    TW_PARAM(tw_replay_options, contract, 1, 1e-9, 1e9, "units of the asset in one of quantity"),
    TW_PARAM(tw_replay_options, inverse, 0, 0, 1, "settled in the asset: value is contract * quantity / price"),
    TW_PARAM(tw_replay_options, max_orders, 1024, 1, 1000000, "orders known at a time"),
    TW_PARAM_END,
};

const tw_param *tw_replay_params(void) { return TABLE; }

/* ---------------------------------------------------------------- life */

static tw_status use_queue(tw_replay *r, const tw_replay_options *options, tw_error *err)
{
    tw_book_exchange *e = &r->exchange;
    TW_TRY(tw_book_queue_find(options->queue, &e->queue, err));
    return tw_params_parse(e->queue->params, e->queue->name, options->queue_params, e->queue_params, err);
}

static tw_status use_trips(tw_replay *r, const tw_replay_spec *spec, tw_error *err)
{
    for (size_t i = 1; i < spec->n_trips; i++)
        if (spec->trips[i].sent <= spec->trips[i - 1].sent)
            return tw_fail(err, TW_BAD_VALUE, "replay: trip %zu was sent at %lld ns, not after the one before it", i,
                           (long long)spec->trips[i].sent);
    r->latency = (tw_book_latency){.entry = (int64_t)spec->options.entry,
                                   .response = (int64_t)spec->options.response,
                                   .trip = spec->trips,
                                   .n_trips = spec->n_trips};
    return TW_OK;
}

static tw_status make(tw_replay *r, const tw_replay_spec *spec, tw_error *err)
{
    const tw_feed *feed = spec->feed;
    const size_t most = (size_t)r->options.max_orders;
    TW_TRY(use_queue(r, &spec->options, err));
    TW_TRY(use_trips(r, spec, err));
    TW_TRY(tw_depth_init(r->ctx, &feed->units, feed->used, feed->n_pages, &r->depth, err));
    TW_TRY(tw_depth_init(r->ctx, &feed->units, feed->used, feed->n_pages, &r->exchange.depth, err));
    r->order = tw_new(r->ctx, most, sizeof *r->order);
    r->exchange.resting = tw_new(r->ctx, most, sizeof *r->exchange.resting);
    const bool fits = tw_book_bus_init(&r->requests, r->ctx) && tw_book_bus_init(&r->answers, r->ctx);
    return fits && r->order && r->exchange.resting ? TW_OK : tw_no_memory(err, "a replay");
}

tw_status tw_replay_new(const tw_ctx *ctx, const tw_replay_spec *spec, tw_replay **replay, tw_error *err)
{
    tw_replay *r = tw_new(ctx, 1, sizeof *r);
    if (!r) return tw_no_memory(err, "a replay");
    *r = (tw_replay){.ctx = ctx,
                     .feed = spec->feed,
                     .options = spec->options,
                     .on_fill = spec->on_fill,
                     .user = spec->user,
                     .now = TW_NO_TIME};
    r->exchange.partial = spec->options.partial;
    r->exchange.highest_buy = TW_NO_BID;
    r->exchange.lowest_sell = TW_NO_ASK;
    r->exchange.answers = &r->answers;
    r->exchange.latency = &r->latency;
    const tw_status status = make(r, spec, err);
    if (status == TW_OK)
        *replay = r;
    else
        tw_replay_free(r);
    return status;
}

void tw_replay_free(tw_replay *r)
{
    if (!r) return;
    tw_depth_clear(&r->depth);
    tw_depth_clear(&r->exchange.depth);
    tw_free(r->ctx, r->exchange.resting);
    tw_free(r->ctx, r->order);
    tw_free(r->ctx, r->requests.ring);
    tw_free(r->ctx, r->answers.ring);
    tw_free(r->ctx, r);
}

/* ---------------------------------------------------------------- what is received */

static void keep_trade(tw_replay *r, const tw_feed_row *row)
{
    r->trade[(r->first_trade + r->n_trades) % TW_REPLAY_TRADES] = *row;
    if (r->n_trades < TW_REPLAY_TRADES)
        r->n_trades++;
    else
        r->first_trade = (r->first_trade + 1) % TW_REPLAY_TRADES;
}

static void receive(tw_replay *r)
{
    const tw_feed_row *row = &r->feed->local[r->local_at++];
    if (row->kind == TW_FEED_TRADE)
        keep_trade(r, row);
    else if (row->kind == TW_FEED_CLEAR)
        tw_depth_feed_clear(&r->depth, row);
    else if (row->side == TW_BOOK_BUY)
        (void)tw_depth_bid(&r->depth, row->tick, row->quantity);
    else
        (void)tw_depth_ask(&r->depth, row->tick, row->quantity);
}

static void settle(tw_replay *r, const tw_book_order *o)
{
    const tw_replay_options *options = &r->options;
    const double price = (double)o->exec_tick * r->depth.tick, quantity = o->executed;
    const double value = options->inverse ? options->contract * quantity / price : options->contract * price * quantity;
    r->account.position += o->side == TW_BOOK_BUY ? quantity : -quantity;
    r->account.balance += o->side == TW_BOOK_BUY ? -value : value;
    r->account.fee += (o->maker ? options->maker_fee : options->taker_fee) * value;
    r->account.volume += quantity;
    r->account.value += value;
    r->account.n_trades++;
    if (r->on_fill) r->on_fill(r->user, o, r->now);
}

/* A refusal of a change is no change; news of a fill does not answer a request that is on its way. */
static void learn(const tw_book_message *m, tw_book_order *known)
{
    const tw_book_pending pending = m->requested ? TW_BOOK_PENDING_NONE : known->pending;
    if (m->order.status != TW_BOOK_REJECTED)
        *known = m->order;
    else if (known->status == TW_BOOK_SENT)
        known->status = TW_BOOK_REJECTED;
    known->pending = pending;
}

/* True when it was about `id`. */
static bool hear(tw_replay *r, uint64_t id)
{
    const tw_book_message m = tw_book_bus_take(&r->answers);
    tw_book_order *known = tw_replay_known(r, m.order.id);
    if (m.order.executed > 0) settle(r, &m.order);
    if (known) learn(&m, known);
    return m.order.id == id;
}

/* ---------------------------------------------------------------- the loop */

typedef enum next_kind { NEXT_RECEIVED, NEXT_ANSWER, NEXT_FEED, NEXT_REQUEST } next_kind;

static inline int64_t feed_time(const tw_feed_row *row, size_t at, size_t n)
{
    return at < n ? row[at].time : INT64_MAX;
}

static inline next_kind next_of(const tw_replay *r, int64_t *time)
{
    const tw_feed *feed = r->feed;
    const int64_t answer = tw_book_bus_next(&r->answers), happened = feed_time(feed->exchange, r->exchange_at, feed->n),
                  request = tw_book_bus_next(&r->requests);
    next_kind kind = NEXT_RECEIVED;
    *time = feed_time(feed->local, r->local_at, feed->n);
    if (answer < *time) *time = answer, kind = NEXT_ANSWER;
    if (happened < *time) *time = happened, kind = NEXT_FEED;
    if (request < *time) *time = request, kind = NEXT_REQUEST;
    return kind;
}

/* What ends a wait, beside time. */
typedef struct wait {
    bool feed, any_answer;
    uint64_t id; /* 0: none */
} wait;

/* Why to stop after this event; TW_STOP_TIME: go on. */
static tw_replay_stop step(tw_replay *r, next_kind kind, const wait *w)
{
    switch (kind) {
    case NEXT_RECEIVED: receive(r); return w->feed ? TW_STOP_FEED : TW_STOP_TIME;
    case NEXT_ANSWER: return hear(r, w->id) || w->any_answer ? TW_STOP_ANSWER : TW_STOP_TIME;
    case NEXT_FEED: tw_book_exchange_feed(&r->exchange, &r->feed->exchange[r->exchange_at++]); return TW_STOP_TIME;
    default: {
        tw_book_message m = tw_book_bus_take(&r->requests);
        tw_book_exchange_request(&r->exchange, &m.order, m.time);
        return TW_STOP_TIME;
    }
    }
}

static tw_replay_stop run(tw_replay *r, int64_t until, const wait *w)
{
    tw_replay_stop stop = TW_STOP_TIME;
    for (;;) {
        int64_t time;
        const next_kind kind = next_of(r, &time);
        if (r->requests.lost || r->answers.lost) return TW_STOP_NO_MEMORY;
        if (time == INT64_MAX) return stop == TW_STOP_TIME ? TW_STOP_END : stop;
        if (time > until) {
            r->now = until;
            return stop;
        }
        r->now = time;
        const tw_replay_stop why = step(r, kind, w);
        if (why == TW_STOP_TIME) continue;
        stop = why;
        until = time; /* and all else of this moment */
    }
}

/* Time starts with the first event, whichever side it is on. False: there is none. */
static bool start(tw_replay *r)
{
    int64_t time;
    if (r->now != TW_NO_TIME) return true;
    (void)next_of(r, &time);
    if (time == INT64_MAX) return false;
    r->now = time;
    return true;
}

static int64_t after(const tw_replay *r, int64_t ns)
{
    const int64_t step = ns > 0 ? ns : 0;
    return r->now > INT64_MAX - 1 - step ? INT64_MAX - 1 : r->now + step;
}

tw_replay_stop tw_replay_elapse(tw_replay *r, int64_t ns)
{
    return start(r) ? run(r, after(r, ns), &(wait){.id = 0}) : TW_STOP_END;
}

tw_replay_stop tw_replay_next(tw_replay *r, bool answers, int64_t ns)
{
    return start(r) ? run(r, after(r, ns), &(wait){.feed = true, .any_answer = answers}) : TW_STOP_END;
}

tw_replay_stop tw_replay_wait(tw_replay *r, uint64_t id, int64_t ns)
{
    return start(r) ? run(r, after(r, ns), &(wait){.id = id}) : TW_STOP_END;
}
