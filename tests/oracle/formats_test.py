#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Golden models of tests/golden/learn/trees, written by tradewind as LightGBM text and as ONNX, predict in LightGBM and in ONNX Runtime what the library that made
them predicts; so do models that tradewind itself fitted, against its own predictions. Needs lightgbm and onnxruntime (bench/.venv); skipped without them."""
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


OWN = [("gbm", "y", "rounds=20 rate=0.1 min_child=5"), ("gbm", "p", "loss=logistic rounds=20 rate=0.1 min_child=2"), ("gbm", "k", "loss=softmax rounds=10 rate=0.1 min_child=2"),
       ("gbm", "p", "loss=poisson rounds=10"), ("random_forest", "y", "trees=10"), ("random_forest", "k", "trees=10"), ("extra_trees", "p", "trees=10")]


def table():
    """Columns by name: numbers, some missing, texts of few and of many kinds, and targets that depend on them."""
    r, n = np.random.RandomState(5), 2000
    a, b, d = r.normal(size=n).astype(np.float32), r.rand(n).astype(np.float32), np.round(r.rand(n) * 8) / 8
    b[r.rand(n) < 0.2] = np.nan
    c, e = r.choice(list("uvwxyz"), n), r.randint(0, 80, n)
    c[r.rand(n) < 0.1] = ""
    z = a + np.nan_to_num(b, nan=-1) + 1.3 * np.isin(c, list("uxz")) + (e % 3 == 1) - d
    return {"a": a, "b": b, "c": c, "d": d, "e": np.array([f"k{i}" for i in e]), "y": z + 0.2 * r.normal(size=n), "k": np.digitize(z, [0, 1]).astype(str), "p": (z > 0.5).astype(int)}


def run(*arguments):
    done = subprocess.run([PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{arguments}: {done.stderr}")
    return done.stdout


def write_csv(path, columns):
    with open(path, "w") as f:
        out = csv.writer(f)
        out.writerow(columns)
        out.writerows(zip(*[["" if v != v else v for v in column.tolist()] for column in columns.values()]))


def codes(features, columns):
    """The features as a model takes them: floats, and places among its categories."""
    x = np.empty((len(columns["a"]), len(features)), np.float32)
    for f in features:
        levels = {level: i for i, level in enumerate(f.get("categories", []))}
        x[:, f["index"]] = [levels.get(v, np.nan) for v in columns[f["name"]]] if levels else columns[f["name"]]
    return x


def own(folder):
    """Fits, writes, and compares with what `tradewind predict` says: (off, allowed, what) of each."""
    columns, at = table(), lambda name: os.path.join(folder, name)
    for learner, target, params in OWN:
        write_csv(at("t.csv"), {name: column for name, column in columns.items() if name in "abcde" + target})
        run("fit", "--train", at("t.csv"), "--target", target, "--learner", learner, "--params", params + (" min_child=5" if "trees" in params else ""), "--out", at("m.twm"),
            *(["--categorical", target] if learner == "extra_trees" else []), "--quiet")
        run("predict", at("m.twm"), "--in", at("t.csv"), "--out", at("p.csv"), "--quiet")
        said = list(csv.DictReader(open(at("p.csv"))))
        names = [c for c in said[0] if c.startswith("p_")] or ["prediction"]
        want = np.array([[float(row[c]) for c in names] for row in said])
        x = codes(json.loads(run("model", "inspect", at("m.twm"), "--json"))["features"], columns)
        for to, predict, tolerance in (("lightgbm", by_lightgbm, 1e-12), ("onnx", by_onnx, 1e-6)):
            if (learner, target, to) == ("random_forest", "k", "lightgbm"):
                continue  # refused
            run("model", "convert", at("m.twm"), "--to", to, "--out", at("m." + to))
            yield error(predict(at("m." + to), x), want), tolerance, f"{learner} {params} as {to}"


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
        for off, tolerance, what in own(folder):
            n += 1
            own_to = "own as " + what.split()[-1]
            worst[own_to] = max(worst.get(own_to, (0, "")), (off, what))
            if not off <= tolerance:
                bad += 1
                print(f"{what}: off by {off:g}")
    print(f"{n} conversions, {bad} wrong; worst {worst}")
    return bad > 0


if __name__ == "__main__":
    sys.exit(main())
