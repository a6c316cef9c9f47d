"""Sets of time made into functions of a scope."""

from __future__ import annotations

from collections.abc import Callable

from bpodsl.engine.scopes import Scope
from bpodsl.terms import Length
from bpodsl.terms import expressions as ex
from bpodsl.values import TimeSet, add_days, both, less, normal, union

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
        case ex.LessTimes(of, without):
            kept, cut = times_of(of), times_of(without)
            return lambda s: less(kept(s), cut(s))


def days_held(state: str, s: Scope) -> int:
    """The days of the window in scope at whose first instant a state of no keys holds."""
    if s.window is None:
        return 0
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
    """The times of a state that last so long on end; what adjoins at the start may have begun long before."""
    start, end = _bounds(s)
    low, found = start, s.world.states.overlapping(state, s.group, start - 1, end)
    while found and (first := min(i.start for i in found)) < low:
        low, found = first, s.world.states.overlapping(state, s.group, first - 1, end)
    spans: dict[tuple[tuple[str, object], ...], list[tuple[int, int]]] = {}
    for interval in found:
        last = end if interval.end is None else min(interval.end, end)
        spans.setdefault(tuple(interval.key.items()), []).append((interval.start, last))
    calendar = None if least.calendar is None else s.world.calendars[least.calendar]
    kept = []
    for each in spans.values():
        for first, last in normal(each):
            lasts = last - first if calendar is None else calendar.worked(first, last)
            if lasts > least.amount or (lasts == least.amount and not more):
                kept.append((max(first, start), last))
    return normal(kept)


def _state(state: str, s: Scope) -> TimeSet:
    start, end = _bounds(s)
    spans = []
    for interval in s.world.states.overlapping(state, s.group, start, end):
        last = end if interval.end is None else min(interval.end, end)
        spans.append((max(interval.start, start), last))
    return normal(spans)
