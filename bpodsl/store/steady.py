"""Files of plain events read for a run that keeps only what is open (see `engine.straight.flow`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from bpodsl.lean import define, field
from bpodsl.record.account import Account, Intaken
from bpodsl.record.beside import may
from bpodsl.record.event import Event, refs
from bpodsl.record.gather import Input, gathered, in_order
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW
from bpodsl.record.refusals import Refusal
from bpodsl.record.rows import RawRow, Row
from bpodsl.store import delimited
from bpodsl.store.blocks import Block, Plan, Wanted
from bpodsl.store.identities import Identities
from bpodsl.store.lines import BLOCK, Lines
from bpodsl.store.readers import plain_rows
from bpodsl.terms import Contract

_IN_MEMORY: Final = 1 << 20
_SOME: Final = 5_000
"""After so many rows of cells what has come is swept."""

_SHARES: Final = 256


class NotInOrder(Exception):
    """The events do not come as they must to be forgotten once they are swept; all must be gathered."""


class Takes(Protocol):
    """What is done with the events (see `engine.straight.flow.Flow`)."""

    def take(self, event: Event) -> None:
        """One event in full."""

    def take_short(self, found: Iterable[tuple[Any, int, str]]) -> None:
        """Events in short, each with its instant and ref."""

    def sweep(self, upto: int) -> None:
        """All events before an instant have come."""

    def close(self, until: int) -> None:
        """All events have come."""


@define
class CellRows(Plan):
    """How the rows of a file of cells are read: all of them strictly, some at a time, since a cell may hold lines."""

    formats: ClassVar[tuple[str, ...]] = ("csv",)

    def rows(
        self, batches: Iterable[Lines], take: Callable[[Block], None], after: Callable[[], None] | None = None
    ) -> Iterator[Row]:
        """As `Plan.rows`; nothing is taken."""
        for number, row in enumerate(delimited.rows(self.file, batches, self.layout.separator), 1):
            yield row
            if after is not None and number % _SOME == 0:
                after()
        if after is not None:
            after()


@define(eq=False)
class Steady:
    """One reading of files, whose events are given to `takes` in order of time, a batch of lines after another.

    Within two batches the order of lines is free. `size`: about how many bytes a batch has.
    """

    contract: Contract
    paths: Sequence[Path]
    until: int | None = None
    skew: int = SKEW
    size: int = BLOCK
    takes: Takes = field(init=False)
    wanted: Mapping[str, Wanted] = field(init=False)
    _intake: Intake = field(init=False)
    _found: Input = field(factory=Input)
    _ids: Identities = field(factory=Identities)
    _blocks: list[tuple[int, Plan, Block]] = field(factory=list)
    _instants: list[list[int]] = field(factory=list)
    _count: int = 0
    _waiting: int = 0
    _swept: int = -1
    _latest: int = -1

    def run(self, takes: Takes, wanted: Mapping[str, Wanted]) -> Intaken:
        """Read all; what the input comes to, without its events. `wanted`: the kinds that are taken in short. Raises
        `NotInOrder`."""
        self.wanted, self.takes, self._intake = wanted, takes, Intake(self.contract)
        self._found.read(self._intake, self._rows())
        self._ids.close()
        if (self._latest < 0 and self.until is None) or self._ids.repeated:
            raise NotInOrder
        until = self._latest + 1 if self.until is None else self.until
        takes.close(until)
        found = self._found
        found.account.lines += self._count + self._waiting
        found.account.applied += self._count
        found.account.waiting += self._waiting
        found.account.beyond += self._waiting
        found.account.check()
        aside = sorted(found.quarantined, key=lambda each: (each.file, each.line, each.code, each.raw))
        return Intaken(
            (), found.account, tuple(aside), tuple(sorted(found.incomplete)), until, tuple(sorted(found.notes))
        )  # fmt: skip

    def _rows(self) -> Iterable[Row]:
        """The rows that must be read strictly; all others are taken."""
        plans = [self._plan_of(path) for path in self.paths]
        if not may(self.contract) or not all(plans) or any(kind.deemed for kind in self.contract.events):
            raise NotInOrder
        return chain.from_iterable(
            plain_rows(plan, self._take, self._after, self.size) for plan in plans if plan is not None
        )

    def _plan_of(self, path: Path) -> Plan | None:
        mapping, file = self._intake.mapping(str(path)), str(path)
        of = CellRows if mapping is not None and mapping.format == "csv" else Plan
        return of.of(self.contract, mapping, file, self.wanted)

    def named(self, wanted: Collection[str]) -> list[Event]:
        """The events of these refs, read once more."""
        events: list[Event] = []

        def take(plan: Plan, block: Block) -> None:
            found, _, lines, places = block
            for ref, line, place in zip(refs(plan.source, [each.id for each in found]), lines, places, strict=True):
                if ref in wanted:
                    events.extend(self._strictly(plan, line, place))

        for path in self.paths:
            plan = self._plan_of(path)
            assert plan is not None
            for row in plain_rows(plan, take):
                read = self._intake.read(row, []) if isinstance(row, RawRow) else ()
                if not isinstance(read, Refusal):
                    events += [event for event in read if event.ref in wanted]
        return in_order(events)

    def in_full(self, items: Sequence[tuple[int, int, str, Any]]) -> list[Event]:
        """The events in full that came in short and have not been swept."""
        asked = {id(item[3]) for item in items}
        events: list[Event] = []
        for _, plan, (found, _, lines, places) in self._blocks:
            for each, line, place in zip(found, lines, places, strict=True):
                if id(each) in asked:
                    events += self._strictly(plan, line, place)
        return events

    def _strictly(self, plan: Plan, line: bytes, place: int) -> Sequence[Event]:
        read = self._intake.read(RawRow(plan.file, place, place, plan.values_of(line), line), [])
        assert isinstance(read, tuple)
        return read

    def _take(self, plan: Plan, block: Block) -> None:
        self._ids.add(plan.source, [each.id for each in block[0]])
        if self.until is not None and max(block[1]) >= self.until:
            block = self._known(block, self.until)
        found, instants = block[:2]
        if not found:
            return
        self._count += len(found)
        ids = [each.id for each in found]
        for each in found:
            each.forget()
        self._blocks.append((max(instants), plan, block))
        self._instants.append(instants)
        self.takes.take_short(zip(found, instants, refs(plan.source, ids), strict=True))

    def _known(self, block: Block, until: int) -> Block:
        """What of a block does not wait."""
        if max(block[1]) >= until + self.skew:
            raise NotInOrder
        kept = [each for each in zip(*block, strict=True) if each[1] < until]
        self._waiting += len(block[0]) - len(kept)
        found, instants, lines, places = map(list, zip(*kept, strict=True)) if kept else ([], [], [], [])
        return found, instants, lines, places

    def _after(self) -> None:
        """A batch of lines is through."""
        self._take_lines()
        instants, self._instants = self._instants, []
        if not instants:
            return
        first, last = min(map(min, instants)), max(map(max, instants))
        if first < self._swept:
            raise NotInOrder
        self._not_far(instants, first, last)
        if self._latest > self._swept:
            self._swept = self._latest
            self.takes.sweep(self._swept)
            self._blocks = [each for each in self._blocks if each[0] >= self._swept]
        self._latest = max(self._latest, last)

    def _not_far(self, instants: list[list[int]], first: int, last: int) -> None:
        """What lies far ahead of all others may be a mistake (see `gather`)."""
        latest = self._latest if self._latest >= 0 else first
        if self.until is None and last - latest > self.skew:
            ordered = sorted({latest, *chain.from_iterable(instants)})
            if any(b - a > self.skew for a, b in pairwise(ordered)):
                raise NotInOrder

    def _take_lines(self) -> None:
        """The lines that were read strictly."""
        lines, self._found.lines = self._found.lines, []
        if not lines:
            return
        known = [line.known for line in lines]
        until = max(known) + 1 if self.until is None else self.until
        part = Input(lines, Account(len(lines)))
        taken = gathered(self._intake, part, until, self.skew)
        made = [event for line in lines for event in line.events]
        waiting = [event for event in made if event.known >= until]
        account, left = taken.account, len(made) - len(waiting)
        if account.applied + account.waiting < len(lines) or taken.notes or len(taken.events) < left:
            raise NotInOrder
        self._found.account.applied += account.applied
        self._found.account.waiting += account.waiting
        self._found.account.beyond += account.beyond
        for event in made:
            self._ids.add(event.source, [event.id])
        for event in taken.events:
            self.takes.take(event)
        if taken.events:
            self._instants.append([event.known for event in taken.events])
