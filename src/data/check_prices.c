/* SPDX-License-Identifier: Apache-2.0 */
/* check_prices.c - bars against themselves: order of prices, signs, ticks, repetition. */
#include "data/check.h"

#include "data/actions.h"

#include <math.h>
#include <string.h>

#define SOURCE "docs/data-quality.md"

/* ---------------------------------------------------------------- ohlc */

typedef struct ohlc_params {
    double tolerance;
} ohlc_params;
static const tw_param ohlc_table[] = {
    TW_PARAM(ohlc_params, tolerance, 1e-6, 0, 1, "slack relative to the price, for rounded adjustments"),
    TW_PARAM_END,
};

typedef struct bar {
    double open, high, low, close, vwap, volume;
} bar;

static double column_at(const tw_panel *panel, size_t c, size_t s, size_t t)
{
    return c == SIZE_MAX ? NAN : tw_panel_at(panel, c, s, t);
}

/* The rule a complete bar breaks, by how much (relative to its close); NULL when none. */
static const char *broken_rule(const bar *b, double *by)
{
    const double top = fmax(b->open, b->close), bottom = fmin(b->open, b->close),
                 scale = fabs(b->close) > 0 ? fabs(b->close) : 1;
    *by = (b->low - b->high) / scale;
    if (*by > 0) return "low above high";
    *by = (top - b->high) / scale;
    if (*by > 0) return b->open > b->close ? "open above high" : "close above high";
    *by = (b->low - bottom) / scale;
    if (*by > 0) return b->open < b->close ? "open below low" : "close below low";
    *by = fmax(b->vwap - b->high, b->low - b->vwap) / scale;
    return *by > 0 ? "vwap outside the bar" : NULL;
}

static tw_status check_bar(const tw_panel *panel, const bar *b, double tolerance, tw_where where)
{
    double by = 0;
    const int missing = isnan(b->open) + isnan(b->high) + isnan(b->low) + isnan(b->close);
    const tw_stamp_text stamp = tw_stamp_of(panel, where.time);
    if (missing > 0) {
        where.severity = TW_WARN;
        if (missing == 4) {
            where.value = b->volume;
            return b->volume > 0 ? tw_finding_write(&where, "%s: volume %g without any price", stamp.text, b->volume)
                                 : TW_OK;
        }
        where.value = missing;
        return tw_finding_write(&where, "%s: %d of open, high, low, close missing (%g %g %g %g)", stamp.text, missing,
                                b->open, b->high, b->low, b->close);
    }
    const char *rule = broken_rule(b, &by);
    if (!rule || by <= tolerance) return TW_OK;
    where.value = by;
    return tw_finding_write(&where, "%s: %s by %.3g %% (open %g high %g low %g close %g)", stamp.text, rule, 100 * by,
                            b->open, b->high, b->low, b->close);
}

/* The bars of trades, of bids or of asks; *any is set when all four prices are there. */
static tw_status check_bars(const tw_panel *p, const char *const names[6], double tolerance, tw_findings *out,
                            bool *any)
{
    size_t c[6];
    for (size_t i = 0; i < 6; i++) c[i] = tw_panel_find_column(p, names[i]);
    if (c[0] == SIZE_MAX || c[1] == SIZE_MAX || c[2] == SIZE_MAX || c[3] == SIZE_MAX) return TW_OK;
    *any = true;
    for (size_t s = 0; s < p->shape.n_symbols; s++)
        for (size_t t = 0; t < p->shape.n_times; t++) {
            const bar b = {tw_panel_at(p, c[0], s, t), tw_panel_at(p, c[1], s, t), tw_panel_at(p, c[2], s, t),
                           tw_panel_at(p, c[3], s, t), column_at(p, c[4], s, t),   column_at(p, c[5], s, t)};
            TW_TRY(check_bar(p, &b, tolerance, (tw_where){out, "ohlc", TW_ERROR, s, t, 0, tolerance}));
        }
    return TW_OK;
}

static tw_status run_ohlc(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                          tw_error *err)
{
    (void)ctx;
    static const char *const names[][6] = {
        {"open", "high", "low", "close", "vwap", "volume"},
        {"bid_open", "bid_high", "bid_low", "bid_close", "bid_vwap", "bid_size"},
        {"ask_open", "ask_high", "ask_low", "ask_close", "ask_vwap", "ask_size"},
    };
    const double tolerance = ((const ohlc_params *)params)->tolerance;
    bool any = false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (check_bars(input->panel, names[i], tolerance, out, &any) != TW_OK) return tw_no_memory(err, "findings");
    return any ? TW_OK : tw_findings_not_run(out, "ohlc", "open, high, low and close are not all there");
}

const tw_check tw_check_ohlc = {.name = "ohlc",
                                .title = "low <= open, close <= high; vwap within",
                                .source = SOURCE,
                                .severity = TW_ERROR,
                                .params = ohlc_table,
                                .params_size = sizeof(ohlc_params),
                                .run = run_ohlc};

/* ---------------------------------------------------------------- price_sign */

typedef struct sign_params {
    bool negative;
} sign_params;
static const tw_param sign_table[] = {
    TW_PARAM(sign_params, negative, 0, 0, 1, "prices may be zero or negative (spreads, some futures)"),
    TW_PARAM_END,
};

static tw_status check_signs(const tw_panel *p, size_t c, bool price, tw_findings *out)
{
    for (size_t s = 0; s < p->shape.n_symbols; s++)
        for (size_t t = 0; t < p->shape.n_times; t++) {
            const double x = tw_panel_at(p, c, s, t);
            const bool bad = price ? x <= 0 : x < 0;
            if (!bad && !isinf(x)) continue;
            const tw_where where = {out, "price_sign", TW_ERROR, s, t, x, 0};
            TW_TRY(tw_finding_write(&where, "%s: %s is %g", tw_stamp_of(p, t).text, p->shape.columns[c], x));
        }
    return TW_OK;
}

static tw_status run_price_sign(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                tw_error *err)
{
    (void)ctx;
    const tw_panel *p = input->panel;
    const bool negative = ((const sign_params *)params)->negative;
    for (size_t c = 0; c < p->shape.n_columns; c++) {
        const bool price = tw_is_price_column(p->shape.columns[c]), volume = strcmp(p->shape.columns[c], "volume") == 0;
        if ((price && !negative) || volume)
            if (check_signs(p, c, price, out) != TW_OK) return tw_no_memory(err, "findings");
    }
    return TW_OK;
}

const tw_check tw_check_price_sign = {.name = "price_sign",
                                      .title = "prices > 0, volumes >= 0, all finite",
                                      .source = SOURCE,
                                      .severity = TW_ERROR,
                                      .params = sign_table,
                                      .params_size = sizeof(sign_params),
                                      .run = run_price_sign};

/* ---------------------------------------------------------------- tick_size */

typedef struct tick_params {
    double tick, share;
} tick_params;
static const tw_param tick_table[] = {
    TW_PARAM(tick_params, tick, 0.01, 1e-9, 1e6, "smallest step of a price"),
    TW_PARAM(tick_params, share, 0.99, 0.5, 1, "a symbol is checked when this share of its prices is on the tick"),
    TW_PARAM_END,
};

static bool on_tick(double x, double tick)
{
    const double steps = x / tick;
    return fabs(steps - floor(steps + 0.5)) < 1e-6 * fmax(1, steps * 1e-6);
}

static tw_status check_ticks(tw_series *series, size_t s, const tick_params *p, tw_findings *out)
{
    size_t off = 0;
    tw_listing list = {0};
    tw_series_load(series, s);
    for (size_t k = 0; k < series->n; k++) off += !on_tick(series->close[k], p->tick);
    if (off == 0 || (double)off > (1 - p->share) * (double)series->n) return TW_OK;
    for (size_t k = 0; k < series->n; k++) {
        if (on_tick(series->close[k], p->tick)) continue;
        const tw_where where = {out, "tick_size", TW_INFO, s, series->t[k], series->close[k], p->tick};
        TW_TRY(tw_listing_write(&list, &where, "%s: the close %.8g is no multiple of %g, as %zu of %zu closes are",
                                tw_stamp_of(series->panel, series->t[k]).text, series->close[k], p->tick,
                                series->n - off, series->n));
    }
    return tw_listing_end(&list, "closes");
}

static tw_status run_tick_size(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                               tw_error *err)
{
    tw_series series;
    if (!tw_has_closes(input->panel, NULL)) return tw_findings_not_run(out, "tick_size", "the panel has no close");
    tw_status st = tw_series_init(&series, ctx, input->panel, err);
    for (size_t s = 0; st == TW_OK && s < input->panel->shape.n_symbols; s++) st = check_ticks(&series, s, params, out);
    tw_series_clear(&series);
    return st;
}

const tw_check tw_check_tick_size = {.name = "tick_size",
                                     .title = "closes are multiples of the tick",
                                     .source = SOURCE,
                                     .severity = TW_INFO,
                                     .params = tick_table,
                                     .params_size = sizeof(tick_params),
                                     .run = run_tick_size};

/* ---------------------------------------------------------------- stale */

typedef struct stale_params {
    int sessions, traded, whole;
} stale_params;
static const tw_param stale_table[] = {
    TW_PARAM(stale_params, sessions, 5, 2, 10000, "bars with the same close and no volume"),
    TW_PARAM(stale_params, traded, 10, 2, 10000, "daily bars with the same close whatever the volume"),
    TW_PARAM(stale_params, whole, 5, 2, 10000, "daily bars with the same open, high, low and close, not all equal"),
    TW_PARAM_END,
};

/* The longest stretch of one and the same bar, with a range, within a run of equal closes. */
static size_t same_bars(const tw_series *x, const size_t run[2])
{
    size_t longest = 0, n = 1;
    for (size_t k = run[0] + 1; k < run[1]; k++) {
        const bool same = x->open[k] == x->open[k - 1] && x->high[k] == x->high[k - 1] && x->low[k] == x->low[k - 1] &&
                          x->high[k] > x->low[k];
        n = same ? n + 1 : 1;
        if (n > longest) longest = n;
    }
    return longest;
}

static bool is_stale(const tw_series *x, const size_t run[2], size_t dry, const stale_params *p)
{
    const bool has_volume = x->column[4] != SIZE_MAX, daily = x->panel->shape.bar_ns == TW_NS_PER_DAY;
    if (has_volume && dry >= (size_t)p->sessions) return true;
    if (has_volume && !daily) return false;
    return run[1] - run[0] >= (size_t)p->traded || same_bars(x, run) >= (size_t)p->whole;
}

/* Reports the run of equal closes from bar `first` to before `end`. */
static tw_status report_run(const tw_series *series, size_t s, const size_t run[2], const stale_params *p,
                            tw_findings *out)
{
    size_t dry = 0;
    for (size_t k = run[0]; k < run[1]; k++)
        if (!(series->volume[k] > 0)) dry++;
    const size_t length = run[1] - run[0];
    if (!is_stale(series, run, dry, p)) return TW_OK;
    const tw_where where = {out, "stale", TW_WARN, s, series->t[run[0]], (double)length, p->sessions};
    return tw_finding_write(&where, "close %g for %zu bars from %s to %s, %zu of them without volume",
                            series->close[run[0]], length, tw_stamp_of(series->panel, series->t[run[0]]).text,
                            tw_stamp_of(series->panel, series->t[run[1] - 1]).text, dry);
}

static tw_status check_stale(tw_series *series, size_t s, const stale_params *p, tw_findings *out)
{
    tw_series_load(series, s);
    for (size_t k = 0, end; k < series->n; k = end) {
        for (end = k + 1; end < series->n && series->close[end] == series->close[k];) end++;
        TW_TRY(report_run(series, s, (size_t[2]){k, end}, p, out));
    }
    return TW_OK;
}

static tw_status run_stale(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                           tw_error *err)
{
    tw_series series;
    if (!tw_has_closes(input->panel, NULL)) return tw_findings_not_run(out, "stale", "the panel has no close");
    tw_status st = tw_series_init(&series, ctx, input->panel, err);
    for (size_t s = 0; st == TW_OK && s < input->panel->shape.n_symbols; s++) st = check_stale(&series, s, params, out);
    tw_series_clear(&series);
    return st;
}

const tw_check tw_check_stale = {.name = "stale",
                                 .title = "the close does not stand still",
                                 .source = SOURCE,
                                 .severity = TW_WARN,
                                 .params = stale_table,
                                 .params_size = sizeof(stale_params),
                                 .run = run_stale};
