#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Random strategies on random markets, run by zipline itself: cases for tests/oracle/chains_test.py.

A case is a market (sessions of New York, shares and futures with gaps, halts, listings and ends, splits, dividends), the
settings of a run, and a script: what is ordered, cancelled and recorded at each bar. `generate` draws one from a seed,
`write` puts it into the text that the program oracle.zipline_replay plays, `zipline_run` has zipline play it. Both
answers have the same rows.
"""
import logging
import math
import random
import warnings

import numpy as np
import pandas as pd

if not hasattr(np, "NINF"):
    np.NINF = -np.inf  # empyrical 0.5 asks for it; numpy 2 has dropped the name
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

UNITS = ("shares", "value", "percent", "target_shares", "target_value", "target_percent")
FIELDS = ("price", "open", "high", "low", "close", "volume")
ROOTS = ("ES", "CL", "GC", "TY")
FIRST_SESSION = {"daily": "2013-11-04", "minute": "2014-11-24"}


# ---------------------------------------------------------------- generation


def sessions_of(frequency, n):
    from zipline.utils.calendar_utils import get_calendar

    calendar = get_calendar("XNYS", start=pd.Timestamp("2013-01-02"), end=pd.Timestamp("2015-12-31"))
    first = calendar.sessions.get_loc(pd.Timestamp(FIRST_SESSION[frequency]))
    return calendar, calendar.sessions[first : first + n]


def walk(rng, n, gaps):
    """Bars of one asset: awkward prices, some bars without a trade, volumes from none to many."""
    price = rng.uniform(3, 90)
    bars = []
    for _ in range(n):
        if rng.random() < gaps:
            bars.append((math.nan,) * 4 + (0,))
            continue
        o = price * (1 + rng.gauss(0, 0.01))
        c = o * (1 + rng.gauss(0, 0.02))
        h, low = max(o, c) * (1 + abs(rng.gauss(0, 0.004))), min(o, c) * (1 - abs(rng.gauss(0, 0.004)))
        bars.append(tuple(round(x, 3) for x in (o, h, low, c)) + (int(rng.choice((0, 37, 240, 1900, 20000, 450000)) * rng.uniform(0.3, 2)),))
        price = c
    return bars


def minutes_to_day(minutes):
    traded = [b for b in minutes if not math.isnan(b[3])]
    if not traded:
        return (math.nan,) * 4 + (0,)
    return (traded[0][0], max(b[1] for b in traded), min(b[2] for b in traded), traded[-1][3], sum(b[4] for b in traded))


def draw_assets(rng, case):
    n = len(case["sessions"])
    kinds = ["equity"] * rng.randint(1, 4) + ["future"] * (rng.randint(1, 2) if case["futures"] else 0)
    if case["small"]:
        kinds = kinds[:1] + kinds[-1:]
    for i, kind in enumerate(kinds):
        asset = {"symbol": "%s%d" % (kind[0].upper(), i), "kind": kind, "root": "-", "multiplier": 1.0, "tick": 0.01, "first": 0, "end": 0, "auto_close": 0}
        if kind == "future":
            asset.update(root=rng.choice(ROOTS), multiplier=rng.choice((2.0, 5.0, 50.0, 1000.0)), tick=rng.choice((0.25, 0.01, 0.001, 0.5)))
        if rng.random() < 0.3 and i > 0:
            asset["first"] = rng.randint(1, max(1, case["from"] - 1 + n // 8))
        if rng.random() < 0.35 or kind == "future":
            asset["end"] = rng.randint(min(case["from"] + 1, n - 2), n - 2)
            asset["auto_close"] = asset["end"] + rng.choice((-1, 0, 1))
        case["assets"].append(asset)


def draw_chain(rng, case):
    """Contracts of one root that close one after the other, and a share."""
    n = len(case["sessions"])
    case["assets"].append({"symbol": "E0", "kind": "equity", "root": "-", "multiplier": 1.0, "tick": 0.01, "first": 0, "end": 0, "auto_close": 0})
    close, step = case["from"] // 2 + 1, max(2, n // 4)
    for i in range(8):  # the last ones close when all is over, so that there always is a next one
        case["assets"].append({"symbol": "ES%s15" % "FGHJKMNQ"[i], "kind": "future", "root": "ES", "multiplier": 50.0, "tick": 0.25, "first": min(max(0, close - 2 * step - rng.randint(0, 3)), case["from"] // 2 + i // 2), "end": close + rng.choice((1, 2)) if close + 2 < n else 0, "auto_close": close})
        close += step


def draw_bars(rng, case):
    days, per = len(case["sessions"]), case["minutes"]
    for asset in case["assets"]:
        gaps = rng.choice((0, 0, 0.08, 0.3))
        end = asset["end"] or days
        listed = range(asset["first"], end)
        if case["by_minute"]:
            minute = []
            for s in range(days):
                minute += walk(rng, per[s], gaps) if s in listed else [(math.nan,) * 4 + (0,)] * per[s]
            starts = np.concatenate(([0], np.cumsum(per)))
            asset["minute"] = minute
            asset["daily"] = [minutes_to_day(minute[starts[s] : starts[s + 1]]) for s in range(days)]
        else:
            bars = walk(rng, days, gaps)
            asset["daily"] = [bars[s] if s in listed else (math.nan,) * 4 + (0,) for s in range(days)]
            asset["minute"] = []
        first = next((b for b in asset["daily"] if not math.isnan(b[3])), None)
        asset["dead"] = first is None


def draw_actions(rng, case):
    n = len(case["sessions"])
    equities = [i for i, a in enumerate(case["assets"]) if a["kind"] == "equity"]
    for i in equities:
        for _ in range(rng.choice((0, 1, 2))):
            s = rng.randint(2, n - 2)
            case["actions"].append({"kind": "split", "session": s, "asset": i, "pay": 0, "paid": i, "ratio": rng.choice((0.5, 2 / 3, 0.25, 10.0, 3.0, 0.3333)), "amount": 0.0})
        for _ in range(rng.choice((0, 1, 3))):
            s = rng.randint(2, n - 2)
            pay = min(n - 1, s + rng.randint(0, 6)) if rng.random() < 0.85 else 0
            case["actions"].append({"kind": "dividend", "session": s, "asset": i, "pay": pay, "paid": i, "ratio": rng.uniform(0.95, 0.999), "amount": round(rng.uniform(0.05, 1.3), 3)})
        if rng.random() < 0.3:
            s = rng.randint(2, n - 2)
            case["actions"].append({"kind": "stock", "session": s, "asset": i, "pay": min(n - 1, s + rng.randint(0, 4)), "paid": rng.choice(equities), "ratio": 0.0, "amount": rng.choice((0.1, 0.05, 0.29, 0.5))})
        if rng.random() < 0.2:
            case["actions"].append({"kind": "merger", "session": rng.randint(2, n - 2), "asset": i, "pay": 0, "paid": i, "ratio": rng.uniform(0.6, 0.98), "amount": 0.0})
    seen, kept = set(), []
    for a in case["actions"]:  # one of a kind an asset and session: the tables of zipline hold no more
        if (a["kind"], a["session"], a["asset"]) not in seen:
            seen.add((a["kind"], a["session"], a["asset"]))
            kept.append(a)
    case["actions"] = sorted(kept, key=lambda a: a["session"])


def draw_settings(rng, case):
    slippage = rng.choice((None, "fixed_bps basis_points=%g volume_limit=%g" % (rng.uniform(0, 30), rng.uniform(0.01, 1)), "volume_share", "volume_share volume_limit=%g price_impact=%g" % (rng.uniform(0.01, 0.5), rng.uniform(0, 0.5)), "fixed spread=%g" % rng.uniform(0, 0.2), "none"))
    commission = rng.choice((None, "per_share cost=%g min_trade_cost=%g" % (rng.uniform(0, 0.05), rng.choice((0, 1, 5))), "per_trade cost=%g" % rng.uniform(0, 6), "per_dollar cost=%g" % rng.uniform(0, 0.01), "none"))
    settings = [("slippage", slippage), ("commission", commission)]
    if case["futures"]:
        settings.append(("future_slippage", rng.choice((None, "volatility_volume_share volume_limit=%g" % rng.uniform(0.02, 0.3), "fixed spread=%g" % rng.uniform(0, 0.2), "volume_share"))))
        settings.append(("future_commission", rng.choice((None, "per_contract cost=%g exchange_fee=%g min_trade_cost=%g" % (rng.uniform(0, 2), rng.uniform(0, 2), rng.choice((0, 3))), "per_future_trade cost=%g" % rng.uniform(0, 3), "per_trade cost=1.7", "none"))))
    settings.append(("cancel", rng.choice((None, None, "end_of_day"))))
    case["settings"] = [s for s in settings if s[1]]
    if case["controls"]:
        asset = rng.choice(case["assets"])["symbol"]
        case["settings"] += rng.sample(
            [
                ("control", "max_order_size shares=%d on_error=log" % rng.randint(10, 300)),
                ("control", "max_position_size asset=%s notional=%g on_error=log" % (asset, rng.uniform(1e3, 1e5))),
                ("control", "max_order_count count=%d on_error=log" % rng.randint(1, 4)),
                ("control", "long_only on_error=log"),
                ("restrict", "asset=%s on_error=log" % asset),
            ],
            2,
        )
        if rng.random() < 0.3:
            case["settings"].append(("control", "max_leverage limit=%g" % rng.uniform(0.3, 3)))
        if rng.random() < 0.2:
            case["settings"].append(("control", "min_leverage limit=%g days=%d" % (rng.uniform(0, 0.2), rng.randint(5, 40))))
        if rng.random() < 0.4:
            for s in sorted(rng.sample(range(len(case["sessions"])), 2)):
                case["settings"].append(("restrict", "asset=%s from=%s state=%s on_error=log" % (asset, case["sessions"][s].date(), rng.choice(("frozen", "allowed")))))
        if rng.random() < 0.4:
            case["settings"].append(("control", "asset_dates on_error=log"))


def draw_order(rng, case, a):
    asset = case["assets"][a]
    close = next((b[3] for b in asset["daily"] if not math.isnan(b[3])), 10.0)
    unit = rng.choice(("shares",) * 4 + UNITS)
    amount = rng.choice((-1, 1)) * rng.choice((rng.randint(1, 30), rng.randint(50, 900), rng.uniform(1, 60)))
    if unit in ("value", "target_value"):
        amount *= close
    if unit in ("percent", "target_percent"):
        amount = rng.choice((-1, 1, 1)) * rng.uniform(0.02, 0.8)
    limit = stop = 0.0
    style = rng.random()
    if style < 0.25 or style > 0.9:
        limit = round(close * rng.uniform(0.8, 1.25), rng.choice((2, 3, 4)))
    if 0.25 < style < 0.4 or style > 0.9:
        stop = round(close * rng.uniform(0.8, 1.25), rng.choice((2, 3, 4)))
    return ("order", a, UNITS.index(unit), amount, limit, stop)


def draw_script(rng, case):
    n_bars = sum(case["minutes"]) if case["by_minute"] else len(case["sessions"])
    busy = rng.choice((0.15, 0.4, 0.8)) * (0.05 if case["by_minute"] else 1)
    for bar in range(n_bars):
        for a in range(len(case["assets"])):
            if rng.random() < busy:
                case["script"].append((bar,) + draw_order(rng, case, a))
            if rng.random() < busy / 3:
                case["script"].append((bar, "cancel", a, rng.randint(0, 2)))
        if rng.random() < (0.6 if not case["by_minute"] else 0.02):
            a = rng.randrange(len(case["assets"]))
            if case["chain"]:
                minutes = int(case["by_minute"] and rng.random() < 0.5)
                code = rng.randrange(12 if minutes or not case["by_minute"] else 6)  # so does the present day by volume
                field = rng.randrange(len(FIELDS)) if code < 6 else rng.randint(1, 5)  # by volume what comes before a window looks ahead there
                case["script"].append((bar, "record", code, rng.choice(("contract", "chain", "chain")), rng.randint(1, 14), field, minutes))
            what = rng.choice(("price", "can_trade", "is_stale", "position", "basis", "cash", "value", "leverage", "window", "window", "window"))
            n = rng.randint(1, 12)
            field = rng.randrange(len(FIELDS))
            minutes = int(case["by_minute"] and rng.random() < 0.5)
            case["script"].append((bar, "record", a, what, n, field, minutes))
    for i in range(rng.choice((0, 1, 2)) if not case["controls"] else 0):
        date = rng.choice(("every_day", "month_start", "month_end", "week_start", "week_end"))
        time = rng.choice(("every_minute", "market_open minutes=7", "market_close minutes=11")) if case["by_minute"] else "every_minute"
        rule = "date=%s days=%d time=%s half_days=%d" % (date, rng.randint(0, 2) if date != "every_day" else 0, time, rng.randint(0, 1))
        case["rules"].append((rule, draw_order(rng, case, rng.randrange(len(case["assets"])))))


def draw_benchmark(case):
    """The first share that is there throughout and pays no stock dividend."""
    for i, a in enumerate(case["assets"]):
        stock = any(x["kind"] == "stock" and x["asset"] == i for x in case["actions"])
        if a["kind"] == "equity" and not a["end"] and a["first"] == 0 and not stock and not a["dead"]:
            case["benchmark_asset"] = i + 1
            return


def generate(seed, small=False):
    """A case: kinds of it by the seed's remainder of 6 (2: with futures, 3: by minute, 4: with controls, 5: chains)."""
    rng = random.Random(seed)
    kind = seed % 6
    by_minute = kind == 3 or (kind == 5 and rng.random() < 0.15)
    n = rng.randint(6, 7) if by_minute else rng.randint(45, 60)
    if small:
        n = 4 if by_minute else 34
    calendar, sessions = sessions_of("minute" if by_minute else "daily", n)
    case = {
        "seed": seed,
        "by_minute": by_minute,
        "chain": kind == 5,
        "futures": kind == 5 or kind in (2, 3) and rng.random() < 0.8,
        "controls": kind == 4,
        "sessions": sessions,
        "calendar": calendar,
        "minutes": [len(calendar.session_minutes(s)) for s in sessions] if by_minute else [],
        "small": small,
        "from": (1 if small else 3) if by_minute else 24,
        "capital": rng.choice((1e5, 1e7, 1e4, 3217.55)),
        "assets": [],
        "actions": [],
        "settings": [],
        "rules": [],
        "script": [],
        "changes": [],
        "benchmark": [],
        "benchmark_asset": 0,
    }
    (draw_chain if case["chain"] else draw_assets)(rng, case)
    draw_bars(rng, case)
    draw_actions(rng, case)
    draw_settings(rng, case)
    draw_script(rng, case)
    if rng.random() < 0.25:
        for s in sorted(rng.sample(range(case["from"] + 1, n), 2)):
            minute = rng.randint(1, case["minutes"][s]) if by_minute and rng.random() < 0.6 else 0
            case["changes"].append((s, minute, rng.choice((0, 1)), round(rng.uniform(-0.2, 0.9) * case["capital"], 2) if rng.random() < 0.5 else case["capital"]))
    if rng.random() < 0.25:
        draw_benchmark(case)
    elif rng.random() < 0.6:
        case["benchmark"] = [rng.gauss(0, 0.01) for _ in range(n)]
    return case


# ---------------------------------------------------------------- the text for the replay


def number(x):
    return "nan" if isinstance(x, float) and math.isnan(x) else repr(x)


def write(case, result, path):
    """Writes a case and what zipline made of it."""
    calendar, out = case["calendar"], []
    stamps = np.concatenate([calendar.session_minutes(s).asi8 for s in case["sessions"]]) if case["by_minute"] else []
    out.append("%d %d %d %d %r" % (case["by_minute"], case["from"], len(case["sessions"]), len(stamps), case["capital"]))
    early = set(calendar.early_closes)
    for s, session in enumerate(case["sessions"]):
        out.append("session %d %d %d %d %d" % (session.value // 86400 // 10**9, calendar.session_open(session).value, calendar.session_close(session).value, session in early, sum(case["minutes"][:s])))
    for stamp in stamps:
        out.append("minute %d" % stamp)
    for a in case["assets"]:
        out.append("asset %s %s %s %r %r %d %d %d" % (a["symbol"], a["kind"], a["root"], a["multiplier"], a["tick"], a["first"], a["end"], a["auto_close"]))
        for name in ("daily", "minute"):
            for b in a[name]:
                out.append("%s %s" % (name[0], " ".join(number(x) for x in b)))
    for a in case["actions"]:
        out.append("action %s %d %d %d %d %r %r" % (a["kind"], a["session"], a["asset"], a["pay"], a["paid"], a["ratio"], a["amount"]))
    for name, text in case["settings"]:
        out.append("set %s %s" % (name, text))
    for change in case["changes"]:
        out.append("change %d %d %d %r" % change)
    if case["benchmark_asset"]:
        out.append("benchmark_asset %d" % case["benchmark_asset"])
    for x in case["benchmark"]:
        out.append("benchmark %r" % x)
    for rule, order in case["rules"]:
        out.append("rule %s : %s" % (rule, " ".join(str(x) for x in order)))
    for step in case["script"]:
        out.append("step " + " ".join(repr(x) if isinstance(x, float) else str(x) for x in step))
    out.append("expect %d" % (result["error"] is not None))
    for kind, rows in (("row", "sessions"), ("trade", "trades"), ("holding", "holdings"), ("order", "orders")):
        out += [kind + " " + " ".join(number(x) for x in row) for row in result[rows]]
    with open(path, "w") as f:
        f.write("\n".join(out) + "\n")


# ---------------------------------------------------------------- zipline


def bar_reader(case, frequency, sids):
    """A reader of zipline's kind over the bars of these assets, by day or by minute."""
    from zipline.data.bar_reader import NoDataOnDate
    from zipline.data.session_bars import SessionBarReader

    calendar = case["calendar"]
    if frequency == "daily":
        index = case["sessions"]
    else:
        index = pd.DatetimeIndex(np.concatenate([calendar.session_minutes(s).asi8 for s in case["sessions"]])).tz_localize("UTC")
    column = {s: i for i, s in enumerate(sids)}
    values = {f: np.array([[b[k] for b in case["assets"][s][frequency]] for s in sids], dtype=float).T.reshape(len(index), len(sids)) for k, f in enumerate(("open", "high", "low", "close", "volume"))}

    def place(dt):
        at = pd.Timestamp(dt)
        if frequency == "daily" and at.tzinfo is not None:
            at = at.tz_localize(None)
        i = index.get_indexer([at])[0]
        if i < 0:
            raise NoDataOnDate(dt)
        return i

    class Reader(SessionBarReader):
        data_frequency = "session" if frequency == "daily" else "minute"
        trading_calendar = calendar
        first_trading_day = case["sessions"][0]
        sessions = case["sessions"]
        last_available_dt = index[-1]

        def load_raw_arrays(self, columns, start, end, assets):
            i, j = place(start), place(end)
            at = [column[int(a)] for a in assets]
            return [values[c][i : j + 1][:, at].copy() for c in columns]

        def get_value(self, sid, dt, field):
            return values[field][place(dt), column[int(sid)]]

        def get_last_traded_dt(self, asset, dt):
            at = pd.Timestamp(dt)
            if frequency == "daily" and at.tzinfo is not None:
                at = at.tz_localize(None)
            i = index.searchsorted(at, side="right")
            traded = np.nonzero(values["volume"][:i, column[int(asset)]])[0]
            return index[traded[-1]] if len(traded) else pd.NaT

    return Reader()


def asset_finder(case):
    from sqlalchemy import create_engine
    from zipline.assets import AssetDBWriter, AssetFinder

    sessions, rows = case["sessions"], {"equity": {}, "future": {}}

    start = case["calendar"].sessions.get_loc(sessions[0])

    def date(i):
        return case["calendar"].sessions[start + i]

    for sid, a in enumerate(case["assets"]):
        row = {"symbol": a["symbol"], "asset_name": a["symbol"], "start_date": date(a["first"]), "end_date": date(a["end"] - 1) if a["end"] else date(len(sessions)), "exchange": "NYSE"}
        if a["auto_close"]:
            row["auto_close_date"] = date(a["auto_close"])
        if a["kind"] == "future":
            row.update(root_symbol=a["root"], tick_size=a["tick"], multiplier=a["multiplier"], notice_date=row["end_date"], expiration_date=row["end_date"], first_traded=row["start_date"])
        rows[a["kind"]][sid] = row
    engine = create_engine("sqlite://")
    frames = {k: pd.DataFrame.from_dict(v, orient="index") for k, v in rows.items() if v}
    roots = pd.DataFrame({"root_symbol": list(ROOTS), "root_symbol_id": range(len(ROOTS)), "exchange": "NYSE"})
    AssetDBWriter(engine).write(
        equities=frames.get("equity"),
        futures=frames.get("future"),
        root_symbols=roots,
        exchanges=pd.DataFrame({"exchange": ["NYSE"], "country_code": ["US"], "canonical_name": ["NYSE"]}),
    )
    return AssetFinder(engine)


def adjustments(case):
    import sqlite3

    from zipline.data.adjustments import SQLiteAdjustmentReader, SQLiteAdjustmentWriter

    sessions = case["sessions"]
    connection = sqlite3.connect(":memory:")
    writer = SQLiteAdjustmentWriter(connection, None, overwrite=True)

    def seconds(i):
        return int(sessions[i].value // 10**9)

    def ratios(kind):
        rows = [a for a in case["actions"] if a["kind"] == kind and a["ratio"] != 0]
        return pd.DataFrame({"effective_date": np.array([seconds(a["session"]) for a in rows], dtype="int64"), "ratio": np.array([a["ratio"] for a in rows], dtype="float64"), "sid": np.array([a["asset"] for a in rows], dtype="int64")})

    def payouts(kind):
        rows = [a for a in case["actions"] if a["kind"] == kind]
        day = {"declared_date": 0, "record_date": 0}
        frame = {
            "sid": np.array([a["asset"] for a in rows], dtype="int64"),
            "ex_date": np.array([seconds(a["session"]) for a in rows], dtype="int64"),
            # 1900 stands for a dividend without a day of payment: it never comes
            "pay_date": np.array([seconds(a["pay"]) if a["pay"] else -2208988800 for a in rows], dtype="int64"),
        }
        for name, x in day.items():
            frame[name] = np.full(len(rows), x, dtype="int64")
        if kind == "dividend":
            frame["amount"] = np.array([a["amount"] for a in rows], dtype="float64")
        else:
            frame["ratio"] = np.array([a["amount"] for a in rows], dtype="float64")
            frame["payment_sid"] = np.array([a["paid"] for a in rows], dtype="int64")
        return pd.DataFrame(frame)

    for table, kind in (("splits", "split"), ("mergers", "merger"), ("dividends", "dividend")):
        writer.write_frame(table, ratios(kind))
    writer.write_dividend_payouts(payouts("dividend"))
    writer.write_stock_dividend_payouts(payouts("stock"))
    connection.commit()
    return SQLiteAdjustmentReader(connection)


def number_or_text(text):
    try:
        return float(text)
    except ValueError:
        return text


def parameters(text):
    name, *rest = text.split()
    return name, {k: number_or_text(v) for k, v in (r.split("=") for r in rest)}


def slippage_model(text):
    from zipline.finance import slippage as z

    name, p = parameters(text)
    return {
        "fixed_bps": lambda: z.FixedBasisPointsSlippage(**p),
        "volume_share": lambda: z.VolumeShareSlippage(**p),
        "fixed": lambda: z.FixedSlippage(**p),
        "none": z.NoSlippage,
        "volatility_volume_share": lambda: z.VolatilityVolumeShare(**p),
    }[name]()


def commission_model(text):
    from zipline.finance import commission as z

    name, p = parameters(text)
    return {
        "per_share": lambda: z.PerShare(**p),
        "per_trade": lambda: z.PerTrade(**p),
        "per_dollar": lambda: z.PerDollar(**p),
        "per_contract": lambda: z.PerContract(p["cost"], p["exchange_fee"], p["min_trade_cost"]),
        "per_future_trade": lambda: z.PerFutureTrade(**p),
        "none": z.NoCommission,
    }[name]()


def apply_settings(case, algo, assets):
    from zipline import api
    from zipline.finance.controls import AssetDateBounds
    from zipline.finance.asset_restrictions import RESTRICTION_STATES, HistoricalRestrictions, Restriction, StaticRestrictions

    dated = []
    by_symbol = {a["symbol"]: assets[i] for i, a in enumerate(case["assets"])}
    for name, text in case["settings"]:
        if name == "slippage":
            api.set_slippage(us_equities=slippage_model(text))
        elif name == "commission":
            api.set_commission(us_equities=commission_model(text))
        elif name == "future_slippage":
            api.set_slippage(us_futures=slippage_model(text))
        elif name == "future_commission":
            api.set_commission(us_futures=commission_model(text))
        elif name == "cancel":
            api.set_cancel_policy(api.EODCancel(warn_on_cancel=False))
        elif name == "restrict":
            p = parameters("restrict " + text)[1]
            if "from" in p:
                state = RESTRICTION_STATES.FROZEN if p["state"] == "frozen" else RESTRICTION_STATES.ALLOWED
                dated.append(Restriction(by_symbol[p["asset"]], pd.Timestamp(p["from"]), state))
            else:
                api.set_asset_restrictions(StaticRestrictions([by_symbol[p["asset"]]]), p["on_error"])
        else:
            control, p = parameters(text)
            asset = by_symbol[p["asset"]] if "asset" in p else None
            if control == "max_order_size":
                api.set_max_order_size(asset, p.get("shares"), p.get("notional"), p["on_error"])
            elif control == "max_position_size":
                api.set_max_position_size(asset, p.get("shares"), p.get("notional"), p["on_error"])
            elif control == "max_order_count":
                api.set_max_order_count(int(p["count"]), p["on_error"])
            elif control == "long_only":
                api.set_long_only(p["on_error"])
            elif control == "max_leverage":
                api.set_max_leverage(p["limit"])
            elif control == "min_leverage":
                api.set_min_leverage(p["limit"], pd.Timedelta(days=p["days"]))
            elif control == "asset_dates":
                algo.register_trading_control(AssetDateBounds(p["on_error"]))
    if dated:
        api.set_asset_restrictions(HistoricalRestrictions(dated), "log")


def event_rule(text):
    from zipline.api import date_rules, time_rules

    p = dict(x.split("=") for x in text.split())
    days = int(p["days"])
    date = {"every_day": lambda: date_rules.every_day(), "month_start": lambda: date_rules.month_start(days), "month_end": lambda: date_rules.month_end(days), "week_start": lambda: date_rules.week_start(days), "week_end": lambda: date_rules.week_end(days)}[p["date"]]()
    minutes = int(p.get("minutes", 1))
    time = {"every_minute": lambda: time_rules.every_minute(), "market_open": lambda: time_rules.market_open(minutes=minutes), "market_close": lambda: time_rules.market_close(minutes=minutes)}[p["time"]]()
    return date, time, p["half_days"] == "1"


class Player:
    """Plays a script in zipline; `play` is also what the replay in C does."""

    def __init__(self, case):
        self.case, self.bar, self.ids = case, None, {}
        self.steps = {}
        for step in case["script"]:
            self.steps.setdefault(step[0], []).append(step[1:])
        first = case["from"]
        self.next_bar = sum(case["minutes"][:first]) if case["by_minute"] else first

    def initialize(self, context):
        from zipline import api

        finder = context.asset_finder
        self.assets = finder.retrieve_all(range(len(self.case["assets"])))
        apply_settings(self.case, context, self.assets)
        for rule, order in self.case["rules"]:
            date, time, half_days = event_rule(rule)
            api.schedule_function(lambda c, d, order=order: self.order(d, *order[1:]), date, time, half_days)

    def handle_data(self, context, data):
        for step in self.steps.get(self.next_bar, ()):
            getattr(self, step[0])(data, *step[1:]) if step[0] != "record" else self.record(context, data, *step[1:])
        self.next_bar += 1

    def order(self, data, a, unit, amount, limit, stop):
        from zipline import api

        asset = self.assets[a]
        if not data.can_trade(asset) and UNITS[unit] not in ("shares", "target_shares"):
            return
        function = {"shares": api.order, "value": api.order_value, "percent": api.order_percent, "target_shares": api.order_target, "target_value": api.order_target_value, "target_percent": api.order_target_percent}[UNITS[unit]]
        id = function(asset, amount, limit_price=limit or None, stop_price=stop or None)
        if id is not None:
            self.ids[id] = len(self.ids)

    def cancel(self, data, a, k):
        from zipline import api

        orders = api.get_open_orders(self.assets[a])
        if k < len(orders):
            api.cancel_order(orders[k])

    def record(self, context, data, a, what, n, field, minutes):
        from zipline import api

        if what in ("contract", "chain"):
            # one contract is for ever active in calendars; by volume zipline's own answer looks ahead
            volume = a >= 6 and what == "chain"
            asset = api.continuous_future("ES", a % 2, "volume" if volume else "calendar", (None, "mul", "add")[a // 2 % 3])
        else:
            asset = self.assets[a]
        if what == "contract":
            contract = data.current(asset, "contract")
            value = -1 if contract is None else int(contract)
        elif what in ("window", "chain"):
            there = self.next_bar + 1 if minutes or not self.case["by_minute"] else 10**9
            if not minutes and self.case["by_minute"]:
                starts = np.cumsum(self.case["minutes"])
                there = int(np.searchsorted(starts, self.next_bar, side="right")) + 1
            n = min(n, there)
            x = data.history(asset, FIELDS[field], n, "1m" if minutes else "1d").values
            total = 0.0
            for i, v in enumerate(x):
                total += 0 if math.isnan(v) else (i + 1) * float(v)
            value = total
        else:
            position = context.portfolio.positions[asset] if what in ("position", "basis") else None
            value = {
                "price": lambda: data.current(asset, "price"),
                "can_trade": lambda: data.can_trade(asset),
                "is_stale": lambda: data.is_stale(asset),
                "position": lambda: position.amount,
                "basis": lambda: position.cost_basis,
                "cash": lambda: context.portfolio.cash,
                "value": lambda: context.portfolio.portfolio_value,
                "leverage": lambda: context.account.leverage,
            }[what]()
        api.record(**{what: float(value)})


SESSION_COLUMNS = (
    "starting_cash starting_value starting_exposure ending_cash ending_value ending_exposure portfolio_value pnl returns capital_used long_value short_value long_exposure short_exposure "
    "gross_leverage net_leverage max_leverage algorithm_period_return benchmark_period_return algo_volatility benchmark_volatility alpha beta sharpe sortino max_drawdown longs_count shorts_count trading_days"
).split()
RECORDED = ("price", "can_trade", "is_stale", "position", "basis", "cash", "value", "leverage", "window", "contract", "chain")


def zipline_run(case):
    """What zipline makes of a case: {"sessions", "trades", "holdings", "orders"}, rows of numbers, and "error"."""
    from zipline.algorithm import TradingAlgorithm
    from zipline.data.data_portal import DataPortal
    from zipline.errors import AccountControlViolation
    from zipline.finance.trading import SimulationParameters

    calendar, sessions = case["calendar"], case["sessions"]
    finder, player = asset_finder(case), Player(case)
    equities = [i for i, a in enumerate(case["assets"]) if a["kind"] == "equity"]
    futures = [i for i, a in enumerate(case["assets"]) if a["kind"] == "future"]
    # what zipline fetches ahead of time decides by volumes of the future when a chain rolled
    ahead = {"daily_history_prefetch_length": 0, "minute_history_prefetch_length": 0} if case["chain"] else {}
    portal = DataPortal(
        finder,
        calendar,
        first_trading_day=sessions[0],
        equity_daily_reader=bar_reader(case, "daily", equities) if equities else None,
        future_daily_reader=bar_reader(case, "daily", futures) if futures else None,
        equity_minute_reader=bar_reader(case, "minute", equities) if case["by_minute"] and equities else None,
        future_minute_reader=bar_reader(case, "minute", futures) if case["by_minute"] and futures else None,
        adjustment_reader=adjustments(case),
        last_available_session=sessions[-1],
        last_available_minute=calendar.session_close(sessions[-1]),
        **ahead,
    )
    parameters_ = SimulationParameters(start_session=sessions[case["from"]], end_session=sessions[-1], trading_calendar=calendar, capital_base=case["capital"], data_frequency="minute" if case["by_minute"] else "daily", emission_rate="daily")
    benchmark = pd.Series(case["benchmark"] or [0.0] * len(sessions), index=sessions)
    changes = {}
    for s, minute, target, value in case["changes"]:
        at = calendar.session_minutes(sessions[s])[minute - 1] if minute else sessions[s].tz_localize("UTC")
        changes[at] = {"type": "target" if target else "delta", "value": value}
    benchmark_ = {"benchmark_sid": finder.retrieve_asset(case["benchmark_asset"] - 1)} if case["benchmark_asset"] else {"benchmark_returns": benchmark}
    algo = TradingAlgorithm(sim_params=parameters_, data_portal=portal, asset_finder=finder, trading_calendar=calendar, initialize=player.initialize, handle_data=player.handle_data, capital_changes=changes, **benchmark_)
    packets, error = [], None
    try:
        for packet in algo.get_generator():
            if "daily_perf" in packet:
                packets.append(packet)
    except AccountControlViolation as e:
        error = str(e)
    return rows_of(case, player, packets, error)


def rows_of(case, player, packets, error):
    calendar, sessions = case["calendar"], case["sessions"]
    bars = {}
    if case["by_minute"]:
        for i, stamp in enumerate(np.concatenate([calendar.session_minutes(s).asi8 for s in sessions])):
            bars[stamp] = i
    else:
        bars = {calendar.session_close(s).value: i for i, s in enumerate(sessions)}
    out = {"sessions": [], "trades": [], "holdings": [], "orders": [], "error": error}

    def x(value):
        return math.nan if value is None else float(value)

    for i, packet in enumerate(packets):
        session = case["from"] + i
        row = {**packet["daily_perf"], **packet["cumulative_risk_metrics"]}
        recorded = row["recorded_vars"]
        out["sessions"].append([session] + [x(row[c]) for c in SESSION_COLUMNS] + [x(recorded.get(r, math.nan)) for r in RECORDED])
        for t in row["transactions"]:
            order = player.ids.get(t["order_id"], -1)
            out["trades"].append([session, bars[t["dt"].value], int(t["sid"]), order, x(t["amount"]), x(t["price"])])
        for p in row["positions"]:
            out["holdings"].append([session, int(p["sid"]), x(p["amount"]), x(p["cost_basis"]), x(p["last_sale_price"])])
        for o in row["orders"]:
            out["orders"].append([session, player.ids[o["id"]], int(o["sid"]), x(o["amount"]), x(o["filled"]), x(o["commission"]), x(o["limit"]), x(o["stop"]), int(o["status"]), bars[o["created"].value]])
    return out
