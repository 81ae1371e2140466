# SPDX-License-Identifier: Apache-2.0
"""What candlestick patterns share, naively: means of the bars before, and facts of a bar as bits of 2^52 + facts. The patterns themselves are held to TA-Lib's values."""
import math
import struct

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


def order(x, y):
    return [x > y, x < y]


def moves(i):
    bars = list(zip(*i))
    for last, bar in zip([(NAN,) * 4] + bars, bars):
        if not (known(last) and known(bar)):
            yield NAN
            continue
        (o, h, l, c), (o1, h1, l1, c1) = bar, last
        top, bottom, top1, bottom1 = max(o, c), min(o, c), max(o1, c1), min(o1, c1)
        facts = [c >= o, c1 >= o1, *order(c, c1), *order(o, o1), *order(o, c1), *order(c, o1), *order(h, h1), *order(l, l1), bottom > top1, top < bottom1, l > h1, h < l1,
                 *order(top, top1), *order(bottom, bottom1), *order(abs(c - o), abs(c1 - o1)), o < l1, o > h1]  # fmt: skip
        yield float(2**52 + sum(fact << k for k, fact in enumerate(facts)))


def measured(i):
    for o, h, l, c, old, mean_body, mean_range in zip(*i):
        body, upper, lower, tenth = abs(c - o), h - max(o, c), min(o, c) - l, 0.1 * mean_range
        facts = [*order(body, mean_body), body <= tenth, upper < tenth, lower < tenth, upper > tenth, lower > tenth, upper > body, lower > body, upper > 2 * body, lower > 2 * body]
        bits = struct.unpack("Q", struct.pack("d", old))[0] | sum(fact << 26 + k for k, fact in enumerate(facts))
        yield struct.unpack("d", struct.pack("Q", bits))[0] if known((old, mean_body, mean_range, o, h, l, c)) else NAN
