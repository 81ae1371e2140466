/* SPDX-License-Identifier: Apache-2.0 */
/* zipline's models of slippage and commission, with its defaults. */
#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

typedef struct share_params {
    double volume_limit, price_impact;
} share_params;

typedef struct bps_params {
    double basis_points, volume_limit;
} bps_params;

typedef struct spread_params {
    double spread;
} spread_params;

typedef struct cost_params {
    double cost, min_trade_cost;
} cost_params;

static double direction(const tw_fill_query *query) { return query->amount > 0 ? 1 : -1; }

static tw_fill_answer fill_none(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    (void)params;
    *amount = query->amount; /* the whole order, even after a part of it was filled: zipline's rule */
    *price = query->close;
    return TW_FILL_DONE;
}

static tw_fill_answer fill_fixed(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const spread_params *p = params;
    *amount = query->amount;
    *price = query->close + p->spread / 2 * direction(query);
    return TW_FILL_DONE;
}

/* A limit of 0 is none here, as in zipline. */
static bool worse_than_limit(const tw_fill_query *query, double price)
{
    if (isnan(query->limit) || query->limit == 0) return false;
    return query->amount > 0 ? price > query->limit : price < query->limit;
}

static tw_fill_answer fill_share(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const share_params *p = params;
    const double left = p->volume_limit * query->volume - query->used;
    if (left < 1) return TW_FILL_DRY;
    const double taken = trunc(fmin(left, fabs(query->open)));
    if (taken < 1) return TW_FILL_NONE;
    const double share = fmin((query->used + taken) / query->volume, p->volume_limit);
    *price = query->close + share * share * copysign(p->price_impact, direction(query)) * query->close;
    *amount = copysign(taken, direction(query));
    return worse_than_limit(query, *price) ? TW_FILL_NONE : TW_FILL_DONE;
}

static tw_fill_answer fill_bps(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const bps_params *p = params;
    const double taken = fmin(fabs(query->open), trunc(p->volume_limit * query->volume) - query->used);
    if (taken < 1) return TW_FILL_DRY;
    *price = query->close + query->close * (p->basis_points / 10000 * direction(query));
    *amount = taken * direction(query);
    return TW_FILL_DONE;
}

static double cost_none(const void *params, const tw_ticket *order, double amount, double price)
{
    (void)params, (void)order, (void)amount, (void)price;
    return 0;
}

/* "Nothing charged yet" stands for the first fill, as in zipline. */
static double cost_per_share(const void *params, const tw_ticket *order, double amount, double price)
{
    const cost_params *p = params;
    (void)price;
    const double more = fabs(amount * p->cost);
    if (order->commission == 0) return fmax(p->min_trade_cost, more);
    const double total = fabs(order->filled * p->cost) + more;
    return total < p->min_trade_cost ? 0 : total - order->commission;
}

static double cost_per_trade(const void *params, const tw_ticket *order, double amount, double price)
{
    const cost_params *p = params;
    (void)amount, (void)price;
    return order->commission == 0 ? p->cost : 0;
}

static double cost_per_dollar(const void *params, const tw_ticket *order, double amount, double price)
{
    const cost_params *p = params;
    (void)order;
    return fabs(amount) * (price * p->cost);
}

static const tw_param SPREAD[] = {TW_PARAM(spread_params, spread, 0, 0, 1e9, "between bid and ask"), TW_PARAM_END};
static const tw_param SHARE[] = {
    TW_PARAM(share_params, volume_limit, 0.025, 0, 1e6, "share of a bar's volume"),
    TW_PARAM(share_params, price_impact, 0.1, 0, 1e6, "times the squared share of volume"),
    TW_PARAM_END,
};
static const tw_param BPS[] = {
    TW_PARAM(bps_params, basis_points, 5, 0, 10000, "of the close"),
    TW_PARAM(bps_params, volume_limit, 0.1, 1e-9, 1e6, "share of a bar's volume"),
    TW_PARAM_END,
};
static const tw_param PER_SHARE[] = {
    TW_PARAM(cost_params, cost, 0.001, 0, 1e6, "of a share"),
    TW_PARAM(cost_params, min_trade_cost, 0, 0, 1e9, "least of an order"),
    TW_PARAM_END,
};
static const tw_param PER_TRADE[] = {TW_PARAM(cost_params, cost, 0, 0, 1e9, "of an order"), TW_PARAM_END};
static const tw_param PER_DOLLAR[] = {TW_PARAM(cost_params, cost, 0.0015, 0, 1, "of a dollar traded"), TW_PARAM_END};

static const tw_slippage SLIPPAGES[] = {
    {"fixed_bps", BPS, fill_bps},
    {"volume_share", SHARE, fill_share},
    {"fixed", SPREAD, fill_fixed},
    {"none", NULL, fill_none},
};
static const tw_commission COMMISSIONS[] = {
    {"per_share", PER_SHARE, cost_per_share},
    {"per_trade", PER_TRADE, cost_per_trade},
    {"per_dollar", PER_DOLLAR, cost_per_dollar},
    {"none", NULL, cost_none},
};

/* True when the first word of `text` is `name`; *rest is then what follows it. */
static bool first_word(const char *text, const char *name, const char **rest)
{
    const size_t n = strlen(name);
    if (strncmp(text, name, n) != 0 || (text[n] && text[n] != ' ')) return false;
    *rest = text + n;
    return true;
}

static tw_status read_slippage(const char *text, tw_models *models, tw_error *err)
{
    const char *rest = "";
    for (size_t i = 0; i < sizeof SLIPPAGES / sizeof *SLIPPAGES; i++) {
        if (!first_word(text, SLIPPAGES[i].name, &rest)) continue;
        models->slippage = &SLIPPAGES[i];
        return tw_params_parse(SLIPPAGES[i].params, SLIPPAGES[i].name, rest, models->slippage_params, err);
    }
    return tw_fail(err, TW_BAD_NAME, "slippage: \"%s\" is none of fixed_bps, volume_share, fixed, none", text);
}

static tw_status read_commission(const char *text, tw_models *models, tw_error *err)
{
    const char *rest = "";
    for (size_t i = 0; i < sizeof COMMISSIONS / sizeof *COMMISSIONS; i++) {
        if (!first_word(text, COMMISSIONS[i].name, &rest)) continue;
        models->commission = &COMMISSIONS[i];
        return tw_params_parse(COMMISSIONS[i].params, COMMISSIONS[i].name, rest, models->commission_params, err);
    }
    return tw_fail(err, TW_BAD_NAME, "commission: \"%s\" is none of per_share, per_trade, per_dollar, none", text);
}

tw_status tw_models_read(const tw_strategy_run *run, tw_models *models, tw_error *err)
{
    TW_TRY(read_slippage(run->slippage ? run->slippage : "fixed_bps", models, err));
    return read_commission(run->commission ? run->commission : "per_share", models, err);
}
