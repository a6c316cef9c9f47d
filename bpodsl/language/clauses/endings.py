"""The notice of a termination: how long it is, with what it ends, and from when on it may take effect."""

from __future__ import annotations

from datetime import date

from bpodsl.language import ast, literals
from bpodsl.language.clauses.windows import CELLS
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import told
from bpodsl.language.names import nearest
from bpodsl.language.problems import HeadIncomplete, NoEffect, SaidTwice, UnknownField, WrongKind
from bpodsl.terms import Clause, Length
from bpodsl.values import Grid

_NUMBERS = ("first", "second", "third", "fourth", "fifth")
Notice = tuple[Length | None, Grid | None, date | None, str | None]


def notice_of(ctx: Context, node: ast.Termination, clause: Clause) -> Notice:
    """The length of the notice (None: it ends at once), the cells it ends with, its earliest last day, and the field
    in which it may name a later one."""
    notices = [each for each in node.lines if isinstance(each, ast.NoticeLine)]
    limits = [each for each in node.lines if isinstance(each, ast.NotBeforeLine)]
    for again in notices[1:]:
        ctx.report(SaidTwice(again.span, "how long the notice is", notices[0].span))
    for limit in limits[1:]:
        ctx.report(SaidTwice(limit.span, "from when it may take effect", limits[0].span))
    if not notices:
        if limits and not ctx.damaged:
            why = "without a notice the agreement ends at once"
            ctx.report(NoEffect(limits[0].span, "not before", why, "Add a line `notice 30 days`."))
        return None, None, None, None
    line = notices[0]
    grid = None if line.to is None else _cells(ctx, line.to)
    named = None if line.named is None else _named(ctx, node, line.named.field)
    counted = grid is not None or bool(limits) or line.named is not None
    length = literals.in_days(ctx, line.length, "a notice") if counted else literals.length(ctx, line.length)
    if length is not None and length.unit in ("months", "years"):
        ctx.assume("clamp", "a month too short for the day counted has its last day instead", clause)
    return length, grid, _earliest(ctx, limits[0]) if limits else None, named


def _named(ctx: Context, node: ast.Termination, name: ast.Name) -> str | None:
    """The field of the notices that names their last day: a day, or an instant."""
    found = None
    lines = (each for each in node.lines if isinstance(each, ast.ExercisedByLine))
    for selector in (each for line in lines for each in line.selectors):
        kind = ctx.events.get(selector.event.text)
        if kind is None:
            continue
        field = kind.field(name.text)
        if field is None:
            known = tuple(each.name for each in kind.fields)
            ctx.report(UnknownField(name.span, name.text, f"`{kind.name}`", known, nearest(name.text, known)))
        elif field.kind.base not in ("day", "instant"):
            ctx.report(WrongKind(name.span, told(field.kind), "a day"))
        else:
            found = name.text
    return found


def _cells(ctx: Context, node: ast.ToTheEnd) -> Grid:
    """Calendar weeks, months, quarters or years, or years from the effective day."""
    unit, n = CELLS[node.unit.removeprefix("calendar ")]
    return Grid(unit, n, ctx.effective if node.unit == "contract year" else None)  # type: ignore[arg-type]


def _earliest(ctx: Context, line: ast.NotBeforeLine) -> date | None:
    match line.when:
        case ast.Day() as day:
            return ctx.day(day)
        case ast.EndOfYear(number=number):
            years = _NUMBERS.index(number) + 1 if isinstance(number, str) else whole(ctx, number, "years", 1, 100)
            return None if years is None else literals.end_of(ctx, line, ctx.effective, Length(years, "years"))
        case ast.EndOfInitial():
            if ctx.last is None and not ctx.damaged:
                ctx.report(HeadIncomplete(line.span, "when its term ends", "effective  2026-04-01 for 36 months"))
            return ctx.last
