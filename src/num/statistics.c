/* SPDX-License-Identifier: Apache-2.0 */
/* statistics.c - moments, correlation, the variance of a mean. */
#include <math.h>

#include "tradewind/num.h"

/* A running sum with the rounding errors beside it (Neumaier 1974). */
typedef struct neumaier {
    double sum, low;
} neumaier;

static void add(neumaier *s, double x)
{
    const double t = s->sum + x;
    s->low += fabs(s->sum) >= fabs(x) ? (s->sum - t) + x : (x - t) + s->sum;
    s->sum = t;
}

/* An infinite or NaN sum has no correction. */
static double total(const neumaier *s) { return isfinite(s->sum) ? s->sum + s->low : s->sum; }

double tw_sum(size_t n, const double *x)
{
    neumaier s = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) add(&s, x[i]);
    return total(&s);
}

double tw_mean(size_t n, const double *x) { return n == 0 ? (double)NAN : tw_sum(n, x) / (double)n; }

/* Sums of powers of the deviations from the mean. */
typedef struct moments {
    double s2, s3, s4;
} moments;

static moments central_moments(size_t n, const double *x)
{
    const double mean = tw_mean(n, x);
    neumaier s1 = {0.0, 0.0}, s2 = s1, s3 = s1, s4 = s1;
    for (size_t i = 0; i < n; i++) {
        const double d = x[i] - mean, d2 = d * d;
        add(&s1, d);
        add(&s2, d2);
        add(&s3, d2 * d);
        add(&s4, d2 * d2);
    }
    /* The rounding of the mean shows as a first moment that is not 0 (Chan, Golub and LeVeque 1983). */
    const double e = n == 0 ? 0.0 : total(&s1) / (double)n;
    return (moments){total(&s2) - e * total(&s1), total(&s3) - 3.0 * e * total(&s2), total(&s4) - 4.0 * e * total(&s3)};
}

double tw_variance(size_t n, const double *x, int ddof)
{
    const double divisor = (double)n - (double)ddof;
    if (n == 0 || divisor <= 0.0) return (double)NAN;
    return central_moments(n, x).s2 / divisor;
}

double tw_skewness(size_t n, const double *x)
{
    const moments m = central_moments(n, x);
    const double m2 = m.s2 / (double)n;
    return m2 > 0.0 ? m.s3 / (double)n / (m2 * sqrt(m2)) : (double)NAN;
}

double tw_kurtosis(size_t n, const double *x)
{
    const moments m = central_moments(n, x);
    const double m2 = m.s2 / (double)n;
    return m2 > 0.0 ? m.s4 / (double)n / (m2 * m2) : (double)NAN;
}

double tw_correlation(size_t n, const double *x, const double *y)
{
    const double mx = tw_mean(n, x), my = tw_mean(n, y);
    neumaier xx = {0.0, 0.0}, yy = xx, xy = xx;
    for (size_t i = 0; i < n; i++) {
        const double dx = x[i] - mx, dy = y[i] - my;
        add(&xx, dx * dx);
        add(&yy, dy * dy);
        add(&xy, dx * dy);
    }
    const double sx = sqrt(total(&xx)), sy = sqrt(total(&yy));
    if (!(sx > 0.0 && sy > 0.0)) return (double)NAN;
    const double r = total(&xy) / sx / sy;
    return r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
}

double tw_spearman(size_t n, const double *x, const double *y, double *scratch, size_t *order)
{
    tw_rank(n, x, scratch, order);
    tw_rank(n, y, scratch + n, order);
    return tw_correlation(n, scratch, scratch + n);
}

/* Newey and West (1987): (g0 + 2 sum (1 - l / (lags + 1)) g_l) / n, g_l the autocovariance with divisor n. */
double tw_newey_west(size_t n, const double *x, size_t lags)
{
    if (n == 0) return (double)NAN;
    const double mean = tw_mean(n, x);
    neumaier all = {0.0, 0.0};
    for (size_t lag = 0; lag <= lags && lag < n; lag++) {
        neumaier s = {0.0, 0.0};
        for (size_t i = lag; i < n; i++) add(&s, (x[i] - mean) * (x[i - lag] - mean));
        const double weight = lag == 0 ? 1.0 : 2.0 * (1.0 - (double)lag / ((double)lags + 1.0));
        add(&all, weight * (total(&s) / (double)n));
    }
    return total(&all) / (double)n;
}
