#!/usr/bin/env python3
"""The server under strain: clients at the same time, slow and oversized requests, SIGTERM with answers under way, SIGKILL at random instants of a
replay (which goes on to the same bits), torn journals, damaged snapshots."""
import atexit
import glob
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

PROGRAM = os.environ["TRADEWIND"]
SPEC = """
name: live
data: {csv: market/bars.csv}
features:
  add:
    gain: close / lag(close, 5) - 1
    trend: ema(close, 12) / close - 1
    rank: rank(close / lag(close, 7))
split: {name: walk_forward, params: refits=2 embargo=5}
models: [{learner: mean}, {learner: ridge, params: alpha=10}, {learner: gbm, params: rounds=5 depth=3}]
rank_by: ic
"""
servers = []


@atexit.register
def end_servers():
    for s in servers:
        if s.process.poll() is None:
            s.process.kill()


class Server:
    def __init__(self, state, *options):
        self.process = subprocess.Popen([PROGRAM, "serve", "out/live/bundle", "--port", "0", "--state", state, *options],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        servers.append(self)
        line = self.process.stdout.readline()
        assert line.startswith("listening on "), (line, self.process.communicate(timeout=10))
        self.port = int(line.rsplit(":", 1)[1])

    def client(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, method, path, body=None, kind="text/csv", client=None):
        c = client or self.client()
        c.request(method, path, body, {"Content-Type": kind} if body is not None else {})
        answer = c.getresponse()
        text = answer.read().decode()
        if not client:
            c.close()
        return answer.status, text

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=20)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=20)
        assert self.process.returncode == 0 and "sessions are saved" in out


def fails_to_start(state, *words):
    done = subprocess.run([PROGRAM, "serve", "out/live/bundle", "--port", "0", "--state", state], capture_output=True, text=True, timeout=10)
    assert done.returncode == 1 and all(w in done.stderr for w in words), done


def read_bars():
    by_time = {}
    with open("market/bars.csv") as f:
        header = f.readline()
        for line in f:
            by_time.setdefault(line.split(",", 1)[0], []).append(line)
    return [(t, header + "".join(rows)) for t, rows in sorted(by_time.items())]


def replayed(bars):
    """Scores after each bar, from a server that nothing happens to."""
    server = Server("state-whole")
    client, scores = server.client(), []
    for _, body in bars:
        assert server.ask("POST", "/v1/sessions/s/bars", body, client=client)[0] == 200
        scores.append(json.loads(server.ask("GET", "/v1/sessions/s/scores", client=client)[1])["scores"])
    client.close()
    server.stop()
    return scores


def killed_at_random(bars, scores):
    """Twenty times SIGKILL while bars are being posted; the client goes on after the last time the session knows."""
    rng, at, kills = random.Random(7), 0, 0
    while at < len(bars):
        server = Server("state-killed", "--set", "snapshot_every=3")
        status, text = server.ask("GET", "/v1/sessions/s")
        if status == 200:
            known = json.loads(text)
            at = known["bars"]
            assert at == 0 or known["time"] == bars[at - 1][0], known
            if at:
                assert json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])["scores"] == scores[at - 1], at
        timer = threading.Timer(rng.uniform(0.001, 0.02), server.process.kill) if kills < 20 else None
        if timer:
            timer.start()
            kills += 1
        client, start = server.client(), at
        try:
            while at < len(bars) and (not timer or at - start < len(bars) // 20):
                status, text = server.ask("POST", "/v1/sessions/s/bars", bars[at][1], client=client)
                assert status == 200, text
                at += 1
            if timer:
                timer.join()
        except (OSError, http.client.HTTPException):
            pass
        if not timer:
            last = json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])["scores"]
            server.stop()
            assert last == scores[-1]
        else:
            timer.join()
            server.process.communicate(timeout=20)
        client.close()
    assert kills == 20, kills


def together(bars, scores):
    """Four clients post to three sessions, each its own or a shared one, while one deletes and makes another."""
    server = Server("state-many", "--set", "threads=4 snapshot_every=7")
    wrong = []

    def post(name, mine):
        client = server.client()
        for i, (when, body) in enumerate(bars):
            status, text = server.ask("POST", f"/v1/sessions/{name}/bars", body, client=client)
            if status != 200 and (mine or status != 409):  # in the shared one the other client may have been first
                wrong.append((name, when, status, text))
            if mine and i % 10 == 0:
                got = json.loads(server.ask("GET", f"/v1/sessions/{name}/scores", client=client)[1])["scores"]
                if got != scores[i]:
                    wrong.append((name, when, "other bits"))
        client.close()

    def churn():
        client = server.client()
        for i in range(60):
            put = server.ask("PUT", "/v1/sessions/d", json.dumps({"symbols": ["SYM000", "ABC"]}), "application/json", client=client)[0]
            listed = server.ask("GET", "/v1/sessions", client=client)[0]
            gone = server.ask("DELETE", "/v1/sessions/d", client=client)[0]
            if (put, listed, gone) != (200, 200, 200):
                wrong.append(("churn", i, put, listed, gone))
        client.close()

    threads = [threading.Thread(target=post, args=a) for a in (("a", True), ("b", True), ("both", False), ("both", False))]
    threads.append(threading.Thread(target=churn))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not wrong, wrong[:3]
    for name in ("a", "b", "both"):
        answer = json.loads(server.ask("GET", f"/v1/sessions/{name}/scores")[1])
        assert answer["bars"] == len(bars) and answer["scores"] == scores[-1], name
    fails_to_start("state-many", "in use by another process")
    server.stop()
    assert sorted(d for d in os.listdir("state-many") if d[0] != ".") == ["a", "b", "both"]


def large_and_slow(bars, _):
    server = Server("state-slow", "--set", "max_body_mib=1 max_symbols=50 threads=2")
    status, text = server.ask("POST", "/v1/sessions/s/bars", b"x" * (2 << 20))
    assert status == 413 and "1 MiB" in text, (status, text)
    many = "time,symbol,close\n" + "".join(f"2024-01-02,S{i},1\n" for i in range(51))
    status, text = server.ask("POST", "/invocations", many)
    assert status == 413 and "max_symbols" in text, (status, text)
    status, text = server.ask("PUT", "/v1/sessions/m", json.dumps({"symbols": [f"S{i}" for i in range(51)]}), "application/json")
    assert status == 413 and "max_symbols" in text, (status, text)
    assert server.ask("PUT", "/v1/sessions/m", json.dumps({"symbols": ["A", "A"]}), "application/json")[0] == 400
    assert not os.path.exists("state-slow/m"), "a session that could not be made leaves nothing"
    # More slow clients than threads: others are answered meanwhile.
    body = bars[0][1].encode()
    head = f"POST /v1/sessions/s/bars HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(5)]
    for s in slow:
        s.sendall(head + body[:7])
    start = time.time()
    assert server.ask("GET", "/ping") == (200, "\n") and time.time() - start < 2
    for s in slow[1:]:
        s.close()
    time.sleep(0.5)  # a busy machine may not have read a byte of the first one yet, and what has not begun is not drained
    # SIGTERM now: the request that has begun is answered, and its bar is in the session.
    server.process.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    slow[0].sendall(body[7:])
    answer = slow[0].recv(4096).decode()
    assert answer.startswith("HTTP/1.1 200") and "close" in answer, answer
    slow[0].close()
    server.process.communicate(timeout=20)
    assert server.process.returncode == 0
    server = Server("state-slow")
    assert json.loads(server.ask("GET", "/v1/sessions/s")[1])["bars"] == 1
    server.stop()


def files(state):
    return sorted(os.listdir(f"{state}/s"))


def snapshot_is_written(state, bars):
    """Waits for the snapshot that is being written beside the answers."""
    end = time.time() + 20
    while files(state) != [f"journal-{bars}", "snapshot", "symbols"]:
        assert time.time() < end, files(state)
        time.sleep(0.002)


def chains(bars, scores):
    """What is on disk between the begin of a journal and the snapshot that ends the ones before: a chain of journals."""
    server = Server("state-one", "--set", "snapshot_every=0")
    for _, body in bars[:20]:
        assert server.ask("POST", "/v1/sessions/s/bars", body)[0] == 200
    server.kill()
    assert files("state-one") == ["journal-0", "symbols"]
    whole = open("state-one/s/journal-0", "rb").read()
    record = len(whole) // 20
    # where journals begin; bytes cut off the one before the last; bars that are left; journals when a server has opened it
    cases = (([0, 8], 0, 20, ["journal-0", "journal-8"]), ([0, 8, 14], 0, 20, ["journal-0", "journal-14", "journal-8"]),
             ([0, 20], 0, 20, ["journal-0", "journal-20"]), ([0, 8, 20], 0, 20, ["journal-0", "journal-20", "journal-8"]),
             ([0, 8], 5, 7, ["journal-0"]), ([0, 8, 14], record + 5, 12, ["journal-0", "journal-8"]))
    for begins, cut, left, kept in cases:
        shutil.copytree("state-one", "state-chain")
        for first, last in zip(begins, begins[1:] + [20]):
            part = whole[first * record:last * record]
            if cut and last == begins[-1]:
                part = part[:-cut]
            open(f"state-chain/s/journal-{first}", "wb").write(part)
        open("state-chain/s/snapshot.tmp-1-0", "w").write("half")
        server = Server("state-chain", "--set", "snapshot_every=9")
        assert json.loads(server.ask("GET", "/v1/sessions/s")[1])["bars"] == left, begins
        assert files("state-chain") == kept + ["symbols"], (begins, files("state-chain"))
        assert json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])["scores"] == scores[left - 1], begins
        for _, body in bars[left:40]:
            assert server.ask("POST", "/v1/sessions/s/bars", body)[0] == 200
        assert json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])["scores"] == scores[39], begins
        server.stop()
        assert files("state-chain") == ["journal-40", "snapshot", "symbols"]
        shutil.rmtree("state-chain")
    # All bars in one request: snapshots fall behind, and the session does not.
    server = Server("state-bulk", "--set", "snapshot_every=2")
    header = bars[0][1].splitlines(keepends=True)[0]
    body = header + "".join(b.split("\n", 1)[1] for _, b in bars)
    status, text = server.ask("POST", "/v1/sessions/s/bars", body)
    assert status == 200, text
    server.kill()
    server = Server("state-bulk")
    answer = json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])
    assert answer["bars"] == len(bars) and answer["scores"] == scores[-1]
    server.stop()


def torn_and_damaged(bars, scores):
    server = Server("state-torn", "--set", "snapshot_every=10")
    for i, (_, body) in enumerate(bars[:25]):
        assert server.ask("POST", "/v1/sessions/s/bars", body)[0] == 200
        if i in (9, 19):
            snapshot_is_written("state-torn", i + 1 - (i + 1) % 10)
    server.kill()
    journal = glob.glob("state-torn/s/journal-20")[0]
    size = os.path.getsize(journal)
    for cut, bars_left in ((3, 24), (size // 5 // 2, 23)):
        shutil.copytree("state-torn", "state-cut")
        os.truncate("state-cut/s/journal-20", size - cut if cut == 3 else size - size // 5 - cut)
        server = Server("state-cut")
        assert json.loads(server.ask("GET", "/v1/sessions/s")[1])["bars"] == bars_left
        for _, body in bars[bars_left:40]:
            assert server.ask("POST", "/v1/sessions/s/bars", body)[0] == 200
        assert json.loads(server.ask("GET", "/v1/sessions/s/scores")[1])["scores"] == scores[39]
        server.kill()
        shutil.rmtree("state-cut")
    for name, at in (("snapshot", 30), ("snapshot", os.path.getsize("state-torn/s/snapshot") // 2), ("symbols", 1)):
        shutil.copytree("state-torn", "state-bad")
        with open(f"state-bad/s/{name}", "r+b") as f:
            f.seek(at)
            byte = f.read(1)
            f.seek(at)
            f.write(bytes([byte[0] ^ 3]))
        fails_to_start("state-bad", "session 's'", "state-bad/s/snapshot")
        shutil.rmtree("state-bad")
    # Leftovers of a removal, and things that are no sessions, do not stop a server.
    os.makedirs("state-torn/half")
    open("state-torn/half/journal-0", "w").write("x")
    open("state-torn/README", "w").write("x")
    server = Server("state-torn")
    assert [s["session"] for s in json.loads(server.ask("GET", "/v1/sessions")[1])] == ["s"]
    assert json.loads(server.ask("PUT", "/v1/sessions/half", json.dumps({"symbols": ["A"]}), "application/json")[1])["bars"] == 0
    server.stop()


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for command in (["data", "simulate", "--set", "symbols=18 sessions=160 seed=2", "--out", "market", "--quiet"], ["run", "spec.yaml", "--quiet"]):
            open("spec.yaml", "w").write(SPEC)
            done = subprocess.run([PROGRAM, *command], capture_output=True, text=True)
            assert done.returncode == 0, done
        bars, spent = read_bars(), {}
        scores = replayed(bars)
        for step in (killed_at_random, together, large_and_slow, chains, torn_and_damaged):
            start = time.time()
            step(bars, scores)
            spent[step.__name__] = round(time.time() - start, 2)
        print(spent)


sys.exit(main())
