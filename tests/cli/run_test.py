#!/usr/bin/env python3
"""The main job through the program: what it leaves, what it takes from before, how it is interrupted, what it does with damaged results, and that
neither threads nor instruction sets change a bit of the scores."""
import calendar
import csv
import glob
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["TRADEWIND"]
SPEC = """
name: small
seed: 3
data: {csv: bars.csv}
features:
  add:
    gain: close / lag(close, 5) - 1
    mean: close / sma(close, 21) - 1
    spread: (high - low) / close
    rank: rank(close / lag(close, 7))
label: {name: forward_return, params: horizon=5 price=next_open}
split: {name: walk_forward, params: refits=3 embargo=5}
models:
  - learner: mean
  - {learner: ridge, params: alpha=%(alpha)s}
  - {learner: gbm, params: rounds=%(rounds)s depth=3}
rank_by: ic
fallback: ridge
portfolio: construction=long_short quantile=0.2 rebalance=5
"""
OUTPUTS = ["report.html", "report.json", "scores.csv", "events.csv", "ledger.jsonl", "bundle/bundle.json", "bundle/spec.yaml",
           "bundle/reference.json", "bundle/models/best-0.twm"]


def write_spec(name="spec.yaml", alpha=100, rounds=8):
    with open(name, "w") as f:
        f.write(SPEC % {"alpha": alpha, "rounds": rounds})


def tradewind(*args, code=0):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def run(*args, spec="spec.yaml", code=0):
    return tradewind("run", spec, "--quiet", *args, code=code)


def digest(out="out/small"):
    return [hashlib.sha256(open(f"{out}/{n}", "rb").read()).hexdigest() for n in ("scores.csv", "events.csv")]


def models(out="out/small"):
    return {os.path.basename(p): os.stat(p).st_mtime_ns for p in glob.glob(f"{out}/work/fit-*.twm")}


def stages(text):
    found = re.search(r"(\d+) stages run, (\d+) taken from before", text)
    return int(found[1]), int(found[2])


def first_and_second():
    text = run()
    for name in OUTPUTS:
        assert os.path.getsize(f"out/small/{name}") > 0, name
    report = json.load(open("out/small/report.json"))
    assert report["data"]["import"]["rejected"] == 0
    assert stages(text)[1] == 0, text
    first, kept = digest(), models()
    assert len(kept) == 3 * 3 + 2, kept  # three folds of three learners; the last refit of best and fallback
    trials = open("out/small/ledger.jsonl").read()
    text = run()
    assert stages(text)[1] == 4, text  # data, check, features, fit
    assert digest() == first and models() == kept
    assert open("out/small/ledger.jsonl").read() == trials, "the same trial is no new look at the data"
    text = run("--fresh")
    assert stages(text)[1] == 0 and digest() == first, text
    return first


def changes(first):
    kept = models()
    write_spec(alpha=7)
    run()
    new = set(models()) - set(kept)
    assert {n.split("-")[1] for n in new} and len({n.split("-")[1] for n in new}) == 1, new
    assert all(models()[n] == t for n, t in kept.items()), "only ridge is fitted again"
    write_spec()
    run()
    assert digest() == first
    # The content counts, not the time: touching reruns nothing, a changed price does.
    os.utime("bars.csv")
    assert stages(run())[1] == 4
    original = open("bars.csv").read()
    lines = original.splitlines(keepends=True)
    fields = lines[400].split(",")
    fields[5] = str(float(fields[5]) * 1.0001)
    lines[400] = ",".join(fields)
    open("bars.csv", "w").write("".join(lines))
    assert stages(run())[1] <= 1  # the check may find the same
    assert digest() != first
    open("bars.csv", "w").write(original)
    run()
    assert digest() == first


def damage(path, how):
    size = os.path.getsize(path)
    with open(path, "r+b") as f:
        if how == "cut":
            f.truncate(size // 2)
        elif how == "empty":
            f.truncate(0)
        else:
            f.seek(size * 2 // 3)
            byte = f.read(1)
            f.seek(size * 2 // 3)
            f.write(bytes([byte[0] ^ 0x11]))


def damaged(first):
    for pattern in ("fit-*-1.twm", "features-*.f32", "data-*.twp", "data-*.json", "check-*.json", "features-*.sum"):
        for how in ("cut", "flip"):
            for path in glob.glob(f"out/small/work/{pattern}"):
                if os.path.getsize(path):  # models of earlier parameters stay as they were damaged before
                    damage(path, how)
            text = run()
            assert digest() == first, (pattern, how)
            assert "damaged" in text or "could not be read" in text, (pattern, how, text)
            json.load(open("out/small/report.json"))
            again = run()
            assert "damaged" not in again and "could not be read" not in again, (pattern, how, again)
    for path in glob.glob("out/small/work/*.sum"):
        os.unlink(path)
    run()
    assert digest() == first
    for name in ("bundle.json", "models/best-1.twm", "spec.yaml", "reference.json"):
        path = f"out/small/bundle/{name}"
        whole = open(path, "rb").read()
        damage(path, "cut")
        text = tradewind("score", "out/small/bundle", "--in", "bars.csv", code=1)
        assert os.path.basename(name).split(".")[0] in text, text
        open(path, "wb").write(whole)
    ledger = open("out/small/ledger.jsonl").read()
    open("out/small/ledger.jsonl", "a").write('{"name": "torn')
    text = subprocess.run([PROGRAM, "run", "spec.yaml", "--quiet"], capture_output=True, text=True)
    assert text.returncode == 0 or "ledger.jsonl" in text.stderr, text
    open("out/small/ledger.jsonl", "w").write(ledger)


def earlier_runs():
    """The ledger holds better trials of earlier runs: they count and are shown, but the verdict is on this run's best."""
    lines = (SPEC % {"alpha": 100, "rounds": 1}).replace("depth=3", "depth=1").splitlines(True)
    open("weak.yaml", "w").write("".join(line for line in lines if "ridge" not in line))
    text = run(spec="weak.yaml")
    report = json.load(open("out/small/report.json"))
    board, best = report["leaderboard"], report["scores"]["model"]
    row = board["rows"][board["best"]]
    assert best == "gbm" == row["name"] and "rounds=1 " in row["params"] and not row["earlier"], (best, row)
    assert any(r["earlier"] and r["rank_metric"] > row["rank_metric"] for r in board["rows"]), "an earlier trial was better"
    assert board["rows"][0]["baseline"] and not board["rows"][0]["earlier"]
    assert f"that gbm beats chance and mean: Sharpe ratio {row['sharpe']:.3g} a period" in report["verdict"]["text"], report["verdict"]
    assert board["n_trials"] >= 4 and " e ridge" in text and "of an earlier run" in text, text
    run()


def budget():
    text = run("--out", "out/budget", "--budget", "0.000001")
    report = json.load(open("out/budget/report.json"))
    assert "gbm was left out" in text and "ridge was left out" not in text, text
    assert "left_out" in json.dumps(report) or "left out" in json.dumps(report), "the report must say so"
    assert os.path.exists("out/budget/bundle/bundle.json")


def interrupted():
    write_spec("long.yaml", rounds=400)
    plain = run("--out", "out/whole", "--jobs", "2", spec="long.yaml")
    assert plain
    for attempt in range(20):
        process = subprocess.Popen([PROGRAM, "run", "long.yaml", "--out", "out/stopped", "--jobs", "2"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        while len(models("out/stopped")) < 7 and process.poll() is None:  # mean, ridge, and one of gbm
            time.sleep(0.002)
        process.send_signal(signal.SIGINT)
        _, text = process.communicate(timeout=60)
        if process.returncode == 130:
            break
        subprocess.run(["rm", "-r", "out/stopped"])
    assert process.returncode == 130 and "run the same command to go on" in text, (process.returncode, text)
    kept = models("out/stopped")
    assert 1 <= len(kept) < 11, kept
    assert not os.path.exists("out/stopped/scores.csv")
    run("--out", "out/stopped", spec="long.yaml")
    assert digest("out/stopped") == digest("out/whole")
    assert all(models("out/stopped")[n] == t for n, t in kept.items()), "finished fits are not fitted again"


def same_bits(first):
    for i, args in enumerate((("--jobs", "1"), ("--jobs", "2"), ("--jobs", "4"), ("--isa", "baseline"), ("--isa", "avx2"), ("--isa", "avx512"))):
        done = subprocess.run([PROGRAM, "run", "spec.yaml", "--quiet", "--out", f"out/same{i}", *args], capture_output=True, text=True)
        if done.returncode and "--isa" in args and "lacks" in done.stderr + "lacks" * ("not" in done.stderr):
            continue  # a machine without that instruction set says so
        assert done.returncode == 0, done.stderr
        assert digest(f"out/same{i}") == first, args


def one_at_a_time():
    process = subprocess.Popen([PROGRAM, "run", "long.yaml", "--out", "out/held", "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not os.path.exists("out/held/work/.lock") and process.poll() is None:
        time.sleep(0.002)
    time.sleep(0.05)
    done = subprocess.run([PROGRAM, "run", "long.yaml", "--out", "out/held", "--quiet"], capture_output=True, text=True)
    assert process.poll() is not None or (done.returncode == 1 and "in use by another process" in done.stderr), done
    process.kill()
    process.communicate()
    assert "verdict" in run("--out", "out/held", spec="long.yaml"), "after SIGKILL the same command goes on"
    assert digest("out/held") == digest("out/whole")


def explanations(out):
    return json.load(open(f"{out}/report.json"))["explanations"]


def check_points(e, out):
    """The values of a row sum to what the model scored it at: here all four features are among those shown."""
    points, scores = e["points"], {}
    for row in csv.DictReader(open(f"{out}/scores.csv")):
        time_ns = calendar.timegm(time.strptime(row["time"][:10], "%Y-%m-%d")) * 10**9
        scores[time_ns, row["symbol"]] = float(row["score"])
    names = [f["feature"] for f in e["features"]]
    assert sorted(names) == ["gain", "mean", "rank", "spread"] and [f["feature"] for f in points["features"]] == names, names
    assert len(points["margin"]) == len(points["time"]) == len(points["symbol"]) == 200
    assert max(map(abs, points["margin"])) > 1e-4
    for i, whose in enumerate(zip(points["time"], points["symbol"])):
        total = e["base"] + sum(f["value"][i] for f in points["features"])
        size = abs(points["margin"][i]) + sum(abs(f["value"][i]) for f in points["features"])
        # Six digits: each number is off by at most five in the seventh.
        assert abs(total - points["margin"][i]) <= 5e-6 * size + 1e-12, (whose, total, points["margin"][i])
        assert abs(scores[whose] - points["margin"][i]) <= 5e-6 * abs(scores[whose]) + 1e-12, (whose, scores[whose], points["margin"][i])
    for f in points["features"]:
        ranks = [x for x in f["rank"] if x is not None]
        assert len(f["rank"]) == len(f["value"]) == 200 and all(0 <= x <= 1 for x in ranks), f
        assert max(ranks) > 0.9 and min(ranks) < 0.1, f


def explained():
    lines = (SPEC % {"alpha": 100, "rounds": 8}).splitlines(True)
    open("trees.yaml", "w").write("".join(line for line in lines if "ridge" not in line))
    open("lines.yaml", "w").write("".join(line for line in lines if "gbm" not in line))
    run("--out", "out/trees", "--jobs", "1", spec="trees.yaml")
    e = explanations("out/trees")
    assert e["model"] == "gbm" and e["why_not"] is None and 200 <= e["rows"] <= min(2000, e["rows_scored"]), e
    assert e["from"] < e["to"]
    sizes = [f["mean_abs"] for f in e["features"]]
    assert sizes == sorted(sizes, reverse=True) and sizes[0] > 0, sizes
    check_points(e, "out/trees")
    used = [f["feature"] for f in e["features"] if f["mean_abs"] > 0]
    assert [d["feature"] for d in e["dependence"]] == used, e["dependence"]
    for d in e["dependence"]:
        assert 2 <= len(d["at"]) <= 20 and d["at"] == sorted(d["at"]) and len(d["mean"]) == len(d["at"]), d
        assert len(d["curves"]) == 30 and all(len(c) == len(d["at"]) for c in d["curves"]), d
        assert all(abs(x) < 0.1 for x in d["mean"]) and max(d["mean"]) > min(d["mean"]), d
    for args in (("--jobs", "4"), ("--isa", "baseline")):
        run("--out", "out/trees", *args, spec="trees.yaml")
        assert explanations("out/trees") == e, args
    run("--out", "out/lines", spec="lines.yaml")
    e = explanations("out/lines")
    assert set(e) == {"model", "why_not"} and e["model"] == "ridge" and "ridge is no tree ensemble" in e["why_not"], e


def look_ahead():
    good = open("spec.yaml").read()
    open("ahead.yaml", "w").write(good.replace("lag(close, 5)", "lag(close, -5)"))
    assert "look-ahead" in run(spec="ahead.yaml", code=1)
    for slip, near in (("refits=3", "refit=3"), ("rank_by: ic", "rank_by: icc"), ("fallback: ridge", "fallback: rigde"), ("rebalance=5", "rebalence=5"),
                       ("horizon=5", "horizn=5"), ("depth=3", "depht=3"), ("walk_forward", "walk_foward")):
        open("slip.yaml", "w").write(good.replace(slip, near))
        text = run(spec="slip.yaml", code=2)
        assert re.search(r"slip.yaml:\d+:\d+: ", text) and "did you mean" in text, (near, text)


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        tradewind("data", "simulate", "--set", "symbols=19 sessions=260 seed=11 edge=0.05", "--out", "market", "--quiet")
        os.rename("market/bars.csv", "bars.csv")
        write_spec()
        steps = {}
        first = None
        for step in (first_and_second, changes, damaged, earlier_runs, budget, interrupted, same_bits, one_at_a_time, explained, look_ahead):
            start = time.time()
            result = step(first) if step.__code__.co_argcount else step()
            first = first or result
            steps[step.__name__] = round(time.time() - start, 2)
        print(steps)


sys.exit(main())
