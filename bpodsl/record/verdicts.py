"""Verdicts: how each instance stands. Derived from a ledger, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from attrs import evolve, frozen

from bpodsl.record.entry import Entry
from bpodsl.terms import Contract

_DECIDES = {"Fulfilled": "fulfilled", "Exercised": "fulfilled", "Closed": "fulfilled", "Missed": "missed",
            "Lapsed": "missed", "Excused": "excused", "Ended": "not measurable"}  # fmt: skip
_OPENS = ("Opened", "Escalated", "RightOpened")


@frozen
class Verdict:
    """One instance of a norm.

    `status` is one of `STATUSES`; `due` a day, an instant in ticks or None; `late`, `cured`, `breached`, `waived`
    say what came after a miss (waived: or before it; of a miss waived as if met the status is "fulfilled").
    `entries` are its entries in order of time.
    """

    norm: str
    instance: str
    key: tuple[tuple[str, str], ...]
    status: str
    opened: int
    due: int | date | None
    decided: int | None = None
    performed: int | None = None
    cured: bool = False
    breached: bool = False
    waived: bool = False
    entries: tuple[Entry, ...] = ()

    @property
    def live(self) -> bool:
        """Whether anything may still happen to it."""
        return self.status == "undecided"


def judge(contract: Contract, outcome: Iterable[Entry]) -> Iterator[Verdict]:
    """The verdict of every instance of every norm, in order of norms, then of opening."""
    norms = {n.name for n in contract.norms}
    found: dict[tuple[str, str], Verdict] = {}
    latest: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    belongs: dict[str, tuple[str, str]] = {}
    for entry in outcome:
        if entry.clause not in norms or entry.kind in ("Noted", "Raised", "Counted", "Provisional"):
            continue
        # A new ground of a right has a name of its own, but belongs to the instance that is open.
        renewed = latest.get((entry.clause, entry.key)) if entry.kind == "Renewed" else None
        place = (entry.clause, renewed or entry.instance)
        if entry.kind in ("Amended", "Terminated"):
            # The second of an instance has a name of its own, too.
            place = next((belongs[name] for name in entry.entry_causes if name in belongs), place)
        if entry.kind in _OPENS:
            latest[entry.clause, entry.key] = entry.instance
        belongs[entry.name] = place
        verdict = found.get(place)
        if verdict is None:
            verdict = Verdict(entry.clause, entry.instance, entry.key, "undecided", entry.at, None)
        found[place] = _after(verdict, entry)
    order = {name: i for i, name in enumerate(n.name for n in contract.norms)}
    yield from sorted(found.values(), key=lambda v: (order[v.norm], v.opened, v.instance))


def _after(verdict: Verdict, entry: Entry) -> Verdict:
    verdict = evolve(verdict, entries=(*verdict.entries, entry))
    due = entry.number("due")
    if isinstance(due, int | date) and entry.kind != "Breached":
        verdict = evolve(verdict, due=due)
    if entry.kind in _OPENS:
        return evolve(verdict, opened=entry.at)
    if entry.kind in _DECIDES and verdict.status == "undecided":
        performed = entry.at if entry.event_causes and entry.kind not in ("Lapsed", "Excused", "Ended") else None
        verdict = evolve(verdict, waived=(entry.kind, entry.words) == ("Excused", "waived"))
        return evolve(verdict, status=_DECIDES[entry.kind], decided=entry.at, performed=performed)
    if entry.kind == "Waived":
        return evolve(verdict, waived=True, status="fulfilled" if entry.words else verdict.status)
    if entry.kind in ("Late", "Cured"):
        return evolve(verdict, performed=entry.at, cured=entry.kind == "Cured")
    if entry.kind == "Breached":
        return evolve(verdict, breached=True)
    return verdict
