#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/sweep.csv: bars, signals, and what vectorbt 1.2.0 makes of them, fill by fill.

Needs vectorbt==1.2.0 (bench/.venv/bin/python tests/golden/make/sweep.py). Our words for its settings:
next_open is its price=open with signals one bar later; weights are its size_type=targetpercent; stops count from the fill price and fill as stop-market orders.
"""
import pathlib

import numpy as np
import vectorbt as vbt

OUT = pathlib.Path(__file__).resolve().parents[1] / "backtest" / "sweep.csv"
BARS, COLUMNS = 240, 3

CASES = [  # our rules, sides
    ("capital=100 fill=same_close", "long"),
    ("capital=1000 fee_bp=10 fee_fixed=0.5 slippage_bp=7 fill=same_close", "long"),
    ("capital=1000 fee_bp=10 slippage_bp=7 fill=same_close", "short"),
    ("capital=1000 fee_bp=10 slippage_bp=7 fill=same_close", "both"),
    ("capital=1000 fee_bp=25 fee_fixed=1 fill=next_open", "both"),
    ("capital=5000 sizing=value size=1500 fee_bp=3 fill=next_close", "both"),
    ("capital=5000 sizing=shares size=20 fee_bp=3 slippage_bp=1 fill=next_open", "both"),
    ("capital=1000 sizing=percent size=0.4 fee_bp=10 fill=same_close", "long"),
    ("capital=1000 whole_shares=true fee_bp=10 fee_fixed=0.25 fill=next_open", "long"),
    ("capital=1000 fee_bp=5 slippage_bp=2 stop_loss=0.02 take_profit=0.03 fill=same_close", "both"),
    ("capital=1000 fee_bp=5 slippage_bp=2 trailing=0.02 take_profit=0.04 fill=same_close", "long"),
    ("capital=1000 fee_bp=5 trailing=0.02 fill=same_close", "short"),
    ("capital=1000 fee_bp=10 slippage_bp=7 fill=same_close", "weights"),
    ("capital=5000 fee_bp=3 fee_fixed=0.5 fill=next_open", "weights"),
    ("capital=1000 whole_shares=true fee_bp=10 fill=next_close", "weights"),
]


def make_bars(rng):
    """Prices in cents, so that the file holds them exactly."""
    close = np.round(50 * np.exp(np.cumsum(rng.normal(0.0003, 0.013, (BARS, COLUMNS)), axis=0)), 2)
    before = np.vstack([close[:1], close[:-1]])
    open_ = np.round(before * np.exp(rng.normal(0, 0.006, close.shape)), 2)
    high = np.round(np.maximum(open_, close) * np.exp(np.abs(rng.normal(0, 0.006, close.shape))), 2)
    low = np.round(np.minimum(open_, close) * np.exp(-np.abs(rng.normal(0, 0.006, close.shape))), 2)
    return open_, high, low, close


def make_weights(rng):
    """Held for some bars each, long and short, sometimes more than there is cash for; now and then none."""
    weight = np.round(rng.uniform(-0.7, 1.2, (BARS, COLUMNS)), 2)
    weight[rng.random(weight.shape) < 0.1] = 0
    for t in range(1, BARS):
        stays = rng.random(COLUMNS) < 0.6
        weight[t, stays] = weight[t - 1, stays]
    weight[rng.random(weight.shape) < 0.15] = np.nan
    return weight


def later(signal, bars, before=False):
    return np.vstack([np.full((bars, COLUMNS), before), signal[: BARS - bars]])


def simulate_weights(r, bars, weights):
    open_, _, _, close = bars
    return vbt.Portfolio.from_orders(
        close, size=later(weights, 0 if r["fill"] == "same_close" else 1, np.nan), size_type="targetpercent",
        price=open_ if r["fill"] == "next_open" else close, init_cash=float(r["capital"]),
        fees=float(r.get("fee_bp", 0)) / 1e4, fixed_fees=float(r.get("fee_fixed", 0)),
        slippage=float(r.get("slippage_bp", 0)) / 1e4,
        size_granularity=1 if "whole_shares" in r else np.nan, freq="1D")


def simulate(rules, sides, bars, signals, weights):
    r = dict(word.split("=") for word in rules.split())
    if sides == "weights":
        return simulate_weights(r, bars, weights)
    open_, high, low, close = bars
    shift = 0 if r["fill"] == "same_close" else 1
    names = ["entries", "exits", "short_entries", "short_exits"]
    given = {"long": names[:2], "short": names[2:], "both": names}[sides]
    none = np.zeros((BARS, COLUMNS), bool)
    arrays = {n: later(s, shift) if n in given else none for n, s in zip(names, signals)}
    sizing = r.get("sizing", "all")
    stop = float(r.get("trailing", r.get("stop_loss", "nan")))
    return vbt.Portfolio.from_signals(
        close, **arrays, open=open_, high=high, low=low, init_cash=float(r["capital"]),
        price=open_ if r["fill"] == "next_open" else close,
        size=np.inf if sizing == "all" else float(r["size"]),
        size_type={"all": "amount", "shares": "amount", "value": "value", "percent": "percent"}[sizing],
        fees=float(r.get("fee_bp", 0)) / 1e4, fixed_fees=float(r.get("fee_fixed", 0)),
        slippage=float(r.get("slippage_bp", 0)) / 1e4,
        size_granularity=1 if "whole_shares" in r else np.nan,
        sl_stop=stop, sl_trail="trailing" in r, tp_stop=float(r.get("take_profit", "nan")),
        stop_entry_price="fillprice", stop_exit_price="stopmarket", freq="1D")


def drawdown(portfolio):
    """Its own max_drawdown() leaves the money before the first bar out of the peak; where nothing is traded in that bar it
    is the same."""
    value = portfolio.value()
    peak = value.cummax().clip(lower=portfolio.init_cash, axis=1)
    return (value / peak - 1).min()


def write_case(out, rules, sides, portfolio):
    out.write(f"case,{sides},{rules}\n")
    for o in portfolio.orders.records.itertuples():
        sign = 1 if o.side == 0 else -1
        out.write(f"fill,{o.col},{o.idx},{float(sign * o.size)!r},{float(o.price)!r},{float(o.fees)!r}\n")
    closed = portfolio.positions.closed
    value, dd = portfolio.final_value(), drawdown(portfolio)
    for c in range(COLUMNS):
        mine = closed.records[closed.records["col"] == c]
        out.write(f"end,{c},{float(value.iloc[c])!r},{float(dd.iloc[c])!r},{len(mine)},{(mine['pnl'] > 0).sum()}\n")


def main():
    rng = np.random.default_rng(2385)
    bars = make_bars(rng)
    signals = [rng.random((BARS, COLUMNS)) < p for p in (0.12, 0.1, 0.08, 0.1)]
    weights = make_weights(rng)
    with OUT.open("w") as out:
        for t in range(BARS):
            cells = [f"{bars[k][t, c]:.2f}" for c in range(COLUMNS) for k in range(4)]
            flags = ["".join(str(int(s[t, c])) for s in signals) for c in range(COLUMNS)]
            shares = ["" if np.isnan(w) else f"{w:.2f}" for w in weights[t]]
            out.write("bar," + ",".join(cells + flags + shares) + "\n")
        for rules, sides in CASES:
            write_case(out, rules, sides, simulate(rules, sides, bars, signals, weights))


if __name__ == "__main__":
    main()
