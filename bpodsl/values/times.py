"""Sets of time: sorted tuples of half-open spans of instants that neither overlap nor touch."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from heapq import merge

Span = tuple[int, int]
"""``(start, end)``: every instant from start on and before end."""

TimeSet = tuple[Span, ...]

_FAR = (1 << 62,)


def normal(spans: Iterable[Span]) -> TimeSet:
    """The time set that any spans cover together; empty and reversed spans cover nothing."""
    return _joined(sorted(spans))


def union(*sets: TimeSet) -> TimeSet:
    """What lies in any of the sets."""
    if len(sets) == 1:
        return sets[0]
    return _joined(merge(*sets))


def both(a: TimeSet, b: TimeSet) -> TimeSet:
    """What lies in both sets."""
    found: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            found.append((start, end))
        if a[i][1] <= b[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def less(a: TimeSet, b: TimeSet) -> TimeSet:
    """What lies in ``a`` but not in ``b``."""
    found: list[Span] = []
    j = 0
    for start, end in a:
        while j < len(b) and b[j][1] <= start:
            j += 1
        k = j
        while k < len(b) and b[k][0] < end:
            if start < b[k][0]:
                found.append((start, b[k][0]))
            start = b[k][1]
            k += 1
        if start < end:
            found.append((start, end))
    return tuple(found)


def at_once(sets: Iterable[TimeSet], n: int) -> TimeSet:
    """What lies in at least ``n`` of the sets; ``n`` is 1 or more."""
    steps = sorted(step for each in sets for start, end in each for step in ((start, 1), (end, -1)))
    found: list[Span] = []
    count = since = 0
    for instant, step in steps:
        if count < n <= count + step:
            since = instant
        elif count + step < n <= count:
            found.append((since, instant))
        count += step
    return normal(found)


def clip(times: TimeSet, start: int, end: int) -> TimeSet:
    """What lies in ``[start, end)``."""
    if start >= end:
        return ()
    low = _index(times, start)
    high = bisect_right(times, (end,))
    inside = times[low:high]
    if not inside or (inside[0][0] >= start and inside[-1][1] <= end):
        return inside
    return tuple((max(first, start), min(last, end)) for first, last in inside)


def length(times: TimeSet) -> int:
    """The ticks in the set."""
    return sum(end - start for start, end in times)


def length_within(times: TimeSet, start: int, end: int) -> int:
    """The ticks of the set that lie in ``[start, end)``."""
    return length(clip(times, start, end))


def covers(times: TimeSet, instant: int) -> bool:
    """Whether the instant lies in the set."""
    index = bisect_right(times, (instant, *_FAR)) - 1
    return index >= 0 and instant < times[index][1]


def _index(times: TimeSet, instant: int) -> int:
    """The position of the first span that ends after the instant."""
    index = bisect_right(times, (instant, *_FAR))
    return index - 1 if index and times[index - 1][1] > instant else index


def _joined(spans: Iterable[Span]) -> TimeSet:
    found: list[Span] = []
    start = end = 0
    some = False
    for first, last in spans:
        if first >= last:
            continue
        if some and first <= end:
            end = max(end, last)
            continue
        if some:
            found.append((start, end))
        start, end, some = first, last, True
    if some:
        found.append((start, end))
    return tuple(found)
