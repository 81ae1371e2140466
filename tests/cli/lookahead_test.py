#!/usr/bin/env python3
"""A whole run does not look ahead: from day D on every bar is replaced by noise, some are taken away, others come new, and so are splits and dividends. Scores, orders, fills and money
before D, and every model fitted by then, stay the same bytes. Standard library only."""
import csv
import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
N_TIMES, N_SYMBOLS = 240, 21
SPEC = """
name: ahead
seed: 3
data: {csv: %(bars)s.csv, actions: %(bars)s.actions.csv, adjust: %(adjust)s}
features:
  add:
    gain: close / lag(close, 5) - 1
    mean: close / sma(close, 11) - 1
    level: log(close) + log(volume)
    rank: rank(close / lag(close, 7))
    recur: ema(close, 9) / close
label: {%(label)s}
split: {name: walk_forward, params: refits=4 first=0.4}
bins: %(bins_from)s
models: [{learner: mean}, {learner: %(learner)s}]
rank_by: rank_ic
portfolio: construction=long_short quantile=0.2 rebalance=3 cost_bp=7 borrow_bp=90 delist_after=4
"""
FORWARD = "name: forward_return, params: horizon=5 price=next_open demean=section"
CASES = [  # learner with parameters, label, and from where bins are
    ("ridge, params: alpha=100", FORWARD),
    ("gbm, params: rounds=12 depth=3 min_child=5", "name: forward_return, params: horizon=4, weights: uniqueness"),
    ("elastic_net", "name: triple_barrier, params: horizon=8 window=6 value=return, weights: uniqueness"),
    ("gbm, params: rounds=9 depth=3", "name: triple_barrier, params: up=1 down=1 horizon=9 price=next_open touch=range"),
    ("gbm, params: rounds=9 depth=3 bins=31, hold_out: 0.2", "name: forward_return, params: horizon=4", "shared-past"),
    ("random_forest, params: trees=9 depth=4", FORWARD, "shared-past"),
    ("ridge", "name: volatility_scaled, params: horizon=6 window=9"),
    ("logistic", "name: meta, params: horizon=7 window=8, side: \"if(close > sma(close, 9), 1, -1)\""),
]


def make_bars(rng):
    day, days, bars = datetime.date(2016, 2, 29), [], {}
    while len(days) < N_TIMES:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day += datetime.timedelta(1)
    for s in range(N_SYMBOLS):
        price, gap, first = rng.uniform(8, 200), 0, rng.choice([0, 0, 0, rng.randrange(N_TIMES // 2)])
        for day in days[first:]:
            o = price * math.exp(rng.gauss(0, 0.006))
            price = o * math.exp(rng.gauss(0, 0.015))
            gap = gap - 1 if gap else rng.randrange(1, 8) if rng.random() < 0.01 else 0
            if not gap:
                bars[day, f"S{s:02d}"] = [o, max(o, price) * 1.004, min(o, price) * 0.995, price, rng.lognormvariate(11, 0.7)]
    return days, bars


def other_future(rng, days, bars, cut):
    """The same past, and noise from the day `cut` on: other prices, other gaps, on the same days."""
    made = {k: v for k, v in bars.items() if k[0] < cut}
    for day in days[days.index(cut):]:
        for s in range(N_SYMBOLS):
            if rng.random() < 0.75 or s == 0:
                o, c = rng.uniform(1, 900), rng.uniform(1, 900)
                made[day, f"S{s:02d}"] = [o, max(o, c) * 1.1, min(o, c) * 0.9, c, rng.lognormvariate(8, 3)]
    return made


def make_actions(rng, days, past, cut):
    """Splits and dividends: those of `past` before the day `cut`, new ones from it on."""
    made = [a for a in past if a[0] < cut]
    for day in days[days.index(cut):]:
        if rng.random() < 0.2:
            split = rng.random() < 0.5
            made.append((day, f"S{rng.randrange(N_SYMBOLS):02d}", "split" if split else "dividend", rng.choice([0.5, 1 / 3, 4]) if split else 0,
                         0 if split else 0.07))
    return made


def write(name, bars, actions):
    with open(f"{name}.actions.csv", "w", newline="") as f:
        csv.writer(f).writerows([["ex_date", "symbol", "kind", "ratio", "amount"], *actions])
    with open(f"{name}.csv", "w", newline="") as f:
        rows = sorted((d, s, *(f"{x:.6f}" for x in v)) for (d, s), v in bars.items())
        csv.writer(f).writerows([["date", "symbol", "open", "high", "low", "close", "volume"], *rows])


def run(bars, case, adjust, out):
    learner, label, bins_from = (*case, "per-fold")[:3]
    with open("spec.yaml", "w") as f:
        f.write(SPEC % {"bars": bars, "learner": learner, "label": label, "adjust": adjust, "bins_from": bins_from})
    done = subprocess.run([PROGRAM, "run", "spec.yaml", "--quiet", "--fresh", "--out", out], capture_output=True, text=True)
    assert done.returncode == 0, (case, done.stderr)
    os.unlink(f"{out}/ledger.jsonl")
    return json.load(open(f"{out}/report.json"))


def lines_before(path, cut):
    with open(path) as f:
        return [line for line in f if line[:10] < cut]


def compare(case, cut, folds):
    for name in ("scores.csv", "events.csv"):
        past, other = lines_before(f"out/true/{name}", cut), lines_before(f"out/noise/{name}", cut)
        assert past == other, (case, cut, name, len(past), len(other), [(a, b) for a, b in zip(past, other) if a != b][:2])
    same = 0
    for i, fold in enumerate(folds):
        if fold["test_from"] <= cut:  # on the morning of the first test day the model is there already
            for line in ("best", "fallback"):
                a, b = (open(f"out/{side}/bundle/models/{line}-{i}.twm", "rb").read() for side in ("true", "noise"))
                assert a == b, (case, cut, f"model {line}-{i} learnt from bars after its last day")
                same += 1
    return same


def main():
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 2385)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        days, bars = make_bars(rng)
        actions = make_actions(rng, days, [], days[0])
        write("true", bars, actions)
        same = changed = 0
        for i, case in enumerate(CASES):
            adjust = ("splits", "all", "none")[i % 3]
            folds = run("true", case, adjust, "out/true")["split"]["folds"]
            for cut in (folds[1]["test_from"], folds[2]["test_from"], rng.choice(days[150:])):
                write("noise", other_future(rng, days, bars, cut), make_actions(rng, days, actions, cut))
                noise = run("noise", case, adjust, "out/noise")["split"]["folds"]
                assert [f["test_from"] for f in noise] == [f["test_from"] for f in folds], (case, cut)
                same += compare(case, cut, folds)
                changed += open("out/true/scores.csv").read() != open("out/noise/scores.csv").read()
        assert changed == 3 * len(CASES), "another future must show after the cut, else this proves nothing"
        print(f"{same} models and all scores and events before the cut are the same bytes")


sys.exit(main())
