"""Whether a condition can hold or fail, and what is known where it does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bpodsl.bounds.ranges import Number, Range, Witness, all_of, rounded
from bpodsl.bounds.told import value_told
from bpodsl.lean import evolve
from bpodsl.terms import Figure
from bpodsl.terms import expressions as ex

if TYPE_CHECKING:
    from bpodsl.bounds.expressions import Bounds

_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_TURNED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_WORDS: Final = {"<": "less than", "<=": "at most", ">": "more than", ">=": "at least", "=": "", "!=": "other than"}


Limit = tuple[object, Number | None, Number | None]
"""An expression, and between what it lies (None: without end)."""


def truth(bounds: Bounds, condition: object) -> tuple[bool, bool, bool]:
    """Whether it may hold, may fail, and may be not measured."""
    match condition:
        case ex.Literal(value):
            return value is True, value is False, False
        case ex.Compare(op, left, right):
            one, other = bounds.of(left), bounds.of(right)
            if one.empty or other.empty:
                return False, False, True
            if not (_is_number(left) and _is_number(right)):
                return True, True, one.gap or other.gap
            return *one.may_be(op, other), one.gap or other.gap
        case ex.Not(part):
            may, may_not, gap = truth(bounds, part)
            return may_not, may, gap
        case ex.AllOf(parts) | ex.AnyOf(parts):
            found = [truth(bounds, part) for part in parts]
            gap = any(each[2] for each in found)
            if isinstance(condition, ex.AllOf):
                return all(each[0] for each in found), any(each[1] for each in found), gap
            return any(each[0] for each in found), all(each[1] for each in found), gap
        case ex.Standing(name, how):
            return _standing(bounds, bounds.figures.get(name), how)
    return True, True, True


def _is_number(e: object) -> bool:
    return not isinstance(e, ex.Literal) or (isinstance(e.value, Number) and not isinstance(e.value, bool))


def _standing(bounds: Bounds, figure: Figure | None, how: str) -> tuple[bool, bool, bool]:
    level = None if figure is None else figure.minimum if how == "below minimum" else figure.target
    if figure is None or level is None or how == "not measured":
        return True, True, False
    value = rounded(bounds.of_figure(figure.name), level.rounding)
    with bounds.within(grid=figure.grid, keys=figure.by):
        met, missed = value.may_be(level.op, bounds.of(level.level)) if not value.empty else (False, False)
    return (met, missed or value.gap, False) if how == "met" else (missed, met or value.gap, False)


def limits(bounds: Bounds, condition: object, holds: bool) -> Iterator[Limit]:
    """Expressions and between what they lie where the condition holds (or fails)."""
    match condition:
        case ex.Not(part):
            yield from limits(bounds, part, not holds)
        case ex.AllOf(parts) | ex.AnyOf(parts):
            if holds == isinstance(condition, ex.AllOf) or len(parts) == 1:
                for part in parts:
                    yield from limits(bounds, part, holds)
        case ex.Compare(op, left, right):
            op = op if holds else _OPPOSITE[op]
            yield from _limit(bounds, left, op, right)
            yield from _limit(bounds, right, _TURNED[op], left)
        case ex.Standing(name, how, shift) if how in ("met", "missed", "below minimum"):
            figure = bounds.figures.get(name)
            level = None if figure is None else figure.minimum if how == "below minimum" else figure.target
            if level is not None and level.rounding is None:
                # What is not missed is met, or not measured; but then there is nothing to limit.
                op = level.op if (how == "met") == holds else _OPPOSITE[level.op]
                yield from _limit(bounds, ex.FigureAt(name, shift), op, level.level)


def _limit(bounds: Bounds, of: object, op: str, by: object) -> Iterator[Limit]:
    if isinstance(of, ex.Literal) or not _is_number(by):
        return
    level = bounds.of(by)
    own = bounds.of(of)
    low, high = level.low, level.high
    # A whole number that is more than 5 is at least 6.
    if op in ("<", "<=", "=") and high is not None:
        yield of, None, _below(high) if op == "<" and own.whole else high
    if op in (">", ">=", "=") and low is not None:
        yield of, _above(low) if op == ">" and own.whole else low, None


def _below(value: Number) -> Number:
    return -(-value // 1) - 1


def _above(value: Number) -> Number:
    return value // 1 + 1


def way(bounds: Bounds, condition: object, holds: bool) -> Witness:
    """What makes a condition hold or fail, in words; None where that is not known."""
    match condition:
        case ex.Literal():
            return ()
        case ex.Not(part):
            return way(bounds, part, not holds)
        case ex.AllOf(parts) if holds:
            return _together(bounds, parts, True)
        case ex.AnyOf(parts) if not holds:
            return _together(bounds, parts, False)
        case ex.AllOf(parts) | ex.AnyOf(parts):
            ways = [found for part in parts if (found := way(bounds, part, holds)) is not None]
            return ways[0] if ways else None
        case ex.Standing(name, how, shift):
            of = name if isinstance(shift, ex.Same) else f"{name} before"
            return ((of, how if holds else f"not {how}"),)
        case ex.Compare(op, ex.FigureAt(name, ex.Same()), ex.Literal(value, kind)) if isinstance(value, Number):
            word = _WORDS[op if holds else _OPPOSITE[op]]
            return ((name, f"{word} {value_told(value, kind)}".strip()),)
    return None


def _together(bounds: Bounds, parts: tuple[object, ...], holds: bool) -> Witness:
    found: Witness = ()
    for part in parts:
        found = all_of(found, way(bounds, part, holds))
    return found


def witnessed(of: Range, condition: Witness) -> Range:
    """A value that is reached under a condition only."""
    return evolve(of, at_low=all_of(condition, of.at_low), at_high=all_of(condition, of.at_high))
