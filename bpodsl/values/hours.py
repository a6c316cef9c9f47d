"""What a calendar is made of: weekly hours, holidays, closures and openings, laid out over a stretch of time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final, Literal

from bpodsl.lean import frozen
from bpodsl.values import times
from bpodsl.values.instants import DAY_TICKS
from bpodsl.values.times import Span, TimeSet
from bpodsl.values.zones import Zone


def _times_of_day(**times: int) -> None:
    for name, value in times.items():
        if not 0 <= value <= DAY_TICKS:
            raise ValueError(f"{name} is a time of day from 0 to 24 h")


@frozen
class WeeklyHours:
    """Open on these weekdays (0 is Monday) from ``opens`` to ``closes``, in ticks after midnight up to 24 h.

    If ``closes`` is not later than ``opens``, it is a time of the following day.
    """

    weekdays: tuple[int, ...]
    opens: int
    closes: int

    def __attrs_post_init__(self) -> None:
        _times_of_day(opens=self.opens, closes=self.closes)


@frozen
class DayRange:
    """Every day from ``first`` to ``last``, both included."""

    first: date
    last: date


@frozen
class Closure:
    """Closed on these days from ``from_tick`` to ``to_tick``, in ticks after midnight; all day if left out.

    If ``to_tick`` is not later than ``from_tick``, it is a time of the following day.
    """

    days: tuple[date, ...] | DayRange
    from_tick: int = 0
    to_tick: int = DAY_TICKS
    why: str = ""

    def __attrs_post_init__(self) -> None:
        _times_of_day(from_tick=self.from_tick, to_tick=self.to_tick)


@frozen
class Opening:
    """Open on this day from ``opens`` to ``closes``, besides whatever else is open; as in `WeeklyHours`."""

    day: date
    opens: int
    closes: int
    why: str = ""

    def __attrs_post_init__(self) -> None:
        _times_of_day(opens=self.opens, closes=self.closes)


Override = Closure | Opening


@frozen
class Hours:
    """Weekly hours, less the holidays (each from midnight to midnight), then changed by each override in turn."""

    zone: Zone
    hours: tuple[WeeklyHours, ...]
    holidays: tuple[date, ...]
    overrides: tuple[Override, ...]

    def spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``."""
        # The evening before may reach into the stretch, and its last day may only begin after it.
        first = self.zone.day(start).toordinal() - 1
        last = self.zone.day(end).toordinal()
        found = times.normal(self._weekly(first, last))
        if self.holidays:
            found = times.less(found, self._shut(Closure(self.holidays), first, last))
        for override in self.overrides:
            if isinstance(override, Closure):
                found = times.less(found, self._shut(override, first, last))
            elif first <= override.day.toordinal() <= last:
                opened = self._span(override.day.toordinal(), override.opens, override.closes)
                found = times.union(found, times.normal([opened]))
        return times.clip(found, start, end)

    def _weekly(self, first: int, last: int) -> Iterator[Span]:
        on: list[list[tuple[int, int]]] = [[] for _ in range(7)]
        for each in self.hours:
            for weekday in each.weekdays:
                on[weekday].append((each.opens, each.closes))
        if any(on):
            for ordinal in range(first, last + 1):
                for opens, closes in on[(ordinal - 1) % 7]:
                    yield self._span(ordinal, opens, closes)

    def _shut(self, closure: Closure, first: int, last: int) -> TimeSet:
        whole = closure.from_tick == 0 and closure.to_tick == DAY_TICKS
        days: Sequence[int]
        if isinstance(closure.days, DayRange):
            days = range(max(first, closure.days.first.toordinal()), min(last, closure.days.last.toordinal()) + 1)
            if whole and days:
                return times.normal([(self.zone.start_of_ordinal(days[0]), self.zone.start_of_ordinal(days[-1] + 1))])
        else:
            days = [day.toordinal() for day in closure.days if first <= day.toordinal() <= last]
        return times.normal(self._span(day, closure.from_tick, closure.to_tick) for day in days)

    def _span(self, ordinal: int, opens: int, closes: int) -> Span:
        start = self._wall(ordinal, opens)
        return start, self._wall(ordinal, closes) if closes > opens else self._wall(ordinal + 1, closes)

    def _wall(self, ordinal: int, ticks: int) -> int:
        # A day of 24 hours has no clock change inside it, so its wall clock needs no searching.
        start = self.zone.start_of_ordinal(ordinal)
        if self.zone.start_of_ordinal(ordinal + 1) - start == DAY_TICKS:
            return start + ticks
        return self.zone.wall(date.fromordinal(ordinal), ticks)


@frozen
class Combined:
    """Plans together (``or``), what they have in common (``and``), or the first less the others (``less``)."""

    operation: Literal["or", "and", "less"]
    parts: tuple[Plan, ...]

    def spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``."""
        found = self.parts[0].spans(start, end)
        for part in self.parts[1:]:
            other = part.spans(start, end)
            if self.operation == "or":
                found = times.union(found, other)
            elif self.operation == "and":
                found = times.both(found, other)
            else:
                found = times.less(found, other)
        return found


@frozen
class Until:
    """One plan before an instant, another from it on."""

    instant: int
    before: Plan
    after: Plan

    def spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``."""
        found: TimeSet = ()
        if start < self.instant:
            found = self.before.spans(start, min(end, self.instant))
        if end > self.instant:
            found = times.union(found, self.after.spans(max(start, self.instant), end))
        return found


@frozen
class Always:
    """Every instant."""

    def spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``: all of it."""
        return ((start, end),)


Plan = Hours | Combined | Until | Always
ALWAYS: Final = Always()
