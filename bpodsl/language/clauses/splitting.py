"""Windows that changes cut: what lies before, between and after them, each by the terms of its own days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from bpodsl.lean import evolve
from bpodsl.terms import Change, Expression, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, NUMBER
from bpodsl.values import add_days

_ROWS = (ex.EventRows, ex.OutcomeRows, ex.StateRows)
Value = Callable[[date | None], Expression]
"""The value of a whole window by the terms of a day; None: of its first day."""


def runs(changes: Sequence[Change]) -> Expression:
    """Whether the window in scope is one in the middle of which one of some changes takes effect."""
    found: list[Expression] = []
    for change in changes:
        effective = ex.Literal(change.effective, DAY)
        inside = ex.Compare(">=", ex.WindowDay("last"), effective), ex.Compare("<", ex.WindowDay("first"), effective)
        signed = (ex.Signed(change.name),) if change.signed > change.effective else ()
        found.append(ex.AllOf((*inside, *signed)))
    return found[0] if len(found) == 1 else ex.AnyOf(tuple(found))


def prorated(changes: Sequence[Change], value: Value) -> Expression:
    """Each stretch has its share by days of what the whole window would come to by its terms."""
    parts: list[Expression] = [
        ex.Arithmetic("*", value(start), _days(start, end)) for start, end in _stretches(changes)
    ]  # fmt: skip
    return ex.Arithmetic("/", _added(parts), _whole())


def split(changes: Sequence[Change], value: Value) -> Expression | None:
    """Each stretch by what happened in it, exactly; None if the value is no sum of counts, of sums, and of what counts
    nothing (which is shared out by days)."""
    day = ex.Moment("row", True)
    found: list[Expression] = []
    for start, end in _stretches(changes):
        rows: list[Expression] = []
        if start is not None:
            rows.append(ex.Compare(">=", day, ex.Literal(start, DAY)))
        if end is not None:
            rows.append(ex.Compare("<", day, ex.Literal(end, DAY)))
        inside = rows[0] if len(rows) == 1 else ex.AllOf(tuple(rows))
        part = _part(_exact(value(start)), inside, _days(start, end))
        if part is None:
            return None
        found.append(part)
    return _added(found)


def _stretches(changes: Sequence[Change]) -> list[tuple[date | None, date | None]]:
    """What lies between the days on which changes take effect: from a day, up to but not including another."""
    days = sorted({change.effective for change in changes})
    return list(zip([None, *days], [*days, None], strict=True))


def _days(start: date | None, end: date | None) -> Expression:
    """How many days of the window in scope lie in a stretch."""
    first: Expression = ex.WindowDay("first")
    last: Expression = ex.WindowDay("last")
    if start is not None:
        first = ex.Largest((first, ex.Literal(start, DAY)))
    if end is not None:
        last = ex.Smallest((last, ex.Literal(add_days(end, -1), DAY)))
    return ex.Largest((ex.Literal(0, NUMBER), ex.Between("days", first, last, through=True)))


def _whole() -> Expression:
    return ex.Between("days", ex.WindowDay("first"), ex.WindowDay("last"), through=True)


def _added(parts: list[Expression]) -> Expression:
    found = parts[0]
    for part in parts[1:]:
        found = ex.Arithmetic("+", found, part)
    return found


def _exact(e: Expression) -> Expression:
    """A value of versions before each is rounded as its figure says."""
    if isinstance(e, ex.If):
        return ex.If(e.condition, _exact(e.then), _exact(e.otherwise))
    return e.value if isinstance(e, ex.Rounded) else e


def _part(e: Expression, rows: Expression, some: Expression) -> Expression | None:
    """What a value comes to for a part of the window: its rows, or so many of its days."""
    if not _counts(e):
        return ex.Arithmetic("/", ex.Arithmetic("*", e, some), _whole())
    match e:
        case ex.Aggregate("count" | "sum", counted, where) if isinstance(counted, _ROWS):
            return evolve(e, where=rows if where is None else ex.AllOf((rows, where)))
        case ex.Arithmetic("+" | "-", left, right):
            first, second = _part(left, rows, some), _part(right, rows, some)
            return None if first is None or second is None else ex.Arithmetic(e.op, first, second)
        case ex.Arithmetic("*" | "/", left, right) if not _counts(right):
            one = _part(left, rows, some)
            return None if one is None else ex.Arithmetic(e.op, one, right)
        case ex.Arithmetic("*", left, right) if not _counts(left):
            one = _part(right, rows, some)
            return None if one is None else ex.Arithmetic("*", left, one)
        case ex.If(condition, then, otherwise) if not _counts(condition):
            first, second = _part(then, rows, some), _part(otherwise, rows, some)
            return None if first is None or second is None else ex.If(condition, first, second)
    return None


def _counts(e: Expression) -> bool:
    return any(isinstance(part, ex.Aggregate | ex.LengthOf) for part in walk(e))
