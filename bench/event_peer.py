#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two moving averages (10 and 30 bars) of 45,031 minute bars of one asset, by others: bars a second, CPU time, the median of three runs. Each runs only where it is installed,
so give this script the Python that has it; bench.backtest_event, run between, times this library on the same bars.

    python bench/event_peer.py [BARS]      # fewer bars for zipline, whose speed does not depend on their number"""
import gzip
import json
import pathlib
import statistics
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILE = ROOT.parent / "shared/data/market/minute/btcperp_1m.csv.gz"
FAST, SLOW, RUNS = 10, 30, 3


def frame():
    import pandas as pd

    with gzip.open(FILE) as f:
        return pd.read_csv(f, parse_dates=["timestamp"], index_col="timestamp")


def backtrader_run(bars):
    import backtrader as bt

    class Cross(bt.Strategy):
        def __init__(self):
            self.fast, self.slow = bt.indicators.SMA(period=FAST), bt.indicators.SMA(period=SLOW)

        def next(self):
            wanted = 1 if self.fast[0] > self.slow[0] else 0
            if wanted != bool(self.position.size):
                self.order_target_size(target=wanted)

    cerebro = bt.Cerebro()
    cerebro.adddata(bt.feeds.PandasData(dataname=bars))
    cerebro.addstrategy(Cross)
    cerebro.broker.setcash(1e7)
    cerebro.broker.setcommission(0.0015)
    cerebro.run()
    return cerebro.broker.getvalue()


def backtesting_run(bars):
    from backtesting import Backtest, Strategy

    class Cross(Strategy):
        def init(self):
            self.fast = self.I(lambda x: x.rolling(FAST).mean(), self.data.Close.s)
            self.slow = self.I(lambda x: x.rolling(SLOW).mean(), self.data.Close.s)

        def next(self):
            wanted = self.fast[-1] > self.slow[-1]
            if wanted and not self.position:
                self.buy(size=1)
            elif not wanted and self.position:
                self.position.close()

    named = bars.rename(columns=str.title)
    return Backtest(named, Cross, cash=1e7, commission=0.0015, trade_on_close=False).run()["Equity Final [$]"]


def zipline_run(bars):
    """The same bars laid on minutes of the New York calendar, through zipline's own portal and minute clock."""
    sys.path.insert(0, str(ROOT / "tests/oracle"))
    import zipline_runs as z

    calendar, sessions = z.sessions_of("minute", 400)
    days = -(-len(bars) // 390) + 1
    sessions = sessions[:days]
    minutes = [len(calendar.session_minutes(s)) for s in sessions]
    n = sum(minutes)
    rows = [(float(b.open), float(b.high), float(b.low), float(b.close), 10**9) for b in bars.itertuples()]
    rows = (rows + rows[-1:] * n)[:n]
    starts = [sum(minutes[:s]) for s in range(days)]
    asset = {"symbol": "A", "kind": "equity", "root": "-", "multiplier": 1.0, "tick": 0.01, "first": 0, "end": 0, "auto_close": 0, "minute": rows}
    asset["daily"] = [z.minutes_to_day(rows[starts[s] : starts[s] + minutes[s]]) for s in range(days)]
    case = {"by_minute": True, "chain": False, "sessions": sessions, "calendar": calendar, "minutes": minutes, "from": 1, "capital": 1e7, "assets": [asset], "actions": [], "settings": [], "rules": [], "script": [], "changes": [], "benchmark": [], "benchmark_asset": 0}

    def handle_data(self, context, data):
        from zipline import api

        price = data.history(self.assets[0], "price", SLOW, "1m").values
        wanted = 1 if price[-FAST:].mean() > price.mean() else 0
        if wanted != (context.portfolio.positions[self.assets[0]].amount != 0):
            api.order_target(self.assets[0], wanted)

    z.Player.handle_data = handle_data
    z.rows_of = lambda case, player, packets, error: packets
    return z.zipline_run(case)[-1]["daily_perf"]["ending_cash"]


def main():
    bars = frame()
    bars = bars[: int(sys.argv[1])] if len(sys.argv) > 1 else bars
    for name, module, run in (("backtrader", "backtrader", backtrader_run), ("backtesting.py", "backtesting", backtesting_run), ("zipline", "zipline", zipline_run)):
        try:
            __import__(module)
        except ImportError:
            print("skipped: no %s" % name, file=sys.stderr)
            continue
        seconds, value = [], None
        for _ in range(RUNS):
            start = time.process_time()
            value = run(bars)
            seconds.append(time.process_time() - start)
        print(json.dumps({"bench": "backtest_event", "name": "moving averages, minutes", "variant": name, "bars": len(bars), "bars_per_s": round(len(bars) / statistics.median(seconds)), "value": float(value)}))


main()
