# SPDX-License-Identifier: Apache-2.0
"""What the twins in this folder share: the library through ctypes, and markets as plain lists.

A twin computes again, from the papers and the reference pages and by none of the library's code, what the library gives.
It runs on a market made here, with gaps, ties, halts and ends, and on the real markets of SHARED_DATA where that folder is.
Standard library only. TRADEWIND_LIBRARY names the library; by default it is libtradewind.so beside the program TRADEWIND."""
import csv
import ctypes as c
import datetime
import gzip
import math
import os
import random
import sys
from pathlib import Path

NAN, BLANK = math.nan, 2**32 - 1
COLUMNS = ("open", "high", "low", "close", "volume")


class Error(c.Structure):
    _fields_ = [("message", c.c_char * 512)]


class Descriptor(c.Structure):
    """The head that labels and splitters share; `call` is what makes them one."""
    _fields_ = [("name", c.c_char_p), ("title", c.c_char_p), ("source", c.c_char_p), ("params", c.c_void_p), ("params_size", c.c_size_t), ("call", c.c_void_p)]


class Prices(c.Structure):
    _fields_ = [("n_times", c.c_size_t), ("n_lanes", c.c_size_t)] + [(name, c.c_void_p) for name in COLUMNS[:4]]


class LabelOut(c.Structure):
    _fields_ = [("label", c.c_void_p), ("start", c.c_void_p), ("end", c.c_void_p)]


class Dataset(c.Structure):
    _fields_ = [("n_times", c.c_size_t), ("n_lanes", c.c_size_t), ("n_features", c.c_size_t)] + [
        (name, c.c_void_p) for name in ("features", "feature_names", "known", "label", "label_start", "label_end", "weight", "levels", "group")]


def load():
    beside = Path(os.environ.get("TRADEWIND", "/nowhere/tradewind")).parent / "libtradewind.so"
    path = Path(os.environ.get("TRADEWIND_LIBRARY", beside))
    if not path.exists():
        print("skipped: no shared library")
        sys.exit(77)
    if b"__asan_init" in path.read_bytes():
        print("skipped: python cannot load a library built with sanitizers")
        sys.exit(77)
    return c.CDLL(str(path))


LIB = load()


def ok(status, error):
    assert status == 0, (status, error.message.decode())


def doubles(values):
    return (c.c_double * len(values))(*values)


def find(kind, name, text):
    """A descriptor by name and its parameters from text."""
    item, error = c.POINTER(Descriptor)(), Error()
    ok(getattr(LIB, f"tw_{kind}_find")(name.encode(), c.byref(item), c.byref(error)), error)
    params = (c.c_double * 64)()
    ok(LIB.tw_params_parse(c.c_void_p(item.contents.params), name.encode(), text.encode(), params, c.byref(error)), error)
    return item.contents, params


# ---------------------------------------------------------------- markets

class Market:
    """bar[column][symbol][time], NaN where there is no bar."""

    def __init__(self, title, days, names, bar):
        self.title, self.days, self.names, self.bar, self.n = title, days, names, bar, len(days)
        self.lanes = (len(names) + 15) // 16 * 16

    def cells(self, column):
        """The column as the library wants it: time-major, lanes without a symbol missing."""
        out = [NAN] * (self.n * self.lanes)
        for lane, name in enumerate(self.names):
            out[lane::self.lanes] = self.bar[column][name]
        return doubles(out)

    def stamps(self):
        return (c.c_int64 * self.n)(*[(datetime.date.fromisoformat(d) - datetime.date(1970, 1, 1)).days * 86400 * 10**9 + 72000 * 10**9 for d in self.days])


def from_rows(title, rows):
    days, names = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    at, bar = {d: t for t, d in enumerate(days)}, {column: {name: [NAN] * len(days) for name in names} for column in COLUMNS}
    for r in rows:
        for column, text in zip(COLUMNS, r[2:]):
            bar[column][r[1]][at[r[0]]] = float(text) if text else NAN
    return Market(title, days, names, bar)


def made(seed, n_symbols=20, n_times=160):
    """Coarse prices, so that ties, constant stretches and bars that span or open beyond a barrier come often."""
    rng, day, days, rows = random.Random(seed), datetime.date(2014, 3, 3), [], []
    while len(days) < n_times:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day += datetime.timedelta(1)
    for s in range(n_symbols):
        price, gap = rng.uniform(3, 60), 0
        first = 0 if rng.random() < 0.7 else rng.randrange(n_times // 2)
        last = n_times if rng.random() < 0.7 else rng.randrange(n_times // 2, n_times)
        for t in range(n_times):
            o = round(max(price * math.exp(rng.gauss(0, 0.015 if rng.random() < 0.8 else 0.06)), 0.1), 1)
            price = round(max(o * math.exp(rng.gauss(0, 0.02)), 0.1), 1)
            high, low = max(o, price) + rng.choice((0, 0, 0.1, 0.9)), max(min(o, price) - rng.choice((0, 0, 0.1, 0.9)), 0.1)
            gap = gap - 1 if gap else rng.randrange(1, 13) if rng.random() < 0.02 else 0
            if not gap and first <= t < last:
                o = "" if rng.random() < 0.01 else o
                rows.append((days[t], f"M{s:02d}", o, high, low, price, rng.choice((0, 3, 100, 2500, 90000))))
    return from_rows(f"made {seed}", rows)


def real(name, n_symbols):
    """The named panel, or None. Symbols without all of their bars come first, then those with; 0: all."""
    files = {"sp500": "market/sp500_5yr/bars_daily_splitadj.csv.gz", "us1000": "market/us1000_raw/bars_daily_raw.csv.gz"}
    path = Path(os.environ.get("SHARED_DATA", "/nowhere")) / files[name]
    if not path.exists():
        print(f"{name}: skipped, there is no {path}")
        return None
    with gzip.open(path, "rt", newline="") as f:
        rows = list(csv.reader(f))[1:]
    count = {}
    for r in rows:
        count[r[1]] = count.get(r[1], 0) + 1
    kept = sorted(count, key=lambda s: (count[s] == max(count.values()), s))
    keep = set(kept if n_symbols == 0 else kept[:n_symbols * 3 // 4] + kept[-(n_symbols - n_symbols * 3 // 4):])
    return from_rows(name, [r for r in rows if r[1] in keep])


def markets(n_symbols, seeds):
    """Made ones, and real ones: with the argument "all" those with all of their symbols."""
    n = 0 if "all" in sys.argv[1:] else n_symbols
    return [made(seed) for seed in seeds] + [m for m in (real("sp500", n), real("us1000", n)) if m]


# ---------------------------------------------------------------- the library's labels

class Labels:
    """Label, first and last bar by cell."""

    def __init__(self, market, name, text, side=None):
        n = market.n * market.lanes
        self.label, self.start, self.end = (c.c_double * n)(), (c.c_uint32 * n)(), (c.c_uint32 * n)()
        item, params = find("label", name, text)
        self.columns = [market.cells(column) for column in COLUMNS[:4]]
        prices = Prices(market.n, market.lanes, *[c.addressof(x) for x in self.columns])
        out = LabelOut(*[c.addressof(x) for x in (self.label, self.start, self.end)])
        error = Error()
        make = c.CFUNCTYPE(c.c_int, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p, c.c_void_p)(item.call)
        taken = c.addressof(side) if side is not None else None
        ok(make(None, c.addressof(prices), taken, c.addressof(params), c.addressof(out), c.addressof(error)), error)
        self.market = market

    def dataset(self):
        m = self.market
        return Dataset(m.n, m.lanes, 0, None, None, None, *[c.addressof(x) for x in (self.label, self.start, self.end)], None)


class Gap:
    """The largest differences seen, for the last line of a test."""

    def __init__(self):
        self.rows, self.worst = 0, 0.0

    def near(self, got, wanted, what, rel=1e-9, least=1e-12):
        if math.isnan(got) and math.isnan(wanted):
            return
        assert math.isclose(got, wanted, rel_tol=rel, abs_tol=least), (what, got, wanted)
        self.rows += 1
        if got != wanted:
            self.worst = max(self.worst, abs(got - wanted) / max(abs(wanted), least / rel))
