/* SPDX-License-Identifier: Apache-2.0 */
/* dates.c - which bars have a date below them. */
#include "plot/plot_impl.h"

#include <stdio.h>

/* What a label stands at the beginning of: so many minutes, days, weeks, months or years. */
typedef enum span_kind { MINUTES, DAYS, WEEKS, MONTHS, YEARS } span_kind;
typedef struct span {
    span_kind kind;
    int many;
} span;
static const span spans[] = {{MINUTES, 1},   {MINUTES, 5}, {MINUTES, 15}, {MINUTES, 30}, {MINUTES, 60}, {MINUTES, 180},
                             {MINUTES, 360}, {DAYS, 1},    {WEEKS, 1},    {WEEKS, 2},    {MONTHS, 1},   {MONTHS, 3},
                             {MONTHS, 6},    {YEARS, 1},   {YEARS, 2},    {YEARS, 5},    {YEARS, 10},   {YEARS, 50}};
enum { N_SPANS = sizeof spans / sizeof spans[0] };

static int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

/* The number of the span that a time is in. */
static int64_t span_of(span s, int64_t time)
{
    const int64_t day = floor_div(time, TW_NS_PER_DAY);
    const tw_civil date = tw_date_from_days(day);
    switch (s.kind) {
    case MINUTES: return floor_div(time, s.many * 60 * TW_NS_PER_SECOND);
    case DAYS: return day;
    case WEEKS: return floor_div(day + 3, 7 * (int64_t)s.many);
    case MONTHS: return floor_div(date.year * 12 + date.month - 1, s.many);
    default: return floor_div(date.year, s.many);
    }
}

static void name_tick(span s, int64_t time, int64_t before, char out[TW_TICK_TEXT])
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const tw_civil now = tw_time_to_civil(time), then = tw_time_to_civil(before);
    const bool new_day = floor_div(time, TW_NS_PER_DAY) != floor_div(before, TW_NS_PER_DAY);
    if (s.kind == YEARS || (now.year != then.year && s.kind != MINUTES))
        (void)snprintf(out, TW_TICK_TEXT, "%d", now.year);
    else if (s.kind == MONTHS)
        (void)snprintf(out, TW_TICK_TEXT, "%s", months[now.month - 1]);
    else if (s.kind != MINUTES || new_day)
        (void)snprintf(out, TW_TICK_TEXT, "%d %s", now.day, months[now.month - 1]);
    else
        (void)snprintf(out, TW_TICK_TEXT, "%02d:%02d", now.hour, now.minute);
}

static size_t count_changes(span s, const int64_t *times, size_t n)
{
    size_t changes = 0;
    for (size_t t = 1; t < n; t++) changes += span_of(s, times[t]) != span_of(s, times[t - 1]);
    return changes;
}

size_t tw_date_ticks(const int64_t *times, size_t n, size_t most, tw_date_tick out[TW_TICKS_MOST])
{
    if (most > TW_TICKS_MOST) most = TW_TICKS_MOST;
    size_t s = 0, n_ticks = 0, last = 0;
    while (s + 1 < N_SPANS && count_changes(spans[s], times, n) > most) s++;
    for (size_t t = 1; t < n && n_ticks < most; t++) {
        if (span_of(spans[s], times[t]) == span_of(spans[s], times[t - 1])) continue;
        /* A span cut short by the first bar or by days off must not push its label into the next. */
        if (n_ticks && (t - last) * (most + 1) * 2 < n) continue;
        out[n_ticks].bar = last = t;
        name_tick(spans[s], times[t], times[t - 1], out[n_ticks++].text);
    }
    if (n_ticks == 0 && n > 0 && most > 0) {
        char text[40];
        text[tw_time_format(times[0], text)] = '\0';
        out[0].bar = 0;
        (void)snprintf(out[0].text, TW_TICK_TEXT, "%.*s", TW_TICK_TEXT - 1, text);
        n_ticks = 1;
    }
    return n_ticks;
}
