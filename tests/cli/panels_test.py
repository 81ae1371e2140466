#!/usr/bin/env python3
"""Runs on awkward panels: each gives a report with numbers, or an error that names what is wrong. Never a crash."""
import gzip
import json
import math
import os
import random
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
DATA = os.environ.get("SHARED_DATA", "")
FEATURES = '{gain: "close / lag(close, 5) - 1", spread: (high - low) / close, trend: "ema(close, 8) / close - 1"}'
MODELS = "[{learner: mean}, {learner: ridge, params: alpha=10}, {learner: gbm, params: rounds=5 depth=3}]"


def bars(symbols, n, price=None):
    rng, rows = random.Random(5), []
    import datetime
    day = datetime.date(2021, 1, 4)
    level = {s: 20.0 for s in symbols}
    while n:
        if day.weekday() < 5:
            n -= 1
            for s in symbols:
                level[s] *= math.exp(rng.gauss(0, 0.02))
                p = price(s, level[s]) if price else level[s]
                if p is None:
                    rows.append(f"{day},{s},,,,,")
                else:
                    rows.append(f"{day},{s},{p:.6g},{p * (1 + 0.01 * (price is None)):.6g},{p * (1 - 0.01 * (price is None)):.6g},{p:.6g},{rng.randrange(1000)}")
        day += datetime.timedelta(1)
    return "date,symbol,open,high,low,close,volume\n" + "\n".join(rows) + "\n"


def run(name, data, code=0, says="", **over):
    spec = {"data": data, "features": f"{{add: {FEATURES}}}", "models": MODELS, "split": "{name: walk_forward, params: refits=2 embargo=5}",
            "label": "{name: forward_return, params: horizon=5}", "rank_by": "ic", **over}
    open(f"{name}.yaml", "w").write(f"name: {name}\n" + "".join(f"{k}: {v}\n" for k, v in spec.items() if v))
    done = subprocess.run([PROGRAM, "run", f"{name}.yaml", "--quiet"], capture_output=True, text=True, timeout=100)
    assert done.returncode == code or (code and done.returncode in (1, 2)), (name, done.returncode, done.stdout, done.stderr)
    assert says in done.stdout + done.stderr, (name, done.stdout, done.stderr)
    if code == 0:
        report = json.load(open(f"out/{name}/report.json"))
        assert report["data"]["symbols"] >= 1 and "verdict" in done.stdout, name
        scores = open(f"out/{name}/scores.csv").read().splitlines()
        assert all(math.isfinite(float(l.rsplit(",", 1)[1])) for l in scores[1:]), name
        return report, len(scores) - 1
    assert len(done.stderr) < 700 and done.stderr.startswith("tradewind: "), done.stderr
    return done.stderr


def shapes():
    for n in (1, 2, 16, 17, 33):
        open(f"s{n}.csv", "w").write(bars([f"S{i:02d}" for i in range(n)], 150))
        report, scores = run(f"s{n}", f"{{csv: s{n}.csv}}")
        assert report["data"]["symbols"] == n and scores > 50 * n, (n, scores)
    open("gone.csv", "w").write(bars(["A", "B", "GONE"], 150, lambda s, p: None if s == "GONE" else p))
    report, _ = run("gone", "{csv: gone.csv}")
    assert "GONE" not in open("out/gone/scores.csv").read()
    open("flat.csv", "w").write(bars(["A", "B", "C"], 150, lambda s, p: 10.25))
    run("flat", "{csv: flat.csv}")


def short():
    for n in (1, 2, 7, 15):
        open(f"n{n}.csv", "w").write(bars(["A", "B"], n))
        text = run(f"n{n}", f"{{csv: n{n}.csv}}", code=1)
        assert f"{n} times" in text or "times with rows" in text, (n, text)
    text = run("long", "{csv: s2.csv}", code=1, features='{add: {g: "sma(close, 4000)"}}')
    assert "looks back" in text, text


def kinds():
    for name, split in (("kfold", "{name: purged_kfold, params: folds=4 embargo=5}"),
                        ("cpcv", "{name: combinatorial_purged, params: groups=5 test_groups=2 embargo=5}")):
        run(name, "{csv: s17.csv}", split=split)
    for label in ("volatility_scaled", "triple_barrier"):
        run(label, "{csv: s17.csv}", label=f"{{name: {label}, params: horizon=5}}")
    run("logistic", "{csv: s17.csv}", label="{name: triple_barrier, params: horizon=5}", models="[{learner: mean}, {learner: logistic}]")
    for params, near in (("horizon=0", "horizon"), ("horizn=5", "horizon")):
        assert near in run("bad", "{csv: s17.csv}", code=2, label=f"{{name: triple_barrier, params: {params}}}")
    run("set", "{simulate: symbols=5 sessions=220 seed=2}", features="{sets: [alpha158]}")


def minutes():
    cases = (("btcperp_1m", "calendar=24/7", 4000), ("6EH4_1m", "calendar=CMES", 4000))
    for name, how, n in cases:
        path = f"{DATA}/market/minute/{name}.csv.gz"
        if not os.path.exists(path):
            print(f"{name}: skipped, no data")
            continue
        with gzip.open(path, "rt") as f, open(f"{name}.csv", "w") as out:
            out.writelines(line for _, line in zip(range(n), f))
        report, scores = run("m" + name, f'{{csv: {name}.csv, import: "{how}"}}')
        assert scores > 500, (name, scores)
        assert report["data"]["calendar"] == how.split("=")[1]


def look_ahead():
    run("ahead", "{csv: s2.csv}", code=1, says="look-ahead", features='{add: {g: "close / lag(close, -1)"}}')
    run("hidden", "{csv: s2.csv}", code=1, says="look-ahead", features='{lets: {f: "lag(close, 0 - 2)"}, add: {g: f / close}}')
    # Labels overlap by their horizon; the split purges by them even without an embargo, in every kind of split.
    for i, split in enumerate(("{name: walk_forward, params: refits=2 embargo=0}", "{name: purged_kfold, params: folds=4 embargo=0}")):
        run(f"overlap{i}", "{csv: s2.csv}", label="{name: forward_return, params: horizon=20}", split=split)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for step in (shapes, short, kinds, minutes, look_ahead):
            step()
        print("awkward panels: as they should be")


sys.exit(main())
