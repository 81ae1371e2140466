#!/usr/bin/env python3
"""Runs the transcripts: "$ command" lines, each followed by what it prints (standard error too) and, if it is not 0, "[exit N]". With --update the
files are written anew; read the difference before you keep it. $SOURCE is the folder of the repository. A line "..." stands for any lines, "<...>" inside a line for any text."""
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ.get("TRADEWIND", os.path.join(HERE, "../../build/release/tradewind"))


def parse(path):
    steps = []
    for line in open(path):
        if line.startswith("$ "):
            steps.append([line[2:].rstrip("\n"), []])
        elif steps:
            steps[-1][1].append(line.rstrip("\n"))
    return steps


def run(command, folder):
    done = subprocess.run(["bash", "-c", command], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          env={**os.environ, "PATH": os.path.dirname(os.path.abspath(PROGRAM)) + ":" + os.environ["PATH"], "LC_ALL": "C", "SOURCE": os.path.abspath(os.path.join(HERE, "../.."))})
    lines = done.stdout.splitlines()
    return lines + ([f"[exit {done.returncode}]"] if done.returncode else [])


def pattern(lines):
    text = ""
    for line in lines:
        text += r"(?:.*\n)*?" if line == "..." else ".*".join(re.escape(p) for p in line.split("<...>")) + r"\n"
    return text


def main():
    update, bad, n = "--update" in sys.argv, 0, 0
    for path in sorted(glob.glob(os.path.join(HERE, "transcripts", "*.txt"))):
        steps = parse(path)
        with tempfile.TemporaryDirectory() as folder:
            for step in steps:
                n += 1
                got = run(step[0], folder)
                want = step[1][:-1] if step[1] and step[1][-1] == "" else step[1]
                if re.fullmatch(pattern(want), "".join(g + "\n" for g in got)):
                    continue
                if update:
                    step[1] = got + [""]
                    continue
                bad += 1
                print(f"{os.path.basename(path)}: $ {step[0]}\n--- expected\n" + "\n".join(want) + "\n--- got\n" + "\n".join(got))
        if update:
            with open(path, "w") as f:
                f.write("".join(f"$ {c}\n" + "".join(line + "\n" for line in lines) for c, lines in steps))
    print(f"{n - bad} transcripts as expected, {bad} not")
    return bad > 0


sys.exit(main())
