"""Which intervals of states concern a row, and what they cover."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.record import PERFORM
from bpodsl.reference.index import Index
from bpodsl.reference.state import Fields, Interval, Row, World
from bpodsl.terms import Length
from bpodsl.values import TimeSet, length, normal


def agrees(interval: Interval, fields: Fields, declared: Iterable[str]) -> bool:
    """Whether an interval concerns a row: the keys that the row can have are equal."""
    return all(interval.key.get(name) == fields.get(name) for name in interval.state.by if name in declared)


def during(world: World, states: Iterable[str], row: Row) -> list[Interval]:
    """The intervals of some states that concern a row."""
    return [i for name in states for i in world.intervals.get(name, ()) if agrees(i, row.fields, row.declared)]


def holding(world: World, states: Iterable[str], row: Row) -> list[Interval]:
    """Those that hold now: just before this instant up to PERFORM, at it from START on."""
    return [i for i in during(world, states, row) if i.holds(world.now, world.place <= PERFORM)]


def lasting(index: Index, intervals: Iterable[Interval], least: Length, more: bool, until: int) -> TimeSet:
    """Their union, of those only that last so long on end for one key; those that are open are cut at an instant."""
    calendar = None if least.calendar is None else index.calendars[least.calendar]
    kept: list[tuple[int, int]] = []
    by_key: dict[tuple[tuple[str, object], ...], list[Interval]] = {}
    for each in intervals:
        by_key.setdefault(tuple(each.key.items()), []).append(each)
    for of_one in by_key.values():
        for start, end in spans(of_one, until):
            lasts = end - start if calendar is None else length(calendar.open_spans(start, end))
            if lasts > least.amount or (lasts == least.amount and not more):
                kept.append((start, end))
    return normal(kept)


def spans(intervals: Iterable[Interval], until: int) -> TimeSet:
    """Their union; those that are open are cut at an instant."""
    return normal((i.start, until if i.end is None else min(i.end, until)) for i in intervals)
