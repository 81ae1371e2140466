#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/pandas_ta.csv: indicators by pandas-ta-classic 0.8.32, on the bars of pandas.csv, where it
means what its name says here. Run from the repository's root, in a Python that has it:

    python tests/golden/make/pandas_ta.py

Not there, since it means something else: alma (weights turned round, so the oldest bars weigh most), vidya (starts with 0), kst (100 times
as large), stc and fisher (start with 0), pmax (compares the close, and not the average, with the stop), mad (mean, not median)."""
import csv
import math

import pandas as pd
import pandas_ta_classic as ta

FOLDER = "tests/golden/feature/"


def cases(h, l, c, v):
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


def main():
    with open(FOLDER + "pandas.csv") as f:
        f.readline()
        rows = [[float(x) for x in r[:4]] for r in list(csv.reader(f))[1:]]
    columns = dict(zip(("high", "low", "close", "volume"), map(pd.Series, zip(*rows))))
    made = dict(cases(*columns.values()))
    with open(FOLDER + "pandas_ta.csv", "w") as f:
        f.write("# pandas-ta-classic 0.8.32; made by tests/golden/make/pandas_ta.py on the bars of pandas.csv\n")
        f.write(",".join([*columns, *made]) + "\n")
        for t in range(len(rows)):
            values = [s.iloc[t] for s in (*columns.values(), *made.values())]
            f.write(",".join("" if math.isnan(x) else repr(float(x)) for x in values) + "\n")


main()
