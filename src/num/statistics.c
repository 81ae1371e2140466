/* SPDX-License-Identifier: Apache-2.0 */
/* statistics.c - moments, correlation, the variance of a mean. */
#include <math.h>

#include "num/neumaier.h"
#include "tradewind/num.h"

double tw_sum(size_t n, const double *x)
{
    tw_neumaier s = {0.0, 0.0};
    for (size_t i = 0; i < n; i++) tw_neumaier_add(&s, x[i]);
    return tw_neumaier_total(&s);
}

double tw_mean(size_t n, const double *x) { return n == 0 ? (double)NAN : tw_sum(n, x) / (double)n; }

/* Sums of powers of the deviations from the mean. */
typedef struct moments {
    double s2, s3, s4;
} moments;

static moments central_moments(size_t n, const double *x)
{
    const double mean = tw_mean(n, x);
    tw_neumaier s1 = {0.0, 0.0}, s2 = s1, s3 = s1, s4 = s1;
    for (size_t i = 0; i < n; i++) {
        const double d = x[i] - mean, d2 = d * d;
        tw_neumaier_add(&s1, d);
        tw_neumaier_add(&s2, d2);
        tw_neumaier_add(&s3, d2 * d);
        tw_neumaier_add(&s4, d2 * d2);
    }
    /* The rounding of the mean shows as a first moment that is not 0 (Chan, Golub and LeVeque 1983). */
    const double e = n == 0 ? 0.0 : tw_neumaier_total(&s1) / (double)n;
    return (moments){tw_neumaier_total(&s2) - e * tw_neumaier_total(&s1),
                     tw_neumaier_total(&s3) - 3.0 * e * tw_neumaier_total(&s2),
                     tw_neumaier_total(&s4) - 4.0 * e * tw_neumaier_total(&s3)};
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
    tw_neumaier xx = {0.0, 0.0}, yy = xx, xy = xx;
    for (size_t i = 0; i < n; i++) {
        const double dx = x[i] - mx, dy = y[i] - my;
        tw_neumaier_add(&xx, dx * dx);
        tw_neumaier_add(&yy, dy * dy);
        tw_neumaier_add(&xy, dx * dy);
    }
    const double sx = sqrt(tw_neumaier_total(&xx)), sy = sqrt(tw_neumaier_total(&yy));
    if (!(sx > 0.0 && sy > 0.0)) return (double)NAN;
    const double r = tw_neumaier_total(&xy) / sx / sy;
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
    tw_neumaier all = {0.0, 0.0};
    for (size_t lag = 0; lag <= lags && lag < n; lag++) {
        tw_neumaier s = {0.0, 0.0};
        for (size_t i = lag; i < n; i++) tw_neumaier_add(&s, (x[i] - mean) * (x[i - lag] - mean));
        const double weight = lag == 0 ? 1.0 : 2.0 * (1.0 - (double)lag / ((double)lags + 1.0));
        tw_neumaier_add(&all, weight * (tw_neumaier_total(&s) / (double)n));
    }
    return tw_neumaier_total(&all) / (double)n;
}
