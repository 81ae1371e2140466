#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the built benchmarks one after the other; JSON lines to the terminal and to BUILD/results/NAME.json. What needs
# something that is not there says "skipped"; exits 1 when a benchmark failed.
#   bench/run.sh BUILD [NAME...]       e.g. build/bench; of all, or of these alone
# Comparisons with Python peers run too where bench/.venv holds them (docs/benchmarks.md names the versions).
set -uo pipefail
cd "$(dirname "$0")/.."
build=$(realpath "$1")
results=$build/results
bars=../shared/data/market/sp500_5yr/bars_daily_splitadj.csv.gz
peers=bench/.venv/bin/python
shift
asked=" $* "
failed=0
mkdir -p "$results"

bench() { # name, command...
  local name=$1
  shift
  if [[ $asked != "  " && $asked != *" $name "* ]]; then return; fi
  echo "== $name"
  timeout 600 "$@" | tee "$results/$name.json"
  if [ "${PIPESTATUS[0]}" -ne 0 ]; then echo "bench: $name failed" >&2; failed=1; fi
}

for program in "$build"/bench/bench.*; do
  name=${program##*/bench.}
  # bench.track needs a bundle, which serve_bench.py makes.
  if [ "$name" != track ]; then bench "$name" "$program"; fi
done
bench serve env TRADEWIND="$build/tradewind" BENCH="$build/bench/bench.track" python3 bench/serve_bench.py
bench main_job python3 bench/main_job.py --program "$build/tradewind"
if [ -e /usr/include/ql/version.hpp ] && g++ -O2 -o "$build/bench/closed_peer" bench/pricing/closed_peer.cpp -lQuantLib; then
  bench pricing_peer "$build/bench/closed_peer"
else
  echo "== pricing_peer skipped: needs QuantLib's C++ headers (libquantlib0-dev)"
fi
if [ -e "$bars" ] && "$peers" -c 'import pandas, pyarrow' 2> /dev/null; then
  bench io_peer "$peers" bench/io_peer.py "$build/bench/bench.io"
else
  echo "== io_peer skipped: needs $bars, and pandas and pyarrow in bench/.venv"
fi
if [ -e "$bars" ] && "$peers" -c 'import KunQuant, qlib' 2> /dev/null; then
  bench alpha158_peer "$peers" bench/alpha158_peer.py "$build/bench/bench.feature" "$bars" 3
else
  echo "== alpha158_peer skipped: needs $bars, and KunQuant and qlib in bench/.venv"
fi
tables=../shared/data/tabular
if [ -e "$tables" ] && "$peers" -c 'import lightgbm, xgboost, sklearn, pandas' 2> /dev/null; then
  bench trees_quality "$peers" bench/trees_quality.py --program "$build/tradewind" --seeds 3
else
  echo "== trees_quality skipped: needs $tables, and LightGBM, XGBoost, scikit-learn and pandas in bench/.venv"
fi
if "$peers" -c 'import lightgbm, xgboost' 2> /dev/null; then
  bench trees_speed "$peers" bench/trees_speed.py --library "$build/libtradewind.so" --rounds 1
else
  echo "== trees_speed skipped: needs LightGBM and XGBoost in bench/.venv"
fi
if "$peers" -c 'import lightgbm, xgboost' 2> /dev/null; then
  bench score_peer "$peers" bench/score_peer.py
else
  echo "== score_peer skipped: needs LightGBM and XGBoost in bench/.venv"
fi
if [ -e ../shared/data/market/minute ]; then
  bench backtest_event "$build/bench/bench.backtest_event"
  bench backtest_spec "$build/bench/bench.backtest_spec"
  bench event_peer "$peers" bench/event_peer.py 20000
fi
if [ -e ../shared/data/market/orderbook ] && "$peers" -c 'import hftbacktest' 2> /dev/null; then
  bench book_peer env TRADEWIND_LIBRARY="$build/libtradewind.so" "$peers" bench/book_peer.py "$build/bench/bench.backtest_book"
else
  echo "== book_peer skipped: needs the recorded order book, and hftbacktest in bench/.venv"
fi
if "$peers" -c 'import vectorbt' 2> /dev/null; then
  bench sweep_peer "$peers" bench/sweep_peer.py --program "$build/bench/bench.backtest_sweep"
else
  echo "== sweep_peer skipped: needs vectorbt in bench/.venv"
fi
if "$peers" -c 'import talib' 2> /dev/null; then
  bench indicators_peer "$peers" bench/indicators_peer.py "$build/libtradewind.so" 5
else
  echo "== indicators_peer skipped: needs TA-Lib in bench/.venv"
fi
exit "$failed"
