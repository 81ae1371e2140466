#!/usr/bin/env python3
"""Adjusted views of real bars with their real splits and dividends against an independent computation, as of several days, and sessions of New York
against a published list. The bars and actions are those of ../shared/data."""
import bisect
import csv
import gzip
import os
import subprocess
import sys
import tempfile

PROGRAM, MARKET = os.environ["TRADEWIND"], os.path.abspath(os.path.join(os.environ.get("SHARED_DATA", ""), "market"))
PRICES = ("open", "high", "low", "close")


def read(path):
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", newline="") as f:
        return list(csv.DictReader(f))


def tradewind(*args):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True)
    assert done.returncode == 0, (args, done.stderr)
    return done.stdout


def last_close(bars, day):
    i = bisect.bisect_left(bars, day, key=lambda b: b["date"])
    return float(bars[i - 1]["close"]) if i else None


def ratio_of(action, bars, actions):
    """What the action does to the prices before its day."""
    if action["kind"] == "split":
        return float(action["ratio"])
    if action["ratio"] and float(action["ratio"]) > 0:
        return float(action["ratio"])
    close = last_close(bars, action["ex_date"])
    for other in actions:  # the dividend is on the shares after the day's split
        if close and other["kind"] == "split" and other["ex_date"] == action["ex_date"]:
            close *= float(other["ratio"])
    return 1 - float(action["amount"]) / close if close else 1.0


def expected(bars, actions, how, as_of):
    """{date: (price factor, volume divisor, total return or None)} from the definitions: a product over actions, for each bar anew."""
    bars = [b for b in bars if b["date"] <= as_of]
    out, units, cash, done = {}, 1.0, 0.0, 0
    if not bars:
        return out
    actions = sorted((a for a in actions if a["ex_date"] <= as_of), key=lambda a: (a["ex_date"], a["kind"] != "split"))
    inside = [a for a in actions if a["ex_date"] > bars[0]["date"]]
    ratios = [(a["ex_date"], a["kind"] == "split", ratio_of(a, bars, actions)) for a in actions]
    backward, all_kinds = how in ("splits", "all"), how in ("all", "forward_all")
    for bar in bars:
        price = shares = 1.0
        for day, split, ratio in ratios:
            if backward and day > bar["date"] or not backward and bars[0]["date"] < day <= bar["date"]:
                factor = ratio if backward else 1 / ratio
                price *= factor if split or all_kinds else 1
                shares *= factor if split else 1
        while done < len(inside) and inside[done]["ex_date"] <= bar["date"]:
            a = inside[done]
            if a["kind"] == "split":
                units /= float(a["ratio"])
            else:
                cash += units * (float(a["amount"]) if float(a["amount"] or 0) > 0 else (1 - float(a["ratio"])) * last_close(bars, bar["date"]))
            done += 1
        close = float(bar["close"])
        units, cash = units + cash / close, 0.0
        out[bar["date"]] = (price, shares, units * close / float(bars[0]["close"]))
    return out


def compare(name, bars, actions, as_ofs):
    with open("actions.csv", "w", newline="") as f:
        out = csv.DictWriter(f, ("ex_date", "symbol", "kind", "ratio", "amount"))
        out.writeheader()
        out.writerows(actions)
    with open("bars.csv", "w", newline="") as f:
        out = csv.DictWriter(f, ("date", "symbol", *PRICES, "volume"), extrasaction="ignore")
        out.writeheader()
        out.writerows(bars)
    by = {}
    for b in bars:
        by.setdefault(b["symbol"], []).append(b)
    values, worst = 0, 0.0
    for how in ("splits", "all", "total_return", "forward", "forward_all"):
        for as_of in as_ofs:
            tradewind("data", "adjust", "bars.csv", "--actions", "actions.csv", "--how", how, "--as-of", as_of, "--out", "out.csv", "--quiet")
            got = {(r["symbol"], (r.get("stamp") or r["date"])[:10]): r for r in read("out.csv")}
            for symbol, list_of in by.items():
                want = expected(list_of, [a for a in actions if a["symbol"] == symbol], how, as_of)
                for bar in list_of:
                    row = got.pop((symbol, bar["date"]), None)
                    assert (row is not None) == (bar["date"] in want), (name, how, as_of, symbol, bar["date"])
                    if row is None:
                        continue
                    price, shares, growth = want[bar["date"]]
                    pairs = [(float(row[c]), float(bar[c]) * price) for c in PRICES] + [(float(row["volume"]), float(bar["volume"]) / shares)]
                    if how == "total_return":
                        pairs.append((float(row["total_return"]), growth))
                    for x, y in pairs:
                        off = abs(x - y) / max(abs(y), 1e-300) if y else abs(x)
                        worst = max(worst, off)
                        assert off < 1e-9, (name, how, as_of, symbol, bar["date"], x, y)
                    values += len(pairs)
            assert not got, list(got)[:3]
    print(f"{name}: {values} values, worst relative difference {worst:.1e}")


def zipline():
    folder = os.path.join(MARKET, "zipline_examples")
    bars = [{**b, "date": b["date"][:10]} for b in read(os.path.join(folder, "bars_daily_raw.csv.gz"))]
    actions = [{"ex_date": (a.get("effective_date") or a.get("ex_date"))[:10], "symbol": a["symbol"], "kind": "split", "ratio": a["ratio"], "amount": ""}
               for a in read(os.path.join(folder, "splits.csv"))]
    actions += [{"ex_date": a.get("ex_date", a.get("effective_date"))[:10], "symbol": a["symbol"], "kind": "dividend", "ratio": "", "amount": a["amount"]}
                for a in read(os.path.join(folder, "dividends.csv"))]
    compare("zipline_examples", bars, actions, ("2014-12-31", "2014-06-06"))


def us1000():
    folder = os.path.join(MARKET, "us1000_raw")
    actions = [a for a in read(os.path.join(folder, "adjustments.csv")) if a["kind"] in ("split", "dividend")]
    split = sorted({a["symbol"] for a in actions if a["kind"] == "split"})
    chosen = set(split + sorted({a["symbol"] for a in actions})[::50])
    bars = [b for b in read(os.path.join(folder, "bars_daily_raw.csv.gz")) if b["symbol"] in chosen]
    compare("us1000_raw", bars, [a for a in actions if a["symbol"] in chosen], ("2017-03-31", "2016-02-10"))


def sessions():
    """Every session from 1990 on, with its open and close."""
    want = {}
    with gzip.open(os.path.join(MARKET, "calendar", "xnys_1990_2023.csv.gz"), "rt", newline="") as f:
        for row in csv.reader(f):
            if row[0]:
                want[row[0][:10]] = tuple(t[:16].replace(" ", "T") for t in row[1:3])
    for name in ("XNYS", "XNAS"):
        lines = csv.DictReader(tradewind("data", "calendar", name, min(want), max(want)).splitlines())
        got = {r["session"]: (r["open"][:16], r["close"][:16]) for r in lines}
        assert got == want, sorted(set(got.items()) ^ set(want.items()))[:4]
        print(f"{name}: {len(got)} sessions")


def doubled():
    """The same row twice would adjust twice; another dividend of the same day is one of its own."""
    open("b.csv", "w").write('date,symbol,close\n2020-01-02,"A,B",100\n2020-01-03,"A,B",50\n')
    open("a.csv", "w").write('ex_date,symbol,kind,ratio,amount\n2020-01-03," A,B ", split ,0.5,\n2020-01-03,"A,B",split,0.5,\n')
    done = subprocess.run([PROGRAM, "data", "adjust", "b.csv", "--actions", "a.csv", "--rejects", "r.csv", "--out", "o.csv", "--quiet"], capture_output=True, text=True)
    assert "1 rows set aside" in done.stderr, done.stderr
    assert [r["close"] for r in read("o.csv")] == ["50", "50"], read("o.csv")
    assert [(r["line"], r["reason"]) for r in read("r.csv")] == [("3", "duplicate action")], read("r.csv")


def main():
    if not os.path.isdir(MARKET):
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        doubled()
        sessions()
        zipline()
        us1000()


sys.exit(main())
