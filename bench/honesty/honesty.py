#!/usr/bin/env python3
"""Calibration of honesty: the whole main job on simulated markets with no edge, and with the documented planted edge. Prints one JSON line with the share of
each verdict and its 95 % Wilson interval. Bounds: "no evidence" in >= 95 % without an edge, "evidence" in >= 90 % with it.

usage: honesty.py [--program P] [--markets 200] [--first-seed 1001] [--edge 0.12] [--jobs 2]"""
import argparse
import collections
import concurrent.futures
import json
import math
import os
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def one(program, seed, edge):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(HERE, "spec.yaml")) as f:
            text = f.read().replace("SEED", str(seed)).replace("EDGE", str(edge))
        spec = os.path.join(folder, "spec.yaml")
        with open(spec, "w") as f:
            f.write(text)
        subprocess.run([program, "run", spec, "--out", folder, "--jobs", "1", "--quiet"], check=True, stdout=subprocess.DEVNULL)
        with open(os.path.join(folder, "report.json")) as f:
            report = json.load(f)
    board = report["leaderboard"]
    best = report["scores"]["metrics"]
    row = next((r for r in board["rows"] if r["name"] == report["scores"]["model"]), {})
    return {"seed": seed, "grade": report["verdict"]["grade"], "rank_ic": best.get("rank_ic"), "t": best.get("rank_ic_t"),
            "dsr": row.get("dsr"), "pbo": board["pbo"]["pbo"], "spa": board["spa"]["p_consistent"], "text": report["verdict"]["text"]}


def wilson(k, n, z=1.96):
    p, d = k / n, 1 + z * z / n
    c, h = (p + z * z / (2 * n)) / d, z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / d
    return [round(c - h, 4), round(c + h, 4)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.path.join(HERE, "../../build/release/tradewind"))
    parser.add_argument("--markets", type=int, default=200)
    parser.add_argument("--first-seed", type=int, default=1001)
    parser.add_argument("--edge", type=float, default=0.12)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--details", help="write one JSON line a market there")
    args = parser.parse_args()
    seeds = range(args.first_seed, args.first_seed + args.markets)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        results = list(pool.map(lambda s: one(args.program, s, args.edge), seeds))
    if args.details:
        with open(args.details, "w") as f:
            f.writelines(json.dumps(r) + "\n" for r in results)
    count = collections.Counter(r["grade"] for r in results)
    wanted = "evidence" if args.edge else "no evidence"
    print(json.dumps({"edge": args.edge, "markets": args.markets, "first_seed": args.first_seed, "verdicts": count,
                      "share": round(count[wanted] / args.markets, 4), "interval_95": wilson(count[wanted], args.markets)}))


if __name__ == "__main__":
    main()
