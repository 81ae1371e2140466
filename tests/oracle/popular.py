# SPDX-License-Identifier: Apache-2.0
"""Naive twins of indicators that are named in books and in other libraries, from their formulas: over plain lists, with sums that are rounded once. A series is a list with NaN
where a value is missing. Each twin takes the input series in the order of the operator and the parameters, and gives a list of series, one an output."""
import math

NAN = float("nan")


def known(v):
    return math.isfinite(v)


# ---------------------------------------------------------------- what indicators are made of


def each(f, *xs):
    return [f(*v) if not any(map(math.isnan, v)) else NAN for v in zip(*xs)]


def window(n, f, *xs):
    """f of the last n bars; missing while a missing value is among them."""
    out = []
    for t in range(len(xs[0])):
        parts = [x[t + 1 - n : t + 1] for x in xs] if t + 1 >= n else None
        out.append(f(*parts) if parts and not any(math.isnan(v) for p in parts for v in p) else NAN)
    return out


def fold(step, *xs):
    """A recursion: missing bars never were; the step gives None where it has no value yet."""
    out = []
    for v in zip(*xs):
        y = step(*v) if all(map(known, v)) else None
        out.append(NAN if y is None else y)
    return out


def folds(step, n_out, *xs):
    """The same with several results."""
    rows = [step(*v) if all(map(known, v)) else [NAN] * n_out for v in zip(*xs)]
    return [[r[o] for r in rows] for o in range(n_out)]


def lag(x, k):
    return ([NAN] * k + x)[: len(x)]


def diff(x, k=1):
    return each(lambda a, b: a - b, x, lag(x, k))


def highest(x, n):
    return window(n, max, x)


def lowest(x, n):
    return window(n, min, x)


def total(x, n):
    return window(n, math.fsum, x)


def sma(x, n):
    return window(n, lambda w: math.fsum(w) / n, x)


def std(x, n):
    def f(w):
        m = math.fsum(w) / n
        return math.sqrt(math.fsum((v - m) ** 2 for v in w) / n)

    return window(n, f, x)


def line_end(x, n):
    """Where the line of least squares ends."""
    at = [i - (n - 1) / 2 for i in range(n)]
    square = sum(a * a for a in at)

    def f(w):
        m = math.fsum(w) / n
        return m + (n - 1) / 2 * math.fsum(a * (v - m) for a, v in zip(at, w)) / square

    return window(n, f, x)


def smooth(x, n, k):
    """The mean of the first n values, then a share k of the way."""
    first, y = [], None

    def step(v):
        nonlocal y
        if len(first) < n:
            first.append(v)
            y = math.fsum(first) / n if len(first) == n else None
        else:
            y = y + k * (v - y)
        return y

    return fold(step, x)


def ema(x, n):
    return smooth(x, n, 2 / (n + 1))


def rma(x, n):
    return smooth(x, n, 1 / n)


def vwma(x, v, n):
    return each(lambda a, b: a / b if b else NAN, total(each(lambda p, q: p * q, x, v), n), total(v, n))


def true_range(h, l, c):
    return each(lambda a, b, p: max(a - b, abs(a - p), abs(b - p)), h, l, lag(c, 1))


def of_moves(f, *xs):
    """A fold whose step also gets the known bar before."""
    last = None

    def step(*v):
        nonlocal last
        y = None if last is None else f(v, last)
        last = v
        return y

    return fold(step, *xs)


def atr(h, l, c, n):
    return rma(of_moves(lambda v, p: max(v[0] - v[1], abs(v[0] - p[2]), abs(v[1] - p[2])), h, l, c), n)


def rsi(x, n):
    up, down = rma(of_moves(lambda v, p: max(v[0] - p[0], 0.0), x), n), rma(of_moves(lambda v, p: max(p[0] - v[0], 0.0), x), n)
    return each(lambda a, b: 100 * a / (a + b) if a + b else 0.0, up, down)


def obv(c, v):
    last = y = None

    def step(a, b):
        nonlocal last, y
        y = b if y is None else y + (b if a > last else -b if a < last else 0.0)
        last = a
        return y

    return fold(step, c, v)


def mid(h, l):
    return each(lambda a, b: (a + b) / 2, h, l)


def typical(h, l, c):
    return each(lambda a, b, d: (a + b + d) / 3, h, l, c)


def ratio(a, b):
    return each(lambda p, q: p / q if q else 0.0, a, b)


def poles(x, weights, start):
    """y = w0 x + w1 y' + w2 y'' + w3 y''', y the start before the first bar."""
    past = []

    def step(v, s):
        if not past:
            past.extend([s] * 3)
        past[:] = [weights[0] * v + sum(w * y for w, y in zip(weights[1:], past)), *past[:2]]
        return past[0]

    return fold(step, x, start)


# ---------------------------------------------------------------- filters


def two_poles(n):
    a, w = math.exp(-math.sqrt(2) * math.pi / n), math.sqrt(2) * math.pi / n
    c2, c3 = 2 * a * math.cos(w), -a * a
    return [1 - c2 - c3, c2, c3]


def three_poles(n):
    a = math.exp(-math.pi / n)
    b, c = 2 * a * math.cos(math.sqrt(3) * math.pi / n), a * a
    return [(1 - b + c) * (1 - c), b + c, -c - b * c, c * c]


def ssf(i, p):
    return [poles(i[0], two_poles(p["timeperiod"]) if p["poles"] == 2 else three_poles(p["timeperiod"]), i[0])]


def zeros(x):
    return [0.0] * len(x)


def high_pass_share(w):
    return (math.cos(w) + math.sin(w) - 1) / math.cos(w)


def two_pole_high_pass(x, a):
    move = each(lambda p, q, r: (1 - a / 2) ** 2 * (p - 2 * q + r), x, lag(x, 1), lag(x, 2))
    return poles(move, [1, 2 * (1 - a), -((1 - a) ** 2)], zeros(x))


def decycler(i, p):
    a, m = high_pass_share(2 * math.pi / p["hp_period"]), mid(i[0], lag(i[0], 1))
    return [poles(m, [a, 1 - a], m)]


def roofing(i, p):
    high = two_pole_high_pass(i[0], high_pass_share(math.sqrt(2) * math.pi / p["hp_period"]))
    return [poles(mid(high, lag(high, 1)), two_poles(p["timeperiod"]), zeros(high))]


def cyber_cycle(i, p):
    s = weighted(i[0])
    c = two_pole_high_pass(s, p["alpha"])
    return [c, lag(c, 1)]


def flex(bend):
    def f(i, p):
        n, m = p["timeperiod"], mid(i[0], lag(i[0], 1))
        y = poles(m, two_poles(n / 2), m)
        d = window(n + 1, lambda w: math.fsum(w[-1] + bend * k * (w[0] - w[-1]) / n - w[-1 - k] for k in range(1, n + 1)) / n, y)
        square = poles(each(lambda v: v * v, d), [0.04, 0.96], zeros(d))
        return [each(lambda v, s: v / math.sqrt(s) if s > 0 else 0.0, d, square)]

    return f


def ebsw(i, p):
    w = 2 * math.pi / p["length"]
    a = (1 - math.sin(w)) / math.cos(w)
    high = poles(each(lambda d: 0.5 * (1 + a) * d, diff(i[0])), [1, a], zeros(i[0]))
    f = poles(mid(high, lag(high, 1)), two_poles(p["bars"]), zeros(high))
    return [window(3, lambda v: sum(v) / 3 / math.sqrt(sum(u * u for u in v) / 3) if any(v) else 0.0, f)]


def stages(x, g):
    l = None

    def step(v):
        nonlocal l
        old = l or [v] * 4
        l = [(1 - g) * v + g * old[0]]
        for k in (1, 2, 3):
            l.append(-g * l[k - 1] + old[k - 1] + g * old[k])
        return l

    return folds(step, 4, x)


def allpass(x, g):
    s = None

    def step(v):
        nonlocal s
        x1, y1 = s or (v, v)
        s = (v, -g * v + x1 + g * y1)
        return s[1]

    return fold(step, x)


def laguerre(i, p):
    return [each(lambda a, b, c, d: (a + 2 * b + 2 * c + d) / 6, *stages(i[0], p["gamma"]))]


def lrsi(i, p):
    def f(a, b, c, d):
        moves = [a - b, b - c, c - d]
        up, down = sum(m for m in moves if m > 0), sum(-m for m in moves if m < 0)
        return 100 * up / (up + down) if up + down else 0.0

    return [each(f, *stages(i[0], p["gamma"]))]


def hwma_state(x, p):
    s = None

    def step(v):
        nonlocal s
        f, b, a = s or (v, 0.0, 0.0)
        level = (1 - p["na"]) * (f + b + a / 2) + p["na"] * v
        slope = (1 - p["nb"]) * (b + a) + p["nb"] * (level - f)
        s = (level, slope, (1 - p["nc"]) * a + p["nc"] * (slope - b))
        return s[0] + s[1] + s[2] / 2

    return fold(step, x)


def hwc(i, p):
    m = hwma_state(i[0], p)
    miss = lag(each(lambda a, b: (a - b) ** 2, i[0], m), 1)
    width = each(lambda v: p["scalar"] * math.sqrt(v), lag(poles(miss, [p["nd"], 1 - p["nd"]], zeros(m)), 1))
    return [m, each(lambda a, b: a + b, m, width), each(lambda a, b: a - b, m, width)]


def rsx_smooth(x, n):
    k, y = 3 / (n + 2), x
    for _ in range(3):
        a = poles(y, [k, 1 - k], zeros(x))
        y = each(lambda p, q: 1.5 * p - 0.5 * q, a, poles(a, [k, 1 - k], zeros(x)))
    return y


def rsx(i, p):
    m = diff(i[0])
    part, whole = rsx_smooth(m, p["timeperiod"]), rsx_smooth(each(abs, m), p["timeperiod"])
    return [each(lambda a, b: min(max(50 * (a / b + 1), 0.0), 100.0) if b > 0 else 50.0, part, whole)]


def jma(i, p):
    n = p["timeperiod"]
    half = (n - 1) / 2
    length = max(math.log2(math.sqrt(half)) + 2, 0)
    power, bet = max(length - 2, 0.5), length * math.sqrt(half) / (length * math.sqrt(half) + 1)
    beta, widths, means, s = 0.45 * (n - 1) / (0.45 * (n - 1) + 2), [], [], None

    def step(x):
        nonlocal s
        up, low, a, b, d, j = s or (x, x, x, 0.0, 0.0, x)
        u, v = x - up, x - low
        widths.append(max(abs(u), abs(v)) if abs(u) != abs(v) else 0.0)
        means.append(math.fsum(widths[-10:]) / 10)
        mean = math.fsum(means[-65:]) / len(means[-65:])
        r = max(1.0, min(length ** (1 / power), widths[-1] / mean if mean > 0 else 0.0)) ** power
        kept, alpha = bet ** math.sqrt(r), beta**r
        up, low = x if u > 0 else x - kept * u, x if v < 0 else x - kept * v
        a = (1 - alpha) * x + alpha * a
        b = (x - a) * (1 - beta) + beta * b
        d = (a + (1.5 + 0.01 * p["phase"]) * b - j) * (1 - alpha) ** 2 + alpha**2 * d
        s = (up, low, a, b, d, j + d)
        return s[-1] if len(widths) >= n else None

    return [fold(step, i[0])]


# ---------------------------------------------------------------- levels


def ichimoku(i, p):
    h, l, c = i
    tenkan, kijun, b = (mid(highest(h, n), lowest(l, n)) for n in (p["tenkan_period"], p["kijun_period"], p["senkou_period"]))
    a, d = mid(tenkan, kijun), p["displacement"]
    return [tenkan, kijun, a, b, lag(a, d), lag(b, d), diff(c, d) if d else each(lambda v: 0.0, c)]


def ce(i, p):
    h, l, c = i
    n, width = p["timeperiod"], each(lambda v: p["multiplier"] * v, atr(h, l, c, p["timeperiod"]))
    return [each(lambda a, b: a - b, highest(h, n), width), each(lambda a, b: a + b, lowest(l, n), width)]


def pivots_of(kind, o, h, l, c):
    r, p = h - l, (h + l + c) / 3
    if kind == 1:
        steps = (0.382, 0.618, 1, 1.618)
        return [p, *(p + k * r for k in steps), *(p - k * r for k in steps)]
    if kind == 2:
        steps = (12, 6, 4, 2)
        return [p, *(c + r * 1.1 / k for k in steps), *(c - r * 1.1 / k for k in steps)]
    if kind == 4:
        x = h + 2 * l + c if c < o else 2 * h + l + c if c > o else h + l + 2 * c
        return [x / 4, x / 2 - l, NAN, NAN, NAN, x / 2 - h, NAN, NAN, NAN]
    p = (h + l + 2 * c) / 4 if kind == 3 else p
    return [p, 2 * p - l, p + r, h + 2 * (p - l), h + 3 * (p - l), 2 * p - h, p - r, l - 2 * (h - p), l - 3 * (h - p)]


def before(h, l, c, n):
    return lag(highest(h, n), 1), lag(lowest(l, n), 1), lag(c, 1)


def pivots(i, p):
    o, h, l, c = i
    rows = [pivots_of(p["kind"], *v) if not any(map(math.isnan, v[1 : 4] if p["kind"] != 4 else v)) else [NAN] * 9 for v in zip(lag(o, p["timeperiod"]), *before(h, l, c, p["timeperiod"]))]
    return [list(x) for x in zip(*rows)]


def cpr(i, p):
    h, l, c = before(*i, p["timeperiod"])
    pivot, bc = typical(h, l, c), mid(h, l)
    return [pivot, each(lambda a, b: 2 * a - b, pivot, bc), bc, each(lambda a, b: abs(2 * a - 2 * b), pivot, bc)]


def alligator(i, p):
    return [lag(rma(mid(*i), p[k + "_period"]), p[k + "_offset"]) for k in ("jaw", "teeth", "lips")]


def gator(i, p):
    jaw, teeth, lips = alligator(i, p)
    return [each(lambda a, b: abs(a - b), jaw, teeth), each(lambda a, b: -abs(a - b), teeth, lips)]


def bricks(x, box):
    level, side = None, 0.0

    def step(v, b):
        nonlocal level, side
        level, made = v if level is None else level, 0
        if b > 0:
            up, down = math.floor((v - level) / b), math.floor((level - v) / b)
            if up - (side < 0) >= 1:
                made, level, side = up - (side < 0), level + up * b, 1.0
            elif down - (side > 0) >= 1:
                made, level, side = -(down - (side > 0)), level - down * b, -1.0
        return side, level, float(made)

    return folds(step, 3, x, box)


def renko(i, p):
    return bricks(i[2], [p["box"]] * len(i[2]) if p["box"] else atr(*i, p["timeperiod"]))


def zigzag(i, p):
    """Bar by bar over all bars so far: the leg, its extreme, the last pivot."""
    share, bars, state = p["deviation"] * 0.01, [], {"side": 0, "pivot": None}

    def begin(t, h, l):
        top, low = max(range(t), key=lambda k: (bars[k][0], -k)), min(range(t), key=lambda k: (bars[k][1], k))
        if bars[top][0] - l >= share * abs(bars[top][0]):
            state.update(side=-1, pivot=(bars[top][0], top), at=t, extreme=l)
            return 1.0
        if h - bars[low][1] >= share * abs(bars[low][1]):
            state.update(side=1, pivot=(bars[low][1], low), at=t, extreme=h)
            return -1.0
        return 0.0

    def step(h, l):
        t, signal = len(bars), 0.0
        bars.append((h, l))
        if t == 0:
            state["pivot"] = ((h + l) / 2, 0)
        elif state["side"] == 0:
            signal = begin(t, h, l)
        else:
            s, e = state["side"], state["extreme"]
            if s * ((h if s > 0 else l) - e) > 0:
                state.update(extreme=h if s > 0 else l, at=t)
            elif s * (e - (l if s > 0 else h)) >= share * abs(e):
                signal = float(s)
                state.update(side=-s, pivot=(e, state["at"]), at=t, extreme=l if s > 0 else h)
        return signal, state["pivot"][0], float(t - state["pivot"][1]), float(state["side"])

    return folds(step, 4, *i)


# ---------------------------------------------------------------- swings


EITHER = 0.5  # the answer where rounding decides


def is_less(a, b):
    return EITHER if abs(a - b) < 1e-13 * (abs(a) + abs(b)) else float(a < b)


def squeeze_with(scalars, widest):
    def f(i, p):
        h, l, c = i
        k, b = p["kc_length"], p["bb_length"]
        m, centre, s, r = sma(c, b), sma(c, k), std(c, b), sma(true_range(h, l, c), k)
        away = each(lambda x, a, d, e: x - ((a + d) / 2 + e) / 2, c, highest(h, k), lowest(l, k), centre)
        far, near = (each(lambda a, d, e: p["bb_std"] * d + sign * abs(a - e), m, s, centre) for sign in (1, -1))
        on = lambda q: each(lambda a, w: is_less(a, q * w), far, r)
        off = lambda q: each(lambda a, w: is_less(q * w, a), near, r)
        return [line_end(away, k), *(on(p[s]) for s in scalars), off(p[widest])]

    return f


def pgo(i, p):
    h, l, c = i
    n = p["timeperiod"]
    return [ratio(each(lambda a, b: a - b, c, sma(c, n)), ema(true_range(h, l, c), n))]


def weighted(x):
    return window(4, lambda w: (w[3] + 2 * w[2] + 2 * w[1] + w[0]) / 6, x)


def rvgi(i, p):
    o, h, l, c = i
    n = p["timeperiod"]
    y = ratio(total(weighted(each(lambda a, b: a - b, c, o)), n), total(weighted(each(lambda a, b: a - b, h, l)), n))
    return [y, weighted(y)]


def inertia(i, p):
    n, x = p["rvi_length"], i[0]
    up = ema(each(lambda s, d: s if d > 0 else 0.0, std(x, n), diff(x)), n)
    down = ema(each(lambda s, d: s if d < 0 else 0.0, std(x, n), diff(x)), n)
    return [line_end(each(lambda a, b: 100 * a / (a + b) if a + b else 0.0, up, down), p["timeperiod"])]


def trail(x, width):
    s = None

    def step(v, w):
        nonlocal s
        if s is None:
            s = (v, v - w, v + w, 1)
        else:
            x1, low, high, side = s
            side = 1 if v > high else -1 if v < low else side
            low, high = max(low, v - w) if v > low and x1 > low else v - w, min(high, v + w) if v < high and x1 < high else v + w
            s = (v, low, high, side)
        return s[1] if s[3] > 0 else s[2], s[1], s[2]

    return folds(step, 3, x, width)


def qqe(i, p):
    r, n = ema(rsi(i[0], p["timeperiod"]), p["smooth"]), 2 * p["timeperiod"] - 1
    line, low, high = trail(r, each(lambda v: p["factor"] * v, ema(ema(each(abs, diff(r)), n), n)))
    return [line, r, low, high]


def wavetrend(i, p):
    x = typical(*i)
    away = each(lambda a, b: a - b, x, ema(x, p["channel_period"]))
    y = ema(each(lambda a, b: a / (0.015 * b) if b else 0.0, away, ema(each(abs, away), p["channel_period"])), p["average_period"])
    return [y, sma(y, 4)]


def td_count(move, below, above):
    runs, counts, open_ = [0, 0], [0, 0], [False, False]

    def step(m, b, a):
        runs[:] = [runs[0] + 1 if m < 0 else 0, runs[1] + 1 if m > 0 else 0]
        for k, is_count in ((0, b <= 0), (1, a >= 0)):
            if counts[k] == 13:
                open_[k], counts[k] = False, 0
            if runs[k] == 9:
                open_[k], counts[k] = True, 0
            if runs[1 - k] == 9:
                open_[k], counts[k] = False, 0
            counts[k] += open_[k] and is_count
        return [float(v) for v in (*runs, *counts)]

    return folds(step, 4, move, below, above)


def td_seq(i, p):
    h, l, c = i
    return td_count(diff(c, 4), each(lambda a, b: a - b, c, lag(l, 2)), each(lambda a, b: a - b, c, lag(h, 2)))


def fade(step):
    def f(i, p):
        y = None

        def next_(x):
            nonlocal y
            y = x if y is None else max(x, step(y, p["timeperiod"]))
            return y

        return [fold(next_, i[0])]

    return f


# ---------------------------------------------------------------- volume


def volume_force(h, l, c, v):
    s = None

    def step(a, b, d, w):
        nonlocal s
        price, range_ = a + b + d, a - b
        if s is None:
            s = (price, range_, 0, range_)
            return None
        side = 1 if price > s[0] else -1 if price < s[0] else s[2]
        s = (price, range_, side, (s[3] if side == s[2] else s[1]) + range_)
        return side * 100 * w * abs(2 * range_ / s[3] - 1) if s[3] else 0.0

    return fold(step, h, l, c, v)


def kvo(i, p):
    f = volume_force(*i)
    y = each(lambda a, b: a - b, ema(f, p["fastperiod"]), ema(f, p["slowperiod"]))
    return [y, ema(y, p["signalperiod"])]


def vfi(i, p):
    h, l, c, v = i
    x, n = typical(h, l, c), p["timeperiod"]
    log = each(lambda a, b: math.log(a / b) if b and a / b > 0 else NAN, x, lag(x, 1))
    base = lag(sma(v, n), 1)
    flow = each(lambda m, s, q, w, b: (min(w, p["vcoef"] * b) if m > p["coef"] * s * q else -min(w, p["vcoef"] * b) if m < -p["coef"] * s * q else 0.0), diff(x), std(log, 30), c, v, base)
    return [ema(ratio(total(flow, n), base), p["smooth"])]


def vwmacd(i, p):
    x, v = i
    y = each(lambda a, b: a - b, vwma(x, v, min(p["fastperiod"], p["slowperiod"])), vwma(x, v, max(p["fastperiod"], p["slowperiod"])))
    s = vwma(y, v, p["signalperiod"])
    return [y, s, each(lambda a, b: a - b, y, s)]


def tmf(i, p):
    h, l, c, v = i
    top, low = each(max, h, lag(c, 1)), each(min, l, lag(c, 1))
    flow = each(lambda a, b, x, w: w * (2 * x - a - b) / (a - b) if a != b else 0.0, top, low, c, v)
    return [ratio(rma(flow, p["timeperiod"]), rma(each(lambda a, b: b, low, v), p["timeperiod"]))]


def run(fast, slow, n, sign):
    return each(lambda a, b: float(sign * a > 0 and b != 0), diff(fast, n), diff(slow, n))


def runs(x, p, n):
    fast, slow = ema(x, min(p["fastperiod"], p["slowperiod"])), ema(x, max(p["fastperiod"], p["slowperiod"]))
    return [fast, slow, run(fast, slow, n, 1), run(fast, slow, n, -1)]


def volume_profile(i, p):
    n = p["bins"]

    def f(x, v):
        low, high, whole = min(x), max(x), sum(v)
        if not whole > 0 or high == low:
            return low + (high - low) / 2, high, low
        bins = [0.0] * n
        for a, b in zip(x, v):
            bins[min(int((a - low) / (high - low) * n), n - 1)] += b
        first = last = bins.index(max(bins))
        most, size = first, (high - low) / n
        while sum(bins[first : last + 1]) < p["value_area"] * whole and (first > 0 or last < n - 1):
            up, down = bins[last + 1] if last < n - 1 else -1, bins[first - 1] if first > 0 else -1
            first, last = (first, last + 1) if up >= down else (first - 1, last)
        return low + (most + 0.5) * size, low + (last + 1) * size, low + first * size

    rows = [r if r == r else (NAN,) * 3 for r in window(p["timeperiod"], f, *i)]
    return [[r[o] if isinstance(r, tuple) else NAN for r in rows] for o in range(3)]


# ---------------------------------------------------------------- the table


def moved(sign):
    def f(i, p):
        n = p["timeperiod"]
        return [window(n, lambda w: float(all(sign * v > 0 for v in w)), diff(i[0])) if p["strict"] else each(lambda v: float(sign * v > 0), diff(i[0], n))]

    return f


def crossing(sign):
    return lambda i, p: [each(lambda a, b, c, d: float(sign * (a - b) > 0 and sign * (c - d) <= 0), *i, lag(i[0], 1), lag(i[1], 1))]


TWINS = {
    "poles": lambda i, p: [poles(i[0], [p["gain"], 1 - p["gain"] + p["m1"], p["m2"] - p["m1"], -p["m2"]], i[1])],
    "allpass": lambda i, p: [allpass(i[0], p["gamma"])],
    "ssf": ssf,
    "decycler": decycler,
    "roofing": roofing,
    "cyber_cycle": cyber_cycle,
    "trendflex": flex(0),
    "reflex": flex(1),
    "ebsw": ebsw,
    "laguerre": laguerre,
    "lrsi": lrsi,
    "hwma": lambda i, p: [hwma_state(i[0], p)],
    "gmma": lambda i, p: [ema(i[0], n) for n in (3, 5, 8, 10, 12, 15, 30, 35, 40, 45, 50, 60)],
    "hwc": hwc,
    "rsx_smooth": lambda i, p: [rsx_smooth(i[0], p["timeperiod"])],
    "rsx": rsx,
    "jma": jma,
    "ichimoku": ichimoku,
    "ce": ce,
    "pivots": pivots,
    "cpr": cpr,
    "alligator": alligator,
    "gator": gator,
    "bricks": lambda i, p: bricks(*i),
    "renko": renko,
    "zigzag": zigzag,
    "squeeze": squeeze_with(["kc_scalar"], "kc_scalar"),
    "squeeze_pro": squeeze_with(["kc_scalar_wide", "kc_scalar_normal", "kc_scalar_narrow"], "kc_scalar_wide"),
    "pgo": pgo,
    "rvgi": rvgi,
    "psl": lambda i, p: [each(lambda v: 100 * v, sma(each(lambda d: float(d > 0), diff(i[0])), p["timeperiod"]))],
    "inertia": inertia,
    "trail_pair": lambda i, p: trail(*i),
    "qqe": qqe,
    "wavetrend": wavetrend,
    "td_count": lambda i, p: td_count(*i),
    "td_seq": td_seq,
    "decay": fade(lambda y, n: y - 1 / n),
    "edecay": fade(lambda y, n: y * (1 - 1 / n)),
    "volume_force": lambda i, p: [volume_force(*i)],
    "kvo": kvo,
    "vfi": vfi,
    "vwmacd": vwmacd,
    "tmf": tmf,
    "pvol": lambda i, p: [each(lambda a, b: a * b, *i)],
    "aobv": lambda i, p: [obv(*i), *runs(obv(*i), p, p["run_length"])],
    "volume_profile": volume_profile,
    "increasing": moved(1),
    "decreasing": moved(-1),
    "long_run": lambda i, p: [run(*i, p["timeperiod"], 1)],
    "short_run": lambda i, p: [run(*i, p["timeperiod"], -1)],
    "amat": lambda i, p: runs(i[0], p, p["lookback"])[2:],
    "crossover": crossing(1),
    "crossunder": crossing(-1),
    "ttm_trend": lambda i, p: [each(lambda c, m: 1.0 if c > m else -1.0, i[2], sma(mid(*i[:2]), p["timeperiod"]))],
}
