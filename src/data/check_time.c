/* SPDX-License-Identifier: Apache-2.0 */
/* check_time.c - bars against the clock of their exchange. */
#include "data/check.h"

#include "data/actions.h"

#define SOURCE "docs/data-quality.md"

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
    size_t sessions;
    const int64_t *days;
} clocks;

enum { OFTEN = 20 /* one in so many is no slip */ };

static int64_t start_of(const clocks *c, size_t t)
{
    return c->panel->shape.times[t] - (c->panel->shape.stamped_at_end ? c->panel->shape.bar_ns : 0);
}

static bool is_outside(const clocks *c, size_t t) { return !tw_calendar_is_open(c->calendar, start_of(c, t)); }

/* +1 when bar t is the first of its session and begins exactly an hour late, -1 an hour early, else 0. */
static int shift_at(const clocks *c, size_t t, bool *is_session)
{
    tw_session s;
    const int64_t hour = 3600 * TW_NS_PER_SECOND;
    *is_session = (t == 0 || c->days[t] != c->days[t - 1]) && tw_calendar_session(c->calendar, c->days[t], &s);
    if (!*is_session) return 0;
    const int64_t late = start_of(c, t) - s.open_ns;
    return late == hour ? 1 : late == -hour ? -1 : 0;
}

static void count_clocks(clocks *c)
{
    for (size_t t = 0; t < c->panel->shape.n_times; t++) {
        bool is_session;
        const int shift = shift_at(c, t, &is_session);
        c->sessions += is_session;
        if (shift && c->shifted[0] + c->shifted[1] == 0) c->first_shifted = t;
        if (shift) c->shifted[shift > 0]++;
        if (is_outside(c, t) && c->outside++ == 0) c->first_outside = t;
    }
}

static tw_where clock_place(const clocks *c, tw_severity severity, size_t t, size_t count)
{
    return (tw_where){c->out, "time_zone", severity, TW_NOWHERE, t, (double)count, 0};
}

/* Few slips are listed one by one. */
static tw_status list_clocks(const clocks *c, bool outside, bool shifted)
{
    const char *name = tw_calendar_name(c->calendar);
    tw_listing out = {0}, moved = {0};
    for (size_t t = 0; t < c->panel->shape.n_times; t++) {
        bool is_session;
        const tw_where where = clock_place(c, TW_WARN, t, 1);
        const int shift = shifted ? shift_at(c, t, &is_session) : 0;
        if (shift)
            TW_TRY(tw_listing_write(&moved, &where, "the session of %s begins exactly an hour %s, at %s", name,
                                    shift > 0 ? "late" : "early", tw_stamp_of(c->panel, t).text));
        if (outside && is_outside(c, t))
            TW_TRY(tw_listing_write(&out, &where, "%s: a bar outside the hours of %s", tw_stamp_of(c->panel, t).text,
                                    name));
    }
    TW_TRY(tw_listing_end(&moved, "shifted sessions"));
    return tw_listing_end(&out, "bars outside the hours");
}

static tw_status report_clocks(const clocks *c)
{
    const char *name = tw_calendar_name(c->calendar);
    const size_t shifted = c->shifted[0] + c->shifted[1];
    const bool often_outside = c->outside * OFTEN > c->panel->shape.n_times, often = shifted * OFTEN > c->sessions;
    tw_where where = clock_place(c, TW_WARN, c->first_outside, c->outside);
    if (often_outside)
        TW_TRY(tw_finding_write(&where, "%zu of %zu bars start outside the hours of %s, first %s", c->outside,
                                c->panel->shape.n_times, name, tw_stamp_of(c->panel, c->first_outside).text));
    where = clock_place(c, TW_ERROR, c->first_shifted, shifted);
    if (often)
        TW_TRY(tw_finding_write(&where,
                                "%zu of %zu sessions of %s begin exactly an hour %s, first %s: daylight saving is not "
                                "followed",
                                shifted, c->sessions, name, c->shifted[1] > c->shifted[0] ? "late" : "early",
                                tw_stamp_of(c->panel, c->first_shifted).text));
    return list_clocks(c, !often_outside, !often);
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
    c.days = days;
    count_clocks(&c);
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
