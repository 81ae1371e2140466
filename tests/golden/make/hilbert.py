#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cycle of Ehlers by the rules of TA-Lib in 60 digits, against this program: which of the two is right where TA-Lib's
values are what rounding left of sums that are 0.

    hilbert.py PROGRAM     needs mpmath; exits 1 where phase, sine or mode differ
"""
import csv
import datetime
import pathlib
import subprocess
import sys
import tempfile

from mpmath import mp, mpf

mp.dps = 60
NOTHING = mpf(10) ** -45  # what 60 digits leave of a sum that is 0
DEGREES = 180 / mp.pi
BARS = pathlib.Path(__file__).parent.parent / "feature" / "talib_bars.csv"


def close_of(series):
    with open(BARS) as lines:
        return [row["close"] for row in csv.DictReader(x for x in lines if x[0] != "#") if row["series"] == series]


def at(x, t):
    return x[t] if t in x else mpf(0)


def transform(x, t):
    return mpf("0.0962") * (at(x, t) - at(x, t - 6)) + mpf("0.5769") * (at(x, t - 2) - at(x, t - 4))


def whole(x):
    return x if abs(x) > NOTHING else mpf(0)


def cycles(price):
    """Of each bar from 37 on: its smoothed price and the smoothed period."""
    smooth, detrended, quadrature, in_phase = {}, {}, {}, {}
    i2 = q2 = re = im = period = slow = mpf(0)
    for t in range(37, len(price)):
        gain = mpf("0.075") * period + mpf("0.54")
        smooth[t] = (4 * price[t] + 3 * price[t - 1] + 2 * price[t - 2] + price[t - 3]) / 10
        detrended[t] = transform(smooth, t) * gain
        quadrature[t] = transform(detrended, t) * gain
        in_phase[t] = at(detrended, t - 3)
        i = mpf("0.2") * (in_phase[t] - transform(quadrature, t) * gain) + mpf("0.8") * i2
        q = mpf("0.2") * (quadrature[t] + transform(in_phase, t) * gain) + mpf("0.8") * q2
        re, im = mpf("0.2") * (i * i2 + q * q2) + mpf("0.8") * re, mpf("0.2") * (i * q2 - q * i2) + mpf("0.8") * im
        i2, q2, last = i, q, period
        if whole(im) and whole(re):
            period = 360 / (mp.atan(im / re) * DEGREES)
        period = min(max(max(min(period, mpf("1.5") * last), mpf("0.67") * last), 6), 50)
        period = mpf("0.2") * period + mpf("0.8") * last
        slow = mpf("0.33") * period + mpf("0.67") * slow
        yield t, smooth, slow


def answers(price):
    """Of each bar: phase, sine, leadsine, mode."""
    phase = sine = lead = t1 = t2 = t3 = mpf(0)
    days = 0
    for t, smooth, period in cycles(price):
        n = int(period + mpf("0.5"))
        s = whole(sum(mp.sin(2 * k * mp.pi / n) * at(smooth, t - k) for k in range(n)))
        c = whole(sum(mp.cos(2 * k * mp.pi / n) * at(smooth, t - k) for k in range(n)))
        old, held = phase, phase + (0 if s == 0 else 90 if s > 0 else -90)
        phase = (mp.atan(s / c) * DEGREES if c else held) + 90 + 360 / period + (180 if c < 0 else 0)
        phase -= 360 if phase > 315 else 0
        was_sine, was_lead = sine, lead
        sine, lead = mp.sin(phase / DEGREES), mp.sin((phase + 45) / DEGREES)
        mean = sum(price[t - k] for k in range(n)) / n if n else mpf(0)
        trend, t1, t2, t3 = (4 * mean + 3 * t1 + 2 * t2 + t3) / 10, mean, t1, t2
        crossed = (sine > lead and was_sine <= was_lead) or (sine < lead and was_sine >= was_lead)
        days = 1 if crossed else days + 1
        turns = mpf("0.67") * 360 < (phase - old) * period < mpf("1.5") * 360
        far = trend != 0 and abs((smooth[t] - trend) / trend) >= mpf("0.015")
        yield t, (phase, sine, lead, far or not (crossed or days < period / 2 or turns))


def calculated(program, function, close):
    with tempfile.TemporaryDirectory() as folder:
        given, made = folder + "/in.csv", folder + "/out.csv"
        with open(given, "w") as out:
            out.write("date,close\n")
            for k, x in enumerate(close):
                out.write(f"{datetime.date(2000, 1, 1) + datetime.timedelta(k)},{x}\n")
        subprocess.run([program, "ta", "calc", function, "--in", given, "--out", made], check=True, stderr=subprocess.DEVNULL)
        with open(made) as rows:
            return list(csv.DictReader(rows))


def main(program):
    wrong = 0
    for series in ("walk", "ties"):
        close = close_of(series)
        made = [calculated(program, "ht_" + f, close) for f in ("dcphase", "sine", "trendmode")]
        for t, want in answers([mpf(x) for x in close]):
            got = (made[0][t]["real"], made[1][t]["sine"], made[1][t]["leadsine"], made[2][t]["integer"])
            if t >= 63 and not all(abs(mpf(g) - w) < 1e-9 * max(abs(w), 1) for g, w in zip(got, want)):
                wrong += 1
                print(f"{series}, bar {t}: {got}, by 60 digits {[float(x) for x in want]}")
    print(f"{wrong} bars differ")
    return wrong > 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
