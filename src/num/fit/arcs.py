# SPDX-License-Identifier: Apache-2.0
"""Coefficients of arc sine and arc tangent in src/num/vmath_arc.h: interpolants as in norm_inv.py. Needs mpmath 1.3."""
from mpmath import asin, atan, log, mp, mpf, nstr, sqrt

from norm_inv import powers, show


def rest(f, third):
    """(f(sqrt z) / sqrt z - 1) / z, whose value at 0 is `third`."""
    return lambda z: (f(sqrt(z)) / sqrt(z) - 1) / z if z > mpf(10) ** -12 else mpf(third)


for name, f, third, most in (("asin", asin, mpf(1) / 6, mpf("0.2501")), ("atan", atan, -mpf(1) / 3, mpf("0.1717"))):
    g = rest(f, third)
    c = powers(g, mpf(0), most, 13)
    zs = [most * k / 400 + mpf(10) ** -9 for k in range(401)]
    worst = max(abs(sum(mpf(float(v)) * z**i for i, v in enumerate(c)) - g(z)) * z for z in zs)
    show("%s: log2 of the error beside %s x / x %s" % (name, name, nstr(log(worst, 2), 5)), c)
