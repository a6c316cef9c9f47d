"""The intervals of states, found by the keys that two things share."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.record import PERFORM, STRUCTURE, Entry

if TYPE_CHECKING:
    from bpodsl.engine.instances import Instance

Values = tuple[Any, ...]


class Interval:
    """A state holds on [start, end), for one key; `end` None: it holds now.

    `ends` is the planned end of an interval that its events state; `refs` those events. `began_last`, `ended_last`:
    at STRUCTURE, after all else of that instant. `day_ended`: by an event that has only a day, which it touches.
    """

    __slots__ = (
        "at_end", "began_last", "day_ended", "declared", "end", "ended_last", "ends", "entry", "fields", "key", "name",
        "opened", "refs", "start", "version",
    )  # fmt: skip

    def __init__(self, name: str, key: Mapping[str, Any], start: int, fields: Mapping[str, Any]) -> None:
        self.name = name
        self.key = key
        self.start = start
        self.fields = fields
        self.declared: tuple[str, ...] = ()
        self.end: int | None = None
        self.began_last = False
        self.ended_last = False
        self.day_ended = False
        self.ends: int | None = None
        self.refs: list[str] = []
        self.at_end: list[str] = []
        self.opened = ""
        self.entry: Entry | None = None
        self.version = 0


class View:
    """The intervals of one state by the values of some of its keys, and the instances that depend on them."""

    __slots__ = ("fields", "held", "lists", "open", "watchers", "whole")

    def __init__(self, fields: tuple[str, ...], whole: bool) -> None:
        self.fields = fields
        self.whole = whole
        self.lists: dict[Values, list[Interval]] = {}
        self.open: dict[Values, int] = {}
        self.watchers: dict[Values, dict[Instance, None]] = {}

    def add(self, interval: Interval) -> None:
        """An interval that begins. Starts never go back."""
        values = tuple(interval.key.get(name) for name in self.fields)
        self.lists.setdefault(values, []).append(interval)
        self.open[values] = self.open.get(values, 0) + 1

    def close(self, interval: Interval) -> None:
        """An interval that ends."""
        values = tuple(interval.key.get(name) for name in self.fields)
        self.open[values] -= 1

    def watched(self, interval: Interval) -> list[Instance]:
        """The instances that depend on an interval."""
        found = self.watchers.get(tuple(interval.key.get(name) for name in self.fields))
        return list(found) if found else []

    def holds_now(self, values: Values) -> bool:
        """Whether it holds, as things stand."""
        return self.open.get(values, 0) > 0

    def holds_at(self, values: Values, instant: int) -> bool:
        """Whether some interval [start, end) has the instant in it."""
        return any(i.end is None or instant < i.end for i in self._from(values, instant, instant + 1))

    def held_before(self, values: Values, instant: int) -> bool:
        """Whether it held just before the instant."""
        return any(i.end is None or instant <= i.end for i in self._from(values, instant - 1, instant))

    def seen_from(self, values: Values, instant: int, place: int) -> bool:
        """Whether it held for what lies at a place of the instant."""
        if place <= PERFORM:
            return self.held_before(values, instant)
        if place >= STRUCTURE:
            return self.holds_at(values, instant)
        return any(
            (i.start < instant or not i.began_last) and (i.end is None or instant < i.end + i.ended_last)
            for i in self._from(values, instant - 1, instant + 1)
        )

    def within(self, values: Values, start: int, end: int) -> list[Interval]:
        """The intervals that overlap [start, end), by start; those that hold at `start`, if it is empty."""
        if end < start:
            return []
        return [i for i in self._from(values, start, end) if i.end is None or i.end > max(start, i.start)]

    def _from(self, values: Values, start: int, end: int) -> Iterator[Interval]:
        """Intervals that begin before `end`, and might end after `start`."""
        found = self.lists.get(values)
        if not found:
            return
        if len(found) == 1:
            # So it is for most keys.
            if found[0].start < end:
                yield found[0]
            return
        high = bisect_left(found, end, key=_start)
        # Intervals of one key follow one another: only the last to begin by `start` can reach into it.
        low = max(0, bisect_right(found, start, 0, high, key=_start) - 1) if self.whole else 0
        while self.whole and low and found[low - 1].start == found[low].start:
            low -= 1
        yield from found[low:high]


def _start(interval: Interval) -> int:
    return interval.start
