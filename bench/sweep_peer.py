#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sweep of given signals against vectorbt in one run: 10,000 bars x 100 columns of random entries and exits, as in its
own benchmark (Portfolio.from_signals; only its simulation is timed, after it is compiled), and every fill compared.

    bench/.venv/bin/python bench/sweep_peer.py --program build/release/bench/bench.backtest_sweep

Prints JSON lines: processor time, medians of interleaved runs; ours with every return path, and with every fill kept as
well, as the peer keeps them. Exits 1 when a fill differs.
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
BARS, TRIALS, CAPITAL, FEE_BP, SLIPPAGE_BP = 10000, 100, 10000.0, 10.0, 5.0


def make_own():
    """The shape of vectorbt's benchmark: one share, entries every 17th cell, exits, which turn round, every 19th."""
    rng = np.random.default_rng(42)
    cell = np.arange(BARS * TRIALS).reshape(BARS, TRIALS)
    close = np.abs(rng.normal(size=(BARS, TRIALS))) + 1
    return {"name": "its own", "close": close, "entries": cell % 17 == 0, "exits": cell % 19 == 0, "both": True,
            "shares": 1.0}


def make_walk(share):
    """A random walk, all cash in and out by random signals in a share of the cells."""
    rng = np.random.default_rng(42)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, (BARS, TRIALS)), axis=0))
    entries, exits = rng.random((BARS, TRIALS)) < share, rng.random((BARS, TRIALS)) < share
    return {"name": f"random, {share:g}", "close": close, "entries": entries, "exits": exits, "both": False,
            "shares": 0.0}


def peer(job):
    """The compiled simulation alone, without stops, with its records."""
    return nb.simulate_from_signals_nb(
        (BARS, TRIALS), np.ones(TRIALS, dtype=np.int64), np.full(TRIALS, CAPITAL), np.zeros((BARS, TRIALS), np.int64),
        entries=job["entries"], exits=job["exits"],
        direction=np.asarray(Direction.Both if job["both"] else Direction.LongOnly),
        size=np.asarray(job["shares"] or np.inf), fees=np.asarray(FEE_BP / 1e4),
        slippage=np.asarray(SLIPPAGE_BP / 1e4), close=job["close"], use_stops=False)[0]


def compare(ours, theirs):
    """Largest relative difference of sizes, prices and fees; ValueError when the fills are not the same ones."""
    if len(ours) != len(theirs) or (ours["trial"] != theirs["col"]).any() or (ours["time"] != theirs["idx"]).any():
        raise ValueError(f"{len(ours)} fills, vectorbt {len(theirs)}, or others")
    sign = np.where(theirs["side"] == 0, 1, -1)
    pairs = [(ours["quantity"], sign * theirs["size"]), (ours["price"], theirs["price"]), (ours["fee"], theirs["fees"])]
    return max(float(np.max(np.abs(a - b) / np.maximum(1e-12, np.abs(b)))) for a, b in pairs)


def run(program, job, rounds):
    head = struct.pack("<QQQdddd", BARS, TRIALS, job["both"], CAPITAL, job["shares"], FEE_BP, SLIPPAGE_BP)
    with tempfile.TemporaryDirectory() as folder:
        path, fills = pathlib.Path(folder, "job"), pathlib.Path(folder, "fills")
        path.write_bytes(head + job["close"].tobytes() + job["entries"].tobytes() + job["exits"].tobytes())
        records = peer(job)
        ours, with_fills, theirs = [], [], []
        for _ in range(rounds):
            out = subprocess.run([program, path, fills], check=True, capture_output=True, text=True).stdout
            ours.append(json.loads(out)["ns_per_cell"])
            with_fills.append(json.loads(out)["ns_per_cell_with_fills"])
            start = time.process_time()
            records = peer(job)
            theirs.append((time.process_time() - start) * 1e9 / (BARS * TRIALS))
        worst = compare(np.fromfile(fills, FILL), records)
    a, f, b = (float(np.median(x)) for x in (ours, with_fills, theirs))
    print(json.dumps({"bench": "sweep", "bars": BARS, "trials": TRIALS, "signals": job["name"], "fills": len(records),
                      "ns_per_cell": round(a, 3), "ns_per_cell_with_fills": round(f, 3), "vectorbt": vbt.__version__,
                      "vectorbt_ns_per_cell": round(b, 3), "ratio": round(b / a, 2), "ratio_with_fills": round(b / f, 2),
                      "worst_relative_difference": worst}))
    return worst <= 1e-9


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bench/bench.backtest_sweep")
    parser.add_argument("--rounds", type=int, default=5)
    args = parser.parse_args()
    same = [run(args.program, job, args.rounds) for job in (make_own(), make_walk(0.01), make_walk(0.1))]
    raise SystemExit(0 if all(same) else 1)


if __name__ == "__main__":
    main()
