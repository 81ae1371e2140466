#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A file can bring the future where the language cannot: columns of labels, of returns stamped with the day they begin, of tomorrow's close. A run refuses them by name. Columns and
features that are known at their bar pass, also where prices return to their mean and where bars are few. Standard library only."""
import datetime
import math
import os
import random
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
SPEC = """
name: leak
seed: 1
data: {csv: bars.csv, import: calendar=24/7}
features:
  add:
    gain: close / lag(close, 5) - 1
    tried: "%(feature)s"
label: {%(label)s}
split: {name: walk_forward, params: refits=2}
models: [{learner: ridge}]
rank_by: rank_ic
portfolio: construction=long_short quantile=0.2 rebalance=5
"""
FORWARD = "name: forward_return, params: horizon=5 price=next_open"


def closes(rng, n, phi):
    """A walk, or with phi < 1 a level that returns to its mean."""
    x, out = 0.0, []
    for _ in range(n):
        x = phi * x + rng.gauss(0, 0.02)
        out.append(50 * math.exp(x))
    return out


def write_bars(symbols, bars, phi=1.0, seed=2385):
    rng, ahead = random.Random(seed), 30
    with open("bars.csv", "w") as f:
        f.write("date,symbol,open,high,low,close,volume,fwd1,fwd7,fwd20,next_close,past\n")
        series = [closes(rng, bars + ahead, phi) for _ in range(symbols)]
        for t in range(1, bars):
            day = datetime.date(2001, 1, 1) + datetime.timedelta(days=t)
            for s, close in enumerate(series):
                o, c = close[t - 1], close[t]
                more = [close[t + k] / c - 1 for k in (1, 7, 20)] + [close[t + 1], math.log(c / o) + rng.gauss(0, 0.001)]
                values = [o, max(o, c) * 1.001, min(o, c) * 0.999, c, rng.randrange(1, 10**6), *more]
                f.write(f"{day},S{s:02d}," + ",".join(map(repr, values)) + "\n")


def run(feature, label=FORWARD):
    with open("spec.yaml", "w") as f:
        f.write(SPEC % {"feature": feature, "label": label})
    done = subprocess.run([PROGRAM, "run", "spec.yaml", "--quiet"], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stderr


def refused(feature, name, label=FORWARD):
    code, text = run(feature, label)
    assert code == 1 and f"{name} knows what comes" in text and "look-ahead" in text, (feature, label, code, text)


def taken(feature, label=FORWARD):
    code, text = run(feature, label)
    assert code == 0, (feature, label, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        write_bars(20, 260)
        for column in ("fwd1", "fwd7", "fwd20"):
            refused(column, f"column '{column}'")
        refused("lag(fwd7, 3)", "column 'fwd7'")
        refused("rank(-fwd7)", "column 'fwd7'")
        refused("if(fwd7 > 0, close, open)", "column 'fwd7'")
        refused("next_close / close", "feature 'tried'")
        refused("fwd7", "column 'fwd7'", "name: triple_barrier, params: up=1 down=1 horizon=9 value=return")
        for feature in ("past", "next_close", "rank(past)", "log(close)"):
            taken(feature)
        write_bars(1, 300, phi=0.9)  # one series that returns to its mean: what comes is known in part, honestly
        taken("log(close)", "name: forward_return, params: horizon=21")
        write_bars(4, 300, phi=0)  # dirty prices: each its own error, which the next bar takes back
        taken("high")
        refused("fwd1", "column 'fwd1'")
        write_bars(3, 80)  # few bars: what goes together by chance
        taken("log(close)", "name: forward_return, params: horizon=20")
    print("leaks refused, honest columns taken")


sys.exit(main())
