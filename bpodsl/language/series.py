"""Look-ups in series, and sums turned into another currency."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.checks import like
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed, told, told_of
from bpodsl.language.names import listed
from bpodsl.language.problems import CannotHappen, NotHere, NotSayable, UnknownWord, WrongCurrency, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import Expression, Kind, Length, Series, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import TEXT, money
from bpodsl.text import Span

DAYS = ("day", "instant", "period")
"""Kinds of values that name a day."""


def series_lookup(ctx: Context, node: ast.SeriesLookup, scope: Scope) -> Typed:
    """`cpi at DAY`, `rates of EUR at DAY`, `cpi at DAY as published on DAY`"""
    if ctx.find(node.series, "series") is None:
        return UNKNOWN
    term = ctx.series.get(node.series.text)
    day = _day(ctx, node.day, scope)
    published = None if node.published is None else _day(ctx, node.published, scope)
    if term is None or day is None or (published is None and node.published is not None):
        return UNKNOWN
    key = _key(ctx, node, term, scope)
    if key is None:
        return UNKNOWN
    # Of a series by period the period that holds the day answers; what is said of the whole series is in its clause.
    made = ex.SeriesAt(term.name, day, ctx.finds[term.name], key, published)
    ctx.lookups.setdefault(made, " ".join(node.span.text.split()))
    return Typed(made, ctx.series_kinds[term.name], node.span)


def of_the_day(ctx: Context, node: ast.Name, scope: Scope) -> Typed:
    """A series in the rate of interest: its value of each day."""
    term = ctx.series.get(node.text)
    key = None if term is None else _key(ctx, ast.SeriesLookup(node.span, node, None, node, None), term, scope)
    if term is None or key is None:
        return UNKNOWN
    made = ex.SeriesAt(term.name, ex.EachDay(), ctx.finds[term.name], key)
    return Typed(made, ctx.series_kinds[term.name], node.span)


def over_days(
    ctx: Context, node: ast.Node, op: str, value: ast.Expression, days: ast.DaysBefore, scope: Scope
) -> Typed:
    """`mean of SERIES over the 30 days before DAY`: of its value of each day, or of each month that it has one for."""
    typed = ctx.typed(value, evolve(scope, daily=True))
    asked = [part for part in walk(typed.expression) if isinstance(part, ex.SeriesAt) and part.day == ex.EachDay()]
    assert isinstance(days.length, ast.Length)
    length = literals.in_days(ctx, days.length, "a stretch of days")
    before = _before(ctx, days.before, scope)
    if typed.kind is None or length is None or before is None:
        return UNKNOWN
    if typed.base not in ("number", "share", "money", "length"):
        ctx.report(WrongKind(value.span, told_of(typed), "a number, share, sum of money or length"))
        return UNKNOWN
    if not asked:
        what = "Over the days before a day a series is asked for, which has a value for each of them."
        advice = "Of events write `over EVENT in the 30 days before …`, of a figure `over last 3 windows of …`."
        ctx.report(NotSayable(node.span, what, advice))
        return UNKNOWN
    back = ex.DayAfter(before, length, -1)
    day = Length(1, "days")
    units = {ctx.series[part.series].unit for part in asked}
    by_period = length.unit in ("months", "years") and len(units) == 1 and not units & {"", "day"}
    unit, last = units.pop() if by_period else "day", ex.DayAfter(before, day, -1)
    made = ex.OverDays(op, typed.expression, ex.DayAfter(back, day, -1), last, unit, length.calendar)
    return Typed(made, typed.kind, node.span, typed.ratio)


def _before(ctx: Context, node: ast.Expression | ast.TheWindow, scope: Scope) -> Expression | None:
    """The day before which some days lie."""
    if not isinstance(node, ast.TheWindow):
        found = _day(ctx, node, scope)
        return None if found is None else ex.DayOf(found, "first")
    if scope.grid is None or scope.row is not None:
        ctx.report(NotHere(node.span, "The window", f"{scope.told} has none", "Write a day."))
        return None
    return ex.WindowDay("first")


def _day(ctx: Context, node: ast.Expression, scope: Scope) -> Expression | None:
    typed = ctx.typed(node, scope)
    if typed.kind is None:
        return None
    if typed.base not in DAYS:
        ctx.report(WrongKind(node.span, told_of(typed), "a day, an instant or a month"))
        return None
    return typed.expression


def _key(ctx: Context, node: ast.SeriesLookup, term: Series, scope: Scope) -> tuple[Expression, ...] | None:
    """The values of the keys: the one written, else what the row or the group has."""
    if node.key is not None and len(term.by) != 1:
        of = f"by {listed(f'`{name}`' for name in term.by)}" if term.by else "one for all"
        what = f"`{term.name}` is {of}, so it is not known what `of {node.key.span.text}` means."
        advice = f"Write `{term.name} at …`." + (" The fields of the row are taken." if term.by else "")
        ctx.report(CannotHappen(node.key.span, what, advice))
        return None
    found: list[Expression] = []
    for name in term.by:
        kind = ctx.series_keys[term.name].get(name)
        if node.key is not None:
            made = _written(ctx, node.key, kind, name, scope)
        else:
            made = _taken(ctx, node, name, kind, scope)
        if made is None:
            return None
        found.append(made)
    return tuple(found)


def _taken(ctx: Context, node: ast.SeriesLookup, name: str, kind: Kind | None, scope: Scope) -> Expression | None:
    of_row = scope.row is not None and name in scope.row.fields
    if of_row or name in scope.keys:
        typed = ctx.typed(ast.Name(node.series.span, name), scope)
        return typed.expression if _of_words(ctx, typed, kind, node.series.span) else None
    advice = f"Write which: `{node.series.text} of … at …`."
    ctx.report(NotHere(node.series.span, f"The `{name}` of `{node.series.text}`", "nothing here says which", advice))
    return None


def _of_words(ctx: Context, typed: Typed, kind: Kind | None, span: Span | None) -> bool:
    """Whether it can be a key: text, or one of some words; reported if not."""
    if typed.kind is None or typed.base in ("text", "one_of"):
        return True
    return like(ctx, typed, Typed(typed.expression, kind), span, "compared") is not None


def _written(ctx: Context, node: ast.Name | ast.Text, kind: Kind | None, name: str, scope: Scope) -> Expression | None:
    text = node.text if isinstance(node, ast.Name) else node.value
    if isinstance(node, ast.Name) and ((scope.row is not None and text in scope.row.fields) or text in scope.keys):
        typed = ctx.typed(node, scope)
        return typed.expression if _of_words(ctx, typed, kind, node.span) else None
    if kind is not None and kind.base == "one_of" and text not in kind.detail:
        ctx.report(UnknownWord(node.span, text, name, kind.detail))
        return None
    return ex.Literal(text, kind or TEXT)


# ---------------------------------------------------------------------------------------- currencies
def in_currency(ctx: Context, node: ast.InCurrency, scope: Scope) -> Typed:
    """`price in GBP at RATE`: so many of the new currency for one of the old, exactly."""
    amount, rate = ctx.typed(node.amount, scope), ctx.typed(node.rate, scope)
    code = node.into.split()[-1]
    if code not in ctx.currencies:
        ctx.report(WrongCurrency(node.span, code, ctx.currency))
        return UNKNOWN
    for typed, part, base in ((amount, node.amount, "money"), (rate, node.rate, "number")):
        if typed.kind is not None and typed.base != base and not (typed.ratio and base == "number"):
            wanted = "a sum of money" if base == "money" else f"a rate: a number of {code} for one"
            ctx.report(WrongKind(part.span, told_of(typed), wanted))
            return UNKNOWN
    kind = money(code)
    if amount.kind == kind:
        advice = "Leave the conversion out."
        ctx.report(NotSayable(node.span, f"This is {told(kind)} already.", advice))
        return UNKNOWN
    return Typed(ex.Arithmetic("*", amount.expression, rate.expression), kind, node.span)
