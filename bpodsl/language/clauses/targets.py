"""Targets and minimums: what a figure is held against, for all groups alike or for each by itself."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.checks import check
from bpodsl.language.clauses.by_field import by_value, cases
from bpodsl.language.conditions import OPS
from bpodsl.language.context import Context
from bpodsl.language.names import nearest
from bpodsl.language.problems import NotHere, NotSayable, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression, Group, Kind, Rounding, Target
from bpodsl.terms import expressions as ex
from bpodsl.text import Span

TargetLine = ast.TargetLine | ast.TargetByLine | ast.MinimumLine | ast.MinimumByLine
"""The lines that say what a figure is held against."""


def target(
    ctx: Context, line: TargetLine | None, scope: Scope, kind: Kind | None, groups: tuple[Group, ...], made: Span
) -> Target | None:
    """What a figure is held against; None if nothing, or nothing that makes sense (reported).

    `made`: the place that makes the figure one of this kind.
    """
    if line is None:
        return None
    if kind is not None and kind.base == "yes_no":
        ctx.report(WrongKind(line.span, "a level", "a figure of a kind that has an order", None))
        return None
    rounding = None if line.rounding is None else literals.rounding(ctx, line.rounding, kind)
    if isinstance(line, ast.TargetByLine | ast.MinimumByLine):
        return _target_by(ctx, line, scope, kind, groups, rounding, made)
    return Target(OPS[line.op], _level(ctx, line.level, scope, kind, made), rounding)


def _level(ctx: Context, node: ast.Expression, scope: Scope, kind: Kind | None, made: Span) -> Expression:
    typed = ctx.typed(node, scope)
    check(ctx, typed, kind, node.span, other=made)
    return typed.expression


def levels_of(line: TargetLine | None) -> list[ast.Expression]:
    """The levels that a target may have."""
    if isinstance(line, ast.TargetLine | ast.MinimumLine):
        return [line.level]
    return [] if line is None else [row.level for row in line.rows]


def _target_by(
    ctx: Context, line: ast.TargetByLine | ast.MinimumByLine, scope: Scope, kind: Kind | None,
    groups: tuple[Group, ...], rounding: Rounding | None, made: Span,
) -> Target | None:  # fmt: skip
    """A target whose level depends on a key of the group."""
    field = line.field
    if field.text not in scope.keys:
        known = tuple(scope.keys)
        advice = f"Add `by {field.text}` to the line of its windows."
        near = nearest(field.text, known)
        advice = advice if near is None else f"Did you mean `{near}`?"
        ctx.report(NotHere(field.span, f"`{field.text}`", f"{scope.told} is not by it", advice))
        return None
    members = next((group.members for group in groups if group.name == field.text), None)
    rows = [(row, row.case) for row in line.rows]
    found = cases(ctx, field, scope.keys[field.text], rows, members)
    levels = {id(row): _level(ctx, row.level, scope, kind, made) for row in line.rows}
    for row in line.rows[1:]:
        if row.op != line.rows[0].op:
            what = f"All rows of one target compare in the same way, here `{line.rows[0].op}`."
            ctx.report(NotSayable(row.span, what, "Write a measure of its own for this value."))
    if found is None or not line.rows:
        return None
    level = by_value(ex.GroupKey(field.text), found, lambda row: levels[id(row)])
    return Target(OPS[line.rows[0].op], level, rounding)
