#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The pages are tried out: the spec of docs/reference/spec.md runs as it stands and its report has no key that
docs/reference/report-json.md does not name, the commands of the README's quick start run on a smaller market, those of
docs/reference/tables.md as they are, and every command line of the pages names a command and options that there are."""
import csv
import gzip
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).resolve()
SMALLER = (("symbols=60", "symbols=20"), ("sessions=1008", "sessions=400"), ("rounds=60", "rounds=5"), ("rounds=100", "rounds=5"))


def smaller(text):
    for a, b in SMALLER:
        text = text.replace(a, b)
    return text


def run(folder, *command):
    done = subprocess.run([str(PROGRAM), *command], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"FAILED: tradewind {' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def try_spec(folder):
    """Files of the names that the page's spec gives; its bars have no vwap, which the spec makes itself."""
    page = (ROOT / "docs/reference/spec.md").read_text()
    (folder / "spec.yaml").write_text(smaller(re.search(r"```yaml\n(.*?)```", page, re.DOTALL).group(1)))
    run(folder, "data", "simulate", "--set", "symbols=20 sessions=400 edge=0.1", "--out", "market", "--quiet")
    with open(folder / "market/bars.csv", newline="") as f, gzip.open(folder / "bars.csv.gz", "wt", newline="") as g:
        rows = list(csv.reader(f))
        kept = [i for i, name in enumerate(rows[0]) if name not in ("vwap", "news")]
        csv.writer(g).writerows([row[i] for i in kept] for row in rows)
    shutil.copy(folder / "market/actions.csv", folder)
    (folder / "sectors.csv").write_text("symbol,group\n" + "".join(f"S{i:05d},{i % 3}\n" for i in range(1, 21)))
    out = run(folder, "run", "spec.yaml", "--quiet")
    if "verdict:" not in out or "trees" not in out:
        sys.exit(f"FAILED: the spec of docs/reference/spec.md\n{out}")
    return json.loads((folder / "out/sp500/report.json").read_text())


def keys_of(value):
    """All keys of a report but names of metrics and measures, which have their own page."""
    if isinstance(value, list):
        for item in value[:1]:
            yield from keys_of(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            if key not in ("metrics", "portfolio", "benchmark"):
                yield from keys_of(item)


def check_report(report):
    page = (ROOT / "docs/reference/report-json.md").read_text()
    missing = sorted({k for k in keys_of(report) if not re.search(rf"\b{k}\b", page)})
    for key in missing:
        print(f"docs/reference/report-json.md does not name '{key}'")
    return len(missing)


def try_quick_start(folder):
    """What follows `make demo`, up to the server."""
    page = (ROOT / "README.md").read_text()
    lines = re.search(r"## Quick start.*?```\n(.*?)```", page, re.DOTALL).group(1).splitlines()
    (folder / "demo.yaml").write_text(smaller((ROOT / "examples/demo.yaml").read_text()))
    run(folder, "run", "demo.yaml", "--quiet")
    tried = 0
    for line in lines:
        words = shlex.split(smaller(line), comments=True)
        if words[:1] != ["tradewind"] or words[1] == "serve":
            continue
        out = run(folder, *words[1:], "--quiet")
        tried += 1
        if words[1] == "score" and not re.match(r"time,symbol,score\n\d{4}-\d\d-\d\d,S00001,-?\d", out):
            sys.exit(f"FAILED: {line}\n{out}")
    if tried < 4:
        sys.exit("FAILED: the quick start has no commands any more")


def try_tables(folder):
    """The example of docs/reference/tables.md: its commands run, and print what the page shows up to the metrics."""
    page = (ROOT / "docs/reference/tables.md").read_text()
    commands = re.search(r"```sh\n(.*?)```", page, re.DOTALL).group(1)
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}:{os.environ['PATH']}"}
    (folder / "examples").mkdir()
    shutil.copy(ROOT / "examples/loans.awk", folder / "examples")
    done = subprocess.run(["sh", "-ec", commands], cwd=folder, capture_output=True, text=True, env=environment)
    if done.returncode:
        sys.exit(f"FAILED: the example of docs/reference/tables.md\n{done.stdout}{done.stderr}")
    for shown in [text for language, text in re.findall(r"```(\w*)\n(.*?)```", page, re.DOTALL) if not language]:
        for line in shown.splitlines():
            if not re.search(r"\d\.\d|trees|^\.\.\.$", line) and line not in (done.stdout + done.stderr).splitlines():
                sys.exit(f"FAILED: docs/reference/tables.md shows '{line}', which is not printed\n{done.stdout}{done.stderr}")


def known_options(folder, known, command):
    if command not in known:
        done = subprocess.run([str(PROGRAM), *command.split(), "--help"], cwd=folder, capture_output=True, text=True)
        known[command] = set(re.findall(r"^  (--[a-z-]+)", done.stdout, re.MULTILINE)) if done.returncode == 0 else None
    return known[command]


def check_lines(folder):
    """`tradewind data import ... --out x`, in code blocks and in the running text."""
    known, bad, n = {}, 0, 0
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "examples").glob("*.[cy]*"))]:
        if page.name == "cli.md":
            continue
        for line in re.findall(r"(?:^|[`\s/])tradewind ((?:run|fit|predict|score|serve|data|features|describe)\b[^`\n#&|]*)", page.read_text()):
            words = line.split()
            command = " ".join(words[: 2 if words[0] in ("data", "features") else 1]).rstrip(".,;:")
            if "," in command or command in ("data", "features"):
                continue
            options = known_options(folder, known, command)
            n += 1
            wrong = ["is no command"] if options is None else [f"has no option {o}" for o in re.findall(r"(?<![\w-])--[a-z-]+", line) if o not in options]
            for fault in wrong:
                print(f"{page.relative_to(ROOT)}: 'tradewind {command}' {fault}")
            bad += len(wrong)
    return bad, n


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bad, n = check_lines(folder)
        bad += check_report(try_spec(folder))
        try_quick_start(folder)
        try_tables(folder)
    print(f"the spec, the quick start and the tables run; {n} command lines of the pages, {bad} faults")
    return bad > 0


sys.exit(main())
