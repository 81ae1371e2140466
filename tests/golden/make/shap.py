#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/learn/shap.txt: small tree models of LightGBM 4.7.0 and XGBoost 3.2.0, rows, and what those say of
them: pred_contrib, pred_contribs, pred_interactions. Run with bench/.venv (docs/benchmarks.md names the versions).

The form: words with blanks between them.
  model NAME features outputs trees | base of each output
  tree output nodes, then a node each, the root first, children side by side behind their parent:
    leaf cover value | number cover feature left missing_right threshold | set cover feature left categories...
  rows n, then a row each | phi n (features + 1 numbers a row and output) | pairs n (their squares) or 0
"""
import json
import pathlib

import lightgbm
import numpy as np
import xgboost

OUT = pathlib.Path(__file__).resolve().parents[1] / "learn" / "shap.txt"
FEATURES, TRAIN, ROWS = 7, 1500, 9


def make():
    """Numbers, a column with missing values, and one of categories, the last; the labels are a formula of them."""
    r = np.random.default_rng(2385)
    x = np.round(r.normal(size=(TRAIN, FEATURES)), 3).astype(np.float32)
    x[:, 6] = r.integers(0, 9, TRAIN)
    y = x[:, 0] * x[:, 1] + np.abs(x[:, 2]) + 0.6 * np.isin(x[:, 6], [1, 4, 7]) + 0.1 * r.normal(size=TRAIN)
    x[r.random((TRAIN, FEATURES)) < 0.1 * np.isin(np.arange(FEATURES), [2, 3])] = np.nan
    return x, y


def float_below(t, strictly):
    """The largest float x with x <= t, or x < t."""
    f = np.float32(t)
    if float(f) > t or (strictly and float(f) == t):
        f = np.nextafter(f, np.float32(-np.inf))
    return f


class Trees:
    """Nodes of a tree in our order, from a function that says what a peer's node is."""

    def __init__(self, root, look):
        self.lines, queue, known = [], [root], 1
        while queue:
            kind, cover, rest, children = look(queue.pop(0))
            if children:
                rest = [rest[0], known, *rest[1:]]
                known += 2
                queue += children
            self.lines.append(" ".join(str(w) for w in [kind, repr(float(cover)), *rest]))


def look_lightgbm(n):
    if "leaf_value" in n:
        return "leaf", n["leaf_count"], [repr(float(n["leaf_value"]))], None
    children = [n["left_child"], n["right_child"]]
    if n["decision_type"] == "==":
        return "set", n["internal_count"], [n["split_feature"], *n["threshold"].split("||")], children
    # No value is missing in what has missing_type None.
    right = 0 if n["default_left"] else 1
    return "number", n["internal_count"], [n["split_feature"], right, repr(float(float_below(n["threshold"], False)))], \
        children


def look_xgboost(tree):
    def look(i):
        cover, left = tree["sum_hessian"][i], tree["left_children"][i]
        if left == -1:
            return "leaf", cover, [repr(float(np.float32(tree["split_conditions"][i])))], None
        t = float_below(float(np.float32(tree["split_conditions"][i])), True)
        return "number", cover, [tree["split_indices"][i], 1 - tree["default_left"][i], repr(float(t))], \
            [left, tree["right_children"][i]]
    return look


def write(out, name, outputs, base, trees, rows, phi, pairs):
    out.write(f"model {name} {FEATURES} {outputs} {len(trees)}\n")
    out.write(" ".join(repr(float(b)) for b in base) + "\n")
    for k, tree in trees:
        out.write(f"tree {k} {len(tree.lines)}\n" + "\n".join(tree.lines) + "\n")
    out.write(f"rows {len(rows)}\n")
    for r in rows:
        out.write(" ".join(repr(float(v)) for v in r) + "\n")
    for word, a in (("phi", phi), ("pairs", pairs)):
        a = np.zeros(0) if a is None else np.asarray(a, dtype=np.float64).reshape(-1)
        out.write(f"{word} {a.size}\n" + "\n".join(f"{v:.17g}" for v in a) + ("\n" if a.size else ""))


def lightgbm_model(out, name, params, x, y, rows):
    model = lightgbm.train({"num_threads": 1, "verbose": -1, "seed": 7, "min_data_in_leaf": 20, "num_leaves": 12,
                            "learning_rate": 0.2, "min_data_per_group": 10, "cat_smooth": 1, **params},
                           lightgbm.Dataset(x, y, categorical_feature=[6]), 4)
    outputs = params.get("num_class", 1)
    trees = [(t["tree_index"] % outputs, Trees(t["tree_structure"], look_lightgbm))
             for t in model.dump_model()["tree_info"]]
    write(out, name, outputs, [0] * outputs, trees, rows, model.predict(rows, pred_contrib=True), None)


def xgboost_model(out, name, params, x, y, rows):
    model = xgboost.train({"nthread": 1, "seed": 7, "max_depth": 4, "eta": 0.2, "min_child_weight": 5, "base_score": 0.385,
                           "tree_method": "hist", **params}, xgboost.DMatrix(x, y), 4)
    raw = json.loads(model.save_raw("json"))["learner"]["gradient_booster"]["model"]
    outputs = params.get("num_class", 1)
    trees = [(raw["tree_info"][i], Trees(0, look_xgboost(t))) for i, t in enumerate(raw["trees"])]
    data = xgboost.DMatrix(rows)
    write(out, name, outputs, [0.385] * outputs, trees, rows, model.predict(data, pred_contribs=True),
          model.predict(data, pred_interactions=True))


def main():
    x, y = make()
    rows = x[:ROWS]
    classes = np.digitize(y, [0.5, 1.2])
    with open(OUT, "w") as out:
        lightgbm_model(out, "lightgbm_numbers", {"objective": "regression"}, x, y, rows)
        lightgbm_model(out, "lightgbm_classes", {"objective": "multiclass", "num_class": 3}, x, classes, rows)
        xgboost_model(out, "xgboost_numbers", {"objective": "reg:squarederror"}, x, y, rows)
        xgboost_model(out, "xgboost_classes", {"objective": "multi:softprob", "num_class": 3}, x, classes, rows)


if __name__ == "__main__":
    main()
