"""L(k): all instants up to k on what is known at k, from scratch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from bpodsl.record import Event
from bpodsl.reference import norms
from bpodsl.reference.agreement import Agreement
from bpodsl.reference.index import Index
from bpodsl.reference.state import Identity, Taken, TakenBack, World
from bpodsl.reference.sweep import before_events, from_events

Memory = Mapping[tuple[str, str, Identity], Taken]


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
    """An outcome as it comes about, instant by instant."""

    def __init__(
        self,
        index: Index,
        events: Iterable[Event],
        known: Callable[[str], int | None],
        made_for: int | None,
        taken: Memory,
    ) -> None:
        ordered = tuple(sorted(events, key=lambda event: (event.acts, event.order)))
        term = index.contract.term
        start = index.zone.start_of(term.effective)
        agreement = Agreement(index, start, term.last)
        self.world = World(index, ordered, known, made_for, taken, agreement, norms.impose)
        self.taken = taken
        for event in ordered:
            self.world.acting.setdefault(event.acts, []).append(event)
            self.world.wake(event.acts)
        self.world.wake(start)
        self.world.wake(agreement.end)

    def next(self) -> int | None:
        """The next instant at which something may happen."""
        instants = self.world.instants
        while instants and instants[0] <= self.world.now:
            self.world.pop()
        return instants[0] if instants else None

    def before(self, t: int) -> None:
        """Places 0-2 of an instant."""
        before_events(self.world, t)

    def rest(self) -> None:
        """The other places of the same instant."""
        from_events(self.world)


def through(
    index: Index, events: list[Event], known: Callable[[str], int | None], k: int, made_for: int | None, taken: Memory
) -> Outcome:
    """The outcome of all instants up to and including k. What is found to be taken back is so from the start."""
    memory = dict(taken)
    while True:
        outcome = Outcome(index, events, known, made_for, memory)
        try:
            while (t := outcome.next()) is not None and t <= k:
                outcome.before(t)
                outcome.rest()
        except TakenBack as back:
            remember(memory, back)
        else:
            if outcome.world.now < k:
                outcome.before(k)
                outcome.rest()
            return outcome


def remember(memory: dict[tuple[str, str, Identity], Taken], back: TakenBack) -> None:
    for taken in back.found:
        memory[taken.norm, taken.instance, taken.act] = taken
