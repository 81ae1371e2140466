# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/learn/trees/<library>-<version>/: small models of every objective by the libraries that the environment has, and
predictions.csv, what they predict for the rows of rows.csv. Data are made by the formulas below. The smallest models go to tests/fuzz/corpus/learn_import.
Run: bench/.venv/bin/python tests/golden/make/trees.py, and again in environments of their own with XGBoost 1.0.2, 1.5.2, 1.7.6, 2.1.4 and LightGBM 2.3.1, 3.3.5."""
import warnings
from pathlib import Path

import numpy as np

warnings.filterwarnings("ignore")
HERE = Path(__file__).resolve().parents[1] / "learn" / "trees"
SEEDS = Path(__file__).resolve().parents[2] / "fuzz" / "corpus" / "learn_import"
TRAIN, ROWS, FEATURES, CATEGORIES = 600, 32, 6, [2, 4]


def noise(n, k):
    """Uniform in (0, 1): the fraction of a large multiple of a sine."""
    return np.modf(np.abs(np.sin((np.arange(n) + 1) * (12.9898 + k) + 78.233 * k)) * 43758.5453)[0]


def make(n, shift):
    u = [noise(n, shift + 7.31 * k) for k in range(9)]
    x = np.empty((n, FEATURES))
    x[:, 0] = np.where(u[6] < 0.15, np.nan, 4 * u[0] - 2)  # missing
    x[:, 1] = np.where(u[7] < 0.4, 0, 3 * u[1] - 1)  # zeros
    x[:, 2] = np.where(u[8] < 0.1, np.nan, np.floor(12 * u[2]))  # categories, missing
    x[:, 3] = np.round(10 * u[3]) / 8  # few values: rows lie on thresholds
    x[:, 4] = np.floor(90 * u[4] * u[4])  # more categories than one word of a set holds
    x[:, 5] = np.where(u[6] > 0.95, np.nan, u[5])
    x = x.astype(np.float32)
    z = np.nan_to_num(x).astype(float)
    y = z[:, 0] + 1.5 * (z[:, 1] > 0.7) + 0.8 * np.isin(z[:, 2], [1, 4, 5, 10]) - 0.6 * (z[:, 4] % 3 == 1) + z[:, 3] * z[:, 5] + 0.5 * noise(n, shift + 99)
    return x, y - y.mean()


X, Y = make(TRAIN, 0)
R = make(ROWS, 1000)[0]
R[:6, :] = np.array([[np.nan] * 6, [0] * 6, [-1, -1, 3, 0.125, 89, 1], [1e9, -1e9, 500, 1.25, 200, 1e-36], [-2, 0.7, 11, 0.625, 64, -1e-36], [2, -0.0, 0, 1, 63, 0.5]], np.float32)


def labels(objective):
    if "binary" in objective or objective in ("reg:logistic", "cross_entropy", "cross_entropy_lambda") or objective.startswith("rank"):
        return (Y > 0).astype(float)
    if "multi" in objective:
        return np.digitize(Y, [-0.8, 0.6]).astype(float)
    if objective in ("count:poisson", "reg:gamma", "reg:tweedie", "poisson", "gamma", "tweedie", "survival:cox", "survival:aft", "reg:squaredlogerror"):
        return np.exp(Y / 2)
    return np.digitize(Y, [-1, -0.2, 0.8]).astype(float) if objective in ("lambdarank", "rank_xendcg") else Y


class Writer:
    def __init__(self, library, version):
        self.folder = HERE / f"{library}-{version}"
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.iterdir():
            old.unlink()
        self.lines = [f"# {library} {version}: model, file, outputs, predictions of the rows of rows.csv"]

    def add(self, file, prediction):
        p = np.asarray(prediction).reshape(ROWS, -1)
        self.lines.append(",".join(["model", file, str(p.shape[1])] + [repr(float(v)) for v in p.ravel()]))

    def close(self):
        (self.folder / "predictions.csv").write_text("\n".join(self.lines) + "\n")


def make_lightgbm():
    import lightgbm as lgb
    w = Writer("lightgbm", lgb.__version__)
    version = tuple(int(x) for x in lgb.__version__.split("."))

    def one(name, objective, rounds=3, label=None, categories=CATEGORIES, weight=None, **params):
        params = dict(dict(objective=objective, num_leaves=5, min_data_in_leaf=15, learning_rate=0.2, verbose=-1, seed=3, num_threads=1, deterministic=True, cat_smooth=1,
                           min_data_per_group=5), **params)
        d = lgb.Dataset(X, labels(objective) if label is None else label, categorical_feature=categories, free_raw_data=False,
                        group=[30] * 20 if "rank" in objective else None, params=dict(verbose=-1))
        b = lgb.train(params, d, rounds)
        file = name.replace(":", "_") + ".txt"
        text = b.model_to_string()
        at = text.index("\nparameters:")
        (w.folder / file).write_text(text if name == "regression" and version >= (4,) else text[:at + 1] + "pandas_categorical:null\n")
        p = b.predict(R)
        w.add(file, p)

    if version < (4,):
        for name, objective, more in [("regression", "regression", {}), ("binary", "binary", {}), ("multiclass", "multiclass", dict(num_class=3)),
                                      ("zero_as_missing", "regression", dict(zero_as_missing=True)), ("no_missing", "regression", dict(use_missing=False)),
                                      ("forest", "regression", dict(boosting="rf", bagging_freq=1, bagging_fraction=0.6)), ("quantile", "quantile", {})]:
            one(name, objective, **more)
        if version >= (3, 2):
            one("linear", "regression", linear_tree=True, linear_lambda=0.01)
        w.close()
        return
    for objective in ["regression", "regression_l1", "huber", "fair", "poisson", "quantile", "mape", "gamma", "tweedie", "binary", "cross_entropy",
                      "cross_entropy_lambda", "lambdarank", "rank_xendcg"]:
        one(objective, objective)
    one("multiclass", "multiclass", num_class=3)
    one("multiclassova", "multiclassova", num_class=3, sigmoid=1.7)
    one("binary_sigmoid", "binary", sigmoid=2.385)
    one("regression_sqrt", "regression", reg_sqrt=True)
    one("zero_as_missing", "regression", zero_as_missing=True)
    one("no_missing", "regression", use_missing=False)
    one("linear", "regression", linear_tree=True, linear_lambda=0.01)
    one("linear_binary", "binary", linear_tree=True, linear_lambda=0.01, categories=[])
    one("forest", "regression", boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    one("forest_binary", "binary", boosting="rf", bagging_freq=1, bagging_fraction=0.6)
    one("dart", "binary", rounds=8, boosting="dart", drop_rate=0.5)
    one("one_leaf", "regression", min_gain_to_split=1e9)
    one("large", "regression", rounds=6, num_leaves=15, max_cat_threshold=64)
    w.close()


def make_xgboost():
    import xgboost as xgb
    v = tuple(int(x) for x in xgb.__version__.split("."))
    w = Writer("xgboost", xgb.__version__)
    types = ["c" if f in CATEGORIES else "q" for f in range(FEATURES)]
    names = [f"{'category' if f in CATEGORIES else 'number'} {f}" for f in range(FEATURES)]

    def matrix(x, **more):
        if v < (1, 6):  # no categories
            return xgb.DMatrix(x, feature_names=[n.replace(" ", "_") for n in names], **more)
        return xgb.DMatrix(x, feature_types=types, feature_names=names, enable_categorical=True, **more)

    rows = matrix(R)

    def one(name, objective, rounds=2, endings=("json",), plain=False, label=None, **params):
        params = dict(dict(objective=objective, max_depth=3, eta=0.3, seed=3, nthread=1, tree_method="hist", max_cat_to_onehot=3), **params)
        y = labels(objective) if label is None else label
        if plain:
            d, at = xgb.DMatrix(X, label=None if objective == "survival:aft" else y), xgb.DMatrix(R)
        else:
            d, at = matrix(X, label=None if objective == "survival:aft" else y), rows
        if objective == "survival:aft":
            d.set_float_info("label_lower_bound", y)
            d.set_float_info("label_upper_bound", y * 1.5)
        if objective.startswith("rank"):
            d.set_group([30] * 20)
        b = xgb.train(params, d, rounds)
        p = b.predict(at)
        if objective == "multi:softmax":  # the class there, chances here
            b.set_param("objective", "multi:softprob")
            p = b.predict(at)
            b.set_param("objective", "multi:softmax")
        for ending in endings:
            file = name.replace(":", "_") + "." + ending
            b.save_model(w.folder / file)
            w.add(file, p)

    every = ["reg:squarederror", "binary:logistic", "count:poisson", "multi:softprob", "rank:pairwise"]
    if v < (1, 6):
        for objective in every:
            one(objective, objective, max_depth=2, **(dict(num_class=3) if "multi" in objective else {}))
        one("base_logistic", "binary:logistic", base_score=0.2385)
        one("dart", "binary:logistic", rounds=5, max_depth=2, booster="dart", rate_drop=0.5)
        w.close()
        return
    if v >= (3,):
        every += ["reg:squaredlogerror", "reg:logistic", "reg:pseudohubererror", "reg:absoluteerror", "reg:gamma", "reg:tweedie", "binary:logitraw", "binary:hinge",
                  "multi:softmax", "rank:ndcg", "rank:map", "survival:cox", "survival:aft"]
    for objective in every:
        one(objective, objective, max_depth=2, **(dict(num_class=3) if "multi" in objective else {}))
    one("base_logistic", "binary:logistic", base_score=0.2385)
    one("base_gamma", "reg:gamma", base_score=2.385)
    one("base_high", "binary:logistic", base_score=0.99837, max_depth=2)
    one("dart", "binary:logistic", rounds=5, max_depth=2, booster="dart", rate_drop=0.5, endings=("json", "ubj"))
    one("forest", "reg:squarederror", rounds=2, num_parallel_tree=3, subsample=0.5)
    one("forest_multi", "multi:softprob", rounds=2, num_class=3, num_parallel_tree=2, max_depth=2, subsample=0.5, endings=("json", "ubj"))
    one("plain", "reg:squarederror", plain=True, endings=("json", "ubj"))
    one("no_trees", "reg:squarederror", rounds=0, base_score=0.61)
    one("pruned", "reg:squarederror", gamma=20, rounds=2)
    one("large", "binary:logistic", rounds=6, max_cat_to_onehot=1, endings=("ubj",))
    if v >= (2,):
        one("quantiles", "reg:quantileerror", quantile_alpha=[0.1, 0.5, 0.9])
        one("targets", "reg:squarederror", label=np.c_[Y, Y ** 2])
        one("labels", "binary:logistic", label=np.c_[Y > 0, Y > 1].astype(float))
        one("vectors", "reg:squarederror", label=np.c_[Y, Y ** 2], multi_strategy="multi_output_tree", plain=True, endings=("json", "ubj"))
    if v >= (3,):
        one("base_ones", "binary:logistic", label=np.ones(TRAIN), max_depth=2)
    if v >= (3, 1):
        import pandas as pd
        frame = pd.DataFrame({n: x for n, x in zip(names, X.T)})
        frame[names[2]] = pd.Categorical(["" if np.isnan(c) else f"group {c:g}" for c in X[:, 2]], [f"group {c}" for c in range(12)])
        frame[names[4]] = pd.Categorical(X[:, 4].astype(int), range(90))
        b = xgb.train(dict(max_depth=3, nthread=1, seed=3), xgb.DMatrix(frame, label=Y, enable_categorical=True), 2)
        b.save_model(w.folder / "frame.json")
        p = b.predict(xgb.DMatrix(frame.iloc[:ROWS], enable_categorical=True))
        w.lines.append(",".join(["train_rows", "frame.json", "1"] + [repr(float(v)) for v in p]))
    w.close()


def make_seeds():
    import lightgbm as lgb
    import pandas, xgboost as xgb  # pandas: of the one environment that has all
    SEEDS.mkdir(parents=True, exist_ok=True)
    for name, more in (("linear", dict(linear_tree=True)), ("forest", dict(boosting="rf", bagging_freq=1, bagging_fraction=0.6)), ("zero", dict(zero_as_missing=True))):
        d = lgb.Dataset(X, Y, categorical_feature=CATEGORIES, params=dict(verbose=-1))
        b = lgb.train(dict(objective="regression", num_leaves=4, verbose=-1, num_threads=1, min_data_per_group=5, **more), d, 2)
        text = b.model_to_string()
        (SEEDS / ("lightgbm_" + name)).write_text(text[:text.index("\nparameters:") + 1] + 'pandas_categorical:[["a","b"],[1,2]]\n')
    types = ["c" if f in CATEGORIES else "q" for f in range(FEATURES)]
    for name, y, more in (("plain", Y, {}), ("dart", Y, dict(booster="dart", rate_drop=0.5)), ("vectors", np.c_[Y, Y], dict(multi_strategy="multi_output_tree")),
                          ("classes", labels("multi:"), dict(objective="multi:softprob", num_class=3))):
        d = xgb.DMatrix(X, label=y, feature_types=types if name != "vectors" else None, enable_categorical=True)
        b = xgb.train(dict(max_depth=2, nthread=1, seed=3, **more), d, 1)
        for ending in ("json", "ubj"):
            (SEEDS / f"xgboost_{name}_{ending}").write_bytes(b.save_raw(ending))


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    for file, x in (("rows.csv", R), ("train_rows.csv", X[:ROWS])):
        (HERE / file).write_text("# made by tests/golden/make/trees.py: float32\n" + "".join("row," + ",".join(repr(float(v)) for v in r) + "\n" for r in x))
    for f in (make_lightgbm, make_xgboost, make_seeds):
        try:
            f()
        except ModuleNotFoundError as e:
            print("left out:", e)
