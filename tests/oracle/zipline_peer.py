# SPDX-License-Identifier: Apache-2.0
"""Plays a case (see zipline_cases.py) by zipline-reloaded itself: its writers and readers, its data portal, its TradingAlgorithm. What it leaves is put into the case:
sessions, fills, holdings, orders, recordings, and where it stopped."""
import logging
import math
import pathlib
import sqlite3
import tempfile
import traceback
import warnings

import numpy as np
import pandas as pd
import zipline.api as api
from sqlalchemy import create_engine
from zipline import TradingAlgorithm
from zipline.assets import AssetDBWriter, AssetFinder
from zipline.data.adjustments import SQLiteAdjustmentReader, SQLiteAdjustmentWriter
from zipline.data.bcolz_daily_bars import BcolzDailyBarReader, BcolzDailyBarWriter
from zipline.data.bcolz_minute_bars import BcolzMinuteBarReader, BcolzMinuteBarWriter
from zipline.data.data_portal import DataPortal
from zipline.finance import commission, slippage
from zipline.finance.asset_restrictions import RESTRICTION_STATES, HistoricalRestrictions, Restriction, StaticRestrictions
from zipline.finance.cancel_policy import EODCancel, NeverCancel
from zipline.finance.controls import AssetDateBounds
from zipline.finance.trading import SimulationParameters
from zipline.utils.calendar_utils import get_calendar
from zipline.utils.events import date_rules, time_rules

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
if not hasattr(np, "NINF"):
    np.NINF = -np.inf  # which empyrical asks of numpy 2 too
FIELDS = ("open", "high", "low", "close", "volume")
MINUTE = 60 * 10**9
ROWS = ("starting_cash", "starting_value", "starting_exposure", "ending_cash", "ending_value", "ending_exposure", "portfolio_value", "pnl", "returns", "capital_used",
        "long_value", "short_value", "long_exposure", "short_exposure", "gross_leverage", "net_leverage", "longs_count", "shorts_count")
RISKS = ("algorithm_period_return", "benchmark_period_return", "algo_volatility", "benchmark_volatility", "alpha", "beta", "sharpe", "sortino", "max_drawdown", "max_leverage",
         "trading_days")


def value(text):
    try:
        return float(text)
    except ValueError:
        return text


def words(text):
    """A name and its k=v pairs."""
    name, *pairs = text.split()
    return name, {k: value(v) for k, v in (p.split("=") for p in pairs)}


def days_of(case):
    return [pd.Timestamp(d, unit="D") for d in case["sessions"]["day"]]


def calendar_of(case):
    return get_calendar(case.get("exchange", "XNYS"))


def day_at(case, days, i):
    """The i-th session of a case, or one of the calendar after its last."""
    return days[i] if i < len(days) else calendar_of(case).sessions_window(days[-1], i - len(days) + 2)[-1]


EACH = 100  # numbers of assets a case


def find_assets(cases):
    """One data base of assets for all cases, since writing one takes longest: case k has the numbers from k * EACH on."""
    equities, futures = {}, {}
    for k, case in enumerate(cases):
        days = days_of(case)
        far = days[-1] + pd.Timedelta(days=400)
        for i, a in enumerate(case["assets"]):
            name, future = f"{a['symbol']}{k}", a["kind"] == "future"
            close = day_at(case, days, a["auto_close"]) if a["auto_close"] else far + pd.Timedelta(days=1) if future else pd.NaT
            row = {"symbol": name, "asset_name": name, "start_date": days[a["first"]], "end_date": days[a["end"] - 1] if a["end"] else far, "auto_close_date": close, "exchange": case.get("exchange", "XNYS")}
            if future:
                row.update(root_symbol=a["root"], notice_date=row["end_date"], expiration_date=row["end_date"], tick_size=a["tick"], multiplier=a["multiplier"])
            (futures if future else equities)[k * EACH + i] = row
    names = sorted({case.get("exchange", "XNYS") for case in cases})  # can_trade asks the calendar of an asset's exchange
    tables = {"exchanges": pd.DataFrame({"exchange": names, "country_code": "US", "canonical_name": names})}
    if equities:
        tables["equities"] = pd.DataFrame(list(equities.values()), index=list(equities))
    if futures:
        roots = sorted({f["root_symbol"] for f in futures.values()})
        tables["futures"] = pd.DataFrame(list(futures.values()), index=list(futures))
        tables["root_symbols"] = pd.DataFrame({"root_symbol": roots, "root_symbol_id": range(1, len(roots) + 1), "exchange": names[0]})
    engine = create_engine("sqlite:///:memory:")
    AssetDBWriter(engine).write(**tables)
    return AssetFinder(engine)


class Bench:
    """The market of a case, written by zipline's writers into a folder, and read back by its readers."""

    def __init__(self, case, finder, base, folder):
        self.case, self.folder, self.base = case, folder, base
        self.calendar = calendar_of(case)
        self.days = days_of(case)
        assert list(self.calendar.sessions_in_range(self.days[0], self.days[-1])) == self.days
        self.minutes = self.minutes_of_sessions() if case["by_minute"] else None
        daily = {kind: self.write_daily(kind) for kind in ("equity", "future")}
        minute = {kind: self.write_minute(kind) for kind in ("equity", "future")}
        self.adjustments = self.write_adjustments(daily["equity"])
        self.portal = DataPortal(finder, self.calendar, first_trading_day=self.days[0], equity_daily_reader=daily["equity"], future_daily_reader=daily["future"],
                                 equity_minute_reader=minute["equity"], future_minute_reader=minute["future"], adjustment_reader=self.adjustments,
                                 # what is fetched ahead of time decides by volumes of the future when a chain rolled
                                 **({"daily_history_prefetch_length": 0, "minute_history_prefetch_length": 0} if case.get("chained") else {}))
        self.assets = [finder.retrieve_asset(base + i) for i in range(len(case["assets"]))]

    def minutes_of_sessions(self):
        s = self.case["sessions"]
        return np.concatenate([np.arange(o + 1, c + 1) for o, c in zip(s["open"], s["close"])]) * MINUTE

    def of_kind(self, kind):
        return [(self.base + i, a) for i, a in enumerate(self.case["assets"]) if a["kind"] == kind]

    def write_daily(self, kind):
        assets = self.of_kind(kind)
        if not assets:
            return None
        path = f"{self.folder}/daily_{kind}"

        def frames():
            for i, a in assets:
                span = slice(a["first"], a["end"] or None)
                frame = pd.DataFrame({f: np.array(a["daily"][f][span], float) * (1 if f == "volume" else 0.001) for f in FIELDS}, index=self.days[span])
                yield i, frame

        BcolzDailyBarWriter(path, self.calendar, self.days[0], self.days[-1]).write(frames())
        return BcolzDailyBarReader(path)

    def write_minute(self, kind):
        assets = self.of_kind(kind)
        if not assets or self.minutes is None:
            return None
        path = f"{self.folder}/minute_{kind}"
        pathlib.Path(path).mkdir()
        times = pd.DatetimeIndex(self.minutes, tz="UTC")

        def frames():
            for i, a in assets:
                bars, columns = a["minute"], {}
                for f in FIELDS:
                    columns[f] = np.zeros(len(times))
                    columns[f][np.array(bars["at"], int)] = np.array(bars[f], float) * (1 if f == "volume" else 0.001)
                yield i, pd.DataFrame(columns, index=times)

        BcolzMinuteBarWriter(path, self.calendar, self.days[0], self.days[-1], max(c - o for o, c in zip(*(self.case["sessions"][k] for k in ("open", "close"))))).write(frames())
        return BcolzMinuteBarReader(path)

    def write_adjustments(self, daily):
        acts, memory = self.case["actions"], sqlite3.connect(":memory:")

        def scaled(kind):
            rows = [(self.days[a["session"]], a["ratio"], self.base + a["asset"]) for a in acts if a["kind"] == kind]
            return pd.DataFrame(rows, columns=["effective_date", "ratio", "sid"]) if rows else None

        def paid(kind, columns, row):
            rows = [row(a) for a in acts if a["kind"] == kind]
            if not rows:
                return None
            frame = pd.DataFrame(rows, columns=columns)
            for c in columns:
                if c.endswith("_date"):
                    frame[c] = pd.to_datetime(frame[c]).astype("datetime64[ns]")
            return frame

        dates = lambda a: (self.days[a["session"]], self.days[a["session"]], self.days[a["session"]], self.days[a["pay"]] if a["pay"] else pd.NaT)
        heads = ["ex_date", "declared_date", "record_date", "pay_date"]
        cash = paid("dividend", ["sid", "amount"] + heads, lambda a: (self.base + a["asset"], a["amount"]) + dates(a))
        stock = paid("stock_dividend", ["sid", "ratio", "payment_sid"] + heads, lambda a: (self.base + a["asset"], a["amount"], self.base + a["paid"]) + dates(a))
        SQLiteAdjustmentWriter(memory, daily).write(splits=scaled("split"), mergers=scaled("merger"), dividends=cash, stock_dividends=stock)
        reader = SQLiteAdjustmentReader(memory)
        known = reader.conn.execute("select sid, effective_date, ratio from dividends").fetchall()
        for a in acts:  # what zipline scales histories by, from the close before
            if a["kind"] == "dividend":
                found = [r for sid, at, r in known if sid == self.base + a["asset"] and at == self.days[a["session"]].value // 10**9]
                same = [x for x in acts if x["kind"] == "dividend" and (x["asset"], x["session"]) == (a["asset"], a["session"])]
                a["ratio"] = found[[x is a for x in same].index(True)] if len(found) == len(same) else 0
        return reader


SLIPPAGES = {
    "fixed": lambda p: slippage.FixedSlippage(**p),
    "fixed_bps": lambda p: slippage.FixedBasisPointsSlippage(**p),
    "none": lambda p: slippage.NoSlippage(),
    "volume_share": lambda p: slippage.VolumeShareSlippage(**p),
    "volatility_volume_share": lambda p: slippage.VolatilityVolumeShare(p.get("volume_limit", 0.05), **({"eta": p["eta"]} if "eta" in p else {})),
}


def per_contract(p):
    fee = p.get("exchange_fee", -1)
    from zipline.finance.constants import FUTURE_EXCHANGE_FEES_BY_SYMBOL as fees
    return commission.PerContract(p.get("cost", 0.85), fees if fee < 0 else fee, p.get("min_trade_cost", 0))


COMMISSIONS = {
    "none": lambda p: commission.NoCommission(),
    "per_share": lambda p: commission.PerShare(p.get("cost", 0.001), p.get("min_trade_cost", 0)),
    "per_trade": lambda p: commission.PerTrade(p.get("cost", 0)),
    "per_dollar": lambda p: commission.PerDollar(p.get("cost", 0.0015)),
    "per_contract": per_contract,
    "per_future_trade": lambda p: commission.PerFutureTrade(p.get("cost", 0)),
}


class Player:
    """The call-backs of a case, as zipline calls them."""

    def __init__(self, bench):
        self.bench, self.case = bench, bench.case
        self.script = {e["at"]: e["ops"] for e in self.case["script"]}
        self.before = {e["at"]: e["ops"] for e in self.case["before"]}
        s = self.case["sessions"]
        times = bench.minutes if self.case["by_minute"] else np.array(s["close"]) * MINUTE
        self.bar_of = {int(t): i for i, t in enumerate(times)}
        self.session_of = {int(pd.Timestamp(d).value): i for i, d in enumerate(bench.days)}
        self.costs = []

    # ---- set-up
    def initialize(self, context):
        self.algo = api.get_algo_instance() if hasattr(api, "get_algo_instance") else None
        static, dated = [], []
        kinds = {"equity": {}, "future": {}}
        for name, text in zip(self.case["settings"][::2], self.case["settings"][1::2]):
            self.set(name, text, kinds, static, dated)
        for kind, key in (("equity", "us_equities"), ("future", "us_futures")):
            if "slippage" in kinds[kind]:
                api.set_slippage(**{key: kinds[kind]["slippage"]})
            if "commission" in kinds[kind]:
                api.set_commission(**{key: kinds[kind]["commission"]})
        self.watch_costs(context)
        for rule in self.case["schedule"]:
            self.schedule(rule)

    def set(self, name, text, kinds, static, dated):
        word, p = words(text)
        if name in ("slippage", "future_slippage"):
            kinds["future" if name[0] == "f" else "equity"]["slippage"] = SLIPPAGES[word](p)
        elif name in ("commission", "future_commission"):
            kinds["future" if name[0] == "f" else "equity"]["commission"] = COMMISSIONS[word](p)
        elif name == "cancel":
            api.set_cancel_policy(EODCancel(warn_on_cancel=False) if text == "end_of_day" else NeverCancel())
        elif name == "control":
            self.control(word, p)
        elif name == "restrict":
            self.restrict(words("restrict " + text)[1])
        else:
            raise KeyError(name)

    def asset(self, symbol):
        return next(a for a, c in zip(self.bench.assets, self.case["assets"]) if c["symbol"] == symbol)

    def control(self, word, p):
        on_error = p.get("on_error", "fail")
        if word in ("max_order_size", "max_position_size"):
            getattr(api, "set_" + word)(asset=self.asset(p["asset"]) if "asset" in p else None, max_shares=int(p["shares"]) if "shares" in p else None,
                                        max_notional=p.get("notional"), on_error=on_error)
        elif word == "max_order_count":
            api.set_max_order_count(int(p["count"]), on_error=on_error)
        elif word == "long_only":
            api.set_long_only(on_error=on_error)
        elif word == "max_leverage":
            api.set_max_leverage(p["limit"])
        elif word == "min_leverage":
            api.set_min_leverage(p["limit"], pd.Timedelta(days=int(p.get("days", 0))))
        elif word == "asset_dates":
            self.context.register_trading_control(AssetDateBounds(on_error=on_error))
        else:
            raise KeyError(word)

    def restrict(self, p):
        asset = self.asset(p["asset"])
        if "from" in p:
            state = RESTRICTION_STATES.FROZEN if p.get("state", "frozen") == "frozen" else RESTRICTION_STATES.ALLOWED
            made = HistoricalRestrictions([Restriction(asset, pd.Timestamp(p["from"], tz="UTC"), state)])
        else:
            made = StaticRestrictions([asset])
        api.set_asset_restrictions(made, on_error=p.get("on_error", "fail"))

    def schedule(self, rule):
        _, p = words("rule " + rule["rule"])
        days = int(p.get("days", 0))
        date = p.get("date", "every_day")
        date = date_rules.every_day() if date == "every_day" else getattr(date_rules, date)(days)
        time = p.get("time", "every_minute")
        time = time_rules.every_minute() if time == "every_minute" else getattr(time_rules, time)(**{k: int(p[k]) for k in ("hours", "minutes") if k in p})
        api.schedule_function(lambda context, data: self.play(rule["ops"], data), date, time, half_days=bool(p.get("half_days", 1)))

    def watch_costs(self, context):
        """Keeps what each fill was charged, which zipline's transactions do not say."""
        for model in set(context.blotter.commission_models.values()):
            def watched(order, transaction, calculate=model.calculate):
                self.costs.append(calculate(order, transaction))
                return self.costs[-1]
            model.calculate = watched

    # ---- a moment
    def handle_data(self, context, data):
        self.play(self.script.get(self.bar_of[context.datetime.value], ()), data)

    def before_trading_start(self, context, data):
        day = context.datetime.tz_convert(None).normalize()
        self.play(self.before.get(self.session_of[day.value], ()), data)

    def play(self, ops, data):
        for op in ops:
            getattr(self, op["do"])(op, data)

    def open_orders(self):
        return [o for orders in api.get_open_orders().values() for o in orders]

    def order(self, op, data):
        names = {"shares": "order", "value": "order_value", "percent": "order_percent", "target_shares": "order_target", "target_value": "order_target_value",
                 "target_percent": "order_target_percent"}
        getattr(api, names[op["unit"]])(self.bench.assets[op["asset"]], op["amount"], limit_price=op.get("limit"), stop_price=op.get("stop"))

    def cancel(self, op, data):
        orders = self.open_orders()
        if orders:
            api.cancel_order(orders[op["k"] % len(orders)])

    def all_orders(self):
        return list(self.context.blotter.orders)

    def cancel_any(self, op, data):
        """Of orders that are filled or cancelled too."""
        orders = self.all_orders()
        if orders:
            api.cancel_order(orders[op["k"] % len(orders)])

    def record(self, op, data):
        value = getattr(self, "see_" + op["what"])(op, data)
        api.record(**{op["name"]: math.nan if value is None else float(value)})

    def see_value(self, op, data):
        return data.current(self.bench.assets[op["asset"]], op["field"])

    def see_history(self, op, data):
        return self.row_of(op, data.history(self.bench.assets[op["asset"]], op["field"], op["n"], "1m" if op["minutes"] else "1d").values)

    @staticmethod
    def row_of(op, x):
        """One row of a history, or the sum of those that are there."""
        if op["take"] >= 0:
            return x[op["take"]]
        total = 0.0
        for v in x:
            total += 0.0 if np.isnan(v) else float(v)
        return total

    @staticmethod
    def chain(op):
        return api.continuous_future(op["root"], op["offset"], "volume" if op["volume"] else "calendar", (None, "mul", "add")[op["adjust"]])

    def see_contract(self, op, data):
        contract = data.current(self.chain(op), "contract")
        return -1 if contract is None else int(contract) - self.bench.base

    def see_contracts(self, op, data):
        """Which are listed now, and in what order."""
        return sum((i + 1) * (int(c) - self.bench.base) for i, c in enumerate(data.current_chain(self.chain(op))))

    def see_chain(self, op, data):
        return self.row_of(op, data.history(self.chain(op), op["field"], op["n"], "1m" if op["minutes"] else "1d").values)

    def see_can_trade(self, op, data):
        return data.can_trade(self.bench.assets[op["asset"]])

    def see_is_stale(self, op, data):
        return data.is_stale(self.bench.assets[op["asset"]])

    def see_account(self, op, data):
        p, a = self.context.portfolio, self.context.account
        return {"cash": lambda: p.cash, "portfolio_value": lambda: p.portfolio_value, "positions_value": lambda: p.positions_value, "positions_exposure": lambda: p.positions_exposure,
                "starting_cash": lambda: p.starting_cash, "pnl": lambda: p.pnl, "returns": lambda: p.returns, "gross_leverage": lambda: a.leverage,
                "net_leverage": lambda: a.net_leverage, "n_positions": lambda: len(p.positions)}[op["field"]]()

    def see_position(self, op, data):
        positions, asset = self.context.portfolio.positions, self.bench.assets[op["asset"]]
        if asset not in positions:
            return 0
        return {"amount": positions[asset].amount, "cost_basis": positions[asset].cost_basis, "last_price": positions[asset].last_sale_price}[op["field"]]

    def see_order(self, op, data):
        orders = self.all_orders()
        return float(getattr(api.get_order(orders[op["k"] % len(orders)]), op["field"])) if orders else -1

    def see_open_orders(self, op, data):
        return len(self.open_orders())


def number(x):
    return math.nan if x is None else float(x)


class Harvest:
    """What zipline's packets say, as the columns of a case."""

    def __init__(self, player):
        self.player, self.case, self.base = player, player.case, player.bench.base
        self.sessions = {n: [] for n in ROWS + RISKS}
        self.sessions["session"] = []
        self.fills = {n: [] for n in ("session", "bar", "asset", "order", "amount", "price", "commission")}
        self.holdings = {n: [] for n in ("session", "asset", "amount", "cost_basis", "last_price")}
        self.orders = {n: [] for n in ("session", "id", "asset", "created", "changed", "amount", "filled", "commission", "limit", "stop", "limit_reached", "stop_reached", "status")}
        self.minutes = {n: [] for n in ("bar",) + ROWS + RISKS}
        self.recorded = {}
        self.n_costs = 0

    def add(self, packet, blotter):
        day, risk = packet["daily_perf"], packet["cumulative_risk_metrics"]
        last = pd.Timestamp(day["period_close"]) - pd.Timedelta(minutes=1)  # of a session that ends at midnight
        session = self.player.session_of[last.tz_convert(None).normalize().value]
        number_of = {order: i for i, order in enumerate(blotter.orders)}
        self.sessions["session"].append(session)
        for n in ROWS:
            self.sessions[n].append(number(day[n]))
        for n in RISKS:
            self.sessions[n].append(number(packet["cumulative_risk_metrics"].get(n, packet["cumulative_perf"].get(n)) if n in risk or n in packet["cumulative_perf"] else day[n]))
        for t in day["transactions"]:
            known = t["order_id"] is not None
            cost = self.player.costs[self.n_costs] if known else 0
            self.n_costs += known
            self.row(self.fills, session, self.player.bar_of[t["dt"].value], int(t["sid"]) - self.base, number_of[t["order_id"]] if known else -1, t["amount"], t["price"], cost)
        for p in day["positions"]:
            self.row(self.holdings, session, int(p["sid"]) - self.base, p["amount"], p["cost_basis"], p["last_sale_price"])
        for o in day["orders"]:
            self.row(self.orders, session, number_of[o["id"]], int(o["sid"]) - self.base, self.player.bar_of[o["created"].value], self.player.bar_of[o["dt"].value], o["amount"], o["filled"],
                     o["commission"], number(o["limit"]), number(o["stop"]), o["limit_reached"], o["stop_reached"], int(o["status"]))
        for name, value in day["recorded_vars"].items():
            self.recorded.setdefault(name, [math.nan] * (len(self.sessions["session"]) - 1)).append(number(value))

    def add_minute(self, packet):
        minute, risk, whole = packet["minute_perf"], packet["cumulative_risk_metrics"], packet["cumulative_perf"]
        self.minutes["bar"].append(self.player.bar_of[pd.Timestamp(minute["period_close"]).value])
        for n in ROWS:
            self.minutes[n].append(number(minute[n]))
        for n in RISKS:
            self.minutes[n].append(number(risk[n] if n in risk else whole[n]))

    @staticmethod
    def row(table, *values):
        for column, value in zip(table.values(), values):
            column.append(float(value))


def run(cases):
    """Plays cases and keeps what came of each in its "expected"; those in which zipline divides by a worth of exactly 0 are no cases, and left out."""
    finder = find_assets(cases)
    for k, case in enumerate(cases):
        if case.get("chained"):  # a root names all of its contracts, so each case has its own
            play(case, find_assets([case]), 0)
        else:
            play(case, finder, k * EACH)
    return [case for case in cases if "expected" in case]


def play(case, finder, base):
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(case, finder, base, folder)
        player = Player(bench)
        params = SimulationParameters(start_session=bench.days[case["from"]], end_session=bench.days[case["to"] - 1], trading_calendar=bench.calendar,
                                      capital_base=case["capital"], data_frequency="minute" if case["by_minute"] else "daily", emission_rate=case.get("emission", "daily"))
        changes = {}
        for c in case["changes"]:
            s = case["sessions"]
            at = bench.days[c["session"]].tz_localize("UTC") if c["minute"] == 0 else pd.Timestamp((s["open"][c["session"]] + c["minute"]) * MINUTE, tz="UTC")
            changes[at] = {"type": "target" if c["is_target"] else "delta", "value": c["value"]}
        benchmark = case["benchmark"]
        returns = pd.Series(benchmark["returns"] if "returns" in benchmark else 0.0, index=pd.DatetimeIndex(bench.days))
        algo = TradingAlgorithm(sim_params=params, data_portal=bench.portal, capital_changes=changes, trading_calendar=bench.calendar,
                                benchmark_sid=base + benchmark["asset"] if "asset" in benchmark else None, benchmark_returns=None if "asset" in benchmark else returns,
                                initialize=player.initialize, handle_data=player.handle_data,
                                before_trading_start=player.before_trading_start if case["before"] else None)
        player.context = algo
        harvest, stopped = Harvest(player), None
        try:
            for packet in algo.get_generator():
                if "daily_perf" in packet:
                    harvest.add(packet, algo.blotter)
                elif "minute_perf" in packet:
                    harvest.add_minute(packet)
        except ZeroDivisionError as error:
            raised_in = traceback.extract_tb(error.__traceback__)[-1].filename
            if "zipline/finance/" not in raised_in:
                raise
            bench.adjustments.close()
            return
        except Exception as error:
            if type(error).__module__.split(".")[0] != "zipline":
                raise
            stopped = f"{type(error).__name__}: {error}"
        bench.adjustments.close()
    case["expected"] = {"stopped": stopped, "sessions": harvest.sessions, "fills": harvest.fills, "holdings": harvest.holdings, "orders": harvest.orders,
                        "recorded": [{"name": n, "values": v} for n, v in harvest.recorded.items()]}
    if "emission" in case:
        case["expected"]["minutes"] = harvest.minutes
