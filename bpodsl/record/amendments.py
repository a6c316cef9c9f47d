"""Changes signed only after they took effect: what is known late of the agreement itself."""

from __future__ import annotations

from bpodsl.record.event import Event
from bpodsl.terms import Contract
from bpodsl.values import Zone

AMENDMENT = "an amendment"
"""The kind of these events, which no agreement can declare."""


def amendments(contract: Contract) -> list[Event]:
    """An event for each change signed after its effective day: it acts when that day begins, and is known when the
    day of the signing does. Its id is the name of the change.
    """
    zone, found = Zone.load(contract.zone), []
    for change in contract.changes:
        if change.signed > change.effective:
            acts, known = zone.start_of(change.effective), zone.start_of(change.signed)
            found.append(Event(AMENDMENT, "", change.name, known, known, acts))
    return found
