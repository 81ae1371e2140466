/* SPDX-License-Identifier: Apache-2.0 */
/* From what a strategy asks for to an order of whole shares. */
#include "backtest/event/account.h"

#include <math.h>

static const double MOST_SHARES = 1e11, WORTHLESS = 10e-7;

static bool is_price(double x) { return x >= 0 && isfinite(x); }

static tw_status check_realistic(const tw_moment *now, const tw_order_style *style, const char *symbol, tw_error *err)
{
    if (!is_price(style->trail) || !(style->trail_share >= 0 && style->trail_share < 1))
        return tw_fail(err, TW_BAD_VALUE,
                       "order of %s: trail %g, trail_share %g; they must be in [0, infinity), [0, 1)", symbol,
                       style->trail, style->trail_share);
    if ((style->trail > 0 || style->trail_share > 0) && (style->limit > 0 || style->stop > 0))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: a stop that follows has no limit and no stop beside it",
                       symbol);
    if (!is_price(style->take_profit) || !is_price(style->stop_loss))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: take_profit %g, stop_loss %g", symbol, style->take_profit,
                       style->stop_loss);
    if (style->when != TW_ANY_TIME && (style->stop > 0 || style->trail > 0 || style->trail_share > 0))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: a stop cannot be for the open or the close alone", symbol);
    if (style->one_of > now->orders.n)
        return tw_fail(err, TW_BAD_VALUE, "order of %s: paired with order %zu; there are %zu", symbol,
                       style->one_of - 1, now->orders.n);
    return TW_OK;
}

static tw_status check_zipline(const tw_order_style *style, const char *symbol, tw_error *err)
{
    const bool follows = style->trail != 0 || style->trail_share != 0;
    const bool brackets = style->take_profit != 0 || style->stop_loss != 0 || style->one_of != 0;
    if (!follows && !brackets && style->when == TW_ANY_TIME && style->life == TW_UNTIL_CANCELLED) return TW_OK;
    return tw_fail(err, TW_BAD_VALUE, "order of %s: mode zipline knows limits and stops only", symbol);
}

static tw_status check(const tw_moment *now, const tw_order_request *request, tw_error *err)
{
    const tw_asset_market *market = now->market;
    const tw_order_style *style = &request->style;
    if (request->asset >= market->n_assets)
        return tw_fail(err, TW_BAD_VALUE, "order: asset %zu is outside [0, %zu)", request->asset, market->n_assets);
    const char *symbol = market->asset[request->asset].symbol;
    if (now->phase != TW_PHASE_BAR)
        return tw_fail(err, TW_BAD_STATE, "order of %s: orders are placed at bars only", symbol);
    if (!(style->limit >= 0 && isfinite(style->limit)))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: limit %g; it must be in [0, infinity)", symbol, style->limit);
    if (!(style->stop >= 0 && isfinite(style->stop)))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: stop %g; it must be in [0, infinity)", symbol, style->stop);
    if (!isfinite(request->amount))
        return tw_fail(err, TW_BAD_VALUE, "order of %s: amount %g", symbol, request->amount);
    return now->realistic ? check_realistic(now, style, symbol, err) : check_zipline(style, symbol, err);
}

/* Of an asset that will be closed nothing more is ordered once its last session, or its closing, is past. */
static bool is_past(const tw_moment *now, size_t asset)
{
    const tw_asset *a = &now->market->asset[asset];
    if (a->auto_close == 0) return false;
    return now->session > a->auto_close || (a->end != 0 && now->session >= a->end);
}

static tw_status shares_of_value(const tw_moment *now, size_t asset, double value, double *shares, tw_error *err)
{
    const char *symbol = now->market->asset[asset].symbol;
    if (!tw_asset_listed(now, asset, now->session))
        return tw_fail(err, TW_BAD_STATE, "order of %s by value: it is not listed in session %zu", symbol,
                       now->session);
    const double price = tw_moment_price(now, asset);
    if (isnan(price))
        return tw_fail(err, TW_BAD_STATE, "order of %s by value: it has no price in session %zu", symbol, now->session);
    *shares =
        fabs(price) <= WORTHLESS ? 0 : value / (price * tw_asset_multiplier(now, asset) * tw_moment_rate(now, asset));
    return TW_OK;
}

static tw_status shares_of(tw_moment *now, const tw_order_request *request, double *shares, tw_error *err)
{
    const size_t asset = request->asset;
    const double amount = request->amount;
    switch (request->unit) {
    case TW_SHARES:
    case TW_TARGET_SHARES: *shares = amount; return TW_OK;
    case TW_VALUE:
    case TW_TARGET_VALUE: return shares_of_value(now, asset, amount, shares, err);
    default: return shares_of_value(now, asset, tw_moment_account(now).portfolio_value * amount, shares, err);
    }
}

static double whole_shares(const tw_moment *now, size_t asset, double shares)
{
    const double lot = now->market->asset[asset].lot;
    if (now->realistic && lot > 0) return trunc(shares / lot + copysign(1e-9, shares)) * lot;
    const double near = nearbyint(shares);
    return fabs(shares - near) <= 1e-4 ? near : trunc(shares);
}

tw_status tw_moment_place(tw_moment *now, const tw_order_request *request, size_t *id, tw_error *err)
{
    size_t placed = TW_NONE;
    double shares = 0;
    if (id) *id = TW_NONE;
    TW_TRY(check(now, request, err));
    if (is_past(now, request->asset)) return TW_OK;
    TW_TRY(tw_currency_check(now, request->asset, err));
    TW_TRY(shares_of(now, request, &shares, err));
    if (request->unit >= TW_TARGET_SHARES) shares -= tw_moment_holding(now, request->asset);
    const double whole = whole_shares(now, request->asset, shares);
    if (fabs(whole) > MOST_SHARES)
        return tw_fail(err, TW_BAD_VALUE, "order of %s: %g shares; at most %g",
                       now->market->asset[request->asset].symbol, whole, MOST_SHARES);
    TW_TRY(tw_controls_order(now, request->asset, whole, err));
    TW_TRY(tw_restrictions_order(now, request->asset, err));
    if (whole == 0) return TW_OK;
    const char *wanting = NULL;
    const bool admitted = !now->realistic || tw_account_admits(now, request->asset, whole, &wanting);
    TW_TRY(tw_orders_add(now, request, whole, &placed, err));
    if (id) *id = placed;
    return admitted ? TW_OK : tw_order_reject(now, placed, wanting, err);
}

static tw_status place(tw_moment *now, size_t asset, tw_order_unit unit, double amount, tw_error *err)
{
    return tw_moment_place(now, &(tw_order_request){.asset = asset, .unit = unit, .amount = amount}, NULL, err);
}

tw_status tw_moment_order(tw_moment *now, size_t asset, double shares, tw_error *err)
{
    return place(now, asset, TW_SHARES, shares, err);
}

tw_status tw_moment_order_target(tw_moment *now, size_t asset, double shares, tw_error *err)
{
    return place(now, asset, TW_TARGET_SHARES, shares, err);
}

tw_status tw_moment_order_target_percent(tw_moment *now, size_t asset, double share, tw_error *err)
{
    return place(now, asset, TW_TARGET_PERCENT, share, err);
}
