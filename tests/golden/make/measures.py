#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/measures.csv: return series, and every measure of each by empyrical-reloaded 0.7.1
(skew and kurtosis by scipy). Lines are "series,NAME,PERIODS", then "r,RETURN,BENCHMARK" in order, then
"m,MEASURE,VALUE". Where empyrical gives an infinity the value is nan, as the library does not call that a number.

Run with: bench/.venv/bin/python tests/golden/make/measures.py > tests/golden/backtest/measures.csv
"""
import importlib.metadata
import warnings

import empyrical as e
import numpy as np
from scipy import stats

assert importlib.metadata.version("empyrical-reloaded") == "0.7.1"
warnings.simplefilter("ignore")


def drawdown_bars(r):
    """No peer has it: longest run of bars below the highest wealth before, the slow way."""
    wealth = np.concatenate([[1], np.cumprod(1 + r)])
    longest = run = 0
    for i in range(1, len(wealth)):
        run = run + 1 if wealth[i] < wealth[:i].max() else 0
        longest = max(longest, run)
    return longest


def measures(r, b, p):
    k = {"annualization": p}
    c = {"period": "daily"}  # capture takes no annualization; see below
    moved = r[r != 0]
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
        "tracking_error": np.std(r - b, ddof=1) * np.sqrt(p),
        "value_at_risk": e.value_at_risk(r),
    }
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
    for name, (r, b, p) in series.items():
        print(f"series,{name},{p}")
        for x, y in zip(r, b):
            print(f"r,{float(x)!r},{float(y)!r}")
        for measure, value in sorted(measures(r, b, p).items()):
            print(f"m,{measure},{float(value)!r}" if np.isfinite(value) else f"m,{measure},nan")


if __name__ == "__main__":
    main()
