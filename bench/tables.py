#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables of the indicator benchmarks, from what bench/run.sh left, between the marks of bench/README.md.

    bench/tables.py build/bench/results     reads feature_talib.json, feature_together.json, indicators_peer.json
"""
import json
import math
import pathlib
import statistics
import sys

README = pathlib.Path(__file__).parent / "README.md"
BEGIN, END = "<!-- tables: begin -->", "<!-- tables: end -->"
HILBERT = ("ht_dcperiod", "ht_dcphase", "ht_phasor", "ht_sine", "ht_trendline", "ht_trendmode")
MAPS = ("add", "sub", "mult", "mom", "medprice", "floor")
AVERAGES = ("sma", "ema", "wma", "rsi", "atr", "macd", "bbands")
EXTREMES = ("max", "min", "willr")


def lines_of(path):
    """The JSON lines of a file; a line of another stream may stand before one."""
    for line in open(path):
        begin = line.find('{"bench"')
        if begin >= 0:
            yield json.loads(line[begin : line.rfind("}") + 1])


def talib(path):
    """name: {series|panel: (ours, newest, old), tick, move: ours}"""
    functions, machine = {}, {}
    for r in lines_of(path):
        machine = r
        if r["isa"] in ("tick", "move"):
            functions.setdefault(r["name"], {})[r["isa"]] = r["ns"]
            continue
        name, way = r["name"].rsplit(" ", 1)
        cell = functions.setdefault(name, {}).setdefault(way, {"ours": r["ns"]})
        cell["newest" if "newest" in r["peer"] else "old"] = r["peer_ns"]
    return functions, machine


def mean_ratio(functions, way, peer):
    ratios = [f[way][peer] / f[way]["ours"] for f in functions.values() if peer in f[way]]
    return math.exp(statistics.fmean(map(math.log, ratios))), ratios


def total(functions, way, who):
    return sum(f[way][who] for f in functions.values() if "old" in f[way])


def span(functions, names):
    return " / ".join(f"{functions[n]['panel']['ours']:.2f}" for n in names)


def bounds(functions, together):
    the161 = {n: f for n, f in functions.items() if "old" in f["panel"]}
    rows = []
    for peer, title in (("newest", "0.8.2"), ("old", "0.6.8 (C library 0.6.4)")):
        mean, ratios = mean_ratio(the161, "series", peer)
        slow = sum(r < 0.95 for r in ratios)
        rows.append((f"one series, each of the 161, against TA-Lib {title}", "mean 2.0 x, none under 0.95 x", f"{mean:.2f} x; {slow} under 0.95 x, least {min(ratios):.2f} x"))
        mean, ratios = mean_ratio(the161, "panel", peer)
        rows.append((f"panel, the 161 one by one, against TA-Lib {title}", "mean 8 x", f"{mean:.2f} x"))
    rows.append(("panel, the 161 one by one, sum", "170 ns", f"{total(the161, 'panel', 'ours'):.0f} ns (TA-Lib 0.6.4: {total(the161, 'panel', 'old'):.0f})"))
    moves = [f["move"] for f in the161.values()]
    most = [math.exp(statistics.fmean(math.log(f["panel"][p] / f["move"]) for f in the161.values() if p in f["panel"])) for p in ("newest", "old")]
    rows.append(("panel, the same columns read and written and nothing else", "", f"sum {sum(moves):.0f} ns; {most[0]:.1f} x 0.8.2, {most[1]:.1f} x 0.6.4 at the most"))
    rows.append(("panel, the 161 in one plan", "", f"{together['all']['panel_ns']:.0f} ns"))
    rows.append(("panel, the 61 patterns in one plan", "30 ns", f"{together['patterns']['panel_ns']:.0f} ns"))
    rows.append(("Hilbert family: " + ", ".join(n[3:] for n in HILBERT), "20 ns each", span(functions, HILBERT)))
    rows.append(("maps: " + ", ".join(MAPS), "0.15 ns", span(functions, MAPS)))
    rows.append((", ".join(AVERAGES), "0.7 ns", span(functions, AVERAGES)))
    rows.append((", ".join(EXTREMES), "0.7 ns", span(functions, EXTREMES)))
    ticks = [f["tick"] for f in the161.values()]
    mean = math.exp(statistics.fmean(map(math.log, ticks)))
    rows.append(("live, one bar, one symbol, one indicator", "mean 25 ns, most 1 us", f"mean {mean:.0f} ns, most {max(ticks):.0f} ns"))
    rows.append(("live, one bar of 512 symbols, the 161 in one plan", "250 us", f"p50 {together['all']['tick_512_p50_us']:.0f} us, p99 {together['all']['tick_512_p99_us']:.0f} us"))
    yield "| case | bound | measured |"
    yield "|---|---|---|"
    yield from (f"| {a} | {b} | {c} |" for a, b, c in rows)


def cells(way):
    ratios = (f"{way[p] / way['ours']:.2f}" if p in way else "" for p in ("newest", "old"))
    return " | ".join((f"{way['ours']:.2f}", *ratios))


def each(functions):
    yield "| function | one series, ns | x 0.8.2 | x 0.6.4 | panel, ns | x 0.8.2 | x 0.6.4 | one bar, ns |"
    yield "|---|---|---|---|---|---|---|---|"
    for name, f in sorted(functions.items()):
        yield f"| `{name}` | {cells(f['series'])} | {cells(f['panel'])} | {f['tick']:.0f} |"


def peers(path):
    rows, names = {}, []
    for r in lines_of(path):
        rows.setdefault((r["name"], r["case"]), {})[r["by"]] = r["ns"]
        if r["by"] not in names:
            names.append(r["by"])
    yield "| indicator | data | " + " | ".join(n.replace("_", "-") + ", ns" for n in names) + " |"
    yield "|---" * (len(names) + 2) + "|"
    for (name, case), ns in rows.items():
        yield f"| `{name}` | {case} | " + " | ".join(f"{ns[n]:.2f}" if n in ns else "" for n in names) + " |"


def main(results):
    folder = pathlib.Path(results)
    functions, machine = talib(folder / "feature_talib.json")
    together = {r["name"]: r for r in lines_of(folder / "feature_together.json")}
    text = [f"Commit {machine['commit']}, {machine['machine']}, nanoseconds a symbol-bar, one thread.", "", "### The bounds", ""]
    text += [*bounds(functions, together), "", "### Each function", "", *each(functions), "", "### Other libraries", ""]
    text += peers(folder / "indicators_peer.json")
    old = README.read_text()
    head, tail = old[: old.index(BEGIN) + len(BEGIN)], old[old.index(END) :]
    README.write_text(head + "\n\n" + "\n".join(text) + "\n\n" + tail)


if __name__ == "__main__":
    main(sys.argv[1])
