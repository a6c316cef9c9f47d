"""What a case asks of the fields of its events, and of the day on which it opens: answered once for each value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any, Final

from bpodsl.engine.aggregates import RowSource
from bpodsl.engine.deadlines import Deadlines
from bpodsl.engine.dues import Deadline
from bpodsl.engine.expressions import evaluator
from bpodsl.engine.scopes import Scope
from bpodsl.terms import Due, Expression, Norm, walk
from bpodsl.terms import expressions as ex

NOT_OPEN: Final = object()
"""Under these fields nothing opens."""

ODD: Final = object()
"""Under these fields the general machine decides."""

Fields = Mapping[str, Any]
_MOST: Final = 100_000


def _no_rows(rows: ex.Rows) -> RowSource:
    raise AssertionError("a straight condition asks for rows")


def answered(expressions: Iterable[Expression], answer: Callable[[Scope], Any]) -> Callable[[Fields], Any]:
    """`answer`, of which it is certain that it asks for no more than the fields that these expressions name, for the
    fields of an event. It is remembered, since most fields that are asked have few values."""
    names = tuple(dict.fromkeys(part.name for part in walk(tuple(expressions)) if isinstance(part, ex.FieldOf)))
    memo: dict[Any, Any] = {}
    def remembered(values: Any, fields: Fields) -> Any:
        if len(memo) > _MOST:
            memo.clear()
        known = memo[values] = answer(Scope(None, (0, 0), fields))  # type: ignore[arg-type]
        return known

    if len(names) == 1:
        (name,) = names

        def of_one(fields: Fields) -> Any:
            value = fields.get(name)
            try:
                return memo[value]
            except KeyError:
                return remembered(value, fields)

        return of_one

    def found(fields: Fields) -> Any:
        values = tuple([fields.get(name) for name in names])
        return memo[values] if values in memo else remembered(values, fields)

    return found


def any_holds(conditions: Iterable[Expression]) -> Callable[[Fields], bool]:
    """Whether one of these conditions holds of the fields of an event."""
    parts = tuple(conditions)
    tests = [evaluator(each, _no_rows) for each in parts]
    return answered(parts, lambda s: any(test(s) is True for test in tests))


def limits(norm: Norm, of_terms: Callable[[Norm], Any]) -> Callable[[Fields], Any]:
    """What `of_terms` says of the terms that a norm gives an instance, by the fields of its opening."""
    if not norm.variants:
        own = of_terms(norm)
        return lambda fields: own
    tests = [
        (evaluator(v.when, _no_rows), NOT_OPEN if v.terms is None else of_terms(v.terms)) for v in norm.variants
    ]  # fmt: skip
    otherwise = of_terms(norm)
    return answered(
        [v.when for v in norm.variants],
        lambda s: next((found for test, found in tests if test(s) is True), otherwise),
    )


def by_day(deadlines: Deadlines, due: Due) -> Callable[[date], Deadline | None]:
    """The deadline of an instance that opens on a day, where no clock measures it."""
    memo: dict[date, Deadline | None] = {}

    def found(day: date) -> Deadline | None:
        if day not in memo:
            memo[day] = deadlines.in_days(due, SimpleNamespace(day=day, about=None, suspends=()))  # type: ignore[arg-type]
        return memo[day]

    return found
