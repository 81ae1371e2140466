#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tradewind backtest over assets of several currencies: accounts that add up from the files alone, rates from symbols and columns, and what is told of a spec that is wrong."""
import csv
import datetime
import json
import math
import os
import random
import subprocess
import tempfile

PROGRAM = os.path.abspath(os.environ["TRADEWIND"])
os.chdir(tempfile.mkdtemp())
HEAD = "date,symbol,open,high,low,close,volume,fx"
QUOTE = {"AAPL": "USD", "SAP": "EUR", "SONY": "JPY", "EURUSD": "USD", "USDJPY": "JPY"}
LEVEL = {"AAPL": 130, "SAP": 105, "SONY": 11000, "EURUSD": 1.2, "USDJPY": 104}


def days(n, first=datetime.date(2021, 1, 4)):
    out = []
    while len(out) < n:
        if first.weekday() < 5:
            out.append(first)
        first += datetime.timedelta(1)
    return out


def bars():
    rng, close, rows = random.Random(11), dict(LEVEL), []
    for day in days(40):
        for s in close:
            first = close[s] * math.exp(rng.gauss(0, 0.004))
            last = close[s] = first * math.exp(rng.gauss(0, 0.015))
            fx = {"SAP": close["EURUSD"], "AAPL": ""}.get(s, "")
            rows.append([str(day), s, first, max(first, last) * 1.002, min(first, last) * 0.998, last, 1e7, fx])
        rows[-4][7] = close["EURUSD"]  # SAP's, known at the close of its bar
    return rows


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def spec(rates="[EURUSD, USDJPY]", more="currency: USD\n", mode="realistic", strategy=None, data=""):
    write("s.yaml", f"name: fx\nmode: {mode}\n{more}capital: 100000\ndata:\n  bars: bars.csv\n  assets: assets.csv\n  rates: {rates}\n{data}"
          + (strategy or "strategy:\n  window: 3\n  rules:\n    - {when: 'close > lag(close, 2)', target_percent: 0.2}\n    - {when: 'close < lag(close, 2)', target_percent: -0.1}\n"))


def run(good=True):
    done = subprocess.run([PROGRAM, "backtest", "s.yaml", "--out", "out", "--quiet"], capture_output=True, text=True)
    assert done.returncode in ((0,) if good else (1, 2)), f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def fails(says):
    text = run(good=False)
    assert says in text, f"wanted {says!r} in: {text}"


def read(name):
    with open(f"out/{name}", newline="") as file:
        return list(csv.DictReader(file))


ROWS = bars()
write("bars.csv", HEAD + "\n" + "".join(",".join(f"{x:.6f}" if isinstance(x, float) else str(x) for x in r) + "\n" for r in ROWS))
write("assets.csv", "symbol,currency,lot\n" + "".join(f"{s},{c if s[0] == 'S' else ''},0.01\n" for s, c in QUOTE.items()))
CLOSE = {(r[0], r[1]): float(f"{r[5]:.6f}") for r in ROWS}


def rate(day, currency):
    return {"USD": 1, "EUR": CLOSE[day, "EURUSD"], "JPY": 1 / CLOSE[day, "USDJPY"]}[currency]


# ---------------------------------------------------------------- cash and holdings add up, session by session, from the files alone
for cash in ("keep", "convert"):
    spec(more=f"currency: USD\nsettings: {{currency: cash={cash}, interest: credit=0}}\n")
    run()
    trades, daily = read("txns.csv"), read("daily.csv")
    assert {t["symbol"] for t in trades} == {"AAPL", "SAP", "SONY"} and len(trades) > 20, "`all` leaves rates out"
    balance, held = {"USD": 100000.0, "EUR": 0.0, "JPY": 0.0}, dict.fromkeys(QUOTE, 0.0)
    for row in daily:
        day = row["session"][:10]
        for t in (t for t in trades if t["session"][:10] == day):
            assert t["currency"] == QUOTE[t["symbol"]]
            moved = -float(t["amount"]) * float(t["price"]) - float(t["commission"])
            held[t["symbol"]] += float(t["amount"])
            balance[t["currency"] if cash == "keep" else "USD"] += moved * (1 if cash == "keep" else float(t["rate"]))
        worth = sum(x * rate(day, c) for c, x in balance.items()) + sum(a * CLOSE[day, s] * rate(day, QUOTE[s]) for s, a in held.items())
        assert abs(worth - float(row["portfolio_value"])) < 1e-3, (cash, day, worth, row["portfolio_value"])
    kept = {(b["session"][:10], b["currency"]): float(b["amount"]) for b in read("balances.csv")}
    assert abs(kept[day, "USD"] - balance["USD"]) < 1e-3 and (cash == "convert") == ((day, "EUR") not in kept)
    value = sum(float(p["value"]) for p in read("positions.csv") if p["session"][:10] == day)
    assert abs(value + sum(float(b["value"]) for b in read("balances.csv") if b["session"][:10] == day) - float(row["portfolio_value"])) < 1e-3
    report = json.load(open("out/report.json"))
    assert abs(report["currency_gain"] - sum(float(r["currency_gain"]) for r in daily)) < 1e-6 and report["currency_gain"] != 0
    assert "Gains of currency" in open("out/report.html").read()
    assert json.load(open("out/run.json"))["currency"] == "USD"
    if cash == "convert":  # round trips are of the account's money: with what is held closed they are all that was earned, but for costs
        subprocess.run([PROGRAM, "report", "out", "--set", "close_open=1 draws=0", "--quiet"], check=True, capture_output=True)
        pnl = sum(float(t["pnl"]) for t in read("tearsheet_round_trips.csv"))
        cost = sum(float(t["commission"]) * float(t["rate"]) for t in trades)
        assert abs(100000 + pnl - cost - float(row["portfolio_value"])) < 1e-2, (pnl, cost, row["portfolio_value"])
        orders = json.load(open("out/report.json"))["orders"]["all"]
        assert abs(orders["commission"] / cost - 1) < 0.02  # of orders at the rate when they were placed

# ---------------------------------------------------------------- the same rate from a column of the bars; it has no open, so fills take the close before
spec(rates="{EURUSD: {column: fx}, USD/JPY: {symbol: USDJPY}}", more="currency: USD\nsettings: {currency: cash=convert}\n", data="  currencies: {EURUSD: USD}\n")
run()
before = {str(b): str(a) for a, b in zip(days(40), days(40)[1:])}
eur = [t for t in read("txns.csv") if t["symbol"] == "SAP"]
assert eur and all(abs(float(t["rate"]) - rate(before[t["session"][:10]], "EUR")) < 1e-9 for t in eur)
assert "EURUSD" in {t["symbol"] for t in read("txns.csv")}, "a symbol that is no rate is traded"

# ---------------------------------------------------------------- or from a file of its own, known as a day ends; a week-end's as Monday begins
DAYS = [str(d) for d in days(40)]
saturday = str(days(40)[4] + datetime.timedelta(1))
fixing = {d: 1.1 + 0.001 * i for i, d in enumerate(DAYS) if i % 7 != 3}
write("eur.csv", "date,rate\n" + "".join(f"{d},{x}\n" for d, x in sorted({**fixing, saturday: 1.5, "2020-12-30": 1.05}.items())))
spec(rates="{EURUSD: {file: eur.csv}, USD/JPY: {symbol: USDJPY}}", more="currency: USD\nsettings: {currency: cash=convert}\n",
     strategy="strategy:\n  universe: [SAP]\n  rules:\n    - {shares: 1}\n")
run()
known = lambda at_open: {d: [x for k, x in sorted({**fixing, saturday: 1.5, "2020-12-30": 1.05}.items()) if k < d or (k == d and not at_open)][-1] for d in DAYS}
assert len(read("txns.csv")) == 39 and all(float(t["rate"]) == known(True)[t["session"][:10]] for t in read("txns.csv"))
assert all(float(p["rate"]) == known(False)[p["session"][:10]] for p in read("positions.csv"))
assert known(True)[DAYS[5]] == 1.5 != known(False)[DAYS[5]]
write("eur.csv", "date,rate\n2021-01-04,1.1\n2021-01-05,0\n")
fails("eur.csv:3: column rate: \"0\" must be above 0")
write("eur.csv", "date,rate\n2021-01-05,1.1\n2021-01-04,1.2\n")
fails("eur.csv:3: column date: \"2021-01-04\" is not after the row before")

# ---------------------------------------------------------------- an account in euro; a pair that is named is traded
spec(more="currency: EUR\n", strategy="strategy:\n  universe: [SONY, USDJPY]\n  rules:\n    - {when: holding == 0 and open_orders == 0, value: 10000}\n")
run()
day = str(days(40)[0])
first = {t["symbol"]: t for t in read("txns.csv")}
for s in ("SONY", "USDJPY"):
    want = 10000 / (CLOSE[day, s] * rate(day, "JPY") / rate(day, "EUR"))
    assert 0 <= want - float(first[s]["amount"]) < 0.01 + 1e-9, (s, want, first[s])

# ---------------------------------------------------------------- zipline's ledger has no currencies
spec(mode="zipline")
run()
assert "currency_ignored" in {q["name"] for q in json.load(open("out/run.json"))["quirks"]}
assert "currency_gain" not in read("daily.csv")[0]

# ---------------------------------------------------------------- what is wrong is told with its line
for rates, says in (("[EURUSD, GBPUSD]", "s.yaml:8:19: the market has no symbol 'GBPUSD' for the rate of GBP in USD"),
                    ("[SAP]", "s.yaml:8:11: 'SAP' is no pair of currencies such as EURUSD or EUR/USD"),
                    ("{EURUSD: {symbl: X}}", "unknown key 'symbl'; did you mean 'symbol'?"), ("{EURUSD: {}}", "a rate is the name of a symbol"),
                    ("{EUREUR: EURUSD}", "is a pair of one currency"), ("7", "'rates' must be a list of symbols, or a map of pairs"),
                    ("{EURUSD: {column: close}}", "'close' cannot be a column of rates"),
                    ("[EURUSD]", "SONY, session 2 2021-01-07: it is quoted in JPY, and no series of rates leads to USD")):
    spec(rates=rates)
    fails(says)
spec(more="")
fails("'currency', the account's, is missing")
spec(data="  currencies: {SAPP: EUR}\n")
fails("s.yaml:9:22: the market has no symbol 'SAPP'")
lines = open("bars.csv").read().splitlines()
late = [l for l in lines if not (",EURUSD," in l and l < "2021-01-20")]
write("bars.csv", "\n".join(late) + "\n")
spec()
fails("it is quoted in EUR, of which no rate in USD is known yet")
write("bars.csv", "\n".join(l.rsplit(",", 1)[0] + ",1.3" if ",AAPL," in l and l[:10] == "2021-01-08" else l for l in lines) + "\n")
spec(rates="{EURUSD: {column: fx}, USDJPY: USDJPY}")
fails("is no rate, or not that of the symbols before it")
print("currencies: ok")
