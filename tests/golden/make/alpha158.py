# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/alpha158_{bars,values}.csv: qlib's own code over simulated bars.

    bench/.venv/bin/python tests/golden/make/alpha158.py

Values are taken where all windows are full: at some bars of each symbol. `unit` is the feature's median size, against
which a value near zero is compared."""
import importlib.metadata
import os
import sys

import numpy as np
import pandas as pd

root = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..")
sys.path.insert(0, os.path.join(root, "bench"))
import qlib_series  # noqa: E402

SYMBOLS, BARS, AT = 3, 96, [61, 68, 75, 83, 95]


def simulate(rng, start, sigma):
    """Awkward on purpose: ties of closes, a flat stretch, ticks of a cent, volumes over four decades."""
    move = sigma * rng.standard_normal(BARS)
    move[20:24] = 0
    close = np.round(start * np.exp(np.cumsum(move)), 2)
    open_ = np.round(close * np.exp(0.4 * sigma * rng.standard_normal(BARS)), 2)
    high = np.round(np.maximum(open_, close) + start * 0.4 * sigma * rng.random(BARS), 2)
    low = np.round(np.minimum(open_, close) - start * 0.4 * sigma * rng.random(BARS), 2)
    volume = np.floor(np.exp(rng.normal(10, 1.5, BARS)))
    return dict(open=open_, high=high, low=low, close=close, volume=volume, vwap=(high + low + close) / 3)


def main():
    rng = np.random.default_rng(2385)
    made = [simulate(rng, start, sigma) for start, sigma in ((23.85, 0.02), (611.5, 0.011), (2.385, 0.04))]
    expressions = qlib_series.compile_set("alpha158")
    tables = [qlib_series.evaluate(expressions, {c: pd.Series(x) for c, x in bars.items()}) for bars in made]
    versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("pyqlib", "pandas", "numpy"))
    note = f"# made by tests/golden/make/alpha158.py with {versions}; simulated bars, seed 2385\n"
    folder = os.path.join(root, "tests", "golden", "feature")
    with open(os.path.join(folder, "alpha158_bars.csv"), "w") as f:
        f.write(note + "symbol,bar," + ",".join(qlib_series.COLUMNS) + "\n")
        for s, bars in enumerate(made):
            for t in range(BARS):
                f.write(f"{s},{t}," + ",".join(repr(float(bars[c][t])) for c in qlib_series.COLUMNS) + "\n")
    with open(os.path.join(folder, "alpha158_values.csv"), "w") as f:
        f.write(note + "feature,unit," + ",".join(f"{s}@{t}" for s in range(SYMBOLS) for t in AT) + "\n")
        for label, _, _ in expressions:
            values = [float(table[label].iloc[t]) for table in tables for t in AT]
            unit = float(np.median([abs(x) for table in tables for x in table[label].iloc[60:]]))
            f.write(f"{label},{unit!r}," + ",".join(map(repr, values)) + "\n")


main()
