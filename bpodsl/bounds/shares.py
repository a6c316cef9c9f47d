"""Parts of wholes: why a share lies between 0 % and 100 %, although what it counts may be any number."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex


def part_of_whole(above: object, below: object) -> bool:
    """Whether a fraction of two amounts of things, above and below the line, can only be a share: each amount above is
    a part of one below, and none below is negative."""
    wholes = list(_summands(below))
    if not all(_amount(each) for each in wholes):
        return False
    match above:
        case ex.Arithmetic("-", of, less) if _within(less, of):
            above = of
    for part in _summands(above):
        found = next((each for each in wholes if _within(part, each)), None)
        if found is None or not _amount(part):
            return False
        wholes.remove(found)
    return True


def a_part_less(of: object, less: object) -> bool:
    """Whether `of - less` is an amount of things because `less` is a part of `of`."""
    return _amount(of) and _within(less, of)


def _summands(expression: object) -> Iterator[object]:
    match expression:
        case ex.Arithmetic("+", left, right):
            yield from _summands(left)
            yield from _summands(right)
        case _:
            yield expression


def _amount(expression: object) -> bool:
    """Whether it is an amount of things, never less than nothing."""
    match expression:
        case ex.Aggregate("count", _, _, _, None) | ex.LengthOf():
            return True
        case ex.Arithmetic("-", of, less):
            return a_part_less(of, less)
        case ex.Largest(parts):
            return any(isinstance(part, ex.Literal) and part.value == 0 for part in parts)
        case _:
            return False


def _within(part: object, whole: object) -> bool:
    """Whether one amount is a part of another."""
    if part == whole:
        return True
    match part, whole:
        case ex.Aggregate("count", rows, where, _, None), ex.Aggregate("count", of, among, _, None):
            return _rows_within(rows, of) and (among is None or set(conjuncts(among)) <= set(conjuncts(where)))
        case ex.LengthOf(times), ex.LengthOf(of_times):
            return _times_within(times, of_times)
        case ex.Arithmetic("-", of, less), _ if a_part_less(of, less):
            return _within(of, whole)
        case _:
            return False


def _rows_within(rows: ex.Rows, of: ex.Rows) -> bool:
    if isinstance(rows, ex.OutcomeRows) and isinstance(of, ex.OutcomeRows):
        # What is cured or late was missed or excused before; it is asked of "missed" only.
        statuses = {"missed" if status == "cured" else status for status in rows.statuses}
        return statuses <= set(of.statuses) and evolve(rows, statuses=()) == evolve(of, statuses=())
    return rows == of


def conjuncts(condition: object) -> Iterator[object]:
    """The conditions that must all hold where this one does."""
    if isinstance(condition, ex.AllOf):
        for part in condition.parts:
            yield from conjuncts(part)
    elif condition is not None:
        yield condition


def _times_within(times: ex.Times, of: ex.Times) -> bool:
    if times == of:
        return True
    match times, of:
        case ex.LessTimes(inner, less), ex.LessTimes(outer, without) if less == without:
            return _times_within(inner, outer)
        case ex.BothTimes(parts), _:
            return any(_times_within(part, of) for part in parts)
        case ex.LessTimes(inner, _), _:
            return _times_within(inner, of)
        case _:
            return False
