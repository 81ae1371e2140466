#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sweep of given signals against vectorbt in one run: 10,000 bars x 100 columns of random entries and exits, as in its
own benchmark (Portfolio.from_signals; only its simulation is timed, after it is compiled), and every fill compared.

    bench/.venv/bin/python bench/sweep_peer.py --program build/release/bench/bench.backtest_sweep

Prints JSON lines: processor time, medians of interleaved runs. Exits 1 when a fill differs.
"""
import argparse
import json
import pathlib
import struct
import subprocess
import tempfile
import time

import numpy as np
import vectorbt as vbt
from vectorbt.portfolio import nb
from vectorbt.portfolio.enums import Direction

FILL = np.dtype([("trial", "<u4"), ("time", "<u4"), ("quantity", "<f8"), ("price", "<f8"), ("fee", "<f8")])
CAPITAL, FEE_BP, SLIPPAGE_BP = 100.0, 10.0, 5.0


def make(bars, trials, share):
    rng = np.random.default_rng(42)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (bars, trials)), axis=0))
    return close, rng.random((bars, trials)) < share, rng.random((bars, trials)) < share


def peer(close, entries, exits):
    """The compiled simulation alone, without stops, with its records."""
    bars, trials = close.shape
    return nb.simulate_from_signals_nb(
        (bars, trials), np.ones(trials, dtype=np.int64), np.full(trials, CAPITAL), np.zeros((bars, trials), np.int64),
        entries=entries, exits=exits, direction=np.asarray(Direction.LongOnly), fees=np.asarray(FEE_BP / 1e4),
        slippage=np.asarray(SLIPPAGE_BP / 1e4), close=close, use_stops=False)[0]


def compare(ours, theirs):
    """Largest relative difference of sizes, prices and fees; ValueError when the fills are not the same ones."""
    if len(ours) != len(theirs) or (ours["trial"] != theirs["col"]).any() or (ours["time"] != theirs["idx"]).any():
        raise ValueError(f"{len(ours)} fills, vectorbt {len(theirs)}, or others")
    sign = np.where(theirs["side"] == 0, 1, -1)
    pairs = [(ours["quantity"], sign * theirs["size"]), (ours["price"], theirs["price"]), (ours["fee"], theirs["fees"])]
    return max(float(np.max(np.abs(a - b) / np.maximum(1e-12, np.abs(b)))) for a, b in pairs)


def run(program, bars, trials, share, rounds):
    close, entries, exits = make(bars, trials, share)
    with tempfile.TemporaryDirectory() as folder:
        job, fills = pathlib.Path(folder, "job"), pathlib.Path(folder, "fills")
        job.write_bytes(struct.pack("<QQddd", bars, trials, CAPITAL, FEE_BP, SLIPPAGE_BP) + close.tobytes()
                        + entries.tobytes() + exits.tobytes())
        records = peer(close, entries, exits)
        ours, theirs = [], []
        for _ in range(rounds):
            out = subprocess.run([program, job, fills], check=True, capture_output=True, text=True).stdout
            ours.append(json.loads(out)["ns_per_cell"])
            start = time.process_time()
            records = peer(close, entries, exits)
            theirs.append((time.process_time() - start) * 1e9 / close.size)
        worst = compare(np.fromfile(fills, FILL), records)
    a, b = float(np.median(ours)), float(np.median(theirs))
    print(json.dumps({"bench": "sweep", "bars": bars, "trials": trials, "signals": share, "fills": len(records),
                      "ns_per_cell": round(a, 3), "vectorbt": vbt.__version__, "vectorbt_ns_per_cell": round(b, 3),
                      "ratio": round(b / a, 2), "worst_relative_difference": worst}))
    return worst <= 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bench/bench.backtest_sweep")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    same = [run(args.program, 10000, 100, share, args.rounds) for share in (0.02, 0.1, 0.5)]
    raise SystemExit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
