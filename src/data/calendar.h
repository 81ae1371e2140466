/* SPDX-License-Identifier: Apache-2.0 */
/* calendar.h - an exchange calendar as data: zones, dated hours, rules for holidays and half days, exceptions. */
#ifndef TW_DATA_CALENDAR_H
#define TW_DATA_CALENDAR_H

#include "base/holiday.h"
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
    const tw_holiday_rule *holidays, *half_days;
    const int32_t *closures;
    const tw_early *earlies;
};

/* All calendars, NULL at the end. */
extern const tw_calendar *const tw_calendars[];

#endif
