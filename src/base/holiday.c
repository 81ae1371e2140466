/* SPDX-License-Identifier: Apache-2.0 */
/* holiday.c - the day of a holiday rule in a year. */
#include "base/holiday.h"

enum { SATURDAY = 5, SUNDAY = 6 };

/* Gregorian Easter Sunday: the anonymous algorithm (Meeus, Astronomical Algorithms, 1991, ch. 8). */
static int64_t easter(int year)
{
    const int a = year % 19, b = year / 100, c = year % 100, d = b / 4, e = b % 4, f = (b + 8) / 25;
    const int g = (b - f + 1) / 3, h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4;
    const int l = (32 + 2 * e + 2 * i - h - k) % 7, m = (a + 11 * h + 22 * l) / 451;
    const int n = h + l - 7 * m + 114;
    return tw_days_from_date(year, n / 31, n % 31 + 1);
}

/* Day of the month of an equinox in Japan, 1980 to 2150 (Shinkoyomi benricho, Kaijo Hoan-cho, 1979). */
static int equinox(int year, int month)
{
    const double base = month == 3 ? (year < 2100 ? 20.8431 : 21.8510) : (year < 2100 ? 23.2488 : 24.2488);
    const int since = year - 1980;
    return (int)(base + 0.242194 * since) - since / 4;
}

static int64_t nth(int year, int month, int n, int weekday)
{
    if (n < 0) {
        const int64_t last =
            (month == 12 ? tw_days_from_date(year + 1, 1, 1) : tw_days_from_date(year, month + 1, 1)) - 1;
        return last - (tw_weekday(last) - weekday + 7) % 7;
    }
    const int64_t first = tw_days_from_date(year, month, 1);
    return first + (weekday - tw_weekday(first) + 7) % 7 + 7 * (n - 1);
}

static int64_t between(int year)
{
    const int64_t aged = nth(year, 9, 3, 0), autumn = tw_days_from_date(year, 9, equinox(year, 9));
    return autumn - aged == 2 ? aged + 1 : TW_NO_TIME;
}

static int64_t plain_day(const tw_holiday_rule *rule, int year)
{
    if (year < rule->from || year > rule->to) return TW_NO_TIME;
    switch (rule->kind) {
    case TW_RULE_DATE: return tw_days_from_date(year, rule->month, rule->day);
    case TW_RULE_NTH: return nth(year, rule->month, rule->day, rule->weekday) + rule->shift;
    case TW_RULE_EASTER: return easter(year) + rule->shift;
    case TW_RULE_EQUINOX: return tw_days_from_date(year, rule->month, equinox(year, rule->month));
    case TW_RULE_BETWEEN: return between(year);
    }
    return TW_NO_TIME;
}

static bool is_plain_holiday(const tw_holiday_rule *all, int year, int64_t day)
{
    for (const tw_holiday_rule *r = all; r->from; r++)
        if (plain_day(r, year) == day) return true;
    return false;
}

static int64_t substitute(const tw_holiday_rule *all, int year, int64_t day)
{
    day++;
    while (year >= 2007 && is_plain_holiday(all, year, day)) day++;
    return day;
}

static int64_t observed(const tw_holiday_rule *rule, const tw_holiday_rule *all, int year, int64_t day)
{
    const int weekday = tw_weekday(day);
    if (weekday < SATURDAY) return day;
    switch (rule->observe) {
    case TW_OBSERVE_NONE: return TW_NO_TIME;
    case TW_OBSERVE_NEAREST: return weekday == SATURDAY ? day - 1 : day + 1;
    case TW_OBSERVE_SUNDAY: return weekday == SATURDAY ? TW_NO_TIME : day + 1;
    case TW_OBSERVE_NEXT: return weekday == SATURDAY ? day + 2 : day + 1;
    case TW_OBSERVE_PLUS2: return day + 2;
    case TW_OBSERVE_BEFORE: return weekday == SATURDAY ? day - 1 : day - 2;
    case TW_OBSERVE_JAPAN: return weekday == SATURDAY ? TW_NO_TIME : substitute(all, year, day);
    }
    return TW_NO_TIME;
}

int64_t tw_holiday_day(const tw_holiday_rule *rule, const tw_holiday_rule *all, int year)
{
    int64_t day = plain_day(rule, year);
    if (day == TW_NO_TIME) return day;
    day = observed(rule, all, year, day);
    if (day != TW_NO_TIME && rule->weekdays && !(rule->weekdays >> tw_weekday(day) & 1)) return TW_NO_TIME;
    return day;
}
