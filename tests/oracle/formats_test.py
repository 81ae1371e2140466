#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden models of tests/golden/learn/trees, written by tradewind as LightGBM text and as ONNX, predict in LightGBM and in ONNX Runtime what the library that made
them predicts. Needs lightgbm and onnxruntime (bench/.venv); skipped without them."""
import csv
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.environ.get("TRADEWIND", os.path.join(ROOT, "build/release/tradewind"))
TREES = os.path.join(ROOT, "tests/golden/learn/trees")
# What a format cannot say. LightGBM sends categories that it does not know where it sends missing ones; XGBoost's models need not.
REFUSED = {"lightgbm": {"binary_hinge.json"}, "onnx": {"linear.txt", "linear_binary.txt", "no_trees.json"}}
VENV = os.path.join(ROOT, "bench/.venv/bin/python")

try:
    import lightgbm
    import numpy as np
    import onnx
    import onnxruntime
except ImportError:
    if os.path.exists(VENV) and not os.environ.get("TW_IN_VENV"):
        os.environ["TW_IN_VENV"] = "1"
        os.execv(VENV, [VENV] + sys.argv)
    print("skipped: no lightgbm, onnx or onnxruntime")
    sys.exit(77)


def rows(name):
    return np.array([[float(v) for v in r[1:]] for r in csv.reader(open(os.path.join(TREES, name))) if r[0] == "row"], np.float32)


def convert(path, to, out):
    return subprocess.run([PROGRAM, "model", "convert", path, "--to", to, "--out", out, "--quiet"], stderr=subprocess.PIPE, text=True)


def by_lightgbm(path, x):
    return lightgbm.Booster(model_file=path).predict(x.astype(float))


def by_onnx(path, x):
    model = onnx.load(path)
    onnx.checker.check_model(model)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def error(got, want):
    return float(np.max(np.abs(np.asarray(got, float).reshape(want.shape) - want) / np.maximum(1, np.abs(want))))


def main():
    bad, worst, n = 0, {}, 0
    data = {"model": rows("rows.csv"), "train_rows": rows("train_rows.csv")}
    with tempfile.TemporaryDirectory() as folder:
        for library in sorted(d for d in os.listdir(TREES) if os.path.isdir(os.path.join(TREES, d))):
            for kind, file, outputs, *values in csv.reader(l for l in open(os.path.join(TREES, library, "predictions.csv")) if l[0] != "#"):
                want, x = np.array([float(v) for v in values]).reshape(-1, int(outputs)), data[kind]
                known = (np.isnan(x[:, 2]) | ((x[:, 2] >= 0) & (x[:, 2] < 12))) & (x[:, 4] >= 0) & (x[:, 4] < 64)
                for to, predict, tolerance in (("lightgbm", by_lightgbm, 1e-12), ("onnx", by_onnx, 1e-6)):
                    n += 1
                    path = os.path.join(folder, "m." + to)
                    done = convert(os.path.join(TREES, library, file), to, path)
                    if file in REFUSED[to] or done.returncode:
                        if (file in REFUSED[to]) != bool(done.returncode):
                            bad += 1
                            print(f"{library}/{file} to {to}: exit {done.returncode}: {done.stderr}")
                        continue
                    keep = known if to == "lightgbm" and library.startswith("xgboost") else slice(None)
                    allowed = tolerance if library.startswith("lightgbm") else 1e-6  # XGBoost adds up in float
                    off = error(predict(path, x)[keep], want[keep])
                    worst[to] = max(worst.get(to, (0, "")), (off, f"{library}/{file}"))
                    if not off <= allowed:
                        bad += 1
                        print(f"{library}/{file} as {to}: off by {off:g}")
    print(f"{n} conversions, {bad} wrong; worst {worst}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
