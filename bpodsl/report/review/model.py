"""All that a report says, as plain frozen data. Every format is made from this and from nothing else."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from attrs import frozen

Exact = int | Fraction


@frozen
class Number:
    """A value as the ledger has it and as a reader sees it.

    `exact`: None where there is none (not measured, not settled). `base`: share, money, length, number …; lengths are
    in ticks. `currency`: of money. `detail`: the name of the calculation that it opens to, "" if none.
    """

    shown: str
    exact: Exact | None = None
    base: str = "number"
    currency: str = ""
    detail: str = ""


@frozen
class Cited:
    """A clause: its name, its words, and where it stands in the paper ("" if nowhere) and in the file."""

    name: str
    title: str
    reference: str = ""
    place: str = ""

    @property
    def shown(self) -> str:
        return f"{self.title} [{self.reference}]" if self.reference else self.title


@frozen
class Detail:
    """How a number or fact came about: `lines` are those of `explain`, two blanks a step down; `text`: the clause as
    the agreement writes it, `prose` the paper's own words."""

    name: str
    title: str
    clause: Cited
    lines: tuple[str, ...]
    text: str = ""
    prose: str = ""


@frozen
class Window:
    """A window of a service level. `standing`: met, missed, below minimum, not measured, not settled, or "" where it
    has no target. `distance`: how far on the good side of the target it is; less than nothing: on the bad. `counts`:
    what was counted, by word; they add up to `total`. `why`: why it has no value. `told`: it is of the month told of.
    """

    period: str
    first: date
    last: date
    value: Number
    standing: str
    target: Number
    minimum: Number
    distance: Number
    counts: tuple[tuple[str, int], ...]
    total: int | None
    told: bool
    why: str = ""


@frozen
class Level:
    """A service level for one group, window by window, the earliest first. `better`: "more" or "less", "" without a
    target."""

    clause: Cited
    group: str
    aim: str
    least: str
    better: str
    base: str
    windows: tuple[Window, ...]


@frozen
class Tally:
    """Of a duty how many were opened in the month, and what has become of them so far: these add up to `opened`. `late`
    of what was still performed, `detail` the calculation that lists them."""

    clause: Cited
    opened: int
    statuses: tuple[tuple[str, int], ...]
    late: int
    cured: int
    breached: int
    waived: int
    detail: str = ""


@frozen
class Missed:
    """A duty that was missed in the month. `at`: local time, or the day, of the miss."""

    clause: Cited
    which: str
    due: str
    at: str
    told: str
    detail: str


@frozen
class Step:
    """A step from the gross amount to what is payable: `what` in words, and the value that it has come to or changes
    by. `after`: what the sum has come to by then; None of what only explains. `kind`: cap of what one cuts, total of
    what is owed, else charge, as of a `Bar`."""

    what: str
    number: Number
    after: Exact | None = None
    kind: str = "charge"


@frozen
class Sum:
    """What one party owes another for a window or case. `kind`: charge or credit, `wanted`: before any cap, `cut`: what
    caps took away, `owed`: what is left; `steps` tell how it came about."""

    clause: Cited
    period: str
    which: str
    day: date
    payer: str
    payee: str
    kind: str
    wanted: Number
    cut: Number
    owed: Number
    steps: tuple[Step, ...]


@frozen
class Bar:
    """A bar of a waterfall: from `before` to `after`. `kind`: charge, credit, cap, or total."""

    what: str
    kind: str
    change: Number
    before: Exact
    after: Exact


@frozen
class Waterfall:
    """From the charges of `payer` to what it is to pay to `payee`, in one currency; a total less than nothing is owed
    the other way."""

    payer: str
    payee: str
    currency: str
    bars: tuple[Bar, ...]
    payable: Number


@frozen
class Balance:
    """A balance that is carried on from window to window."""

    clause: Cited
    period: str
    before: Number
    now: Number


@frozen
class Dated:
    """Something of the coming days. `kind`: duty, right, notice, renewal, term or escalation. `by`: the last day;
    `at`: the time of day too, where it matters. `safe`: the last day to act, where that is earlier."""

    by: date
    at: str
    kind: str
    what: str
    which: str
    who: str
    note: str = ""
    safe: date | None = None
    certain: bool = True
    detail: str = ""


@frozen
class Escalation:
    """An escalation: where it stands or how it ended."""

    clause: Cited
    which: str
    level: int
    of: int
    roles: str
    since: str
    until: str
    status: str
    detail: str


@frozen
class Right:
    """A right: `status` is open, at will, exercised, lapsed or ended."""

    clause: Cited
    which: str
    holders: str
    status: str
    since: str
    until: str
    last_day: date | None
    closed: str
    why: str
    detail: str


@frozen
class Counter:
    """How near a trigger is: `counted` of `needed`, among the windows or within the time that `among` says. None: it
    cannot be told from the ledger alone. `leads_to`: what follows."""

    clause: Cited
    group: str
    counted: int | None
    needed: int
    among: str
    windows: tuple[tuple[str, str], ...]
    leads_to: tuple[str, ...]
    fired: int
    latest: str
    detail: str = ""


@frozen
class Restatement:
    """What was said before, and what is said instead, known since `known`. `change`: of a sum, by how much."""

    known: str
    day: date
    learnt: tuple[str, ...]
    clause: Cited
    was: str
    now: str
    change: Number | None
    detail: str = ""


@frozen
class Question:
    """Something that waits for a decision: for what, and by when if that is known."""

    clause: Cited
    which: str
    waits_for: str
    detail: str = ""


@frozen
class Fact:
    """A sentence of the first lines. `weight`: "bad", "watch", "good" or "plain"; each has a word of its own. `part`:
    the table that tells more, "" if none does."""

    weight: str
    says: str
    part: str = ""


@frozen
class Span:
    """The days told of; `label` is a month, or "whole run"."""

    label: str
    first: date
    last: date
    complete: bool


@frozen
class Draft:
    """Something that may be sent now, filled from the record. `kind`: credit_note, default, termination, exercise,
    renewal, claim or dispute. `says`: paragraphs; `facts`, `ends` (sums, and what its sender fills in) and `dates`:
    lines of lists; `method`: how it is to be given, "" where the agreement says nothing."""

    kind: str
    title: str
    sender: str
    addressee: str
    clauses: tuple[Cited, ...]
    says: tuple[str, ...]
    facts: tuple[str, ...]
    ends: tuple[str, ...]
    dates: tuple[str, ...]
    method: str


@frozen
class Origin:
    """What the report is made from. `files`: name and SHA-256 of each event file that could be read again. `beyond`:
    how many of the `lines` that wait are known only from `until` on."""

    agreement: str
    version: str
    digest: str
    ledger: str
    events: str
    event_count: int
    files: tuple[tuple[str, str], ...]
    pins: tuple[tuple[str, str], ...]
    program: str
    lines: tuple[tuple[str, int], ...]
    aside: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...]
    beyond: int = 0


@frozen
class Review:
    """The report. `until` (shown, local) is exclusive; `as_known` says "" or as of when the record is told."""

    name: str
    title: str
    world: str
    parties: tuple[tuple[str, str, str], ...]
    zone: str
    currency: str
    until: str
    until_day: date
    as_known: str
    ended: str
    span: Span
    facts: tuple[Fact, ...]
    levels: tuple[Level, ...]
    tallies: tuple[Tally, ...]
    missed: tuple[Missed, ...]
    sums: tuple[Sum, ...]
    waterfalls: tuple[Waterfall, ...]
    balances: tuple[Balance, ...]
    ahead: tuple[Dated, ...]
    horizon: date
    escalations: tuple[Escalation, ...]
    rights: tuple[Right, ...]
    counters: tuple[Counter, ...]
    restatements: tuple[Restatement, ...]
    assumptions: tuple[tuple[str, str], ...]
    questions: tuple[Question, ...]
    stated: tuple[tuple[Cited, str], ...]
    origin: Origin
    details: tuple[Detail, ...]
    drafts: tuple[Draft, ...]
