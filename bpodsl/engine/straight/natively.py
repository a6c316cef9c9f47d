"""Cases of a run that is told in short, decided by the compiled machine (`native`), where there is one.

As `briefly`, to which this gives what it decides cases with: those of each family, which share one machine. Rows stay
in the machine until they are told, and are written there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from bpodsl.engine.straight.assembled import Assembler, NotNative, Tables, number_of
from bpodsl.engine.straight.blockwise import NEVER as LATEST
from bpodsl.engine.straight.events import Full, may_be_short
from bpodsl.engine.tallies import Tally, Unsteady
from bpodsl.native import NEVER, Ask, AskCalendar, Block, Machine, Rows, counted, library, whole
from bpodsl.record import LATE
from bpodsl.record.entry import RANK
from bpodsl.record.event import escaped
from bpodsl.values import moment, ticks

if TYPE_CHECKING:
    from bpodsl.engine.scopes import Position
    from bpodsl.engine.straight.blockwise import Made, Tallies
    from bpodsl.engine.straight.cases import Cases, Row
    from bpodsl.native.crew import Crew
    from bpodsl.record.brief import Form

_T = TypeVar("_T")

_FEW: Final = 256
"""To decide so few events takes no longer than to tell other threads of them."""


class Piece(NamedTuple):
    """Events of a block from one to another, in order of time. `begin`: what their refs begin with. `full`: those
    that came in full, if they did."""

    block: Block
    first: int
    stop: int
    begin: bytes
    full: Sequence[Any] = ()

    def cut(self, at: int) -> tuple[list[Piece], list[Piece]]:
        """What lies before an instant, and what does not."""
        cut = min(max(self.block.before(at), self.first), self.stop)
        before, behind = self._replace(stop=cut), self._replace(first=cut)
        return [before] if cut > self.first else [], [behind] if self.stop > cut else []


class Native:
    """The machines of a run, and what stands beside them: `jobs` of them, each of which decides the cases that fall to
    it by the hash of their keys. Entries are put in order and told by the first."""

    def __init__(self, streams: Sequence[Cases], forms: Sequence[Form], fronts: Sequence[int], jobs: int = 1) -> None:
        self.tables, self.forms, self._fronts = Tables(), forms, fronts
        programs, base = [], 0
        for stream in streams:
            for made in (stream.made, stream.careful()):
                programs.append(self._program(stream, made, base))
            base += len(stream.made.forms)
        orders = [
            whole(front, RANK[form.kind]) + counted([place for _, place in form.by])
            for form, front in zip(forms, fronts, strict=True)
        ]
        packed = b"".join(
            [whole(len(self.tables.answers), len(streams)), *programs, whole(len(forms)), *orders]
        )  # fmt: skip
        self.width = max(len(s.family.keys) + max(len(k.fields) for k in s.family.kinds) for s in streams)
        ask: Ask = self._answer
        calendar: AskCalendar = self._of_calendar
        self.crew: Crew | None = None
        # What Python answers is kept, and so is what settles figures: by one at a time.
        self.alone: AbstractContextManager[Any] = nullcontext()
        if jobs > 1:
            from threading import Lock

            from bpodsl.native.crew import Crew

            self.crew, self.alone = Crew(jobs), Lock()
            ask, calendar = _one_by_one(self.alone, ask, calendar)
        self.machines = [Machine(packed, ask, calendar, self.width) for _ in range(jobs)]
        self.machine = self.machines[0]
        if self.crew is not None:
            for number, machine in enumerate(self.machines):
                machine.call("share", number, jobs)
        self._known: dict[tuple[int, int], list[tuple[str | None, ...]]] = {}

    def _program(self, stream: Cases, made: Made, base: int) -> bytes:
        family = stream.family
        norms = {id(tallies): norm for norm, tallies in made.tallies.items()}
        alone = [[name for name, _ in form.numbers] in ([], ["due"]) for form in made.forms]
        assembler = Assembler(
            made.source, made.table, self.tables, norms, base, alone.__getitem__, family.keys, family.kinds,
            ticks(stream.begin),
        )  # fmt: skip
        return assembler.made()

    def _answer(self, table: int, values: tuple[str | None, ...]) -> int:
        return number_of(self.tables.answers[table][values if len(values) != 1 else values[0]])

    def _of_calendar(self, which: int, what: int, one: int, other: int) -> int:
        calendar = self.tables.calendars[which].calendar
        found = (calendar.worked, calendar.first_reach, calendar.last_within)[what](one, other)
        return NEVER if found is None else int(found)

    # ------------------------------------------------------------------ by all of them
    @property
    def shared(self) -> bool:
        """Whether there are several."""
        return self.crew is not None

    @property
    def failed(self) -> bool:
        """Whether there was an instant that cannot be said."""
        return any(machine.failed for machine in self.machines)

    def each(self, task: Callable[[Machine], _T]) -> list[_T]:
        """What it comes to for each, at once."""
        if self.crew is None:
            return [task(self.machine)]
        return self.crew.all([partial(task, machine) for machine in self.machines])

    def all(self, name: str) -> None:
        """One of the functions that take no numbers, of each."""
        self.each(lambda machine: machine.call(name))

    def together(self) -> Machine:
        """The first, which has taken the entries of the others."""
        for other in self.machines[1:]:
            self.machine.take_rows(other)
        return self.machine

    def run(self, family: int, way: int, piece: Piece) -> list[int]:
        """Decide some events; those of odd cases, by where they stand in the file, in order of time."""
        def decide(machine: Machine) -> list[int]:
            return machine.run(family, way, piece.block, piece.first, piece.stop, piece.begin)

        few = piece.stop - piece.first < _FEW
        found = list(map(decide, self.machines)) if few else self.each(decide)
        odd = [number for some in found for number in some]
        if len(odd) > 1 and self.shared:
            places = {number: place for place, number in enumerate(piece.block.order())}
            odd.sort(key=places.__getitem__)
        return odd

    # ------------------------------------------------------------------ outcomes
    def _groups(self, which: int, table: int) -> list[tuple[str | None, ...]]:
        known = self._known.setdefault((which, table), [])
        self.machines[which].groups(table, known)
        return known

    def taken(self, norm: str, tallies: Tallies) -> Iterator[tuple[dict[str, Any], str, int]]:
        """What was counted of a norm since the last time: by fields and status."""
        table = self.tables.groups.get(norm)
        if table is None:
            return
        for which, machine in enumerate(self.machines):
            known = self._groups(which, table)
            for number, fulfilled, missed in machine.taken(table):
                fields = dict(zip(tallies.names, known[number], strict=True))
                for status, count in (("fulfilled", fulfilled), ("missed", missed)):
                    if count:
                        yield fields, status, count

    def outcomes(self, names: dict[str, tuple[str, ...]]) -> Iterator[Tally]:
        """Those that were put with their instants; `names`: the fields by which each norm is grouped."""
        norms = {table: norm for norm, table in self.tables.groups.items()}
        for which, machine in enumerate(self.machines):
            found = machine.outcomes()
            groups = {table: self._groups(which, table) for table in {each[1] for each in found}}
            for at, table, group, status, place in found:
                norm = norms[table]
                fields = dict(zip(names[norm], groups[table][group], strict=True))
                yield Tally(norm, fields, ("fulfilled", "missed")[status], (at, place), "", None)

    # ------------------------------------------------------------------ rows
    def rows(self, first: int, stop: int) -> Rows:
        """Entries from one to another."""
        return Rows(self.machine, first, stop, self.row)

    def row(self, number: int) -> Row:
        """An entry, as the function would have made it."""
        at, form, name, key, numbers = self.machine.row(number)
        due = (LATEST if numbers[0] == NEVER else moment(numbers[0]),) if self.forms[form].numbers else ()
        return moment(at), self._fronts[form], form, name, key, *due


class NativeCases:
    """The cases of one family, in the machine. In place of `briefly.Cases`."""

    def __init__(self, stream: Cases, native: Native, number: int) -> None:
        self.family, self.made, self.short = stream.family, stream.made, stream.short
        self.odd, self.done = stream.odd, 0
        self._native, self._number = native, number
        self._names = stream.names
        self._groups = {norm: tallies.names for norm, tallies in self.made.tallies.items()}
        self._spoilt: set[Any] = set()
        self._pieces: list[Piece] = []
        self._came: list[Piece] = []

    @property
    def open(self) -> int:
        """How many cases there are of which something stands."""
        return sum(machine.call("standing", self._number) for machine in self._native.machines)

    @property
    def spoilt(self) -> set[Any]:
        """The keys of cases that were given up."""
        return self._spoilt.union(*(machine.spoilt(self._number) for machine in self._native.machines))

    @property
    def waits(self) -> bool:
        """Whether events have not been swept."""
        return bool(self._pieces)

    def leave(self, key: tuple[Any, ...]) -> None:
        """A case that the general machine decides."""
        self.odd.add(key)
        for machine in self._native.machines:
            machine.odd(self._number, key)

    # ------------------------------------------------------------------ what comes
    def take(self, block: Any) -> None:
        """More events in short: in objects, as `Cases` has them, or read by the machine."""
        if isinstance(block, Piece):
            self._pieces.append(block)
            return
        events, times, begin, _ = block
        keys = range(len(self.family.keys))
        packed = [
            (
                ticks(at), self._number, e.number, escaped(e.id),
                [_text(getattr(e, f"key{n}")) for n in keys]
                + [_text(getattr(e, f"f{n}", None)) for n in range(len(self.family.kinds[e.number].fields))],
            )
            for e, at in zip(events, times, strict=True)
        ]  # fmt: skip
        made = Block.of(packed, self._native.width, len(keys))
        self._pieces.append(Piece(made, 0, made.count, begin.encode(), events))

    def take_full(self, event: Any) -> bool:
        """An event in full; whether a case here takes it."""
        key, (_, number, _, fields) = self.short.of(event)
        if key in self.odd:
            return False
        if not may_be_short(event, key):
            self._spoilt.add(key)
            return True
        if not fields.keys() <= set(self._names[number]):
            raise Unsteady("an event has a field that was lent to it")
        full = Full(event, number, key, fields, self._names[number])
        self.take(([full], [full.at], full.begin, full.plain))
        return True

    # ------------------------------------------------------------------ deciding
    def _woven(self, upto: int) -> list[Piece]:
        """What lies before an instant, in order of time."""
        came, later = [], []
        for piece in self._pieces:
            first, second = piece.cut(upto)
            came += first
            later += second
        self._pieces = later
        return [each for some in _apart(came) for each in (_mixed(some) if len(some) > 1 else some)]

    def _through(self, way: int, came: Iterable[Piece]) -> list[Any]:
        left: list[Any] = []
        for piece in came:
            odd = self._native.run(self._number, way, piece)
            self.done += piece.stop - piece.first
            left += [piece.full[number] if piece.full else (piece.block, number) for number in odd]
        if self._native.failed:
            raise Unsteady("an instant is later than can be written")
        return left

    def run(self, upto: datetime, out: list[Row]) -> list[Any]:
        """As `Cases.run`; entries stay in the machine."""
        return self._through(0, self._woven(ticks(upto)))

    def part(self, upto: datetime, careful: bool, out: list[Row], rows: list[Any]) -> list[Any]:
        """As `Cases.part`; the machine was told before that it may be taken back."""
        self.done = 0
        at = ticks(upto)
        self._came = self._woven(at)
        left = self._through(int(careful), self._came)
        self._native.each(lambda machine: machine.sweep(self._number, int(careful), at, at))
        if careful:
            rows += self._native.outcomes(self._groups)
        else:
            self._came = []
        if self._native.failed:
            raise Unsteady("an instant is later than can be written")
        return left

    def end(self, at: Position, out: list[Row]) -> None:
        """As `Cases.end`; what stood before was taken up again."""
        instant, place = at
        pieces = [*self._came, *self._pieces]
        if any(piece.block.before(instant) < piece.stop for piece in pieces):
            raise Unsteady("a case has an event after the end")
        self._through(1, self._came)
        self._native.each(lambda machine: machine.sweep(self._number, 1, instant, instant + (place > LATE)))
        for machine in self._native.machines:
            machine.outcomes()

    def taken(self) -> Iterator[tuple[str, Iterable[tuple[dict[str, Any], str, int]]]]:
        """What was counted of each norm since the last time."""
        for norm, tallies in self.made.tallies.items():
            yield norm, self._native.taken(norm, tallies)


def _one_by_one(alone: AbstractContextManager[Any], ask: Ask, calendar: AskCalendar) -> tuple[Ask, AskCalendar]:
    """The same for several threads."""

    def answer(table: int, values: tuple[str | None, ...]) -> int:
        with alone:
            return ask(table, values)

    def of_calendar(which: int, what: int, one: int, other: int) -> int:
        with alone:
            return calendar(which, what, one, other)

    return answer, of_calendar


def _apart(came: Iterable[Piece]) -> list[list[Piece]]:
    """Pieces as they came; together those that do not follow each other in time."""
    found: list[tuple[int, list[Piece]]] = []
    for piece in came:
        last, some = piece.block.last, [piece]
        while found and found[-1][0] > piece.block.first:
            before, others = found.pop()
            last, some = max(before, last), others + some
        found.append((last, some))
    return [some for _, some in found]


def _mixed(some: Sequence[Piece]) -> list[Piece]:
    """Their events in order of time, and as they came within one instant."""
    each = sorted(
        (at, number, place) for number, piece in enumerate(some)
        for place, at in enumerate(piece.block.times()[piece.first : piece.stop], piece.first)
    )  # fmt: skip
    woven = []
    for number, together in groupby(each, key=itemgetter(1)):
        places = [place for *_, place in together]
        woven.append(some[number]._replace(first=places[0], stop=places[-1] + 1))
    return woven


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def native_for(
    streams: Sequence[Cases], forms: Sequence[Form], fronts: Sequence[int], jobs: int = 1
) -> Native | None:  # fmt: skip
    """The machine for some families, or None: there is none, or it does not know what their text says."""
    if library() is None:
        return None
    try:
        return Native(streams, forms, fronts, jobs)
    except NotNative:
        return None
