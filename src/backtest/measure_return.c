/* SPDX-License-Identifier: Apache-2.0 */
/* measure_return.c - what was earned, and how it compares with its own risk. */
#include "backtest/measures.h"

#include "tradewind/num.h"

#include <math.h>

static double cumulative_return(const tw_return_path *x) { return tw_returns_ok(x, 1) ? tw_growth(x) - 1 : NAN; }

const tw_measure tw_measure_cumulative_return = {
    .name = "cumulative_return",
    .title = "Total return",
    .source = TW_EMPYRICAL ", cum_returns_final: prod(1 + r) - 1",
    .unit = "share",
    .compute = cumulative_return,
};

static double annual_return(const tw_return_path *x)
{
    return tw_returns_ok(x, 1) ? tw_annual_growth(x->n, tw_growth(x), x->periods_per_year) : NAN;
}

const tw_measure tw_measure_annual_return = {
    .name = "annual_return",
    .title = "Annual return, compounded",
    .source = TW_EMPYRICAL ", annual_return: prod(1 + r)^(p/n) - 1",
    .unit = "per year",
    .compute = annual_return,
};

const tw_measure tw_measure_cagr = {
    .name = "cagr",
    .title = "Compound annual growth rate: annual_return by its other name",
    .source = TW_EMPYRICAL ", cagr",
    .unit = "per year",
    .compute = annual_return,
};

static double sharpe(const tw_return_path *x)
{
    if (!tw_returns_ok(x, 2)) return NAN;
    const tw_spread s = tw_spread_of(x, tw_pick_excess);
    return s.constant ? NAN : s.mean / sqrt(s.variance) * sqrt(x->periods_per_year);
}

const tw_measure tw_measure_sharpe = {
    .name = "sharpe",
    .title = "Sharpe ratio",
    .source = "Sharpe, J. Portfolio Management 21(1), 1994; " TW_EMPYRICAL ", sharpe_ratio",
    .unit = "ratio",
    .compute = sharpe,
};

static double downside(const tw_return_path *x)
{
    double sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        const double over = x->returns[i] - x->required;
        n += isnan(over) == 0;
        if (over < 0) sum += over * over;
    }
    return sqrt(sum / (double)n) * sqrt(x->periods_per_year);
}

static double downside_risk(const tw_return_path *x) { return tw_returns_ok(x, 1) ? downside(x) : NAN; }

const tw_measure tw_measure_downside_risk = {
    .name = "downside_risk",
    .title = "Downside deviation below the required return",
    .source = TW_EMPYRICAL ", downside_risk: sqrt(mean(min(r - required, 0)^2) p)",
    .unit = "per year",
    .compute = downside_risk,
};

static double sortino(const tw_return_path *x)
{
    if (!tw_returns_ok(x, 2)) return NAN;
    const double risk = downside(x);
    const double mean = tw_spread_of(x, tw_pick_return).mean - x->required;
    return risk > 0 ? mean * x->periods_per_year / risk : NAN;
}

const tw_measure tw_measure_sortino = {
    .name = "sortino",
    .title = "Sortino ratio",
    .source = "Sortino and Price, J. Investing 3(3), 1994; " TW_EMPYRICAL ", sortino_ratio",
    .unit = "ratio",
    .compute = sortino,
};

static double omega(const tw_return_path *x)
{
    const double *r = x->returns;
    if (!tw_returns_ok(x, 2)) return NAN;
    double gain = 0, loss = 0;
    for (size_t i = 0; i < x->n; i++) {
        const double over = r[i] - x->risk_free - x->required;
        if (!isnan(over)) *(over > 0 ? &gain : &loss) += fabs(over);
    }
    return loss > 0 ? gain / loss : NAN;
}

const tw_measure tw_measure_omega = {
    .name = "omega",
    .title = "Omega ratio: gains over losses",
    .source = "Keating and Shadwick, 2002; " TW_EMPYRICAL ", omega_ratio; its required_return is a year's",
    .unit = "ratio",
    .compute = omega,
};

static double hit_rate(const tw_return_path *x)
{
    const double *r = x->returns;
    if (!tw_returns_ok(x, 1)) return NAN;
    size_t up = 0, moved = 0;
    for (size_t i = 0; i < x->n; i++) {
        up += r[i] > 0;
        moved += r[i] != 0 && !isnan(r[i]);
    }
    return moved ? (double)up / (double)moved : NAN;
}

const tw_measure tw_measure_hit_rate = {
    .name = "hit_rate",
    .title = "Share of the bars that moved which gained",
    .source = "count(r > 0) / count(r != 0)",
    .unit = "share",
    .compute = hit_rate,
};

/* R^2 of the regression of cumulated log returns on time: squared correlation, with the moments of 0..n-1 known. */
static double stability(const tw_return_path *x)
{
    const double *r = x->returns;
    if (!tw_returns_ok(x, 2)) return NAN;
    size_t n = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (r[i] <= -1) return NAN;
        n += isnan(r[i]) == 0;
    }
    const double middle = (double)(n - 1) / 2;
    double level = 0, mean = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (isnan(r[i])) continue;
        level += tw_log1p(r[i]);
        mean += level / (double)n;
    }
    double cov = 0, var = 0, time = 0, t = -middle - 1;
    level = 0;
    for (size_t i = 0; i < x->n; i++) {
        if (isnan(r[i])) continue;
        level += tw_log1p(r[i]);
        t += 1;
        cov += t * (level - mean);
        var += (level - mean) * (level - mean);
        time += t * t;
    }
    return var > 0 ? cov * cov / (var * time) : NAN;
}

const tw_measure tw_measure_stability = {
    .name = "stability",
    .title = "R squared of a straight line through log wealth",
    .source = TW_EMPYRICAL ", stability_of_timeseries",
    .unit = "ratio",
    .compute = stability,
};
