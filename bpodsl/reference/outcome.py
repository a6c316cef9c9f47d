"""L(k): the outcome of all instants up to k on what is known at k."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from attrs import evolve

from bpodsl.record import Event, Journal
from bpodsl.reference import made, norms, series, states
from bpodsl.reference.agreement import Agreement
from bpodsl.reference.index import Index
from bpodsl.reference.rows import event_row
from bpodsl.reference.state import LONG, LONG_FOR_GOOD, NOT_LONG, Identity, Memory, Taken, TakenBack, World
from bpodsl.reference.sweep import before_events, from_events

EVERY = 8
"""So many instants lie between two moments that are kept."""
MOST = 24
"""So many moments are kept, the nearer the denser."""


def visible(events: Iterable[Event], known: int) -> list[Event]:
    """The highest revision of each event that is known by an instant, without those taken back."""
    best: dict[Identity, Event] = {}
    for event in events:
        if event.known <= known:
            have = best.get((event.source, event.id))
            if have is None or event.rev > have.rev:
                best[event.source, event.id] = event
    return [event for event in best.values() if not event.retracts]


class Outcome:
    """An outcome as it comes about, instant by instant.

    It keeps some of the moments that it went through, each with the number of the instant. An outcome from scratch on
    other events goes through the same moments before any of these acts; and so it does with other things taken back, as
    long as nobody asks for one of them, since they are asked for and nothing else (`World.found`). So it may start from
    one of them: see `anew`.
    """

    def __init__(self, world: World, kept: Iterable[tuple[int, World]] = ()) -> None:
        self.world = world
        self.kept = list(kept)
        self._steps = self.kept[-1][0]

    @staticmethod
    def of(index: Index, events: Iterable[Event], journal: Journal) -> Outcome:
        """One in which nothing has happened yet."""
        term = index.contract.term
        agreement = Agreement(index, index.zone.start_of(term.effective), term.last)
        world = World(
            index, (), journal.first_known, journal.exercised, journal.parted, journal.refused, None, {}, agreement,
            norms.impose, norms.lapse, states.turn, made.changed,
        )  # fmt: skip
        world.wake(agreement.start)
        world.wake(agreement.end)
        for instant in series.instants(index):
            world.wake(instant)
        for change in index.contract.changes:
            world.wake(index.zone.start_of(change.effective))
        for assignment in index.contract.assignments:
            if assignment.day is not None:
                world.wake(index.zone.start_of(assignment.day))
        return Outcome(world, [(0, world)]).anew(-1, events, None, {}, -1)

    def anew(self, since: int, events: Iterable[Event], made_for: int | None, taken: Memory, upto: int) -> Outcome:
        """The outcome on other events, which differ only in what acts from some instant on, with that taken back."""
        kept = [(n, w) for n, w in self.kept if w.now < 0 or (w.now < since and w.is_in(taken))]
        index = self.world.index
        ordered = tuple(sorted(events, key=lambda event: (event.acts, event_row(index, event).order)))
        world = evolve(kept[-1][1].copy(), events=ordered, acting={}, made_for=made_for, taken=taken, upto=upto)
        for event in ordered:
            world.acting.setdefault(event.acts, []).append(event)
            world.wake(event.acts)
        for found in taken.values():
            if found.mode == LONG:
                world.wake(found.until)
        return Outcome(world, kept)

    def next(self) -> int | None:
        """The next instant at which something may happen."""
        return self.world.next()

    def before(self, t: int) -> None:
        """Places 0-2 of an instant."""
        before_events(self.world, t)

    def rest(self) -> None:
        """The other places of the same instant."""
        from_events(self.world)

    def keep(self) -> None:
        """This instant is over: remember the moment, now and then."""
        self.world.fresh.clear()
        self.world.changed = False
        self._steps += 1
        if self._steps % EVERY == 0:
            self.kept.append((self._steps, self.world.copy()))
            if len(self.kept) > MOST:
                at = [n for n, _ in self.kept]
                del self.kept[min(range(1, MOST), key=lambda n: Fraction(at[n + 1] - at[n - 1], at[-1] + 1 - at[n]))]


def through(outcome: Outcome, since: int, events: list[Event], k: int, half: int, found: Memory) -> Outcome:
    """L(k), or with half 0 L(k-). What it finds to be taken back is taken back from its first instant.

    `found`: what it is sure to find. Of what the outcome before found, the rest may not be found again.
    """
    memory = dict(found)
    while True:
        outcome = outcome.anew(since, events, k, dict(memory), k if half else k - 1)
        try:
            while (t := outcome.next()) is not None and t < k:
                outcome.before(t)
                outcome.rest()
                outcome.keep()
            outcome.before(k)
            if half:
                outcome.rest()
        except TakenBack as back:
            memory, since = with_found(memory, back.taken), k
        else:
            return outcome


def with_found(memory: Memory, taken: Taken) -> dict[tuple[str, str, Identity], Taken]:
    """One more that is taken back, or that is so at another instant than was thought."""
    name = taken.norm, taken.instance, taken.act
    before = memory.get(name)
    if before is not None and (before.mode, before.until, taken.mode) == (NOT_LONG, taken.until, LONG):
        taken = evolve(taken, mode=LONG_FOR_GOOD)
    return {**memory, name: taken}
