/* SPDX-License-Identifier: Apache-2.0 */
/* aggregate.c - returns of weeks, months, quarters and years. */
#include "tradewind/backtest.h"

#include <math.h>

/* Year * 100 + week by ISO 8601: a week belongs to the year of its Thursday. tw_weekday: 0 is Monday. */
static int iso_week(int64_t days)
{
    const int64_t thursday = days - tw_weekday(days) + 3;
    const int year = tw_date_from_days(thursday).year;
    return year * 100 + (int)((thursday - tw_days_from_date(year, 1, 1)) / 7) + 1;
}

int tw_period_of(tw_calendar_period period, int64_t time_ns)
{
    const tw_civil date = tw_time_to_civil(time_ns);
    if (period == TW_YEARLY) return date.year;
    if (period == TW_MONTHLY) return date.year * 100 + date.month;
    if (period == TW_QUARTERLY) return date.year * 100 + (date.month + 2) / 3;
    return iso_week(tw_days_from_date(date.year, date.month, date.day));
}

size_t tw_returns_aggregate(const tw_return_path *path, const int64_t *time, tw_calendar_period period, int *label,
                            double *out)
{
    size_t n = 0;
    for (size_t i = 0; i < path->n; i++) {
        const int wanted = tw_period_of(period, time[i]);
        if (n == 0 || label[n - 1] != wanted) {
            label[n] = wanted;
            out[n++] = 1;
        }
        if (!isnan(path->returns[i])) out[n - 1] *= 1 + path->returns[i];
    }
    for (size_t k = 0; k < n; k++) out[k] -= 1;
    return n;
}
