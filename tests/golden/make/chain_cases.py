#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/chain_cases: small cases as zipline-reloaded 3.2.1 (exchange_calendars 4.13.2) played them.

    PYTHON_WITH_ZIPLINE tests/golden/make/chain_cases.py"""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/oracle"))
import chains

SEEDS = (1001, 1007, 1013, 1025, 1031, 1010)
FOLDER = ROOT / "tests/golden/backtest/chain_cases"

FOLDER.mkdir(exist_ok=True)
for seed in SEEDS:
    case = chains.generate(seed, small=True)
    chains.write(case, chains.zipline_run(case), FOLDER / ("%d.txt" % seed))
