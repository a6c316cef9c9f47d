"""Deadlines that are counted in days, or stand in the calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from bpodsl.engine.scopes import Value
from bpodsl.record.many import many
from bpodsl.terms import ByTime, Due, Length, NthWeekday
from bpodsl.values import Calendar, TimeError, Zone, add_days, add_months, nth_weekday

DAY_UNITS = ("days", "working days", "weeks", "months", "years")


@many
class Deadline:
    """The instant at which it falls due, whether EARLY, and how it is shown: a day or an instant.

    `stated`: what it was before a suspension held it back; as such it is counted.
    """

    at: int
    early: bool
    shown: date | int
    stated: tuple[int, bool] | None = None

    @property
    def base(self) -> str:
        """The base of the kind of what is shown."""
        return "instant" if isinstance(self.shown, int) else "day"


Touched = Callable[[date], bool]


class Held(Exception):
    """The day cannot be counted to while a suspension lasts."""



def never(day: date) -> bool:
    """No day was touched by a suspension."""
    return False


class DayCounter:
    """Counts days of a zone and of calendars."""

    def __init__(self, zone: Zone, calendars: dict[str, Calendar]) -> None:
        self._zone = zone
        self._calendars = calendars

    def after(self, day: date, length: Length, sign: int = 1) -> date | None:
        """The day that lies so many days, weeks, months or years after a day (before it, if `sign` is -1)."""
        n = sign * length.amount
        try:
            if length.unit == "days":
                return add_days(day, n)
            if length.unit == "weeks":
                return add_days(day, 7 * n)
            if length.unit == "months":
                return add_months(day, n)
            if length.unit == "years":
                return add_months(day, 12 * n)
        except TimeError:
            return None
        return self._calendars[length.calendar or ""].add_open_days(day, n)

    def last_day(self, due: Due, anchor: date, touched: Touched) -> date | None:
        """The last day in time, for a deadline of so many days after its anchor."""
        length = due.length
        assert length is not None
        try:
            last = self._counted(length, anchor, touched)
            if last is not None and due.edge == "less than":
                last = self._day_before(length, last)
            if last is not None and length.unit in ("months", "years") and touched is not never:
                last = _moved(anchor, last, touched)
        except TimeError:
            return None
        return self.rolled(due, last)

    def before(self, due: Due, length: Length, anchor: date, opened: date, touched: Touched) -> date | None:
        """The last day in time, for a deadline of so many days before its anchor."""
        last = self.after(anchor, length, -1)
        if last is not None and due.edge == "less than":
            last = self._day_before(length, last)
        return self.rolled(due, _moved_on(due, last, opened, touched))

    def weekday(self, which: NthWeekday, anchor: date) -> date | None:
        """The weekday counted from a day."""
        if which.of == "month":
            month = add_months(anchor.replace(day=1), which.on)
            return nth_weekday(month.year, month.month, which.weekday, which.n)
        monday = add_days(anchor, -anchor.weekday())
        if which.of == "week":
            return add_days(monday, 7 * which.on + which.weekday)
        found = add_days(monday, which.weekday)
        return found if found > anchor else add_days(found, 7)

    def fixed_day(self, due: Due, day: date | None, opened: date, touched: Touched) -> date | None:
        """The last day in time, for a deadline that is itself a day."""
        if day is not None and due.edge == "less than":
            day = add_days(day, -1)
        return self.rolled(due, _moved_on(due, day, opened, touched))

    def rolled(self, due: Due, day: date | None) -> date | None:
        """The day, moved if it is not open."""
        if day is None or due.roll is None:
            return day
        calendar = self._calendars[due.roll_calendar or ""]
        return calendar.roll(day, due.roll)  # type: ignore[arg-type]

    def end_of(self, day: date | None, by: ByTime | None = None) -> Deadline | None:
        """The deadline that ends with a day, or at a time of it."""
        if day is None or day >= date(2200, 1, 1):
            return None
        at = None if by is None else self._time_of(day, by)
        if by is not None and at is not None:
            return Deadline(at, by.edge == "less than", at)
        return Deadline(self._zone.start_of(add_days(day, 1)), True, day)

    def _time_of(self, day: date, by: ByTime) -> int | None:
        """The instant of a day, or None where it ends with the day."""
        if by.time is not None:
            return self._zone.wall(day, by.time)
        calendar = self._calendars[by.calendar or ""]
        closing = calendar.closing(day)
        return None if closing == calendar.zone.start_of(add_days(day, 1)) else closing

    def day_of(self, value: Value) -> date:
        """The day of a field: its own, or the local day of an instant."""
        return value if isinstance(value, date) else self._zone.day(value)

    def of_month(self, due: Due, anchor: date) -> date:
        """The nth day of a later month, or its last."""
        first = add_months(anchor.replace(day=1), due.months_on)
        last = add_days(add_months(first, 1), -1)
        assert due.day_of_month is not None
        return min(add_days(first, due.day_of_month - 1), last)

    def _counted(self, length: Length, anchor: date, touched: Touched) -> date | None:
        if touched is never or length.unit in ("months", "years"):
            return self.after(anchor, length)
        left = length.amount * (7 if length.unit == "weeks" else 1)
        calendar = self._calendars[length.calendar or ""] if length.unit == "working days" else None
        day: date | None = anchor
        while left and day is not None:
            day = add_days(day, 1) if calendar is None else calendar.add_open_days(day, 1)
            if day is not None and not touched(day):
                left -= 1
        return day

    def _day_before(self, length: Length, day: date) -> date | None:
        if length.unit == "working days":
            return self._calendars[length.calendar or ""].add_open_days(day, -1)
        return add_days(day, -1)


def _moved_on(due: Due, last: date | None, opened: date, touched: Touched) -> date | None:
    """A date, moved on by what a suspension touches since the opening, if it says so."""
    return _moved(opened, last, touched) if due.moves and last is not None and touched is not never else last


def _moved(anchor: date, last: date, touched: Touched) -> date:
    """Moved on by the number of days touched from the day after the anchor up to the day it moves to."""
    day = anchor
    while day < last:
        day = add_days(day, 1)
        if touched(day):
            last = add_days(last, 1)
    return last
