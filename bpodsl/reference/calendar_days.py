"""Counting in days: the day that a length of days, weeks, months or years ends with."""

from __future__ import annotations

from datetime import date

from bpodsl.reference.index import Index
from bpodsl.terms import Length, NthWeekday
from bpodsl.values import Calendar, add_days, add_months, further, nth_weekday


def counted(index: Index, length: Length, day: date, sign: int = 1) -> date | None:
    """The day so long after a day (before it, with sign -1); None if there is none."""
    n = sign * length.amount
    match length.unit:
        case "days" | "weeks" | "months" | "years":
            return further(day, n, length.unit)
        case "working days":
            return index.calendars[length.calendar or ""].add_open_days(day, n)
        case _:
            raise AssertionError(f"{length.unit} is no unit of days")


def nth_weekday_from(which: NthWeekday, day: date) -> date | None:
    """The weekday that is counted from a day."""
    match which.of:
        case "month":
            month = add_months(day.replace(day=1), which.on)
            return nth_weekday(month.year, month.month, which.weekday, which.n)
        case "week":
            return add_days(day, which.weekday - day.weekday() + 7 * which.on)
        case _:
            return add_days(day, (which.weekday - day.weekday() - 1) % 7 + 1)


def after(index: Index, day: date) -> int:
    """The first instant after a day."""
    return index.zone.start_of(add_days(day, 1))


def calendar_of(index: Index, length: Length) -> Calendar | None:
    """The calendar in which a length of clock time runs; None: always."""
    return None if length.calendar is None else index.calendars[length.calendar]


def first_reach(calendar: Calendar | None, start: int, ticks: int) -> int | None:
    """The first instant with so much time since start."""
    return start + ticks if calendar is None else calendar.first_reach(start, ticks)


def last_within(calendar: Calendar | None, start: int, ticks: int) -> int | None:
    """The last instant with no more time than that since start."""
    return start + ticks if calendar is None else calendar.last_within(start, ticks)


def moment(index: Index, length: Length, start: int, day: date) -> int | None:
    """When a length is over that is counted from an instant, or from its day if it is a length in days."""
    if length.by_clock:
        return first_reach(calendar_of(index, length), start, length.amount)
    last = counted(index, length, day)
    return None if last is None else after(index, last)
