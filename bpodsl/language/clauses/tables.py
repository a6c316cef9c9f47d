"""Tables of money: bands and steps of a quantity, and what a measure that stands so earns."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from bpodsl.language import ast
from bpodsl.language.checks import check, like
from bpodsl.language.clauses.by_field import by_value, cases
from bpodsl.language.clauses.interpolation import interpolated
from bpodsl.language.conditions import OPS
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed, product, told_of
from bpodsl.language.names import nearest
from bpodsl.language.problems import NotHere, NotSayable, RowNeverReached, ShareOfWhat, UnlikeRows, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression, Group, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money

CreditRow = ast.CreditRow | ast.KeyedCreditRow


# ---------------------------------------------------------------------------------------- bands and steps
def by_table(
    ctx: Context, node: ast.PaysTableLine | ast.PaysTable | ast.BandsLine, scope: Scope
) -> tuple[Expression, Kind | None]:  # fmt: skip
    """Bands price each part of the subject by its own band, steps all of it by the step that it reaches."""
    subject = ctx.typed(node.of, scope)
    bounds: list[Expression | None] = []
    rates: list[Typed] = []
    kind = _priced(ctx, node, scope)
    for place, row in enumerate(node.rows):
        if isinstance(row.case, ast.UpTo):
            bound = ctx.typed(row.case.level, scope)
            check(ctx, bound, subject.kind, row.case.level.span)
            bounds.append(bound.expression)
        else:
            bounds.append(None)
            for later in node.rows[place + 1 :]:
                ctx.report(RowNeverReached(later.span, row.span))
        rates.append(_rate(ctx, row, subject, scope, kind))
        _rising(ctx, node.rows[: place + 1], bounds)
    if not rates:
        return UNKNOWN.expression, kind
    if node.how == "bands":
        bands = (ex.Band(bound, rate.expression) for bound, rate in zip(bounds, rates, strict=True))
        return ex.Bands(subject.expression, tuple(bands)), kind
    results = [ex.Arithmetic("*", subject.expression, rate.expression) for rate in rates]
    rows = [ex.Row("<=", bound, result) for bound, result in zip(bounds, results, strict=True) if bound is not None]
    rest = next((result for bound, result in zip(bounds, results, strict=True) if bound is None), None)
    return ex.Table(subject.expression, tuple(rows), rest), kind


def _priced(
    ctx: Context, node: ast.PaysTableLine | ast.PaysTable | ast.BandsLine, scope: Scope
) -> Kind | None:  # fmt: skip
    """The kind of the sums that a table comes to: those of its first price, or of its subject; of what is not owed
    whatever they make together."""
    parts = [ctx.typed(part, scope) for part in (*(row.rate for row in node.rows[:1]), node.of)]
    for typed in parts:
        if typed.base == "money":
            return typed.kind
    if isinstance(node, ast.BandsLine):
        made = product(parts[-1], parts[0])
        return None if made is None else made[0]
    return money(ctx.currency) if ctx.currency else None


def _rate(ctx: Context, row: ast.BandRow, subject: Typed, scope: Scope, kind: Kind | None) -> Typed:
    rate = ctx.typed(row.rate, scope)
    if rate.kind is None or subject.kind is None or kind is None:
        return rate
    result = product(subject, rate)
    if result is None or result[0] != kind:
        if subject.base == "number" and rate.base == "share":
            ctx.report(ShareOfWhat(row.rate.span, "Write a price, such as `1.20 GBP`."))
        else:
            wanted = "a percentage" if subject.base == "money" else "a price for one"
            priced = rate.base == "number" and kind.detail
            advice = f"Write `{row.rate.span.text} {kind.detail[0]}`." if priced else None
            ctx.report(WrongKind(row.rate.span, told_of(rate), wanted, advice))
    return rate


def _rising(ctx: Context, rows: tuple[ast.BandRow, ...], bounds: list[Expression | None]) -> None:
    if len(bounds) < 2:
        return
    before, last = _plain_value(bounds[-2]), _plain_value(bounds[-1])
    if before is not None and last is not None and last <= before:
        ctx.report(RowNeverReached(rows[-1].span, rows[-2].span))


def _plain_value(expression: Expression | None) -> Fraction | int | None:
    if isinstance(expression, ex.Literal) and isinstance(expression.value, int | Fraction):
        return expression.value
    return None


# ---------------------------------------------------------------------------------------- credits
def credit_table(
    ctx: Context, of: ast.CreditFor, rows: list[CreditRow], subject: Typed, scope: Scope, groups: tuple[Group, ...],
    between: ast.InterpolatedLine | None = None,
) -> Typed:  # fmt: skip
    """What a measure that stands so earns; one table, or one for each value of a key of the group."""
    plain = [row for row in rows if isinstance(row, ast.CreditRow)]
    keyed = [row for row in rows if isinstance(row, ast.KeyedCreditRow)]
    if of.by is None:
        for row in keyed:
            what = "This row has one cell too many: the table is not by a field."
            ctx.report(NotSayable(row.span, what, f"Write `for {of.measure.text} by FIELD`, or delete a cell."))
        return _table(ctx, plain, subject, scope, between)
    for bare in plain:
        what = f"This row does not say for which `{of.by.text}` it is."
        ctx.report(NotSayable(bare.span, what, f"Begin each row with a cell for `{of.by.text}`."))
    if of.by.text not in scope.keys:
        near = nearest(of.by.text, scope.keys)
        advice = f"Let `{of.measure.text}` be `by {of.by.text}`." if near is None else f"Did you mean `{near}`?"
        ctx.report(NotHere(of.by.span, f"`{of.by.text}`", f"{scope.told} is not by it", advice))
        return UNKNOWN
    parts: dict[tuple[str, ...], list[ast.KeyedCreditRow]] = {}
    for row in keyed:
        parts.setdefault(_told_keys(row.keys), []).append(row)
    tables = {name: _table(ctx, part, subject, scope, between) for name, part in parts.items()}
    made = list(tables.values())
    for table, part in zip(made[1:], list(parts.values())[1:], strict=True):
        if not _alike(made[0], table):
            ctx.report(UnlikeRows(part[0].span, told_of(table), told_of(made[0]), keyed[0].span))
    members = next((group.members for group in groups if group.name == of.by.text), None)
    firsts = [(part[0], part[0].keys) for part in parts.values()]
    found = cases(ctx, of.by, scope.keys[of.by.text], firsts, members)
    if found is None or not made:
        return UNKNOWN
    by_row = {id(part[0]): tables[name].expression for name, part in parts.items()}
    value = by_value(ex.GroupKey(of.by.text), found, lambda row: by_row[id(row)])
    return Typed(value, made[0].kind)


def by_levels(
    ctx: Context, node: ast.LevelsLine | ast.PaysLevelsLine | ast.PaysLevels, lines: Sequence[ast.Node], scope: Scope
) -> Typed:
    """The result of the first row that applies; between the rows, if another line of the clause says so."""
    between = next((line for line in lines if isinstance(line, ast.InterpolatedLine)), None)
    return _table(ctx, node.rows, ctx.typed(node.of, scope), scope, between)


def money_by_levels(
    ctx: Context, node: ast.PaysLevelsLine | ast.PaysLevels, scope: Scope, lines: Sequence[ast.Node] = ()
) -> tuple[Expression, Kind | None]:  # fmt: skip
    """What is owed at the level that a value reaches."""
    table, own = by_levels(ctx, node, lines, scope), money(ctx.currency) if ctx.currency else None
    if table.base == "share":
        ctx.report(ShareOfWhat(node.rows[0].result.span, "Write of what: `5% of monthly_charge`."))
    elif table.kind is not None and table.base != "money":
        check(ctx, table, own, node.rows[0].result.span)
    return table.expression, table.kind if table.base == "money" else own


def _told_keys(keys: ast.RowKeys | ast.Otherwise) -> tuple[str, ...]:
    return () if isinstance(keys, ast.Otherwise) else tuple(each.span.text for each in keys.values)


def _table(
    ctx: Context, rows: Sequence[CreditRow], subject: Typed, scope: Scope, between: ast.InterpolatedLine | None
) -> Typed:
    made: list[ex.Row] = []
    otherwise: Expression | None = None
    first: Typed | None = None
    last: CreditRow | None = None
    for place, row in enumerate(rows):
        result = ctx.typed(row.result, scope)
        if first is None:
            first = result
        elif not _alike(first, result):
            ctx.report(UnlikeRows(row.span, told_of(result), told_of(first), rows[0].span))
        if last is not None:
            ctx.report(RowNeverReached(row.span, last.span))
            continue
        if isinstance(row.case, ast.Otherwise):
            otherwise, last = result.expression, row
            continue
        level = ctx.typed(row.case.level, scope)
        if level.kind is not None and subject.kind is not None:
            like(ctx, level, subject, row.case.level.span, "compared")
        new = ex.Row(OPS[row.case.op], level.expression, result.expression)
        for earlier, before in zip(made, rows[:place], strict=False):
            if _swallows(earlier, new):
                ctx.report(RowNeverReached(row.span, before.span))
                break
        made.append(new)
    kind = None if first is None else first.kind
    if between is not None:
        made = interpolated(ctx, between, made, subject)
    return Typed(ex.Table(subject.expression, tuple(made), otherwise), kind)


def _alike(first: Typed, other: Typed) -> bool:
    return first.kind is None or other.kind is None or first.kind == other.kind


def _swallows(earlier: ex.Row, later: ex.Row) -> bool:
    """Whether all that a later row applies to goes to an earlier one."""
    before, after = _plain_value(earlier.bound), _plain_value(later.bound)
    if before is None or after is None or earlier.op[0] != later.op[0]:
        return False
    if before == after:
        return len(earlier.op) >= len(later.op)
    return before < after if earlier.op[0] == ">" else before > after
