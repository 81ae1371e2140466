/* SPDX-License-Identifier: Apache-2.0 */
/* check_time.c - bars against the calendar: gaps, repeated bars, clocks. */
#include "data/check.h"

#include "data/actions.h"
#include "data/calendar.h"
#include "tradewind/num.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SOURCE "docs/data-quality.md"

/* ---------------------------------------------------------------- session_gaps */

typedef struct gap_params {
    char calendar[TW_TEXT_MAX];
    double day_share;
} gap_params;
static const tw_param gap_table[] = {
    TW_PARAM_TEXT(gap_params, calendar, "", NULL, "calendar to hold the bars against; empty: the panel's own"),
    TW_PARAM(gap_params, day_share, 0.1, 0, 1,
             "a time is reported when more than this share of the living symbols lack its bar"),
    TW_PARAM_END,
};

typedef struct gaps {
    const tw_panel *panel;
    const tw_calendar *calendar;
    const gap_params *params;
    tw_findings *out;
    size_t close;
    uint32_t *living, *missing; /* symbols at each time */
} gaps;

static bool has_bar(const gaps *g, size_t s, size_t t)
{
    if (g->close != SIZE_MAX) return !isnan(tw_panel_at(g->panel, g->close, s, t));
    for (size_t c = 0; c < g->panel->shape.n_columns; c++)
        if (!isnan(tw_panel_at(g->panel, c, s, t))) return true;
    return false;
}

/* Sessions from `from` to before `to`, on which no symbol has a bar. */
static tw_status check_hole(const gaps *g, int64_t from, int64_t to, size_t t)
{
    tw_session session;
    size_t n = 0;
    int64_t first = from;
    for (int64_t day = from; day < to; day++)
        if (tw_calendar_session(g->calendar, day, &session) && n++ == 0) first = day;
    if (n == 0) return TW_OK;
    const tw_civil d = tw_date_from_days(first);
    const tw_where where = {g->out, "session_gaps", TW_WARN, TW_NOWHERE, t, (double)n, 0};
    return tw_finding_write(&where, "%zu session%s of %s without any bar from %04d-%02d-%02d on", n, n > 1 ? "s" : "",
                            tw_calendar_name(g->calendar), d.year, d.month, d.day);
}

/* Days with bars against days with sessions, both ways. */
static tw_status check_days(const gaps *g, const int64_t *days)
{
    const size_t n = g->panel->shape.n_times;
    const bool daily = g->panel->shape.bar_ns == TW_NS_PER_DAY;
    tw_session session;
    for (size_t t = 0; t < n; t++) {
        if (t > 0 && days[t] == days[t - 1]) continue;
        if (daily && !tw_calendar_session(g->calendar, days[t], &session)) {
            const tw_where where = {g->out, "session_gaps", TW_WARN, TW_NOWHERE, t, 1, 0};
            TW_TRY(tw_finding_write(&where, "%s: bars on a day without a session of %s", tw_stamp_of(g->panel, t).text,
                                    tw_calendar_name(g->calendar)));
        }
        if (t > 0) TW_TRY(check_hole(g, days[t - 1] + 1, days[t], t));
    }
    return TW_OK;
}

/* One symbol between its first and last bar. */
static tw_status check_symbol(gaps *g, size_t s)
{
    const size_t n = g->panel->shape.n_times;
    size_t first = 0, end = n, count = 0, at = 0, run = 0, longest = 0;
    while (first < n && !has_bar(g, s, first)) first++;
    while (end > first && !has_bar(g, s, end - 1)) end--;
    for (size_t t = first; t < end; t++) {
        const bool there = has_bar(g, s, t);
        g->living[t]++;
        g->missing[t] += !there;
        if (!there && count++ == 0) at = t;
        run = there ? 0 : run + 1;
        if (run > longest) longest = run;
    }
    if (count == 0) return TW_OK;
    const tw_where where = {g->out, "session_gaps", TW_WARN, s, at, (double)count, 0};
    return tw_finding_write(&where, "%zu of %zu bars missing, first %s, longest gap %zu", count, end - first,
                            tw_stamp_of(g->panel, at).text, longest);
}

static tw_status check_times(const gaps *g)
{
    for (size_t t = 0; t < g->panel->shape.n_times; t++) {
        const double share = g->living[t] ? (double)g->missing[t] / g->living[t] : 0;
        if (g->living[t] < 20 || share <= g->params->day_share) continue;
        const tw_where where = {g->out, "session_gaps", TW_WARN, TW_NOWHERE, t, share, g->params->day_share};
        TW_TRY(tw_finding_write(&where, "%s: %u of %u symbols have no bar", tw_stamp_of(g->panel, t).text,
                                g->missing[t], g->living[t]));
    }
    return TW_OK;
}

/* Bars of the session that the regular hours hold, in a panel of one bar width. */
static tw_status check_minutes(const gaps *g, const int64_t *days)
{
    const size_t n = g->panel->shape.n_times;
    tw_session session;
    size_t short_days = 0, first = 0, bars = 0, wanted_all = 0;
    for (size_t t = 0, end; t < n; t = end) {
        for (end = t; end < n && days[end] == days[t];) end++;
        if (!tw_calendar_session(g->calendar, days[t], &session)) continue;
        size_t wanted = 0;
        for (int64_t x = session.open_ns; x < session.close_ns; x += g->panel->shape.bar_ns)
            wanted += tw_calendar_is_open(g->calendar, x);
        bars += end - t;
        wanted_all += wanted;
        if (end - t < wanted && short_days++ == 0) first = t;
    }
    if (short_days == 0) return TW_OK;
    const tw_where where = {g->out, "session_gaps", TW_INFO, TW_NOWHERE, first, (double)short_days, 0};
    return tw_finding_write(
        &where, "%zu days have fewer bars than the hours of %s hold, first %s; %zu bars of %zu in all", short_days,
        tw_calendar_name(g->calendar), tw_stamp_of(g->panel, first).text, bars, wanted_all);
}

static tw_status run_gaps(gaps *g, const int64_t *days)
{
    for (size_t s = 0; s < g->panel->shape.n_symbols; s++) TW_TRY(check_symbol(g, s));
    TW_TRY(check_times(g));
    if (!g->calendar)
        return tw_findings_not_run(g->out, "session_gaps", "no calendar: only gaps within symbols were looked for");
    TW_TRY(check_days(g, days));
    return g->panel->shape.bar_ns < TW_NS_PER_DAY ? check_minutes(g, days) : TW_OK;
}

static tw_status run_session_gaps(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                  tw_error *err)
{
    gaps g = {.panel = input->panel,
              .calendar = input->panel->calendar,
              .params = params,
              .out = out,
              .close = tw_panel_find_column(input->panel, "close")};
    const size_t n = input->panel->shape.n_times;
    if (g.params->calendar[0]) TW_TRY(tw_calendar_find(g.params->calendar, &g.calendar, err));
    int64_t *days = tw_panel_days(ctx, input->panel);
    g.living = tw_new(ctx, 2 * n + 1, sizeof *g.living);
    tw_status st = TW_NO_MEMORY;
    if (days && g.living) {
        g.missing = g.living + n;
        st = run_gaps(&g, days);
    }
    tw_free(ctx, days);
    tw_free(ctx, g.living);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_session_gaps = {.name = "session_gaps",
                                        .title = "bars on every session, and on no other day",
                                        .source = SOURCE,
                                        .severity = TW_WARN,
                                        .params = gap_table,
                                        .params_size = sizeof(gap_params),
                                        .run = run_session_gaps};

/* ---------------------------------------------------------------- duplicates */

typedef struct twin {
    uint64_t hash;
    size_t symbol;
} twin;

static int by_hash(const void *a, const void *b)
{
    const twin *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

static bool same_bar(const tw_series *x, size_t k)
{
    return x->volume[k] > 0 && x->volume[k] == x->volume[k - 1] && x->close[k] == x->close[k - 1] &&
           x->open[k] == x->open[k - 1] && x->high[k] == x->high[k - 1] && x->low[k] == x->low[k - 1];
}

static tw_status check_repeats(const tw_series *x, size_t s, tw_findings *out)
{
    for (size_t k = 1; k < x->n; k++) {
        /* A bar with one price and a few lots comes back by chance; one with a range does not. */
        if (!same_bar(x, k) || x->high[k] == x->low[k]) continue;
        const tw_where where = {out, "duplicates", TW_WARN, s, x->t[k], 1, 0};
        TW_TRY(tw_finding_write(&where, "%s: the bar of %s again (close %g, volume %g)",
                                tw_stamp_of(x->panel, x->t[k]).text, tw_stamp_of(x->panel, x->t[k - 1]).text,
                                x->close[k], x->volume[k]));
    }
    return TW_OK;
}

static tw_status check_twins(const tw_panel *panel, twin *twins, size_t n, tw_findings *out)
{
    if (n > 1) qsort(twins, n, sizeof *twins, by_hash);
    for (size_t i = 1; i < n; i++) {
        if (twins[i].hash != twins[i - 1].hash) continue;
        const tw_where where = {out, "duplicates", TW_ERROR, twins[i].symbol, TW_NOWHERE, 1, 0};
        TW_TRY(tw_finding_write(&where, "the same bars as %s throughout", panel->shape.symbols[twins[i - 1].symbol]));
    }
    return TW_OK;
}

static tw_status run_duplicates(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                                tw_error *err)
{
    (void)params;
    const size_t n = input->panel->shape.n_symbols;
    tw_series x;
    size_t n_twins = 0;
    TW_TRY(tw_series_init(&x, ctx, input->panel, err));
    twin *twins = tw_new(ctx, n + 1, sizeof *twins);
    tw_status st = twins ? TW_OK : TW_NO_MEMORY;
    for (size_t s = 0; st == TW_OK && s < n; s++) {
        tw_series_load(&x, s);
        /* Between minutes of a quiet market the same bar comes back by itself. */
        if (input->panel->shape.bar_ns == TW_NS_PER_DAY) st = check_repeats(&x, s, out);
        if (x.n < 20) continue;
        const uint64_t closes = tw_hash64(x.close, x.n * sizeof *x.close, tw_hash64(x.t, x.n * sizeof *x.t, 0));
        twins[n_twins++] = (twin){tw_hash64(x.volume, x.n * sizeof *x.volume, closes), s};
    }
    if (st == TW_OK) st = check_twins(input->panel, twins, n_twins, out);
    tw_free(ctx, twins);
    tw_series_clear(&x);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_duplicates = {.name = "duplicates",
                                      .title = "no bar and no symbol twice (equal keys are set aside at import)",
                                      .source = SOURCE,
                                      .severity = TW_ERROR,
                                      .run = run_duplicates};

/* ---------------------------------------------------------------- time_zone */

typedef struct zone_params {
    char calendar[TW_TEXT_MAX];
} zone_params;
static const tw_param zone_table[] = {
    TW_PARAM_TEXT(zone_params, calendar, "", NULL, "calendar to hold the clock against; empty: the panel's own"),
    TW_PARAM_END,
};

typedef struct clocks {
    const tw_panel *panel;
    const tw_calendar *calendar;
    tw_findings *out;
    size_t outside, first_outside;
    size_t shifted[2], first_shifted; /* sessions whose first bar comes an hour early, late */
    size_t sessions, on_time;
} clocks;

static void look_at_session(clocks *c, size_t t, int64_t day)
{
    tw_session s;
    if (!tw_calendar_session(c->calendar, day, &s)) return;
    const int64_t width = c->panel->shape.stamped_at_end ? c->panel->shape.bar_ns : 0;
    const int64_t late = c->panel->shape.times[t] - width - s.open_ns, hour = 3600 * TW_NS_PER_SECOND;
    c->sessions++;
    c->on_time += late == 0;
    if (late != hour && late != -hour) return;
    if (c->shifted[0] + c->shifted[1] == 0) c->first_shifted = t;
    c->shifted[late > 0]++;
}

static bool is_outside(const clocks *c, size_t t)
{
    const int64_t width = c->panel->shape.stamped_at_end ? c->panel->shape.bar_ns : 0;
    return !tw_calendar_is_open(c->calendar, c->panel->shape.times[t] - width);
}

static tw_status report_clocks(clocks *c)
{
    const char *name = tw_calendar_name(c->calendar);
    if (c->outside) {
        const tw_where where = {c->out, "time_zone", TW_WARN, TW_NOWHERE, c->first_outside, (double)c->outside, 0};
        TW_TRY(tw_finding_write(&where, "%zu of %zu bars start outside the hours of %s, first %s", c->outside,
                                c->panel->shape.n_times, name, tw_stamp_of(c->panel, c->first_outside).text));
    }
    const size_t shifted = c->shifted[0] + c->shifted[1];
    if (shifted == 0) return TW_OK;
    const bool often = shifted * 20 > c->sessions;
    const tw_where where = {
        c->out, "time_zone", often ? TW_ERROR : TW_WARN, TW_NOWHERE, c->first_shifted, (double)shifted, 0};
    return tw_finding_write(&where, "%zu of %zu sessions of %s begin exactly an hour %s, first %s: %s", shifted,
                            c->sessions, name, c->shifted[1] > c->shifted[0] ? "late" : "early",
                            tw_stamp_of(c->panel, c->first_shifted).text,
                            often ? "daylight saving is not followed" : "late openings or a lost hour");
}

static tw_status run_time_zone(const tw_ctx *ctx, const tw_check_input *input, const void *params, tw_findings *out,
                               tw_error *err)
{
    clocks c = {.panel = input->panel, .calendar = input->panel->calendar, .out = out};
    const zone_params *p = params;
    if (p->calendar[0]) TW_TRY(tw_calendar_find(p->calendar, &c.calendar, err));
    if (input->panel->shape.bar_ns == TW_NS_PER_DAY)
        return tw_findings_not_run(out, "time_zone", "daily bars have no clock");
    if (!c.calendar) return tw_findings_not_run(out, "time_zone", "no calendar to hold the clock against");
    int64_t *days = tw_panel_days(ctx, input->panel);
    if (!days) return tw_no_memory(err, "the days of a panel");
    for (size_t t = 0; t < input->panel->shape.n_times; t++) {
        if (t == 0 || days[t] != days[t - 1]) look_at_session(&c, t, days[t]);
        if (is_outside(&c, t) && c.outside++ == 0) c.first_outside = t;
    }
    const tw_status st = report_clocks(&c);
    tw_free(ctx, days);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_time_zone = {.name = "time_zone",
                                     .title = "bars keep the exchange's hours, also when its clock changes",
                                     .source = SOURCE,
                                     .severity = TW_ERROR,
                                     .params = zone_table,
                                     .params_size = sizeof(zone_params),
                                     .run = run_time_zone};
