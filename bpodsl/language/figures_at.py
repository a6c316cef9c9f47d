"""Figures asked for by others: in the same window, an earlier one, or over another."""

from __future__ import annotations

from typing import Final

from bpodsl.language import ast
from bpodsl.language.checks import check
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed
from bpodsl.language.names import LINES, listed
from bpodsl.language.problems import NotHere, NotSayable, OtherGroups, OtherWindow, OutOfRange
from bpodsl.language.scopes import FigureHead, Scope, same_cells, told_grid
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money
from bpodsl.values import Grid

_UNITS: Final = {
    "day": ("day", 1), "week": ("week", 1), "month": ("month", 1), "quarter": ("month", 3), "year": ("month", 12),
    "term": ("term", 1),
}  # fmt: skip


def at_figure(ctx: Context, name: ast.Name, scope: Scope, shift: ex.Shift) -> Typed:
    """The value of a figure in the window in scope, or so many windows earlier."""
    head = ctx.figure(name)
    if head is None or not reachable(ctx, name, head, scope):
        return UNKNOWN
    kind, ratio = ctx.kinds.get(head.name), head.name in ctx.ratios
    return Typed(ex.FigureAt(head.name, shift), kind, name.span, ratio, ctx.fixed.get(head.name))


def reachable(ctx: Context, name: ast.Name, head: FigureHead, scope: Scope) -> bool:
    """Whether the figure has a value for the window and group in scope; reported if not."""
    if scope.grid is None:
        advice = "An amount, a measure, a charge or a credit has windows; a trigger may ask for their values."
        if scope.row is not None and scope.row.dated:
            advice = f"Write `last value over last 1 windows of {head.name}`: of the last window that was over by then."
        ctx.report(NotHere(name.span, f"The figure `{head.name}`", f"{scope.told} has no window", advice))
        return False
    if not same_cells(head.grid, scope.grid):
        ctx.report(
            OtherWindow(
                name.span,
                head.name,
                told_grid(head.grid),
                told_grid(scope.grid),
                f"Write `sum of value over windows of {head.name}`, or ask for it over the window of this clause "
                f"(`{head.name} of the year`).",
                head.span,
            )
        )
        return False
    missing = tuple(key for key in head.keys if key not in scope.keys)
    if missing:
        ctx.report(OtherGroups(name.span, head.name, missing, _of_a_trigger(ctx, scope, head, missing)))
    return not missing


def _of_a_trigger(ctx: Context, scope: Scope, head: FigureHead, missing: tuple[str, ...]) -> str | None:
    """What to do in a trigger, which is by no fields but those of the figures that it asks for."""
    asker = ctx.names.table.get(scope.asker)
    if asker is None or asker.thing != "trigger":
        return None
    return (
        f"Put what is asked of all groups together (such as `mean of value over groups of {head.name}`) into an "
        f"`amount` of its own, and ask for that: a trigger is asked for each {listed(missing)} where all that it asks "
        "for is by that or without groups."
    )


def previous(ctx: Context, node: ast.Previous, scope: Scope) -> Typed:
    """`previous NAME, at first EXPR`"""
    return _back(ctx, node.figure, 1, node.first, scope)


def windows_ago(ctx: Context, node: ast.WindowsAgo, scope: Scope) -> Typed:
    """`NAME from 2 windows ago, at first EXPR`"""
    count = whole(ctx, node.windows, "windows")
    return UNKNOWN if count is None else _back(ctx, node.figure, count, node.first, scope)


def year_ago(ctx: Context, node: ast.YearAgo, scope: Scope) -> Typed:
    """`NAME from a year ago, at first EXPR`"""
    count = windows_in_a_year(ctx, node, scope)
    return UNKNOWN if count is None else _back(ctx, node.figure, count, node.first, scope)


def windows_in_a_year(ctx: Context, node: ast.YearAgo, scope: Scope) -> int | None:
    """How many windows of the scope make a year, or None (reported)."""
    grid = scope.grid
    if grid is None:
        ctx.report(NotHere(node.span, "A year ago", f"{scope.told} has no window"))
        return None
    if grid.unit != "month" or 12 % grid.n or grid.later:
        what = f"Windows {told_grid(grid)} do not make a whole year, so none lies a year ago."
        ctx.report(NotSayable(node.span, what, f"Write `{node.figure.text} from N windows ago`."))
        return None
    return 12 // grid.n


def whole(ctx: Context, node: ast.Number, what: str, least: int = 1, most: int = 100_000) -> int | None:
    """A whole number within limits, or None (reported)."""
    value = node.value
    if value.denominator != 1 or not least <= value <= most:
        ctx.report(OutOfRange(node.span, f"The number of {what} is a whole number from {least} to {most}."))
        return None
    return int(value)


def _back(ctx: Context, name: ast.Name, count: int, first: ast.Expression, scope: Scope) -> Typed:
    start = ctx.typed(first, scope)
    found = at_figure(ctx, name, scope, ex.Back(count, start.expression))
    if found is UNKNOWN:
        return found
    if name.text in ctx.kinds:
        either = found.ratio and start.base in ("number", "share")
        return found if either or check(ctx, start, found.kind, first.span) else UNKNOWN
    # The figure is not lowered yet (it may be the one that asks): its first value says what it is.
    ctx.later.append(lambda: _check_first(ctx, start, name, first))
    return Typed(found.expression, start.kind, name.span, start.ratio)


def _check_first(ctx: Context, start: Typed, name: ast.Name, first: ast.Expression) -> None:
    if name.text not in ctx.ratios or start.base not in ("number", "share"):
        check(ctx, start, ctx.kinds.get(name.text), first.span)


def the_other_window(ctx: Context, node: ast.OfThe, scope: Scope) -> Typed:
    """`NAME of the year`: the figure over the window of the clause that asks."""
    name = other_window(ctx, node, scope)
    if name is None:
        return UNKNOWN
    base = node.figure.text
    return Typed(ex.FigureAt(name, ex.Same()), ctx.kinds.get(base), node.span, base in ctx.ratios)


def other_window(ctx: Context, node: ast.OfThe, scope: Scope) -> str | None:
    """The name of the figure over the window of the clause that asks; it is made where there is none yet."""
    head = ctx.figure(node.figure)
    if head is None:
        return None
    grid = scope.grid
    if grid is None or (grid.unit, grid.n) != _UNITS[node.unit] or grid.span > 1 or grid.later:
        asked = f"of the {node.unit}"
        why = scope.told + " has no window" if grid is None else f"this clause has a value {told_grid(grid)}"
        advice = f"Ask for it in a clause with windows of a {node.unit}."
        ctx.report(NotHere(node.span, f"A figure {asked}", why, advice))
        return None
    if same_cells(head.grid, grid):
        return head.name if reachable(ctx, node.figure, head, scope) else None
    if head.thing not in ("measure", "amount"):
        advice = f"Write `sum of value over windows of {head.name}`."
        why = "it is posted once for each window"
        ctx.report(NotHere(node.span, f"A {head.thing} over another window", why, advice))
        return None
    missing = tuple(key for key in head.keys if key not in scope.keys)
    if missing:
        ctx.report(OtherGroups(node.span, head.name, missing, _of_a_trigger(ctx, scope, head, missing)))
        return None
    return _derived(ctx, head.name, node.unit, grid)


def _derived(ctx: Context, name: str, unit: str, grid: Grid) -> str:
    known = ctx.derived.get((name, grid))
    if known is None:
        known = f"{name} over the {unit}"
        if known in ctx.derived.values():
            known = f"{name} over {told_grid(grid)}"
        ctx.derived[name, grid] = known
    return known


def posted(ctx: Context, node: ast.Posted, scope: Scope) -> Typed:
    """`posted help_desk_credit`: what was posted for the window, after caps."""
    if ctx.find(node.line, *LINES, wanted="charge or credit") is None:
        return UNKNOWN
    head = ctx.figure_heads.get(node.line.text)
    if head is None or not reachable(ctx, node.line, head, scope):
        return UNKNOWN
    return Typed(ex.Posted(head.name), ctx.kinds.get(head.name) or money(ctx.currency), node.span)
