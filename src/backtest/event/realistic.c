/* SPDX-License-Identifier: Apache-2.0 */
/* Open orders against the present bar, in mode realistic. A bar has four numbers and no order between high and low, so
 * what is good for the trader is taken to come last: at the open what is due there and what the open is beyond already;
 * then stops; then limits; then stops of holdings that the bar itself made; then the close. */
#include "backtest/event/account.h"

#include <math.h>

typedef enum step { AT_OPEN, STOPS, LIMITS, LATE_STOPS, AT_CLOSE } step;

typedef struct pass {
    tw_moment *now;
    size_t asset;
    const tw_slippage *model;
    const void *params;
    tw_fill_query query;
    double room; /* volume left to take */
    step step;
} pass;

static double lot_of(const tw_moment *now, size_t asset)
{
    const double lot = now->market->asset[asset].lot;
    return lot > 0 ? lot : 1;
}

/* Whole lots, towards zero; a rounding below a whole one counts as whole. */
static double whole_lots(const tw_moment *now, size_t asset, double size)
{
    static const double NEAR = 1e-9;
    const double lot = lot_of(now, asset), lots = size / lot;
    return isinf(size) ? size : floor(lots + NEAR) * lot;
}

/* ---------------------------------------------------------------- one fill */

static bool is_worse(const tw_order *order, double price)
{
    return order->amount > 0 ? price > order->limit : price < order->limit; /* false without a limit */
}

/* What one of a pair filled is taken off the other. */
static tw_status take_off_other(tw_moment *now, size_t id, double filled, tw_error *err)
{
    const size_t other = tw_full_ticket_at(now, id)->other;
    if (other == TW_NONE) return TW_OK;
    tw_order *order = &tw_full_ticket_at(now, other)->base.order;
    const double left = order->amount - order->filled;
    if (order->status != TW_ORDER_OPEN) return TW_OK;
    if (fabs(left) <= fabs(filled)) return tw_order_cancel(now, other, true, "the other of the pair filled", err);
    order->amount -= filled;
    return tw_order_touch(now, other, err);
}

/* The orders that close what an order with a bracket filled. A profit in the bar of an entry after its open may have
 * come before it, so it waits for the next bar. */
static tw_status bracket(pass *p, size_t id, double filled, tw_error *err)
{
    tw_moment *now = p->now;
    const tw_order_style style = tw_full_ticket_at(now, id)->style;
    size_t profit = TW_NONE, loss = TW_NONE;
    if (style.take_profit == 0 && style.stop_loss == 0) return TW_OK;
    if (style.take_profit > 0) {
        const tw_order_request take = {.asset = p->asset, .style = {.limit = style.take_profit}};
        TW_TRY(tw_orders_add(now, &take, -filled, &profit, err));
        tw_full_ticket_at(now, profit)->from_bar = p->step == AT_OPEN ? now->bar : now->bar + 1;
    }
    if (style.stop_loss > 0) {
        const tw_order_request stop = {.asset = p->asset, .style = {.stop = style.stop_loss}};
        TW_TRY(tw_orders_add(now, &stop, -filled, &loss, err));
        tw_full_ticket_at(now, loss)->from_bar = p->step == AT_CLOSE ? now->bar + 1 : now->bar;
        tw_full_ticket_at(now, loss)->is_late = p->step != AT_OPEN;
    }
    if (profit == TW_NONE || loss == TW_NONE) return TW_OK;
    tw_full_ticket_at(now, profit)->other = loss;
    tw_full_ticket_at(now, loss)->other = profit;
    return TW_OK;
}

static tw_status book(pass *p, size_t id, tw_trade *trade, tw_error *err)
{
    tw_moment *now = p->now;
    tw_order *order = &tw_full_ticket_at(now, id)->base.order;
    const tw_asset *asset = &now->market->asset[p->asset];
    const tw_commission *model = now->models.commission[asset->kind];
    trade->fees = tw_account_fees(now, trade);
    trade->commission =
        model->cost(now->models.commission_params[asset->kind], asset->root, order, trade) + trade->fees;
    order->filled += trade->amount;
    order->commission += trade->commission;
    order->changed = now->bar;
    TW_TRY(tw_ledger_trade(now, trade, err));
    if (trade->commission != 0) tw_ledger_commission(now, trade);
    TW_TRY(tw_order_touch(now, id, err));
    TW_TRY(take_off_other(now, id, trade->amount, err));
    return bracket(p, id, trade->amount, err);
}

static tw_status execute(pass *p, size_t id, double base, tw_fill_cause cause, tw_error *err)
{
    tw_moment *now = p->now;
    const tw_full_ticket *at = tw_full_ticket_at(now, id);
    const tw_order *order = &at->base.order;
    const double left = order->amount - order->filled, side = order->amount > 0 ? 1 : -1;
    const double size = whole_lots(now, p->asset, fmin(fabs(left), p->room));
    if (size == 0 || (at->style.life == TW_ALL_OR_NOTHING && size < fabs(left))) return TW_OK;
    p->query.order = order;
    p->query.base = base;
    double slip = cause == TW_FILL_LIMIT ? 0 : p->model->slip(p->params, &p->query, size);
    if (is_worse(order, base + side * slip)) slip = fabs(order->limit - base); /* a limit holds */
    tw_trade trade = {.session = now->session,
                      .bar = now->bar,
                      .asset = p->asset,
                      .order = id,
                      .amount = side * size,
                      .price = base + side * slip,
                      .cause = at->is_forced ? TW_FILL_LIQUIDATION : cause,
                      .base = base,
                      .slip = slip,
                      .rate = tw_currency_known(now, now->lot[p->asset].currency, p->step != AT_CLOSE)};
    p->room -= size;
    p->query.used += size;
    return book(p, id, &trade, err);
}

/* ---------------------------------------------------------------- when an order is due, and at what price */

static bool has_stop(const tw_full_ticket *at) { return !isnan(at->base.order.stop) && !at->base.order.stop_reached; }
static bool has_trail(const tw_full_ticket *at) { return at->style.trail > 0 || at->style.trail_share > 0; }
static bool reaches(bool up, double price, double level) { return up ? price >= level : price <= level; }

static double trail_level(const tw_full_ticket *at)
{
    const double away = at->style.trail > 0 ? at->style.trail : at->best * at->style.trail_share;
    return at->base.order.amount > 0 ? at->best + away : at->best - away;
}

static tw_status due_at_open(pass *p, size_t id, tw_error *err)
{
    tw_full_ticket *at = tw_full_ticket_at(p->now, id);
    const bool buy = at->base.order.amount > 0;
    const double open = p->query.open;
    if (has_trail(at)) {
        if (!reaches(buy, open, trail_level(at))) return TW_OK;
        return execute(p, id, open, TW_FILL_GAP, err);
    }
    const bool gap = has_stop(at) && reaches(buy, open, at->base.order.stop);
    if (has_stop(at) && !gap) return TW_OK;
    if (gap) at->base.order.stop_reached = true;
    if (is_worse(&at->base.order, open)) return TW_OK;
    const bool beyond = gap || !isnan(at->base.order.limit);
    return execute(p, id, open, beyond ? TW_FILL_GAP : TW_FILL_OPEN, err);
}

/* A stop that follows is looked for first where it stood; then the bar's best price moves it, and a close beyond its
 * new place means that the price fell back through it. */
static tw_status due_trail(pass *p, size_t id, tw_error *err)
{
    tw_full_ticket *at = tw_full_ticket_at(p->now, id);
    const bool buy = at->base.order.amount > 0;
    const double level = trail_level(at), worst = buy ? p->query.high : p->query.low;
    if (reaches(buy, worst, level)) return execute(p, id, level, TW_FILL_TRAIL, err);
    at->best = buy ? fmin(at->best, p->query.low) : fmax(at->best, p->query.high);
    if (!reaches(buy, p->query.close, trail_level(at))) return TW_OK;
    return execute(p, id, trail_level(at), TW_FILL_TRAIL, err);
}

static tw_status due_stop(pass *p, size_t id, tw_error *err)
{
    tw_full_ticket *at = tw_full_ticket_at(p->now, id);
    const bool buy = at->base.order.amount > 0;
    if (has_trail(at)) return due_trail(p, id, err);
    if (!has_stop(at) || !reaches(buy, buy ? p->query.high : p->query.low, at->base.order.stop)) return TW_OK;
    at->base.order.stop_reached = true;
    at->from_bar = p->now->bar + 1; /* should a limit keep it from filling here */
    return is_worse(&at->base.order, at->base.order.stop) ? TW_OK
                                                          : execute(p, id, at->base.order.stop, TW_FILL_STOP, err);
}

/* A price that only touches a limit leaves the order in its queue. */
static tw_status due_limit(pass *p, size_t id, tw_error *err)
{
    const tw_full_ticket *at = tw_full_ticket_at(p->now, id);
    const double limit = at->base.order.limit;
    if (isnan(limit) || has_stop(at)) return TW_OK;
    const bool through = at->base.order.amount > 0 ? p->query.low < limit : p->query.high > limit;
    return through ? execute(p, id, limit, TW_FILL_LIMIT, err) : TW_OK;
}

static tw_status due_at_close(pass *p, size_t id, tw_error *err)
{
    const tw_order *order = &tw_full_ticket_at(p->now, id)->base.order;
    return is_worse(order, p->query.close) ? TW_OK : execute(p, id, p->query.close, TW_FILL_CLOSE, err);
}

/* ---------------------------------------------------------------- the steps of a bar */

static bool is_first_bar(const tw_moment *now)
{
    return !now->run->by_minute || now->bar == now->market->minute_from[now->session];
}
static bool is_last_bar(const tw_moment *now)
{
    return !now->run->by_minute || now->bar + 1 == now->market->minute_from[now->session + 1];
}

static bool takes_part(const pass *p, const tw_full_ticket *at)
{
    const tw_order *order = &at->base.order;
    if (order->status != TW_ORDER_OPEN || order->amount == order->filled || at->from_bar > p->now->bar) return false;
    if (p->step == AT_CLOSE) return at->style.when == TW_AT_CLOSE && is_last_bar(p->now);
    if (at->style.when == TW_AT_CLOSE) return false;
    if (at->style.when == TW_AT_OPEN) return p->step == AT_OPEN && is_first_bar(p->now);
    return at->is_late ? p->step == LATE_STOPS : p->step != LATE_STOPS;
}

static tw_status run_step(pass *p, step now_at, tw_error *err)
{
    static tw_status (*const due[])(pass *, size_t, tw_error *) = {due_at_open, due_stop, due_limit, due_stop,
                                                                   due_at_close};
    p->step = now_at;
    for (size_t i = p->now->lot[p->asset].head; i != TW_NONE;) {
        if (takes_part(p, tw_full_ticket_at(p->now, i))) TW_TRY(due[now_at](p, i, err));
        i = tw_full_ticket_at(p->now, i)->base.next;
    }
    return TW_OK;
}

/* After a bar: what lived for it alone is cancelled, and a stop that the bar made is like any other. */
static tw_status after_bar(tw_moment *now, size_t asset, tw_error *err)
{
    for (size_t i = now->lot[asset].head; i != TW_NONE;) {
        tw_full_ticket *at = tw_full_ticket_at(now, i);
        const size_t next = at->base.next;
        const bool waits =
            at->style.when == TW_AT_OPEN ? !is_first_bar(now) : at->style.when == TW_AT_CLOSE && !is_last_bar(now);
        const bool once = at->style.when != TW_ANY_TIME || at->style.life >= TW_IMMEDIATE;
        at->is_late = false;
        if (at->base.order.created < now->bar && once && !waits)
            TW_TRY(tw_order_cancel(now, i, true, "not filled in its bar", err));
        i = next;
    }
    return TW_OK;
}

static void look_at_bar(pass *p)
{
    const tw_moment *now = p->now;
    tw_fill_query *q = &p->query;
    q->now = now;
    q->open = tw_moment_value(now, p->asset, TW_OPEN);
    q->high = tw_moment_value(now, p->asset, TW_HIGH);
    q->low = tw_moment_value(now, p->asset, TW_LOW);
    q->close = tw_moment_value(now, p->asset, TW_CLOSE);
    q->volume = now->bars->volume[p->asset * now->stride + now->bar]; /* NaN: not told, so no bound */
    if (isnan(q->open)) q->open = q->close;
    q->high = fmax(fmax(q->high, q->open), q->close);
    q->low = fmin(fmin(q->low, q->open), q->close);
    const double share = p->model->share ? p->model->share(p->params) : INFINITY;
    p->room = isnan(q->volume) ? INFINITY : q->volume == 0 ? 0 : share * q->volume;
}

tw_status tw_realistic_fill(tw_moment *now, size_t asset, tw_error *err)
{
    const tw_asset_kind kind = now->market->asset[asset].kind;
    pass p = {
        .now = now, .asset = asset, .model = now->models.slippage[kind], .params = now->models.slippage_params[kind]};
    look_at_bar(&p);
    if (!isnan(p.query.close) && p.room > 0)
        for (int s = AT_OPEN; s <= AT_CLOSE; s++) TW_TRY(run_step(&p, (step)s, err));
    return after_bar(now, asset, err);
}
