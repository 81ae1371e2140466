# SPDX-License-Identifier: Apache-2.0
"""Makes cases from a seed: a market, settings and a script that zipline and the library play alike.

A case is a map that is written as JSON. Bars are in thousandths (0: no trade); `at` counts sessions of the market, in cases by minute its minutes. Numbers are awkward on
purpose: odd lots, prices at the tick, gaps, halts over a split, delistings with holdings, orders beyond the volume."""
import datetime
import random

import exchange_calendars
from exchange_calendars.always_open import AlwaysOpenCalendar

FIELDS = ("open", "high", "low", "close", "volume")
EPOCH = datetime.date(1970, 1, 1)
# Months with half days (2015-11-27, 2015-12-24, 2016-11-25, 2017-07-03, 2017-11-24) come up more often.
MONTHS = ((2015, 10), (2015, 11), (2015, 12), (2016, 2), (2016, 10), (2016, 11), (2017, 6), (2017, 10), (2018, 1), (2018, 11), (2019, 6), (2019, 11))


class CoinCalendar(AlwaysOpenCalendar):
    """24/7 with a day that ends a minute before midnight, as that of zipline did until exchange_calendars 3. Since its day ends at midnight zipline's days come a session late: by day
    it makes a session's label (its midnight) of the time, and looks up the session of that again, which now is the one before. By minute, where it does not, its own calendar will do."""

    name = "COIN"
    close_times = ((None, datetime.time(23, 59)),)
    close_offset = 0


exchange_calendars.register_calendar_type("COIN", CoinCalendar)


def calendar(name, year, month, months):
    """The sessions of whole months, and of the weeks these begin and end in."""
    last = month + months
    first, end = datetime.date(year, month, 1), datetime.date(year + (last - 1) // 12, (last - 1) % 12 + 1, 1) - datetime.timedelta(days=1)
    monday, sunday = first - datetime.timedelta(days=first.weekday()), end + datetime.timedelta(days=6 - end.weekday())
    market = exchange_calendars.get_calendar(name, side="right")
    days = market.sessions_in_range(str(monday), str(sunday))
    minutes = lambda times: [int(t.value // (60 * 10**9)) for t in times]
    opens, closes = minutes(market.opens[days]), minutes(market.closes[days])
    inner = [i for i, d in enumerate(days) if first <= d.date() <= end]
    return {"day": [(d.date() - EPOCH).days for d in days], "open": opens, "close": closes, "half": [int(c - o < max(e - s for s, e in zip(opens, closes))) for o, c in zip(opens, closes)]}, inner[0], inner[-1] + 1


class Maker:
    def __init__(self, seed, by_minute=False, assets=(1, 4), months=2, futures=0.0, exchange="XNYS"):
        self.r = r = random.Random(seed)
        year, month = r.choice(MONTHS)
        self.case = c = {"name": str(seed), "by_minute": by_minute, "capital": r.choice((1e3, 98765.43, 1e6, 1e7, 123456789.1)), "settings": [], "changes": [], "benchmark": {},
                         "schedule": [], "before": [], "script": [], "actions": [], "assets": []}
        c["sessions"], first, end = calendar(exchange, year, month, months)
        if exchange != "XNYS":
            c["exchange"] = exchange
        c["calendar"] = r.choice(("24/7" if exchange == "COIN" else exchange, ""))  # without one, rules count the sessions of the market
        n = self.n = len(c["sessions"]["day"])
        length = r.randint(2, 3) if by_minute else r.randint(10, 30)
        c["from"] = max(1, r.randint(first, end - length))
        c["to"] = min(end, c["from"] + length)
        for i in range(r.randint(*assets)):
            self.add_asset(i, r.random() < futures)

    # ---------------------------------------------------------------- market
    def chance(self, p):
        return self.r.random() < p

    def add_asset(self, i, future):
        a = {"symbol": "ABCDEFGH"[i] * (1 + future), "kind": "future" if future else "equity", "first": 0, "end": 0, "auto_close": 0, "root": "", "multiplier": 0, "tick": 0.01}
        if future:
            a.update(root=self.r.choice(("ES", "CL", "GC", "ZZ")), multiplier=self.r.choice((1, 5, 50, 0.5)), tick=self.r.choice((0.01, 0.25, 0.005)))
        self.case["assets"].append(a)
        a["daily"] = self.daily_bars()

    def bar(self, before, volume):
        r = self.r
        close = max(2, round(before * (1 + r.gauss(0, 0.03))))
        open_ = max(2, round(before * (1 + r.gauss(0, 0.01))))
        high, low = max(open_, close) + r.randint(0, 1 + before // 50), max(1, min(open_, close) - r.randint(0, 1 + before // 50))
        return open_, high, low, close, volume

    def volume(self, typical):
        return self.r.choice((1, 7, 39, 41)) if self.chance(0.05) else 1 + int(typical * self.r.lognormvariate(0, 0.7))

    def daily_bars(self):
        r, rows = self.r, []
        price = r.choice((r.randint(500, 5000), r.randint(10000, 90000), 23847, r.randint(100000, 900000)))
        typical, gaps, halt = r.choice((150, 4000, 90000, 5_000_000)), r.choice((0, 0, 0.08)), r.choice((0, 0, 3))
        halted, quotes = r.randint(0, self.n - 1), r.choice((0, 0, 0, 0.1))  # a quote: prices without a trade
        for s in range(self.n):
            if self.chance(gaps) or (halt and halted <= s < halted + halt):
                rows.append((0, 0, 0, 0, 0))
                continue
            rows.append(self.bar(price, 0 if self.chance(quotes) else self.volume(typical)))
            price = rows[-1][3]
        return {f: [row[k] for row in rows] for k, f in enumerate(FIELDS)}

    def close(self, asset, session):
        """The last close, in money."""
        closes = self.case["assets"][asset]["daily"]["close"]
        while session > 0 and closes[session] == 0:
            session -= 1
        return closes[session] * 0.001 or 10.0

    def rescale(self, asset, session, ratio):
        """As markets do on the day of a split: earlier holders have 1 / ratio as many shares, each worth `ratio`."""
        bars = self.case["assets"][asset]["daily"]
        for s in range(session, self.n):
            for f in FIELDS[:4]:
                bars[f][s] = max(1, round(bars[f][s] * ratio)) if bars[f][s] else 0
            if bars["volume"][s]:
                bars["volume"][s] = max(1, int(bars["volume"][s] / ratio))

    def halt(self, asset, first, end):
        bars = self.case["assets"][asset]["daily"]
        for s in range(max(0, first), min(self.n, end)):
            for f in FIELDS:
                bars[f][s] = 0

    def inside(self):
        """A session of the run, mostly."""
        return self.r.randint(max(1, self.case["from"] - 3), self.case["to"] - 1)

    def add_split(self, asset):
        r, session = self.r, self.inside()
        ratio = r.choice((0.5, 0.5, 2 / 3, 0.1, 0.3333, 3.0, 10.0, 7.0, 0.9523809523809523))
        if ratio < 1 and min([c for c in self.case["assets"][asset]["daily"]["close"] if c] or [0]) < 100:
            ratio = 3.0
        self.case["actions"].append({"kind": "split", "session": session, "asset": asset, "ratio": ratio, "pay": 0, "paid": 0, "amount": 0})
        if self.chance(0.8):
            self.rescale(asset, session, ratio)
        if self.chance(0.3):
            self.halt(asset, session - r.randint(0, 2), session + r.randint(1, 3))

    def add_paid(self, kind, asset):
        r, session = self.r, self.inside()
        pay = r.choice((session, session + 1, session + r.randint(2, 8), 0))
        amount = r.choice((0.37, 1.5, 0.005, 0.0123456, self.close(asset, session) * r.choice((0.02, 0.3, 1.2)))) if kind == "dividend" else r.choice((0.1, 0.05, 1.0, 1 / 3))
        paid = r.randrange(len(self.case["assets"])) if kind == "stock_dividend" else asset
        if self.case["assets"][paid]["kind"] == "future":
            paid = asset
        self.case["actions"].append({"kind": kind, "session": session, "asset": asset, "ratio": 0, "pay": pay if pay < self.n else 0, "paid": paid, "amount": amount})

    def crash(self, asset):
        """Prices that fall to next to nothing, or rise many times over, from one session to the next."""
        bars, r = self.case["assets"][asset]["daily"], self.r
        session, factor = self.inside(), r.choice((0.02, 0.1, 4, 30))
        for s in range(session, self.n):
            for f in FIELDS[:4]:
                bars[f][s] = max(1, round(bars[f][s] * factor)) if bars[f][s] else 0

    def add_actions(self, most):
        """Splits, dividends and mergers; the latter scale histories alone."""
        r, c = self.r, self.case
        equities = [i for i, a in enumerate(c["assets"]) if a["kind"] == "equity"]
        for _ in range(r.randint(1, most) if equities else 0):
            kind, asset = r.choice(("split", "split", "dividend", "dividend", "dividend", "stock_dividend", "merger")), r.choice(equities)
            if c["actions"] and self.chance(0.3):  # two on one day
                self.inside = lambda at=c["actions"][-1]["session"]: at
            else:
                self.__dict__.pop("inside", None)
            if kind == "split":
                self.add_split(asset)
            elif kind == "merger":
                c["actions"].append({"kind": kind, "session": self.inside(), "asset": asset, "ratio": r.choice((0.25, 0.87, 1.5)), "pay": 0, "paid": 0, "amount": 0})
            else:
                self.add_paid(kind, asset)
        self.__dict__.pop("inside", None)
        c["actions"].sort(key=lambda a: a["session"])

    def add_chain(self, close, step):
        """Contracts of one root that close one after the other; the last ones when all is over, so that there always is a next one."""
        r, c = self.r, self.case
        c["chained"] = True
        for i, month in enumerate("FGHJKMNQUVX"):
            a = {"symbol": "ES" + month, "kind": "future", "root": "ES", "multiplier": 50, "tick": 0.25, "auto_close": close}
            a["first"] = min(max(0, close - 2 * step - r.randint(0, 3)), c["from"] // 2 + i // 2)
            a["end"] = close + r.choice((1, 2)) if close + 2 < self.n else 0
            c["assets"].append(a)
            a["daily"] = self.daily_bars()
            self.halt(len(c["assets"]) - 1, 0, a["first"])
            if a["end"]:
                self.halt(len(c["assets"]) - 1, a["end"], self.n)
            close += step

    def look_at_chain(self, k, session, minute=0):
        """What zipline answers without a look ahead: the contract now by the calendar alone, and by volume neither prices carried forward nor a day that is not over."""
        r, by_minute = self.r, self.case["by_minute"]
        op = {"do": "record", "name": f"c{k}", "what": r.choice(("contract", "contracts", "chain", "chain", "chain")), "root": "ES", "offset": r.choice((0, 0, 1)), "volume": False, "adjust": r.randrange(3)}
        if op["what"] == "chain":
            op["minutes"] = bool(by_minute and r.random() < 0.5)
            op["volume"] = bool((op["minutes"] or not by_minute) and r.random() < 0.5)
            op["n"] = r.randint(1, min(minute + 1, 400)) if op["minutes"] else r.randint(1, min(session + 1, 14))
            op["field"] = r.choice(FIELDS if op["volume"] else ("price",) + FIELDS)
            op["take"] = r.choice((-1, -1, 0, op["n"] - 1, op["n"] // 2))
        return op

    def list_late(self, asset):
        self.halt(asset, 0, 1)
        a = self.case["assets"][asset]
        a["first"] = self.r.randint(1, self.case["to"] - 1)
        self.halt(asset, 0, a["first"])

    def delist(self, asset):
        """No bars from `end` on; what is held is closed some sessions later, or never."""
        a, r = self.case["assets"][asset], self.r
        a["end"] = r.randint(max(a["first"] + 1, self.case["from"] - 1), self.case["to"])
        a["auto_close"] = r.choice((0, a["end"] - 1, a["end"], a["end"] + 2))
        if a["kind"] == "future":  # which always has one
            a["auto_close"] = r.choice((max(1, a["end"] - 3), a["end"] - 1, a["end"] + 1))
        if a["auto_close"] >= self.n:
            a["auto_close"] = 0
        self.halt(asset, a["end"], self.n)

    def add_minutes(self):
        """Minutes of the sessions around the run, within what the days have shown so far; the days are then what their minutes make."""
        c, at = self.case, 0
        self.minute_from = []
        for o, e in zip(c["sessions"]["open"], c["sessions"]["close"]):
            self.minute_from.append(at)
            at += e - o
        self.minute_from.append(at)
        for a in c["assets"]:
            a["minute"] = {f: [] for f in ("at",) + FIELDS}
            density = self.r.choice((1, 0.6, 0.6, 0.1, 0.01))
            for s in range(max(0, c["from"] - 2), min(self.n, c["to"] + 1)):
                if a["daily"]["close"][s]:
                    self.minutes_of(a, s, density)

    def minutes_of(self, a, s, density):
        r, daily, bars, price = self.r, a["daily"], a["minute"], a["daily"]["open"][s]
        typical = max(1, daily["volume"][s] // (390 * density))
        first = len(bars["at"])
        for i in range(self.minute_from[s], self.minute_from[s + 1]):
            if r.random() >= density:
                continue
            close = max(1, round(price * (1 + r.gauss(0, 0.003))))
            high, low = max(price, close) + r.choice((0, 0, 1, 7)), max(1, min(price, close) - r.choice((0, 0, 1, 7)))
            for f, x in zip(("at",) + FIELDS, (i, price, high, low, close, 1 + int(typical * r.lognormvariate(0, 0.8)))):
                bars[f].append(x)
            price = close
        made = {f: bars[f][first:] for f in FIELDS}
        any_ = len(made["close"]) > 0
        for f, x in zip(FIELDS, (made["open"][0], max(made["high"]), min(made["low"]), made["close"][-1], sum(made["volume"])) if any_ else (0,) * 5):
            daily[f][s] = x

    def play_minutes(self, styles, orders=6):
        """Orders and looks at minutes of the run, its first and last among them."""
        r, c = self.r, self.case
        for s in range(c["from"], c["to"]):
            first, end = self.minute_from[s], self.minute_from[s + 1]
            for at in sorted(set(r.choice((first, end - 1, r.randrange(first, end), r.randrange(first, end))) for _ in range(orders))):
                ops = []
                for _ in range(r.choice((0, 1, 1, 2))):
                    asset = r.randrange(len(c["assets"]))
                    op = self.order(asset, s, styles)
                    if self.seen(asset, s, at) or op["unit"] in ("shares", "target_shares"):
                        ops.append(op)
                if self.chance(0.1):
                    ops.append({"do": "cancel", "k": r.randint(0, 5)})
                ops += [self.look(k, s, at) for k in range(r.randint(0, 3))]
                r.shuffle(ops)
                if ops:
                    c["script"].append({"at": at, "ops": ops})

    def seen(self, asset, session, at):
        a = self.case["assets"][asset]
        return a["first"] <= session and (not a["end"] or session < a["end"]) and any(i <= at for i in a["minute"]["at"])

    # ---------------------------------------------------------------- settings
    def models(self):
        r, c = self.r, self.case
        slippages = ["", "fixed spread=0.05", "fixed_bps basis_points=7.5 volume_limit=0.03", "fixed_bps basis_points=0 volume_limit=1", "none", "volume_share",
                     "volume_share volume_limit=0.3 price_impact=0.7"]
        commissions = ["", "none", "per_share cost=0.0075 min_trade_cost=1", "per_share cost=0.013 min_trade_cost=4.95", "per_trade cost=2.5", "per_dollar cost=0.0023", "per_dollar"]
        for name, texts in (("slippage", slippages), ("commission", commissions)):
            text = r.choice(texts)
            if text:
                c["settings"] += [name, text]

    def future_models(self):
        r, c = self.r, self.case
        slippages = ["", "volatility_volume_share volume_limit=0.3", "volatility_volume_share volume_limit=0.1 eta=0.07", "fixed spread=0.25", "none", "volume_share volume_limit=0.2",
                     "fixed_bps basis_points=3 volume_limit=0.2"]
        known = all(a["root"] != "ZZ" for a in c["assets"] if a["kind"] == "future")
        commissions = ["per_contract cost=0.85 exchange_fee=1.5", "per_future_trade cost=1.75", "per_contract cost=0.3 min_trade_cost=5 exchange_fee=0", "none", "per_trade cost=2"] + ["", "per_contract cost=1.1"] * known
        for name, texts in (("future_slippage", slippages), ("future_commission", commissions)):
            text = r.choice(texts)
            if text:
                c["settings"] += [name, text]

    # ---------------------------------------------------------------- script
    def shares(self, asset, session):
        """From one share to far more than the account could pay and the bar could fill."""
        r = self.r
        whole = self.case["capital"] / self.close(asset, session)
        size = r.choice((1, 3, 17, 100, whole * 0.1, whole * 0.4, self.case["assets"][asset]["daily"]["volume"][session] * r.choice((0.05, 0.3, 1.5))))
        return max(1, int(size)) * r.choice((1, 1, 1, -1))

    def order(self, asset, session, styles=False):
        r, price = self.r, self.close(asset, session)
        unit = r.choice(("shares", "shares", "shares", "value", "percent", "target_shares", "target_value", "target_percent"))
        shares = self.shares(asset, session)
        amount = {"shares": shares + r.choice((0, 0, 0, 0.99995, 0.5)), "value": shares * price * 1.001, "percent": r.choice((0.1, -0.07, 0.5, 1.3, 1 / 3)),
                  "target_shares": r.choice((0, shares, -shares)), "target_value": shares * price, "target_percent": r.choice((0, 0.25, 0.6, -0.3, 1 / 7))}[unit]
        op = {"do": "order", "asset": asset, "unit": unit, "amount": amount}
        if styles:
            touch = lambda: self.case["assets"][asset]["daily"]["close"][min(self.n - 1, session + r.randint(1, 3))] * 0.001 or price
            level = lambda: r.choice((touch(), price * (1 + r.gauss(0, 0.03)), round(price, 2), round(price * r.choice((0.97, 0.99, 1.01, 1.03)), 2)))
            kind = r.choice(("limit", "stop", "both", ""))
            if kind in ("limit", "both"):
                op["limit"] = max(0.01, level())
            if kind in ("stop", "both"):
                op["stop"] = max(0.01, level())
        return op

    def look(self, k, session, minute=0):
        r, a = self.r, self.r.randrange(len(self.case["assets"]))
        what = r.choice(("value", "value", "history", "history", "can_trade", "is_stale", "account", "position", "open_orders", "order"))
        op = {"do": "record", "name": f"r{k}", "what": what, "asset": a}
        if what == "value":
            op["field"] = r.choice(("price", "open", "high", "low", "close", "volume"))
        if what == "history":
            op["minutes"] = bool(self.case["by_minute"] and r.random() < 0.5)
            op["n"] = r.randint(1, min(minute + 1, 500)) if op["minutes"] else r.randint(1, min(session + 1, 30))
            op["field"] = r.choice(("price", "price", "open", "high", "low", "close", "volume"))
            op["take"] = r.choice((-1, -1, 0, op["n"] - 1, op["n"] // 2))
        if what == "account":
            op["field"] = r.choice(("cash", "portfolio_value", "positions_value", "positions_exposure", "starting_cash", "pnl", "returns", "gross_leverage", "net_leverage", "n_positions"))
        if what == "order":
            op.update(k=r.randint(0, 40), field=r.choice(("amount", "filled", "commission", "status")))
        if what == "position":
            op["field"] = r.choice(("amount", "cost_basis", "last_price"))
        return op

    def tradable(self, asset, session):
        """By value an order needs a price, or the run stops: most scripts avoid that."""
        a = self.case["assets"][asset]
        return a["first"] <= session and (not a["end"] or session < a["end"]) and any(a["daily"]["close"][a["first"]:session + 1])

    def look_before(self, p):
        """By minute only: by day zipline shows today's close before the open, which the library does not; in a session under way zipline prices holdings by the minute to come."""
        for s in range(self.case["from"], self.case["to"]):
            if self.chance(p):
                ops = [self.look(20 + k, s - 1, self.minute_from[s] - 1) for k in range(self.r.randint(1, 3))]
                if "exchange" in self.case:
                    ops = [op for op in ops if op["what"] not in ("account", "position")]
                self.case["before"].append({"at": s, "ops": ops})

    def benchmark(self):
        r, c = self.r, self.case
        kind = r.choice(("none", "returns", "returns", "flat", "asset"))
        if kind == "returns":
            c["benchmark"] = {"returns": [r.gauss(0.0005, 0.01) for _ in range(self.n)]}
        if kind == "flat":
            c["benchmark"] = {"returns": [0.0001] * self.n}
        if kind == "asset":
            c["benchmark"] = {"asset": r.randrange(len(c["assets"]))}

    def capital_changes(self):
        r, c = self.r, self.case
        for s in sorted(r.sample(range(c["from"], c["to"]), min(c["to"] - c["from"], r.randint(1, 3)))):
            c["changes"].append({"session": s, "minute": r.choice((0, 1, 37, 200)) if c["by_minute"] else 0, "is_target": int(self.chance(0.4)), "value": c["capital"] * r.choice((0.5, 1.1, 2))})
            if not c["changes"][-1]["is_target"]:
                c["changes"][-1]["value"] *= r.choice((1, -0.4, 0.123))

    def controls(self):
        """Those that stop a run come rarely; most are logged."""
        r, c = self.r, self.case
        symbol = r.choice(c["assets"])["symbol"]
        error = r.choice((" on_error=log", " on_error=log", ""))
        whole = c["capital"] / self.close(0, c["from"])
        texts = [f"max_order_size asset={symbol} shares={int(whole) // 3}{error}", f"max_order_size notional={c['capital'] / 3}{error}", f"max_position_size shares={int(whole) // 2}{error}",
                 f"max_position_size asset={symbol} shares=100 notional={c['capital']}{error}", f"max_order_count count={r.randint(1, 3)}{error}", "long_only" + error,
                 "max_leverage limit=1.5", "min_leverage limit=0.01 days=5", "asset_dates on_error=log"]
        for text in r.sample(texts, r.randint(0, 2)):
            c["settings"] += ["control", text]
        for _ in range(r.choice((0, 1, 1, 2))):
            day = datetime.date(1970, 1, 1) + datetime.timedelta(days=c["sessions"]["day"][self.inside()])
            dated = r.choice(("", f" from={day} state=frozen", f" from={day} state=allowed"))
            c["settings"] += ["restrict", f"asset={r.choice(c['assets'])['symbol']}{dated}{error}"]

    def schedule(self):
        r, c = self.r, self.case
        for i in range(r.randint(1, 4)):
            date = r.choice(("every_day", "month_start", "month_end", "week_start", "week_end"))
            days = r.randint(0, 4) if date[0] == "w" else r.choice((0, 1, 3, 10, 22))
            text = f"date={date}" + (f" days={days}" if date[0] != "e" else "") + r.choice(("", " half_days=0"))
            text += r.choice(("", " time=market_open minutes=30", " time=market_close minutes=45", " time=market_open hours=1 minutes=15", " time=market_open", " time=market_close", " time=market_close hours=2"))
            asset = r.randrange(len(c["assets"]))
            ops = [{"do": "order", "asset": asset, "unit": "shares", "amount": self.shares(asset, c["from"])}, {"do": "record", "name": f"s{i}", "what": "account", "field": "portfolio_value"}]
            c["schedule"].append({"rule": text, "ops": ops[: r.randint(1, 2)]})

    def play(self, styles=False, cancels=0.0, orders=0.5, looks=0.6):
        r, c = self.r, self.case
        for s in range(c["from"], c["to"]):
            ops = []
            for _ in range(r.choice((0, 1, 1, 2, 3)) if self.chance(orders) else 0):
                asset = r.randrange(len(c["assets"]))
                op = self.order(asset, s, styles)
                if self.tradable(asset, s) or op["unit"] in ("shares", "target_shares"):
                    ops.append(op)
            if self.chance(cancels):
                ops.append({"do": r.choice(("cancel", "cancel", "cancel_any")), "k": r.randint(0, 5)})
            if self.chance(looks):
                ops += [self.look(k, s) for k in range(r.randint(1, 4))]
            r.shuffle(ops)
            if ops:
                c["script"].append({"at": s, "ops": ops})


def plain(seed):
    """Daily bars of equities, orders at the market, every model."""
    m = Maker(seed)
    m.models()
    m.play()
    return m.case


def styled(seed):
    """Limits and stops, cancels, the cancel policy."""
    m = Maker(seed)
    m.models()
    if m.chance(0.5):
        m.case["settings"] += ["cancel", "end_of_day"]
    m.play(styles=True, cancels=0.3, orders=0.7)
    return m.case


def eventful(seed):
    """Splits, dividends, mergers, late listings and delistings; looks before the open."""
    m = Maker(seed)
    m.models()
    for asset in range(len(m.case["assets"])):
        if asset > 0 and m.chance(0.2):  # of the first zipline's readers have their first session
            m.list_late(asset)
        if m.chance(0.3):
            m.delist(asset)
    m.add_actions(6)
    if m.chance(0.5):
        m.benchmark()
    m.play(styles=True, cancels=0.1, orders=0.6, looks=0.8)
    return m.case


def governed(seed):
    """Controls, restrictions, capital changes, schedules, benchmarks."""
    m = Maker(seed)
    m.models()
    m.benchmark()
    m.schedule()
    if m.chance(0.5):
        m.capital_changes()
    if m.chance(0.7):
        m.controls()
    m.play(styles=m.chance(0.5), cancels=0.1)
    return m.case


def minutes(seed):
    """Minute bars of equities, with actions and looks before the open."""
    m = Maker(seed, by_minute=True, assets=(1, 3))
    m.models()
    if m.chance(0.5):
        m.case["settings"] += ["cancel", "end_of_day"]
    if m.chance(0.6):
        m.add_actions(5)
    if len(m.case["assets"]) > 1 and m.chance(0.2):
        m.list_late(1)
    if m.chance(0.3):
        m.delist(len(m.case["assets"]) - 1)
    m.add_minutes()
    if m.chance(0.3):
        m.schedule()
    if m.chance(0.2):
        m.capital_changes()
    m.play_minutes(styles=m.chance(0.6))
    m.look_before(0.7)
    return m.case


def emission(seed):
    """A packet of performance a minute, with a benchmark by the minute."""
    m = Maker(seed, by_minute=True, assets=(1, 2))
    m.case["emission"] = "minute"
    m.models()
    if m.chance(0.4):
        m.add_actions(3)
    m.add_minutes()
    m.benchmark()
    if m.chance(0.3):
        m.capital_changes()
    m.play_minutes(styles=m.chance(0.5))
    return m.case


def abroad(seed):
    """Days of London, Frankfurt and Tokyo: their weeks, months and half days."""
    m = Maker(seed, exchange=("XLON", "XETR", "XTKS")[seed % 3])
    m.models()
    m.benchmark()
    m.schedule()
    m.add_actions(3)
    if m.chance(0.3):
        m.capital_changes()
    m.play(styles=m.chance(0.5), cancels=0.1)
    return m.case


def abroad_minutes(seed):
    """Minutes of London, whose day is half over when New York's begins."""
    m = Maker(seed, by_minute=True, assets=(1, 2), exchange="XLON")
    m.models()
    if m.chance(0.5):
        m.add_actions(3)
    m.add_minutes()
    if m.chance(0.6):
        m.schedule()
    m.play_minutes(styles=m.chance(0.6))
    if m.chance(0.5):
        m.look_before(0.7)
    return m.case


def crypto(seed):
    """Coins, whose market never closes: every day is a session, and a week has seven."""
    m = Maker(seed, exchange="COIN")
    m.models()
    m.benchmark()
    m.schedule()
    if m.chance(0.3):
        m.capital_changes()
    m.play(styles=m.chance(0.5), cancels=0.1)
    return m.case


def crypto_minutes(seed):
    """Minutes of coins, 1440 a day, by zipline's own calendar."""
    m = Maker(seed, by_minute=True, assets=(1, 2), exchange="24/7")
    m.models()
    m.add_minutes()
    if m.chance(0.6):
        m.schedule()
    m.play_minutes(styles=m.chance(0.6))
    return m.case


def futures(seed):
    """Futures, with equities among them; contracts that end."""
    m = Maker(seed, futures=0.7)
    m.models()
    m.future_models()
    for asset in range(len(m.case["assets"])):
        if m.chance(0.4):
            m.delist(asset)
    m.play(styles=m.chance(0.4), cancels=0.1)
    return m.case


def future_minutes(seed):
    m = Maker(seed, by_minute=True, assets=(1, 3), futures=0.7)
    m.models()
    m.future_models()
    if m.chance(0.4):
        m.delist(0)
    m.add_minutes()
    m.play_minutes(styles=m.chance(0.4))
    m.look_before(0.5)
    return m.case


def chains(seed):
    """Continuous futures: rolls by the calendar and by volume, the second contract, histories joined as they are, by ratio and by difference; contracts that end beyond the market."""
    m = Maker(seed, assets=(1, 1))
    c = m.case
    length = c["to"] - c["from"]
    c["from"] = max(c["from"], 16)
    c["to"] = min(m.n, c["from"] + length)
    m.add_chain(c["from"] // 2 + 1, max(2, m.n // 4))
    m.models()
    m.future_models()
    m.play(styles=m.chance(0.3), looks=0.3)
    looks = {e["at"]: e for e in c["script"]}
    for s in range(c["from"], c["to"]):
        ops = [m.look_at_chain(k, s) for k in range(m.r.randint(1, 4))]
        looks.setdefault(s, {"at": s, "ops": []})["ops"] += ops
    c["script"] = [looks[s] for s in sorted(looks)]
    return c


def chain_minutes(seed):
    """The same by the minute, with a roll on most days."""
    m = Maker(seed, by_minute=True, assets=(1, 1))
    c = m.case
    c["from"] = max(c["from"], 8)
    c["to"] = min(m.n, max(c["to"], c["from"] + 2))
    m.add_chain(c["from"] - m.r.randint(0, 2), m.r.choice((1, 2)))
    m.models()
    m.future_models()
    m.add_minutes()
    m.play_minutes(styles=False, orders=3)
    for e in c["script"]:
        session = max(s for s in range(m.n) if m.minute_from[s] <= e["at"])
        e["ops"] += [m.look_at_chain(k, session, e["at"]) for k in range(m.r.randint(1, 4))]
    return c


def ruined(seed):
    """Accounts far beyond their means in markets that crash and soar: nothing, less than nothing, and trading goes on."""
    m = Maker(seed, futures=0.2)
    r, c = m.r, m.case
    c["capital"] = r.choice((1, 37.5, 1e3, 1e6))
    m.models()
    m.future_models()
    for asset in range(len(c["assets"])):
        if m.chance(0.7):
            m.crash(asset)
    m.add_actions(2)
    for s in range(c["from"], c["to"]):
        ops = []
        for asset in range(len(c["assets"])):
            if m.tradable(asset, s) and m.chance(0.4):
                unit = r.choice(("percent", "target_percent", "shares", "target_value"))
                amount = {"percent": r.choice((3, -2)), "target_percent": r.choice((-4, 5, 0, 1)), "shares": m.shares(asset, s) * 5, "target_value": c["capital"] * r.choice((-3, 2))}[unit]
                ops.append({"do": "order", "asset": asset, "unit": unit, "amount": amount})
        if s == c["from"] + 3 and m.chance(0.3):  # all is given away
            c["changes"].append({"session": s, "minute": 0, "is_target": 1, "value": 0})
        ops += [m.look(k, s) for k in range(r.randint(0, 3))]
        if ops:
            c["script"].append({"at": s, "ops": ops})
    return c


CLASSES = {"plain": plain, "styled": styled, "eventful": eventful, "governed": governed, "ruined": ruined, "minutes": minutes, "futures": futures, "future_minutes": future_minutes,
           "chains": chains, "chain_minutes": chain_minutes, "abroad": abroad, "emission": emission, "crypto": crypto, "crypto_minutes": crypto_minutes,
           "abroad_minutes": abroad_minutes}
