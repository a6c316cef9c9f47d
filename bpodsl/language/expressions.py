"""Expressions: each is typed and lowered at once, from the leaves up.

What a name means depends on where it stands (`scopes`): a field of the row in scope, else a key of the
group, else a figure in the same window. `TYPINGS` says for each class of the tree which function types
it; conditions are in `conditions`, aggregates in `rows`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final

from bpodsl.language import ast, conditions, dates, literals, rows
from bpodsl.language.cases import of_case
from bpodsl.language.checks import capital, holds, like, unlike
from bpodsl.language.context import Asked, Context, Typing
from bpodsl.language.earning import earned_back
from bpodsl.language.figures_at import at_figure, posted, previous, reachable, the_other_window, windows_ago, year_ago
from bpodsl.language.interest import interest_on
from bpodsl.language.kinds import (
    COUNTABLE,
    ORDERED,
    UNKNOWN,
    Typed,
    difference,
    fixed,
    product,
    quotient,
    settled,
    told_of,
    total,
)
from bpodsl.language.lookups import lookup
from bpodsl.language.names import FIGURES, nearest
from bpodsl.language.one_group import group_value, rank_of
from bpodsl.language.outer import outer
from bpodsl.language.problems import NotHere, NotSayable, Shadowed, UnknownField, WrongKind, WrongThing
from bpodsl.language.scopes import Row, Scope
from bpodsl.language.series import in_currency, of_the_day, series_lookup
from bpodsl.language.shares import shared_value
from bpodsl.language.sums import ASKING, asking
from bpodsl.lean import evolve
from bpodsl.terms import Expression
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE
from bpodsl.text import Span

_FLAT: Final = 8
"""Sums and products of more parts than this are built as a balanced tree, so that none is too deep."""


# ---------------------------------------------------------------------------------------- names
def named(ctx: Context, node: ast.Name, scope: Scope) -> Typed:
    """A field of the row, a key of the group, a defined word, or a figure in the same window."""
    name, row = node.text, scope.row
    if row is not None:
        if name in row.fields:
            if scope.grid is not None and name in ctx.figure_heads:
                ctx.report(Shadowed(node.span, name, row.told, ctx.figure_heads[name].span))
            if name in ctx.asked_of and not _asked_of(ctx, node, row):
                return UNKNOWN
            leaf = ex.Ruled(name) if name in ctx.questions else ex.FieldOf(name)
            return Typed(leaf, row.fields[name], node.span)
        if name == "value" and row.figure:
            return Typed(ex.RowValue(), row.value, node.span, row.ratio, ctx.fixed.get(row.figure))
        if name == "reading" and row.reading is not None:
            return Typed(ex.Reading(), row.reading, node.span)
        if name == "outstanding" and row.outstanding is not None:
            return Typed(ex.Outstanding(), row.outstanding, node.span)
    if name in ctx.asked:
        return _answered(ctx, node, scope)
    if name in scope.keys:
        return Typed(ex.GroupKey(name), scope.keys[name], node.span)
    if name in ctx.broken:
        return UNKNOWN
    if name in ctx.meanings and ctx.names.get(name, ("definition",)) is not None:
        meant = ctx.typed(ctx.meanings[name], scope)
        return meant if meant is UNKNOWN else evolve(meant, span=node.span)
    if scope.daily and ctx.names.get(name, ("series",)) is not None:
        return of_the_day(ctx, node, scope)
    if ctx.names.get(name, FIGURES) is not None:
        return at_figure(ctx, node, scope, ex.Same())
    if row is not None and row.dated and name not in ctx.names.table:
        of_other = of_case(ctx, node, row)
        if of_other is not None:
            return of_other
    _unknown(ctx, node, scope)
    return UNKNOWN


_THEN: Final = MappingProxyType({"missed": ("missed", "cured", "breached")})
"""The other outcomes of which one that is asked about surely has been."""


def _asked_of(ctx: Context, node: ast.Name, row: Row | None) -> bool:
    """Whether a question about an outcome is about this row; of any other it would stay open for ever (reported)."""
    norm, outcome = ctx.asked_of[node.text]
    if row is not None and row.norm == norm and row.became and set(row.became) <= set(_THEN.get(outcome, (outcome,))):
        return True
    advice = f"Ask for it in `count of {norm} {outcome} where …`, or `when {norm} is {outcome} where …`."
    ctx.report(NotHere(node.span, f"`{node.text}`", f"it is asked of each `{norm}` that is {outcome}", advice))
    return False


def _answered(ctx: Context, node: ast.Name, scope: Scope) -> Typed:
    """The answer to a question about an outcome, or about the window in scope."""
    asked = ctx.asked[node.text]
    ctx.names.used.add(node.text)
    if not asked.figure:
        if not _asked_of(ctx, node, scope.row):
            return UNKNOWN
        return Typed(ex.Answered(asked.name, asked.norms, asked.kind), asked.kind, node.span)
    head = ctx.figure_heads.get(asked.figure)
    if head is None or not reachable(ctx, ast.Name(node.span, asked.figure), head, scope):
        return UNKNOWN
    answer = ex.Answered(asked.name, asked.norms, asked.kind, "window", asked.by)
    # Whether it is asked shows only once the figure has settled; where it is not, there is nothing to wait for.
    return Typed(ex.If(asked_where(ctx, asked), answer, ex.Unmeasured("does not arise")), asked.kind, node.span)


def asked_where(ctx: Context, asked: Asked) -> Expression:
    """About which windows of a figure a question is asked: of those that are measured, the ones for which it holds."""
    head = ctx.figure_heads[asked.figure]
    measured = ex.Not(ex.Standing(asked.figure, "not measured", ex.Same()))
    if asked.where is None:
        return measured
    within = Scope(f"a window of `{head.name}`", asked.name, grid=head.grid, keys=head.keys, counted=head.counted)
    return ex.AllOf((measured, holds(ctx, asked.where, within)))


def _unknown(ctx: Context, node: ast.Name, scope: Scope) -> None:
    name, row = node.text, scope.row
    declared = ctx.names.table.get(name)
    if declared is not None:
        ctx.names.used.add(name)
        if declared.thing == "series":
            advice = f"Write `{name} at` and a day, such as `{name} at 2026-01-01`."
            ctx.report(NotSayable(node.span, f"`{name}` is a series: its value differs from day to day.", advice))
            return
        wanted = "field or figure" if row is not None else "figure"
        ctx.report(
            WrongThing(node.span, name, declared.thing, wanted, declared.span, advice=ctx.where_asked(declared))
        )
    elif name == "outstanding":
        ctx.report(NotHere(node.span, "`outstanding`", "only the open instances of a duty performed in parts have it"))
    elif name in ("reading", "value", "it"):
        why = "it belongs to the windows of a figure"
        if name == "reading":
            outcome = row is not None and row.told.startswith("an outcome")
            why = "its instances are reckoned by different clocks" if outcome else (
                "only an outcome and a state's interval have a reading"
            )  # fmt: skip
        ctx.report(NotHere(node.span, f"`{name}`", why))
    elif row is not None:
        known = tuple(row.fields)
        near = nearest(name, known)
        if near is None and scope.grid is not None:
            near = nearest(name, [each.name for each in ctx.names.of(*FIGURES)])
        ctx.report(UnknownField(node.span, name, capital(row.told), known, near))
    else:
        ctx.find(node, *FIGURES, wanted="figure")


# ---------------------------------------------------------------------------------------- arithmetic
def negative(ctx: Context, node: ast.Negative, scope: Scope) -> Typed:
    """`-12`, `-monthly_charge`"""
    part = ctx.typed(node.value, scope)
    if part.kind is not None and part.base not in COUNTABLE:
        ctx.report(WrongKind(node.value.span, told_of(part), "a number, share, sum of money or length"))
        return UNKNOWN
    if isinstance(part.expression, ex.Literal) and isinstance(part.expression.value, int | Fraction):
        return evolve(part, expression=evolve(part.expression, value=-part.expression.value), span=node.span)
    nothing = ex.Literal(0, part.kind or NUMBER)
    return evolve(part, expression=ex.Arithmetic("-", nothing, part.expression), span=node.span)


def summed(ctx: Context, node: ast.Sum, scope: Scope) -> Typed:
    """`A + B - C`"""
    result = ctx.typed(node.first, scope)
    plus, minus = [result], list[Typed]()
    for signed in node.rest:
        moved = dates.in_days(ctx, result, signed, scope)
        part = UNKNOWN if moved is not None else ctx.typed(signed.value, scope)
        moved = moved or dates.moved(ctx, result, part, signed)
        if moved is UNKNOWN:
            return UNKNOWN
        if moved is not None:
            result, plus, minus = moved, [moved], []
            continue
        kind = (total if signed.op == "+" else difference)(result, part)
        if kind is None:
            unlike(ctx, signed.value.span, "added" if signed.op == "+" else "subtracted", result, part)
            return UNKNOWN
        (plus if signed.op == "+" else minus).append(part)
        chain = _chain(signed.op, result, part, len(node.rest))
        result = Typed(chain, kind[0], node.span, kind[1], fixed(result, part))
    if len(node.rest) > _FLAT:
        whole = _balanced("+", [each.expression for each in plus])
        if minus:
            whole = ex.Arithmetic("-", whole, _balanced("+", [each.expression for each in minus]))
        return evolve(result, expression=whole)
    return result


def multiplied(ctx: Context, node: ast.Product, scope: Scope) -> Typed:
    """`A * B / C`"""
    result = ctx.typed(node.first, scope)
    over, under = [result], list[Typed]()
    for scaled in node.rest:
        part = ctx.typed(scaled.value, scope)
        op = "/" if scaled.op == "/" else "*"
        kind = (quotient if op == "/" else product)(result, part)
        if kind is None:
            unlike(ctx, scaled.value.span, "divided" if op == "/" else "multiplied", result, part)
            return UNKNOWN
        (under if op == "/" else over).append(part)
        chain = _chain(op, result, part, len(node.rest))
        result = Typed(chain, kind[0], node.span, kind[1], fixed(result, part, alike=False))
    if len(node.rest) > _FLAT:
        whole = _balanced("*", [each.expression for each in over])
        if under:
            whole = ex.Arithmetic("/", whole, _balanced("*", [each.expression for each in under]))
        return evolve(result, expression=whole)
    return result


def _chain(op: str, left: Typed, right: Typed, length: int) -> Expression:
    if length > _FLAT:
        return left.expression
    return ex.Arithmetic(op, left.expression, right.expression)


def _balanced(op: str, parts: list[Expression]) -> Expression:
    while len(parts) > 1:
        pairs = [ex.Arithmetic(op, a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = [*pairs, *parts[len(pairs) * 2 :]]
    return parts[0]


def percent_of(ctx: Context, node: ast.PercentOf, scope: Scope) -> Typed:
    """`12% of monthly_charge`"""
    of = ctx.typed(node.of, scope)
    if of.kind is not None and of.base not in COUNTABLE:
        ctx.report(WrongKind(node.of.span, told_of(of), "a number, share, sum of money or length"))
        return UNKNOWN
    share = ex.Literal(node.share.value, SHARE)
    return Typed(ex.Arithmetic("*", share, of.expression), of.kind, node.span, of.ratio, of.fixed)


# ---------------------------------------------------------------------------------------- choices
def if_then(ctx: Context, node: ast.IfThen, scope: Scope) -> Typed:
    """`if COND then A else B`"""
    condition = holds(ctx, node.condition, scope)
    then, otherwise = ctx.typed(node.then, scope), ctx.typed(node.otherwise, scope)
    kind = like(ctx, then, otherwise, node.otherwise.span, "chosen between")
    if kind is None:
        return UNKNOWN
    chosen = ex.If(condition, then.expression, otherwise.expression)
    return Typed(chosen, kind[0], node.span, kind[1], fixed(then, otherwise))


def fallback(ctx: Context, node: ast.Fallback, scope: Scope) -> Typed:
    """`A, or B if not measured`"""
    value, otherwise = ctx.typed(node.value, scope), ctx.typed(node.otherwise, scope)
    kind = like(ctx, value, otherwise, node.otherwise.span, "chosen between")
    if kind is None:
        return UNKNOWN
    either = ex.IfMeasured(value.expression, otherwise.expression)
    return Typed(either, kind[0], node.span, kind[1], fixed(value, otherwise))


def greater(ctx: Context, node: ast.Greater, scope: Scope) -> Typed:
    """`the greater of A and B`"""
    return _extreme(ctx, node.parts, scope, ex.Largest, node.span)


def lesser(ctx: Context, node: ast.Lesser, scope: Scope) -> Typed:
    """`the lesser of A and B`"""
    return _extreme(ctx, node.parts, scope, ex.Smallest, node.span)


def _extreme(
    ctx: Context,
    nodes: tuple[ast.Expression, ...],
    scope: Scope,
    make: Callable[[tuple[Expression, ...]], Expression],
    span: Span,
) -> Typed:
    parts = [ctx.typed(each, scope) for each in nodes]
    result = parts[0]
    for node, part in zip(nodes, parts, strict=True):
        if part.kind is not None and part.base not in ORDERED:
            ctx.report(WrongKind(node.span, told_of(part), "a value that can be greater than another"))
            return UNKNOWN
        kind = like(ctx, result, part, node.span, "compared")
        if kind is None:
            return UNKNOWN
        result = Typed(part.expression, kind[0], part.span, kind[1], fixed(result, part))
    return evolve(result, expression=make(tuple(part.expression for part in parts)), span=span)


def rounded(ctx: Context, node: ast.RoundedValue, scope: Scope) -> Typed:
    """`EXPR rounded half up to 0.01`"""
    value = ctx.typed(node.value, scope)
    if value.kind is not None and value.base not in COUNTABLE:
        ctx.report(WrongKind(node.value.span, told_of(value), "a number, share, sum of money or length"))
        return UNKNOWN
    if value.ratio:
        value = settled(value, SHARE if isinstance(node.rounding.step, ast.Percent) else NUMBER)
    step = literals.rounding(ctx, node.rounding, value.kind)
    if step is None:
        return UNKNOWN
    return evolve(value, expression=ex.Rounded(value.expression, step), span=node.span)


_TYPINGS: dict[type[ast.Node], Callable[[Context, Any, Scope], Typed]] = {
    ast.Name: named,
    ast.Number: literals.number_literal,
    ast.Percent: literals.percent_literal,
    ast.Money: literals.money_literal,
    ast.Length: literals.length_literal,
    ast.CountedDays: literals.counted_days,
    ast.Text: literals.text_literal,
    ast.Day: literals.day_literal,
    ast.Instant: literals.instant_literal,
    ast.Period: literals.period_literal,
    ast.YesNo: literals.yes_no_literal,
    ast.Negative: negative,
    ast.Sum: summed,
    ast.Product: multiplied,
    ast.PercentOf: percent_of,
    ast.IfThen: if_then,
    ast.Fallback: fallback,
    ast.RoundedValue: rounded,
    ast.Greater: greater,
    ast.Lesser: lesser,
    ast.SeriesLookup: series_lookup,
    ast.InCurrency: in_currency,
    ast.InterestOn: interest_on,
    ast.Previous: previous,
    ast.EarnedBack: earned_back,
    ast.WindowsAgo: windows_ago,
    ast.YearAgo: year_ago,
    ast.OfThe: the_other_window,
    ast.Posted: posted,
    ast.Outer: outer,
    ast.Lookup: lookup,
    ast.SharedValue: shared_value,
    ast.GroupValue: group_value,
    ast.RankOf: rank_of,
    ast.Either: conditions.either,
    ast.Both: conditions.both,
    ast.Negation: conditions.negation,
    ast.Compare: conditions.compare,
    ast.OneOf: conditions.one_of,
    ast.Stands: conditions.stands,
    ast.AnyStands: conditions.any_stands,
    ast.Given: conditions.given,
    ast.InCalendar: conditions.in_calendar,
    ast.DuringState: conditions.during_state,
    ast.CountOf: rows.count_of,
    ast.SumOf: rows.sum_of,
    ast.MeanOf: rows.mean_of,
    ast.QuantileOf: rows.quantile_of,
    ast.MedianOf: rows.median_of,
    ast.PickOf: rows.pick_of,
    ast.ShareOfOutcomes: rows.share_of_outcomes,
    ast.ShareOfAny: rows.share_of_outcomes,
    ast.ShareOfEvents: rows.share_of_events,
    ast.OutstandingOf: rows.outstanding_of,
    ast.LengthOf: rows.length_of,
    ast.Availability: rows.availability,
    ast.WindowDays: rows.window_days,
    ast.WholeDays: rows.window_days,
    **dates.TYPINGS,
}

TYPINGS: Final[Mapping[type[ast.Node], Typing]] = MappingProxyType(
    {**_TYPINGS, **{kind: asking(_TYPINGS[kind]) for kind in ASKING}}
)
"""For each class of expressions the function that types and lowers it."""
