#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Plays zipline's example algorithms momentum_pipeline and olmar (zipline-reloaded 3.2.1) on the example market and writes one row a
session: tests/golden/backtest/zipline_examples.csv. Run by hand:
    bench/.venv/bin/python tests/golden/make/zipline_examples.py ../shared/data/market/zipline_examples
"""
import os
import sys
import tempfile

ROOT = tempfile.mkdtemp()
os.environ["ZIPLINE_ROOT"] = ROOT
import numpy as np  # noqa: E402

np.NINF, np.PINF = -np.inf, np.inf  # empyrical 0.5.9 asks for the names that numpy 2 has dropped
import pandas as pd  # noqa: E402
from zipline import run_algorithm  # noqa: E402
from zipline.data import bundles  # noqa: E402
from zipline.examples import momentum_pipeline, olmar  # noqa: E402
from zipline.utils.calendar_utils import get_calendar  # noqa: E402

FOLDER = sys.argv[1]
OUT = os.path.join(os.path.dirname(__file__), "..", "backtest", "zipline_examples.csv")
COLUMNS = ["ending_cash", "ending_value", "portfolio_value", "returns", "pnl", "long_value",
           "algorithm_period_return", "alpha", "beta", "sharpe", "sortino", "max_drawdown"]


def table(name, *dates):
    return pd.read_csv(os.path.join(FOLDER, name), parse_dates=list(dates))


def ingest(environ, asset_db_writer, minute_bar_writer, daily_bar_writer, adjustment_writer, calendar, start, end, cache, show_progress, output):
    assets = table("assets.csv", "start_date", "end_date", "auto_close_date").set_index("sid")
    bars = table("bars_daily_raw.csv.gz", "date")
    assets["exchange"] = "NYSE"
    exchanges = pd.DataFrame({"exchange": ["NYSE"], "canonical_name": ["NYSE"], "country_code": ["US"]})
    asset_db_writer.write(exchanges=exchanges, equities=assets.assign(asset_name=assets.symbol, first_traded=assets.start_date))

    def frames():
        for sid, frame in bars.groupby("sid"):
            sessions = calendar.sessions_in_range(assets.start_date[sid], assets.end_date[sid])
            yield sid, frame.set_index("date")[["open", "high", "low", "close", "volume"]].reindex(sessions)

    daily_bar_writer.write(frames())
    splits = table("splits.csv", "effective_date")[["effective_date", "sid", "ratio"]]
    dividends = table("dividends.csv", "ex_date")[["ex_date", "sid", "amount"]]
    for column in ("declared_date", "record_date", "pay_date"):
        dividends[column] = pd.NaT
    adjustment_writer.write(splits=splits, dividends=dividends)


def play(name, module):
    settings = {"capital_base": 1e7, **module._test_args()}
    benchmark = table("SPY_benchmark.csv", "date").set_index("date")["return"]
    benchmark.index = benchmark.index.tz_localize(None) if benchmark.index.tz is None else benchmark.index.tz_convert(None)
    return run_algorithm(initialize=module.initialize, handle_data=getattr(module, "handle_data", None),
                         before_trading_start=getattr(module, "before_trading_start", None), bundle="examples",
                         trading_calendar=get_calendar("XNYS"), benchmark_returns=benchmark, **settings)


def main():
    bundles.register("examples", ingest, calendar_name="XNYS", start_session=pd.Timestamp("2004-01-02"), end_session=pd.Timestamp("2014-12-31"))
    bundles.ingest("examples", environ=os.environ, show_progress=False)
    with open(OUT, "w") as out:
        out.write("algorithm,session,fills,shares,value," + ",".join(COLUMNS) + "\n")
        for name, module in (("momentum_pipeline", momentum_pipeline), ("olmar", olmar)):
            for session, row in play(name, module).iterrows():
                fills = row["transactions"]
                numbers = [len(fills), sum(abs(t["amount"]) for t in fills), sum(t["amount"] * t["price"] for t in fills)]
                numbers += [row[c] for c in COLUMNS]
                out.write(f"{name},{session.date()}," + ",".join("" if x is None or x != x else f"{x:.13g}" for x in numbers) + "\n")


main()
