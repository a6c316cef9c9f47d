"""What decided a question on which a window, an outcome or a rule rests, or what it still waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bpodsl.record import Entry
from bpodsl.terms import Contract, walk
from bpodsl.terms import expressions as ex

_DECIDED = ("Fulfilled", "Exercised", "Late", "Missed", "Lapsed", "Excused")
_OPEN = ("Opened", "RightOpened")


def answering(contract: Contract, by_name: Mapping[str, Entry], entry: Entry) -> Iterator[Entry]:
    """The entries that answered what the clause of an entry asks, or, while nothing did, those that are open."""
    found: dict[str, Entry] = {}
    for part in _asked(contract, entry):
        for instance in _instances(part, by_name, entry):
            for norm in reversed(part.norms):
                names = [f"{norm}/{kind}/{instance}" for kind in (*_DECIDED, *_OPEN)]
                told = next((by_name[name] for name in names if name in by_name), None)
                if told is not None:
                    found.setdefault(told.name, told)
                    break
    return iter(found.values())


def _asked(contract: Contract, entry: Entry) -> list[ex.Answered]:
    if entry.kind not in ("Settled", "Fired", "Provisional"):
        return []
    terms = [
        term for terms in (contract.figures, contract.rules, contract.norms) for term in terms
        if term.name == entry.clause
    ]  # fmt: skip
    parts = dict.fromkeys(part for part in walk(tuple(terms)) if isinstance(part, ex.Answered))
    waits = entry.words.split(", ") if entry.kind == "Provisional" else None
    return [part for part in parts if waits is None or part.name in waits]


def _instances(part: ex.Answered, by_name: Mapping[str, Entry], entry: Entry) -> list[str]:
    """The names of the instances that answer it there; of a window that waits for its rows all that are open."""
    if part.of == "window":
        key = dict(entry.key)
        return ["/".join((entry.period, *(key.get(name, "") for name in part.by)))]
    if entry.instance:
        return [entry.instance]
    if entry.kind == "Provisional":
        opened = [each for each in by_name.values() if each.clause == part.norms[0] and each.kind in _OPEN]
        return [e.instance for e in opened if not any(_decided(norm, e.instance, by_name) for norm in part.norms)]
    return [by_name[name].instance for name in entry.entry_causes if name in by_name]


def _decided(norm: str, instance: str, by_name: Mapping[str, Entry]) -> bool:
    return any(f"{norm}/{kind}/{instance}" in by_name for kind in _DECIDED if kind != "Exercised")
