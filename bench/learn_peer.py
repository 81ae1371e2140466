# SPDX-License-Identifier: Apache-2.0
"""Times LightGBM, XGBoost and scikit-learn on the data that `bench.learn FILE` wrote, at the settings of bench.learn, one
thread: `bench/.venv/bin/python bench/learn_peer.py FILE`. One JSON line a fit: CPU seconds of the fit with its binning, R2 on
the test rows, nanoseconds a row of batch scoring."""
import json, sys, time

import numpy as np


def load(path):
    with open(path, "rb") as file:
        train, test, features = np.fromfile(file, np.int32, 3)
        x = np.fromfile(file, np.float32, (train + test) * features).reshape(features, -1).T
        y = np.fromfile(file, np.float32, train + test)
    return np.ascontiguousarray(x[:train]), y[:train], np.ascontiguousarray(x[train:]), y[train:]


def lightgbm_case(bins, leaves, depth):
    import lightgbm
    params = dict(objective="regression", learning_rate=0.1, num_leaves=leaves, max_depth=depth, max_bin=bins,
                  feature_fraction=0.5, lambda_l2=1.0, min_sum_hessian_in_leaf=20, min_data_in_leaf=1, num_threads=1,
                  force_row_wise=True, verbosity=-1, seed=7)
    return f"LightGBM {lightgbm.__version__} {bins} bins, {leaves} leaves, depth {depth}", \
        lambda x, y: lightgbm.train(params, lightgbm.Dataset(x, y, params=params), 100).predict


def xgboost_case(bins):
    import xgboost
    params = dict(objective="reg:squarederror", eta=0.1, max_depth=6, max_bin=bins, colsample_bytree=0.5, reg_lambda=1.0,
                  min_child_weight=20, nthread=1, tree_method="hist", seed=7)

    def fit(x, y):
        model = xgboost.train(params, xgboost.QuantileDMatrix(x, y, max_bin=bins, nthread=1), 100)
        return lambda z: model.inplace_predict(z)
    return f"XGBoost {xgboost.__version__} hist {bins} bins", fit


def ridge_case():
    import sklearn
    from sklearn.linear_model import Ridge

    def fit(x, y):
        mean, sd = np.nanmean(x, 0), np.nanstd(x, 0)
        clean = lambda z: np.nan_to_num((z - mean) / sd)
        model = Ridge(0.01 * len(y)).fit(clean(x), y)
        return lambda z: model.predict(clean(z))
    return f"scikit-learn {sklearn.__version__} Ridge", fit


def main():
    x, y, x_test, y_test = load(sys.argv[1])
    cases = [lightgbm_case(63, 64, 6), lightgbm_case(255, 64, 6), lightgbm_case(63, 63, 24), xgboost_case(64), xgboost_case(256),
             ridge_case()]
    for name, fit in cases:
        start = time.process_time()
        predict = fit(x, y)
        seconds = time.process_time() - start
        start = time.process_time()
        score = predict(x_test)
        batch = (time.process_time() - start) / len(y_test) * 1e9
        r2 = 1 - np.sum((score - y_test) ** 2) / np.sum((y_test - y_test.mean()) ** 2)
        print(json.dumps(dict(bench="learn", peer=name, fit_s=round(seconds, 3), r2=round(float(r2), 4), batch_ns_row=round(batch))),
              flush=True)


if __name__ == "__main__":
    main()
