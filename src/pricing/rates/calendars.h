/* SPDX-License-Identifier: Apache-2.0 */
/* calendars.h - settlement calendars as data. */
#ifndef TW_PRICING_CALENDARS_H
#define TW_PRICING_CALENDARS_H

#include "base/holiday.h"

#include "tradewind/rates.h"

/* Days closed by rules, and dates yyyymmdd: closed once, or open in spite of a rule. Lists end with 0, or are NULL. */
typedef struct tw_calendar_rules {
    const char *name, *title;
    bool every_day; /* weekends too */
    const tw_holiday_rule *rules;
    const int32_t *closures, *open;
} tw_calendar_rules;

#define TW_CALENDAR(name) extern const tw_calendar_rules tw_calendar_##name;
#include "pricing/rates/calendars.def"
#undef TW_CALENDAR

#endif
