#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bootstrapped curves against QuantLib's, through ctypes: random markets of deposits, FRAs, futures and swaps in one
curve, and of swaps over a curve of OIS, under four interpolations; discount factors to 1e-10.

Skipped (exit 77) without QuantLib or without the shared library (see rates_peer.py)."""
import ctypes as c
import random

import rates_peer
from rates_peer import EPOCH, NO_DATE, Tenor, ql

lib = rates_peer.load()
MONTHS = {"M": ql.Months, "Y": ql.Years}
WAYS = {"log_linear": ql.PiecewiseLogLinearDiscount, "linear_zero": ql.PiecewiseLinearZero,
        "cubic_zero": ql.PiecewiseCubicZero, "natural_zero": ql.PiecewiseNaturalCubicZero}


class Convention(c.Structure):
    _fields_ = [("settle", c.c_int), ("holidays", c.c_void_p), ("roll", c.c_int), ("month_end", c.c_bool),
                ("day_count", c.c_void_p), ("fixed_day_count", c.c_void_p), ("fixed_tenor", Tenor),
                ("float_tenor", Tenor), ("pay_lag", c.c_int)]


class Instrument(c.Structure):
    _fields_ = [("name", c.c_char_p), ("kind", c.c_int), ("quote", c.c_double), ("convexity", c.c_double),
                ("start", Tenor), ("tenor", Tenor), ("start_date", c.c_int32), ("end_date", c.c_int32),
                ("convention", c.POINTER(Convention))]


class Valuation(c.Structure):
    _fields_ = [("date", c.c_int32), ("time", c.c_void_p), ("holidays", c.c_void_p)]


class Spec(c.Structure):
    _fields_ = [("as_of", Valuation), ("interpolation", c.c_void_p), ("n", c.c_size_t),
                ("instrument", c.POINTER(Instrument)), ("discount", c.c_void_p)]


KINDS = {"deposit": 0, "fra": 1, "future": 2, "swap": 3, "ois": 4}
lib.tw_bootstrap_curve.argtypes, lib.tw_bootstrap_curve.restype = [c.c_void_p], c.c_void_p
lib.tw_bootstrap_free.argtypes = [c.c_void_p]
lib.tw_curve_discount.argtypes, lib.tw_curve_discount.restype = [c.c_void_p, c.c_double], c.c_double


def convention(name, holidays):
    made, error = Convention(), rates_peer.Error()
    rates_peer.check(lib.tw_rate_convention_find(name.encode(), c.byref(made), c.byref(error)), error)
    made.holidays = holidays
    return made


def bootstrap(today, way, market, conventions, discount=None):
    """market: list of (kind, quote, start, tenor) with start a tenor, a date or None."""
    rows = (Instrument * len(market))()
    for row, (kind, quote, start, tenor) in zip(rows, market):
        row.kind, row.quote, row.tenor = KINDS[kind], quote, Tenor(tenor[0], tenor[1].encode())
        row.start_date = start.serialNumber() - EPOCH if isinstance(start, ql.Date) else NO_DATE
        row.start = Tenor(start[0], start[1].encode()) if isinstance(start, tuple) else Tenor(0, b"M")
        row.end_date, row.convention = NO_DATE, c.pointer(conventions[kind])
    found, out, error = c.c_void_p(), c.c_void_p(), rates_peer.Error()
    rates_peer.check(lib.tw_interpolation_find(way.encode(), c.byref(found), c.byref(error)), error)
    spec = Spec(Valuation(today.serialNumber() - EPOCH), found, len(market), rows, discount)
    rates_peer.check(lib.tw_bootstrap_new(None, c.byref(spec), c.byref(out), c.byref(error)), error)
    return out


def random_market(rng, today):
    """A smooth curve of rates with noise."""
    level, slope, bend = rng.uniform(-0.005, 0.07), rng.uniform(-0.02, 0.02), rng.uniform(-0.01, 0.01)
    rate = lambda t: level + slope * t / (t + 3) + bend * (t / 5) * 2.7 ** (-t / 5) + rng.uniform(-2e-4, 2e-4)
    market = [("deposit", rate(m / 12), None, (m, "M")) for m in (1, 3, 6)]
    if rng.random() < 0.5:
        for months in (3, 6, 9):
            market.append(("fra", rate(months / 12), (months + 1, "M"), (6, "M")))
    years = [1, 2, 3, 4, 5, 7, 10, 12, 15, 20, 25, 30]
    if len(market) > 3:
        years = years[1:]
    market += [("swap", rate(y), None, (y, "Y")) for y in years if y > 5 or rng.random() < 0.8]
    return market


def futures_market(rng, today):
    level = rng.uniform(0, 0.05)
    market = [("deposit", level, None, (1, "M"))]
    date = ql.IMM.nextDate(today)
    for k in range(8):
        market.append(("future", 100 * (1 - level) + rng.uniform(-0.2, 0.2), date, (3, "M")))
        date = ql.IMM.nextDate(date)
    return market + [("swap", level + rng.uniform(-2e-3, 2e-3), None, (y, "Y")) for y in (3, 5, 10, 30)]


def helper(row, index, discount):
    kind, quote, start, tenor = row
    quote = ql.QuoteHandle(ql.SimpleQuote(quote))
    period, target = ql.Period(tenor[0], MONTHS[tenor[1]]), ql.TARGET()
    if kind == "deposit":
        return ql.DepositRateHelper(quote, period, 2, target, ql.ModifiedFollowing, True, ql.Actual360())
    if kind == "fra":
        return ql.FraRateHelper(quote, start[0], start[0] + tenor[0], 2, target, ql.ModifiedFollowing, True,
                                ql.Actual360())
    if kind == "future":
        return ql.FuturesRateHelper(quote, start, 3, target, ql.ModifiedFollowing, True, ql.Actual360())
    if kind == "ois":
        return ql.OISRateHelper(2, period, quote, ql.Estr(), paymentLag=1, paymentFrequency=ql.Annual,
                                paymentConvention=ql.Following)
    return ql.SwapRateHelper(quote, period, target, ql.Annual, ql.ModifiedFollowing,
                             ql.Thirty360(ql.Thirty360.BondBasis), index, ql.QuoteHandle(), ql.Period(0, ql.Days),
                             discount)


def compare(ours, theirs, what, worst):
    curve = lib.tw_bootstrap_curve(ours)
    for k in range(1, 400):
        t = 40 * (k / 400) ** 2
        off = abs(lib.tw_curve_discount(curve, t) - theirs.discount(t))
        worst[0] = max(worst[0], off)
        assert off < 1e-10, (what, t, off)


def peer(way, today, market, index, discount=None):
    handle = discount or ql.YieldTermStructureHandle()
    # QuantLib's own accuracy, on quotes, is 1e-12 by default.
    made = WAYS[way](today, [helper(r, index, handle) for r in market], ql.Actual365Fixed(),
                     ql.IterativeBootstrap(1e-14))
    made.enableExtrapolation()
    return made


def main():
    rng, worst, curves = random.Random(7), [0.0], 0
    target = rates_peer.holidays(lib, "target")
    eur, overnight = convention("eur", target), convention("eur_ois", target)
    swap = convention("eur", target)
    swap.month_end = overnight.month_end = False  # QuantLib's helpers have it so
    conventions = {"deposit": eur, "fra": eur, "future": eur, "swap": swap, "ois": overnight}
    for _ in range(30):
        today = ql.Date(rng.randrange(ql.Date(1, 1, 2015).serialNumber(), ql.Date(1, 1, 2030).serialNumber()))
        today = ql.TARGET().adjust(today)
        ql.Settings.instance().evaluationDate = today
        for market in (random_market(rng, today), futures_market(rng, today)):
            for way in WAYS:
                theirs = peer(way, today, market, ql.Euribor6M())
                ours = bootstrap(today, way, market, conventions)
                compare(ours, theirs, (today, way, market), worst)
                lib.tw_bootstrap_free(ours)
                curves += 1
        level = rng.uniform(0, 0.04)
        ois = [("ois", level + rng.uniform(-1e-3, 1e-3), None, (n, u)) for n, u in
               ((1, "M"), (3, "M"), (6, "M"), (1, "Y"), (2, "Y"), (3, "Y"), (5, "Y"), (10, "Y"), (20, "Y"), (30, "Y"))]
        way = rng.choice(list(WAYS))
        theirs_ois, ours_ois = peer(way, today, ois, None), bootstrap(today, way, ois, conventions)
        compare(ours_ois, theirs_ois, ("ois", today, way, ois), worst)
        market = [r for r in random_market(rng, today) if r[0] != "fra"]
        theirs = peer(way, today, market, ql.Euribor6M(), ql.YieldTermStructureHandle(theirs_ois))
        ours = bootstrap(today, way, market, conventions, lib.tw_bootstrap_curve(ours_ois))
        compare(ours, theirs, ("dual", today, way, market), worst)
        lib.tw_bootstrap_free(ours)
        lib.tw_bootstrap_free(ours_ois)
        curves += 2
    print(f"QuantLib {ql.__version__}: {curves} curves agree to {worst[0]:.2g}")


main()
