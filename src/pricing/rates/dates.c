/* SPDX-License-Identifier: Apache-2.0 */
/* dates.c - civil arithmetic of dates, and tenors. */
#include "tradewind/rates.h"

#include <stdio.h>
#include <string.h>

enum { WEDNESDAY = 2 };

bool tw_date_parse(const char *text, size_t length, tw_date *date)
{
    int64_t time = 0;
    /* Other lengths would be epoch numbers, which no date here is written as. */
    if ((length != 8 && length != 10) || !tw_time_parse(text, length, &time)) return false;
    const int64_t days = time / TW_NS_PER_DAY;
    if (time % TW_NS_PER_DAY != 0 || days < TW_DATE_MIN || days > TW_DATE_MAX) return false;
    *date = (tw_date)days;
    return true;
}

size_t tw_date_format(tw_date date, char *out)
{
    const tw_civil c = tw_date_from_days(date);
    const int n = c.year >= 0 && c.year <= 9999 ? snprintf(out, 16, "%04d-%02d-%02d", c.year, c.month, c.day)
                                                : snprintf(out, 16, "none");
    return (size_t)n;
}

static tw_date clip(int64_t days)
{
    const int64_t most = 2 * (int64_t)TW_DATE_MAX;
    return (tw_date)(days > most ? most : days < -most ? -most : days);
}

static int days_in_month(int year, int month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

tw_date tw_date_add_months(tw_date date, int months)
{
    const tw_civil c = tw_date_from_days(clip(date));
    const int64_t count = (int64_t)c.year * 12 + c.month - 1 + months;
    const int64_t year = count / 12 - (count % 12 < 0);
    if (year < 1600 || year > 2500) return clip(year < 1600 ? INT64_MIN / 2 : INT64_MAX / 2);
    const int month = (int)(count - year * 12 + 1), most = days_in_month((int)year, month);
    return (tw_date)tw_days_from_date((int)year, month, c.day < most ? c.day : most);
}

tw_date tw_date_month_end(tw_date date)
{
    const tw_civil c = tw_date_from_days(date);
    return (tw_date)((int64_t)date + days_in_month(c.year, c.month) - c.day);
}

tw_date tw_date_imm(int year, int month)
{
    const int64_t first = tw_days_from_date(year, month, 1);
    return (tw_date)(first + (WEDNESDAY - tw_weekday(first) + 7) % 7 + 14);
}

tw_date tw_date_next_imm(tw_date date)
{
    tw_civil c = tw_date_from_days(date);
    for (c.month = (c.month + 2) / 3 * 3;; c.month += 3) {
        if (c.month > 12) c.month = 3, c.year++;
        const tw_date imm = tw_date_imm(c.year, c.month);
        if (imm > date) return imm;
    }
}

bool tw_tenor_parse(const char *text, size_t length, tw_tenor *tenor)
{
    int64_t n = 0;
    if (length == 2 && memcmp(text, "ON", 2) == 0) {
        *tenor = (tw_tenor){1, 'B'};
        return true;
    }
    if (length < 2 || !tw_parse_int64(text, length - 1, &n) || n < -TW_TENOR_MOST || n > TW_TENOR_MOST) return false;
    const char unit = text[length - 1];
    if (!unit || !strchr("BDWMY", unit)) return false;
    *tenor = (tw_tenor){(int)n, unit};
    return true;
}
