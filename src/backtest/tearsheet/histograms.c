/* SPDX-License-Identifier: Apache-2.0 */
/* histograms.c - how returns, turnover and round trips are distributed, and what the latter say of the next. */
#include "backtest/tearsheet/sheet.h"
#include "tradewind/num.h"

#include <math.h>

/* ---------------------------------------------------------------- histograms */

static double edge(const tw_sheet_histogram *h, size_t k) { return h->least + (double)k * h->width; }

static size_t bin_of(const tw_sheet_histogram *h, double x)
{
    const double at = floor((x - h->least) / h->width);
    size_t k = at > 0 ? (size_t)at : 0;
    if (k >= TW_SHEET_BINS) k = TW_SHEET_BINS - 1;
    if (x < edge(h, k) && k > 0) k--; /* a rounding of the quotient */
    if (k + 1 < TW_SHEET_BINS && x >= edge(h, k + 1)) k++;
    return k;
}

static void count(tw_sheet_histogram *h, const char *name, size_t n, const double *x)
{
    double least = INFINITY, most = -INFINITY, sum = 0;
    *h = (tw_sheet_histogram){.name = name};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i])) continue;
        least = fmin(least, x[i]);
        most = fmax(most, x[i]);
        sum += x[i];
        h->n++;
    }
    if (h->n == 0 || !isfinite(most - least)) {
        h->n = 0;
        return;
    }
    const bool flat = most == least; /* a bin to each side of the one value */
    h->least = flat ? least - 0.5 : least;
    h->width = flat ? 1.0 / TW_SHEET_BINS : (most - least) / TW_SHEET_BINS;
    h->mean = sum / (double)h->n;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i])) h->bin[bin_of(h, x[i])]++;
}

tw_status tw_sheet_histograms(tw_tearsheet *sheet, tw_error *err)
{
    const tw_track_record *r = &sheet->record;
    const tw_sheet_period *months = &sheet->period[1];
    double *x = tw_sheet_series(sheet, sheet->n_trips, 0);
    if (!x) return tw_sheet_no_memory(err);
    count(&sheet->histogram[0], "daily_return", r->path.n, r->path.returns);
    count(&sheet->histogram[1], "monthly_return", months->n, months->returns);
    count(&sheet->histogram[2], "turnover", sheet->turnover ? r->path.n : 0, sheet->turnover);
    for (size_t i = 0; i < sheet->n_trips; i++) x[i] = sheet->trip[i].returns;
    count(&sheet->histogram[3], "round_trip_return", sheet->n_trips, x);
    for (size_t i = 0; i < sheet->n_trips; i++) x[i] = sheet->trip[i].pnl;
    count(&sheet->histogram[4], "round_trip_profit", sheet->n_trips, x);
    return TW_OK;
}

/* ---------------------------------------------------------------- belief */

/* The beta distribution of whole a, b > 0. */
typedef struct beta {
    double a, b, log_norm; /* log B(a, b) */
} beta;

static double log_factorial(size_t n)
{
    double sum = 0;
    for (size_t i = 2; i <= n; i++) sum += tw_log((double)i);
    return sum;
}

static beta beta_of(size_t a, size_t b)
{
    return (beta){(double)a, (double)b, log_factorial(a - 1) + log_factorial(b - 1) - log_factorial(a + b - 1)};
}

static double log_part(const beta *d, double x) { return d->a * tw_log(x) + d->b * tw_log1p(-x) - d->log_norm; }

static double density(const beta *d, double x)
{
    if (x <= 0 || x >= 1) return 0;
    return tw_exp(log_part(d, x)) / (x * (1 - x));
}

/* The continued fraction of the incomplete beta function by the modified Lentz method (DLMF 8.17.22); it converges
 * fast for x below the mean. */
static double fraction(const beta *d, double x)
{
    enum { MOST = 100000 };
    static const double TINY = 1e-300, ENOUGH = 1e-16;
    double c = 1, f = 1 - (d->a + d->b) * x / (d->a + 1);
    f = 1 / (fabs(f) < TINY ? TINY : f);
    double h = f;
    for (int i = 1; i < MOST; i++) {
        const double m = i, two = 2 * m;
        for (int odd = 0; odd < 2; odd++) {
            const double step = odd ? -(d->a + m) * (d->a + d->b + m) * x / ((d->a + two) * (d->a + two + 1))
                                    : m * (d->b - m) * x / ((d->a + two - 1) * (d->a + two));
            f = 1 + step * f;
            c = 1 + step / c;
            f = 1 / (fabs(f) < TINY ? TINY : f);
            if (fabs(c) < TINY) c = TINY;
            h *= c * f;
        }
        if (fabs(c * f - 1) < ENOUGH) break;
    }
    return h;
}

/* The chance of a value up to x. */
static double below(const beta *d, double x)
{
    if (x <= 0 || x >= 1) return x >= 1;
    const bool swap = x > (d->a + 1) / (d->a + d->b + 2);
    const beta other = {d->b, d->a, d->log_norm};
    const beta *used = swap ? &other : d;
    const double at = swap ? 1 - x : x, part = tw_exp(log_part(used, at)) * fraction(used, at) / used->a;
    return swap ? 1 - part : part;
}

static double quantile(const beta *d, double p)
{
    double lo = 0, hi = 1;
    for (int i = 0; i < 60; i++) { /* to the last bits */
        const double middle = (lo + hi) / 2;
        if (below(d, middle) < p)
            lo = middle;
        else
            hi = middle;
    }
    return (lo + hi) / 2;
}

tw_status tw_sheet_beliefs(tw_tearsheet *sheet, tw_error *err)
{
    static const double SIDE = 0.025, SHOWN = 0.001;
    tw_sheet_belief *b = &sheet->belief;
    for (size_t i = 0; i < sheet->n_trips; i++) b->winners += sheet->trip[i].pnl > 0;
    b->others = sheet->n_trips - b->winners;
    b->mean = b->low = b->high = NAN;
    if (b->winners == 0 || b->others == 0) return TW_OK;
    double *chance = tw_sheet_series(sheet, TW_SHEET_BELIEF, 0), *dense = tw_sheet_series(sheet, TW_SHEET_BELIEF, 0);
    if (!chance || !dense) return tw_sheet_no_memory(err);
    const beta d = beta_of(b->winners, b->others);
    const double from = quantile(&d, SHOWN), to = quantile(&d, 1 - SHOWN);
    b->mean = d.a / (d.a + d.b);
    b->low = quantile(&d, SIDE);
    b->high = quantile(&d, 1 - SIDE);
    for (size_t i = 0; i < TW_SHEET_BELIEF; i++) {
        chance[i] = from + (to - from) * (double)i / (TW_SHEET_BELIEF - 1);
        dense[i] = density(&d, chance[i]);
    }
    b->chance = chance;
    b->density = dense;
    return TW_OK;
}
