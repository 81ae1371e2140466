/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/orders.h"

#include <math.h>

/* How much of an order the bar takes, in millionths. */
static int64_t takes(const tw_rules *rules, double volume, int64_t quantity)
{
    const double limit = rules->portfolio->participation;
    if (limit == 0) return quantity;
    if (!(volume > 0)) return 0;
    double most = limit * volume;
    if (rules->portfolio->whole_shares) most = trunc(most);
    const double micros = floor(most * (double)TW_MICROS);
    if (micros >= fabs((double)quantity)) return quantity;
    return quantity > 0 ? (int64_t)micros : -(int64_t)micros;
}

static tw_status fill_one(const tw_order *order, const tw_rules *rules, tw_account *account, uint32_t time,
                          tw_error *err)
{
    const tw_market *market = account->market;
    const size_t cell = time * market->n_lanes + order->lane;
    const double price = rules->fill_at_close ? market->close[cell] : market->open[cell];
    const double volume = market->volume ? market->volume[cell] : 0;
    const int64_t filled = tw_is_price(price) ? takes(rules, volume, order->quantity) : 0;
    if (filled) {
        const tw_deal deal = {time, order->lane, filled, price};
        TW_TRY(tw_account_fill(account, deal, rules->portfolio->cost_bp, err));
    }
    if (filled == order->quantity) return TW_OK;
    const tw_deal rest = {time, order->lane, order->quantity - filled, tw_is_price(price) ? price : 0};
    return tw_account_unfilled(account, rest, err);
}

tw_status tw_orders_fill(tw_orders *orders, const tw_rules *rules, tw_account *account, uint32_t time, tw_error *err)
{
    for (size_t i = 0; i < orders->n; i++) TW_TRY(fill_one(&orders->order[i], rules, account, time, err));
    orders->n = 0;
    return TW_OK;
}
