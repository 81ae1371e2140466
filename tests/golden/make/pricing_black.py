#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/pricing/black.csv: values and greeks of random and extreme European options with more than 50 digits, the
greeks by numerical differentiation of the value (mpmath 1.3), so that no formula for them is shared with the library.

    python3 tests/golden/make/pricing_black.py > tests/golden/pricing/black.csv

A line: kind, type, spot, strike, r, q, vol, T, payout, then value, delta, gamma, vega, theta, rho, dividend_rho, vanna,
volga, charm, speed, color. For bachelier (a forward) r moves no forward and q is not used.
"""
import random

from mpmath import diff, erfc, exp, log, mp, mpf, sqrt

mp.dps = 120


def phi(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def vanilla(w, S, K, r, q, v, T):
    sd = v * sqrt(T)
    d1 = (log(S / K) + (r - q) * T) / sd + sd / 2
    return w * (S * exp(-q * T) * phi(w * d1) - K * exp(-r * T) * phi(w * (d1 - sd)))


def cash(w, S, K, r, q, v, T):
    sd = v * sqrt(T)
    return exp(-r * T) * phi(w * ((log(S / K) + (r - q) * T) / sd - sd / 2))


def asset(w, S, K, r, q, v, T):
    sd = v * sqrt(T)
    return S * exp(-q * T) * phi(w * ((log(S / K) + (r - q) * T) / sd + sd / 2))


def bachelier(w, S, K, r, q, v, T):
    sd = v * sqrt(T)
    d = (S - K) / sd
    return exp(-r * T) * (w * (S - K) * phi(w * d) + sd * exp(-d * d / 2) / sqrt(2 * mp.pi))


GREEKS = [((1, 0, 0, 0, 0), 1), ((2, 0, 0, 0, 0), 1), ((0, 0, 0, 1, 0), 1), ((0, 0, 0, 0, 1), -1), ((0, 1, 0, 0, 0), 1),
          ((0, 0, 1, 0, 0), 1), ((1, 0, 0, 1, 0), 1), ((0, 0, 0, 2, 0), 1), ((1, 0, 0, 0, 1), -1), ((3, 0, 0, 0, 0), 1),
          ((2, 0, 0, 0, 1), -1)]


def line(kind, f, w, S, K, r, q, v, T, payout):
    at = tuple(mpf(x) for x in (S, r, q, v, T))
    of = lambda s, rr, qq, vv, tt: payout * f(w, s, mpf(K), rr, qq, vv, tt)
    values = [of(*at)]
    for order, sign in GREEKS:
        step = mpf(10) ** -25
        # Steps in proportion to the point, so that tiny and huge spots do.
        scale = [x if x else mpf(1) for x in at]
        g = lambda *e: of(*(x + s * u for x, s, u in zip(at, scale, e)))
        value = diff(g, (0, 0, 0, 0, 0), order, h=step)
        for n, s in zip(order, scale):
            value /= s**n
        values.append(sign * value)
    print(",".join([kind, "%d" % w] + ["%.17g" % x for x in (S, K, r, q, v, T, payout)] + [mp.nstr(x, 19) for x in values]))


def main():
    rng = random.Random(20)
    print("# by tests/golden/make/pricing_black.py with mpmath 1.3, 120 digits")
    rows = []
    for _ in range(150):  # a desk's
        S, T, v = 100.0, rng.uniform(0.002, 5), rng.uniform(0.03, 1.2)
        K = S * float(exp(mpf(rng.gauss(0, 2.0) * v * T**0.5)))
        rows.append((S, K, rng.uniform(-0.03, 0.12), rng.uniform(-0.02, 0.1), v, T))
    for _ in range(100):  # out to 12 deviations, scales of 600 decades, rates of any size
        S = 10.0 ** rng.uniform(-150, 150)
        T, v = 10.0 ** rng.uniform(-4, 1.7), 10.0 ** rng.uniform(-3, 0.6)
        r, q = rng.uniform(-0.4, 0.4), rng.uniform(-0.4, 0.4)
        K = S * float(exp((r - q) * mpf(T) + mpf(rng.uniform(-12, 12) * v * T**0.5)))
        rows.append((S, K, r, q, v, T))
    rows.append((100.0, 60.0, 0.01, 0.03, 0.15, 0.35))
    for S, K, r, q, v, T in rows:
        w = rng.choice((1, -1))
        line("vanilla", vanilla, w, S, K, r, q, v, T, 1)
    for S, K, r, q, v, T in rows[0:150:5] + rows[150::10]:
        w = rng.choice((1, -1))
        line("cash", cash, w, S, K, r, q, v, T, 7.25)
        line("asset", asset, w, S, K, r, q, v, T, 1)
    for _ in range(60):
        F, v, T = rng.uniform(-50, 50), 10.0 ** rng.uniform(-3, 2), 10.0 ** rng.uniform(-3, 1.3)
        K = F + rng.uniform(-10, 10) * v * T**0.5
        line("bachelier", bachelier, rng.choice((1, -1)), F, K, rng.uniform(-0.1, 0.1), 0.0, v, T, 1)


main()
