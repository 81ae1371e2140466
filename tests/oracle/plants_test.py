#!/usr/bin/env python3
"""Faults planted into real bars of ../shared/data: each is told, with its symbol and its time, and nothing clean becomes an error.

The planting knows nothing of the program: it changes CSV rows and asks `data check --json`. A plant counts as told when a finding of a check that is
in charge stands at its symbol and time, or names the time, and was not there before planting."""
import csv
import datetime
import gzip
import json
import os
import subprocess
import sys
import tempfile

PROGRAM, MARKET = os.environ["TRADEWIND"], os.path.join(os.environ.get("SHARED_DATA", ""), "market")
PRICES, BAR = ("open", "high", "low", "close"), ("open", "high", "low", "close", "volume")


def read(name):
    with (gzip.open if name.endswith(".gz") else open)(os.path.join(MARKET, name), "rt", newline="") as f:
        rows = csv.DictReader(f)
        return list(rows.fieldnames), list(rows)


def write(path, header, rows):
    with open(path, "w", newline="") as f:
        out = csv.DictWriter(f, header)
        out.writeheader()
        out.writerows(rows)


def check(path, *args):
    done = subprocess.run([PROGRAM, "data", "check", path, "--json", "--quiet", *args], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["findings"]


def key(finding):
    return tuple(finding[k] for k in ("check", "severity", "symbol", "time", "text"))


def scale(row, names, by):
    for name in names:
        row[name] = repr(round(float(row[name]) * by, 6))


class Daily:
    """Planted daily bars: one fault a symbol, at places of a small generator of our own."""

    def __init__(self, name, args):
        self.header, self.rows = read(name)
        self.args, self.state, self.used = args, 12345, {"AAPL"}
        self.by = {}
        for row in self.rows:
            self.by.setdefault(row["symbol"], []).append(row)
        self.symbols = sorted(s for s in self.by if len(self.by[s]) > 400)
        write("base.csv", self.header, self.rows)
        self.before = {key(f) for f in check("base.csv", *args)}
        self.plants, self.gone, self.more = [], set(), []

    def random(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def plant(self, what, n, change, checks):
        """`change(rows, i)` plants at bar i; it may give back the index of the bar that is to be told."""
        for _ in range(n):
            symbol = self.symbols[self.random(len(self.symbols))]
            while symbol in self.used:
                symbol = self.symbols[self.random(len(self.symbols))]
            self.used.add(symbol)
            rows = self.by[symbol]
            i = 120 + self.random(len(rows) - 220)
            at = change(rows, i)
            self.plants.append((what, symbol, rows[i if at is None else at]["date"], checks))

    def told(self):
        write("planted.csv", self.header, [r for r in self.rows if id(r) not in self.gone] + self.more)
        found = [f for f in check("planted.csv", *self.args) if key(f) not in self.before]
        missed = []
        for what, symbol, time, checks in self.plants:
            hits = [f for f in found if f["check"] in checks and symbol in (None, f["symbol"]) and (time == f["time"] or time in f["text"])]
            if not hits:
                missed.append((what, symbol, time))
        planted = {p[1] for p in self.plants} | {r["symbol"] for r in self.more}
        false = [key(f) for f in found if f["severity"] == "error" and f["symbol"] not in planted]
        return missed, false


def put(name, value):
    def change(rows, i):
        rows[i][name] = value(rows[i]) if callable(value) else value
    return change


def plant_values(d):
    d.plant("negative close", 3, put("close", lambda r: "-" + r["close"]), ("price_sign",))
    d.plant("zero low", 3, put("low", "0"), ("price_sign",))
    d.plant("negative volume", 3, put("volume", "-5"), ("price_sign",))
    d.plant("volume missing", 3, put("volume", ""), ("volume",))
    d.plant("volume without prices", 2, lambda rows, i: [put(n, "")(rows, i) for n in PRICES] and None, ("ohlc",))
    d.plant("open missing", 2, put("open", ""), ("ohlc",))
    d.plant("high below low", 3, lambda rows, i: rows[i].update(high=rows[i]["low"], low=repr(float(rows[i]["high"]) + 0.01)), ("ohlc",))
    d.plant("open above high", 3, put("open", lambda r: repr(float(r["high"]) * 1.001)), ("ohlc",))
    d.plant("close a cent below low", 3, put("close", lambda r: repr(round(float(r["low"]) - 0.01, 4))), ("ohlc",))
    d.plant("close between ticks", 2, put("close", lambda r: repr(round(float(r["low"]) + 0.0037, 6))), ("tick_size",))
    d.plant("volume times 1000", 3, lambda rows, i: scale(rows[i], ("volume",), 1000), ("volume",))
    d.plant("no volume", 3, put("volume", "0"), ("volume",))


def plant_levels(d):
    for by in (10, 100, 0.1, 0.01, 2, 0.5):
        d.plant(f"bad print x {by}", 2, lambda rows, i, by=by: scale(rows[i], PRICES, by), ("outlier",))
        d.plant(f"bad close x {by}", 2, lambda rows, i, by=by: scale(rows[i], ("close",), by), ("outlier", "ohlc"))
    for by in (10, 100, 0.01):
        d.plant(f"four bars x {by}", 2, lambda rows, i, by=by: [scale(rows[i + j], PRICES, by) for j in range(4)] and None, ("outlier",))
    d.plant("first bar x 10", 2, lambda rows, i: scale(rows[0], PRICES, 10) or 0, ("outlier",))
    d.plant("last bar x 10", 2, lambda rows, i: scale(rows[-1], PRICES, 10) or -1, ("outlier",))
    d.plant("high x 2", 2, lambda rows, i: scale(rows[i], ("high",), 2), ("outlier",))
    d.plant("low / 2", 2, lambda rows, i: scale(rows[i], ("low",), 0.5), ("outlier",))
    d.plant("open and high x 2", 2, lambda rows, i: rows[i].update(open=repr(float(rows[i]["open"]) * 2), high=repr(float(rows[i]["open"]) * 2)), ("outlier",))
    d.plant("open and low / 2", 2, lambda rows, i: rows[i].update(open=repr(float(rows[i]["open"]) / 2), low=repr(float(rows[i]["open"]) / 2)), ("outlier",))

    def split(rows, i, shares):
        for row in rows[:i]:
            scale(row, PRICES, shares)
            scale(row, ("volume",), 1 / shares)

    for shares in (2, 3, 1.5, 4, 5, 6, 7, 10, 15, 20, 50, 1 / 2, 1 / 5, 1 / 8, 1 / 10, 1 / 15, 1 / 25, 1 / 30):
        d.plant(f"split {shares:.3g}", 2, lambda rows, i, shares=shares: split(rows, i, shares), ("split",))


def plant_copies(d):
    def copy(n, back, names=BAR, volume=None):
        def change(rows, i):
            for j in range(n):
                for name in names:
                    rows[i + j][name] = rows[i + j - back][name]
                if volume is not None:
                    rows[i + j]["volume"] = volume
        return change

    d.plant("stale 6, no volume", 2, lambda rows, i: copy(6, 1, PRICES, "0")(rows, i) or i - 1, ("stale",))
    d.plant("stale 12 with volume", 2, lambda rows, i: copy(12, 1, PRICES)(rows, i) or i - 1, ("stale",))
    d.plant("same bar 6 times, volume moves", 2, lambda rows, i: copy(5, 1, PRICES)(rows, i) or i - 1, ("stale",))
    d.plant("the day before again", 3, copy(1, 1), ("duplicates",))
    d.plant("three days again", 2, copy(3, 3), ("duplicates",))
    other = {r["date"]: r for r in d.by["AAPL"]}
    d.plant("a bar of AAPL", 3, lambda rows, i: rows[i].update({n: other[rows[i]["date"]][n] for n in BAR}), ("duplicates",))
    d.plant("bar missing", 3, lambda rows, i: d.gone.add(id(rows[i])), ("session_gaps",))
    d.plant("30 bars missing", 2, lambda rows, i: d.gone.update(id(r) for r in rows[i:i + 30]), ("session_gaps",))
    d.plant("ends early", 2, lambda rows, i: d.gone.update(id(r) for r in rows[i:]) or i - 1, ("session_gaps",))

    def spell(rows, i):
        d.gone.add(id(rows[i]))
        d.more.append({**rows[i], "symbol": rows[i]["symbol"].lower()})

    d.plant("a row in lower case", 2, spell, ("session_gaps",))
    lower = d.more[-1]
    d.plants.append(("a symbol in lower case", lower["symbol"], lower["date"], ("duplicates",)))
    row = d.by["AAPL"][50]
    for what, change, checks in (("lone row", {"symbol": "LONE"}, ("session_gaps",)), ("wrong year", {"date": "22" + row["date"][2:]}, ("session_gaps",)),
                                 ("1970", {"date": "1970-01-01"}, ("session_gaps",)), ("Saturday", {"date": "2016-02-13"}, ("session_gaps",))):
        d.more.append({**row, **change})
        d.plants.append((what, change.get("symbol"), d.more[-1]["date"], checks))


def check_daily(name, args):
    d = Daily(name, args)
    plant_values(d)
    plant_levels(d)
    plant_copies(d)
    missed, false = d.told()
    print(f"{name}: {len(d.plants) - len(missed)} of {len(d.plants)} told")
    assert not missed, missed
    assert not false, false


def assert_told(what, found, wanted, errors=None):
    """wanted: (check, symbol or None, start of the time or None, words)"""
    for name, symbol, time, words in wanted:
        assert any(f["check"] == name and symbol in (None, f["symbol"]) and (time is None or (f["time"] or "").startswith(time) or time in f["text"])
                   and words in f["text"] for f in found), (what, name, symbol, time, words, [f for f in found if f["check"] == name][:5])
    if errors is not None:
        assert sum(f["severity"] == "error" for f in found) == errors, (what, [f for f in found if f["severity"] == "error"])
    print(f"{what}: {len(wanted)} told")


def check_book():
    header, rows = read("minute/eurusd_1m_bidask.csv.gz")
    stamp = lambda r: (datetime.datetime.fromisoformat(r["date"]) + datetime.timedelta(milliseconds=int(r["ms_since_midnight"]))).isoformat()
    wanted = []
    for i, side in ((10, "close"), (500, "open"), (5000, "low"), (9000, "high"), (12000, "close")):
        rows[i]["bid_" + side], rows[i]["ask_" + side] = repr(float(rows[i]["ask_" + side]) + 0.0001), rows[i]["bid_" + side]
        wanted.append(("book", None, stamp(rows[i]), "at or above"))
    for i in (20, 8000):
        rows[i]["ask_close"] = repr(float(rows[i]["bid_close"]) + 0.01)
        wanted.append(("book", None, stamp(rows[i]), "times the median"))
    rows[40]["bid_high"], rows[40]["bid_low"] = rows[40]["bid_low"], repr(float(rows[40]["bid_high"]) + 0.0001)
    rows[3000]["ask_low"] = "-1"
    for name in header[2:]:
        if "size" not in name:
            rows[4000][name] = repr(float(rows[4000][name]) * 1.1)
    wanted += [("ohlc", None, stamp(rows[40]), "low above high"), ("price_sign", None, stamp(rows[3000]), "ask_low"), ("outlier", None, stamp(rows[4000]), "back to")]
    write("book.csv", header, rows)
    assert_told("book", check("book.csv", "--import", "calendar=FX"), wanted)


def small_panel():
    header, rows = read("us1000_raw/bars_daily_raw.csv.gz")
    symbols = sorted({r["symbol"] for r in rows})[:40]
    chosen = set(symbols)
    return header, [r for r in rows if r["symbol"] in chosen], symbols


def check_vintages():
    header, rows, symbols = small_panel()
    write("old.csv", header, rows)
    new, by = [dict(r) for r in rows], {}
    for row in new:
        by.setdefault(row["symbol"], []).append(row)
    revised, crossed, gone = [], [], set()
    for k, symbol in enumerate(symbols[:5]):
        for i in (50 + k, 200 + k, 400 + k):
            row = by[symbol][i]
            row["close"] = repr(round(float(row["close"]) * 1.01, 4))
            revised.append(("revision", symbol, row["date"], "close is"))
            crossed.append(("cross_source", symbol, row["date"], "bp off"))
    row = by[symbols[6]][77]
    row["volume"] = repr(int(row["volume"]) + 1)
    revised.append(("revision", symbols[6], row["date"], "volume is"))
    gone.add(id(by[symbols[7]][99]))
    revised.append(("revision", symbols[7], by[symbols[7]][99]["date"], "in the other vintage only"))
    crossed.append(("cross_source", symbols[7], by[symbols[7]][99]["date"], "not here"))
    day = by[symbols[8]][300]["date"]
    gone.update(id(r) for r in new if r["date"] == day)
    revised.append(("revision", symbols[9], day, "in the other vintage only"))
    gone.update(id(r) for r in by[symbols[20]])
    revised.append(("revision", None, None, f"1 of 40 symbols of the other vintage are not here, first {symbols[20]}"))
    new.append({**by[symbols[21]][100], "date": "2016-02-13"})
    revised.append(("revision", symbols[21], "2016-02-13", "not in the other vintage"))
    write("new.csv", header, [r for r in new if id(r) not in gone])
    found = check("new.csv", "--other", "old.csv", "--which", "revision,cross_source")
    assert_told("revision", found, revised)
    assert_told("cross_source", found, crossed)


def check_leaks():
    header, rows, symbols = small_panel()
    by = {}
    for row in rows:
        by.setdefault(row["symbol"], []).append(row)
    close = lambda r: float(r["close"])
    ahead = lambda rows, i, n: rows[min(i + n, len(rows) - 1)]
    noise = lambda s, i: (hash((s, i)) % 2003 - 1001) / 1e5
    kinds = {
        "next return": (lambda s, r, i: close(ahead(r, i, 1)) / close(r[i]) - 1, None, True),
        "next close": (lambda s, r, i: close(ahead(r, i, 1)), None, True),
        "up or down": (lambda s, r, i: int(close(ahead(r, i, 1)) > close(r[i])), None, True),
        "five bars ahead": (lambda s, r, i: close(ahead(r, i, 5)) / close(r[i]) - 1, None, True),
        "in one symbol": (lambda s, r, i: close(ahead(r, i, 1)) / close(r[i]) - 1 if s == symbols[3] else noise(i, len(s)), symbols[3], True),
        "last return": (lambda s, r, i: close(r[i]) / close(r[max(i - 1, 0)]) - 1, None, False),
        "last close": (lambda s, r, i: close(r[max(i - 1, 0)]), None, False),
        "mean of five": (lambda s, r, i: sum(map(close, r[max(0, i - 4):i + 1])) / len(r[max(0, i - 4):i + 1]), None, False),
    }
    for what, (value, symbol, leaks) in kinds.items():
        write("leak.csv", header + ["sig"], [{**r, "sig": value(s, by[s], i)} for s in by for i, r in enumerate(by[s])])
        found = check("leak.csv", "--which", "look_ahead")
        assert_told("look-ahead, " + what, found, [("look_ahead", symbol, None, "correlates")] if leaks else [], int(leaks))


def check_universe_and_factors():
    header, rows, s = small_panel()
    write("bars.csv", header, rows)
    open("universe.csv", "w").write(f"symbol,listed,delisted\n{s[0]},2015-06-01,\n{s[1]},,2016-06-01\nZZZZ,,2016-01-04\n{s[2]},,2016-13-45\n"
                                    f"{s[3]},yesterday,\n{s[4]},2010-01-01\n")
    assert_told("survivorship", check("bars.csv", "--universe", "universe.csv", "--which", "survivorship"),
                [("survivorship", s[0], "2015-03-20", "before it was listed"), ("survivorship", s[1], "2016-06-02", "after it was delisted"),
                 ("survivorship", None, None, "first ZZZZ"), ("survivorship", None, None, "line 5: '2016-13-45'"),
                 ("survivorship", None, None, "line 6: 'yesterday'"), ("survivorship", None, None, "line 7: 2 fields")], 3)
    header, rows = read("stocknet/AAPL_daily.csv")
    day = rows[400]["Date"]
    for value, words, errors in (("", "missing", 0), (repr(float(rows[400]["Adj Close"]) * 1.05), "between", 1), (None, None, 0)):
        planted = [dict(r) for r in rows]
        if value is not None:
            planted[400]["Adj Close"] = value
        write("AAPL.csv", header, planted)
        assert_told("adj_close", check("AAPL.csv", "--which", "adjustment"), [("adjustment", "AAPL", day, words)] if words else [], errors)


def check_minutes():
    header, rows = read("minute/btcperp_1m.csv.gz")
    at = lambda i: rows[i]["timestamp"].replace(" ", "T")[:16]
    write("btc.csv", header, [r for i, r in enumerate(rows) if i not in (100, 20000) and not 30000 <= i < 30060])
    wanted = [("session_gaps", None, at(101), "1 bar missing"), ("session_gaps", None, at(20001), "1 bar missing"), ("session_gaps", None, at(30060), "60 bars missing")]
    for args in ((), ("--import", "calendar=24/7")):
        assert_told("minutes missing", check("btc.csv", *args), wanted, 0)
    planted = [dict(r) for r in rows]
    for i, by in ((50, 1.5), (9000, 10), (40000, 0.5)):
        scale(planted[i], PRICES, by)
    for j in range(1, 30):
        planted[15000 + j].update({n: planted[15000]["close"] for n in PRICES}, volume="0")
    write("btc.csv", header, planted)
    assert_told("minutes", check("btc.csv"), [("outlier", None, at(i), "back to") for i in (50, 9000, 40000)] + [("stale", None, at(15000), "30 bars")], 3)
    header, rows = read("minute/aapl_15m.csv.gz")
    for row in rows:
        if "2018-03-11" <= row["Time"][:10] <= "2018-11-03":
            row["Time"] = (datetime.datetime.fromisoformat(row["Time"]) + datetime.timedelta(hours=1)).isoformat(" ")
    write("aapl.csv", header, rows)
    assert_told("a summer an hour late", check("aapl.csv", "--import", "calendar=XNYS", "--which", "time_zone"), [("time_zone", None, "2018-03-12", "an hour late")], 1)


def main():
    if not os.path.isdir(MARKET):
        return 77
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        check_daily("sp500_5yr/bars_daily_splitadj.csv.gz", ("--import", "calendar=XNYS"))
        check_daily("us1000_raw/bars_daily_raw.csv.gz", ())
        check_book()
        check_vintages()
        check_leaks()
        check_universe_and_factors()
        check_minutes()


MARKET = os.path.abspath(MARKET)
sys.exit(main())
