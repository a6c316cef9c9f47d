"""Charges and credits: what is owed for each window."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.checks import check
from bpodsl.language.clauses.consequences import currency_of, line_of, owed
from bpodsl.language.clauses.figures import (
    beside,
    left_out,
    no_interpolation,
    partial,
    rounding_line,
    said_once,
    scope_of,
    seen_nowhere,
    sorted_lines,
    with_lines,
)
from bpodsl.language.clauses.tables import CreditRow, by_levels, by_table, credit_table
from bpodsl.language.context import Context
from bpodsl.language.figures_at import at_figure
from bpodsl.language.kinds import Typed, told_of
from bpodsl.language.problems import NotSayable, ShareOfWhat, WrongKind
from bpodsl.language.scopes import FigureHead, Scope
from bpodsl.terms import Clause, Expression, Figure, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, money

_PAYS = (ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine)


def lower_charge(ctx: Context, node: ast.Charge) -> None:
    """A figure and the line that it is owed on."""
    _lower(ctx, node, "charge")


def lower_credit(ctx: Context, node: ast.Credit) -> None:
    """A figure and the line that it is owed on; with a table, of a measure, from the provider to the client."""
    rows = [line for line in node.lines if isinstance(line, ast.CreditRow | ast.KeyedCreditRow)]
    if node.measure is None:
        if rows:
            advice = "Write `credit NAME for MEASURE, of AMOUNT`."
            ctx.demand(rows[0].span, f"`{node.name.text}` has a table, but of which measure?", advice)
        _lower(ctx, node, "credit")
        return
    _lower_table(ctx, node, node.measure, rows)


def _lower(ctx: Context, node: ast.Charge | ast.Credit, word: str) -> None:
    said_once(ctx, node.lines)
    name = node.name.text
    head = ctx.figure_heads.get(name)
    pays = next((line for line in node.lines if isinstance(line, _PAYS)), None)
    clause = ctx.clause_of(node, word)
    if pays is None:
        ctx.demand(clause.span, f"`{name}` does not say who pays what.", "Add `PARTY pays PARTY 1 000 GBP`.")
        ctx.kinds[name] = _money(ctx)
        return
    if head is None:
        ctx.kinds[name] = _money(ctx)
        return
    scope = scope_of(head)
    if isinstance(pays, ast.PaysLevelsLine):
        value, kind = _by_levels(ctx, node, pays, scope)
    else:
        no_interpolation(ctx, node.lines)
        value, kind = owed(ctx, pays.amount, scope) if isinstance(pays, ast.PaysLine) else by_table(ctx, pays, scope)
    ctx.kinds[name] = kind
    _owed(ctx, node, head, clause, Typed(value, kind), pays.payer, pays.payee)


def _by_levels(
    ctx: Context, node: ast.Charge | ast.Credit, pays: ast.PaysLevelsLine, scope: Scope
) -> tuple[Expression, Kind | None]:  # fmt: skip
    """What is owed at the level that a value reaches."""
    table = by_levels(ctx, pays, node.lines, scope)
    if table.base == "share":
        ctx.report(ShareOfWhat(pays.rows[0].result.span, "Write of what: `5% of monthly_charge`."))
    elif table.kind is not None and table.base != "money":
        check(ctx, table, _money(ctx), pays.rows[0].result.span)
    return table.expression, table.kind if table.base == "money" else _money(ctx)


def _money(ctx: Context) -> Kind | None:
    return money(ctx.currency) if ctx.currency else None


def _owed(
    ctx: Context, node: ast.Charge | ast.Credit, head: FigureHead, clause: Clause, sum_: Typed,
    payer: ast.Name, payee: ast.Name,
) -> None:  # fmt: skip
    kind, lines = sum_.kind, sorted_lines(node.lines)
    shows = beside(ctx, sum_.expression)
    seen_nowhere(ctx, head, sum_.expression)
    grid, value = partial(ctx, lines.partial, head.grid, sum_.expression, kind, clause)
    value = left_out(ctx, lines.left_out, value, scope_of(head))
    # Whoever refers to a sum gets it as it states itself: exact, unless this clause says `rounded`.
    rounding = rounding_line(ctx, lines.rounded, kind)
    made = Figure(head.name, clause, clause.word, kind or NUMBER, grid, value, head.groups, rounding, shows=shows)
    ctx.figures[head.name] = with_lines(ctx, made, lines)
    line = line_of(ctx, head.name, clause, "", payer, payee, rounding, head.name, currency_of(kind))
    if line is not None:
        ctx.lines[head.name] = line


# ---------------------------------------------------------------------------------------- tables
def _lower_table(ctx: Context, node: ast.Credit, of: ast.CreditFor, rows: list[CreditRow]) -> None:
    name, clause = node.name.text, ctx.clause_of(node, "credit")
    ctx.kinds[name] = kind = _money(ctx)
    head = ctx.figure_heads.get(name)
    if head is None:
        return
    said_once(ctx, node.lines)
    between = next((line for line in node.lines if isinstance(line, ast.InterpolatedLine)), None)
    scope = scope_of(head)
    pays = [line for line in node.lines if isinstance(line, _PAYS)]
    if pays:
        what = "A credit for a measure has a table, and is owed by the provider to the client."
        ctx.report(NotSayable(pays[0].span, what, "Delete this line, or the words `for …`."))
    subject = at_figure(ctx, of.measure, scope, ex.Same())
    if not rows:
        ctx.demand(clause.span, f"`{name}` has no table.", "Add rows: `| at least 95% | 0% |`.")
    table = credit_table(ctx, of, rows, subject, scope, head.groups, between)
    if of.base is not None:
        base = ctx.typed(of.base, scope)
        if base.base == "money":
            kind = base.kind
        check(ctx, base, kind, of.base.span)
        value: Expression = ex.Arithmetic("*", table.expression, base.expression)
        if table.kind is not None and table.base not in ("share", "number"):
            ctx.report(WrongKind(rows[0].result.span, told_of(table), f"a percentage of {of.base.span.text}"))
    else:
        value = table.expression
        if rows and table.kind is not None and table.base == "share":
            advice = f"Write `credit {name} for {of.measure.text}, of …`."
            ctx.report(ShareOfWhat(rows[0].result.span, advice))
        elif rows:
            kind = table.kind if table.base == "money" else kind
            check(ctx, table, kind, rows[0].result.span)
    ctx.kinds[name] = kind
    payer, payee = (_side(ctx, role, of.measure) for role in ("provider", "client"))
    if payer is not None and payee is not None:
        _owed(ctx, node, head, clause, Typed(value, kind), payer, payee)


def _side(ctx: Context, role: str, at: ast.Name) -> ast.Name | None:
    found = next((party for party in ctx.parties.values() if party.role == role), None)
    return None if found is None else ast.Name(at.span, found.name)
