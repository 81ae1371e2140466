# SPDX-License-Identifier: Apache-2.0
"""Labels with their intervals, uniqueness weights and the folds of every splitter, against plain loops.

Lopez de Prado, Advances in Financial Machine Learning (2018): 3.2-3.6 labels, 4.2-4.4 uniqueness, 7.4 purging and embargo, 12.3 combinations."""
import ctypes as c
import itertools
import math
import random
import statistics

from twins import LIB, NAN, Error, Gap, Labels, find, markets, ok

gap = Gap()


# ---------------------------------------------------------------- labels

def past_volatility(close, t, window):
    """Deviation of the one-bar log returns among the last `window` bars; at least half of them."""
    r = [math.log(close[s] / close[s - 1]) for s in range(max(t - window, 0) + 1, t + 1) if not math.isnan(close[s - 1] + close[s])]
    return statistics.stdev(r) if len(r) >= 2 and 2 * len(r) >= window else NAN


def hold(bar, t, horizon, price):
    """(first bar, last bar, price of entry, price of exit) of a position held for the horizon, or None."""
    entry = t + (price == "next_open")
    series = bar["open"] if price == "next_open" else bar["close"]
    if entry + horizon >= len(series) or math.isnan(bar["close"][t]) or math.isnan(series[entry]):
        return None
    return entry, entry + horizon, series[entry], series[entry + horizon]


def forward_return(bar, t, horizon, price, log=0):
    h = hold(bar, t, horizon, price)
    if h is None or math.isnan(h[3]):
        return None
    return (math.log(h[3] / h[2]) if log else h[3] / h[2] - 1), h[0], h[1]


def volatility_scaled(bar, t, horizon, price, window):
    h, sd = forward_return(bar, t, horizon, price), past_volatility(bar["close"], t, window)
    return (h[0] / (sd * math.sqrt(horizon)), h[1], h[2]) if h and sd > 0 else None


def exits(bar, s, profit, stop, side, touch):
    """How the bar ends a position, (kind, price), or None. A bar that opens beyond a barrier is left there; of one that spans both
    nothing more is known, and the stop is the worse."""
    if touch == "close":
        x = bar["close"][s]
        return ("profit", x) if side * (x - profit) >= 0 else ("stop", x) if side * (stop - x) >= 0 else None
    o, best, worst = bar["open"][s], bar["high"][s], bar["low"][s]
    if side < 0:
        best, worst = worst, best
    if side * (o - profit) >= 0:
        return "profit", o
    if side * (stop - o) >= 0:
        return "stop", o
    if side * (stop - worst) >= 0:
        return "stop", stop
    return ("profit", profit) if side * (best - profit) >= 0 else None


def barriers(bar, t, side, up, down, horizon, window, price, touch):
    """(kind, exit over entry - 1, first bar, last bar) of the first of three barriers, or None."""
    h, sd = hold(bar, t, horizon, price), past_volatility(bar["close"], t, window)
    if h is None or not sd > 0:
        return None
    entry, last, paid, at_end = h
    profit = paid * (1 + side * up * sd) if up else side * math.inf
    stop = paid * (1 - side * down * sd) if down else -side * math.inf
    risk = range(entry, last) if price == "next_open" else range(entry + 1, last + 1)  # closed at the open, resp. the close, of the last bar
    for s in risk:
        end = exits(bar, s, profit, stop, side, touch)
        if end:
            return end[0], end[1] / paid - 1, entry, s
    return None if math.isnan(at_end) else ("time", at_end / paid - 1, entry, last)


def triple_barrier(bar, t, value, **rest):
    b = barriers(bar, t, 1, **rest)
    return b and ((b[1] if value == "return" else {"profit": 1, "stop": -1, "time": 0}[b[0]]), b[2], b[3])


def meta(bar, t, side, **rest):
    b = barriers(bar, t, side, **rest) if side in (1, -1) else None
    return b and (float(side * b[1] > 0), b[2], b[3])


def compare(market, name, text, twin, side=None):
    """Every cell: the value, the first and the last bar. A label that is not known has the interval of its own bar."""
    got, kinds = Labels(market, name, text, side), {}
    for lane, symbol in enumerate(market.names):
        bar = {column: series[symbol] for column, series in market.bar.items()}
        for t in range(market.n):
            cell, wanted = t * market.lanes + lane, twin(bar, t) if side is None else twin(bar, t, side[t * market.lanes + lane])
            value, start, end = wanted or (NAN, t, t)
            what = (market.title, name, text, symbol, market.days[t])
            assert math.isnan(got.label[cell]) == math.isnan(value), (what, got.label[cell], value)
            gap.near(got.label[cell], value, what)
            assert (got.start[cell], got.end[cell]) == (start, end), (what, got.start[cell], got.end[cell], start, end)
            if wanted and name != "forward_return" and "return" not in text:
                kinds[value] = kinds.get(value, 0) + 1
    return got, kinds


def compare_demeaned(market):
    plain, less = Labels(market, "forward_return", "horizon=3"), Labels(market, "forward_return", "horizon=3 demean=section")
    for t in range(market.n):
        row = [x for x in plain.label[t * market.lanes:(t + 1) * market.lanes] if not math.isnan(x)]
        for cell in range(t * market.lanes, (t + 1) * market.lanes):
            gap.near(less.label[cell], plain.label[cell] - math.fsum(row) / len(row) if row else NAN, "demean", 1e-9, 1e-12)
            assert (less.start[cell], less.end[cell]) == (plain.start[cell], plain.end[cell])


def check_labels(market):
    out = []
    for horizon, price, log in ((1, "close", 0), (5, "next_open", 0), (7, "next_open", 1)):
        text = f"horizon={horizon} price={price} log={log}"
        out.append(compare(market, "forward_return", text, lambda bar, t: forward_return(bar, t, horizon, price, log))[0])
    for horizon, price, window in ((4, "close", 20), (6, "next_open", 5)):
        text = f"horizon={horizon} price={price} window={window}"
        compare(market, "volatility_scaled", text, lambda bar, t: volatility_scaled(bar, t, horizon, price, window))
    for up, down, horizon, window, price, touch, value in ((2, 2, 10, 20, "close", "close", "sign"), (1, 1.5, 6, 10, "close", "range", "sign"),
                                                           (1, 1, 8, 20, "next_open", "range", "return"), (0, 2, 10, 20, "next_open", "close", "return"),
                                                           (0.5, 0, 5, 7, "close", "range", "return"), (0, 0, 5, 20, "next_open", "range", "sign")):
        rest = dict(up=up, down=down, horizon=horizon, window=window, price=price, touch=touch)
        text = " ".join(f"{k}={v}" for k, v in rest.items())
        label, kinds = compare(market, "triple_barrier", f"{text} value={value}", lambda bar, t: triple_barrier(bar, t, value, **rest))
        assert value == "return" or set(kinds) == ({0} if not up else {-1, 0, 1}), (market.title, text, kinds)
        out.append(label)
        rng = random.Random(11)
        side = (c.c_double * (market.n * market.lanes))(*[rng.choice((1, -1, 0, NAN)) for _ in range(market.n * market.lanes)])
        _, kinds = compare(market, "meta", text, lambda bar, t, s: meta(bar, t, s, **rest), side)
        assert set(kinds) == {0, 1}, kinds
    compare_demeaned(market)
    return out[1], out[4], out[5]  # one of fixed length, two whose length the market decides


# ---------------------------------------------------------------- uniqueness

def check_uniqueness(market, labels, train):
    """Of the rows in `train` alone; None: of all that are known. Counts each bar of each label."""
    n, data, error = market.n * market.lanes, labels.dataset(), Error()
    weight = (c.c_double * n)()
    among = (c.c_bool * n)(*[False] * n) if train is not None else None
    for cell in train or []:
        among[cell] = True
    ok(LIB.tw_uniqueness(None, c.byref(data), among, weight, c.byref(error)), error)
    rows = [cell for cell in range(n) if not math.isnan(labels.label[cell]) and (among is None or among[cell])]
    alive = [[0] * market.n for _ in range(market.lanes)]
    for cell in rows:
        for t in range(labels.start[cell], labels.end[cell] + 1):
            alive[cell % market.lanes][t] += 1
    for cell in range(n):
        if among is not None and not among[cell] or math.isnan(labels.label[cell]):
            assert weight[cell] == 0
    for cell in rows:
        life = range(labels.start[cell], labels.end[cell] + 1)
        gap.near(weight[cell], math.fsum(1 / alive[cell % market.lanes][t] for t in life) / len(life), "uniqueness")


# ---------------------------------------------------------------- folds

class Span(c.Structure):
    _fields_ = [("from_", c.c_uint32), ("to", c.c_uint32)]


class Fold(c.Structure):
    _fields_ = [("n_spans", c.c_size_t), ("span", Span * 16), ("train", c.POINTER(c.c_uint32)), ("n_train", c.c_size_t), ("test", c.POINTER(c.c_uint32)),
                ("n_test", c.c_size_t), ("n_purged", c.c_size_t), ("n_embargoed", c.c_size_t)]


class Folds(c.Structure):
    _fields_ = [("n", c.c_size_t), ("fold", c.POINTER(Fold))]


class Rows:
    """Rows of a labelled market by what a fold can ask of them: many share time and interval, so that all pairs are few enough to look at."""

    def __init__(self, market, labels, usable):
        self.alike = {}
        for cell in range(market.n * market.lanes):
            if not math.isnan(labels.label[cell]) and usable[cell]:
                self.alike.setdefault((cell // market.lanes, labels.start[cell], labels.end[cell]), []).append(cell)
        self.first, self.last = min(k[0] for k in self.alike), max(k[0] for k in self.alike) + 1


def cut(rows, spans, train_from, train_to, embargo, gap_before):
    """The fold by its definition: (train, test, purged, embargoed). Each kind of train row against each of the test, one by one."""
    inside = {k for k in rows.alike if any(a <= k[0] < b for a, b in spans)}
    intervals = sorted({(start, end) for _, start, end in inside})
    ends = [max([b - 1] + [k[2] for k in inside if a <= k[0] < b]) for a, b in spans]
    parts = {"train": [], "test": [], "purged": [], "embargoed": []}
    met = {}
    for key, cells in rows.alike.items():
        t, start, end = key
        if key in inside:
            part = "test"
        elif not train_from <= t < train_to:
            continue
        else:
            if (start, end) not in met:
                met[start, end] = any(start < b and end >= a - gap_before for a, b in spans) or any(start <= y and x <= end for x, y in intervals)
            held = any(embargo and b <= t <= last + embargo for (_, b), last in zip(spans, ends))
            part = "purged" if met[start, end] else "embargoed" if held else "train"
        parts[part] += cells
    return [sorted(parts[p]) for p in ("train", "test", "purged", "embargoed")]


def borders(rows, parts):
    return [rows.first + (rows.last - rows.first) * i // parts for i in range(parts + 1)]


def wanted_folds(rows, market, name, p):
    """(spans, train_from, train_to, embargo, gap before) of each fold."""
    if name == "walk_forward":
        begin = rows.first + max(int((rows.last - rows.first) * p["first"]), 1)
        cuts = [begin + (rows.last - begin) * i // p["refits"] for i in range(p["refits"])] + [market.n]
        return [([(a, b)], max(a - p["bars"], rows.first) if "bars" in p else rows.first, a, 0, p["embargo"]) for a, b in zip(cuts, cuts[1:])]
    groups = borders(rows, p["groups"] if "groups" in p else p["folds"])
    tested = itertools.combinations(range(len(groups) - 1), p.get("test_groups", 1))
    return [([(groups[j], groups[j + 1]) for j in pick], rows.first, rows.last, p["embargo"], 0) for pick in tested]


def check_splits(market, labels):
    n, rng, data = market.n * market.lanes, random.Random(3), labels.dataset()
    usable = (c.c_bool * n)(*[cell // market.lanes >= 9 and rng.random() < 0.97 for cell in range(n)])
    rows, checked = Rows(market, labels, usable), 0
    LIB.tw_fold_verify.argtypes = [c.c_void_p, c.c_void_p, c.c_size_t, c.c_void_p]
    for name, p in (("walk_forward", dict(refits=4, first=0.4, embargo=0)), ("walk_forward", dict(refits=3, first=0.5, embargo=3)),
                    ("walk_forward", dict(refits=5, first=0.3, bars=30, embargo=2)), ("purged_kfold", dict(folds=5, embargo=0)),
                    ("purged_kfold", dict(folds=4, embargo=6)), ("combinatorial_purged", dict(groups=6, test_groups=2, embargo=2))):
        text = " ".join(f"{k}={v}" for k, v in p.items()) + (" window=rolling" if "bars" in p else "")
        (item, params), folds, error = find("splitter", name, text), Folds(), Error()
        split = c.CFUNCTYPE(c.c_int, *[c.c_void_p] * 6)(item.call)
        ok(split(None, c.addressof(data), c.addressof(usable), c.addressof(params), c.addressof(folds), c.addressof(error)), error)
        wanted = wanted_folds(rows, market, name, p)
        assert folds.n == len(wanted), (name, folds.n)
        for i, (spans, train_from, train_to, embargo, before) in enumerate(wanted):
            fold, what = folds.fold[i], (market.title, name, text, i)
            assert [(s.from_, s.to) for s in fold.span[:fold.n_spans]] == spans, what
            train, test, purged, held = cut(rows, spans, train_from, train_to, embargo, before)
            assert fold.train[:fold.n_train] == train and fold.test[:fold.n_test] == test, what
            assert (fold.n_purged, fold.n_embargoed) == (len(purged), len(held)), what
            ok(LIB.tw_fold_verify(c.addressof(data), c.addressof(fold), embargo, c.addressof(error)), error)
            for cell in purged[:3] + held[:3]:  # and what was taken out is refused when it is put back
                spoilt = Fold.from_buffer_copy(fold)
                spoilt.train, spoilt.n_train = (c.c_uint32 * 1)(cell), 1
                status = LIB.tw_fold_verify(c.addressof(data), c.addressof(spoilt), embargo, c.addressof(error))
                assert status != 0 or before, (what, cell)  # a gap before the test is the splitter's, not the check's
            checked += fold.n_train + fold.n_test
            if i == len(wanted) - 1:
                check_uniqueness(market, labels, train)
        LIB.tw_folds_clear(None, c.byref(folds))
    return checked


def main():
    rows = 0
    for market in markets(6, (1, 2)):
        three = check_labels(market)
        check_uniqueness(market, three[1], None)
        rows += sum(check_splits(market, labels) for labels in three)
    print(f"labels and weights: {gap.rows} values, largest relative difference {gap.worst:.1e}; folds: {rows} rows, all equal")


main()
