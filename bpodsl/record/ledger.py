"""The journal posts differences; the ledger is all that was posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from attrs import evolve, field, frozen

from bpodsl.record.entry import Entry, Number, Posted, identity_key, order_key


@frozen
class Ledger:
    """All entries in their order, numbered from 1.

    `until` (exclusive) is the instant up to which time is known; `outcome` the entries that stand at the end.
    """

    posted: tuple[Posted, ...]
    outcome: tuple[Entry, ...]
    until: int

    def as_known_at(self, instant: int) -> tuple[Posted, ...]:
        """What had been posted by an instant, itself included."""
        return tuple(p for p in self.posted if p.known <= instant)

    def __iter__(self) -> Iterator[Posted]:
        return iter(self.posted)


@frozen
class _Standing:
    entry: Entry
    id: str


@frozen
class Journal:
    """Collects what is posted. One name stands at most once at a time."""

    _posted: list[Posted] = field(factory=list)
    _standing: dict[str, _Standing] = field(factory=dict)
    _times: dict[str, int] = field(factory=dict)
    _first: dict[str, int] = field(factory=dict)
    _exercised: dict[tuple[str, str], str] = field(factory=dict)

    def first_known(self, name: str) -> int | None:
        """The instant from which the entry of that name was first posted, or None."""
        return self._first.get(name)

    def exercised(self, clause: str, ref: str) -> str | None:
        """The instance of a right that an event was first posted to have exercised, or None: that may be taken back."""
        return self._exercised.get((clause, ref))

    def post(self, entry: Entry, known: int, half: int) -> None:
        """Post an entry that is new."""
        name = entry.name
        if name in self._standing:
            raise AssertionError(f"posted twice: {name}")
        self._add(entry, known, half, "")

    def replace(self, gone: Iterable[str], come: Iterable[Entry], known: int, half: int = 1) -> None:
        """Take back the entries named in `gone`, and post those of `come`: new, changed or unchanged."""
        coming = {e.name: e for e in come}
        for name in dict.fromkeys(gone):
            if name not in coming and name in self._standing:
                self._withdraw(name, known, half)
        for name, entry in coming.items():
            standing = self._standing.get(name)
            if standing is None:
                self._add(entry, known, half, "")
            elif content(standing.entry) != content(entry):
                self._change(standing, entry, known, half)

    def restate(self, outcome: Iterable[Entry], known: int, half: int = 1) -> None:
        """Post the difference between what stands and `outcome`, the whole of it."""
        outcome = list(outcome)
        names = {e.name for e in outcome}
        self.replace([n for n in self._standing if n not in names], outcome, known, half)

    def ledger(self, until: int) -> Ledger:
        """All that was posted, in order and numbered."""
        ordered = sorted(self._posted, key=order_key)
        posted = tuple(evolve(p, sequence=i) for i, p in enumerate(ordered, start=1))
        standing = {s.id: s.entry for s in self._standing.values()}
        outcome = tuple(standing[p.id] for p in posted if p.id in standing and p.act not in _TAKING_BACK)
        return Ledger(posted, outcome, until)

    def _add(self, entry: Entry, known: int, half: int, replaces: str, act: str = "") -> None:
        name = entry.name
        n = self._times.get(name, 0)
        self._times[name] = n + 1
        entry = _ordered(entry)
        posted = Posted(entry, known, half, n, replaces, act)
        self._posted.append(posted)
        self._standing[name] = _Standing(entry, posted.id)
        self._first.setdefault(name, known)
        if entry.kind == "Exercised":
            for ref in entry.event_causes:
                self._exercised.setdefault((entry.clause, ref), entry.instance)

    def _withdraw(self, name: str, known: int, half: int) -> None:
        standing = self._standing.pop(name)
        act, entry = "Withdrawn", standing.entry
        if entry.kind == "Accrued":
            act, entry = "Reversed", _negative(entry)
        self._posted.append(Posted(entry, known, half, self._times[name] - 1, standing.id, act))

    def _change(self, standing: _Standing, entry: Entry, known: int, half: int) -> None:
        if entry.kind == "Accrued" and _owed(standing.entry) != _owed(entry):
            self._withdraw(entry.name, known, half)
            self._add(entry, known, half, standing.id, "Reissued")
        else:
            self._add(entry, known, half, standing.id, "Restated")


_TAKING_BACK = ("Withdrawn", "Reversed")


def content(entry: Entry) -> tuple[object, ...]:
    """What of an entry, if it changes, is posted anew."""
    return (
        entry.at, tuple(sorted(entry.event_causes)), tuple(sorted(entry.entry_causes)),
        tuple((n.name, n.text) for n in entry.numbers), entry.words, entry.key,
    )  # fmt: skip


def _owed(entry: Entry) -> tuple[object, ...]:
    return tuple(entry.number(name) for name in ("amount", "payer", "payee", "currency"))


def _negative(entry: Entry) -> Entry:
    numbers = tuple(
        Number(n.name, n.base, -n.value) if n.name == "amount" and isinstance(n.value, int | Fraction) else n
        for n in entry.numbers
    )
    return evolve(entry, numbers=numbers)


def _ordered(entry: Entry) -> Entry:
    """Causes in canonical order: events by source and id, entries by name."""
    if len(entry.event_causes) < 2 and len(entry.entry_causes) < 2:
        return entry
    events = sorted(dict.fromkeys(entry.event_causes), key=identity_key)
    return evolve(entry, event_causes=tuple(events), entry_causes=tuple(sorted(dict.fromkeys(entry.entry_causes))))
