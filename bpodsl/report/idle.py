"""Events that were read and are sound, but from which nothing follows: what the ledger notes of them, and no more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from bpodsl.record import Event, Ledger
from bpodsl.report.words import clauses
from bpodsl.terms import Contract, edges

_NEVER_READ: Final = ("before the start", "after the end")
_SAID: Final = {
    "before the start": "it lies before the agreement takes effect",
    "after the end": "it lies after the end of the agreement",
}
_OF_A_CLAUSE: Final = {
    "nothing open": "nothing was open that it could perform, exercise or end",
    "already open": "it was open already",
}


def idle(contract: Contract, events: Iterable[Event], ledger: Ledger) -> Iterator[tuple[Event, str]]:
    """The events that count for nothing, each with why, in words for the end of a sentence.

    Left out are events that a figure may read in a window that is still open.
    """
    noted: dict[str, list[tuple[str, str]]] = {}
    used: set[str] = set()
    for entry in ledger.outcome:
        if entry.kind != "Noted":
            used.update(entry.event_causes)
        else:
            for ref in entry.event_causes or (entry.instance,):
                noted.setdefault(ref, []).append((entry.clause, entry.words))
    if not noted:
        return
    titles = {name: clause.shown for name, clause in clauses(contract).items()}
    read = {edge.start for edge in edges(contract) if not edge.end.startswith(("opening:", "decision:", "state:"))}
    for event in events:
        found = noted.get(event.ref)
        if found is None or event.ref in used:
            continue
        if f"event:{event.kind}" in read and not any(words in _NEVER_READ for _, words in found):
            continue
        yield event, "; ".join(dict.fromkeys(_why(titles, clause, words) for clause, words in found))


def idle_notes(contract: Contract, events: Iterable[Event], ledger: Ledger) -> Iterator[tuple[str, str]]:
    """The same as notes: one for each kind and reason, with the place of its first event."""
    found: dict[tuple[str, str], list[str]] = {}
    for event, why in idle(contract, events, ledger):
        found.setdefault((event.kind, why), []).append(event.place)
    for (kind, why), places in found.items():
        many = f" ({len(places)} events)" if len(places) > 1 else ""
        yield places[0], f"`{kind}` counts for nothing: {why}{many}"


def _why(titles: dict[str, str], clause: str, words: str) -> str:
    return _SAID.get(words) or f"{titles.get(clause, clause)}: {_OF_A_CLAUSE.get(words, words)}"
