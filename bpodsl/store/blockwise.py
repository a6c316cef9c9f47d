"""Files of plain JSON lines read by the block, for a run that makes only what is told in short (see
`engine.straight.briefly`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, Final, Protocol

from bpodsl.lean import define, field
from bpodsl.native import Block
from bpodsl.record.account import Intaken
from bpodsl.record.beside import may
from bpodsl.record.event import ESCAPED, Event, escaped
from bpodsl.record.rows import Cut, Row
from bpodsl.store.cells import CellsPlan
from bpodsl.store.columns import ColumnsPlan
from bpodsl.store.identities import Identities, Rising
from bpodsl.store.lines import Stretch
from bpodsl.store.opening import opened
from bpodsl.store.steady import NotInOrder, Steady
from bpodsl.store.typed import NotByBlocks, Typed, TypedPlan
from bpodsl.terms import Mapping
from bpodsl.values import moment, ticks

_FEW: Final = 10_000
_id: Final = attrgetter("id")
_family: Final = attrgetter("family")


class TakesBlocks(Protocol):
    """What is done with the events (see `engine.straight.briefly.Brief`)."""

    native: Any

    def take_read(self, block: Block, stop: int, begin: str) -> None:
        """Events in short, read by the compiled machine, up to the one in that place; only where `native` is not
        None."""

    def take_block(self, family: int, events: list[Any], times: list[datetime], begin: str, plain: bool) -> None:
        """Events in short."""

    def take(self, event: Event) -> None:
        """One event in full."""

    def run(self, upto: int) -> None:
        """All events before an instant have come; what has fallen due by then may be told later."""

    def sweep(self, upto: int) -> None:
        """All events before an instant have come."""

    def close(self, until: int) -> None:
        """All events have come."""

    def rest(self) -> None:
        """It is over, or given up: nothing of it is being done any more."""


@define(eq=False)
class Blockwise(Steady):
    """One reading of files. `rising`: their ids are taken to rise; where it is found too late that they do not,
    `NotRising` is raised. `eager`: each batch of lines is taken to begin where the one before it ended; where it does
    not, `NotInOrder`."""

    rising: bool = True
    eager: bool = True
    _families: int = 1
    _typed: list[tuple[int, TypedPlan, Typed | Block]] = field(factory=list)

    def read(self, takes: TakesBlocks, wanted: Any) -> Intaken:
        """As `Steady.run`."""
        self._families = 1 + max((each.family for each in wanted.values()), default=0)
        self._ids: Any = Rising() if self.rising else Identities()
        try:
            return self.run(takes, wanted)  # type: ignore[arg-type]
        except NotByBlocks:
            raise NotInOrder from None
        finally:
            takes.rest()

    def _rows(self) -> Iterable[Row]:
        contract = self.contract
        mappings = [(str(path), self._intake.mapping(str(path))) for path in self.paths]
        native = getattr(self.takes, "native", None)
        plans = [self._plan(file, mapping, native is not None) for file, mapping in mappings]
        if not may(contract) or any(kind.deemed for kind in contract.events):
            raise NotInOrder
        for plan in plans:
            if plan is None:
                raise NotInOrder
            plan.native, plan.crew = native is not None, None if native is None else native.crew
        return (row for plan in plans if plan is not None for row in self._rows_of(plan))

    def _plan(self, file: str, mapping: Mapping | None, native: bool) -> TypedPlan | None:
        if mapping is None or mapping.format not in CellsPlan.formats:
            columns = mapping is not None and mapping.format == "parquet" and native and ColumnsPlan.may(file)
            return (ColumnsPlan if columns else TypedPlan).of(self.contract, mapping, file, self.wanted)
        plan = CellsPlan.of(self.contract, mapping, file, self.wanted) if native and CellsPlan.may(mapping) else None
        if plan is not None:
            plan.separator = mapping.separator or ","
        return plan

    def _rows_of(self, plan: TypedPlan) -> Iterable[Row]:
        with opened(plan.file) as stream:
            stretch = Stretch(plan.file, stream, self.size, layout=plan.layout)
            yield from plan.typed_rows(stretch, lambda some: self._take_some(plan, some), self._after)
        if stretch.cut:
            yield Cut(plan.file, stretch.cut)

    def _take_some(self, plan: TypedPlan, some: Typed | Block) -> None:
        if isinstance(some, Block):
            self._take_read(plan, some)
        else:
            self._take_typed(plan, some)

    def _take_read(self, plan: TypedPlan, block: Block) -> None:
        self._ids.add(plan.source, block)
        until, stop, last = self.until, block.count, block.last
        if until is not None and last >= until:
            if last >= until + self.skew:
                raise NotInOrder
            stop = block.before(until)
            self._waiting += block.count - stop
            if not stop:
                return
            last = block.times()[stop - 1]
        self._count += stop
        self._instants.append([block.first, last] if last - block.first <= self.skew else block.times()[:stop])
        self._typed.append((last, plan, block))
        takes: Any = self.takes
        takes.take_read(block, stop, f"{escaped(plan.source)}/")

    def _take_typed(self, plan: TypedPlan, typed: Typed) -> None:
        found, times = typed.found, typed.times
        ids = list(map(_id, found))
        self._ids.add(plan.source, ids)
        if self.until is not None and times[-1] >= moment(self.until):
            found, times = self._come(found, times, self.until)
            if not found:
                return
        self._count += len(found)
        first, last = times[0], times[-1]
        skew = timedelta(microseconds=self.skew)
        self._instants.append([ticks(first), ticks(last)] if last - first <= skew else list(map(ticks, times)))
        self._typed.append((ticks(last), plan, typed))
        begin, joined = f"{escaped(plan.source)}/", "".join(ids)
        plain = not any(mark in joined for mark in ESCAPED)
        takes: Any = self.takes
        if self._families < 2:
            takes.take_block(0, found, times, begin, plain)
            return
        for family in sorted(set(map(_family, found))):
            pairs = [(each, at) for each, at in zip(found, times, strict=True) if each.family == family]
            takes.take_block(family, [each for each, _ in pairs], [at for _, at in pairs], begin, plain)

    def _come(self, found: list[Any], times: list[datetime], until: int) -> tuple[list[Any], list[datetime]]:
        """What of a block does not wait."""
        stop = moment(until)
        if times[-1] >= moment(until + self.skew):
            raise NotInOrder
        kept = sum(1 for at in times if at < stop)
        self._waiting += len(found) - kept
        return found[:kept], times[:kept]

    def _after(self) -> None:
        """A batch of lines is through."""
        if not self.eager:
            super()._after()
            self._ids.after()
            self._let_go()
            return
        self._take_lines()
        self._ids.after()
        instants, self._instants = self._instants, []
        if not instants:
            return
        first, last = min(map(min, instants)), max(map(max, instants))
        if first < self._swept:
            raise NotInOrder
        self._not_far(instants, first, last)
        self._latest = self._swept = last
        takes: Any = self.takes
        takes.run(last)
        self._let_go()

    def _let_go(self) -> None:
        self._typed = [each for each in self._typed if each[0] >= self._swept]

    def in_full(self, items: Sequence[Any]) -> list[Event]:
        """The events in full that came in short and have not been swept."""
        asked: dict[str, list[Any]] = {}
        read: dict[Block, list[int]] = {}
        for each in items:
            if type(each) is tuple:
                read.setdefault(each[0], []).append(each[1])
            else:
                asked.setdefault(each.id, []).append(each)
        events: list[Event] = []
        for _, plan, typed in self._typed:
            if isinstance(typed, Block):
                for number in read.get(typed, ()):
                    events += self._strictly(plan, typed.text(number, True), typed.place(number))
                continue
            if asked.keys().isdisjoint(map(_id, typed.found)):
                continue
            for line, place in typed.lines():
                decoded = plan.decode_lines(line) if plan.decode_lines is not None and line else ()
                if any(each in asked.get(each.id, ()) for each in decoded):
                    events += self._strictly(plan, line, place)
        return events

    def named(self, wanted: Collection[str]) -> list[Event]:
        """Of what is told in short nothing asks for events by their refs."""
        raise NotImplementedError
