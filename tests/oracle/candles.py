# SPDX-License-Identifier: Apache-2.0
"""What candlestick patterns share, naively: mean lengths of the bars before. The patterns themselves are held to TA-Lib's values."""
import math

NAN = float("nan")


def known(bar):
    return all(math.isfinite(x) for x in bar)


def mean_before(x, n):
    """Of each bar: the mean, and the size of its terms."""
    for t in range(len(x)):
        before = x[max(0, t - n) : t]
        if t < n or not known(before + [x[t]]):
            yield NAN, 0.0
        else:
            yield math.fsum(before) / n, math.fsum(map(abs, before)) / n


def shadows(o, h, l, c):
    return (h - max(o, c)) + (min(o, c) - l) if known((o, h, l, c)) else NAN


LENGTHS = {"body": lambda o, c: abs(c - o), "range": lambda h, l: h - l, "shadow": shadows}
