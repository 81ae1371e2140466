#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/pricing/bivariate.csv: the bivariate normal distribution at random points, by mpmath 1.3 with 40
digits (an integral of the univariate one). A line: bivariate, x, y, correlation, value.

    python3 tests/golden/make/bivariate.py > tests/golden/pricing/bivariate.csv
"""
import random

from mpmath import erfc, exp, mp, mpf, pi, quad, sqrt

mp.dps = 40


def phi(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def bivariate(x, y, r):
    scale = sqrt(1 - mpf(r) ** 2)
    f = lambda t: exp(-t * t / 2) / sqrt(2 * pi) * phi((y - r * t) / scale)
    kink = min(max(y / r, -12), x) if r else 0
    points = sorted({mpf(-14), mpf(kink) - 6 * scale, mpf(kink), mpf(kink) + 6 * scale, mpf(x)})
    return quad(f, [p for p in points if -14 <= p <= x], maxdegree=10)


def main():
    rng = random.Random(5)
    print("# by tests/golden/make/bivariate.py with mpmath 1.3, 40 digits")
    for i in range(60):
        r = rng.choice((-1, 1)) * (rng.uniform(0, 0.92) if i % 2 else 1 - 10 ** rng.uniform(-5, -1.1))
        x, y = rng.gauss(0, 1.5), rng.gauss(0, 1.5)
        print("bivariate,%.17g,%.17g,%.17g,%s" % (x, y, r, mp.nstr(bivariate(x, y, r), 20)))


main()
