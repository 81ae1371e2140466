#!/usr/bin/env python3
"""A live bar of 505 symbols, alpha158 and a tree ensemble: in the process (bench.track) and over the loopback (POST of CSV, then GET of the scores).
Prints JSON lines. usage: TRADEWIND=build/bench/tradewind BENCH=build/bench/bench/bench.track bench/serve_bench.py"""
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time

PROGRAM, BENCH = (os.path.abspath(os.environ[name]) for name in ("TRADEWIND", "BENCH"))
SPEC = """
name: bench
data: {csv: market/bars.csv}
features: {sets: [alpha158]}
split: {name: walk_forward, params: refits=1 embargo=5}
models: [{learner: mean}, {learner: gbm, params: rounds=100 depth=6}]
rank_by: ic
"""


def report(case, ns):
    ns.sort()
    print(json.dumps({"bench": "serve", "case": case, "symbols": 505, "bars": len(ns), "p50_us": round(ns[len(ns) // 2] / 1e3, 1),
                      "p99_us": round(ns[len(ns) * 99 // 100] / 1e3, 1)}), flush=True)


def over_the_socket():
    by_time = {}
    with open("market/bars.csv") as f:
        header = f.readline()
        for line in f:
            by_time.setdefault(line.split(",", 1)[0], []).append(line)
    for case, options in (("post", ""), ("post_fsync", "fsync=true"), ("post_no_snapshot", "snapshot_every=0"), ("post_snapshots", "snapshot_every=25")):
        process = subprocess.Popen([PROGRAM, "serve", "out/bench/bundle", "--port", "0", "--state", case, "--set", options], stdout=subprocess.PIPE, text=True)
        client = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline().rsplit(":", 1)[1]))
        post, get, ping = [], [], []
        for i, when in enumerate(sorted(by_time)):
            body = (header + "".join(by_time[when])).encode()
            for method, path, data, into in (("POST", "/v1/sessions/s/bars", body, post), ("GET", "/v1/sessions/s/scores", None, get), ("GET", "/ping", None, ping)):
                start = time.perf_counter_ns()
                client.request(method, path, data, {"Content-Type": "text/csv"})
                answer = client.getresponse()
                answer.read()
                assert answer.status == 200
                if i >= len(by_time) // 2:
                    into.append(time.perf_counter_ns() - start)
        report(case, post)
        if case == "post":
            report("get_scores", get)
            report("ping", ping)
        client.close()
        process.terminate()
        process.wait()


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        open("spec.yaml", "w").write(SPEC)
        for command in (["data", "simulate", "--set", "symbols=505 sessions=260 seed=1", "--out", "market", "--quiet"], ["run", "spec.yaml", "--quiet"]):
            done = subprocess.run([PROGRAM, *command], capture_output=True, text=True)
            assert done.returncode == 0, done
        subprocess.run([BENCH, "out/bench/bundle", "market/bars.twp"], check=True)
        over_the_socket()


sys.exit(main())
