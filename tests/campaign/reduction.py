"""Making a failure small: drop and simplify whatever it does not need."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic

from attrs import NOTHING, Factory, evolve, fields, has

from bpodsl.record import Event
from bpodsl.terms import ByTime, Contract, Due, Kind, Length, Norm, levels, walk
from bpodsl.terms import expressions as ex
from tests.campaign.cases import Case
from tests.campaign.compare import compare

SIMPLER = ("rules", "accounts", "lines", "figures", "ladders", "norms", "states", "series", "questions")
TABLES = (*SIMPLER, "events", "calendars", "changes", "assignments")


def reduced(case: Case, seconds: float = 60.0) -> Case:
    """A smaller case that differs in the same way."""
    _, found = compare(case.contract, case.events, case.until)
    if found is None:
        return case

    def fails(tried: Case) -> bool:
        if not sound(tried.contract):
            return False
        _, difference = compare(tried.contract, tried.events, tried.until, 10.0)
        return difference is not None and difference.sort == found.sort

    end = monotonic() + seconds
    before = None
    while before != case and monotonic() < end:
        before = case
        case = _fewer_events(case, fails, end)
        case = _climb(case, _without_terms, fails, end)
        case = _fewer_events(case, fails, end)
        case = _climb(case, _simpler, fails, end)
        case = _climb(case, _simpler_events, fails, end)
        case = _climb(case, _without_fields, fails, end)
    return case


def sound(contract: Contract) -> bool:
    """Whether every name that is used exists, and no circle."""
    try:
        levels(contract)
    except (KeyError, ValueError):
        return False
    kinds = {k.name for k in contract.events}
    spoken_of = {k.relates.event for k in contract.events if k.relates is not None}
    lent = {name for each in contract.lendings for name in (each.to, each.event)}
    if not spoken_of | lent | {q.event for q in contract.questions} <= kinds:
        return False
    names = {c.name for c in contract.calendars}
    norms = {n.name for n in contract.norms}
    lines = {n.name for n in contract.lines}
    for part in walk(tuple(t for table in TABLES if table != "calendars" for t in getattr(contract, table))):
        used: list[str | None] = []
        match part:
            case Length(_, _, calendar):
                used = [calendar]
            case ex.InCalendar(calendar) | ex.CalendarTimes(calendar) | ex.OpenTime(calendar):
                used = [calendar]
            case ex.Between(_, _, _, _, calendar) | ex.InstantAfter(_, _, calendar):
                used = [calendar]
            case Due(_, None, "opening", _, None, _, None, weekday=None, time=None) | Due(anchor="field", field=""):
                return False
            case ByTime(_, calendar):
                used = [calendar]
            case ex.Aggregate(op, value=None) if op != "count":
                return False
            case ex.Aggregate("quantile", q=None):
                return False
            case Norm():
                used = [part.clock.calendar, *(d.roll_calendar for d in (part.due, part.cure) if d is not None)]
        if not all(name in names for name in used if name is not None):
            return False
    by = {f.name: {g.name for g in f.by} for f in contract.figures}
    for figure in contract.figures:
        for part in walk((figure.value, figure.target, figure.minimum, figure.shows, figure.awaits)):
            if isinstance(part, ex.FigureAt | ex.Standing) and not by[part.figure] <= by[figure.name]:
                return False
            if isinstance(part, ex.GroupKey) and part.name not in by[figure.name]:
                return False
    ladders = all(level in norms for ladder in contract.ladders for level in ladder.levels)
    named = {ladder.name for ladder in contract.ladders}
    levelled = all(n.ladder in named for n in contract.norms if n.ladder)
    return ladders and levelled and all(name in lines for a in contract.accounts for name in a.lines)


def _climb(case: Case, ways: Callable[[Case], Iterator[Case]], fails: Callable[[Case], bool], end: float) -> Case:
    """Take the first smaller case that still fails, as long as there is one."""
    moved = True
    while moved:
        moved = False
        for tried in ways(case):
            if monotonic() > end:
                return case
            if fails(tried):
                case, moved = tried, True
                break
    return case


def _fewer_events(case: Case, fails: Callable[[Case], bool], end: float) -> Case:
    size = max(1, len(case.events) // 2)
    while True:
        start, dropped = 0, False
        while start < len(case.events) and monotonic() < end:
            tried = evolve(case, events=case.events[:start] + case.events[start + size :])
            if fails(tried):
                case, dropped = tried, True
            else:
                start += size
        if (size == 1 and not dropped) or monotonic() > end:
            return case
        size = size if dropped and size == 1 else max(1, size // 2)


def _without_terms(case: Case) -> Iterator[Case]:
    contract = case.contract
    for ladder in contract.ladders:
        norms = tuple(n for n in contract.norms if n.ladder != ladder.name)
        ladders = tuple(other for other in contract.ladders if other != ladder)
        yield evolve(case, contract=evolve(contract, norms=norms, ladders=ladders))
    for table in TABLES:
        terms = getattr(case.contract, table)
        for i in range(len(terms)):
            yield evolve(case, contract=evolve(case.contract, **{table: terms[:i] + terms[i + 1 :]}))


def _simpler(case: Case) -> Iterator[Case]:
    contract = case.contract
    if contract.term.renewal is not None:
        yield evolve(case, contract=evolve(contract, term=evolve(contract.term, renewal=None)))
        for renewal in _variants(contract.term.renewal):
            yield evolve(case, contract=evolve(contract, term=evolve(contract.term, renewal=renewal)))
    for table in SIMPLER:
        terms = getattr(contract, table)
        for i, term in enumerate(terms):
            for variant in _variants(term):
                yield evolve(case, contract=evolve(contract, **{table: (*terms[:i], variant, *terms[i + 1 :])}))


def _variants(value: object) -> Iterator[object]:
    """The same with one part left out, or put more simply."""
    if isinstance(value, tuple):
        if len(value) > 1:
            for i in range(len(value)):
                yield value[:i] + value[i + 1 :]
        for i, part in enumerate(value):
            for variant in _variants(part):
                yield (*value[:i], variant, *value[i + 1 :])
        return
    if not has(type(value)) or isinstance(value, ex.Literal | Kind | Length):
        return
    match value:
        case ex.AllOf(parts) | ex.AnyOf(parts) | ex.Smallest(parts) | ex.Largest(parts):
            yield from parts
        case ex.UnionTimes(parts) | ex.BothTimes(parts):
            yield from parts
        case ex.Not(part):
            yield part
        case ex.If(_, then, otherwise):
            yield from (then, otherwise)
        case ex.IfMeasured(part, _) | ex.Rounded(part, _) | ex.LessTimes(part, _):
            yield part
        case ex.Arithmetic("+" | "-", left, right):
            yield from (left, right)
        case ex.Arithmetic(_, left, _):
            yield left
        case ex.Table(_, _, otherwise) if otherwise is not None:
            yield otherwise
    for attribute in fields(type(value)):
        if not attribute.init or attribute.name in (
            "name",
            "clause",
            "span",
            "kind",
            "grid",
            "ladder",
            "level",
            "opening",
        ):
            continue
        given = getattr(value, attribute.name)
        default = attribute.default
        if isinstance(default, Factory):  # type: ignore[arg-type]
            continue
        alias = attribute.alias or attribute.name
        if default is not NOTHING and given != default:
            yield evolve(value, **{alias: default})
        for variant in _variants(given):
            yield evolve(value, **{alias: variant})


def _simpler_events(case: Case) -> Iterator[Case]:
    for i, event in enumerate(case.events):
        for variant in _simpler_event(event):
            yield evolve(case, events=(*case.events[:i], variant, *case.events[i + 1 :]))


def _simpler_event(event: Event) -> Iterator[Event]:
    if event.known != event.acts:
        yield evolve(event, known=event.acts, time=event.acts)
    if event.day is not None:
        yield evolve(event, day=None)
    if event.rev and not event.retracts:
        yield evolve(event, rev=0)


def _without_fields(case: Case) -> Iterator[Case]:
    """Without a field of events that nothing names."""
    contract = case.contract
    said = repr(evolve(contract, events=()))
    for i, kind in enumerate(contract.events):
        for field in kind.fields:
            used = (kind.happens, kind.from_field, kind.to_field, kind.period)
            if field.name in used or f"'{field.name}'" in said:
                continue
            smaller = evolve(kind, fields=tuple(f for f in kind.fields if f.name != field.name))
            events = tuple(
                evolve(e, fields={n: v for n, v in e.fields.items() if n != field.name}) if e.kind == kind.name else e
                for e in case.events
            )
            kinds = (*contract.events[:i], smaller, *contract.events[i + 1 :])
            yield evolve(case, contract=evolve(contract, events=kinds), events=events)
