"""Why a trigger on events, outcomes or lasting states is not the case."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bpodsl.bounds.measuring import window_told
from bpodsl.record import Entry
from bpodsl.report.conditions import asked_fields, holds_of, written
from bpodsl.report.history import History, in_short
from bpodsl.terms import Expression, Length, OnAny, OnFired, OnHappens, OnLasting, OnOutcome, Rule, outcomes_of
from bpodsl.terms.kinds import LENGTH
from bpodsl.values import show_length

_MOST = 6
Outcomes = Callable[[str, str], list[Entry]]


def occasions(run: History, rule: Rule, outcomes: Outcomes) -> Iterator[str]:
    """What it waits for, how often that came about, and when."""
    match rule.on:
        case OnHappens(selector):
            said = written(selector.where, run.show)
            what = f"the event {selector.event}" + (f" where {said}" if said else "")
            yield from _events(run, rule, selector.event, selector.where, what)
        case OnOutcome() | OnAny():
            either = outcomes_of(rule.on)
            every = sorted((e for on in either for e in outcomes(on.norm, on.outcome)), key=lambda e: e.at)
            found = [f"{run.show.instant(e.at)}  {run.words.entry(e)}" for e in every]
            what = " or ".join(f"{run.words.clause(on.norm)} {on.outcome}" for on in either)
            yield from _often(run, rule, what, found)
        case OnFired(other):
            seen = (e for e in run.ledger.outcome if (e.kind, e.clause) == ("Fired", other))
            fired = sorted(seen, key=lambda e: e.at)
            found = [f"{run.show.instant(e.at)}  {run.words.entry(e)}" for e in fired]
            yield from _often(run, rule, f"{run.words.clause(other)} to fire", found)
        case OnLasting():
            yield from _lasting(run, rule.on)


def _events(run: History, rule: Rule, kind: str, where: Expression | None, what: str) -> Iterator[str]:
    lines, others = [], []
    for event in run.reported(kind):
        noted = [e for e in run.ledger.outcome if e.kind == "Noted" and event.ref in e.event_causes]
        why = next((run.words.entry(each) for each in noted), "")
        if not why and holds_of(where, event, run.show) is False:
            fields = asked_fields(where, event, run.show)
            why = f"the condition does not hold of it{': ' if fields else ''}{fields}"
        if why:
            others.append(f"{run.told(event)}: {why}")
        else:
            lines.append(run.told(event))
    yield from _often(run, rule, what, lines)
    if others:
        yield f"{len(others)} more do not count:"
        yield from in_short((f"  {line}" for line in others), _MOST, run.full, "events")


def _often(run: History, rule: Rule, what: str, found: list[str]) -> Iterator[str]:
    """How often it is needed, and how often it was so."""
    again = rule.recurrence
    span = "" if again is None or again.span is None else f" in any {length(again.span)}"
    if again is not None and again.within is not None:
        span = f" within {window_told(again.within)}"
    by = "" if again is None or not again.by else f", for one {' and '.join(again.by)}"
    by += "" if again is None or not again.once else f", counted once a {again.once}"
    need = f"it waits for {what}" if again is None else f"it needs {what} {again.n} times{span}{by}"
    if not found:
        yield f"{need}; that did not happen until {run.show.instant(run.ledger.until)}"
        return
    times = "once" if len(found) == 1 else f"{len(found)} times"
    more = "" if again is not None or rule.when is None else ", and the condition did not hold then"
    more = f", never {again.n} times{span or ' in all'}{by}" if again is not None else more
    yield f"{need}; that happened {times}{more}:"
    yield from in_short((f"  {line}" for line in found[::-1]), _MOST, run.full, "before them")


def _lasting(run: History, on: OnLasting) -> Iterator[str]:
    outcome, name = run.ledger.outcome, run.words.clause(on.state)
    need = f"it needs {name} to last {on.edge} {length(on.length)}"
    if on.again is not None:
        need += f", and again every {length(on.again)}" + (f", {on.most} times in all" if on.most else "")
    closed = {e.instance: e for e in outcome if e.clause == on.state and e.kind == "Closed"}
    opened = [e for e in outcome if e.clause == on.state and e.kind == "Opened"]
    if not opened:
        yield f"{need}; it never began until {run.show.instant(run.ledger.until)}"
        return
    lasted = []
    for entry in opened:
        end = closed.get(entry.instance)
        ticks = (run.ledger.until if end is None else end.at) - entry.at
        lasted.append((ticks, entry, end))
    lasted.sort(key=lambda each: (-each[0], each[1].at))
    times = "once" if len(lasted) == 1 else f"{len(lasted)} times"
    yield f"{need}; it began {times}, {'the longest first' if len(lasted) > 1 else 'as follows'}:"
    lines = []
    for ticks, entry, end in lasted:
        which = run.words.of(entry)
        until = f"to {run.show.instant(end.at)}" if end is not None else "and not over yet"
        told = run.show.value(ticks, LENGTH)
        lines.append(f"  {run.show.instant(entry.at)} {until}{' ' if which else ''}{which}: {told}")
    yield from in_short(lines, _MOST, run.full, "shorter")


def length(value: Length) -> str:
    """A length as an agreement writes it."""
    calendar = f" of {value.calendar}" if value.calendar else ""
    if value.by_clock:
        return f"{show_length(value.amount)}{calendar}"
    unit = value.unit if value.amount != 1 else value.unit.removesuffix("s")
    return f"{value.amount} {unit}{calendar}"
