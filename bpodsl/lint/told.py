"""Conditions in the words of the language, as far as there are any."""

from __future__ import annotations

from typing import Final

from bpodsl.lint.domains import Domain
from bpodsl.lint.pieces import Piece, shown
from bpodsl.terms import Kind
from bpodsl.terms import expressions as ex
from bpodsl.values import show_length, show_time_of_day

_OPS: Final = {"=": "is", "!=": "is not", "<": "less than", "<=": "at most", ">": "more than", ">=": "at least"}


def told(part: object) -> str:
    """An expression as an agreement would write it; what is long is left out."""
    match part:
        case ex.Literal(value, kind):
            return _literal(value, kind)
        case ex.Compare("=", left, ex.Literal(True)):
            return told(left)
        case ex.Compare("=", left, ex.Literal(False)):
            return f"not {told(left)}"
        case ex.Compare(op, left, right):
            return f"{told(left)} {_OPS[op]} {told(right)}"
        case ex.AllOf(parts):
            return " and ".join(f"({told(each)})" if isinstance(each, ex.AnyOf) else told(each) for each in parts)
        case ex.AnyOf(parts):
            return " or ".join(told(each) for each in parts)
        case ex.Not(of):
            return f"not ({told(of)})" if isinstance(of, ex.AllOf | ex.AnyOf) else f"not {told(of)}"
        case ex.FieldOf(name) | ex.Ruled(name) | ex.Answered(name) | ex.GroupKey(name) | ex.FigureAt(name, ex.Same()):
            return name
        case ex.FigureAt(name, _):
            return f"previous {name}"
        case ex.CaseField(_, name):
            return name
        case ex.InState(name) | ex.InCalendar(name):
            return f"during {name}"
        case ex.Standing(name, how, ex.Same()):
            return f"{name} is {how}"
        case ex.Standing(name, how, _):
            return f"previous {name} is {how}"
        case ex.Reading():
            return "reading"
        case ex.Arithmetic(op, left, right):
            return f"{told(left)} {op} {told(right)}"
        case ex.Weekday(ex.Moment()):
            return "the weekday"
        case ex.Aggregate("count", ex.EventRows(event) | ex.TrailRows(event)):
            return f"count of {event} …"
        case _:
            return "…"


def _literal(value: object, kind: Kind) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if kind.base == "length" and isinstance(value, int):
        return show_length(value)
    if kind.base == "time" and isinstance(value, int):
        return show_time_of_day(value)
    if kind.base in ("number", "share", "money") and not isinstance(value, str):
        return shown(value, kind)  # type: ignore[arg-type]
    return str(value)


def range_of(domain: Domain, kind: Kind | None) -> str | None:
    """The values of a domain in words; None where it has no end."""
    if domain.values is not None:
        return " or ".join(_literal(value, kind or Kind("text")) for value in domain.values)
    if domain.low is None and domain.high is None:
        return None
    return Piece(domain.low, domain.low_in, domain.high, domain.high_in, None).told(kind)
