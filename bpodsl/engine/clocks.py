"""What a clock reads, and when it reaches a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bpodsl.values import Calendar, TimeSet, normal

if TYPE_CHECKING:
    from bpodsl.engine.intervals import Interval, Values, View

Watched = Sequence[tuple["View", "Values"]]


def pauses(watched: Watched, gaps: Sequence[tuple[int, int]], start: int, end: int) -> TimeSet:
    """When the clock stood in [start, end); an interval that has not ended reaches to `end`."""
    spans: list[tuple[int, int]] = []
    for view, values in watched:
        if values in view.lists:
            for i in view.within(values, start, end):
                spans.append((max(i.start, start), end if i.end is None else min(i.end, end)))
    for first, last in gaps:
        spans.append((max(first, start), min(last, end)))
    return normal(spans) if spans else ()


def stands(watched: Watched) -> bool:
    """Whether the clock stands now."""
    return any(view.open.get(values, 0) for view, values in watched)


def intervals(watched: Watched, start: int, end: int) -> list[Interval]:
    """The intervals that stopped the clock in [start, end)."""
    found: list[Interval] = []
    for view, values in watched:
        if values in view.lists:
            found.extend(view.within(values, start, end))
    return found


def reading(calendar: Calendar | None, start: int, end: int, stood: TimeSet) -> int:
    """The length of [start, end) inside the calendar, less when the clock stood."""
    if end <= start:
        return 0
    if calendar is None:
        return end - start - sum(last - first for first, last in stood)
    return calendar.worked(start, end) - sum(calendar.worked(first, last) for first, last in stood)


def reach(
    calendar: Calendar | None, start: int, limit: int, early: bool, stood: TimeSet, standing: bool = False
) -> int | None:
    """The first instant with that reading (`early`), or the last with no more; None if there is none.

    `stood` is when the clock stood; after its last span it runs on, unless it is `standing` still.
    """
    rest = limit
    for first, last in stood:
        if first > start:
            ran = first - start if calendar is None else calendar.worked(start, first)
            if ran > rest or (early and ran == rest):
                standing = False
                break
            rest -= ran
        start = max(start, last)
    if standing:
        return None
    if calendar is None:
        return start + rest
    return calendar.first_reach(start, rest) if early else calendar.last_within(start, rest)
