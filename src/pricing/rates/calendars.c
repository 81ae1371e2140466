/* SPDX-License-Identifier: Apache-2.0 */
/* calendars.c - what closes a place for settlement. Rules that an exchange has too are base/holiday_lists.c's. */
#include "pricing/rates/calendars.h"

const tw_calendar_rules tw_calendar_none = {.name = "none", .title = "every day", .every_day = true};
const tw_calendar_rules tw_calendar_weekends = {.name = "weekends", .title = "closed on Saturdays and Sundays only"};

const tw_calendar_rules tw_calendar_nyse = {
    .name = "nyse",
    .title = "New York Stock Exchange",
    .rules = tw_holidays_new_york,
    .closures = tw_closures_new_york,
};

/* ---- United States: Title 5 of the US Code, section 6103; recommendations of SIFMA for government bonds */

static const tw_holiday_rule us_government[] = {
    TW_ON_DATE(1, 1, SUNDAY, 1900, TW_EVER),
    TW_ON_NTH(1, 3, TW_MON, 1986, TW_EVER), /* Martin Luther King Jr. */
    TW_ON_NTH(2, 3, TW_MON, 1971, TW_EVER), /* Washington */
    TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_NTH(5, -1, TW_MON, 1971, TW_EVER),   /* Memorial Day */
    TW_ON_DATE(6, 19, NEAREST, 2022, TW_EVER), /* Juneteenth */
    TW_ON_DATE(7, 4, NEAREST, 1900, TW_EVER),  /* Independence Day */
    TW_ON_NTH(9, 1, TW_MON, 1900, TW_EVER),    /* Labor Day */
    TW_ON_NTH(10, 2, TW_MON, 1971, TW_EVER),   /* Columbus Day */
    TW_ON_DATE(11, 11, SUNDAY, 1978, TW_EVER), /* Veterans Day: a Saturday is not made up */
    TW_ON_NTH(11, 4, TW_THU, 1942, TW_EVER),   /* Thanksgiving */
    TW_ON_DATE(12, 25, NEAREST, 1900, TW_EVER),
    {0},
};
static const int32_t us_government_closures[] = {
    20040611, /* funeral of President Reagan */
    20121030, /* hurricane Sandy */
    20181205, /* funeral of President George H. W. Bush */
    0,
};
/* Good Fridays with an employment report, those on a first Friday: the market closes at noon only. To come: by that
 * rule. */
static const int32_t us_government_open[] = {
    19960405, 19990402, 20070406, 20100402, 20120406, 20150403, 20210402, 20230407, 20260403, 20340407,
    20370403, 20420404, 20450407, 20480403, 20530404, 20640404, 20670401, 20750405, 20780401, 20800405,
    20830402, 20890401, 20910406, 20940402, 21020407, 21050403, 21100404, 21210404, 21320404, 21350401,
    21370405, 21400401, 21460401, 21480405, 21510402, 21590406, 21620402, 21640406, 21670403, 21730402,
    21750407, 21780403, 21860407, 21890403, 21940404, 21970407, 0};
const tw_calendar_rules tw_calendar_us_government = {
    .name = "us_government",
    .title = "United States government bonds",
    .rules = us_government,
    .closures = us_government_closures,
    .open = us_government_open,
};
/* No SOFR is published on a Good Friday, early close or not. */
const tw_calendar_rules tw_calendar_us_sofr = {
    .name = "us_sofr",
    .title = "days on which SOFR is published",
    .rules = us_government,
    .closures = us_government_closures,
};

static const tw_holiday_rule us_settlement[] = {
    TW_ON_DATE(1, 1, NEAREST, 1900, TW_EVER),   TW_ON_NTH(1, 3, TW_MON, 1986, TW_EVER),
    TW_ON_NTH(2, 3, TW_MON, 1971, TW_EVER),     TW_ON_NTH(5, -1, TW_MON, 1971, TW_EVER),
    TW_ON_DATE(6, 19, NEAREST, 2022, TW_EVER),  TW_ON_DATE(7, 4, NEAREST, 1900, TW_EVER),
    TW_ON_NTH(9, 1, TW_MON, 1900, TW_EVER),     TW_ON_NTH(10, 2, TW_MON, 1971, TW_EVER),
    TW_ON_DATE(11, 11, NEAREST, 1978, TW_EVER), TW_ON_NTH(11, 4, TW_THU, 1942, TW_EVER),
    TW_ON_DATE(12, 25, NEAREST, 1900, TW_EVER), {0},
};
const tw_calendar_rules tw_calendar_us_settlement = {
    .name = "us_settlement",
    .title = "federal holidays of the United States",
    .rules = us_settlement,
};

/* ---- euro: long-term calendar of TARGET, European Central Bank, 14 December 2000 */

static const tw_holiday_rule target[] = {
    TW_ON_DATE(1, 1, NONE, 1900, TW_EVER),
    TW_ON_EASTER(-2, 2000, TW_EVER),
    TW_ON_EASTER(1, 2000, TW_EVER),
    TW_ON_DATE(5, 1, NONE, 2000, TW_EVER),
    TW_ON_DATE(12, 25, NONE, 1900, TW_EVER),
    TW_ON_DATE(12, 26, NONE, 2000, TW_EVER),
    {0},
};
static const int32_t target_closures[] = {19981231, 19991231, 20011231, 0};
const tw_calendar_rules tw_calendar_target = {
    .name = "target",
    .title = "TARGET, the payment system of the euro",
    .rules = target,
    .closures = target_closures,
};

const tw_calendar_rules tw_calendar_uk = {
    .name = "uk",
    .title = "bank holidays of England and Wales",
    .rules = tw_holidays_london,
    .closures = tw_closures_london,
};

/* The exchange was down on that day, banks were not. */
static const int32_t japan_open[] = {20201001, 0};
const tw_calendar_rules tw_calendar_japan = {
    .name = "japan",
    .title = "bank holidays of Japan",
    .rules = tw_holidays_tokyo,
    .closures = tw_closures_tokyo,
    .open = japan_open,
};

/* ---- Brazil: laws 662/1949, 6.802/1980, 14.759/2023; resolution 2.932/2002 of the central bank */

static const tw_holiday_rule brazil[] = {
    TW_ON_DATE(1, 1, NONE, 1900, TW_EVER),   TW_ON_EASTER(-48, 1900, TW_EVER), /* carnival */
    TW_ON_EASTER(-47, 1900, TW_EVER),        TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_DATE(4, 21, NONE, 1900, TW_EVER),                                           /* Tiradentes */
    TW_ON_DATE(5, 1, NONE, 1900, TW_EVER),   TW_ON_EASTER(60, 1900, TW_EVER),         /* Corpus Christi */
    TW_ON_DATE(9, 7, NONE, 1900, TW_EVER),                                            /* Independence */
    TW_ON_DATE(10, 12, NONE, 1900, TW_EVER),                                          /* Our Lady Aparecida */
    TW_ON_DATE(11, 2, NONE, 1900, TW_EVER),  TW_ON_DATE(11, 15, NONE, 1900, TW_EVER), /* Republic */
    TW_ON_DATE(11, 20, NONE, 2024, TW_EVER),                                          /* Black Awareness */
    TW_ON_DATE(12, 25, NONE, 1900, TW_EVER), {0},
};
const tw_calendar_rules tw_calendar_brazil = {
    .name = "brazil",
    .title = "bank holidays of Brazil",
    .rules = brazil,
};
