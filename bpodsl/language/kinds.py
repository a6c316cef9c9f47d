"""Which kinds of values go together, and what comes of them.

An operand is *typed*: its expression and its kind. The kind None stands for one that an error, already
reported, leaves unknown; it goes with everything, so that one mistake gives one problem. A quotient of
two like values is a plain number or a share, as whoever meets it needs (`ratio`).

Open time of a calendar is a length of its own: here (not in the terms) its kind names the calendar.
"""

from __future__ import annotations

from bpodsl.language.names import listed
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Expression, Kind
from bpodsl.terms.expressions import Literal, Unmeasured
from bpodsl.terms.kinds import NUMBER, SHARE
from bpodsl.text import Span

COUNTABLE = ("number", "share", "money", "length")
"""Kinds that can be added and multiplied."""

ORDERED = (*COUNTABLE, "instant", "day", "period", "time")
"""Kinds of which one value is more than another."""


@frozen
class Typed:
    """An expression, its kind (None: unknown), and where it was written.

    `fixed`: what made a number or a percentage of a ratio in it, where that stands.
    """

    expression: Expression
    kind: Kind | None
    span: Span | None = None
    ratio: bool = False
    fixed: Span | None = None

    @property
    def base(self) -> str:
        return "" if self.kind is None else self.kind.base


UNKNOWN = Typed(Unmeasured("not understood"), None)
"""What a part that makes no sense is lowered to; its problem has been reported."""


def open_length(calendar: str | None) -> Kind:
    """The kind of lengths that a clock of this calendar reads (None: elapsed time)."""
    return Kind("length", () if calendar is None else (calendar,))


def plain(kind: Kind) -> Kind:
    """The kind as the terms know it."""
    return Kind("length") if kind.base == "length" else kind


def told(kind: Kind | None, ratio: bool = False) -> str:
    """A kind in words, with its article."""
    if kind is None:
        return "something not understood"
    if ratio:
        return "a ratio"
    match kind.base:
        case "number":
            return "a number"
        case "share":
            return "a percentage"
        case "money":
            return "a sum of money"
        case "length":
            return f"open time of `{kind.detail[0]}`" if kind.detail else "a length of elapsed time"
        case "instant":
            return "an instant"
        case "day":
            return "a day"
        case "period":
            return f"a {kind.detail[0]}" if kind.detail else "a period"
        case "time":
            return "a time of day"
        case "text":
            return "text"
        case "one_of":
            return f"one of {listed(kind.detail, 'or')}"
        case _:
            return "yes or no"


def told_of(typed: Typed) -> str:
    """The kind of an operand in words."""
    return told(typed.kind, typed.ratio)


def fits(typed: Typed, kind: Kind | None) -> bool:
    """Whether the operand can stand where this kind is needed."""
    if typed.kind is None or kind is None or typed.kind == kind:
        return True
    if typed.ratio and kind.base in ("number", "share"):
        return True
    return typed.kind.base == kind.base == "one_of"


def common(left: Typed, right: Typed) -> tuple[Kind | None, bool] | None:
    """The kind that two operands share and whether it is still a ratio; None if they share none."""
    if left.kind is None or right.kind is None:
        return left.kind or right.kind, False
    if left.ratio and right.ratio:
        return NUMBER, True
    if fits(left, right.kind):
        return right.kind, False
    if fits(right, left.kind):
        return left.kind, False
    return None


def fixed(left: Typed, right: Typed, alike: bool = True) -> Span | None:
    """What made a number or percentage of a ratio in either of two operands; `alike`: they have one kind now."""
    for one, other in ((left, right), (right, left)) if alike else ():
        if one.ratio and not other.ratio and other.kind in (NUMBER, SHARE):
            return other.fixed or other.span
    return left.fixed or right.fixed


def product(left: Typed, right: Typed) -> tuple[Kind | None, bool] | None:
    """The kind of left × right, or None if they cannot be multiplied."""
    if left.kind is None or right.kind is None:
        return None, False
    if left.base not in COUNTABLE or right.base not in COUNTABLE:
        return None
    if left.base in ("number", "share") and right.base in ("number", "share"):
        if _is_whole(left) or _is_whole(right):
            return SHARE, False
        if left.kind == right.kind and not (left.ratio or right.ratio):
            return left.kind, False
        return NUMBER, True
    if left.base in ("number", "share"):
        return right.kind, False
    return (left.kind, False) if right.base in ("number", "share") else None


def _is_whole(typed: Typed) -> bool:
    """Whether it is `100%`: to multiply by it changes nothing, but says that a percentage is meant."""
    return typed.kind == SHARE and isinstance(typed.expression, Literal) and typed.expression.value == 1


def quotient(left: Typed, right: Typed) -> tuple[Kind | None, bool] | None:
    """The kind of left ÷ right, or None if they cannot be divided."""
    if left.kind is None or right.kind is None:
        return None, False
    if left.base not in COUNTABLE or right.base not in COUNTABLE:
        return None
    if common(left, right) is not None:
        return NUMBER, True
    if right.base in ("number", "share"):
        return left.kind, left.ratio
    return None


def difference(left: Typed, right: Typed) -> tuple[Kind | None, bool] | None:
    """The kind of left - right: as for a sum, and two instants lie a length apart."""
    if left.base == right.base == "instant":
        return Kind("length"), False
    return total(left, right)


def total(left: Typed, right: Typed) -> tuple[Kind | None, bool] | None:
    """The kind of left + right, or None if they cannot be added."""
    for one in (left, right):
        if one.kind is not None and one.base not in COUNTABLE:
            return None
    return common(left, right)


def settled(typed: Typed, kind: Kind | None) -> Typed:
    """A ratio becomes the kind it is needed as; all else stays as it is."""
    if typed.ratio and kind in (NUMBER, SHARE):
        return evolve(typed, kind=kind, ratio=False)
    return typed
