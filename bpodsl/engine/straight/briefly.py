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
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice, pairwise
from operator import attrgetter, itemgetter, lt
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.engine import Engine
from bpodsl.engine.straight.blockwise import BlockWriter, Made, NotBlockwise
from bpodsl.engine.straight.events import Full, may_be_short
from bpodsl.engine.straight.flow import Odd, only_counted
from bpodsl.engine.straight.loop import Short, sound, ways_of
from bpodsl.engine.straight.natively import Native, NativeCases, Piece, native_for
from bpodsl.engine.straight.which import Family, families
from bpodsl.engine.tallies import Unsteady
from bpodsl.native import Block, Rows
from bpodsl.record import BEGIN, LATE, Event, Posted
from bpodsl.record.brief import Form, is_brief, is_plain
from bpodsl.record.entry import order_key
from bpodsl.record.ledger import in_order
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.values import LAST, Zone, moment, ticks

if TYPE_CHECKING:
    from bpodsl.engine.program import Program
    from bpodsl.engine.scopes import Position

Key = tuple[Any, ...]
Row = tuple[Any, ...]
"""An entry of a case: when, its order among those of that instant, the number of its form, its instance, the key of the
case, and its numbers."""

Some = tuple[list[Any], list[datetime], str, bool]
"""Events in order of time, their times, what their refs begin with, and whether no id among them has to be escaped."""

SOME: Final = 8_000
"""Events after which what is open is looked through."""

Counted = tuple[dict[str, Any], str, int]
InFull = Callable[[list[Any]], Iterable[Event]]
_when: Final = itemgetter(0)
_at: Final = attrgetter("at")
_known: Final = attrgetter("known")


class Told:
    """Entries in the order of the ledger: rows of cases, one by one or still in the machine, and postings. `forms`:
    what rows are made of."""

    def __init__(self, forms: tuple[Form, ...]) -> None:
        self.forms = forms
        self.entries: list[Row | Posted | Rows] = []


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
        if much or waits or self._over or self._next_stop() < upto or self._engine.may_end_by <= upto:
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
            norms = [name for stream in self.streams for name in stream.family.counted]
            at = max(self._swept, self._engine.begin)
            self._stop = None if self._over else self._engine.counting.same_until(norms, at)
        return LAST if self._stop is None else self._stop

    def sweep(self, upto: int, last: bool = False) -> None:
        """Decide and give away all that lies before an instant, of which all events have come."""
        while (stop := self._next_stop()) < upto:
            self._part(stop, False)
        self._part(upto, last)

    def _part(self, upto: int, last: bool) -> None:
        engine, rows = self._engine, list[Any]()
        events = [event for event in self._events if event.known < upto]
        self._events = [event for event in self._events if event.known >= upto]
        careful = bool(events) or engine.may_end_by <= upto
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
        if careful or last or upto == self._stop:
            self._count(rows, max(self._swept, engine.begin))
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
        self._tell([*self._rows, *before, *out], stop, upto, last)

    def _count(self, rows: list[Any], instant: int) -> None:
        book = self._engine.counting
        book.tally(rows)
        for stream in self.streams:
            for norm, counted in stream.taken():
                book.count(norm, counted, instant)

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
    def _tell(self, found: list[Row], stop: datetime, upto: int, last: bool) -> None:
        posted = [p for p in self._engine.let_go() if is_brief(p.entry.kind, p.entry.instance)]
        ready = [*self._held, *posted]
        self._held = [] if last else [each for each in ready if each.known >= upto]
        if self._held:
            ready = [each for each in ready if each.known < upto]
        told = Told(self._forms)
        if self.native is not None:
            self._tell_native(self.native, told, ready, upto, last)
            return
        found.sort()
        cut = len(found) if last else bisect_left(found, stop, key=_when)
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
