"""Conditions and formulas in the words of an agreement: the one place where an expression becomes a sentence.

How a value is written, and what is said of parts that have no words here, is the affair of whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import Kind

OPS: Final = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "is", "!=": "is not"}
"""How two values stand to each other."""

Write = Callable[[object, Kind], str]
"""A value of a kind as it is written."""
Other = Callable[[object], str]
"""What is said of a part that has no words here; "" if nothing can be."""

_WEAK: Final = ("+", "-")


def in_words(part: object, write: Write, other: Other) -> str:
    """An expression as an agreement writes it; "" if a part of it cannot be said."""
    match part:
        case ex.Literal(value, kind):
            return write(value, kind)
        case ex.FieldOf(name) | ex.Ruled(name) | ex.Answered(name) | ex.GroupKey(name):
            return name
        case ex.CaseField(event, name):
            return f"{name} of {event}"
        case ex.Outer(value):
            told = in_words(value, write, other)
            return _joined("outer {}", told if isinstance(value, ex.FieldOf) else told and f"({told})")
        case ex.OfSum(value):
            return in_words(value, write, other)
        case ex.InState(name):
            return f"during {name}"
        case ex.InCalendar(name):
            return f"in {name}"
        case ex.FigureAt(name, shift):
            return _at(name, shift, write, other)
        case ex.Standing(name, how, shift):
            return f"{_at(name, shift, write, other)} is {how}"
        case ex.Compare("=", left, ex.Literal(True)):
            return in_words(left, write, other)
        case ex.Compare("=", left, ex.Literal(False)):
            return _joined("not {}", in_words(left, write, other))
        case ex.Compare(op, left, right):
            return _joined(f"{{}} {OPS[op]} {{}}", *(in_words(each, write, other) for each in (left, right)))
        case ex.AllOf(parts) | ex.AnyOf(parts):
            loose, word = (ex.AnyOf, " and ") if isinstance(part, ex.AllOf) else (ex.AllOf, " or ")
            return _joined(word.join("{}" for _ in parts), *(_inner(each, write, other, loose) for each in parts))
        case ex.Not(of):
            return _joined("not {}", _inner(of, write, other, ex.AllOf, ex.AnyOf))
        case ex.Arithmetic("*", ex.Literal() as share, of) if share.kind.base == "share":
            return _joined("{} of {}", write(share.value, share.kind), _term(of, "/", write, other))
        case ex.Arithmetic(op, left, right):
            second = _term(right, "/" if op == "*" else op, write, other, right=True)
            return _joined(f"{{}} {op} {{}}", _term(left, op, write, other), second)
        case _:
            return other(part)


def _joined(form: str, *parts: str) -> str:
    """The parts in the form, "" if one of them is."""
    return form.format(*parts) if all(parts) else ""


def _inner(part: object, write: Write, other: Other, *loose: type) -> str:
    said = in_words(part, write, other)
    return f"({said})" if said and isinstance(part, loose) else said


def _term(part: object, op: str, write: Write, other: Other, right: bool = False) -> str:
    """A part of a sum or product, in brackets where it needs them."""
    said = in_words(part, write, other)
    loose = isinstance(part, ex.Arithmetic) and ((op not in _WEAK and part.op in _WEAK) or (right and op in "-/"))
    return f"({said})" if said and (loose or isinstance(part, ex.If | ex.Table | ex.Bands)) else said


def _at(name: str, shift: ex.Shift, write: Write, other: Other) -> str:
    """A figure, and of which window if not of the same."""
    if isinstance(shift, ex.Same):
        return name
    told = f"previous {name}" if shift.n == 1 else f"{name} of {shift.n} windows before"
    first = "" if isinstance(shift.first, ex.Unmeasured) else in_words(shift.first, write, other)
    return f"({told}, at first {first})" if first else told
