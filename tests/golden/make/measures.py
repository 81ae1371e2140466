#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/measures.csv: return series, and every measure of each by empyrical-reloaded 0.7.1
(skew and kurtosis by scipy). Lines are "series,NAME,PERIODS", then "r,RETURN,BENCHMARK" in order, then
"m,MEASURE,VALUE", "w,MEASURE/WINDOW/BAR,VALUE" of
rolling measures, and "a,PERIOD/STEP/LABEL,VALUE" of aggregated returns. Where empyrical gives an infinity the value is nan, as the library does not call that a number.

Run with: bench/.venv/bin/python tests/golden/make/measures.py > tests/golden/backtest/measures.csv
"""
import importlib.metadata
import warnings

import empyrical as e
import numpy as np
import pandas as pd
from scipy import stats

assert importlib.metadata.version("empyrical-reloaded") == "0.7.1"
warnings.simplefilter("ignore")


def drawdown_bars(r):
    """No peer has it: longest run of bars below the highest wealth before, the slow way."""
    wealth = np.concatenate([[1], np.nancumprod(1 + r)])
    longest = run = 0
    for i in range(1, len(wealth)):
        run = run + 1 if wealth[i] < wealth[:i].max() else 0
        longest = max(longest, run)
    return longest


RISK_FREE, REQUIRED, TAIL = 0.0003, 0.0005, 0.1  # tests/golden/backtest/measures_test.c has them too


def with_rates(r, b, p):
    """The measures that take a rate or a tail, under the name "MEASURE@rates"."""
    k = {"annualization": p}
    out = {
        "alpha": e.alpha(r, b, risk_free=RISK_FREE, **k),
        "beta": e.beta(r, b, risk_free=RISK_FREE),
        "sharpe": e.sharpe_ratio(r, risk_free=RISK_FREE, **k),
        "sortino": e.sortino_ratio(r, required_return=REQUIRED, **k),
        "downside_risk": e.downside_risk(r, required_return=REQUIRED, **k),
        # required_return is a year's unless a year has one bar
        "omega": e.omega_ratio(r, risk_free=RISK_FREE, required_return=REQUIRED, annualization=1),
        "value_at_risk": e.value_at_risk(r, cutoff=TAIL),
        "conditional_value_at_risk": e.conditional_value_at_risk(r, cutoff=TAIL),
    }
    return {name + "@rates": value for name, value in out.items()}


def rolled(r, b, p, window):
    """Sharpe, volatility, drawdown, beta of every run of bars; empyrical gives those that are whole."""
    k = {"annualization": p}
    out = {
        "sharpe": e.roll_sharpe_ratio(r, window=window, **k),
        "annual_volatility": e.roll_annual_volatility(r, window=window, **k),
        "max_drawdown": e.roll_max_drawdown(r, window=window),
        "beta": e.roll_beta(r, b, window=window),
        "alpha": e.roll_alpha(r, b, window=window, **k),
        "sortino": e.roll_sortino_ratio(r, window=window, **k),
    }
    if p == 252:  # it takes no annualization
        out["up_capture"] = e.roll_up_capture(pd.Series(r), pd.Series(b), window=window)
    for name, values in out.items():
        values = np.asarray(values)
        for i in (0, len(values) // 2, len(values) - 1):
            yield f"{name}/{window}/{i + window - 1}", values[i]


def aggregated(r, step):
    """Returns of weeks, months, quarters, years of days (or steps of days) from 2019-12-23, the test's too."""
    days = pd.Series(r, pd.date_range("2019-12-23", periods=len(r), freq=f"{step}D"))
    for period in ("weekly", "monthly", "quarterly", "yearly"):
        found = e.aggregate_returns(days, period)
        for label, value in found.items():
            label = label if isinstance(label, tuple) else (label,)
            yield f"{period}/{step}/{label[0] * 100 + label[1] if len(label) > 1 else label[0]}", value


def measures(r, b, p):
    k = {"annualization": p}
    c = {"period": "daily"}  # capture takes no annualization; see below
    moved = r[(r != 0) & ~np.isnan(r)]
    out = {
        "alpha": e.alpha(r, b, **k),
        "annual_return": e.annual_return(r, **k),
        "annual_volatility": e.annual_volatility(r, **k),
        "batting_average": e.batting_average(r, b)["batting average"],
        "beta": e.beta(r, b),
        "calmar": e.calmar_ratio(r, **k),
        "conditional_value_at_risk": e.conditional_value_at_risk(r),
        "correlation": np.corrcoef(r, b)[0, 1],
        "cumulative_return": e.cum_returns_final(r),
        "downside_risk": e.downside_risk(r, **k),
        "hit_rate": np.mean(moved > 0) if len(moved) else np.nan,
        "information_ratio": e.excess_sharpe(r, b) * np.sqrt(p),
        "kurtosis": stats.kurtosis(r, fisher=False),
        "max_drawdown": e.max_drawdown(r),
        "max_drawdown_bars": drawdown_bars(r),
        "omega": e.omega_ratio(r),
        "sharpe": e.sharpe_ratio(r, **k),
        "skew": stats.skew(r),
        "sortino": e.sortino_ratio(r, **k),
        "stability": e.stability_of_timeseries(r),
        "tail_ratio": e.tail_ratio(r),
        "tracking_error": np.nanstd(r - b, ddof=1) * np.sqrt(p),
        "value_at_risk": e.value_at_risk(r),
        "cagr": e.cagr(r, **k),
        "excess_sharpe": e.excess_sharpe(r, b),
        "up_batting_average": e.batting_average(r, b)["up market"],
        "down_batting_average": e.batting_average(r, b)["down market"],
        "beta_fragility": e.beta_fragility_heuristic_aligned(r, b),
        **with_rates(r, b, p),
    }
    if len(r) > 1:
        out["up_alpha"], out["up_beta"] = e.up_alpha_beta(r, b, **k)
        out["down_alpha"], out["down_beta"] = e.down_alpha_beta(r, b, **k)
    found = e.gpd_risk_estimates_aligned(r)  # zeros where it finds no tail
    for name, value in zip(("threshold", "scale", "shape", "value_at_risk", "expected_shortfall"), found):
        out["gpd_" + name] = value if found[0] else np.nan
    if p == 252:
        out["capture"] = e.capture(r, b, **c)
        out["up_capture"] = e.up_capture(r, b, **c)
        out["down_capture"] = e.down_capture(r, b, **c)
        out["up_down_capture"] = e.up_down_capture(r, b, **c)
    return out


def main():
    rng = np.random.default_rng(2385)
    market = 0.0004 + 0.011 * rng.standard_t(4, 150)
    series = {
        "mixed": (np.array([np.nan, 1, 10, -4, 2, 3, 2, 1, -10])[1:] / 100,
                  np.array([0.5, 7, -5, 1, 2.5, 3.1, -0.7, -8]) / 100, 252),
        "fat": (0.0002 + 0.7 * market + 0.006 * rng.standard_t(3, 150), market, 252),
        "monthly": (rng.normal(0.007, 0.043, 40), rng.normal(0.005, 0.037, 40), 12),
        "hedged": (np.round(rng.normal(0.0001, 0.002, 61), 4), rng.normal(0, 0.01, 61), 365),
        "ascent": (rng.uniform(0.0001, 0.013, 23), rng.normal(0, 0.01, 23), 252),
        "ruin": (np.array([0.02, -0.55, 0.31, -0.999, 0.4, 0.017]), np.array([0.01, -0.2, 0.1, -0.3, 0.05, 0.02]), 252),
        "pair": (np.array([0.02385, -0.0112]), np.array([0.0031, 0.0117]), 252),
        "idle": (np.concatenate([np.zeros(19), [0.0123, 0, -0.0071]]), rng.normal(0, 0.01, 22), 252),
    }
    hole = 0.0003 + 0.008 * rng.standard_t(4, 40)
    hole[[3, 17, 18, 39]] = np.nan
    holed_market = rng.normal(0, 0.01, 40)
    holed_market[[5, 18]] = np.nan
    crash = 0.02 * rng.standard_t(2, 400)
    series |= {
        "one": (np.array([0.0123]), np.array([0.0031]), 252),
        "losses": (-rng.uniform(0.0001, 0.02, 30), rng.normal(0, 0.01, 30), 252),
        "holes": (hole, rng.normal(0, 0.01, 40), 252),
        "both_holes": (hole, holed_market, 252),
        "flat": (np.zeros(12), rng.normal(0, 0.01, 12), 252),
        "constant": (np.full(8, 0.0078125), rng.normal(0, 0.01, 8), 252),
        "still_market": (rng.normal(0, 0.01, 12), np.full(12, 0.0078125), 252),
        "crash": (np.maximum(crash, -0.6), rng.normal(0, 0.01, 400), 252),
    }
    for name, (r, b, p) in series.items():
        print(f"series,{name},{p}")
        for x, y in zip(r, b):
            print(f"r,{float(x)!r},{float(y)!r}")
        for measure, value in sorted(measures(r, b, p).items()):
            print(f"m,{measure},{float(value)!r}" if np.isfinite(value) else f"m,{measure},nan")
        if len(r) > 30:
            for key, value in rolled(r, b, p, 21):
                print(f"w,{key},{float(value)!r}" if np.isfinite(value) else f"w,{key},nan")
            for step in (1, 7):
                for key, value in aggregated(r, step):
                    print(f"a,{key},{float(value)!r}")


if __name__ == "__main__":
    main()
