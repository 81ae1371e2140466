/* SPDX-License-Identifier: Apache-2.0 */
/* icma.c - actual/actual by coupon periods (ICMA rule 251). Time is cut at the quasi-coupon dates: those of the
 * schedule or the reference period, and before and behind them as many more as are needed, whole periods apart. So a
 * stub of any length counts by the regular periods it lies in, and a payment moved behind the last date by the period
 * that would follow. */
#include "pricing/rates/icma.h"

#include <math.h>

/* Regular dates, `months` apart: date[0..n), from where more are made. */
typedef struct grid {
    const tw_date *date;
    size_t n;
    int months;
} grid;

/* Quasi-coupon date k; k < 0 lies before the regular dates. Counted from an end, so that a 31st comes back. */
static tw_date quasi(const grid *g, int k)
{
    const int last = (int)g->n - 1;
    if (k < 0) return tw_date_add_months(g->date[0], k * g->months);
    return k > last ? tw_date_add_months(g->date[last], (k - last) * g->months) : g->date[k];
}

static double fraction_in(const grid *g, tw_date start, tw_date end)
{
    const double a_year = 12.0 / g->months;
    int k = 0;
    while (quasi(g, k) > start) k--;
    while (quasi(g, k + 1) <= start) k++;
    double whole = 0, part = 0;
    for (; quasi(g, k) < end; k++) {
        const tw_date from = quasi(g, k), to = quasi(g, k + 1);
        if (to <= from) break; /* at the end of time */
        if (from >= start && to <= end)
            whole++;
        else
            part += (double)((end < to ? end : to) - (start > from ? start : from)) / (to - from);
    }
    return (whole + part) / a_year;
}

static int months_of(const tw_accrual *a, tw_date from, tw_date to)
{
    if (a->frequency > 0 && a->frequency <= 12) return 12 / a->frequency;
    const double months = floor(12.0 * (to - from) / 365 + 0.5);
    return months < 1 ? 1 : months > 2400 ? 2400 : (int)months;
}

static bool is_regular(tw_date from, tw_date to, int months)
{
    const tw_date back = tw_date_add_months(to, -months), on = tw_date_add_months(from, months);
    return back == from || on == to || (to == tw_date_month_end(to) && from == tw_date_month_end(back));
}

/* The dates between the stubs. A schedule of one period alone is taken as regular. */
static grid regular_part(const tw_accrual *a)
{
    grid g = {.date = a->dates, .n = a->n_dates};
    const size_t middle = g.n > 3 ? 1 : 0;
    g.months = months_of(a, a->dates[middle], a->dates[middle + 1]);
    if (g.n > 2 && !is_regular(g.date[0], g.date[1], g.months)) g.date++, g.n--;
    if (g.n > 2 && !is_regular(g.date[g.n - 2], g.date[g.n - 1], g.months)) g.n--;
    return g;
}

double tw_icma_fraction(const tw_accrual *a)
{
    if (a->end == a->start) return 0;
    if (a->end < a->start) {
        tw_accrual reverse = *a;
        reverse.start = a->end;
        reverse.end = a->start;
        return -tw_icma_fraction(&reverse);
    }
    if (a->n_dates > 1) {
        const grid g = regular_part(a);
        return fraction_in(&g, a->start, a->end);
    }
    const bool given = a->ref_start < a->ref_end;
    const tw_date period[2] = {given ? a->ref_start : a->start, given ? a->ref_end : a->end};
    const grid g = {period, 2, months_of(a, period[0], period[1])};
    /* Nearly every call lies in the one period. */
    if (a->start >= period[0] && a->end <= period[1])
        return (double)(a->end - a->start) / (period[1] - period[0]) / (12.0 / g.months);
    return fraction_in(&g, a->start, a->end);
}
