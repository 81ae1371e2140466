/* SPDX-License-Identifier: Apache-2.0 */
#include "learn/label_impl.h"

#include <math.h>

tw_status tw_label_needs(const char *label, const tw_prices *prices, bool next_open, bool range, tw_error *err)
{
    const char *missing = !prices->close                             ? "close"
                          : next_open && !prices->open               ? "open"
                          : range && (!prices->high || !prices->low) ? "high and low"
                                                                     : NULL;
    if (missing) return tw_fail(err, TW_BAD_DATA, "label %s: needs %s prices, there are none", label, missing);
    if (prices->n_times * prices->n_lanes > UINT32_MAX)
        return tw_fail(err, TW_TOO_LARGE, "label %s: %zu x %zu cells, at most 4294967295", label, prices->n_times,
                       prices->n_lanes);
    return TW_OK;
}

void tw_label_blank(const tw_prices *prices, tw_label_out *out)
{
    for (size_t cell = 0; cell < prices->n_times * prices->n_lanes; cell++) {
        out->label[cell] = NAN;
        out->start[cell] = out->end[cell] = (uint32_t)(cell / prices->n_lanes);
    }
}

bool tw_hold_horizon(const tw_prices *prices, size_t cell, size_t horizon, bool next_open, tw_hold *hold)
{
    const size_t lanes = prices->n_lanes, t = cell / lanes, lane = cell % lanes;
    const double *price = next_open ? prices->open : prices->close;
    const size_t entry = t + next_open, exit = entry + horizon;
    /* Without a bar at t there is no decision to label. */
    if (exit >= prices->n_times || !(prices->close[cell] > 0)) return false;
    *hold = (tw_hold){entry, exit, price[entry * lanes + lane], price[exit * lanes + lane]};
    return hold->entry_price > 0 && hold->exit_price > 0 && isfinite(hold->entry_price) && isfinite(hold->exit_price);
}

static size_t log_returns(const tw_prices *prices, size_t cell, size_t window, double *mean, double *squares)
{
    const size_t lanes = prices->n_lanes, t = cell / lanes;
    const size_t first = t >= window ? t - window : 0;
    size_t n = 0;
    double sum = 0, sum2 = 0;
    for (size_t s = first; s < t; s++) {
        const double before = prices->close[s * lanes + cell % lanes],
                     after = prices->close[(s + 1) * lanes + cell % lanes];
        if (!(before > 0) || !(after > 0)) continue;
        const double r = log(after / before) - *mean;
        sum += r;
        sum2 += r * r;
        n++;
    }
    *mean = n ? sum / (double)n : NAN;
    *squares = sum2;
    return n;
}

double tw_past_volatility(const tw_prices *prices, size_t cell, size_t window)
{
    double mean = 0, squares = 0, rest = 0;
    const size_t n = log_returns(prices, cell, window, &mean, &squares);
    if (n < 2 || 2 * n < window) return NAN;
    rest = mean; /* second pass about the mean */
    log_returns(prices, cell, window, &rest, &squares);
    return sqrt(squares / (double)(n - 1));
}
