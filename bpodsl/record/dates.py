"""Days, instants and times of day: what an expression of them yields, given the values of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from bpodsl.terms import Length, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.terms.lengths import MOST
from bpodsl.values import (
    FIRST,
    FIRST_DAY,
    LAST,
    LAST_DAY,
    Calendar,
    Period,
    TimeError,
    Zone,
    add_days,
    calendar_months_between,
    cell_of,
    day_of,
    days_30_360,
    further,
    months_between,
    weekday_name,
)

NO_DAY = NotMeasured("no such day")
NO_INSTANT = NotMeasured("no such instant")
NO_COUNT = NotMeasured("no whole number")

Calendars = Mapping[str, Calendar]


def operands(e: Any) -> tuple[ex.Expression, ...]:
    """The parts of an expression that must be measured first."""
    match e:
        case ex.DayOf(value, _) | ex.CellDay(value):
            return (value,)
        case ex.TimeOfDay(instant):
            return (instant,)
        case ex.Weekday(day):
            return (day,)
        case ex.DayAfter(day, _, _, count):
            return (day,) if count is None else (day, count)
        case ex.Between(_, start, end) | ex.OpenTime(_, start, end):
            return start, end
        case ex.InstantAfter(instant, length, _):
            return instant, length
    raise AssertionError(e)


def computed(e: Any, values: list[Any], zone: Zone, calendars: Calendars) -> object:
    """The value of an expression, given those of its parts."""
    first, second = values[0], values[-1]
    match e:
        case ex.DayOf(_, edge):
            return first.first if edge == "first" and isinstance(first, Period) else day_of(first, zone)
        case ex.CellDay():
            return _in_cell(e, day_of(first, zone))
        case ex.TimeOfDay():
            return zone.time_of_day(first)
        case ex.Weekday():
            return weekday_name(first)
        case ex.Between():
            return _between(e, first, second, calendars)
        case ex.OpenTime(calendar):
            return calendars[calendar].worked(first, second)
        case ex.DayAfter(_, length, sign, count):
            if count is not None:
                return day_counted(first, length, calendars, sign * second)
            day = day_after(first, length, calendars, sign)
            return NO_DAY if day is None or not FIRST_DAY <= day <= LAST_DAY else day
        case ex.InstantAfter(_, _, calendar):
            ticks = floor(second)
            if calendar is None:
                instant: int | None = first + ticks
            else:
                instant = None if ticks < 0 else calendars[calendar].first_reach(first, ticks)
            return NO_INSTANT if instant is None or not FIRST <= instant < LAST else instant
    raise AssertionError(e)


def _in_cell(e: ex.CellDay, day: date) -> object:
    """The day asked for of the week, month or the like in which a day lies."""
    try:
        first, last = cell_of(day, e.unit, e.n, e.anchor, e.on)  # type: ignore[arg-type]
        found = min(add_days(first, e.nth - 1), last) if e.nth is not None else first if e.edge == "first" else last
    except TimeError:
        return NO_DAY
    return found if FIRST_DAY <= found <= LAST_DAY else NO_DAY


def day_counted(day: date, length: Length, calendars: Calendars, times: int | Fraction) -> object:
    """The day so many times a length after a day; before it, if they are less than nothing."""
    amount = Fraction(times) * length.amount
    if amount.denominator != 1:
        return NO_COUNT
    if abs(amount) > MOST[length.unit]:
        return NO_DAY
    found: date | None = day
    if amount:
        whole = Length(abs(int(amount)), length.unit, length.calendar)
        found = day_after(day, whole, calendars, 1 if amount > 0 else -1)
    return NO_DAY if found is None or not FIRST_DAY <= found <= LAST_DAY else found


def day_after(day: date, length: Length, calendars: Calendars, sign: int = 1) -> date | None:
    """The day so long after a day (before it, with sign -1); None if there is none."""
    n = sign * length.amount
    if length.unit == "working days":
        return calendars[length.calendar or ""].add_open_days(day, n)
    try:
        return further(day, n, length.unit)  # type: ignore[arg-type]
    except TimeError:
        return None


def _between(e: ex.Between, start: date, end: date, calendars: Calendars) -> int:
    match e.unit:
        case "days":
            return (end - start).days + e.through
        case "working days":
            calendar = calendars[e.calendar or ""]
            start = add_days(start, -1) if e.through else start
            if start <= end:
                return calendar.open_days_between(add_days(start, 1), end)
            return -calendar.open_days_between(add_days(end, 1), start)
        case "months":
            return months_between(start, add_days(end, 1) if e.through else end)
        case "calendar months":
            return calendar_months_between(start if e.through else add_days(start, 1), end)
        case _:
            return days_30_360(start, end)
