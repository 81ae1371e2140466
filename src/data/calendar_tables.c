/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_tables.c - the calendars. Holidays by the rule books of the exchanges (some in
 * base/holiday_lists.c); single closures by name. */
#include "data/calendar.h"

enum { ON_MON = 1, ON_TUE = 2, ON_WED = 4, ON_THU = 8, ON_FRI = 16 };

#define AT(hour, minute) ((hour)*60 + (minute))

/* ---- New York Stock Exchange, Nasdaq: NYSE rule 7.2 and the exchange's list of special closings */

static const tw_hours us_hours[] = {{18000101, AT(9, 30), AT(16, 0), 0, 0}, {0}};
static const tw_holiday_rule us_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 7,
     .day = 3,
     .from = 1995,
     .to = TW_EVER,
     .weekdays = ON_MON | ON_TUE | ON_THU,
     .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 7, .day = 3, .from = 2013, .to = TW_EVER, .weekdays = ON_WED, .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 7, .day = 5, .from = 1995, .to = 2012, .weekdays = ON_FRI, .close = AT(13, 0)},
    {.kind = TW_RULE_NTH,
     .month = 11,
     .day = 4,
     .weekday = TW_THU,
     .shift = 1,
     .from = 1992,
     .to = 1992,
     .close = AT(14, 0)},
    {.kind = TW_RULE_NTH,
     .month = 11,
     .day = 4,
     .weekday = TW_THU,
     .shift = 1,
     .from = 1993,
     .to = TW_EVER,
     .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 12, .day = 24, .from = 1990, .to = 1992, .close = AT(14, 0)},
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 24,
     .from = 1993,
     .to = TW_EVER,
     .weekdays = ON_MON | ON_TUE | ON_WED | ON_THU,
     .close = AT(13, 0)},
    {0},
};
static const tw_early us_earlies[] = {
    {19971226, AT(13, 0)},
    {19991231, AT(13, 0)},
    {20031226, AT(13, 0)},
    {0},
};
static const tw_calendar xnys = {
    .name = "XNYS",
    .title = "New York Stock Exchange",
    .zone = TW_ZONE_NEW_YORK,
    .hours = us_hours,
    .holidays = tw_holidays_new_york,
    .half_days = us_half_days,
    .closures = tw_closures_new_york,
    .earlies = us_earlies,
};
static const tw_calendar xnas = {
    .name = "XNAS",
    .title = "Nasdaq",
    .zone = TW_ZONE_NEW_YORK,
    .hours = us_hours,
    .holidays = tw_holidays_new_york,
    .half_days = us_half_days,
    .closures = tw_closures_new_york,
    .earlies = us_earlies,
};

/* ---- London Stock Exchange: bank holidays of England and Wales */

static const tw_hours london_hours[] = {{18000101, AT(8, 0), AT(16, 30), 0, 0}, {0}};
static const tw_holiday_rule london_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 24,
     .observe = TW_OBSERVE_BEFORE,
     .from = 1990,
     .to = TW_EVER,
     .close = AT(12, 30)},
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 31,
     .observe = TW_OBSERVE_BEFORE,
     .from = 1990,
     .to = TW_EVER,
     .close = AT(12, 30)},
    {0},
};
static const tw_calendar xlon = {
    .name = "XLON",
    .title = "London Stock Exchange",
    .zone = TW_ZONE_LONDON,
    .hours = london_hours,
    .holidays = tw_holidays_london,
    .half_days = london_half_days,
    .closures = tw_closures_london,
};

/* ---- Tokyo Stock Exchange: national holidays (Act on National Holidays, 1948, as amended), turn of the year */

static const tw_hours tokyo_hours[] = {
    {18000101, AT(9, 0), AT(15, 0), AT(11, 0), AT(12, 30)},
    {20111121, AT(9, 0), AT(15, 0), AT(11, 30), AT(12, 30)},
    {20241105, AT(9, 0), AT(15, 30), AT(11, 30), AT(12, 30)},
    {0},
};
static const tw_calendar xtks = {
    .name = "XTKS",
    .title = "Tokyo Stock Exchange",
    .zone = TW_ZONE_TOKYO,
    .hours = tokyo_hours,
    .holidays = tw_holidays_tokyo,
    .closures = tw_closures_tokyo,
};

/* ---- Xetra: trading calendar of Deutsche Boerse */

static const tw_hours xetra_hours[] = {{18000101, AT(9, 0), AT(17, 30), 0, 0}, {0}};
static const tw_holiday_rule xetra_holidays[] = {
    TW_ON_DATE(1, 1, NONE, 1900, TW_EVER),
    TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_EASTER(1, 1900, TW_EVER),
    TW_ON_DATE(5, 1, NONE, 1900, TW_EVER),
    TW_ON_EASTER(50, 2007, 2007),
    TW_ON_EASTER(50, 2015, 2021),
    TW_ON_DATE(10, 3, NONE, 2014, 2021),
    TW_ON_DATE(10, 31, NONE, 2017, 2017),
    TW_ON_DATE(12, 24, NONE, 1900, TW_EVER),
    TW_ON_DATE(12, 25, NONE, 1900, TW_EVER),
    TW_ON_DATE(12, 26, NONE, 1900, TW_EVER),
    TW_ON_DATE(12, 31, NONE, 1900, TW_EVER),
    {0},
};
static const tw_holiday_rule xetra_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 30,
     .observe = TW_OBSERVE_BEFORE,
     .from = 2010,
     .to = TW_EVER,
     .close = AT(14, 0)},
    {0},
};
static const tw_calendar xetr = {
    .name = "XETR",
    .title = "Xetra",
    .zone = TW_ZONE_BERLIN,
    .hours = xetra_hours,
    .holidays = xetra_holidays,
    .half_days = xetra_half_days,
};

/* ---- CME Globex: the trading day begins at 17:00 of the evening before */

static const tw_hours globex_hours[] = {{18000101, AT(-7, 0), AT(16, 0), 0, 0}, {0}};
static const tw_holiday_rule globex_holidays[] = {
    TW_ON_DATE(1, 1, SUNDAY, 1900, TW_EVER),
    TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_DATE(12, 25, NEAREST, 1900, TW_EVER),
    {0},
};
#define GLOBEX_NOON(...)                                                                                               \
    {                                                                                                                  \
        __VA_ARGS__, .to = TW_EVER, .close = AT(12, 0)                                                                 \
    }
static const tw_holiday_rule globex_half_days[] = {
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 1, .day = 3, .weekday = TW_MON, .from = 1998),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 2, .day = 3, .weekday = TW_MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 5, .day = -1, .weekday = TW_MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_DATE, .month = 6, .day = 19, .observe = TW_OBSERVE_NEAREST, .from = 2022),
    GLOBEX_NOON(.kind = TW_RULE_DATE, .month = 7, .day = 4, .observe = TW_OBSERVE_NEAREST, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 9, .day = 1, .weekday = TW_MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 11, .day = 4, .weekday = TW_THU, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 11, .day = 4, .weekday = TW_THU, .shift = 1, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_DATE, .month = 12, .day = 24, .from = 1993,
                .weekdays = ON_MON | ON_TUE | ON_WED | ON_THU),
    {0},
};
static const int32_t globex_closures[] = {20040611, 20070102, 20181205, 20250109, 0};
static const tw_calendar cmes = {
    .name = "CMES",
    .title = "CME Globex",
    .zone = TW_ZONE_CHICAGO,
    .hours = globex_hours,
    .holidays = globex_holidays,
    .half_days = globex_half_days,
    .closures = globex_closures,
};

/* ---- always open, and foreign exchange from Sunday 17:00 to Friday 17:00 New York */

static const tw_hours always_hours[] = {{18000101, AT(0, 0), AT(24, 0), 0, 0}, {0}};
static const tw_calendar always = {
    .name = "24/7",
    .title = "always open",
    .zone = TW_ZONE_UTC,
    .weekends = true,
    .hours = always_hours,
};
static const tw_hours fx_hours[] = {{18000101, AT(-7, 0), AT(17, 0), 0, 0}, {0}};
static const tw_calendar fx = {
    .name = "FX",
    .title = "foreign exchange, 24 hours on 5 days",
    .zone = TW_ZONE_NEW_YORK,
    .hours = fx_hours,
};

const tw_calendar *const tw_calendars[] = {&xnys, &xnas, &xlon, &xtks, &xetr, &cmes, &always, &fx, NULL};
