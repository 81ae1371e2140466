/* SPDX-License-Identifier: Apache-2.0 */
/** @file rates.h
 * Floor 2, part of pricing: dates, day counts, settlement calendars, schedules; discount curves and their bootstrap;
 * bonds and swaps. No evaluation date and no other global: what a call needs it is given. Everything here is safe in
 * threads as long as each object is written by one.
 *
 * Rates and yields are fractions a year (0.0425 is 4.25 %). Prices of bonds are per 100 of face value.
 */
#ifndef TRADEWIND_RATES_H
#define TRADEWIND_RATES_H

#include "tradewind/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---------------------------------------------------------------- dates */

/** A day: days since 1970-01-01. Dates of this header lie in 1900-01-01 .. 2199-12-31. */
typedef int32_t tw_date;

enum { TW_DATE_MIN = -25567, TW_DATE_MAX = 84005, TW_NO_DATE = INT32_MIN };

/** Reads YYYY-MM-DD or YYYYMMDD; false when it is neither or outside the range of dates. */
TW_API bool tw_date_parse(const char *text, size_t length, tw_date *date);
/** Writes YYYY-MM-DD; returns its length. `out` holds >= 16 bytes. */
TW_API size_t tw_date_format(tw_date date, char *out);
/** The date `months` later (earlier when negative), on the last day of its month where the day does not exist. */
TW_API tw_date tw_date_add_months(tw_date date, int months);
/** Last day of the date's month. */
TW_API tw_date tw_date_month_end(tw_date date);
/** Third Wednesday of a month: the IMM date. */
TW_API tw_date tw_date_imm(int year, int month);
/** The first IMM date of March, June, September or December after `date`. */
TW_API tw_date tw_date_next_imm(tw_date date);

/** A length of time: B business days, D days, W weeks, M months, Y years. */
typedef struct tw_tenor {
    int n;
    char unit;
} tw_tenor;

/** Reads "3M", "10Y", "2B", "ON" (1B); |n| up to 10,000. False when it is none. */
TW_API bool tw_tenor_parse(const char *text, size_t length, tw_tenor *tenor);

/* ---------------------------------------------------------------- settlement calendars */

/** Business days of a place or of several, from 1900 to 2199; outside of that, and with a NULL calendar, every day is
 *  one. Immutable once made. */
typedef struct tw_holidays tw_holidays;

/** What a calendar is made of. `names`: "nyse", or "nyse+target" (closed when either is), or "nyse|target" (closed when
 *  both are), read from left to right. Then `closed` days are taken away and `open` ones added; both may be empty. */
typedef struct tw_holidays_spec {
    const char *names;
    size_t n_closed, n_open;
    const tw_date *closed, *open;
} tw_holidays_spec;

/** Names of the calendars, NULL at the end. */
TW_API const char *const *tw_holidays_names(void);
/** Title of calendar i of tw_holidays_names, e.g. "TARGET, the payment system of the euro". */
TW_API const char *tw_holidays_title(size_t i);
/** Makes a calendar (about 22 KiB). BAD_NAME with the nearest name. */
TW_API tw_status tw_holidays_new(const tw_ctx *ctx, const tw_holidays_spec *spec, tw_holidays **holidays,
                                 tw_error *err);
/** Frees a calendar. NULL is fine. */
TW_API void tw_holidays_free(const tw_ctx *ctx, tw_holidays *holidays);
/** True on a business day. */
TW_API bool tw_is_business_day(const tw_holidays *holidays, tw_date date);
/** Business days in [from, to), negative when to < from. */
TW_API int tw_business_days(const tw_holidays *holidays, tw_date from, tw_date to);
/** The n-th business day after `date` (before, when n < 0); n = 0: `date` itself, or the next business day. */
TW_API tw_date tw_add_business_days(const tw_holidays *holidays, tw_date date, int n);
/** Last business day of the date's month. */
TW_API tw_date tw_business_month_end(const tw_holidays *holidays, tw_date date);

/** What becomes of a date that is no business day. */
typedef enum tw_roll {
    TW_UNADJUSTED,
    TW_FOLLOWING,
    TW_MODIFIED_FOLLOWING, /**< the one before when the next is in another month */
    TW_PRECEDING,
    TW_MODIFIED_PRECEDING,
    TW_HALF_MONTH_MODIFIED_FOLLOWING, /**< as modified following, and neither across the 15th */
    TW_NEAREST,                       /**< the later one of two as near */
    TW_ROLL_COUNT
} tw_roll;

/** "unadjusted", "following", ... */
TW_API const char *tw_roll_name(tw_roll roll);
/** Inverse of tw_roll_name; BAD_NAME with the nearest name. */
TW_API tw_status tw_roll_parse(const char *text, tw_roll *roll, tw_error *err);
/** The date rolled to a business day. */
TW_API tw_date tw_roll_date(const tw_holidays *holidays, tw_date date, tw_roll roll);
/** `date` moved by a tenor and rolled. Business days are counted, not rolled. With `month_end`, months and years from
 *  the last business day of a month lead to the last one of a month (unadjusted: last days). */
TW_API tw_date tw_advance(const tw_holidays *holidays, tw_date date, tw_tenor tenor, tw_roll roll, bool month_end);

/* ---------------------------------------------------------------- schedules */

typedef enum tw_generation {
    TW_BACKWARD, /**< from the end: a stub lies at the start */
    TW_FORWARD,  /**< from the start: a stub lies at the end */
    TW_IMM,      /**< third Wednesdays between start and end */
    TW_CDS       /**< the 20th of March, June, September, December: standard credit default swaps */
} tw_generation;

/** Dates of coupons. `first` and `next_to_last` (TW_NO_DATE: none) set where the regular periods begin and end, so that
 *  stubs can be long. With month_end, regular dates of a schedule seeded on the last day of a month are last days. */
typedef struct tw_schedule {
    tw_date start, end, first, next_to_last;
    tw_tenor tenor;
    const tw_holidays *holidays;
    tw_roll roll, end_roll; /* end_roll: of the last date */
    tw_generation generation;
    bool month_end;
} tw_schedule;

/** Fills dates[0..*n), ascending, without doubles. TOO_LARGE when `room` is not enough; BAD_VALUE naming what is wrong
 *  (end not after start, a tenor that is no weeks, months or years, stubs outside the schedule). */
TW_API tw_status tw_schedule_dates(const tw_schedule *schedule, size_t room, tw_date *dates, size_t *n, tw_error *err);

/* ---------------------------------------------------------------- day counts */

/** A stretch of time and what day counts may need to know of it; zeros where a day count does not need it. */
typedef struct tw_accrual {
    tw_date start, end;
    tw_date ref_start, ref_end;  /**< act/act icma: the coupon period, unadjusted; both 0: start and end */
    int frequency;               /**< act/act icma, act/365l: coupons a year; 0: by the length of the period */
    tw_date maturity;            /**< 30/360 isda: the last day of February counts as itself when it is this one */
    const tw_holidays *holidays; /**< bus/252 */
    size_t n_dates;              /**< act/act icma: unadjusted dates of the schedule instead of ref_start, ref_end */
    const tw_date *dates;
} tw_accrual;

/** A day count. `fraction` is defined for end < start too: the negative of the reverse, except for 30/360 and afb,
 *  which follow their formulas. */
typedef struct tw_day_count {
    const char *name, *title, *source, *formula;
    bool needs_holidays;
    double (*fraction)(const tw_accrual *a);
} tw_day_count;

/** All day counts, sorted by name; *n of them. */
TW_API const tw_day_count *const *tw_day_counts(size_t *n);
/** The day count of a name ("act/360", "30/360", ...), or BAD_NAME with the nearest name. */
TW_API tw_status tw_day_count_find(const char *name, const tw_day_count **day_count, tw_error *err);
/** Fraction of a year. NaN only when the day count needs holidays and there are none. */
TW_API double tw_year_fraction(const tw_day_count *day_count, const tw_accrual *accrual);
/** Fraction of a year between two dates that needs nothing else. */
TW_API double tw_years_between(const tw_day_count *day_count, tw_date start, tw_date end);

#ifdef __cplusplus
}
#endif
#endif
