/* SPDX-License-Identifier: Apache-2.0 */
/* Open orders against the present bar. */
#include "backtest/event/account.h"

#include <math.h>

static bool triggered(const tw_order *order)
{
    return (isnan(order->stop) || order->stop_reached) && (isnan(order->limit) || order->limit_reached);
}

/* Both are looked for at the close. The stop of a stop-limit order, once reached, is gone; a limit reached stays so. */
static bool trigger(tw_order *order, double close, size_t bar)
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
    if (order->stop_reached || order->limit_reached) order->changed = bar;
    return triggered(order);
}

static void note_limit(tw_moment *now, const tw_order *order, double price)
{
    const bool worse = order->amount > 0 ? price > order->limit : price < order->limit;
    now->result->quirks[TW_QUIRK_limit_ignored].count += worse; /* false without a limit */
}

static tw_status book_fill(tw_moment *now, size_t id, double amount, double price, tw_error *err)
{
    tw_order *order = &tw_ticket_at(now, id)->order;
    const tw_asset *asset = &now->market->asset[order->asset];
    const tw_commission *model = now->models.commission[asset->kind];
    tw_trade trade = {.session = now->session,
                      .bar = now->bar,
                      .asset = order->asset,
                      .order = id,
                      .amount = trunc(amount),
                      .price = price,
                      .rate = 1};
    trade.base = tw_moment_value(now, order->asset, TW_CLOSE);
    trade.slip = fabs(price - trade.base);
    now->result->quirks[TW_QUIRK_currency_ignored].count += tw_asset_is_foreign(now, order->asset);
    trade.commission = model->cost(now->models.commission_params[asset->kind], asset->root, order, &trade);
    note_limit(now, order, price);
    order->filled += trade.amount;
    order->commission += trade.commission;
    order->changed = now->bar;
    TW_TRY(tw_ledger_trade(now, &trade, err));
    return tw_order_touch(now, id, err);
}

static tw_status fill_asset(tw_moment *now, size_t asset, tw_error *err)
{
    const tw_asset_kind kind = now->market->asset[asset].kind;
    const tw_slippage *model = now->models.slippage[kind];
    tw_fill_query query = {
        .now = now, .close = tw_moment_value(now, asset, TW_CLOSE), .volume = tw_moment_value(now, asset, TW_VOLUME)};
    if (isnan(query.close) || !(query.volume > 0)) return TW_OK;
    for (size_t i = now->lot[asset].head; i != TW_NONE; i = tw_ticket_at(now, i)->next) {
        double amount = 0, price = 0;
        tw_order *order = &tw_ticket_at(now, i)->order;
        if (!trigger(order, query.close, now->bar)) continue;
        query.order = order;
        const tw_fill_answer answer = model->fill(now->models.slippage_params[kind], &query, &amount, &price);
        if (answer == TW_FILL_DRY) break;
        if (answer == TW_FILL_NONE) continue;
        TW_TRY(book_fill(now, i, amount, price, err));
        query.used += fabs(amount);
    }
    return TW_OK;
}

/* Orders that fills add, of brackets, join the queue of their asset and are seen to there. */
static tw_status fill_realistic(tw_moment *now, tw_error *err)
{
    now->required_at = 0;
    for (size_t q = 0; q < now->n_queue; q++) TW_TRY(tw_realistic_fill(now, now->queue[q], err));
    tw_orders_prune(now);
    return TW_OK;
}

tw_status tw_engine_fill_orders(tw_moment *now, tw_error *err)
{
    if (now->n_queue == 0) return TW_OK;
    if (now->realistic) return fill_realistic(now, err);
    const size_t first = now->result->trades.n;
    for (size_t q = 0; q < now->n_queue; q++) TW_TRY(fill_asset(now, now->queue[q], err));
    const tw_trade *trade = now->result->trades.item;
    for (size_t i = first; i < now->result->trades.n; i++)
        if (trade[i].commission > 0) tw_ledger_commission(now, &trade[i]);
    tw_orders_prune(now);
    return TW_OK;
}
