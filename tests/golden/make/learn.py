# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/learn/*.csv and tests/golden/automl/*.csv: metrics, linear models, Sharpe statistics, PBO and SPA by
numpy, scipy, scikit-learn and arch, on inputs drawn here. Versions are in the first line of each file.
Run: bench/.venv/bin/python tests/golden/make/learn.py"""
import itertools, math, warnings
from pathlib import Path

import arch, numpy as np, scipy, sklearn
from arch.bootstrap import SPA
from scipy import stats
from sklearn import linear_model, metrics

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = f"# numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}, arch {arch.__version__}"


def write(path, rows, header=VERSIONS):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [",".join(x if isinstance(x, str) else repr(float(x)) for x in row) for row in rows]
    path.write_text("\n".join([header] + lines) + "\n")


def newey_west_t(x, lags):
    d, n = x - x.mean(), len(x)
    v = d @ d / n + sum(2 * (1 - k / (lags + 1)) * (d[k:] @ d[:-k]) / n for k in range(1, lags + 1))
    return x.mean() / math.sqrt(v / n)


def make_metrics(r):
    rows, times = [], np.repeat(np.arange(25), 12)
    label = r.normal(size=300) * 0.02385
    score = np.clip(0.5 + 4 * label + 0.2 * r.normal(size=300), 0.01, 0.99).round(2)  # ties
    rows += [["row", t, s, y] for t, s, y in zip(times, score, label)]
    ic = np.array([stats.pearsonr(score[times == t], label[times == t])[0] for t in range(25)])
    rank = np.array([stats.spearmanr(score[times == t], label[times == t])[0] for t in range(25)])
    up = label > 0
    out = dict(auc=metrics.roc_auc_score(up, score), log_loss=metrics.log_loss(up, score),
               rmse=math.sqrt(metrics.mean_squared_error(label, score)), mae=metrics.mean_absolute_error(label, score),
               r2=metrics.r2_score(label, score), hit_rate=np.mean((score > 0) == up), ic=ic.mean(), ic_ir=ic.mean() / ic.std(ddof=1),
               rank_ic=rank.mean(), rank_ic_t=newey_west_t(rank, 4))
    write(ROOT / "learn/metrics.csv", rows + [["metric", k, v] for k, v in out.items()])


def make_linear(r):
    x = r.normal(size=(160, 5)).astype(np.float32)
    x[:, 1] = 0.8 * x[:, 0] + 0.6 * x[:, 1]
    x[:, 2] *= 100
    y = (x[:, 0] - 0.5 * x[:, 1] + 0.003 * x[:, 2] + r.normal(size=160)) * 0.0385 + 0.01
    z = (x.astype(float) - x.mean(0, dtype=float)) / x.std(0, dtype=float)
    v = (y - y.mean()) / y.std()
    rows = [["row", *map(float, a), b] for a, b in zip(x, y)]
    ridge = linear_model.Ridge(alpha=0.05 * len(y), fit_intercept=False, tol=1e-12).fit(z, v)
    net = linear_model.ElasticNet(alpha=0.08, l1_ratio=0.6, fit_intercept=False, tol=1e-14, max_iter=10**6).fit(z, v)
    logit = linear_model.LogisticRegression(C=1 / (0.02 * len(y)), tol=1e-12, max_iter=10**5).fit(z, y > 0.02)
    rows += [["score", a, b, c] for a, b, c in zip(ridge.predict(z) * y.std() + y.mean(), net.predict(z) * y.std() + y.mean(),
                                                   logit.predict_proba(z)[:, 1])]
    write(ROOT / "learn/linear.csv", rows)


def sharpe_rows(x):
    """Bailey, Lopez de Prado 2012 and 2014, written from the papers; kurtosis is raw."""
    n, sr = len(x), x.mean() / x.std(ddof=1)
    skew, kurtosis = stats.skew(x), stats.kurtosis(x, fisher=False)
    v = 1 - skew * sr + (kurtosis - 1) / 4 * sr * sr
    psr = lambda b: stats.norm.cdf((sr - b) * math.sqrt((n - 1) / v))
    g = np.euler_gamma
    best = lambda var, m: math.sqrt(var) * ((1 - g) * stats.norm.ppf(1 - 1 / m) + g * stats.norm.ppf(1 - 1 / (m * math.e)))
    z = x / x.std(ddof=1) - sr
    psi, lags = z - sr / 2 * (z * z - 1), int(4 * (n / 100) ** (2 / 9))
    lo = psi @ psi + sum(2 * (1 - k / (lags + 1)) * (psi[k:] @ psi[:-k]) for k in range(1, lags + 1))
    return dict(sharpe=sr, skew=skew, kurtosis=kurtosis, error=math.sqrt(v / (n - 1)), error_lo=math.sqrt(lo) / n, psr0=psr(0),
                psr03=psr(0.03), expected=best(0.0025, 37), dsr=psr(best(0.0025, 37)),
                mintrl=1 + v * (stats.norm.ppf(0.95) / (sr - 0.01)) ** 2)


def pbo(m, s):
    """CSCV of Bailey et al. 2017 with pandas-free numpy: every half, every trial."""
    t = m.shape[1] // s * s
    blocks = np.split(m[:, m.shape[1] - t:], s, axis=1)
    lam, x, y = [], [], []
    for half in itertools.combinations(range(s), s // 2):
        a = np.concatenate([blocks[i] for i in half], 1)
        b = np.concatenate([blocks[i] for i in range(s) if i not in half], 1)
        sa, sb = (q.mean(1) / q.std(1, ddof=1) for q in (a, b))
        k = sa.argmax()
        w = stats.rankdata(sb)[k] / (len(sb) + 1)
        lam.append(math.log(w / (1 - w)))
        x.append(sa[k])
        y.append(sb[k])
    return dict(pbo=np.mean(np.array(lam) <= 0), slope=np.polyfit(x, y, 1)[0], p_loss=np.mean(np.array(y) < 0), combinations=len(lam))


def make_automl(r):
    n, t = 6, 240
    common = r.standard_t(5, size=t)
    m = 0.01 * (0.6 * common + 0.8 * r.standard_t(5, size=(n, t)) + np.linspace(-0.35, 0.3, n)[:, None])
    rows = [["path", *p] for p in m] + [["sharpe", k, v] for k, v in sharpe_rows(m[5]).items()]
    rows += [["pbo", k, v] for k, v in pbo(m, 10).items()]
    rho = np.corrcoef(m)
    rho = (rho.sum() - n) / (n * (n - 1))
    rows.append(["effective", "trials", rho + (1 - rho) * n])
    spa = SPA(np.zeros(t), -m.T, block_size=6, reps=20000, bootstrap="stationary", studentize=True, seed=2385)
    spa.compute()
    rows += [["spa", k, v] for k, v in spa.pvalues.items()]
    # Hansen 2005, eq. 8 with the kernel of the stationary bootstrap
    q, stat = 1 / 6, 0
    i = np.arange(1, t)
    kappa = (t - i) / t * (1 - q) ** i + i / t * (1 - q) ** (t - i)
    for p in m:
        d = p - p.mean()
        var = d @ d / t + 2 * sum(kappa[k - 1] * (d[k:] @ d[:-k]) / t for k in i)
        stat = max(stat, math.sqrt(t) * p.mean() / math.sqrt(var))
    rows.append(["spa", "statistic", stat])
    write(ROOT / "automl/statistics.csv", rows)


warnings.simplefilter("error")
make_metrics(np.random.default_rng(2385))
make_linear(np.random.default_rng(2386))
make_automl(np.random.default_rng(2387))
