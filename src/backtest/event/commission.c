/* SPDX-License-Identifier: Apache-2.0 */
/* zipline's models of commission, with its defaults. */
#include "backtest/event/models.h"

#include <math.h>
#include <string.h>

typedef struct unit_params {
    double cost, min_trade_cost;
} unit_params;

typedef struct contract_params {
    double cost, min_trade_cost, exchange_fee;
} contract_params;

typedef struct flat_params {
    double cost;
} flat_params;

typedef struct unit_cost {
    double unit, once, least;
} unit_cost;

/* By unit, with a least amount and a fee once an order. "Nothing charged yet" stands for the first fill, as in zipline.
 */
static double by_unit(const unit_cost *cost, const tw_order *order, double amount)
{
    const double more = fabs(amount * cost->unit);
    if (order->commission == 0) return fmax(cost->least, more + cost->once);
    const double total = fabs(order->filled * cost->unit) + more + cost->once;
    return total < cost->least ? 0 : total - order->commission;
}

static double cost_none(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    (void)params, (void)root, (void)order, (void)fill;
    return 0;
}

static double cost_per_share(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    const unit_params *p = params;
    (void)root;
    return by_unit(&(unit_cost){p->cost, 0, p->min_trade_cost}, order, fill->amount);
}

static double cost_per_contract(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    const contract_params *p = params;
    const double fee = p->exchange_fee < 0 ? tw_future_fee(root) : p->exchange_fee;
    if (isnan(fee)) return NAN; /* fmax would hide it, and the run is to be refused */
    return by_unit(&(unit_cost){p->cost, fee, p->min_trade_cost}, order, fill->amount);
}

static double cost_per_future_trade(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    const flat_params *p = params;
    (void)root;
    return by_unit(&(unit_cost){0, p->cost, 0}, order, fill->amount);
}

static double cost_per_trade(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    const flat_params *p = params;
    (void)root, (void)fill;
    return order->commission == 0 ? p->cost : 0;
}

static double cost_per_dollar(const void *params, const char *root, const tw_order *order, const tw_trade *fill)
{
    const flat_params *p = params;
    (void)root, (void)order;
    return fabs(fill->amount) * (fill->price * p->cost);
}

static const tw_param PER_SHARE[] = {
    TW_PARAM(unit_params, cost, 0.001, 0, 1e6, "of a share"),
    TW_PARAM(unit_params, min_trade_cost, 0, 0, 1e9, "least of an order"),
    TW_PARAM_END,
};
static const tw_param PER_CONTRACT[] = {
    TW_PARAM(contract_params, cost, 0.85, 0, 1e6, "of a contract"),
    TW_PARAM(contract_params, min_trade_cost, 0, 0, 1e9, "least of an order"),
    TW_PARAM(contract_params, exchange_fee, -1, -1, 1e9, "once an order; below 0: the root's"),
    TW_PARAM_END,
};
static const tw_param PER_TRADE[] = {TW_PARAM(flat_params, cost, 0, 0, 1e9, "of an order"), TW_PARAM_END};
static const tw_param PER_DOLLAR[] = {TW_PARAM(flat_params, cost, 0.0015, 0, 1, "of a dollar traded"), TW_PARAM_END};

const tw_commission tw_commission_none = {
    .name = "none",
    .title = "Nothing",
    .source = "zipline, NoCommission",
    .of_equity = true,
    .of_future = true,
    .cost = cost_none,
};
const tw_commission tw_commission_per_contract = {
    .name = "per_contract",
    .title = "An amount a contract, and an exchange's fee once an order",
    .source = "zipline, PerContract",
    .params = PER_CONTRACT,
    .of_future = true,
    .cost = cost_per_contract,
};
const tw_commission tw_commission_per_dollar = {
    .name = "per_dollar",
    .title = "A share of the money traded",
    .source = "zipline, PerDollar",
    .params = PER_DOLLAR,
    .of_equity = true,
    .cost = cost_per_dollar,
};
const tw_commission tw_commission_per_future_trade = {
    .name = "per_future_trade",
    .title = "An amount once an order",
    .source = "zipline, PerFutureTrade",
    .params = PER_TRADE,
    .of_future = true,
    .cost = cost_per_future_trade,
};
const tw_commission tw_commission_per_share = {
    .name = "per_share",
    .title = "An amount a share, at least an amount an order",
    .source = "zipline, PerShare",
    .params = PER_SHARE,
    .of_equity = true,
    .cost = cost_per_share,
};
const tw_commission tw_commission_per_trade = {
    .name = "per_trade",
    .title = "An amount once an order",
    .source = "zipline, PerTrade",
    .params = PER_TRADE,
    .of_equity = true,
    .of_future = true,
    .cost = cost_per_trade,
};
