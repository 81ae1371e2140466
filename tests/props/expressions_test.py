#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random expressions over the operators that `describe` lists, through the program: the same digits on every instruction set, at any number of threads, when history stops
earlier, when the future is another one and longer, and for a symbol alone. Bars are awkward: gaps, late listings, delistings, zeros of both signs, subnormal
numbers, 1e300, ties, constants, spikes. The shortest decimals that read back are compared, so each bit counts. Standard library only."""
import csv
import io
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
COLUMNS = ["open", "high", "low", "close", "volume", "extra"]
TRIALS = 40


def program(*args):
    return subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120)


class Maker:
    """An expression by chance; what the rules between parameters forbid is dropped by the caller."""

    def __init__(self, rng, ops, lets):
        self.rng, self.ops, self.lets = rng, [o for o in ops if o["name"] not in ("and", "or", "not")], lets

    def leaf(self):
        numbers = ["0", "-0", "3", "0.1", "1e-310", "1e300", "-1.5", "nan", "true", "(2 ^ 3)", "(0 / 0)", "(1 / 0)", "60000"]
        kinds = [COLUMNS] * 7 + [numbers] + ([self.lets] * 3 if self.lets else [])
        return self.rng.choice(self.rng.choice(kinds))

    def condition(self, depth):
        kind = self.rng.random() if depth > 0 else 1
        if kind < 0.15:
            return f"(not {self.condition(depth - 1)})"
        if kind < 0.35:
            return f"({self.condition(depth - 1)} {self.rng.choice(['and', 'or'])} {self.condition(depth - 1)})"
        if kind < 0.45:
            return f"lag({self.condition(depth - 1)}, {self.rng.randrange(4)})"
        return f"({self.value(depth - 1)} {self.rng.choice(['<', '<=', '>', '>=', '==', '!='])} {self.value(depth - 1)})"

    def parameter(self, p):
        if p["kind"] == "text":
            return json.dumps(self.rng.choice(p["choices"]))
        lo, hi = float(p["lo"]), float(p["hi"])
        if p["kind"] == "int":
            value = self.rng.choice([lo, lo + 1, lo + self.rng.randrange(30), 16, 17, 64, 65])
            return self.rng.choice(["{:.0f}", "{:.0f} + 0", "2 * {:.0f} / 2"]).format(min(max(value, lo), hi))
        if hi > 1e6:
            return self.rng.choice(["-2.385", "0", "1e300"])
        return f"{max(lo, 1e-3) + (hi - max(lo, 1e-3)) * self.rng.random():.6g}"

    def call(self, depth):
        op = self.rng.choice(self.ops)
        inputs = [self.condition(depth - 1) if n == "condition" else self.value(depth - 1) for n in op["inputs"]]
        given = [f"{p['name']}={self.parameter(p)}" for p in op.get("params", []) if self.rng.random() < 0.85]
        output = "." + self.rng.choice(op["outputs"]) if len(op["outputs"]) > 1 and self.rng.random() < 0.7 else ""
        return f"{op['name']}({', '.join(inputs + given)}){output}"

    def value(self, depth):
        if depth <= 0:
            return self.leaf()
        kind = self.rng.random()
        if kind < 0.2:
            return f"({self.value(depth - 1)} {self.rng.choice('+-*/%^')} {self.value(depth - 1)})"
        return self.condition(depth) if kind < 0.27 else self.call(depth)


def make_symbol(rng, bars, kind):
    rows, price = [], rng.choice([0.004, 1.0, 50.0, 60000.0])
    listed, gone = (rng.randrange(bars) if kind == 1 else 0), (rng.randrange(1, bars + 1) if kind == 2 else bars)
    for t in range(bars):
        price *= math.exp(0.02 * rng.gauss(0, 1)) if kind != 3 else 1
        close = price * (1e12 if kind == 4 and rng.random() < 0.03 else 1)
        row = [close * 0.99, close * 1.01, close * 0.98, close, math.floor(1e6 * rng.random()), rng.gauss(0, 1)]
        if kind == 3:
            row = [7.0] * 6
        elif kind == 5:
            row = [float(rng.randrange(-2, 3)) for _ in row]
        elif kind == 6:
            row = [rng.choice([0.0, -0.0, 5e-324, -5e-324, 1e-310, 1e300, -1e300, 2.385]) for _ in row]
        elif kind == 7:
            row = [v if rng.random() > 0.05 else None for v in row]
        rows.append(row if listed <= t < gone else [None] * 6)
    return rows


def make_market(rng, symbols, bars):
    """The first symbol has every bar, so that each time is there in every file."""
    return [make_symbol(rng, bars, 0)] + [make_symbol(rng, bars, rng.randrange(8)) for _ in range(symbols - 1)]


def write(path, market, names):
    with open(path, "w") as f:
        f.write("time,symbol," + ",".join(COLUMNS) + "\n")
        for t in range(len(market[0])):
            for name, rows in zip(names, market):
                if any(v is not None for v in rows[t]):
                    f.write(f"{1600000000 + 60 * t},{name}," + ",".join("" if v is None else repr(v) for v in rows[t]) + "\n")


def calc(path, features, lets, *more):
    return program("features", "calc", "--in", path, "--import", "bar=1m", "--expr", "; ".join(f"{n}={e}" for n, e in features),
                   *(["--let", "; ".join(f"{n}={e}" for n, e in lets)] if lets else []), "--quiet", *more)  # fmt: skip


def rows_of(done):
    assert done.returncode == 0, done.stderr
    return {(r[0], r[1]): r[2:] for r in list(csv.reader(io.StringIO(done.stdout)))[1:]}


def make_features(rng, ops):
    """Features and a sub-expression that compile."""
    lets = []
    lets.append(("sub", Maker(rng, ops, []).value(2)))
    features = [(f"f{i}", Maker(rng, ops, ["sub"]).value(rng.randrange(1, 4))) for i in range(6)]
    while True:
        done = calc("whole.csv", features, lets)
        if done.returncode == 0:
            return features, lets, done
        named = re.search(r"(let|feature) '(\w+)', column \d+: ", done.stderr)
        assert named, done.stderr
        if named[1] == "let":
            lets = [("sub", "close / open")]
        else:
            features = [f for f in features if f[0] != named[2]] or [("f0", "close")]


def expect_same(what, whole, part, columns, context):
    for key, row in part.items():
        for c in columns:
            assert whole[key][c] == row[c], (what, key, context[0][c], context[1], whole[key][c], row[c])


def run_trial(rng, ops, sections):
    symbols, bars = rng.choice([1, 2, 15, 16, 17, 33]), rng.choice([1, 2, 30, 64, 65, 130, 260, 390])
    names = [f"S{s:02d}" for s in range(symbols)]
    market = make_market(rng, symbols, bars)
    write("whole.csv", market, names)
    features, lets, done = make_features(rng, ops)
    context, everything = (features, lets), range(len(features))
    for more in (("--isa", "baseline"), ("--jobs", "3", "--isa", "avx2"), ("--jobs", "1")):
        other = calc("whole.csv", features, lets, *more)
        assert other.returncode or other.stdout == done.stdout, (more, context)
    whole = rows_of(done)
    now = rng.randrange(1, bars + 1)
    write("part.csv", [rows[:now] for rows in market], names)
    expect_same("stopped earlier", whole, rows_of(calc("part.csv", features, lets)), everything, context)
    future = make_market(rng, symbols, bars + 20)
    write("part.csv", [rows[:now] + more[now:] for rows, more in zip(market, future)], names)
    other = rows_of(calc("part.csv", features, lets))
    times = sorted({t for t, _ in other})[:now]
    expect_same("another future", whole, {k: r for k, r in other.items() if k[0] in times and k in whole}, everything, context)
    write("part.csv", market[:1], names)
    alone = [c for c in everything if not re.search(sections, features[c][1] + (lets[0][1] if "sub" in features[c][1] else ""))]
    expect_same("alone", whole, rows_of(calc("part.csv", features, lets)), alone, context)
    return sum(any(row[c] for row in whole.values()) for c in everything), len(features)


def main():
    ops = json.loads(program("describe", "operators").stdout)["operators"]
    sections = r"\b(" + "|".join(o["name"] for o in ops if "section" in o["group"]) + r")\("
    rng = random.Random(int(sys.argv[1]) if len(sys.argv) > 1 else 2385)
    alive = count = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for _ in range(int(sys.argv[2]) if len(sys.argv) > 2 else TRIALS):
            a, n = run_trial(rng, ops, sections)
            alive, count = alive + a, count + n
    assert alive > count / 3, "too few expressions have values"
    print(f"{count} expressions, {alive} with values: the same digits each way")


sys.exit(main())
