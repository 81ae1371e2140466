# SPDX-License-Identifier: Apache-2.0
"""The statistics of overfitting on returns of real prices, from the papers.

Bailey, Lopez de Prado, J. Risk 15(2) (2012) PSR and track record, J. Portfolio Management 40(5) (2014) DSR; Mertens (2002), Lo (2002) errors;
Bailey, Borwein, Lopez de Prado, Zhu (2017) CSCV; Hansen (2005) SPA by the stationary bootstrap of Politis, Romano (1994), with the library's own draws."""
import ctypes as c
import itertools
import math
import statistics

from twins import LIB, Error, Gap, doubles, markets, ok

gap, NORMAL = Gap(), statistics.NormalDist()


class SharpeStruct(c.Structure):
    _fields_ = [("n", c.c_size_t)] + [(name, c.c_double) for name in ("mean", "sd", "sharpe", "skew", "kurtosis", "error", "error_lo")]


class Pbo(c.Structure):
    _fields_ = [("pbo", c.c_double), ("slope", c.c_double), ("p_loss", c.c_double), ("combinations", c.c_size_t)]


class Spa(c.Structure):
    _fields_ = [(name, c.c_double) for name in ("statistic", "p_lower", "p_consistent", "p_upper")]


class Paths(c.Structure):
    _fields_ = [("t", c.c_size_t), ("n", c.c_size_t), ("x", c.c_void_p)]


class SpaInput(c.Structure):
    _fields_ = [("differences", Paths), ("block", c.c_double), ("draws", c.c_size_t), ("seed", c.c_uint64)]


class Random(c.Structure):
    _fields_ = [("seed", c.c_uint64), ("stream", c.c_uint64), ("position", c.c_uint64)]


for function in ("tw_psr", "tw_dsr", "tw_expected_max_sharpe", "tw_min_track_record", "tw_mean_correlation", "tw_effective_trials", "tw_random_uniform"):
    getattr(LIB, function).restype = c.c_double
LIB.tw_random_below.restype = c.c_uint64


def matrix(paths):
    """The struct that shows the paths, and what keeps them alive."""
    kept = [doubles(p) for p in paths]
    rows = (c.c_void_p * len(paths))(*[c.addressof(p) for p in kept])
    return Paths(len(paths[0]), len(paths), c.addressof(rows)), (rows, kept)


# ---------------------------------------------------------------- Sharpe ratios

class Sharpe:
    def __init__(self, r):
        n, mean = len(r), math.fsum(r) / len(r)
        m2, m3, m4 = (math.fsum((x - mean) ** k for x in r) / n for k in (2, 3, 4))
        self.n, self.ratio, self.skew, self.kurtosis = n, mean / statistics.stdev(r), m3 / m2 ** 1.5, m4 / m2 ** 2
        self.spread = 1 - self.skew * self.ratio + (self.kurtosis - 1) / 4 * self.ratio ** 2
        z = [(x - mean) / statistics.stdev(r) for x in r]
        e = [v - self.ratio / 2 * (v * v - 1) for v in z]
        lags = int(4 * (n / 100) ** (2 / 9))
        self.error_lo = math.sqrt(math.fsum((1 if k == 0 else 2 * (1 - k / (lags + 1))) * e[i] * e[i - k] for k in range(lags + 1) for i in range(k, n))) / n

    def psr(self, least):
        return NORMAL.cdf((self.ratio - least) * math.sqrt(self.n - 1) / math.sqrt(self.spread))


def expected_max(variance, n):
    c_ = 0.5772156649015328606
    return max(math.sqrt(variance) * ((1 - c_) * NORMAL.inv_cdf(1 - 1 / n) + c_ * NORMAL.inv_cdf(1 - 1 / (n * math.e))), 0)


def check_sharpes(paths, what):
    stats, variance = [Sharpe(r) for r in paths], statistics.variance([Sharpe(r).ratio for r in paths])
    for r, s in zip(paths, stats):
        got, error = SharpeStruct(), Error()
        ok(LIB.tw_sharpe_of(c.c_size_t(len(r)), doubles(r), c.byref(got), c.byref(error)), error)
        for name, wanted in (("sharpe", s.ratio), ("skew", s.skew), ("kurtosis", s.kurtosis), ("error", math.sqrt(s.spread / (s.n - 1))), ("error_lo", s.error_lo)):
            gap.near(getattr(got, name), wanted, (what, name), 1e-9, 1e-11)
        for least in (0.0, 0.02, 0.1, -0.03):
            gap.near(LIB.tw_psr(c.byref(got), c.c_double(least)), s.psr(least), (what, "psr", least), 1e-9, 1e-13)
            for confidence in (0.9, 0.95, 0.999):
                length = LIB.tw_min_track_record(c.byref(got), c.c_double(least), c.c_double(confidence))
                if s.ratio <= least:
                    assert length == math.inf
                else:
                    gap.near(length, 1 + s.spread * (NORMAL.inv_cdf(confidence) / (s.ratio - least)) ** 2, (what, "track record"))
                    s.n, n = length, s.n  # a record of that length has that confidence
                    gap.near(s.psr(least), confidence, (what, "psr of the shortest record"), 1e-9)
                    s.n = n
        for n in (2, 7.5, 45, 1000):
            gap.near(LIB.tw_expected_max_sharpe(c.c_double(variance), c.c_double(n)), expected_max(variance, n), (what, "expected maximum", n))
            gap.near(LIB.tw_dsr(c.byref(got), c.c_double(variance), c.c_double(n)), s.psr(expected_max(variance, n)), (what, "dsr", n), 1e-9, 1e-13)
    rows, _kept = matrix(paths)
    rho = statistics.fmean(statistics.correlation(a, b) for a, b in itertools.combinations(paths, 2))
    rho = min(max(rho, 0), 1)
    gap.near(LIB.tw_mean_correlation(c.byref(rows)), rho, (what, "mean correlation"), 1e-9, 1e-11)
    gap.near(LIB.tw_effective_trials(c.byref(rows)), rho + (1 - rho) * len(paths), (what, "effective trials"))


# ---------------------------------------------------------------- CSCV

def ratio(r):
    return statistics.fmean(r) / statistics.stdev(r) if min(r) != max(r) else 0.0


def cscv(paths, s):
    rows = len(paths[0]) // s
    blocks = [[p[len(p) - rows * s:][b * rows:(b + 1) * rows] for b in range(s)] for p in paths]
    points, over = [], 0
    for half in itertools.combinations(range(s), s // 2):
        inside = [ratio(sum((p[b] for b in half), [])) for p in blocks]
        outside = [ratio(sum((p[b] for b in range(s) if b not in half), [])) for p in blocks]
        best = inside.index(max(inside))
        rank = 1 + sum(x < outside[best] for x in outside) + (sum(x == outside[best] for x in outside) - 1) / 2
        omega = rank / (len(paths) + 1)
        over += math.log(omega / (1 - omega)) <= 0
        points.append((inside[best], outside[best]))
    x, y = [p[0] for p in points], [p[1] for p in points]
    return over / len(points), statistics.linear_regression(x, y).slope, sum(v < 0 for v in y) / len(points), len(points)


def check_pbo(paths, s, what):
    rows, _kept = matrix(paths)
    got, error = Pbo(), Error()
    ok(LIB.tw_pbo_cscv(None, c.byref(rows), c.c_size_t(s), c.byref(got), c.byref(error)), error)
    pbo, slope, loss, count = cscv(paths, s)
    assert got.combinations == count
    gap.near(got.pbo, pbo, (what, "pbo", s))
    gap.near(got.p_loss, loss, (what, "chance of loss", s))
    gap.near(got.slope, slope, (what, "slope", s), 1e-9, 1e-10)


# ---------------------------------------------------------------- SPA

def resamples(t, block, draws, seed):
    """Indices of each draw: a new place at the start and with probability 1 / block, else the next one, around the end."""
    for draw in range(draws):
        random, index = Random(seed, draw, 0), []
        for k in range(t):
            jump = k == 0 or LIB.tw_random_uniform(c.byref(random)) < 1 / block
            index.append(LIB.tw_random_below(c.byref(random), c.c_uint64(t)) if jump else (index[-1] + 1) % t)
        yield index


def spa(d, block, draws, seed):
    t, q = len(d[0]), 1 / block
    mean = [math.fsum(x) / t for x in d]
    omega = []
    for x, m in zip(d, mean):
        z = [v - m for v in x]
        gamma = [math.fsum(z[i] * z[i - k] for i in range(k, t)) / t for k in range(t)]
        kappa = [(t - k) / t * (1 - q) ** k + k / t * (1 - q) ** (t - k) for k in range(t)]
        omega.append(math.sqrt(gamma[0] + 2 * math.fsum(kappa[k] * gamma[k] for k in range(1, t))) if min(x) != max(x) else math.inf)
    statistic = max(0.0, max(math.sqrt(t) * m / w for m, w in zip(mean, omega)))
    edge = -math.sqrt(2 * math.log(math.log(t)))
    g = [[max(m, 0) for m in mean], [m if math.sqrt(t) * m / w >= edge else 0.0 for m, w in zip(mean, omega)], mean]
    above = [0, 0, 0]
    for index in resamples(t, block, draws, seed):
        drawn = [math.fsum(x[i] for i in index) / t for x in d]
        for kind in range(3):
            highest = max(0.0, max(math.sqrt(t) * (z - a) / w for z, a, w in zip(drawn, g[kind], omega)))
            above[kind] += highest > statistic
    return statistic, [a / draws if statistic > 0 else 1.0 for a in above]


def check_spa(d, block, seed, what):
    rows, _kept = matrix(d)
    draws, got, error = 120, Spa(), Error()
    ok(LIB.tw_spa_test(None, c.byref(SpaInput(rows, block, draws, seed)), c.byref(got), c.byref(error)), error)
    statistic, p = spa(d, block, draws, seed)
    gap.near(got.statistic, statistic, (what, "spa"), 1e-9, 1e-12)
    for name, wanted in zip(("p_lower", "p_consistent", "p_upper"), p):
        gap.near(getattr(got, name), wanted, (what, name))
    return p


# ---------------------------------------------------------------- returns

def paths_of(market, n, length):
    """Daily returns of names with a bar at both ends, each a trial; over a gap the last close stands."""
    out = []
    for symbol in market.names[::-1]:
        close = market.bar["close"][symbol][-length - 1:]
        if len(out) < n and not math.isnan(close[0] + close[-1]):
            filled = list(itertools.accumulate(close, lambda before, x: before if math.isnan(x) else x))
            out.append([b / a - 1 for a, b in zip(filled, filled[1:])])
    assert len(out) >= 5, market.title
    return out


def in_cash(path, first, last, rate):
    return [rate if first <= k < last else r for k, r in enumerate(path)]


def main():
    p_seen = set()
    for market in markets(12, (21, 22)):
        *paths, one, two = paths_of(market, 7, min(market.n - 1, 400))
        t, what = len(paths[0]), market.title
        check_sharpes(paths, what)
        for s in (2, 6, 8):
            check_pbo(paths, s, what)
        for rate in (0.0, 4e-5):  # trials that do not trade, or earn interest alone, in whole halves
            middle = t - t // 6 * 3
            check_pbo(paths + [in_cash(one, 0, middle, rate), in_cash(two, middle, t, rate), [rate] * t], 6, (what, "in cash", rate))
        short = [p[-150:] for p in paths]
        for k, d in enumerate((short[1:], [[a - b for a, b in zip(p, short[0])] for p in short[1:]], [[-abs(x) for x in p] for p in short],
                               [[x + 0.001 for x in p] for p in short])):
            p_seen.update(check_spa(d, (1, 4.5, 5.3, 30)[k], 7 + k, (what, k)))
        steady = [0.000449] * 150  # a value whose mean is rounded; it has no variance to be judged by
        assert check_spa(short[1:], 4.5, 7, what) == check_spa(short[1:] + [steady], 4.5, 7, what)
    assert len(p_seen) > 8, p_seen
    print(f"overfitting: {gap.rows} values, largest relative difference {gap.worst:.1e}")


main()
