# SPDX-License-Identifier: Apache-2.0
"""Coefficients of tw_lane_mills (src/pricing/lane.h): (u + 4) times the Mills ratio of the normal distribution in
powers of t = (u - 4) / (u + 4), by interpolation at Chebyshev points with 60 digits. Needs mpmath."""
from mpmath import cos, erfc, exp, mp, mpf, pi, sqrt

mp.dps = 60
DEGREE, SHIFT = 22, mpf(4)


def mills(u):
    if u < 150:
        return sqrt(pi / 2) * erfc(u / sqrt(mpf(2))) * exp(u * u / 2)
    term, total = 1 / u, mpf(0)
    for k in range(12):
        total += term
        term *= -(2 * k + 1) / u**2
    return total


def main():
    n = DEGREE + 1
    angle = [pi * (k + mpf(1) / 2) / n for k in range(n)]
    value = []
    for a in angle:
        u = SHIFT * (1 + cos(a)) / (1 - cos(a))
        value.append((u + SHIFT) * mills(u))
    chebyshev = [2 / mpf(n) * sum(v * cos(j * a) for v, a in zip(value, angle)) for j in range(n)]
    chebyshev[0] /= 2
    power = [mpf(0)] * n
    before, now = [mpf(1)], [mpf(0), mpf(1)]
    for j in range(n):
        poly = before if j == 0 else now
        for i, c in enumerate(poly):
            power[i] += chebyshev[j] * c
        if j >= 1:
            after = [mpf(0)] + [2 * c for c in now]
            for i, c in enumerate(before):
                after[i] -= c
            before, now = now, after
    worst = 0
    for i in range(4000):
        t = mpf(2 * i + 1) / 4000 - 1
        u = SHIFT * (1 + t) / (1 - t)
        exact = (u + SHIFT) * mills(u)
        worst = max(worst, abs(sum(c * t**k for k, c in enumerate(power)) / exact - 1))
    print("relative error %.2g" % worst)
    print(", ".join(float(c).hex() for c in power))


main()
