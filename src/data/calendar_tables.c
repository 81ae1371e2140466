/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_tables.c - the calendars. Holidays by the rule books of the exchanges; single closures by name. */
#include "data/calendar.h"

enum { MON = 0, TUE = 1, WED = 2, THU = 3, EVER = 9999 };
enum { ON_MON = 1, ON_TUE = 2, ON_WED = 4, ON_THU = 8, ON_FRI = 16 };

#define AT(hour, minute) ((hour)*60 + (minute))
#define ON_DATE(m, d, how, first, last)                                                                                \
    {                                                                                                                  \
        .kind = TW_RULE_DATE, .month = (m), .day = (d), .observe = TW_OBSERVE_##how, .from = (first), .to = (last)     \
    }
#define ON_NTH(m, n, wd, first, last)                                                                                  \
    {                                                                                                                  \
        .kind = TW_RULE_NTH, .month = (m), .day = (n), .weekday = (wd), .from = (first), .to = (last)                  \
    }
#define ON_EASTER(days, first, last)                                                                                   \
    {                                                                                                                  \
        .kind = TW_RULE_EASTER, .shift = (days), .from = (first), .to = (last)                                         \
    }

/* ---- New York Stock Exchange, Nasdaq: NYSE rule 7.2 and the exchange's list of special closings */

static const tw_hours us_hours[] = {{18000101, AT(9, 30), AT(16, 0), 0, 0}, {0}};
static const tw_rule us_holidays[] = {
    ON_DATE(1, 1, SUNDAY, 1900, EVER), /* a Saturday is not made up: December 31 closes the year */
    ON_NTH(1, 3, MON, 1998, EVER),     /* Martin Luther King Jr. */
    ON_NTH(2, 3, MON, 1971, EVER),     /* Washington */
    ON_EASTER(-2, 1900, EVER),
    ON_NTH(5, -1, MON, 1971, EVER),      /* Memorial Day */
    ON_DATE(6, 19, NEAREST, 2022, EVER), /* Juneteenth */
    ON_DATE(7, 4, NEAREST, 1900, EVER),
    ON_NTH(9, 1, MON, 1900, EVER),  /* Labor Day */
    ON_NTH(11, 4, THU, 1942, EVER), /* Thanksgiving */
    ON_DATE(12, 25, NEAREST, 1900, EVER),
    {0},
};
static const tw_rule us_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 7,
     .day = 3,
     .from = 1995,
     .to = EVER,
     .weekdays = ON_MON | ON_TUE | ON_THU,
     .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 7, .day = 3, .from = 2013, .to = EVER, .weekdays = ON_WED, .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 7, .day = 5, .from = 1995, .to = 2012, .weekdays = ON_FRI, .close = AT(13, 0)},
    {.kind = TW_RULE_NTH,
     .month = 11,
     .day = 4,
     .weekday = THU,
     .shift = 1,
     .from = 1992,
     .to = 1992,
     .close = AT(14, 0)},
    {.kind = TW_RULE_NTH,
     .month = 11,
     .day = 4,
     .weekday = THU,
     .shift = 1,
     .from = 1993,
     .to = EVER,
     .close = AT(13, 0)},
    {.kind = TW_RULE_DATE, .month = 12, .day = 24, .from = 1990, .to = 1992, .close = AT(14, 0)},
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 24,
     .from = 1993,
     .to = EVER,
     .weekdays = ON_MON | ON_TUE | ON_WED | ON_THU,
     .close = AT(13, 0)},
    {0},
};
static const int32_t us_closures[] = {
    19940427,                               /* funeral of President Nixon */
    20010911, 20010912, 20010913, 20010914, /* attack on the World Trade Center */
    20040611,                               /* funeral of President Reagan */
    20070102,                               /* funeral of President Ford */
    20121029, 20121030,                     /* hurricane Sandy */
    20181205,                               /* funeral of President George H. W. Bush */
    20250109,                               /* funeral of President Carter */
    0,
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
    .holidays = us_holidays,
    .half_days = us_half_days,
    .closures = us_closures,
    .earlies = us_earlies,
};
static const tw_calendar xnas = {
    .name = "XNAS",
    .title = "Nasdaq",
    .zone = TW_ZONE_NEW_YORK,
    .hours = us_hours,
    .holidays = us_holidays,
    .half_days = us_half_days,
    .closures = us_closures,
    .earlies = us_earlies,
};

/* ---- London Stock Exchange: bank holidays of England and Wales */

static const tw_hours london_hours[] = {{18000101, AT(8, 0), AT(16, 30), 0, 0}, {0}};
static const tw_rule london_holidays[] = {
    ON_DATE(1, 1, NEXT, 1974, EVER),    ON_EASTER(-2, 1900, EVER),          ON_EASTER(1, 1900, EVER),
    ON_NTH(5, 1, MON, 1978, 1994),      ON_DATE(5, 8, NONE, 1995, 1995), /* fifty years of VE Day */
    ON_NTH(5, 1, MON, 1996, 2019),      ON_DATE(5, 8, NONE, 2020, 2020), /* seventy-five years */
    ON_NTH(5, 1, MON, 2021, EVER),      ON_NTH(5, -1, MON, 1971, 2001),     ON_NTH(5, -1, MON, 2003, 2011),
    ON_NTH(5, -1, MON, 2013, 2021),     ON_NTH(5, -1, MON, 2023, EVER),     ON_NTH(8, -1, MON, 1971, EVER),
    ON_DATE(12, 25, PLUS2, 1974, EVER), ON_DATE(12, 26, PLUS2, 1974, EVER), {0},
};
static const tw_rule london_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 24,
     .observe = TW_OBSERVE_BEFORE,
     .from = 1990,
     .to = EVER,
     .close = AT(12, 30)},
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 31,
     .observe = TW_OBSERVE_BEFORE,
     .from = 1990,
     .to = EVER,
     .close = AT(12, 30)},
    {0},
};
static const int32_t london_closures[] = {
    19991231,           /* turn of the millennium */
    20020603, 20020604, /* Spring bank holiday moved, Golden Jubilee */
    20110429,           /* royal wedding */
    20120604, 20120605, /* Spring bank holiday moved, Diamond Jubilee */
    20220602, 20220603, /* Spring bank holiday moved, Platinum Jubilee */
    20220919,           /* funeral of Queen Elizabeth II */
    20230508,           /* coronation of King Charles III */
    0,
};
static const tw_calendar xlon = {
    .name = "XLON",
    .title = "London Stock Exchange",
    .zone = TW_ZONE_LONDON,
    .hours = london_hours,
    .holidays = london_holidays,
    .half_days = london_half_days,
    .closures = london_closures,
};

/* ---- Tokyo Stock Exchange: national holidays (Act on National Holidays, 1948, as amended), turn of the year */

static const tw_hours tokyo_hours[] = {
    {18000101, AT(9, 0), AT(15, 0), AT(11, 0), AT(12, 30)},
    {20111121, AT(9, 0), AT(15, 0), AT(11, 30), AT(12, 30)},
    {20241105, AT(9, 0), AT(15, 30), AT(11, 30), AT(12, 30)},
    {0},
};
static const tw_rule tokyo_holidays[] = {
    ON_DATE(1, 1, NONE, 1900, EVER),
    ON_DATE(1, 2, NONE, 1900, EVER),
    ON_DATE(1, 3, NONE, 1900, EVER),
    ON_DATE(1, 15, JAPAN, 1949, 1999), /* Coming of Age */
    ON_NTH(1, 2, MON, 2000, EVER),
    ON_DATE(2, 11, JAPAN, 1967, EVER), /* National Foundation */
    ON_DATE(2, 23, JAPAN, 2020, EVER), /* birthday of Emperor Naruhito */
    {.kind = TW_RULE_EQUINOX, .month = 3, .observe = TW_OBSERVE_JAPAN, .from = 1949, .to = EVER},
    ON_DATE(4, 29, JAPAN, 1949, EVER), /* Showa Day, before 2007 Greenery Day */
    ON_DATE(5, 3, JAPAN, 1949, EVER),  /* Constitution */
    ON_DATE(5, 4, NONE, 1988, 2006),   /* a day between two holidays */
    ON_DATE(5, 4, JAPAN, 2007, EVER),  /* Greenery Day */
    ON_DATE(5, 5, JAPAN, 1949, EVER),  /* Children's Day */
    ON_DATE(7, 20, JAPAN, 1996, 2002), /* Marine Day, moved for the Olympic games */
    ON_NTH(7, 3, MON, 2003, 2019),
    ON_DATE(7, 23, NONE, 2020, 2020),
    ON_DATE(7, 22, NONE, 2021, 2021),
    ON_NTH(7, 3, MON, 2022, EVER),
    ON_DATE(8, 11, JAPAN, 2016, 2019), /* Mountain Day, moved too */
    ON_DATE(8, 10, NONE, 2020, 2020),
    ON_DATE(8, 8, JAPAN, 2021, 2021),
    ON_DATE(8, 11, JAPAN, 2022, EVER),
    ON_DATE(9, 15, JAPAN, 1966, 2002), /* Respect for the Aged */
    ON_NTH(9, 3, MON, 2003, EVER),
    {.kind = TW_RULE_BETWEEN, .from = 2003, .to = EVER},
    {.kind = TW_RULE_EQUINOX, .month = 9, .observe = TW_OBSERVE_JAPAN, .from = 1948, .to = EVER},
    ON_DATE(10, 10, JAPAN, 1966, 1999), /* Sports Day, moved too */
    ON_NTH(10, 2, MON, 2000, 2019),
    ON_DATE(7, 24, NONE, 2020, 2020),
    ON_DATE(7, 23, NONE, 2021, 2021),
    ON_NTH(10, 2, MON, 2022, EVER),
    ON_DATE(11, 3, JAPAN, 1948, EVER),  /* Culture Day */
    ON_DATE(11, 23, JAPAN, 1948, EVER), /* Labour Thanksgiving */
    ON_DATE(12, 23, JAPAN, 1989, 2018), /* birthday of Emperor Akihito */
    ON_DATE(12, 31, NONE, 1900, EVER),
    {0},
};
static const int32_t tokyo_closures[] = {
    19901112,                     /* enthronement of Emperor Akihito */
    19930609,                     /* wedding of the crown prince */
    20190430, 20190501, 20190502, /* abdication and accession */
    20191022,                     /* enthronement of Emperor Naruhito */
    20201001,                     /* the trading system was down all day */
    0,
};
static const tw_calendar xtks = {
    .name = "XTKS",
    .title = "Tokyo Stock Exchange",
    .zone = TW_ZONE_TOKYO,
    .hours = tokyo_hours,
    .holidays = tokyo_holidays,
    .closures = tokyo_closures,
};

/* ---- Xetra: trading calendar of Deutsche Boerse */

static const tw_hours xetra_hours[] = {{18000101, AT(9, 0), AT(17, 30), 0, 0}, {0}};
static const tw_rule xetra_holidays[] = {
    ON_DATE(1, 1, NONE, 1900, EVER),
    ON_EASTER(-2, 1900, EVER),
    ON_EASTER(1, 1900, EVER),
    ON_DATE(5, 1, NONE, 1900, EVER),
    ON_EASTER(50, 2007, 2007),
    ON_EASTER(50, 2015, 2021),
    ON_DATE(10, 3, NONE, 2014, 2021),
    ON_DATE(10, 31, NONE, 2017, 2017),
    ON_DATE(12, 24, NONE, 1900, EVER),
    ON_DATE(12, 25, NONE, 1900, EVER),
    ON_DATE(12, 26, NONE, 1900, EVER),
    ON_DATE(12, 31, NONE, 1900, EVER),
    {0},
};
static const tw_rule xetra_half_days[] = {
    {.kind = TW_RULE_DATE,
     .month = 12,
     .day = 30,
     .observe = TW_OBSERVE_BEFORE,
     .from = 2010,
     .to = EVER,
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
static const tw_rule globex_holidays[] = {
    ON_DATE(1, 1, SUNDAY, 1900, EVER),
    ON_EASTER(-2, 1900, EVER),
    ON_DATE(12, 25, NEAREST, 1900, EVER),
    {0},
};
#define GLOBEX_NOON(...)                                                                                               \
    {                                                                                                                  \
        __VA_ARGS__, .to = EVER, .close = AT(12, 0)                                                                    \
    }
static const tw_rule globex_half_days[] = {
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 1, .day = 3, .weekday = MON, .from = 1998),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 2, .day = 3, .weekday = MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 5, .day = -1, .weekday = MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_DATE, .month = 6, .day = 19, .observe = TW_OBSERVE_NEAREST, .from = 2022),
    GLOBEX_NOON(.kind = TW_RULE_DATE, .month = 7, .day = 4, .observe = TW_OBSERVE_NEAREST, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 9, .day = 1, .weekday = MON, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 11, .day = 4, .weekday = THU, .from = 1971),
    GLOBEX_NOON(.kind = TW_RULE_NTH, .month = 11, .day = 4, .weekday = THU, .shift = 1, .from = 1971),
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
