#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Nanoseconds a scored row of LightGBM and XGBoost on one thread: 100 trees over 50 features, of depth 6 and grown leaf
by leaf (63 leaves), the shapes of bench/learn_score_bench.c.

Blocks of rows go through each library's fastest call on a float32 matrix in place (Booster.predict of LightGBM,
inplace_predict of XGBoost). Single rows go through the C functions made for them by ctypes, without the Python around
them: LGBM_BoosterPredictForMatSingleRowFast and XGBoosterPredictFromDense; about 0.5 us of each is ctypes itself, and
`ctypes_ns` says how much (a call that does nothing).

    python3 bench/score_peer.py
"""
import ctypes
import json
import time

import lightgbm
import numpy as np
import xgboost

ROWS, FEATURES, SINGLES, REPEATS = 16384, 50, 5000, 9


def make():
    r = np.random.default_rng(2385)
    x = r.normal(size=(60000, FEATURES)).astype(np.float32)
    y = (x[:, 0] + 0.7 * x[:, 1] + np.abs(x[:, 3]) + x[:, 4] * x[:, 5] + 1.5 * (x[:, 6] > 0.5) - (x[:, 7] * x[:, 8] > 0)
         + 0.5 * x[:, 9] ** 2 + 0.4 * np.sin(3 * x[:, 10]) + r.normal(size=len(x)))
    return x, y


def median_cpu_ns(call, items):
    times = []
    for _ in range(REPEATS):
        start = time.process_time_ns()
        call()
        times.append((time.process_time_ns() - start) / items)
    return float(np.median(times))


def singles(call):
    times = np.empty(SINGLES)
    for i in range(SINGLES):
        start = time.perf_counter_ns()
        call(i)
        times[i] = time.perf_counter_ns() - start
    return float(np.median(times)), float(np.percentile(times, 99))


def check(status):
    if status != 0:
        raise RuntimeError("a call of the peer failed")


def lightgbm_single(booster, x):
    lib, handle, out, n = lightgbm.basic._LIB, ctypes.c_void_p(), ctypes.c_double(), ctypes.c_int64()
    check(lib.LGBM_BoosterPredictForMatSingleRowFastInit(
        booster._handle, ctypes.c_int(0), ctypes.c_int(0), ctypes.c_int(-1), ctypes.c_int(0), ctypes.c_int32(FEATURES),
        ctypes.c_char_p(b"num_threads=1"), ctypes.byref(handle)))
    base, call = x.ctypes.data, lib.LGBM_BoosterPredictForMatSingleRowFast
    n_at, out_at = ctypes.byref(n), ctypes.byref(out)
    return lambda i: call(handle, ctypes.c_void_p(base + i * FEATURES * 4), n_at, out_at)


def xgboost_single(booster, x):
    lib = xgboost.core._LIB
    config = json.dumps({"type": 0, "training": False, "iteration_begin": 0, "iteration_end": 0, "strict_shape": False,
                         "missing": float("nan"), "cache_id": 0}).encode()
    array = [json.dumps({"data": [x.ctypes.data + i * FEATURES * 4, True], "shape": [1, FEATURES], "typestr": "<f4",
                         "version": 3}).encode() for i in range(SINGLES)]
    shape, dim, result = ctypes.POINTER(ctypes.c_uint64)(), ctypes.c_uint64(), ctypes.POINTER(ctypes.c_float)()
    refs = ctypes.byref(shape), ctypes.byref(dim), ctypes.byref(result)
    return lambda i: lib.XGBoosterPredictFromDense(booster.handle, array[i], config, None, *refs)


def line(peer, name, batch, single, nothing):
    print(json.dumps({"bench": "score", "peer": peer, "name": name, "batch_ns_row": round(batch), "single_ns":
                      round(single[0]), "single_p99_ns": round(single[1]), "ctypes_ns": round(nothing)}), flush=True)


def main():
    x, y = make()
    rows = np.ascontiguousarray(x[:ROWS])
    nothing = singles(lambda i: lightgbm.basic._LIB.LGBM_GetLastError())[0]
    for name, depth, leaves in (("depth 6", 6, 64), ("leaf-wise 63", -1, 63)):
        light = lightgbm.train({"objective": "regression", "num_leaves": leaves, "max_depth": depth, "num_threads": 1,
                                "max_bin": 255, "learning_rate": 0.1, "verbose": -1, "min_data_in_leaf": 20},
                               lightgbm.Dataset(x, y), 100)
        batch = median_cpu_ns(lambda: light.predict(rows, num_threads=1), ROWS)
        call = lightgbm_single(light, rows)
        check(call(0))
        line("LightGBM " + lightgbm.__version__, name, batch, singles(call), nothing)
        grow = {"max_depth": 6} if depth == 6 else {"max_depth": 0, "max_leaves": 63, "grow_policy": "lossguide"}
        booster = xgboost.train({"tree_method": "hist", "max_bin": 256, "nthread": 1, "eta": 0.1, **grow},
                                xgboost.DMatrix(x, y), 100)
        booster.set_param({"nthread": 1})
        batch = median_cpu_ns(lambda: booster.inplace_predict(rows), ROWS)
        call = xgboost_single(booster, rows)
        check(call(0))
        line("XGBoost " + xgboost.__version__, name, batch, singles(call), nothing)


if __name__ == "__main__":
    main()
