"""The journal posts differences; the ledger is all that was posted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from operator import attrgetter
from typing import Final

from bpodsl.lean import evolve, field, frozen
from bpodsl.record.entry import RANK, Entry, Number, Posted, identity_key, order_key
from bpodsl.record.many import changing

Pairs = tuple[tuple[str, str], ...]
Amount = int | Fraction
DIFFERENCE: Final = "difference"


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

    def without_routine(self) -> Ledger:
        """The same without what is routine, numbered anew."""
        posted = tuple(each for each in self.posted if not is_routine(each.entry.kind, each.entry.instance))
        for sequence, each in enumerate(posted, start=1):
            each.sequence = sequence  # type: ignore[misc]
        outcome = tuple(entry for entry in self.outcome if not is_routine(entry.kind, entry.instance))
        return Ledger(posted, outcome, self.until)


@changing
class Line:
    """An entry of which the line is written already, but for its number; it stands for the entry in the ledger, and
    has what its place there is told by."""

    known: int
    half: int
    at: int
    place: int
    level: int
    clause: str
    instance: str
    key: Pairs
    kind: str
    text: str
    sequence: int = 0
    period: str = ""
    n: int = 0
    replaces: str = ""

    @property
    def entry(self) -> Line:
        """Itself."""
        return self


ROUTINE = frozenset(("Opened", "Closed", "Fulfilled", "Noted", "Ended"))
"""Of these kinds entries that are about one case say that it takes its course: a duty or state begins, is performed or
ends, an event has no effect, and at its end the agreement ends what is open."""


def is_routine(kind: str, instance: str) -> bool:
    """Whether an entry of that kind and instance is routine."""
    return kind in ROUTINE and instance != ""


@frozen
class Journal:
    """Collects what is posted. One name stands at most once at a time."""

    _posted: list[Posted] = field(factory=list)
    _standing: dict[str, Posted] = field(factory=dict)
    _first: dict[str, int] = field(factory=dict)
    """From when names were first known whose first entry stands no more."""
    _again: dict[str, int] = field(factory=dict)
    """How often names were posted that were so more than once."""
    _exercised: dict[tuple[str, str], list[tuple[str, Pairs]]] = field(factory=dict)
    _refused: set[tuple[str, str]] = field(factory=set)
    _same: dict[str, Entry] = field(factory=dict)
    """Other entries that say what stands: of each name the last that did."""
    _totals: dict[str, list[Amount]] = field(factory=dict)
    """By what opened a debt: its total as first posted, and each higher one."""

    def first_known(self, name: str) -> int | None:
        """The instant from which the entry of that name was first posted, or None."""
        if name in self._first:
            return self._first[name]
        standing = self._standing.get(name)
        return None if standing is None else standing.known

    def exercised(self, clause: str, ref: str) -> Sequence[tuple[str, Pairs]]:
        """The instances of a right that an event was posted to have exercised, of each key the first: name and key."""
        return self._exercised.get((clause, ref), ())

    def refused(self, clause: str, ref: str) -> bool:
        """Whether an exercise by an event was refused, and posted so, before it was ever posted as good."""
        return (clause, ref) in self._refused

    def parted(self, opened: str, total: Amount) -> tuple[Amount, tuple[tuple[int, Amount], ...]]:
        """A total in parts: what was owed when it was first posted (`opened` is the name of that entry), and what came
        to be owed besides later, by number from 1. A total that was not posted before has no other part.
        """
        marks = self._totals.get(opened)
        if not marks:
            return total, ()
        later: list[tuple[int, Amount]] = []
        low = max(marks[0], 0)
        for n, mark in enumerate(marks[1:], start=1):
            if min(total, mark) > low:
                later.append((n, min(total, mark) - low))
            low = mark
        if total > low:
            later.append((len(marks), total - low))
        return min(total, marks[0]), tuple(later)

    def _owed(self, entry: Entry) -> None:
        """The total of a debt is posted, or one more difference."""
        total = entry.number("total")
        if isinstance(total, bool) or not isinstance(total, int | Fraction):
            return
        if entry.words != DIFFERENCE:
            self._totals.setdefault(entry.name, [total])
            return
        marks = self._totals[entry.entry_causes[0]]
        if entry.instance.rpartition("+")[2] == str(len(marks)):
            marks.append(max(marks[-1], 0) + total)

    def post(self, entry: Entry, known: int, half: int) -> None:
        """Post an entry that is new."""
        name = entry.name
        if name in self._standing:
            raise AssertionError(f"posted twice: {name}")
        self._add(name, entry, known, half, "")

    def replace(self, gone: Iterable[str], come: Iterable[Entry], known: int, half: int = 1) -> None:
        """Take back the entries named in `gone`, and post those of `come`: new, changed or unchanged."""
        made: dict[str, Entry | None] = dict.fromkeys(gone)
        made.update((entry.name, entry) for entry in come)
        self.change(made, known, half)

    def change(self, made: Mapping[str, Entry | None], known: int, half: int) -> None:
        """Post the entries made, by name: new, changed or unchanged; take back those of which none is left."""
        if None in made.values():
            for name, entry in made.items():
                if entry is None and name in self._standing:
                    self._withdraw(name, known, half)
        for name, entry in made.items():
            if entry is None:
                continue
            standing = self._standing.get(name)
            if standing is None:
                self._add(name, entry, known, half, "")
            elif standing.entry is not entry and self._same.get(name) is not entry:
                # An outcome that is gone on with from a moment brings most entries as they were: these are not read.
                if content(standing.entry) == content(entry):
                    self._same[name] = entry
                else:
                    self._change(name, standing, entry, known, half)

    def restate(self, outcome: Iterable[Entry], known: int, half: int = 1) -> None:
        """Post the difference between what stands and `outcome`, the whole of it."""
        made = {entry.name: entry for entry in outcome}
        self.replace([name for name in self._standing if name not in made], made.values(), known, half)

    def outcome(self) -> dict[str, Entry]:
        """What stands, by name."""
        return {name: posted.entry for name, posted in self._standing.items()}

    def ledger(self, until: int, more: Sequence[Posted] = ()) -> Ledger:
        """All that was posted, in order and numbered; with `more`, which is posted by nobody else and stands."""
        posted = tuple(in_order([*self._posted, *more] if more else self._posted))
        outcome: list[Entry] = []
        standing = self._standing
        for sequence, each in enumerate(posted, start=1):
            # The only part that is set later: a copy of each would take as long as the rest.
            each.sequence = sequence  # type: ignore[misc]
            found = standing.get(each.entry.name)
            if found is None:
                # What was taken back has its first posting remembered.
                if more and each.entry.name not in self._first:
                    outcome.append(each.entry)
            elif found.n == each.n and each.act not in _TAKING_BACK:
                outcome.append(found.entry)
        return Ledger(posted, tuple(outcome), until)

    def let_go(self) -> list[Posted]:
        """What was posted since the last time, in no order; it is not kept for `ledger`."""
        posted = self._posted[:]
        self._posted.clear()
        return posted

    def without_routine(self, until: int, more: Iterable[Posted]) -> Ledger:
        """As `ledger`, without what is routine, of which there is none in `more`; what stands is not asked."""
        kept = [each for each in self._posted if not is_routine(each.entry.kind, each.entry.instance)]
        posted = tuple(in_order([*kept, *more]))
        for sequence, each in enumerate(posted, start=1):
            each.sequence = sequence  # type: ignore[misc]
        return Ledger(posted, (), until)

    def _add(self, name: str, entry: Entry, known: int, half: int, replaces: str, act: str = "") -> None:
        n = 0
        if name in self._first:
            n = self._again[name] = self._again.get(name, 0) + 1
        posted = Posted(_ordered(entry), known, half, n, replaces, act)
        self._posted.append(posted)
        self._standing[name] = posted
        if entry.kind == "Noted" and entry.words.startswith(_REFUSALS):
            acts = ((entry.clause, ref) for ref in entry.event_causes)
            self._refused.update(each for each in acts if each not in self._exercised)
        if entry.kind == "Opened":
            self._owed(entry)
        if entry.kind == "Exercised":
            for ref in entry.event_causes:
                found = self._exercised.setdefault((entry.clause, ref), [])
                if entry.key not in [key for _, key in found]:
                    found.append((entry.instance, entry.key))

    def _id(self, name: str) -> str:
        """What stands under a name was posted as."""
        n = self._again.get(name)
        return f"{name}#{n}" if n else name

    def _withdraw(self, name: str, known: int, half: int) -> None:
        standing = self._standing.pop(name)
        self._same.pop(name, None)
        self._first.setdefault(name, standing.known)
        entry, act = standing.entry, "Withdrawn"
        if entry.kind == "Accrued":
            act, entry = "Reversed", _negative(entry)
        self._posted.append(Posted(entry, known, half, self._again.get(name, 0), self._id(name), act))

    def _change(self, name: str, standing: Posted, entry: Entry, known: int, half: int) -> None:
        replaces = self._id(name)
        self._same.pop(name, None)
        self._first.setdefault(name, standing.known)
        if entry.kind == "Accrued" and _owed(standing.entry) != _owed(entry):
            self._withdraw(name, known, half)
            self._add(name, entry, known, half, replaces, "Reissued")
        else:
            self._add(name, entry, known, half, replaces, "Restated")


def in_order(posted: Iterable[Posted]) -> Iterator[Posted]:
    """In the order of the ledger. What is posted comes nearly in order: only what is known at one instant is compared,
    and that by its instance only where all before that is equal."""
    ordered = sorted(posted, key=_known)
    first, total = 0, len(ordered)
    while first < total:
        known, last = ordered[first].known, first + 1
        while last < total and ordered[last].known == known:
            last += 1
        if last == first + 1:
            yield ordered[first]
        else:
            yield from _sorted(ordered[first:last])
        first = last


def _sorted(together: list[Posted]) -> Iterator[Posted]:
    if not any(each.entry.instance for each in together):
        together.sort(key=_whole)
        yield from together
        return
    together.sort(key=_front)
    for _, alike in groupby(together, key=_front):
        tied = list(alike)
        if len(tied) > 1:
            tied.sort(key=order_key if any(each.entry.instance for each in tied) else _behind)
        yield from tied


_known = attrgetter("known")


def _front(posted: Posted) -> tuple[int, int, int, int, str]:
    """The first of what `order_key` compares but the instant of knowing; texts compare as their UTF-8 bytes do."""
    entry = posted.entry
    return posted.half, entry.at, entry.place, entry.level, entry.clause


def _whole(posted: Posted) -> tuple[object, ...]:
    """All of it where there is no instance: figures and sums are of none."""
    entry = posted.entry
    return posted.half, entry.at, entry.place, entry.level, entry.clause, _behind(posted)


def _behind(posted: Posted) -> tuple[object, ...]:
    """The rest of it where there is no instance; as texts, too."""
    entry = posted.entry
    key = tuple([text for _, text in entry.key])
    return key, RANK[posted.kind], RANK[entry.kind], entry.period, posted.n, posted.replaces


_REFUSALS = ("not open", "barred while", "not as the right asks", "not for ")
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
    events, entries = entry.event_causes, entry.entry_causes
    if len(events) < 2 and len(entries) < 2:
        return entry
    if len(events) > 1:
        events = tuple(sorted(dict.fromkeys(events), key=identity_key))
    if len(entries) > 1:
        entries = tuple(sorted(dict.fromkeys(entries)))
    if events == entry.event_causes and entries == entry.entry_causes:
        return entry
    return evolve(entry, event_causes=events, entry_causes=entries)
