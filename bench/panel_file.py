# SPDX-License-Identifier: Apache-2.0
"""Panels as bench.feature reads and writes them: int64 columns, times, symbols; then doubles [column][time][symbol]."""
import numpy as np


def write(path, values):
    with open(path, "wb") as f:
        np.array(values.shape, dtype=np.int64).tofile(f)
        np.ascontiguousarray(values, dtype=np.float64).tofile(f)


def read_features(path, shape):
    """[feature][time][symbol]"""
    return np.fromfile(path, dtype=np.float64).reshape(-1, *shape)


def sp500(path):
    """(values [column][time][symbol], symbols) of the five-year panel; vwap is made as (high + low + close) / 3."""
    import pandas as pd

    table = pd.read_csv(path)
    table.columns = [c.lower() for c in table.columns]
    symbol = "name" if "name" in table.columns else "symbol"
    made = [table.pivot(index="date", columns=symbol, values=c) for c in ["open", "high", "low", "close", "volume"]]
    values = np.stack([m.to_numpy(dtype=np.float64) for m in made])
    vwap = (values[1] + values[2] + values[3]) / 3
    return np.concatenate([values, vwap[None]]), list(made[0].columns)
