#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/pipeline_bars.csv and pipeline_values.csv: what the engine of zipline-reloaded 3.2.1's pipeline gives for its built-in factors, filters and classifiers over a
random panel with gaps, late listings, delistings and ties, each beside the expression of the feature language that has the same values. Run from the repository's root with a Python that
has the package:

    python tests/golden/make/zipline_pipeline.py

Bars: one line a bar and symbol, nothing where it is missing. Zipline sees a bar on the session after it, so the baseline of its loader is labelled one session later, and a line of values
for a bar is that of the next session, whose day (counted from 1970-01-01) is the column `today`.
Values: "let", then a name and an expression that those below use; or "is", then an expression and its values, over the last bars in time and then by symbol, "-" where zipline has no row
(the symbol was not listed), nothing where it has a missing value.
"""
import math
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
import sqlalchemy as sa
import zipline.lib.rank
import zipline.pipeline.factors.factor
from scipy.stats import rankdata
from zipline.assets import AssetDBWriter, AssetFinder
from zipline.pipeline import CustomFactor, Pipeline
from zipline.pipeline.data import Column, DataSet, EquityPricing
from zipline.pipeline.domain import US_EQUITIES
from zipline.pipeline.engine import SimplePipelineEngine
from zipline.pipeline.factors import (
    EWMA, EWMSTD, RSI, VWAP, AnnualizedVolatility, Aroon, AverageDollarVolume, BollingerBands, BusinessDaysSincePreviousEvent, BusinessDaysUntilNextEvent, DailyReturns,
    FastStochasticOscillator, IchimokuKinkoHyo, LinearWeightedMovingAverage, MACDSignal, MaxDrawdown, PercentChange, RateOfChangePercentage, Returns, RollingLinearRegressionOfReturns,
    RollingPearsonOfReturns, RollingSpearmanOfReturns, SimpleBeta, SimpleMovingAverage, TrueRange, WeightedAverageValue)  # fmt: skip
from zipline.pipeline.filters import All, Any, AtLeastN, SingleAsset
from zipline.pipeline.loaders.frame import DataFrameLoader
from zipline.utils.numpy_utils import datetime64ns_dtype, float64_dtype, int64_dtype

FOLDER = "tests/golden/feature/"
SYMBOLS, BARS, KEPT = 19, 70, 9
COLUMNS = ["high", "low", "close", "volume", "x", "sector", "event", "market", "today", "week"]


class Bars(DataSet):
    high = Column(float64_dtype)
    low = Column(float64_dtype)
    close = Column(float64_dtype)
    volume = Column(float64_dtype)
    x = Column(float64_dtype)
    sector = Column(int64_dtype, missing_value=-1)
    event = Column(datetime64ns_dtype)


def draw(sessions):
    """columns of [bar][symbol], and the first and last bar of each symbol."""
    rng = np.random.default_rng(2385)
    shape = (BARS, SYMBOLS)
    close = np.round(37.1 * np.exp(np.cumsum(0.02 * rng.standard_normal(shape), axis=0)), 2)
    bars = {
        "high": np.round(close * (1 + 0.02 * rng.random(shape)), 2),
        "low": np.round(close * (1 - 0.02 * rng.random(shape)), 2),
        "close": close,
        "volume": np.floor(1e5 * rng.random(shape)) + 17,
        "x": rng.integers(-4, 5, shape) / 4.0,  # many ties
    }
    sector = rng.integers(0, 4, SYMBOLS) * np.ones(shape)
    sector[BARS - 5 :, 3] = 3 - sector[0, 3]
    sector[:, 7] = -1
    day = np.array([(s - pd.Timestamp(0)).days for s in sessions])
    event = day[1:, None] + rng.integers(-40, 40, SYMBOLS)[None, :] + 0 * sector
    event[:, 5] = np.nan
    first, last = np.zeros(SYMBOLS, int), np.full(SYMBOLS, BARS + 5)
    first[[4, 9, 17]] = 20, BARS - 7, BARS - 3
    last[[6, 11]] = BARS - 4, BARS - 6
    for values in bars.values():
        values[rng.random(shape) < 0.01] = np.nan
    for t, s in zip(rng.integers(5, BARS, 25), rng.integers(1, SYMBOLS, 25)):
        for values in bars.values():
            values[t, s] = np.nan
    for name in bars:
        bars[name][:, 0] = pd.Series(bars[name][:, 0]).ffill().bfill()
    bars["x"][:, 2] = 0.5
    bars |= {"sector": sector, "event": event, "market": np.zeros(shape), "today": day[1:, None] * np.ones(shape)}
    bars["market"][:, 0] = 1
    bars["week"] = np.diff((day + 3) // 7)[:, None] * np.ones(shape)  # 1 for the first session of a week
    for s in range(SYMBOLS):
        gone = (np.arange(BARS) < first[s]) | (np.arange(BARS) > last[s])
        for name in COLUMNS:
            bars[name][gone, s] = -1 if name == "sector" else np.nan
    return bars, first, last


def make_engine(bars, sessions, first, last):
    far = sessions[-1] + pd.Timedelta(days=900)
    equities = pd.DataFrame(
        {
            "symbol": [f"S{s:02d}" for s in range(SYMBOLS)],
            "asset_name": "",
            "start_date": [sessions[k] for k in first],
            "end_date": [sessions[k + 1] if k + 1 < BARS else far for k in last],
            "exchange": "NYSE",
        }
    )
    engine = sa.create_engine("sqlite://")
    AssetDBWriter(engine).write(equities=equities, exchanges=pd.DataFrame({"exchange": ["NYSE"], "country_code": ["US"]}))
    finder = AssetFinder(engine)
    loaders = {}
    for column in Bars.columns:
        values = bars[column.name]
        if column.name == "event":
            values = (values * 86400e9).astype("datetime64[ns]")
            values[np.isnan(bars["event"])] = np.datetime64("NaT")
        frame = pd.DataFrame(values, index=sessions[1 : BARS + 1], columns=range(SYMBOLS))
        loaders[column.unspecialize()] = DataFrameLoader(column, frame)
        if column.name == "close":  # what the factors of returns take
            loaders[EquityPricing.close] = DataFrameLoader(EquityPricing.close, frame)
    return SimplePipelineEngine(lambda c: loaders[c.unspecialize()], finder, default_domain=US_EQUITIES), finder


LETS = [
    ("ret", "rocp(close, 1)"),
    ("ret5", "rocp(close, 4)"),
    ("market_ret", "summary(if(market == 1, ret, nan), today).mean"),
    ("market_ret5", "summary(if(market == 1, ret5, nan), today).mean"),
    ("liquid", "nz(volume > 30000)"),
    ("up", "nz(close > lag(close, 1))"),
]


def windows():
    close, volume, high, low, x = Bars.close, Bars.volume, Bars.high, Bars.low, Bars.x
    yield "rocp(close, 1)", DailyReturns(inputs=[close])
    yield "rocp(close, 10)", Returns(inputs=[close], window_length=11)
    yield "diff(x, 3) / abs(lag(x, 3))", PercentChange(inputs=[x], window_length=4)
    yield "roc(close, 6)", RateOfChangePercentage(inputs=[close], window_length=7)
    yield "nanmean(close, 20)", SimpleMovingAverage(inputs=[close], window_length=20)
    yield "nanmean(x, 3)", SimpleMovingAverage(inputs=[x], window_length=3)
    yield "nansum(close * volume, 12) / nansum(volume, 12)", VWAP(inputs=[close, volume], window_length=12)
    yield "nansum(x * volume, 5) / nansum(volume, 5)", WeightedAverageValue(inputs=[x, volume], window_length=5)
    yield "nansum(close * volume, 30) / 30", AverageDollarVolume(inputs=[close, volume], window_length=30)
    yield "max_drawdown(close, 25)", MaxDrawdown(inputs=[close], window_length=25)
    yield "ewma_window(close, 15, 1 - 2 / (1 + 8))", EWMA.from_span([close], 15, span=8)
    yield "ewma_window(close, 10, exp(log(0.5) / 3))", EWMA.from_halflife([close], 10, halflife=3)
    yield "ewma_window(close, 10, 1 - 1 / (1 + 4))", EWMA.from_center_of_mass([close], 10, center_of_mass=4)
    yield "ewmstd_window(close, 15, 1 - 2 / (1 + 8))", EWMSTD.from_span([close], 15, span=8)
    yield "ewmstd_window(close, 7, 0.6)", EWMSTD([close], window_length=7, decay_rate=0.6)
    yield "wma(nz(close), 9)", LinearWeightedMovingAverage(inputs=[close], window_length=9)
    yield "nanstd(ret, 40) * sqrt(252)", AnnualizedVolatility(inputs=[DailyReturns(inputs=[close])], window_length=40)
    yield "nanstd(ret, 11) * sqrt(52)", AnnualizedVolatility(inputs=[DailyReturns(inputs=[close])], window_length=11, annualization_factor=52.0)
    yield "clip(ret, -0.01, 0.02)", DailyReturns(inputs=[close]).clip(-0.01, 0.02)
    yield "cutler_rsi(close, 14)", RSI(inputs=[close])
    yield "cutler_rsi(close, 4)", RSI(inputs=[close], window_length=5)
    bands = BollingerBands(inputs=[close], window_length=20, k=2.5)
    yield "nanmean(close, 20) - 2.5 * nanstd(close, 20)", bands.lower
    yield "nanmean(close, 20) + 2.5 * nanstd(close, 20)", bands.upper
    aroon = Aroon(inputs=[low, high], window_length=13)
    yield "100 * nanargmin(low, 13) / (13 - 1)", aroon.down
    yield "100 * nanargmax(high, 13) / (13 - 1)", aroon.up
    yield "100 * (close - nanmin(low, 14)) / (nanmax(high, 14) - nanmin(low, 14))", FastStochasticOscillator(inputs=[close, low, high])
    cloud = IchimokuKinkoHyo(inputs=[high, low, close], window_length=30, tenkan_sen_length=9, kijun_sen_length=20, chikou_span_length=20)
    yield "(max(high, 9) + min(low, 9)) / 2", cloud.tenkan_sen
    yield "(max(high, 20) + min(low, 20)) / 2", cloud.kijun_sen
    yield "((max(high, 9) + min(low, 9)) / 2 + (max(high, 20) + min(low, 20)) / 2) / 2", cloud.senkou_span_a
    yield "(max(high, 30) + min(low, 30)) / 2", cloud.senkou_span_b
    yield "lag(close, 30 - 1 - 20)", cloud.chikou_span
    yield "true_range(high, low, close)", TrueRange(inputs=[high, low, close])
    yield "macd_signal(close)", MACDSignal(inputs=[close])
    yield "macd_signal(close, 4, 9, 3)", MACDSignal(4, 9, 3, inputs=[close])


def pairs(target):
    pearson = RollingPearsonOfReturns(target=target, returns_length=2, correlation_length=15)
    yield "corr(ret, market_ret, 15)", pearson
    yield "spearman(ret5, market_ret5, 12)", RollingSpearmanOfReturns(target=target, returns_length=5, correlation_length=12)
    line = RollingLinearRegressionOfReturns(target=target, returns_length=2, regression_length=17)
    yield "linear_regression(ret, market_ret, 17).alpha", line.alpha
    yield "linear_regression(ret, market_ret, 17).beta", line.beta
    yield "linear_regression(ret, market_ret, 17).r_value", line.r_value
    # of a series on itself both are made of 1 - r^2 with r = 1 up to rounding: nothing but rounding
    others = RollingLinearRegressionOfReturns(target=target, returns_length=2, regression_length=17, mask=~SingleAsset(target))
    yield "if(market == 1, nan, linear_regression(ret, market_ret, 17).stderr)", others.stderr
    yield "if(market == 1, nan, linear_regression(ret, market_ret, 17).p_value)", others.p_value
    short = RollingLinearRegressionOfReturns(target=target, returns_length=2, regression_length=6, mask=~SingleAsset(target))
    yield "if(market == 1, nan, linear_regression(ret, market_ret, 6).p_value)", short.p_value
    yield "simple_beta(ret, market_ret, 30)", SimpleBeta(target, 30)
    yield "simple_beta(ret, market_ret, 20, 0)", SimpleBeta(target, 20, 0.0)
    x, close = Bars.x.latest, Returns(inputs=[Bars.close], window_length=2)
    yield "spearman(x, ret, 9)", RowsOfX().spearmanr(close, 9)
    yield "corr(x, ret, 9)", RowsOfX().pearsonr(close, 9)


class RowsOfX(CustomFactor):
    """x, which a window may be taken of."""

    inputs, window_length, window_safe = [Bars.x], 1, True

    def compute(self, today, assets, out, x):
        out[:] = x[-1]


def sections():
    x, ret, sector = Bars.x.latest, DailyReturns(inputs=[Bars.close]), Bars.sector.latest
    liquid = Bars.volume.latest > 30000
    for method in ("ordinal", "average", "min", "max", "dense"):
        yield f'rank_number(x, "{method}")', x.rank(method)
        yield f'rank_number(-x, "{method}")', x.rank(method, ascending=False)
    yield "rank_number(if(liquid, x, nan))", x.rank(mask=liquid)
    yield "rank_number_by(x, sector)", x.rank(groupby=sector)
    yield 'rank_number_by(if(liquid, -x, nan), sector, "min")', x.rank("min", ascending=False, mask=liquid, groupby=sector)
    yield "zscore(ret, 0)", ret.zscore()
    yield "zscore_by(if(liquid, ret, nan), sector, 0)", ret.zscore(mask=liquid, groupby=sector)
    yield "demean(ret)", ret.demean()
    yield "demean_by(ret, sector)", ret.demean(groupby=sector)
    yield "demean(if(liquid, ret, nan))", ret.demean(mask=liquid)
    yield "winsorize(ret, 0.1, 0.85)", ret.winsorize(0.1, 0.85)
    yield "winsorize(if(liquid, x, nan), 0.25, 1)", x.winsorize(0.25, 1.0, mask=liquid)
    yield "winsorize_by(ret, sector, 0.3, 0.7)", ret.winsorize(0.3, 0.7, groupby=sector)
    for bins in (4, 5, 10):
        yield f"qcut(ret, {bins})", ret.quantiles(bins)
    yield "qcut(if(liquid, ret, nan), 3)", ret.quantiles(3, mask=liquid)
    yield "nz(top(x, 6))", x.top(6)
    yield "nz(top(ret, 1))", ret.top(1)
    yield "nz(bottom(if(liquid, x, nan), 4))", x.bottom(4, mask=liquid)
    yield "nz(rank_number_by(-x, sector) <= 2)", x.top(2, groupby=sector)
    yield "nz(percentile_between(ret, 20, 70))", ret.percentile_between(20, 70)
    yield "nz(percentile_between(if(liquid, x, nan), 50, 100))", x.percentile_between(50, 100, mask=liquid)
    yield "peer_count(sector)", sector.peer_count()
    yield "demean_by(ret, qcut(if(liquid, ret, nan), 3))", ret.demean(groupby=ret.quantiles(3, mask=liquid))
    for name in ("mean", "stddev", "min", "max", "median", "sum"):
        yield f"if(is_missing(ret), nan, summary(if(liquid, ret, nan), today).{name})", spread(ret, getattr(ret, name)(mask=liquid))


def spread(factor, row):
    """One value a day, where the factor is there."""
    return factor * 0.0 + row


def filters():
    x, sector, event = Bars.x.latest, Bars.sector.latest, Bars.event
    up = Bars.close.latest > Lagged()
    yield "up", up
    yield "sum(up, 3) == 3", All(inputs=[up], window_length=3)
    yield "sum(up, 3) > 0", Any(inputs=[up], window_length=3)
    yield "sum(up, 6) >= 4", AtLeastN(inputs=[up], window_length=6, N=4)
    yield "nz((x > 0.25 or x <= -0.5) and liquid)", ((x > 0.25) | (x <= -0.5)) & (Bars.volume.latest > 30000)
    yield "not nz(x > 0)", ~(x > 0)
    yield "is_missing(x)", x.isnan()
    yield "nz(sector == 1 or sector == 3)", sector.element_of([1, 3])
    yield "is_missing(sector)", sector.isnull()
    yield "nz(sector != 2)", sector != 2
    yield "if(up, x, -3)", up.if_else(x, Constant())
    yield "downsample(x, week)", x.downsample("week_start")
    yield "business_days(event, today)", BusinessDaysSincePreviousEvent(inputs=[event])
    yield "business_days(today, event)", BusinessDaysUntilNextEvent(inputs=[event])


class Lagged(CustomFactor):
    inputs, window_length = [Bars.close], 2

    def compute(self, today, assets, out, close):
        out[:] = close[0]


class Constant(CustomFactor):
    inputs, window_length = [Bars.close], 1

    def compute(self, today, assets, out, close):
        out[:] = -3


def rank_known(values, method="average"):
    """Since scipy 1.10 one missing value makes every rank missing, and with it all of Factor.rank but the plain ordinal one. As before:"""
    return rankdata(values, method, nan_policy="omit")


def number(v):
    return "" if v != v else f"{v:.0f}" if abs(v) < 1e15 and v == math.floor(v) else repr(float(v))


def write_bars(bars, label):
    with open(FOLDER + "pipeline_bars.csv", "w") as f:
        f.write(f"# made by tests/golden/make/zipline_pipeline.py with {label}\nbar,symbol,{','.join(COLUMNS)}\n")
        for t in range(BARS):
            for s in range(SYMBOLS):
                cells = [np.nan if name == "sector" and bars[name][t, s] < 0 else bars[name][t, s] for name in COLUMNS]
                if not np.isnan(bars["today"][t, s]):
                    f.write(f"{t},{s},{','.join(number(v) for v in cells)}\n")


def main():
    zipline.lib.rank.rankdata = zipline.pipeline.factors.factor.rankdata = rank_known
    sessions = pd.DatetimeIndex(US_EQUITIES.calendar.sessions)
    sessions = sessions[sessions >= pd.Timestamp("2013-03-04")][: BARS + 1]
    bars, first, last = draw(sessions)
    engine, finder = make_engine(bars, sessions, first, last)
    target = finder.retrieve_asset(0)
    every = [*windows(), *pairs(target), *sections(), *filters()]
    dates = sessions[BARS - KEPT + 1 : BARS + 1]
    label = f"zipline-reloaded {version('zipline-reloaded')}"
    write_bars(bars, label)
    with open(FOLDER + "pipeline_values.csv", "w") as f:
        f.write(f"# made by tests/golden/make/zipline_pipeline.py with {label}\nwhat;expression;values\n")
        for name, expression in LETS:
            f.write(f"let;{name};{expression}\n")
        for expression, term in every:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                got = engine.run_pipeline(Pipeline({"y": term}, domain=US_EQUITIES), dates[0], dates[-1])["y"]
            got = {(d, a.sid): float(v) for (d, a), v in got.items()}
            # a classifier has -1 for missing
            if getattr(term, "dtype", None) == int64_dtype:
                got = {k: math.nan if v == term.missing_value else v for k, v in got.items()}
            cells = [number(got[d, s]) if (d, s) in got else "-" for d in dates for s in range(SYMBOLS)]
            f.write(f"is;{expression};{','.join(cells)}\n")


if __name__ == "__main__":
    main()
