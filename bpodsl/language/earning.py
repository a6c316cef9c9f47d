"""Earn-back: a credit is given back once the windows after it have met the target."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.conditions import may_stand
from bpodsl.language.context import Context, head_span
from bpodsl.language.figures_at import reachable, whole
from bpodsl.language.kinds import UNKNOWN, Typed
from bpodsl.language.literals import one
from bpodsl.language.problems import NotSayable, UnlikeLengths
from bpodsl.language.scopes import FigureHead, Scope, told_grid
from bpodsl.terms import Clause, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO, money

_CELLS = {"day": ("day", 1), "week": ("week", 1), "month": ("month", 1), "quarter": ("month", 3), "year": ("month", 12)}


def earned_back(ctx: Context, node: ast.EarnedBack, scope: Scope) -> Typed:
    """`late_credit earned back when on_time is met for 3 months`: what was posted, after caps, so many windows ago."""
    count = whole(ctx, node.count, node.unit, 1, 120)
    credit, measure = ctx.figure(node.credit), ctx.figure(node.measure)
    if count is None or credit is None or measure is None:
        return UNKNOWN
    if not reachable(ctx, node.credit, credit, scope) or not reachable(ctx, node.measure, measure, scope):
        return UNKNOWN
    if credit.thing not in ("credit", "charge"):
        what = f"`{credit.name}` is {credit.thing}: nothing of it is owed that could be given back."
        ctx.report(NotSayable(node.credit.span, what, "Name a credit."))
        return UNKNOWN
    if not may_stand(ctx, measure.name, "met", node.measure.span):
        return UNKNOWN
    grid = scope.grid
    assert grid is not None
    if one(node.unit) != "window" and (_CELLS[one(node.unit)] != (grid.unit, grid.n) or grid.later or grid.span > 1):
        told, asked = f"This clause has a value {told_grid(grid)}; that", f"a count of {node.unit}"
        ctx.report(UnlikeLengths(node.count.span, told, asked, "Count its windows: write `windows` instead."))
        return UNKNOWN
    kind = ctx.kinds.get(credit.name) or money(ctx.currency)
    met: list[ex.Expression] = [ex.Standing(measure.name, "met", ex.Same())]
    never = ex.Literal(False, YES_NO)
    met += [ex.Standing(measure.name, "met", ex.Back(back, never)) for back in range(1, count)]
    nothing = ex.Literal(0, kind)
    posted = ex.FigureAt(_posted(ctx, credit, kind), ex.Back(count, nothing))
    value = ex.IfMeasured(ex.If(ex.AllOf(tuple(met)), posted, nothing), nothing)
    return Typed(value, kind, node.span)


def _posted(ctx: Context, credit: FigureHead, kind: object) -> str:
    """The figure of what a credit has posted in each of its windows."""
    name = f"posted {credit.name}"
    if name not in ctx.figures:
        declared = ctx.names.table[credit.name]
        assert isinstance(declared.node, ast.Node)
        shown = ctx.clause_of(declared.node, declared.thing).shown
        clause = Clause(name, declared.thing, f"{shown}, as posted", "", "", head_span(declared.node))
        value = ex.Posted(credit.name)
        ctx.figures[name] = Figure(name, clause, "amount", kind, credit.grid, value, credit.groups)  # type: ignore[arg-type]
    return name
