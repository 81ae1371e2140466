#!/usr/bin/env python3
"""A run, then its bundle behind a real socket: replaying the bars one time after another gives the very scores the backtest used, through a
SIGKILL in the middle as well. Then the other routes, and hostile requests."""
import atexit
import atexit
import csv
import glob
import http.client
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]
SPEC = """
name: replay
seed: 3
data:
  simulate: symbols=21 sessions=360 seed=5 edge=0.05
  adjust: splits
features:
  sets: [alpha158]
  add: {relative: "rank(close / lag(close, 7))", level: log(close)}
label: {name: forward_return, params: horizon=5 price=next_open}
split: {name: walk_forward, params: refits=3 embargo=5}
models:
  - learner: mean
  - {learner: ridge, params: alpha=100}
  - {learner: gbm, params: rounds=12 depth=3}
rank_by: ic
portfolio: construction=long_short quantile=0.2 rebalance=5
"""


def run(*args):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True)
    assert done.returncode == 0, (args, done.stdout, done.stderr)
    return done.stdout


def bits(x):
    return struct.pack("<d", x)


class Server:
    def __init__(self, bundle, state):
        self.process = subprocess.Popen([PROGRAM, "serve", bundle, "--port", "0", "--state", state], stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # a failed check must not leave a server behind
        atexit.register(self.process.kill)
        line = self.process.stdout.readline()
        assert line.startswith("listening on http://127.0.0.1:"), line
        self.client = http.client.HTTPConnection("127.0.0.1", int(line.rsplit(":", 1)[1]), timeout=30)

    def ask(self, method, path, body=None, kind="text/csv", **headers):
        self.client.request(method, path, body, {"Content-Type": kind, **headers} if body is not None else headers)
        answer = self.client.getresponse()
        return answer.status, answer.read().decode()

    def end(self, how):
        self.client.close()
        self.process.send_signal(how)
        self.process.wait(timeout=30)
        self.process.stdout.close()


def replay(server, times, header, expected, counts):
    for time, rows in times:
        status, text = server.ask("POST", "/v1/sessions/live/bars", header + "".join(rows))
        assert status == 200, text
        status, text = server.ask("GET", "/v1/sessions/live/scores")
        answer = json.loads(text)
        assert status == 200 and answer["time"] == time, text
        assert not answer["fallback"]
        for symbol, score in answer["scores"].items():
            want = expected.get((time, symbol))
            assert (score is None) == (want is None), (time, symbol, score, want)
            if score is not None:
                assert bits(score) == bits(want), (time, symbol, score, want)
                counts[0] += 1


def other_routes(server, times, header):
    assert server.ask("GET", "/ping") == (200, "\n")
    assert server.ask("GET", "/nowhere")[0] == 404
    assert json.loads(server.ask("GET", "/v1/bundle")[1])["symbols"] == 21
    last, rows = times[-1]
    status, text = server.ask("POST", "/v1/sessions/live/bars", header + "".join(rows))
    assert status == 409 and last in text, text
    status, text = server.ask("POST", "/v1/sessions/live/bars", header + rows[0].replace(last, "2099-01-04").replace(rows[0].split(",")[1], "NOSUCH"))
    assert status == 400 and "NOSUCH" in text, text
    before = server.ask("GET", "/v1/sessions/live/scores")
    status, text = server.ask("POST", "/v1/sessions/live/peek", header + "".join(r.replace(last, "2099-01-05") for r in rows))
    assert status == 200 and json.loads(text)["time"] == "2099-01-05", text
    assert server.ask("GET", "/v1/sessions/live/scores") == before, "a peek must not be taken"
    body = header + "".join("".join(r) for _, r in times)
    status, text = server.ask("POST", "/invocations", body, Accept="application/json")
    assert status == 200 and len(json.loads(text)["predictions"]) == sum(len(r) for _, r in times)
    names = header.strip().split(",")
    records = [{n: (v if n in ("time", "date", "symbol") else float(v)) for n, v in zip(names, r.strip().split(",")) if v} for r in rows]
    assert server.ask("POST", "/invocations", json.dumps({"dataframe_records": records}), "application/json")[0] == 200
    assert server.ask("PUT", "/v1/sessions/one", json.dumps({"symbols": ["ABC"]}), "application/json")[0] == 200
    assert server.ask("PUT", "/v1/sessions/one", json.dumps({"symbols": ["ABC"]}), "application/json")[0] == 409
    assert server.ask("DELETE", "/v1/sessions/one")[0] == 200
    assert server.ask("GET", "/v1/sessions/one")[0] == 404


def hostile(server):
    for path in ("/v1/sessions/../bars", "/v1/sessions/.hidden/bars", "/v1/sessions/" + "x" * 100 + "/bars"):
        assert server.ask("POST", path, "time,symbol\n")[0] in (400, 404), path
    for body, kind, want in ((b"", "text/csv", 400), (b"{", "application/json", 400), (b"[" * 2000, "application/json", 413),
                             (b'{"bars": [{"time": "x"}]}', "application/json", 400), (b"a,b\n1,2\n", "text/csv", 400),
                             (b"time,symbol,close\n2020-01-01,A,not\n", "text/csv", 400), (b"\x00\xff\n", "text/csv", 400),
                             (b"x", "image/png", 415)):
        status, text = server.ask("POST", "/v1/sessions/bad/bars", body, kind)
        assert status == want and json.loads(text)["message"], (body, status, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        with open("spec.yaml", "w") as f:
            f.write(SPEC)
        run("run", "spec.yaml", "--quiet")
        panel = glob.glob("out/replay/work/data-*.twp")[0]
        run("data", "adjust", panel, "--actions", panel.replace(".twp", ".actions.csv"), "--how", "forward", "--out", "bars.csv")
        with open("out/replay/scores.csv") as f:
            expected = {(r["time"], r["symbol"]): float(r["score"]) for r in csv.DictReader(f)}
        assert len(expected) > 1000
        by_time = {}
        with open("bars.csv") as f:
            header = f.readline()
            for line in f:
                by_time.setdefault(line.split(",", 1)[0], []).append(line)
        times = sorted(by_time.items())
        counts = [0]
        server = Server("out/replay/bundle", "state")
        replay(server, times[:200], header, expected, counts)
        server.end(signal.SIGKILL)
        server = Server("out/replay/bundle", "state")
        status = json.loads(server.ask("GET", "/v1/sessions/live")[1])
        assert status["bars"] == 200 and status["time"] == times[199][0], status
        replay(server, times[200:290], header, expected, counts)
        server.end(signal.SIGTERM)
        server = Server("out/replay/bundle", "state")
        replay(server, times[290:], header, expected, counts)
        assert counts[0] == len(expected), (counts, len(expected))
        other_routes(server, times, header)
        hostile(server)
        assert server.ask("GET", "/ping")[0] == 200
        server.end(signal.SIGINT)
        print(f"{counts[0]} scores over {len(times)} times: the bits of the backtest")


sys.exit(main())
