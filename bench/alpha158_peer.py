# SPDX-License-Identifier: Apache-2.0
"""alpha158 by tradewind, by KunQuant and by qlib's expression engine, on the same panel in the same run.

    bench/.venv/bin/python bench/alpha158_peer.py build/bench/bench/bench.feature SP500.csv.gz [rounds]

One thread each. KunQuant (generated C++, -march=native, its predefined Alpha158) runs in f64, as we do, and in f32,
its default, in its own tile layout (STs), padded to whole vectors; its price features lack vwap, which is added; its
compile time is not counted. qlib runs on every 20th symbol and is scaled by the number of symbols. Rounds are interleaved; medians."""
import json
import subprocess
import sys
import tempfile
import time
import warnings

import numpy as np
import pandas as pd
import panel_file
import qlib_series
from KunQuant.Driver import KunCompilerConfig
from KunQuant.jit import cfake
from KunQuant.Op import Builder, Input, Output
from KunQuant.predefined.Alpha158 import AllData
from KunQuant.runner import KunRunner as kr
from KunQuant.Stage import Function

warnings.filterwarnings("ignore")


# KunQuant's vectors are as wide as the machine's registers: 64 bytes with AVX-512, else 32.
WIDTH = 64 if "avx512f" in open("/proc/cpuinfo").read() else 32
LANES = {"double": WIDTH // 8, "float": WIDTH // 4}


def to_tiles(rows, lanes):
    """[time][symbol] as [block][time][lane]"""
    return np.ascontiguousarray(rows.reshape(rows.shape[0], -1, lanes).transpose(1, 0, 2))


def from_tiles(tiles):
    return tiles.transpose(1, 0, 2).reshape(tiles.shape[1], -1)


def kunquant(dtype):
    """A compiled module of KunQuant's Alpha158."""
    builder = Builder()
    with builder:
        columns = {c: Input(c) for c in qlib_series.COLUMNS}
        data = AllData(**{c: columns[c] for c in ("open", "high", "low", "close", "volume")}, vwap=columns["vwap"])
        data.vwap = columns["vwap"]
        prices = [(c.upper(), columns[c]) for c in ("open", "high", "low", "vwap")]
        features, names = data.build({"kbar": {}, "price": {"windows": [0], "feature": prices}, "rolling": {}})
        for feature, name in zip(features, names):
            Output(feature, name)
    config = KunCompilerConfig(dtype=dtype, input_layout="STs", output_layout="STs", split_source=6,
                               blocking_len=LANES[dtype],
                               options={"opt_reduce": True, "fast_log": True})
    library = cfake.compileit([("alpha158", Function(builder.ops), config)], "alpha158_" + dtype,
                              cfake.CppCompilerConfig())
    return library, names


def run_kunquant(made, values, dtype):
    library, names = made
    lanes = LANES[dtype]
    columns = {c: to_tiles(values[i].astype("float64" if dtype == "double" else "float32"), lanes) for i, c in enumerate(qlib_series.COLUMNS)}
    module = library.getModule("alpha158")
    executor = kr.createSingleThreadExecutor()
    outputs = {n: np.empty_like(columns["close"]) for n in names}
    kr.runGraph(executor, module, columns, 0, values.shape[1], outputs)
    times = []
    for _ in range(3):
        start = time.perf_counter()
        kr.runGraph(executor, module, columns, 0, values.shape[1], outputs)
        times.append(time.perf_counter() - start)
    return np.median(times), outputs


def run_qlib(values):
    expressions = qlib_series.compile_set("alpha158")
    chosen = range(0, values.shape[2], 20)
    start = time.perf_counter()
    for s in chosen:
        bars = {c: pd.Series(values[i, :, s]) for i, c in enumerate(qlib_series.COLUMNS)}
        qlib_series.evaluate(expressions, bars)
    return (time.perf_counter() - start) * values.shape[2] / len(chosen)


def run_ours(program, path):
    lines = subprocess.run([program, "--panel", path, "--quick"], check=True, capture_output=True, text=True).stdout
    rows = [json.loads(line) for line in lines.splitlines()]
    history = [r for r in rows if r["name"] == "alpha158"]
    return {r["isa"]: r["ns"] for r in history}, {r["name"]: (r["ns"], r["ns_high"]) for r in rows}


def agreement(ours, outputs, symbols):
    """Share of cells with full windows where KunQuant is within 1e-6 of ours."""
    labels = [label for label, _, _ in qlib_series.compile_set("alpha158")]
    close, cells = 0, 0
    for f, label in enumerate(labels):
        a, b = ours[f][61:], from_tiles(outputs[label])[61:, :symbols]
        both = np.isfinite(a) & np.isfinite(b)
        close += (np.abs(a - b) <= 1e-6 * np.maximum(np.abs(a), 1e-3))[both].sum()
        cells += both.sum()
    return close / cells


def main(program, csv, rounds):
    values, symbols = panel_file.sp500(csv)
    n, bars = len(symbols), values.shape[1] * len(symbols)
    padded = np.concatenate([values, np.full((*values.shape[:2], -n % 16), np.nan)], axis=2)
    made = {d: kunquant(d) for d in ("double", "float")}
    times = {"ours": [], "double": [], "float": []}
    with tempfile.TemporaryDirectory() as folder:
        panel_file.write(folder + "/panel", values)
        subprocess.run([program, "--panel", folder + "/panel", "--dump", folder + "/out"], check=True)
        ours = panel_file.read_features(folder + "/out", values.shape[1:])
        for _ in range(rounds):
            isas, rows = run_ours(program, folder + "/panel")
            times["ours"].append(list(isas.values())[-1] * bars * 1e-9)
            for dtype in ("double", "float"):
                seconds, outputs = run_kunquant(made[dtype], padded, dtype)
                times[dtype].append(seconds)
                if dtype == "double":
                    agree = agreement(ours, outputs, n)
    own = np.median(times["ours"])
    qlib = run_qlib(values)
    print(json.dumps({"bench": "alpha158_peer", "symbols": n, "bars": values.shape[1], "isa": list(isas)[-1],
                      "ours_s": own, "kunquant_f64_s": np.median(times["double"]),
                      "kunquant_f32_s": np.median(times["float"]), "qlib_s": qlib,
                      "ratio_kunquant_f64": np.median(times["double"]) / own,
                      "ratio_kunquant_f32": np.median(times["float"]) / own, "ratio_qlib": qlib / own,
                      "kunquant_f64_cells_within_1e-6": agree,
                      "tick_505_us": [x / 1e3 for x in rows["tick-505"]],
                      "tick_1_us": [x / 1e3 for x in rows["tick-1"]]}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 3)
