/* SPDX-License-Identifier: Apache-2.0 */
/* holiday.h - rules for holidays, and the lists of them that exchanges (data) and settlement calendars (pricing) share.
 */
#ifndef TW_BASE_HOLIDAY_H
#define TW_BASE_HOLIDAY_H

#include "tradewind/base.h"

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

typedef struct tw_holiday_rule {
    tw_rule_kind kind;
    int8_t month, day, weekday, shift;
    tw_observe observe;
    int16_t from, to; /* years, both included */
    uint8_t weekdays; /* bits of the weekdays on which it counts, 0 = all */
    int16_t close;    /* half days: minutes of the close */
} tw_holiday_rule;

/* How lists are written. */
enum { TW_MON = 0, TW_THU = 3, TW_EVER = 9999 };
#define TW_ON_DATE(m, d, how, first, last)                                                                             \
    {                                                                                                                  \
        .kind = TW_RULE_DATE, .month = (m), .day = (d), .observe = TW_OBSERVE_##how, .from = (first), .to = (last)     \
    }
#define TW_ON_NTH(m, n, wd, first, last)                                                                               \
    {                                                                                                                  \
        .kind = TW_RULE_NTH, .month = (m), .day = (n), .weekday = (wd), .from = (first), .to = (last)                  \
    }
#define TW_ON_EASTER(days, first, last)                                                                                \
    {                                                                                                                  \
        .kind = TW_RULE_EASTER, .shift = (days), .from = (first), .to = (last)                                         \
    }

/* Day on which `rule` makes a holiday in `year` (observance applied), or TW_NO_TIME. `all`: the list it is of. */
int64_t tw_holiday_day(const tw_holiday_rule *rule, const tw_holiday_rule *all, int year);

/* Lists end with a zero entry; closures are dates yyyymmdd that no rule gives. */
extern const tw_holiday_rule tw_holidays_new_york[], tw_holidays_london[], tw_holidays_tokyo[];
extern const int32_t tw_closures_new_york[], tw_closures_london[], tw_closures_tokyo[];

#endif
