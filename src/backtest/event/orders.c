/* SPDX-License-Identifier: Apache-2.0 */
/* Open orders: by stock in the order of its first open one, then first in, first out. */
#include "backtest/event/engine.h"

#include <math.h>

static tw_ticket *ticket(const tw_moment *now, size_t i) { return (tw_ticket *)now->orders.item + i; }

tw_status tw_moment_order(tw_moment *now, size_t stock, double amount, tw_error *err)
{
    if (stock >= now->market->n_stocks)
        return tw_fail(err, TW_BAD_VALUE, "order: stock %zu is outside [0, %zu)", stock, now->market->n_stocks);
    if (!(fabs(amount) <= 1e11)) return tw_fail(err, TW_BAD_VALUE, "order: %g shares; at most 1e11", amount);
    const double near = nearbyint(amount), whole = fabs(amount - near) <= 1e-4 ? near : trunc(amount);
    if (whole == 0) return TW_OK;
    tw_ticket *order = tw_list_add(now->ctx, &now->orders);
    if (!order) return tw_no_memory(err, "orders");
    const size_t index = now->orders.n - 1;
    *order = (tw_ticket){.stock = stock, .next = TW_NO_ORDER, .amount = whole};
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

static tw_status fill_stock(tw_moment *now, size_t stock, tw_error *err)
{
    const size_t cell = stock * now->market->n_sessions + now->session;
    tw_fill_query query = {.close = now->market->close[cell], .volume = now->market->volume[cell]};
    if (isnan(query.close) || !(query.volume > 0)) return TW_OK;
    for (size_t i = now->lot[stock].head; i != TW_NO_ORDER; i = ticket(now, i)->next) {
        double amount = 0, price = 0;
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

tw_status tw_orders_fill(tw_moment *now, tw_error *err)
{
    const size_t first = now->result->trades.n;
    for (size_t q = 0; q < now->n_queue; q++) TW_TRY(fill_stock(now, now->queue[q], err));
    const tw_trade *trade = now->result->trades.item;
    for (size_t i = first; i < now->result->trades.n; i++)
        if (trade[i].commission > 0) tw_book_commission(now, trade[i].stock, trade[i].commission);
    prune(now);
    return TW_OK;
}
