"""Conditions on an event in the words of the agreement, and which of its fields they ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bpodsl.record import Event
from bpodsl.record.conditions import EventScope, evaluate
from bpodsl.report.show import Show
from bpodsl.terms import Expression, Kind, NotMeasured, walk
from bpodsl.terms import expressions as ex

_OPS: Final[Mapping[str, str]] = {
    "=": "is", "!=": "is not", ">": "more than", "<": "less than", ">=": "at least", "<=": "at most",
}  # fmt: skip


def written(condition: Expression | None, show: Show) -> str:
    """The condition as an agreement writes it; "" where it asks for more than fields, calendars and states."""
    match condition:
        case ex.FieldOf(name) | ex.Ruled(name) | ex.Answered(name) | ex.GroupKey(name):
            return name
        case ex.Literal(value, kind):
            return show.value(value, kind)
        case ex.InState(name):
            return f"during {name}"
        case ex.InCalendar(name):
            return f"in {name}"
        case ex.Not(part):
            said = written(part, show)
            return said and f"not {said}"
        case ex.AllOf(parts) | ex.AnyOf(parts):
            each = [written(part, show) for part in parts]
            return (" and " if isinstance(condition, ex.AllOf) else " or ").join(each) if all(each) else ""
        case ex.Compare(op, left, right):
            sides = written(left, show), written(right, show)
            return f"{sides[0]} {_OPS[op]} {sides[1]}" if all(sides) else ""
        case _:
            return ""


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
