"""Caps: no more than what some lines may come to together.

A limit that rests on the very window that it limits is known only when that window is over. Such a cap says how it
holds until then: `so far` cuts each sum by what there is by then; `trued up` cuts none, and what was owed beyond the
limit is paid back once the window is over. A cap of the second kind is no account but a figure and its line.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from bpodsl.language import ast
from bpodsl.language.clauses.consequences import currency_of, line_of, owed, sums_rounded
from bpodsl.language.clauses.heads import cause_fields, right_keys, trigger_keys
from bpodsl.language.clauses.periods import listed_days
from bpodsl.language.clauses.windows import in_any, note_partial, window
from bpodsl.language.context import Context
from bpodsl.language.names import LINES, RIGHTS, nearest
from bpodsl.language.problems import (
    CannotHappen,
    MixedCurrencies,
    NoEffect,
    NotSayable,
    SaidTwice,
    UnknownField,
)
from bpodsl.language.scopes import FigureHead, Row, Scope, same_cells, told_grid
from bpodsl.lean import evolve, is_lean, parts_of
from bpodsl.terms import Account, Accrue, Clause, Expression, Figure, Kind, OnAny, OnOutcome, OnSettled, awaited, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import Grid

SO_FAR, TRUED_UP = "so far", "trued up"

_PAYING = ("obligation", "trigger", *RIGHTS)
"""Clauses from which sums follow."""


def trued_up(node: object) -> bool:
    """Whether it is a cap of which only the end of its window tells what is paid back."""
    return isinstance(node, ast.Cap) and node.holds == TRUED_UP


def is_figure(node: object) -> bool:
    """Whether it is such a cap with a name, and so a figure as well."""
    return isinstance(node, ast.Cap) and trued_up(node) and node.name is not None


def lower_cap(ctx: Context, node: ast.Cap) -> None:
    """A limit on the sum of some lines over each window, in the order in which they are listed."""
    lines = _lines(ctx, node)
    name = cap_name(ctx, node)
    clause = evolve(ctx.clause_of(node, "cap"), name=name)
    rolling = isinstance(node.window, ast.InAny)
    grid = in_any(ctx, node.window) if isinstance(node.window, ast.InAny) else window(ctx, node.window)
    if grid is None:
        return
    note_partial(ctx, grid, clause, grid.span > 1)
    by = _by(ctx, node, lines)
    summed = None if trued_up(node) else Row(f"a sum that `{name}` cuts", by, outcome=_of_outcomes(ctx, lines))
    scope = Scope(f"`{name}`", name, None, evolve(grid, span=1) if grid.span > 1 else grid, by, sum=summed)
    limit, kind = owed(ctx, node.limit, scope)
    for line in lines:
        own = ctx.lines[line].currency if line in ctx.lines else currency_of(kind)
        if own != currency_of(kind):
            ctx.report(MixedCurrencies(node.limit.span, currency_of(kind), own))
    heads = [head for head in map(ctx.figure_heads.get, lines) if head is not None]
    at_once = next((line for line in lines if line not in ctx.figure_heads and line in ctx.lines), "")
    for head in heads:
        if not rolling and _shorter(ctx, grid, head):
            what = f"`{head.name}` is owed {told_grid(head.grid)}, so a cap {told_grid(grid)} cannot hold it."
            ctx.report(CannotHappen(node.window.span, what, "Let the cap have windows at least as long."))
            return
    _until_it_is_known(ctx, node, grid, limit, heads, at_once)
    sound = tuple(line for line in lines if line in ctx.lines)
    if trued_up(node):
        _true_up(ctx, node, clause, grid, limit, kind, sound)
        return
    if node.holds == SO_FAR:
        ctx.running.add(name)
    ctx.accounts.append(Account(name, clause, grid, limit, sound, sums_rounded(ctx, currency_of(kind)), tuple(by)))


def _of_outcomes(ctx: Context, lines: list[str]) -> bool:
    """Whether each of these sums follows from an outcome, which was opened."""
    paying: set[str] = set()
    for norm in ctx.norms.values():
        paying.update(each.line for _, each in norm.consequences if isinstance(each, Accrue))
    for rule in ctx.rules.values():
        if isinstance(rule.on, OnOutcome | OnAny):
            paying.update(each.line for each in rule.then if isinstance(each, Accrue))
    return bool(lines) and all(line in paying for line in lines)


def _by(ctx: Context, node: ast.Cap, lines: list[str]) -> dict[str, Kind | None]:
    """The key for each value of which there is a limit, and its kind; each line must have it."""
    if node.by is None:
        return {}
    if node.holds is not None:
        what = f"A cap for each value of a field has a limit that is known when its sums are owed, not `{node.holds}`."
        ctx.report(NotSayable(node.by.span, what, "Write a template with the line and its cap, and use it for each."))
    key, found, told = node.by, dict[str, Kind | None](), set[str]()
    for line in lines:
        owner = ctx.lines[line].clause.name.partition(".")[0] if line in ctx.lines else ""
        if line not in ctx.figure_heads and owner:
            keys, advice = _told_apart(ctx, owner, key.text)
            if key.text in keys:
                found.setdefault(key.text, keys[key.text])
            elif owner not in told:
                told.add(owner)
                near = nearest(key.text, tuple(keys))
                ctx.report(UnknownField(key.span, key.text, f"What `{owner}` pays", tuple(keys), near, advice))
    for head in filter(None, map(ctx.figure_heads.get, lines)):
        if key.text in head.keys:
            found.setdefault(key.text, head.keys[key.text])
        else:
            known = tuple(head.keys)
            ctx.report(UnknownField(key.span, key.text, f"`{head.name}`", known, nearest(key.text, known)))
    return found


def _told_apart(ctx: Context, owner: str, key: str) -> tuple[Mapping[str, Kind | None], str | None]:
    """The keys of the sums that follow from a clause, and what to write where this one is not among them."""
    declared, duty = ctx.names.table.get(owner), ctx.norm_heads.get(owner)
    of = None if declared is None else declared.node
    by = [name for line in getattr(of, "lines", ()) if isinstance(line, ast.PathLine) for name in line.fields]
    wanted = ", ".join(dict.fromkeys((*(name.text for name in by), key)))
    if isinstance(of, ast.Trigger):
        keys = trigger_keys(ctx, of) if by or _of_figures(ctx, of) else {}
        knows = key in cause_fields(ctx, owner, (ast.Name(of.name.span, key),))
        return keys, f"Tell what it pays apart: give `{owner}` a line `by {wanted}`." if knows else None
    if isinstance(of, ast.Right | ast.Termination):
        return right_keys(ctx, of), f"Let there be a right for each: give `{owner}` a line `by {wanted}`."
    if duty is None:
        return {}, None
    many = ", ".join(dict.fromkeys((*duty.by, key)))
    advice = f"Let `{owner}` arise for each: `for each … by {many}`." if key in duty.fields else None
    return {name: duty.fields.get(name) for name in duty.by}, advice


def _of_figures(ctx: Context, node: ast.Trigger) -> bool:
    """Whether a trigger waits for the windows of figures, and so fires for each of their groups."""
    rule = ctx.rules.get(node.name.text)
    return rule is not None and isinstance(rule.on, OnSettled)


def _lines(ctx: Context, node: ast.Cap) -> list[str]:
    credits = [declared.name for declared in ctx.names.of("credit")]
    ctx.names.used.update(credits)
    lines: list[str] = []
    if isinstance(node.lines, ast.AllCredits):
        if not credits:
            ctx.report(CannotHappen(node.lines.span, "There are no credits to be capped."))
        elif len(credits) > 1 and not trued_up(node):
            # The order of clauses means nothing, so it cannot say who is paid when the cap does not reach for all.
            named = ", ".join(credits)
            what = f"There are {len(credits)} credits, and which of them fills the cap first is not stated."
            ctx.demand(node.lines.span, what, f"Name them in their order: `cap NAME on {named} at …`.")
        return credits
    for each in node.lines:
        if each.text in lines:
            ctx.report(SaidTwice(each.span, f"`{each.text}`"))
        elif (found := ctx.find(each, *LINES, *_PAYING, wanted="charge, credit, obligation or trigger")) is not None:
            lines += [each.text] if found.thing in LINES else _paid(ctx, node, each)
    return lines


def _paid(ctx: Context, node: ast.Cap, name: ast.Name) -> list[str]:
    """The sums that follow from a clause, in the order in which they stand there."""
    if trued_up(node):
        what = f"What `{name.text}` pays follows at once, and is not trued up."
        ctx.report(NotSayable(name.span, what, "Say `, so far`, or a limit that is known when the sum is owed."))
        return []
    paid = [line for line in ctx.lines if line == f"{name.text}.payment" or line.startswith(f"{name.text}.payment.")]
    if not paid and name.text not in ctx.broken:
        advice = "Add `failing that … pays … as \"…\"` to it, or name a charge or credit."
        ctx.report(CannotHappen(name.span, f"Nothing is paid for `{name.text}`, so no cap can hold it.", advice))
    return paid


def _until_it_is_known(
    ctx: Context, node: ast.Cap, grid: Grid, limit: Expression, heads: list[FigureHead], at_once: str
) -> None:  # fmt: skip
    """Whether it is said how a limit holds that is known only when the window of the cap is over.

    `at_once`: a line of which sums follow in the middle of a window, "" if there is none.
    """
    shorter = [head for head in heads if not same_cells(grid, head.grid)]
    owed_when = f"`{shorter[0].name}` is owed {told_grid(shorter[0].grid)}" if shorter else ""
    if at_once:
        owed_when = f"`{at_once}` is owed as soon as it follows"
    rolling = isinstance(node.window, ast.InAny)
    rests = any(_of_the_window(part) for part in walk(limit))
    if node.holds is not None:
        why = ""
        if rolling:
            why = "a limit in any so many months is reckoned anew with each sum"
        elif heads and not owed_when:
            why = "the cap and what it holds have the same windows"
        elif node.holds == SO_FAR and not rests:
            why = "the limit is known from the start"
        if why:
            ctx.report(NoEffect(node.span, node.holds, why, f"Delete `, {node.holds}`."))
        return
    if rolling and any(isinstance(p, ex.FigureAt | ex.Standing) and p.shift == ex.Same() for p in walk(limit)):
        what = "A rolling cap has windows of its own, in which this figure has no value."
        ctx.report(NotSayable(node.limit.span, what, "Write `sum of value over windows of` the figure."))
    elif owed_when and rests and not rolling:
        what = f"The limit is known only when the cap's window is over; {owed_when}."
        advice = (
            "Say how it holds until then, behind the windows: `, so far` (each sum is cut by the limit as it stands "
            "when it is owed) or `, trued up` (what was owed beyond the limit is paid back when the window is over)."
        )
        ctx.demand(node.limit.span, what, advice)


def _of_the_window(part: object) -> bool:
    """Whether a part of a limit has its value only when the window in scope is over."""
    match part:
        case ex.FigureAt(_, shift) | ex.Standing(_, _, shift):
            return isinstance(shift, ex.Same)
        case ex.FigureRows(_, last):
            return last is None
        case ex.TrailRows(of=of) | ex.TrailOutcomes(of=of) | ex.TrailLength(of=of) | ex.TrailIntervals(of=of):
            return of == "window"
        case ex.EventRows() | ex.OutcomeRows() | ex.StateRows() | ex.StandingRows() | ex.LengthOf() | ex.Posted():
            return True
        case _:
            return False


def _shorter(ctx: Context, grid: Grid, head: FigureHead) -> bool:
    if same_cells(grid, head.grid) or grid.unit == "term" or head.grid.unit == "term":
        return False
    if head.grid.later:
        return any(_shorter(ctx, grid, evolve(head, grid=each)) for each in head.grid.each)
    shortest = {"day": 1, "week": 7, "month": 28}
    longest = {"day": 1, "week": 7, "month": 31}
    most = longest[grid.unit] * grid.n if grid.unit in longest else max(listed_days(grid))
    least = shortest[head.grid.unit] * head.grid.n if head.grid.unit in shortest else min(listed_days(head.grid))
    return most * grid.span < least


def cap_name(ctx: Context, node: ast.Cap) -> str:
    """Its own name; a cap on all credits without one is `credits`."""
    if node.name is not None:
        return node.name.text
    taken = {account.name for account in ctx.accounts}
    name, n = "credits cap", 1
    while name in taken:
        n += 1
        name = f"credits cap {n}"
    return name


# ---------------------------------------------------------------------------------------- trued up
def _true_up(
    ctx: Context, node: ast.Cap, clause: Clause, grid: Grid, limit: Expression, kind: Kind | None,
    lines: tuple[str, ...],
) -> None:  # fmt: skip
    """What was posted beyond the limit of a window, paid back when it is over."""
    if node.name is None:
        what = "A cap that is trued up is owed as a sum of its own, and has no name."
        ctx.demand(node.span, what, "Name it: `cap yearly_cap on credits at …`.")
    sides = {(ctx.lines[line].payer, ctx.lines[line].payee) for line in lines}
    if not lines:
        return
    if len(sides) > 1:
        what = "These lines are not all owed by one party to the other, so no single sum pays back what is over."
        ctx.report(NotSayable(node.span, what, "Write a cap for each direction."))
        return
    (payer, payee), *_ = sides
    rounding = sums_rounded(ctx, currency_of(kind))
    posted = [ex.Aggregate("sum", ex.FigureRows(_posted(ctx, line)), value=ex.RowValue()) for line in lines]
    together: Expression = posted[0]
    for each in posted[1:]:
        together = ex.Arithmetic("+", together, each)
    bound = ex.Rounded(limit, rounding)
    over = ex.Largest((ex.Literal(0, kind or NUMBER), ex.Arithmetic("-", together, bound)))
    ctx.kinds[clause.name] = kind
    shows = ("posted", together), ("limit", bound)
    ctx.figures[clause.name] = Figure(clause.name, clause, "charge", kind or NUMBER, grid, over, shows=shows)
    back = ast.Name(node.span, payee), ast.Name(node.span, payer)
    line = line_of(ctx, clause.name, clause, "", *back, rounding, clause.name, currency_of(kind))
    if line is not None:
        ctx.lines[clause.name] = line


def _posted(ctx: Context, line: str) -> str:
    """The figure of what a line has posted in each of its windows."""
    name, of = f"posted {line}", ctx.figures[line]
    if name not in ctx.figures:
        clause = evolve(of.clause, name=name, title=f"{of.clause.shown}, as posted")
        value = ex.Posted(line)
        ctx.figures[name] = Figure(name, clause, "amount", of.kind, of.grid, value, of.by)
    return name


# ---------------------------------------------------------------------------------------- so far
def take_limits_so_far(ctx: Context) -> None:
    """In limits that hold as far as there is something, the formula of a figure stands for its value of the window."""
    for place, account in enumerate(ctx.accounts):
        if account.name in ctx.running:
            limit, hindered = _so_far(ctx, account.limit, (), False)
            if hindered and account.clause.span is not None:
                what = f"What stands so far cannot be told of `{hindered}` here."
                ctx.report(NotSayable(account.clause.span, what, "Write its formula in place of its name."))
            ctx.accounts[place] = evolve(account, limit=cast(Expression, limit))


def _so_far(ctx: Context, part: object, within: tuple[str, ...], of_rows: bool) -> tuple[object, str]:
    """An expression with formulas for figures of the same window; and what it cannot be done for ("" if all can)."""
    if isinstance(part, ex.FigureAt | ex.Standing) and isinstance(part.shift, ex.Same):
        figure = ctx.figures.get(part.figure)
        if isinstance(part, ex.Standing) or of_rows or figure is None or figure.by or part.figure in within:
            return part, part.figure
        value = figure.value if figure.rounding is None else ex.Rounded(figure.value, figure.rounding)
        return _so_far(ctx, value, (*within, part.figure), of_rows)
    if isinstance(part, tuple):
        made = [_so_far(ctx, each, within, of_rows) for each in part]
        return tuple(each for each, _ in made), next((name for _, name in made if name), "")
    if not is_lean(type(part)) or isinstance(part, ex.Literal | Kind):
        return part, ""
    found, hindered = {}, ""
    for each in parts_of(type(part)):
        inside = of_rows or isinstance(part, ex.Aggregate)
        found[each], name = _so_far(ctx, getattr(part, each), within, inside)
        hindered = hindered or name
    return type(part)(**found), hindered


# ---------------------------------------------------------------------------------------- known late
def take_limits_awaited(ctx: Context) -> None:
    """A sum whose cap rests on what may settle later than the sum waits for it: else the cap would cut nothing."""
    for account in ctx.accounts:
        if account.name in ctx.running or not _may_be_late(ctx, account.limit):
            continue
        rolling = account.grid.span > 1
        for line in account.lines:
            figure = ctx.figures.get(ctx.lines[line].figure or "")
            if figure is None:
                continue
            if same_cells(account.grid, figure.grid):
                if figure.name in _figures_behind(ctx, account.limit, now=True):
                    continue  # It rests on the sum itself, which cannot wait for it.
                # Of a rolling limit only what lies in the newest of its windows can still be to come.
                of = [part for part in walk(account.limit) if isinstance(part, ex.FigureRows | ex.OutcomeRows)]
                limit = tuple(ex.Aggregate("count", rows) for rows in of) if rolling else (account.limit,)
                ctx.figures[figure.name] = evolve(figure, awaits=(*figure.awaits, *limit))
            elif account.clause.span is not None and any(map(_of_another_window, walk(account.limit))):
                what = f"The limit may settle later than `{figure.name}`, and would then cut nothing."
                advice = (
                    "Let the figure of the limit settle when its window ends, or say `, trued up` behind the windows: "
                    "what was owed beyond the limit is then paid back."
                )
                ctx.report(NotSayable(account.clause.span, what, advice))


def _of_another_window(part: object) -> bool:
    return isinstance(part, ex.FigureAt | ex.Standing) and isinstance(part.shift, ex.Back)


def _figures_behind(ctx: Context, limit: Expression, now: bool = False) -> dict[str, Figure]:
    """The figures on which a limit rests in the end; `now`: in the same window."""
    found: dict[str, Figure] = {}
    waiting: list[object] = [limit]
    while waiting:
        for part in walk(waiting.pop()):
            name = None
            if isinstance(part, ex.FigureAt | ex.Standing | ex.FigureRows):
                earlier = part.last is not None if isinstance(part, ex.FigureRows) else _of_another_window(part)
                name = None if now and earlier else part.figure
            elif isinstance(part, ex.Posted) and part.line in ctx.lines:
                name = ctx.lines[part.line].figure
            if name is not None and name in ctx.figures and name not in found:
                of = found[name] = ctx.figures[name]
                waiting += [of.value, of.target, of.minimum, of.shows]
    return found


def _may_be_late(ctx: Context, limit: Expression) -> bool:
    """Whether something on which a limit rests may settle after the end of its window."""
    behind = _figures_behind(ctx, limit)
    if any(figure.settle_after is not None for figure in behind.values()):
        return True
    parts = (part for each in (limit, *(figure.value for figure in behind.values())) for part in walk(each))
    return any(
        isinstance(part, ex.SeriesAt | ex.Ruled) or (isinstance(part, ex.OutcomeRows) and awaited(part))
        for part in parts
    )
