"""The kernel: an agreement that is fed rows and moved on in time, and says what is new of its ledger.

It is pure: what it says depends on the agreement, the rows and the instants it was given, never on a clock, on the
order in which rows came, or on where it was frozen in between. Order is its own: rows may come in any, and what comes
late is said again from about the first line that it changes (`Said.start`).

Rows that are plain (each tells of an event of its own, known no earlier than what was said) go into the engine where it
stands, so that moving on costs what is new. Whatever else comes, all rows are sorted out and evaluated anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from attrs import define, field, frozen

from bpodsl import SEMANTICS
from bpodsl.engine import Engine, Program, plan_contract
from bpodsl.kernel.frozen import (
    FORM,
    Head,
    NotThawed,
    digest_of,
    head_from,
    head_to_bytes,
    of,
    whole_from,
    whole_to_bytes,
)
from bpodsl.kernel.marks import Marks
from bpodsl.kernel.rows import PackedRows, merged
from bpodsl.pipeline import evaluate_worlds
from bpodsl.record import Event, Ledger
from bpodsl.record.account import Intaken
from bpodsl.record.beside import may
from bpodsl.record.gather import gather, gathered, in_order, sorted_out
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW
from bpodsl.record.ledger import in_order as in_order_of_ledger
from bpodsl.record.refusals import Refusal
from bpodsl.record.rows import RawRow
from bpodsl.report.formats import LedgerLines, ledger_lines
from bpodsl.store import Rows, no_sweeping

if TYPE_CHECKING:
    from bpodsl.terms import Contract

Given = Sequence[RawRow] | Rows | PackedRows
"""Rows that may be read more than once."""

AT_ONCE: Final = 0
NEVER: Final = 1 << 62


@frozen
class Said:
    """What is new of a ledger: its lines, as JSON lines, from behind the first `start` ones on. Where `start` is less
    than what was said before, these lines replace what was said."""

    start: int
    lines: tuple[str, ...]


@frozen
class Closed:
    """All that follows by an instant: what is new of the ledger, what the rows came to, the ledger of each world."""

    said: Said
    taken: Intaken
    ledgers: tuple[tuple[str, Ledger], ...]


@define(eq=False)
class _Going:
    """An engine that stands at an instant, and goes on from there: `ahead` are events that it has not met.

    `events`: all by source and id, each once. `closed`: of which no report may come any more without all being sorted
    out again. `reach`: as far as it may go. `due`: when all is to be sorted out again though no row comes.
    """

    engine: Engine
    intake: Intake
    writer: LedgerLines
    events: dict[tuple[str, str], Event]
    closed: set[tuple[str, str]]
    ahead: list[Event]
    plain: bool
    reach: int
    due: int


@define(eq=False)
class Kernel:
    """One agreement. `upto`: the instant before which all was said, -1 at first; `rows` were fed.

    What was fed since it was last frozen waits in `_loose`, the rest in `_parts`, packed; the first `_kept` of
    these were given by `fresh`.
    """

    contract: Contract
    upto: int = -1
    rows: int = 0
    anew: int = 0
    """How often all rows were evaluated anew: what a run may be measured by."""
    _marks: Marks = field(factory=Marks)
    _parts: list[bytes] = field(factory=list)
    _kept: int = 0
    _loose: list[Given] = field(factory=list)
    _met: int = 0
    _going: _Going | None = None
    _due: int = AT_ONCE
    _program: Program | None = None

    # ------------------------------------------------------------------ fed, moved on
    def feed(self, rows: Given) -> None:
        """More rows that belong to the agreement, in any order."""
        self._loose.append(rows)

    def advance(self, known_until: int) -> Said:
        """All that is known before an instant; what is new of the ledger. Before one that was reached already only what
        came late is told."""
        upto = max(self.upto, known_until)
        if not self._loose and self._due >= upto:
            self.upto = upto
            return Said(self._marks.count, ())
        with no_sweeping():
            lines = self._on(upto)
        start = self._marks.count
        if lines is None:
            every = self._anew(upto)
            start = self._marks.common(every)
            lines = every[start:]
        self.upto = upto
        return self._say(start, lines)

    def outcome(self, until: int | None) -> tuple[Intaken, tuple[tuple[str, Ledger], ...]]:
        """What a run until an instant comes to, without saying it: what the rows are, and the ledger of each world.
        None: until just after the latest event."""
        with no_sweeping():
            taken = gather(Intake(self.contract), chain.from_iterable(self._every()), until)
        return taken, evaluate_worlds(self.contract, taken.worlds, taken.until)

    def close(self, until: int) -> Closed:
        """All that is known before an instant, and what lies before its events: the ledger of a run until then. It may
        be fed and moved on after that."""
        taken, ledgers = self.outcome(until)
        lines = [
            line for world, ledger in ledgers for line in ledger_lines(self.contract, ledger.posted, world)
        ]
        self._going, self.upto = None, max(self.upto, until)
        self._due = self.upto
        start = self._marks.common(lines)
        return Closed(self._say(start, lines[start:]), taken, ledgers)

    @property
    def due(self) -> int | None:
        """The next instant of which it has something to say though no row comes; None if there is none. Never too late;
        it may be too early."""
        return None if self._due == NEVER else self._due

    def _say(self, start: int, lines: Sequence[str]) -> Said:
        self._marks.back(start)
        self._marks.add(lines)
        return Said(start, tuple(lines))

    # ------------------------------------------------------------------ frozen
    def snapshot(self) -> bytes:
        """All of it as bytes."""
        self._pack()
        return whole_to_bytes(self.head(), self._parts)

    @classmethod
    def restore(cls, contract: Contract, data: bytes) -> Kernel:
        """The kernel that was frozen. Raises `NotThawed`."""
        head, parts = whole_from(data)
        return cls.resumed(contract, head, parts)

    def head(self) -> bytes:
        """All of it but the rows; small."""
        self._pack()
        bound, parts, marks = of(self.contract), digest_of(self._parts), self._marks
        told = marks.count, marks.link, marks.marks
        return head_to_bytes(Head(FORM, SEMANTICS, bound, self.upto, self.rows, parts, self._due, *told))

    def fresh(self) -> tuple[int, list[bytes]]:
        """What is to be kept besides `head` since this was last asked: from which place on parts are others, and these
        parts; behind them are none."""
        self._pack()
        first, self._kept = self._kept, len(self._parts)
        return first, self._parts[first:]

    @classmethod
    def resumed(cls, contract: Contract, head: bytes, parts: Iterable[bytes]) -> Kernel:
        """The kernel of a head, and of the parts that `fresh` gave up to then. Raises `NotThawed`."""
        found = head_from(head, contract)
        made = cls(contract, found.upto, found.rows)
        made._marks = Marks(found.count, found.link, found.marks)
        made._parts = list(parts)
        made._kept = len(made._parts)
        if digest_of(made._parts) != found.parts:
            raise NotThawed("its rows are not those that it was frozen with")
        made._due = found.due
        return made

    def _pack(self) -> None:
        rows = [row for some in self._loose for row in some]
        if not rows:
            return
        if self._met < len(self._loose):
            # They are yet to be told of.
            self._due = AT_ONCE
        self._meet()
        self._parts += PackedRows.of(rows).parts
        self._kept = min(self._kept, merged(self._parts))
        self.rows += len(rows)
        self._loose.clear()
        self._met = 0

    def _every(self) -> list[Iterable[RawRow]]:
        return [PackedRows(self._parts), *self._loose]

    # ------------------------------------------------------------------ on from where it stands
    def _on(self, upto: int) -> list[str] | None:
        """The lines that come with going on from where the engine stands; None if it cannot."""
        self._meet()
        going = self._going
        if going is None or upto > going.reach:
            self._going = None
            return None
        return self._moved(going, upto)

    def _meet(self) -> None:
        """Take what was fed to where the engine stands; if a row cannot be taken so, it stands no more."""
        going = self._going
        rows = chain.from_iterable(self._loose[self._met :])
        if going is not None and not all(_taken(going, row, self.upto) for row in rows):
            self._going = None
        self._met = len(self._loose)

    def _moved(self, going: _Going, upto: int) -> list[str]:
        engine = going.engine
        met = [event for event in going.ahead if event.known < upto]
        if met:
            going.ahead = [event for event in going.ahead if event.known >= upto]
            for event in sorted(in_order(met), key=attrgetter("known")):
                engine.advance(event.known)
                engine.feed(event)
        engine.advance(upto)
        posted = list(in_order_of_ledger(engine.posted()))
        for number, each in enumerate(posted, start=self._marks.count + 1):
            each.sequence = number  # type: ignore[misc]
        own = NEVER if engine.due is None else engine.due
        self._due = min(own, going.due, *(event.known for event in going.ahead))
        return list(going.writer.of(posted))

    # ------------------------------------------------------------------ anew
    def _anew(self, upto: int) -> list[str]:
        """All lines of the ledger that are known before an instant, from all rows."""
        self.anew += 1
        contract, intake = self.contract, Intake(self.contract)
        with no_sweeping():
            found = sorted_out(intake, chain.from_iterable(self._every()))
        # What lies beyond the horizon is left out, and stays so until the first of it comes within.
        far = min((line.known for line in found.lines if line.known >= upto + SKEW), default=NEVER)
        reach = min(upto + SKEW, far - SKEW)
        before = {(event.source, event.id) for line in found.lines for event in line.events} | set(found.broken)
        taken = gathered(intake, found, reach, SKEW if far == NEVER else far - reach)
        if contract.worlds:
            return self._of_worlds(taken, upto, reach)
        plain = may(contract) and not any(kind.deemed for kind in contract.events)
        events = {(event.source, event.id): event for event in taken.events}
        if self._program is None:
            self._program = plan_contract(contract)
        going = _Going(
            Engine(self._program), intake, LedgerLines(contract), events,
            before if taken.account.waiting == 0 else before | {_ANY}, list(taken.events),
            plain, reach, reach if far < NEVER or not plain else NEVER,
        )  # fmt: skip
        marks, self._marks = self._marks, Marks()
        lines = self._moved(going, upto)
        self._marks = marks
        self._going = going
        return lines

    def _of_worlds(self, taken: Intaken, upto: int, reach: int) -> list[str]:
        """The same of an agreement with worlds: which there are is known only in the end."""
        self._due = upto + 1
        lines: list[str] = []
        for world, ledger in evaluate_worlds(self.contract, taken.worlds, upto):
            kept = [each for each in ledger.posted if each.known < upto]
            lines += ledger_lines(self.contract, kept, world)
        return lines


_ANY: Final = ("", "")


def _taken(going: _Going, row: RawRow, upto: int) -> bool:
    """Whether a row could be taken to where the engine stands."""
    found = going.intake.read(row, [])
    if isinstance(found, Refusal):
        # A correction of it would wait no longer: of one that waits already all must be sorted out again.
        if found.identity is not None:
            going.closed.add(found.identity[:2])
        return found.identity is None or _ANY not in going.closed
    for event in found:
        identity = event.source, event.id
        if going.events.get(identity) == event:
            continue
        if not going.plain or identity in going.closed or _ANY in going.closed or identity in going.events:
            return False
        if event.rev or event.retracts or event.related or event.over:
            return False
        if not upto <= event.known < going.reach:
            return False
        going.events[identity] = event
        going.ahead.append(event)
    return True
