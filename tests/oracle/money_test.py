# SPDX-License-Identifier: Apache-2.0
"""Simulated money from scores and bars alone: every event in whole cents and millionths of a share, and every series, by docs/reference/backtest.md.

On made and real markets with missing bars, halts, late listings, delistings and bars without volume."""
import ctypes as c
import datetime
import fractions
import math
import random
import statistics

from twins import LIB, NAN, Error, Gap, doubles, markets, ok

gap = Gap()
SERIES = ("equity", "cash", "benchmark", "drawdown", "turnover", "gross", "net", "returns", "benchmark_returns")
KINDS = ("order", "fill", "cost", "borrow", "interest", "cash_in", "delisted", "unfilled")


class MarketStruct(c.Structure):
    _fields_ = [("n_times", c.c_size_t), ("n_lanes", c.c_size_t)] + [
        (name, c.c_void_p) for name in ("time", "symbol", "open", "high", "low", "close", "volume", "benchmark")] + [("periods_per_year", c.c_double)]


class Signal(c.Structure):
    _fields_ = [("score", c.c_void_p), ("from_", c.c_size_t), ("to", c.c_size_t)]


class Event(c.Structure):
    _fields_ = [("kind", c.c_int), ("time", c.c_uint32), ("lane", c.c_uint32), ("quantity", c.c_double), ("price", c.c_double), ("cash", c.c_double)]


class Result(c.Structure):
    _fields_ = [("n", c.c_size_t), ("from_", c.c_size_t)] + [(name, c.POINTER(c.c_double)) for name in SERIES] + [
        ("n_events", c.c_size_t), ("event", c.POINTER(Event)), ("total_cost", c.c_double), ("total_borrow", c.c_double), ("total_interest", c.c_double),
        ("n_fills", c.c_size_t), ("n_unfilled", c.c_size_t)]


LIB.tw_portfolio_params.restype = c.c_void_p


def decimal(x):
    """The number that was written, not the double nearest to it."""
    return fractions.Fraction(repr(x))


def half_away(x):
    return int(math.copysign(math.floor(abs(x) + fractions.Fraction(1, 2)), x))


def cents(x):
    return half_away(x * 100)


class Book:
    """Cash in cents, positions in millionths, marks; fed with prices and scores, never with the ledger's own."""

    def __init__(self, market, p, score, first):
        self.m, self.p, self.score, self.first = market, p, score, first
        self.cash, self.held = cents(decimal(p["capital"])), [0] * len(market.names)
        self.mark, self.missing = [0.0] * len(market.names), [0] * len(market.names)
        self.clock = None
        self.waiting = []

    def price(self, column, lane, t):
        return self.m.bar[column][self.m.names[lane]][t]

    def values(self):
        return [q / 1e6 * mark for q, mark in zip(self.held, self.mark)]

    def equity(self):
        return self.cash / 100 + math.fsum(self.values())

    def pay(self, kind, lane, quantity, price, money, out):
        self.cash += money
        if kind in ("fill", "delisted"):
            self.held[lane] += quantity
        if money or kind in ("fill", "delisted", "unfilled"):
            out.append((kind, lane, quantity, price, money))

    def open_bar(self, t, out):
        days = (datetime.date.fromisoformat(self.m.days[t]) - datetime.date.fromisoformat(self.m.days[t - 1])).days
        borrowed, rate = -math.fsum(min(v, 0) for v in self.values()), days / 365 / 1e4
        interest = cents(max(self.cash, 0) / 100 * self.p["cash_bp"] * rate)
        self.pay("borrow", None, 0, 0, -cents(borrowed * self.p["borrow_bp"] * rate), out)
        self.pay("interest", None, 0, 0, interest, out)

    def fill(self, t, out):
        traded = 0
        for lane, wanted in self.waiting:
            price = self.price("open" if self.p["fill"] == "next_open" else "close", lane, t)
            done, volume = 0 if math.isnan(price) else wanted, self.price("volume", lane, t)
            if self.p["participation"] and done:
                most = self.p["participation"] * (0 if math.isnan(volume) else volume)
                most = int(most) * 10**6 if self.p["whole_shares"] else int(most * 1e6)
                done = int(math.copysign(min(abs(done), most), done))
            if done:
                value = fractions.Fraction(done, 10**6) * decimal(price)
                traded += float(abs(value))
                self.pay("fill", lane, done, price, -cents(value), out)
                self.pay("cost", lane, 0, 0, -cents(abs(value) * decimal(self.p["cost_bp"]) / 10**4), out)
            if done != wanted:
                self.pay("unfilled", lane, wanted - done, 0 if math.isnan(price) else price, 0, out)
        self.waiting = []
        return traded

    def close(self, t, out):
        for lane in range(len(self.held)):
            price = self.price("close", lane, t)
            self.missing[lane] = self.missing[lane] + 1 if math.isnan(price) else 0
            self.mark[lane] = self.mark[lane] if math.isnan(price) else price
        for lane, q in enumerate(self.held):
            if q and self.missing[lane] >= self.p["delist_after"]:
                self.pay("delisted", lane, -q, self.mark[lane], cents(fractions.Fraction(q, 10**6) * decimal(self.mark[lane])), out)

    def weights(self, t, equity):
        """Shares of equity by lane, or None when no name can be chosen."""
        p = self.p
        names = [lane for lane in range(len(self.held)) if not math.isnan(self.score[lane][t] + self.price("close", lane, t))]
        if not names:
            return None
        if equity <= 0:
            return {}
        gross = max(p["gross"] - math.fsum(abs(v) for v, gone in zip(self.values(), self.missing) if gone) / equity, 0)
        names.sort(key=lambda lane: (-self.score[lane][t], lane))
        if p["construction"] == "top_k":
            chosen = names[:p["k"]]
            return {lane: min(gross / len(chosen), p["max_weight"]) for lane in chosen}
        if p["construction"] == "long_short":
            n = max(int(fractions.Fraction(str(p["quantile"])) * len(names)), 1)
            w = min(gross / 2 / n, p["max_weight"])
            return {} if len(names) < 2 else {lane: w for lane in names[:n]} | {lane: -w for lane in names[-n:]}
        total = math.fsum(abs(self.score[lane][t]) for lane in names)
        return {lane: max(min(self.score[lane][t] * gross / max(total, 1), p["max_weight"]), -p["max_weight"]) for lane in names}

    def decide(self, t, last):
        """(lane, millionths) wanted, or nothing when bar t is none to decide on."""
        if self.clock is None and self.weights(t, 1) is not None:
            self.clock = t
        if self.clock != t:
            return []
        self.clock += self.p["rebalance"]
        equity = self.equity()
        weight = self.weights(t, equity)
        if weight is None or t == last:
            return []
        shares = (lambda x: math.trunc(x) * 10**6) if self.p["whole_shares"] else (lambda x: half_away(x * 1e6))
        orders = []
        for lane, q in enumerate(self.held):
            if self.mark[lane] and not self.missing[lane]:
                orders.append((lane, shares(weight.get(lane, 0) * equity / self.mark[lane]) - q))
        turnover = math.fsum(abs(q) / 1e6 * self.mark[lane] for lane, q in orders) / 2 / equity if equity > 0 else 0
        if self.p["turnover_limit"] and turnover > self.p["turnover_limit"]:
            orders = [(lane, shares(q / 1e6 * self.p["turnover_limit"] / turnover)) for lane, q in orders]
        return orders


def same_orders(got, wanted, mark, what):
    """Sizes may differ by the last rounding of a double, one millionth; then the ledger's is taken on."""
    wanted = dict(wanted)
    for kind, lane, q, price, money in got:
        assert kind == "order" and abs(q - wanted.pop(lane)) <= 1 and price == mark[lane] and money == 0, (what, lane, q)
    assert all(abs(q) <= 1 for q in wanted.values()), (what, wanted)


def read(result):
    ledger = {}
    for e in result.event[:result.n_events]:
        lane = None if e.lane == 2**32 - 1 else e.lane
        ledger.setdefault(e.time, []).append((KINDS[e.kind], lane, round(e.quantity * 1e6), e.price, round(e.cash * 100)))
    return ledger


def benchmark_returns(market, first, last):
    """Mean return since their last close of all names with a close."""
    before = {}
    for t in range(first, last + 1):
        now = {s: market.bar["close"][s][t] for s in market.names if not math.isnan(market.bar["close"][s][t])}
        moved = [x / before[s] - 1 for s, x in now.items() if s in before]
        yield statistics.fmean(moved) if moved else 0.0
        before |= now


def check(market, p, score, first, last, result, what):
    book, ledger, kinds = Book(market, p, score, first), read(result), set()
    level, peak, before, paid = p["capital"], p["capital"], None, dict.fromkeys(KINDS, 0)
    assert ledger[first].pop(0) == ("cash_in", None, 0, 0, book.cash), what
    for t, moved in zip(range(first, last + 1), benchmark_returns(market, first, last)):
        i, events, seen, here = t - first, [], ledger.pop(t, []), (what, market.days[t])
        if i:
            book.open_bar(t, events)
        traded = book.fill(t, events)
        book.close(t, events)
        orders = [e for e in seen if e[0] == "order"]
        assert seen == events + orders, (here, [x for x in zip(seen, events) if x[0] != x[1]][:3], len(seen), len(events))
        same_orders(orders, book.decide(t, last), book.mark, here)
        book.waiting = [(e[1], e[2]) for e in orders]
        for kind, _, _, _, money in seen:
            paid[kind] += money
            kinds.add(kind)
        equity, values = book.equity(), book.values()
        assert round(result.cash[i] * 100) == book.cash, here
        peak, level = max(peak, equity), level * (1 + moved)
        gross, net = (math.fsum(abs(v) for v in values) / equity, math.fsum(values) / equity) if equity > 0 else (NAN, NAN)
        alive = before is not None and before > 0
        wanted = (equity, book.cash / 100, level, equity / peak - 1, traded / 2 / before if alive else 0, gross, net, equity / before - 1 if alive else 0, moved)
        for name, x in zip(SERIES, wanted):
            gap.near(getattr(result, name)[i], x, (here, name), 1e-9, 1e-6 if name in ("equity", "cash") else 1e-12)
        before = equity
    assert not ledger, what
    for name, kind, sign in (("total_cost", "cost", -1), ("total_borrow", "borrow", -1), ("total_interest", "interest", 1)):
        assert round(getattr(result, name) * 100) == sign * paid[kind], (what, name)
    return kinds, result.n_events


DEFAULTS = dict(construction="top_k", k=50, quantile=0.1, rebalance=5, gross=1, max_weight=1, turnover_limit=0, capital=1000000, cost_bp=5, borrow_bp=50,
                cash_bp=0, participation=0, delist_after=10, whole_shares=0, fill="next_open")
PORTFOLIOS = (dict(k=5, rebalance=3, cash_bp=130), dict(construction="long_short", quantile=0.29, rebalance=2, turnover_limit=0.23, borrow_bp=300),
              dict(construction="weights", gross=1.7, max_weight=0.11, fill="next_close", participation=0.013, capital=2.5e7),
              dict(construction="long_short", quantile=0.15, gross=2.3, whole_shares=1, participation=0.01, delist_after=3, capital=9e6, cash_bp=75, rebalance=1),
              dict(construction="top_k", k=3, whole_shares=1, turnover_limit=0.4, max_weight=0.3, delist_after=2, cost_bp=0, capital=54321.09),
              dict(construction="weights", gross=20, max_weight=20, rebalance=1, cost_bp=90, borrow_bp=4000))


def simulate(market, p, score, first, last, what):
    text, params, error = " ".join(f"{k}={v}" for k, v in p.items()), (c.c_double * 128)(), Error()
    ok(LIB.tw_params_parse(c.c_void_p(LIB.tw_portfolio_params()), b"portfolio", text.encode(), params, c.byref(error)), error)
    columns, names = [market.cells(column) for column in ("open", "high", "low", "close", "volume")], (c.c_char_p * market.lanes)()
    for lane, name in enumerate(market.names):
        names[lane] = name.encode()
    stamps, flat = market.stamps(), [NAN] * (market.n * market.lanes)
    for lane, row in enumerate(score):
        flat[lane::market.lanes] = row
    cells = doubles(flat)
    shown = MarketStruct(market.n, market.lanes, *[c.addressof(x) for x in (stamps, names, *columns)], None, 252.0)
    signal, result = Signal(c.addressof(cells), first, last + 1), Result()
    ok(LIB.tw_simulate_scores(None, c.byref(shown), c.byref(signal), params, c.byref(result), c.byref(error)), error)
    ok(LIB.tw_result_verify(None, c.byref(shown), c.byref(signal), params, c.byref(result), c.byref(error)), error)
    try:
        return check(market, p, score, first, last, result, what)
    finally:
        LIB.tw_result_clear(None, c.byref(result))


def scores(market, seed):
    """Reversal over three bars in coarse steps, so that many tie; some missing, and none on some days."""
    rng, out = random.Random(seed), []
    silent = {t for t in range(market.n) if rng.random() < 0.05}
    for symbol in market.names:
        close = market.bar["close"][symbol]
        row = [NAN if t < 3 or t in silent or rng.random() < 0.05 else close[t - 3] / close[t] - 1 for t in range(market.n)]
        out.append([NAN if math.isnan(x) else round(x * 200) / 200 for x in row])
    return out


def main():
    kinds, events = set(), 0
    for market in markets(33, (31, 32, 33)):
        score = scores(market, 4)
        for k, change in enumerate(PORTFOLIOS):
            first, last = (0, market.n - 1) if k % 2 else (17, market.n - 9)
            seen, n = simulate(market, DEFAULTS | change, score, first, last, (market.title, change))
            kinds |= seen
            events += n
    assert kinds == set(KINDS) - {"cash_in"}, kinds
    print(f"money: {events} events equal; {gap.rows} values of series, largest relative difference {gap.worst:.1e}")


main()
