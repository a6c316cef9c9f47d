"""Events that were read and are sound, but from which nothing follows: what the ledger notes of them, and no more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from bpodsl.record import NOT_POSTED, WITHDRAWN, Entry, Event, Ledger, Posted
from bpodsl.record.ledger import Line
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
        if entry.kind != "Noted" or entry.words == WITHDRAWN:
            used.update(entry.event_causes)
        elif not entry.words.startswith(NOT_POSTED):
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
        never_read = event.late_for[0] or any(words in _NEVER_READ for _, words in found)
        if f"event:{event.kind}" in read and not never_read:
            continue
        yield event, "; ".join(dict.fromkeys(_why(titles, clause, words) for clause, words in found))


class Noted:
    """What entries note of events of which nothing else follows, as the entries come; then `idle_notes` asks for no
    other. Those of one instant must come together."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self.changed = False
        """Whether entries were taken back or replaced, so that it is not certain what stands of these."""

    def see(self, posted: Iterable[Posted]) -> None:
        """More entries."""
        found: dict[str, list[Entry]] = {}
        used: set[str] = set()
        for each in posted:
            if isinstance(each, Line):
                continue
            entry = each.entry
            if each.act:
                self.changed = True
            if entry.kind != "Noted" or entry.words == WITHDRAWN:
                used.update(entry.event_causes)
                continue
            if entry.words.startswith(NOT_POSTED):
                # What it followed from is told only by all entries.
                self._entries.setdefault(entry.instance, []).append(entry)
                self.changed = True
                continue
            for ref in entry.event_causes or (entry.instance,):
                found.setdefault(ref, []).append(entry)
        for ref in [ref for ref in self._entries if ref in used]:
            del self._entries[ref]
        for ref, entries in found.items():
            if ref not in used:
                self._entries.setdefault(ref, []).extend(entries)

    def add(self, other: Noted) -> None:
        """What was seen elsewhere, of other events."""
        self._entries |= other._entries
        self.changed = self.changed or other.changed

    @property
    def refs(self) -> frozenset[str]:
        """The refs of those events."""
        return frozenset(self._entries)

    def certain(self, events: Iterable[Event]) -> bool:
        """Whether it is certain of these events that nothing else followed: what was noted was so as they acted, and
        nothing has been changed since."""
        acts = {event.ref: event.acts for event in events}
        return not self.changed and all(
            entry.at == acts[ref] for ref, entries in self._entries.items() if ref in acts for entry in entries
        )

    @property
    def ledger(self) -> Ledger:
        """What is noted of them."""
        entries = {id(entry): entry for found in self._entries.values() for entry in found}
        return Ledger((), tuple(entries.values()), 0)


def idle_notes(contract: Contract, events: Collection[Event], ledger: Ledger) -> Iterator[tuple[str, str]]:
    """The same as notes: one for each kind and reason, with the place of its first event; and the sums not posted."""
    found: dict[tuple[str, str], list[str]] = {}
    for event, why in idle(contract, events, ledger):
        found.setdefault((event.kind, why), []).append(event.place)
    yield from _unposted(contract, {event.ref: event.place for event in events}, ledger)
    for (kind, why), places in found.items():
        many = f" ({len(places)} events)" if len(places) > 1 else ""
        yield places[0], f"`{kind}` counts for nothing: {why}{many}"


def _unposted(contract: Contract, places: dict[str, str], ledger: Ledger) -> Iterator[tuple[str, str]]:
    """Sums that were not measured, and so not posted: one note for each clause and reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for entry in ledger.outcome:
        if entry.kind == "Noted" and entry.words.startswith(NOT_POSTED):
            found.setdefault((entry.clause, entry.words.removeprefix(NOT_POSTED)), []).append(entry.instance)
    titles = {name: clause.shown for name, clause in clauses(contract).items()} if found else {}
    for (clause, why), instances in found.items():
        place = next((places[each] for each in instances if each in places), clause)
        many = f" ({len(instances)} times)" if len(instances) > 1 else ""
        yield place, f"a sum of `{titles.get(clause, clause)}` is not posted, since it is not measured: {why}{many}"


def _why(titles: dict[str, str], clause: str, words: str) -> str:
    if words.startswith("was to be "):
        return f"“{titles.get(clause, clause)}” {words}"
    return _SAID.get(words) or f"{titles.get(clause, clause)}: {_OF_A_CLAUSE.get(words, words)}"
