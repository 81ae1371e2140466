#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random strategies on random markets, played by zipline-reloaded itself and by the library, leave equal ledgers: every session's accounts and risk numbers, every fill, holding,
order and recorded value, within 1e-9. Equities and futures, by day and by minute; splits, dividends, mergers, delistings; limits, stops, cancels; controls, capital, schedules.

zipline's side is zipline_peer.py, the cases are made by zipline_cases.py; the library's side and the comparison are tests/golden/backtest/zipline_cases_test.c, which also plays
the cases recorded in tests/golden/backtest/zipline_cases.json.gz where there is no zipline.

    zipline_test.py [--seed N] [--share X] [--kind NAME]     plays cases; X times as many as usual
    zipline_test.py --record                                 plays and keeps the recorded ones
    zipline_test.py --shrink KIND SEED                       the smallest part of a case that still differs

Needs zipline-reloaded 3.2.1 (bench/.venv, or the Python this is run with); skipped without it."""
import argparse
import copy
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VENV = ROOT / "bench/.venv/bin/python"
try:
    import zipline_peer as peer
except ImportError:
    if VENV.exists() and not os.environ.get("TW_IN_VENV"):
        os.environ["TW_IN_VENV"] = "1"
        os.execv(VENV, [str(VENV)] + sys.argv)
    print("skipped: no zipline")
    sys.exit(77)

import zipline_cases as cases

PLAYER = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).parent / "tests/test.golden.backtest.zipline_cases"
GOLDEN = ROOT / "tests/golden/backtest/zipline_cases.json.gz"
# How many of each kind: those by minute take zipline longest.
USUAL = {"plain": 30, "styled": 40, "eventful": 50, "governed": 40, "futures": 30, "ruined": 20, "minutes": 24, "future_minutes": 16, "chains": 30, "chain_minutes": 12, "abroad": 30,
         "abroad_minutes": 10, "emission": 16, "crypto": 30, "crypto_minutes": 8}
# What is kept, by kind and seed: few sessions, few assets, and much that happens.
RECORDED = {"plain": (1, 4), "styled": (2, 3, 8), "eventful": (5, 19, 1008, 1013), "governed": (2, 12, 2000, 2030), "futures": (4, 17), "ruined": (1, 4, 6), "minutes": (7, 1009), "future_minutes": (5,), "chains": (8, 16, 21, 29),
            "chain_minutes": (78,), "abroad": (0, 2), "abroad_minutes": (6,), "crypto": (4, 11)}


def make(kind, seed):
    case = cases.CLASSES[kind](seed)
    case["name"] = f"{kind} {seed}"
    return case


def played_alike(made, say=True):
    """Whether the library plays the cases as zipline did."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"cases": made}, file)
        file.flush()
        done = subprocess.run([PLAYER, file.name], capture_output=True, text=True)
    if say and done.returncode:
        print(done.stdout + done.stderr)
    return done.returncode == 0


def play(kind, n, seed):
    made = peer.run([make(kind, seed + i) for i in range(n)])
    count = lambda table, column: sum(len(c["expected"][table][column]) for c in made)
    stopped = sum(c["expected"]["stopped"] is not None for c in made)
    print(f"{kind}: {len(made)} cases, {count('sessions', 'session')} sessions, {count('fills', 'bar')} fills, {count('orders', 'id')} order rows, {stopped} stopped by zipline", flush=True)
    if len(made) < n:
        print(f"{kind}: {n - len(made)} more, in which zipline divides by 0, are not compared", flush=True)
    assert n < 10 or count("fills", "bar") > 2 * n, "cases in which nothing happens"
    return played_alike(made)


# ---------------------------------------------------------------- recording
def record():
    made = peer.run([make(kind, seed) for kind, seeds in RECORDED.items() for seed in seeds])
    assert played_alike(made)
    with gzip.GzipFile(GOLDEN, "wb", mtime=0) as file:
        file.write(json.dumps({"peer": "zipline-reloaded 3.2.1", "cases": made}, separators=(",", ":")).encode())
    print(f"{len(made)} cases, {GOLDEN.stat().st_size} bytes")


# ---------------------------------------------------------------- shrinking
def differs(case):
    try:
        made = peer.run([copy.deepcopy(case)])
        return bool(made) and not played_alike(made, say=False)
    except (ValueError, KeyError, LookupError, AssertionError):
        return False  # no longer a case


def without(items, wanted, step=1):
    """Takes away what can be missing, by halves at first; `wanted` tells whether the rest still does."""
    size = max(step, len(items) // 2 // step * step)
    while True:
        i = 0
        while i < len(items):
            rest = items[:i] + items[i + size:]
            if wanted(rest):
                items = rest
            else:
                i += size
        if size == step:
            return items
        size = max(step, size // 2 // step * step)


def shrink(case):
    if not differs(case):
        sys.exit("no difference")
    for key in ("schedule", "before", "changes", "actions", "script", "settings"):
        case[key] = without(case[key], lambda rest: differs({**case, key: rest}), 2 if key == "settings" else 1)
    for entry in case["script"]:
        full = entry["ops"]

        def wanted(rest):
            entry["ops"] = rest
            return differs(case)
        entry["ops"] = without(full, wanted)
    while case["to"] > case["from"] + 1 and differs({**case, "to": case["to"] - 1}):
        case["to"] -= 1
    peer.run([case])
    print({k: v for k, v in case.items() if k not in ("assets", "sessions", "expected")})
    for a in case["assets"]:
        print({k: v for k, v in a.items() if k not in ("daily", "minute")}, {f: x[max(0, case["from"] - 5):case["to"]] for f, x in a["daily"].items()})
    played_alike([case])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=1)
    parser.add_argument("--kind", choices=USUAL)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--shrink", nargs=2, metavar=("KIND", "SEED"))
    o = parser.parse_args()
    if not PLAYER.exists():
        print(f"skipped: no {PLAYER}")
        sys.exit(77)
    if o.record:
        return record()
    if o.shrink:
        return shrink(make(o.shrink[0], int(o.shrink[1])))
    kinds = [o.kind] if o.kind else list(USUAL)
    alike = [play(kind, max(1, round(USUAL[kind] * o.share)), o.seed) for kind in kinds]
    assert all(alike), "ledgers differ"


if __name__ == "__main__":
    main()
