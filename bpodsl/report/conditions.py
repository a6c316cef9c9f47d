"""Conditions on an event in the words of the agreement, and which of its fields they ask for."""

from __future__ import annotations

from bpodsl.record import Event
from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.report.show import Show
from bpodsl.terms import Expression, Kind, NotMeasured, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import in_words


def written(condition: Expression | None, show: Show) -> str:
    """The condition as an agreement writes it; "" where a part of it has no short words."""
    return in_words(condition, show.value, lambda _: "")


def holds_of(condition: Expression | None, event: Event, show: Show) -> bool | None:
    """Whether a condition holds of an event; None where that does not follow from the event alone."""
    if condition is None:
        return True
    known = ex.Literal | ex.FieldOf | ex.Compare | ex.AllOf | ex.AnyOf | ex.Not | ex.InCalendar
    if not all(isinstance(part, known | Kind) for part in walk(condition)):
        return None
    fields = {name: value for name, value in event.fields.items() if value is not None}
    for kind in show.contract.events:
        if kind.name == event.kind:
            fields = {f.name: f.default for f in kind.fields if f.default is not None} | fields
    calendars = {each.name: each.calendar for each in show.contract.calendars}
    found = evaluate(condition, EventScope(fields, event.acts, show.zone, calendars))
    return False if isinstance(found, NotMeasured) else found is True


def asked_fields(condition: Expression | None, event: Event, show: Show) -> str:
    """The fields of an event that a condition asks for, with their values: `priority P2`."""
    kinds = {f.name: f.kind for e in show.contract.events if e.name == event.kind for f in e.fields}
    found = []
    for name in dict.fromkeys(part.name for part in walk(condition) if isinstance(part, ex.FieldOf | ex.Ruled)):
        value = event.fields.get(name)
        if name in kinds:
            found.append(f"{name} is not given" if value is None else f"{name} is {show.value(value, kinds[name])}")
    return ", ".join(found)
