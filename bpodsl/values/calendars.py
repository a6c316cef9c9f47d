"""Calendars: when time counts. Weekly hours, holidays and overrides of a zone, and what is made of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Literal

from bpodsl.lean import field, frozen
from bpodsl.values.hours import ALWAYS, Combined, Hours, Override, Plan, Until, WeeklyHours
from bpodsl.values.instants import DAY_TICKS, FIRST_DAY, LAST_DAY
from bpodsl.values.tally import Tally
from bpodsl.values.times import TimeSet
from bpodsl.values.zones import Zone

Roll = Literal["following", "preceding", "modified following"]


@frozen
class Calendar:
    """The time that counts, and the zone whose days are its days.

    Made by `weekly`, `always`, `together`, `both`, `without` and `until`. Nothing is open outside 1970 to 2199. Skipped
    wall times begin or end after the gap, repeated ones at their earlier reading. Lengths are in ticks and exact.
    Frozen, picklable, and equal if made in the same way; what has been worked out is kept aside and is no part of the
    value. Equal ones that are unpickled are one: agreements of one portfolio mostly share their office hours.
    """

    zone: Zone
    _plan: Plan
    _memory: list[Tally] = field(factory=list, eq=False)

    @staticmethod
    def weekly(
        zone: Zone,
        hours: Iterable[WeeklyHours],
        holidays: Iterable[date] = (),
        overrides: Iterable[Override] = (),
    ) -> Calendar:
        """Open in weekly hours, but not on holidays, from midnight to midnight; overrides beat holidays, and a later
        override beats an earlier one."""
        return Calendar(zone, Hours(zone, tuple(hours), tuple(sorted(set(holidays))), tuple(overrides)))

    @staticmethod
    def always(zone: Zone) -> Calendar:
        """Open day and night."""
        return Calendar(zone, ALWAYS)

    @staticmethod
    def together(first: Calendar, *others: Calendar) -> Calendar:
        """Open when any of them is; its days are those of the first."""
        return Calendar(first.zone, Combined("or", (first._plan, *(other._plan for other in others))))

    @staticmethod
    def both(first: Calendar, *others: Calendar) -> Calendar:
        """Open when all of them are; its days are those of the first."""
        return Calendar(first.zone, Combined("and", (first._plan, *(other._plan for other in others))))

    @staticmethod
    def without(first: Calendar, *others: Calendar) -> Calendar:
        """Open when the first is and none of the others; its days are those of the first."""
        return Calendar(first.zone, Combined("less", (first._plan, *(other._plan for other in others))))

    @staticmethod
    def until(instant: int, before: Calendar, after: Calendar) -> Calendar:
        """Open as one is before an instant, and as another from it on; its days are those of the first."""
        return Calendar(before.zone, Until(instant, before._plan, after._plan))

    @property
    def plan(self) -> Plan:
        """What it is made of."""
        return self._plan

    def __reduce__(self) -> tuple[object, tuple[Zone, Plan]]:
        return _shared, (self.zone, self._plan)

    def __repr__(self) -> str:
        return f"<Calendar in {self.zone.name}>"

    def open_spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``."""
        return self._tally(start).spans(start, end)

    def worked(self, start: int, end: int) -> int:
        """The open ticks of ``[start, end)``; 0 if it is empty."""
        if end <= start:
            return 0
        tally = self._tally(start)
        return tally.count(end) - tally.count(start)

    def first_reach(self, start: int, ticks: int) -> int | None:
        """The first instant t from ``start`` on with ``worked(start, t) == ticks``; None if there is none before 2200.

        Raises `ValueError` if ``ticks`` is negative.
        """
        if ticks < 0:
            raise ValueError("a length of open time is not negative")
        if ticks == 0:
            return start
        tally = self._tally(start)
        return tally.reach(tally.count(start) + ticks)

    def last_within(self, start: int, ticks: int) -> int | None:
        """The last instant t with ``worked(start, t) <= ticks``: the next opening, if the ticks are used up exactly at
        closing time. None if they are never exceeded before 2200.

        Raises `ValueError` if ``ticks`` is negative.
        """
        if ticks < 0:
            raise ValueError("a length of open time is not negative")
        exceeded = self.first_reach(start, ticks + 1)
        return None if exceeded is None else exceeded - 1

    def is_open(self, instant: int) -> bool:
        """Whether the calendar is open at that instant."""
        return self.worked(instant, instant + 1) == 1

    def next_open(self, instant: int) -> int | None:
        """The first open instant from ``instant`` on; None if there is none before 2200."""
        return self.last_within(instant, 0)

    def next_change(self, instant: int) -> int | None:
        """The first instant after ``instant`` at which it opens or closes; None if there is none before 2200."""
        if not self.is_open(instant):
            return self.next_open(instant)
        for days in (2, 400):
            end = instant + days * DAY_TICKS
            if self.worked(instant, end) < end - instant:
                return self.open_spans(instant, end)[0][1]
        return None

    def is_open_day(self, day: date) -> bool:
        """Whether any time of that day is open; a short day is an open day."""
        return self.open_days_between(day, day) == 1

    def closing(self, day: date) -> int | None:
        """The end of the last open time of a day of the calendar's zone: the midnight that ends the day, if it is open
        until then; None if it does not open that day."""
        start, end = self.zone.start_of(day), self.zone.start_of(date.fromordinal(day.toordinal() + 1))
        spans = self.open_spans(start, end)
        return spans[-1][1] if spans else None

    def add_open_days(self, day: date, n: int) -> date | None:
        """The ``n``-th open day after ``day``, which does not count itself; before it, if ``n`` is negative; ``day``
        itself for 0. None if there are not so many within 1970 to 2199."""
        if n == 0:
            return day
        year = min(max(day.year, FIRST_DAY.year), LAST_DAY.year)
        days = self._days(year)
        place = bisect_right(days, day.toordinal()) + n - 1 if n > 0 else bisect_left(days, day.toordinal()) + n
        while place < 0 or place >= len(days):
            if place < 0:
                year -= 1
                if year < FIRST_DAY.year:
                    return None
                days = self._days(year)
                place += len(days)
            else:
                year += 1
                if year > LAST_DAY.year:
                    return None
                place -= len(days)
                days = self._days(year)
        return date.fromordinal(days[place])

    def open_days_between(self, first: date, last: date) -> int:
        """How many open days there are from ``first`` to ``last``, both included."""
        if last < first:
            return 0
        years = range(max(first.year, FIRST_DAY.year), min(last.year, LAST_DAY.year) + 1)
        low, high = first.toordinal(), last.toordinal()
        return sum(bisect_right(days, high) - bisect_left(days, low) for days in map(self._days, years))

    def roll(self, day: date, rule: Roll) -> date | None:
        """The day itself if it is open, else the next or previous open day; ``modified following`` is the next, but
        the previous where the next lies in another month. None if there is none within 1970 to 2199."""
        if self.is_open_day(day):
            return day
        if rule == "preceding":
            return self.add_open_days(day, -1)
        following = self.add_open_days(day, 1)
        if rule == "modified following" and (
            following is None or (following.year, following.month) != (day.year, day.month)
        ):
            return self.add_open_days(day, -1)
        return following

    def _tally(self, instant: int) -> Tally:
        if not self._memory:
            self._memory.append(Tally(self._plan, instant))
        return self._memory[0]

    def _days(self, year: int) -> tuple[int, ...]:
        return self._tally(self.zone.start_of(date(year, 1, 1))).days(self.zone, year)


@lru_cache(maxsize=64)
def _shared(zone: Zone, plan: Plan) -> Calendar:
    return Calendar(zone, plan)
