"""The ledger: the fold of outcomes over the instants at which something becomes known."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bpodsl.record import Event, Journal, Ledger, amendments
from bpodsl.record.event import ends_of_times
from bpodsl.record.grounds import Days, anchoring, first_days, grounded
from bpodsl.reference import series
from bpodsl.reference.index import Index
from bpodsl.reference.outcome import Outcome, through, visible, with_found
from bpodsl.reference.state import Memory, TakenBack
from bpodsl.terms import Contract


def run(contract: Contract, events: Iterable[Event], until: int) -> Ledger:
    """All entries that follow from a contract and its events, as they became known before an instant."""
    known = [event for event in (*amendments(contract), *events) if event.known < until]
    return _Fold(Index(contract, ends_of_times(known)), known, until).ledger()


class _Fold:
    """Between two restating instants entries are posted as they are made; at one the whole outcome is held against
    what stands."""

    def __init__(self, index: Index, events: list[Event], until: int) -> None:
        self.index, self.until = index, until
        # Windows that an event anchors move when such an event becomes known: then nothing that stood need stand.
        self.anchoring = anchoring(index.contract)
        self.days: Days = {}
        self.journal = Journal()
        self.events = events
        self.published = {instant for instant in series.instants(index) if instant < until}
        # What reports on a period that is over changes the past when it acts, as what is known late does. So may a
        # point of a series.
        self.acting = {e.acts for e in events if self._reaches_back(e) and e.known < e.acts < until}
        self.late = sorted({e.known for e in events if self._is_late(e)} | self.acting | self.published)

    def ledger(self) -> Ledger:
        outcome = Outcome.of(self.index, self._known(-1), self.journal)
        for k in self.late:
            outcome = self._forward(outcome, k)
            since = self._since(k)
            if (ended := outcome.world.agreement.ended) is not None:
                # A window cut by the end has settled then, and a period that it counts may begin only after that.
                since = min(since, ended)
            days = self._first_days(k)
            if days != self.days:
                self.days, since = days, -1
                index = Index(grounded(self.index.contract, days), self.index.over)
                outcome = Outcome.of(index, self._known(-1), self.journal)
            outcome = self._restated(outcome, k, 1, since, {})
            outcome.keep()
        self._forward(outcome, self.until)
        return self.journal.ledger(self.until)

    def _known(self, k: int) -> list[Event]:
        """What is known before the next late event after k: whatever is not late is known when it acts."""
        later = [late for late in self.late if late > k]
        return visible(self.events, later[0] - 1 if later else self.until - 1)

    def _forward(self, outcome: Outcome, k: int) -> Outcome:
        """Post what follows at all instants before k, and before the events of k."""
        while (t := outcome.next()) is not None and t < k:
            outcome = self._half(outcome, t, 0)
            outcome = self._half(outcome, t, 1)
            outcome.keep()
        return self._half(outcome, k, 0)

    def _half(self, outcome: Outcome, t: int, half: int) -> Outcome:
        """Post what follows at one instant before its events, or from them on."""
        try:
            if half:
                outcome.rest()
            else:
                outcome.before(t)
        except TakenBack as back:
            # On the same events all that was found so far is found again, and then this.
            found = with_found(outcome.world.taken, back.taken)
            return self._restated(outcome, t, half, t, found)
        world = outcome.world
        if world.changed:
            self.journal.restate(world.entries.values(), t, half)
        else:
            for entry in world.fresh:
                self.journal.post(entry, t, half)
        world.changed = False
        world.fresh.clear()
        return outcome

    def _restated(self, outcome: Outcome, k: int, half: int, since: int, found: Memory) -> Outcome:
        """L(k) or L(k-), which differs from what stands only by what acts since then, and by what is taken back; what
        differs is posted."""
        events = self._known(k if half else k - 1)
        outcome = through(outcome, since, events, k, half, found)
        self.journal.restate(outcome.world.entries.values(), k, half)
        outcome.world.changed = False
        outcome.world.fresh.clear()
        return outcome

    def _first_days(self, k: int) -> dict[str, date]:
        return first_days(self.anchoring, visible(self.events, k), self.index.zone) if self.anchoring else {}

    def _reaches_back(self, event: Event) -> bool:
        return event.kind in self.index.feeding or self.index.over_before(event)

    def _is_late(self, event: Event) -> bool:
        anchors = event.kind in self.anchoring
        return anchors or event.acts < event.known or event.rev > 0 or self._reaches_back(event)

    def _since(self, k: int) -> int:
        """From when on what becomes known at k may change the outcome."""
        now = [e for e in self.events if self._is_late(e) and (e.known == k or (e.acts == k and e.known < k))]
        # A report on a period that was over counts from the start, for whatever asks in a window that holds the period.
        if k in self.published or any(e.kind in self.index.feeding or self.index.over_before(e) for e in now):
            return -1
        changed = {(e.source, e.id) for e in now}
        return min(self.index.matters_from(e) for e in self.events if (e.source, e.id) in changed)
