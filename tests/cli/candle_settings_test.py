#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Candlestick patterns under settings of the caller's against TA-Lib, whose settings are globals: candle_pattern over means of other lengths, with other factors. Every pattern, on
two series at once. Settings are those of the call: cdl... in the same plan give what they give alone."""
import csv
import datetime
import io
import os
import pathlib
import subprocess
import tempfile

PROGRAM = os.environ["TRADEWIND"]
FEATURE = pathlib.Path(__file__).resolve().parents[1] / "golden" / "feature"
DEEP = ("darkcloudcover", "mathold")  # whose penetration is 0.5 by default


def golden():
    """The settings, name: (period, factor), and (pattern, series): {bar: value}."""
    settings, values = {}, {}
    for line in open(FEATURE / "candle_settings.csv"):
        words = line.split()
        if line.startswith("#") and len(words) == 4 and words[2].isdigit():
            settings[words[1]] = (words[2], words[3])
        elif not line.startswith("#"):
            pattern, series, pairs = line.strip().split(",")
            values[pattern, series] = {int(t): float(y) for t, y in (p.split(":") for p in pairs.split(";") if p)}
    return settings, values


def expression(pattern, settings):
    means = f"candle_body(open, close, {settings['bodylong'][0]}), candle_range(high, low, {settings['bodydoji'][0]}), candle_range(high, low, {settings['near'][0]}), "
    means += f"candle_shadow(open, high, low, close, {settings['shadowshort'][0]})"
    factors = ", ".join(f"{name}={factor}" for name, (_, factor) in settings.items())
    return f'{pattern}_=candle_pattern(open, high, low, close, {means}, penetration={0.5 if pattern in DEEP else 0.3}, {factors}, pattern="{pattern}")'


def write_bars(path):
    """The series as symbols of one calendar; returns each symbol's days."""
    with open(FEATURE / "talib_bars.csv") as f:
        rows = list(csv.reader(line for line in f if not line.startswith("#")))[1:]
    days = {}
    with open(path, "w") as f:
        f.write("date,symbol,open,high,low,close\n")
        for r in rows:
            if r[0] in ("candles", "ties"):
                day = str(datetime.date(2010, 1, 1) + datetime.timedelta(days=len(days.setdefault(r[0], []))))
                days[r[0]].append(day)
                f.write(",".join([day, r[0], *r[1:5]]) + "\n")
    return days


def calc(path, features):
    """(symbol, day): the row."""
    got = subprocess.run([PROGRAM, "features", "calc", "--in", path, "--expr", "; ".join(features), "--quiet"], capture_output=True, text=True)
    assert got.returncode == 0, got.stderr
    return {(r["symbol"], r["time"][:10]): r for r in csv.DictReader(io.StringIO(got.stdout))}


def main():
    settings, values = golden()
    patterns = sorted({p for p, _ in values})
    assert len(patterns) == 61 and len(settings) == 10
    changed = [expression(p, settings) for p in patterns]
    defaults = [f"d{p}=cdl{p}(open, high, low, close)" for p in patterns]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "bars.csv")
        days = write_bars(path)
        rows, alone = calc(path, changed + defaults), calc(path, defaults)
    wrong, met = [], 0
    for (pattern, series), want in values.items():
        for t, day in enumerate(days[series]):
            text = rows.get((series, day), {}).get(pattern + "_", "")
            value = float(text) if text else 0.0
            met += value != 0 and value == want.get(t, 0.0)
            if value != want.get(t, 0.0):
                wrong.append(f"{pattern} on {series}, bar {t}: {value}, TA-Lib has {want.get(t, 0.0)}")
    mixed = [f"cdl{p} on {at}: {rows[at]['d' + p]} beside other settings, {row['d' + p]} alone" for at, row in alone.items() for p in patterns if rows[at]["d" + p] != row["d" + p]]
    print("\n".join((wrong + mixed)[:20]))
    print(f"{len(patterns)} patterns, {met} events as TA-Lib has them, {len(wrong)} values differ, {len(mixed)} defaults do")
    return bool(wrong or mixed) or met < 1000 or not alone


if __name__ == "__main__":
    raise SystemExit(main())
