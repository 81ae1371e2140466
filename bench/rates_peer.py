# SPDX-License-Identifier: Apache-2.0
"""Times QuantLib's Python package on what bench.pricing_rates does: nanoseconds an item, one JSON line a case, and the ratio
to ours when the path of bench.pricing_rates is given:
`bench/.venv/bin/python bench/rates_peer.py build/bench/bench/bench.pricing_rates`. The work is QuantLib's C++; a call
through Python adds well under a microsecond."""
import json
import statistics
import subprocess
import sys
import time

try:
    import QuantLib as ql
except ImportError:
    sys.exit(77)

QUOTES = (.0390, .0388, .0383, .0345, .0285, .0260, .0253, .0248, .0247, .0253, .0257, .0260, .0256, .0238)
TENORS = (1, 3, 6, 1, 2, 3, 4, 5, 7, 10, 12, 15, 20, 30)
TODAY = ql.Date(2, 1, 2024)


def helpers():
    for i, (quote, n) in enumerate(zip(QUOTES, TENORS)):
        handle, target = ql.QuoteHandle(ql.SimpleQuote(quote)), ql.TARGET()
        if i < 3:
            yield ql.DepositRateHelper(handle, ql.Period(n, ql.Months), 2, target, ql.ModifiedFollowing, True,
                                       ql.Actual360())
        else:
            yield ql.SwapRateHelper(handle, ql.Period(n, ql.Years), target, ql.Annual, ql.ModifiedFollowing,
                                    ql.Thirty360(ql.Thirty360.BondBasis), ql.Euribor6M())


def curve():
    made = ql.PiecewiseLogLinearDiscount(TODAY, list(helpers()), ql.Actual365Fixed())
    made.enableExtrapolation()
    made.discount(1.0)
    return made


def bond():
    maturity = ql.Date(31, 12, 2033)
    schedule = ql.Schedule(maturity - ql.Period(132, ql.Months), maturity, ql.Period(6, ql.Months), ql.NullCalendar(),
                           ql.Unadjusted, ql.Unadjusted, ql.DateGeneration.Backward, False)
    return ql.FixedRateBond(0, 100.0, schedule, [0.03], ql.ActualActual(ql.ActualActual.ISMA), ql.Following, 100.0,
                            maturity - ql.Period(132, ql.Months), ql.UnitedStates(ql.UnitedStates.GovernmentBond))


def cases():
    made, settle = curve(), ql.Date(3, 1, 2024)
    day_count = ql.ActualActual(ql.ActualActual.ISMA)
    times = [40.0 * (i * 7919 % 10000) / 10000 for i in range(10000)]
    yield "discount factor", 10000, lambda: [made.discount(t) for t in times]
    yield "bootstrap of 14", 1, curve

    def from_yield():
        b = bond()
        rate = ql.InterestRate(0.04, day_count, ql.Compounded, ql.Semiannual)
        ql.BondFunctions.cleanPrice(b, rate, settle)
        ql.BondFunctions.duration(b, rate, ql.Duration.Modified, settle)
        ql.BondFunctions.convexity(b, rate, settle)

    def from_price():
        b = bond()
        y = ql.BondFunctions.bondYield(b, ql.BondPrice(92.0, ql.BondPrice.Clean), day_count, ql.Compounded,
                                       ql.Semiannual, settle)
        rate = ql.InterestRate(y, day_count, ql.Compounded, ql.Semiannual)
        ql.BondFunctions.duration(b, rate, ql.Duration.Modified, settle)
        ql.BondFunctions.convexity(b, rate, settle)

    def swap():
        handle = ql.YieldTermStructureHandle(made)
        s = ql.MakeVanillaSwap(ql.Period(10, ql.Years), ql.Euribor6M(handle), 0.02, ql.Period(0, ql.Days))
        s.setPricingEngine(ql.DiscountingSwapEngine(handle))
        s.NPV()

    yield "bond from yield, with risk", 1, from_yield
    yield "bond from price, with risk", 1, from_price
    yield "swap of 10 years", 1, swap


def measure(run, items):
    run()
    spent = []
    for _ in range(15):
        start = time.process_time()
        run()
        spent.append((time.process_time() - start) * 1e9 / items)
    return statistics.median(spent)


def main():
    ql.Settings.instance().evaluationDate = TODAY
    ours = {}
    if len(sys.argv) > 1:
        done = subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout
        ours = {row["name"]: row["ns"] for row in map(json.loads, done.splitlines())}
    for name, items, run in cases():
        row = {"bench": "pricing_rates", "name": name, "peer": f"QuantLib {ql.__version__}", "peer_ns": measure(run, items)}
        if name in ours:
            row.update(ns=ours[name], ratio=row["peer_ns"] / ours[name])
        print(json.dumps(row))


main()
