#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random strategies on random markets, played by zipline itself and here, give the same sessions, fills, holdings, orders and recorded values: 24 cases, half of
them about continuous futures, by day and by minute (tests/oracle/chains.py draws them over bars in memory, tests/support/chain_case.h compares). What is not about chains tests/oracle/zipline_test.py does at greater length.

Needs zipline-reloaded (in bench/.venv, or a Python named by TW_ZIPLINE_PYTHON); skipped without it. `chains_test.py FIRST COUNT` draws other cases."""
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

import chains

first, count = (int(sys.argv[1]), int(sys.argv[2])) if len(sys.argv) > 2 else (0, 24)
tradewind = pathlib.Path(os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")).resolve()
replay = tradewind.parent / "tests/test.golden.backtest.chain_cases"
start = time.process_time()
with tempfile.TemporaryDirectory() as folder:
    files = []
    for seed in [first + (6 * (i // 2) + 5 if i % 2 else i) for i in range(count)]:
        case = chains.generate(seed)
        files.append("%s/%d.txt" % (folder, seed))
        chains.write(case, chains.zipline_run(case), files[-1])
    print("zipline %s: %d cases in %.0f s" % (zipline.__version__, count, time.process_time() - start))
    sys.exit(subprocess.run([replay] + files).returncode)
