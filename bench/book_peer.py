#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Replay of the recorded order book beside hftbacktest, in turns, one thread:

    bench/.venv/bin/python bench/book_peer.py build/bench/bench/bench.backtest_book [ROUNDS]

The same events, latencies, queue model, fees and grid of orders (tests/oracle/book_test.py shows that the results are the same); theirs compiled and warm. Events are those
of the feed, each of which passes twice. One JSON line a case; the ratio is of medians."""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
program, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5
os.environ.setdefault("TRADEWIND_LIBRARY", str(ROOT / "build/release/libtradewind.so"))
sys.path.insert(0, str(ROOT / "tests/oracle"))
import book_test as b  # noqa: E402
import hftbacktest as hft  # noqa: E402
import numpy as np  # noqa: E402
from numba import njit  # noqa: E402

PATH = ROOT.parent / "shared/data/market/orderbook/btcusdt_l2_20240808.jsonl.gz"
if not PATH.exists():
    print("skipped: no recorded feed")
    sys.exit(0)
UNITS = (0.1, 0.001)


@njit
def alone(hbt):
    while hbt.elapse(b.STEP) == 0:
        pass


def run(data, grid, depth):
    asset = hft.BacktestAsset().data(data).linear_asset(1.0).constant_order_latency(10_000_000, 10_000_000).power_prob_queue_model(3).no_partial_fill_exchange()
    asset = asset.trading_value_fee_model(-0.00005, 0.0007).tick_size(UNITS[0]).lot_size(UNITS[1]).roi_lb(50_000).roi_ub(80_000)
    hbt, out = depth([asset]), np.full((4000, 10), np.nan)
    start = time.perf_counter()
    if grid:
        b.theirs(hbt, out, 0.01, hft.GTX)
    else:
        alone(hbt)
    used = time.perf_counter() - start
    hbt.close()
    return used


data = b.recorded(PATH)
n = int((data["ev"] & hft.LOCAL_EVENT == hft.LOCAL_EVENT).sum())
cases = {"replay, time alone": False, "replay, grid": True}
books = {"hftbacktest (hash map)": hft.HashMapMarketDepthBacktest, "hftbacktest (vector in a range)": hft.ROIVectorMarketDepthBacktest}
ours, theirs = {name: [] for name in cases}, {(name, book): [] for name in cases for book in books}
for k in range(rounds + 1):
    for line in subprocess.run([program], capture_output=True, text=True, check=True).stdout.splitlines():
        cell = json.loads(line)
        if cell.get("name") in ours:
            ours[cell["name"]].append(cell["ns"])
    for name, grid in cases.items():
        for book, depth in books.items():
            used = run(data, grid, depth)
            if k:  # the first compiles
                theirs[name, book].append(used / n * 1e9)
for name in cases:
    own = statistics.median(ours[name])
    for book in books:
        peer = statistics.median(theirs[name, book])
        print(json.dumps({"bench": "book", "name": name, "events": n, "ns": round(own, 1), "events_per_s": round(1e9 / own), "peer": f"{book} {hft.__version__ if hasattr(hft, '__version__') else ''}".strip(),
                          "peer_ns": round(peer, 1), "ratio": round(peer / own, 2)}))
