/* SPDX-License-Identifier: Apache-2.0 */
/* calendar_zone.c - wall clocks by the laws on daylight saving time. */
#include "data/calendar.h"

typedef enum law { LAW_NONE, LAW_US, LAW_UK, LAW_EU } law;

static const struct {
    int seconds; /* standard time ahead of UTC */
    law law;
} zones[] = {
    [TW_ZONE_UTC] = {0, LAW_NONE},  [TW_ZONE_NEW_YORK] = {-5 * 3600, LAW_US}, [TW_ZONE_CHICAGO] = {-6 * 3600, LAW_US},
    [TW_ZONE_LONDON] = {0, LAW_UK}, [TW_ZONE_BERLIN] = {3600, LAW_EU},        [TW_ZONE_TOKYO] = {9 * 3600, LAW_NONE},
};

static int64_t sunday_on_or_after(int year, int month, int day)
{
    const int64_t d = tw_days_from_date(year, month, day);
    return d + 6 - tw_weekday(d);
}

/* First and last day of summer time. */
typedef struct summer {
    int64_t first, last;
} summer;

/* Uniform Time Act 1966, its changes of 1986 and the Energy Policy Act of 2005. */
static summer us_summer(int year)
{
    if (year >= 2007) return (summer){sunday_on_or_after(year, 3, 8), sunday_on_or_after(year, 11, 1)};
    if (year >= 1987) return (summer){sunday_on_or_after(year, 4, 1), sunday_on_or_after(year, 10, 25)};
    return (summer){sunday_on_or_after(year, 4, 24), sunday_on_or_after(year, 10, 25)};
}

/* Directive 2000/84/EC; until 1995 the United Kingdom ended on the Sunday after the fourth Saturday of October, the
 * continent in September. */
static summer eu_summer(int year, law of)
{
    summer s = {sunday_on_or_after(year, 3, 25), sunday_on_or_after(year, 10, 25)};
    if (year < 1996) s.last = of == LAW_UK ? sunday_on_or_after(year, 10, 23) : sunday_on_or_after(year, 9, 24);
    return s;
}

int tw_zone_offset(tw_zone zone, int64_t time_ns)
{
    const int standard = zones[zone].seconds;
    if (zones[zone].law == LAW_NONE) return standard;
    const int year = tw_time_to_civil(time_ns).year;
    const bool us = zones[zone].law == LAW_US;
    const summer s = us ? us_summer(year) : eu_summer(year, zones[zone].law);
    /* The United States change at 2:00 of their wall clock, Europe at 1:00 UTC. */
    const int64_t first = s.first * 86400 + (us ? 2 * 3600 - standard : 3600);
    const int64_t last = s.last * 86400 + (us ? 3600 - standard : 3600);
    const bool summer_time = time_ns >= first * TW_NS_PER_SECOND && time_ns < last * TW_NS_PER_SECOND;
    return standard + (summer_time ? 3600 : 0);
}

int64_t tw_zone_instant(tw_zone zone, int64_t day, int minutes)
{
    const int64_t wall = (day * 86400 + minutes * 60) * TW_NS_PER_SECOND;
    const int64_t guess = wall - zones[zone].seconds * TW_NS_PER_SECOND;
    const int64_t time = wall - tw_zone_offset(zone, guess) * TW_NS_PER_SECOND;
    return wall - tw_zone_offset(zone, time) * TW_NS_PER_SECOND;
}
