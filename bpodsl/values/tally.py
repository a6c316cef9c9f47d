"""The open time of a calendar added up, so that a length is two look-ups and a due instant a binary search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import date

from bpodsl.values import times
from bpodsl.values.hours import Plan
from bpodsl.values.instants import DAY_TICKS, FIRST, LAST
from bpodsl.values.times import TimeSet
from bpodsl.values.zones import Zone

_BLOCK = 366 * DAY_TICKS
_FIRST_BLOCK = FIRST // _BLOCK
_LAST_BLOCK = (LAST - 1) // _BLOCK


class _Block:
    """The open spans of one stretch of time; ``before`` is the tally at the start of each, ``base`` that at the start
    of the stretch."""

    __slots__ = ("base", "before", "spans", "starts")

    def __init__(self, spans: TimeSet, base: int) -> None:
        self.spans = spans
        self.starts = tuple(start for start, _ in spans)
        self.base = base
        before = []
        for start, end in spans:
            before.append(base)
            base += end - start
        self.before = tuple(before)


class Tally:
    """Counts the open ticks of a plan from the start of one block, fixed when it is made; earlier counts are negative.

    The blocks worked out, from ``low`` to just before ``high``, are without holes; they grow as questions are asked.
    """

    def __init__(self, plan: Plan, near: int) -> None:
        first = min(max(near // _BLOCK, _FIRST_BLOCK), _LAST_BLOCK)
        self._plan = plan
        self._low = self._high = first
        self._until = {first: 0}
        self._blocks: dict[int, _Block] = {}
        self._days: dict[int, tuple[int, ...]] = {}

    def count(self, instant: int) -> int:
        """The open ticks up to an instant."""
        block = self._blocks.get(instant // _BLOCK) or self._block(instant // _BLOCK)
        place = bisect_right(block.starts, instant) - 1
        if place < 0:
            return block.base
        start, end = block.spans[place]
        return block.before[place] + (instant if instant < end else end) - start

    def reach(self, target: int) -> int | None:
        """The first instant at which `count` is ``target``, which must be more than some count asked for before."""
        while self._until[self._high] < target and self._high <= _LAST_BLOCK:
            self._grow(self._high)
        known = range(self._low, self._high + 1)
        index = bisect_left(known, target, key=self._until.__getitem__)
        if index == len(known):
            return None
        block = self._blocks[known[index - 1]]
        place = bisect_left(block.before, target) - 1
        return block.starts[place] + target - block.before[place]

    def spans(self, start: int, end: int) -> TimeSet:
        """The open time of ``[start, end)``."""
        start, end = max(start, FIRST), min(end, LAST)
        if start >= end:
            return ()
        indices = range(start // _BLOCK, (end - 1) // _BLOCK + 1)
        return times.union(*(times.clip(self._block(index).spans, start, end) for index in indices))

    def days(self, zone: Zone, year: int) -> tuple[int, ...]:
        """The days of a year, as ordinals and in order, on which some time is open."""
        days = self._days.get(year)
        if days is None:
            start, end = zone.start_of(date(year, 1, 1)), zone.start_of(date(year + 1, 1, 1))
            found: dict[int, None] = {}
            for first, last in self.spans(start, end):
                found.update(dict.fromkeys(range(zone.day(first).toordinal(), zone.day(last - 1).toordinal() + 1)))
            days = self._days[year] = tuple(found)
        return days

    def _block(self, index: int) -> _Block:
        index = min(max(index, _FIRST_BLOCK), _LAST_BLOCK)
        if index not in self._blocks:
            self._grow(index)
        return self._blocks[index]

    def _grow(self, index: int) -> None:
        # Every write but the last two says what any other thread would write there, and no entry is ever changed.
        high = self._high
        while high <= index:
            spans = self._lay_out(high)
            self._blocks[high] = _Block(spans, self._until[high])
            self._until[high + 1] = self._until[high] + times.length(spans)
            high += 1
        low = self._low
        while low > index:
            spans = self._lay_out(low - 1)
            self._until[low - 1] = self._until[low] - times.length(spans)
            self._blocks[low - 1] = _Block(spans, self._until[low - 1])
            low -= 1
        self._low, self._high = min(low, self._low), max(high, self._high)

    def _lay_out(self, index: int) -> TimeSet:
        return self._plan.spans(max(FIRST, index * _BLOCK), min(LAST, (index + 1) * _BLOCK))
