#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Indicators that other libraries and books have under a name, against the twins of popular.py, over the awkward bars of operators_test.py and longer, calmer ones. An error is measured by
the value and by what came in: the levels of a price of 60,000 are known to 1e-11 or so, and a ratio of its moves of a cent to 1e-5. Standard library only; prints the largest of each."""
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile

import operators_test as base
import popular

LONG = 420
PERIODS = {"timeperiod": (2, 5, 14), "hp_period": (10, 48), "length": (9, 40), "bars": (3, 10), "fastperiod": (3,), "slowperiod": (7,), "signalperiod": (4,), "smooth": (3,), "run_length": (2,),
           "lookback": (2,), "bb_length": (10,), "kc_length": (12,), "rvi_length": (7,), "channel_period": (6,), "average_period": (9,), "tenkan_period": (4,), "kijun_period": (9,),
           "senkou_period": (17,), "displacement": (9,)}  # fmt: skip
CHOSEN = {"poles": (2, 3), "alpha": (0.07, 0.3), "kind": (0, 1, 2, 3, 4), "strict": (0, 1), "box": (0, 0.7), "bins": (7, 24), "value_area": (0.7,), "phase": (0, -60), "deviation": (1, 5)}
# What two ways to the same number may differ by, of the value and of the largest input so far; a ratio of differences has no more digits than those.
SHARE, LEVEL = 1e-11, 1e-14
RATIOS = {"lrsi", "rsx", "pgo", "rvgi", "qqe", "wavetrend", "inertia", "ebsw", "trendflex", "reflex", "tmf", "vfi"}


def cases_of(op):
    lists = []
    for p in op.get("params", []):
        if p["kind"] == "text":
            continue
        values = PERIODS.get(p["name"]) or CHOSEN.get(p["name"]) or (p["default"],)
        lists.append([(p["name"], v) for v in values if v >= p["lo"]])
    return [dict(c) for c in itertools.product(*lists)]


def calm(seed, gaps):
    """A walk long enough for counts to end, with halts where `gaps`."""
    rng, rows, price = random.Random(seed), [], 37.1
    for _ in range(LONG):
        open_, price = price, price * math.exp(0.02 * rng.gauss(0, 1))
        high, low = max(open_, price) * (1 + abs(rng.gauss(0, 0.006))), min(open_, price) * (1 - abs(rng.gauss(0, 0.006)))
        row = [open_, high, low, price, math.floor(1e6 * rng.random()), rng.gauss(0, 1), rng.gauss(0, 1), float(rng.random() < 0.4)]
        rows.append([base.NAN if gaps and rng.random() < 0.01 else v for v in row])
    return list(map(list, zip(*rows)))


NAMES = {"real": "close", "real0": "close", "real1": "open", "fast": "close", "slow": "open", "start": "open", "width": "volume", "box": "y", "move": "x", "below": "y", "above": "x"}


def columns_of(op):
    names = {**NAMES, "x": "close", **({"x": "x"} if op["name"] in ("decay", "edecay") else {}), **({"width": "y"} if op["name"] == "trail_pair" else {})}
    return [n if n in base.COLUMNS[:5] else names[n] for n in op["inputs"]]


def main():
    table = json.loads(subprocess.run([base.PROGRAM, "describe", "operators"], capture_output=True, text=True, check=True).stdout)["operators"]
    ops = [op for op in table if op["name"] in popular.TWINS]
    assert len(ops) == len(popular.TWINS), set(popular.TWINS) - {op["name"] for op in ops}
    markets = [base.market() + base.real_market(), [calm(1, False), calm(2, True), calm(3, False)]]
    work = [(op, p, o) for op in ops for p in cases_of(op) for o in range(len(op["outputs"]))]
    features = [(f"f{k}", f"{op['name']}({', '.join(columns_of(op) + [f'{n}={v}' for n, v in p.items()])}).{op['outputs'][o]}") for k, (op, p, o) in enumerate(work)]
    features = [(n, e if len(work[k][0]["outputs"]) > 1 else e.rsplit(".", 1)[0]) for k, (n, e) in enumerate(features)]
    worst, count, bad = {}, 0, {}
    for bars in markets:
        base.BARS = len(bars[0][0])
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "bars.csv")
            base.write_bars(path, bars)
            got = base.run_program(path, features)
        for s, series in enumerate(bars):
            answers = {}
            for k, (op, p, o) in enumerate(work):
                key = (op["name"], json.dumps(p))
                inputs = [series[base.COLUMNS.index(c)] for c in columns_of(op)]
                if key not in answers:
                    answers[key] = popular.TWINS[op["name"]](inputs, p)
                most = 0.0
                for t in range(base.BARS):
                    most = max([most] + [abs(x[t]) for x in inputs if popular.known(x[t])])
                    want, have = answers[key][o][t], got[s, t][k] if (s, t) in got else base.NAN
                    count += want == want
                    if want == have or (want != want and have != have) or (want == popular.EITHER and have in (0, 1)):
                        continue
                    error = abs(want - have) / (SHARE * abs(want) + LEVEL * most * (1e3 if op["name"] in RATIOS else 1))
                    error = error if error == error else math.inf
                    worst[op["name"]] = max(worst.get(op["name"], 0), error)
                    if error > 1:
                        bad.setdefault(op["name"], f"{features[k][1]} symbol {s} of {len(bars)} bar {t}: {have!r}, should be {want!r}")
    for name in sorted(popular.TWINS):
        print(f"{name:14} {worst.get(name, 0):.1e}")
    print(f"{len(ops)} operators, {len(features)} features, {count} values")
    for name, what in sorted(bad.items()):
        print(f"{name}: {what}", file=sys.stderr)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
