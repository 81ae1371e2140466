#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tests/golden/data/calendars.csv: weekdays without a session and sessions with an early close, 2000 to 2025,
of XLON, XTKS, XETR and CMES as exchange_calendars 4.13.2 has them.

    pip install exchange_calendars==4.13.2 && python3 data_calendars.py > ../data/calendars.csv
"""
import datetime as dt

import exchange_calendars as xc

assert xc.__version__ == "4.13.2", xc.__version__
print("# made by tests/golden/make/data_calendars.py with exchange_calendars 4.13.2")
print("calendar,date,close_minutes")  # -1: closed; else minutes of the local clock
REGULAR = {"XLON": 990, "XTKS": 900, "XETR": 1050, "CMES": 1020}
for name, regular in REGULAR.items():
    calendar = xc.get_calendar(name, start="2000-01-01", end="2025-12-31")
    closes = {k.date(): v.astimezone(calendar.tz) for k, v in calendar.schedule["close"].items()}
    day = dt.date(2000, 1, 1)
    while day <= dt.date(2025, 12, 31):
        if day.weekday() < 5:
            close = closes.get(day)
            minutes = -1 if close is None else close.hour * 60 + close.minute
            usual = 930 if name == "XTKS" and day >= dt.date(2024, 11, 5) else regular
            if minutes != usual:
                print(f"{name},{day},{minutes}")
        elif day in closes:
            raise SystemExit(f"{name} trades on {day}")
        day += dt.timedelta(1)
