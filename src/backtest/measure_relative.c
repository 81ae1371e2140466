/* SPDX-License-Identifier: Apache-2.0 */
/* measure_relative.c - against a benchmark. */
#include "backtest/measures.h"

#include "tradewind/num.h"

#include <math.h>

static bool pair_ok(size_t n, size_t least, const double *r, const double *b)
{
    return b && tw_returns_ok(n, least, r) && tw_returns_ok(n, least, b);
}

/* cov(r, b) / var(b), with only b centred: the mean of a centred b times the mean of r is 0. */
static double slope(size_t n, const double *r, const double *b)
{
    if (tw_returns_constant(n, b)) return NAN;
    const double mean = tw_mean(n, b);
    double cov = 0, var = 0;
    for (size_t i = 0; i < n; i++) {
        cov += (b[i] - mean) * r[i];
        var += (b[i] - mean) * (b[i] - mean);
    }
    return cov / var;
}

static double beta(size_t n, const double *r, const double *b, double p)
{
    (void)p;
    return pair_ok(n, 2, r, b) ? slope(n, r, b) : NAN;
}

const tw_measure tw_measure_beta = {
    .name = "beta",
    .title = "Beta",
    .source = TW_EMPYRICAL ", beta_aligned: cov(r, b) / var(b)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = beta,
};

static double alpha(size_t n, const double *r, const double *b, double p)
{
    if (!pair_ok(n, 2, r, b)) return NAN;
    const double excess = tw_mean(n, r) - slope(n, r, b) * tw_mean(n, b);
    return excess > -1 ? pow(1 + excess, p) - 1 : NAN;
}

const tw_measure tw_measure_alpha = {
    .name = "alpha",
    .title = "Annual alpha",
    .source = TW_EMPYRICAL ", alpha_aligned: (1 + mean(r - beta b))^p - 1",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = alpha,
};

static double correlation(size_t n, const double *r, const double *b, double p)
{
    (void)p;
    if (!pair_ok(n, 2, r, b) || tw_returns_constant(n, r) || tw_returns_constant(n, b)) return NAN;
    return tw_correlation(n, r, b);
}

const tw_measure tw_measure_correlation = {
    .name = "correlation",
    .title = "Correlation with the benchmark",
    .source = "Pearson",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = correlation,
};

/* Mean and standard deviation of r - b, two passes. False when r - b is constant. */
static bool active(size_t n, const double *r, const double *b, double *mean, double *deviation)
{
    double sum = 0, squares = 0;
    bool constant = true;
    for (size_t i = 0; i < n; i++) {
        sum += r[i] - b[i];
        constant = constant && r[i] - b[i] == r[0] - b[0];
    }
    *mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (r[i] - b[i] - *mean) * (r[i] - b[i] - *mean);
    *deviation = sqrt(squares / (double)(n - 1));
    return !constant;
}

static double tracking_error(size_t n, const double *r, const double *b, double p)
{
    if (!pair_ok(n, 2, r, b)) return NAN;
    double mean, deviation;
    return active(n, r, b, &mean, &deviation) ? deviation * sqrt(p) : 0;
}

const tw_measure tw_measure_tracking_error = {
    .name = "tracking_error",
    .title = "Annual volatility of the return over the benchmark's",
    .source = "std(r - b, ddof=1) sqrt(p)",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = tracking_error,
};

static double information_ratio(size_t n, const double *r, const double *b, double p)
{
    if (!pair_ok(n, 2, r, b)) return NAN;
    double mean, deviation;
    return active(n, r, b, &mean, &deviation) ? mean / deviation * sqrt(p) : NAN;
}

const tw_measure tw_measure_information_ratio = {
    .name = "information_ratio",
    .title = "Information ratio",
    .source = "Grinold and Kahn, 1999; " TW_EMPYRICAL ", excess_sharpe, times sqrt(p)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = information_ratio,
};

static double batting_average(size_t n, const double *r, const double *b, double p)
{
    (void)p;
    if (!pair_ok(n, 1, r, b)) return NAN;
    size_t ahead = 0;
    for (size_t i = 0; i < n; i++) ahead += r[i] > b[i];
    return (double)ahead / (double)n;
}

const tw_measure tw_measure_batting_average = {
    .name = "batting_average",
    .title = "Share of bars ahead of the benchmark",
    .source = TW_EMPYRICAL ", batting_average",
    .unit = "share",
    .needs_benchmark = true,
    .compute = batting_average,
};

enum { ALL = 0, UP = 1, DOWN = -1 };

/* Annual growth of x over the bars in which the benchmark went that way. */
static double growth_when(size_t n, const double *x, const double *b, int way, double p)
{
    double growth = 1;
    size_t m = 0;
    for (size_t i = 0; i < n; i++) {
        if (!(way == ALL || (way == UP ? b[i] > 0 : b[i] < 0))) continue;
        growth *= 1 + x[i];
        m++;
    }
    return tw_annual_growth(m, growth, p);
}

static double capture_when(size_t n, const double *r, const double *b, int way, double p)
{
    if (!pair_ok(n, 1, r, b)) return NAN;
    const double ratio = growth_when(n, r, b, way, p) / growth_when(n, b, b, way, p);
    return isfinite(ratio) ? ratio : NAN;
}

static double capture(size_t n, const double *r, const double *b, double p) { return capture_when(n, r, b, ALL, p); }

static double up_capture(size_t n, const double *r, const double *b, double p) { return capture_when(n, r, b, UP, p); }

static double down_capture(size_t n, const double *r, const double *b, double p)
{
    return capture_when(n, r, b, DOWN, p);
}

static double up_down_capture(size_t n, const double *r, const double *b, double p)
{
    const double ratio = up_capture(n, r, b, p) / down_capture(n, r, b, p);
    return isfinite(ratio) ? ratio : NAN;
}

const tw_measure tw_measure_capture = {
    .name = "capture",
    .title = "Annual return over the benchmark's",
    .source = TW_EMPYRICAL ", capture",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = capture,
};

const tw_measure tw_measure_up_capture = {
    .name = "up_capture",
    .title = "Capture while the benchmark rises",
    .source = TW_EMPYRICAL ", up_capture",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = up_capture,
};

const tw_measure tw_measure_down_capture = {
    .name = "down_capture",
    .title = "Capture while the benchmark falls",
    .source = TW_EMPYRICAL ", down_capture",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = down_capture,
};

const tw_measure tw_measure_up_down_capture = {
    .name = "up_down_capture",
    .title = "Up capture over down capture",
    .source = TW_EMPYRICAL ", up_down_capture",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = up_down_capture,
};
