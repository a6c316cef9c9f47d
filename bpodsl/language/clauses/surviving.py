"""Figures that survive the end of the agreement, and with them those that they read and the caps that limit them."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from bpodsl.language import ast
from bpodsl.language.clauses.obligations import survives
from bpodsl.language.context import Context
from bpodsl.language.problems import NotSayable
from bpodsl.lean import evolve
from bpodsl.terms import Account, Figure, Survival, going_on, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Span
from bpodsl.values import Grid


def take_survivors(ctx: Context, clauses: list[ast.Clause]) -> None:
    """Let the figures of which that is said have windows after the end, and all that they read."""
    for clause in clauses:
        if isinstance(clause, ast.Measure | ast.Amount | ast.Charge | ast.Credit):
            ctx.current = clause
            for line in clause.lines:
                if isinstance(line, ast.SurvivesLine):
                    survives(ctx, clause.name, line.length)
    ctx.current = None
    found = _stated(ctx)
    if not found:
        return
    debts = {figure.name for figure in going_on(ctx.figures.values()) if figure.grid.goes_on}
    pending = list(found)
    while pending:
        name = pending.pop(0)
        survival, span = found[name]
        for part in _read(ctx, name):
            other = _figure_of(ctx, part)
            if other is None or (other.name in debts and other.name not in found):
                continue
            if other.name in found:
                if found[other.name][0] != survival:
                    _differ(ctx, name, other, span)
            elif _can(other.grid):
                found[other.name] = survival, span
                pending.append(other.name)
            elif not isinstance(part, ex.FigureRows):
                ctx.report(NotSayable(span, f"`{name}` cannot survive: it reads `{other.name}`. {_ENDS}", _ADVICE))
    for name, (survival, _) in found.items():
        figure = ctx.figures[name]
        grid = evolve(figure.grid, goes_on=True, survives=survival.name)
        ctx.figures[name] = evolve(figure, grid=grid, survival=survival)
    for place, account in enumerate(ctx.accounts):
        said = _of_account(ctx, account)
        if said:
            ctx.accounts[place] = evolve(account, grid=evolve(account.grid, goes_on=True, survives=said))


_ENDS = "Windows that roll, are limited in number, are left out where the term cuts them or are the term end with it."
_ADVICE = "Use windows like `each month` and leave them uncut by `starts` and `partial windows excluded`."


def _stated(ctx: Context) -> dict[str, tuple[Survival, Span]]:
    """The figures of which it is said that they survive, and where."""
    of_all = {name: each for name, each in ctx.survivors.items() if name in ctx.figures}
    after = {
        name: sorted(
            ((by, names[name].length) for by, names in ctx.survivors_after.items() if name in names), key=itemgetter(0)
        )
        for name in dict.fromkeys(name for names in ctx.survivors_after.values() for name in names)
        if name in ctx.figures
    }
    found: dict[str, tuple[Survival, Span]] = {}
    for name in dict.fromkeys((*of_all, *after)):
        stated = of_all.get(name)
        length = None if stated is None else stated.length
        survival = Survival(stated is not None, length, tuple(after.get(name, ())))
        said = [names[name] for names in ctx.survivors_after.values() if name in names]
        span = (said[0] if stated is None else stated).span
        if _can(ctx.figures[name].grid):
            found[name] = survival, span
        else:
            ctx.report(NotSayable(span, f"`{name}` cannot survive the end. {_ENDS}", _ADVICE))
    return found


def _can(grid: Grid) -> bool:
    return grid.unit != "term" and grid == Grid(grid.unit, grid.n, grid.anchor)


def _read(ctx: Context, name: str) -> Iterator[object]:
    """What a figure asks for, and the limits of the caps that cut what is owed of it."""
    figure = ctx.figures[name]
    yield from walk(figure)
    lines = {line.name for line in ctx.lines.values() if line.figure == name}
    for account in ctx.accounts:
        if _can(account.grid) and lines & set(account.lines):
            yield from walk(account.limit)


def _figure_of(ctx: Context, part: object) -> Figure | None:
    """The figure that a part of an expression reads."""
    match part:
        case ex.FigureAt(name) | ex.Standing(name) | ex.FigureRows(name):
            return ctx.figures.get(name)
        case ex.Posted(line):
            return ctx.figures.get(ctx.lines[line].figure or "") if line in ctx.lines else None
    return None


def _of_account(ctx: Context, account: Account) -> str:
    """How a cap survives the end: as all that survives of what it limits does, if that is so in one way."""
    figures = (ctx.figures.get(ctx.lines[line].figure or "") for line in account.lines if line in ctx.lines)
    found = dict.fromkeys(figure.grid.survives for figure in figures if figure is not None and figure.grid.survives)
    return next(iter(found)) if len(found) == 1 and _can(account.grid) else ""


def _differ(ctx: Context, name: str, other: Figure, span: Span) -> None:
    what = f"`{name}` reads `{other.name}`, which survives the end otherwise: their last windows would not be the same."
    ctx.report(NotSayable(span, what, "Let both survive alike, or reckon what is read twice, under two names."))
