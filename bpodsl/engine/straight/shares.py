"""Cases decided in several processes, each its share of them (see `flow`).

Every process reads all events and decides the cases whose key falls to it, up to the same instants. The first one has
the general machine besides: it takes from the others, for each sweep, what figures count of their cases and the lines
of their entries, and puts all in order. An entry's place in the ledger is told by the entry alone, so the number of
processes cannot show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from attrs import frozen

from bpodsl.engine.straight.flow import Flow, InFull, Sink, only_counted
from bpodsl.engine.straight.loop import Key
from bpodsl.engine.straight.which import families
from bpodsl.engine.tallies import Tally, Unsteady
from bpodsl.record import Event, Posted
from bpodsl.record.ledger import Line

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from bpodsl.engine.program import Program
    from bpodsl.engine.scopes import Position

Tail = Callable[[Sequence[Posted]], list[str]]
"""The lines of entries, without the numbers that they begin with."""

FAILED: Final = "failed"


def share_of(key: Key, of: int) -> int:
    """The share that a case falls to, the same in every process and on every machine."""
    return crc32(repr(key).encode()) % of


def why_not_shared(program: Program) -> str:
    """Why the cases of a program are decided in one process; "" if they may be shared."""
    found = families(program.contract, program.levels)
    if not found:
        return "no duty of it is decided by its own events alone"
    if any(each.counted - only_counted(program.contract, each) for each in found):
        return "its measures ask more of outcomes than how many there are"
    return ""


@frozen
class _Part:
    """What a process found in one sweep."""

    spoilt: set[tuple[int, Key]]
    left: list[Event]
    tallies: list[Tally]
    lines: list[tuple[Any, ...]]


class Share(Flow):
    """The share of one of the other processes."""

    def __init__(
        self, program: Program, in_full: InFull, odd: set[tuple[int, Key]], routine: bool, number: int, of: int,
        first: Connection, tail: Tail,
    ) -> None:  # fmt: skip
        super().__init__(program, lambda posted: None, in_full, odd, routine)
        for place, stream in enumerate(self.streams):
            known = frozenset(key for n, key in odd if n == place)
            stream.mine = lambda key, known=known: share_of(key, of) == number and key not in known
        self._first = first
        self._tail = tail
        self._asked = False
        self._names = tuple(dict.fromkeys(name for spec in program.stores for name in spec.by))

    def take(self, event: Event) -> None:
        """One event in full; those of no case are another's."""
        stream = self._of.get(event.kind)
        if stream is not None and not stream.take_full(event):
            self._events.append(event)

    def sweep(self, upto: int, last: bool = False) -> None:
        """Decide what lies before an instant, and say what was found."""
        self._heed()
        left = [*self.decide(upto, last), *(event for event in self._events if event.known < upto)]
        self._events = [event for event in self._events if event.known >= upto]
        self._say(left)
        self._asked = True

    def close(self, until: int) -> None:
        """All events have come."""
        self.sweep(until, last=True)
        self._heed()

    def _heed(self) -> None:
        """What the first process says of the last sweep: that it is over, or, before, where the agreement ended."""
        while self._asked:
            end = self._first.recv()
            self._asked = end is not None
            if end is not None:
                self.end_cases(end)
                self._say([])

    def _say(self, left: list[Event]) -> None:
        names = self._names
        tallies = [each._replace(fields={name: each.fields.get(name) for name in names}) for each in self._rows]
        lines = [
            (p.known, p.half, p.entry.at, p.entry.place, p.entry.level, p.entry.clause, p.entry.instance, p.entry.key,
             p.entry.kind, text)
            for p, text in zip(self._mine, self._tail(self._mine), strict=True)
        ]  # fmt: skip
        self._first.send(_Part(self.spoilt(), left, tallies, lines))


class Shared(Flow):
    """The share of the first process, and what it does with those of the others."""

    def __init__(
        self, program: Program, sink: Sink, in_full: InFull, odd: set[tuple[int, Key]], routine: bool,
        others: Sequence[Connection],
    ) -> None:  # fmt: skip
        super().__init__(program, sink, in_full, odd, routine)
        of = len(others) + 1
        for place, stream in enumerate(self.streams):
            known = frozenset(key for n, key in odd if n == place)
            stream.mine = lambda key, known=known: share_of(key, of) == 0 or key in known
        self._others = others
        self._there: set[tuple[int, Key]] = set()

    def sweep(self, upto: int, last: bool = False) -> None:
        """As `Flow.sweep`; then the others go on."""
        super().sweep(upto, last)
        self._tell(None)

    def decide(self, upto: int, last: bool) -> list[Event]:
        """The cases of all."""
        left = super().decide(upto, last)
        for part in self._parts():
            self._there |= part.spoilt
            left += part.left
            self._rows += part.tallies
            self._mine += [Line(*line) for line in part.lines]  # type: ignore[misc]
        self._spoilt = self._spoilt or bool(self._there)
        return left

    def end_cases(self, end: Position) -> None:
        """The agreement ended there, for the cases of all."""
        super().end_cases(end)
        self._tell(end)
        for part in self._parts():
            self._mine += [Line(*line) for line in part.lines]  # type: ignore[misc]

    def spoilt(self) -> set[tuple[int, Key]]:
        """Of all processes."""
        return super().spoilt() | self._there

    def rest(self) -> list[Any]:
        """What the others say in the end."""
        return [self._received(other) for other in self._others]

    def _parts(self) -> Iterable[_Part]:
        return [self._received(other) for other in self._others]

    def _tell(self, what: Position | None) -> None:
        try:
            for other in self._others:
                other.send(what)
        except OSError as error:
            raise Unsteady("a process has gone") from error

    def _received(self, other: Connection) -> Any:
        try:
            found = other.recv()
        except (EOFError, OSError) as error:
            raise Unsteady("a process has gone") from error
        if found == FAILED:
            raise Unsteady("a process cannot go on")
        return found
