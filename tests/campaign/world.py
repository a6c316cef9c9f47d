"""A contract under construction: its words, and what refers to what."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from attrs import define, field

from bpodsl.terms import (
    Account,
    CalendarTerm,
    Change,
    Clause,
    Contract,
    EventField,
    EventKind,
    Figure,
    Kind,
    Ladder,
    Line,
    Norm,
    Party,
    Question,
    Renewal,
    Rounding,
    Rule,
    Series,
    State,
    Term,
)
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, TEXT, YES_NO, money, one_of, period
from bpodsl.values import Zone
from tests.campaign.draw import Draw

MONEY = money("GBP")
PENNY = Rounding(Fraction(1, 100), "half up")
# The values of text fields; all others have "x" and "y".
POOLS = {"ticket": ("T1", "T2", "T3", "T4", "10", "9"), "order": ("A", "B", "C", "2")}
SITES = ("leeds", "york", "delhi")

FIELDS: dict[str, Kind] = {
    "ticket": TEXT,
    "order": TEXT,
    "site": one_of(*SITES),
    "priority": one_of("P1", "P2", "P3"),
    "reason": one_of("client", "provider"),
    "amount": MONEY,
    "units": NUMBER,
    "rate": SHARE,
    "flag": YES_NO,
    "planned": INSTANT,
    "planned_on": DAY,
    "month": period("month"),
    "quarter": period("quarter"),
    "for_day": DAY,
    "took": LENGTH,
    "note": TEXT,
    "begins": INSTANT,
    "finishes": INSTANT,
    "method": one_of("post", "hand"),
}

# For each kind of event: its keys, the fields it always has, and those it may have.
WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "ticket_opened": (("ticket",), ("priority", "planned"), ("site", "planned_on", "amount", "units", "flag", "note")),
    "ticket_held": (("ticket",), ("reason",), ("site", "flag")),
    "ticket_resumed": (("ticket",), (), ("reason",)),
    "ticket_resolved": (("ticket",), (), ("site", "rate", "units", "flag")),
    "ticket_confirmed": (("ticket",), (), ("rate", "amount")),
    "order_placed": (("order", "?site"), ("amount", "planned_on"), ("planned", "units", "priority", "flag")),
    "order_shipped": (("order", "?site"), (), ("units", "flag")),
    "order_paid": (("order",), ("amount",), ("rate",)),
    "reading": (("?site",), ("units", "rate"), ("amount", "took", "flag", "month")),
    "outage_started": (("?site",), (), ("reason",)),
    "outage_ended": (("?site",), (), ("reason",)),
    "relief": (("?site",), ("begins", "finishes"), ("reason",)),
    "report_sent": (("?site",), ("month",), ("flag", "units", "quarter", "for_day")),
    "notice_given": ((), (), ("method", "amount")),
    "leak_reported": (("?site",), (), ("amount", "priority", "flag")),
    "index_published": ((), ("rate", "month"), ("units", "for_day", "site")),
    "step_taken": (("?ticket", "?site"), (), ("units", "amount")),
}
OPTIONAL = ("note", "amount", "units", "flag", "site", "rate", "took", "reason")


@define
class World:
    """What there is so far.

    `norm_fields`: the fields that the opening of each norm is sure to have. `windowed`: the norms whose total is
    reckoned in the window that imposes them.
    """

    draw: Draw
    zone: str
    effective: date
    last: date | None
    renewal: Renewal | None
    calendars: list[CalendarTerm]
    kinds: dict[str, EventKind] = field(factory=dict)
    states: list[State] = field(factory=list)
    norms: list[Norm] = field(factory=list)
    ladders: list[Ladder] = field(factory=list)
    figures: list[Figure] = field(factory=list)
    lines: list[Line] = field(factory=list)
    accounts: list[Account] = field(factory=list)
    rules: list[Rule] = field(factory=list)
    series: list[Series] = field(factory=list)
    questions: list[Question] = field(factory=list)
    norm_fields: dict[str, dict[str, EventField]] = field(factory=dict)
    changes: list[Change] = field(factory=list)
    windowed: set[str] = field(factory=set)
    _names: int = 0

    @property
    def place(self) -> Zone:
        return Zone.load(self.zone)

    def name(self, stem: str) -> str:
        """A new name; its first letter, which decides ties, is drawn."""
        self._names += 1
        return f"{self.draw.pick('abcxyz')}_{stem}_{self._names}"

    def kind(self, word: str) -> EventKind:
        """The kind of event of that name, made when first asked for."""
        if word not in self.kinds:
            self.kinds[word] = self._made(word)
        return self.kinds[word]

    def _made(self, word: str) -> EventKind:
        keys, always, maybe = WORDS[word]
        draw = self.draw
        fields = []
        for key in keys:
            name = key.removeprefix("?")
            if name == key or draw.chance(0.6):
                fields.append(EventField(name, FIELDS[name], key=True, optional=name == "site" and draw.chance(0.1)))
        fields += [EventField(name, FIELDS[name]) for name in always]
        for name in maybe:
            if draw.chance(0.5):
                optional = name in OPTIONAL and draw.chance(0.25)
                default = draw.pick(_DEFAULTS[name]) if optional and name in _DEFAULTS and draw.chance(0.2) else None
                fields.append(EventField(name, FIELDS[name], optional=optional, default=default))
        interval = {"from_field": "begins", "to_field": "finishes"} if word == "relief" else {}
        given = {f.name for f in fields if not f.optional}
        happens = "planned" if word == "order_placed" and "planned" in given and draw.chance(0.4) else ""
        counts = "month" if any(f.name == "month" for f in fields) else None
        return EventKind(word, Clause(word, "event"), tuple(fields), happens=happens, period=counts, **interval)

    def fields(self, word: str) -> dict[str, EventField]:
        """The fields of a kind of event by name."""
        return {f.name: f for f in self.kind(word).fields}

    def state(self, name: str) -> State:
        return next(s for s in self.states if s.name == name)

    def figure(self, name: str) -> Figure:
        return next(f for f in self.figures if f.name == name)

    @property
    def size(self) -> int:
        """How many clauses there are that decide something."""
        return sum(map(len, (self.norms, self.figures, self.lines, self.accounts, self.rules)))

    @property
    def horizon(self) -> date:
        """The last day of the first term, or one far enough for a term without end."""
        return self.last or self.effective + timedelta(days=150)

    def contract(self) -> Contract:
        """What came of it. The order of the terms is drawn: it must not matter."""
        tables = [
            list(t)
            for t in (
                self.calendars,
                self.kinds.values(),
                self.states,
                self.norms,
                self.ladders,
                self.figures,
                self.lines,
                self.accounts,
                self.rules,
                self.series,
                self.questions,
            )
        ]
        for table in tables:
            self.draw.random.shuffle(table)
        calendars, events, states, norms, ladders, figures, lines, accounts, rules, series, asked = map(tuple, tables)
        return Contract(
            "deal",
            Clause("deal", "agreement"),
            (Party("acme", "Acme", "client"), Party("beta", "Beta", "provider")),
            Term(self.effective, self.last, self.renewal),
            self.zone,
            "GBP",
            PENNY,
            calendars=calendars,
            events=events,
            states=states,
            norms=norms,
            ladders=ladders,
            figures=figures,
            lines=lines,
            accounts=accounts,
            rules=rules,
            series=series,
            questions=asked,
            changes=tuple(self.changes),
        )


_DEFAULTS: dict[str, tuple[object, ...]] = {
    "units": (1, 0),
    "flag": (True, False),
    "site": ("york",),
    "reason": ("client",),
    "amount": (10,),
}
