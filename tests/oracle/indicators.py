# SPDX-License-Identifier: Apache-2.0
"""Twins of indicators, each from the formula of its book, paper or named peer: plain lists of numbers with 60 digits, NaN for a missing one.

A twin is f(inputs, parameters) and gives one (values, sizes) for each output; errors are measured in units of the size."""
import decimal

BIG = decimal.Decimal
NAN, INF, ZERO, ONE = BIG("NaN"), BIG("Infinity"), BIG(0), BIG(1)
PI = BIG("3.14159265358979323846264338327950288419716939937510582097494459")


# ---------------------------------------------------------------- series

def each(f, *series):
    return [NAN if any(x.is_nan() for x in v) else f(*v) for v in zip(*series)]


def lag(s, k):
    return ([NAN] * k + s)[: len(s)]


def roll(f, n, *series):
    out = []
    for t in range(len(series[0])):
        rows = [s[t + 1 - n : t + 1] for s in series] if t + 1 >= n else None
        out.append(NAN if rows is None or any(v.is_nan() for r in rows for v in r) else f(*rows))
    return out


def remember(step, nan, *series):
    """(memory, result) = step(memory, *values) over the bars that are known; memory is None before the first."""
    memory, out, dead = None, [], False
    for v in zip(*series):
        known = all(x.is_finite() for x in v)
        if known and not dead:
            memory, y = step(memory, *v)
            out.append(y)
        else:
            dead = dead or (nan == "propagate" and memory is not None)
            memory = None if nan == "reset" and not known else memory
            out.append(NAN)
    return out


def less(a, b):
    return each(min, a, b)


def mean(w):
    return sum(w) / len(w)


def variance(w, ddof):
    m = mean(w)
    return sum((v - m) ** 2 for v in w) / (len(w) - ddof)


def std(s, n, ddof=0):
    return roll(lambda w: variance(w, ddof).sqrt(), n, s)


def sma(s, n):
    return roll(mean, n, s)


def total(s, n):
    return roll(sum, n, s)


def top(s, n):
    return roll(max, n, s)


def bottom(s, n):
    return roll(min, n, s)


def minus(a, b):
    return each(lambda x, y: x - y, a, b)


def span(high, low, n):
    return minus(top(high, n), bottom(low, n))


def ratio(a, b):
    return a / b if b != 0 else NAN if a == 0 else a / b


def follow(x, k, start, nan):
    def step(y, x, k, start):
        y = start if y is None else y
        y += min(max(k, ZERO), ONE) * (x - y)
        return y, y

    return remember(step, nan, x, k, start)


def seeded(s, n, k, nan):
    """Mean of the first n, then y += k (x - y)."""

    def step(memory, x):
        i, y = memory or (0, ZERO)
        i += 1
        y = y + x if i < n else (y + x) / n if i == n else y + k * (x - y)
        return (i, y), y if i >= n else NAN

    return remember(step, nan, s)


def ema(s, n, nan):
    return seeded(s, n, BIG(2) / (n + 1), nan)


def rma(s, n, nan):
    return seeded(s, n, ONE / n, nan)


def average(s, p):
    if p["timeperiod"] == 1:
        return s
    return {0: lambda: sma(s, p["timeperiod"]), 1: lambda: ema(s, p["timeperiod"], p["nan"])}[p["matype"]]()


def true_range(high, low, close):
    return each(lambda h, l, c: max(h, c) - min(l, c), high, low, lag(close, 1))


def atr(high, low, close, n, nan):
    """The true range of a bar after a gap is from the last close there was."""

    def step(memory, h, l, c):
        i, y, before = memory or (-1, ZERO, None)
        i += 1
        if i:
            x = max(h, before) - min(l, before)
            y = y + x if i < n else (y + x) / n if i == n else y + (x - y) / n
        return (i, y, c), y if i >= n else NAN

    return remember(step, nan, high, low, close)


def sine(x):
    term, out, k = x, ZERO, 1
    while abs(term) > BIG("1e-62"):
        out, term, k = out + term, -term * x * x / ((k + 1) * (k + 2)), k + 2
    return out


def cosine(x):
    return sine(PI / 2 - x)


def log10(x):
    return x.log10()


# ---------------------------------------------------------------- sizes

def near(n, *series):
    """The largest of the last n bars."""
    sizes = [max([abs(x) for x in v if x.is_finite()], default=ZERO) for v in zip(*series)]
    return [max(sizes[max(0, t + 1 - n) : t + 1]) for t in range(len(sizes))]


def ever(*series):
    return near(10**6, *series)


def of(value, n):
    return [BIG(value)] * n


def own(s):
    return [abs(v) if v.is_finite() else ZERO for v in s]


def larger(*sizes):
    return [max(v) for v in zip(*sizes)]


def times(k, s):
    return [BIG(k) * v for v in s]


# ---------------------------------------------------------------- averages

def weighted(weights_of):
    def twin(i, p):
        n = p["timeperiod"]
        w = weights_of(n, p)
        share = sum(w)
        return [(roll(lambda x: sum(a * b for a, b in zip(w, x)) / share, n, i[0]), near(n, i[0]))]

    return twin


def alma_weights(n, p):
    m, s = int(BIG(p["offset"]) * (n - 1)), BIG(n) / BIG(p["sigma"])
    return [(-((j - m) ** 2) / (2 * s * s)).exp() for j in range(n)]


def fibonacci(n, p):
    a = [ONE, ONE]
    while len(a) < n:
        a.append(a[-1] + a[-2])
    return a[:n]


def pascal(n, p):
    row = [ONE]
    for _ in range(n - 1):
        row = [a + b for a, b in zip([ZERO] + row, row + [ZERO])]
    return row


def triangle(n, p):
    return [BIG(min(j + 1, n - j)) for j in range(n)]


def half_sine(n, p):
    return [sine(PI * (j + 1) / (n + 1)) for j in range(n)]


def filtered(coefficients, gain):
    """y = c0 (b0 x + b1 x' + b2 x'') + a1 y' + a2 y'', at rest on the first value."""

    def twin(i, p):
        b, c0, a1, a2 = coefficients(p)

        def step(memory, x):
            x1, x2, y1, y2 = memory or (x, x, gain * x, gain * x)
            y = c0 * (b[0] * x + b[1] * x1 + b[2] * x2) + a1 * y1 + a2 * y2
            return (x, x1, y, y1), y

        return [(remember(step, p["nan"], i[0]), ever(i[0]))]

    return twin


def double_pole(p):
    b = BIG("2.415") * (1 - cosine(2 * PI / p["timeperiod"]))
    return (b * b + 2 * b).sqrt() - b


def gauss(p):
    a = double_pole(p)
    return (1, 0, 0), a * a, 2 * (1 - a), -((1 - a) ** 2)


def butter(p):
    a = double_pole(p)
    return (1, 2, 1), a * a / 4, 2 * (1 - a), -((1 - a) ** 2)


def high_twice(p):
    a = double_pole(p)
    return (1, -2, 1), (1 - a / 2) ** 2, 2 * (1 - a), -((1 - a) ** 2)


def high(p):
    w = 2 * PI / p["timeperiod"]
    a = (cosine(w) + sine(w) - 1) / cosine(w)
    return (1, -1, 0), 1 - a / 2, 1 - a, ZERO


def band(p):
    t = 4 * PI * BIG(p["delta"]) / p["timeperiod"]
    a = (1 - sine(t)) / cosine(t)
    return (1, 0, -1), (1 - a) / 2, cosine(2 * PI / p["timeperiod"]) * (1 + a), -a


def mcgd(i, p):
    """Through 0 the line jumps by what the last digit of a value says, so such series have no size."""
    n = p["timeperiod"]

    def step(memory, x):
        k, y = memory or (0, x)
        if y != 0 and x != 0:
            y += (x - y) / (n * (x / y) ** 4)
        return (k + 1, y), y if k + 1 >= n else NAN

    size = ever(i[0])
    wild = [min(v for v in i[0] if v.is_finite()) <= 0] * len(size)
    return [(remember(step, p["nan"], i[0]), [None if w else 10 * s for w, s in zip(wild, size)])]


def vidya(i, p):
    """Over a window of moves once there are enough of them; before, over those so far."""
    x, m, nan = i[0], p["cmoperiod"], p["nan"]
    count = remember(lambda k, x: ((k or 0) + 1,) * 2, nan, x)
    moves = minus(x, lag(x, 1))
    some = [v if not v.is_nan() else 0 * a for v, a in zip(moves, x)]
    so_far = [remember(lambda s, v: ((s or ZERO) + v,) * 2, nan, s) for s in (some, each(abs, some))]
    window = [minus(x, lag(x, m)), total(each(abs, moves), m)]
    early = [not k.is_nan() and k <= m for k in map(BIG, count)]
    net, path = [[a if e else b for e, a, b in zip(early, *pair)] for pair in zip(so_far, window)]
    k = each(lambda a, b: ZERO if b == 0 else abs(a) / b * 2 / (p["timeperiod"] + 1), net, path)
    line = follow(x, [v if not c.is_nan() else NAN for v, c in zip(k, map(BIG, count))], x, nan)
    later = remember(lambda c, v: ((c or 0) + 1, v if (c or 0) >= m else NAN), nan, line)
    return [(x if p["timeperiod"] == 1 else later, times(10, ever(x)))]


def frama(i, p):
    high, low = i
    half = p["timeperiod"] // 2
    mid = each(lambda h, l: (h + l) / 2, high, low)
    new, every = span(high, low, half), span(high, low, 2 * half)
    dimension = lambda a, b, r: ONE if min(a, b) <= 0 else (BIG("-4.6") * ((a + b) / r).ln() / BIG(2).ln()).exp()

    def step(y, x, k):
        return (x, NAN) if y is None else (y + min(k, ONE) * (x - y),) * 2

    return [(remember(step, p["nan"], mid, each(dimension, new, lag(new, half), every)), times(10, ever(high, low)))]


def bias(i, p):
    base = average(i[0], p)
    return [(each(lambda x, b: ZERO if b == 0 else (x - b) / b, i[0], base), each(lambda s, b: ZERO if b == 0 else 4 * s / abs(b), ever(i[0]), base))]


def dsp(i, p):
    return [(minus(i[0], ema(i[0], p["timeperiod"], p["nan"])), ever(i[0]))]


# ---------------------------------------------------------------- bands and stops

def bbw(i, p):
    n, wide = p["timeperiod"], BIG(p["nbdevup"]) + BIG(p["nbdevdn"])
    y = each(lambda m, s: ZERO if m == 0 else 100 * wide * s / m, average(i[0], p), std(i[0], n))
    return [(y, each(lambda v, m, s: abs(v) * (1 if p["matype"] == 0 else 10) if m == 0 else abs(v) + abs(v / m) * s, y, average(i[0], p), ever(i[0])))]


def percentb(i, p):
    n, up, down = p["timeperiod"], BIG(p["nbdevup"]), BIG(p["nbdevdn"])
    place = lambda x, m, s: BIG("0.5") if s == 0 else (x - (m - down * s)) / ((up + down) * s)
    y = each(place, i[0], average(i[0], p), std(i[0], n))
    return [(y, each(lambda v, s, size: ONE if s == 0 else 1 + abs(v) + (p["matype"] and size / s), y, std(i[0], n), ever(i[0])))]


def cksp(i, p):
    high, low, close = i
    width = each(lambda a: BIG(p["multiplier"]) * a, atr(high, low, close, p["timeperiod"], p["nan"]))
    up = minus(top(high, p["timeperiod"]), width)
    down = each(lambda a, b: a + b, bottom(low, p["timeperiod"]), width)
    return [(top(up, p["stopperiod"]), times(4, ever(*i))), (bottom(down, p["stopperiod"]), times(4, ever(*i)))]


def trail(line, width, nan):
    def step(memory, x, w):
        last_low, last_high, side = memory or (x - w, x + w, 1)
        low = max(x - w, last_low) if x > last_low else x - w
        high = min(x + w, last_high) if x < last_high else x + w
        side = 1 if side < 0 and x > last_high else -1 if side > 0 and x < last_low else side
        return (low, high, side), (low if side > 0 else high, BIG(side))

    both = remember(step, nan, line, width)
    return [[v if isinstance(v, BIG) else v[o] for v in both] for o in (0, 1)]


def pmax(i, p):
    high, low, close = i
    line = average(each(lambda h, l: (h + l) / 2, high, low), p)
    width = each(lambda a: BIG(p["multiplier"]) * a, atr(high, low, close, p["timeperiod"], p["nan"]))
    stop, side = trail(line, width, p["nan"])
    return [(stop, times(10, ever(*i))), (side, of(0, len(side)))]


def trail_alone(i, p):
    stop, side = trail(i[0], i[1], p["nan"])
    return [(stop, ever(*i)), (side, of(0, len(side)))]


def thermo(i, p):
    high, low = i
    x = each(lambda a, b, c, d: max(abs(a - b), abs(d - c)), high, lag(high, 1), low, lag(low, 1))
    m, n = average(x, p), len(x)
    edge = lambda f, k: each(lambda a, b: None if abs(a - k * b) < BIG("1e-9") * abs(a) else BIG(f(a, k * b)), x, m)
    calm, hot = edge(lambda a, b: a < b, BIG(p["longfactor"])), edge(lambda a, b: a > b, BIG(p["shortfactor"]))
    told = lambda s: ([v if v is not None else ZERO for v in s], [ZERO if v is not None else None for v in s])
    return [(x, near(2, high, low)), (m, ever(*i)), told(calm), told(hot)]


# ---------------------------------------------------------------- oscillators

def swing(i, p):
    def si(o, h, l, c, o1, c1):
        a, b, d = abs(h - c1), abs(l - c1), abs(h - l)
        n = c - c1 + (c - o) / 2 + (c1 - o1) / 4
        r = abs(c1 - o1) / 4 + (a - b / 2 if a >= b and a >= d else b - a / 2 if b >= d else d)
        return ZERO if r == 0 else 50 * n / r * max(a, b) / BIG(p["limitmove"])

    return each(si, *i, lag(i[0], 1), lag(i[3], 1))


def swing_size(i, p):
    return [s * 200 / BIG(p["limitmove"]) for s in near(2, *i)]


def si(i, p):
    return [(swing(i, p), swing_size(i, p))]


def asi(i, p):
    """A bar that is known and has no swing, the first one or one after a gap, adds nothing."""
    moves = [NAN if any(v.is_nan() for v in bar) else ZERO if s.is_nan() else s for s, bar in zip(swing(i, p), zip(*i))]
    y = remember(lambda a, s: ((a or ZERO) + s,) * 2, p["nan"], moves)
    return [(y, times(len(y), ever(swing_size(i, p))))]


def brar(i, p):
    o, h, l, c = i
    n, c1 = p["timeperiod"], lag(c, 1)
    plus = lambda a, b: each(lambda x, y: max(x - y, ZERO), a, b)
    out = []
    for up, down in ((minus(h, o), minus(o, l)), (plus(h, c1), plus(c1, l))):
        a, b = total(up, n), total(down, n)
        y = each(lambda a, b: BIG(100) if a == 0 and b == 0 else 100 * ratio(a, b), a, b)
        out.append((y, each(lambda v, b, s: ZERO if b == 0 else abs(v) * (1 + s / b) + 100 * s / b, y, b, near(n + 1, *i))))
    return out


def chop_of(up, down, ranges, n):
    s, r = total(ranges, n), span(up, down, n)
    return [(each(lambda s, r: BIG(100) if s <= 0 or r <= 0 else 100 * (s / r).ln() / BIG(n).ln(), s, r),
             each(lambda r, m: 100 + 100 * m / r if r > 0 else ZERO, r, near(n + 1, up, down)))]


def chop(i, p):
    return chop_of(i[0], i[1], true_range(*i), p["timeperiod"])


def choptr(i, p):
    up, down = each(max, i[0], lag(i[2], 1)), less(i[1], lag(i[2], 1))
    return chop_of(up, down, minus(up, down), p["timeperiod"])


def fisher_line(place, nan):
    def step(memory, r):
        v, f = memory or (ZERO, ZERO)
        v = BIG("0.66") * (r - BIG("0.5")) + BIG("0.67") * v
        v = BIG("0.999") if v > BIG("0.99") else BIG("-0.999") if v < BIG("-0.99") else v
        now = ((1 + v) / (1 - v)).ln() / 2 + f / 2
        return (v, now), (now, f)

    both = remember(step, nan, place)
    return [([v if isinstance(v, BIG) else v[o] for v in both], of(100, len(both))) for o in (0, 1)]


def fisher_alone(i, p):
    return fisher_line(i[0], p["nan"])


def fisher(i, p):
    n, mid = p["timeperiod"], each(lambda h, l: (h + l) / 2, *i)
    low, wide = bottom(mid, n), span(mid, mid, n)
    lines = fisher_line(each(lambda x, a, r: BIG("0.5") if r == 0 else (x - a) / r, mid, low, wide), p["nan"])
    size = ever(each(lambda s, r: BIG(100) if r == 0 else 100 + 100 * s / r, near(n, *i), wide))
    return [(y, size) for y, _ in lines]


def ibs(i, p):
    return [(each(lambda h, l, c: (c - l) / (h - l) if h > l else BIG("0.5"), *i), of(1, len(i[0])))]


def place_of(i, n):
    high, low, close = i
    return each(lambda c, a, r: BIG(50) if r == 0 else 100 * (c - a) / r, close, bottom(low, n), span(high, low, n))


def pso(i, p):
    k = each(lambda v: (v - 50) / 10, place_of(i, p["fastk_period"]))
    s = ema(ema(k, p["emaperiod"], p["nan"]), p["emaperiod"], p["nan"])
    return [(each(lambda v: 1 - 2 / (v.exp() + 1), s), of(10, len(s)))]


def dorsey(x, p):
    s, move = std(x, p["stddevperiod"]), minus(x, lag(x, 1))
    up = rma(each(lambda s, d: s if d > 0 else ZERO, s, move), p["timeperiod"], p["nan"])
    down = rma(each(lambda s, d: s if d < 0 else ZERO, s, move), p["timeperiod"], p["nan"])
    return each(lambda u, d: BIG(50) if u + d == 0 else 100 * u / (u + d), up, down)


def rvir(i, p):
    """After a spike of 1e12 its own deviation, which fades, is all there is to compare."""
    y = each(lambda a, b: (a + b) / 2, dorsey(i[0], p), dorsey(i[1], p))

    return [(y, [BIG(100) for _ in y])]


def cfo(i, p):
    x, n = i[0], p["timeperiod"]

    def ahead(w):
        m, middle = mean(w), BIG(n - 1) / 2
        slope = sum((j - middle) * v for j, v in enumerate(w)) / sum((j - middle) ** 2 for j in range(n))
        return m + slope * (n - middle)

    return [(each(lambda v, f: ZERO if v == 0 else 100 * (v - f) / v, x, roll(ahead, n, x)),
             each(lambda v, s: ZERO if v == 0 else 400 * s / abs(v), x, near(n, x)))]


def cg(i, p):
    """Where the sum is nearly 0 the balance is anywhere; a sum that is exactly 0 may be rounded."""
    n, x = p["timeperiod"], i[0]
    balance = lambda w: BIG(-(n + 1)) / 2 if sum(w) == 0 else -sum((n - j) * v for j, v in enumerate(w)) / sum(w)
    y, m = roll(balance, n, x), sma(x, n)
    size = [None if b == 0 and a > 0 else n * (1 + (abs(v) / n + 1) * a / abs(b)) if b.is_finite() and b != 0 else ZERO for v, b, a in zip(y, m, near(n, x))]
    return [(y, size)]


def cti(i, p):
    n = p["timeperiod"]

    def line(w):
        m, middle, v = mean(w), BIG(n - 1) / 2, variance(w, 0)
        steps = sum((j - middle) ** 2 for j in range(n)) / n
        return ZERO if v == 0 else sum((j - middle) * (x - m) for j, x in enumerate(w)) / n / (v * steps).sqrt()

    return [(roll(line, n, i[0]), of(10, len(i[0])))]


def streak_of(x, nan):
    def step(memory, v):
        last, run = memory or (None, 0)
        if last is None:
            return (v, 0), NAN
        run = max(run, 0) + 1 if v > last else min(run, 0) - 1 if v < last else 0
        return (v, run), BIG(run)

    return remember(step, nan, x)


def streak(i, p):
    run = streak_of(i[0], p["nan"])
    zero = of(0, len(run))
    return [(run, zero), (each(lambda v: max(v, ZERO), run), zero), (each(lambda v: max(-v, ZERO), run), zero)]


def rsi(x, n, nan):
    def step(memory, v):
        last, i, up, down = memory or (None, 0, ZERO, ZERO)
        if last is None:
            return (v, 0, up, down), NAN
        i, gain, loss = i + 1, max(v - last, ZERO), max(last - v, ZERO)
        up, down = [a + b if i < n else (a + b) / n if i == n else a + (b - a) / n for a, b in ((up, gain), (down, loss))]
        return (v, i, up, down), NAN if i < n else ZERO if up + down == 0 else 100 * up / (up + down)

    return remember(step, nan, x)


def below(x, n):
    return roll(lambda w: BIG(sum(v < w[-1] for v in w)), n, x)


def crsi(i, p):
    x, n = i[0], p["rankperiod"]
    moves = each(lambda a, b: ZERO if b == 0 else (a - b) / b, x, lag(x, 1))
    rounded = [BIG(float(v)) for v in moves]  # returns that differ beyond the last digit are one
    parts = rsi(x, p["timeperiod"], p["nan"]), rsi(streak_of(x, p["nan"]), p["streakperiod"], p["nan"]), below(rounded, n + 1)
    return [(each(lambda a, b, c: (a + b + 100 * c / n) / 3, *parts), of(1000, len(x)))]


def stc(i, p):
    """The series of ties and that with spikes have ranges of rounding alone."""
    x, nan, n = i[0], p["nan"], p["cycleperiod"]
    fast, slow = sorted((p["fastperiod"], p["slowperiod"]))
    late = remember(lambda k, v: ((k or 0) + 1, v if (k or 0) >= slow - fast else NAN), nan, x)
    y, known = minus(ema(late, fast, nan), ema(x, slow, nan)), None
    for _ in range(2):
        wide, low = span(y, y, n), bottom(y, n)
        place = remember(lambda last, v, a, r: ((100 * (v - a) / r if r > 0 else last or ZERO),) * 2, nan, y, low, wide)
        y = follow(place, of("0.5", len(place)), place, nan)
        known = wide if known is None else known
    fine = [not r.is_finite() or r == 0 or s / r < BIG("1e7") for r, s in zip(known, ever(x))]
    size = [None if not all(fine[: t + 1]) else BIG("1e9") for t in range(len(x))]
    return [(y, size)]


def kst_of(names, kind, signal_kind):
    """The four averages have their first value on the same bar: those that look back less far begin as much later."""

    def twin(i, p):
        x, late = i[0], [p[f"roc{k}period"] + p[f"{names}{k}period"] for k in range(1, 5)]
        size, line = ZERO, of(0, len(x))
        for k in range(1, 5):
            rate = each(lambda a, b: ZERO if b == 0 else 100 * (a / b - 1), x, lag(x, p[f"roc{k}period"]))
            size = max([size] + [100 + abs(v) for v in rate if v.is_finite()])
            if p.get(kind, 0):
                wait = max(late) - late[k - 1]
                rate = remember(lambda c, v: ((c or 0) + 1, v if (c or 0) >= wait else NAN), p["nan"], rate)
            line = each(lambda s, v: s + k * v, line, of_kind(rate, p[f"{names}{k}period"], kind, p))
        signal = of_kind(line, p["signalperiod"], signal_kind, p)
        return [(each(lambda v, s: v, line, signal), of(10 * size, len(x))), (signal, of(10 * size, len(x)))]

    return twin


def of_kind(s, n, kind, p):
    return ema(s, n, p["nan"]) if p.get(kind, 0) and n > 1 else sma(s, n)


def emv(i, p):
    h, l, v = i
    mid = each(lambda a, b: (a + b) / 2, h, l)
    raw = each(lambda h, l, v, a, b: ZERO if h == l or v == 0 else (a - b) * (h - l) / (v / BIG(p["volumedivisor"])), h, l, v, mid, lag(mid, 1))
    size = each(lambda h, l, v, s: ZERO if h == l or v == 0 else s * (h - l) / (v / BIG(p["volumedivisor"])), h, l, v, near(2, h, l))
    return [(sma(raw, p["timeperiod"]), near(p["timeperiod"], size))]


# ---------------------------------------------------------------- returns and volatility

def ln_ratio(a, b):
    return each(lambda x, y: ratio(x, y).ln(), a, b)


def log_ratio(i, p):
    y = ln_ratio(*i)
    return [(y, own(y))]


def log_return(i, p):
    y = ln_ratio(i[0], lag(i[0], p["timeperiod"]))
    return [(y, own(y))]


def percent_return(i, p):
    y = each(lambda a, b: ZERO if b == 0 else (a - b) / b, i[0], lag(i[0], p["timeperiod"]))
    return [(y, own(y))]


def yearly(variances, p, *parts, share="1e-5"):
    """Measured by itself and by a share of the largest value that went into its squares, beside which it may be 0."""
    a, n = BIG(p["annualization"]), p["timeperiod"]
    y = each(lambda v: (a * max(v, ZERO)).sqrt(), variances)
    return [(y, [s if s == 0 else (v + a.sqrt() * s * BIG(share) if v.is_finite() else s) for v, s in zip(y, near(n, *parts))])]


def historical_volatility(i, p):
    y = ln_ratio(i[0], lag(i[0], 1))
    return yearly(roll(lambda w: variance(w, 1), p["timeperiod"], y), p, y, share=1)


def parkinson(i, p):
    y = ln_ratio(*i)
    return yearly(each(lambda v: v / (4 * BIG(2).ln()), sma(each(lambda v: v * v, y), p["timeperiod"])), p, y)


def garman_klass(i, p):
    o, h, l, c = i
    r, d = ln_ratio(h, l), ln_ratio(c, o)
    return yearly(sma(each(lambda a, b: a * a / 2 - (2 * BIG(2).ln() - 1) * b * b, r, d), p["timeperiod"]), p, r, d)


def satchell_of(i):
    o, h, l, c = i
    return each(lambda a, b, c, d: a * b + c * d, ln_ratio(h, c), ln_ratio(h, o), ln_ratio(l, c), ln_ratio(l, o))


def rogerssatchell(i, p):
    sound = [v if min(bar) > 0 or any(x.is_nan() for x in bar) else ZERO for v, bar in zip(satchell_of(i), zip(*i))]
    return yearly(sma(sound, p["timeperiod"]), p, each(lambda v: abs(v).sqrt(), sound))


def yang_zhang(i, p):
    o, h, l, c = i
    n = p["timeperiod"]
    k = BIG("0.34") / (BIG("1.34") + BIG(n + 1) / (n - 1))
    night, day, within = ln_ratio(o, lag(c, 1)), ln_ratio(c, o), satchell_of(i)
    parts = [roll(lambda w: variance(w, 1), n, s) for s in (night, day)] + [sma(within, n)]
    return yearly(each(lambda a, b, r: a + k * b + (1 - k) * r, *parts), p, night, day, each(lambda v: abs(v).sqrt(), within))


def loss(x, peak):
    y = each(lambda v, m: ZERO if m == 0 else (v - m) / m, x, peak)
    return [(y, own(y))]


def extreme(best):
    def twin(i, p):
        y = remember(lambda m, v: (v if m is None else best(m, v),) * 2, p["nan"], i[0])
        return [(y, of(0, len(y)))]

    return twin


def drawdown(i, p):
    return loss(i[0], extreme(max)(i, p)[0][0])


def rolling_drawdown(i, p):
    return loss(i[0], top(i[0], p["timeperiod"]))


def ui(i, p):
    n = p["timeperiod"]
    d = each(lambda v: (100 * v) ** 2, rolling_drawdown(i, p)[0][0])
    y = each(lambda v: v.sqrt(), sma(d, n))
    return [(y, [v + BIG("1e-5") * s.sqrt() if v.is_finite() else ZERO for v, s in zip(y, near(n, d))])]


# ---------------------------------------------------------------- statistics

def entropy(i, p):
    n, base = p["timeperiod"], BIG(p["base"]).ln()

    def of_shares(w):
        if any(v < 0 for v in w):
            return NAN
        s = sum(w)
        return ZERO if s == 0 else -sum(v / s * (v / s).ln() for v in w if v) / base

    logs = near(n, each(lambda v: abs(v.ln()) if v > 0 else ZERO, i[0]))
    return [(roll(of_shares, n, i[0]), [(n + v) / base for v in logs])]


def hurst(i, p):
    n, q, lags = p["timeperiod"], BIG(p["q"]), (1, 2, 4, 8, 16)
    power = lambda v: abs(v) if q == 1 else ZERO if v == 0 else (q * abs(v).ln()).exp()
    means = [sma(each(power, minus(i[0], lag(i[0], k))), n) for k in lags]

    def slope(*m):
        if min(m) <= 0:
            return BIG("0.5")
        x, y = [BIG(k).ln() for k in lags], [v.ln() for v in m]
        middle = mean(x)
        return sum((a - middle) * b for a, b in zip(x, y)) / sum((a - middle) ** 2 for a in x) / q

    return [(each(slope, *means), of(10, len(i[0])))]


def kurtosis(i, p):
    n = p["timeperiod"]

    def g2(w):
        m = mean(w)
        m2, m4 = mean([(v - m) ** 2 for v in w]), mean([(v - m) ** 4 for v in w])
        return NAN if m2 == 0 else BIG(n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)

    return [(roll(g2, n, i[0]), of(n * n, len(i[0])))]


def median(w):
    s = sorted(w)
    return (s[(len(s) - 1) // 2] + s[len(s) // 2]) / 2


def median_deviation(i, p):
    n = p["timeperiod"]
    y = roll(lambda w: median([abs(v - median(w)) for v in w]), n, i[0])
    return [(y, near(n, i[0]))]


def standard_error(i, p):
    n = p["timeperiod"]
    y = each(lambda s: s / BIG(n).sqrt(), std(i[0], n, p["ddof"]))
    return [(y, own(y))]


TWINS = {
    "alma": weighted(alma_weights), "fwma": weighted(fibonacci), "pwma": weighted(pascal), "sinwma": weighted(half_sine), "swma": weighted(triangle),
    "swak_gauss": filtered(gauss, 1), "swak_butter": filtered(butter, 1), "swak_hp": filtered(high, 0), "swak_2php": filtered(high_twice, 0), "swak_bp": filtered(band, 0),
    "mcgd": mcgd, "vidya": vidya, "frama": frama, "bias": bias, "dsp": dsp,
    "bbw": bbw, "percentb": percentb, "cksp": cksp, "trail": trail_alone, "pmax": pmax, "thermo": thermo,
    "si": si, "asi": asi, "brar": brar, "chop": chop, "choptr": choptr, "fisher_line": fisher_alone, "fisher": fisher, "ibs": ibs, "pso": pso, "rvir": rvir,
    "cfo": cfo, "cg": cg, "cti": cti, "streak": streak, "crsi": crsi, "stc": stc, "emv": emv,
    "kst": kst_of("sma", "", ""), "kstext": kst_of("ma", "rocmatype", "signalmatype"),
    "log_ratio": log_ratio, "log_return": log_return, "percent_return": percent_return, "historical_volatility": historical_volatility, "parkinson": parkinson,
    "garman_klass": garman_klass, "rogerssatchell": rogerssatchell, "yang_zhang": yang_zhang, "cummax": extreme(max), "cummin": extreme(min), "drawdown": drawdown,
    "rolling_drawdown": rolling_drawdown, "ui": ui, "entropy": entropy, "hurst": hurst, "kurtosis": kurtosis, "median_deviation": median_deviation,
    "stderr": standard_error,
}  # fmt: skip

# What they are tried with, where not as every operator.
CHOSEN = {**{(name, "matype"): (0, 1) for name in ("bias", "bbw", "percentb", "pmax", "thermo")}, ("hurst", "q"): (1.0, 1.5), ("hurst", "timeperiod"): (17,), ("correlation_p", "n"): (4, 12), ("percentile_between", "min_percentile"): (20.0,), ("percentile_between", "max_percentile"): (70.0,)}


def answers(name, inputs, p):
    """[bar][output] of (value, size). What comes after an infinite value depends on the order of sums, so it has no size, but where that is all there is to the operator."""
    series = [[BIG(x) for x in s] for s in inputs]
    with decimal.localcontext() as context:
        context.traps[decimal.DivisionByZero] = context.traps[decimal.InvalidOperation] = context.traps[decimal.Overflow] = False
        outputs = TWINS[name](series, p)
    return [[(y[t], size[t]) for y, size in outputs] for t in range(len(inputs[0]))]
