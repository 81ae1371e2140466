#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""QuantLib's side of bench.pricing_numeric: one JSON line a case, nanoseconds of thread time.

    bench/.venv/bin/python bench/pricing_numeric_peer.py
"""
import json
import statistics
import time

import QuantLib as ql


def process(today):
    count = ql.Actual365Fixed()
    flat = lambda rate: ql.YieldTermStructureHandle(ql.FlatForward(today, rate, count))
    vol = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(today, ql.NullCalendar(), 0.2, count))
    return ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(100)), flat(0.02), flat(0.05), vol)


def option(exercise, engine):
    made = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Put, 100), exercise)
    made.setPricingEngine(engine)
    return made.NPV()


def main():
    today = ql.Date(2, 1, 2024)
    ql.Settings.instance().evaluationDate = today
    american, european = ql.AmericanExercise(today, today + 365), ql.EuropeanExercise(today + 365)
    p = process(today)
    cases = [
        ("american_grid_400x400", 1, 5,
         lambda: option(american, ql.FdBlackScholesVanillaEngine(p, 400, 400))),
        ("european_path_step", 5e6, 3,
         lambda: option(european, ql.MCEuropeanEngine(p, "pseudorandom", timeSteps=50, requiredSamples=100000, seed=42))),
        ("longstaff_schwartz", 1, 3,
         lambda: option(american, ql.MCAmericanEngine(
             p, "pseudorandom", timeSteps=50, antitheticVariate=True, requiredSamples=32768, seed=42, polynomOrder=3,
             polynomType=ql.LsmBasisSystem.Monomial, nCalibrationSamples=4096))),
    ]
    for name, items, repetitions, run in cases:
        times = []
        for _ in range(repetitions):
            start = time.thread_time_ns()
            run()
            times.append((time.thread_time_ns() - start) / items)
        print(json.dumps({"bench": "pricing_numeric", "name": name, "peer": "QuantLib " + ql.__version__,
                          "ns": statistics.median(times), "ns_low": min(times), "ns_high": max(times)}))


main()
