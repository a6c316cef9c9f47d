"""Verdicts: how each instance stands. Derived from a ledger, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from attrs import define, field

from bpodsl.record.entry import Entry
from bpodsl.record.many import many
from bpodsl.terms import Contract

_BESIDE = ("Noted", "Raised", "Counted", "Provisional", "BasisWithdrawn")
_DECIDES = {"Fulfilled": "fulfilled", "Exercised": "fulfilled", "Closed": "fulfilled", "Missed": "missed",
            "Lapsed": "missed", "Excused": "excused", "Ended": "not measurable"}  # fmt: skip
_OPENS = ("Opened", "Escalated", "RightOpened")


@many
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
    found: dict[tuple[str, str], _Draft] = {}
    latest: dict[tuple[str, tuple[tuple[str, str], ...]], str] = {}
    belongs: dict[str, tuple[str, str]] = {}
    for entry in outcome:
        if entry.clause not in norms or entry.kind in _BESIDE:
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
        draft = found.get(place)
        if draft is None:
            draft = found[place] = _Draft(entry.clause, entry.instance, entry.key, entry.at)
        draft.take(entry)
    order = {name: i for i, name in enumerate(n.name for n in contract.norms)}
    for draft in sorted(found.values(), key=lambda v: (order[v.norm], v.opened, v.instance)):
        yield draft.verdict()


@define(eq=False)
class _Draft:
    """A verdict in the making."""

    norm: str
    instance: str
    key: tuple[tuple[str, str], ...]
    opened: int
    status: str = "undecided"
    due: int | date | None = None
    decided: int | None = None
    performed: int | None = None
    cured: bool = False
    breached: bool = False
    waived: bool = False
    entries: list[Entry] = field(factory=list)

    def take(self, entry: Entry) -> None:
        """The next of its entries."""
        kind = entry.kind
        self.entries.append(entry)
        due = entry.number("due")
        if isinstance(due, int | date) and kind != "Breached":
            self.due = due
        if kind in _OPENS:
            self.opened = entry.at
        elif kind in _DECIDES and self.status == "undecided":
            self.waived = (kind, entry.words) == ("Excused", "waived")
            self.status, self.decided = _DECIDES[kind], entry.at
            self.performed = entry.at if entry.event_causes and kind not in ("Lapsed", "Excused", "Ended") else None
        elif kind == "Waived":
            self.waived = True
            self.status = "fulfilled" if entry.words else self.status
        elif kind in ("Late", "Cured"):
            self.performed, self.cured = entry.at, kind == "Cured"
        elif kind == "Breached":
            self.breached = True

    def verdict(self) -> Verdict:
        """What it has come to."""
        return Verdict(
            self.norm, self.instance, self.key, self.status, self.opened, self.due, self.decided, self.performed,
            self.cured, self.breached, self.waived, tuple(self.entries),
        )  # fmt: skip
