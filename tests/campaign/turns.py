"""What of a pair fell exactly where something else turned: what one line that is wrong by a tick would change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bpodsl.record import Event, Ledger
from bpodsl.terms import Contract, OnHappens
from tests.campaign.horizon import grids, windows_of

DECIDED = ("Fulfilled", "Missed", "Excused", "Lapsed", "Late", "Cured", "Breached")


def count_turns(contract: Contract, events: Sequence[Event], ledger: Ledger, count: Counter[tuple[str, ...]]) -> None:
    """Rows of the table under "exact hit"."""
    exact = "exact hit"
    acts = Counter(event.acts for event in events if not event.retracts)
    windows = [window for grid in grids(contract) for window in windows_of(contract, grid)]
    edges = {window.start for window in windows} | {window.end for window in windows}
    for rule in contract.rules:
        span = None if rule.recurrence is None else rule.recurrence.span
        if span is None or span.unit != "elapsed" or not isinstance(rule.on, OnHappens):
            continue
        kind = rule.on.selector.event
        own = {event.acts for event in events if event.kind == kind and not event.retracts}
        count[exact, "an event exactly so long after another as a rule looks back"] += len(
            own & {instant + span.amount for instant in own}
        )
    states = {state.name for state in contract.states}
    ends = [entry.at for entry in ledger.outcome if entry.kind == "Ended" and entry.clause == contract.name]
    ended = ends[0] if ends else None
    for entry in ledger.outcome:
        if entry.kind == "Accrued" and not entry.period:
            count[exact, "a sum that follows from something, at a window's end"] += entry.at in edges
        if entry.kind == "Closed" and entry.clause in states:
            count[exact, "a state that ends at an event of another kind"] += acts[entry.at] > len(entry.event_causes)
        if entry.kind in DECIDED and entry.at == ended:
            count[exact, "an outcome as the agreement ends"] += 1
        if entry.kind == "Ended" and entry.clause == contract.name and entry.entry_causes:
            count[exact, "the agreement ended by an act at a window's edge"] += entry.at in edges
        if entry.kind == "Opened" and "+" in entry.instance.rpartition("/")[2]:
            count[exact, "a difference found as something happens"] += acts[entry.at] > 0
    told = Counter((event.source, event.id) for event in events)
    count[exact, "an event told four times, taken back or anew"] += sum(times > 3 for times in told.values())
