"""What a figure waits for: which parts of its expressions always count, and which only where they are reached."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import children, walk

_UNSTEADY = (
    ex.OutcomeRows, ex.StateRows, ex.StandingRows, ex.TrailRows, ex.TrailOutcomes, ex.TrailIntervals, ex.PastRows,
    ex.Posted, ex.Ruled, ex.Answered, ex.CaseField, ex.TermEnd,
)  # fmt: skip


def awaited(part: object) -> bool:
    """Whether a part may be awaited: another figure, what a line posts, or outcomes counted when opened."""
    if isinstance(part, ex.OutcomeRows):
        return part.waits and (part.counted == "opened" or cures(part))
    return isinstance(part, ex.FigureAt | ex.Standing | ex.FigureRows | ex.Posted)


def cures(rows: ex.OutcomeRows) -> bool:
    """Whether cured instances count in the window of something that comes before the cure: it waits for those that may
    still be cured."""
    return rows.waits and "cured" in rows.statuses and rows.counted != "performed"


def waits_by_branch(expressions: object, shown: object = ()) -> bool:
    """Whether something awaited stands where it need not be reached, and nowhere where it always is.

    `shown`: expressions of which all parts are awaited.
    """
    always, sometimes = {_what(part) for part in walk(shown) if awaited(part)}, set[object]()
    stack: list[tuple[object, bool]] = [(expressions, True)]
    while stack:
        part, reached = stack.pop()
        if awaited(part):
            (always if reached else sometimes).add(_what(part))
        certain, branches = parted(part)
        stack += [(each, reached) for each in certain]
        stack += [(each, False) for each in branches]
    return not sometimes <= always


def may_change(expressions: object) -> bool:
    """Whether what a condition asks for may change after its window is over, without anything having settled."""
    return any(isinstance(part, _UNSTEADY) for part in walk(expressions))


def points_by_branch(expressions: object) -> bool:
    """Whether a point of a series stands where it need not be reached, or for a day that may change."""
    stack: list[tuple[object, bool]] = [(expressions, True)]
    while stack:
        part, reached = stack.pop()
        if isinstance(part, ex.SeriesAt) and (not reached or may_change(tuple(children(part)))):
            return True
        certain, branches = parted(part)
        stack += [(each, reached) for each in certain]
        stack += [(each, False) for each in branches]
    return False


def _what(part: object) -> object:
    """What a part awaits, whatever it asks of it."""
    match part:
        case ex.OutcomeRows(norm, _, counted):
            return "outcomes", norm, counted, cures(part)
        case ex.FigureAt(figure, shift) | ex.Standing(figure, _, shift):
            return "figure", figure, shift.n if isinstance(shift, ex.Back) else 0
        case _:
            return part


def parted(part: object) -> tuple[list[object], list[object]]:
    """The direct parts of an expression: those that are always reached, and those that may not be.

    All that stands inside an aggregate is reached, whatever rows there are.
    """
    match part:
        case ex.If(condition, then, otherwise):
            return [condition], [then, otherwise]
        case ex.AllOf(parts) | ex.AnyOf(parts) if len(parts) > 1:
            return [], list(parts)
        case ex.IfMeasured(value, otherwise):
            return [value], [otherwise]
        case ex.Table(subject, rows, otherwise):
            first = [row.bound for row in rows[:1]]
            others = [row.bound for row in rows[1:]] + [row.result for row in rows]
            return [subject, *first], [*others, otherwise]
        case ex.Back(_, first):
            return [], [first]
        case ex.Aggregate():
            return list(_inside(part)), []
        case _:
            return list(children(part)), []


def _inside(part: ex.Aggregate) -> Iterator[object]:
    """All that may be awaited inside an aggregate."""
    yield from (each for each in walk((part.rows, part.where, part.value, part.weight)) if awaited(each))
