/* SPDX-License-Identifier: Apache-2.0 */
/* Histories as of a moment: adjusted, rounded, prices carried forward, as zipline gives them. */
#include "backtest/event/window.h"

#include "backtest/event/engine.h"

#include <math.h>
#include <string.h>

enum { SHARE_DECIMALS = 3 };

/* One window being filled: bars [first, first + n) of `bars`, seen from `view`. */
typedef struct frame {
    const tw_moment *now;
    const tw_window *window;
    const tw_bars *bars;
    size_t stride, first, view;
    bool by_minute; /* the bars are minutes */
    bool partial;   /* the last row is today's minutes so far */
    const tw_joined *joined;
} frame;

static const double *column(const frame *f, size_t asset)
{
    const double *x = tw_bars_column(f->bars, f->window->field);
    return x ? x + asset * f->stride : NULL;
}

static size_t session_of(const frame *f, size_t bar) { return f->by_minute ? tw_session_of(f->now, bar) : bar; }

/* Index of the first bar of a session. */
static size_t bar_of(const frame *f, size_t session)
{
    return f->by_minute ? f->now->market->minute_from[session] : session;
}

/* Each scale multiplies the rows before its session, one after the other, as zipline does. `x` are the rows as they
 * are in the bars; what is given back holds them scaled: `x` itself where nothing scales them. */
static const double *scale(const frame *f, const double *x, double *out, size_t n)
{
    const tw_moment *now = f->now;
    const size_t asset = f->window->asset;
    const bool volume = f->window->field == TW_VOLUME;
    for (size_t i = now->scale_from[asset]; i < now->scale_from[asset + 1]; i++) {
        const tw_scale *s = &now->scale[i];
        if (s->session > f->view) break;
        const size_t until = bar_of(f, s->session);
        if (until <= f->first) continue;
        if (x != out) memcpy(out, x, n * sizeof *out);
        x = out;
        const double by = volume ? s->volume : s->price;
        for (size_t row = 0; row < n && f->first + row < until; row++) out[row] *= by;
    }
    return x;
}

/* Volumes are rounded too: a split makes fractions of them. Returns how many rows are missing. */
static size_t round_rows(const frame *f, const double *x, double *out, size_t n)
{
    static const double POWER[] = {1, 10, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
    const tw_asset *asset = &f->now->market->asset[f->joined ? f->joined->tick : f->window->asset];
    const bool by_tick = asset->kind == TW_FUTURE && asset->tick > 0;
    const double ten = POWER[by_tick ? tw_tick_decimals(asset->tick) : SHARE_DECIMALS];
    const tw_rounded rounded = f->now->round(x, out, n, ten);
    if (f->window->field != TW_VOLUME) f->now->result->quirks[TW_QUIRK_rounded_price].count += rounded.moved;
    return rounded.missing;
}

static double pick(tw_bar_field field, double so_far, double x)
{
    if (isnan(x)) return so_far;
    if (isnan(so_far)) return x;
    if (field == TW_HIGH) return fmax(so_far, x);
    if (field == TW_LOW) return fmin(so_far, x);
    if (field == TW_VOLUME) return so_far + x;
    return field == TW_OPEN ? so_far : x;
}

/* The day of the present minute, as far as it has come. */
static double today(const frame *f)
{
    const tw_moment *now = f->now;
    const size_t asset = f->joined ? f->joined->today : f->window->asset;
    const frame minutes = {.now = now,
                           .window = f->window,
                           .bars = &now->market->minute,
                           .stride = now->market->n_minutes,
                           .by_minute = true};
    double value = f->window->field == TW_VOLUME ? 0 : NAN;
    if (asset == TW_NONE || !tw_asset_listed(now, asset, now->view)) return value;
    const double *x = column(&minutes, asset);
    if (!x) return value;
    for (size_t i = now->market->minute_from[now->view]; i <= now->bar; i++)
        value = pick(f->window->field, value, x[i]);
    return value;
}

/* The price before the window's first row, adjusted as of its end but not rounded. */
static double price_before(const frame *f)
{
    const size_t asset = f->window->asset;
    if (f->joined) return f->joined->before;
    const double *close = f->bars->close + asset * f->stride, *volume = f->bars->volume + asset * f->stride;
    size_t bar = f->first + !f->partial; /* today's bar is not known while the day lasts */
    while (bar > 0 && !(volume[bar - 1] > 0)) bar--;
    while (bar > 0 && isnan(close[bar - 1])) bar--;
    if (bar == 0) return NAN;
    return close[bar - 1] * tw_scale_between(f->now, asset, session_of(f, bar - 1), f->view, false);
}

static void carry_forward(const frame *f, double *out)
{
    if (isnan(out[0])) out[0] = price_before(f);
    for (size_t i = 1; i < f->window->n; i++)
        if (isnan(out[i])) out[i] = out[i - 1];
}

/* A price is not carried past the asset's end. */
static void cut_off(const frame *f, double *out)
{
    const size_t end = f->joined ? 0 : f->now->market->asset[f->window->asset].end;
    for (size_t i = f->window->n; end && i-- > 0 && session_of(f, f->first + i) >= end;) out[i] = NAN;
}

static void no_rows(double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = NAN;
}

static void volumes(const double *x, double *out, size_t n)
{
    for (size_t i = 0; i < n; i++) out[i] = isnan(x[i]) ? 0 : x[i];
}

static void fill(const frame *f, double *out)
{
    const size_t n = f->window->n, past = n - f->partial;
    size_t missing = n; /* at most */
    const double *x = column(f, f->window->asset);
    if (!x) {
        no_rows(out, past);
    } else {
        x = f->joined ? out : scale(f, x + f->first, out, past);
        if (f->window->field == TW_VOLUME) {
            volumes(x, out, past);
            x = out;
        }
        if (!f->now->realistic)
            missing = round_rows(f, x, out, past) + f->partial;
        else if (x != out)
            memcpy(out, x, past * sizeof *out);
    }
    if (f->partial) out[n - 1] = today(f);
    if (f->window->field != TW_PRICE) return;
    if (missing) carry_forward(f, out);
    cut_off(f, out);
}

static tw_status frame_of(const tw_moment *now, const tw_window *window, frame *f, tw_error *err)
{
    const tw_asset_market *market = now->market;
    if (window->asset >= market->n_assets)
        return tw_fail(err, TW_BAD_VALUE, "history: asset %zu is outside [0, %zu)", window->asset, market->n_assets);
    if (window->minutes && !now->run->by_minute) return tw_fail(err, TW_BAD_VALUE, "history: minutes in a run by day");
    *f = (frame){.now = now, .window = window, .view = now->view, .by_minute = window->minutes};
    f->bars = window->minutes ? &market->minute : &market->daily;
    f->stride = window->minutes ? market->n_minutes : market->n_sessions;
    f->partial = now->run->by_minute && !window->minutes;
    const size_t there = now->bar == TW_NONE ? 0 : (window->minutes ? now->bar : now->view) + 1;
    if (window->n == 0 || window->n > there)
        return tw_fail(err, TW_BAD_VALUE, "history of %s: %zu bars; there are %zu up to now",
                       market->asset[window->asset].symbol, window->n, there);
    if (!f->bars->close || !f->bars->volume) return tw_fail(err, TW_BAD_VALUE, "history: the market has no daily bars");
    f->first = there - window->n;
    return TW_OK;
}

tw_status tw_window_fill(const tw_moment *now, const tw_window *window, const tw_joined *joined, double *out,
                         tw_error *err)
{
    frame f = {0};
    TW_TRY(frame_of(now, window, &f, err));
    f.joined = joined;
    fill(&f, out);
    if (now->view == now->session) return TW_OK;
    /* before a session: what yesterday's end shows, scaled by what is in force today */
    const double by = tw_scale_between(now, window->asset, now->view, now->session, window->field == TW_VOLUME);
    for (size_t i = 0; i < window->n; i++) out[i] *= by;
    return TW_OK;
}

tw_status tw_moment_window(const tw_moment *now, const tw_window *window, double *out, tw_error *err)
{
    return tw_window_fill(now, window, NULL, out, err);
}

tw_status tw_moment_history(const tw_moment *now, size_t asset, size_t n, double *prices, tw_error *err)
{
    return tw_moment_window(now, &(tw_window){.asset = asset, .n = n, .field = TW_PRICE}, prices, err);
}
