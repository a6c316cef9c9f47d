"""Entries: what followed, dated, with clause and cause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from math import gcd
from typing import Any

from bpodsl.lean import field, frozen
from bpodsl.record.event import identity_order
from bpodsl.record.many import many
from bpodsl.terms import NotMeasured
from bpodsl.values import SECOND, Period, show_exact, show_time_of_day, show_utc

# Places of one instant, in their order (half-open windows; performance at the last instant counts).
EARLY, SETTLE, TERM_END, BEGIN, DETERMINE, PERFORM, START, OPEN, REST, LATE, SETTLE_LATE, STRUCTURE = range(12)

# Entries of one place are ordered by this rank.
KINDS = (
    "Withdrawn", "Reversed", "Restated", "Reissued", "Opened", "Closed", "Escalated", "RightOpened", "Renewed",
    "Counted", "Fulfilled", "Missed", "Late", "Excused", "Cured", "Breached", "Waived", "Settled", "Accrued", "Capped",
    "Fired", "Raised", "Exercised", "BasisWithdrawn", "Lapsed", "Noticed", "Amended", "Extended", "Terminated", "Ended",
    "Provisional", "Noted",
)  # fmt: skip
RANK = {kind: rank for rank, kind in enumerate(KINDS)}

# Of a sum that is not measured; behind it stands why.
NOT_POSTED = "not posted: "
WITHDRAWN = "withdrawn before it began"

# Each instance is exactly one of these; they add up to the raw number.
STATUSES = ("fulfilled", "missed", "excused", "undecided", "not measurable")

Value = int | Fraction | str | bool | date | Period | NotMeasured | None


@many
class Number:
    """A named value that went into an entry. `base` is the base of its kind (see `terms.Kind`)."""

    name: str
    base: str
    value: Value

    @property
    def text(self) -> str:
        """Exact and canonical: lowest terms `p/q`, instants in UTC, lengths in seconds; periods by
        their labels."""
        return text_of(self.base, self.value)


def text_of(base: str, value: Value) -> str:
    """The text of a value of a base (see `Number.text`)."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[return-value]
    if kind is Fraction and base != "length":
        return str(value)
    if type(value) is int:
        if base == "instant":
            return show_utc(value)
        if base == "length":
            common = gcd(value, SECOND)
            return str(value // common) if common == SECOND else f"{value // common}/{SECOND // common}"
        if base != "time":
            return str(value)
    if isinstance(value, NotMeasured):
        return f"not measured: {value.why}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if base == "time" and isinstance(value, int):
        return show_time_of_day(value)
    if base == "length" and isinstance(value, int | Fraction):
        return show_exact(Fraction(value) / 1_000_000)
    if isinstance(value, int | Fraction):
        return show_exact(value)
    if isinstance(value, Period):
        return value.label
    return "" if value is None else str(value)


@frozen(eq=False)
class Columns:
    """What the numbers of many entries are called, and the base of each."""

    names: tuple[str, ...]
    bases: tuple[str, ...]


class Numbers(Sequence[Number]):
    """The numbers of an entry, of which many have such: their values alone, until somebody asks for more."""

    __slots__ = ("_made", "columns", "values")

    def __init__(self, columns: Columns, values: Sequence[Value]) -> None:
        self.columns = columns
        self.values = values
        self._made: tuple[Number, ...] | None = None

    @property
    def _all(self) -> tuple[Number, ...]:
        if self._made is None:
            self._made = tuple(map(Number, self.columns.names, self.columns.bases, self.values))
        return self._made

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: Any) -> Any:
        return self._all[place]

    def __iter__(self) -> Iterator[Number]:
        return iter(self._all)

    def __eq__(self, other: object) -> bool:
        return self._all == (other._all if isinstance(other, Numbers) else other)

    def __hash__(self) -> int:
        return hash(self._all)


def entry_name(kind: str, clause: str, instance: str, period: str, key: tuple[tuple[str, str], ...]) -> str:
    """What an entry is called: unique in one outcome."""
    name = f"{clause}/{kind}/{instance}" if instance else f"{clause}/{kind}"
    return "/".join([name, period, *[text for _, text in key]]) if period else name


@many
class Entry:
    """One thing that followed, before it is posted.

    `clause`: name of the term. `instance`: which instance of a norm, interval of a state or firing
    (or ""). `period`: label of the window of a figure or line (or ""). `key`: values of the keys or
    the group, in text. `at`, `place`, `level`: when it acts, and where in the order of that instant.
    `causes`: event refs (`source/id`) and names of entries, direct premises only. `event_causes` are
    kept apart from `entry_causes`. `payer`, `payee` and `amount` (minor units of money are not used:
    an exact amount already rounded) for Accrued. `name`: what it is the entry of,
    `clause/Kind/instance-or-period[/key values]`; unique in one outcome.
    """

    kind: str
    clause: str
    at: int
    place: int
    level: int
    instance: str = ""
    period: str = ""
    key: tuple[tuple[str, str], ...] = ()
    event_causes: tuple[str, ...] = ()
    entry_causes: tuple[str, ...] = ()
    numbers: Sequence[Number] = ()
    words: str = ""
    name: str = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self.name = entry_name(self.kind, self.clause, self.instance, self.period, self.key)  # type: ignore[misc]

    def number(self, name: str) -> Value:
        """The value of the number of that name, or None."""
        for number in self.numbers:
            if number.name == name:
                return number.value
        return None


@many
class Posted:
    """An entry in the ledger.

    `known`: the instant from which it was known; `half` 0 for what lies before the events of that
    instant. `n`: how often an entry of this name was posted before. `replaces`: the id of the entry
    that this one takes back or replaces; `act` says how: "Withdrawn", "Reversed" (the exact negative of an
    amount), "Restated" (other content), "Reissued" (another amount), "" a new entry.
    `sequence` counts from 1 in ledger order.
    """

    entry: Entry
    known: int
    half: int
    n: int = 0
    replaces: str = ""
    act: str = ""
    sequence: int = field(default=0, eq=False)

    @property
    def id(self) -> str:
        """Its name, and `#n` when posted anew."""
        return self.entry.name + (f"#{self.n}" if self.n else "")

    @property
    def kind(self) -> str:
        """What kind of posting it is: that of the entry, or `act`."""
        return self.act or self.entry.kind


def identity_key(instance: str) -> tuple[object, ...]:
    """Order of instances: by source, then by id as `identity_order` has it."""
    source, _, identity = instance.rpartition("/")
    return identity_order(source), identity_order(identity)


def order_key(posted: Posted) -> tuple[object, ...]:
    """The order of the ledger; unique for each entry."""
    e = posted.entry
    return (
        posted.known, posted.half, e.at, e.place, e.level, e.clause.encode(), identity_key(e.instance),
        tuple(text.encode() for _, text in e.key), RANK[posted.kind], RANK[e.kind], e.period.encode(),
        posted.n, posted.replaces.encode(),
    )  # fmt: skip


def texts(fields: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    """Keys and their values in canonical text."""
    return tuple(
        [(name, value if type(value) is str else Number(name, "", value).text) for name, value in fields]  # type: ignore[arg-type]
    )
