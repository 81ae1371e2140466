# SPDX-License-Identifier: Apache-2.0
"""Times other CSV readers on the file bench.io reads: nanoseconds a byte, one JSON line a peer, and the ratio to ours
when the path of bench.io is given: `bench/.venv/bin/python bench/io_peer.py build/bench/bench/bench.io`.

pandas and pyarrow give typed columns (dates as text for pandas), so they stand beside "split, times and numbers"; Python's
csv splits only. One thread each."""
import csv, gzip, io, json, statistics, subprocess, sys, time
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "shared/data/market/sp500_5yr/bars_daily_splitadj.csv.gz"
REPETITIONS = 5


def peers(data):
    yield "Python csv", "split", lambda: sum(1 for _ in csv.reader(io.StringIO(data.decode())))
    try:
        import pandas
        yield f"pandas {pandas.__version__}", "split, times and numbers", lambda: pandas.read_csv(io.BytesIO(data))
    except ImportError:
        pass
    try:
        import pyarrow, pyarrow.csv
        options = pyarrow.csv.ReadOptions(use_threads=False)
        yield f"pyarrow {pyarrow.__version__}", "split, times and numbers", lambda: pyarrow.csv.read_csv(io.BytesIO(data), read_options=options)
    except ImportError:
        pass


def measure(run):
    seconds = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main():
    if not PATH.exists():
        sys.exit(77)
    ours = {}
    if len(sys.argv) > 1:
        for line in subprocess.run([sys.argv[1]], capture_output=True, text=True, check=True).stdout.splitlines():
            print(line)
            row = json.loads(line)
            if row["name"] == "csv":
                ours[row["isa"]] = row["ns"]
    data = gzip.open(PATH).read()
    for peer, variant, run in peers(data):
        row = {"bench": "io", "name": "csv", "isa": variant, "peer": peer, "peer_ns": measure(run) * 1e9 / len(data)}
        if variant in ours:
            row["ratio"] = row["peer_ns"] / ours[variant]
        print(json.dumps(row))


main()
