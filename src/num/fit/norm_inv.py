# SPDX-License-Identifier: Apache-2.0
"""Coefficients of the inverse normal in src/num/vmath_normal.h: Chebyshev interpolants at high precision, turned
into powers and rounded. Needs mpmath 1.3."""
from mpmath import cos, erfc, exp, log, mp, mpf, pi, sqrt

mp.dps = 50


def powers(f, lo, hi, n):
    """Power coefficients in x of the degree n - 1 Chebyshev interpolant of f on [lo, hi]."""
    xs = [cos(pi * (k + mpf(1) / 2) / n) for k in range(n)]
    fs = [f((lo + hi) / 2 + (hi - lo) / 2 * x) for x in xs]
    c = [2 * sum(fs[k] * cos(pi * j * (k + mpf(1) / 2) / n) for k in range(n)) / n for j in range(n)]
    c[0] /= 2
    a, b = mpf(2) / (hi - lo), -(hi + lo) / (hi - lo)  # u = a x + b
    t0, t1, out = [mpf(1)], [b, a], [mpf(0)] * n

    def add(t, s):
        for i, v in enumerate(t):
            out[i] += s * v

    add(t0, c[0])
    add(t1, c[1])
    for j in range(2, n):
        t2 = [mpf(0)] * (j + 1)
        for i, v in enumerate(t1):
            t2[i] += 2 * b * v
            t2[i + 1] += 2 * a * v
        for i, v in enumerate(t0):
            t2[i] -= v
        add(t2, c[j])
        t0, t1 = t1, t2
    return out


def upper(m):
    """z > 0 with Phi(-z) = m."""
    z = sqrt(-2 * log(m)) - mpf("0.3")
    for _ in range(200):
        p, d = erfc(z / sqrt(mpf(2))) / 2, exp(-z * z / 2) / sqrt(2 * pi)
        t = (p - m) / d
        step = t / (1 - z * t / 2)
        z += step
        if abs(step) < mpf(10) ** -40:
            return z
    raise ArithmeticError(m)


def central(w):
    q = sqrt(w)
    return upper(mpf(1) / 2 - q) / q if q > mpf(10) ** -8 else sqrt(2 * pi) * (1 + 2 * pi * w / 6)


def show(name, c, split=False):
    print(name)
    if split:
        hi = float(c[0])
        print(" ", hi.hex(), float(c[0] - mpf(hi)).hex())
    for v in c:
        print(" ", float(v).hex() + ",")


if __name__ == "__main__":
    c = powers(central, mpf(0), mpf("0.0626"), 14)
    ws = [mpf("0.0625") * k / 400 + mpf(10) ** -9 for k in range(401)]
    worst = max(abs(sum(v * w**i for i, v in enumerate(c)) / central(w) - 1) for w in ws)
    show("central, powers of (1/2 - p)^2; log2 of the error %s" % mp.nstr(log(worst, 2), 5), c, True)

    a, lo, hi = mpf(2), sqrt(-log(mpf("0.2501"))), mpf("27.3")
    tl, th = (lo - a) / (lo + a), (hi - a) / (hi + a)

    def guess(t):
        r = a * (1 + t) / (1 - t)
        return upper(exp(-r * r)) / (r + 1)

    c = powers(guess, tl, th, 13)
    ts = [tl + (th - tl) * k / 300 for k in range(301)]
    worst = max(abs(sum(v * t**i for i, v in enumerate(c)) / guess(t) - 1) for t in ts)
    show("tail guess / (r + 1), powers of (r - 2)/(r + 2); log2 of the error %s" % mp.nstr(log(worst, 2), 5), c)
