#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/talib.csv and pandas.csv: indicator values by TA-Lib 0.6.4 (Python package 0.6.5) and by
pandas 3.1 and numpy 2.4, on a simulated series with a flat stretch, ties and a jump. Run from the repository's root:

    bench/.venv/bin/python tests/golden/make/ta.py
"""
import csv
import math
import random

import numpy as np
import pandas as pd
import talib

BARS = 130


def simulate():
    """Prices with four decimals, so that the file holds them exactly."""
    r = random.Random(2385)
    close, rows = 61.237, []
    for t in range(BARS):
        if not 60 <= t < 66:  # six bars without any trade
            close = round(close * math.exp(0.021 * r.gauss(0, 1) + (0.17 if t == 90 else 0)), 4)
        if t % 11 == 5 and rows:
            close = rows[-1][2]  # ties
        wide = 0.0 if 60 <= t < 66 else 0.013
        high = round(close * (1 + wide * r.random()), 4)
        low = round(close * (1 - wide * r.random()), 4)
        rows.append((high, low, close, float(r.randrange(10_000, 900_000))))
    return np.array(rows).T


def talib_cases(h, l, c, v):
    f = talib
    yield "sma(timeperiod=20)", f.SMA(c, 20)
    yield "sma(timeperiod=2)", f.SMA(c, 2)
    yield "ema(timeperiod=30)", f.EMA(c, 30)
    yield "ema(timeperiod=5)", f.EMA(c, 5)
    yield "wma(timeperiod=14)", f.WMA(c, 14)
    yield "rsi(timeperiod=14)", f.RSI(c, 14)
    yield "rsi(timeperiod=2)", f.RSI(c, 2)
    for text, values in (("fastperiod=12 slowperiod=26 signalperiod=9", f.MACD(c, 12, 26, 9)), ("fastperiod=20 slowperiod=7 signalperiod=4", f.MACD(c, 20, 7, 4))):
        for name, y in zip(("macd", "macdsignal", "macdhist"), values):
            yield f"macd({text}).{name}", y
    yield "atr(timeperiod=14)", f.ATR(h, l, c, 14)
    yield "atr(timeperiod=1)", f.ATR(h, l, c, 1)
    yield "natr(timeperiod=14)", f.NATR(h, l, c, 14)
    yield "trange()", f.TRANGE(h, l, c)
    for name, y in zip(("upperband", "middleband", "lowerband"), f.BBANDS(c, 20, 1.5, 2.5)):
        yield f"bbands(timeperiod=20 nbdevup=1.5 nbdevdn=2.5).{name}", y
    for p in (14, 3):
        yield f"adx(timeperiod={p})", f.ADX(h, l, c, p)
        yield f"plus_di(timeperiod={p})", f.PLUS_DI(h, l, c, p)
        yield f"minus_di(timeperiod={p})", f.MINUS_DI(h, l, c, p)
        yield f"dx(timeperiod={p})", f.DX(h, l, c, p)
    for k, s, d in ((5, 3, 3), (14, 1, 5)):
        for name, y in zip(("slowk", "slowd"), f.STOCH(h, l, c, k, s, 0, d, 0)):
            yield f"stoch(fastk_period={k} slowk_period={s} slowd_period={d}).{name}", y
    for name, y in zip(("fastk", "fastd"), f.STOCHF(h, l, c, 5, 3, 0)):
        yield f"stochf(fastk_period=5 fastd_period=3).{name}", y
    yield "obv()", f.OBV(c, v)
    yield "max(timeperiod=30)", f.MAX(c, 30)
    yield "min(timeperiod=30)", f.MIN(c, 30)
    yield "stddev(timeperiod=20)", f.STDDEV(c, 20, 1)
    yield "var(timeperiod=9 ddof=0)", f.VAR(c, 9, 1)
    yield "correl(timeperiod=30)", f.CORREL(c, v, 30)
    yield "linreg(timeperiod=14).value", f.LINEARREG(c, 14)
    yield "linreg(timeperiod=14).slope", f.LINEARREG_SLOPE(c, 14)
    yield "linreg(timeperiod=14).intercept", f.LINEARREG_INTERCEPT(c, 14)
    yield "linearreg_angle(timeperiod=14)", f.LINEARREG_ANGLE(c, 14)
    yield "tsf(timeperiod=14)", f.TSF(c, 14)
    yield "mom(timeperiod=10)", f.MOM(c, 10)
    yield "roc(timeperiod=10)", f.ROC(c, 10)
    yield "willr(timeperiod=14)", f.WILLR(h, l, c, 14)
    yield "cci(timeperiod=14)", f.CCI(h, l, c, 14)
    yield "avgdev(timeperiod=14)", f.AVGDEV(c, 14)
    down, up = f.AROON(h, l, 14)
    yield "aroon(timeperiod=14).aroondown", down
    yield "aroon(timeperiod=14).aroonup", up


def fracdiff(c, d, threshold):
    """Lopez de Prado 2018, snippets 5.2 and 5.3."""
    w = [1.0]
    while abs(nxt := -w[-1] * (d - len(w) + 1) / len(w)) >= threshold:
        w.append(nxt)
    y = np.full(len(c), np.nan)
    for t in range(len(w) - 1, len(c)):
        y[t] = math.fsum(w[k] * c[t - k] for k in range(len(w)))
    return y


def line(c, p, pick):
    """`pick` of (x, slope, intercept, r squared) of a least-squares line over each window."""
    y = np.full(len(c), np.nan)
    for t in range(p - 1, len(c)):
        x = c[t - p + 1 : t + 1]
        b, a = np.polyfit(np.arange(p), x - x[0], 1)
        fit = a + b * np.arange(p)
        m2 = ((x - x.mean()) ** 2).sum()
        y[t] = pick(x - x[0], b, fit, 1 - ((x - x[0] - fit) ** 2).sum() / m2 if m2 > 0 else math.nan)
    return y


def pandas_cases(h, l, c, v):
    s, w, p = pd.Series(c), pd.Series(v), 17
    roll = s.rolling(p)
    yield f"sum(timeperiod={p})", roll.sum()
    yield f"mean(timeperiod={p})", roll.mean()
    yield f"std(timeperiod={p})", roll.std()
    yield f"var(timeperiod={p} ddof=1)", roll.var()
    yield f"skew(timeperiod={p})", roll.skew()
    yield f"kurt(timeperiod={p})", roll.kurt()
    yield f"median(timeperiod={p})", roll.median()
    yield f"median(timeperiod=8)", s.rolling(8).median()
    yield f"quantile(timeperiod={p} q=0.2)", roll.quantile(0.2)
    yield f"quantile(timeperiod=10 q=0.83)", s.rolling(10).quantile(0.83)
    yield f"ts_rank(timeperiod={p})", roll.rank(pct=True)
    yield f"max(timeperiod={p})", roll.max()
    yield f"min(timeperiod={p})", roll.min()
    yield f"argmax(timeperiod={p})", roll.apply(lambda x: x.argmax() + 1, raw=True)
    yield f"argmin(timeperiod={p})", roll.apply(lambda x: x.argmin() + 1, raw=True)
    yield f"mad(timeperiod={p})", roll.apply(lambda x: np.abs(x - x.mean()).mean(), raw=True)
    yield f"product(timeperiod=3)", s.rolling(3).apply(np.prod, raw=True)
    yield f"corr(timeperiod={p})", roll.corr(w)
    yield f"cov(timeperiod={p})", roll.cov(w)
    yield f"slope_on(timeperiod={p})", roll.cov(w) / w.rolling(p).var()
    yield f"ts_zscore(timeperiod={p})", (s - roll.mean()) / roll.std()
    yield f"ewm_std(timeperiod=9)", s.ewm(span=9, adjust=False).std(bias=True).where(s.index >= 8)
    yield f"lag(k=4)", s.shift(4)
    yield f"diff(k=4)", s.diff(4)
    yield f"pct_change(k=4)", s.pct_change(4)
    yield f"slope(timeperiod={p})", line(c, p, lambda x, b, fit, r2: b)
    yield f"resi(timeperiod={p})", line(c, p, lambda x, b, fit, r2: x[-1] - fit[-1])
    yield f"rsquare(timeperiod={p})", line(c, p, lambda x, b, fit, r2: r2)
    yield f"fracdiff(d=0.4 threshold=0.005)", fracdiff(c, 0.4, 0.005)


def write(path, peer, bars, cases):
    names, columns = zip(*cases)
    with open(path, "w", newline="\n") as f:
        f.write(f"# {peer}; made by tests/golden/make/ta.py on simulated bars\n")
        out = csv.writer(f, lineterminator="\n")
        out.writerow(["high", "low", "close", "volume", *names])
        for t in range(BARS):
            row = [repr(float(b[t])) for b in bars]
            values = [float(np.asarray(y)[t]) for y in columns]
            out.writerow(row + ["" if math.isnan(y) else repr(y) for y in values])


def main():
    bars = simulate()
    write("tests/golden/feature/talib.csv", "TA-Lib 0.6.4 (Python package 0.6.5)", bars, talib_cases(*bars))
    peer = f"pandas {pd.__version__}, numpy {np.__version__}"
    write("tests/golden/feature/pandas.csv", peer, bars, pandas_cases(*bars))


main()
