/* SPDX-License-Identifier: Apache-2.0 */
/* measure_relative.c - against a benchmark. */
#include "backtest/measures.h"

#include "num/neumaier.h"
#include "tradewind/num.h"

#include <math.h>

static bool pair_ok(const tw_return_path *x, size_t least)
{
    return x->benchmark && tw_returns_ok(x, least) &&
           tw_returns_ok(&(tw_return_path){.n = x->n, .returns = x->benchmark}, least);
}

enum { ALL = 0, UP = 1, DOWN = -1 };

/* The benchmark went that way in bar i; up and down only where there is a return beside it. */
static bool went(const tw_return_path *x, size_t i, int way)
{
    const double b = x->benchmark[i];
    return way == ALL || (!isnan(x->returns[i]) && (way == UP ? b > 0 : b < 0));
}

/* A straight line through (b, r) of the bars in which the benchmark went that way and both are there. */
typedef struct line {
    size_t n;            /* bars that went that way */
    double beta, excess; /* excess: mean of r - rf - beta (b - rf) */
} line;

static line fit(const tw_return_path *x, int way)
{
    const double *r = x->returns, *b = x->benchmark;
    tw_neumaier sum_r = {0, 0}, sum_b = sum_r;
    size_t n = 0;
    line out = {0, NAN, NAN};
    for (size_t i = 0; i < x->n; i++) {
        if (!went(x, i, way)) continue;
        out.n++;
        if (isnan(r[i]) || isnan(b[i])) continue;
        n++;
        tw_neumaier_add(&sum_r, r[i]);
        tw_neumaier_add(&sum_b, b[i]);
    }
    if (n == 0) return out;
    const double mean_r = tw_neumaier_total(&sum_r) / (double)n, mean_b = tw_neumaier_total(&sum_b) / (double)n;
    double cov = 0, var = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!went(x, i, way) || isnan(r[i]) || isnan(b[i])) continue;
        /* Only b is centred: the mean of a centred b times the mean of r is 0. */
        cov += (b[i] - mean_b) * r[i];
        var += (b[i] - mean_b) * (b[i] - mean_b);
    }
    if (var / (double)n < 1e-30) return out; /* empyrical's bound for a benchmark that does not move */
    out.beta = cov / var;
    out.excess = mean_r - x->risk_free - out.beta * (mean_b - x->risk_free);
    return out;
}

static double beta_when(const tw_return_path *x, int way)
{
    if (!pair_ok(x, 2)) return NAN;
    const line l = fit(x, way);
    return l.n >= 2 ? l.beta : NAN;
}

static double alpha_when(const tw_return_path *x, int way)
{
    if (!pair_ok(x, 2)) return NAN;
    const line l = fit(x, way);
    return l.n >= 2 && l.excess > -1 ? pow(1 + l.excess, x->periods_per_year) - 1 : NAN;
}

static double beta(const tw_return_path *x) { return beta_when(x, ALL); }

static double up_beta(const tw_return_path *x) { return beta_when(x, UP); }

static double down_beta(const tw_return_path *x) { return beta_when(x, DOWN); }

static double alpha(const tw_return_path *x) { return alpha_when(x, ALL); }

static double up_alpha(const tw_return_path *x) { return alpha_when(x, UP); }

static double down_alpha(const tw_return_path *x) { return alpha_when(x, DOWN); }

const tw_measure tw_measure_beta = {
    .name = "beta",
    .title = "Beta",
    .source = TW_EMPYRICAL ", beta_aligned: cov(r, b) / var(b)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = beta,
};

const tw_measure tw_measure_up_beta = {
    .name = "up_beta",
    .title = "Beta while the benchmark rises",
    .source = TW_EMPYRICAL ", up_alpha_beta",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = up_beta,
};

const tw_measure tw_measure_down_beta = {
    .name = "down_beta",
    .title = "Beta while the benchmark falls",
    .source = TW_EMPYRICAL ", down_alpha_beta",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = down_beta,
};

const tw_measure tw_measure_alpha = {
    .name = "alpha",
    .title = "Annual alpha",
    .source = TW_EMPYRICAL ", alpha_aligned: (1 + mean(r - beta b))^p - 1",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = alpha,
};

const tw_measure tw_measure_up_alpha = {
    .name = "up_alpha",
    .title = "Annual alpha while the benchmark rises",
    .source = TW_EMPYRICAL ", up_alpha_beta",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = up_alpha,
};

const tw_measure tw_measure_down_alpha = {
    .name = "down_alpha",
    .title = "Annual alpha while the benchmark falls",
    .source = TW_EMPYRICAL ", down_alpha_beta",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = down_alpha,
};

static double correlation(const tw_return_path *x)
{
    if (!pair_ok(x, 2) || !tw_returns_whole(x, 2) ||
        !tw_returns_whole(&(tw_return_path){.n = x->n, .returns = x->benchmark}, 2))
        return NAN;
    if (tw_returns_constant(x->n, x->returns) || tw_returns_constant(x->n, x->benchmark)) return NAN;
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

static double tracking_error(const tw_return_path *x)
{
    if (!pair_ok(x, 2)) return NAN;
    const tw_spread s = tw_spread_of(x, tw_pick_active);
    return s.constant && s.n > 1 ? 0 : sqrt(s.variance) * sqrt(x->periods_per_year);
}

const tw_measure tw_measure_tracking_error = {
    .name = "tracking_error",
    .title = "Annual volatility of the return over the benchmark's",
    .source = "std(r - b, ddof=1) sqrt(p)",
    .unit = "per year",
    .needs_benchmark = true,
    .compute = tracking_error,
};

static double excess_sharpe(const tw_return_path *x)
{
    if (!pair_ok(x, 2)) return NAN;
    const tw_spread s = tw_spread_of(x, tw_pick_active);
    return s.constant ? NAN : s.mean / sqrt(s.variance);
}

const tw_measure tw_measure_excess_sharpe = {
    .name = "excess_sharpe",
    .title = "Sharpe ratio of the return over the benchmark's, a bar",
    .source = TW_EMPYRICAL ", excess_sharpe: mean(r - b) / std(r - b, ddof=1)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = excess_sharpe,
};

static double information_ratio(const tw_return_path *x) { return excess_sharpe(x) * sqrt(x->periods_per_year); }

const tw_measure tw_measure_information_ratio = {
    .name = "information_ratio",
    .title = "Information ratio",
    .source = "Grinold and Kahn, 1999; " TW_EMPYRICAL ", excess_sharpe, times sqrt(p)",
    .unit = "ratio",
    .needs_benchmark = true,
    .compute = information_ratio,
};

/* Of the bars in which the benchmark did not fall (UP) or fell (DOWN). Whole bars only. */
static double batting_when(const tw_return_path *x, int way)
{
    const double *r = x->returns, *b = x->benchmark;
    if (!pair_ok(x, 1)) return NAN;
    size_t ahead = 0, n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (isnan(r[i]) || isnan(b[i]) || !(way == ALL || (way == UP ? b[i] >= 0 : b[i] < 0))) continue;
        ahead += r[i] > b[i];
        n++;
    }
    return n ? (double)ahead / (double)n : NAN;
}

static double batting_average(const tw_return_path *x) { return batting_when(x, ALL); }

static double up_batting_average(const tw_return_path *x) { return batting_when(x, UP); }

static double down_batting_average(const tw_return_path *x) { return batting_when(x, DOWN); }

const tw_measure tw_measure_up_batting_average = {
    .name = "up_batting_average",
    .title = "Share of bars ahead of a benchmark that does not fall",
    .source = TW_EMPYRICAL ", batting_average, up market",
    .unit = "share",
    .needs_benchmark = true,
    .compute = up_batting_average,
};

const tw_measure tw_measure_down_batting_average = {
    .name = "down_batting_average",
    .title = "Share of bars ahead of a benchmark that falls",
    .source = TW_EMPYRICAL ", batting_average, down market",
    .unit = "share",
    .needs_benchmark = true,
    .compute = down_batting_average,
};

const tw_measure tw_measure_batting_average = {
    .name = "batting_average",
    .title = "Share of bars ahead of the benchmark",
    .source = TW_EMPYRICAL ", batting_average",
    .unit = "share",
    .needs_benchmark = true,
    .compute = batting_average,
};

/* Annual growth of a path over the bars in which the benchmark went that way. */
static double growth_when(const tw_return_path *x, const double *of, int way)
{
    double growth = 1;
    size_t m = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!went(x, i, way)) continue;
        if (!isnan(of[i])) growth *= 1 + of[i];
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
