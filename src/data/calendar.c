/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.c - sessions of a day, of a range, of an instant. */
#include "data/calendar.h"

#include <string.h>

static const char *const names[] = {"XNYS", "XNAS", "XLON", "XTKS", "XETR", "CMES", "24/7", "FX", NULL};

const char *const *tw_calendar_names(void) { return names; }

tw_status tw_calendar_find(const char *name, const tw_calendar **calendar, tw_error *err)
{
    for (size_t i = 0; tw_calendars[i]; i++)
        if (strcmp(tw_calendars[i]->name, name) == 0) {
            *calendar = tw_calendars[i];
            return TW_OK;
        }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no calendar \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

const char *tw_calendar_name(const tw_calendar *calendar) { return calendar->name; }

int tw_calendar_utc_offset(const tw_calendar *calendar, int64_t time_ns)
{
    return tw_zone_offset(calendar->zone, time_ns);
}

static const tw_holiday_rule *rule_on(const tw_holiday_rule *rules, const tw_holiday_rule *holidays, int year,
                                      int64_t day)
{
    for (const tw_holiday_rule *r = rules; r && r->from; r++)
        if (tw_holiday_day(r, holidays, year) == day) return r;
    return NULL;
}

static bool is_closure(const tw_calendar *calendar, int32_t date)
{
    for (const int32_t *c = calendar->closures; c && *c; c++)
        if (*c == date) return true;
    return false;
}

/* Minutes of an early close, or 0. */
static int early_close(const tw_calendar *calendar, int year, int64_t day, int32_t date)
{
    for (const tw_early *e = calendar->earlies; e && e->date; e++)
        if (e->date == date) return e->close;
    const tw_holiday_rule *half = rule_on(calendar->half_days, calendar->holidays, year, day);
    return half ? half->close : 0;
}

static const tw_hours *hours_on(const tw_calendar *calendar, int32_t date)
{
    const tw_hours *hours = calendar->hours;
    while (hours[1].from && hours[1].from <= date) hours++;
    return hours;
}

/* A far-away day has no session rather than a time that overflows. */
static bool in_range(int64_t day) { return day > -106000 && day < 106000; }

bool tw_calendar_session(const tw_calendar *calendar, int64_t day, tw_session *session)
{
    if (!in_range(day) || (!calendar->weekends && tw_weekday(day) >= 5)) return false;
    const tw_civil date = tw_date_from_days(day);
    const int32_t number = date.year * 10000 + date.month * 100 + date.day;
    if (is_closure(calendar, number) || rule_on(calendar->holidays, calendar->holidays, date.year, day)) return false;
    const tw_hours *hours = hours_on(calendar, number);
    const int early = early_close(calendar, date.year, day, number);
    session->day = day;
    session->open_ns = tw_zone_instant(calendar->zone, day, hours->open);
    session->close_ns = tw_zone_instant(calendar->zone, day, early ? early : hours->close);
    session->half_day = early != 0;
    return true;
}

size_t tw_calendar_sessions(const tw_calendar *calendar, int64_t first_day, int64_t last_day, size_t room,
                            tw_session *sessions)
{
    size_t n = 0;
    tw_session session;
    for (int64_t day = first_day; day <= last_day; day++) {
        if (!tw_calendar_session(calendar, day, &session)) continue;
        if (sessions && n < room) sessions[n] = session;
        n++;
    }
    return n;
}

static int64_t utc_day(int64_t time_ns) { return time_ns / TW_NS_PER_DAY - (time_ns % TW_NS_PER_DAY < 0); }

/* The session in [open, close) of which the instant lies. */
static bool session_at(const tw_calendar *calendar, int64_t time_ns, tw_session *session)
{
    const int64_t day = utc_day(time_ns);
    for (int64_t d = day - 1; d <= day + 1; d++)
        if (tw_calendar_session(calendar, d, session) && time_ns >= session->open_ns && time_ns < session->close_ns)
            return true;
    return false;
}

bool tw_calendar_is_open(const tw_calendar *calendar, int64_t time_ns)
{
    tw_session s;
    if (!session_at(calendar, time_ns, &s)) return false;
    const tw_civil date = tw_date_from_days(s.day);
    const tw_hours *hours = hours_on(calendar, date.year * 10000 + date.month * 100 + date.day);
    if (hours->break_end == hours->break_start) return true;
    return time_ns < tw_zone_instant(calendar->zone, s.day, hours->break_start) ||
           time_ns >= tw_zone_instant(calendar->zone, s.day, hours->break_end);
}

int64_t tw_calendar_session_of(const tw_calendar *calendar, int64_t time_ns)
{
    tw_session s;
    if (session_at(calendar, time_ns, &s)) return s.day;
    /* The closing instant itself belongs to the session that ends there. */
    if (session_at(calendar, time_ns - 1, &s) && s.close_ns == time_ns) return s.day;
    return TW_NO_TIME;
}
