#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random bonds against QuantLib, through ctypes: prices, accrued interest, durations, convexities, yields from prices, of
fixed, ex-coupon and zero-coupon bonds; z-spreads, and floaters on a curve.

Skipped (exit 77) without QuantLib or without the shared library (see rates_peer.py)."""
import ctypes as c
import random

import rates_peer
from rates_peer import EPOCH, NO_DATE, ql

lib = rates_peer.load()
D, I32 = c.POINTER(c.c_double), c.POINTER(c.c_int32)


class Convention(c.Structure):
    _fields_ = [("day_count", c.c_void_p), ("time", c.c_void_p), ("holidays", c.c_void_p), ("roll", c.c_int),
                ("month_end", c.c_bool), ("compounding", c.c_int), ("street", c.c_bool), ("simple_last", c.c_bool),
                ("ex_days", c.c_int), ("ex_business", c.c_bool)]


class Bonds(c.Structure):
    _fields_ = [("n", c.c_size_t), ("settle", I32), ("issue", I32), ("maturity", I32), ("first_coupon", I32),
                ("next_to_last", I32), ("coupon", D), ("frequency", c.POINTER(c.c_int)), ("redemption", D),
                ("spread", D), ("convention", c.POINTER(Convention)), ("which", c.POINTER(c.c_uint32))]


NUMBERS = ("clean", "dirty", "accrued", "yield", "macaulay", "modified", "convexity", "dv01")


class Values(c.Structure):
    _fields_ = [(name, D) for name in NUMBERS] + [("status", c.c_void_p), ("first_error", c.POINTER(rates_peer.Error))]


class Valuation(c.Structure):
    _fields_ = [("date", c.c_int32), ("time", c.c_void_p), ("holidays", c.c_void_p)]


class Market(c.Structure):
    _fields_ = [("as_of", Valuation), ("discount", c.c_void_p), ("forecast", c.c_void_p)]


for call in ("tw_bonds_from_yield", "tw_bonds_from_price", "tw_bonds_from_curve", "tw_bonds_zspread"):
    getattr(lib, call).restype = c.c_size_t
lib.tw_curve_flat.argtypes, lib.tw_curve_flat.restype = [c.c_double, c.c_void_p], c.c_void_p
lib.tw_curve_bytes.restype = c.c_size_t

DAY_COUNTS = [("act/act icma", lambda: ql.ActualActual(ql.ActualActual.ISMA)),
              ("30/360", lambda: ql.Thirty360(ql.Thirty360.BondBasis)),
              ("30e/360", lambda: ql.Thirty360(ql.Thirty360.European)),
              ("act/365f", ql.Actual365Fixed), ("act/360", ql.Actual360),
              ("act/act isda", lambda: ql.ActualActual(ql.ActualActual.ISDA))]
ROLLS = [ql.Unadjusted, ql.Following, ql.ModifiedFollowing]
# Not simple: QuantLib multiplies (1 + y t) of each period, which is no simple yield of the whole time.
COMPOUNDINGS = [(1, ql.Compounded, ql.Annual), (2, ql.Compounded, ql.Semiannual), (4, ql.Compounded, ql.Quarterly),
                (-1, ql.Continuous, ql.Annual)]


def one(kind, value):
    return (kind * 1)(value)


def day(date):
    return NO_DATE if date == ql.Date() else date.serialNumber() - EPOCH


def call(name, terms, convention, given, market=None, spread=None):
    bonds = Bonds(1, one(c.c_int32, day(terms["settle"])), one(c.c_int32, day(terms["issue"])),
                  one(c.c_int32, day(terms["maturity"])), one(c.c_int32, day(terms["first"])),
                  one(c.c_int32, day(terms["last"])), one(c.c_double, terms["coupon"]),
                  one(c.c_int, terms["frequency"]), one(c.c_double, terms["redemption"]),
                  None if spread is None else one(c.c_double, spread), c.pointer(convention), None)
    got, error = {name: (c.c_double * 1)() for name in NUMBERS}, rates_peer.Error()
    out = Values(*[got[name] for name in NUMBERS], None, c.pointer(error))
    args = [c.byref(bonds)] + ([c.byref(market)] if market else []) + [one(c.c_double, given), c.byref(out)]
    assert getattr(lib, name)(*args) == 0, error.message.decode()
    return {name: got[name][0] for name in NUMBERS}


def random_terms(rng):
    settle = ql.Date(rng.randrange(ql.Date(1, 1, 2015).serialNumber(), ql.Date(1, 1, 2030).serialNumber()))
    maturity = settle + rng.randrange(5, 12000)
    frequency = rng.choice([1, 2, 4, 12])
    if rng.random() < 0.2:
        maturity = ql.Date.endOfMonth(maturity)
    issue = maturity
    while issue >= settle:
        issue = maturity - ql.Period(12 // frequency * rng.randrange(1, 60 * frequency), ql.Months)
    first = ql.Date()
    stub = rng.random()
    if stub < 0.2:  # a short first period
        issue = issue + rng.randrange(1, 360 // frequency)
    elif stub < 0.3:  # a long one
        dates = list(ql.Schedule(issue, maturity, ql.Period(12 // frequency, ql.Months), ql.NullCalendar(),
                                 ql.Unadjusted, ql.Unadjusted, ql.DateGeneration.Backward, False))
        if len(dates) > 3:
            first = dates[2]
            issue = dates[0] + rng.randrange(1, 300 // frequency)
    if issue >= settle:
        settle = issue + 1
    return {"settle": settle, "issue": issue, "maturity": maturity, "first": first, "last": ql.Date(),
            "coupon": round(rng.uniform(0, 0.12), 4), "frequency": frequency,
            "redemption": rng.choice([100.0, 100.0, 103.5])}


def peer_bond(terms, day_count, roll, calendar, ex=0):
    schedule = ql.Schedule(terms["issue"], terms["maturity"], ql.Period(12 // terms["frequency"], ql.Months),
                           ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted, ql.DateGeneration.Backward, False,
                           terms["first"], ql.Date())
    return ql.FixedRateBond(0, 100.0, schedule, [terms["coupon"]], day_count, ROLLS[roll], terms["redemption"],
                            terms["issue"], calendar, ql.Period(ex, ql.Days), ql.NullCalendar())


def near(what, got, want, tolerance=1e-11):
    assert abs(got - want) <= tolerance * max(1, abs(want)), (what, got, want)


def check_fixed(rng, calendars):
    for _ in range(4000):
        terms = random_terms(rng)
        name, make = rng.choice(DAY_COUNTS)
        roll, calendar = rng.randrange(3), rng.choice(list(calendars))
        compounding, kind, frequency = rng.choice(COMPOUNDINGS)
        ex = 0 if roll else rng.choice([0, 10])  # QuantLib counts back from the rolled payment
        ours = Convention(rates_peer.day_count(lib, name), None, calendars[calendar][0], roll, False, compounding,
                          False, False, ex, False)
        theirs = peer_bond(terms, make(), roll, calendars[calendar][1], ex)
        y = rng.uniform(-0.01, 0.15)
        what = (terms, name, roll, calendar, compounding, y, ex)
        if theirs.maturityDate() <= terms["settle"]:
            continue
        got = call("tw_bonds_from_yield", terms, ours, y)
        rate = ql.InterestRate(y, make(), kind, frequency)
        accrued = theirs.accruedAmount(terms["settle"])
        # The interest of a bond quoted ex coupon, and its price, without what QuantLib does at the end of its life.
        near((what, "accrued"), got["accrued"], accrued)
        clean = ql.BondFunctions.cleanPrice(theirs, y, make(), kind, frequency, terms["settle"])
        near((what, "clean"), got["clean"], clean)
        for measure, which in (("macaulay", ql.Duration.Macaulay), ("modified", ql.Duration.Modified)):
            if measure == "macaulay" and kind != ql.Compounded:
                continue
            near((what, measure), got[measure],
                 ql.BondFunctions.duration(theirs, rate, which, terms["settle"]))
        near((what, "convexity"), got["convexity"], ql.BondFunctions.convexity(theirs, rate, terms["settle"]))
        back = call("tw_bonds_from_price", terms, ours, got["clean"])
        if got["modified"] > 1e-2:
            near((what, "yield"), back["yield"], y, 1e-12)


def check_curves(rng, calendars):
    holidays, calendar = calendars["target"]
    block = c.create_string_buffer(lib.tw_curve_bytes(c.c_size_t(1)) + 64)
    for _ in range(500):
        terms = random_terms(rng)
        level, z = rng.uniform(-0.01, 0.08), rng.uniform(-0.02, 0.05)
        today = terms["settle"] - 2
        ql.Settings.instance().evaluationDate = today
        ours = Convention(rates_peer.day_count(lib, "act/360"), None, holidays, 1, False, 2, True, False, 0, False)
        theirs = peer_bond(terms, ql.Actual360(), 1, calendar)
        curve = ql.FlatForward(today, level, ql.Actual365Fixed())
        market = Market(Valuation(today.serialNumber() - EPOCH), lib.tw_curve_flat(level, block), None)
        got = call("tw_bonds_from_curve", terms, ours, z, market)
        want = ql.BondFunctions.cleanPrice(theirs, curve, z, ql.Actual365Fixed(), ql.Continuous, ql.Annual,
                                           terms["settle"])
        near((terms, level, z), got["clean"], want, 1e-10)
        back = call("tw_bonds_zspread", terms, ours, got["clean"], market)
        if got["modified"] > 1e-2:
            near((terms, "zspread"), back["yield"], z, 1e-12)


def check_floaters(rng, calendars):
    holidays, calendar = calendars["target"]
    blocks = [c.create_string_buffer(lib.tw_curve_bytes(c.c_size_t(1)) + 64) for _ in range(2)]
    for _ in range(300):
        today = calendar.adjust(ql.Date(rng.randrange(ql.Date(1, 1, 2015).serialNumber(),
                                                      ql.Date(1, 1, 2030).serialNumber())))
        ql.Settings.instance().evaluationDate = today
        issue = calendar.adjust(today + 2)
        maturity = issue + ql.Period(rng.randrange(1, 20), ql.Years)
        level, discount, spread = rng.uniform(0, 0.06), rng.uniform(0, 0.06), rng.uniform(-0.005, 0.02)
        forecast = ql.YieldTermStructureHandle(ql.FlatForward(today, level, ql.Actual365Fixed()))
        schedule = ql.Schedule(issue, maturity, ql.Period(6, ql.Months), ql.NullCalendar(), ql.Unadjusted,
                               ql.Unadjusted, ql.DateGeneration.Backward, False)
        index = ql.IborIndex("x", ql.Period(6, ql.Months), 0, ql.EURCurrency(), ql.NullCalendar(), ql.Unadjusted,
                             False, ql.Actual360(), forecast)
        theirs = ql.FloatingRateBond(0, 100.0, schedule, index, ql.Actual360(), ql.Following, 0, [1.0], [spread])
        engine = ql.DiscountingBondEngine(ql.YieldTermStructureHandle(
            ql.FlatForward(today, discount, ql.Actual365Fixed())))
        theirs.setPricingEngine(engine)
        terms = {"settle": today, "issue": issue, "maturity": maturity, "first": ql.Date(), "last": ql.Date(),
                 "coupon": 0.0, "frequency": 2, "redemption": 100.0}
        ours = Convention(rates_peer.day_count(lib, "act/360"), None, calendars["null"][0], 1, False, 2, True, False,
                          0, False)
        market = Market(Valuation(today.serialNumber() - EPOCH), lib.tw_curve_flat(discount, blocks[0]),
                        lib.tw_curve_flat(level, blocks[1]))
        got = call("tw_bonds_from_curve", terms, ours, 0.0, market, spread)
        near((terms, level, discount, spread), got["dirty"], theirs.NPV(), 1e-10)


def main():
    rng = random.Random(11)
    calendars = {"target": (rates_peer.holidays(lib, "target"), ql.TARGET()),
                 "us": (rates_peer.holidays(lib, "us_government"),
                        ql.UnitedStates(ql.UnitedStates.GovernmentBond)),
                 "null": (rates_peer.holidays(lib, "none"), ql.NullCalendar())}
    check_fixed(rng, calendars)
    check_curves(rng, calendars)
    check_floaters(rng, calendars)
    print(f"QuantLib {ql.__version__}: 4000 fixed bonds, 500 on curves, 300 floaters agree")


main()
