/* SPDX-License-Identifier: Apache-2.0 */
/* measure_relative.c - against a benchmark. */
#include "backtest/measures.h"

#include "tradewind/num.h"

#include <math.h>

static bool pair_ok(const tw_return_path *x, size_t least)
{
    return x->benchmark && tw_returns_ok(x, least) &&
           tw_returns_ok(&(tw_return_path){.n = x->n, .returns = x->benchmark}, least);
}

/* cov(r, b) / var(b), with only b centred: the mean of a centred b times the mean of r is 0. */
static double slope(const tw_return_path *x)
{
    const double *r = x->returns, *b = x->benchmark;
    if (tw_returns_constant(x->n, b)) return NAN;
    const double mean = tw_mean(x->n, b);
    double cov = 0, var = 0;
    for (size_t i = 0; i < x->n; i++) {
        cov += (b[i] - mean) * r[i];
        var += (b[i] - mean) * (b[i] - mean);
    }
    return cov / var;
}

static double beta(const tw_return_path *x) { return pair_ok(x, 2) ? slope(x) : NAN; }

const tw_measure tw_measure_beta = {
    .name = "beta",
    .title = "Beta",
    .source = TW_EMPYRICAL ", beta_aligned: cov(r, b) / var(b)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = beta,
};

static double alpha(const tw_return_path *x)
{
    if (!pair_ok(x, 2)) return NAN;
    const double excess = tw_mean(x->n, x->returns) - slope(x) * tw_mean(x->n, x->benchmark);
    return excess > -1 ? pow(1 + excess, x->periods_per_year) - 1 : NAN;
}

const tw_measure tw_measure_alpha = {
    .name = "alpha",
    .title = "Annual alpha",
    .source = TW_EMPYRICAL ", alpha_aligned: (1 + mean(r - beta b))^p - 1",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = alpha,
};

static double correlation(const tw_return_path *x)
{
    if (!pair_ok(x, 2) || tw_returns_constant(x->n, x->returns) || tw_returns_constant(x->n, x->benchmark)) return NAN;
    return tw_correlation(x->n, x->returns, x->benchmark);
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
static bool active(const tw_return_path *x, double *mean, double *deviation)
{
    const double *r = x->returns, *b = x->benchmark;
    const size_t n = x->n;
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

static double tracking_error(const tw_return_path *x)
{
    if (!pair_ok(x, 2)) return NAN;
    double mean, deviation;
    return active(x, &mean, &deviation) ? deviation * sqrt(x->periods_per_year) : 0;
}

const tw_measure tw_measure_tracking_error = {
    .name = "tracking_error",
    .title = "Annual volatility of the return over the benchmark's",
    .source = "std(r - b, ddof=1) sqrt(p)",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = tracking_error,
};

static double information_ratio(const tw_return_path *x)
{
    if (!pair_ok(x, 2)) return NAN;
    double mean, deviation;
    return active(x, &mean, &deviation) ? mean / deviation * sqrt(x->periods_per_year) : NAN;
}

const tw_measure tw_measure_information_ratio = {
    .name = "information_ratio",
    .title = "Information ratio",
    .source = "Grinold and Kahn, 1999; " TW_EMPYRICAL ", excess_sharpe, times sqrt(p)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = information_ratio,
};

static double batting_average(const tw_return_path *x)
{
    const double *r = x->returns, *b = x->benchmark;
    if (!pair_ok(x, 1)) return NAN;
    size_t ahead = 0;
    for (size_t i = 0; i < x->n; i++) ahead += r[i] > b[i];
    return (double)ahead / (double)x->n;
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

/* Annual growth of a path over the bars in which the benchmark went that way. */
static double growth_when(const tw_return_path *x, const double *of, int way)
{
    const double *b = x->benchmark;
    double growth = 1;
    size_t m = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!(way == ALL || (way == UP ? b[i] > 0 : b[i] < 0))) continue;
        growth *= 1 + of[i];
        m++;
    }
    return tw_annual_growth(m, growth, x->periods_per_year);
}

static double capture_when(const tw_return_path *x, int way)
{
    if (!pair_ok(x, 1)) return NAN;
    const double ratio = growth_when(x, x->returns, way) / growth_when(x, x->benchmark, way);
    return isfinite(ratio) ? ratio : NAN;
}

static double capture(const tw_return_path *x) { return capture_when(x, ALL); }

static double up_capture(const tw_return_path *x) { return capture_when(x, UP); }

static double down_capture(const tw_return_path *x) { return capture_when(x, DOWN); }

static double up_down_capture(const tw_return_path *x)
{
    const double ratio = up_capture(x) / down_capture(x);
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
