"""Civil days, weekdays and months, and the named periods of the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal

from bpodsl.lean import frozen
from bpodsl.values.instants import TimeError, parse_day
from bpodsl.values.zones import Zone

EndOfMonth = Literal["clamp", "roll", "strict"]
PeriodUnit = Literal["day", "month", "quarter", "year"]
NamedUnit = Literal["day", "month", "quarter", "year", "listed"]
CivilUnit = Literal["days", "weeks", "months", "years"]

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""The weekday names in the order of ``date.weekday``."""

_PERIOD = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|([0-9]{2})))?")


def weekday_name(day: date) -> str:
    """``mon`` to ``sun``."""
    return WEEKDAYS[day.weekday()]


def add_days(day: date, n: int) -> date:
    """The day ``n`` days after ``day`` (before it, if negative); raises `TimeError` ``out_of_range``."""
    try:
        return day + timedelta(days=n)
    except OverflowError:
        raise TimeError("out_of_range", f"{n} days from {day.isoformat()} lies beyond the calendar.") from None


def add_months(day: date, n: int, end_of_month: EndOfMonth = "clamp") -> date:
    """The same day of the month ``n`` months later (earlier, if negative).

    Where that month is too short, ``clamp`` gives its last day, ``roll`` the first day of the next month, and
    ``strict`` raises `TimeError` ``no_such_day``.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    if not 1 <= year <= 9998:
        raise TimeError("out_of_range", f"{n} months from {day.isoformat()} lies beyond the calendar.")
    last = monthrange(year, month0 + 1)[1]
    if day.day <= last:
        return date(year, month0 + 1, day.day)
    if end_of_month == "clamp":
        return date(year, month0 + 1, last)
    if end_of_month == "roll":
        return date(year, month0 + 1, last) + timedelta(days=1)
    raise TimeError("no_such_day", f"{year}-{month0 + 1:02d} has no day {day.day}.")


def further(day: date, n: int, unit: CivilUnit) -> date:
    """The day so many civil units after a day (before it, if ``n`` is negative); months and years clamp. Raises
    `TimeError` beyond the calendar."""
    if unit == "days":
        return add_days(day, n)
    if unit == "weeks":
        return add_days(day, 7 * n)
    return add_months(day, n if unit == "months" else 12 * n)


def months_between(first: date, then: date) -> int:
    """How many whole months lie between two days: the largest n for which ``first`` plus n months, clamped, is not
    after ``then``. Negative, and counted the same way from the other end, if ``then`` comes first."""
    if then < first:
        return -months_between(then, first)
    n = (then.year - first.year) * 12 + then.month - first.month
    return n if add_months(first, n) <= then else n - 1


def cell_of(day: date, unit: CivilUnit, n: int, anchor: date, on: int = 0) -> tuple[date, date]:
    """The first and last day of the cell in which a day lies, or of that which comes so many after it (before it, if
    negative). A cell is ``n`` weeks or months long, and they are counted from the anchor, before it too; months clamp.
    Raises `TimeError` beyond the calendar."""
    if unit == "weeks":
        first = add_days(anchor, 7 * n * ((day - anchor).days // (7 * n) + on))
        return first, add_days(first, 7 * n - 1)
    cell = ((day.year - anchor.year) * 12 + day.month - anchor.month) // n
    cell += on - (add_months(anchor, cell * n) > day)
    return add_months(anchor, cell * n), add_days(add_months(anchor, (cell + 1) * n), -1)


def calendar_months_between(first: date, last: date) -> int:
    """How many months of the calendar lie wholly between two days, both included; 0 if there is none."""
    start, end = first.year * 12 + first.month, last.year * 12 + last.month
    start += first.day > 1
    end += last == last_day_of_month(last.year, last.month)
    return max(0, end - start)


def days_30_360(first: date, then: date) -> int:
    """The days between two days where each month has 30 (ISDA 2006, 4.16 (f)); negative if ``then`` comes first."""
    start = min(first.day, 30)
    end = 30 if then.day == 31 and start == 30 else then.day
    return 360 * (then.year - first.year) + 30 * (then.month - first.month) + end - start


def last_day_of_month(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date | None:
    """The ``n``-th such weekday (0 is Monday) of a month, counted from its end if ``n`` is negative; None if the
    month has not so many."""
    if n > 0:
        first = date(year, month, 1)
        found = first.toordinal() + (weekday - first.weekday()) % 7 + 7 * (n - 1)
    elif n < 0:
        last = last_day_of_month(year, month)
        found = last.toordinal() - (last.weekday() - weekday) % 7 + 7 * (n + 1)
    else:
        return None
    day = date.fromordinal(found)
    return day if day.month == month else None


@frozen
class Period:
    """A day, month, quarter or year of the calendar, or one that a table names: its first day, and the first after it.

    Periods are ordered by when they begin, then by when they end.
    """

    unit: NamedUnit
    first: date
    after: date
    name: str = ""

    def __lt__(self, other: Period) -> bool:
        return (self.first, self.after) < (other.first, other.after)

    def __le__(self, other: Period) -> bool:
        return (self.first, self.after) <= (other.first, other.after)

    def __gt__(self, other: Period) -> bool:
        return (self.first, self.after) > (other.first, other.after)

    def __ge__(self, other: Period) -> bool:
        return (self.first, self.after) >= (other.first, other.after)

    @property
    def last(self) -> date:
        """Its last day."""
        return add_days(self.after, -1)

    @property
    def label(self) -> str:
        """``2026-04-07``, ``2026-04``, ``2026-Q2`` or ``2026``; of one that a table names, its name."""
        return self.name if self.unit == "listed" else period_label(self.unit, self.first)

    def bounds(self, zone: Zone) -> tuple[int, int]:
        """The first instant of the period in ``zone``, and the first instant after it."""
        return zone.start_of(self.first), zone.start_of(self.after)


def day_of(value: int | date | Period, zone: Zone) -> date:
    """The day that a value means: of an instant its local day, of a period its last."""
    if isinstance(value, Period):
        return value.last
    return value if isinstance(value, date) else zone.day(value)


def period_label(unit: PeriodUnit, first: date) -> str:
    """The name of the calendar period that begins with that day."""
    if unit == "year":
        return f"{first.year:04d}"
    if unit == "quarter":
        return f"{first.year:04d}-Q{(first.month + 2) // 3}"
    return first.isoformat()[:7] if unit == "month" else first.isoformat()


def listed_period(table: Sequence[str], name: str) -> Period | None:
    """The period of that name in a table; its rows after the first read ``first day/day after it/name``."""
    for row in table[1:]:
        first, after, called = row.split("/", 2)
        if called == name:
            return Period("listed", date.fromisoformat(first), date.fromisoformat(after), called)
    return None


def period_of(day: date, unit: PeriodUnit) -> Period:
    """The calendar period that a day lies in."""
    if unit == "day":
        return Period(unit, day, add_days(day, 1))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(unit, first, add_months(first, months))


def parse_period(text: str) -> Period:
    """Read ``2026``, ``2026-Q2``, ``2026-04`` or ``2026-04-07``, within 1970 to 2199; raises `TimeError`."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        if len(text) < 10:
            raise TimeError("malformed", f"“{text}” is not a period; write it like 2026-04, 2026-Q2 or 2026.")
        return period_of(parse_day(text), "day")
    year, quarter, month = match.groups()
    first_month = int(quarter) * 3 - 2 if quarter else int(month or 1)
    first = parse_day(f"{year}-{first_month:02d}-01")
    return period_of(first, "quarter" if quarter else "month" if month else "year")
