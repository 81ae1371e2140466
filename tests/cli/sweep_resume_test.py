#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A sweep that is interrupted goes on with --resume, and leaves the same bytes as one that was not."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PROGRAM = os.environ["TRADEWIND"]
RULE = """data: {simulate: symbols=1 sessions=500 seed=3 late=0 delisted=0}
parameters: fast=2..41 slow=42..91
enter: sma(close, fast) > sma(close, slow)
exit: sma(close, fast) < sma(close, slow)
rules: fee_bp=5
walk_forward: {train: 200, test: 50}
"""
PANEL = """data: {simulate: symbols=3 sessions=400 seed=3, symbol: all}
parameters: n=2..81 top=0.1..1/0.1
weights: clip(close / sma(close, n) - 0.6, 0, top)
rules: fee_bp=5 band=0.05
"""


def run(spec, out, *options):
    return subprocess.run([PROGRAM, "sweep", spec, "--out", out, "--quiet", *options], capture_output=True, text=True)


def interrupt(spec, out, delay):
    """Ctrl-C so long after the trials began; what is left in the folder."""
    process = subprocess.Popen([PROGRAM, "sweep", spec, "--out", out, "--jobs", "1"], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    for line in process.stderr:
        if line.startswith("sweep"):
            time.sleep(delay)
            process.send_signal(signal.SIGINT)
            break
    said = process.stderr.read()
    code = process.wait()
    left = sorted(p.name for p in pathlib.Path(out).iterdir()) if pathlib.Path(out).exists() else []
    assert code == (130 if "stopped" in said else 0), (code, said)
    assert ("--resume goes on there" in said) == ("sweep.part" in left), (said, left)
    return left


def interrupt_within(spec, out):
    """Machines differ: it must be after the first trials and before the last."""
    for delay in (0.02, 0.05, 0.1, 0.2, 0.01, 0.4, 0.8, 0.03, 0.005, 1.6):
        if "sweep.part" in (left := interrupt(spec, out, delay)):
            return left
    raise AssertionError("not once was it stopped between the first trials and the last")


def same(a, b):
    names = sorted(p.name for p in pathlib.Path(a).iterdir())
    assert names == sorted(p.name for p in pathlib.Path(b).iterdir()), (names, b)
    for name in names:
        assert pathlib.Path(a, name).read_bytes() == pathlib.Path(b, name).read_bytes(), name


def check_refusals(spec, cut):
    """Another spec, and files that are damaged."""
    other = pathlib.Path("other.yaml")
    other.write_text(pathlib.Path(spec).read_text().replace("fee_bp=5", "fee_bp=6"))
    result = run(other, cut, "--resume")
    assert result.returncode == 2 and "another spec" in result.stderr, result
    for name, change in (("sweep.part", lambda b: b[:200] + bytes([b[200] ^ 1]) + b[201:]),
                         ("sweep.part", lambda b: b[:-9]), ("sweep.part", lambda b: b""),
                         ("paths.part", lambda b: b[:-4]), ("paths.part", lambda b: b[:999] + b"x" + b[1000:])):
        shutil.rmtree("bad", ignore_errors=True)
        shutil.copytree(cut, "bad")
        path = pathlib.Path("bad", name)
        path.write_bytes(change(path.read_bytes()))
        result = run(spec, "bad", "--resume")
        assert result.returncode == 1 and name in result.stderr, (name, result)


def check(name, spec):
    path = pathlib.Path(f"{name}.yaml")
    path.write_text(spec)
    assert run(path, f"{name}_whole").returncode == 0
    left = interrupt_within(path, f"{name}_cut")
    assert {"paths.part", "sweep.part"} <= set(left), left
    check_refusals(path, f"{name}_cut")
    result = run(path, f"{name}_cut", "--resume", "--jobs", "3")
    assert result.returncode == 0, result
    same(f"{name}_whole", f"{name}_cut")
    assert run(path, f"{name}_cut", "--resume").returncode == 0  # nothing is left to go on from
    same(f"{name}_whole", f"{name}_cut")


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        check("rule", RULE)
        check("panel", PANEL)
    print("sweeps go on where they were stopped, to the same bytes")


if __name__ == "__main__":
    sys.exit(main())
