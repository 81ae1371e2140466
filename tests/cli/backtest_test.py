#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tradewind backtest on small markets: what specs and data that are wrong are told, what a run that stops leaves, and what rules do."""
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


def days(n, first=datetime.date(2021, 1, 4)):
    out = []
    while len(out) < n:
        if first.weekday() < 5:
            out.append(first)
        first += datetime.timedelta(1)
    return out


def market(symbols=("A", "B", "C", "D"), n=60, seed=7):
    rng, rows = random.Random(seed), []
    for s in symbols:
        price = 20.0
        for day in days(n):
            price *= math.exp(rng.gauss(0, 0.02))
            rows.append([str(day), s, price, price * 1.01, price * 0.99, price * math.exp(rng.gauss(0, 0.003)), 10000000])
    return [",".join(str(x) if not isinstance(x, float) else f"{x:.4f}" for x in r) for r in rows]


HEAD = "date,symbol,open,high,low,close,volume"


def write(name, text):
    with open(name, "w") as file:
        file.write(text)


def spec(strategy, data="bars: bars.csv", more="", mode="zipline"):
    write("s.yaml", f"name: t\nmode: {mode}\ndata:\n  {data}\n{more}strategy:\n" + "".join(f"  {line}\n" for line in strategy.split("\n")))


def run(*args, good=True):
    done = subprocess.run([PROGRAM, "backtest", "s.yaml", "--out", "out", "--quiet", *args], capture_output=True, text=True)
    assert done.returncode in ((0,) if good else (1, 2)), f"exit {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def fails(says, *args):
    text = run(*args, good=False)
    assert says in text, f"wanted {says!r} in: {text}"


def read(name):
    with open(f"out/{name}", newline="") as file:
        return list(csv.DictReader(file))


def close_of(symbol):
    return {r.split(",")[0]: float(r.split(",")[5]) for r in ROWS if r.split(",")[1] == symbol}


ROWS = market()
write("bars.csv", HEAD + "\n" + "\n".join(ROWS) + "\n")

# ---------------------------------------------------------------- specs that are wrong: file, line, column
spec("rulez:\n  - shares: 1")
fails("s.yaml:7:5: unknown key 'rulez'; did you mean 'rules'?")
spec("rules:\n  - {when: close > lag(close, 1), shares: 1}")
fails("put it in quotes")
spec("rules:\n  - {when: 'close > lag(close, -1)', shares: 1}")
fails("look-ahead")
fails("s.yaml:7:")
spec("window: 5\nrules:\n  - {when: 'close > mean(close, 20)', shares: 1}")
fails("this needs 19 bars before it has a value, and the window has 5: give 'window: 20'")
spec("rules:\n  - {when: close, shares: 1}")
fails("a condition is needed here")
spec("rules:\n  - {when: close > 1}")
fails("a rule needs one of shares, value, percent")
spec("rules:\n  - {when: clos > 1, shares: 1}")
fails("s.yaml:7:")
spec("lets: {x: 'meann(close, 3)'}\nrules:\n  - shares: 1")
fails("did you mean 'mean'")
spec("universe: [A, Z]\nrules:\n  - shares: 1")
fails("the market has no symbol 'Z'")
spec("portfolio: {weights: equl}")
fails("no sizer 'equl'; did you mean 'equal'?")
spec("portfolio: {weights: inverse}")
fails("need 'by'")
spec("portfolio: {long: {rank: close}}")
fails("'rank' with one of top")
spec("rules:\n  - shares: 1", more="settings: {slippage: volume_shar}\n")
fails("s.yaml:5:")
spec("schedule: date=monthly\nrules:\n  - shares: 1")
fails("s.yaml:6:")
spec("rules:\n  - {shares: '{n}'}")
fails("no parameter 'n' among 'params'")
spec("pipeline: {window: 3, columns: {close: close}}\nrules:\n  - shares: 1")
fails("'close' is a column already")
spec("rules:\n  - {shares: 1, at: noon}")
fails("'noon' is no word for 'at'")
spec("rules:\n  - shares: 1", more="from: 2031-01-01\n")
fails("the market has no session between 'from' and 'to'")
spec("rules:\n  - shares: 1", more="frequency: fast\n")
fails("'frequency' must be daily or minute, got 'fast'")
spec("rules:\n  - {shares: '{n}'}", more="params: {n: 1}\n")
fails("has no parameter 'm'", "--set", "m=2")
spec("rules:\n  - shares: 1", data="assets: none.csv")
fails("'data' needs 'bars' or 'minutes'")

# ---------------------------------------------------------------- data that are wrong: file, line, symbol, time
spec("rules:\n  - shares: 1", data="bars: bad.csv")
for change, says in [("2021-01-05,A,x,1,1,1,5", "bad.csv:3: symbol A, time 2021-01-05: open \"x\" is not a number"),
                     ("2021-01-05,A,1,1,2,1,5", "bad.csv:3: symbol A, time 2021-01-05: high is below low"),
                     ("2021-01-05,A,1,1,1,-1,5", "bad.csv:3: symbol A, time 2021-01-05: a price must be above 0"),
                     ("2021-01-05,A,1,1,1,1,-5", "bad.csv:3: symbol A, time 2021-01-05: a volume must be 0 or more"),
                     ("2021-13-05,A,1,1,1,1,5", "bad.csv:3: symbol A, time 2021-13-05: date \"2021-13-05\" is not a date or time"),
                     ("2021-01-04,A,1,1,1,1,5", "bad.csv:3: symbol A, time 2021-01-04: there is a bar of this day already"),
                     ("2021-01-05,A,1,1", "bad.csv:3: 4 fields"), ("2021-01-05,,1,1,1,1,5", "a symbol is needed")]:
    write("bad.csv", HEAD + "\n2021-01-04,A,1,1,1,1,5\n" + change + "\n")
    fails(says)
write("bad.csv", HEAD + "\n2021-01-04,A,1,1,1,1,5\n2021-01-05,A,1,1,2,1,5\n2021-01-06,A,1,1,1,1,5\n")
spec("rules:\n  - shares: 1", data="bars: bad.csv\n  skip_bad_bars: true")
assert "1 bars left out, the first: bad.csv:3: symbol A, time 2021-01-05: high is below low" in run() and len(read("daily.csv")) == 2
write("bad.csv", HEAD + "\n2021-01-04,A,1,1,1,1,5\n2021-01-09,A,1,1,1,1,5\n2021-01-11,A,1,1,1,1,5\n")
spec("rules:\n  - shares: 1", data="bars: bad.csv\n  calendar: XNYS")
fails("bad.csv:3: symbol A, time 2021-01-09: the calendar has no session on this day")
write("bad.csv", HEAD + "\n")
fails("no bars below the header")
write("assets.csv", "symbol\nA\nB\nC\n")
spec("rules:\n  - shares: 1", data="bars: bars.csv\n  assets: assets.csv")
fails("symbol D, time 2021-01-04: the symbol is not among the assets")
write("assets.csv", "symbol,kind\nA,equity\nB,stock\nC,\nD,\n")
fails('assets.csv:3: symbol B: kind "stock" must be equity or future')
write("splits.csv", "effective_date,symbol,ratio\n2021-02-01,A,-2\n")
spec("rules:\n  - shares: 1", data="bars: bars.csv\n  splits: splits.csv")
fails('splits.csv:2: symbol A, time 2021-02-01: ratio "-2" must be above 0')
write("splits.csv", "effective_date,symbol,ratio\n2021-02-01,Q,2\n")
fails("the market has no such symbol")
write("actions.csv", "ex_date,symbol,kind,ratio,amount\n2021-02-01,A,rights,1,1\n")
spec("rules:\n  - shares: 1", data="bars: bars.csv\n  actions: actions.csv")
fails("kind \"rights\" must be split or dividend")

# ---------------------------------------------------------------- a run that stops leaves all up to that event
spec("rules:\n  - {when: calls <= 20, shares: 10, asset: A}", more="settings:\n  control: max_position_size asset=A shares=50\n")
fails("max_position_size")
assert json.load(open("out/run.json"))["failure"]
assert [r["amount"] for r in read("txns.csv")] == ["10"] * len(read("txns.csv")) and 3 <= len(read("txns.csv")) <= 6
assert len(read("daily.csv")) >= 3

# ---------------------------------------------------------------- entry and exit; parameters and --set
spec("universe: [A]\nwindow: 20\nentry: close > mean(close, {n})\nexit: close < mean(close, {n})\nsize: {shares: 100}", more="params: {n: 10}\n")
run()
first = [(t["session"], t["amount"]) for t in read("txns.csv")]
assert {abs(float(a)) for _, a in first} == {100.0} and all(float(a[1]) * float(b[1]) < 0 for a, b in zip(first, first[1:])), first
prices, dates = close_of("A"), sorted(close_of("A"))
want, held = [], False
for i in range(19, len(dates) - 1):
    mean = sum(round(prices[d], 3) for d in dates[i - 9:i + 1]) / 10
    now = round(prices[dates[i]], 3)
    if (not held and now > mean) or (held and now < mean):
        held = not held
        want.append((dates[i + 1], "100" if held else "-100"))
assert first == want, (first, want)
run("--set", "n=5 capital=5e5")
assert first != [(t["session"], t["amount"]) for t in read("txns.csv")]
assert read("daily.csv")[0]["portfolio_value"] == "500000"

# ---------------------------------------------------------------- portfolio: ranks, scores, sizes; positions bounded
spec("window: 6\nportfolio:\n  long: {rank: 'close / lag(close, 5)', top: 1}\n  short: {rank: 'close / lag(close, 5)', bottom: 1}\n  weights: equal long_total=0.5 short_total=0.5")
run()
last = read("daily.csv")[-1]
assert last["longs_count"] == "1" and last["shorts_count"] == "1" and abs(float(last["gross_leverage"]) - 1) < 0.05, last
write("scores.csv", "date,symbol,score\n" + "".join(f"{d},{s},{i}\n" for d in days(60) for i, s in enumerate("ABCD")))
spec("portfolio: {long: {rank: score, top_share: 0.25}, short: {rank: score, bottom_share: 0.25}}", data="bars: bars.csv\n  scores: scores.csv")
run()
assert {(p["symbol"], float(p["amount"]) > 0) for p in read("positions.csv")} == {("D", True), ("A", False)}
spec("max_positions: 2\nentry: close > 0\nsize: {value: 1000}")
run()
assert {p["symbol"] for p in read("positions.csv")} == {"A", "B"}
spec("window: 21\nportfolio: {weights: inverse, by: 'std(close / lag(close, 1), 20)'}\nrecord: {vol: {asset: B, value: 'std(close / lag(close, 1), 20)'}}")
run()
assert abs(float(read("daily.csv")[-1]["gross_leverage"]) - 1) < 0.05 and read("daily.csv")[0]["vol"] == "" and float(read("daily.csv")[-1]["vol"]) > 0

# ---------------------------------------------------------------- groups: chosen in each, held alike on both sides, bounded
write("six.csv", HEAD + "\n" + "\n".join(market("ABCDEF", 40, seed=5)) + "\n")
write("sectors.csv", "symbol,sector\nA,food\nB,food\nC,food\nD,oil\nE,oil\nF,\n")
SECTOR, BY_DAY = {"A": 1, "B": 1, "C": 1, "D": 2, "E": 2, "F": 0}, {}
for r in (line.split(",") for line in market("ABCDEF", 40, seed=5)):
    BY_DAY.setdefault(r[0], {})[r[1]] = float(r[5])
DATES = sorted(BY_DAY)
SIX = "bars: six.csv\n  assets: sectors.csv"


def weights(portfolio, window=1):
    """Shares of the portfolio held as orders of the last call but one were filled, by symbol; by mode realistic with no costs they are targets at the close before."""
    spec(f"window: {window}\nportfolio: {portfolio}\nrecord: {{v: portfolio_value}}", data=SIX, mode="realistic", more="settings: {slippage: none, commission: none, interest: credit=0}\n")
    run()
    value = {r["session"][:10]: float(r["v"] or "nan") for r in read("daily.csv")}
    held = {p["symbol"]: float(p["amount"]) for p in read("positions.csv") if p["session"][:10] == DATES[-1]}
    return {s: a * BY_DAY[DATES[-2]][s] / value[DATES[-2]] for s, a in held.items()}


def near(got, want):
    assert set(got) == set(want) and all(abs(got[s] - w) < 1e-3 for s, w in want.items()), (got, want)


order = sorted("ABCDEF", key=lambda s: -BY_DAY[DATES[-2]][s])
best = {g: [s for s in order if SECTOR[s] == g] for g in (0, 1, 2)}
near(weights("{long: {rank: close, top: 1}, within_groups: true}"), {best[g][0]: 1 / 3 for g in (0, 1, 2)})
near(weights("{long: {rank: close, top_share: 0.5}, within_groups: true}"), {best[1][0]: 0.5, best[2][0]: 0.5})
near(weights("{weights: equal long_total=0.9, max_group_weight: 0.3}"), {s: {1: 0.1, 2: 0.15, 0: 0.15}[g] for s, g in SECTOR.items()})
top, low = order[:2], order[2:]
got = weights("{long: {rank: close, top: 2}, short: {rank: close, bottom: 4}, weights: equal long_total=0.5 short_total=0.5, group_neutral: true}")
want = {}
for g in (0, 1, 2):
    longs, shorts = [s for s in top if SECTOR[s] == g], [s for s in low if SECTOR[s] == g]
    side = min(0.25 * len(longs), 0.125 * len(shorts))
    want.update({s: side / len(longs) for s in longs if side} | {s: -side / len(shorts) for s in shorts if side})
near(got, want)
assert want
spec("window: 1\nrules:\n  - {when: 'group == 1 and group_rank_number(close) == 1 and holding == 0', shares: 1}\nrecord: {g: {asset: D, value: group}, none: {asset: F, value: group}}", data=SIX)
run()
assert {r["symbol"] for r in read("positions.csv")} <= set("ABC") and read("daily.csv")[5]["g"] == "2" and read("daily.csv")[5]["none"] == ""
spec("portfolio: {weights: equal, group_neutral: true}")
fails("need a column 'group' in data.assets")
spec("portfolio: {weights: equal, max_group_weight: 0}", data=SIX)
fails("'max_group_weight' must be above 0")

# ---------------------------------------------------------------- what comes later changes nothing before
write("early.csv", HEAD + "\n" + "".join(r + "\n" for r in ROWS if r[:10] < "2021-03-10"))
write("acts.csv", "ex_date,symbol,kind,ratio,amount\n2021-02-01,A,split,0.5,\n2021-02-10,B,dividend,,0.3\n2021-03-15,A,split,0.25,\n2021-03-18,B,dividend,,2\n")
PEEK = ("window: 8\npipeline: {window: 6, columns: {move: 'close / lag(close, 5)', size: 'mean(volume, 3)'}}\n"
        "portfolio: {long: {rank: move, top: 2}, weights: inverse, by: 'std(price, 8)'}\n"
        "rules:\n  - {when: 'price > mean(price, 5)', shares: 5, limit: close * 1.001}\nrecord: {m: 'mean(price, 8)', size: size}")
for mode in ("zipline", "realistic"):
    spec(PEEK, data="bars: bars.csv\n  actions: acts.csv", mode=mode)
    run()
    whole = {name: open(f"out/{name}").read().splitlines() for name in ("daily.csv", "txns.csv", "positions.csv")}
    spec(PEEK, data="bars: early.csv\n  actions: acts.csv", mode=mode)
    run()
    for name, lines in whole.items():
        part = open(f"out/{name}").read().splitlines()
        assert len(part) > 20 and lines[:len(part)] == part, (mode, name)

# ---------------------------------------------------------------- mode realistic, with limits, brackets and a schedule
spec("universe: [A]\nrules:\n  - {when: holding == 0 and open_orders == 0, shares: 10, limit: close * 0.995, take_profit: close * 1.03, stop_loss: close * 0.97, life: day}",
     mode="realistic", more="from: 2021-01-06\nto: 2021-03-12\n")
run()
causes = {t["cause"] for t in read("txns.csv")}
assert causes & {"limit", "gap"} and len(read("txns.csv")) > 2 and read("txns.csv")[0]["explanation"].startswith("bought 10 A"), causes
spec("schedule: date=month_start\nrules:\n  - {shares: 1, asset: B}", mode="realistic")
run()
assert len(read("txns.csv")) == 3, read("txns.csv")

# ---------------------------------------------------------------- several blocks, each at its schedule
BUY, SELL = "{when: 'close > lag(close, 1)', shares: 10, remember: remembered + 1}", "{when: 'holding > 0 and close < lag(close, 2)', target_shares: 0}"


def blocks(*texts, mode):
    write("s.yaml", f"mode: {mode}\ndata: {{bars: bars.csv}}\nstrategy:\n" + "".join(f"  - {t}\n" for t in texts))
    run()
    return [open(f"out/{name}").read() for name in ("daily.csv", "txns.csv", "orders.csv", "positions.csv")]


for mode in ("zipline", "realistic"):
    for schedule in ("", "schedule: date=week_start days=1, "):
        one = blocks(f"{{{schedule}window: 3, rules: [{BUY}, {SELL}], record: {{r: remembered}}}}", mode=mode)
        two = blocks(f"{{{schedule}window: 3, rules: [{BUY}]}}", f"{{{schedule}window: 3, rules: [{SELL}], record: {{r: remembered}}}}", mode=mode)
        assert one[1:] == two[1:] and len(one[1].splitlines()) > 8, (mode, schedule)
        # a block sees what the blocks before it remembered at the same moment; one that decides in a whole does not
        assert one[0] != two[0] and max(float(r["r"] or 0) for r in read("daily.csv")) > 1
blocks("{universe: [A], schedule: date=month_start, rules: [{target_shares: 7}]}", "{universe: [A, B], schedule: date=month_end days=1, rules: [{asset: A, target_shares: 0}, {asset: B, shares: 1}]}",
       mode="realistic")
months = days(60)
starts = [i for i in range(60) if i == 0 or months[i].month != months[i - 1].month]
want = sorted([(str(months[i + 1]), "A", 7.0) for i in starts] +
              [(str(months[i - 1]), s, a) for i in starts[1:] + [60] for s, a in (("A", -7.0), ("B", 1.0))])
got = sorted((t["session"][:10], t["symbol"], float(t["amount"])) for t in read("txns.csv"))
assert got == want, (got, want)
write("s.yaml", "data: {bars: bars.csv}\nstrategy:\n  - {rules: [{shares: 1}]}\n  - {rules: [{shares: clos}]}\n")
fails("s.yaml:4:")
write("s.yaml", "data: {bars: bars.csv}\nstrategy: []\n")
fails("'strategy' is an empty list")

# ---------------------------------------------------------------- minutes, the panel of an import, an order that waits
rows, price = [], 50.0
rng = random.Random(3)
for day in days(4):
    for minute in range(30):
        price *= math.exp(rng.gauss(0, 0.001))
        rows.append(f"{day} 15:{minute + 1:02d}:00,X,{price:.3f},{price * 1.001:.3f},{price * 0.999:.3f},{price:.3f},1000")
write("minutes.csv", HEAD + "\n" + "\n".join(rows) + "\n")
spec("window: 10\nwindow_of: minutes\nrules:\n  - {when: 'close > mean(close, 10)', target_shares: 10}\n  - {when: 'close < mean(close, 10)', target_shares: 0}",
     data="minutes: minutes.csv", more="frequency: minute\n", mode="realistic")
run()
assert len(read("daily.csv")) == 4 and len(read("txns.csv")) > 4
# zipline's packets of every minute: the last of a session is its row of daily.csv, what was recorded included
emitted = "frequency: minute\nemission: minute\n"
spec("window: 2\nwindow_of: minutes\nrules:\n  - {when: 'close > lag(close, 1)', shares: 3}\nrecord: {twice: close * 2}", data="minutes: minutes.csv", more=emitted)
run()
by_minute, daily = read("minute.csv"), read("daily.csv")
assert len(by_minute) == 120 and list(by_minute[0])[1:] == [c for c in daily[0] if c not in ("session", "orders", "transactions", "positions")]
for i, row in enumerate(daily):
    last = by_minute[30 * i + 29]
    assert last["time"] == f"{row['session'][:10]} 15:30:00+00:00" == last["period_close"]
    assert all(last[c] == row[c] for c in row if c in last and c != "period_close"), (last, row)
assert len({r["portfolio_value"] for r in by_minute}) > 60 and float(by_minute[7]["twice"]) == 2 * float(rows[7].split(",")[5])
spec("rules:\n  - shares: 1", data="minutes: minutes.csv", more=emitted, mode="realistic")
fails("s.yaml:6:11: 'emission: minute' needs 'frequency: minute' and 'mode: zipline'")
spec("rules:\n  - shares: 1", more="emission: hourly\n")
fails("'emission' must be daily or minute, got 'hourly'")
# days that begin before the first minute: windows of days reach back; a day that no file of days has is made of its minutes
early = [str(d) for d in days(24, datetime.date(2020, 12, 1)) if d < datetime.date(2021, 1, 4)]
write("days.csv", HEAD + "\n" + "".join(f"{d},X,{i + 1},{i + 1},{i + 1},{i + 1},10\n" for i, d in enumerate(early)))
for window in (2, 12):
    spec(f"window: {window}\nrules:\n  - {{when: 'close > 1e9', shares: 1}}\nrecord: {{before: 'lag(close, {window - 1})', now: close}}",
         data="minutes: minutes.csv\n  bars: days.csv", more="frequency: minute\n", mode="realistic")
    run()
    daily, closes = read("daily.csv"), list(range(1, len(early) + 1)) + [float(r.split(",")[5]) for r in rows[29::30]]
    assert len(daily) == 4
    for i, row in enumerate(daily):
        assert float(row["before"]) == closes[len(early) + i - window + 1] and float(row["now"]) == closes[len(early) + i], (window, i, row)
# the bars of one symbol, in a file that does not name it
write("bare.csv", "time,open,high,low,close,volume\n" + "\n".join(r.replace(",X,", ",") for r in rows) + "\n")
STRATEGY = "window: 10\nwindow_of: minutes\nrules:\n  - {when: 'close > mean(close, 10)', target_shares: 10}\n  - {when: 'close < mean(close, 10)', target_shares: 0}"
spec(STRATEGY, data="minutes: minutes.csv", more="frequency: minute\n", mode="realistic")
run()
named = open("out/daily.csv").read(), open("out/txns.csv").read()
spec(STRATEGY, data="minutes: bare.csv\n  symbol: X", more="frequency: minute\n", mode="realistic")
run()
assert named == (open("out/daily.csv").read(), open("out/txns.csv").read()) and len(named[1].splitlines()) > 4
spec(STRATEGY, data="minutes: bare.csv", more="frequency: minute\n", mode="realistic")
fails("bare.csv:1: no column named symbol|ticker|sid, and no 'symbol' is given")
write("bare.csv", "date,close\n2021-01-04,1\n2021-01-05,x\n")
spec("rules:\n  - {shares: 1}", data="bars: bare.csv\n  symbol: X")
fails("bare.csv:3: time 2021-01-05: close \"x\" is not a number")
# in a run by minute the score of a day is seen when the day is over
write("day-scores.csv", "date,symbol,score\n" + "".join(f"{d},X,{i}\n" for i, d in enumerate(days(4))))
for window in ("days", "minutes"):
    spec(f"window: 2\nwindow_of: {window}\nrules:\n  - {{when: 'score > 1e9', shares: 1}}\nrecord: {{now: score, before: 'lag(score, 1)'}}",
         data="minutes: minutes.csv\n  scores: day-scores.csv", more="frequency: minute\n", mode="realistic")
    run()
    assert [r["now"] for r in read("daily.csv")] == ["", "0", "1", "2"], window
    assert [r["before"] for r in read("daily.csv")] == (["", "", "0", "1"] if window == "days" else ["", "0", "1", "2"]), window
# capital that comes within a day
spec("rules:\n  - {when: 'close > 1e9', shares: 1}\nrecord: {cash: cash}", data="minutes: minutes.csv", mode="realistic",
     more="frequency: minute\ncapital_changes:\n  - {date: 2021-01-05, minute: 7, value: 1000}\n  - {date: 2021-01-05, minute: 9, target: 5000}\n")
run()
assert [float(r["ending_cash"]) for r in read("daily.csv")] == [1e6, 5000, 5000, 5000]
spec("rules:\n  - {shares: 1}", more="capital_changes:\n  - {date: 2021-01-05, minute: 7, value: 1000}\n")
fails("s.yaml:6:32: 'minute' of a change needs 'frequency: minute'")
spec("rules:\n  - {shares: 1}", data="minutes: minutes.csv", more="frequency: minute\ncapital_changes:\n  - {date: 2021-01-05, minute: 7, value: 1}\n  - {date: 2021-01-05, minute: 3, value: 1}\n")
fails("in the order of their dates and minutes")
subprocess.run([PROGRAM, "data", "import", "bars.csv", "--out", "bars.twp", "--quiet"], check=True, capture_output=True)
spec("rules:\n  - shares: 1")
run()
from_csv = open("out/daily.csv").read()
spec("rules:\n  - shares: 1", data="bars: bars.twp")
run()
assert from_csv == open("out/daily.csv").read()
print("ok")
