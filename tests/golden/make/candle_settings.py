#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/feature/candle_settings.csv: what the patterns of TA-Lib 0.8.1 (package 0.8.2) give under candle settings that are not its defaults, on the bars of
talib_bars.csv. The settings are globals of the C library, which the Python package does not show:

    tests/golden/make/candle_settings.py        with a Python that holds TA-Lib and numpy

The first lines are the settings, `# name period factor`; then pattern,series,bar:value;bar:value;... of every value that is not 0."""
import csv
import ctypes
import glob
import os
import pathlib

import numpy as np
import talib

FEATURE = pathlib.Path(__file__).resolve().parents[1] / "feature"
REAL_BODY, HIGH_LOW, SHADOWS = range(3)
# TA-Lib's number of a setting, what it is measured by, bars before, factor.
SETTINGS = {
    "bodylong": (0, REAL_BODY, 7, 1.3),
    "bodyshort": (2, REAL_BODY, 7, 0.85),
    "bodydoji": (3, HIGH_LOW, 12, 0.17),
    "shadowlong": (4, REAL_BODY, 0, 0.7),
    "shadowverylong": (5, REAL_BODY, 0, 1.6),
    "shadowshort": (6, SHADOWS, 8, 1.2),
    "shadowveryshort": (7, HIGH_LOW, 12, 0.14),
    "near": (8, HIGH_LOW, 4, 0.3),
    "far": (9, HIGH_LOW, 4, 0.5),
    "equal": (10, HIGH_LOW, 4, 0.09),
}


def main():
    library = ctypes.CDLL(glob.glob(os.path.join(os.path.dirname(talib.__file__), "..", "ta_lib.libs", "libta*"))[0])
    for number, kind, period, factor in SETTINGS.values():
        assert library.TA_SetCandleSettings(number, kind, period, ctypes.c_double(factor)) == 0
    with open(FEATURE / "talib_bars.csv") as f:
        rows = list(csv.reader(line for line in f if not line.startswith("#")))[1:]
    with open(FEATURE / "candle_settings.csv", "w") as f:
        f.write(f"# tests/golden/make/candle_settings.py, TA-Lib {talib.__version__}\n")
        for name, (_, _, period, factor) in SETTINGS.items():
            f.write(f"# {name} {period} {factor}\n")
        for series in ("candles", "ties"):
            prices = [np.array([float(r[c]) for r in rows if r[0] == series]) for c in range(1, 5)]
            for name in talib.get_function_groups()["Pattern Recognition"]:
                y = getattr(talib, name)(*prices)
                f.write(f"{name[3:].lower()},{series},{';'.join(f'{t}:{y[t]}' for t in np.nonzero(y)[0])}\n")


if __name__ == "__main__":
    main()
