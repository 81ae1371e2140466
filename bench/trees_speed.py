#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How fast boosted trees are fitted, beside LightGBM and XGBoost at equal settings, leaf-wise, on made-up data with nonlinear effects and noise:

    bench/.venv/bin/python bench/trees_speed.py [--library build/release/libtradewind.so] [--rounds 3] [--only "CASE;..."] [--peers ours,LightGBM,...]

Every fit is a process of its own, so that none waits beside the threads of another library, and the fits of a case take turns. Measured are the wall
time and the CPU time of the fit alone, the peak of memory above the data as they were handed over, and R2 on rows that were not trained on. LightGBM
is timed with force_col_wise and force_row_wise; the table shows the faster one. One JSON line a cell, then a table. "binned": a matrix of bins
that was made before (a constructed Dataset, a QuantileDMatrix, tw_bins) is not part of the time."""
import argparse
import ctypes as c
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
TEST = 50_000
TREES, RATE, LEAVES, BINS, L2, LEAST = 100, 0.1, 63, 255, 1.0, 20
CASES = {  # rows, features, threads, binned before, share of missing values
    "200k x 50": (200_000, 50, 1, False, 0),
    "200k x 50, 2 threads": (200_000, 50, 2, False, 0),
    "200k x 50, binned": (200_000, 50, 1, True, 0),
    "200k x 50, binned, 2 threads": (200_000, 50, 2, True, 0),
    "600k x 158": (600_000, 158, 1, False, 0.02),
    "600k x 158, 2 threads": (600_000, 158, 2, False, 0.02),
}
LEARNERS = ["ours", "LightGBM col", "LightGBM row", "XGBoost"]


def make_data(folder, rows, features, missing):
    """Eleven features matter: five as they are, the others with a partner, a step or a wave. Columns and rows as files."""
    r = np.random.default_rng(2385)
    x = r.standard_normal((features, rows + TEST), dtype=np.float32)
    f = x[np.arange(11) * (features // 11)].astype(float)
    y = f[0] + 0.7 * f[1] - 0.5 * f[2] + abs(f[3]) + f[4] * f[5] + 1.5 * (f[6] > 0.5) - (f[7] * f[8] > 0) + 0.5 * f[9] ** 2 + 0.4 * np.sin(3 * f[10])
    y += 0.5 * r.standard_normal(rows + TEST)
    if missing:
        x[r.random(x.shape, dtype=np.float32) < missing] = np.nan
    np.save(folder / "columns.npy", x)
    np.save(folder / "rows.npy", np.ascontiguousarray(x.T))
    np.save(folder / "label.npy", y)


# ---------------------------------------------------------------- ours, through the library
class Context(c.Structure):
    _fields_ = [("alloc", c.c_void_p), ("pool", c.c_void_p), ("isa", c.c_int), ("progress", c.c_void_p)]


class Dataset(c.Structure):
    _fields_ = [(n, c.c_size_t) for n in ("times", "lanes", "n_features")] + [
        (n, c.c_void_p) for n in ("features", "names", "known", "label", "start", "end", "weight", "levels", "group")]


class Rows(c.Structure):
    _fields_ = [("data", c.POINTER(Dataset)), ("cell", c.c_void_p), ("n", c.c_size_t)]


class Spec(c.Structure):
    _fields_ = [("learner", c.c_char_p), ("params", c.c_char_p), ("seed", c.c_uint64), ("train", c.POINTER(Rows)), ("valid", c.c_void_p), ("from_", c.c_void_p),
                ("bins", c.c_void_p), ("custom", c.c_void_p), ("out_of_bag", c.c_void_p), ("partial", c.c_bool)]


class BinsSpec(c.Structure):
    _fields_ = [("rows", c.POINTER(Rows)), ("edges", c.POINTER(Rows)), ("bins", c.c_int), ("seed", c.c_uint64)]


def ours(options, folder):
    library, error = c.CDLL(options.library), c.create_string_buffer(512)

    def check(status):
        if status:
            sys.exit(error.value.decode())

    x, y = np.load(folder / "columns.npy"), np.load(folder / "label.npy")
    n, cells = len(y) - TEST, np.arange(len(y), dtype=np.uint32)
    pool, model, bins = c.c_void_p(), c.c_void_p(), c.c_void_p()
    check(library.tw_pool_new(options.threads, c.byref(pool), error))
    context = Context(pool=pool)
    columns = (c.c_void_p * len(x))(*[column.ctypes.data for column in x])
    data = Dataset(len(y) // 16, 16, len(x), features=c.addressof(columns), label=y.ctypes.data)
    train, test = Rows(c.pointer(data), cells.ctypes.data, n), Rows(c.pointer(data), cells[n:].ctypes.data, TEST)
    spec = Spec(b"gbm", f"rounds={TREES} rate={RATE} depth=64 leaves={LEAVES} bins={BINS} columns=1 l2={L2} min_child={LEAST} stop=0".encode(), 7, c.pointer(train))
    if options.binned:
        if not hasattr(library, "tw_bins_new"):
            sys.exit("skipped: this library takes no bins made before")
        check(library.tw_bins_new(c.byref(context), c.byref(BinsSpec(c.pointer(train), c.pointer(train), BINS, 7)), c.byref(bins), error))
        spec.bins = bins
    yield
    check(library.tw_model_fit(c.byref(context), c.byref(spec), c.byref(model), error))
    yield
    score = np.empty(TEST)
    check(library.tw_model_predict(model, c.byref(test), c.c_void_p(score.ctypes.data), error))
    yield y[n:], score


# ---------------------------------------------------------------- peers
def light(options, folder):
    import lightgbm

    x, y = np.load(folder / "rows.npy"), np.load(folder / "label.npy")
    n = len(y) - TEST
    params = dict(objective="regression", learning_rate=RATE, num_leaves=LEAVES, max_depth=-1, max_bin=BINS, lambda_l2=L2, min_data_in_leaf=LEAST, min_sum_hessian_in_leaf=1e-3,
                  num_threads=options.threads, verbosity=-1, seed=7, **{f"force_{options.one[-3:]}_wise": True})
    data = lightgbm.Dataset(x[:n], y[:n], params=params, free_raw_data=False)
    if options.binned:
        data.construct()
    yield
    model = lightgbm.train(params, data, TREES)
    yield
    yield y[n:], model.predict(x[n:])


def extreme(options, folder):
    import xgboost

    x, y = np.load(folder / "rows.npy"), np.load(folder / "label.npy")
    n = len(y) - TEST
    params = dict(objective="reg:squarederror", eta=RATE, max_depth=0, max_leaves=LEAVES, grow_policy="lossguide", max_bin=BINS + 1, reg_lambda=L2, min_child_weight=LEAST,
                  tree_method="hist", nthread=options.threads, seed=7)
    make = lambda: xgboost.QuantileDMatrix(x[:n], y[:n], max_bin=BINS + 1, nthread=options.threads)
    matrix = make() if options.binned else None
    yield
    model = xgboost.train(params, matrix or make(), TREES)
    yield
    yield y[n:], model.inplace_predict(x[n:])


def memory(what):
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith(what)) / 1024


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run_one(options):
    """One fit in this process: a step makes ready, the next fits, the last predicts."""
    steps = (ours if options.one == "ours" else extreme if options.one == "XGBoost" else light)(options, pathlib.Path(options.folder))
    next(steps)
    before = memory("VmRSS")
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew
    wall, used = time.perf_counter(), cpu()
    next(steps)
    wall, used, peak = time.perf_counter() - wall, cpu() - used, memory("VmHWM") - before
    y, score = next(steps)
    print(json.dumps({"wall_s": wall, "cpu_s": used, "peak_mb": peak, "r2": 1 - np.mean((y - score) ** 2) / np.var(y)}))


# ---------------------------------------------------------------- cases
def start(options, folder, learner, threads, binned):
    command = [sys.executable, __file__, "--one", learner, "--folder", folder, "--threads", threads, "--library", options.library] + ["--binned"] * binned
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "OMP_WAIT_POLICY": "passive"}
    done = subprocess.run([str(w) for w in command], capture_output=True, text=True, env=environment)
    if done.returncode:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
    return json.loads(done.stdout.strip().splitlines()[-1])


def run_case(options, folder, name):
    _, _, threads, binned, _ = CASES[name]
    wanted = options.peers.split(",") if options.peers else LEARNERS
    samples = {learner: [] for learner in LEARNERS if learner in wanted}
    for _ in range(options.rounds):
        for learner, got in samples.items():
            if not got or isinstance(got[0], dict):
                got.append(start(options, folder, learner, threads, binned))
    cells = {}
    for learner, got in samples.items():
        cell = {"bench": "trees_speed", "case": name, "learner": learner, "samples": len(got)}
        if isinstance(got[0], dict):
            cells[learner] = {key: statistics.median(g[key] for g in got) for key in got[0]}
            cell |= {key: round(value, 4) for key, value in cells[learner].items()} | {"spread_s": round(max(g["cpu_s"] for g in got) - min(g["cpu_s"] for g in got), 4)}
        else:
            cell["why"] = got[0]
        print(json.dumps(cell), flush=True)
    return cells


def shown(cells, learners):
    best = min((cells[name] for name in learners if name in cells), key=lambda cell: cell["cpu_s"], default=None)
    return (f"{best['wall_s']:.2f} / {best['cpu_s']:.2f}", best) if best else ("-", None)


def row(name, cells):
    mine, a = shown(cells, ["ours"])
    light_text, b = shown(cells, ["LightGBM col", "LightGBM row"])
    extreme_text, d = shown(cells, ["XGBoost"])
    ratio = lambda peer: f"{peer['cpu_s'] / a['cpu_s']:.2f} x" if a and peer else "-"
    numbers = lambda key, digits: " / ".join(f"{cell[key]:.{digits}f}" if cell else "-" for cell in (a, b, d))
    return f"| {name} | {mine} | {light_text} | {ratio(b)} | {extreme_text} | {ratio(d)} | {numbers('peak_mb', 0)} | {numbers('r2', 4)} |"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", default=str(ROOT / "build/release/libtradewind.so"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", default="")
    parser.add_argument("--peers", default="")
    parser.add_argument("--one", choices=LEARNERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--binned", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        return run_one(options)
    wanted = [name for name in CASES if not options.only or name in options.only.split(";")]
    rows = []
    for shape in dict.fromkeys((CASES[name][0], CASES[name][1], CASES[name][4]) for name in wanted):
        with tempfile.TemporaryDirectory() as folder:
            make_data(pathlib.Path(folder), *shape)
            for name in wanted:
                if (CASES[name][0], CASES[name][1], CASES[name][4]) == shape:
                    rows.append(row(name, run_case(options, folder, name)))
    print("\nWall / CPU seconds; peak of memory in MB and R2: ours / LightGBM / XGBoost.\n")
    print("| case | tradewind | LightGBM | CPU against it | XGBoost | CPU against it | memory | R2 |\n|" + "---|" * 8)
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
