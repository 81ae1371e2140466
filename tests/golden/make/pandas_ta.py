#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/pandas_ta.csv: values of pandas-ta-classic 0.8.32 over the bars of pandas.csv, for the functions of which both have the same definition. Where it writes a
number before its inputs are there (0 for "not"), the rows are left out. Run from the repository's root with a Python that has the package:

    python tests/golden/make/pandas_ta.py

Not there, since it means something else: alma (weights turned round, so the oldest bars weigh most), vidya (starts with 0), kst (100 times
as large), stc and fisher (start with 0), pmax (compares the close, and not the average, with the stop), mad (mean, not median).
"""
import csv
import warnings
from importlib.metadata import version

import numpy as np
import pandas as pd
import pandas_ta_classic as ta

FOLDER = "tests/golden/feature/"


def since(first, y):
    y = np.array(y, dtype=float)
    y[:first] = np.nan
    return y


def named(call, names, frame, first=0):
    """Output `name` of the call is the column at that place."""
    for name, place in names.items():
        yield f"{call}.{name}", since(first, frame.iloc[:, place])


def newer(h, l, c, v):
    for name in ("fwma", "pwma", "sinwma", "swma"):
        for n in (10, 17):
            yield f"{name}(timeperiod={n})", getattr(ta, name)(c, n)
    yield "mcgd(timeperiod=10)", ta.mcgd(c, 10, c=1).where(c.index >= 9)
    yield "bias(timeperiod=26)", ta.bias(c, 26)
    yield "dsp(timeperiod=14)", ta.dsp(c, 14)
    yield "cfo(timeperiod=9)", ta.cfo(c, 9)
    yield "cg(timeperiod=10)", ta.cg(c, 10)
    yield "cti(timeperiod=12)", ta.cti(c, 12)
    yield "chop(timeperiod=14)", ta.chop(h, l, c, 14)
    thermo = ta.thermo(h, l, 20)
    yield "thermo(timeperiod=20).thermo", thermo.iloc[:, 0]
    yield "thermo(timeperiod=20).thermoma", thermo.iloc[:, 1]
    stops = ta.cksp(h, l, c, 10, 1, 9)
    yield "cksp(timeperiod=10 multiplier=1 stopperiod=9).highstop", stops.iloc[:, 0]
    yield "cksp(timeperiod=10 multiplier=1 stopperiod=9).lowstop", stops.iloc[:, 1]
    bands = ta.bbands(c, 20, 2, ddof=0)
    yield "bbw(timeperiod=20)", bands.iloc[:, 3]
    yield "percentb(timeperiod=20)", bands.iloc[:, 4]
    yield "entropy(timeperiod=10)", ta.entropy(c, 10)
    yield "kurtosis(timeperiod=30)", ta.kurtosis(c, 30)
    yield "stderr(timeperiod=14)", ta.stderr(c, 14)
    yield "ui(timeperiod=14)", ta.ui(c, 14)
    yield "log_return(timeperiod=1)", ta.log_return(c)
    yield "percent_return(timeperiod=3)", ta.percent_return(c, 3)
    yield "drawdown()", -ta.drawdown(c).iloc[:, 1].abs()


def cases(h, l, c, v):
    yield from newer(h, l, c, v)
    yield from named("ichimoku(senkou_period=52)", {"span_a": 0, "span_b": 1, "tenkan": 2, "kijun": 3}, ta.ichimoku(h, l, c, as_dataframe=True))
    yield from named("ichimoku(tenkan_period=5 kijun_period=11 senkou_period=17 displacement=11)", {"span_a": 0, "span_b": 1, "tenkan": 2, "kijun": 3}, ta.ichimoku(h, l, c, 5, 11, 17, as_dataframe=True))
    yield from named("ce(timeperiod=9 multiplier=2.5)", {"long": 0, "short": 1}, ta.ce(h, l, c, 9, 2.5))
    yield "inertia()", ta.inertia(c)
    yield "inertia(timeperiod=9 rvi_length=6)", ta.inertia(c, length=9, rvi_length=6)
    yield "psl(timeperiod=9)", since(9, ta.psl(c, length=9))
    yield "hwma()", ta.hwma(c)
    yield "hwma(na=0.35 nb=0.15 nc=0.05)", ta.hwma(c, 0.35, 0.15, 0.05)
    for name, place in {"middle": 0, "upper": 1, "lower": 2}.items():
        yield f"hwc(scalar=1.5).{name}", since(2 if place else 0, ta.hwc(c, scalar=1.5).iloc[:, place])
    yield "lrsi()", ta.lrsi(c)
    yield "lrsi(gamma=0.75)", ta.lrsi(c, gamma=0.75)
    yield from named("qqe(timeperiod=7 smooth=4 factor=2.618)", {"qqe": 0, "rsi_ma": 1}, ta.qqe(c, 7, 4, 2.618))
    yield from named("squeeze(bb_length=15 kc_length=12)", {"momentum": 0}, ta.squeeze(h, l, c, 15, 2, 12, 1.5, lazybear=True))
    yield from named("squeeze(bb_length=15 kc_length=12)", {"on": 1, "off": 2}, ta.squeeze(h, l, c, 15, 2, 12, 1.5, lazybear=True), 14)
    yield from named("squeeze_pro(bb_length=20)", {"on_wide": 1, "on_normal": 2, "on_narrow": 3, "off": 4}, ta.squeeze_pro(h, l, c), 20)
    yield from named("vwmacd(fastperiod=5 slowperiod=11 signalperiod=4)", {"vwmacd": 0, "hist": 1, "signal": 2}, ta.vwmacd(c, v, 5, 11, 4))
    yield from named("aobv(run_length=2)", {"obv": 0, "fast": 3, "slow": 4}, ta.aobv(c, v))
    yield from named("aobv(run_length=2)", {"longs": 5, "shorts": 6}, ta.aobv(c, v), 13)
    yield from named("amat(fastperiod=5 slowperiod=9 lookback=3)", {"longs": 0, "shorts": 1}, ta.amat(c, 5, 9, 3), 11)
    yield "increasing(timeperiod=3)", since(3, ta.increasing(c, 3))
    yield "decreasing(timeperiod=3)", since(3, ta.decreasing(c, 3))
    yield "pvol()", ta.pvol(c, v)
    for kind, method in enumerate(("classic", "fibonacci", "camarilla", "woodie")):
        frame = ta.cpr(c, h, l, c, method=method, levels="all", timeframe="daily")  # the levels do not look at the open
        for level in ("PIVOT", "R1", "S1", "R3", "S3"):
            if f"CPR_{level}" in frame:
                yield f"pivots(kind={kind}).{level.lower()}", frame[f"CPR_{level}"]


def main():
    warnings.simplefilter("ignore")
    with open(FOLDER + "pandas.csv") as f:
        rows = list(csv.reader(f))[2:]
    bars = pd.DataFrame([[float(x) for x in r[:4]] for r in rows], columns=["high", "low", "close", "volume"])
    table = list(cases(*(bars[k] for k in bars.columns)))
    with open(FOLDER + "pandas_ta.csv", "w") as f:
        f.write(f"# pandas-ta-classic {version('pandas-ta-classic')}, pandas {version('pandas')}, numpy {version('numpy')}; made by tests/golden/make/pandas_ta.py on simulated bars\n")
        f.write(",".join(list(bars.columns) + [name for name, _ in table]) + "\n")
        for t in range(len(bars)):
            cells = list(bars.iloc[t]) + [np.asarray(y, dtype=float)[t] for _, y in table]
            f.write(",".join("" if np.isnan(x) else repr(float(x)) for x in cells) + "\n")


if __name__ == "__main__":
    main()
