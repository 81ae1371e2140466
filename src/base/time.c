/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar arithmetic after H. Hinnant, "chrono-compatible low-level date algorithms" (2021): years start in March. */
#include "base/base_impl.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAYS_PER_ERA = 146097 }; /* 400 years */

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t tw_days_from_date(int year, int month, int day)
{
    const int64_t y = (int64_t)year - (month <= 2);
    const int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * DAYS_PER_ERA + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

tw_civil tw_date_from_days(int64_t days)
{
    const int64_t z = days + 719468, era = floor_div(z, DAYS_PER_ERA), d = z - era * DAYS_PER_ERA;
    const int64_t y = (d - d / 1460 + d / 36524 - d / 146096) / 365;
    const int64_t day_of_year = d - (365 * y + y / 4 - y / 100), m = (5 * day_of_year + 2) / 153;
    const int month = (int)(m < 10 ? m + 3 : m - 9);
    return (tw_civil){
        .year = (int)(y + era * 400 + (month <= 2)), .month = month, .day = (int)(day_of_year - (153 * m + 2) / 5 + 1)};
}

int64_t tw_time_from_civil(const tw_civil *civil)
{
    const int64_t days = tw_days_from_date(civil->year, civil->month, civil->day);
    const int64_t seconds = days * 86400 + civil->hour * 3600 + civil->minute * 60 + civil->second;
    /* Unsigned, since near either end of time the whole seconds alone do not fit. */
    return (int64_t)((uint64_t)seconds * (uint64_t)TW_NS_PER_SECOND + (uint64_t)civil->ns);
}

tw_civil tw_time_to_civil(int64_t time_ns)
{
    const int64_t days = floor_div(time_ns, TW_NS_PER_DAY), rest = time_ns % TW_NS_PER_DAY;
    const int64_t left = rest < 0 ? rest + TW_NS_PER_DAY : rest;
    tw_civil civil = tw_date_from_days(days);
    const int second = (int)(left / TW_NS_PER_SECOND);
    civil.hour = second / 3600;
    civil.minute = second / 60 % 60;
    civil.second = second % 60;
    civil.ns = (int)(left % TW_NS_PER_SECOND);
    return civil;
}

int tw_weekday(int64_t days)
{
    const int64_t d = (days + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(d < 0 ? d + 7 : d);
}

/* ---- reading */

typedef struct cursor {
    const char *s, *end;
} cursor;

static bool accept(cursor *c, char wanted)
{
    if (c->s == c->end || *c->s != wanted) return false;
    c->s++;
    return true;
}

static bool read_fixed(cursor *c, int n, int *value)
{
    if (c->end - c->s < n) return false;
    *value = 0;
    for (int i = 0; i < n; i++, c->s++) {
        if (!tw_is_digit(*c->s)) return false;
        *value = *value * 10 + (*c->s - '0');
    }
    return true;
}

/* Decimals of a second to nanoseconds; more than nine are cut. */
static bool read_decimals(cursor *c, int *ns)
{
    int n = 0;
    *ns = 0;
    for (; c->s < c->end && tw_is_digit(*c->s); c->s++, n++)
        if (n < 9) *ns = *ns * 10 + (*c->s - '0');
    for (int i = n; i < 9; i++) *ns *= 10;
    return n > 0;
}

static bool read_date(cursor *c, tw_civil *t)
{
    if (!read_fixed(c, 4, &t->year)) return false;
    const bool dashes = accept(c, '-');
    if (!read_fixed(c, 2, &t->month) || (dashes && !accept(c, '-')) || !read_fixed(c, 2, &t->day)) return false;
    if (t->month < 1 || t->month > 12 || t->day < 1 || t->day > 31) return false;
    /* A day its month lacks comes back as another. */
    return tw_date_from_days(tw_days_from_date(t->year, t->month, t->day)).day == t->day;
}

static bool read_clock(cursor *c, tw_civil *t)
{
    if (!read_fixed(c, 2, &t->hour) || !accept(c, ':') || !read_fixed(c, 2, &t->minute)) return false;
    if (accept(c, ':')) {
        if (!read_fixed(c, 2, &t->second)) return false;
        if (accept(c, '.') && !read_decimals(c, &t->ns)) return false;
    }
    return t->hour < 24 && t->minute < 60 && t->second < 60;
}

/* Z, +01, +0100, +01:00 or nothing; minutes east of UTC. */
static bool read_zone(cursor *c, int *east)
{
    *east = 0;
    if (c->s == c->end || accept(c, 'Z') || accept(c, 'z')) return true;
    const int sign = accept(c, '-') ? -1 : 1;
    int hours = 0, minutes = 0;
    if (sign > 0 && !accept(c, '+')) return false;
    if (!read_fixed(c, 2, &hours)) return false;
    (void)accept(c, ':');
    if (c->s < c->end && !read_fixed(c, 2, &minutes)) return false;
    *east = sign * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

static bool read_iso(cursor c, int64_t *time_ns)
{
    tw_civil t = {0};
    int east = 0;
    if (!read_date(&c, &t)) return false;
    if (accept(&c, 'T') || accept(&c, ' ') || accept(&c, 't')) {
        if (!read_clock(&c, &t) || !read_zone(&c, &east)) return false;
    }
    if (c.s != c.end || t.year < 1678 || t.year > 2261) return false; /* what 64 bits of nanoseconds hold whole */
    *time_ns = tw_time_from_civil(&t) - east * 60 * TW_NS_PER_SECOND;
    return true;
}

/* Up to 1e11 seconds (year 5138) in magnitude, then ms, us, ns: the ranges do not meet for times after 1973. */
static int64_t epoch_unit(int64_t whole)
{
    const int64_t size = whole < 0 ? -(whole + 1) : whole;
    if (size < INT64_C(100000000000)) return TW_NS_PER_SECOND;
    if (size < INT64_C(100000000000000)) return 1000000;
    return size < INT64_C(100000000000000000) ? 1000 : 1;
}

static bool read_epoch(cursor c, int64_t *time_ns)
{
    const char *point = memchr(c.s, '.', (size_t)(c.end - c.s));
    const bool minus = *c.s == '-';
    int64_t whole = 0;
    int decimals = 0;
    if (!tw_parse_int64(c.s, (size_t)((point ? point : c.end) - c.s), &whole)) return false;
    if (point) {
        c.s = point + 1;
        if (!read_decimals(&c, &decimals) || c.s != c.end) return false;
    }
    const int64_t unit = epoch_unit(whole), part = decimals / (TW_NS_PER_SECOND / unit);
    const int64_t most = (INT64_MAX - TW_NS_PER_SECOND) / unit;
    if (whole > most || whole < -most) return false;
    *time_ns = whole * unit + (minus ? -part : part);
    return true;
}

bool tw_time_parse(const char *text, size_t length, int64_t *time_ns)
{
    const cursor c = {text, text + length};
    return length > 0 && (read_iso(c, time_ns) || read_epoch(c, time_ns));
}

/* ---- writing */

size_t tw_time_format(int64_t time_ns, char *out)
{
    const size_t room = 40;
    if (time_ns == TW_NO_TIME) return (size_t)snprintf(out, room, "none");
    const tw_civil t = tw_time_to_civil(time_ns);
    int n = snprintf(out, room, "%04d-%02d-%02d", t.year, t.month, t.day);
    if (time_ns % TW_NS_PER_DAY == 0) return (size_t)n;
    n += snprintf(out + n, room - (size_t)n, "T%02d:%02d:%02d", t.hour, t.minute, t.second);
    if (t.ns != 0) {
        n += snprintf(out + n, room - (size_t)n, ".%09d", t.ns);
        while (out[n - 1] == '0') n--;
    }
    out[n++] = 'Z';
    out[n] = '\0';
    return (size_t)n;
}

static int64_t read_clock_id(clockid_t id)
{
    struct timespec now = {0};
    (void)clock_gettime(id, &now);
    return (int64_t)now.tv_sec * TW_NS_PER_SECOND + now.tv_nsec;
}

int64_t tw_clock_ns(void) { return read_clock_id(CLOCK_MONOTONIC); }

int64_t tw_now_ns(void) { return read_clock_id(CLOCK_REALTIME); }
