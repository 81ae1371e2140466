# SPDX-License-Identifier: Apache-2.0
"""The library's rates through ctypes beside QuantLib; a module of the rates oracles. Exit 77 where either is missing."""
import ctypes as c
import os
import subprocess
import sys
from pathlib import Path

try:
    import QuantLib as ql
except ImportError:
    venv = Path(sys.argv[sys.argv.index("--python") + 1] if "--python" in sys.argv else
                Path(__file__).resolve().parents[2] / "bench/.venv/bin/python")
    if not venv.exists() or os.environ.get("TW_RATES_PEER"):
        sys.exit(77)
    sys.exit(subprocess.run([venv, *sys.argv], env={**os.environ, "TW_RATES_PEER": "1"}).returncode)

EPOCH = ql.Date(1, 1, 1970).serialNumber()
NO_DATE = -(2**31)

# Where QuantLib 1.44 is wrong. Japan before 2000: its equinoxes are a day early (the Naval Observatory's tables of the
# years have 21 March 1990, 23 September 1993, ...), and it makes a substitute of the 6th of May, which the law has only
# since 2007.
_OPEN = """1990-03-20 1991-03-20 1992-05-06 1993-03-19 1993-09-22 1994-09-22 1995-03-20 1995-09-22 1997-03-19 1997-05-06
1997-09-22 1998-03-20 1998-05-06 1998-09-22 1999-09-22 2003-05-06"""
_CLOSED = """1990-03-21 1990-09-24 1991-03-21 1993-09-23 1994-09-23 1995-03-21 1997-03-20 1997-09-23 1998-09-23 1999-03-22
1999-09-23"""
KNOWN_DAYS = {"japan": {**{day: True for day in _OPEN.split()}, **{day: False for day in _CLOSED.split()}}}


class Error(c.Structure):
    _fields_ = [("message", c.c_char * 512)]


class Tenor(c.Structure):
    _fields_ = [("n", c.c_int), ("unit", c.c_char)]


class HolidaysSpec(c.Structure):
    _fields_ = [("names", c.c_char_p), ("n_closed", c.c_size_t), ("n_open", c.c_size_t),
                ("closed", c.POINTER(c.c_int32)), ("open", c.POINTER(c.c_int32))]


class Schedule(c.Structure):
    _fields_ = [("start", c.c_int32), ("end", c.c_int32), ("first", c.c_int32), ("next_to_last", c.c_int32),
                ("tenor", Tenor), ("holidays", c.c_void_p), ("roll", c.c_int), ("end_roll", c.c_int),
                ("generation", c.c_int), ("month_end", c.c_bool)]


class Accrual(c.Structure):
    _fields_ = [("start", c.c_int32), ("end", c.c_int32), ("ref_start", c.c_int32), ("ref_end", c.c_int32),
                ("frequency", c.c_int), ("maturity", c.c_int32), ("holidays", c.c_void_p), ("n_dates", c.c_size_t),
                ("dates", c.POINTER(c.c_int32))]


def load():
    beside = Path(os.environ.get("TRADEWIND", "/nowhere/tradewind")).parent / "libtradewind.so"
    path = Path(os.environ.get("TRADEWIND_LIBRARY", beside))
    if not path.exists():
        sys.exit(77)
    lib = c.CDLL(str(path))
    lib.tw_is_business_day.argtypes = [c.c_void_p, c.c_int32]
    lib.tw_is_business_day.restype = c.c_bool
    lib.tw_roll_date.argtypes = [c.c_void_p, c.c_int32, c.c_int]
    lib.tw_business_days.argtypes = [c.c_void_p, c.c_int32, c.c_int32]
    lib.tw_advance.argtypes = [c.c_void_p, c.c_int32, Tenor, c.c_int, c.c_bool]
    lib.tw_year_fraction.argtypes = [c.c_void_p, c.c_void_p]
    lib.tw_year_fraction.restype = c.c_double
    return lib


def check(status, error):
    assert status == 0, error.message.decode()


def holidays(lib, names):
    out, error = c.c_void_p(), Error()
    spec = HolidaysSpec(names=names.encode())
    check(lib.tw_holidays_new(None, c.byref(spec), c.byref(out), c.byref(error)), error)
    return out


def day_count(lib, name):
    out, error = c.c_void_p(), Error()
    check(lib.tw_day_count_find(name.encode(), c.byref(out), c.byref(error)), error)
    return out


def day_or_none(date):
    return NO_DATE if date == ql.Date() else date.serialNumber() - EPOCH


def schedule(lib, spec):
    dates, n, error = (c.c_int32 * 2000)(), c.c_size_t(), Error()
    check(lib.tw_schedule_dates(c.byref(spec), c.c_size_t(2000), dates, c.byref(n), c.byref(error)), error)
    return list(dates[:n.value])
