#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""tradewind ta plot: each kind of file is what its name says and shows what it should; every operator along time can be
drawn; what is wrong is refused with its name."""
import json
import os
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("TRADEWIND", ROOT / "build/release/tradewind")
SVG = "{http://www.w3.org/2000/svg}"
bad = []
n_checks = 0


def check(what, holds):
    global n_checks
    n_checks += 1
    if not holds:
        bad.append(what)


def plot(folder, *arguments, bars="bars.csv"):
    command = [PROGRAM, "ta", "plot", *arguments, "--in", bars, "--quiet"]
    # fontconfig, with which cairo looks for fonts, keeps some bytes for good: not ours to be told of under sanitizers.
    (folder / "leaks.txt").write_text("leak:libfontconfig\n")
    environment = {**os.environ, "LSAN_OPTIONS": "print_suppressions=0:suppressions=leaks.txt"}
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)


def texts(path):
    return [t.text for t in xml.parse(path).getroot().iter(SVG + "text")]


def begins(found, start):
    return any(t.startswith(start) for t in found)


def check_svg(folder):
    done = plot(folder, "macd", "--out", "m.svg", "--params", "fastperiod=10", "--width", "800", "--height", "500")
    check(f"macd: {done.stderr}", done.returncode == 0)
    root = xml.parse(folder / "m.svg").getroot()
    check("the svg has the size asked for", (root.get("width"), root.get("height")) == ("800", "500"))
    found = texts(folder / "m.svg")
    check("title", "Moving average convergence and divergence" in found)
    check("parameters and dates", any(re.fullmatch(r"macd\(10, 26, 9\)   S00001   \S+ to \S+", t) for t in found))
    for name in ("S00001 ", "macd ", "macdsignal ", "macdhist "):
        check(f"legend of {name}", begins(found, name))
    colours = {p.get("fill") for p in root.iter(SVG + "path")} - {"none"}
    check("candles and histogram in two colours", len(colours) >= 3)
    again = (folder / "m.svg").read_bytes()
    plot(folder, "macd", "--out", "m.svg", "--params", "fastperiod=10", "--width", "800", "--height", "500")
    check("the same bytes again", again == (folder / "m.svg").read_bytes())


def check_places(folder):
    """What is like a price lies over the candles: one panel, so one frame."""
    for name, panels in (("sma", 1), ("bbands", 1), ("sar", 1), ("cdlengulfing", 1), ("rsi", 2), ("obv", 2), ("avgprice", 1), ("linearreg", 1), ("stoch", 2)):
        plot(folder, name, "--out", "p.svg")
        frames = sum("stroke=\"#b6bdc6\"" in line and line.count("h") + line.count("v") >= 4
                     for line in (folder / "p.svg").read_text().splitlines())
        check(f"{name} has {panels} panels, not {frames}", frames == panels)
    plot(folder, "cdlengulfing", "--out", "p.svg")
    check("arrows are counted", any(re.search(r"cdlengulfing \d+ up, \d+ down", t) for t in texts(folder / "p.svg")))
    plot(folder, "rsi", "--out", "p.svg")
    check("usual levels are dashed", "stroke-dasharray" in (folder / "p.svg").read_text())


def check_page_and_png(folder):
    done = plot(folder, "rsi", "--out", "r.png", "--width", "640", "--height", "360")
    if "made without cairo" not in done.stderr:
        check(f"png: {done.stderr}", done.returncode == 0)
        png = (folder / "r.png").read_bytes()
        check("png signature", png[:8] == b"\x89PNG\r\n\x1a\n")
        check("png size", struct.unpack(">II", png[16:24]) == (640, 360))
    check("html", plot(folder, "rsi", "--out", "r.html", "--last", "50").returncode == 0)
    page = (folder / "r.html").read_text()
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    check("the page has the values", [s["name"] for s in data["series"]] == ["open", "high", "low", "close", "rsi"])
    check("of the bars drawn", len(data["times"]) == 50 == len(data["series"][4]["values"]))
    check("the page needs nothing else", not re.search(r'(src|href)="?http', page))
    calc = subprocess.run([PROGRAM, "ta", "calc", "rsi", "--in", "bars.csv", "--quiet"], cwd=folder, capture_output=True, text=True)
    check("they are those of ta calc", float(calc.stdout.splitlines()[-1].split(",")[2]) == data["series"][4]["values"][-1])


def check_all(folder):
    described = subprocess.run([PROGRAM, "describe", "operators"], capture_output=True, text=True, check=True)
    for op in json.loads(described.stdout)["operators"]:
        if "section" in op["traits"]:
            continue
        (folder / "a.svg").unlink(missing_ok=True)
        done = plot(folder, op["name"], "--out", "a.svg")
        if "needs a column" in done.stderr or op["name"] in ("acos", "asin"):  # of prices, those are missing
            continue
        check(f"{op['name']}: {done.stderr}", done.returncode == 0)
        if done.returncode == 0:
            found = texts(folder / "a.svg")
            names = op["outputs"] if len(op["outputs"]) > 1 else [op["name"]]
            check(f"{op['name']}: a legend of {names[0]}", begins(found, names[0] + " "))


def check_refusals(folder):
    head, *rows = (folder / "bars.csv").read_text().splitlines()
    (folder / "few.csv").write_text("\n".join([head, *rows[:5]]) + "\n")
    (folder / "close.csv").write_text("date,close\n" + "".join(f"2024-01-{d:02d},{10 + d % 3}\n" for d in range(1, 30)))
    (folder / "two.csv").write_text("\n".join([head, *rows, *(r.replace("S00001", "S00002") for r in rows)]) + "\n")
    cases = [
        (["rsii", "--out", "x.svg"], "bars.csv", "no operator 'rsii'; did you mean 'rsi'?"),
        (["rsi", "--out", "x.gif"], "bars.csv", "--out must end in .png, .svg or .html, got 'x.gif'"),
        (["rsi"], "bars.csv", "ta plot needs --out FILE.png, FILE.svg or FILE.html"),
        (["atr", "--out", "x.svg"], "close.csv", "atr needs a column 'high', which the bars lack"),
        (["rsi", "--out", "x.svg"], "few.csv", "rsi has its first value after 14 bars; there are only 5"),
        (["rsi", "--out", "x.svg", "--params", "period=3"], "bars.csv", "rsi: no parameter 'period'; did you mean 'timeperiod'?"),
        (["rsi", "--out", "x.svg", "--last", "0"], "bars.csv", "--last must be an integer in [1, 10000], got '0'"),
        (["rsi", "--out", "x.svg", "--width", "9"], "bars.csv", "--width must be an integer in [160, 8000], got '9'"),
        (["rsi", "--out", "x.svg"], "two.csv", "the bars have 2 symbols, a chart has one: choose it with --symbol, as in --symbol S00001"),
        (["rsi", "--out", "x.svg", "--symbol", "Z"], "two.csv", "the bars have no symbol 'Z'"),
        (["rank", "--out", "x.svg"], "bars.csv", "rank works across symbols, not along one series"),
    ]
    for arguments, bars, message in cases:
        done = plot(folder, *arguments, bars=bars)
        check(f"{arguments}: {done.stderr}", message in done.stderr and done.returncode != 0)
        check(f"{arguments}: nothing is written", not (folder / "x.svg").exists())
    check("a line where there are no candles", plot(folder, "sma", "--out", "x.svg", "--params", "timeperiod=3", bars="close.csv").returncode == 0)
    check("one of two symbols", plot(folder, "rsi", "--out", "x.svg", "--symbol", "S00002", bars="two.csv").returncode == 0)
    check("one bar", plot(folder, "medprice", "--out", "x.svg", "--last", "1").returncode == 0)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = ["--set", "symbols=1 sessions=400 seed=2385 start=2023-01-03", "--out", name, "--quiet"]
        subprocess.run([PROGRAM, "data", "simulate", *made], check=True, capture_output=True)
        for part in (check_svg, check_places, check_page_and_png, check_all, check_refusals):
            part(folder)
    print("\n".join(bad + [f"{n_checks} checks, {len(bad)} failed"]))
    return bool(bad)


sys.exit(main())
