/* SPDX-License-Identifier: Apache-2.0 */
/* The orders of a run: by asset in the order of its first open one, then first in, first out. */
#include "backtest/event/engine.h"

#include <float.h>
#include <math.h>
#include <string.h>

static const char END_OF_DAY[] = "end of day";

static bool is_open(const tw_order *order) { return order->status == TW_ORDER_OPEN && order->amount != order->filled; }

/* To a tick: down (up) unless within a twentieth of a tick of the other one. */
static double round_price(double price, bool down, double tick)
{
    const double places = pow(10, tw_tick_decimals(tick));
    const double diff = (0.95 - 0.5) / places * trunc(tick * places) - DBL_EPSILON * 10;
    const double ticks = (price - (down ? diff : -diff)) / tick, below = floor(ticks);
    const double rounded = tick * (ticks - below >= 0.5 ? ceil(ticks) : below);
    return fabs(rounded) <= 10e-7 ? 0 : rounded;
}

static tw_status report_later(tw_moment *now, size_t id, tw_error *err)
{
    size_t *fresh = tw_list_add(now->ctx, &now->fresh);
    if (!fresh) return tw_no_memory(err, "orders");
    *fresh = id;
    return TW_OK;
}

static tw_order_kind kind_of(const tw_order_style *style)
{
    if (style->trail > 0 || style->trail_share > 0) return TW_ORDER_TRAIL;
    if (style->stop > 0) return style->limit > 0 ? TW_ORDER_STOP_LIMIT : TW_ORDER_STOP;
    return style->limit > 0 ? TW_ORDER_LIMIT : TW_ORDER_MARKET;
}

static void add_terms(tw_moment *now, size_t id, const tw_order_style *style)
{
    tw_full_ticket *new = tw_full_ticket_at(now, id);
    new->style = *style;
    new->best = tw_moment_price(now, new->base.order.asset);
    new->other = style->one_of ? style->one_of - 1 : TW_NONE;
    if (style->one_of) tw_full_ticket_at(now, new->other)->other = id;
}

tw_status tw_orders_add(tw_moment *now, const tw_order_request *request, double whole, size_t *id, tw_error *err)
{
    const double given = now->market->asset[request->asset].tick, tick = given > 0 ? given : 0.01;
    const tw_order_style *style = &request->style;
    tw_ticket *new = tw_list_add(now->ctx, &now->orders);
    if (!new) return tw_no_memory(err, "orders");
    *id = now->orders.n - 1;
    new->next = TW_NONE;
    new->order = (tw_order){
        .id = *id,
        .asset = request->asset,
        .created = now->bar,
        .changed = now->bar,
        .amount = whole,
        .limit = style->limit > 0 ? round_price(style->limit, whole > 0, tick) : NAN,
        .stop = style->stop > 0 ? round_price(style->stop, whole < 0, tick) : NAN,
        .kind = kind_of(style),
        .rate = tw_moment_rate(now, request->asset),
    };
    if (now->realistic) add_terms(now, *id, style);
    tw_lot *lot = &now->lot[request->asset];
    if (!lot->queued) now->queue[now->n_queue++] = request->asset;
    if (lot->head == TW_NONE)
        lot->head = *id;
    else
        tw_ticket_at(now, lot->tail)->next = *id;
    lot->tail = *id;
    lot->queued = true;
    return report_later(now, *id, err);
}

/* Takes out what is no longer open. An asset without open orders keeps its place in the queue until the next bar. */
static void unlink_closed(tw_moment *now, size_t asset)
{
    tw_lot *lot = &now->lot[asset];
    size_t *link = &lot->head;
    lot->tail = TW_NONE;
    while (*link != TW_NONE) {
        tw_ticket *at = tw_ticket_at(now, *link);
        if (!is_open(&at->order)) {
            *link = at->next;
            continue;
        }
        lot->tail = *link;
        link = &at->next;
    }
}

/* An asset without open orders leaves the queue. */
static void leave_queue(tw_moment *now, size_t asset)
{
    tw_lot *lot = &now->lot[asset];
    if (!lot->queued || lot->head != TW_NONE) return;
    size_t q = 0;
    while (now->queue[q] != asset) q++;
    now->n_queue--;
    memmove(now->queue + q, now->queue + q + 1, (now->n_queue - q) * sizeof *now->queue);
    lot->queued = false;
}

void tw_orders_prune(tw_moment *now)
{
    size_t kept = 0;
    for (size_t q = 0; q < now->n_queue; q++) {
        tw_lot *lot = &now->lot[now->queue[q]];
        unlink_closed(now, now->queue[q]);
        lot->queued = lot->head != TW_NONE;
        if (lot->queued) now->queue[kept++] = now->queue[q];
    }
    now->n_queue = kept;
}

/* ---------------------------------------------------------------- what is reported of a session */

tw_status tw_order_touch(tw_moment *now, size_t id, tw_error *err)
{
    size_t *touched = tw_list_add(now->ctx, &now->touched);
    if (!touched) return tw_no_memory(err, "orders");
    *touched = id;
    tw_ticket_at(now, id)->touched = now->touched.n;
    return TW_OK;
}

tw_status tw_orders_report(tw_moment *now, bool cancelled_only, tw_error *err)
{
    size_t *id = now->fresh.item, kept = 0;
    for (size_t i = 0; i < now->fresh.n; i++) {
        if (id[i] == TW_NONE) continue;
        if (cancelled_only && tw_ticket_at(now, id[i])->order.status < TW_ORDER_CANCELLED)
            id[kept++] = id[i];
        else
            TW_TRY(tw_order_touch(now, id[i], err));
    }
    now->fresh.n = kept;
    return TW_OK;
}

tw_status tw_orders_keep(tw_moment *now, tw_error *err)
{
    const size_t *id = now->touched.item;
    for (size_t i = 0; i < now->touched.n; i++) {
        tw_ticket *at = tw_ticket_at(now, id[i]);
        if (at->touched != i + 1) continue; /* touched again later */
        at->touched = 0;
        tw_order_row *row = tw_list_add(now->ctx, &now->result->orders);
        if (!row) return tw_no_memory(err, "orders");
        *row = (tw_order_row){now->session, at->order};
        if (at->order.amount == at->order.filled) row->order.status = TW_ORDER_FILLED;
    }
    now->touched.n = 0;
    return TW_OK;
}

/* ---------------------------------------------------------------- cancelling */

tw_status tw_order_cancel(tw_moment *now, size_t id, bool relay, const char *reason, tw_error *err)
{
    tw_order *order = &tw_ticket_at(now, id)->order;
    if (!is_open(order)) return TW_OK;
    size_t *fresh = now->fresh.item;
    for (size_t i = 0; i < now->fresh.n; i++)
        if (fresh[i] == id) fresh[i] = TW_NONE;
    order->status = TW_ORDER_CANCELLED;
    order->reason = reason;
    order->changed = now->bar;
    now->required_at = 0;
    unlink_closed(now, order->asset);
    return relay ? report_later(now, id, err) : TW_OK;
}

tw_status tw_order_reject(tw_moment *now, size_t id, const char *reason, tw_error *err)
{
    TW_TRY(tw_order_cancel(now, id, true, reason, err));
    tw_ticket_at(now, id)->order.status = TW_ORDER_REJECTED;
    now->result->quirks[TW_QUIRK_rejected].count++;
    return TW_OK;
}

tw_status tw_orders_cancel_asset(tw_moment *now, size_t asset, bool relay, const char *reason, tw_error *err)
{
    while (now->lot[asset].head != TW_NONE) TW_TRY(tw_order_cancel(now, now->lot[asset].head, relay, reason, err));
    leave_queue(now, asset);
    return TW_OK;
}

/* In mode realistic every order goes, or those that live for a day. */
static tw_status end_day(tw_moment *now, tw_error *err)
{
    for (size_t q = 0; q < now->n_queue; q++)
        for (size_t i = now->lot[now->queue[q]].head; i != TW_NONE;) {
            const tw_full_ticket *at = tw_full_ticket_at(now, i);
            const size_t id = i;
            const bool ends = now->cancel_daily || at->style.life == TW_DAY;
            i = at->base.next;
            if (ends && at->base.order.created < now->bar) TW_TRY(tw_order_cancel(now, id, true, END_OF_DAY, err));
        }
    return tw_orders_report(now, true, err);
}

/* By minute every open order goes, unreported; by day the first of an asset with several does, and is reported with the
 * next session's: zipline's rules. */
tw_status tw_orders_end_of_day(tw_moment *now, tw_error *err)
{
    if (now->realistic) return end_day(now, err);
    if (!now->cancel_daily) return TW_OK;
    while (now->run->by_minute && now->n_queue > 0)
        TW_TRY(tw_orders_cancel_asset(now, now->queue[0], false, END_OF_DAY, err));
    for (size_t q = 0; q < now->n_queue; q++) {
        const size_t head = now->lot[now->queue[q]].head;
        if (head == TW_NONE) continue;
        const size_t second = tw_ticket_at(now, head)->next;
        if (second != TW_NONE) TW_TRY(tw_order_cancel(now, head, true, END_OF_DAY, err));
        for (size_t i = second != TW_NONE ? second : head; i != TW_NONE; i = tw_ticket_at(now, i)->next)
            now->result->quirks[TW_QUIRK_cancel_kept].count++;
    }
    return TW_OK;
}

tw_status tw_moment_cancel(tw_moment *now, size_t id, tw_error *err)
{
    if (id >= now->orders.n) return tw_fail(err, TW_BAD_VALUE, "cancel: order %zu; there are %zu", id, now->orders.n);
    return tw_order_cancel(now, id, true, "by the strategy", err);
}

/* ---------------------------------------------------------------- splits */

void tw_orders_split(tw_moment *now, size_t asset, double ratio)
{
    for (size_t i = now->lot[asset].head; i != TW_NONE; i = tw_ticket_at(now, i)->next) {
        tw_order *order = &tw_ticket_at(now, i)->order;
        const double left = trunc((order->amount - order->filled) / ratio);
        order->filled = trunc(order->filled / ratio);
        order->amount = order->filled + left;
        order->limit = tw_round_cents(order->limit * ratio);
        order->stop = tw_round_cents(order->stop * ratio);
        size_t *fresh = now->fresh.item;
        for (size_t k = 0; left == 0 && k < now->fresh.n; k++)
            if (fresh[k] == i) fresh[k] = TW_NONE;
    }
    unlink_closed(now, asset);
    leave_queue(now, asset);
}

/* ---------------------------------------------------------------- looking */

tw_status tw_moment_get_order(const tw_moment *now, size_t id, tw_order *order, tw_error *err)
{
    if (id >= now->orders.n) return tw_fail(err, TW_BAD_VALUE, "order %zu; there are %zu", id, now->orders.n);
    *order = tw_ticket_at(now, id)->order;
    if (order->amount == order->filled) order->status = TW_ORDER_FILLED;
    return TW_OK;
}

/* Adds the open orders of one asset to the n that are there already. */
static size_t list_open(const tw_moment *now, size_t asset, size_t n, size_t room, size_t *ids)
{
    for (size_t i = now->lot[asset].head; i != TW_NONE; i = tw_ticket_at(now, i)->next, n++)
        if (n < room) ids[n] = i;
    return n;
}

size_t tw_moment_open_orders(const tw_moment *now, size_t asset, size_t room, size_t *ids)
{
    size_t n = 0;
    if (asset < now->market->n_assets) return list_open(now, asset, 0, room, ids);
    for (size_t q = 0; asset == SIZE_MAX && q < now->n_queue; q++) n = list_open(now, now->queue[q], n, room, ids);
    return n;
}
