"""The cases of a family that are told in short, decided a block at a time by the function that `blockwise` makes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice, pairwise
from operator import attrgetter, itemgetter, lt
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.straight.blockwise import BlockWriter, Made
from bpodsl.engine.straight.events import Full, may_be_short
from bpodsl.engine.straight.loop import Short, ways_of
from bpodsl.engine.straight.which import Family
from bpodsl.engine.tallies import Unsteady
from bpodsl.record import LATE, Event
from bpodsl.terms import Contract
from bpodsl.values import Zone, moment

if TYPE_CHECKING:
    from bpodsl.engine.engine import Engine
    from bpodsl.engine.scopes import Position

Key = tuple[Any, ...]
Row = tuple[Any, ...]
"""An entry of a case: when, its order among those of that instant, the number of its form, its instance, the key of the
case, and its numbers."""

Some = tuple[list[Any], list[datetime], str, bool]
"""Events in order of time, their times, what their refs begin with, and whether no id among them has to be escaped."""

Counted = tuple[dict[str, Any], str, int]
_when: Final = itemgetter(0)
_at: Final = attrgetter("at")


def _cut(block: Some, at: datetime) -> tuple[list[Some], list[Some]]:
    """What of some events lies before a moment, and what does not."""
    events, times, begin, plain = block
    cut = len(times) if times[-1] < at else bisect_left(times, at)
    if cut in (0, len(times)):
        return ([block], []) if cut else ([], [block])
    return [(events[:cut], times[:cut], begin, plain)], [(events[cut:], times[cut:], begin, plain)]


class Cases:
    """The cases of one family."""

    def __init__(self, contract: Contract, family: Family, engine: Engine) -> None:
        self.family = family
        self._contract = contract
        self.begin = moment(Zone.load(contract.zone).start_of(contract.term.effective))
        self._groups = {name: engine.counting.grouped(name) for name in family.counted}
        self.made = self._make(False)
        self._careful: Made | None = None
        self.short = Short(family)
        self.names = [[each.name for each in kind.fields] for kind in family.kinds]
        self.cases: dict[Key, list[Any]] = {}
        self.odd: set[Key] = set()
        self.spoilt: set[Key] = set()
        # How many events were taken in since the last sweep.
        self.done = 0
        # Events that have not been swept, in order of time; and such as came in full, in any.
        self.blocks: list[Some] = []
        self._full: list[Full] = []
        self._before: dict[Key, list[Any]] = {}
        self._came: list[Some] = []

    def _make(self, rows: bool) -> Made:
        ways = ways_of(self._contract, self.family, Zone.load(self._contract.zone))
        writer = BlockWriter(self._contract, self.family, ways, self.begin, self._groups, rows)
        return writer.make(self.made.tallies if rows else None)

    def careful(self) -> Made:
        """What puts outcomes with their instants."""
        self._careful = self._careful or self._make(True)
        return self._careful

    @property
    def open(self) -> int:
        """How many cases there are of which something stands."""
        return len(self.cases)

    @property
    def waits(self) -> bool:
        """Whether events have not been swept."""
        return bool(self.blocks or self._full)

    def leave(self, key: Key) -> None:
        """A case that the general machine decides."""
        self.odd.add(key)

    def taken(self) -> Iterator[tuple[str, Iterable[Counted]]]:
        """What was counted of each norm since the last time: fields, status, how many."""
        for norm, tallies in self.made.tallies.items():
            yield norm, tallies.taken()

    def take(self, block: Some) -> None:
        """More events in short."""
        self.blocks.append(block)

    def take_full(self, event: Event) -> bool:
        """An event in full; whether a case here takes it."""
        key, (_, number, _, fields) = self.short.of(event)
        if key in self.odd:
            return False
        if not may_be_short(event, key):
            self.spoilt.add(key)
        self._full.append(Full(event, number, key, fields, self.names[number]))
        return True

    def _woven(self, upto: datetime) -> list[Some]:
        """The events before a moment, in order; those in full stand between the others where they belong."""
        came, later = [], []
        for block in self.blocks:
            first, second = _cut(block, upto)
            came += first
            later += second
        self.blocks = later
        full = sorted((each for each in self._full if each.at < upto), key=_at)
        if not full and all(one[1][-1] <= other[1][0] for one, other in pairwise(came)):
            return came
        self._full = [each for each in self._full if each.at >= upto]
        came += [([each], [each.at], each.begin, each.plain) for each in full]
        if len({block[2] for block in came}) == 1:
            pairs = sorted((pair for block in came for pair in zip(block[1], block[0], strict=True)), key=_when)
            plain = all(block[3] for block in came)
            return [([each for _, each in pairs], [at for at, _ in pairs], came[0][2], plain)]
        # Of several sources: one by one.
        one_by_one = [([e], [at], block[2], block[3]) for block in came for e, at in zip(*block[:2], strict=True)]
        return sorted(one_by_one, key=lambda block: block[1][0])

    def run(self, upto: datetime, out: list[Row]) -> list[Any]:
        """Take in what lies before a moment; the events of odd cases."""
        left: list[Any] = []
        self._through(self.made, self._woven(upto), left, out, [])
        return left

    def part(self, upto: datetime, careful: bool, out: list[Row], rows: list[Any]) -> list[Any]:
        """The same, and let fall due what does. `careful`: so that the end may be found in it."""
        self.done = 0
        if not careful:
            left = self.run(upto, out)
            self.made.sweep(self.cases, upto, upto, self.spoilt, out, rows)
            return left
        made = self.careful()
        self._before = {key: case[:] for key, case in self.cases.items()}
        self._came = self._woven(upto)
        left = []
        self._through(made, self._came, left, out, rows)
        made.sweep(self.cases, upto, upto, self.spoilt, out, rows)
        return left

    def _through(self, made: Made, came: Sequence[Some], left: list[Any], out: list[Row], rows: list[Any]) -> None:
        tied = any(one[1][-1] == other[1][0] for one, other in pairwise(came))
        idle: dict[Key, datetime] = {}
        for events, times, begin, plain in came:
            some = tied or not all(map(lt, times, islice(times, 1, None)))
            made.block(events, times, begin, plain, some, idle, self.cases, self.odd, left, self.spoilt, out, rows)
            self.done += len(times)

    def end(self, at: Position, out: list[Row]) -> None:
        """The agreement ended there, in the last part, which was a careful one: what is said of later is void."""
        instant, place = at
        stop = moment(instant)
        assert self._careful is not None
        last = [block[1][-1] for block in (*self._came, *self.blocks)] + [each.at for each in self._full]
        if any(at >= stop for at in last):
            raise Unsteady("a case has an event after the end")
        self.cases = self._before
        left: list[Any] = []
        self._through(self._careful, self._came, left, out, [])
        self._careful.sweep(self.cases, stop, moment(instant + (place > LATE)), self.spoilt, out, [])
        self.cases = {}
