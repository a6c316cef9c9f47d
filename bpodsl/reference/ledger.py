"""The ledger: the fold of outcomes over the instants at which something becomes known."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.record import Event, Journal, Ledger
from bpodsl.reference.index import Index
from bpodsl.reference.outcome import Outcome, remember, through, visible
from bpodsl.reference.state import Identity, Taken, TakenBack
from bpodsl.terms import Contract


def run(contract: Contract, events: Iterable[Event], until: int) -> Ledger:
    """All entries that follow from a contract and its events, as they became known before an instant."""
    return _Fold(Index(contract), [event for event in events if event.known < until], until).ledger()


class _Fold:
    def __init__(self, index: Index, events: list[Event], until: int) -> None:
        self.index, self.events, self.until = index, events, until
        self.journal = Journal()
        self.late = sorted({e.known for e in events if e.acts < e.known or e.rev > 0})
        self.taken: dict[tuple[str, str, Identity], Taken] = {}

    def ledger(self) -> Ledger:
        outcome = self._outcome(None)
        for k in self.late:
            outcome = self._forward(outcome, k)
            self._forget(k)
            outcome = self._restated(k)
        self._forward(outcome, self.until)
        return self.journal.ledger(self.until)

    def _known(self, made_for: int | None) -> list[Event]:
        """What is known before the next late event: whatever is not late is known when it acts."""
        following = [k for k in self.late if made_for is None or k > made_for]
        return visible(self.events, following[0] - 1 if following else self.until - 1)

    def _outcome(self, made_for: int | None) -> Outcome:
        return Outcome(self.index, self._known(made_for), self.journal.first_known, made_for, dict(self.taken))

    def _restated(self, k: int, made_for: int | None = None) -> Outcome:
        """L(k) from scratch; what differs from what stands is posted."""
        outcome = through(self.index, self._known(made_for or k), self.journal.first_known, k, k, self.taken)
        self.taken = dict(outcome.taken)
        self.journal.restate(outcome.world.entries.values(), k, 1)
        outcome.world.fresh.clear()
        outcome.world.changed = False
        return outcome

    def _forward(self, outcome: Outcome, k: int) -> Outcome:
        """Post what follows at all instants before k, and before the events of k."""
        while (t := outcome.next()) is not None and t < k:
            outcome.before(t)
            self._post(outcome, t, 0)
            try:
                outcome.rest()
            except TakenBack as back:
                remember(self.taken, back)
                outcome = self._restated(t)
            else:
                self._post(outcome, t, 1)
        if outcome.world.now < k:
            outcome.before(k)
            self._post(outcome, k, 0)
        return outcome

    def _post(self, outcome: Outcome, t: int, half: int) -> None:
        world = outcome.world
        if world.changed:
            self.journal.restate(world.entries.values(), t, half)
        else:
            for entry in world.fresh:
                self.journal.post(entry, t, half)
        world.changed = False
        world.fresh.clear()

    def _forget(self, k: int) -> None:
        """What was found to be taken back must be found again, as far as what becomes known at k may change it."""
        changed = {(e.source, e.id) for e in self.events if e.known == k and (e.acts < k or e.rev > 0)}
        since = min(e.acts for e in self.events if (e.source, e.id) in changed)
        self.taken = {key: taken for key, taken in self.taken.items() if taken.until < since}
