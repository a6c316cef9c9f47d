"""A run that makes only what is told in short (`record.brief`), over events that come in blocks, in order of time.

As `flow`: what lies before an instant is decided and given away, and nothing is kept but what is open. But cases are
decided a block at a time (`blockwise`), and outcomes that figures count are numbers from the first: between two
instants at which any window begins or ends it is all the same when they came about. So what is swept never reaches
over such an instant.

Where the agreement may end within what is swept (an event of the general machine is in it, or its term is over), what
stood of every case is copied before, and outcomes are put with their instants, so that what lies behind the end can
be taken back.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bpodsl.engine.engine import Engine
from bpodsl.engine.straight.blockwise import NotBlockwise
from bpodsl.engine.straight.cases import Cases, Counted, Key, Row
from bpodsl.engine.straight.events import Full
from bpodsl.engine.straight.flow import Odd, only_counted
from bpodsl.engine.straight.loop import sound
from bpodsl.engine.straight.natively import Native, NativeCases, Piece, native_for
from bpodsl.engine.straight.which import Family, families
from bpodsl.engine.tallies import Unsteady
from bpodsl.native import Block, Rows
from bpodsl.record import BEGIN, Event, Posted
from bpodsl.record.brief import Form, is_brief, is_plain
from bpodsl.record.entry import order_key
from bpodsl.record.ledger import in_order
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.values import LAST, moment, ticks

if TYPE_CHECKING:
    from bpodsl.engine.program import Program
    from bpodsl.engine.scopes import Position
    from bpodsl.native.crew import Crew, Later

SOME: Final = 8_000
"""Events after which what is open is looked through."""

Counting = tuple[list[Any], str, list[Counted], int]
InFull = Callable[[list[Any]], Iterable[Event]]
_when: Final = itemgetter(0)
_known: Final = attrgetter("known")


class Told:
    """Entries in the order of the ledger: rows of cases, one by one or still in the machine, and postings. `forms`:
    what rows are made of."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self.forms = forms
        self.entries: list[Row | Posted | Rows] = []


class Settling(NamedTuple):
    """What another thread settles: what lies before an instant. It must change nothing of the first instant after the
    term, but to put it off, nor of where the next windows end."""

    upto: int
    term: int
    next_stop: int
    task: Later[list[Posted]]


class Brief:
    """Such a run. `sink` is given what is final; `native`: by the compiled machine, where there is one, in so many
    threads as `jobs` says."""

    def __init__(
        self, program: Program, sink: Callable[[Told], None], in_full: InFull, odd: set[tuple[int, Key]],
        native: bool = True, jobs: int = 1,
    ) -> None:  # fmt: skip
        contract = program.contract
        self._engine = Engine(program)
        found = families(contract, program.levels)
        if not found or self._engine.restless or any(not counted_as_decided(contract, each) for each in found):
            raise Unsteady("outcomes are asked for otherwise than by counting them")
        try:
            plain = [Cases(contract, each, self._engine) for each in found]
        except NotBlockwise:
            raise Unsteady("deadlines are counted in days") from None
        self._forms, self._fronts = _joined([stream.made.forms for stream in plain])
        self.native = native_for(plain, self._forms, self._fronts, jobs) if native else None
        self.streams: Sequence[Cases | NativeCases] = plain
        if self.native is not None:
            self.streams = [NativeCases(each, self.native, number) for number, each in enumerate(plain)]
        for number, key in odd:
            self.streams[number].leave(key)
        self._of = {kind.name: stream for stream in self.streams for kind in stream.family.kinds}
        self._sink = sink
        self._in_full = in_full
        self._events: list[Event] = []
        self._held: list[Posted] = []
        self._rows: list[Row] = []
        self._over = False
        self._swept = -1
        # Where a cell ends in which outcomes count; what was made since the last sweep.
        self._stop: int | None = -1
        self._out: list[Row] = []
        # What came about in windows that have ended, and is not counted yet; what another thread settles.
        self._counted: list[Counting] = []
        self._later: Settling | None = None
        self._term = self._engine.may_end_by

    # ------------------------------------------------------------------ what comes
    def take_block(self, family: int, events: list[Any], times: list[datetime], begin: str, plain: bool) -> None:
        """Events in short, in order of time; the ref of each begins with `begin`; `plain`: no id has to be escaped."""
        if not is_plain(begin):
            raise Unsteady("a source must be escaped")
        self.streams[family].take((events, times, begin, plain))

    def take_read(self, block: Block, stop: int, begin: str) -> None:
        """Events in short that the machine has read, up to that place; to which family each belongs it knows."""
        if not is_plain(begin):
            raise Unsteady("a source must be escaped")
        for stream in self.streams:
            assert isinstance(stream, NativeCases)
            stream.take(Piece(block, 0, stop, begin.encode()))

    def take(self, event: Event) -> None:
        """One event in full."""
        if not sound((event,)):
            raise Unsteady("an event is not known as it acts, or speaks of another")
        stream = self._of.get(event.kind)
        if stream is None or not stream.take_full(event):
            self._events.append(event)

    def close(self, until: int) -> None:
        """All events have come."""
        self.sweep(until, last=True)
        if spoilt := {(n, key) for n, stream in enumerate(self.streams) for key in stream.spoilt}:
            raise Odd(spoilt)

    # ------------------------------------------------------------------ sweeping
    def run(self, upto: int) -> None:
        """Decide what lies before an instant, of which all events have come, as far as it needs no more than them."""
        waits = any(event.known < upto for event in self._events)
        done = sum(stream.done for stream in self.streams)
        # To look through what is open may take no longer than what was done since.
        much = done >= max(SOME, 4 * sum(stream.open for stream in self.streams))
        if much or waits or self._over or self._next_stop() < upto or self._may_end_by() <= upto:
            self.sweep(upto)
            return
        left: list[Any] = []
        for number, stream in enumerate(self.streams):
            begun = len(self._out)
            left += stream.run(moment(upto), self._out)
            self._renumber(number, self._out, begun)
        self._events += self._of_odd(left)

    def _of_odd(self, left: list[Any]) -> list[Event]:
        """The events of odd cases, in full."""
        short = [each for each in left if type(each) is not Full]
        return [*(each.event for each in left if type(each) is Full), *(self._in_full(short) if short else ())]

    def _next_stop(self) -> int:
        """The next instant that nothing may be swept beyond at once."""
        if self._stop is not None and self._stop <= self._swept:
            self._settle()
            self._stop = None if self._over else self._same_until(self._swept)
        return LAST if self._stop is None else self._stop

    def _same_until(self, instant: int) -> int | None:
        """Where the cells end that hold an instant."""
        norms = [name for stream in self.streams for name in stream.family.counted]
        return self._engine.counting.same_until(norms, max(instant, self._engine.begin))

    def _may_end_by(self) -> int:
        """The first instant after the term, as it stood when nothing was being settled last."""
        if self._later is None:
            self._term = self._engine.may_end_by
        return self._term

    def sweep(self, upto: int, last: bool = False) -> None:
        """Decide and give away all that lies before an instant, of which all events have come."""
        while (stop := self._next_stop()) < upto:
            self._part(stop, False)
        self._part(upto, last)

    def _part(self, upto: int, last: bool) -> None:
        engine, rows = self._engine, list[Any]()
        events = [event for event in self._events if event.known < upto]
        self._events = [event for event in self._events if event.known >= upto]
        careful = bool(events) or self._may_end_by() <= upto
        if careful or last or upto == self._stop:
            self._settle()
        stop = moment(upto)
        before, out = self._out, list[Row]()
        left: list[Any] = []
        self._out = []
        if self.native is not None:
            self.native.all("save" if careful else "keep")
        for number, stream in enumerate(self.streams):
            if self._over and stream.waits:
                raise Unsteady("a case has an event after the end")
            done = len(out)
            left += stream.part(stop, careful, out, rows)
            self._renumber(number, out, done)
        if any(stream.spoilt for stream in self.streams):
            # All is to be run anew; until then it is only found with which cases.
            self._swept = upto
            return
        events += self._of_odd(left)
        if self._later is not None and not (events or self._later.task.over):
            # It is told when what lies before it has been settled.
            self._swept = upto
            return
        self._settle()
        if careful or last or upto == self._stop:
            self._counted += self._taken(rows, max(self._swept, engine.begin))
        waits = bool(self._counted) or (engine.due or upto) < upto
        if self._crew is not None and waits and not (careful or last or events or self._over):
            if upto != self._stop:
                self._settle_later(self._crew, upto)
            # What is due at the very instant at which windows end is settled with what comes behind it.
            self._swept = upto
            return
        self._count()
        for event in sorted(events, key=lambda event: event.known):
            engine.advance(event.known)
            engine.feed(event)
        if last:
            engine.sweep_until(upto)
        else:
            engine.advance(upto)
        end = engine.ended
        if not self._over and end is not None and end < (upto, BEGIN):
            if not careful:
                raise Unsteady("the agreement ended by itself")
            self._ended(end, events, out)
            self._stop = None
        self._swept = upto
        self._tell([*self._rows, *before, *out], self._posted(), upto, last)

    # ------------------------------------------------------------------ settling beside what comes next
    @property
    def _crew(self) -> Crew | None:
        return None if self.native is None else self.native.crew

    def _settle_later(self, crew: Crew, upto: int) -> None:
        """Another thread settles what lies before an instant. Meanwhile cases are decided on, of which nothing is asked
        up to where the next windows end."""
        assert self.native is not None
        engine, alone, term, next_stop = self._engine, self.native.alone, self._may_end_by(), self._next_stop()

        def settle() -> list[Posted]:
            with alone:
                self._count()
                engine.advance(upto)
                return self._posted()

        self._later = Settling(upto, term, next_stop, crew.later(settle))

    def _settle(self) -> None:
        """Wait for what another thread settles, and tell it."""
        if self._later is None:
            return
        later, engine = self._later, self._engine
        posted = later.task.wait()
        self._later = None
        if engine.ended is not None:
            raise Unsteady("the agreement ended by itself")
        if engine.may_end_by < later.term or (self._same_until(later.upto) or LAST) != later.next_stop:
            raise Unsteady("windows have changed")
        self._tell([], posted, later.upto, False)

    def rest(self) -> None:
        """Nothing of it is being done any more: it is given up, or over."""
        if self._later is not None:
            self._later.task.rest()

    def _taken(self, rows: list[Any], instant: int) -> list[Counting]:
        """What is to be counted in the cells that hold an instant; `rows`: with the instants of each."""
        return [
            (rows, "", [], instant),
            *(([], norm, list(some), instant) for stream in self.streams for norm, some in stream.taken()),
        ]

    def _count(self) -> None:
        """Count it."""
        counted, self._counted = self._counted, []
        book = self._engine.counting
        for rows, norm, some, instant in counted:
            if rows:
                book.tally(rows)
            if some:
                book.count(norm, some, instant)

    def _ended(self, end: Position, events: Iterable[Event], out: list[Row]) -> None:
        if any(event.acts >= end[0] and event.kind in self._of for event in events):
            raise Unsteady("a case has an event after the end")
        out.clear()
        if self.native is not None:
            self.native.all("back")
        for number, stream in enumerate(self.streams):
            done = len(out)
            stream.end(end, out)
            self._renumber(number, out, done)
        if self.native is not None:
            self.native.all("close")
        self._over = True

    def _renumber(self, number: int, out: list[Row], done: int) -> None:
        """Rows of several families are told apart by forms of all."""
        if len(self.streams) > 1:
            base = sum(len(stream.made.forms) for stream in self.streams[:number])
            for place in range(done, len(out)):
                row = out[place]
                out[place] = (row[0], self._fronts[base + row[2]], base + row[2], *row[3:])

    # ------------------------------------------------------------------ telling
    def _posted(self) -> list[Posted]:
        """What was posted since the last time."""
        return [p for p in self._engine.let_go() if is_brief(p.entry.kind, p.entry.instance)]

    def _tell(self, found: list[Row], posted: list[Posted], upto: int, last: bool) -> None:
        ready = [*self._held, *posted]
        self._held = [] if last else [each for each in ready if each.known >= upto]
        if self._held:
            ready = [each for each in ready if each.known < upto]
        told = Told(self._forms)
        if self.native is not None:
            self._tell_native(self.native, told, ready, upto, last)
            return
        found.sort()
        cut = len(found) if last else bisect_left(found, moment(upto), key=_when)
        found, self._rows = found[:cut], found[cut:]
        told.entries += self._merged(self._apart(found), ready)
        if told.entries:
            self._sink(told)

    def _tell_native(self, native: Native, told: Told, posted: list[Posted], upto: int, last: bool) -> None:
        machine, done = native.together(), 0
        machine.call("sort")
        stop = machine.call("rows") if last else machine.call("before", upto, 0)
        for known, together in groupby(in_order(posted), key=_known):
            first, after = (min(machine.call("before", known, also), stop) for also in (0, 1))
            if first > done:
                told.entries.append(native.rows(done, first))
            tied: list[Row | Posted] = [*together, *native.rows(first, after)]
            if first < after:
                tied.sort(key=self._order)
            told.entries += tied
            done = after
        if stop > done:
            told.entries.append(native.rows(done, stop))
        if told.entries:
            self._sink(told)
        machine.call("told", stop)

    def _apart(self, rows: list[Row]) -> list[Row]:
        """Rows in order, of which those of one instant are told apart by more where they must be."""
        if not any(one[0] == other[0] and one[1] == other[1] for one, other in pairwise(rows)):
            return rows
        found: list[Row] = []
        for _, alike in groupby(rows, key=itemgetter(0, 1)):
            tied = list(alike)
            found += tied if len(tied) == 1 else sorted(tied, key=self._behind)
        return found

    def _behind(self, row: Row) -> tuple[object, ...]:
        return self._forms[row[2]].behind(row[3], row[4])

    def _merged(self, rows: list[Row], posted: list[Posted]) -> list[Row | Posted]:
        found: list[Row | Posted] = []
        done = 0
        for known, together in groupby(in_order(posted), key=_known):
            at = moment(known)
            first = bisect_left(rows, at, lo=done, key=_when)
            after = bisect_right(rows, at, lo=first, key=_when)
            found += rows[done:first]
            tied = list(together)
            found += tied if first == after else sorted([*tied, *rows[first:after]], key=self._order)
            done = after
        return [*found, *rows[done:]]

    def _order(self, entry: Row | Posted) -> tuple[object, ...]:
        """The order of the ledger (see `record.order_key`)."""
        if isinstance(entry, Posted):
            return order_key(entry)
        form = self._forms[entry[2]]
        at = ticks(entry[0])
        half, *front = form.front
        return at, half, at, *front, *self._behind(entry)


def _joined(of: Sequence[tuple[Form, ...]]) -> tuple[tuple[Form, ...], list[int]]:
    """The forms of several families, and the order of each among all."""
    forms = tuple(form for each in of for form in each)
    fronts = sorted({form.front for form in forms})
    return forms, [fronts.index(form.front) for form in forms]


def counted_as_decided(contract: Contract, family: Family) -> bool:
    """Whether figures ask of the outcomes of a family only how many of each status were decided in a window."""
    names = {norm.name for norm in family.norms}
    asked = [p for p in contract.expressed if isinstance(p, ex.OutcomeRows) and p.norm in names]
    return only_counted(contract, family) == family.counted and all(each.counted == "decided" for each in asked)
