# SPDX-License-Identifier: Apache-2.0
"""Times QuantLib-Python on chains under heston beside bench.pricing_transform, ratios in the same run:
`bench/.venv/bin/python bench/pricing_transform_peer.py build/bench/bench/bench.pricing_transform`.

One option object a contract, its engine shared, as QuantLib's users do; CPU time of one thread. The Python layer adds
about 6 us an option (a Black option with the same layer takes that long), which is printed beside it."""
import json, statistics, subprocess, sys, time

import QuantLib as ql

N, REPETITIONS = 128, 5
DAY = ql.Date(2, 1, 2024)


def engines():
    ql.Settings.instance().evaluationDate = DAY
    count = ql.Actual365Fixed()
    flat = lambda rate: ql.YieldTermStructureHandle(ql.FlatForward(DAY, rate, count))
    spot = ql.QuoteHandle(ql.SimpleQuote(100.0))
    model = ql.HestonModel(ql.HestonProcess(flat(0.03), flat(0.01), spot, 0.04, 1.5, 0.04, 0.3, -0.7))
    black = ql.BlackScholesMertonProcess(spot, flat(0.01), flat(0.03), ql.BlackVolTermStructureHandle(
        ql.BlackConstantVol(DAY, ql.NullCalendar(), 0.2, count)))
    yield "Black (the layer)", ql.AnalyticEuropeanEngine(black)
    yield "COSHestonEngine", ql.COSHestonEngine(model, 16, 200)
    yield "ExponentialFittingHestonEngine", ql.ExponentialFittingHestonEngine(model)
    yield "AnalyticHestonEngine Laguerre 64", ql.AnalyticHestonEngine(model, 64)
    yield "AnalyticHestonEngine Laguerre 144", ql.AnalyticHestonEngine(model, 144)


def run(engine):
    start = time.process_time()
    for i in range(N):
        expiry = ql.EuropeanExercise(DAY + 30 + 90 * (i // 64))
        option = ql.VanillaOption(ql.PlainVanillaPayoff(ql.Option.Call if i % 2 else ql.Option.Put, 70.0 + i % 64), expiry)
        option.setPricingEngine(engine)
        option.NPV()
    return (time.process_time() - start) / N * 1e9


def main():
    own = {}
    if len(sys.argv) > 1:
        for line in subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.splitlines():
            row = json.loads(line)
            own[(row["name"], row["isa"])] = row["ns"]
            print(line)
    times = {name: [] for name, _ in engines()}
    for _ in range(REPETITIONS):
        for name, engine in engines():
            times[name].append(run(engine))
    for name, ns in times.items():
        row = {"bench": "pricing", "name": "heston, value, per option", "peer": f"QuantLib {ql.__version__} {name}",
               "ns": statistics.median(ns), "ns_low": min(ns), "ns_high": max(ns)}
        if own:
            row["ratio to cos"] = row["ns"] / own[("heston chain, value, per option", "cos")]
        print(json.dumps(row))


if __name__ == "__main__":
    main()
