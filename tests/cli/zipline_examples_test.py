#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""zipline's example algorithms from the command line: four against the frames that zipline ships (every session, fill, order, holding,
risk number and recorded value within 1e-9), two against rows made by zipline (tests/golden/make/zipline_examples.py). Skipped without
shared/data."""
import csv
import json
import math
import os
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
HERE = os.path.dirname(os.path.abspath(__file__))
SPECS = os.path.join(HERE, "..", "..", "examples", "zipline")
EXPECTED = os.path.join(os.environ.get("SHARED_DATA", ""), "market", "zipline_examples", "expected")
ROWS = os.path.join(HERE, "..", "golden", "backtest", "zipline_examples.csv")
WITH_FRAMES = ["buyapple", "buy_and_hold", "dual_moving_average", "dual_ema_talib"]
TOLERANCE, NEARLY_NOTHING = 1e-9, 1e-8
compared = 0


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text not in ("", "nan") else math.nan


def same(where, got, want, rounding=0.0):
    """`rounding` is what a number may be off that is a small difference of large ones."""
    global compared
    compared += 1
    got, want = number(got), number(want)
    if math.isnan(want) or math.isnan(got):
        assert math.isnan(want) and math.isnan(got), f"{where}: got {got}, want {want}"
        return
    off = abs(got - want)
    # a profit of nothing is held to the rounding of ten million
    assert off <= max(TOLERANCE * abs(want), rounding) or (off <= NEARLY_NOTHING and abs(want) <= NEARLY_NOTHING), f"{where}: got {got!r}, want {want!r}"


def check_sessions(name, got, want):
    assert [r["session"] for r in got] == [r["session"] for r in want], f"{name}: sessions"
    for g, w in zip(got, want):
        for column, value in w.items():
            where = f"{name} {w['session']} {column}"
            if column in ("session", "period_close", "period_label"):
                assert g[column] == value, f"{where}: got {g[column]}, want {value}"
            elif value in ("True", "False"):
                same(where, g[column], "1" if value == "True" else "0")
            else:
                same(where, g[column], value)


def check_rows(name, got, want, keys, columns):
    """Rows by key, each key once; zipline's frames keep no order within a session."""
    index = {}
    for r in got:
        index.setdefault(tuple(r[k] for k in keys), []).append(r)
    assert len(got) == len(want), f"{name}: {len(got)} rows, want {len(want)}"
    for w in want:
        key = tuple(w[k] for k in keys)
        found = index.get(key, [])
        assert len(found) == 1, f"{name}: {len(found)} rows of {key}"
        for theirs, ours in columns.items():
            same(f"{name} {key} {theirs}", found[0][ours], w[theirs])


def check_orders(name, got, want):
    for r in got:
        r["created"] = r["created"][:10]
        r["status"] = {"open": "0", "filled": "1", "cancelled": "2"}[r["status"]]
    check_rows(f"{name} orders", got, want, ["session", "symbol", "created"],
               {"amount": "amount", "filled": "filled", "commission": "commission", "status": "status"})


def run(name, out):
    done = subprocess.run([PROGRAM, "backtest", os.path.join(SPECS, f"{name}.yaml"), "--out", out, "--quiet"], capture_output=True, text=True)
    assert done.returncode == 0, f"{name}: {done.stderr}"


def check(name, out):
    run(name, out)
    read = lambda kind: rows(os.path.join(EXPECTED, f"{name}.{kind}.csv"))
    check_sessions(name, rows(f"{out}/daily.csv"), read("daily"))
    check_rows(f"{name} txns", rows(f"{out}/txns.csv"), read("txns"), ["session", "symbol"], {"amount": "amount", "price": "price"})
    check_rows(f"{name} positions", rows(f"{out}/positions.csv"), read("positions"), ["session", "symbol"],
               {"amount": "amount", "cost_basis": "cost_basis", "last_sale_price": "price"})
    check_orders(name, rows(f"{out}/orders.csv"), read("orders"))
    for kind, column in (("txns", "transactions"), ("positions", "positions")):
        listed = sum(len(json.loads(row[column])) for row in rows(f"{out}/daily.csv"))
        assert listed == len(rows(f"{out}/{kind}.csv")), f"{name}: {listed} {column} in daily.csv"


def check_with_rows(name, out, want):
    run(name, out)
    got, fills = rows(f"{out}/daily.csv"), {}
    for t in rows(f"{out}/txns.csv"):
        fills.setdefault(t["session"], []).append((float(t["amount"]), float(t["price"])))
    assert [r["session"] for r in got] == [r["session"] for r in want], f"{name}: sessions"
    for g, w in zip(got, want):
        made = fills.get(w["session"], [])
        g.update(fills=len(made), shares=sum(abs(a) for a, _ in made), value=sum(a * p for a, p in made))
        money = max(abs(float(w[c])) for c in ("value", "long_value", "portfolio_value"))
        for column, value in w.items():
            if column not in ("algorithm", "session"):
                rounding = 8 * 2**-52 * money if column in ("ending_cash", "pnl") else 0.0
                same(f"{name} {w['session']} {column}", str(g[column]), value, rounding)


def main():
    if not os.path.isdir(EXPECTED):
        print("skipped: no shared/data")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        for name in WITH_FRAMES:
            check(name, os.path.join(folder, name))
            assert os.path.exists(os.path.join(folder, name, "report.html"))
        for name in ("momentum_pipeline", "olmar"):
            check_with_rows(name, os.path.join(folder, name), [r for r in rows(ROWS) if r["algorithm"] == name])
    print(f"{compared} numbers equal")


main()
