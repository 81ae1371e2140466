/* SPDX-License-Identifier: Apache-2.0 */
/* day_counts.c - fractions of a year. 2006 ISDA Definitions, section 4.16, where nothing else is said. */
#include "tradewind/rates.h"

#include "pricing/rates/icma.h"

#include <math.h>
#include <string.h>

static bool is_leap(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

static bool is_february_end(const tw_civil *c) { return c->month == 2 && c->day == (is_leap(c->year) ? 29 : 28); }

/* ---------------------------------------------------------------- actual days */

static double actual(const tw_accrual *a) { return (double)a->end - a->start; }

static double act_360(const tw_accrual *a) { return actual(a) / 360; }
static double act_364(const tw_accrual *a) { return actual(a) / 364; }
static double act_365f(const tw_accrual *a) { return actual(a) / 365; }
static double act_366(const tw_accrual *a) { return actual(a) / 366; }
static double one_one(const tw_accrual *a) { return a->end > a->start ? 1 : a->end < a->start ? -1 : 0; }

static const tw_day_count tw_day_count_act_360 = {
    "act/360", "actual days over 360", "ISDA 2006 4.16(e)", "days / 360", false, act_360};
static const tw_day_count tw_day_count_act_364 = {"act/364", "actual days over 364", "52 weeks", "days / 364", false,
                                                  act_364};
static const tw_day_count tw_day_count_act_365f = {
    "act/365f", "actual days over 365", "ISDA 2006 4.16(d)", "days / 365", false, act_365f};
static const tw_day_count tw_day_count_act_366 = {"act/366", "actual days over 366", "a leap year", "days / 366", false,
                                                  act_366};
static const tw_day_count tw_day_count_one_one = {"1/1",  "one whatever the dates", "ISDA 2006 4.16(a)", "1", false,
                                                  one_one};

/* 29th of February in (from, to], from < to. */
static int leap_days(tw_date from, tw_date to)
{
    int n = 0;
    for (int year = tw_date_from_days(from).year; year <= tw_date_from_days(to).year; year++) {
        const int64_t day = is_leap(year) ? tw_days_from_date(year, 2, 29) : TW_NO_TIME;
        n += day > from && day <= to;
    }
    return n;
}

static double nl_365(const tw_accrual *a)
{
    if (a->end < a->start) return -nl_365(&(tw_accrual){.start = a->end, .end = a->start});
    return (actual(a) - leap_days(a->start, a->end)) / 365;
}
static const tw_day_count tw_day_count_nl_365 = {"nl/365",  "actual days without the 29th of February, over 365",
                                                 "no leap", "(days - leap days) / 365",
                                                 false,     nl_365};

/* The year is 366 days when the period holds a 29th of February (annual coupons) or ends in a leap year. */
static double act_365l(const tw_accrual *a)
{
    const bool given = a->ref_start || a->ref_end, back = a->end < a->start;
    const tw_date from = given ? a->ref_start : back ? a->end : a->start;
    const tw_date to = given ? a->ref_end : back ? a->start : a->end;
    const bool longer = a->frequency == 1 ? leap_days(from, to) > 0 : is_leap(tw_date_from_days(to).year);
    return actual(a) / (longer ? 366 : 365);
}
static const tw_day_count tw_day_count_act_365l = {
    "act/365l",
    "actual days over 365 or 366 by the period",
    "ISDA 2006 4.16(i), ICMA rule 251.1",
    "days / (366 when the period ends in a leap year; of annual coupons: when "
    "it holds a 29th of February; else 365)",
    false,
    act_365l};

/* ---------------------------------------------------------------- actual / actual */

static double year_start(int year) { return (double)tw_days_from_date(year, 1, 1); }
static double year_days(int year) { return is_leap(year) ? 366 : 365; }

static double act_act_isda(const tw_accrual *a)
{
    if (a->end < a->start) return -act_act_isda(&(tw_accrual){.start = a->end, .end = a->start});
    const int first = tw_date_from_days(a->start).year, last = tw_date_from_days(a->end).year;
    if (first == last) return actual(a) / year_days(first);
    const double head = (year_start(first + 1) - a->start) / year_days(first);
    return last - first - 1 + head + (a->end - year_start(last)) / year_days(last);
}
static const tw_day_count tw_day_count_act_act_isda = {"act/act isda",
                                                       "actual days over those of their calendar years",
                                                       "ISDA 2006 4.16(b)",
                                                       "days in leap years / 366 + other days / 365",
                                                       false,
                                                       act_act_isda};

/* A year before, the 29th of February where there is one. */
static tw_date year_back(tw_date date)
{
    const tw_civil c = tw_date_from_days(date);
    const bool to_leap = c.month == 2 && c.day == 28 && is_leap(c.year - 1);
    return tw_date_add_months(date, -12) + to_leap;
}

/* Whole years counted back from the end, then days over 366 when the rest holds a 29th of February. */
static double act_act_afb(const tw_accrual *a)
{
    if (a->end < a->start) return -act_act_afb(&(tw_accrual){.start = a->end, .end = a->start});
    double years = 0;
    tw_date end = a->end;
    for (tw_date back = year_back(end); back >= a->start; back = year_back(end)) {
        years++;
        end = back;
    }
    if (end == a->start) return years;
    /* A 29th on which the rest begins counts, one on which it ends does not. */
    return years + (double)(end - a->start) / (leap_days(a->start - 1, end - 1) ? 366 : 365);
}
static const tw_day_count tw_day_count_act_act_afb = {
    "act/act afb",
    "whole years back from the end, then actual days over 365 or 366",
    "Association francaise des banques, 1994, as read by ISDA, The Actual/Actual Day Count Fraction, 1999",
    "years + rest / (366 when the rest holds a 29th of February, else 365)",
    false,
    act_act_afb};

static const tw_day_count tw_day_count_act_act_icma = {
    "act/act icma",
    "actual days over those of their coupon period, times a year's periods",
    "ICMA rule 251; ISDA 2006 4.16(c)",
    "sum over coupon periods of days / (frequency x days of the period)",
    false,
    tw_icma_fraction};

/* ---------------------------------------------------------------- 30 / 360 */

static double thirty(const tw_civil *c1, const tw_civil *c2, int d1, int d2)
{
    return (360 * (c2->year - c1->year) + 30 * (c2->month - c1->month) + (d2 - d1)) / 360.0;
}

static double bond_basis(const tw_accrual *a)
{
    const tw_civil c1 = tw_date_from_days(a->start), c2 = tw_date_from_days(a->end);
    const int d1 = c1.day > 30 ? 30 : c1.day;
    return thirty(&c1, &c2, d1, c2.day == 31 && d1 == 30 ? 30 : c2.day);
}
static const tw_day_count tw_day_count_30_360 = {
    "30/360",
    "bond basis: months of 30 days",
    "ISDA 2006 4.16(f)",
    "(360 years + 30 months + days) / 360; a first 31 is 30, then a second 31 is 30 when the first is 30",
    false,
    bond_basis};

static double us(const tw_accrual *a)
{
    const tw_civil c1 = tw_date_from_days(a->start), c2 = tw_date_from_days(a->end);
    const bool february = is_february_end(&c1);
    const int d1 = february || c1.day > 30 ? 30 : c1.day;
    int d2 = c2.day;
    if (february && is_february_end(&c2)) d2 = 30;
    if (d2 == 31 && d1 == 30) d2 = 30;
    return thirty(&c1, &c2, d1, d2);
}
static const tw_day_count tw_day_count_30_360_us = {"30/360 us",
                                                    "as 30/360, with the end of February as a 30th",
                                                    "SIFMA, Standard Securities Calculation Methods",
                                                    "a first end of February is 30, then a second one too",
                                                    false,
                                                    us};

static double european(const tw_accrual *a)
{
    const tw_civil c1 = tw_date_from_days(a->start), c2 = tw_date_from_days(a->end);
    return thirty(&c1, &c2, c1.day > 30 ? 30 : c1.day, c2.day > 30 ? 30 : c2.day);
}
static const tw_day_count tw_day_count_30e_360 = {
    "30e/360", "eurobond basis: each 31 is 30", "ISDA 2006 4.16(g)", "each 31 is 30", false, european};

static double isda(const tw_accrual *a)
{
    const tw_civil c1 = tw_date_from_days(a->start), c2 = tw_date_from_days(a->end);
    const int d1 = is_february_end(&c1) || c1.day > 30 ? 30 : c1.day;
    const bool ends = is_february_end(&c2) && !(a->maturity && a->end == a->maturity);
    return thirty(&c1, &c2, d1, ends || c2.day > 30 ? 30 : c2.day);
}
static const tw_day_count tw_day_count_30e_360_isda = {
    "30e/360 isda",
    "each 31 and end of February is 30, but for a maturity in February",
    "ISDA 2006 4.16(h)",
    "each last day of a month is 30; not that of the maturity in February",
    false,
    isda};

/* ---------------------------------------------------------------- business days */

static double bus_252(const tw_accrual *a)
{
    return a->holidays ? tw_business_days(a->holidays, a->start, a->end) / 252.0 : NAN;
}
static const tw_day_count tw_day_count_bus_252 = {
    "bus/252", "business days over 252", "Brazilian bonds and swaps", "business days / 252", true, bus_252};

/* ---------------------------------------------------------------- the table */

#define TW_DAY_COUNT(name) &tw_day_count_##name,
static const tw_day_count *const DAY_COUNTS[] = {
#include "pricing/rates/day_counts.def"
};
#undef TW_DAY_COUNT

enum { N_DAY_COUNTS = sizeof DAY_COUNTS / sizeof *DAY_COUNTS };

const tw_day_count *const *tw_day_counts(size_t *n)
{
    *n = N_DAY_COUNTS;
    return DAY_COUNTS;
}

tw_status tw_day_count_find(const char *name, const tw_day_count **day_count, tw_error *err)
{
    const char *names[N_DAY_COUNTS + 1] = {NULL};
    for (size_t i = 0; i < N_DAY_COUNTS; i++) {
        names[i] = DAY_COUNTS[i]->name;
        if (strcmp(names[i], name) == 0) {
            *day_count = DAY_COUNTS[i];
            return TW_OK;
        }
    }
    const char *near = tw_did_you_mean(name, names);
    return tw_fail(err, TW_BAD_NAME, "no day count \"%s\"%s%s%s", name, near ? "; did you mean \"" : "",
                   near ? near : "", near ? "\"?" : "");
}

double tw_year_fraction(const tw_day_count *day_count, const tw_accrual *accrual)
{
    return day_count->fraction(accrual);
}

double tw_years_between(const tw_day_count *day_count, tw_date start, tw_date end)
{
    return day_count->fraction(&(tw_accrual){.start = start, .end = end});
}
