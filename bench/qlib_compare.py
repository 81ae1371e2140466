# SPDX-License-Identifier: Apache-2.0
"""alpha158 (or alpha360) by qlib's own code and by tradewind over the same panel, feature by feature.

    bench/.venv/bin/python bench/qlib_compare.py build/bench/bench/bench.feature SP500.csv.gz [symbols] [set]

Compared where the windows are full and hold no missing value (there qlib, with min_periods=1, gives a value from
fewer bars and tradewind none). Prints for each feature the cells compared, where only one side has a value, the
largest relative difference, and the cells where it is above 1e-9. Such cells are settled by a third computation, in
numpy's long double straight from the definition: the last two columns are the largest distance of either side from it
over those cells. Exits 1 when tradewind is more than 1e-9 away. Differences are relative to the value, or to a
thousandth of the feature's median size where that is greater (a residual may be any small number)."""
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd
import panel_file
import qlib_series

warnings.filterwarnings("ignore")


def relative(ours, theirs, unit):
    return np.abs(ours - theirs) / np.maximum(np.maximum(np.abs(ours), np.abs(theirs)), unit)


def windows(x, n):
    """[time][symbol][n], NaN before the first full window."""
    padded = np.concatenate([np.full((n - 1, x.shape[1]), np.nan, np.longdouble), x.astype(np.longdouble)])
    return np.lib.stride_tricks.sliding_window_view(padded, n, axis=0)


def centred(x):
    return x - x.mean(axis=-1, keepdims=True)


def truth(label, values):
    """A feature from its definition in long double, or None for those that never differ."""
    open_, high, low, close, volume, vwap = values.astype(np.longdouble)
    name, n = label.rstrip("0123456789"), int(label[len(label.rstrip("0123456789")):] or 0)
    if name == "STD":
        return windows(close, n).std(axis=-1, ddof=1) / close
    if name in ("BETA", "RSQR", "RESI"):
        y = centred(windows(close, n))
        t = np.arange(n, dtype=np.longdouble) - np.longdouble(n - 1) / 2
        slope = (y * t).sum(axis=-1) / (t * t).sum()
        if name == "BETA":
            return slope / close
        if name == "RSQR":
            return slope * slope * (t * t).sum() / (y * y).sum(axis=-1)
        return (y[..., -1] - slope * t[-1]) / close
    if name in ("CORR", "CORD", "WVMA"):
        before = np.concatenate([np.full((1, close.shape[1]), np.nan), close[:-1]])
        last = np.concatenate([np.full((1, close.shape[1]), np.nan), volume[:-1]])
        if name == "WVMA":
            w = windows(np.abs(close / before - 1) * volume, n)
            return w.std(axis=-1, ddof=1) / (w.mean(axis=-1) + np.longdouble(1e-12))
        a, b = (close, np.log(volume + 1)) if name == "CORR" else (close / before, np.log(volume / last + 1))
        x, y = centred(windows(a, n)), centred(windows(b, n))
        return (x * y).sum(axis=-1) / np.sqrt((x * x).sum(axis=-1) * (y * y).sum(axis=-1))
    return None


def settle(label, values, ours, theirs, unit, cells):
    """Largest distance from the truth over `cells`, ours and qlib's."""
    exact = truth(label, values)
    if exact is None or not cells.any():
        return (np.nan, np.nan) if cells.any() else (0.0, 0.0)
    return tuple(float(relative(x[cells], exact[cells], unit).max()) for x in (ours, theirs))


def main(program, csv, n_symbols, name):
    values, symbols = panel_file.sp500(csv)
    chosen = np.linspace(0, len(symbols) - 1, n_symbols).astype(int)
    values = np.ascontiguousarray(values[:, :, chosen])
    with tempfile.TemporaryDirectory() as folder:
        panel_file.write(folder + "/panel", values)
        subprocess.run([program, "--panel", folder + "/panel", "--set", name, "--dump", folder + "/out"], check=True)
        ours = panel_file.read_features(folder + "/out", values.shape[1:])
    expressions = qlib_series.compile_set(name)
    theirs = np.full(ours.shape, np.nan)
    for s in range(n_symbols):
        bars = {c: pd.Series(values[i, :, s]) for i, c in enumerate(qlib_series.COLUMNS)}
        theirs[:, :, s] = qlib_series.evaluate(expressions, bars).to_numpy(dtype=np.float64).T
    bad = 0
    print(f"{'feature':9} {'compared':>9} {'only ours':>9} {'only qlib':>9} {'largest':>9} {'cells > 1e-9':>12}"
          f" {'ours-truth':>10} {'qlib-truth':>10}")
    for f, (label, _, _) in enumerate(expressions):
        a, b = ours[f], theirs[f]
        both = np.isfinite(a) & np.isfinite(b)
        unit = 1e-3 * np.median(np.abs(b[both]))
        difference = np.where(both, relative(a, b, unit), 0)
        above = difference > 1e-9
        own, other = settle(label, values, a, b, unit, above)
        bad += not own <= 1e-9
        print(f"{label:9} {both.sum():9} {(np.isfinite(a) & ~np.isfinite(b)).sum():9} "
              f"{(np.isfinite(b) & ~np.isfinite(a)).sum():9} {difference.max():9.1e} {above.sum():12} "
              f"{own:10.1e} {other:10.1e}")
    print(f"{len(expressions)} features, {bad} where tradewind is more than 1e-9 from the definition")
    return bad


if __name__ == "__main__":
    arguments = sys.argv[1:] + ["25", "alpha158"][len(sys.argv) - 3:]
    sys.exit(main(arguments[0], arguments[1], int(arguments[2]), arguments[3]) > 0)
