/* SPDX-License-Identifier: Apache-2.0 */
#include "backtest/accruals.h"

/* Rounds down, for times before 1970 as well. */
static int64_t day_of(int64_t time)
{
    const int64_t day = time / TW_NS_PER_DAY;
    return time % TW_NS_PER_DAY < 0 ? day - 1 : day;
}

double tw_days_before(const tw_market *market, size_t t)
{
    return (double)(day_of(market->time[t]) - day_of(market->time[t - 1]));
}

double tw_accrue(double value, double bp, double days) { return value * bp * 1e-4 * days / 365; }
