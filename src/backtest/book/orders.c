/* SPDX-License-Identifier: Apache-2.0 */
/* What a strategy sees and sends. */
#include "backtest/book/replay.h"

#include <math.h>

/* ---------------------------------------------------------------- looking */

int64_t tw_replay_now(const tw_replay *r) { return r->now; }

tw_top tw_replay_top(const tw_replay *r)
{
    const tw_depth *d = &r->depth;
    const bool bid = d->best_bid != TW_NO_BID, ask = d->best_ask != TW_NO_ASK;
    return (tw_top){.bid_tick = d->best_bid,
                    .ask_tick = d->best_ask,
                    .bid = bid ? (double)d->best_bid * d->tick : NAN,
                    .ask = ask ? (double)d->best_ask * d->tick : NAN,
                    .bid_quantity = bid ? tw_depth_at(&d->bid, d->best_bid) : 0,
                    .ask_quantity = ask ? tw_depth_at(&d->ask, d->best_ask) : 0};
}

double tw_replay_quantity(const tw_replay *r, tw_book_side side, int64_t tick)
{
    if (tick < 0 || side == TW_BOOK_NO_SIDE) return 0;
    return tw_depth_at(side == TW_BOOK_BUY ? &r->depth.bid : &r->depth.ask, tick);
}

size_t tw_replay_trades(const tw_replay *r, tw_feed_event *trades, size_t room)
{
    const size_t n = r->n_trades < room ? r->n_trades : room, skipped = r->n_trades - n;
    for (size_t i = 0; i < n; i++) {
        const tw_feed_row *row = &r->trade[(r->first_trade + skipped + i) % TW_REPLAY_TRADES];
        trades[i] = (tw_feed_event){.exchange_ns = TW_NO_TIME,
                                    .local_ns = row->time,
                                    .price = row->tick * r->depth.tick,
                                    .quantity = row->quantity,
                                    .kind = TW_FEED_TRADE,
                                    .side = (tw_book_side)row->side};
    }
    return n;
}

void tw_replay_clear_trades(tw_replay *r) { r->n_trades = 0; }

/* Ids ascend. */
tw_book_order *tw_replay_known(const tw_replay *r, uint64_t id)
{
    size_t from = 0, to = r->n_orders;
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (r->order[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from < r->n_orders && r->order[from].id == id ? &r->order[from] : NULL;
}

const tw_book_order *tw_replay_order(const tw_replay *r, uint64_t id) { return tw_replay_known(r, id); }

const tw_book_order *tw_replay_orders(const tw_replay *r, size_t *n)
{
    *n = r->n_orders;
    return r->order;
}

static bool is_over(const tw_book_order *o)
{
    const bool over = o->status == TW_BOOK_FILLED || o->status == TW_BOOK_CANCELLED || o->status == TW_BOOK_EXPIRED ||
                      o->status == TW_BOOK_REJECTED;
    return over && o->pending == TW_BOOK_PENDING_NONE;
}

void tw_replay_forget(tw_replay *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n_orders; i++)
        if (!is_over(&r->order[i])) r->order[n++] = r->order[i];
    r->n_orders = n;
}

tw_book_account tw_replay_account(const tw_replay *r) { return r->account; }

double tw_replay_equity(const tw_replay *r, double price)
{
    const tw_book_account *a = &r->account;
    const double size = r->options.contract;
    if (r->options.inverse) return -a->balance - size * a->position / price - a->fee;
    return a->balance + size * a->position * price - a->fee;
}

/* ---------------------------------------------------------------- sending */

static tw_status price_tick(const tw_replay *r, double price, int64_t *tick, tw_error *err)
{
    const double at = floor(price / r->depth.tick + 0.5);
    if (!(at >= 0) || at >= TW_DEPTH_TICKS)
        return tw_fail(err, TW_BAD_VALUE, "replay: the price %g of an order is %g ticks; at least 0, at most %d", price,
                       at, TW_DEPTH_TICKS - 1);
    *tick = (int64_t)at;
    return TW_OK;
}

static tw_status check_quantity(const tw_replay *r, double quantity, tw_error *err)
{
    if (isfinite(quantity) && floor(quantity / r->depth.lot + 0.5) > 0) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "replay: the quantity %g of an order is not one lot of %g", quantity,
                   r->depth.lot);
}

static tw_status check_request(const tw_replay *r, const tw_book_request *q, tw_error *err)
{
    if (r->now == TW_NO_TIME) return tw_fail(err, TW_BAD_STATE, "replay: time has not started");
    if (q->side != TW_BOOK_BUY && q->side != TW_BOOK_SELL)
        return tw_fail(err, TW_BAD_VALUE, "replay: an order of side %d", (int)q->side);
    if ((unsigned)q->kind > TW_BOOK_MARKET || (unsigned)q->force > TW_BOOK_IOC)
        return tw_fail(err, TW_BAD_VALUE, "replay: an order of kind %d and time in force %d", (int)q->kind,
                       (int)q->force);
    if (r->n_orders == (size_t)r->options.max_orders)
        return tw_fail(err, TW_TOO_LARGE, "replay: %zu orders are known, max_orders=%d; tw_replay_forget makes room",
                       r->n_orders, r->options.max_orders);
    return check_quantity(r, q->quantity, err);
}

/* A request that the exchange will refuse comes back as it went. */
static void send(tw_replay *r, const tw_book_order *order)
{
    const int64_t latency = tw_book_entry(&r->latency, r->now);
    tw_book_message m = {.order = *order, .requested = true};
    if (latency >= 0) {
        m.time = r->now + latency;
        tw_book_bus_send(&r->requests, &m);
        return;
    }
    m.time = r->now - latency;
    m.order.status = TW_BOOK_REJECTED;
    m.order.executed = 0;
    tw_book_bus_send(&r->answers, &m);
}

tw_status tw_replay_submit(tw_replay *r, const tw_book_request *request, uint64_t *id, tw_error *err)
{
    int64_t tick = 0;
    TW_TRY(check_request(r, request, err));
    if (request->kind == TW_BOOK_LIMIT) TW_TRY(price_tick(r, request->price, &tick, err));
    tw_book_order *order = &r->order[r->n_orders++];
    *order = (tw_book_order){.id = ++r->last_id,
                             .side = request->side,
                             .kind = request->kind,
                             .force = request->force,
                             .status = TW_BOOK_SENT,
                             .pending = TW_BOOK_PENDING_NEW,
                             .tick = tick,
                             .quantity = request->quantity,
                             .leaves = request->quantity,
                             .sent_ns = r->now};
    send(r, order);
    *id = order->id;
    return TW_OK;
}

static tw_status find_idle(tw_replay *r, uint64_t id, tw_book_order **order, tw_error *err)
{
    *order = tw_replay_known(r, id);
    if (!*order) return tw_fail(err, TW_BAD_NAME, "replay: no order %llu is known", (unsigned long long)id);
    if ((*order)->pending == TW_BOOK_PENDING_NONE) return TW_OK;
    return tw_fail(err, TW_BAD_STATE, "replay: a request about order %llu is on its way", (unsigned long long)id);
}

/* What is asked for is in the message; what is known changes with the answer. */
static void ask(tw_replay *r, tw_book_order *order, const tw_book_order *wanted)
{
    order->pending = wanted->pending;
    order->sent_ns = r->now;
    tw_book_order message = *wanted;
    message.sent_ns = r->now;
    send(r, &message);
}

tw_status tw_replay_modify(tw_replay *r, uint64_t id, double price, double quantity, tw_error *err)
{
    tw_book_order *order;
    int64_t tick = 0;
    TW_TRY(find_idle(r, id, &order, err));
    TW_TRY(price_tick(r, price, &tick, err));
    TW_TRY(check_quantity(r, quantity, err));
    tw_book_order wanted = *order;
    wanted.pending = TW_BOOK_PENDING_MODIFY;
    wanted.tick = tick;
    wanted.quantity = quantity;
    ask(r, order, &wanted);
    return TW_OK;
}

tw_status tw_replay_cancel(tw_replay *r, uint64_t id, tw_error *err)
{
    tw_book_order *order;
    TW_TRY(find_idle(r, id, &order, err));
    tw_book_order wanted = *order;
    wanted.pending = TW_BOOK_PENDING_CANCEL;
    ask(r, order, &wanted);
    return TW_OK;
}
