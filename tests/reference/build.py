"""Small builders for contracts and events, so that a test states only what it is about.

Times are written as local ISO text (`2026-04-07T19:00`, `2026-04-07`), lengths as `hours(4)`, `days(2)`.
Every builder takes the fields of the term it makes as keywords and fills in the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from fractions import Fraction
from typing import Any

from bpodsl.record import Entry, Event, Ledger
from bpodsl.terms import (
    Account,
    CalendarTerm,
    Clause,
    Clock,
    Contract,
    Due,
    EventField,
    EventKind,
    Figure,
    Group,
    Kind,
    Ladder,
    Length,
    Line,
    Norm,
    Once,
    OnEvent,
    OnPeriod,
    Party,
    Renewal,
    Rounding,
    Rule,
    Selector,
    State,
    Target,
    Term,
    WhenImposed,
    kinds,
)
from bpodsl.terms import expressions as ex
from bpodsl.values import HOUR, MINUTE, Calendar, Grid, WeeklyHours, Zone, parse_period

ZONE = "Europe/London"
CENT = Rounding(Fraction(1, 100), "half up")

MONTH, QUARTER, YEAR = Grid("month"), Grid("month", 3), Grid("month", 12)
WEEK, DAY, WHOLE_TERM = Grid("week"), Grid("day"), Grid("term")


# -------------------------------------------------------------------------------------- times
def at(text: str, zone: str = ZONE) -> int:
    """The instant of a local time, or the first one of a day."""
    loaded = Zone.load(zone)
    day, _, clock = text.partition("T")
    if not clock:
        return loaded.start_of(date.fromisoformat(day))
    t = time.fromisoformat(clock)
    return loaded.at(
        date.fromisoformat(day), ((t.hour * 60 + t.minute) * 60 + t.second) * 1_000_000 + t.microsecond, "earlier"
    )


def hours(n: int, calendar: str | None = None) -> Length:
    return minutes(60 * n, calendar)


def minutes(n: int, calendar: str | None = None) -> Length:
    return Length(n * MINUTE, "open" if calendar else "elapsed", calendar)


def days(n: int) -> Length:
    return Length(n, "days")


def weeks(n: int) -> Length:
    return Length(n, "weeks")


def months(n: int) -> Length:
    return Length(n, "months")


def years(n: int) -> Length:
    return Length(n, "years")


def working(n: int, calendar: str = "office") -> Length:
    return Length(n, "working days", calendar)


# -------------------------------------------------------------------------------------- the agreement
def clause(name: str, word: str = "clause") -> Clause:
    return Clause(name, word)


def contract(
    *,
    effective: str = "2026-01-01",
    last: str | None = "2026-12-31",
    renewal: Renewal | None = None,
    zone: str = ZONE,
    name: str = "agreement",
    **tables: Any,
) -> Contract:
    """A contract; `tables` are its tables by name: norms=…, figures=…, events=… of the kinds of events."""
    return Contract(
        name=name, clause=clause(name, "agreement"),
        parties=(Party("client", "Client", "client"), Party("provider", "Provider", "provider")),
        term=Term(date.fromisoformat(effective), None if last is None else date.fromisoformat(last), renewal),
        zone=zone, currency="GBP", rounding=CENT,
        **{table: tuple(terms) for table, terms in tables.items()},
    )  # fmt: skip


def office(
    name: str = "office",
    opens: int = 9,
    closes: int = 17,
    weekdays: Sequence[int] = range(5),
    holidays: Iterable[str] = (),
    zone: str = ZONE,
) -> CalendarTerm:
    """A calendar of weekly hours, on working days from 9 to 17 unless stated otherwise."""
    week = WeeklyHours(tuple(weekdays), opens * HOUR, closes * HOUR)
    closed = tuple(date.fromisoformat(day) for day in holidays)
    made = Calendar.weekly(Zone.load(zone), [week], holidays=closed)
    return CalendarTerm(name, clause(name, "calendar"), made, tuple((day, "") for day in closed))


# -------------------------------------------------------------------------------------- events
def kind(name: str, /, *keys: str, from_field: str = "", to_field: str = "", **others: Kind) -> EventKind:
    """An event kind: key fields of text, then other fields, all of them optional."""
    fields = [EventField(key, kinds.TEXT, key=True) for key in keys]
    fields += [EventField(field, of, optional=True) for field, of in others.items()]
    return EventKind(name, clause(name, "event"), tuple(fields), from_field=from_field, to_field=to_field)


_SOURCE = "s"


def event(
    kind: str,
    when: str | int,
    id: str | int,
    /,
    *,
    known: str | int | None = None,
    until: str | int | None = None,
    rev: int = 0,
    retracts: bool = False,
    source: str = _SOURCE,
    effective: bool = True,
    **fields: Any,
) -> Event:
    """An event that acts `when` (an interval, to `until`) and is known then, unless `known` says otherwise."""
    acts = at(when) if isinstance(when, str) else when
    ends = at(until) if isinstance(until, str) else until
    seen = acts if known is None else at(known) if isinstance(known, str) else known
    return Event(
        kind, source, str(id), acts, seen, acts, fields, ends=ends, rev=rev, retracts=retracts, effective=effective
    )


def period(text: str) -> object:
    """The value of a period field: `2026-04`, `2026-Q2`, `2026`."""
    return parse_period(text)


def on(event: str, where: ex.Expression | None = None) -> Selector:
    return Selector(event, where)


def state(name: str, starts: str = "", ends: str = "", by: Sequence[str] = (), intervals: str = "") -> State:
    """A state from one event kind to another, or during the events of one kind."""

    def those(word: str) -> tuple[Selector, ...]:
        return tuple(Selector(w) for w in word.split())

    return State(name, clause(name, "state"), tuple(by), those(starts), those(ends), those(intervals))


# -------------------------------------------------------------------------------------- norms
def norm(
    name: str,
    *,
    opening: Any = (),
    acts: Any = (),
    due: Due | None = None,
    form: str = "obligation",
    modality: str = "must",
    clock: Clock | None = None,
    **others: Any,
) -> Norm:
    """A norm. `opening` and `acts`: names of event kinds (or openings and selectors themselves)."""
    return Norm(
        name=name, clause=clause(name, form), form=form, modality=modality,
        bearer=("provider",), counterparty=("client",),
        opening=tuple(_opening(each) for each in _several(opening)),
        acts=tuple(Selector(each) if isinstance(each, str) else each for each in _several(acts)),
        due=due, clock=clock or Clock(), **others,
    )  # fmt: skip


def _several(what: Any) -> tuple[Any, ...]:
    if isinstance(what, str):
        return tuple(what.split())
    return tuple(what) if isinstance(what, list | tuple) else (what,)


def _opening(what: Any) -> Any:
    if isinstance(what, str):
        return OnEvent(Selector(what))
    if isinstance(what, Selector):
        return OnEvent(what)
    return OnPeriod(what) if isinstance(what, Grid) else what


def prohibition(name: str, acts: Any, **others: Any) -> Norm:
    return norm(name, acts=acts, form="prohibition", modality="must not", **others)


def right(name: str, *, opening: Any = (), acts: Any = (), due: Due | None = None, **others: Any) -> Norm:
    return norm(name, opening=opening or WhenImposed(), acts=acts, due=due, form="right", modality="may", **others)


def level(
    ladder: str, number: int, *, opening: Any = (), acts: Any = (), due: Due | None = None, **others: Any
) -> Norm:
    """The level of a ladder, named `ladder_number`."""
    return norm(f"{ladder}_{number}", opening=opening or WhenImposed(), acts=acts, due=due, form="level",
                ladder=ladder, level=number, **others)  # fmt: skip


def ladder(name: str, *levels: Norm) -> Ladder:
    return Ladder(name, clause(name, "escalation"), tuple(each.name for each in levels))


def within(length: Length | None = None, **others: Any) -> Due:
    return Due("within", length, **others)


def less_than(length: Length | None = None, **others: Any) -> Due:
    return Due("less than", length, **others)


ONCE, IMPOSED = Once(), WhenImposed()


# -------------------------------------------------------------------------------------- expressions
def number(value: int | Fraction) -> ex.Literal:
    return ex.Literal(value, kinds.NUMBER)


def share(value: int | Fraction) -> ex.Literal:
    return ex.Literal(value, kinds.SHARE)


def money(value: int | Fraction) -> ex.Literal:
    return ex.Literal(value, kinds.money("GBP"))


def text(value: str) -> ex.Literal:
    return ex.Literal(value, kinds.TEXT)


def field_is(name: str, value: object) -> ex.Compare:
    return ex.Compare("=", ex.FieldOf(name), ex.Literal(value, kinds.TEXT))


def count(rows: ex.Rows, where: ex.Expression | None = None) -> ex.Aggregate:
    return ex.Aggregate("count", rows, where)


def events(kind: str, by_period: str | None = None) -> ex.EventRows:
    return ex.EventRows(kind, by_period)


def outcomes(norm: str, *statuses: str, counted: str = "decided") -> ex.OutcomeRows:
    return ex.OutcomeRows(norm, statuses or ("fulfilled", "missed"), counted)


def share_of(norm: str, counted: str = "decided") -> ex.Arithmetic:
    """Fulfilled, of all fulfilled and missed."""
    return ex.Arithmetic(
        "/", count(outcomes(norm, "fulfilled", counted=counted)), count(outcomes(norm, counted=counted))
    )


def total(kind: str, field: str, **others: Any) -> ex.Aggregate:
    return ex.Aggregate("sum", events(kind), value=ex.FieldOf(field), **others)


def same(figure: str) -> ex.FigureAt:
    return ex.FigureAt(figure, ex.Same())


def back(figure: str, first: ex.Expression, n: int = 1) -> ex.FigureAt:
    return ex.FigureAt(figure, ex.Back(n, first))


def is_(how: str, figure: str) -> ex.Standing:
    """`is_("missed", "on_time")` in the same window."""
    return ex.Standing(figure, how, ex.Same())


# -------------------------------------------------------------------------------------- figures and money
def figure(
    name: str, value: ex.Expression, grid: Grid = MONTH, *, of: Kind = kinds.NUMBER, by: Any = (), **others: Any
) -> Figure:
    """A figure. `by`: names of groups seen, or (name, members) for stated ones."""
    groups = tuple(Group(each) if isinstance(each, str) else Group(each[0], tuple(each[1])) for each in by)
    return Figure(name, clause(name, "measure"), others.pop("purpose", "measure"), of, grid, value, groups, **others)


def target(op: str, bound: ex.Expression, rounding: Rounding | None = None) -> Target:
    return Target(op, bound, rounding)


def line(
    name: str, figure: str | None = None, *, payer: str = "provider", payee: str = "client", rounding: Rounding = CENT
) -> Line:
    return Line(name, clause(name, "credit"), payer, payee, "GBP", rounding, figure)


def account(name: str, limit: ex.Expression, lines: str, grid: Grid = MONTH, rounding: Rounding = CENT) -> Account:
    return Account(name, clause(name, "cap"), grid, limit, tuple(lines.split()), rounding)


def rule(name: str, occasion: Any, *then: Any, when: ex.Expression | None = None, recurrence: Any = None) -> Rule:
    return Rule(name, clause(name, "trigger"), occasion, when, recurrence, tuple(then))


# -------------------------------------------------------------------------------------- what came of it
def named(ledger: Ledger, name: str) -> Entry:
    """The entry of that name that stands at the end."""
    found = {entry.name: entry for entry in ledger.outcome}
    assert name in found, f"{name} is not among {sorted(found)}"
    return found[name]


def names(ledger: Ledger, *kinds: str) -> list[str]:
    """Names of the entries that stand, in ledger order; only of these kinds, if any are given."""
    return [entry.name for entry in ledger.outcome if not kinds or entry.kind in kinds]


def postings(ledger: Ledger, *kinds: str) -> list[tuple[str, str, int]]:
    """(kind of posting, id, known) of all that was posted of entries of these kinds."""
    return [(p.kind, p.id, p.known) for p in ledger.posted if not kinds or p.entry.kind in kinds]
