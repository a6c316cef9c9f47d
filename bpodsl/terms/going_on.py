"""Figures that go on after the end of an agreement: what is reckoned on debts alone."""

from __future__ import annotations

from collections.abc import Container, Iterable

from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex
from bpodsl.terms.figures import Figure
from bpodsl.values import Grid

PAID = frozenset({"late", "cured"})


def going_on(figures: Iterable[Figure]) -> tuple[Figure, ...]:
    """The figures, those that are reckoned on debts alone with windows after the end too.

    Such a figure is nothing where nothing is owed: a sum or count of what stands open or overdue at the end of the
    window, or was performed late in it, or of the windows of such a figure; and what is got from these by steps that
    leave nothing nothing. A figure that owes anything besides (a fee) is none.
    """
    found = tuple(figures)
    names: set[str] = set()
    while more := {f.name for f in found if f.name not in names and _can(f.grid) and _is_owed(f.value, names)}:
        names |= more
    return tuple(evolve(f, grid=evolve(f.grid, goes_on=True)) if f.name in names else f for f in found)


def _can(grid: Grid) -> bool:
    return grid.unit != "term" and grid == Grid(grid.unit, grid.n, grid.anchor)


def _is_owed(e: object, figures: Container[str]) -> bool:
    """Whether the value is nothing where nothing is owed."""

    def owed(*parts: object) -> bool:
        some = [part for part in parts if not _is_nothing(part)]
        return bool(some) and all(_is_owed(part, figures) for part in some)

    match e:
        case ex.Aggregate(op, rows) if op in ("sum", "count"):
            return _are_debts(rows, figures)
        case ex.FigureAt(figure, ex.Same()):
            return figure in figures
        case ex.Arithmetic("*", left, right):
            return _is_owed(left, figures) or _is_owed(right, figures)
        case ex.Arithmetic("/", left, _):
            return _is_owed(left, figures)
        case ex.Arithmetic(_, left, right):
            return owed(left, right)
        case ex.Smallest(parts) | ex.Largest(parts):
            return owed(*parts)
        case ex.If(_, then, otherwise):
            return owed(then, otherwise)
        case ex.IfMeasured(value, otherwise):
            return owed(value, otherwise)
        case ex.Rounded(value):
            return _is_owed(value, figures)
        case _:
            return False


def _is_nothing(part: object) -> bool:
    return isinstance(part, ex.Literal) and part.value == 0


def _are_debts(rows: ex.Rows, figures: Container[str]) -> bool:
    match rows:
        case ex.StandingRows():
            return True
        case ex.OutcomeRows(_, statuses, "performed"):
            return set(statuses) <= PAID
        case ex.FigureRows(figure):
            return figure in figures
        case _:
            return False
