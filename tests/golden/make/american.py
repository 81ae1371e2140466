#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/pricing/american.csv: American options on a random grid.

Kind "fixed": QuantLib's QdFpAmericanEngine at its high precision scheme (numbers there differ from the truth by up to
1.3e-5, see docs/reference/pricing/american.md). Kind "double": contracts with two boundaries, which QuantLib refuses:
a binomial tree whose last step is Black and Scholes's formula, extrapolated from 2000 and 4000 steps (Broadie and
Detemple 1996), good to about 1e-4.

  bench/.venv/bin/python tests/golden/make/american.py > tests/golden/pricing/american.csv
"""
import math
import random

import numpy as np
import QuantLib as ql
from scipy.special import ndtr

TODAY = ql.Date(2, 1, 2024)
DAYS = ql.Actual365Fixed()


def fixed(t, S, K, r, q, vol, days):
    process = ql.BlackScholesMertonProcess(
        ql.QuoteHandle(ql.SimpleQuote(S)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, q, DAYS)),
        ql.YieldTermStructureHandle(ql.FlatForward(TODAY, r, DAYS)),
        ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), vol, DAYS)))
    side = ql.Option.Call if t > 0 else ql.Option.Put
    option = ql.VanillaOption(ql.PlainVanillaPayoff(side, K), ql.AmericanExercise(TODAY, TODAY + days))
    option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.highPrecisionScheme()))
    return option.NPV()


def european(t, S, K, r, q, vol, T):
    sd = vol * math.sqrt(T)
    d1 = (np.log(S / K) + (r - q) * T) / sd + sd / 2
    return t * (S * math.exp(-q * T) * ndtr(t * d1) - K * math.exp(-r * T) * ndtr(t * (d1 - sd)))


def smoothed(t, S, K, r, q, vol, T, n):
    dt = T / n
    u = math.exp(vol * math.sqrt(dt))
    p = (math.exp((r - q) * dt) - 1 / u) / (u - 1 / u)
    df = math.exp(-r * dt)
    spot = S * u ** (2.0 * np.arange(n) - (n - 1))
    value = np.maximum(european(t, spot, K, r, q, vol, dt), t * (spot - K))
    for _ in range(n - 1):
        spot = spot[1:] / u
        value = np.maximum(df * (p * value[1:] + (1 - p) * value[:-1]), t * (spot - K))
    return float(value[0])


def main():
    random.seed(20261128)
    ql.Settings.instance().evaluationDate = TODAY
    print("# QuantLib", ql.__version__)
    print("# kind,type,spot,strike,r,q,vol,days,value")
    for i in range(1000):
        days = random.randint(1, 1825) if i % 2 else max(1, round(math.exp(random.uniform(0, math.log(1825)))))
        vol = random.uniform(0.03, 2.0) if i % 2 else math.exp(random.uniform(math.log(0.03), math.log(2)))
        r, q = random.uniform(-0.05, 0.12), random.uniform(-0.05, 0.12)
        q = 0.0 if i % 10 == 0 else r if i % 10 == 5 else q
        r = 0.0 if i % 20 == 7 else r
        row = [random.choice([-1, 1]), 100.0, round(random.uniform(60, 150), 2), round(r, 4), round(q, 4),
               round(vol, 4), days]
        a, b = (row[4], row[3]) if row[0] > 0 else (row[3], row[4])
        if b < a < 0:
            continue
        print("fixed," + ",".join("%.10g" % x for x in row + [fixed(*row)]))
    for i in range(40):
        a = -random.uniform(0.004, 0.04)
        b = a - random.uniform(0.004, 0.04)
        t = random.choice([-1, 1])
        days = random.randint(60, 1825)
        vol = math.exp(random.uniform(math.log(0.04), math.log(0.6)))
        row = [t, 100.0, round(random.uniform(80, 125), 2)] + [round(x, 4) for x in ((b, a) if t > 0 else (a, b))] + [
            round(vol, 4), days]
        args = row[:6] + [days / 365]
        print("double," + ",".join("%.10g" % x for x in row + [2 * smoothed(*args, 4000) - smoothed(*args, 2000)]))


main()
