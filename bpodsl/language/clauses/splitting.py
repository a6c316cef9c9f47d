"""A window that a change cuts in two: what happened before it by the old terms, what happened from it on by the new."""

from __future__ import annotations

from bpodsl.lean import evolve
from bpodsl.terms import Change, Expression, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY

_ROWS = (ex.EventRows, ex.OutcomeRows, ex.StateRows)


def runs(change: Change) -> Expression:
    """Whether the window in scope is one in the middle of which a change takes effect."""
    effective = ex.Literal(change.effective, DAY)
    parts: tuple[Expression, ...] = (
        ex.Compare(">=", ex.WindowDay("last"), effective), ex.Compare("<", ex.WindowDay("first"), effective)
    )  # fmt: skip
    return ex.AllOf((*parts, ex.Signed(change.name)) if change.signed > change.effective else parts)


def days(change: Change) -> tuple[Expression, Expression, Expression]:
    """The days of the window in scope before a change, from it on, and all of them."""
    effective, first, last = ex.Literal(change.effective, DAY), ex.WindowDay("first"), ex.WindowDay("last")
    return (
        ex.Between("days", first, effective), ex.Between("days", effective, last, through=True),
        ex.Between("days", first, last, through=True),
    )  # fmt: skip


def split(change: Change, new: Expression, old: Expression) -> Expression | None:
    """The old value over what lies before a change and the new one over what lies from it on; None if one of them is
    no sum of counts, of sums, and of what counts nothing (which is shared out by days)."""
    before, after, whole = days(change)
    effective = ex.Literal(change.effective, DAY)
    day = ex.Moment("row", True)
    parts = (
        _part(_exact(old), ex.Compare("<", day, effective), before, whole),
        _part(_exact(new), ex.Compare(">=", day, effective), after, whole),
    )
    if parts[0] is None or parts[1] is None:
        return None
    both: Expression = ex.Arithmetic("+", parts[0], parts[1])
    if isinstance(new, ex.Rounded):
        both = ex.Rounded(both, new.rounding)
    return ex.If(runs(change), both, old)


def _exact(e: Expression) -> Expression:
    """A value of versions before each is rounded as its figure says."""
    if isinstance(e, ex.If):
        return ex.If(e.condition, _exact(e.then), _exact(e.otherwise))
    return e.value if isinstance(e, ex.Rounded) else e


def _part(e: Expression, rows: Expression, some: Expression, whole: Expression) -> Expression | None:
    """What a value comes to for a part of the window: its rows, or so many of its days."""
    if not _counts(e):
        return ex.Arithmetic("/", ex.Arithmetic("*", e, some), whole)
    match e:
        case ex.Aggregate("count" | "sum", counted, where) if isinstance(counted, _ROWS):
            return evolve(e, where=rows if where is None else ex.AllOf((rows, where)))
        case ex.Arithmetic("+" | "-", left, right):
            first, second = _part(left, rows, some, whole), _part(right, rows, some, whole)
            return None if first is None or second is None else ex.Arithmetic(e.op, first, second)
        case ex.Arithmetic("*" | "/", left, right) if not _counts(right):
            one = _part(left, rows, some, whole)
            return None if one is None else ex.Arithmetic(e.op, one, right)
        case ex.Arithmetic("*", left, right) if not _counts(left):
            one = _part(right, rows, some, whole)
            return None if one is None else ex.Arithmetic("*", left, one)
        case ex.If(condition, then, otherwise) if not _counts(condition):
            first, second = _part(then, rows, some, whole), _part(otherwise, rows, some, whole)
            return None if first is None or second is None else ex.If(condition, first, second)
    return None


def _counts(e: Expression) -> bool:
    return any(isinstance(part, ex.Aggregate | ex.LengthOf) for part in walk(e))
