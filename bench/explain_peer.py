#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Microseconds an explained row of LightGBM and XGBoost on one thread, CPU time: pred_contrib, pred_contribs and
pred_interactions of models of the shapes of bench/learn_explain_bench.c, the DMatrix ready-made.

    python3 bench/explain_peer.py
"""
import json
import time

import lightgbm
import numpy as np
import xgboost

from score_peer import make

ROWS, PAIRS, REPEATS = 512, 8, 3


def median_us(call, items):
    times = []
    for _ in range(REPEATS):
        start = time.process_time_ns()
        call()
        times.append((time.process_time_ns() - start) / items / 1e3)
    return round(float(np.median(times)), 1)


def line(peer, name, **numbers):
    print(json.dumps({"bench": "explain", "peer": peer, "name": name, **numbers}), flush=True)


def main():
    x, y = make()
    rows = np.ascontiguousarray(x[:ROWS])
    matrix, few = xgboost.DMatrix(rows), xgboost.DMatrix(rows[:PAIRS])
    for name, depth, leaves in (("depth 6", 6, 64), ("leaf-wise 63", -1, 63)):
        light = lightgbm.train({"objective": "regression", "num_leaves": leaves, "max_depth": depth, "num_threads": 1,
                                "learning_rate": 0.1, "verbose": -1}, lightgbm.Dataset(x, y), 100)
        line("LightGBM " + lightgbm.__version__, name,
             shap_us=median_us(lambda: light.predict(rows, pred_contrib=True, num_threads=1), ROWS))
        grow = {"max_depth": 6} if depth == 6 else {"max_depth": 0, "max_leaves": 63, "grow_policy": "lossguide"}
        booster = xgboost.train({"tree_method": "hist", "max_bin": 256, "nthread": 1, "eta": 0.1, **grow},
                                xgboost.DMatrix(x, y), 100)
        booster.set_param({"nthread": 1})
        line("XGBoost " + xgboost.__version__, name,
             shap_us=median_us(lambda: booster.predict(matrix, pred_contribs=True), ROWS),
             interactions_us=median_us(lambda: booster.predict(few, pred_interactions=True), PAIRS))


if __name__ == "__main__":
    main()
