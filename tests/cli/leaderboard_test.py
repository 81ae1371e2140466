#!/usr/bin/env python3
"""Every number a reader decides by, computed again from the files of a run, by the definitions in the documentation and by none of the library's code:
labels, folds, information coefficients, the simulated money to the cent, Sharpe ratios, PSR, DSR, PBO and SPA. On a market with gaps, late listings and
delistings that this file makes. Standard library only."""
import bisect
import csv
import datetime
import itertools
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
NAN, NORMAL = math.nan, statistics.NormalDist()
HORIZON, EMBARGO, REFITS, QUANTILE, REBALANCE, DELIST = 5, 4, 3, 0.2, 3, 6
COST, BORROW, CASH, LIMIT = 7e-4, 90e-4, 120e-4, 0.8
SPEC = """
name: judged
seed: 77
data: {csv: bars.csv}
features:
  add:
    gain: close / lag(close, 5) - 1
    mean: close / sma(close, 21) - 1
    spread: (high - low) / close
    rank: rank(close / lag(close, 7))
label: {name: forward_return, params: horizon=5 price=next_open demean=section}
split: {name: walk_forward, params: refits=3 embargo=4}
models: [{learner: mean}, {learner: ridge, params: alpha=100}, {learner: elastic_net}, {learner: gbm, params: rounds=8 depth=3}]
rank_by: rank_ic
portfolio: construction=long_short quantile=0.2 rebalance=3 cost_bp=7 borrow_bp=90 cash_bp=120 turnover_limit=0.8 delist_after=6
"""


def near(got, wanted, what, rel=1e-9, least=1e-12):
    assert math.isclose(got, wanted, rel_tol=rel, abs_tol=least), (what, got, wanted)


# ---------------------------------------------------------------- the market

def make_market(seed, n_symbols, n_times):
    rng, day, days, rows = random.Random(seed), datetime.date(2014, 3, 3), [], []
    while len(days) < n_times:
        if day.weekday() < 5:
            days.append(day.isoformat())
        day += datetime.timedelta(1)
    for s in range(n_symbols):
        price, drift, gap = rng.uniform(8, 200), 0.0, 0
        first = 0 if rng.random() < 0.7 else rng.randrange(n_times // 2)
        last = n_times if rng.random() < 0.8 else rng.randrange(2 * n_times // 3, n_times)
        for t in range(n_times):
            drift = 0.97 * drift + rng.gauss(0, 0.0007)
            o = price * math.exp(rng.gauss(0, 0.006))
            price = o * math.exp(drift + rng.gauss(0, 0.015))
            h, l = max(o, price) * (1 + abs(rng.gauss(0, 0.004))), min(o, price) * (1 - abs(rng.gauss(0, 0.004)))
            gap = gap - 1 if gap else rng.randrange(1, 14) if rng.random() < 0.004 else 0
            if not gap and first <= t < last:
                rows.append([days[t], f"Q{s:02d}"] + [f"{x:.4f}" for x in (o, h, l, price)] + [int(rng.lognormvariate(11, 0.7))])
    with open("bars.csv", "w", newline="") as f:
        csv.writer(f).writerows([["date", "symbol", "open", "high", "low", "close", "volume"]] + sorted(rows))


class Market:
    def __init__(self):
        with open("bars.csv", newline="") as f:
            rows = list(csv.DictReader(f))
        self.days, self.names = sorted({r["date"] for r in rows}), sorted({r["symbol"] for r in rows})
        self.n, self.at = len(self.days), {d: t for t, d in enumerate(sorted({r["date"] for r in rows}))}
        self.bar = {c: {s: [NAN] * self.n for s in self.names} for c in ("open", "high", "low", "close")}
        for r in rows:
            for c, lanes in self.bar.items():
                lanes[r["symbol"]][self.at[r["date"]]] = float(r[c])

    def days_between(self, t):
        return (datetime.date.fromisoformat(self.days[t]) - datetime.date.fromisoformat(self.days[t - 1])).days


def labels_of(m):
    """Next open to the open five bars later, less the mean over the symbols; no label without a bar to decide on."""
    label = {}
    for t in range(m.n - 1 - HORIZON):
        o, c = m.bar["open"], m.bar["close"]
        raw = {s: o[s][t + 1 + HORIZON] / o[s][t + 1] - 1 for s in m.names if not math.isnan(c[s][t])}
        raw = {s: r for s, r in raw.items() if not math.isnan(r)}
        label.update({(t, s): r - math.fsum(raw.values()) / len(raw) for s, r in raw.items()})
    return label


def usable_rows(m):
    """Rows with all four features: of four, one missing is more than a tenth."""
    return {(t, s) for s in m.names for t in range(20, m.n) if not any(math.isnan(x) for x in m.bar["close"][s][t - 20:t + 1])}


# ---------------------------------------------------------------- folds

def check_folds(m, report, label, usable):
    rows = sorted(k for k in label if k in usable)
    first, last = rows[0][0], rows[-1][0] + 1
    begin = first + int((last - first) * 0.5)
    for i, fold in enumerate(report["split"]["folds"]):
        start = begin + (last - begin) * i // REFITS
        end = m.n if i == REFITS - 1 else begin + (last - begin) * (i + 1) // REFITS
        test = [k for k in rows if start <= k[0] < end]
        before = [k for k in rows if k[0] < start]
        reach = min(start, min(t + 1 for t, _ in test))  # the first price any test row knows or is judged by
        train = [k for k in before if k[0] + 1 + HORIZON < reach - EMBARGO]
        got = {k: fold[k] for k in ("train_from", "train_to", "test_from", "n_train", "n_test")}
        wanted = {"train_from": m.days[train[0][0]], "train_to": m.days[train[-1][0]], "test_from": m.days[start], "n_train": len(train), "n_test": len(test)}
        assert got == wanted, (i, got, wanted)
        assert fold["n_purged"] + fold["n_embargoed"] == len(before) - len(train), fold
    return begin


# ---------------------------------------------------------------- scores

def ranks(x):
    order = sorted(x)
    return [(bisect.bisect_left(order, v) + bisect.bisect_right(order, v) - 1) / 2 for v in x]


def correlation(x, y):
    return statistics.correlation(x, y)


def newey_west(x, lags):
    """Variance of the mean, Bartlett weights."""
    n, mean = len(x), math.fsum(x) / len(x)
    z = [v - mean for v in x]
    gamma = [math.fsum(a * b for a, b in zip(z[lag:], z)) / n for lag in range(lags + 1)]
    return (gamma[0] + 2 * math.fsum((1 - k / (lags + 1)) * gamma[k] for k in range(1, lags + 1))) / n


def check_scores(m, report, label, usable, begin):
    score = {(m.at[r["time"]], r["symbol"]): float(r["score"]) for r in csv.DictReader(open("out/judged/scores.csv"))}
    assert set(score) == {k for k in usable if k[0] >= begin}, "every usable row out of sample is scored, and no other"
    both = sorted(k for k in score if k in label)
    by_time = [[k for k in g] for _, g in itertools.groupby(both, key=lambda k: k[0])]
    by_time = [g for g in by_time if len(g) >= 5]
    series = [([score[k] for k in g], [label[k] for k in g]) for g in by_time]
    ic = [correlation(x, y) if len(set(x)) > 1 else 0 for x, y in series]
    rank_ic = [correlation(ranks(x), ranks(y)) if len(set(x)) > 1 else 0 for x, y in series]
    drawn, metrics = report["scores"]["ic"], report["scores"]["metrics"]
    assert len(ic) == len(drawn["ic"]) == len(drawn["time"])
    for i in range(len(ic)):
        near(drawn["ic"][i], ic[i], "ic of a day", 1e-9, 1e-10)
        near(drawn["rank_ic"][i], rank_ic[i], "rank ic of a day", 1e-9, 1e-10)
    near(metrics["ic"], statistics.fmean(ic), "ic")
    near(metrics["rank_ic"], statistics.fmean(rank_ic), "rank_ic")
    near(metrics["ic_ir"], statistics.fmean(ic) / statistics.stdev(ic), "ic_ir")
    near(metrics["rank_ic_t"], statistics.fmean(rank_ic) / math.sqrt(newey_west(rank_ic, HORIZON + 1)), "rank_ic_t")
    x, y = [score[k] for k in both], [label[k] for k in both]
    near(metrics["rmse"], math.sqrt(math.fsum((a - b) ** 2 for a, b in zip(x, y)) / len(x)), "rmse")
    mean = math.fsum(y) / len(y)
    near(metrics["r2"], 1 - math.fsum((a - b) ** 2 for a, b in zip(x, y)) / math.fsum((b - mean) ** 2 for b in y), "r2")
    up = [i for i, b in enumerate(y) if b > 0]
    place = ranks(x)
    near(metrics["auc"], (math.fsum(place[i] for i in up) - len(up) * (len(up) - 1) / 2) / len(up) / (len(y) - len(up)), "auc")
    near(metrics["hit_rate"], sum(0.5 if a == 0 else a * b > 0 for a, b in zip(x, y) if b) / sum(b != 0 for b in y), "hit_rate")
    return score


# ---------------------------------------------------------------- money

def cents(x):
    return int(math.copysign(math.floor(abs(x) * 100 + 0.5), x))


class Book:
    """Cash in cents, shares, marks; written from docs/reference/backtest.md, fed with prices, never with the ledger's own."""

    def __init__(self, m):
        self.m, self.cash, self.held = m, 100000000, dict.fromkeys(m.names, 0.0)
        self.mark, self.missing = dict.fromkeys(m.names, 0.0), dict.fromkeys(m.names, 0)

    def value(self):
        return math.fsum(self.held[s] * self.mark[s] for s in self.m.names)

    def equity(self):
        return self.cash / 100 + self.value()

    def expected(self, t, orders):
        """(kind, symbol, quantity, price, cents) of all that happens by the close of bar t, before new orders."""
        events, days = [], self.m.days_between(t)
        short = -math.fsum(min(self.held[s] * self.mark[s], 0) for s in self.m.names)
        events.append(("borrow", "", 0, 0, -cents(short * BORROW * days / 365)))
        events.append(("interest", "", 0, 0, cents(max(self.cash, 0) / 100 * CASH * days / 365)))
        for s, q in orders:
            price = self.m.bar["open"][s][t]
            if math.isnan(price):
                events.append(("unfilled", s, q, 0, 0))
                continue
            events += [("fill", s, q, price, -cents(q * price)), ("cost", s, 0, 0, -cents(abs(q) * price * COST))]
        return [e for e in events if e[4] or e[0] in ("fill", "unfilled")]

    def close(self, t):
        """Marks the book; names without a bar for too long are settled at the last close."""
        events = []
        for s in self.m.names:
            price = self.m.bar["close"][s][t]
            self.missing[s] = self.missing[s] + 1 if math.isnan(price) else 0
            self.mark[s] = self.mark[s] if math.isnan(price) else price
            if self.held[s] and self.missing[s] >= DELIST:
                events.append(("delisted", s, -self.held[s], self.mark[s], cents(self.held[s] * self.mark[s])))
        return events

    def take(self, events):
        for kind, s, q, _, cash in events:
            self.cash += cash
            if kind in ("fill", "delisted"):
                self.held[s] = round(self.held[s] + q, 6)

    def orders(self, t, score):
        """The best and the worst fifth of what has a score and a close; equal weights; all scaled by one factor at the turnover limit."""
        equity = self.equity()
        names = [s for s in self.m.names if (t, s) in score and not math.isnan(self.m.bar["close"][s][t])]
        names.sort(key=lambda s: (-score[t, s], s))
        n = max(int(QUANTILE * len(names)), 1)
        stuck = math.fsum(abs(self.held[s]) * self.mark[s] for s in self.m.names if self.missing[s]) / equity
        weight = max(1 - stuck, 0) / 2 / n
        target = {s: weight for s in names[:n]} | {s: -weight for s in names[-n:]}
        wanted = {s: target.get(s, 0) * equity / self.mark[s] - self.held[s] for s in self.m.names if self.mark[s] and not self.missing[s]}
        turnover = math.fsum(abs(q) * self.mark[s] for s, q in wanted.items()) / 2 / equity
        scale = min(1, LIMIT / turnover) if turnover else 1
        return [(s, q * scale) for s, q in wanted.items() if abs(q) > 2e-6]


def same_events(got, wanted, t):
    assert [e[:2] for e in got] == [e[:2] for e in wanted], (t, got, wanted)
    for g, w in zip(got, wanted):
        near(g[2], w[2], (t, g, w), 1e-9, 2e-6)
        near(g[3], w[3], (t, g, w))
        assert g[4] == w[4], (t, g, w)


def check_money(m, report, score, begin):
    ledger = {}
    for r in csv.DictReader(open("out/judged/events.csv")):
        event = (r["kind"], r["symbol"], float(r["quantity"]), float(r["price"]), cents(float(r["cash"])))
        ledger.setdefault(m.at[r["time"]], []).append(event)
    assert ledger[begin].pop(0)[0] == "cash_in"
    book, waiting, equity, bench, level, last = Book(m), [], [], [], 1e6, {}
    for t in range(begin, m.n):
        seen = ledger.get(t, [])
        events = book.expected(t, waiting) if t > begin else []
        book.take(events)
        settled = book.close(t)
        book.take(settled)
        equity.append(book.equity())
        waiting = []
        same_events([e for e in seen if e[0] != "order"], events + settled, t)
        if (t - begin) % REBALANCE == 0 and t + 1 < m.n:
            same_events([e for e in seen if e[0] == "order"], [("order", s, q, book.mark[s], 0) for s, q in book.orders(t, score)], t)
        for e in seen:
            if e[0] == "order":
                waiting.append((e[1], e[2]))
                assert (t - begin) % REBALANCE == 0, (t, e)
        moved = [m.bar["close"][s][t] / last[s] - 1 for s in m.names if s in last and not math.isnan(m.bar["close"][s][t])]
        level *= 1 + (statistics.fmean(moved) if moved else 0)
        bench.append(level)
        last.update({s: m.bar["close"][s][t] for s in m.names if not math.isnan(m.bar["close"][s][t])})
    drawn = report["backtest"]
    for name, mine in (("equity", equity), ("benchmark", bench)):
        assert len(drawn[name]) == len(mine), name
        for g, w in zip(drawn[name], mine):
            near(g, w, name)
    return [0.0] + [b / a - 1 for a, b in zip(equity, equity[1:])], {e[0] for events in ledger.values() for e in events}


# ---------------------------------------------------------------- statistics of the leaderboard

class Sharpe:
    def __init__(self, r):
        self.n, self.mean, self.sd = len(r), math.fsum(r) / len(r), statistics.stdev(r)
        self.ratio = self.mean / self.sd
        m2, m3, m4 = (math.fsum((x - self.mean) ** k for x in r) / self.n for k in (2, 3, 4))
        self.skew, self.kurtosis = m3 / m2 ** 1.5, m4 / m2 ** 2
        self.spread = 1 - self.skew * self.ratio + (self.kurtosis - 1) / 4 * self.ratio ** 2
        z = [(x - self.mean) / self.sd for x in r]
        influence = [v - self.ratio / 2 * (v * v - 1) for v in z]
        lags = int(4 * (self.n / 100) ** (2 / 9))
        gamma = [math.fsum(a * b for a, b in zip(influence[k:], influence)) for k in range(lags + 1)]
        self.error_lo = math.sqrt(gamma[0] + 2 * math.fsum((1 - k / (lags + 1)) * gamma[k] for k in range(1, lags + 1))) / self.n

    def psr(self, least):
        return NORMAL.cdf((self.ratio - least) * math.sqrt((self.n - 1) / self.spread))


def expected_max(variance, n):
    c = 0.5772156649015329
    return math.sqrt(variance) * ((1 - c) * NORMAL.inv_cdf(1 - 1 / n) + c * NORMAL.inv_cdf(1 - 1 / n / math.e)) if n > 1 else 0


def check_sharpes(board, rows, returns):
    stat = [Sharpe(r) for r in returns]
    rivals = [s for s, row in zip(stat, rows) if not row["baseline"]]
    paths = [r for r, row in zip(returns, rows) if not row["baseline"]]
    pairs = list(itertools.combinations(paths, 2))
    rho = min(max(math.fsum(correlation(a, b) for a, b in pairs) / len(pairs), 0), 1)
    variance = max(statistics.variance([s.ratio for s in rivals]), (1 - rho) / stat[0].n)
    near(board["effective_trials"], rho + (1 - rho) * len(rivals), "effective trials")
    near(board["sharpe_variance"], variance, "variance of the ratios")
    assert board["n_trials"] == len(rivals)
    for s, row in zip(stat, rows):
        wanted = {"mean": s.mean, "sd": s.sd, "sharpe": s.ratio, "skew": s.skew, "kurtosis": s.kurtosis, "psr": s.psr(0),
                  "sharpe_error": math.sqrt(s.spread / (s.n - 1)), "sharpe_error_lo": s.error_lo,
                  "dsr": s.psr(0 if row["baseline"] else expected_max(variance, len(rivals)))}
        for name, value in wanted.items():
            near(row[name], value, (row["name"], name))


def cscv(paths):
    blocks = 16
    while blocks > 2 and len(paths[0]) // blocks < 5:
        blocks -= 2
    n = len(paths[0]) // blocks
    cut = [[p[len(p) - (blocks - b) * n:len(p) - (blocks - b - 1) * n] for b in range(blocks)] for p in paths]
    sums = [[(math.fsum(b), math.fsum(x * x for x in b)) for b in p] for p in cut]

    def ratio(p, half):
        s, q = sum(p[b][0] for b in half), sum(p[b][1] for b in half)
        k = n * len(half)
        return s / k / math.sqrt((q - s * s / k) / (k - 1))
    count = overfit = lost = 0
    for chosen in itertools.combinations(range(blocks), blocks // 2):
        rest = [b for b in range(blocks) if b not in chosen]
        inside, outside = [ratio(p, chosen) for p in sums], [ratio(p, rest) for p in sums]
        best = inside.index(max(inside))
        place = (sum(x < outside[best] for x in outside) + (sum(x == outside[best] for x in outside) - 1) / 2 + 1) / (len(paths) + 1)
        count, overfit, lost = count + 1, overfit + (place <= 0.5), lost + (outside[best] < 0)
    return overfit / count, lost / count, count


def spa(diffs, draws, seed):
    """Hansen's consistent p by a stationary bootstrap of its own."""
    t, rng = len(diffs[0]), random.Random(seed)
    block = max(1, t ** (1 / 3))
    q, scaled = 1 / block, []
    for d in diffs:
        mean = math.fsum(d) / t
        z = [x - mean for x in d]
        gamma = [math.fsum(a * b for a, b in zip(z[k:], z)) / t for k in range(min(t, 200))]
        weight = [(1 - k / t) * (1 - q) ** k + k / t * (1 - q) ** (t - k) for k in range(len(gamma))]
        omega = math.sqrt(gamma[0] + 2 * math.fsum(w * g for w, g in zip(weight[1:], gamma[1:])))
        scaled.append((mean, math.sqrt(t) / omega))
    statistic = max(0, max(mean * k for mean, k in scaled))
    far = math.sqrt(2 * math.log(math.log(t)))
    centre = [mean if mean * k >= -far else 0 for mean, k in scaled]
    above = 0
    for _ in range(draws):
        at, index = 0, []
        for i in range(t):
            at = rng.randrange(t) if i == 0 or rng.random() < q else (at + 1) % t
            index.append(at)
        top = max((sum(map(d.__getitem__, index)) / t - c) * k for d, c, (_, k) in zip(diffs, centre, scaled))
        above += top > statistic or statistic == 0  # no trial is better than the baseline: nothing to test, p is 1
    return statistic, above / draws


def check_board(report, best_returns):
    board = report["leaderboard"]
    rows = board["rows"]
    trials = [json.loads(line)["trial"] for line in open("out/judged/ledger.jsonl")]
    by_name = {t["name"]: t for t in trials}
    assert rows[0]["baseline"] and rows[0]["name"] == "mean", "the first row is the naive baseline"
    assert len(trials) == len(rows) == 4
    others = [r["rank_metric"] for r in rows[1:]]
    assert others == sorted(others, reverse=True), "ranked by the metric of the spec"
    assert report["scores"]["model"] == rows[1]["name"]
    returns = [by_name[r["name"]]["returns"] for r in rows]
    for g, w in zip(returns[1], best_returns):
        near(g, w, "a return on the ledger", 1e-9, 1e-11)
    check_sharpes(board, rows, returns)
    pbo, p_loss, count = cscv(returns[1:])
    assert board["pbo"]["combinations"] == count, (board["pbo"], count)
    near(board["pbo"]["pbo"], pbo, "pbo", 1e-9, 1.5 / count)  # a ratio of exactly 0 or a tie may fall either way
    near(board["pbo"]["p_loss"], p_loss, "p_loss", 1e-9, 1.5 / count)
    draws = 600
    statistic, p = spa([[a - b for a, b in zip(r, returns[0])] for r in returns[1:]], draws, 5)
    near(board["spa"]["statistic"], statistic, "spa statistic", 1e-8)
    got = board["spa"]["p_consistent"]
    error = math.sqrt(max(p * (1 - p), 0.002) * (1 / draws + 1 / 1000))
    assert abs(got - p) < 5 * error, ("spa p", got, p, error)
    assert board["spa"]["p_lower"] <= got <= board["spa"]["p_upper"], board["spa"]


def judge(seed):
    make_market(seed, 23, 190)
    subprocess.run([PROGRAM, "run", "spec.yaml", "--quiet", "--fresh"], check=True, stdout=subprocess.DEVNULL)
    report = json.load(open("out/judged/report.json"))
    m = Market()
    label, usable = labels_of(m), usable_rows(m)
    begin = check_folds(m, report, label, usable)
    score = check_scores(m, report, label, usable, begin)
    returns, kinds = check_money(m, report, score, begin)
    check_board(report, returns)
    os.unlink("out/judged/ledger.jsonl")  # the next market is another question
    return kinds


def main():
    seeds = [int(s) for s in sys.argv[1:]] or [5, 6, 8]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("spec.yaml", "w") as f:
            f.write(SPEC)
        kinds = set().union(*(judge(seed) for seed in seeds))
    assert {"fill", "cost", "borrow", "interest", "unfilled", "delisted"} <= kinds, ("the markets should show each", kinds)
    print("labels, folds, scores, money and statistics agree on markets", seeds)


sys.exit(main())
