#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Calendars, roll rules, schedules and day counts against QuantLib, through ctypes, on every day of 1990 to 2050 and on
random dates.

Skipped (exit 77) without QuantLib or without the shared library; QuantLib is taken from bench/.venv when python3 lacks
it, or from the python named by --python."""
import ctypes as c
import random

import rates_peer
from rates_peer import EPOCH, Accrual, Schedule, Tenor, ql

lib = rates_peer.load()

USA = ql.UnitedStates
CALENDARS = {
    "nyse": USA(USA.NYSE), "us_government": USA(USA.GovernmentBond), "us_sofr": USA(USA.SOFR),
    "us_settlement": USA(USA.Settlement), "target": ql.TARGET(), "uk": ql.UnitedKingdom(ql.UnitedKingdom.Settlement),
    "japan": ql.Japan(), "brazil": ql.Brazil(), "weekends": ql.WeekendsOnly(), "none": ql.NullCalendar(),
    "target+uk": ql.JointCalendar(ql.TARGET(), ql.UnitedKingdom(), ql.JoinHolidays),
    "nyse|japan": ql.JointCalendar(USA(USA.NYSE), ql.Japan(), ql.JoinBusinessDays),
}
ROLLS = [ql.Unadjusted, ql.Following, ql.ModifiedFollowing, ql.Preceding, ql.ModifiedPreceding,
         ql.HalfMonthModifiedFollowing, ql.Nearest]
# Days on which QuantLib 1.44 is known to differ: name -> what is right, and why (docs/reference/rates.md).
KNOWN = rates_peer.KNOWN_DAYS


def check_calendars(made):
    first, last = ql.Date(1, 1, 1990), ql.Date(31, 12, 2050)
    for name, theirs in CALENDARS.items():
        differ = {}
        for serial in range(first.serialNumber(), last.serialNumber() + 1):
            day = ql.Date(serial)
            ours = lib.tw_is_business_day(made[name], serial - EPOCH)
            if ours != theirs.isBusinessDay(day):
                differ[day.ISO()] = ours
        known = KNOWN.get(name, {})
        assert differ == known, (name, sorted(set(differ.items()) ^ set(known.items()))[:60])


def check_rolls(made, rng):
    for _ in range(20000):
        name = rng.choice(["target", "uk", "brazil", "weekends"])
        day = ql.Date(rng.randrange(ql.Date(1, 1, 2000).serialNumber(), ql.Date(1, 1, 2049).serialNumber()))
        roll = rng.randrange(len(ROLLS))
        ours = lib.tw_roll_date(made[name], day.serialNumber() - EPOCH, roll)
        assert ours == CALENDARS[name].adjust(day, ROLLS[roll]).serialNumber() - EPOCH, (name, day, roll)
        n, unit, eom = rng.randrange(-40, 41), rng.choice("WMYB"), rng.random() < 0.5
        units = {"W": ql.Weeks, "M": ql.Months, "Y": ql.Years, "B": ql.Days}
        if unit == "Y":
            n //= 4
        ours = lib.tw_advance(made[name], day.serialNumber() - EPOCH, Tenor(n, unit.encode()), roll, eom)
        theirs = CALENDARS[name].advance(day, n, units[unit], ROLLS[roll], eom)
        if n == 0 and unit == "B":
            theirs = CALENDARS[name].adjust(day)
        assert ours == theirs.serialNumber() - EPOCH, (name, day, n, unit, roll, eom, ours + EPOCH, theirs)
        other = day + rng.randrange(-900, 900)
        ours = lib.tw_business_days(made[name], day.serialNumber() - EPOCH, other.serialNumber() - EPOCH)
        first, last = min(day, other), max(day, other)
        sign = 1 if other >= day else -1
        assert ours == sign * CALENDARS[name].businessDaysBetween(first, last, True, False), (name, day, other)


def random_schedule(rng):
    start = ql.Date(rng.randrange(ql.Date(1, 1, 2005).serialNumber(), ql.Date(1, 1, 2030).serialNumber()))
    if rng.random() < 0.3:
        start = ql.Date.endOfMonth(start)
    end = start + rng.randrange(40, 4000)
    if rng.random() < 0.5:
        end = start + ql.Period(rng.randrange(3, 120), ql.Months)
    if rng.random() < 0.2:
        end = ql.Date.endOfMonth(end)
    return start, end


def check_schedules(made, rng):
    for _ in range(4000):
        start, end = random_schedule(rng)
        months = rng.choice([1, 3, 6, 12])
        roll, end_roll = rng.choice([0, 1, 2, 3]), rng.choice([0, 1, 2])
        back, eom = rng.random() < 0.6, rng.random() < 0.4
        name = rng.choice(["target", "us_government", "uk"])
        first = last = ql.Date()
        if rng.random() < 0.3 and (end - start) > 31 * months * 3:
            if back:
                last = end - rng.randrange(20, 31 * months)
            else:
                first = start + rng.randrange(20, 31 * months)
        theirs = ql.Schedule(start, end, ql.Period(months, ql.Months), CALENDARS[name], ROLLS[roll], ROLLS[end_roll],
                             ql.DateGeneration.Backward if back else ql.DateGeneration.Forward, eom, first, last)
        ours = rates_peer.schedule(lib, Schedule(
            start.serialNumber() - EPOCH, end.serialNumber() - EPOCH, rates_peer.day_or_none(first),
            rates_peer.day_or_none(last), Tenor(months, b"M"), made[name], roll, end_roll, 0 if back else 1, eom))
        theirs = [d.serialNumber() - EPOCH for d in theirs.dates()]
        assert ours == theirs, (start, end, months, roll, end_roll, back, eom, name, first, last, ours, theirs)


DAY_COUNTS = {
    "act/360": ql.Actual360(), "act/364": ql.Actual364(), "act/365f": ql.Actual365Fixed(), "act/366": ql.Actual366(),
    "nl/365": ql.Actual365Fixed(ql.Actual365Fixed.NoLeap), "act/act isda": ql.ActualActual(ql.ActualActual.ISDA),
    "act/act afb": ql.ActualActual(ql.ActualActual.AFB), "30/360": ql.Thirty360(ql.Thirty360.BondBasis),
    "30/360 us": ql.Thirty360(ql.Thirty360.USA), "30e/360": ql.Thirty360(ql.Thirty360.European),
    "30e/360 isda": ql.Thirty360(ql.Thirty360.ISDA), "bus/252": ql.Business252(ql.Brazil()), "1/1": ql.OneDayCounter(),
}


def check_day_counts(made, rng):
    for name, theirs in DAY_COUNTS.items():
        day_count = rates_peer.day_count(lib, name)
        for _ in range(3000):
            start = ql.Date(rng.randrange(ql.Date(1, 1, 1995).serialNumber(), ql.Date(1, 1, 2045).serialNumber()))
            end = start + rng.choice([rng.randrange(0, 800), rng.randrange(0, 6000)])
            if rng.random() < 0.2:
                start = ql.Date.endOfMonth(start)
            if rng.random() < 0.2:
                end = ql.Date.endOfMonth(end)
            if end < start or (name == "1/1" and start == end):
                continue
            accrual = Accrual(start=start.serialNumber() - EPOCH, end=end.serialNumber() - EPOCH,
                              holidays=made["brazil"])
            ours = lib.tw_year_fraction(day_count, c.byref(accrual))
            want = theirs.yearFraction(start, end)
            assert abs(ours - want) < 1e-13, (name, start, end, ours, want)


def check_icma(made, rng):
    """Coupons of bonds with stubs: fractions of whole and partial periods, where QuantLib's schedule form gives them."""
    day_count = rates_peer.day_count(lib, "act/act icma")
    for _ in range(1500):
        start, end = random_schedule(rng)
        months = rng.choice([3, 6, 12])
        if end - start < 31 * months * 3:
            continue
        schedule = ql.Schedule(start, end, ql.Period(months, ql.Months), ql.NullCalendar(), ql.Unadjusted,
                               ql.Unadjusted, rng.choice([ql.DateGeneration.Backward, ql.DateGeneration.Forward]),
                               False)
        theirs = ql.ActualActual(ql.ActualActual.ISMA, schedule)
        dates = [d.serialNumber() - EPOCH for d in schedule.dates()]
        array = (c.c_int32 * len(dates))(*dates)
        i = rng.randrange(len(dates) - 1)
        a = rng.randrange(dates[i], dates[i + 1])
        b = rng.randrange(a + 1, dates[-1] + 1)
        accrual = Accrual(start=a, end=b, frequency=12 // months, n_dates=len(dates),
                          dates=c.cast(array, c.POINTER(c.c_int32)))
        ours = lib.tw_year_fraction(day_count, c.byref(accrual))
        want = theirs.yearFraction(ql.Date(a + EPOCH), ql.Date(b + EPOCH))
        assert abs(ours - want) < 1e-12, (schedule.dates(), ql.Date(a + EPOCH), ql.Date(b + EPOCH), ours, want)


def main():
    rng = random.Random(20240102)
    made = {name: rates_peer.holidays(lib, name) for name in CALENDARS}
    check_calendars(made)
    check_rolls(made, rng)
    check_schedules(made, rng)
    check_day_counts(made, rng)
    check_icma(made, rng)
    print(f"QuantLib {ql.__version__}: {len(CALENDARS)} calendars of 1990-2050, rolls, schedules, "
          f"{len(DAY_COUNTS) + 1} day counts agree")


main()
