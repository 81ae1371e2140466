/* SPDX-License-Identifier: Apache-2.0 */
/* What the bars say at a moment: prices carried forward, what scales them, who is listed. */
#include "backtest/event/engine.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- checks */

static const double MOST_MONEY = 1e12; /* that 64 bits of millionths hold with room to grow */

static tw_status check_action(const tw_asset_market *market, size_t i, tw_error *err)
{
    const tw_asset_action *a = &market->action[i];
    if (a->asset >= market->n_assets || a->paid >= market->n_assets)
        return tw_fail(err, TW_BAD_DATA, "market: action %zu: asset %zu (paid in %zu) of %zu", i, a->asset, a->paid,
                       market->n_assets);
    const bool scales = a->kind == TW_SPLIT || a->kind == TW_MERGER;
    if (!isfinite(a->ratio) || a->ratio < 0 || (scales && a->ratio == 0))
        return tw_fail(err, TW_BAD_DATA, "market: action %zu of %s: ratio %g; it must be above 0", i,
                       market->asset[a->asset].symbol, a->ratio);
    if (!isfinite(a->amount))
        return tw_fail(err, TW_BAD_DATA, "market: action %zu of %s: amount %g", i, market->asset[a->asset].symbol,
                       a->amount);
    if (i && a->session < a[-1].session)
        return tw_fail(err, TW_BAD_DATA, "market: action %zu is before the one ahead of it", i);
    return TW_OK;
}

/* Every session of the run has minutes; those before it may have days alone. */
static tw_status check_minutes(const tw_asset_market *market, const tw_strategy_run *run, tw_error *err)
{
    if (!market->minute.close || !market->minute.volume || !market->minute_from)
        return tw_fail(err, TW_BAD_VALUE, "run: by minute, but the market has no minutes");
    for (size_t s = 0; s < market->n_sessions; s++)
        if (market->minute_from[s] + (s >= run->from && s < run->to) > market->minute_from[s + 1] ||
            market->minute_from[s + 1] > market->n_minutes)
            return tw_fail(err, TW_BAD_DATA, "market: session %zu: minutes [%zu, %zu) of %zu", s,
                           market->minute_from[s], market->minute_from[s + 1], market->n_minutes);
    return TW_OK;
}

static tw_status check_changes(const tw_strategy_run *run, tw_error *err)
{
    for (size_t i = 0; i < run->n_changes; i++) {
        if (!isfinite(run->change[i].value))
            return tw_fail(err, TW_BAD_VALUE, "run: capital change %zu is not a number", i);
        if (i && run->change[i].session < run->change[i - 1].session)
            return tw_fail(err, TW_BAD_VALUE, "run: capital change %zu is before the one ahead of it", i);
    }
    return TW_OK;
}

static tw_status check_mode(const tw_strategy_run *run, const tw_bars *bars, tw_error *err)
{
    if (run->each_minute && (!run->by_minute || run->mode != TW_ZIPLINE))
        return tw_fail(err, TW_BAD_VALUE, "run: accounts of each minute are of runs by minute in mode zipline");
    if (run->mode == TW_REALISTIC && (!bars->open || !bars->high || !bars->low))
        return tw_fail(err, TW_BAD_VALUE, "run: mode realistic needs open, high and low of the bars");
    if (run->mode == TW_REALISTIC && fabs(run->capital) > MOST_MONEY)
        return tw_fail(err, TW_BAD_VALUE, "run: capital %g; in mode realistic at most %g", run->capital, MOST_MONEY);
    return TW_OK;
}

tw_status tw_market_check(const tw_asset_market *market, const tw_strategy_run *run, tw_error *err)
{
    if (run->from >= run->to || run->to > market->n_sessions)
        return tw_fail(err, TW_BAD_VALUE, "run: sessions [%zu, %zu) are empty or outside [0, %zu)", run->from, run->to,
                       market->n_sessions);
    if (!isfinite(run->capital)) return tw_fail(err, TW_BAD_VALUE, "run: capital must be a number");
    if (run->benchmark_asset > market->n_assets)
        return tw_fail(err, TW_BAD_VALUE, "run: benchmark asset %zu of %zu", run->benchmark_asset - 1,
                       market->n_assets);
    if (run->by_minute) TW_TRY(check_minutes(market, run, err));
    if (!run->by_minute && (!market->daily.close || !market->daily.volume))
        return tw_fail(err, TW_BAD_VALUE, "run: by day, but the market has no daily bars");
    const tw_bars *bars = run->by_minute ? &market->minute : &market->daily;
    TW_TRY(check_mode(run, bars, err));
    for (size_t i = 0; i < market->n_actions; i++) TW_TRY(check_action(market, i, err));
    return check_changes(run, err);
}

/* ---------------------------------------------------------------- time */

int64_t tw_session_midnight(const tw_moment *now, size_t session)
{
    if (!now->market->session) return TW_NO_TIME;
    return now->market->session[session].day * TW_NS_PER_DAY;
}

size_t tw_session_of(const tw_moment *now, size_t bar)
{
    if (!now->run->by_minute) return bar;
    size_t session = now->view;
    while (now->market->minute_from[session] > bar) session--;
    return session;
}

size_t tw_moment_session(const tw_moment *now) { return now->session; }
size_t tw_moment_bar(const tw_moment *now) { return now->bar; }

int64_t tw_moment_time(const tw_moment *now)
{
    const tw_asset_market *market = now->market;
    if (!market->session) return TW_NO_TIME;
    if (now->phase == TW_PHASE_SETUP || now->phase == TW_PHASE_BEFORE) return now->before_ns;
    if (now->run->by_minute && market->minute_ns) return market->minute_ns[now->bar];
    return market->session[now->session].close_ns;
}

/* ---------------------------------------------------------------- listing, units */

bool tw_asset_listed(const tw_moment *now, size_t asset, size_t session)
{
    const tw_asset *a = &now->market->asset[asset];
    return session >= a->first && (a->end == 0 || session < a->end);
}

double tw_asset_multiplier(const tw_moment *now, size_t asset)
{
    const tw_asset *a = &now->market->asset[asset];
    return a->kind == TW_FUTURE && a->multiplier != 0 ? a->multiplier : 1;
}

double tw_asset_money(const tw_moment *now, size_t asset)
{
    return tw_asset_multiplier(now, asset) * now->currency[now->lot[asset].currency].rate;
}

int tw_tick_decimals(double tick)
{
    static const double NEAR = 1e-6;
    double x = tick * 10;
    int decimals = 1;
    for (; decimals < 12 && fabs(x - nearbyint(x)) > NEAR; decimals++) x *= 10;
    return decimals;
}

tw_status tw_asset_find(const tw_moment *now, const char *symbol, size_t *asset, tw_error *err)
{
    for (*asset = 0; *asset < now->market->n_assets; ++*asset)
        if (strcmp(now->market->asset[*asset].symbol, symbol) == 0) return TW_OK;
    return tw_fail(err, TW_BAD_NAME, "no asset '%s' in the market", symbol);
}

/* ---------------------------------------------------------------- what scales earlier prices */

static bool scales(const tw_asset_action *action) { return action->ratio != 0; }

tw_status tw_scales_build(tw_moment *now, tw_error *err)
{
    const tw_asset_market *market = now->market;
    now->scale_from = tw_new(now->ctx, market->n_assets + 1, sizeof *now->scale_from);
    now->scale = tw_new(now->ctx, market->n_actions + 1, sizeof *now->scale);
    if (!now->scale_from || !now->scale) return tw_no_memory(err, "a run");
    for (size_t i = 0; i < market->n_actions; i++)
        if (scales(&market->action[i])) now->scale_from[market->action[i].asset + 1]++;
    for (size_t a = 0; a < market->n_assets; a++) now->scale_from[a + 1] += now->scale_from[a];
    /* filled from the back, so that a range's end becomes its start */
    for (size_t i = market->n_actions; i-- > 0;) {
        const tw_asset_action *action = &market->action[i];
        if (!scales(action)) continue;
        now->scale[--now->scale_from[action->asset + 1]] = (tw_scale){
            .session = action->session,
            .price = action->ratio,
            .volume = action->kind == TW_SPLIT ? 1 / action->ratio : 1,
        };
    }
    /* each start now stands one place too far right */
    memmove(now->scale_from, now->scale_from + 1, market->n_assets * sizeof *now->scale_from);
    size_t n = 0;
    for (size_t i = 0; i < market->n_actions; i++) n += scales(&market->action[i]);
    now->scale_from[market->n_assets] = n;
    return TW_OK;
}

double tw_scale_between(const tw_moment *now, size_t asset, size_t after, size_t upto, bool volume)
{
    double product = 1;
    for (size_t i = now->scale_from[asset]; i < now->scale_from[asset + 1] && now->scale[i].session <= upto; i++)
        if (now->scale[i].session > after) product *= volume ? now->scale[i].volume : now->scale[i].price;
    return product;
}

/* ---------------------------------------------------------------- bars */

static size_t look_back(const tw_moment *now, tw_mark *mark, const double *x, bool positive)
{
    size_t i = now->bar == TW_NONE ? 0 : now->bar + 1;
    const size_t seen = mark->upto;
    if (i < seen) return mark->last; /* a moment does not go back */
    mark->upto = i;
    for (; i > seen; i--)
        if (positive ? x[i - 1] > 0 : !isnan(x[i - 1])) {
            mark->last = i;
            break;
        }
    return mark->last;
}

size_t tw_last_closed(const tw_moment *now, size_t asset)
{
    return look_back(now, &now->lot[asset].closed, now->bars->close + asset * now->stride, false);
}

size_t tw_last_traded(const tw_moment *now, size_t asset)
{
    return look_back(now, &now->lot[asset].traded, now->bars->volume + asset * now->stride, true);
}

double tw_moment_price(const tw_moment *now, size_t asset)
{
    if (asset >= now->market->n_assets || now->bar == TW_NONE || !tw_asset_listed(now, asset, now->view)) return NAN;
    size_t last = tw_last_closed(now, asset);
    if (last != now->bar + 1 && now->run->by_minute && !now->realistic)
        last = tw_last_traded(now, asset); /* zipline looks for a volume there, and for a close by day */
    if (last == 0) return NAN;
    const double close = now->bars->close[asset * now->stride + last - 1];
    if (last - 1 == now->bar && now->view == now->session) return close;
    return close * tw_scale_between(now, asset, tw_session_of(now, last - 1), now->session, false);
}

const double *tw_bars_column(const tw_bars *bars, tw_bar_field field)
{
    switch (field) {
    case TW_OPEN: return bars->open;
    case TW_HIGH: return bars->high;
    case TW_LOW: return bars->low;
    case TW_VOLUME: return bars->volume;
    default: return bars->close;
    }
}

double tw_moment_value(const tw_moment *now, size_t asset, tw_bar_field field)
{
    if (field == TW_PRICE) return tw_moment_price(now, asset);
    const bool volume = field == TW_VOLUME;
    const double none = volume ? 0 : NAN;
    const double *x = tw_bars_column(now->bars, field);
    if (!x || asset >= now->market->n_assets || now->bar == TW_NONE || !tw_asset_listed(now, asset, now->view))
        return none;
    const double value = x[asset * now->stride + now->bar];
    if (isnan(value)) return none;
    return now->view == now->session ? value : value * tw_scale_between(now, asset, now->view, now->session, volume);
}

bool tw_moment_can_trade(const tw_moment *now, size_t asset)
{
    if (asset >= now->market->n_assets || tw_restricted(now, asset)) return false;
    const tw_asset *a = &now->market->asset[asset];
    if (!tw_asset_listed(now, asset, now->session) || (a->auto_close && now->session > a->auto_close)) return false;
    const bool known = !isnan(tw_moment_price(now, asset));
    const bool before_first = now->phase == TW_PHASE_BEFORE && now->run->by_minute && now->view != now->session;
    if (now->realistic || !before_first) return known;
    now->result->quirks[TW_QUIRK_no_trade_before_open].count += known;
    return false;
}

bool tw_moment_is_stale(const tw_moment *now, size_t asset)
{
    if (asset >= now->market->n_assets || !tw_asset_listed(now, asset, now->session)) return false;
    return !(tw_moment_value(now, asset, TW_VOLUME) > 0) && tw_last_traded(now, asset) != 0;
}
