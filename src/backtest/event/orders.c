/* SPDX-License-Identifier: Apache-2.0 */
/* Open orders: by stock in the order of its first open one, then first in, first out. */
#include "backtest/event/engine.h"

#include <float.h>
#include <math.h>

static tw_ticket *ticket(const tw_moment *now, size_t i) { return (tw_ticket *)now->orders.item + i; }

/* To a cent: down (up) unless within a twentieth of a cent of the other one. */
static double round_price(double price, bool down)
{
    const double diff = (0.95 - 0.5) * 0.01 - DBL_EPSILON * 10;
    const double ticks = (price - (down ? diff : -diff)) / 0.01, below = floor(ticks);
    const double rounded = 0.01 * (ticks - below >= 0.5 ? ceil(ticks) : below);
    return fabs(rounded) <= 10e-7 ? 0 : rounded;
}

static tw_status check_style(const tw_order_style *style, tw_error *err)
{
    if (style->limit < 0 || isinf(style->limit))
        return tw_fail(err, TW_BAD_VALUE, "order: limit %g; it must be in [0, infinity)", style->limit);
    if (style->stop < 0 || isinf(style->stop))
        return tw_fail(err, TW_BAD_VALUE, "order: stop %g; it must be in [0, infinity)", style->stop);
    return TW_OK;
}

tw_status tw_moment_order(tw_moment *now, size_t stock, double amount, tw_error *err)
{
    return tw_moment_order_at(now, stock, amount, &(tw_order_style){NAN, NAN}, err);
}

tw_status tw_moment_order_at(tw_moment *now, size_t stock, double amount, const tw_order_style *style, tw_error *err)
{
    TW_TRY(check_style(style, err));
    if (stock >= now->market->n_stocks)
        return tw_fail(err, TW_BAD_VALUE, "order: stock %zu is outside [0, %zu)", stock, now->market->n_stocks);
    if (!(fabs(amount) <= 1e11)) return tw_fail(err, TW_BAD_VALUE, "order: %g shares; at most 1e11", amount);
    const double near = nearbyint(amount), whole = fabs(amount - near) <= 1e-4 ? near : trunc(amount);
    if (whole == 0) return TW_OK;
    tw_ticket *order = tw_list_add(now->ctx, &now->orders);
    if (!order) return tw_no_memory(err, "orders");
    const size_t index = now->orders.n - 1;
    *order = (tw_ticket){.stock = stock,
                         .next = TW_NO_ORDER,
                         .amount = whole,
                         .limit = round_price(style->limit, whole > 0),
                         .stop = round_price(style->stop, whole < 0)};
    tw_lot *lot = &now->lot[stock];
    if (!lot->queued) now->queue[now->n_queue++] = stock;
    if (lot->queued)
        ticket(now, lot->tail)->next = index;
    else
        lot->head = index;
    lot->tail = index;
    lot->queued = true;
    return TW_OK;
}

tw_status tw_moment_order_target(tw_moment *now, size_t stock, double target, tw_error *err)
{
    const double held = stock < now->market->n_stocks ? now->lot[stock].amount : 0;
    return tw_moment_order(now, stock, target - held, err);
}

/* Unlinks orders with nothing left; a stock without open orders leaves the queue. */
static void prune(tw_moment *now)
{
    size_t kept = 0;
    for (size_t q = 0; q < now->n_queue; q++) {
        tw_lot *lot = &now->lot[now->queue[q]];
        size_t *link = &lot->head;
        lot->tail = TW_NO_ORDER;
        while (*link != TW_NO_ORDER) {
            tw_ticket *order = ticket(now, *link);
            if (order->amount == order->filled) {
                *link = order->next;
                continue;
            }
            lot->tail = *link;
            link = &order->next;
        }
        lot->queued = lot->head != TW_NO_ORDER;
        if (lot->queued) now->queue[kept++] = now->queue[q];
    }
    now->n_queue = kept;
}

void tw_orders_drop(tw_moment *now, size_t stock)
{
    if (!now->lot[stock].queued) return;
    now->lot[stock].head = TW_NO_ORDER;
    prune(now);
}

void tw_orders_split(tw_moment *now, size_t stock, double ratio)
{
    if (!now->lot[stock].queued) return;
    for (size_t i = now->lot[stock].head; i != TW_NO_ORDER; i = ticket(now, i)->next) {
        tw_ticket *order = ticket(now, i);
        const double left = trunc((order->amount - order->filled) / ratio);
        order->filled = trunc(order->filled / ratio);
        order->amount = order->filled + left;
        order->limit = tw_round_cents(order->limit * ratio);
        order->stop = tw_round_cents(order->stop * ratio);
    }
    prune(now);
}

static tw_status book_fill(tw_moment *now, tw_ticket *order, double amount, double price, tw_error *err)
{
    const tw_trade trade = {
        .session = now->session,
        .stock = order->stock,
        .amount = amount,
        .price = price,
        .commission = now->models.commission->cost(now->models.commission_params, order, amount, price),
    };
    order->filled += amount;
    order->commission += trade.commission;
    return tw_book_trade(now, &trade, err);
}

static bool triggered(const tw_ticket *order)
{
    return (isnan(order->stop) || order->stop_reached) && (isnan(order->limit) || order->limit_reached);
}

/* Both are looked for at the close. The stop of a stop-limit order, once reached, is gone; a limit reached stays so. */
static bool trigger(tw_ticket *order, double close)
{
    if (triggered(order)) return true;
    const bool buy = order->amount > 0;
    const bool at_stop = buy ? close >= order->stop : close <= order->stop;
    const bool at_limit = buy ? close <= order->limit : close >= order->limit;
    if (isnan(order->limit)) {
        order->stop_reached = at_stop;
    } else if (isnan(order->stop)) {
        order->limit_reached = at_limit;
    } else if (at_stop) {
        order->stop = NAN;
        order->limit_reached = at_limit;
    }
    return triggered(order);
}

static tw_status fill_stock(tw_moment *now, size_t stock, tw_error *err)
{
    const size_t cell = stock * now->market->n_sessions + now->session;
    tw_fill_query query = {.close = now->market->close[cell], .volume = now->market->volume[cell]};
    if (isnan(query.close) || !(query.volume > 0)) return TW_OK;
    for (size_t i = now->lot[stock].head; i != TW_NO_ORDER; i = ticket(now, i)->next) {
        double amount = 0, price = 0;
        if (!trigger(ticket(now, i), query.close)) continue;
        query.limit = ticket(now, i)->limit;
        query.amount = ticket(now, i)->amount;
        query.open = query.amount - ticket(now, i)->filled;
        const tw_fill_answer answer = now->models.slippage->fill(now->models.slippage_params, &query, &amount, &price);
        if (answer == TW_FILL_DRY) break;
        if (answer == TW_FILL_NONE) continue;
        TW_TRY(book_fill(now, ticket(now, i), amount, price, err));
        query.used += fabs(amount);
    }
    return TW_OK;
}

tw_status tw_engine_fill_orders(tw_moment *now, tw_error *err)
{
    const size_t first = now->result->trades.n;
    for (size_t q = 0; q < now->n_queue; q++) TW_TRY(fill_stock(now, now->queue[q], err));
    const tw_trade *trade = now->result->trades.item;
    for (size_t i = first; i < now->result->trades.n; i++)
        if (trade[i].commission > 0) tw_book_commission(now, trade[i].stock, trade[i].commission);
    prune(now);
    return TW_OK;
}
