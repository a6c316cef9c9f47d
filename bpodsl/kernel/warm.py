"""A store's agreement that stays in its process between runs: what was read and mapped, and the engine where it stands.

So a run costs what is new, and what it takes to gather the lines and to show the whole. It holds as long as nobody else
wrote the store meanwhile: the file is the one that was left, and so is what the store says of text, sources, postings
and lines set aside. Whatever is not certain, all is read, or evaluated, anew:

- Only rows behind those that were read are read, of JSON lines that ended with a line end. Of other files (a record of
  cells may go on), and once lines were requeued, all rows are.
- The lines are gathered anew each time, for a later one may contradict or correct any of them. The engine goes on if
  all events that it was fed come of it again, equal in all parts, and the others are known no earlier than the instant
  until which it was run; that is then what a run over all of them does, one event after another. A line that is known
  late, and an earlier `until`, make it begin anew.
- What it posted stands as it is posted. So only what is new is put behind it, if the store has just so many postings.

An engine that goes on takes twice as long for all as the quick way, which leaves none behind. So where one was made and
could not go on even once, the next runs go the quick way: one, three, seven of them, as often as that happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import attrgetter, is_
from pathlib import Path
from typing import Any

from attrs import define, field

from bpodsl.engine import Engine, Program, plan_contract
from bpodsl.pipeline import evaluate_worlds
from bpodsl.record import Event, Ledger, Posted
from bpodsl.record.account import Intaken
from bpodsl.record.gather import Input, Since, postponed
from bpodsl.record.intake import Intake
from bpodsl.record.overlooked import Overlooked
from bpodsl.record.refusals import Refusal
from bpodsl.record.rows import BadLine, Dismissed, RawRow, Row
from bpodsl.store.kept import (
    Agreement,
    Connection,
    Place,
    Source,
    Text,
    agreement_of,
    heads,
    held,
    mended,
    rows_behind,
    rows_with,
    sources,
)  # fmt: skip
from bpodsl.terms import Contract


@define(eq=False)
class _Going:
    """An engine that was run until an instant over events; what it has posted, in its order; how `often` it went on."""

    engine: Engine
    until: int
    often: int = 0
    events: tuple[Event, ...] = ()
    posted: tuple[Posted, ...] = ()


@define(eq=False)
class Warm:
    """`rows` were read, and all was evaluated `anew` so often: what a run may be measured by."""

    rows: int = 0
    anew: int = 0
    _text: Text | None = None
    _contract: Contract | None = None
    _program: Program | None = None
    _intake: Intake | None = None
    _remarks: Overlooked | None = None
    _input: Input | None = None
    _reached: dict[int, tuple[Source, int]] = field(factory=dict)
    _going: _Going | None = None
    _vain: int = 0
    _wait: int = 0
    _told: Any = None
    _stamp: Any = None

    # ------------------------------------------------------------------ one run after another
    def contract(self, text: Text, made: Callable[[Text], Contract]) -> Contract:
        """The contract of a text; made once."""
        if self._contract is None or text != self._text:
            self._forget()
            self._text, self._contract, self._program = text, made(text), None
        return self._contract

    def begin(self, store: Path, db: Connection) -> None:
        """A store is being written. If it is not as it was left, or it is not certain how it was left, nothing of it is
        known."""
        assert self._contract is not None
        stamp, self._stamp = self._stamp, None
        if stamp is None or stamp != (_about(store), _said(db, self._contract.name)):
            self._forget()

    def end(self, db: Connection) -> None:
        """All has been written, and is to be committed."""
        assert self._contract is not None
        self._told = _said(db, self._contract.name)

    def committed(self, store: Path) -> None:
        """It is."""
        self._stamp = _about(store), self._told

    def _forget(self) -> None:
        self._input = self._going = None

    # ------------------------------------------------------------------ what was read
    def read(self, db: Connection, agreement: Agreement, since: Since | None) -> tuple[Intake, Input]:
        """All that was read under an agreement, sorted out, to be gathered."""
        assert self._contract is not None
        aside, changed = held(db, agreement.id), mended(db, agreement.id)
        every = sources(db, agreement.id)
        more = None if changed or self._input is None else self._behind(db, every)
        if more is None or self._intake is None or self._input is None or self._remarks is None:
            self._forget()
            self._intake = Intake(self._contract)
            self._input, self._remarks = Input(), Overlooked(self._intake)
            self._reached.clear()
            more = [(each, rows_with(db, each, self._intake.layout(each.name), changed)) for each in every]
        grown = self._input
        grown.since, grown.held = since, aside
        for source, rows in more:
            grown.read(self._intake, self._counted(source, rows), self._remarks)
        found = grown.again(self._remarks)
        if since is not None:
            postponed(found.lines, since)
        return self._intake, found

    def _behind(self, db: Connection, every: Iterable[Source]) -> list[tuple[Source, Iterable[Row | Dismissed]]] | None:
        """The rows of each source behind those that were read; None if these may be others now."""
        assert self._intake is not None
        found: list[tuple[Source, Iterable[Row | Dismissed]]] = []
        nothing: Mapping[Place, tuple[int, bytes | None]] = {}
        for source in every:
            layout = self._intake.layout(source.name)
            if source.id not in self._reached:
                found.append((source, rows_with(db, source, layout, nothing)))
                continue
            before, count = self._reached[source.id]
            if before == source:
                continue
            rows = rows_behind(db, source, layout, before, count)
            if rows is None:
                return None
            found.append((source, rows))
        return found

    def _counted(self, source: Source, rows: Iterable[Row | Dismissed]) -> Iterator[Row | Dismissed]:
        _, count = self._reached.get(source.id, (source, 0))
        for row in rows:
            if isinstance(row, RawRow | BadLine | Dismissed):
                count += 1
                self.rows += 1
            yield row
        self._reached[source.id] = source, count

    # ------------------------------------------------------------------ what follows
    def evaluated(self, taken: Intaken) -> tuple[tuple[tuple[str, Ledger], ...], int]:
        """The ledger of each world; and how many postings of the only one were posted so by the run before, -1 if that
        is not known."""
        assert self._contract is not None
        (name, events), *more = taken.worlds
        # What fails in between is not gone on from.
        going, fresh, self._going = self._going, self._fresh(events, taken.until), None
        on = going is not None and fresh is not None
        if going is None or fresh is None:
            self.anew += 1
            if self._in_vain(going) or self._contract.worlds or name or more:
                return evaluate_worlds(self._contract, taken.worlds, taken.until), -1
            if self._program is None:
                self._program = plan_contract(self._contract)
            going, fresh, often = _Going(Engine(self._program), taken.until), events, 0
        else:
            often = going.often + 1
        for event in sorted(fresh, key=attrgetter("known")):
            going.engine.advance(event.known)
            going.engine.feed(event)
        going.engine.sweep_until(taken.until)
        ledger = going.engine.ledger(taken.until)
        same = len(going.posted)
        on = on and same <= len(ledger.posted) and all(map(is_, going.posted, ledger.posted))
        self._going = _Going(going.engine, taken.until, often, events, ledger.posted)
        return (("", ledger),), same if on else -1

    def _in_vain(self, going: _Going | None) -> bool:
        """Whether an engine that may go on is not worth making now; `going` is the one that could not."""
        if going is not None:
            self._vain = 0 if going.often else self._vain + 1
            self._wait = (1 << self._vain) - 1
        self._wait -= 1
        return self._wait >= 0

    def _fresh(self, events: tuple[Event, ...], until: int) -> tuple[Event, ...] | None:
        """The events that the engine has not met; None if it cannot go on with them."""
        going = self._going
        if going is None or until < going.until:
            return None
        met, there = frozenset(map(id, going.events)), frozenset(map(id, events))
        fresh = {_key(event): event for event in events if id(event) not in met}
        if len(fresh) + len(met & there) != len(events):
            return None
        # What the door makes is made anew each time.
        for event in going.events:
            if id(event) not in there:
                again = fresh.pop(_key(event), None)
                if again is None or again != event or tuple(again.fields) != tuple(event.fields):
                    return None
        return None if any(event.known < going.until for event in fresh.values()) else tuple(fresh.values())


def _key(event: Event) -> tuple[str, str, int, int]:
    return event.source, event.id, event.rev, event.known


def _about(store: Path) -> tuple[int, ...]:
    about = store.stat()
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _said(db: Connection, name: str) -> tuple[object, ...]:
    """What a store says of an agreement that a run rests on."""
    agreement = agreement_of(db, name)
    if agreement is None:
        return (None,)
    aside: Mapping[Place, Refusal] = held(db, agreement.id)
    own = agreement.id
    return agreement, tuple(sources(db, own)), heads(db, own), tuple(aside), tuple(mended(db, own))
