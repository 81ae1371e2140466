#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How well boosted trees predict, beside LightGBM, XGBoost and scikit-learn at equal settings, on public tables:

    bench/.venv/bin/python bench/trees_quality.py [--program build/release/tradewind] [--data ../shared/data/tabular] [--seeds 10] [--only NAME,...] [--check]

Ours go through `tradewind fit` and `tradewind predict`. A table without a test file is cut anew for each seed, three rows in four to train on;
with one the seed only draws the columns that a tree sees. Columns of text are categories for all, and so are those in CATEGORIES. One JSON line a
cell (mean over the seeds, and the standard error of the difference to ours), then a table, then what does not hold of: AUC at most 0.001
below, RMSE at most 0.5 % above, NDCG at most 0.005 below each of the others. With --check it exits 1 when something does not hold;
77 without the data."""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

os.environ["OMP_NUM_THREADS"] = "1"  # of scikit-learn, before it is loaded

import lightgbm
import numpy
import pandas
import sklearn
import xgboost
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import roc_auc_score

ROOT = pathlib.Path(__file__).resolve().parent.parent
MISSING = ["", "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "?"]
THREADS = 1
ROUNDS, RATE, LEAVES, BINS, L2, COLUMNS = 200, 0.05, 31, 255, 1.0, 0.8
ROWS, HESSIAN = 20, 1e-3  # least of a leaf
XGBOOST_HESSIAN = {"auc": 2, "rmse": 20, "ndcg": 1e-3}  # it has no bound by rows
OURS = {"auc": "loss=logistic", "rmse": "loss=squared", "ndcg": "loss=lambdarank"}
BOUND = {"auc": 0.001, "rmse": 0.005, "ndcg": 0.005}
CATEGORIES = {"credit default": ["SEX", "EDUCATION", "MARRIAGE"]}
PEERS = {"LightGBM": lightgbm.__version__, "XGBoost": xgboost.__version__, "scikit-learn": sklearn.__version__}


# ---------------------------------------------------------------- tables
class Table:
    """Columns x, target y as numbers, and the number of train rows when the split is given; `query`: the group of each row."""

    def __init__(self, name, metric, x, y, n_train=None, query=None):
        self.name, self.metric, self.y, self.n_train, self.query = name, metric, y.astype(float), n_train, query
        self.categories = [c for c in x if not pandas.api.types.is_numeric_dtype(x[c]) or c in CATEGORIES.get(name, [])]
        self.x = x.assign(**{c: x[c].astype("category") for c in self.categories})
        self.x.columns = [c.replace(".", "_") for c in self.x]

    def split(self, seed):
        n = len(self.y)
        if self.n_train:
            return numpy.arange(self.n_train), numpy.arange(self.n_train, n)
        order = numpy.random.default_rng(seed).permutation(n)
        return numpy.sort(order[: 3 * n // 4]), numpy.sort(order[3 * n // 4 :])


def read(path, **options):
    return pandas.read_csv(path, na_values=MISSING, keep_default_na=False, **options)


def with_header(name, metric, files, target, one=None, data=None, drop=()):
    parts = [read(data / f) for f in files]
    x = pandas.concat(parts, ignore_index=True)
    x = x[x[target].notna()].drop(columns=list(drop)).reset_index(drop=True)
    y = x.pop(target)
    return Table(name, metric, x, y == one if one is not None else y, len(parts[0]) if len(parts) > 1 else None)


def last_column(name, metric, file, data):
    x = read(data / file, header=None)
    x.columns = [f"c{i}" for i in range(x.shape[1])]
    y = x.pop(x.columns[-1])
    return Table(name, metric, x, y)


def ranking(data):
    from sklearn.datasets import load_svmlight_file

    parts = [load_svmlight_file(str(data / f"lightgbm_rank_{part}.txt.gz"), n_features=301) for part in ("train", "test")]
    sizes = numpy.concatenate([numpy.loadtxt(data / f"lightgbm_rank_{part}_query.txt.gz", dtype=int) for part in ("train", "test")])
    x = pandas.DataFrame(numpy.vstack([p[0].toarray() for p in parts]).astype(numpy.float32), columns=[f"f{i}" for i in range(301)])
    return Table("ranking", "ndcg", x, pandas.Series(numpy.concatenate([p[1] for p in parts])), len(parts[0][1]), numpy.repeat(numpy.arange(len(sizes)), sizes))


def tables(data):
    return {
        "adult": lambda: with_header("adult", "auc", ["adult_train.csv.gz", "adult_test.csv.gz"], "income", ">50K", data),
        "bank marketing": lambda: with_header("bank marketing", "auc", ["bank_marketing_full.csv.gz"], "y", "yes", data),
        "credit default": lambda: with_header("credit default", "auc", ["credit_default_taiwan.csv.gz"], "default.payment.next.month", 1, data, ["ID"]),
        "phoneme": lambda: last_column("phoneme", "auc", "mlm_phoneme.csv", data),
        "california housing": lambda: with_header("california housing", "rmse", ["california_housing.csv.gz"], "median_house_value", None, data),
        "abalone": lambda: last_column("abalone", "rmse", "mlm_abalone.csv", data),
        "wine quality": lambda: last_column("wine quality", "rmse", "mlm_winequality-white.csv", data),
        "ranking": lambda: ranking(data),
    }


# ---------------------------------------------------------------- learners
def run(*command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])


def ours(program, folder, table, train, test, seed):
    x = table.x.assign(**{"the target": table.y})
    grouped = [] if table.query is None else ["--group", "the query"]
    if table.query is not None:
        x["the query"] = table.query
    for name, rows in (("train", train), ("test", test)):
        x.iloc[rows].to_csv(folder / f"{name}.csv", index=False, na_rep="NA")
    params = f"{OURS[table.metric]} rounds={ROUNDS} rate={RATE} leaves={LEAVES} depth=64 bins={BINS} l2={L2} columns={COLUMNS} min_rows={ROWS} min_child={HESSIAN} stop=0"
    categorical = ["--categorical", ",".join(table.categories)] if table.categories else []
    run(program, "fit", "--train", folder / "train.csv", "--target", "the target", *grouped, *categorical, "--params", params, "--seed", seed, "--out", folder / "model", "--jobs", THREADS)
    run(program, "predict", folder / "model", "--in", folder / "test.csv", "--out", folder / "predictions.csv")
    return pandas.read_csv(folder / "predictions.csv").prediction.to_numpy()


def sizes_of(query):
    return numpy.unique(query, return_counts=True)[1]


def light(table, train, test, seed):
    objective = {"auc": "binary", "rmse": "regression", "ndcg": "lambdarank"}[table.metric]
    params = dict(objective=objective, learning_rate=RATE, num_leaves=LEAVES, max_bin=BINS, lambda_l2=L2, feature_fraction=COLUMNS, min_data_in_leaf=ROWS,
                  min_sum_hessian_in_leaf=HESSIAN, num_threads=THREADS, verbosity=-1, seed=seed, metric="None")
    group = None if table.query is None else sizes_of(table.query[train])
    return lightgbm.train(params, lightgbm.Dataset(table.x.iloc[train], table.y.iloc[train], group=group), ROUNDS).predict(table.x.iloc[test])


def extreme(table, train, test, seed):
    objective = {"auc": "binary:logistic", "rmse": "reg:squarederror", "ndcg": "rank:ndcg"}[table.metric]
    params = dict(objective=objective, eta=RATE, max_leaves=LEAVES, max_depth=0, grow_policy="lossguide", max_bin=BINS + 1, reg_lambda=L2, colsample_bytree=COLUMNS,
                  min_child_weight=XGBOOST_HESSIAN[table.metric], tree_method="hist", nthread=THREADS, seed=seed)
    matrix = xgboost.DMatrix(table.x.iloc[train], table.y.iloc[train], enable_categorical=True, qid=None if table.query is None else table.query[train])
    return xgboost.train(params, matrix, ROUNDS).predict(xgboost.DMatrix(table.x.iloc[test], enable_categorical=True))


def scikit(table, train, test, seed):
    if table.metric == "ndcg":
        return None
    make = HistGradientBoostingClassifier if table.metric == "auc" else HistGradientBoostingRegressor
    model = make(learning_rate=RATE, max_iter=ROUNDS, max_leaf_nodes=LEAVES, max_bins=BINS, l2_regularization=L2, max_features=COLUMNS, min_samples_leaf=ROWS,
                 early_stopping=False, categorical_features="from_dtype", random_state=seed).fit(table.x.iloc[train], table.y.iloc[train])
    return model.predict_proba(table.x.iloc[test])[:, 1] if table.metric == "auc" else model.predict(table.x.iloc[test])


# ---------------------------------------------------------------- measures
def ndcg(label, score, query, at=10):
    """LightGBM's: gains 2^label - 1, a query without a relevant row counts as 1."""
    total = []
    for q in numpy.unique(query):
        y, s = label[query == q], score[query == q]
        gain, weight = 2.0**y - 1, 1 / numpy.log2(numpy.arange(2, at + 2))
        best = numpy.sort(gain)[::-1][:at]
        got = gain[numpy.argsort(-s, kind="stable")][:at]
        total.append(got @ weight[: len(got)] / (best @ weight[: len(best)]) if best.any() else 1.0)
    return float(numpy.mean(total))


def measure(table, test, score):
    y = table.y.iloc[test].to_numpy()
    if table.metric == "auc":
        return roc_auc_score(y, score)
    return math.sqrt(numpy.mean((y - score) ** 2)) if table.metric == "rmse" else ndcg(y, score, table.query[test])


def compare(table, learners, seeds):
    """name: values over the seeds, and seconds a fit with its predictions; the words of a failure in place of values."""
    values, seconds = {name: [] for name in learners}, dict.fromkeys(learners, 0.0)
    for seed in range(1, seeds + 1):
        train, test = table.split(seed)
        for name, learner in learners.items():
            if not isinstance(values[name], list):
                continue
            start = time.perf_counter()
            try:
                score = learner(table, train, test, seed)
            except RuntimeError as error:
                values[name] = str(error)
                continue
            seconds[name] += (time.perf_counter() - start) / seeds
            values[name] = None if score is None else values[name] + [measure(table, test, score)]
    return values, seconds


def faults(table, values):
    """What does not hold against each peer, in words."""
    mine = values["tradewind"]
    if not isinstance(mine, list):
        return [f"{table.name}: {mine}"]
    found = []
    for name in PEERS:
        if not isinstance(values[name], list):
            continue
        a, b = numpy.mean(mine), numpy.mean(values[name])
        lost = a / b - 1 if table.metric == "rmse" else b - a
        if lost > BOUND[table.metric]:
            found.append(f"{table.name}: {table.metric} {a:.5f}, {name} {b:.5f}: worse by {lost:.5f}, at most {BOUND[table.metric]}")
    return found


def report(table, values, seconds, seeds):
    cells = []
    for name, x in values.items():
        line = {"bench": "trees_quality", "table": table.name, "metric": table.metric, "learner": name, "version": PEERS.get(name), "seeds": seeds}
        if isinstance(x, list):
            paired = numpy.subtract(values["tradewind"], x) if isinstance(values["tradewind"], list) else numpy.zeros(1)
            line |= {"mean": float(numpy.mean(x)), "difference_error": float(numpy.std(paired, ddof=min(1, len(paired) - 1)) / math.sqrt(len(paired))), "seconds": round(seconds[name], 3)}
        else:
            line |= {"mean": None, "why": x}
        print(json.dumps(line), flush=True)
        cells.append(f"{numpy.mean(x):.5g}" if isinstance(x, list) else "-")
    return [table.name, table.metric.upper(), *cells]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/tradewind")
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "../shared/data/tabular")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--only", default="")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not options.data.is_dir():
        print(f"skipped: needs {options.data}")
        return 77
    warnings.filterwarnings("ignore")
    wanted = {w for w in options.only.split(",") if w}
    rows, bad = [], []
    with tempfile.TemporaryDirectory() as folder:
        learners = {"tradewind": lambda *a: ours(options.program.resolve(), pathlib.Path(folder), *a), "LightGBM": light, "XGBoost": extreme, "scikit-learn": scikit}
        for name, make in tables(options.data).items():
            if wanted and name not in wanted:
                continue
            table = make()
            values, seconds = compare(table, learners, options.seeds)
            rows.append(report(table, values, seconds, options.seeds))
            bad += faults(table, values)
    print("\n| table | metric | tradewind | " + " | ".join(f"{n} {v}" for n, v in PEERS.items()) + " |\n|" + "---|" * 6)
    print("\n".join("| " + " | ".join(row) + " |" for row in rows))
    print("\n".join(["", *bad] if bad else ["", "all bounds hold"]))
    return bool(bad) and options.check


if __name__ == "__main__":
    sys.exit(main())
