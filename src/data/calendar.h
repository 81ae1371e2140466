/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h - an exchange calendar as data: zones, dated hours, rules for holidays and half days, exceptions. */
#ifndef TW_DATA_CALENDAR_H
#define TW_DATA_CALENDAR_H

#include "tradewind/data.h"

typedef enum tw_zone {
    TW_ZONE_UTC,
    TW_ZONE_NEW_YORK,
    TW_ZONE_CHICAGO,
    TW_ZONE_LONDON,
    TW_ZONE_BERLIN,
    TW_ZONE_TOKYO
} tw_zone;

/* Seconds by which the wall clock of `zone` is ahead of UTC at an instant. */
int tw_zone_offset(tw_zone zone, int64_t time_ns);
/* Instant at which the wall clock of `zone` shows `minutes` after midnight of `day`. */
int64_t tw_zone_instant(tw_zone zone, int64_t day, int minutes);

/* How the date of a rule is found in a year. */
typedef enum tw_rule_kind {
    TW_RULE_DATE,    /* month, day */
    TW_RULE_NTH,     /* the day-th `weekday` of the month (-1: the last), moved by `shift` days */
    TW_RULE_EASTER,  /* Easter Sunday moved by `shift` days */
    TW_RULE_EQUINOX, /* March or September equinox in Japan */
    TW_RULE_BETWEEN, /* Japan: the day between Respect-for-the-Aged Day and the equinox when only one lies there */
} tw_rule_kind;

/* What becomes of a date that falls on a weekend. */
typedef enum tw_observe {
    TW_OBSERVE_NONE,    /* lost */
    TW_OBSERVE_NEAREST, /* Saturday on Friday, Sunday on Monday */
    TW_OBSERVE_SUNDAY,  /* Sunday on Monday, Saturday lost */
    TW_OBSERVE_NEXT,    /* both on Monday */
    TW_OBSERVE_PLUS2,   /* both two days later: Christmas and Boxing Day in the United Kingdom */
    TW_OBSERVE_BEFORE,  /* both on the Friday before */
    TW_OBSERVE_JAPAN,   /* Sunday on the next day that is no holiday itself (before 2007: on Monday) */
} tw_observe;

typedef struct tw_rule {
    tw_rule_kind kind;
    int8_t month, day, weekday, shift;
    tw_observe observe;
    int16_t from, to; /* years, both included */
    uint8_t weekdays; /* bits of the weekdays on which it counts, 0 = all */
    int16_t close;    /* half days: minutes of the close */
} tw_rule;

/* Minutes of the wall clock counted from midnight of the session day; valid from a date yyyymmdd on. */
typedef struct tw_hours {
    int32_t from;
    int16_t open, close, break_start, break_end;
} tw_hours;

/* A session that closed early once. */
typedef struct tw_early {
    int32_t date;
    int16_t close;
} tw_early;

/* Lists end with a zero entry; hours are in order of date. */
struct tw_calendar {
    const char *name, *title;
    tw_zone zone;
    bool weekends;
    const tw_hours *hours;
    const tw_rule *holidays, *half_days;
    const int32_t *closures;
    const tw_early *earlies;
};

/* All calendars, NULL at the end. */
extern const tw_calendar *const tw_calendars[];

/* Day on which `rule` closes the exchange in `year` (observance applied), or TW_NO_TIME. */
int64_t tw_rule_day(const tw_rule *rule, const tw_rule *all, int year);

#endif
