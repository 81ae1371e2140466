# SPDX-License-Identifier: Apache-2.0
"""Every metric and what reports draw, from their definitions, on labels of real prices and scores with many ties.

Grinold, Kahn (2000) ch. 6: information coefficients; Newey, West (1987, 1994): t values; Hanley, McNeil (1982): AUC as a count of pairs."""
import ctypes as c
import math
import random
import statistics

from twins import LIB, NAN, Error, Gap, Labels, doubles, markets, ok

gap = Gap()


class Scored(c.Structure):
    _fields_ = [("n", c.c_size_t), ("score", c.c_void_p), ("label", c.c_void_p), ("weight", c.c_void_p), ("time", c.c_void_p), ("lags", c.c_size_t), ("n_outputs", c.c_size_t),
                ("group", c.c_void_p), ("most", c.c_size_t), ("level", c.c_double), ("power", c.c_double)]


class IcPath(c.Structure):
    _fields_ = [("n", c.c_size_t), ("time", c.c_void_p), ("ic", c.c_void_p), ("rank_ic", c.c_void_p)]


class Sample:
    """Rows (time, score, label, weight), and the struct that shows them to the library."""

    def __init__(self, rows, weighted=False, lags=0):
        self.rows, self.lags = sorted(rows, key=lambda r: r[0]), lags
        self.columns = [doubles([r[k] for r in self.rows]) for k in (1, 2, 3)] + [(c.c_uint32 * len(rows))(*[r[0] for r in self.rows])]
        score, label, weight, time = [c.addressof(x) for x in self.columns]
        self.scored = Scored(len(rows), score, label, weight if weighted else None, time, lags)
        self.flat = [(s, y, w if weighted else 1.0) for _, s, y, w in self.rows]
        self.by_time = {}
        for t, s, y, _ in self.rows:
            self.by_time.setdefault(t, []).append((s, y))

    def metric(self, name):
        value, error = c.c_double(), Error()
        ok(LIB.tw_metric_compute(None, name.encode(), c.byref(self.scored), c.byref(value), c.byref(error)), error)
        return value.value


# ---------------------------------------------------------------- definitions

def mean(pairs):
    total = math.fsum(w for _, w in pairs)
    return math.fsum(x * w for x, w in pairs) / total if total > 0 else NAN


def rmse(flat):
    return math.sqrt(mean([((s - y) ** 2, w) for s, y, w in flat]))


def mae(flat):
    return mean([(abs(s - y), w) for s, y, w in flat])


def r2(flat):
    middle = mean([(y, w) for _, y, w in flat])
    return 1 - math.fsum(w * (s - y) ** 2 for s, y, w in flat) / math.fsum(w * (y - middle) ** 2 for _, y, w in flat)


def hit_rate(flat):
    return mean([(0.5 if s == 0 else float(s * y > 0), w) for s, y, w in flat if y != 0])


def log_loss(flat):
    if any(not 0 <= s <= 1 for s, _, _ in flat):
        return NAN
    cut = [(min(max(s, 1e-15), 1 - 1e-15), y, w) for s, y, w in flat]
    return mean([(-math.log(p) if y > 0 else -math.log1p(-p), w) for p, y, w in cut])


def auc(flat):
    """Every pair of the two classes."""
    up, down = [(s, w) for s, y, w in flat if y > 0], [(s, w) for s, y, w in flat if y <= 0]
    won = math.fsum(w * v * (1 if s > r else 0.5 if s == r else 0) for s, w in up for r, v in down)
    pairs = math.fsum(w for _, w in up) * math.fsum(v for _, v in down)
    return won / pairs if pairs else NAN


def mid_ranks(x):
    return [sum(v < a for v in x) + (sum(v == a for v in x) - 1) / 2 for a in x]


def correlation(pairs):
    """Of one time; None when the labels do not differ, 0 when the scores do not."""
    s, y = [p[0] for p in pairs], [p[1] for p in pairs]
    if len(set(y)) == 1:
        return None
    return statistics.correlation(s, y) if len(set(s)) > 1 else 0.0


def ranked(pairs):
    return list(zip(mid_ranks([p[0] for p in pairs]), mid_ranks([p[1] for p in pairs])))


def series(sample, least):
    """(time, ic, rank ic) of each time that has them."""
    both = [(t, correlation(p), correlation(ranked(p))) for t, p in sample.by_time.items() if len(p) >= max(least, 2)]
    return [row for row in both if row[1] is not None]


def newey_west_t(x, lags):
    middle, n = math.fsum(x) / len(x), len(x)
    d = [v - middle for v in x]
    gamma = [math.fsum(d[i] * d[i - k] for i in range(k, n)) / n for k in range(min(lags, n - 1) + 1)]
    variance = gamma[0] + 2 * math.fsum((1 - k / (len(gamma))) * gamma[k] for k in range(1, len(gamma)))
    return middle / math.sqrt(variance / n)


def parts(pairs, n_parts):
    """(mean score, mean label) by part: rank r of n in part floor(r parts / n), averaged over every order that the ties allow."""
    total = [[0.0, 0.0, 0] for _ in range(n_parts)]
    ascending, n, rank = sorted({s for s, _ in pairs}), len(pairs), 0
    labels = {}
    for s, y in pairs:
        labels.setdefault(s, []).append(y)
    for s in ascending:
        for _ in labels[s]:
            part = total[rank * n_parts // n]
            part[0], part[1], part[2] = part[0] + s, part[1] + math.fsum(labels[s]) / len(labels[s]), part[2] + 1
            rank += 1
    return [(a / k, b / k) if k else (NAN, NAN) for a, b, k in total]


# ---------------------------------------------------------------- comparison

def check_rows(sample, what):
    for name, twin in (("rmse", rmse), ("mae", mae), ("r2", r2), ("hit_rate", hit_rate), ("log_loss", log_loss)):
        gap.near(sample.metric(name), twin(sample.flat), (what, name))


def check_sections(sample, what):
    rows = series(sample, 5)
    ic, rank_ic = [r[1] for r in rows], [r[2] for r in rows]
    n = len(sample.by_time)
    time, got, got_rank, error = (c.c_uint32 * n)(), (c.c_double * n)(), (c.c_double * n)(), Error()
    path = IcPath(0, *[c.addressof(x) for x in (time, got, got_rank)])
    ok(LIB.tw_ic_series(None, c.byref(sample.scored), c.c_size_t(5), c.byref(path), c.byref(error)), error)
    assert list(time[:path.n]) == [r[0] for r in rows], what
    for i, (_, a, b) in enumerate(rows):
        gap.near(got[i], a, (what, "ic", i), 1e-9, 1e-11)
        gap.near(got_rank[i], b, (what, "rank ic", i), 1e-9, 1e-11)
    gap.near(sample.metric("ic"), statistics.fmean(ic), (what, "ic"))
    gap.near(sample.metric("rank_ic"), statistics.fmean(rank_ic), (what, "rank_ic"))
    gap.near(sample.metric("ic_ir"), statistics.fmean(ic) / statistics.stdev(ic), (what, "ic_ir"))
    lags = sample.lags or int(4 * (len(rank_ic) / 100) ** (2 / 9))
    gap.near(sample.metric("rank_ic_t"), newey_west_t(rank_ic, lags), (what, "rank_ic_t"))
    for q in (2, 3, 5, 7):
        out, wide = (c.c_double * q)(), [p for p in sample.by_time.values() if len(p) >= q]
        ok(LIB.tw_quantile_returns(None, c.byref(sample.scored), c.c_size_t(q), out, c.byref(error)), error)
        each = [parts(p, q) for p in wide]
        for k in range(q):
            gap.near(out[k], math.fsum(e[k][1] for e in each) / len(each), (what, "quantile", q, k), 1e-9, 1e-14)
    for bins in (4, 10, 13):
        score, label = (c.c_double * bins)(), (c.c_double * bins)()
        ok(LIB.tw_calibration(None, c.byref(sample.scored), c.c_size_t(bins), score, label, c.byref(error)), error)
        for k, (s, y) in enumerate(parts([p for t in sample.by_time.values() for p in t], bins)):
            gap.near(score[k], s, (what, "bin score", bins, k), 1e-9, 1e-13)
            gap.near(label[k], y, (what, "bin label", bins, k), 1e-9, 1e-13)


def rows_of(market, score):
    label, rng = Labels(market, "forward_return", "horizon=5"), random.Random(5)
    for lane, symbol in enumerate(market.names):
        close = market.bar["close"][symbol]
        for t in range(5, market.n):
            y = label.label[t * market.lanes + lane]
            s = score(close[t] / close[t - 5] - 1)
            if not math.isnan(s + y):
                yield t, s, y, rng.choice((0.0, 0.25, 1.0, 3.5))


SCORES = {"reversal": lambda x: -x, "in steps": lambda x: NAN if math.isnan(x) else round(-x * 20) / 20, "all the same": lambda x: 0.0 * x + 0.01,
          "chance": lambda x: NAN if math.isnan(x) else 1 / (1 + math.exp(12 * x)), "chance in steps": lambda x: NAN if math.isnan(x) else min(max(round(4 - 40 * x), 0), 8) / 8}


def main():
    for market in markets(9, (7, 9)):
        for name, score in SCORES.items():
            rows, what = list(rows_of(market, score)), (market.title, name)
            for weighted, lags in ((False, 0), (True, 5)):
                sample = Sample(rows, weighted, lags)
                check_rows(sample, what)
                if name != "all the same":
                    check_sections(sample, what)
                some = Sample(random.Random(2).sample(rows, 900), weighted)  # all pairs of the rest would take long
                gap.near(some.metric("auc"), auc(some.flat), (what, "auc"))
        same = Sample(list(rows_of(market, SCORES["all the same"])))
        out, error = (c.c_double * 5)(), Error()
        ok(LIB.tw_quantile_returns(None, c.byref(same.scored), c.c_size_t(5), out, c.byref(error)), error)
        for q in range(1, 5):  # a score that orders nothing has no best fifth
            gap.near(out[q], out[0], (market.title, "quantiles of one score"), 1e-9, 1e-14)
        assert same.metric("ic") == same.metric("rank_ic") == 0
    print(f"metrics: {gap.rows} values, largest relative difference {gap.worst:.1e}")


main()
