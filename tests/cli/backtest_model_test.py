#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Models in tradewind backtest: a bundle, of days or minutes, and the file of a model score a market as `score` and `predict` do, to the bit; a market that
ends earlier has the same scores up to there; further columns of the bars."""
import csv
import math
import os
import random
import subprocess
import tempfile

PROGRAM = os.path.abspath(os.environ["TRADEWIND"])
os.chdir(tempfile.mkdtemp())
SYMBOLS = ("S00001", "S00007", "S00010")


def tradewind(*args, good=True):
    done = subprocess.run([PROGRAM, *args, "--quiet"], capture_output=True, text=True)
    assert (done.returncode == 0) == good, f"{args}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def table(name, column):
    with open(name, newline="") as file:
        return {(r["time"], r["symbol"]): r[column] for r in csv.DictReader(file)}


def recorded(model, bars="market/bars.twp", actions="market/actions.csv"):
    """The scores that the strategy saw, by day and symbol."""
    records = "".join(f"    {s}: {{asset: {s}, value: score}}\n" for s in SYMBOLS)
    write("s.yaml", f"data:\n  bars: {bars}\n  actions: {actions}\n  model: {model}\nstrategy:\n  rules:\n    - {{when: score > 1e9, shares: 1}}\n  record:\n{records}")
    tradewind("backtest", "s.yaml", "--out", "out")
    with open("out/daily.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    return {(r["session"][:10], s): r[s] for r in rows for s in SYMBOLS}


def equal(seen, wanted):
    there = 0
    for key, x in seen.items():
        assert x == wanted.get(key, ""), (key, x, wanted.get(key))
        there += x != ""
    return there


def fails(says, model, more="", bars="market/bars.twp"):
    write("s.yaml", f"data:\n  bars: {bars}\n  model: {model}\n{more}strategy:\n  rules:\n    - {{shares: 1}}\n")
    text = tradewind("backtest", "s.yaml", "--out", "out", good=False)
    assert says in text, f"wanted {says!r} in: {text}"


# ---------------------------------------------------------------- a bundle, with splits in the bars
SIMULATE = "symbols=12 sessions=500 seed=3 edge=0.2"
write("job.yaml", f"""name: job
data: {{simulate: {SIMULATE}, adjust: splits}}
features:
  add:
    gap: close / lag(close, 5) - 1
    level: close
    place: rank(close / vwap)
label: {{name: forward_return, params: horizon=5 price=next_open demean=section}}
split: {{name: walk_forward, params: refits=3 embargo=5}}
models:
  - learner: mean
  - learner: ridge
rank_by: rank_ic
portfolio: construction=long_short quantile=0.25 rebalance=5
""")
tradewind("run", "job.yaml", "--out", "job")
tradewind("data", "simulate", "--set", SIMULATE, "--out", "market")
tradewind("data", "adjust", "market/bars.twp", "--actions", "market/actions.csv", "--how", "forward", "--out", "forward.csv")
tradewind("score", "job/bundle", "--in", "forward.csv", "--out", "score.csv")
scores = table("score.csv", "score")
whole = recorded("{bundle: job/bundle}")
assert equal(whole, scores) > 300, "the bundle scored too little"
assert recorded("{bundle: job/bundle}", bars="market/bars.csv") == whole
assert recorded("{bundle: job/bundle, adjust: none}") != whole, "no split in the market: the test proves nothing"

# what comes later changes no score
with open("market/bars.csv") as file:
    lines = file.read().splitlines()
last = sorted({k[0] for k in whole})[400]
write("early.csv", "\n".join([lines[0]] + [r for r in lines[1:] if r[:10] <= last]) + "\n")
with open("market/actions.csv") as file:
    lines = file.read().splitlines()
write("early-actions.csv", "\n".join([lines[0]] + [r for r in lines[1:] if r[:10] <= last]) + "\n")
early = recorded("{bundle: job/bundle}", "early.csv", "early-actions.csv")
assert sum(x != "" for x in early.values()) > 100 and len(early) == 401 * len(SYMBOLS) and all(whole[k] == x for k, x in early.items())

# ---------------------------------------------------------------- the file of a model
EXPR = {"gap": "close / lag(close, 5) - 1", "busy": "rank(volume)"}
tradewind("features", "calc", "--in", "forward.csv", "--expr", "; ".join(f"{k}={v}" for k, v in EXPR.items()), "--out", "f.csv")
with open("f.csv", newline="") as file:
    rows = [r for r in csv.DictReader(file) if r["gap"] and r["busy"]]
with open("train.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["busy", "gap", "y"])
    out.writerows([r["busy"], r["gap"], i * 7919 % 13 / 13] for i, r in enumerate(rows[500:2500]))
with open("rows.csv", "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["time", "symbol", "gap", "busy"])
    out.writerows([r["time"], r["symbol"], r["gap"], r["busy"]] for r in rows)
tradewind("fit", "--train", "train.csv", "--target", "y", "--learner", "gbm", "--params", "rounds=20", "--out", "m.twm")
tradewind("predict", "m.twm", "--in", "rows.csv", "--keep", "time,symbol", "--out", "p.csv")
FILE = "{file: m.twm, features: {gap: 'close / lag(close, 5) - 1', busy: 'rank(volume)'}}"
assert equal(recorded(FILE), table("p.csv", "prediction")) > 1000
assert recorded("{file: m.twm, lets: {back: 'lag(close, 5)'}, features: {gap: close / back - 1, busy: rank(volume)}}") == recorded(FILE)

# ---------------------------------------------------------------- a bundle of minutes scores each minute of a market, and no later one
rng, price = random.Random(5), dict.fromkeys(("AA", "BB", "CC", "DD"), 50.0)
STAMPS = [f"2021-01-{day:02d}T{14 + (30 + m) // 60}:{(30 + m) % 60:02d}:00Z" for day in (4, 5, 6, 7, 8) for m in range(1, 121)]
BARS = []
for stamp in STAMPS:
    for symbol, x in price.items():
        y = price[symbol] = x * math.exp(rng.gauss(0, 0.002))
        BARS.append(f"{stamp},{symbol},{x:.4f},{max(x, y):.4f},{min(x, y):.4f},{y:.4f},{rng.randrange(100, 900)}\n")
write("minutes.csv", "time,symbol,open,high,low,close,volume\n" + "".join(BARS))
write("minutes.yaml", """name: minutes
data: {csv: minutes.csv}
features:
  add:
    gap: close / lag(close, 5) - 1
    place: rank(volume)
label: {name: forward_return, params: horizon=5 price=next_open demean=section}
split: {name: walk_forward, params: refits=3 embargo=5}
models:
  - learner: ridge
rank_by: rank_ic
portfolio: construction=long_short quantile=0.25 rebalance=5
""")
tradewind("run", "minutes.yaml", "--out", "minutes")
tradewind("score", "minutes/bundle", "--in", "minutes.csv", "--out", "score.csv")
score = {key: float(x) for key, x in table("score.csv", "score").items() if x}
assert len(score) > 1000
for n in (len(STAMPS), len(STAMPS) - 61):  # a market that ends earlier has the same scores up to there
    write("seen.csv", "time,symbol,open,high,low,close,volume\n" + "".join(BARS[:4 * n]))
    write("s.yaml", """frequency: minute
data:
  minutes: seen.csv
  model: {bundle: minutes/bundle}
strategy:
  window: 60
  window_of: minutes
  universe: [AA, BB]
  rules:
    - {when: score > 1e9, shares: 1}
  record:
    now: {asset: AA, value: score}
    before: {asset: BB, value: 'lag(score, 3)'}
    hour: {asset: BB, value: 'mean(score, 50)'}
""")
    tradewind("backtest", "s.yaml", "--out", "out")
    with open("out/daily.csv", newline="") as file:
        daily = list(csv.DictReader(file))
    there = 0
    for row in daily:
        last = max(i for i in range(n) if STAMPS[i][:10] == row["session"][:10])
        window = [score.get((STAMPS[i], "BB")) for i in range(last - 49, last + 1)]
        assert (float(row["now"]) if row["now"] else None) == score.get((STAMPS[last], "AA")), row
        assert bool(row["hour"]) == (None not in window), row
        if None in window:
            continue
        assert float(row["before"]) == window[-4], row
        assert abs(float(row["hour"]) - sum(window) / 50) < 1e-15, row
        there += 1
    assert there == 3, there

# ---------------------------------------------------------------- what is told
fails("s.yaml:3:10: a model needs 'bundle' (a folder) or 'file'", "{adjust: none}")
fails("'adjust' must be none, splits or all, got 'some'", "{bundle: job/bundle, adjust: some}")
fails("with it only 'adjust' may be given", "{bundle: job/bundle, features: {a: close}}")
fails("the file of a model needs 'features'", "{file: m.twm}")
fails("the model has 2 features, and none of them is 'gapp'", "{file: m.twm, features: {gapp: close}}")
fails("the model needs feature 'busy'", "{file: m.twm, features: {gap: close}}")
fails("did you mean 'rank'", "{file: m.twm, features: {gap: close, busy: rankk(volume)}}")
fails("look-ahead", "{file: m.twm, features: {gap: close, busy: 'lag(volume, -1)'}}")
fails("job.yaml", "{file: job.yaml, features: {gap: close}}")
fails("this model scores minutes, and 'data' has no 'minutes'", "{file: m.twm, bars: minutes, features: {gap: close, busy: volume}}")
fails("no column named mood", FILE, more="  columns: [mood]\n")
write("price.csv", open("market/bars.csv").read().replace("news", "price", 1))
fails("'price' is a column already", FILE, more="  columns: [price]\n", bars="price.csv")

# ---------------------------------------------------------------- further columns of the bars
write("s.yaml", "data:\n  bars: market/bars.csv\n  columns: [vwap, news]\nstrategy:\n  window: 2\n  rules:\n    - {when: 'vwap > lag(vwap, 1)', shares: 1, asset: S00007}\n"
      "  record:\n    v: {asset: S00007, value: vwap}\n    n: {asset: S00007, value: 'lag(news, 1)'}\n")
tradewind("backtest", "s.yaml", "--out", "out")
with open("market/bars.csv", newline="") as file:
    bars = [r for r in csv.DictReader(file) if r["symbol"] == "S00007"]
with open("out/daily.csv", newline="") as file:
    daily = list(csv.DictReader(file))
seen = {r["session"][:10]: (r["v"], r["n"]) for r in daily}
days = sorted(seen)
by_day = {r["date"]: r for r in bars}
for yesterday, today in zip(days[200:], days[201:]):
    before, bar = by_day.get(yesterday, {"news": ""}), by_day.get(today, {"vwap": ""})
    want = float(bar["vwap"] or "nan"), float(before["news"] or "nan")
    got = tuple(float(x or "nan") for x in seen[today])
    assert all(a == b or (a != a and b != b) for a, b in zip(want, got)), (today, want, got)
print("ok")
