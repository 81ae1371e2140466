#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tradewind fit and predict on a made-up table: packed, shuffled, piped and cut files give the same predictions; a model that is gone on from, one of
three classes, a ranking; a fit that Ctrl-C stops leaves a model of what it has, and exits with 130."""
import csv
import gzip
import math
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).resolve()
N = 20000  # more than two pieces of predict


def fail(text):
    sys.exit(f"FAILED: {text}")


def run(folder, *command, stdin=None):
    done = subprocess.run([str(PROGRAM), *map(str, command)], cwd=folder, capture_output=True, text=True, input=stdin)
    if done.returncode:
        fail(f"tradewind {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def make_rows(r):
    for i in range(N):
        a, b, city = r.gauss(0, 1), r.random(), r.choice(["Ulm", "Bonn", "Trier, Mosel", 'the "Ruhr"'])
        y = a + 2 * b + 0.3 * r.gauss(0, 1) + (1.385 if city == "Ulm" else 0)
        yield {"row": f"r{i}", "a": "" if r.random() < 0.1 else f"{a:.4f}", "b": f"{b:.4f}", "city": city, "y": f"{y:.5f}",
               "size": "small" if y < 0.5 else "large" if y > 2 else "middle", "query": f"q{i // 60 * 2 + i % 2}", "grade": max(0, min(4, math.floor(y + 0.385)))}


def write(path, rows, names):
    with (gzip.open(path, "wt", newline="") if path.suffix == ".gz" else open(path, "w", newline="")) as file:
        writer = csv.DictWriter(file, names, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def same_predictions(folder, rows):
    """The same whatever way the table comes; the chance is that of the model, whose error is small."""
    names = ["row", "a", "b", "city", "y"]
    write(folder / "t.csv", rows, names)
    write(folder / "t.csv.gz", rows, ["city", "row", "y", "size", "b", "a"])
    run(folder, "fit", "--train", "t.csv", "--target", "y", "--ignore", "row", "--valid-share", "0.2", "--params", "rounds=80 rate=0.1", "--out", "y.twm")
    run(folder, "predict", "y.twm", "--in", "t.csv", "--keep", "row", "--out", "plain.csv")
    run(folder, "predict", "y.twm", "--in", "t.csv.gz", "--keep", "row", "--out", "packed.csv")
    piped = run(folder, "predict", "y.twm", "--in", "-", "--keep", "row", stdin=(folder / "t.csv").read_text())
    plain = (folder / "plain.csv").read_text()
    if not plain == (folder / "packed.csv").read_text() == piped:
        fail("predictions depend on how the table comes")
    last = run(folder, "predict", "y.twm", "--in", "-", "--keep", "row", stdin="\n".join(["row,a,b,city", *(",".join([r["row"], r["a"], r["b"], '"' + r["city"].replace('"', '""') + '"']) for r in rows[-3:])]))
    if last.splitlines()[1:] != plain.splitlines()[-3:]:
        fail("a row alone has another prediction than in its table")
    got = read(folder / "plain.csv")
    if [r["row"] for r in got] != [r["row"] for r in rows]:
        fail("the rows are not in their order")
    error = math.sqrt(sum((float(p["prediction"]) - float(r["y"])) ** 2 for p, r in zip(got, rows)) / N)
    if not error < 0.45:
        fail(f"the error is {error}, the noise 0.3 and what is missing")


def going_on(folder):
    run(folder, "fit", "--train", "t.csv", "--target", "y", "--ignore", "row", "--params", "rounds=10 columns=1", "--out", "ten.twm")
    out = run(folder, "fit", "--train", "t.csv", "--from", "ten.twm", "--params", "rounds=15 columns=1", "--out", "more.twm")
    if not re.search(r"^trees +25$", out, re.MULTILINE) or "features   3, 1 of them" not in out:
        fail(f"10 trees and 15 more:\n{out}")


def classes(folder, rows):
    write(folder / "c.csv", rows, ["a", "b", "city", "size"])
    out = run(folder, "fit", "--train", "c.csv", "--target", "size", "--params", "rounds=30 rate=0.1", "--out", "c.twm")
    accuracy = float(re.search(r"^accuracy +([\d.]+)$", out, re.MULTILINE).group(1))
    run(folder, "predict", "c.twm", "--in", "c.csv", "--keep", "size", "--out", "p.csv")
    got = read(folder / "p.csv")
    if list(got[0]) != ["size", "prediction", "p_large", "p_middle", "p_small"]:
        fail(f"columns of three classes: {list(got[0])}")
    for r in got:
        chance = {k[2:]: float(v) for k, v in r.items() if k.startswith("p_")}
        if abs(sum(chance.values()) - 1) > 1e-9 or chance[r["prediction"]] != max(chance.values()):
            fail(f"chances {chance}, prediction {r['prediction']}")
    share = sum(r["size"] == r["prediction"] for r in got) / N
    if abs(share - accuracy) > 1e-4 or not share > 0.75:
        fail(f"accuracy {accuracy}, by the predictions {share}")


def ranking(folder, rows):
    write(folder / "q.csv", rows, ["a", "b", "city", "query", "grade"])
    out = run(folder, "fit", "--train", "q.csv", "--target", "grade", "--group", "query", "--valid-share", "0.5", "--params",
              "loss=lambdarank rounds=40 rate=0.1", "--out", "q.twm")
    for at in (5, 10):
        train, valid = map(float, re.search(rf"^ndcg@{at} +([\d.]+) +([\d.]+)$", out, re.MULTILINE).groups())
        if not 0.85 < valid <= train + 0.05 <= 1.05:
            fail(f"NDCG at {at}: {train}, {valid}")


def stopped(folder):
    """The first progress line says that it runs; a second later it has some rounds of the 100,000."""
    command = [str(PROGRAM), "fit", "--train", "t.csv", "--target", "y", "--ignore", "row", "--params", "rounds=100000 leaves=7 stop=0", "--out", "cut.twm"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("gbm 0/"):
            break
    try:
        process.wait(timeout=1)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    trees = re.search(r"^trees +(\d+)$", out, re.MULTILINE)
    if process.returncode != 130 or "cut.twm has what was fitted" not in err or not trees or not 0 < int(trees.group(1)) < 100000:
        fail(f"stopped: exit {process.returncode}\n{out}{err}")
    if len(run(folder, "predict", "cut.twm", "--in", "t.csv").splitlines()) != N + 1:
        fail("the model of a stopped fit does not predict")


def main():
    rows = list(make_rows(random.Random(2385)))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        same_predictions(folder, rows)
        going_on(folder)
        classes(folder, rows)
        ranking(folder, rows)
        stopped(folder)
    print("tables: predictions, going on, classes, ranking, stopping as they should be")


main()
