#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trees on alpha158 of the S&P 500 panel, beside LightGBM and XGBoost, one thread:

    bench/.venv/bin/python bench/trees_search.py [--program build/release/tradewind] [--library build/release/libtradewind.so]
        [--data ../shared/data/market/sp500_5yr/bars_daily_splitadj.csv.gz] [--trials 20] [--rounds 100] [--folder KEEP]

First the rank IC out of sample of an expanding walk-forward (five refits), the mean of the dates and its standard error. Then a search: the same
random settings for both, each on five folds of dates with the labels that reach into a fold purged from its train rows; CPU seconds of all fits and
predictions. Ours bins each fold once (tw_bins, by its train rows); LightGBM is timed both as its Python users write it, a Dataset a fit, and with
one Dataset a fold kept for all trials. One JSON line a number, then a table. With --folder the features are kept there and found again."""
import argparse
import ctypes as c
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import pandas as pd
from trees_speed import ROOT, BinsSpec, Context, Dataset, Rows, Spec

HORIZON, BINS, FOLDS, REFITS = 5, 255, 5, 5
SETTINGS = dict(leaves=63, rate=0.05, least=500, l2=10.0, columns=0.7)


# ---------------------------------------------------------------- data
def make(options, folder):
    """Columns of alpha158 [feature][cell], the label and the time of each cell; cells ordered by date, 16 a step."""
    csv = folder / "features.csv"
    if not csv.exists():
        subprocess.run([options.program, "features", "calc", "--in", options.data, "--set", "alpha158", "--let", "vwap=(high+low+close)/3", "--out", str(csv), "--quiet"], check=True)
    table = pd.read_csv(csv)
    bars = pd.read_csv(options.data, usecols=["date", "symbol", "close"])
    close = bars.pivot(index="date", columns="symbol", values="close")
    move = close.shift(-HORIZON - 1) / close.shift(-1) - 1
    move = move.sub(move.mean(axis=1), axis=0).stack().rename("label")
    table["date"] = table.iloc[:, 0].astype(str).str[:10]
    table = table.merge(move, left_on=["date", "symbol"], right_index=True).sort_values(["date", "symbol"], kind="stable")
    names = [n for n in table if n not in ("time", "date", "symbol", "label")]
    table = table[np.isfinite(table["label"])]
    codes = table["date"].astype("category").cat.codes.to_numpy()
    n = len(table) // 16 * 16
    x = np.ascontiguousarray(table[names].to_numpy(np.float32).T[:, :n])
    return x, table["label"].to_numpy()[:n].astype(float), codes[:n].astype(np.int64)


def load(options, folder):
    kept = folder / "alpha158.npz"
    if not kept.exists():
        x, y, date = make(options, folder)
        np.savez(kept, x=x, y=y, date=date)
        (folder / "features.csv").unlink()
    got = np.load(kept)
    return got["x"], got["y"], got["date"]


def walk_forward(date):
    last = date.max() + 1
    for k in range(REFITS):
        a, b = last * (k + 3) // (REFITS + 3), last * (k + 4) // (REFITS + 3)
        yield np.flatnonzero(date < a - HORIZON - 1), np.flatnonzero((date >= a) & (date < b))


def purged_folds(date):
    last = date.max() + 1
    for k in range(FOLDS):
        a, b = last * k // FOLDS, last * (k + 1) // FOLDS
        yield np.flatnonzero((date < a - HORIZON - 1) | (date >= b + HORIZON + 1)), np.flatnonzero((date >= a) & (date < b))


# ---------------------------------------------------------------- learners
class Ours:
    name = "tradewind"

    def __init__(self, options, x, y):
        self.library, self.error, self.x, self.y = c.CDLL(options.library), c.create_string_buffer(512), x, y
        self.columns = (c.c_void_p * len(x))(*[column.ctypes.data for column in x])
        self.data = Dataset(len(y) // 16, 16, len(x), features=c.addressof(self.columns), label=y.ctypes.data)
        self.rounds = options.rounds

    def rows(self, cells):
        cells = cells.astype(np.uint32)
        return Rows(c.pointer(self.data), cells.ctypes.data, len(cells)), cells

    def check(self, status):
        if status:
            sys.exit(self.error.value.decode())

    def open(self, train):
        bins, (rows, cells) = c.c_void_p(), self.rows(train)
        self.check(self.library.tw_bins_new(None, c.byref(BinsSpec(c.pointer(rows), c.pointer(rows), BINS, 7)), c.byref(bins), self.error))
        return bins, rows, cells

    def close(self, opened):
        self.library.tw_bins_free(opened[0])

    def fit(self, opened, test, s, seed):
        model, (rows, cells), score = c.c_void_p(), self.rows(test), np.empty(len(test))
        params = f"rounds={self.rounds} rate={s['rate']} depth=64 leaves={s['leaves']} bins={BINS} columns={s['columns']} l2={s['l2']} min_child={s['least']}"
        spec = Spec(b"gbm", params.encode(), seed, c.pointer(opened[1]), bins=opened[0])
        self.check(self.library.tw_model_fit(None, c.byref(spec), c.byref(model), self.error))
        self.check(self.library.tw_model_predict(model, c.byref(rows), c.c_void_p(score.ctypes.data), self.error))
        self.library.tw_model_free(model)
        return score


class Light:
    name = "LightGBM, a Dataset a fit"

    def __init__(self, options, x, y):
        self.x, self.y, self.rounds = np.ascontiguousarray(x.T), y, options.rounds

    def params(self, s, seed):
        return dict(objective="regression", learning_rate=s["rate"], num_leaves=s["leaves"], max_bin=BINS, feature_fraction=s["columns"], lambda_l2=s["l2"], seed=seed,
                    min_sum_hessian_in_leaf=s["least"], min_data_in_leaf=1, feature_pre_filter=False, num_threads=1, force_col_wise=True, verbosity=-1)

    def open(self, train):
        return train

    def close(self, opened):
        pass

    def dataset(self, train):
        import lightgbm

        return lightgbm.Dataset(self.x[train], self.y[train], params=self.params(SETTINGS, 7), free_raw_data=False)

    def fit(self, opened, test, s, seed):
        import lightgbm

        return lightgbm.train(self.params(s, seed), self.dataset(opened), self.rounds).predict(self.x[test], num_threads=1)


class LightKept(Light):
    name = "LightGBM, a Dataset a fold"

    def open(self, train):
        return self.dataset(train).construct()

    def dataset(self, opened):
        return opened if not isinstance(opened, np.ndarray) else super().dataset(opened)


class Extreme:
    name = "XGBoost"

    def __init__(self, options, x, y):
        self.x, self.y, self.rounds = np.ascontiguousarray(x.T), y, options.rounds

    def open(self, train):
        import xgboost

        return xgboost.QuantileDMatrix(self.x[train], self.y[train], max_bin=BINS + 1, nthread=1)

    def close(self, opened):
        pass

    def fit(self, opened, test, s, seed):
        import xgboost

        params = dict(eta=s["rate"], max_depth=0, max_leaves=s["leaves"], grow_policy="lossguide", max_bin=BINS + 1, colsample_bytree=s["columns"], reg_lambda=s["l2"],
                      min_child_weight=s["least"], tree_method="hist", nthread=1, seed=seed)
        return xgboost.train(params, opened, self.rounds).inplace_predict(self.x[test])


# ---------------------------------------------------------------- the two questions
def rank_ic(date, score, y):
    table = pd.DataFrame({"date": date, "score": score, "y": y})
    ranks = table.groupby("date")[["score", "y"]].rank()
    return ranks.groupby(table["date"]).apply(lambda g: g["score"].corr(g["y"])).dropna().to_numpy()


def ask_walk_forward(learners, date, y):
    cells = {}
    for learner in learners:
        path, start = [], time.process_time()
        for train, test in walk_forward(date):
            opened = learner.open(train)
            path.append(rank_ic(date[test], learner.fit(opened, test, SETTINGS, 7), y[test]))
            learner.close(opened)
        path = np.concatenate(path)
        cells[learner.name] = path
        print(json.dumps({"bench": "trees_walk_forward", "learner": learner.name, "rank_ic": path.mean(), "standard_error": path.std() / np.sqrt(len(path) / HORIZON),
                          "dates": len(path), "cpu_s": time.process_time() - start}), flush=True)
    ours = cells["tradewind"]
    for name, path in cells.items():
        if name != "tradewind":
            off = ours - path
            print(json.dumps({"bench": "trees_walk_forward", "difference_to": name, "rank_ic": off.mean(), "standard_error": off.std() / np.sqrt(len(off) / HORIZON)}), flush=True)


def ask_search(learners, options, date, y):
    r = np.random.default_rng(11)
    draws = [dict(leaves=int(r.integers(15, 128)), rate=round(float(np.exp(r.uniform(np.log(0.02), np.log(0.2)))), 4), least=int(r.integers(100, 2000)),
                  l2=round(float(r.uniform(1, 100)), 2), columns=round(float(r.uniform(0.3, 1)), 2)) for _ in range(options.trials)]
    seconds = {learner.name: 0.0 for learner in learners}
    for train, test in purged_folds(date):
        for learner in learners:  # they take turns, fold by fold
            start = time.process_time()
            opened = learner.open(train)
            for k, s in enumerate(draws):
                learner.fit(opened, test, s, k)
            learner.close(opened)
            seconds[learner.name] += time.process_time() - start
    for name, used in seconds.items():
        print(json.dumps({"bench": "trees_search", "learner": name, "trials": options.trials, "folds": FOLDS, "rounds": options.rounds, "cpu_s": used,
                          "against_ours": used / seconds["tradewind"]}), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=str(ROOT / "build/release/tradewind"))
    parser.add_argument("--library", default=str(ROOT / "build/release/libtradewind.so"))
    parser.add_argument("--data", default=str(ROOT.parent / "shared/data/market/sp500_5yr/bars_daily_splitadj.csv.gz"))
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--only", choices=["walk", "search"])
    parser.add_argument("--folder")
    options = parser.parse_args()
    if not pathlib.Path(options.data).exists():
        print("skipped: no", options.data)
        return 77
    with tempfile.TemporaryDirectory() as made:
        folder = pathlib.Path(options.folder or made)
        folder.mkdir(exist_ok=True)
        x, y, date = load(options, folder)
    print(json.dumps({"rows": len(y), "features": len(x), "dates": int(date.max()) + 1}), flush=True)
    ours, light, kept, extreme = Ours(options, x, y), Light(options, x, y), LightKept(options, x, y), Extreme(options, x, y)
    if options.only != "search":
        ask_walk_forward([ours, kept, extreme], date, y)
    if options.only != "walk":
        ask_search([ours, light, kept], options, date, y)
    return 0


if __name__ == "__main__":
    sys.exit(main())
