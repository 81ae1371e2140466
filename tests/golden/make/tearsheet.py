#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/backtest/tearsheet.csv: a run, and pyfolio-reloaded 0.9.7's tables of it. Lines that make the run:
"day,DATE,RETURN,BENCHMARK,EQUITY,F1,F2", "txn,TIME,SYMBOL,AMOUNT,PRICE", "pos,DATE,SYMBOL,AMOUNT,PRICE", "vol,DATE,SYMBOL,VOLUME";
what is expected of it: "want,TABLE,KEY,VALUE". Block lengths are those of arch 8.0.0 (optimal_block_length, stationary).

Run with: bench/.venv/bin/python tests/golden/make/tearsheet.py > tests/golden/backtest/tearsheet.csv
"""
import importlib.metadata
import warnings

import numpy as np
import pandas as pd
import scipy.stats

warnings.simplefilter("ignore")
for name, value in (("NINF", -np.inf), ("PINF", np.inf)):  # names that numpy 2 dropped, and empyrical 0.5.9 uses
    if not hasattr(np, name):
        setattr(np, name, value)
import empyrical as e  # noqa: E402
import matplotlib  # noqa: E402

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402
from pyfolio import capacity, perf_attrib, plotting, pos, round_trips, timeseries, txn, utils  # noqa: E402

assert importlib.metadata.version("pyfolio-reloaded") == "0.9.7"
SYMBOLS = ["AA", "BB", "CC"]
LIVE = pd.Timestamp("2011-12-01", tz="UTC")  # as the test has it
SECTORS = {"AA": "metals", "BB": "food", "CC": "metals"}


def make_run(rng, n=180):
    days = pd.bdate_range("2011-06-01", periods=n, tz="UTC")
    f1, f2 = 0.0002 + 0.011 * rng.standard_t(4, n), rng.normal(0, 0.006, n)
    returns = pd.Series(0.0003 + 0.6 * f1 - 0.3 * f2 + rng.normal(0, 0.004, n), days)
    benchmark = pd.Series(f1, days)
    prices = pd.DataFrame(np.round(np.exp(np.cumsum(rng.normal(0, 0.02, (n, 3)), axis=0)) * [20, 50, 110], 2), days, SYMBOLS)
    volume = pd.DataFrame(rng.integers(5_000, 60_000, (n, 3)).astype(float), days, SYMBOLS)
    fills, held = [], pd.DataFrame(0.0, days, SYMBOLS)
    for i, day in enumerate(days):
        for s in SYMBOLS:
            if i > 0:
                held.loc[day, s] = held.loc[days[i - 1], s]
            for k in range(rng.integers(0, 3) if rng.random() < 0.3 else 0):
                amount = int(rng.integers(-8, 9)) * 25
                if amount:
                    at = day + pd.Timedelta(hours=14 + 3 * k, minutes=int(rng.integers(0, 60)))
                    fills.append((at, s, amount, round(prices.loc[day, s] * (1 + rng.normal(0, 0.002)), 3)))
                    held.loc[day, s] += amount
    fills = pd.DataFrame(sorted(fills), columns=["dt", "symbol", "amount", "price"]).set_index("dt")
    equity = 1e6 * (1 + returns).cumprod()
    return returns, benchmark, pd.DataFrame({"f1": f1, "f2": f2}, days), prices, volume, fills, held, equity


def drawdowns(returns):
    table = timeseries.gen_drawdown_table(returns, 10)
    for i, row in table.dropna(subset=["Net drawdown in %"]).iterrows():
        yield f"{i}.depth", row["Net drawdown in %"] / 100
        yield f"{i}.peak", returns.index.get_loc(row["Peak date"].tz_localize("UTC"))
        yield f"{i}.valley", returns.index.get_loc(row["Valley date"].tz_localize("UTC"))
        if not pd.isnull(row["Duration"]):
            yield f"{i}.weekdays", row["Duration"]


def trips(fills, equity):
    found = round_trips.extract_round_trips(fills, equity)
    for i, row in found.reset_index(drop=True).iterrows():
        yield f"{i}.pnl", row.pnl
        yield f"{i}.returns", row.rt_returns
        yield f"{i}.share", row.returns
        yield f"{i}.days", row.duration / pd.Timedelta(days=1)
        yield f"{i}.long", float(row.long)
    stats = round_trips.gen_round_trip_stats(found)
    for column, side in (("All trades", "all"), ("Long trades", "long"), ("Short trades", "short")):
        for table in ("pnl", "summary", "returns"):
            for key, value in stats[table][column].items():
                yield f"{side}.{table}.{key.replace(',', '')}", value
        for key, value in stats["duration"][column].items():
            yield f"{side}.duration.{key}", pd.Timedelta(value) / pd.Timedelta(days=1)


def exposures(held, prices, equity, fills):
    values = held * prices
    frame = values.assign(cash=equity - values.sum(axis=1))
    pos_of = pos.get_long_short_pos(frame)
    share = pos.get_percent_alloc(frame).drop("cash", axis=1)
    turnover = txn.get_turnover(frame, fills)
    for i in range(3, len(held), 16):
        yield f"{i}.gross", timeseries.gross_lev(frame).iloc[i]
        yield f"{i}.net", pos_of["net exposure"].iloc[i]
        yield f"{i}.long", pos_of["long"].iloc[i]
        yield f"{i}.short", pos_of["short"].iloc[i]
        row = share.iloc[i]
        yield f"{i}.max_long", row[row > 0].max()
        yield f"{i}.median_long", row[row > 0].median()
        yield f"{i}.median_short", row[row < 0].median()
        yield f"{i}.max_short", row[row < 0].min()
        yield f"{i}.turnover", turnover.iloc[i]
    return frame


def holdings(frame, fills, returns):
    """Sectors, counts, the largest holdings, what is traded, and the busiest moment of a day."""
    share = pos.get_percent_alloc(frame).drop("cash", axis=1)
    sector = pos.get_percent_alloc(pos.get_sector_exposures(frame, SECTORS))
    volume = txn.get_txn_vol(fills).reindex(frame.index).fillna(0)
    inside = utils.estimate_intraday(returns, frame, fills)
    side = pos.get_long_short_pos(inside)
    for i in range(3, len(frame), 16):
        yield f"{i}.metals", sector["metals"].iloc[i]
        yield f"{i}.food", sector["food"].iloc[i]
        yield f"{i}.longs", (frame.drop("cash", axis=1).iloc[i] > 0).sum()
        yield f"{i}.shorts", (frame.drop("cash", axis=1).iloc[i] < 0).sum()
        yield f"{i}.traded", volume.txn_volume.iloc[i]
        yield f"{i}.traded_shares", volume.txn_shares.iloc[i]
        yield f"{i}.intraday_gross", timeseries.gross_lev(inside).iloc[i]
        yield f"{i}.intraday_net", side["net exposure"].iloc[i]
    for name, top in zip(("top_long", "top_short", "top_any"), pos.get_top_long_short_abs(pos.get_percent_alloc(frame))):
        for i, (symbol, value) in enumerate(top.items()):
            yield f"{i}.{name}", abs(value)
            yield f"{i}.{name}_symbol", SYMBOLS.index(symbol)
    yield "0.is_intraday", utils.detect_intraday(frame, fills)


def closed_trips(frame, fills, equity):
    """Round trips with what is held at the end closed then, and what each symbol and sector has made of the profit."""
    late = frame.set_axis(frame.index + pd.Timedelta(hours=30))  # pyfolio closes a second after the day began: before its fills
    closing = round_trips.add_closing_transactions(late, fills)
    after = pd.concat([equity, equity.iloc[-1:].set_axis([equity.index[-1] + pd.Timedelta(days=1)])])
    found = round_trips.extract_round_trips(closing, after)
    for i, row in found.reset_index(drop=True).iterrows():
        yield f"{i}.pnl", row.pnl
        yield f"{i}.returns", row.rt_returns
    by_sector = round_trips.apply_sector_mappings_to_round_trips(found, SECTORS)
    for i, symbol in enumerate(SYMBOLS):
        yield f"{i}.symbol_pnl", found[found.symbol == symbol].pnl.sum()
    for i, name in enumerate(("food", "metals")):
        yield f"{i}.sector_pnl", by_sector[by_sector.symbol == name].pnl.sum()


def volume_taken(fills, volume):
    """get_low_liquidity_transactions by its formula: pyfolio's own fails when two names are traded on one day."""
    daily = fills.assign(amount=fills.amount.abs(), day=fills.index.normalize()).groupby(["day", "symbol"]).amount.sum()
    share = daily / pd.Series([volume.loc[day, symbol] for day, symbol in daily.index], daily.index)
    for i, value in enumerate(sorted(share.groupby(level="symbol").max(), reverse=True)):
        yield f"{i}.taken", value


def loading(i, symbol, factor):
    """Awkward, known to both sides, and not in the file."""
    return ((7 * i + 3 * SYMBOLS.index(symbol) + 5 * factor) % 11 - 4) / 7.0


def attribution(frame, returns, factors):
    rows = [(day, s, loading(i, s, 0), loading(i, s, 1)) for i, day in enumerate(returns.index) for s in SYMBOLS]
    loadings = pd.DataFrame(rows, columns=["dt", "ticker", "f1", "f2"]).set_index(["dt", "ticker"])
    exposures, parts = perf_attrib.perf_attrib(returns, frame, factors, loadings)
    summary, by_factor = perf_attrib.create_perf_attrib_stats(parts, exposures)
    for key, value in summary.items():
        yield f"0.{key}", value
    for k, name in enumerate(("f1", "f2")):
        yield f"{k}.mean", by_factor["Average Risk Factor Exposure"][name]
        yield f"{k}.annual", by_factor["Annualized Return"][name]
        yield f"{k}.cumulative", by_factor["Cumulative Return"][name]
        yield f"{k}.exposure17", exposures[name].iloc[17]
        yield f"{k}.part17", parts[name].iloc[17]


def costs(frame, returns, fills, prices, volume):
    for bp in (5, 20):
        left = txn.adjust_returns_for_slippage(returns, frame, fills, bp).fillna(returns)
        yield f"slippage.{bp}.annual_return", e.annual_return(left)
        yield f"slippage.{bp}.sharpe", e.sharpe_ratio(left)
    daily = fills.assign(amount=fills.amount.abs(), symbol=fills.symbol, day=fills.index.normalize())
    daily = daily.assign(value=daily.amount * daily.price).groupby(["day", "symbol"])[["amount", "value"]].sum().reset_index()
    daily["price"] = daily.value / daily.amount
    daily["volume"] = [volume.loc[d, s] for d, s in zip(daily.day, daily.symbol)]
    daily = daily.set_index("day")
    start = frame.sum(axis=1).iloc[0]
    for capital in (1e6, 5e7):
        left = capacity.apply_slippage_penalty(returns, daily, capital, start)
        yield f"capital.{capital:.0f}.annual_return", e.annual_return(left)
        yield f"capital.{capital:.0f}.sharpe", e.sharpe_ratio(left)


def regression(returns, factors):
    x = np.column_stack([np.ones(len(returns)), factors.to_numpy()])
    y = returns.to_numpy()
    loading, *_ = np.linalg.lstsq(x, y, rcond=None)
    rest = y - x @ loading
    error = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * (rest @ rest) / (len(y) - x.shape[1]))
    for k in range(x.shape[1]):
        yield f"{k}.loading", loading[k]
        yield f"{k}.error", error[k]
    yield "r_squared", 1 - rest @ rest / ((y - y.mean()) @ (y - y.mean()))


def stress(returns):
    wanted = {"US downgrade/European Debt Crisis": "US downgrade, European debt", "New Normal": "New normal", "Recovery": "Recovery"}
    for name, part in timeseries.extract_interesting_date_ranges(returns).items():
        if name in wanted:
            yield wanted[name].replace(",", ";") + ".returns", e.cum_returns_final(part)
            yield wanted[name].replace(",", ";") + ".mean", part.mean()
            yield wanted[name].replace(",", ";") + ".least", part.min()
            yield wanted[name].replace(",", ";") + ".largest", part.max()


def rolling(returns, benchmark):
    sharpe, vol = timeseries.rolling_sharpe(returns, 63), timeseries.rolling_volatility(returns, 63)
    for i in (62, 100, 179):
        yield f"{i}.sharpe", sharpe.iloc[i]
        yield f"{i}.annual_volatility", vol.iloc[i]
        # pyfolio's rolling beta has one bar more in its window than its Sharpe ratio
        yield f"{i}.beta", e.beta(returns.iloc[i - 62 : i + 1], benchmark.iloc[i - 62 : i + 1])


def perf_stats(returns, benchmark, frame, fills):
    names = {"Annual return": "annual_return", "Cumulative returns": "cumulative_return", "Annual volatility": "annual_volatility",
             "Sharpe ratio": "sharpe", "Calmar ratio": "calmar", "Stability": "stability", "Max drawdown": "max_drawdown",
             "Omega ratio": "omega", "Sortino ratio": "sortino", "Skew": "skew", "Tail ratio": "tail_ratio", "Alpha": "alpha", "Beta": "beta"}
    for key, value in timeseries.perf_stats(returns, benchmark, frame, fills).items():
        if key in names:
            yield names[key], value


def compared(returns, benchmark):
    """What pyfolio draws at the benchmark's volatility."""
    drawn = plotting.plot_rolling_returns(returns, benchmark, volatility_match=True, ax=plt.figure().gca()).lines[1].get_ydata()
    for i in (0, 1, 77, 179):
        yield f"{i}.matched", drawn[i]


def bins(returns, frame, fills, equity):
    months = plotting.plot_monthly_returns_dist(returns, ax=plt.figure().gca()).patches
    found = round_trips.extract_round_trips(fills, equity)
    series = {"turnover": txn.get_turnover(frame, fills).fillna(0), "round_trip_return": found.rt_returns, "round_trip_profit": found.pnl, "daily_return": returns}
    for i in range(20):
        yield f"{i}.monthly_return", months[i].get_height()
    yield "0.monthly_return_width", months[0].get_width() / 100
    for name, values in series.items():
        counts, edges = np.histogram(values, 20)
        for i in range(20):
            yield f"{i}.{name}", counts[i]
        yield f"0.{name}_width", edges[1] - edges[0]


def belief(fills, equity):
    ax = plotting.plot_prob_profit_trade(round_trips.extract_round_trips(fills, equity), ax=plt.figure().gca())
    yield "0.low", ax.lines[1].get_xdata()[0]
    yield "0.high", ax.lines[2].get_xdata()[0]
    yield "0.chance", ax.get_xlim()[0]
    yield "100.chance", ax.get_xlim()[1]
    found = round_trips.extract_round_trips(fills, equity)
    middle = sum(ax.get_xlim()) / 2
    yield "50.density", scipy.stats.beta((found.pnl > 0).sum(), (found.pnl <= 0).sum()).pdf(middle)


def loadings_over_windows(returns, factors):
    """pyfolio's windows have one bar more than asked for."""
    found = timeseries.rolling_regression(returns, factors, rolling_window=62)
    for i in (62, 99, 179):
        for k, name in enumerate(("alpha", "f1", "f2")):
            yield f"{i}.{k}", found[name].iloc[i]


def live(returns, benchmark):
    before, after = returns[returns.index < LIVE], returns[returns.index >= LIVE]
    for name, part in (("before", before), ("after", after)):
        for key, value in perf_stats(part, benchmark[part.index], None, None):
            yield f"{name}.{key}", value


def cone(returns):
    """By 20,000 draws, so within their error alone."""
    before, n = returns[returns.index < LIVE], int((returns.index >= LIVE).sum())
    paths = timeseries.simulate_paths(before, n, num_samples=20000, random_seed=5)
    bounds = timeseries.summarize_paths(paths, cone_std=(1.0,), starting_value=e.cum_returns(before, 1.0).iloc[-1])
    for i in (0, 9, n - 1):
        yield f"{len(before) + i}.mean", (bounds[1.0].iloc[i] + bounds[-1.0].iloc[i]) / 2
        yield f"{len(before) + i}.deviation", (bounds[1.0].iloc[i] - bounds[-1.0].iloc[i]) / 2


def blocks(rng):
    from arch.bootstrap import optimal_block_length

    for name, rho in (("white", 0.0), ("ar3", 0.3), ("ar8", 0.8), ("minus", -0.5)):
        x = np.zeros(400)
        shock = np.round(rng.normal(0, 0.01, 400), 6)
        for i in range(400):
            x[i] = round(rho * (x[i - 1] if i else 0) + shock[i], 8)
        yield name, x, max(1, float(optimal_block_length(x)["stationary"].iloc[0]))


def main():
    rng = np.random.default_rng(23)
    returns, benchmark, factors, prices, volume, fills, held, equity = make_run(rng)
    for i, day in enumerate(returns.index):
        print(f"day,{day:%Y-%m-%d},{returns.iloc[i]!r},{benchmark.iloc[i]!r},{equity.iloc[i]!r},{factors.f1.iloc[i]!r},{factors.f2.iloc[i]!r}".replace("np.float64(", "").replace(")", ""))
        for s in SYMBOLS:
            print(f"vol,{day:%Y-%m-%d},{s},{volume.loc[day, s]:.0f}")
            if held.loc[day, s]:
                print(f"pos,{day:%Y-%m-%d},{s},{held.loc[day, s]:.0f},{float(prices.loc[day, s])!r}")
    for at, row in fills.iterrows():
        print(f"txn,{at:%Y-%m-%dT%H:%M:%SZ},{row.symbol},{row.amount},{float(row.price)!r}")
    values = held * prices
    frame = values.assign(cash=equity - values.sum(axis=1))
    tables = {"drawdown": drawdowns(returns), "trip": trips(fills, equity), "exposure": exposures(held, prices, equity, fills),
              "cost": costs(frame, returns, fills, prices, volume), "factor": regression(returns, factors), "stress": stress(returns),
              "rolling": rolling(returns, benchmark), "measure": perf_stats(returns, benchmark, frame, fills),
              "holding": holdings(frame, fills, returns), "closed": closed_trips(frame, fills, equity), "taken": volume_taken(fills, volume),
              "attribution": attribution(frame, returns, factors), "compared": compared(returns, benchmark),
              "bins": bins(returns, frame, fills, equity), "belief": belief(fills, equity), "loading": loadings_over_windows(returns, factors),
              "live": live(returns, benchmark), "cone": cone(returns)}
    for table, rows in tables.items():
        for key, value in rows:
            print(f"want,{table},{key},{float(value)!r}")
    for name, x, block in blocks(rng):
        print(f"block,{name},{block!r}," + " ".join(repr(float(v)) for v in x))


if __name__ == "__main__":
    main()
