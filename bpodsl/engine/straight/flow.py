"""Straight cases decided as their events come, so that only what is open is kept.

Events come in the order of time, a batch after another. All that lies before an instant is decided at once (`sweep`):
cases by the function of their family, each from what stood of it; then the general machine sweeps its own events up to
there, and what was posted is final and given away. A case of which nothing stands is forgotten, since what comes later
of it finds it as it was before its first event.

It ends in `Unsteady` where anything asks for what is not kept, and in `Odd` where a case that is odd was begun here:
then all is to be run anew, with these cases left to the general machine from the first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from heapq import heappop, heappush
from itertools import count
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.engine import Engine
from bpodsl.engine.straight.emitting import NotRoutine, Points
from bpodsl.engine.straight.loop import Item, Key, Short, decider, key_of, of_day, sound, ways_of
from bpodsl.engine.straight.rows import Row
from bpodsl.engine.straight.text import NEVER
from bpodsl.engine.straight.which import Family, families
from bpodsl.engine.tallies import GONE, Tally, Unsteady
from bpodsl.record import BEGIN, LATE, Event, Posted
from bpodsl.record.ledger import in_order, is_routine
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.values import Zone

if TYPE_CHECKING:
    from bpodsl.engine.program import Program
    from bpodsl.engine.scopes import Position

FEW: Final = 4
_instant: Final = itemgetter(0)

Sink = Callable[[Sequence[Posted]], None]
"""Takes entries that are final, in the order of the ledger and numbered."""

InFull = Callable[[list[Item]], Iterable[Event]]
"""The events that came in short."""


class Odd(Exception):
    """Cases, by family and key, that the general machine must have from the first."""

    def __init__(self, cases: set[tuple[int, Key]]) -> None:
        super().__init__(f"{len(cases)} cases are odd")
        self.cases = cases


class _Case:
    """What stands of a case (`()`: nothing), and its events since, in short or in full."""

    __slots__ = ("items", "key", "state")

    def __init__(self, key: Key) -> None:
        self.key = key
        self.state: tuple[Any, ...] = ()
        self.items: list[Item] | None = None


class Stream:
    """The cases of one family of which something stands, or has come."""

    def __init__(self, contract: Contract, family: Family, points: type[Points]) -> None:
        ways = ways_of(contract, family, Zone.load(contract.zone))
        ways.in_parts, ways.tallied = True, only_counted(contract, family)
        self.family = family
        self.decide = decider(contract, family, points, ways)
        self.short = Short(family)
        self.begin = Zone.load(contract.zone).start_of(contract.term.effective)
        self.cases: dict[Key, _Case] = {}
        # Which cases are decided here, if not all (see `shares`).
        self.mine: Callable[[Key], bool] | None = None
        self.odd: set[Key] = set()
        self.spoilt: set[Key] = set()
        self.out: list[Posted] = []
        self.rows: list[Any] = []
        self._key_of = key_of(family)
        self._touched: list[_Case] = []
        self._timers: list[tuple[int, int, _Case]] = []
        self._number = count()
        # By ref, of what waits to be swept.
        self._full: dict[str, Event] = {}
        self._over = False
        # The cases decided in this sweep: what stood of them before, and what came.
        self._before: list[tuple[_Case, tuple[Any, ...], list[Item]]] = []

    def take(self, found: Iterable[tuple[Any, int, str]]) -> None:
        """Events in short, each with its instant and ref (see `loop.Cases.add_short`)."""
        key_of, put = self._key_of, self._put
        mine = self.mine
        if mine is None:
            for each, at, ref in found:
                put(key_of(each), (at, each.number, ref, each))
            return
        for each, at, ref in found:
            key = key_of(each)
            if mine(key):
                put(key, (at, each.number, ref, each))

    def take_full(self, event: Event) -> bool:
        """An event in full; whether a case may take it, here or elsewhere."""
        key, item = self.short.of(event)
        if self.mine is not None and not self.mine(key):
            return True
        if of_day(event):
            self._give_up(key)
        if key in self.odd:
            return False
        self._full[item[2]] = event
        self._put(key, item)
        return True

    def _put(self, key: Key, item: Item) -> None:
        case = self.cases.get(key)
        if case is None:
            case = self.cases[key] = _Case(key)
        if case.items is None:
            case.items = [item]
            self._touched.append(case)
        else:
            case.items.append(item)

    def _give_up(self, key: Key) -> None:
        """A case is odd."""
        case = self.cases.get(key)
        if case is not None and case.state:
            self.spoilt.add(key)
            case.state = ()
        self.odd.add(key)

    def sweep(self, upto: int, last: bool, in_full: InFull) -> list[Event]:
        """Decide all that lies before an instant (`last`: and its early deadlines); the events of odd cases."""
        left = self._swept(upto, last)
        events = [self._full[item[2]] for item in left if item[2] in self._full]
        short = [item for item in left if item[2] not in self._full]
        if short:
            events += in_full(short)
        if self._full:
            self._full = {ref: event for ref, event in self._full.items() if event.acts >= upto}
        return events

    def _swept(self, upto: int, last: bool) -> list[Item]:
        self._before = []
        left: list[Item] = []
        touched, self._touched = self._touched, []
        if touched and self._over:
            raise Unsteady("a case has an event after the end")
        for case in touched:
            items: list[Item] = case.items or []
            case.items = None
            if len(items) > 1:
                items.sort(key=_instant)
            if items[-1][0] >= upto:
                later = [item for item in items if item[0] >= upto]
                del items[len(items) - len(later) :]
                case.items = later
                self._touched.append(case)
            if items and not self._decided(case, items, upto):
                left += items
                if case.items is None:
                    self.cases.pop(case.key, None)
        timers = self._timers
        ripe: dict[Key, _Case] = {}
        while timers and (timers[0][0] < upto or (last and timers[0][0] == upto)):
            due, _, case = heappop(timers)
            if case.state and case.state[0] == due:
                ripe[case.key] = case
        for case in ripe.values():
            if not self._decided(case, [], upto):
                self.cases.pop(case.key, None)
        return left

    def _decided(self, case: _Case, items: list[Item], upto: int) -> bool:
        out, rows, before = self.out, self.rows, case.state
        if case.key in self.odd:
            return False
        entry, row = len(out), len(rows)
        state = None
        if not items or (items[0][0] >= self.begin and None not in case.key):
            state = self.decide(before, items, case.key, out, rows, upto, upto, -1)
        if state is None:
            del out[entry:], rows[row:]
            self._give_up(case.key)
            return False
        self._before.append((case, before, items))
        case.state = state
        if not state:
            if case.items is None:
                self.cases.pop(case.key, None)
        elif state[0] != NEVER and (not before or before[0] != state[0]):
            heappush(self._timers, (state[0], next(self._number), case))
        return True

    def end(self, at: Position) -> None:
        """The agreement ended there, in what was swept last: what is said of later is void, what was open has ended."""
        instant, place = at
        self.out, self.rows = [], []
        came: dict[Key, list[Item]] = {}
        # Backwards: of one that was decided once more as its time was over counts what stood before the first.
        for case, before, items in reversed(self._before):
            self.cases[case.key] = case
            case.state, came[case.key] = before, [*items, *came.get(case.key, ())]
        for case in self.cases.values():
            items = [*came.get(case.key, ()), *(case.items or ())]
            if any(item[0] >= instant for item in items):
                raise Unsteady("a case has an event after the end")
            stop = instant, instant + (place > LATE), place
            if self.decide(case.state, items, case.key, self.out, self.rows, *stop) is None:
                raise Unsteady("a case is odd up to the end")
        self.rows = []
        self._over = True
        self.cases.clear()
        self._timers.clear()
        self._touched.clear()

    def given(self) -> tuple[list[Posted], list[Any]]:
        """The entries and rows made since the last time."""
        found = self.out, self.rows
        self.out, self.rows = [], []
        return found


class Flow:
    """A run over events that come in the order of time, of which nothing is kept but what is open."""

    def __init__(
        self, program: Program, sink: Sink, in_full: InFull, odd: set[tuple[int, Key]], routine: bool
    ) -> None:  # fmt: skip
        contract = program.contract
        self._routine = routine
        points = Points if routine else NotRoutine
        self.streams = [Stream(contract, each, points) for each in families(contract, program.levels)]
        for number, key in odd:
            self.streams[number].odd.add(key)
        self._of = {kind.name: stream for stream in self.streams for kind in stream.family.kinds}
        self._engine = Engine(program)
        if not self.streams or self._engine.restless:
            raise Unsteady("the general machine must see all")
        self._sink = sink
        self._in_full = in_full
        self._events: list[Event] = []
        self._held: list[Posted] = []
        self._number = 0
        self._over: Position | None = None
        self._spoilt = False
        # Of the cases, in this sweep.
        self._mine: list[Posted] = []
        self._rows: list[Any] = []

    def take_short(self, found: Iterable[tuple[Any, int, str]]) -> None:
        """Events in short, each with its instant and ref: objects with the number of their family and kind."""
        if len(self.streams) == 1:
            self.streams[0].take(found)
            return
        for each in found:
            self.streams[each[0].family].take((each,))

    def take(self, event: Event) -> None:
        """One event in full."""
        if not sound((event,)):
            raise Unsteady("an event is not known as it acts, or speaks of another")
        stream = self._of.get(event.kind)
        if stream is not None and self._over is not None:
            raise Unsteady("a case has an event after the end")
        if stream is None or not stream.take_full(event):
            self._events.append(event)

    def sweep(self, upto: int, last: bool = False) -> None:
        """Decide and post all that lies before an instant, of which all events have come; `last`: and what lies before
        the events of it."""
        left = self.decide(upto, last)
        if self._spoilt:
            self._events = []
            return
        events = [*left, *(event for event in self._events if event.known < upto)]
        self._events = [event for event in self._events if event.known >= upto]
        self._machine(events, upto, last)
        end = self._engine.ended
        if self._over is None and end is not None and end < (upto, BEGIN):
            self._ended(end, events)
        self._post(upto, last)

    def close(self, until: int) -> None:
        """All events have come."""
        self.sweep(until, last=True)
        if self._spoilt:
            raise Odd(self.spoilt())

    def decide(self, upto: int, last: bool) -> list[Event]:
        """The part of the cases in `sweep`; the events of those that are odd."""
        left: list[Event] = []
        for stream in self.streams:
            left += stream.sweep(upto, last, self._in_full)
            self._spoilt = self._spoilt or bool(stream.spoilt)
        self._given()
        return left

    def end_cases(self, end: Position) -> None:
        """The agreement ended there; see `Stream.end`."""
        for stream in self.streams:
            stream.end(end)
        self._given()

    def spoilt(self) -> set[tuple[int, Key]]:
        """The cases that proved odd after they had been begun."""
        return {(n, key) for n, stream in enumerate(self.streams) for key in stream.spoilt}

    def _given(self) -> None:
        given = [stream.given() for stream in self.streams]
        self._mine = [each for out, _ in given for each in out]
        self._rows = [each for _, rows in given for each in rows]

    def _machine(self, events: list[Event], upto: int, last: bool) -> None:
        """The general machine sweeps its events."""
        engine, rows = self._engine, self._rows
        if rows and self._over is not None:
            raise Unsteady("a case goes on after the end")
        engine.put(
            [row for row in rows if type(row) is Row], [row[0] for row in rows if type(row) is tuple],
            [row for row in rows if type(row) is Tally],
        )  # fmt: skip
        for event in sorted(events, key=lambda event: event.known):
            engine.advance(event.known)
            engine.feed(event)
        if last:
            engine.sweep_until(upto)
        else:
            engine.advance(upto)

    def _ended(self, end: Position, events: Iterable[Event]) -> None:
        # Events of odd cases that are not swept yet may lie after it, too.
        if any(event.acts >= end[0] and event.kind in self._of for event in (*events, *self._events)):
            raise Unsteady("a case has an event after the end")
        self.end_cases(end)
        self._over = end

    def _post(self, upto: int, last: bool) -> None:
        posted = self._engine.let_go()
        mine = self._mine
        if mine and self._over is not None and any(each.known > self._over[0] for each in mine):
            raise Unsteady("a case goes on after the end")
        kept = posted if self._routine else [p for p in posted if not is_routine(p.entry.kind, p.entry.instance)]
        ready = [*self._held, *mine, *kept]
        self._held = [] if last else [each for each in ready if each.known >= upto]
        if self._held:
            ready = [each for each in ready if each.known < upto]
        found = [*in_order(ready)]
        for number, each in enumerate(found, start=self._number + 1):
            each.sequence = number  # type: ignore[misc]
        self._number += len(found)
        if found:
            self._sink(found)
        for each in posted:
            if len(each.entry.entry_causes) > FEW:
                # Whoever compares it with another, to post the difference, asks for what is not there.
                each.entry.entry_causes = GONE  # type: ignore[misc, assignment]


def only_counted(contract: Contract, family: Family) -> frozenset[str]:
    """The norms of a family of whose outcomes figures ask no more than how many there are of each status."""
    more: set[str] = set()
    counts: list[ex.OutcomeRows] = []
    for part in contract.expressed:
        match part:
            case ex.Aggregate("count", ex.OutcomeRows() as rows, where=None, value=None, weight=None):
                if rows.counted in ("decided", "due") and not {"late", "cured", "waived"} & {*rows.statuses}:
                    counts.append(rows)
            case _:
                pass
    for part in contract.expressed:
        if isinstance(part, ex.OutcomeRows) and not any(part is each for each in counts):
            more.add(part.norm)
    return frozenset(family.counted - more)
