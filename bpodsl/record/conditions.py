"""Expressions over the fields of one event: what the rows of a notice table ask.

What asks for more than the event itself (a figure, a state) is not measured here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from bpodsl.record.dates import computed, operands
from bpodsl.record.many import many
from bpodsl.terms import Expression, NotMeasured
from bpodsl.terms import expressions as x
from bpodsl.values import Calendar, Zone, exact, round_to

_NOTHING_ELSE = NotMeasured("not known of an event alone")
_NO_DIVISOR = NotMeasured("division by zero")


@many
class EventScope:
    """An event as a condition sees it: its fields, and the instant at which it happened."""

    fields: Mapping[str, object]
    at: int
    zone: Zone
    calendars: Mapping[str, Calendar]


def holds(condition: Expression, scope: EventScope) -> bool:
    """Whether the condition is true; one that is not measured does not hold."""
    return evaluate(condition, scope) is True


def evaluate(expression: Expression, scope: EventScope) -> object:
    """The value of the expression for one event, or `NotMeasured`."""
    match expression:
        case x.Literal(value):
            return value
        case x.Unmeasured(why):
            return NotMeasured(why)
        case x.FieldOf(name):
            return scope.fields.get(name, NotMeasured(f"`{name}` is not given"))
        case x.InCalendar(name):
            calendar = scope.calendars.get(name)
            return _NOTHING_ELSE if calendar is None else calendar.is_open(scope.at)
        case x.Moment("row", by_day):
            return scope.zone.day(scope.at) if by_day else scope.at
        case x.Not(part):
            value = evaluate(part, scope)
            return value if isinstance(value, NotMeasured) else value is not True
        case x.AllOf(parts):
            return _joined(parts, scope, False)
        case x.AnyOf(parts):
            return _joined(parts, scope, True)
        case x.If(condition, then, otherwise):
            chosen = evaluate(condition, scope)
            if isinstance(chosen, NotMeasured):
                return chosen
            return evaluate(then if chosen is True else otherwise, scope)
        case x.IfMeasured(value, otherwise):
            found = evaluate(value, scope)
            return evaluate(otherwise, scope) if isinstance(found, NotMeasured) else found
        case _:
            return _reckoned(expression, scope)


def _reckoned(expression: Expression, scope: EventScope) -> object:
    match expression:
        case x.Compare(op, left, right):
            return _with(lambda a, b: _compare(op, a, b), (left, right), scope)
        case x.Arithmetic(op, left, right):
            return _with(lambda a, b: _arithmetic(op, a, b), (left, right), scope)
        case x.Smallest(parts):
            return _with(lambda *values: min(values), parts, scope)
        case x.Largest(parts):
            return _with(lambda *values: max(values), parts, scope)
        case x.Rounded(value, rounding):
            return _with(lambda a: round_to(a, rounding.step, rounding.rule), (value,), scope)  # type: ignore[arg-type]
        case x.Table(subject, rows, otherwise):
            for row in rows:
                applies = evaluate(x.Compare(row.op, subject, row.bound), scope)
                if isinstance(applies, NotMeasured):
                    return applies
                if applies:
                    return evaluate(row.result, scope)
            return _NOTHING_ELSE if otherwise is None else evaluate(otherwise, scope)
        case (
            x.DayOf() | x.CellDay() | x.TimeOfDay() | x.Weekday() | x.Between() | x.OpenTime() | x.DayAfter()
            | x.InstantAfter()
        ):  # fmt: skip
            parts = operands(expression)
            return _with(lambda *found: computed(expression, [*found], scope.zone, scope.calendars), parts, scope)
        case _:
            return _NOTHING_ELSE


def _joined(parts: Iterable[Expression], scope: EventScope, decisive: bool) -> object:
    """Strong Kleene: one part that is decisive decides, else one that is not measured does."""
    unknown: NotMeasured | None = None
    for part in parts:
        value = evaluate(part, scope)
        if isinstance(value, NotMeasured):
            unknown = unknown or value
        elif value is decisive:
            return decisive
    return unknown or (not decisive)


def _with(act: Callable[..., object], parts: Iterable[Expression], scope: EventScope) -> object:
    values = []
    for part in parts:
        value = evaluate(part, scope)
        if isinstance(value, NotMeasured):
            return value
        values.append(value)
    return act(*values)


def _compare(op: str, a: object, b: object) -> bool:
    if op in ("=", "!="):
        return (a == b) is (op == "=")
    left, right = _ranked(a), _ranked(b)
    return {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}[op]


def _ranked(value: object) -> "Fraction":  # noqa: UP037
    return value.encode() if isinstance(value, str) else value  # type: ignore[return-value]


def _arithmetic(op: str, a: Fraction, b: Fraction) -> object:
    if op == "/":
        return exact(Fraction(a) / Fraction(b)) if b else _NO_DIVISOR
    return exact({"+": a + b, "-": a - b, "*": a * b}[op])
