"""The engine: what is known when, one outcome after another, and the ledger of their differences."""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from heapq import heappop, heappush
from itertools import takewhile
from operator import attrgetter

from bpodsl.engine.answers import same
from bpodsl.engine.moments import Moments
from bpodsl.engine.plan import plan_contract
from bpodsl.engine.program import Program
from bpodsl.engine.rows import RowBook
from bpodsl.engine.scopes import Position
from bpodsl.engine.straight.loop import Cases
from bpodsl.engine.straight.rows import Row
from bpodsl.engine.straight.run import Share, Sweep, straight
from bpodsl.engine.takebacks import Remake, Superseded
from bpodsl.engine.tallies import Tally, Unsteady
from bpodsl.engine.world import World
from bpodsl.record import AMENDMENT, Event, Journal, Ledger, Posted, amendments
from bpodsl.record.grounds import Days, anchoring, first_days, grounded
from bpodsl.terms import Contract, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Zone

PROGRESS_STEP = 1024
YOUNG = 200_000
MANY = 2_000
"""Of so many events the loop for straight cases is worth making."""
BEGINNING = -1
"""Before every instant."""
NEVER = 1 << 62
"""After every instant."""
FEW = 4
"""So often an outcome is made anew from its first instant before moments of it are kept."""

Identity = tuple[str, str]

Known = tuple[int, int, Event]
"""When it is known (or acts), its number among those fed, and the event."""


class Engine:
    """Runs a program over events fed in the order in which they are known.

    The outcome is swept forward while events are known when they act. It is made anew from all that is visible,
    and the difference posted, when an event is known after it acts, when a correction or retraction changes what
    has acted, and when a performance is taken back, or a period reported on that is over, on which more rests than can
    be undone in place.
    `careful`: undo nothing in place. `rows`: outcomes of cases that are decided elsewhere (see `straight`).
    """

    def __init__(self, program: Program, careful: bool = False, rows: Sequence[Row] = ()) -> None:
        self._rows = rows
        self._lets_go = False
        self._written = self._program = program
        self._anchoring = anchoring(program.contract)
        self._days: Days = {}
        contract = program.contract
        # What a waiver found to forgive may be otherwise once a performance before it is taken back.
        self._careful = careful or any(c.moves for c in contract.changes) or any(
            n.waivers or n.regraded or n.answers is not None for n in contract.norms
        ) or _asks_what_is_outstanding(contract) or any(state.long is not None for state in contract.states)
        self._journal = Journal()
        # Performances found to be taken back, and when, in the order in which they were found.
        self._superseded: dict[Superseded, int] = {}
        # Of those some that an outcome made since did not bear out; found once more they stand.
        self._unfounded: set[tuple[Superseded, int]] = set()
        # The instants at which something became known only since a time in days was over.
        self._over: set[int] = set()
        self._world = self._new_world(0)
        self._moments: Moments | None = None
        self._was_ahead: list[Event | int] = []
        # The highest revision known of each event, retractions too.
        self._visible: dict[Identity, Event] = {}
        self._known: list[Known] = []
        self._acting: list[Known] = []
        self._fed = 0
        self._done = -1
        self.remade = 0
        for number, event in enumerate(amendments(program.contract)):
            heappush(self._known, (event.known, -number - 1, event))

    def feed(self, event: Event) -> None:
        """Take in an event; it must not be known before an instant that has been swept."""
        if event.known <= self._done:
            raise ValueError(f"{event.ref} is known before what was swept already")
        self._fed += 1
        heappush(self._known, (event.known, self._fed, event))

    def advance(self, now: int) -> None:
        """Sweep every instant before `now`."""
        while True:
            instant = self._next()
            if instant is None or instant >= now:
                break
            self._sweep(instant)
        self._done = max(self._done, now - 1)

    def close(self, until: int) -> Ledger:
        """Sweep up to `until` and what lies before its events; the ledger."""
        self.sweep_until(until)
        return self.ledger(until)

    def sweep_until(self, until: int) -> None:
        """Sweep up to `until` and what lies before its events."""
        self.advance(until)
        self._open_places(until)

    def ledger(self, until: int, more: Sequence[Posted] = ()) -> Ledger:
        """All that was posted so far; `more`: entries of cases that are decided elsewhere."""
        return self._journal.ledger(until, more)

    def put(self, rows: Sequence[Row], late: list[Row], tallies: Iterable[Tally]) -> None:
        """More outcomes of cases that are decided elsewhere, before anything of their time is swept: `late` of those
        put before that have been performed since. What this engine lets go of it cannot make anew."""
        self._lets_go = True
        book = self._world.rows
        book.put(rows)
        known = {id(row) for row in rows}
        book.put_late([row for row in late if id(row) not in known])
        book.tally(tallies)

    @property
    def counting(self) -> RowBook:
        """Where outcomes of cases that are decided elsewhere are counted, before anything of their time is swept; what
        this engine lets go of it cannot make anew."""
        self._lets_go = True
        return self._world.rows

    @property
    def begin(self) -> int:
        """The first instant of the term."""
        return self._world.windows.begin

    @property
    def may_end_by(self) -> int:
        """The first instant after the term as it stands."""
        return self._world.windows.end_of_term

    def let_go(self) -> list[Posted]:
        """What was posted since the last time, in no order. It must not be asked for again, and with it goes what
        nothing asks for while every event is known when it acts."""
        if not self._known and not self._acting:
            self._visible.clear()
        self._world.rows.let_go(self._done + 1)
        self._world.figures.let_go()
        return self._journal.let_go()

    def posted(self) -> list[Posted]:
        """What was posted since the last time, in no order; it is not in `ledger`. Nothing else goes with it."""
        return self._journal.let_go()

    @property
    def due(self) -> int | None:
        """The next instant at which something happens with what was fed; None if there is none."""
        return self._next()

    def without_routine(self, until: int, more: Sequence[Posted]) -> Ledger:
        """The same without what is routine; of it there is none in `more`."""
        return self._journal.without_routine(until, more)

    @property
    def ended(self) -> Position | None:
        """Where the agreement has ended."""
        return self._world.term.ended_pos

    @property
    def restless(self) -> bool:
        """Whether it has to look at each instant at which something happens, even if that is none of its own."""
        return self._world.figures.restless or self._world.rows.asked

    # ------------------------------------------------------------------ forward
    def _next(self) -> int | None:
        known, acting = self._known, self._acting
        found = self._world.next_instant()
        if known and (found is None or known[0][0] < found):
            found = known[0][0]
        if acting and (found is None or acting[0][0] < found):
            found = acting[0][0]
        return found

    def _sweep(self, now: int) -> None:
        self._open_places(now)
        fresh: list[Known] = []
        since = self._learn(now, fresh)
        if since is not None:
            self._forget(since)
            self._remake(now, 1, since)
            return
        events = [event for _, _, event in fresh] if fresh else self._acting_at(now)
        try:
            self._world.other_places(now, events)
        except Remake as reason:
            self._remake(now, 1, self._remember(reason))
        else:
            self._post(now, 1)
            if self._moments is not None:
                self._moments.swept(self._journal.outcome)

    def _open_places(self, now: int) -> None:
        try:
            self._world.open_places(now)
        except Remake as reason:
            self._remake(now, 0, self._remember(reason))
        else:
            self._post(now, 0)

    def _learn(self, now: int, fresh: list[Known]) -> int | None:
        """Take note of what is known now; if it changes what has been swept, from when on. `fresh` is filled with the
        events that act now, if they are known only now, all of them."""
        known, acting, visible = self._known, self._acting, self._visible
        if not known or known[0][0] != now:
            return None
        past: list[Event] = []
        anchors = False
        waits = bool(acting) and acting[0][0] == now
        over = True
        while known and known[0][0] == now:
            popped = heappop(known)
            event = popped[2]
            over = over and event.over
            identity = (event.source, event.id)
            old = visible.get(identity)
            if old is None and event.acts == now and not (waits or event.retracts or event.kind in self._anchoring):
                visible[identity] = event
                fresh.append(popped)
                continue
            # This one may correct one of those before it.
            while fresh:
                heappush(acting, fresh.pop())
            waits = True
            if old is not None:
                if old.rev >= event.rev:
                    continue
                if not old.retracts and old.acts < now:
                    past.append(old)
            visible[identity] = event
            anchors = anchors or (event.kind in self._anchoring and (old is not None or self._anchors(event)))
            if not event.retracts:
                if event.acts < now:
                    past.append(event)
                else:
                    heappush(acting, (event.acts, popped[1], event))
        if over:
            self._over.add(now)
        since = min((self._world.matters_from(event) for event in past), default=None)
        return BEGINNING if anchors and self._grounded() else since

    def _anchors(self, event: Event) -> bool:
        """Whether an event not known before may be the first of its kind."""
        first = self._days.get(event.kind)
        return first is None or event.acts < Zone.load(self._written.contract.zone).start_of(first)

    def _grounded(self) -> bool:
        """Put the windows that events anchor where they lie now; whether any has moved."""
        contract = self._written.contract
        days = first_days(
            self._anchoring, (e for e in self._visible.values() if not e.retracts), Zone.load(contract.zone)
        )
        if days == self._days:
            return False
        self._days, self._program = days, plan_contract(grounded(contract, days))
        return True

    def _acting_at(self, now: int) -> list[Event]:
        """The visible events that act now."""
        found: list[Event] = []
        while self._acting and self._acting[0][0] == now:
            event = heappop(self._acting)[2]
            if self._visible.get((event.source, event.id)) is event:
                found.append(event)
        return found

    def _post(self, now: int, half: int) -> None:
        """Post what has changed."""
        if self._world.entries:
            self._journal.change(self._world.take(), now, half)

    # ------------------------------------------------------------------ anew
    def _new_world(self, made_for: int, reports: Collection[Event] = (), upto: int = -1) -> World:
        world = World(
            self._program, self._journal, self._over, made_for, dict(self._superseded), self._careful,
            reports, upto, frozenset(self._unfounded),
        )
        world.rows.put(self._rows)
        return world

    def _remember(self, reason: Remake) -> int:
        """A performance was found to be taken back; of something else that has changed it is not said since when. Since
        when other things may have happened than did."""
        self._superseded |= self._world.takeback.in_place
        if reason.superseded is None:
            self._superseded = {}
            self._unfounded.clear()
            return BEGINNING
        self._superseded.pop(reason.superseded, None)
        for other in [each for each in self._superseded if same(each, reason.superseded)]:
            del self._superseded[other]
        if reason.unfounded:
            self._unfounded.add((reason.superseded, reason.at))
        else:
            self._superseded[reason.superseded] = reason.at
        return self._world.now

    def _forget(self, since: int) -> None:
        """Things have changed from some instant on: what was found from there on is to be found anew, in its order."""
        self._superseded |= self._world.takeback.in_place
        found = list(self._superseded.items())
        self._superseded = dict(takewhile(lambda each: each[1] < since, found))
        self._unfounded.clear()

    def _remake(self, now: int, half: int, since: int) -> None:
        """Make the outcome anew from all that is visible, and post what differs. It may go on from a moment before
        `since`."""
        if self._lets_go:
            raise Unsteady("the outcome is to be made anew")
        self.remade += 1
        if half:
            self._acting_at(now)
        events = sorted((e for e in self._visible.values() if not e.retracts and e.acts <= now), key=attrgetter("acts"))
        while True:
            after = self._begin_anew(events, now, now if half else now - 1, since)
            try:
                self._sweep_all(events, now, half, after)
            except Remake as again:
                known = again.superseded is not None and self._superseded.get(again.superseded) == again.at
                if again.superseded is None or known != again.unfounded:
                    raise AssertionError(again.why) from again
                since = self._remember(again)
            else:
                break
        outcome = [entry for entry in self._world.take().values() if entry is not None]
        self._journal.restate(outcome, now, half)
        if half and self._moments is not None:
            self._moments.swept(self._journal.outcome)

    def _begin_anew(self, events: list[Event], now: int, upto: int, since: int) -> int:
        """A world in which what was found is so: as it was at a moment, or new. After which instant it goes on."""
        ahead = self._ahead(events, upto)
        if self._moments is not None and ahead == self._was_ahead:
            moment = self._moments.back(since, self._superseded, self._unfounded)
            if moment is not None:
                self._world.go_on(now, dict(self._superseded), frozenset(self._unfounded))
                self._world.entries = dict(moment.outcome)
                return moment.now
        self._world, self._was_ahead = self._new_world(now, events, upto), ahead
        self._moments = Moments(self._world) if self.remade > FEW else None
        return BEGINNING

    @cached_property
    def _given_ahead(self) -> tuple[frozenset[str], list[int]]:
        """Kinds of events that such an outcome has from the start, and when points of series were published."""
        program = self._program
        contract = program.contract
        kinds = {
            kind for kind, plan in program.kinds.items()
            if plan.feeds or plan.periods or (program.ahead and plan.trails)
        }  # fmt: skip
        zone = Zone.load(contract.zone)
        published = [point.published for series in contract.series for point in series.points]
        return frozenset(kinds), sorted(zone.start_of(day) for day in published if day is not None)

    def _ahead(self, events: list[Event], upto: int) -> list[Event | int]:
        """What an outcome made anew has from the start."""
        kinds, since = self._given_ahead
        there = [event for event in events if event.kind in kinds or event.kind == AMENDMENT]
        return [*(instant for instant in since if instant <= upto), *(each for each in there if each.acts <= upto)]

    def _sweep_all(self, events: list[Event], now: int, half: int, after: int) -> None:
        world, moments = self._world, self._moments
        index, total = bisect_right(events, after, key=attrgetter("acts")), len(events)
        while True:
            instant = world.next_instant()
            if index < total and (instant is None or events[index].acts < instant):
                instant = events[index].acts
            if instant is None or instant > now:
                break
            world.open_places(instant)
            if instant == now and not half:
                break
            first = index
            while index < total and events[index].acts == instant:
                index += 1
            world.other_places(instant, events[first:index])
            if moments is not None and instant < now:
                moments.swept(world.outcome)


def _asks_what_is_outstanding(contract: Contract) -> bool:
    """Whether a consequence asks what parts have left: another once a part before it is known or taken back."""
    asking = (norm.consequences for norm in contract.norms if norm.adds_up is not None)
    watching = ((rule.when, rule.only, rule.then) for rule in contract.rules)
    return any(isinstance(part, ex.Outstanding) for part in walk((*asking, *watching)))


def run(
    program: Program, events: Iterable[Event], until: int, progress: Callable[[int], None] | None = None,
    loop_from: int = MANY, share: Share | None = None,
) -> Ledger:  # fmt: skip
    """The ledger of a program over events, as it stands before the events of `until`.

    Events known at or after `until` wait. `progress` is told now and then how many events have been taken in. Of
    `loop_from` events and more, straight cases are decided by the loop (see `straight`); `share` is told how many.
    """
    return run_and_due(program, events, until, progress, loop_from, share)[0]


def run_and_due(
    program: Program, events: Iterable[Event], until: int, progress: Callable[[int], None] | None = None,
    loop_from: int = MANY, share: Share | None = None,
) -> tuple[Ledger, int | None]:  # fmt: skip
    """The same; and the first instant by which another ledger may follow though nothing more is told, never too late:
    the ledger is this one for every `until` before it. None: that is not known (of cases that the loop decided it is
    not asked)."""
    known = sorted((event for event in events if event.known < until), key=attrgetter("known"))
    sweep = _sweeper(program, until, progress, len(known))
    taken = None if progress is None else _taken(progress)
    due = None
    with _rarely_collected():
        ledger = straight(program, known, until, sweep, share, taken=taken) if len(known) >= loop_from else None
        if ledger is None:
            engine = sweep(known, None)
            assert engine is not None
            ledger = engine.ledger(until)
            # Who looks at windows again in each instant does so in that of `until`, too.
            due = None if engine.restless else NEVER if engine.due is None else engine.due
    if progress is not None:
        progress(len(known))
    return ledger, due


def run_cases(program: Program, begun: Sequence[Cases], events: Iterable[Event], until: int) -> Ledger | None:
    """As `run`, of cases of which most events came in short, and all other events; without what is routine, and without
    the outcome that stands. None: it must be run as ever."""
    known = sorted(events, key=attrgetter("known"))
    with _rarely_collected():
        return straight(program, known, until, _sweeper(program, until), begun=begun)


def _taken(progress: Callable[[int], None]) -> Callable[[int], None]:
    """Tells `progress`, at each step, of events that are taken in by several at a time."""
    done = 0

    def taken(more: int) -> None:
        nonlocal done
        for step in range(done // PROGRESS_STEP + 1, (done + more) // PROGRESS_STEP + 1):
            progress(step * PROGRESS_STEP)
        done += more

    return taken


def _sweeper(
    program: Program, until: int, progress: Callable[[int], None] | None = None, total: int = 0
) -> Sweep:  # fmt: skip
    """What sweeps events; those of `total` that it is not given were taken in before."""

    def sweep(some: Sequence[Event], rows: Sequence[Row] | None) -> Engine | None:
        engine = Engine(program, rows=rows or ())
        if rows is not None and engine.restless:
            return None
        for done, event in enumerate(some, 1 + max(0, total - len(some))):
            engine.advance(event.known)
            engine.feed(event)
            if progress is not None and done % PROGRESS_STEP == 0:
                progress(done)
        engine.sweep_until(until)
        return engine

    return sweep


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Nearly all that a run makes it keeps: looking for garbage in it takes longer than the run itself."""
    before = gc.get_threshold()
    gc.set_threshold(max(before[0], YOUNG), *before[1:])
    # What is there already, the events above all, is not garbage either.
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
