/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/orders.h"

#include <math.h>

/* Rounds to what can be traded, toward zero for whole shares so that no order is larger than wanted. */
static tw_status tradable(const tw_rules *rules, const tw_market *market, uint32_t lane, double shares, int64_t *micros,
                          tw_error *err)
{
    if (rules->portfolio->whole_shares) shares = trunc(shares);
    return tw_to_micros(market, lane, shares, micros, err);
}

/* Orders that would reach the target weights, without a turnover limit. */
static tw_status size_all(tw_orders *orders, const tw_sizing *s, const tw_account *account, tw_error *err)
{
    orders->n = 0;
    for (uint32_t l = 0; l < s->marks->n_lanes; l++) {
        if (s->marks->missing[l] || (s->weight[l] == 0 && account->position[l] == 0)) continue;
        if (s->marks->price[l] == 0) continue; /* never seen */
        int64_t target = 0;
        const double shares = s->weight[l] * s->equity / s->marks->price[l];
        TW_TRY(tradable(s->rules, s->market, l, shares, &target, err));
        const int64_t quantity = target - account->position[l];
        if (quantity) orders->order[orders->n++] = (tw_order){l, quantity};
    }
    return TW_OK;
}

/* One-way turnover of the orders: half of what is bought and sold. */
static double turnover_of(const tw_orders *orders, const tw_sizing *s)
{
    double traded = 0;
    for (size_t i = 0; i < orders->n; i++)
        traded += fabs(tw_shares(orders->order[i].quantity)) * s->marks->price[orders->order[i].lane];
    return traded / 2 / s->equity;
}

/* Scales every order by the same factor: the direction of the whole rebalancing is kept. */
static tw_status limit_turnover(tw_orders *orders, const tw_sizing *s, tw_error *err)
{
    const double limit = s->rules->portfolio->turnover_limit;
    if (limit == 0 || !(s->equity > 0)) return TW_OK;
    const double turnover = turnover_of(orders, s);
    if (turnover <= limit) return TW_OK;
    size_t kept = 0;
    for (size_t i = 0; i < orders->n; i++) {
        tw_order order = orders->order[i];
        const double shares = tw_shares(order.quantity) * (limit / turnover);
        TW_TRY(tradable(s->rules, s->market, order.lane, shares, &order.quantity, err));
        if (order.quantity) orders->order[kept++] = order;
    }
    orders->n = kept;
    return TW_OK;
}

tw_status tw_orders_place(tw_orders *orders, const tw_sizing *sizing, tw_account *account, tw_error *err)
{
    TW_TRY(size_all(orders, sizing, account, err));
    TW_TRY(limit_turnover(orders, sizing, err));
    for (size_t i = 0; i < orders->n; i++) {
        const tw_order order = orders->order[i];
        const tw_deal deal = {sizing->time, order.lane, order.quantity, sizing->marks->price[order.lane]};
        TW_TRY(tw_account_order(account, deal, err));
    }
    return TW_OK;
}
