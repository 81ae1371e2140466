# SPDX-License-Identifier: Apache-2.0
"""Naive twins of the operators that zipline's pipeline asks for (docs/reference/pipeline.md): windows over the values that are there, and ranks, quantiles and counts across symbols. Each
gives a value and the size its error is measured by; without a size anything will do."""
import decimal
import math

BIG = decimal.Decimal
NAN = float("nan")


def there(values):
    return [v for v in values if v == v]


def mean(values):
    return sum(map(BIG, values)) / len(values)


# ---------------------------------------------------------------- windows: lists of the last bars, missing ones among them


def nansum(w, p):
    return sum(map(BIG, there(w))), sum(map(abs, there(w)))


def nanmean(w, p):
    x = there(w)
    return (mean(x), max(map(abs, x))) if x else (NAN, 0)


def nanstd(w, p):
    x = there(w)
    if len(x) <= p["ddof"]:
        return NAN, 0
    m = mean(x)
    return (sum((BIG(v) - m) ** 2 for v in x) / (len(x) - p["ddof"])).sqrt(), max(map(abs, x))


def extreme(best):
    return lambda w, p: (best(there(w)), 0) if there(w) else (NAN, 0)


def place(best):
    return lambda w, p: (w.index(best(there(w))), 0) if there(w) else (NAN, 0)


def max_drawdown(w, p):
    falls = [(max(there(w[: i + 1])) - v, -i) for i, v in enumerate(w) if v == v]
    if not falls:
        return NAN, 0
    i = -max(falls)[1]
    value = (max(there(w[: i + 1])) - w[i]) / w[i] if w[i] else math.copysign(math.inf, w[i]) if max(falls)[0] else NAN
    return value, abs(value)


def weights(w, p):
    return [BIG(p["decay"]) ** (len(w) - 1 - i) for i in range(len(w))]


def ewma(w, p):
    if len(there(w)) < len(w):
        return NAN, 0
    k = weights(w, p)
    return sum(a * BIG(v) for a, v in zip(k, w)) / sum(k), max(map(abs, w))


def ewmstd(w, p):
    if len(there(w)) < len(w):
        return NAN, 0
    k, m = weights(w, p), ewma(w, p)[0]
    square, total = sum(a * (BIG(v) - m) ** 2 for a, v in zip(k, w)), sum(k)
    return (square / total * total**2 / (total**2 - sum(a * a for a in k))).sqrt(), max(map(abs, w))


def simple_beta(y, x, p):
    pairs = [(BIG(a), BIG(b)) for a, b in zip(y, x) if a == a and b == b]
    if len(y) - len(pairs) > int(p["missing"] * len(y)) or not pairs:
        return NAN, 0
    m = sum(b for _, b in pairs) / len(pairs)
    xx = sum((b - m) ** 2 for _, b in pairs)
    if xx == 0:
        return NAN, None
    return sum((b - m) * a for a, b in pairs) / xx, float(max(abs(a) for a, _ in pairs) * len(pairs) / xx.sqrt())


def ranks(x):
    return [BIG(sum(w < v for w in x)) + BIG(sum(w == v for w in x) + 1) / 2 for v in x]


def spearman(x, y, p):
    if len(there(x)) < len(x) or len(there(y)) < len(y):
        return NAN, 0
    a, b = ([r - mean(s) for r in s] for s in (ranks(x), ranks(y)))
    square = sum(v * v for v in a) * sum(v * v for v in b)
    return (sum(u * v for u, v in zip(a, b)) / square.sqrt(), 1) if square else (NAN, 0)


WINDOWS = {
    "nansum": nansum, "nanmean": nanmean, "nanstd": nanstd, "nanmax": extreme(max), "nanmin": extreme(min), "nanargmax": place(max), "nanargmin": place(min), "max_drawdown": max_drawdown,
    "ewma_window": ewma, "ewmstd_window": ewmstd, "simple_beta": simple_beta, "spearman": spearman,
}  # fmt: skip


def window(name, inputs, p):
    """[bar] of (value, size), from the first whole window on."""
    n = p["timeperiod"]
    return [WINDOWS[name](*[s[t + 1 - n : t + 1] for s in inputs], p) if t + 1 >= n else (NAN, 0) for t in range(len(inputs[0]))]


def correlation_p(r, p):
    """Of an even n alone, where the distribution is a finite sum (Abramowitz and Stegun 26.7.4)."""
    if r != r:
        return NAN, 0
    r = min(abs(BIG(r)), BIG(1))
    term, total = BIG(1), BIG(0)
    for k in range(p["n"] // 2 - 1):
        term = term * (2 * k - 1) / (2 * k) * (1 - r * r) if k else term
        total += term
    value = 1 - r * total
    return value, value


def hold(bars, p):
    out, last = [], None
    for x, when in bars:
        last = x if last is None or when != 0 else last
        out.append([(last, 0)])
    return out


# ---------------------------------------------------------------- sections: lists of the symbols that take part


def rank_number(x, z, p):
    less, equal = [sum(w < v for w in x) for v in x], [sum(w == v for w in x) for v in x]
    return {
        "average": [a + (b + 1) / 2 for a, b in zip(less, equal)],
        "min": [a + 1 for a in less],
        "max": [a + b for a, b in zip(less, equal)],
        "dense": [len({w for w in x if w <= v}) for v in x],
        "ordinal": [a + sum(w == v for w in x[: i + 1]) for i, (a, v) in enumerate(zip(less, x))],
    }[p["method"]]


def quantile(x, share):
    s, at = sorted(x), share * (len(x) - 1)
    i = int(at)
    step, t = s[min(i + 1, len(s) - 1)] - s[i], at - i
    return s[i] + step * t if t < 0.5 else s[min(i + 1, len(s) - 1)] - step * (1 - t)


def qcut(x, z, p):
    edges = [quantile(x, k * (1 / p["bins"]) * 100 / 100) for k in range(1, p["bins"])]
    return [sum(e < v for e in edges) for v in x]


def winsorize(x, z, p):
    s = sorted(x)
    low, high = int(p["min_percentile"] * len(s)), math.ceil(len(s) * p["max_percentile"])
    least, most = s[low], s[max(high, low + 1) - 1]
    return [min(max(v, least), most) for v in x]


def between(x, z, p):
    return [float(quantile(x, p["min_percentile"] / 100) <= v <= quantile(x, p["max_percentile"] / 100)) for v in x]


SECTIONS = {
    "rank_number": rank_number,
    "cross_percentile": lambda x, z, p: [quantile(x, p["percent"] / 100)] * len(x),
    "qcut": qcut,
    "winsorize": winsorize,
    "percentile_between": between,
    "peer_count": lambda x, z, p: [x.count(v) for v in x],
    "bottom": lambda x, z, p: [float(r <= p["n"]) for r in rank_number(x, z, {"method": "ordinal"})],
    "top": lambda x, z, p: [float(r <= p["n"]) for r in rank_number([-v for v in x], z, {"method": "ordinal"})],
}


def summary(x):
    """(value, size) of each output, of the values that are there."""
    if not x:
        return [(NAN, 0)] * 5 + [(0, 0), (0, 0)]
    s, m, size = sorted(x), mean(x), max(map(abs, x))
    std = (sum((BIG(v) - m) ** 2 for v in x) / len(x)).sqrt()
    return [(m, size), (std, size), (s[0], 0), (s[-1], 0), (0.5 * (s[(len(s) - 1) // 2] + s[len(s) // 2]), 0), (m * len(x), sum(map(abs, x))), (len(x), 0)]
