#!/usr/bin/env python3
"""Dirty files: every planted row is in the rejects file or among the findings, with its line; rows = kept + rejected; nothing is dropped."""
import csv
import gzip
import json
import os
import re
import struct
import subprocess
import sys
import tempfile

PROGRAM = os.environ["TRADEWIND"]

# Each planted row stands for itself: {d} is a day of its own that no clean row of symbol D has.
REJECTED = {
    "missing fields": b"{d},D,10,11,9",
    "too many fields": b"{d},D,10,11,9,10,100,7,8",
    "word for a number": b"{d},D,ten,11,9,10,100",
    "two dots": b"{d},D,1.0.2,11,9,10,100",
    "trailing letter": b"{d},D,10x,11,9,10,100",
    "hex": b"{d},D,0x1A,11,9,10,100",
    "blank inside": b"{d},D,1 0,11,9,10,100",
    "comma for a point": b'{d},D,"10,5",11,9,10,100',
    "no such month": b"2020-13-02,D,10,11,9,10,100",
    "no such day": b"2020-02-30,D,10,11,9,10,100",
    "word for a date": b"yesterday,D,10,11,9,10,100",
    "no date": b",D,10,11,9,10,100",
    "other order of date": b"02/31/2020,D,10,11,9,10,100",
    "no symbol": b"{d},,10,11,9,10,100",
    "nul byte": b"{d},D,10,1\x001,9,10,100",
    "latin-1 in a number": b"{d},D,10\xa0,11,9,10,100",
    "huge field": b"{d},D," + b"9" * 70000 + b"x,11,9,10,100",
    "utf-8 digits": "{d},D,１０,11,9,10,100".encode(),
    "time of day too large": b"{d} 25:00:00,D,10,11,9,10,100",
    "infinity": b"{d},D,10,inf,9,10,100",
    "too large for a number": b"{d},D,10,1e400,9,10,100",
    "too small for a number": b"{d},D,10,11,1e-400,10,100",
    "thousands": b'{d},D,"1,000","1,001",999,"1,000",100',
    "no price at all": b"{d},D,,nan,NULL,n/a,",
    "quote never closed": b'{d},D,"10,11,9,10,100',
    "quote inside": b'{d},D,1"0,11,9,10,100',
    "text after a quote": b'{d},D,"10"x,11,9,10,100',
    "header again": b"date,symbol,open,high,low,close,volume",
    "byte order mark": b"\xef\xbb\xbf{d},D,10,11,9,10,100",
    "byte order mark in the symbol": b"{d},\xef\xbb\xbfD,10,11,9,10,100",
    "blank nobody sees": b"{d},D\xc2\xa0,10,11,9,10,100",
    "symbol of 100 bytes": b"{d}," + b"D" * 100 + b",10,11,9,10,100",
    "epoch among dates": b"1577923200,D,10,11,9,10,100",
    "date with slashes": b"2020/01/02,D,10,11,9,10,100",
    "long line": b"x" * 100000,
}
FOUND = {  # readable, but no market: kept, and told by a check
    "negative price": b"{d},D,-10,11,-12,10,100",
    "zero price": b"{d},D,0,11,0,10,100",
    "high below low": b"{d},D,10,9,11,10,100",
    "close above high": b"{d},D,10,11,9,15,100",
    "open below low": b"{d},D,5,11,9,10,100",
    "negative volume": b"{d},D,10,11,9,10,-5",
    "ten times the price": b"{d},D,100,110,90,100,100",
    "symbol in lower case": b"{d},d,10,11,9,10,100",
    "lone symbol": b"{d},X-LONE,10,11,9,10,100",
    "wrong year": b"2204-01-07,D,10,11,9,10,100",
    "volume alone": b"{d},D,,,,,100",
    "no volume": b"{d},D,10,11,9,10,",
}


WITHOUT_DETAIL = ("no date", "no symbol", "no price at all", "text after a quote", "quote never closed", "quote inside")


def tradewind(*args, code=0):
    done = subprocess.run([PROGRAM, *args], capture_output=True, text=True, timeout=60)
    assert code is None or done.returncode == code, (args, done.returncode, done.stdout, done.stderr)
    return done


def days(n):
    import datetime
    day, out = datetime.date(2020, 1, 2), []
    while len(out) < n:
        if day.weekday() < 5:
            out.append(day.isoformat().encode())
        day += datetime.timedelta(1)
    return out


def make_file():
    """Lines of bars for C (clean) and D (planted); (lines, {line number: what is planted there})."""
    lines, planted, calendar = [b"date,symbol,open,high,low,close,volume"], {}, days(260)
    kinds = list(REJECTED.items()) + list(FOUND.items())
    for i, day in enumerate(calendar):
        base = 10 + 0.1 * (i % 7)
        lines.append(b"%s,C,%g,%g,%g,%g,%d" % (day, base, base + 1, base - 1, base + 0.5, 100 + i))
        if i % 5 == 3 and i // 5 < len(kinds):
            lines.append(kinds[i // 5][1].replace(b"{d}", day))
            planted[len(lines)] = kinds[i // 5][0]
        else:
            lines.append(b"%s,D,%g,%g,%g,%g,%d" % (day, base, base + 1, base - 1, base + 0.5, 100 + i))
    for what, row in (("duplicate", lines[1]), ("conflicting duplicate", lines[3].replace(b",10", b",17", 1))):
        lines.append(row)
        planted[len(lines)] = what
    return lines, planted


def counts(text):
    found = re.search(r"(\d+) rows: (\d+) kept, (\d+) set aside", text)
    return [int(g) for g in found.groups()]


def check_long_form():
    lines, planted = make_file()
    open("dirty.csv", "wb").write(b"\n".join(lines) + b"\n")
    done = tradewind("data", "import", "dirty.csv", "--out", "d.twp", "--rejects", "r.csv", "--quiet")
    rows, kept, rejected = counts(done.stdout + done.stderr)
    assert rows == kept + rejected == len(lines) - 1, (rows, kept, rejected, len(lines) - 1)
    with open("r.csv", newline="", encoding="latin-1") as f:
        aside = {int(r["line"]): r["reason"] for r in csv.DictReader((l.replace("\0", "?") for l in f))}
    found = json.loads(tradewind("data", "check", "dirty.csv", "--json", "--quiet", code=None).stdout)
    text = json.dumps(found)
    for line, what in planted.items():
        if what in REJECTED and what not in WITHOUT_DETAIL:  # the reason says more than its kind
            assert re.search(r": .*(\d|')", aside[line]), (line, what, aside[line])
        if what in FOUND:
            assert line not in aside, (line, what, aside.get(line))
            day = lines[line - 1].split(b",")[0].decode()
            assert day in text, (line, what, "is not among the findings")
        else:
            assert line in aside, (line, what, "is not among the rejects", lines[line - 1][:60])
    assert set(aside) <= set(planted), {n: aside[n] for n in set(aside) - set(planted)}
    assert len(aside) == rejected
    strict = tradewind("data", "import", "dirty.csv", "--out", "s.twp", "--strict", "--quiet", code=None)
    assert strict.returncode and f"dirty.csv:{min(aside)}" in strict.stderr and not os.path.exists("s.twp"), strict
    return len(planted)


def check_forms():
    """The same bars behind a byte order mark, CRLF, empty lines, quotes, gzip, a broken quote and a cut gzip."""
    clean = [b"date,symbol,open,high,low,close,volume"] + [b"%s,A,10,11,9,10.5,%d" % (d, i) for i, d in enumerate(days(40))]
    plain = b"\n".join(clean) + b"\n"
    forms = {"bom": b"\xef\xbb\xbf" + plain, "crlf": plain.replace(b"\n", b"\r\n"), "empty": plain.replace(b"\n", b"\n\n"),
             "no end": plain[:-1], "quoted": plain.replace(b",A,", b',"A",'), "gz": gzip.compress(plain), "plain": plain}
    sums = set()
    for name, content in forms.items():
        open("form.csv" + (".gz" if name == "gz" else ""), "wb").write(content)
        path = "form.csv" + (".gz" if name == "gz" else "")
        done = tradewind("data", "import", path, "--out", "f.twp", "--quiet")
        assert counts(done.stdout) == [40, 40, 0], (name, done.stdout)
        sums.add(re.search("checksum +(\\w+)", tradewind("data", "show", "f.twp").stdout)[1])
        os.unlink(path)
    assert len(sums) == 1, "the same bars give the same panel"
    open("cut.csv.gz", "wb").write(gzip.compress(plain)[:-20])
    assert "cut.csv.gz" in tradewind("data", "import", "cut.csv.gz", "--out", "f.twp", code=None).stderr
    open("quote.csv", "wb").write(plain.replace(clean[7], clean[7].replace(b"10.5", b'"10.5')))
    done = tradewind("data", "import", "quote.csv", "--out", "q.twp", "--rejects", "q.csv", "--quiet", code=None)
    if done.returncode == 0:  # an open quote swallows lines: told, and every row that is counted is kept or set aside
        rows, kept, rejected = counts(done.stdout)
        assert rows == kept + rejected and rejected >= 1, done.stdout
    else:
        assert "quote.csv" in done.stderr, done.stderr
    for name, content in (("nothing", b""), ("header only", clean[0] + b"\n"), ("utf-16", plain.decode().encode("utf-16")), ("binary", bytes(range(256)) * 40),
                          ("html", b"<html><body>not found</body></html>\n")):
        open("bad.csv", "wb").write(content)
        done = tradewind("data", "import", "bad.csv", "--out", "x.twp", "--quiet", code=None)
        assert done.returncode in (1, 2) and ("bad.csv" in done.stderr or "no row could be taken" in done.stderr), (name, done)


def check_damage():
    """One byte of a panel changed: every command that reads it refuses it by name."""
    tradewind("data", "import", "form_ok.csv", "--out", "whole.twp", "--quiet")
    content = bytearray(open("whole.twp", "rb").read())
    content[content.index(struct.pack("<d", 10.0))] ^= 1  # the first close
    open("damaged.twp", "wb").write(content)
    for command in (("show",), ("check",), ("adjust", "--actions", "none.csv", "--out", "o.csv")):
        done = tradewind("data", command[0], "damaged.twp", *command[1:], "--quiet", code=1)
        assert "damaged.twp" in done.stderr and "checksum" in done.stderr, (command, done.stderr)


def check_run():
    """A run over the dirty file says what was set aside, in the answer, in report.json and in the rejects file."""
    open("spec.yaml", "w").write("""
name: dirty
data: {csv: dirty.csv, actions: actions.csv}
features: {add: {gain: "close / lag(close, 3) - 1", spread: (high - low) / close}}
split: {name: walk_forward, params: refits=2 embargo=5}
models: [{learner: ridge}]
""")
    open("actions.csv", "w").write("ex_date,symbol,kind,ratio,amount\n2020-03-02,C,split,2,\n2020-03-03,C,merger,2,\nnever,C,split,2,\n")
    done = tradewind("run", "spec.yaml", "--quiet")
    told = re.search(r"(\d+) of (\d+) rows set aside: (\S+)", done.stdout)
    report = json.load(open("out/dirty/report.json"))["data"]["import"]
    assert (int(told[1]), int(told[2])) == (report["rejected"], report["rows"]), (told[0], report)
    assert sum(1 for _ in csv.DictReader((l.replace("\0", "?") for l in open(told[3], newline="", encoding="latin-1")))) == report["rejected"]
    assert "2 corporate actions set aside" in done.stdout and report["actions_rejected"] == 2, done.stdout
    assert re.search(r"quality of the bars: \d+ errors, \d+ warnings", done.stdout), done.stdout
    again = tradewind("run", "spec.yaml", "--quiet").stdout
    assert told[0] in again, "the second run tells it as well"


def main():
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        n = check_long_form()
        check_forms()
        open("form_ok.csv", "w").write("date,symbol,close\n" + "".join(f"{d.decode()},A,{10 + i}\n" for i, d in enumerate(days(40))))
        check_damage()
        check_run()
        print(f"{n} planted rows, none lost")


csv.field_size_limit(1 << 20)
sys.exit(main())
