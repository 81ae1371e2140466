#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/talib_bars.csv and talib_values.csv: what every function of TA-Lib gives, by version 0.6.4 and
by 0.8.1, with default, short and long parameters and every kind of moving average. One Python holds one version, so the
script runs itself once in each:

    tests/golden/make/ta_lib.py OLD_PYTHON NEW_PYTHON

with TA-Lib 0.6.8 and 0.8.2 of the package index (C library 0.6.4 and 0.8.1). A line of the values is

    version,series,function,parameters,output,first bar with a value,number of values,bar:value;bar:value;...

where version is 0.6, 0.8, or both where the two agree to 1e-12. Of whole numbers every non-zero value is listed, of others
the first, some of the middle and the last.
"""
import json
import math
import random
import subprocess
import sys

SERIES = {"walk": 700, "ties": 700, "candles": 2500}
COLUMNS = ["open", "high", "low", "close", "volume", "unit", "periods"]


def bars_of(name, n):
    """A walk in cents; one in steps of a quarter with flat stretches and equal bars; short bodies and long shadows."""
    r = random.Random(f"talib {name}")
    close, rows = 61.23, []
    for t in range(n):
        last = close
        if name == "walk":
            opened = last * math.exp(0.004 * r.gauss(0, 1))
            close = max(opened * math.exp(0.017 * r.gauss(0, 1) + (0.11 if t == 300 else 0)), 2.385)
            high, low = max(opened, close) * (1 + 0.009 * r.random()), min(opened, close) * (1 - 0.009 * r.random())
            row = [round(x, 2) for x in (opened, high, low, close)]
        elif name == "ties":
            flat = 90 <= t % 230 < 120
            opened, close = last, last if flat else last + 0.25 * r.choice((-2, -1, 0, 0, 1, 2))
            close = max(close, 2.5)
            up, down = (0, 0) if flat else (0.25 * r.choice((0, 0, 1, 2)), 0.25 * r.choice((0, 0, 1, 2)))
            row = [round(x * 4) / 4 for x in (opened, max(opened, close) + up, min(opened, close) - down, close)]
        else:
            gap = r.choice((0, 0, 0, 0.6, -0.6, 1.5, -1.5))
            opened = last + 0.2 * gap * r.random() + 0.05 * round(4 * r.gauss(0, 1))
            body = r.choice((0, 0.02, 0.05, 0.3, 0.8, 1.4)) * r.choice((-1, 1))
            close = opened + body
            if close < 20 or close > 140:
                close = 61.23
            up, down = r.choice((0, 0, 0.02, 0.1, 0.5, 1.2)), r.choice((0, 0, 0.02, 0.1, 0.5, 1.2))
            row = [round(x, 2) for x in (opened, max(opened, close) + up, min(opened, close) - down, close)]
        close = row[3]
        span = row[1] - row[2]
        rows.append(row + [float(r.randrange(1_000, 900_000)), round(2 * (row[3] - row[2]) / span - 1, 4) if span else 0.25, float(2 + t * 7 % 29)])
    return rows


def write_bars(path):
    with open(path, "w") as f:
        f.write("# tests/golden/make/ta_lib.py\nseries," + ",".join(COLUMNS) + "\n")
        for name, n in SERIES.items():
            for row in bars_of(name, n):
                f.write(name + "," + ",".join(f"{x:.10g}" for x in row) + "\n")


# ---------------------------------------------------------------- in a Python that has TA-Lib

def variants(name, parameters):
    """The defaults, then every parameter given: defaults differ between the versions."""
    yield {}
    for some in changes(name, parameters):
        yield {**parameters, **some}


def changes(name, parameters):
    periods = [k for k in parameters if "period" in k and k not in ("minperiod", "maxperiod")]
    types = [k for k in parameters if k.endswith("matype")]
    if periods:
        least = 1 if name in ("ATR", "NATR", "ADOSC") else 2
        for sizes in ((3, 5, 4, 7), (89, 34, 21, 13), (5, 13, 2, 3)):
            yield {k: max(least, sizes[i % 4]) for i, k in enumerate(periods)}
    for kind in range(9):
        for k in types:
            if kind:
                yield {k: kind}
    if len(types) > 1:
        yield {k: 1 + 2 * i for i, k in enumerate(types)}
    for k, value in parameters.items():
        if isinstance(value, float):
            yield {k: 0.7 * value + 0.031}
    if name == "MAVP":
        for kind in range(1, 9):
            yield {"minperiod": 4, "maxperiod": 19, "matype": kind}


def values_of(talib, series):
    import numpy as np
    columns = {c: np.array([row[i] for row in series]) for i, c in enumerate(COLUMNS)}
    for name in sorted(talib.get_functions() + [f for f in ("ACCBANDS", "AVGDEV", "IMI") if f not in talib.get_functions()]):
        try:
            info = talib.abstract.Function(name).info
        except Exception:
            continue
        arrays = []
        for key, value in info["input_names"].items():
            arrays += list(value) if isinstance(value, (list, tuple)) else [value]
        if info["group"] in ("Math Transform",):
            arrays = ["unit" if name in ("ACOS", "ASIN", "ATAN", "COSH", "EXP", "SINH", "TANH") else "close"]
        for params in variants(name, info["parameters"]):
            try:
                got = getattr(talib, name)(*(columns[a] for a in arrays), **params)
            except Exception:
                continue
            got = got if isinstance(got, (tuple, list)) else (got,)
            for output, y in zip(info["output_names"], got):
                yield name.lower(), arrays, params, output, y


def sample(y):
    """First bar with a value, how many there are, and the pairs that are kept."""
    import numpy as np
    if y.dtype.kind == "i":
        at = np.nonzero(y)[0]
        return -1, len(at), [(int(i), int(y[i])) for i in at[:400]]
    there = np.nonzero(~np.isnan(y))[0]
    if len(there) == 0:
        return -1, 0, []
    kept = sorted({*there[:6], *there[len(there) // 3::max(1, len(there) // 9)][:6], *there[-5:]})
    return int(there[0]), len(there), [(int(i), float(y[i])) for i in kept]


def make_values():
    import talib
    import talib.abstract
    out = []
    for name, n in SERIES.items():
        for function, arrays, params, output, y in values_of(talib, bars_of(name, n)):
            if name == "candles" and not function.startswith("cdl"):
                continue
            first, count, pairs = sample(y)
            out.append([name, function, " ".join(f"{k}={v:.6g}" for k, v in params.items()), output, "+".join(arrays), first, count, pairs])
    json.dump(out, sys.stdout)


# ---------------------------------------------------------------- both

def same(a, b):
    if a[5:7] != b[5:7] or len(a[7]) != len(b[7]):
        return False
    return all(i == k and (x == y or abs(x - y) <= 1e-12 * max(abs(x), abs(y))) for (i, x), (k, y) in zip(a[7], b[7]))


def line(version, row):
    series, function, params, output, inputs, first, count, pairs = row
    text = ";".join(f"{i}:{x!r}" if isinstance(x, int) else f"{i}:{x:.17g}" for i, x in pairs)
    return f"{version},{series},{function},{params},{output},{inputs},{first},{count},{text}\n"


def main():
    if len(sys.argv) == 1:
        return make_values()
    write_bars("tests/golden/feature/talib_bars.csv")
    old, new = (json.loads(subprocess.run([python, __file__], capture_output=True, text=True, check=True).stdout) for python in sys.argv[1:3])
    key = lambda row: tuple(row[:4])
    newer = {key(row): row for row in new}
    with open("tests/golden/feature/talib_values.csv", "w") as f:
        f.write("# tests/golden/make/ta_lib.py\nversion,series,function,parameters,output,inputs,first,count,values\n")
        for row in old:
            other = newer.pop(key(row), None)
            if other and same(row, other):
                f.write(line("both", row))
            else:
                f.write(line("0.6", row))
                if other:
                    f.write(line("0.8", other))
        for row in newer.values():
            f.write(line("0.8", row))


sys.exit(main())
