/* SPDX-License-Identifier: Apache-2.0 */
/* measure_risk.c - how much could be lost: spread, drawdown, tails. */
#include "backtest/measures.h"

#include "tradewind/num.h"

#include <math.h>

static double annual_volatility(const tw_return_path *x)
{
    return tw_returns_ok(x, 2) ? sqrt(tw_spread_of(x, tw_pick_return).variance) * sqrt(x->periods_per_year) : NAN;
}

const tw_measure tw_measure_annual_volatility = {
    .name = "annual_volatility",
    .title = "Annual volatility",
    .source = TW_EMPYRICAL ", annual_volatility: std(r, ddof=1) sqrt(p)",
    .unit = "per year",
    .compute = annual_volatility,
};

static double worst_drawdown(const tw_return_path *x)
{
    const double *r = x->returns;
    double wealth = 1, peak = 1, worst = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (isnan(r[i])) continue;
        wealth *= 1 + r[i];
        peak = fmax(peak, wealth);
        worst = fmin(worst, wealth / peak - 1);
    }
    return worst;
}

static double max_drawdown(const tw_return_path *x) { return tw_returns_ok(x, 1) ? worst_drawdown(x) : NAN; }

const tw_measure tw_measure_max_drawdown = {
    .name = "max_drawdown",
    .title = "Largest loss from a peak",
    .source = TW_EMPYRICAL ", max_drawdown",
    .unit = "share",
    .compute = max_drawdown,
};

static double max_drawdown_bars(const tw_return_path *x)
{
    const double *r = x->returns;
    if (!tw_returns_ok(x, 1)) return NAN;
    double wealth = 1, peak = 1;
    size_t longest = 0, under = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (!isnan(r[i])) wealth *= 1 + r[i];
        under = wealth < peak ? under + 1 : 0;
        peak = fmax(peak, wealth);
        longest = under > longest ? under : longest;
    }
    return (double)longest;
}

const tw_measure tw_measure_max_drawdown_bars = {
    .name = "max_drawdown_bars",
    .title = "Longest time below a peak",
    .source = "longest run of bars whose wealth is below the highest before",
    .unit = "bars",
    .compute = max_drawdown_bars,
};

static double calmar(const tw_return_path *x)
{
    if (!tw_returns_ok(x, 1)) return NAN;
    const double worst = worst_drawdown(x);
    return worst < 0 ? tw_annual_growth(x->n, tw_growth(x), x->periods_per_year) / fabs(worst) : NAN;
}

const tw_measure tw_measure_calmar = {
    .name = "calmar",
    .title = "Calmar ratio: annual return over largest loss",
    .source = "Young, Futures 20(1), 1991; " TW_EMPYRICAL ", calmar_ratio",
    .unit = "ratio",
    .compute = calmar,
};

static double value_at_risk(const tw_return_path *x)
{
    return tw_returns_whole(x, 1) ? tw_returns_percentile(x, tw_tail(x)) : NAN;
}

const tw_measure tw_measure_value_at_risk = {
    .name = "value_at_risk",
    .title = "Return that one bar in twenty (or the tail given) falls below",
    .source = TW_EMPYRICAL ", value_at_risk: 5th percentile of r",
    .unit = "share",
    .compute = value_at_risk,
};

/* Mean of the m smallest: all below the m-th, and as many of its ties as are left. */
static double conditional_value_at_risk(const tw_return_path *x)
{
    const double *r = x->returns;
    if (!tw_returns_ok(x, 1)) return NAN;
    const size_t m = (size_t)((double)(tw_returns_present(x) - 1) * tw_tail(x)) + 1;
    const double edge = tw_returns_order(x, m - 1);
    double sum = 0;
    size_t below = 0;
    for (size_t i = 0; i < x->n; i++)
        if (r[i] < edge) {
            sum += r[i];
            below++;
        }
    return (sum + edge * (double)(m - below)) / (double)m;
}

const tw_measure tw_measure_conditional_value_at_risk = {
    .name = "conditional_value_at_risk",
    .title = "Mean of the worst twentieth of returns",
    .source = TW_EMPYRICAL ", conditional_value_at_risk, cutoff 0.05 or the tail given",
    .unit = "share",
    .compute = conditional_value_at_risk,
};

static double tail_ratio(const tw_return_path *x)
{
    if (!tw_returns_ok(x, 1)) return NAN;
    const double left = fabs(tw_returns_percentile(x, tw_tail(x)));
    return left > 0 ? fabs(tw_returns_percentile(x, 1 - tw_tail(x))) / left : NAN;
}

const tw_measure tw_measure_tail_ratio = {
    .name = "tail_ratio",
    .title = "95th over 5th percentile of returns, absolute",
    .source = TW_EMPYRICAL ", tail_ratio",
    .unit = "ratio",
    .compute = tail_ratio,
};

static double skew(const tw_return_path *x)
{
    return tw_returns_whole(x, 2) && !tw_returns_constant(x->n, x->returns) ? tw_skewness(x->n, x->returns) : NAN;
}

const tw_measure tw_measure_skew = {
    .name = "skew",
    .title = "Skewness",
    .source = "m3 / m2^1.5; scipy.stats.skew",
    .unit = "ratio",
    .compute = skew,
};

static double kurtosis(const tw_return_path *x)
{
    return tw_returns_whole(x, 2) && !tw_returns_constant(x->n, x->returns) ? tw_kurtosis(x->n, x->returns) : NAN;
}

const tw_measure tw_measure_kurtosis = {
    .name = "kurtosis",
    .title = "Kurtosis, raw: 3 for a normal",
    .source = "m4 / m2^2; scipy.stats.kurtosis(fisher=False)",
    .unit = "ratio",
    .compute = kurtosis,
};
