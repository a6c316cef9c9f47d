"""When an instance of a norm falls due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from bpodsl.engine import clocks
from bpodsl.engine.dues import DayCounter, Deadline, Held, Touched, never
from bpodsl.engine.instances import Instance
from bpodsl.engine.scopes import Position
from bpodsl.record import EARLY, LATE
from bpodsl.terms import Due, Norm
from bpodsl.values import Calendar, Period, Zone, add_days

if TYPE_CHECKING:
    from bpodsl.engine.clocks import Watched


class Deadlines:
    """The deadlines of one norm, from what is known of its instances now."""

    def __init__(self, norm: Norm, zone: Zone, calendars: Mapping[str, Calendar], days: DayCounter) -> None:
        self._zone = zone
        self._days = days
        self._calendars = calendars
        self.due = norm.due
        self.cure = norm.cure
        named = norm.clock.calendar
        if named is None and norm.due is not None and norm.due.length is not None and norm.due.length.unit == "open":
            named = norm.due.length.calendar
        self.calendar = None if named is None else calendars[named]
        self.by_clock = self.due is not None and self.due.length is not None and self.due.length.by_clock
        self._from_field = norm.clock.from_field
        self._continues = norm.reopening == "continue"

    def start(self, instance: Instance, since: int) -> None:
        """Start the clock of an instance, and its limit; `since` its opening, or when that was first known."""
        instance.start = instance.counted = since
        due = self.due
        if due is not None and self.by_clock:
            if due.anchor == "period end" and instance.about is not None:
                instance.counted = instance.about.end
            elif due.anchor == "field":
                instance.counted = self._instant(instance, due.field)
        if self._from_field:
            found = self._instant(instance, self._from_field)
            instance.start = since if found is None else found
            if due is None or due.anchor == "opening":
                instance.counted = instance.start
        elif instance.counted is not None:
            instance.start = instance.counted

    def _instant(self, instance: Instance, field: str) -> int | None:
        """The instant that a field gives; None where it is absent."""
        value = _day_or_instant(instance.given(field))
        return self._zone.start_of(value) if isinstance(value, date) else value

    def of_resumed(self, instance: Instance, now: int) -> Deadline | None:
        """The deadline that there would be if all that stops or suspends an instance ended now."""
        watched = (*instance.stops, *instance.suspends)
        standing = {id(i): i for i in clocks.intervals(watched, now, now + 1) if i.end is None}
        for interval in standing.values():
            interval.end = now
        found = self.of(instance, now, True)
        for interval in standing.values():
            interval.end = None
        return found

    def of(self, instance: Instance, now: int, resumed: bool = False) -> Deadline | None:
        """The deadline of an instance, or None where there is none or while it is held back (unless `resumed`)."""
        due = self._counted(instance)
        if due is None:
            return None
        if self.by_clock:
            if instance.counted is None:
                return None
            found = self._by_clock(due, instance.counted, instance, self.calendar, now, resumed)
        else:
            found = self.in_days(due, instance)
            found = None if found is None else _held_back(found, instance.suspends)
        gone_by = found is not None and found.at <= instance.ground[0]
        return None if gone_by and not resumed and self._released(instance) is None else found

    def of_cure(self, instance: Instance, since: int, before: bool, now: int) -> Deadline | None:
        """When the time for a cure is over, for a miss first known at `since`; `before`: with the day before that."""
        due = self.cure
        assert due is not None
        length = due.length
        if length is not None and length.by_clock:
            calendar = None if length.calendar is None else self._calendars[length.calendar]
            return self._by_clock(due, since, instance, calendar, now)
        day = self._zone.day(since - 1 if before else since)
        anchored = self._anchored(due, instance, day, instance.suspends)
        found = None if anchored is None else _held_back(anchored, instance.suspends)
        assert instance.decided_pos is not None
        missed = instance.decided_pos[0]
        if found is not None and found.at <= missed and _free(instance.suspends, missed) is None:
            return None
        return found

    def reading(self, instance: Instance, at: int) -> int:
        """What the clock of an instance reads at an instant that has come."""
        stood = clocks.pauses(instance.stops, self._gaps(instance, at), instance.start, at)
        return clocks.reading(self.calendar, instance.start, at, stood)

    def exceeded(self, instance: Instance, at: int, reading: int | None = None) -> bool:
        """Whether an instance is beyond a limit by clock. `reading`: what its clock reads then, if that is known."""
        due = self._counted(instance)
        if not self.by_clock or due is None or due.length is None or instance.counted is None:
            return False
        limit = due.length.amount
        if reading is None or instance.counted != instance.start or instance.resolved is not None:
            stood = clocks.pauses(instance.stops, instance.gaps, instance.counted, at)
            reading = clocks.reading(self.calendar, instance.counted, at, stood)
        return reading > limit if due.edge == "within" else reading >= limit

    def _counted(self, instance: Instance) -> Due | None:
        """The deadline that the fields of an instance give."""
        due = self.due
        return due if due is None or not due.count else due.counted(instance.given)

    def position(self, instance: Instance, deadline: Deadline) -> Position:
        """Where an instance falls due: never before its opening was processed."""
        at, place = instance.ground
        if deadline.at > at:
            return deadline.at, EARLY if deadline.early else LATE
        released = self._released(instance)
        if released is None or released == at:
            return at, max(LATE, place)
        return released, LATE

    def _released(self, instance: Instance) -> int | None:
        """The first instant from its opening on at which nothing holds its deadline back; None if there is none yet."""
        return _free(instance.stops if self.by_clock else instance.suspends, instance.ground[0])

    def _gaps(self, instance: Instance, now: int) -> Sequence[tuple[int, int]]:
        """When the clock stood between a performance and the reopening that took it back."""
        if instance.resolved is None or not self._continues:
            return instance.gaps
        return [*instance.gaps, (instance.resolved, now)]

    def _by_clock(
        self, due: Due, start: int, instance: Instance, calendar: Calendar | None, now: int, resumed: bool = False
    ) -> Deadline | None:
        assert due.length is not None
        early = due.edge == "less than"
        standing = not resumed and (
            clocks.stands(instance.stops) or (instance.resolved is not None and self._continues)
        )
        # What stands from now on is to be seen, too: the limit may have been reached before.
        upto = now + standing
        stood = clocks.pauses(instance.stops, self._gaps(instance, upto), start, upto)
        at = clocks.reach(calendar, start, due.length.amount, early, stood, standing)
        return None if at is None else Deadline(at, early, at)

    def in_days(self, due: Due, instance: Instance) -> Deadline | None:
        """The deadline of an instance that no clock measures."""
        if due.anchor == "period end" and instance.about is not None:
            return self._anchored(due, instance, instance.about.last, instance.suspends)
        return self._anchored(due, instance, instance.day, instance.suspends)

    def _anchored(self, due: Due, instance: Instance, day: date, suspends: Watched) -> Deadline | None:
        value: Any = day
        if due.anchor == "field":
            value = _day_or_instant(instance.given(due.field))
            if value is None:
                return None
        touched = self._touched(suspends) if due.moves or (due.length is not None and not due.back) else never
        try:
            if due.length is not None and not due.back:
                last = self._days.last_day(due, self._days.day_of(value), touched)
            elif due.length is not None and due.weekday is None:
                last = self._days.before(due, due.length, self._days.day_of(value), instance.day, touched)
            else:
                dated = self._dated(due, value)
                if dated is None and due.weekday is None:
                    return Deadline(value, due.edge == "less than", value)
                last = self._days.fixed_day(due, dated, instance.day, touched)
        except Held:
            return None
        return self._days.end_of(last, due.time)

    def _dated(self, due: Due, value: Any) -> date | None:
        """The day that a deadline without a length names; None for an instant, or where there is no such weekday."""
        days = self._days
        if due.weekday is not None:
            return days.weekday(due.weekday, days.day_of(value))
        if due.day_of_month is not None:
            return days.of_month(due, days.day_of(value))
        if due.fixed is not None:
            return due.fixed
        return days.day_of(value) if isinstance(value, date) or due.time is not None else None

    def _touched(self, suspends: Watched) -> Touched:
        if not any(values in view.lists for view, values in suspends):
            return never
        start_of = self._zone.start_of

        def touched(day: date) -> bool:
            start = start_of(day)
            found = clocks.intervals(suspends, start - 1, start_of(add_days(day, 1)))
            if any(interval.end is None for interval in found):
                raise Held
            return any(i.end is not None and i.end > start - i.day_ended for i in found)

        return touched


def _day_or_instant(value: Any) -> Any:
    """The day or instant that a field gives: of a period its last day."""
    return value.last if isinstance(value, Period) else value


def _free(watched: Watched, at: int) -> int | None:
    """The first instant from one on at which none of the states holds; None if there is none yet."""
    while found := clocks.intervals(watched, at, at + 1):
        if any(interval.end is None for interval in found):
            return None
        at = max(interval.end or 0 for interval in found)
    return at


def _held_back(deadline: Deadline, suspends: Watched) -> Deadline | None:
    """The deadline, or the end of the suspension that held it back; None while it is held back."""
    at, early = deadline.at, deadline.early
    moved = True
    while moved:
        moved = False
        for interval in clocks.intervals(suspends, at - 1, at) if early else clocks.intervals(suspends, at, at + 1):
            if interval.end is None:
                return None
            if interval.end > at or (early and interval.end == at):
                at, early, moved = interval.end, False, True
    return Deadline(at, early, deadline.shown, (deadline.at, deadline.early))
