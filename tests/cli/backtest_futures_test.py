#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Futures in tradewind backtest: contracts of a root as one symbol: its history over rolls, orders of the present contract, holdings that roll."""
import csv
import datetime
import math
import os
import random
import subprocess
import tempfile

PROGRAM = os.path.abspath(os.environ["TRADEWIND"])
os.chdir(tempfile.mkdtemp())
N, CONTRACTS = 90, (("ZZH21", 0, 34), ("ZZM21", 0, 64), ("ZZU21", 20, 89))  # symbol, first session, auto close


def days(n, first=datetime.date(2021, 1, 4)):
    out = []
    while len(out) < n:
        if first.weekday() < 5:
            out.append(str(first))
        first += datetime.timedelta(1)
    return out


DAYS = days(N)
rng, close = random.Random(11), {}
with open("bars.csv", "w") as file:
    file.write("date,symbol,open,high,low,close,volume\n")
    for k, (symbol, first, end) in enumerate(CONTRACTS):
        price = 100.0 + 3 * k
        for i in range(first, min(end + 1, N)):
            price *= math.exp(rng.gauss(0, 0.01))
            close[symbol, i] = round(price, 2)
            # the next contract is traded more from five sessions before the close on
            volume = 50000 if end - 5 > i >= (CONTRACTS[k - 1][2] - 5 if k else 0) else 9000
            file.write(f"{DAYS[i]},{symbol},{price:.2f},{price * 1.01:.2f},{price * .99:.2f},{price:.2f},{volume}\n")
with open("assets.csv", "w") as file:
    file.write("symbol,kind,root,multiplier,tick,start_date,end_date,auto_close_date\n")
    for symbol, first, end in CONTRACTS:
        file.write(f"{symbol},future,ZZ,50,0.01,{DAYS[first]},{DAYS[min(end, N - 1)]},{DAYS[min(end, N - 1)]}\n")


def run(strategy, continuous, mode="realistic", good=True, commission="per_contract cost=1 exchange_fee=0"):
    with open("s.yaml", "w") as file:
        file.write(f"mode: {mode}\ncapital: 1e6\ndata:\n  bars: bars.csv\n  assets: assets.csv\n  continuous: {continuous}\n"
                   f"settings: {{future_slippage: none, future_commission: {commission}}}\nstrategy:\n{strategy}")
    done = subprocess.run([PROGRAM, "backtest", "s.yaml", "--out", "out", "--quiet"], capture_output=True, text=True)
    assert (done.returncode == 0) == good, done.stdout + done.stderr
    return done.stdout + done.stderr


def read(name):
    with open(f"out/{name}", newline="") as file:
        return list(csv.DictReader(file))


def active(i, offset=0):
    """The contract of a session by the calendar: the first that is not at its close yet."""
    at = [end > i for _, _, end in CONTRACTS].index(True) + offset if i < CONTRACTS[-1][2] else 2 + offset
    return CONTRACTS[at] if at < 3 and CONTRACTS[at][1] <= i else None


def history(i, back, adjust):
    """close `back` sessions before session i, joined as of then."""
    x, later = close[active(i - back)[0], i - back], active(i)[0]
    for s in range(i, i - back, -1):
        old, new = active(s - 1)[0], active(s)[0]
        if old != new:
            before = close[new, s - 1], close[old, s - 1]
            x = x * (1 + (before[0] - before[1]) / before[1]) if adjust == "mul" else x + before[0] - before[1] if adjust == "add" else x
    assert later
    return x


# ---------------------------------------------------------------- histories over two rolls
for adjust in ("none", "mul", "add"):
    run("  universe: [ZZ]\n  window: 31\n  rules:\n    - {when: calls < 0, shares: 1}\n  record: {now: close, then: 'lag(close, 30)', part: 'lag(close, 7)'}\n", f"{{ZZ: {{adjust: {adjust}}}}}")
    rows = read("daily.csv")
    for i in range(30, N - 1):
        for column, back in (("now", 0), ("then", 30), ("part", 7)):
            want = history(i, back, adjust)
            assert math.isclose(float(rows[i][column]), want, rel_tol=1e-12), (adjust, i, column, rows[i][column], want)

# ---------------------------------------------------------------- holdings roll, or are left to expire
for mode in ("realistic", "zipline"):
    run("  universe: [ZZ]\n  window: 2\n  rules:\n    - {when: calls >= 3, target_shares: 4}\n  record: {held: holding, weight: weight}\n", "{ZZ: {}}", mode)
    held = {}
    for p in read("positions.csv"):
        held.setdefault(p["session"][:10], {})[p["symbol"]] = float(p["amount"])
    for i in range(8, 89):
        assert sum(held[DAYS[i]].values()) == 4 and len(held[DAYS[i]]) == 1, (mode, i, held.get(DAYS[i]))
    assert held[DAYS[50]] == {"ZZM21": 4.0} and held[DAYS[80]] == {"ZZU21": 4.0}, (mode, held[DAYS[50]], held[DAYS[80]])
    assert float(read("daily.csv")[50]["weight"]) > 0.015
run("  universe: [ZZ]\n  window: 2\n  rules:\n    - {when: calls == 3, shares: 4}\n", "{ZZ: {roll: volume}}")
rolled = [(t["session"][:10], t["symbol"], float(t["amount"])) for t in read("txns.csv")]
assert [r[1:] for r in rolled] == [("ZZH21", 4.0), ("ZZH21", -4.0), ("ZZM21", 4.0), ("ZZM21", -4.0), ("ZZU21", 4.0)] or \
    [r[1:] for r in rolled[:5]] == [("ZZH21", 4.0), ("ZZH21", -4.0), ("ZZM21", 4.0), ("ZZM21", -4.0), ("ZZU21", 4.0)], rolled
assert DAYS[29] < rolled[1][0] < DAYS[34] and rolled[1][0] == rolled[2][0], rolled
run("  universe: [ZZ]\n  window: 2\n  rules:\n    - {when: calls == 3, shares: 4}\n", "{ZZ: {roll: volume, held: leave}}")
left = [(t["symbol"], float(t["amount"])) for t in read("txns.csv")]
assert left == [("ZZH21", 4.0), ("ZZH21", -4.0)], left

# ---------------------------------------------------------------- a portfolio of the first and the second contract; targets in money
run("  universe: [front, next]\n  window: 2\n  start_after: 25\n  portfolio: {weights: equal long_total=1}\n", "{front: {root: ZZ, held: leave}, next: {root: ZZ, offset: 1, held: leave}}")
first = {t["symbol"]: float(t["amount"]) for t in read("txns.csv")[:2]}
want = {s: math.trunc(0.5 * 1e6 / (close[s, 25] * 50)) for s in ("ZZH21", "ZZM21")}
assert first == want, (first, want)

assert all(float(t["commission"]) == abs(float(t["amount"])) for t in read("txns.csv") if t["cause"] == "open"), "an amount a contract"

# ---------------------------------------------------------------- what is told
RULE = "  universe: [ZZ]\n  rules:\n    - {shares: 1}\n"
assert "no future of 'assets' has the root 'YY'" in run(RULE, "{ZZ: {root: YY}}", good=False)
assert "'adjust' must be none, mul or add, got 'ratio'" in run(RULE, "{ZZ: {adjust: ratio}}", good=False)
assert "'roll' must be calendar or volume, got 'never'" in run(RULE, "{ZZ: {roll: never}}", good=False)
assert "'ZZH21' is a symbol already" in run(RULE, "{ZZH21: {root: ZZ}}", good=False)
assert "no exchange fee is known for root 'ZZ'; give per_contract exchange_fee=" in run(RULE, "{ZZ: {}}", good=False, commission="per_contract cost=1")
assert "are of one root" in run(RULE, "{ZZ: {}, next: {root: ZZ, offset: 1}}", good=False)
assert "a pipeline is of assets" in run("  universe: [ZZ]\n  pipeline: {columns: {c: close}}\n  rules:\n    - {shares: 1}\n", "{ZZ: {}}", good=False)
print("ok")
