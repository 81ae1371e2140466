#!/usr/bin/env python3
"""The bounds of the main job on real data, in one JSON line each: examples/sp500.yaml from nothing (wall and CPU seconds, peak memory, seconds a stage), the
import of its CSV, and the second run. Runs are repeated; medians and extremes are printed.

usage: main_job.py [--program P] [--runs 3]"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
CSV = os.path.join(ROOT, "../shared/data/market/sp500_5yr/bars_daily_splitadj.csv.gz")


def timed(command):
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, command
    wall = time.monotonic() - start
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}


def summary(name, runs, **more):
    line = {"bench": name, "runs": len(runs), **more}
    for key in runs[0]:
        values = [r[key] for r in runs]
        line[key] = {"median": round(statistics.median(values), 3), "min": round(min(values), 3), "max": round(max(values), 3)}
    print(json.dumps(line), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(ROOT, "build/release/tradewind"))
    parser.add_argument("--runs", type=int, default=3)
    args = parser.parse_args()
    if not os.path.exists(CSV):
        print(json.dumps({"bench": "main_job", "skipped": "no bars at ../shared/data"}))
        return
    spec, full, again, imports, stages = os.path.join(ROOT, "examples/sp500.yaml"), [], [], [], []
    for _ in range(args.runs):
        out = tempfile.mkdtemp()
        full.append(timed([args.program, "run", spec, "--out", out, "--quiet"]))
        with open(os.path.join(out, "report.json")) as f:
            stages.append({t["stage"]: round(t["seconds"], 3) for t in json.load(f)["timings"]})
        again.append(timed([args.program, "run", spec, "--out", out, "--quiet"]))
        imports.append(timed([args.program, "data", "import", CSV, "--out", os.path.join(out, "bars.twp"), "--quiet"]))
        shutil.rmtree(out)
    summary("run examples/sp500.yaml", full, bound="<= 60 s, <= 1536 MiB", stages=stages[len(stages) // 2])
    summary("the same again", again)
    summary("data import, 619,040 rows, gzip", imports, bound="<= 1 s")


if __name__ == "__main__":
    main()
