"""What is told of events, and of names from which nothing follows by itself: calendars, services, series …"""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.record import Event
from bpodsl.report.asked import Asked
from bpodsl.report.conditions import written
from bpodsl.report.history import History, in_short
from bpodsl.report.parties import has_field, of_field, of_party
from bpodsl.terms import Contract, EventKind, Question, Series, walk

_MOST = 12


def told(run: History, asked: Asked) -> Iterator[str]:
    """What there is to say of such a name; nothing of a clause from which something may follow."""
    contract, name = run.contract, asked.clause
    kind = run.kind(name)
    question = next((each for each in contract.questions if each.name == name), None)
    series = next((each for each in contract.series if each.name == name), None)
    calendar = next((each for each in contract.calendars if each.name == name), None)
    service = next((each for each in contract.services if each.name == name), None)
    stated = next((each for each in contract.stated if each.clause.name == name), None)
    if kind is not None:
        yield from _events(run, kind, asked)
    elif question is not None:
        yield from _question(run, question, asked)
    elif series is not None:
        yield from _series(run, series)
    elif calendar is not None:
        yield f"{_title(calendar.clause.shown, calendar.clause.reference)}: a calendar; time is counted in it by"
        users = _counting_in(contract, name)
        yield from (f"  {run.words.clause(each)}" for each in users)
        if not users:
            yield "  nothing"
    elif service is not None:
        provider = run.words.party(service.provider)
        yield f"{_title(service.clause.shown, service.clause.reference)}: a service that {provider} provides"
        yield from (f"  {what}: {', '.join(each)}" for what, each in (
            ("at", service.places), ("hours", (service.hours,) if service.hours else ()),
            ("includes", service.includes), ("excludes", service.excludes),
        ) if each)  # fmt: skip
        yield from (f"  {what}: {fact}" for what, fact in service.stated)
        yield "  Nothing is owed for it by itself: ask for a duty, measure or sum."
    elif stated is not None:
        head = _title(stated.clause.shown, stated.clause.reference)
        yield f"{head}: stated, not computed from events, because {stated.because}"
    else:
        party = next((each for each in contract.parties if each.name == name), None)
        if party is not None:
            yield from of_party(run, party)
        elif has_field(contract, name):
            yield from of_field(run, name)


def _title(shown: str, reference: str) -> str:
    return f"{shown} [{reference}]" if reference else shown


# ------------------------------------------------------------------ events
def _events(run: History, kind: EventKind, asked: Asked) -> Iterator[str]:
    """Each event of a kind, and what followed from it."""
    every = run.reported(kind.name)
    found = [event for event in every if _bears(event, asked.key)]
    late = [event for event in run.waiting if event.kind == kind.name and _bears(event, asked.key)]
    of = f" of {' '.join(asked.key)}" if asked.key else ""
    if not found and not late:
        more = f"; {len(every)} of others" if every else ""
        yield f"event {kind.name}: none{of} was reported until {run.show.instant(run.ledger.until)}{more}"
        return
    yield f"event {kind.name}: {len(found)}{of} reported"
    blocks = ("\n".join(_followed(run, event)) for event in found)
    for block in in_short(blocks, _MOST, run.full, "events"):
        yield from (f"  {line}" for line in block.split("\n"))
    for event in late:
        yield f"  {run.told(event)}"
        until = run.show.instant(run.ledger.until)
        yield f"    waits: it is known only from {run.show.instant(event.known)} on; time is known until {until}"


def _followed(run: History, event: Event) -> Iterator[str]:
    yield run.told(event)
    refs = {each.ref for each in run.events.values() if each.identity == event.identity}
    entries = [e for e in run.ledger.outcome if refs & set(e.event_causes)]
    yield from in_short(
        (f"  {run.show.instant(e.at)}  {run.words.entry(e)}" for e in entries), _MOST, run.full, "that followed"
    )
    if not entries:
        yield "  nothing followed from it"


def _bears(event: Event, key: tuple[str, ...]) -> bool:
    have = {str(value) for value in event.fields.values()} | {event.id, event.identity}
    return all(text in have for text in key)


# ------------------------------------------------------------------ questions, series, calendars
def _question(run: History, question: Question, asked: Asked) -> Iterator[str]:
    """To each event about which it arises: the answer, or that it is open."""
    where = written(question.where, run.show)
    yield f"{question.clause.shown}: asked of each {question.event}{' where ' if where else ''}{where}"
    lines = []
    for event in run.reported(question.event):
        if _bears(event, asked.key):
            value = event.fields.get(question.name)
            lines.append(f"  {value if value is not None else 'open'}: {run.told(event)}")
    yield from in_short(lines or ["  none was reported"], _MOST, run.full, "events")
    late = [e for e in run.events.values() if e.late_for[0] == question.name and _bears(e, asked.key)]
    if late:
        yield "Reported without effect:"
        lines = [f"  {event.late_for[1]}: {run.told(event)}" for event in sorted(late, key=lambda e: (e.acts, e.order))]
        yield from in_short(lines, _MOST, run.full, "events")


def _series(run: History, series: Series) -> Iterator[str]:
    """Its points: those that the agreement states, and the events that add to them."""
    yield f"{_title(series.clause.shown, series.clause.reference)}: a series of values"
    lines = []
    for point in series.points:
        value = run.show.value(point.value, series.kind)
        lines.append(f"  {' '.join((*point.key, point.at.isoformat()))}: {value}, written in the agreement")
    lines += [f"  {run.told(event)}" for event in (run.reported(series.event) if series.event else ())]
    yield from in_short(lines or ["  none is recorded"], _MOST, run.full, "points")


def _counting_in(contract: Contract, name: str) -> list[str]:
    """The clauses that count time in a calendar, or ask whether it is open."""
    tables = (contract.norms, contract.figures, contract.rules, contract.accounts, contract.states)
    found = [
        term.name for terms in tables for term in terms
        if "." not in term.name and any(_is_in(part, name) for part in walk(term))
    ]  # fmt: skip
    ladders = [x.name for x in contract.ladders for n in contract.norms if n.name in x.levels and any(
        _is_in(part, name) for part in walk(n)
    )]  # fmt: skip
    return list(dict.fromkeys((*found, *ladders)))


def _is_in(part: object, name: str) -> bool:
    return name in (getattr(part, "calendar", None), getattr(part, "roll_calendar", None))
