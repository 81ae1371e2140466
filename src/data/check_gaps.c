/* SPDX-License-Identifier: Apache-2.0 */
/* check_gaps.c - bars that are not there, and bars on days and of symbols that should have none. */
#include "data/check.h"

#include "data/actions.h"
#include "tradewind/num.h"

#include <math.h>

#define SOURCE "docs/data-quality.md"

enum {
    FEW = 5,         /* bars of a symbol that look like a slip of its name or date */
    LONG = 50,       /* times of a panel that is long enough to say so */
    PAUSE_DAYS = 14, /* the longest holidays of a market are shorter */
};

typedef struct gap_params {
    char calendar[TW_TEXT_MAX];
    double day_share, sparse;
} gap_params;
static const tw_param gap_table[] = {
    TW_PARAM_TEXT(gap_params, calendar, "", NULL, "calendar to hold the bars against; empty: the panel's own"),
    TW_PARAM(gap_params, day_share, 0.1, 0, 1,
             "a time is reported when more than this share of the living symbols lack its bar"),
    TW_PARAM(gap_params, sparse, 0.01, 0, 1,
             "gaps within intraday hours are listed up to this share, beyond it counted"),
    TW_PARAM_END,
};

typedef struct gaps {
    const tw_panel *panel;
    const tw_calendar *calendar;
    const gap_params *params;
    tw_findings *out;
    size_t close;
    uint32_t *living, *missing; /* symbols at each time */
    bool *off;                  /* times at which hardly anybody has a bar: told once, not for each symbol */
    const int64_t *days;
} gaps;

static bool has_bar(const gaps *g, size_t s, size_t t)
{
    if (g->close != SIZE_MAX) return !isnan(tw_panel_at(g->panel, g->close, s, t));
    for (size_t c = 0; c < g->panel->shape.n_columns; c++)
        if (!isnan(tw_panel_at(g->panel, c, s, t))) return true;
    return false;
}

static tw_where place(const gaps *g, tw_severity severity, size_t s, size_t t, double value)
{
    return (tw_where){g->out, "session_gaps", severity, s, t, value, 0};
}

/* ---------------------------------------------------------------- which times count */

/* First and one past the last bar of a symbol. */
static void life_of(const gaps *g, size_t s, size_t *first, size_t *end)
{
    const size_t n = g->panel->shape.n_times;
    for (*first = 0; *first < n && !has_bar(g, s, *first);) ++*first;
    for (*end = n; *end > *first && !has_bar(g, s, *end - 1);) --*end;
}

static void count_living(gaps *g)
{
    for (size_t s = 0; s < g->panel->shape.n_symbols; s++) {
        size_t first, end;
        life_of(g, s, &first, &end);
        for (size_t t = first; t < end; t++) {
            g->living[t]++;
            g->missing[t] += !has_bar(g, s, t);
        }
    }
}

static bool is_session(const gaps *g, int64_t day)
{
    tw_session session;
    return tw_calendar_session(g->calendar, day, &session);
}

/* Days of a weekend are off in a daily panel that hardly has any, when there is no calendar to ask. */
static bool weekends_are_off(const gaps *g)
{
    size_t n = 0;
    for (size_t t = 0; t < g->panel->shape.n_times; t++) n += tw_weekday(g->days[t]) >= 5;
    return !g->calendar && g->panel->shape.bar_ns == TW_NS_PER_DAY && n > 0 && n * LONG <= g->panel->shape.n_times;
}

static void find_off_times(gaps *g)
{
    const bool daily = g->panel->shape.bar_ns == TW_NS_PER_DAY, weekends = weekends_are_off(g);
    for (size_t t = 0; t < g->panel->shape.n_times; t++) {
        const bool lonely = g->living[t] >= 4 && 2 * g->missing[t] > g->living[t];
        const bool closed = daily && g->calendar && !is_session(g, g->days[t]);
        g->off[t] = lonely || closed || (weekends && tw_weekday(g->days[t]) >= 5);
    }
}

static tw_status check_times(const gaps *g)
{
    const bool weekends = weekends_are_off(g);
    for (size_t t = 0; t < g->panel->shape.n_times; t++) {
        const double share = g->living[t] ? (double)g->missing[t] / g->living[t] : 0;
        if (weekends && tw_weekday(g->days[t]) >= 5) {
            const tw_where where = place(g, TW_WARN, TW_NOWHERE, t, 1);
            TW_TRY(tw_finding_write(&where, "%s: bars on a %s, of which there are hardly any",
                                    tw_stamp_of(g->panel, t).text,
                                    tw_weekday(g->days[t]) == 5 ? "Saturday" : "Sunday"));
        }
        if (g->living[t] < (g->off[t] ? 4 : 20) || share <= g->params->day_share) continue;
        tw_where where = place(g, TW_WARN, TW_NOWHERE, t, share);
        where.bound = g->params->day_share;
        TW_TRY(tw_finding_write(&where, "%s: %u of %u symbols have no bar", tw_stamp_of(g->panel, t).text,
                                g->missing[t], g->living[t]));
    }
    return TW_OK;
}

/* ---------------------------------------------------------------- one symbol */

typedef struct hole {
    size_t first, last, bars;
} hole;

/* The next run of missing bars from `t` on, before `end`; false when there is none. Times that are off do not count. */
static bool next_hole(const gaps *g, size_t s, size_t t, size_t end, hole *h)
{
    while (t < end && (g->off[t] || has_bar(g, s, t))) t++;
    *h = (hole){t, t, 0};
    for (; t < end && (g->off[t] || !has_bar(g, s, t)); t++)
        if (!g->off[t]) h->last = t, h->bars++;
    return h->bars > 0;
}

static tw_status check_holes(const gaps *g, size_t s, size_t first, size_t end)
{
    hole h;
    size_t n = 0, holes = 0, longest = 0, at = 0;
    tw_listing list = {0};
    for (size_t t = first; next_hole(g, s, t, end, &h); t = h.last + 1) {
        if (holes++ == 0) at = h.first;
        n += h.bars;
        longest = h.bars > longest ? h.bars : longest;
    }
    const tw_where all = place(g, TW_WARN, s, at, (double)n);
    if ((double)n > g->params->day_share * (double)(end - first) && holes > FEW)
        return tw_finding_write(&all, "%zu of %zu bars missing, first %s, longest gap %zu", n, end - first,
                                tw_stamp_of(g->panel, at).text, longest);
    for (size_t t = first; next_hole(g, s, t, end, &h); t = h.last + 1) {
        const tw_where where = place(g, TW_WARN, s, h.first, (double)h.bars);
        TW_TRY(tw_listing_write(&list, &where, "no bar on %s%s%s, %zu missing", tw_stamp_of(g->panel, h.first).text,
                                h.bars > 1 ? " to " : "", h.bars > 1 ? tw_stamp_of(g->panel, h.last).text : "",
                                h.bars));
    }
    return tw_listing_end(&list, "gaps");
}

/* Times from `from` to before `to` that count. */
static size_t times_between(const gaps *g, size_t from, size_t to)
{
    size_t n = 0;
    for (size_t t = from; t < to; t++) n += !g->off[t];
    return n;
}

static tw_status check_symbol(const gaps *g, size_t s)
{
    const size_t n = g->panel->shape.n_times;
    size_t first, end, bars = 0;
    life_of(g, s, &first, &end);
    if (first == n) return TW_OK;
    for (size_t t = first; t < end; t++) bars += has_bar(g, s, t);
    if (bars <= FEW && n >= LONG) {
        const tw_where where = place(g, TW_WARN, s, first, (double)bars);
        return tw_finding_write(&where, "%zu bar%s in %zu times, from %s on: a slip of the symbol?", bars,
                                bars == 1 ? "" : "s", n, tw_stamp_of(g->panel, first).text);
    }
    const size_t after = times_between(g, end, n);
    if (after > FEW && g->panel->shape.n_symbols > 1) {
        const tw_where where = place(g, TW_INFO, s, end - 1, (double)after);
        TW_TRY(tw_finding_write(&where, "ends on %s, %zu bars before the panel: delisted, or cut off",
                                tw_stamp_of(g->panel, end - 1).text, after));
    }
    return check_holes(g, s, first, end);
}

/* ---------------------------------------------------------------- days of the calendar */

/* Sessions from `from` to before `to`, on which no symbol has a bar. */
static tw_status check_hole(const gaps *g, int64_t from, int64_t to, size_t t)
{
    size_t n = 0;
    int64_t first = from;
    for (int64_t day = from; day < to; day++)
        if (is_session(g, day) && n++ == 0) first = day;
    if (n == 0) return TW_OK;
    const tw_civil d = tw_date_from_days(first);
    const tw_where where = place(g, TW_WARN, TW_NOWHERE, t, (double)n);
    return tw_finding_write(&where, "%zu session%s of %s without any bar from %04d-%02d-%02d on", n, n > 1 ? "s" : "",
                            tw_calendar_name(g->calendar), d.year, d.month, d.day);
}

/* Days with bars against days with sessions, both ways. */
static tw_status check_days(const gaps *g)
{
    const bool daily = g->panel->shape.bar_ns == TW_NS_PER_DAY;
    for (size_t t = 0; t < g->panel->shape.n_times; t++) {
        if (t > 0 && g->days[t] == g->days[t - 1]) continue;
        if (daily && !is_session(g, g->days[t])) {
            const tw_where where = place(g, TW_WARN, TW_NOWHERE, t, 1);
            TW_TRY(tw_finding_write(&where, "%s: bars on a day without a session of %s", tw_stamp_of(g->panel, t).text,
                                    tw_calendar_name(g->calendar)));
        }
        if (t > 0) TW_TRY(check_hole(g, g->days[t - 1] + 1, g->days[t], t));
    }
    return TW_OK;
}

/* The median step between neighbours, from the first thousand. */
static int64_t usual_step(const gaps *g)
{
    double steps[1000];
    size_t n = 0;
    for (size_t t = 1; t < g->panel->shape.n_times && n < 1000; t++)
        steps[n++] = (double)(g->panel->shape.times[t] - g->panel->shape.times[t - 1]);
    return n ? (int64_t)tw_median(n, steps) : 0;
}

/* Without a calendar: pauses longer than any holiday. A wrong year makes one. */
static tw_status check_pauses(const gaps *g)
{
    const int64_t usual = 5 * usual_step(g), least = PAUSE_DAYS * TW_NS_PER_DAY, bound = usual > least ? usual : least;
    tw_listing list = {0};
    for (size_t t = 1; t < g->panel->shape.n_times; t++) {
        const int64_t step = g->panel->shape.times[t] - g->panel->shape.times[t - 1];
        if (step <= bound) continue;
        tw_where where = place(g, TW_WARN, TW_NOWHERE, t, (double)step / (double)TW_NS_PER_DAY);
        where.bound = (double)bound / (double)TW_NS_PER_DAY;
        TW_TRY(tw_listing_write(&list, &where, "no bar of any symbol for %.0f days, from %s to %s", where.value,
                                tw_stamp_of(g->panel, t - 1).text, tw_stamp_of(g->panel, t).text));
    }
    return tw_listing_end(&list, "pauses");
}

/* ---------------------------------------------------------------- hours */

/* Bars that should stand between two neighbours: in the hours of the calendar, at all times without one. */
static size_t bars_between(const gaps *g, size_t t)
{
    const int64_t bar = g->panel->shape.bar_ns, *times = g->panel->shape.times;
    const int64_t back = g->panel->shape.stamped_at_end ? bar : 0;
    size_t n = 0;
    if (!g->calendar) return (size_t)((times[t] - times[t - 1] - 1) / bar);
    if (g->days[t] - g->days[t - 1] > 1) return 0; /* whole sessions are told of as such */
    for (int64_t x = times[t - 1] + bar; x < times[t]; x += bar) n += tw_calendar_is_open(g->calendar, x - back);
    return n;
}

/* Hours without bars. Many of them are no fault but a market in which not every minute trades: then they are counted.
 */
static tw_status check_hours(const gaps *g)
{
    const size_t n = g->panel->shape.n_times;
    size_t missing = 0, holes = 0, at = 0;
    tw_listing list = {0};
    for (size_t t = 1; t < n; t++) {
        const size_t bars = bars_between(g, t);
        if (bars && holes++ == 0) at = t;
        missing += bars;
    }
    const double share = (double)holes / (double)n;
    if (!g->calendar && share > g->params->sparse) return TW_OK; /* nights, it seems */
    tw_where where = place(g, TW_INFO, TW_NOWHERE, at, share);
    where.bound = g->params->sparse;
    if (share > g->params->sparse)
        return tw_finding_write(&where, "%zu bars missing in %zu gaps within the hours of %s, first before %s", missing,
                                holes, tw_calendar_name(g->calendar), tw_stamp_of(g->panel, at).text);
    for (size_t t = 1; t < n && holes; t++) {
        const size_t bars = bars_between(g, t);
        if (bars == 0) continue;
        where = place(g, TW_WARN, TW_NOWHERE, t, (double)bars);
        TW_TRY(tw_listing_write(&list, &where, "%zu bar%s missing between %s and %s", bars, bars > 1 ? "s" : "",
                                tw_stamp_of(g->panel, t - 1).text, tw_stamp_of(g->panel, t).text));
    }
    return tw_listing_end(&list, "gaps");
}

static tw_status run_gaps(gaps *g)
{
    count_living(g);
    find_off_times(g);
    for (size_t s = 0; s < g->panel->shape.n_symbols; s++) TW_TRY(check_symbol(g, s));
    TW_TRY(check_times(g));
    if (g->panel->shape.bar_ns < TW_NS_PER_DAY) TW_TRY(check_hours(g));
    if (g->calendar) return check_days(g);
    TW_TRY(check_pauses(g));
    return tw_findings_not_run(g->out, "session_gaps", "no calendar: missing sessions were not looked for");
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
    g.off = tw_new(ctx, n + 1, sizeof *g.off);
    tw_status st = TW_NO_MEMORY;
    if (days && g.living && g.off) {
        g.missing = g.living + n;
        g.days = days;
        st = run_gaps(&g);
    }
    tw_free(ctx, days);
    tw_free(ctx, g.living);
    tw_free(ctx, g.off);
    return st == TW_NO_MEMORY ? tw_no_memory(err, "findings") : st;
}

const tw_check tw_check_session_gaps = {.name = "session_gaps",
                                        .title = "bars on every session, and on no other day",
                                        .source = SOURCE,
                                        .severity = TW_WARN,
                                        .params = gap_table,
                                        .params_size = sizeof(gap_params),
                                        .run = run_session_gaps};
