/* SPDX-License-Identifier: Apache-2.0 */
/* holiday_lists.c - holidays of New York, London and Tokyo. */
#include "base/holiday.h"

/* ---- New York Stock Exchange: rule 7.2 and the list of special closings */

const tw_holiday_rule tw_holidays_new_york[] = {
    TW_ON_DATE(1, 1, SUNDAY, 1900, TW_EVER), /* a Saturday is not made up: December 31 closes the year */
    TW_ON_NTH(1, 3, TW_MON, 1998, TW_EVER),  /* Martin Luther King Jr. */
    TW_ON_NTH(2, 3, TW_MON, 1971, TW_EVER),  /* Washington */
    TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_NTH(5, -1, TW_MON, 1971, TW_EVER),   /* Memorial Day */
    TW_ON_DATE(6, 19, NEAREST, 2022, TW_EVER), /* Juneteenth */
    TW_ON_DATE(7, 4, NEAREST, 1900, TW_EVER),
    TW_ON_NTH(9, 1, TW_MON, 1900, TW_EVER),  /* Labor Day */
    TW_ON_NTH(11, 4, TW_THU, 1942, TW_EVER), /* Thanksgiving */
    TW_ON_DATE(12, 25, NEAREST, 1900, TW_EVER),
    {0},
};
const int32_t tw_closures_new_york[] = {
    19940427,                               /* funeral of President Nixon */
    20010911, 20010912, 20010913, 20010914, /* attack on the World Trade Center */
    20040611,                               /* funeral of President Reagan */
    20070102,                               /* funeral of President Ford */
    20121029, 20121030,                     /* hurricane Sandy */
    20181205,                               /* funeral of President George H. W. Bush */
    20250109,                               /* funeral of President Carter */
    0,
};

/* ---- bank holidays of England and Wales */

const tw_holiday_rule tw_holidays_london[] = {
    TW_ON_DATE(1, 1, NEXT, 1974, TW_EVER),
    TW_ON_EASTER(-2, 1900, TW_EVER),
    TW_ON_EASTER(1, 1900, TW_EVER),
    TW_ON_NTH(5, 1, TW_MON, 1978, 1994),
    TW_ON_DATE(5, 8, NONE, 1995, 1995), /* fifty years of VE Day */
    TW_ON_NTH(5, 1, TW_MON, 1996, 2019),
    TW_ON_DATE(5, 8, NONE, 2020, 2020), /* seventy-five years */
    TW_ON_NTH(5, 1, TW_MON, 2021, TW_EVER),
    TW_ON_NTH(5, -1, TW_MON, 1971, 2001),
    TW_ON_NTH(5, -1, TW_MON, 2003, 2011),
    TW_ON_NTH(5, -1, TW_MON, 2013, 2021),
    TW_ON_NTH(5, -1, TW_MON, 2023, TW_EVER),
    TW_ON_NTH(8, -1, TW_MON, 1971, TW_EVER),
    TW_ON_DATE(12, 25, PLUS2, 1974, TW_EVER),
    TW_ON_DATE(12, 26, PLUS2, 1974, TW_EVER),
    {0},
};
const int32_t tw_closures_london[] = {
    19991231,           /* turn of the millennium */
    20020603, 20020604, /* Spring bank holiday moved, Golden Jubilee */
    20110429,           /* royal wedding */
    20120604, 20120605, /* Spring bank holiday moved, Diamond Jubilee */
    20220602, 20220603, /* Spring bank holiday moved, Platinum Jubilee */
    20220919,           /* funeral of Queen Elizabeth II */
    20230508,           /* coronation of King Charles III */
    0,
};

/* ---- Japan: national holidays (Act on National Holidays, 1948, as amended), turn of the year */

const tw_holiday_rule tw_holidays_tokyo[] = {
    TW_ON_DATE(1, 1, NONE, 1900, TW_EVER),
    TW_ON_DATE(1, 2, NONE, 1900, TW_EVER),
    TW_ON_DATE(1, 3, NONE, 1900, TW_EVER),
    TW_ON_DATE(1, 15, JAPAN, 1949, 1999), /* Coming of Age */
    TW_ON_NTH(1, 2, TW_MON, 2000, TW_EVER),
    TW_ON_DATE(2, 11, JAPAN, 1967, TW_EVER), /* National Foundation */
    TW_ON_DATE(2, 23, JAPAN, 2020, TW_EVER), /* birthday of Emperor Naruhito */
    {.kind = TW_RULE_EQUINOX, .month = 3, .observe = TW_OBSERVE_JAPAN, .from = 1949, .to = TW_EVER},
    TW_ON_DATE(4, 29, JAPAN, 1949, TW_EVER), /* Showa Day, before 2007 Greenery Day */
    TW_ON_DATE(5, 3, JAPAN, 1949, TW_EVER),  /* Constitution */
    TW_ON_DATE(5, 4, NONE, 1988, 2006),      /* a day between two holidays */
    TW_ON_DATE(5, 4, JAPAN, 2007, TW_EVER),  /* Greenery Day */
    TW_ON_DATE(5, 5, JAPAN, 1949, TW_EVER),  /* Children's Day */
    TW_ON_DATE(7, 20, JAPAN, 1996, 2002),    /* Marine Day, moved for the Olympic games */
    TW_ON_NTH(7, 3, TW_MON, 2003, 2019),
    TW_ON_DATE(7, 23, NONE, 2020, 2020),
    TW_ON_DATE(7, 22, NONE, 2021, 2021),
    TW_ON_NTH(7, 3, TW_MON, 2022, TW_EVER),
    TW_ON_DATE(8, 11, JAPAN, 2016, 2019), /* Mountain Day, moved too */
    TW_ON_DATE(8, 10, NONE, 2020, 2020),
    TW_ON_DATE(8, 8, JAPAN, 2021, 2021),
    TW_ON_DATE(8, 11, JAPAN, 2022, TW_EVER),
    TW_ON_DATE(9, 15, JAPAN, 1966, 2002), /* Respect for the Aged */
    TW_ON_NTH(9, 3, TW_MON, 2003, TW_EVER),
    {.kind = TW_RULE_BETWEEN, .from = 2003, .to = TW_EVER},
    {.kind = TW_RULE_EQUINOX, .month = 9, .observe = TW_OBSERVE_JAPAN, .from = 1948, .to = TW_EVER},
    TW_ON_DATE(10, 10, JAPAN, 1966, 1999), /* Sports Day, moved too */
    TW_ON_NTH(10, 2, TW_MON, 2000, 2019),
    TW_ON_DATE(7, 24, NONE, 2020, 2020),
    TW_ON_DATE(7, 23, NONE, 2021, 2021),
    TW_ON_NTH(10, 2, TW_MON, 2022, TW_EVER),
    TW_ON_DATE(11, 3, JAPAN, 1948, TW_EVER),  /* Culture Day */
    TW_ON_DATE(11, 23, JAPAN, 1948, TW_EVER), /* Labour Thanksgiving */
    TW_ON_DATE(12, 23, JAPAN, 1989, 2018),    /* birthday of Emperor Akihito */
    TW_ON_DATE(12, 31, NONE, 1900, TW_EVER),
    {0},
};
const int32_t tw_closures_tokyo[] = {
    19901112,                     /* enthronement of Emperor Akihito */
    19930609,                     /* wedding of the crown prince */
    20190430, 20190501, 20190502, /* abdication and accession */
    20191022,                     /* enthronement of Emperor Naruhito */
    20201001,                     /* the trading system was down all day */
    0,
};
