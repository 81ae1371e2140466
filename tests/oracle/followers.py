# SPDX-License-Identifier: Apache-2.0
"""Naive twins of averaged candles, of bands that trail a price, and of averages whose period is a series: written from the formulas, over whole series. Bars are rows of Decimal; an
answer is a pair of a value (None before the first) and the size its error is measured by."""
import decimal
import math

BIG = decimal.Decimal


def ha(bars, p):
    out, opened = [], None
    for o, h, l, c in bars:
        opened = (o + c) / 2 if opened is None else opened
        close = (o + h + l + c) / 4
        size = max(abs(v) for v in (o, h, l, c, opened))
        out.append([(opened, size), (max(h, opened, close), size), (min(l, opened, close), size), (close, size)])
        opened = (opened + close) / 2
    return out


def trailing_bands(bars, p):
    out = []
    for i, (upper, lower, close) in enumerate(bars):
        if i == 0:
            top, bottom, up = upper, lower, True
        else:
            last = bars[i - 1][2]
            top = upper if upper < top or last > top else top
            bottom = lower if lower > bottom or last < bottom else bottom
            up = not close < bottom if up else close > top
        out.append([(bottom if up else top, 0), (BIG(1 if up else -1), 0)])
    return out


def period_of(x, p):
    return max(p["minperiod"], min(p["maxperiod"], math.floor(x)))


def seeded(values, n, k):
    """Mean of the first n of those that are there, then v += k (x - v)."""
    there = [v for v in values if v is not None]
    out, v = [None] * (len(values) - len(there)), BIG(0)
    for i, x in enumerate(there):
        v = v + x if i < n - 1 else (v + x) / n if i == n - 1 else v + k * (x - v)
        out.append(v if i >= n - 1 else None)
    return out


def links(values, n, count):
    """Averages of averages of n bars."""
    out = []
    for _ in range(count):
        values = seeded(values, n, BIG(2) / (n + 1))
        out.append(values)
    return out


def tillson(v):
    return [-(v**3), 3 * (v**2 + v**3), -6 * v**2 - 3 * (v + v**3), 1 + 3 * v + v**3 + 3 * v**2]


def smooth_ratio(bars, p):
    def twice(values):
        return seeded(seeded(values, p["slowperiod"], BIG(2) / (p["slowperiod"] + 1)), p["fastperiod"], BIG(2) / (p["fastperiod"] + 1))

    top, bottom = twice([b[0] for b in bars]), twice([b[1] for b in bars])
    sizes = twice([abs(b[0]) for b in bars]), twice([abs(b[1]) for b in bars])
    out = []
    for x, y, a, b in zip(top, bottom, *sizes):
        out.append([(None, 0) if x is None else (BIG(0), 0) if y == 0 else (x / y, a / abs(y) + abs(x) * b / y / y)])
    return out


def vwap(bars, p):
    out, money, volume, size = [], BIG(0), BIG(0), BIG(0)
    for high, low, close, v in bars:
        price = (high + low + close) / 3
        money, volume, size = money + price * v, volume + v, max(size, abs(price), abs(close))
        out.append([(money / volume if volume else price, size)])
    return out


CHAINS = {"ema": (1, [1]), "dema": (2, [-1, 2]), "tema": (3, [1, -3, 3]), "t3": (6, tillson(BIG("0.7")))}


def chained(kind):
    """All periods begin so that they have their first value on one bar."""
    count, coefs = CHAINS[kind]

    def of(x, n, p, parts):
        late = count * (p["maxperiod"] - n)
        rows = [a[::-1] for a in zip(*links([None] * min(late, len(x)) + x[late:], n, count))]
        return [None if r[0] is None else sum(c * v for c, v in zip(parts, r)) for r in rows]

    def run(bars, p):
        x, wanted = [b[0] for b in bars], [period_of(b[1], p) for b in bars]
        value = {n: of(x, n, p, coefs) for n in set(wanted)}
        size = {n: of([abs(v) for v in x], n, p, [abs(c) for c in coefs]) for n in set(wanted)}
        return [[(value[n][t], size[n][t] or 0)] for t, n in enumerate(wanted)]

    return run


WEIGHTS = {"sma": lambda k, n: 1, "wma": lambda k, n: n - k, "trima": lambda k, n: min(k + 1, n - k)}


def window(kind):
    """Over columns, missing ones too: a value for each bar, or None."""

    def run(columns, p):
        x, periods, out = *columns, []
        for t in range(len(x)):
            rows = x[max(0, t + 1 - p["maxperiod"]) : t + 1]
            if len(rows) < p["maxperiod"] or any(v != v for v in rows) or periods[t] != periods[t]:
                out.append((None, 0))
                continue
            n = period_of(periods[t], p)
            weights = [WEIGHTS[kind](k, n) for k in range(n)]
            value = sum(w * BIG(x[t - k]) for k, w in enumerate(weights)) / sum(weights)
            out.append((value, max(map(abs, rows))))
        return out

    return run


def kama(bars, p):
    """All periods begin from the price before the first whole window of the longest."""
    most, out, state = p["maxperiod"], [], {}
    for t, (x, period) in enumerate(bars):
        if t < most:
            out.append([(None, 0)])
            continue
        rows = [b[0] for b in bars[t - most : t + 1]]
        near = max(map(abs, rows))
        for n in range(p["minperiod"], most + 1):
            last, size = state.get(n, (rows[-2], near))
            net, path = abs(rows[-1] - rows[-1 - n]), sum(abs(b - a) for a, b in zip(rows[-1 - n :], rows[len(rows) - n :]))
            share = BIG(1) if net >= path else net / path
            k = BIG(1) if n == 1 else (share * (BIG(2) / 3 - BIG(2) / 31) + BIG(2) / 31) ** 2
            state[n] = last + k * (x - last), max(near, size * BIG("0.99"))
        out.append([state[period_of(period, p)]])
    return out
