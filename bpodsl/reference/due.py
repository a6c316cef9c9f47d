"""When things fall due: readings of clocks, and deadlines by clock or by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from attrs import evolve, frozen

from bpodsl.reference.calendar_days import after, calendar_of, counted, first_reach, last_within, nth_weekday_from
from bpodsl.reference.index import Index
from bpodsl.reference.intervals import during
from bpodsl.reference.rows import outcome_row
from bpodsl.reference.state import Deadline, Instance, Interval, World
from bpodsl.terms import ByTime, Due, Length
from bpodsl.values import (
    LAST,
    LAST_DAY,
    Calendar,
    Period,
    TimeSet,
    add_days,
    add_months,
    last_day_of_month,
    length_within,
    normal,
)

Stands = Sequence[tuple[int, int | None]]


@frozen
class Anchor:
    """What a length is counted from: the instant and the day."""

    instant: int
    day: date


# ------------------------------------------------------------------------------------------- readings
def stopping(world: World, instance: Instance) -> list[Interval]:
    """The intervals in which the clock of an instance stands."""
    norm = instance.norm
    states = tuple(dict.fromkeys((*norm.clock.stops_during, *norm.suspended_during)))
    return during(world, states, outcome_row(instance, instance.at)) if states else []


def stands(world: World, instance: Instance) -> Stands:
    """The times in which the clock of an instance stands; an end not yet come is None."""
    found = [(i.start, i.end if i.closed else None) for i in stopping(world, instance)]
    return [*found, *instance.stands]


def clock_calendar(world: World, instance: Instance) -> Calendar | None:
    """The calendar in which the clock of an instance runs."""
    name, due = instance.norm.clock.calendar, instance.norm.due
    if name is None and due is not None and due.length is not None and due.length.unit == "open":
        name = due.length.calendar
    return None if name is None else world.index.calendars[name]


def clock_start(world: World, instance: Instance) -> int:
    """Where the reading of an instance starts."""
    due, name = instance.norm.due, instance.norm.clock.from_field
    if instance.restarted:
        return instance.ground
    anchor = anchor_of(world, instance.given.get(name)) if name else None
    if anchor is None and due is not None and due.length is not None and due.length.by_clock:
        anchor = _anchor(world, instance, due)
    return instance.ground if anchor is None else anchor.instant


def reading(world: World, instance: Instance, t: int, start: int | None = None) -> int:
    """What the clock of an instance reads at an instant."""
    start = clock_start(world, instance) if start is None else start
    return elapsed(clock_calendar(world, instance), start, t, stands(world, instance))


def elapsed(calendar: Calendar | None, start: int, t: int, standing: Stands) -> int:
    """The time from start to t inside a calendar in which the clock does not stand."""
    if t <= start:
        return 0
    stood: TimeSet = normal((a, t if b is None else b) for a, b in standing)
    if calendar is None:
        return t - start - length_within(stood, start, t)
    stopped = sum(calendar.worked(max(a, start), min(b, t)) for a, b in stood if a < t and b > start)
    return calendar.worked(start, t) - stopped


def in_time(world: World, instance: Instance, due: Due | None, t: int, start: int | None = None) -> bool:
    """Whether the reading at t is within a limit in clock time: of the instance, or of a cure that starts at start."""
    if due is None or due.length is None or not due.length.by_clock:
        return True
    due = due.counted(instance.given.get)
    if due is None or due.length is None:
        return True
    if start is None:
        calendar, start = clock_calendar(world, instance), limit_start(world, instance, due)
    else:
        calendar = calendar_of(world.index, due.length)
    if start is None:
        return True
    read = elapsed(calendar, start, t, stands(world, instance))
    return read <= due.length.amount if due.edge == "within" else read < due.length.amount


# ------------------------------------------------------------------------------------------- deadlines
def anchor_of(world: World, value: object) -> Anchor | None:
    """The instant and day of a field's value."""
    zone = world.index.zone
    if isinstance(value, Period):
        value = value.last
    if isinstance(value, date):
        return Anchor(zone.start_of(value), value)
    return Anchor(value, zone.day(value)) if isinstance(value, int) else None


def limit_start(world: World, instance: Instance, due: Due) -> int | None:
    """Where the reading starts that a limit in clock time is held against."""
    if due.anchor == "opening" or instance.restarted:
        return clock_start(world, instance)
    anchor = _anchor(world, instance, due)
    return None if anchor is None else anchor.instant


def deadline(world: World, instance: Instance) -> Deadline | None:
    """When an instance falls due, as far as is known; None while it cannot."""
    written = instance.norm.due
    due = None if written is None else written.counted(instance.given.get)
    if due is None:
        return None
    opened = instance.at if instance.renewed is None else instance.renewed
    if due.length is not None and due.length.by_clock:
        start = limit_start(world, instance, due)
        if start is None:
            return None
        found = by_clock(clock_calendar(world, instance), start, due, due.length, stands(world, instance))
        standing = found is not None and found.instant <= opened
        return None if standing and _held_back(stopping(world, instance), opened, False) else found
    return _unless_suspended(world, instance, by_day(world, instance, due, _anchor(world, instance, due)), opened)


def cure_deadline(world: World, instance: Instance) -> Deadline | None:
    """When the cure of an instance falls due, counted from its miss."""
    due, decision = instance.norm.cure, instance.decision
    assert due is not None and decision is not None
    t, zone = instance.cure_ground, world.index.zone
    if due.length is not None and due.length.by_clock:
        return by_clock(calendar_of(world.index, due.length), t, due, due.length, stands(world, instance))
    before = decision.place <= 2 if t == decision.at else t in world.index.over
    day = zone.day(t - 1 if before else t)
    anchor = Anchor(t, day) if due.anchor == "opening" else _anchor(world, instance, due)
    return _unless_suspended(world, instance, by_day(world, instance, due, anchor), decision.at)


def _unless_suspended(world: World, instance: Instance, found: Deadline | None, since: int) -> Deadline | None:
    """A deadline that nothing holds back any more; one at or before `since` lies there."""
    if found is None:
        return None
    late = found.instant <= since
    held = _held_back(_suspending(world, instance), max(found.instant, since), found.early and not late)
    return None if held else found


def _held_back(intervals: Sequence[Interval], at: int, early: bool) -> bool:
    """Whether one of them holds (early: just before) at an instant, and it or one that holds as it ends goes on."""
    for interval in intervals:
        if interval.start < at or (interval.start == at and not early):
            if not interval.closed or interval.end is None:
                return True
            if interval.end > at or (early and interval.end == at):
                return _held_back(intervals, interval.end, False)
    return False


class _Suspended(Exception):
    """A day that is counted is touched by a suspension that has not ended."""


def by_clock(calendar: Calendar | None, start: int, due: Due, limit: Length, standing: Stands) -> Deadline | None:
    """The last instant with no more than the limit (`within`), or the first with the limit (`less than`).

    None while the clock stands, unless the limit had passed when it began to.
    """
    early, rest, cursor = due.edge == "less than", limit.amount, start
    reach = first_reach if early else last_within
    for a, b in normal((a, LAST if b is None else b) for a, b in standing):
        if b <= cursor:
            continue
        used = elapsed(calendar, cursor, max(a, cursor), ())
        if used > rest or (early and used == rest):
            break
        if b == LAST:
            return None
        rest, cursor = rest - used, b
    found = reach(calendar, cursor, rest)
    return None if found is None else Deadline(found, early)


def _anchor(world: World, instance: Instance, due: Due) -> Anchor | None:
    """What a length or a date is counted from."""
    if due.anchor == "field":
        return anchor_of(world, instance.given.get(due.field))
    if due.anchor == "period end" and instance.about is not None:
        return Anchor(instance.about.end, instance.about.last)
    return Anchor(instance.ground, instance.trigger)


def by_day(world: World, instance: Instance, due: Due, anchor: Anchor | None) -> Deadline | None:
    """The deadline that ends with a day, or is an instant of a field; None while it cannot be counted to."""
    try:
        return _by_day(world, instance, due, anchor)
    except _Suspended:
        return None


def _by_day(world: World, instance: Instance, due: Due, anchor: Anchor | None) -> Deadline | None:
    index = world.index
    last: date | None
    if due.fixed is not None:
        last = due.fixed
    elif anchor is None:
        return None
    elif due.day_of_month is not None:
        month = add_months(anchor.day.replace(day=1), due.months_on)
        last = month.replace(day=min(due.day_of_month, last_day_of_month(month.year, month.month).day))
    elif due.weekday is not None:
        last = nth_weekday_from(due.weekday, anchor.day)
    elif due.length is not None and due.back:
        last = counted(index, due.length, anchor.day, -1)
    elif due.length is not None:
        last = _counted(world, instance, due.length, anchor.day)
    elif due.anchor == "field" and due.time is None and isinstance(instance.given.get(due.field), int):
        return Deadline(anchor.instant, due.edge == "less than")
    else:
        last = anchor.day
    if due.edge == "less than" and last is not None:
        length = due.length
        if length is not None and length.unit == "working days":
            last = index.calendars[length.calendar or ""].add_open_days(last, -1)
        else:
            last = add_days(last, -1)
    if last is not None and due.length is not None and due.length.unit in ("months", "years") and not due.back:
        assert anchor is not None
        last = _moved(world, instance, anchor.day, last)
    elif last is not None and due.moves and (due.length is None or due.back):
        last = _moved(world, instance, instance.trigger, last)
    if last is not None and due.roll is not None:
        last = index.calendars[due.roll_calendar or ""].roll(last, due.roll)  # type: ignore[arg-type]
    return None if last is None or last > LAST_DAY else _at_its_time(index, due.time, last)


def _at_its_time(index: Index, by: ByTime | None, last: date) -> Deadline:
    """The deadline on its last day: at the end of it, or at a time."""
    if by is None:
        return Deadline(after(index, last), True, last)
    if by.time is not None:
        return Deadline(index.zone.wall(last, by.time), by.edge == "less than")
    calendar = index.calendars[by.calendar or ""]
    closing = calendar.closing(last)
    if closing is None or closing == calendar.zone.start_of(add_days(last, 1)):
        return Deadline(after(index, last), True, last)
    return Deadline(closing, by.edge == "less than")


def _suspending(world: World, instance: Instance) -> list[Interval]:
    return during(world, instance.norm.suspended_during, outcome_row(instance, instance.at))


def _touched(world: World, instance: Instance, first: date, last: date) -> list[date]:
    """The days from first to last that a suspension touches. Raises `_Suspended` if one that goes on does."""
    zone, found = world.index.zone, set[int]()
    for interval in _suspending(world, instance):
        if interval.end is None or not interval.closed:
            if zone.day(interval.start) <= last >= first:
                raise _Suspended
        elif interval.end > interval.start:
            touched = max(first, zone.day(interval.start)), min(last, zone.day(interval.end - (not interval.day_ended)))
            found.update(range(touched[0].toordinal(), touched[1].toordinal() + 1))
    return [date.fromordinal(ordinal) for ordinal in sorted(found)]


def _counted(world: World, instance: Instance, length: Length, day: date) -> date | None:
    """The last day of a length from a day; days on which it is suspended do not count."""
    last = counted(world.index, length, day)
    if not instance.norm.suspended_during or length.unit in ("months", "years"):
        return last
    lost, before = 0, -1
    while last is not None and lost != before:
        touched = _touched(world, instance, add_days(day, 1), last)
        if length.unit == "working days":
            calendar = world.index.calendars[length.calendar or ""]
            touched = [each for each in touched if calendar.is_open_day(each)]
        lost, before = len(touched), lost
        n = length.amount * (7 if length.unit == "weeks" else 1) + lost
        unit = "working days" if length.unit == "working days" else "days"
        last = counted(world.index, evolve(length, amount=n, unit=unit), day)
    return last


def _moved(world: World, instance: Instance, day: date, last: date) -> date:
    """A last day moved on by the days, up to the day it is moved to, on which it was suspended."""
    found = last
    while instance.norm.suspended_during:
        moved = add_days(last, len(_touched(world, instance, add_days(day, 1), found)))
        if moved == found:
            break
        found = moved
    return found
