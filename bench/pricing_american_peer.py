#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""QuantLib's Python package beside bench.pricing_american, in turn: a new option and engine for each contract would measure the
wrapper, so one option is priced again and again with its spot moved (what a desk's loop does at best).

  bench/.venv/bin/python bench/pricing_american_peer.py build/release/bench/bench.pricing_american
"""
import json
import statistics
import subprocess
import sys
import time

import QuantLib as ql

TODAY = ql.Date(2, 1, 2024)
DAYS = ql.Actual365Fixed()
ql.Settings.instance().evaluationDate = TODAY
SPOT = ql.SimpleQuote(100.0)
PROCESS = ql.BlackScholesMertonProcess(
    ql.QuoteHandle(SPOT), ql.YieldTermStructureHandle(ql.FlatForward(TODAY, 0.02, DAYS)),
    ql.YieldTermStructureHandle(ql.FlatForward(TODAY, 0.05, DAYS)),
    ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), 0.2, DAYS)))
FP = ql.QdFpAmericanEngine
ENGINES = {
    "collocation fast": (lambda: FP(PROCESS, FP.fastScheme()), 400),
    "collocation accurate": (lambda: FP(PROCESS, FP.accurateScheme()), 60),
    "qd_plus": (lambda: ql.QdPlusAmericanEngine(PROCESS), 400),
    "barone_adesi_whaley": (lambda: ql.BaroneAdesiWhaleyApproximationEngine(PROCESS), 2000),
    "bjerksund_stensland 1993": (lambda: ql.BjerksundStenslandApproximationEngine(PROCESS), 2000),
    "ju": (lambda: ql.JuQuadraticApproximationEngine(PROCESS), 2000),
    "crr 801": (lambda: ql.BinomialVanillaEngine(PROCESS, "crr", 801), 10),
    "leisen_reimer 801": (lambda: ql.BinomialVanillaEngine(PROCESS, "lr", 801), 4),
}


def peer(make, n):
    option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Put, 100.0), ql.AmericanExercise(TODAY, TODAY + 365))
    option.setPricingEngine(make())
    start = time.process_time_ns()
    for i in range(n):
        SPOT.setValue(100.0 + 1e-3 * (i + 1))
        option.NPV()
    return (time.process_time_ns() - start) / n


def main():
    rounds = {name: [] for name in ENGINES}
    ours = {}
    for _ in range(3):
        lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.splitlines()
        for line in map(json.loads, lines):
            ours.setdefault(line["name"], []).append(line["ns"])
        for name, (make, n) in ENGINES.items():
            rounds[name].append(peer(make, n))
    for name, values in ours.items():
        own = statistics.median(values)
        line = {"bench": "pricing", "name": name, "ns": round(own, 1)}
        if name in rounds:
            line["peer"] = "QuantLib-Python " + ql.__version__
            line["peer_ns"] = round(statistics.median(rounds[name]), 1)
            line["ratio"] = round(line["peer_ns"] / own, 1)
        print(json.dumps(line))


main()
