"""Sets of time made into functions of a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from bpodsl.engine.intervals import Interval
from bpodsl.engine.scopes import Scope
from bpodsl.terms import Length
from bpodsl.terms import expressions as ex
from bpodsl.values import TimeSet, add_days, at_once, both, less, normal, union

if TYPE_CHECKING:
    from bpodsl.engine.world import World

Times = Callable[[Scope], TimeSet]


def times_of(times: ex.Times) -> Times:
    """The function that gives the part of a set of times inside the window in scope."""
    match times:
        case ex.StateTimes(state, Length() as least, more):
            return lambda s: _lasting(state, least, more, s)
        case ex.StateTimes(state):
            return lambda s: _state(state, s)
        case ex.CalendarTimes(calendar):
            return lambda s: s.world.calendars[calendar].open_spans(*_bounds(s))
        case ex.WindowTimes():
            return lambda s: normal([_bounds(s)])
        case ex.UnionTimes(parts):
            made = [times_of(p) for p in parts]
            return lambda s: union(*(m(s) for m in made)) if made else ()
        case ex.BothTimes(parts):
            first, *rest = (times_of(p) for p in parts)

            def common(s: Scope) -> TimeSet:
                found = first(s)
                for part in rest:
                    found = both(found, part(s))
                return found

            return common
        case ex.ManyTimes(state, n):
            return lambda s: at_once(_each(state, s), n)
        case _:
            kept, cut = times_of(times.of), times_of(times.less)
            return lambda s: less(kept(s), cut(s))


def days_held(state: str, s: Scope) -> int:
    """The days of the window in scope at whose first instant a state of no keys holds."""
    assert s.window is not None
    zone, found = s.world.zone, 0
    for interval in s.world.states.overlapping(state, {}, s.window.start, s.window.end):
        day = max(s.window.first, zone.day(interval.start))
        while day <= s.window.last and (interval.end is None or zone.start_of(day) < interval.end):
            found += zone.start_of(day) >= interval.start
            day = add_days(day, 1)
    return found


def _bounds(s: Scope) -> tuple[int, int]:
    if s.bounds is not None:
        return s.bounds
    return (0, 0) if s.window is None else (s.window.start, s.window.end)


def _lasting(state: str, least: Length, more: bool, s: Scope) -> TimeSet:
    """The times of a state that last so long on end."""
    start, end = _bounds(s)
    found = joined(s.world, state, s.group, start, end)
    return normal((max(a, start), b) for _, a, b in found if long_enough(s.world, least, more, a, b))


def joined(
    world: World, state: str, group: Mapping[str, object], start: int, end: int
) -> Iterator[tuple[list[Interval], int, int]]:
    """Intervals of a state up to an instant, those of one key that adjoin taken together, with the span of each; all
    that overlap a stretch are among them, whole: what adjoins at its start may have begun long before."""
    low, found = start, world.states.overlapping(state, group, start - 1, end)
    while found and (first := min(i.start for i in found)) < low:
        low, found = first, world.states.overlapping(state, group, first - 1, end)
    by_key: dict[tuple[tuple[str, object], ...], list[Interval]] = {}
    for interval in found:
        by_key.setdefault(tuple(interval.key.items()), []).append(interval)
    for each in by_key.values():
        last_of = [(i.start, end if i.end is None else min(i.end, end)) for i in each]
        for first, last in normal(last_of):
            parts = [i for i in each if first <= i.start < last and i.end != i.start]
            yield sorted(parts, key=lambda i: i.start), first, last


def long_enough(world: World, least: Length, more: bool, first: int, last: int) -> bool:
    """Whether a span is at least (`more`: more than) so long, by the clock or in open time."""
    calendar = None if least.calendar is None else world.calendars[least.calendar]
    lasts = last - first if calendar is None else calendar.worked(first, last)
    return lasts > least.amount or (lasts == least.amount and not more)


def _each(state: str, s: Scope) -> Iterator[TimeSet]:
    start, end = _bounds(s)
    for interval in s.world.states.overlapping(state, s.group, start, end):
        last = end if interval.end is None else min(interval.end, end)
        yield normal([(max(interval.start, start), last)])


def _state(state: str, s: Scope) -> TimeSet:
    start, end = _bounds(s)
    spans = []
    for interval in s.world.states.overlapping(state, s.group, start, end):
        last = end if interval.end is None else min(interval.end, end)
        spans.append((max(interval.start, start), last))
    return normal(spans)
