#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every operator of the table against a naive twin written from its formula, over awkward bars: prices of 60,000 that move by a cent, prices below a cent, spikes of 1e12, flat and
tied series, zeros, gaps, late listings. Windows are computed in whole numbers (exactly), recursions with 60 digits. Standard library only; prints the largest error of each."""
import collections
import csv
import decimal
import gzip
import io
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile

import candles
import factors
import followers
import indicators
import popular

PROGRAM = os.environ["TRADEWIND"]
SHARED = os.environ.get("SHARED_DATA", "")
COLUMNS = ["open", "high", "low", "close", "volume", "x", "y", "z"]
BARS = 105
NAN = float("nan")
BIG = decimal.Decimal
decimal.getcontext().prec = 60
decimal.getcontext().Emax, decimal.getcontext().Emin = 10**6, -(10**6)


def missing(x):
    return x != x


# ---------------------------------------------------------------- answers: a value, and the size its error is measured by


Answer = collections.namedtuple("Answer", "value size")


def exact(x):
    return Answer(x, 0.0)


def to_float(x):
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf


def from_big(value, size):
    return Answer(to_float(value), None if size is None else 0.0 if size.is_nan() else to_float(size))


def sized(value, size):
    return Answer(to_float(value), None if size is None else to_float(size))


def relative(x):
    x = to_float(x)
    return Answer(x, abs(x))


class Window:
    """Values of a window as whole numbers times 2^e, so that sums of powers are exact."""

    def __init__(self, *series):
        self.series, self.n = series, len(series[0])
        parts = [[math.frexp(v) for v in s] for s in series]
        self.e = [min(k for _, k in p) - 53 for p in parts]
        self.m = [[int(math.ldexp(f, 53)) << (k - 53 - e) for f, k in p] for p, e in zip(parts, self.e)]

    def ratio(self, top, bottom, e):
        """top / bottom 2^e with 60 digits."""
        return BIG(top) / BIG(bottom) * BIG(2) ** e

    def mean(self, j=0):
        return self.ratio(sum(self.m[j]), self.n, self.e[j])

    def largest(self, j=0):
        return max(abs(v) for v in self.series[j])

    def cross(self, i=0, j=0):
        a, b, n = self.m[i], self.m[j], self.n
        return self.ratio(n * sum(p * q for p, q in zip(a, b)) - sum(a) * sum(b), n, self.e[i] + self.e[j])

    def power(self, k):
        n, total = self.n, sum(self.m[0])
        return self.ratio(sum((n * v - total) ** k for v in self.m[0]), n ** (k + 1), k * self.e[0])

    def line(self):
        n = self.n
        slope = self.ratio(12 * sum((2 * i - n + 1) * v for i, v in enumerate(self.m[0])), 2 * n * (n * n - 1), self.e[0])
        return self.mean() - slope * (n - 1) / 2, slope


def spread(w, j=0):
    return to_float((w.cross(j, j) / w.n).sqrt())


def place(values, best):
    return exact(float(1 + values.index(best(values))))


def quantile(values, q):
    s, at = sorted(values), q * (len(values) - 1)
    i = int(at)
    j = min(i + 1, len(s) - 1)
    return BIG(s[i]) + (BIG(s[j]) - BIG(s[i])) * BIG(at - i)


def moment3(w):
    n, m2 = w.n, w.power(2)
    return Answer(NAN, 0) if m2 == 0 else Answer(to_float(BIG(n * (n - 1)).sqrt() / (n - 2) * w.power(3) / m2 / m2.sqrt()), float(n))


def moment4(w):
    n, m2 = w.n, w.power(2)
    if m2 == 0:
        return Answer(NAN, 0)
    return Answer(to_float(BIG(n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * w.power(4) / m2 / m2 - 3 * (n - 1))), float(n * n))


def correlation(w, flat):
    xx, yy = w.cross(0, 0), w.cross(1, 1)
    return exact(flat) if xx == 0 or yy == 0 else Answer(to_float(w.cross(0, 1) / xx.sqrt() / yy.sqrt()), 1.0)


def covariance(w, ddof):
    return Answer(to_float(w.cross(0, 1) / (w.n - ddof)), spread(w, 0) * spread(w, 1) * w.n / (w.n - ddof))


def slope_on(w):
    xx = w.cross(1, 1)
    return exact(NAN) if xx == 0 else Answer(to_float(w.cross(0, 1) / xx), spread(w, 0) / spread(w, 1))


def score(w, ddof):
    std = (w.cross() / (w.n - ddof)).sqrt()
    return exact(NAN) if std == 0 else Answer(to_float((BIG(w.series[0][-1]) - w.mean()) / std), 1 + spread(w) / float(std))


def r_square(w):
    _, slope = w.line()
    m2, n = w.cross(), w.n
    return exact(NAN) if m2 == 0 else Answer(to_float(slope * slope * n * (n * n - 1) / 12 / m2), 1.0)


def angle(w):
    slope = to_float(w.line()[1])
    return Answer(math.degrees(math.atan(slope)), 1e-300 + abs(math.degrees(math.atan(slope))) + 60 * spread(w) / w.n)


def weighted(w):
    n = w.n
    return Answer(to_float(w.ratio(sum((i + 1) * v for i, v in enumerate(w.m[0])), n * (n + 1) // 2, w.e[0])), w.largest())


def away(values):
    mean = sum(map(BIG, values)) / len(values)
    return mean, sum(abs(BIG(v) - mean) for v in values) / len(values)


def deviation(w):
    return Answer(to_float(away(w.series[0])[1]), w.largest())


def away_score(x, unit):
    """The newest of x from its mean, in `unit` mean absolute deviations; both rounded in the size of x."""
    mean, mad = away(x)
    if mad == 0:
        return exact(0.0)
    score = (BIG(x[-1]) - mean) / mad
    size = (1 + abs(float(score))) * (1 + 1e-3 * max(map(abs, x)) / float(mad))
    return Answer(to_float(score / BIG(unit)), size / float(unit))


def deviation_score(w):
    return away_score(w.series[0], "1")


def channel(w):
    return away_score([(h + l + c) / 3.0 for h, l, c in zip(*w.series)], "0.015")


def bands(w, p):
    mean, std, size = w.mean(), (w.cross() / w.n).sqrt(), w.largest()
    up, down = BIG(p["nbdevup"]), BIG(p["nbdevdn"])
    return [Answer(to_float(v), size * (1 + float(max(up, down)))) for v in (mean + up * std, mean, mean - down * std)]


def middle(top, bottom):
    return Answer(to_float((BIG(top) + BIG(bottom)) / 2), max(abs(top), abs(bottom)))


def in_range(high, low, value, sign):
    top, bottom = max(high), min(low)
    if top == bottom:
        return exact(0.0)
    part = (value - bottom) if sign > 0 else -(top - value)
    return Answer(100 * (part / (top - bottom)), abs(100 * (part / (top - bottom))))


def newest_place(values, best, period):
    ago = values[::-1].index(best(values))
    return Answer(100.0 * (period - ago) / period, 100.0)


def lines(w):
    start, slope = w.line()
    size, small = w.largest(), spread(w) / w.n
    return [Answer(to_float(start + slope * (w.n - 1)), size), Answer(to_float(slope), small), Answer(to_float(start), size)]


# name: answers of one whole window, from its series and the parameters
WINDOWS = {
    "sum": lambda w, p: Answer(to_float(w.mean() * w.n), w.n * w.largest()),
    "count": lambda w, p: exact(float(sum(v != 0 for v in w.series[0]))),
    "product": lambda w, p: relative(math.prod(map(BIG, w.series[0]))),
    "mean": lambda w, p: Answer(to_float(w.mean()), w.largest()),
    "sma": lambda w, p: Answer(to_float(w.mean()), w.largest()),
    "var": lambda w, p: relative(w.cross() / (w.n - p["ddof"])),
    "std": lambda w, p: relative((w.cross() / (w.n - p["ddof"])).sqrt()),
    "stddev": lambda w, p: relative(BIG(p["nbdev"]) * (w.cross() / (w.n - p["ddof"])).sqrt()),
    "ts_zscore": lambda w, p: score(w, p["ddof"]),
    "skew": lambda w, p: moment3(w),
    "kurt": lambda w, p: moment4(w),
    "corr": lambda w, p: correlation(w, NAN),
    "correl": lambda w, p: correlation(w, 0.0),
    "cov": lambda w, p: covariance(w, p["ddof"]),
    "slope_on": lambda w, p: slope_on(w),
    "slope": lambda w, p: lines(w)[1],
    "linreg": lambda w, p: lines(w),
    "tsf": lambda w, p: Answer(to_float(w.line()[0] + w.line()[1] * w.n), w.largest()),
    "resi": lambda w, p: Answer(to_float(BIG(w.series[0][-1]) - w.line()[0] - w.line()[1] * (w.n - 1)), spread(w)),
    "rsquare": lambda w, p: r_square(w),
    "linearreg_angle": lambda w, p: angle(w),
    "wma": lambda w, p: weighted(w),
    "decay_linear": lambda w, p: weighted(w),
    "mad": lambda w, p: deviation(w),
    "avgdev": lambda w, p: deviation(w),
    "cci": lambda w, p: channel(w),
    "mad_score": lambda w, p: deviation_score(w),
    "max": lambda w, p: exact(max(w.series[0])),
    "min": lambda w, p: exact(min(w.series[0])),
    "argmax": lambda w, p: place(w.series[0], max),
    "argmin": lambda w, p: place(w.series[0], min),
    "median": lambda w, p: Answer(to_float(quantile(w.series[0], 0.5)), w.largest()),
    "quantile": lambda w, p: Answer(to_float(quantile(w.series[0], p["q"])), w.largest()),
    "percentile": lambda w, p: exact(sorted(w.series[0])[max(1, math.ceil(p["percentile"] / 100.0 * w.n)) - 1]),
    "below": lambda w, p: exact(float(sum(v < w.series[0][-1] for v in w.series[0]))),
    "bbands": lambda w, p: bands(w, p),
    "sma_bands": lambda w, p: bands(w, p),
    "midpoint": lambda w, p: middle(max(w.series[0]), min(w.series[0])),
    "midprice": lambda w, p: middle(max(w.series[0]), min(w.series[1])),
    "ts_rank": lambda w, p: relative((sum(v < w.series[0][-1] for v in w.series[0]) + (sum(v == w.series[0][-1] for v in w.series[0]) + 1) / 2) / w.n),
}


def whole_windows(f, inputs, p, n_out, period):
    out = []
    for t in range(len(inputs[0])):
        rows = [s[max(0, t + 1 - period) : t + 1] for s in inputs]
        whole = t + 1 >= period and not any(missing(v) for r in rows for v in r)
        got = f(Window(*rows), p) if whole else [exact(NAN)] * n_out
        out.append(got if isinstance(got, list) else [got])
    return out


# ---------------------------------------------------------------- windows of other shapes


def later(k, f):
    return lambda i, p: [[f(x, i[0][t - p[k]]) if t >= p[k] else exact(NAN)] for t, x in enumerate(i[0])]


def divide(a, b):
    if missing(a) or missing(b):
        return NAN
    if b == 0:
        return NAN if a == 0 else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


def range_of(sign):
    def run(i, p):
        n = p["timeperiod"]
        out = []
        for t in range(len(i[0])):
            high, low = i[0][max(0, t + 1 - n) : t + 1], i[1][max(0, t + 1 - n) : t + 1]
            bad = t + 1 < n or any(map(missing, high + low)) or missing(i[2][t])
            out.append([exact(NAN) if bad else in_range(high, low, i[2][t], sign)])
        return out

    return run


def means(series, n):
    out = []
    for t in range(len(series)):
        rows = series[max(0, t + 1 - n) : t + 1]
        bad = t + 1 < n or any(missing(a.value) for a in rows)
        out.append(exact(NAN) if bad else Answer(to_float(sum(BIG(a.value) for a in rows) / n), max(a.size for a in rows)))
    return out


def stoch(i, fastk, slowk, slowd):
    fast = [r[0] for r in range_of(1)(i, {"timeperiod": fastk})]
    slow = means(fast, slowk)
    d = means(slow, slowd)
    return [[k if not missing(e.value) else exact(NAN), e] for k, e in zip(slow, d)]


def aroon(i, p):
    n, out = p["timeperiod"], []
    for t in range(len(i[0])):
        high, low = i[0][max(0, t - n) : t + 1], i[1][max(0, t - n) : t + 1]
        bad = t < n or any(map(missing, high + low))
        out.append([exact(NAN)] * 2 if bad else [newest_place(low, min, n), newest_place(high, max, n)])
    return out


def true_range(high, low, before):
    return max(high - low, abs(high - before), abs(low - before))


def donchian(i, p):
    """Each band is missing with its own prices alone."""
    n = p["timeperiod"]
    high, low = whole_windows(WINDOWS["max"], i[:1], p, 1, n), whole_windows(WINDOWS["min"], i[1:], p, 1, n)
    both = whole_windows(WINDOWS["midprice"], i, p, 1, n)
    return [h + m + l for h, m, l in zip(high, both, low)]


def trange(i, p):
    rows = list(zip(i[0], i[1], [NAN] + i[2]))
    return [[exact(NAN if any(map(missing, r)) else true_range(*r))] for r in rows]


def fracdiff(i, p):
    weights, d = [BIG(1)], BIG(p["d"])
    while p["window"] == 0 or len(weights) < p["window"]:
        k = len(weights)
        weight = -weights[-1] * (d - k + 1) / k
        if p["window"] == 0 and abs(weight) < BIG(p["threshold"]):
            break
        weights.append(weight)
    out = []
    for t in range(len(i[0])):
        rows = i[0][max(0, t + 1 - len(weights)) : t + 1][::-1]
        bad = len(rows) < len(weights) or any(map(missing, rows))
        terms = [] if bad else [w * BIG(v) for w, v in zip(weights, rows)]
        out.append([exact(NAN) if bad else Answer(to_float(sum(terms)), to_float(sum(map(abs, terms))))])
    return out


# ---------------------------------------------------------------- recursions: over the bars that are known, with 60 digits


def seeded(values, n, k):
    """Mean of the first n, then v += k (x - v); None before."""
    out, v = [], BIG(0)
    for i, x in enumerate(values):
        v = v + x if i < n - 1 else (v + x) / n if i == n - 1 else v + k * (x - v)
        out.append(v if i >= n - 1 else None)
    return out


def smooth(k_of):
    def run(bars, p):
        k, x = k_of(p["timeperiod"]), [b[0] for b in bars]
        values, sizes = seeded(x, p["timeperiod"], k), seeded([abs(v) for v in x], p["timeperiod"], k)
        return [[(v, s)] for v, s in zip(values, sizes)]

    return run


def exponential(n):
    return BIG(2) / (n + 1)


def wilder(n):
    return BIG(1) / n


def ewm_std(bars, p):
    k, out, m, v, size = exponential(p["timeperiod"]), [], None, BIG(0), BIG(0)
    for i, (x,) in enumerate(bars):
        if m is None:
            m, size = x, abs(x)
        else:
            d = x - m
            m, v, size = m + k * d, (1 - k) * (v + k * d * d), max(abs(x), size * (1 - k))
        out.append([(v.sqrt() if i >= p["timeperiod"] - 1 else None, size + v.sqrt())])
    return out


def macd(bars, p):
    fast, slow, n = min(p["fastperiod"], p["slowperiod"]), max(p["fastperiod"], p["slowperiod"]), p["signalperiod"]
    x = [b[0] for b in bars]
    quick = [None] * (slow - fast) + seeded(x[slow - fast :], fast, exponential(fast))
    calm, size = seeded(x, slow, exponential(slow)), seeded([abs(v) for v in x], slow, exponential(slow))
    line = [a - b for a, b in zip(quick, calm) if a is not None and b is not None]
    signal = [None] * (slow - 1) + seeded(line, n, exponential(n))
    out = []
    for t in range(len(x)):
        s = signal[t] if t < len(signal) else None
        near = max(v or BIG(0) for v in size[max(0, t - 3 * n) : t + 1])
        out.append([(None, 0)] * 3 if s is None else [(line[t - slow + 1], near), (s, near), (line[t - slow + 1] - s, near)])
    return out


def rsi(bars, p):
    x, n = [b[0] for b in bars], p["timeperiod"]
    moves = [b - a for a, b in zip(x, x[1:])]
    up = seeded([max(m, BIG(0)) for m in moves], n, wilder(n))
    down = seeded([max(-m, BIG(0)) for m in moves], n, wilder(n))
    return [[(None, 0)]] * min(1, len(x)) + [
        [(None, 0) if u is None else (BIG(0) if u + d == 0 else 100 * u / (u + d), 100)] for u, d in zip(up, down)
    ]


def atr(bars, p):
    ranges = [true_range(b[0], b[1], a[2]) for a, b in zip(bars, bars[1:])]
    return [[(None, 0)]] * min(1, len(bars)) + [[(v, v)] for v in seeded(ranges, p["timeperiod"], wilder(p["timeperiod"]))]


def natr(bars, p):
    out = []
    for (c,), bar in zip(atr(bars, p), bars):
        v = None if c[0] is None else (BIG(0) if bar[2] == 0 else 100 * c[0] / bar[2])
        out.append([(v, abs(v) if v else 0)])
    return out


def movement(bars, n):
    """+di, -di, and the dx of each bar (None where there is no movement) from the n-th bar on."""
    plus, minus, ranges, out = BIG(0), BIG(0), BIG(0), []
    for i, bar in enumerate(bars):
        up = down = gain = loss = wide = BIG(0)
        if i:
            up, down = bar[0] - bars[i - 1][0], bars[i - 1][1] - bar[1]
            gain, loss = (up if up > down and up > 0 else BIG(0)), (down if down > up and down > 0 else BIG(0))
            wide = true_range(bar[0], bar[1], bars[i - 1][2])
        keep = 1 if i < n else 1 - BIG(1) / n
        plus, minus, ranges = plus * keep + gain, minus * keep + loss, ranges * keep + wide
        p, m = (100 * plus / ranges, 100 * minus / ranges) if ranges > 0 else (BIG(0), BIG(0))
        out.append((p, m, 100 * abs(p - m) / (p + m) if p + m > 0 else None) if i >= n else None)
    return out


def directional(which):
    return lambda bars, p: [[(None, 0) if r is None else (r[which], 100)] for r in movement(bars, p["timeperiod"])]


def dx(bars, p):
    out, last = [], BIG(0)
    for r in movement(bars, p["timeperiod"]):
        last = last if r is None or r[2] is None else r[2]
        out.append([(None, 0) if r is None else (last, 100)])
    return out


def adx(bars, p):
    out, n, seen, v = [], p["timeperiod"], 0, BIG(0)
    for r in movement(bars, p["timeperiod"]):
        if r is not None:
            seen += 1
            x = r[2] if r[2] is not None else v if seen > n else BIG(0)
            v = v + x if seen < n else (v + x) / n if seen == n else v + (x - v) / n
        out.append([(v if seen >= n else None, 100)])
    return out


def obv(bars, p):
    out, o, size = [], BIG(0), BIG(0)
    for i, (close, volume) in enumerate(bars):
        size += abs(volume)
        o = volume if i == 0 else o + (volume if close > bars[i - 1][0] else -volume if close < bars[i - 1][0] else 0)
        out.append([(o, size)])
    return out


def follow(bars, p):
    out, v, size = [], None, None
    for x, k, start in bars:
        k = min(max(k, BIG(0)), BIG(1))
        v, size = (start, abs(start)) if v is None else (v, size)
        v, size = v + k * (x - v), size + k * (abs(x) - size)
        out.append([(v, size)])
    return out


def skip(bars, p):
    return [[(x if i >= p["k"] else None, abs(x))] for i, (x,) in enumerate(bars)]


RECURSIONS = {"ema": smooth(exponential), "rma": smooth(wilder), "ewm_std": ewm_std, "macd": macd, "rsi": rsi, "atr": atr, "natr": natr,
              "plus_di": directional(0), "minus_di": directional(1), "dx": dx, "adx": adx, "obv": obv, "follow": follow, "skip": skip, "hold": factors.hold, "ha": followers.ha,
              "trailing_bands": followers.trailing_bands, "vary_kama": followers.kama, "vwap": followers.vwap, "smooth_ratio": followers.smooth_ratio, **{f"vary_{kind}": followers.chained(kind) for kind in followers.CHAINS}}  # fmt: skip


def over_gaps(f, inputs, p, n_out):
    """hold: the missing bars never were. reset: they begin anew. propagate: the first ends it."""
    rows = list(zip(*inputs))
    known = [all(math.isfinite(v) for v in r) for r in rows]
    out = [[exact(NAN)] * n_out for _ in rows]
    runs, run = [], []
    for t, ok in enumerate(known):
        if ok:
            run.append(t)
        elif p["nan"] == "reset" or (p["nan"] == "propagate" and run):
            runs, run = runs + [run], []
            if p["nan"] == "propagate":
                break
    for ts in runs + [run]:
        got = f([tuple(map(BIG, rows[t])) for t in ts], p)
        for t, cells in zip(ts, got):
            out[t] = [exact(NAN) if v is None else Answer(to_float(v), to_float(s)) for v, s in cells]
    return out


# ---------------------------------------------------------------- operators without memory


def truth(f):
    return lambda *a: exact(NAN if any(map(missing, a)) else float(f(*a)))


def power(a, b):
    if missing(a) or missing(b):
        return exact(NAN)
    try:
        y = math.pow(a, b)
    except ValueError:
        y = NAN if a < 0 and b != math.floor(b) else math.pow(abs(a), -1) if a else math.inf
    except OverflowError:
        y = math.inf if a > 0 or math.fmod(b, 2) == 0 else -math.inf
    if a == 0 and b < 0:
        y = math.copysign(math.inf, a) if b == math.floor(b) and math.fmod(b, 2) else math.inf
    ln = abs(b * math.log(abs(a))) if a and math.isfinite(a) and math.isfinite(b) else 0
    return Answer(y, abs(y) * (1 + ln / 20) if math.isfinite(y) else 0)


def modulo(a, b):
    return exact(NAN if missing(a) or missing(b) or b == 0 else a % b)


def guarded(f):
    def g(x):
        if missing(x):
            return exact(NAN)
        try:
            return relative(f(x))
        except ValueError:
            return exact(NAN)
        except OverflowError:
            return exact(math.inf)

    return g


def logarithm(f, least):
    return lambda x: exact(-math.inf) if x == least else guarded(f)(x)


POINTWISE = {
    "add": lambda a, b: exact(a + b),
    "sub": lambda a, b: exact(a - b),
    "mul": lambda a, b: exact(a * b),
    "div": lambda a, b: exact(divide(a, b)),
    "mod": modulo,
    "pow": power,
    "neg": lambda x: exact(-x),
    "abs": lambda x: exact(abs(x)),
    "sign": lambda x: exact(NAN if missing(x) else float((x > 0) - (x < 0))),
    "greater": truth(max),
    "less": truth(min),
    "round": truth(lambda x: round(x) if abs(x) < 2**53 else x),
    "floor": truth(lambda x: math.floor(x) if abs(x) < 2**53 else x),
    "sqrt": guarded(math.sqrt),
    "exp": guarded(math.exp),
    "log": logarithm(math.log, 0.0),
    "log1p": logarithm(math.log1p, -1.0),
    "gt": truth(lambda a, b: a > b),
    "ge": truth(lambda a, b: a >= b),
    "lt": truth(lambda a, b: a < b),
    "le": truth(lambda a, b: a <= b),
    "eq": truth(lambda a, b: a == b),
    "ne": truth(lambda a, b: a != b),
    "and": truth(lambda a, b: a != 0 and b != 0),
    "or": truth(lambda a, b: a != 0 or b != 0),
    "not": truth(lambda a: a == 0),
    "if": lambda c, a, b: exact(NAN if missing(c) else a if c != 0 else b),
    "is_missing": lambda x: exact(float(missing(x))),
    "nz": lambda x: exact(0.0 if missing(x) else x),
}

def varied(f):
    """Of a twin in followers.py that takes columns."""
    return lambda i, p: [[exact(NAN) if v is None else Answer(to_float(v), to_float(s))] for v, s in f(i, p)]


def usual(length):
    """The mean length of the bars before, as a twin."""
    return lambda i, p: [[Answer(*a)] for a in candles.mean_before([length(*bar) for bar in zip(*i)], p["timeperiod"])]


OTHERS = {
    **{f"vary_{kind}": varied(followers.window(kind)) for kind in followers.WEIGHTS},
    "lag": later("k", lambda now, then: exact(then)),
    "diff": later("k", lambda now, then: exact(now - then)),
    "mom": later("timeperiod", lambda now, then: exact(now - then)),
    "pct_change": later("k", lambda now, then: exact(divide(now, then) - 1.0)),
    "roc": later("timeperiod", lambda now, then: exact(now * 0.0) if then == 0 else Answer((divide(now, then) - 1.0) * 100.0, 0.0)),
    "fastk": range_of(1),
    "willr": range_of(-1),
    "stoch": lambda i, p: stoch(i, p["fastk_period"], p["slowk_period"], p["slowd_period"]),
    "stochf": lambda i, p: stoch(i, p["fastk_period"], 1, p["fastd_period"]),
    "aroon": aroon,
    "donchian": donchian,
    "trange": trange,
    "correlation_p": lambda i, p: [[sized(*factors.correlation_p(r, p))] for r in i[0]],
    "fracdiff": fracdiff,
    **{f"candle_{which}": usual(length) for which, length in candles.LENGTHS.items()},
    "fill": lambda i, p: [[exact(p["value"] if missing(x) else x)] for x in i[0]],
    "clip": lambda i, p: [[exact(NAN if missing(x) else min(max(x, p["lo"]), p["hi"]))] for x in i[0]],
}

# ---------------------------------------------------------------- cross-sections: of the known symbols of a bar


def ranks(x):
    return [sum(w < v for w in x) + (sum(w == v for w in x) + 1) / 2 for v in x]


def section_mean(x):
    return sum(map(BIG, x)) / len(x)


def demean(x, z, p):
    m, size = section_mean(x), max(map(abs, x))
    return [Answer(to_float(BIG(v) - m), size) for v in x]


def zscore(x, z, p):
    m = section_mean(x)
    square = sum((BIG(v) - m) ** 2 for v in x)
    if square == 0:
        return [exact(NAN)] * len(x)
    if len(x) == p["ddof"]:
        return [exact(NAN)] * len(x)
    std = (square / (len(x) - p["ddof"])).sqrt()
    return [Answer(to_float((BIG(v) - m) / std), 1 + to_float(BIG(max(map(abs, x))) / std) * 1e-3) for v in x]


def winsor(x, z, p):
    lo, hi, size = to_float(quantile(x, p["q"])), to_float(quantile(x, 1.0 - p["q"])), max(map(abs, x))
    return [Answer(min(max(v, lo), hi), size) for v in x]


def scale(x, z, p):
    size = sum(abs(BIG(v)) for v in x)
    return [exact(NAN) if size == 0 else relative(BIG(v) / size) for v in x]


def neutralize(x, z, p):
    mx, mz = section_mean(x), section_mean(z)
    zz = sum((BIG(v) - mz) ** 2 for v in z)
    b = sum((BIG(v) - mx) * (BIG(w) - mz) for v, w in zip(x, z)) / zz if zz else BIG(0)
    size = max(map(abs, x))
    return [Answer(to_float(BIG(v) - mx - b * (BIG(w) - mz)), size + to_float(abs(b) * BIG(max(map(abs, z))))) for v, w in zip(x, z)]


SECTIONS = {
    "rank": lambda x, z, p: [relative(r / len(x)) for r in ranks(x)],
    "bucket": lambda x, z, p: [exact(float(math.floor((BIG(r) - BIG("0.5")) * p["buckets"] / len(x)))) for r in ranks(x)],
    "demean": demean,
    "zscore": zscore,
    "winsor": winsor,
    "scale": scale,
    "neutralize": neutralize,
    **{name: (lambda f: lambda x, z, p: [relative(v) for v in f(x, z, p)])(f) for name, f in factors.SECTIONS.items()},
}


def summary(bars):
    """Of the first input, for those that have the second."""
    columns = [[series[0][t] for series in bars if math.isfinite(series[0][t])] for t in range(len(bars[0][0]))]
    got = [[sized(*a) for a in factors.summary(x)] for x in columns]
    return [[got[t] if math.isfinite(v) else [exact(NAN)] * len(got[t]) for t, v in enumerate(series[1])] for series in bars]


def across(f, bars, p, groups):
    """bars[symbol][input][t] -> answers[symbol][t]. Without groups the last input says which group a symbol is in."""
    n = len(bars[0][0])
    out = [[[exact(NAN)] for _ in range(n)] for _ in bars]
    for t in range(n):
        rows = [[s[t] for s in series] for series in bars]
        labels = groups or [r[-1] for r in rows]
        known = [all(map(math.isfinite, r)) for r in rows]
        rows = rows if groups else [r[:-1] for r in rows]
        for group in sorted({label for label, ok in zip(labels, known) if ok}):
            members = [s for s in range(len(rows)) if labels[s] == group and known[s]]
            got = f([rows[s][0] for s in members], [rows[s][-1] for s in members], p) if members else []
            for s, a in zip(members, got):
                out[s][t] = [a]
    return out


# ---------------------------------------------------------------- bars


def walk(rng, kind, t, last):
    draw = rng.gauss(0, 1)
    if kind == "cents":
        return round(60000 + 0.01 * draw, 2)
    if kind == "tiny":
        return 0.00734 * (1 + 0.02 * draw)
    if kind == "flat":
        return 2.385
    if kind == "ties":
        return float(rng.randrange(-2, 3))
    if kind == "spike" and t in (40, 41, 80):
        return 1e12
    return last * math.exp(0.02 * draw)


def simulated(rng, kind):
    rows, last = [], 37.1
    for t in range(BARS):
        close = walk(rng, kind, t, last)
        last = close if kind in ("price", "gaps", "late") else 37.1
        up, down = (0.0, 0.0) if kind == "flat" else (abs(rng.gauss(0, 0.01)), abs(rng.gauss(0, 0.01)))
        if kind == "ties":
            up = down = 0.0
        high, low = close + abs(close) * up, close - abs(close) * down
        x = 0.0 if kind == "flat" else rng.choice([rng.gauss(0, 1), rng.gauss(0, 30), float(rng.randrange(-3, 4)), -0.0])
        row = [(high + low) / 2, high, low, close, math.floor(1e6 * rng.random()), x, 0.3 * x + rng.gauss(0, 1), float(rng.random() < 0.4)]
        gap = kind == "gaps" and rng.random() < 0.04
        rows.append([NAN if gap or (kind == "late" and t < 33) or rng.random() < (0.02 if kind == "gaps" else 0) else v for v in row])
    return rows


def market():
    rng = random.Random(2385)
    kinds = ["price", "cents", "tiny", "flat", "ties", "spike", "gaps", "late"]
    return [list(map(list, zip(*simulated(rng, k)))) for k in kinds]


def real_market():
    """The last symbols of a real panel, where there is one."""
    path = os.path.join(SHARED, "market/sp500_5yr/bars_daily_splitadj.csv.gz")
    if not os.path.exists(path):
        return []
    found = {}
    with gzip.open(path, "rt") as f:
        for row in csv.DictReader(f):
            if row["symbol"] in ("AAL", "AMZN", "ZION"):
                found.setdefault(row["symbol"], []).append([float(row[c]) if row[c] else NAN for c in COLUMNS[:5]])
    rng = random.Random(7)
    return [list(map(list, zip(*[r + [rng.gauss(0, 1), rng.gauss(0, 1), float(rng.random() < 0.4)] for r in rows[200 : 200 + BARS]]))) for rows in found.values()]


def write_bars(path, bars):
    with open(path, "w") as f:
        f.write("time,symbol," + ",".join(COLUMNS) + "\n")
        for t in range(BARS):
            for s, series in enumerate(bars):
                values = ["" if missing(c[t]) else repr(c[t]) for c in series]
                if any(values):
                    f.write(f"{1600000000 + 60 * t},S{s:02d}," + ",".join(values) + "\n")


# ---------------------------------------------------------------- cases

PERIODS = {"timeperiod": (2, 5, 17), "k": (1, 4), "minperiod": (2,), "maxperiod": (9,), "fastperiod": (3,), "slowperiod": (7,), "signalperiod": (4,), "fastk_period": (5,), "slowk_period": (3,), "slowd_period": (2,),
           "fastd_period": (3,), "window": (0, 6), "cmoperiod": (3,), "stopperiod": (3,), "streakperiod": (3,), "rankperiod": (6,), "emaperiod": (3,), "cycleperiod": (4,), "stddevperiod": (4,),
           "roc1period": (1,), "roc2period": (4,), "roc3period": (3,), "roc4period": (5,), "sma1period": (2,), "sma2period": (3,), "sma3period": (1,), "sma4period": (4,), "ma1period": (2,),
           "ma2period": (3,), "ma3period": (1,), "ma4period": (4,)}  # fmt: skip
CHOSEN = {"q": (0.2, 0.5), "percentile": (0.0, 35.0), "ddof": (0, 1), "nbdev": (1.5,), "nbdevup": (1.5,), "nbdevdn": (2.5,), "d": (0.4,), "threshold": (0.01,), "value": (-1.5,), "lo": (-0.5,), "hi": (0.7,), "buckets": (3, 5), "matype": (0,), "slowk_matype": (0,), "slowd_matype": (0,), "fastd_matype": (0,),
          "sigma": (2.5,), "offset": (0.7,), "delta": (0.3,), "multiplier": (1.5,), "longfactor": (1.3,), "shortfactor": (0.8,), "limitmove": (2.5,), "volumedivisor": (1000.0,), "annualization": (250.0,),
          "base": (3.0,), "n": (2.0,), "bins": (3, 5), "percent": (35.0,), "min_percentile": (0.2,), "max_percentile": (0.6, 1.0), "decay": (0.6,), "missing": (0.25,), "rocmatype": (0, 1), "signalmatype": (1,)}


def cases_of(op):
    """All combinations of a few values of each parameter, the least period among them."""
    lists = []
    for p in op.get("params", []):
        if p["kind"] == "text":
            values = p["choices"]
        else:
            values = indicators.CHOSEN.get((op["name"], p["name"])) or PERIODS.get(p["name"]) or CHOSEN[p["name"]]
            if p["name"] == "timeperiod":
                values = sorted({max(int(p["lo"]), v) for v in (int(p["lo"]), *values)})
        lists.append([(p["name"], v) for v in values])
    return [dict(c) for c in itertools.product(*lists)]


def columns_of(op):
    """The columns an operator is tried on; of one with a single input each kind of series."""
    if op["inputs"] in (["x"], ["real"]):
        return [["close"], ["x"]]
    names = {"x": "close", "real": "close", "real0": "x", "real1": "y", "a": "x", "b": "y", "y": "volume", "condition": "z", "k": "y", "start": "open", "periods": "x", "upper": "high", "lower": "low", "moves": "x", "body": "volume", "range": "y", "place": "y", "line": "close", "width": "z", "by": "z", "at": "y", "when": "z", "r": "x"}
    chosen = [n if n in COLUMNS[:5] else names.get(n, n) for n in op["inputs"]]
    if op["name"] == "neutralize_by":
        return [["close", "x", "z"]]
    return [["close", "x"], ["x", "y"]] if op["name"] in ("corr", "correl", "cov", "slope_on", "neutralize", "group_neutralize", "spearman", "simple_beta") else [chosen]


SIGNS = {"and": "{} and {}", "or": "{} or {}", "not": "not {}"}


def expression_of(op, columns, p):
    """Where the language wants a condition it gets one."""
    conditions = {"and": 2, "or": 2, "not": 1, "if": 1}.get(op["name"], 0)
    inputs = [f"({c} != 0)" if i < conditions else c for i, c in enumerate(columns)]
    if op["name"] in SIGNS:
        return SIGNS[op["name"]].format(*inputs)
    return f"{op['name']}({', '.join(inputs + [f'{k}={json.dumps(v)}' for k, v in p.items()])})"


def twin(op, bars, p, groups):
    """answers[symbol][t][output]"""
    name, n_out = op["name"], len(op["outputs"])
    if name == "summary":
        return summary(bars)
    if "section" in op["group"]:
        alone = name.removeprefix("group_").removesuffix("_by")
        return across(SECTIONS[alone], bars, p, groups if name.startswith("group_") else None if name.endswith("_by") else [0] * len(bars))
    if name in factors.WINDOWS:
        return [[[sized(*a)] for a in factors.window(name, i, p)] for i in bars]
    if name in WINDOWS:
        return [whole_windows(WINDOWS[name], i, p, n_out, p["timeperiod"]) for i in bars]
    if name in RECURSIONS:
        return [over_gaps(RECURSIONS[name], i, p, n_out) for i in bars]
    if name in POINTWISE:
        return [[[POINTWISE[name](*v)] for v in zip(*i)] for i in bars]
    if name in indicators.TWINS:
        return [[[from_big(*a) for a in row] for row in indicators.answers(name, i, p)] for i in bars]
    return [OTHERS[name](i, p) for i in bars]


def has_twin(op):
    return "section" in op["group"] or any(op["name"] in twins for twins in (WINDOWS, RECURSIONS, POINTWISE, OTHERS, indicators.TWINS, factors.WINDOWS))


def held_otherwise(ops):
    """Operators that are made of others, those whose values come from TA-Lib (tests/golden/feature/talib_test.c), the one that the patterns of TA-Lib are defined as, and those that
    popular_test.py holds to a twin."""
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "golden", "feature", "talib_values.csv")) as f:
        golden = {line.split(",", 4)[2] for line in f if line.count(",") > 4}
    if all(name in {op["name"] for op in ops} for name in golden if name.startswith("cdl")):
        golden.add("candle_pattern")
    return [op for op in ops if not has_twin(op) and ("define" in op or op["name"] in golden or op["name"] in popular.TWINS)]


def run_program(path, features):
    text = "; ".join(f"{n}={e}" for n, e in features)
    got = subprocess.run([PROGRAM, "features", "calc", "--in", path, "--expr", text, "--quiet"], capture_output=True, text=True)
    assert got.returncode == 0, got.stderr
    rows = list(csv.reader(io.StringIO(got.stdout)))[1:]
    return {(int(r[1][1:]), t): [float(v) if v else NAN for v in r[2:]] for t, group in enumerate(grouped(rows)) for r in group}


def grouped(rows):
    return [list(g) for _, g in itertools.groupby(rows, key=lambda r: r[0])]


def error_of(answer, got):
    """In units of the answer's size; infinite where no size helps. Without a size anything will do."""
    want = answer.value
    if answer.size is None:
        return 0.0
    if missing(want) or missing(got) or math.isinf(want) or math.isinf(got):
        return 0.0 if (missing(want) and missing(got)) or want == got else math.inf
    if want == got:
        return 0.0
    return abs(got - want) / answer.size if answer.size else math.inf


def main(alone):
    """The operators whose twins are in indicators.py, alone; or the others."""
    table = json.loads(subprocess.run([PROGRAM, "describe", "operators"], capture_output=True, text=True, check=True).stdout)
    every = table["operators"] if isinstance(table, dict) else table
    ops = [op for op in every if has_twin(op) and (op["name"] in indicators.TWINS) == alone]
    others = held_otherwise(every) + [op for op in every if has_twin(op) and op not in ops]
    bars, worst, count = market() + real_market(), {}, 0
    work = []
    for op in ops:
        for columns in columns_of(op):
            work += [(op, columns, p, o) for p in cases_of(op) for o in range(len(op["outputs"]))]
    features = [(f"f{k}", expression_of(op, c, p) + (f".{op['outputs'][o]}" if o else "")) for k, (op, c, p, o) in enumerate(work)]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bars.csv")
        write_bars(path, bars)
        got = run_program(path, features)
    answers = {}
    for k, (op, columns, p, o) in enumerate(work):
        key = (op["name"], tuple(columns), json.dumps(p))
        if key not in answers:
            inputs = [[series[COLUMNS.index(c)] for c in columns] for series in bars]
            answers[key] = twin(op, inputs, p, [0] * len(bars))
        for s, t in itertools.product(range(len(bars)), range(BARS)):
            answer, value = answers[key][s][t][o], got[s, t][k]
            error = error_of(answer, value)
            if error > worst.get(op["name"], (-1,))[0]:
                worst[op["name"]] = (error, f"{features[k][1]} symbol {s} bar {t}: {value!r}, should be {answer.value!r} (size {answer.size:.3g})")
            count += 1
    bad = {name: what for name, what in worst.items() if what[0] > 1e-13}
    for name in sorted(worst):
        print(f"{name:14} {worst[name][0]:.1e}")
    print(f"{len(worst)} operators, {len(features)} features, {count} values")
    for name, (error, what) in sorted(bad.items()):
        print(f"{name}: error {error:.2e}: {what}", file=sys.stderr)
    without = {op["name"] for op in every} - {op["name"] for op in ops + others}
    assert len(worst) == len(ops) and not without, f"neither a twin, nor a definition, nor TA-Lib's values: {sorted(without)}"
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(alone=False))
