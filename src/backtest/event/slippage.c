/* SPDX-License-Identifier: Apache-2.0 */
/* zipline's models of slippage, with its defaults. */
#include "backtest/event/models.h"

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

typedef struct volatility_params {
    double volume_limit, eta;
} volatility_params;

typedef struct impact_params {
    double spread_bps, participation, impact;
} impact_params;

static double direction(const tw_fill_query *query) { return query->order->amount > 0 ? 1 : -1; }
static double open_shares(const tw_fill_query *query) { return fabs(query->order->amount - query->order->filled); }

/* A limit of 0 is none here, as in zipline. */
static bool worse_than_limit(const tw_fill_query *query, double price)
{
    const double limit = query->order->limit;
    if (isnan(limit) || limit == 0) return false;
    return query->order->amount > 0 ? price > limit : price < limit;
}

static tw_fill_answer fill_none(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    (void)params;
    *amount = query->order->amount; /* the whole order, even after a part of it was filled: zipline's rule */
    *price = query->close;
    return TW_FILL_DONE;
}

static tw_fill_answer fill_fixed(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const spread_params *p = params;
    *amount = query->order->amount;
    *price = query->close + p->spread / 2 * direction(query);
    return TW_FILL_DONE;
}

static tw_fill_answer fill_share(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const share_params *p = params;
    const double left = p->volume_limit * query->volume - query->used;
    if (left < 1) return TW_FILL_DRY;
    const double taken = trunc(fmin(left, open_shares(query)));
    if (taken < 1) return TW_FILL_NONE;
    const double share = fmin((query->used + taken) / query->volume, p->volume_limit);
    *price = query->close + share * share * copysign(p->price_impact, direction(query)) * query->close;
    *amount = copysign(taken, direction(query));
    return worse_than_limit(query, *price) ? TW_FILL_NONE : TW_FILL_DONE;
}

static tw_fill_answer fill_bps(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const bps_params *p = params;
    const double taken = fmin(open_shares(query), trunc(p->volume_limit * query->volume) - query->used);
    if (taken < 1) return TW_FILL_DRY;
    *price = query->close + query->close * (p->basis_points / 10000 * direction(query));
    *amount = taken * direction(query);
    return TW_FILL_DONE;
}

/* Without 20 sessions behind it the impact is 7.5 basis points. */
static double impact_of(const volatility_params *p, const tw_fill_query *query, double price, double taken)
{
    static const double BLIND = 7.5 / 10000;
    double mean_volume = 0, volatility = NAN;
    if (tw_impact_window(query->now, query->order->asset, &mean_volume, &volatility) != TW_OK) volatility = NAN;
    if (mean_volume == 0 || isnan(volatility)) return price * BLIND;
    const char *root = query->now->market->asset[query->order->asset].root;
    const double eta = p->eta > 0 ? p->eta : tw_future_impact(root);
    return price * (eta * volatility * sqrt(taken / mean_volume)) / 10000;
}

static tw_fill_answer fill_volatility(const void *params, const tw_fill_query *query, double *amount, double *price)
{
    const volatility_params *p = params;
    const size_t asset = query->order->asset;
    const double middle =
        (tw_moment_value(query->now, asset, TW_HIGH) + tw_moment_value(query->now, asset, TW_LOW)) / 2;
    const double taken = trunc(fmin(query->volume * p->volume_limit, open_shares(query)));
    if (taken < 1) return TW_FILL_NONE;
    *price = middle + copysign(impact_of(p, query, middle, taken), direction(query));
    *amount = copysign(taken, direction(query));
    return worse_than_limit(query, *price) ? TW_FILL_NONE : TW_FILL_DONE;
}

/* ---------------------------------------------------------------- mode realistic */

static double share_of_volume(const void *params)
{
    const share_params *p = params;
    return p->volume_limit;
}
static double share_of_bps(const void *params)
{
    const bps_params *p = params;
    return p->volume_limit;
}
static double share_of_volatility(const void *params)
{
    const volatility_params *p = params;
    return p->volume_limit;
}
static double share_of_impact(const void *params)
{
    const impact_params *p = params;
    return p->participation;
}

static double slip_none(const void *params, const tw_fill_query *query, double size)
{
    (void)params, (void)query, (void)size;
    return 0;
}

static double slip_fixed(const void *params, const tw_fill_query *query, double size)
{
    const spread_params *p = params;
    (void)query, (void)size;
    return p->spread / 2;
}

static double slip_bps(const void *params, const tw_fill_query *query, double size)
{
    const bps_params *p = params;
    (void)size;
    return query->base * (p->basis_points / 10000);
}

static double slip_share(const void *params, const tw_fill_query *query, double size)
{
    const share_params *p = params;
    if (!(query->volume > 0)) return 0;
    const double share = fmin((query->used + size) / query->volume, p->volume_limit);
    return share * share * p->price_impact * query->base;
}

static double slip_volatility(const void *params, const tw_fill_query *query, double size)
{
    return impact_of(params, query, query->base, size);
}

/* Half the spread, and the square-root law: a day's volatility times the root of the share of a day's volume. */
static double slip_impact(const void *params, const tw_fill_query *query, double size)
{
    const impact_params *p = params;
    double mean_volume = 0, yearly = NAN;
    const double half = query->base * (p->spread_bps / 20000);
    if (p->impact == 0 || tw_impact_window(query->now, query->order->asset, &mean_volume, &yearly) != TW_OK)
        return half;
    if (mean_volume == 0 || isnan(yearly)) return half;
    return half + query->base * (p->impact * yearly / sqrt(252) * sqrt((query->used + size) / mean_volume));
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
static const tw_param VOLATILITY[] = {
    TW_PARAM(volatility_params, volume_limit, 0.05, 0, 1e6, "share of a bar's volume"),
    TW_PARAM(volatility_params, eta, 0, 0, 1e6, "impact constant; 0: the root's"),
    TW_PARAM_END,
};

static const tw_param IMPACT[] = {
    TW_PARAM(impact_params, spread_bps, 2, 0, 10000, "between bid and ask, of the price"),
    TW_PARAM(impact_params, participation, 0.1, 0, 1e6, "share of a bar's volume"),
    TW_PARAM(impact_params, impact, 1, 0, 1000, "times a day's volatility and the root of the share of a day's volume"),
    TW_PARAM_END,
};

const tw_slippage tw_slippage_fixed = {
    .name = "fixed",
    .title = "Close and half a spread, the whole order",
    .source = "zipline, FixedSlippage",
    .params = SPREAD,
    .of_equity = true,
    .of_future = true,
    .fill = fill_fixed,
    .slip = slip_fixed,
};
const tw_slippage tw_slippage_fixed_bps = {
    .name = "fixed_bps",
    .title = "Close and basis points of it, a share of the volume",
    .source = "zipline, FixedBasisPointsSlippage",
    .params = BPS,
    .of_equity = true,
    .of_future = true,
    .fill = fill_bps,
    .share = share_of_bps,
    .slip = slip_bps,
};
const tw_slippage tw_slippage_none = {
    .name = "none",
    .title = "Close, the whole order",
    .source = "zipline, NoSlippage",
    .of_equity = true,
    .of_future = true,
    .fill = fill_none,
    .slip = slip_none,
};
const tw_slippage tw_slippage_spread_impact = {
    .name = "spread_impact",
    .title = "Half a spread, and the square-root law of impact",
    .source = "Almgren, Thum, Hauptmann, Li: Direct Estimation of Equity Market Impact, 2005; Toth et al., 2011",
    .params = IMPACT,
    .of_equity = true,
    .of_future = true,
    .share = share_of_impact,
    .slip = slip_impact,
};
const tw_slippage tw_slippage_volatility_volume_share = {
    .name = "volatility_volume_share",
    .title = "Middle of high and low, moved by eta x volatility x the root of the share of mean daily volume",
    .source = "zipline, VolatilityVolumeShare",
    .params = VOLATILITY,
    .of_future = true,
    .fill = fill_volatility,
    .share = share_of_volatility,
    .slip = slip_volatility,
};
const tw_slippage tw_slippage_volume_share = {
    .name = "volume_share",
    .title = "Close, moved by the square of the share of the volume",
    .source = "zipline, VolumeShareSlippage",
    .params = SHARE,
    .of_equity = true,
    .of_future = true,
    .fill = fill_share,
    .share = share_of_volume,
    .slip = slip_share,
};
