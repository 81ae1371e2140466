/* SPDX-License-Identifier: Apache-2.0 */
/* holidays.c - a calendar as a map of business days, counted up to each word of it. */
#include "pricing/rates/calendars.h"

#include <string.h>

enum { FIRST_YEAR = 1900, LAST_YEAR = 2199, DAYS = TW_DATE_MAX - TW_DATE_MIN + 1, WORDS = (DAYS + 63) / 64 };

#define TW_CALENDAR(name) &tw_calendar_##name,
static const tw_calendar_rules *const CALENDARS[] = {
#include "pricing/rates/calendars.def"
};
#undef TW_CALENDAR
#define TW_CALENDAR(name) #name,
static const char *const NAMES[] = {
#include "pricing/rates/calendars.def"
    NULL};
#undef TW_CALENDAR

typedef struct day_map {
    uint64_t open[WORDS];
} day_map;

struct tw_holidays {
    day_map days;
    int32_t before[WORDS + 1]; /* business days in earlier words */
};

const char *const *tw_holidays_names(void) { return NAMES; }

const char *tw_holidays_title(size_t i) { return CALENDARS[i]->title; }

static bool in_range(int64_t day) { return day >= TW_DATE_MIN && day <= TW_DATE_MAX; }

static void set_day(day_map *map, int64_t day, bool open)
{
    if (!in_range(day)) return;
    const uint64_t i = (uint64_t)(day - TW_DATE_MIN), bit = UINT64_C(1) << (i % 64);
    if (open)
        map->open[i / 64] |= bit;
    else
        map->open[i / 64] &= ~bit;
}

static bool get_day(const day_map *map, int64_t day)
{
    const uint64_t i = (uint64_t)(day - TW_DATE_MIN);
    return map->open[i / 64] >> (i % 64) & 1;
}

static void set_dates(day_map *map, const int32_t *dates, bool open)
{
    for (; dates && *dates; dates++)
        set_day(map, tw_days_from_date(*dates / 10000, *dates / 100 % 100, *dates % 100), open);
}

static void fill_map(const tw_calendar_rules *calendar, day_map *map)
{
    memset(map, 0, sizeof *map);
    for (int64_t day = TW_DATE_MIN; day <= TW_DATE_MAX; day++)
        if (calendar->every_day || tw_weekday(day) < 5) set_day(map, day, true);
    for (const tw_holiday_rule *rule = calendar->rules; rule && rule->from; rule++)
        for (int year = FIRST_YEAR; year <= LAST_YEAR; year++) {
            const int64_t day = tw_holiday_day(rule, calendar->rules, year);
            if (day != TW_NO_TIME) set_day(map, day, false);
        }
    set_dates(map, calendar->closures, false);
    set_dates(map, calendar->open, true);
}

static tw_status find(const char *text, size_t length, const tw_calendar_rules **calendar, tw_error *err)
{
    char name[32];
    for (size_t i = 0; NAMES[i]; i++)
        if (strlen(NAMES[i]) == length && memcmp(NAMES[i], text, length) == 0) {
            *calendar = CALENDARS[i];
            return TW_OK;
        }
    const size_t shown = length < sizeof name - 1 ? length : sizeof name - 1;
    memcpy(name, text, shown);
    name[shown] = '\0';
    const char *near = tw_did_you_mean(name, NAMES);
    return tw_fail(err, TW_BAD_NAME, "no settlement calendar \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

/* Names from left to right; `scratch` is the map of one of them. */
static tw_status join(const char *names, day_map *days, day_map *scratch, tw_error *err)
{
    for (char how = '\0';; how = *names++) {
        const size_t length = strcspn(names, "+|");
        const tw_calendar_rules *calendar = NULL;
        TW_TRY(find(names, length, &calendar, err));
        fill_map(calendar, scratch);
        for (size_t w = 0; w < WORDS; w++)
            days->open[w] = how == '+'   ? days->open[w] & scratch->open[w]
                            : how == '|' ? days->open[w] | scratch->open[w]
                                         : scratch->open[w];
        names += length;
        if (!*names) return TW_OK;
    }
}

/* Bits of a word; the compiler's own where there is an instruction. */
static int count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (int)(x * UINT64_C(0x0101010101010101) >> 56);
}

static void count_days(tw_holidays *h)
{
    for (size_t w = 0; w < WORDS; w++) h->before[w + 1] = h->before[w] + count_bits(h->days.open[w]);
}

tw_status tw_holidays_new(const tw_ctx *ctx, const tw_holidays_spec *spec, tw_holidays **holidays, tw_error *err)
{
    tw_holidays *h = tw_new(ctx, 1, sizeof *h);
    day_map *scratch = tw_new(ctx, 1, sizeof *scratch);
    tw_status status = h && scratch ? TW_OK : tw_no_memory(err, "a calendar");
    if (status == TW_OK) status = join(spec->names, &h->days, scratch, err);
    tw_free(ctx, scratch);
    if (status != TW_OK) {
        tw_free(ctx, h);
        return status;
    }
    for (size_t i = 0; i < spec->n_closed; i++) set_day(&h->days, spec->closed[i], false);
    for (size_t i = 0; i < spec->n_open; i++) set_day(&h->days, spec->open[i], true);
    count_days(h);
    *holidays = h;
    return TW_OK;
}

void tw_holidays_free(const tw_ctx *ctx, tw_holidays *holidays) { tw_free(ctx, holidays); }

bool tw_is_business_day(const tw_holidays *holidays, tw_date date)
{
    return !holidays || !in_range(date) || get_day(&holidays->days, date);
}

/* Business days from TW_DATE_MIN up to, and without, `date`. */
static int64_t days_before(const tw_holidays *h, tw_date date)
{
    if (date <= TW_DATE_MIN) return (int64_t)date - TW_DATE_MIN;
    if (date > TW_DATE_MAX) return h->before[WORDS] + (int64_t)date - TW_DATE_MAX - 1;
    const uint64_t i = (uint64_t)((int64_t)date - TW_DATE_MIN);
    const uint64_t below = (UINT64_C(1) << (i % 64)) - 1;
    return h->before[i / 64] + count_bits(h->days.open[i / 64] & below);
}

int tw_business_days(const tw_holidays *holidays, tw_date from, tw_date to)
{
    const int64_t n = holidays ? days_before(holidays, to) - days_before(holidays, from) : (int64_t)to - from;
    return (int)(n > INT32_MAX ? INT32_MAX : n < -INT32_MAX ? -INT32_MAX : n);
}

static tw_date step(const tw_holidays *holidays, tw_date date, int by)
{
    while (!tw_is_business_day(holidays, date)) date += by;
    return date;
}

static bool is_behind(int64_t date, int by) { return by > 0 ? date > TW_DATE_MAX : date < TW_DATE_MIN; }

/* Days of 1970 that a date may be moved to. */
static tw_date clip(int64_t day)
{
    const int64_t most = 2 * (int64_t)TW_DATE_MAX;
    return (tw_date)(day > most ? most : day < -most ? -most : day);
}

tw_date tw_add_business_days(const tw_holidays *holidays, tw_date date, int n)
{
    const int by = n < 0 ? -1 : 1;
    int64_t left = n < 0 ? -(int64_t)n : n;
    date = clip(date);
    if (n == 0) return step(holidays, date, 1);
    if (!holidays) return clip(date + by * left);
    while (left && !is_behind(date, by)) {
        date = step(holidays, date + by, by);
        left--;
    }
    return clip(date + by * left);
}

tw_date tw_business_month_end(const tw_holidays *holidays, tw_date date)
{
    return step(holidays, tw_date_month_end(date), -1);
}

/* ---------------------------------------------------------------- rolling */

static const char *const ROLLS[] = {
    "unadjusted", "following", "modified_following", "preceding", "modified_preceding", "half_month_modified_following",
    "nearest",    NULL};

const char *tw_roll_name(tw_roll roll) { return ROLLS[roll]; }

tw_status tw_roll_parse(const char *text, tw_roll *roll, tw_error *err)
{
    for (int i = 0; ROLLS[i]; i++)
        if (strcmp(text, ROLLS[i]) == 0) {
            *roll = (tw_roll)i;
            return TW_OK;
        }
    const char *near = tw_did_you_mean(text, ROLLS);
    return tw_fail(err, TW_BAD_NAME, "no roll rule \"%s\"%s%s%s", text, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

static tw_date nearest(const tw_holidays *holidays, tw_date date)
{
    tw_date later = date, earlier = date;
    while (!tw_is_business_day(holidays, later) && !tw_is_business_day(holidays, earlier)) later++, earlier--;
    return tw_is_business_day(holidays, later) ? later : earlier;
}

static bool in_one_half(tw_date a, tw_date b)
{
    return (tw_date_from_days(a).day <= 15) == (tw_date_from_days(b).day <= 15);
}

static bool in_one_month(tw_date a, tw_date b) { return tw_date_month_end(a) == tw_date_month_end(b); }

tw_date tw_roll_date(const tw_holidays *holidays, tw_date date, tw_roll roll)
{
    if (roll == TW_UNADJUSTED || tw_is_business_day(holidays, date)) return date;
    const tw_date later = step(holidays, date, 1), earlier = step(holidays, date, -1);
    switch (roll) {
    case TW_FOLLOWING: return later;
    case TW_PRECEDING: return earlier;
    case TW_MODIFIED_FOLLOWING: return in_one_month(later, date) ? later : earlier;
    case TW_MODIFIED_PRECEDING: return in_one_month(earlier, date) ? earlier : later;
    case TW_HALF_MONTH_MODIFIED_FOLLOWING:
        return in_one_month(later, date) && in_one_half(later, date) ? later : earlier;
    case TW_NEAREST: return nearest(holidays, date);
    default: return date;
    }
}

tw_date tw_advance(const tw_holidays *holidays, tw_date date, tw_tenor tenor, tw_roll roll, bool month_end)
{
    if (tenor.unit == 'B') return tw_add_business_days(holidays, date, tenor.n);
    if (tenor.n == 0) return tw_roll_date(holidays, date, roll);
    if (tenor.unit == 'D' || tenor.unit == 'W')
        return tw_roll_date(holidays, clip(date + (int64_t)tenor.n * (tenor.unit == 'W' ? 7 : 1)), roll);
    const tw_date to = tw_date_add_months(date, tenor.n * (tenor.unit == 'Y' ? 12 : 1));
    if (month_end && roll == TW_UNADJUSTED && date == tw_date_month_end(date)) return tw_date_month_end(to);
    if (month_end && roll != TW_UNADJUSTED && date >= tw_business_month_end(holidays, date))
        return tw_business_month_end(holidays, to);
    return tw_roll_date(holidays, to, roll);
}
