#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random strategies on random markets, played by zipline itself and here, give the same sessions, fills, holdings, orders and recorded values: 205 cases, of shares
and futures, by day and by minute (tests/oracle/zipline_runs.py draws them, tests/support/zipline_case.h compares).

Needs zipline-reloaded (in bench/.venv, or a Python named by TW_ZIPLINE_PYTHON); skipped without it. `zipline_test.py FIRST COUNT` draws other cases."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PYTHON = os.environ.get("TW_ZIPLINE_PYTHON") or str(ROOT / "bench/.venv/bin/python")
try:
    import zipline
except ImportError:
    if os.path.exists(PYTHON) and not os.environ.get("TW_IN_VENV"):
        os.environ["TW_IN_VENV"] = "1"
        os.execv(PYTHON, [PYTHON] + sys.argv)
    print("skipped: no zipline")
    sys.exit(77)

import zipline_runs

first, count = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (0, 205)
tradewind = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).resolve()
replay = tradewind.parent / "tests/test.golden.backtest.zipline_cases"
start = time.process_time()
with tempfile.TemporaryDirectory() as folder:
    files = []
    for seed in range(first, first + count):
        case = zipline_runs.generate(seed)
        files.append("%s/%d.txt" % (folder, seed))
        zipline_runs.write(case, zipline_runs.zipline_run(case), files[-1])
    print("zipline %s: %d cases in %.0f s" % (zipline.__version__, count, time.process_time() - start))
    sys.exit(subprocess.run([replay] + files).returncode)
