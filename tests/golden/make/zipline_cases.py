#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/zipline_cases: small cases as zipline-reloaded 3.2.1 (exchange_calendars 4.13.2) played them.

    PYTHON_WITH_ZIPLINE tests/golden/make/zipline_cases.py"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/oracle"))
import zipline_runs

SEEDS = (1000, 1001, 1002, 1004, 1006, 1007, 1008, 1010, 1012, 1013, 1014, 1016, 1005)
FOLDER = ROOT / "tests/golden/backtest/zipline_cases"

FOLDER.mkdir(exist_ok=True)
for seed in SEEDS:
    case = zipline_runs.generate(seed, small=True)
    zipline_runs.write(case, zipline_runs.zipline_run(case), FOLDER / ("%d.txt" % seed))
