# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/learn/table_metrics.csv: metrics of tables (chances, classes, positive means, quantiles, ranks) by
scikit-learn and LightGBM, on inputs drawn here. Versions are in the first line of the file.
Run: bench/.venv/bin/python tests/golden/make/table_metrics.py"""
from pathlib import Path

import lightgbm as lgb, numpy as np, sklearn
from sklearn import metrics

PATH = Path(__file__).resolve().parents[1] / "learn/table_metrics.csv"
lines = [f"# numpy {np.__version__}, scikit-learn {sklearn.__version__}, lightgbm {lgb.__version__}"]


def put(*fields):
    lines.append(",".join(x if isinstance(x, str) else repr(float(x)) for x in fields))


def rows(name, label, weight, group, score):
    score = score.reshape(len(label), -1)
    put("set", name, score.shape[1])
    for i in range(len(label)):
        put("row", label[i], weight[i], group[i], *score[i])


def metric(name, value, most=0, level=0, power=0):
    put("metric", name, value, most, level, power)


def ndcg(label, group, score, at):
    """LightGBM's own: a booster without trees, whose scores are the initial ones."""
    data = lgb.Dataset(np.zeros((len(label), 1)), label, group=np.bincount(group), init_score=score, free_raw_data=False)
    params = dict(objective="lambdarank", metric="ndcg", eval_at=at, verbose=-1, min_data_in_bin=1, feature_pre_filter=False)
    return {int(name.split("@")[1]): value for _, name, value, _ in lgb.Booster(params, data).eval_train()}


r = np.random.default_rng(2388)
n = 120
none = np.zeros(n)
weight = r.uniform(0.2, 3, n).round(3)

p = r.uniform(0.02, 0.98, n).round(2)  # ties
y = (r.uniform(size=n) < p).astype(float)
rows("chances", y, weight, none, p)
metric("accuracy", metrics.accuracy_score(y, p > 0.5, sample_weight=weight))
metric("average_precision", metrics.average_precision_score(y, p, sample_weight=weight))
metric("auc", metrics.roc_auc_score(y, p, sample_weight=weight))
metric("log_loss", metrics.log_loss(y, p, sample_weight=weight))

y = r.gamma(2, 1.385, n)
s = r.gamma(2, 1.1, n) + 0.02
rows("positive", y, weight, none, s)
metric("gamma_deviance", metrics.mean_gamma_deviance(y, s, sample_weight=weight))
metric("mape", metrics.mean_absolute_percentage_error(y, s, sample_weight=weight))
for level in (0.5, 0.1, 0.9):
    metric("quantile_loss", metrics.mean_pinball_loss(y, s, sample_weight=weight, alpha=level), level=level)

y = r.poisson(s * 0.8).astype(float)
rows("counts", y, weight, none, s)
metric("poisson_deviance", metrics.mean_poisson_deviance(y, s, sample_weight=weight))
for power in (1.5, 1.1, 1.9):
    metric("tweedie_deviance", metrics.mean_tweedie_deviance(y, s, sample_weight=weight, power=power), power=power)

chance = r.dirichlet(np.ones(4), n)
y = np.array([r.choice(4, p=0.5 * c + 0.125) for c in chance], float)
rows("classes", y, weight, none, chance)
metric("log_loss", metrics.log_loss(y, chance, sample_weight=weight))
metric("accuracy", metrics.accuracy_score(y, chance.argmax(1), sample_weight=weight))

group = np.sort(r.integers(0, 9, n))
y = r.integers(0, 5, n).astype(float)
y[group == 3] = 0  # no relevant row
s = (y + r.normal(size=n) * 2.385).round(1)  # ties
rows("ranks", y, np.ones(n), group, s)
for at, value in ndcg(y, group, s, [1, 5, 10]).items():
    metric("ndcg", value, most=at)

PATH.write_text("\n".join(lines) + "\n")
