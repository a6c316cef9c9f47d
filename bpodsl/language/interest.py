"""Interest on a sum, simple or compounded, at rates that may differ from day to day."""

from __future__ import annotations

from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed, told_of
from bpodsl.language.problems import NotSayable, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.language.series import DAYS
from bpodsl.lean import evolve
from bpodsl.terms import Expression, Kind, Rounding
from bpodsl.terms import expressions as ex
from bpodsl.values import Basis, Every

_EVERY: Final[dict[str, Every]] = {"daily": "day", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_ADDED: Final = "interest that is added to a sum is rounded as sums are"


def interest_on(ctx: Context, node: ast.InterestOn, scope: Scope) -> Typed:
    """`interest on SUM, from DAY to DAY, at RATE, actual days of 365 [, compounded monthly [ROUNDING]]`"""
    on = ctx.typed(node.sum, scope)
    first, last = _day(ctx, node.first, scope), _day(ctx, node.last, scope)
    rate = ctx.typed(node.rate, evolve(scope, daily=True))
    if on.kind is not None and on.base != "money":
        ctx.report(WrongKind(node.sum.span, told_of(on), "a sum of money"))
        return UNKNOWN
    if rate.kind is not None and rate.base != "share" and not rate.ratio:
        ctx.report(WrongKind(node.rate.span, told_of(rate), "a percentage a year"))
        return UNKNOWN
    basis, rounding = _basis(ctx, node), _rounding(ctx, node, on.kind)
    if None in (on.kind, rate.kind, first, last, basis, rounding):
        return UNKNOWN
    assert first is not None and last is not None and basis is not None and rounding is not None
    made = ex.Interest(on.expression, first, last, rate.expression, basis, _every(node), rounding)
    return Typed(made, on.kind, node.span)


def _day(ctx: Context, node: ast.Expression, scope: Scope) -> Expression | None:
    typed = ctx.typed(node, scope)
    if typed.kind is not None and typed.base not in DAYS:
        ctx.report(WrongKind(node.span, told_of(typed), "a day, an instant or a month"))
        return None
    return None if typed.kind is None else typed.expression


def _basis(ctx: Context, node: ast.InterestOn) -> Basis | None:
    match node.basis:
        case ast.ActualDays(of=ast.Number(value=value)) if value in (360, 365):
            return "360" if value == 360 else "365"
        case ast.ActualDays(of=ast.Number() as number):
            what = "Interest counts the actual days of a year of 360 or 365 days, or of the year itself."
            ctx.report(NotSayable(number.span, what, "Write `actual days of 365`, or `actual days of the year`."))
            return None
        case ast.ActualDays():
            return "actual"
        case _:
            return "30/360"


def _every(node: ast.InterestOn) -> Every:
    word = (node.every or "").removeprefix("compounded ")
    return _EVERY.get(word) or word.removeprefix("each ")  # type: ignore[return-value]


def _rounding(ctx: Context, node: ast.InterestOn, kind: Kind | None) -> Rounding | None:
    """How what is added to the sum is rounded: as said, else as the agreement rounds sums of that currency."""
    if kind is None:
        return None
    if node.rounding is not None:
        return literals.rounding(ctx, node.rounding, kind)
    found = ctx.currencies.get(kind.detail[0]) or ctx.rounding
    if found is None and node.every is not None:
        advice = "Add `rounded half up to 0.01` behind `compounded …`, or to the currency of the agreement."
        ctx.demand(node.span, "It is not said how interest is rounded where it is added to the sum.", advice)
        return None
    if node.every is not None and ctx.clause is not None:
        ctx.assume("compounded", _ADDED, ctx.clause)
    return found or Rounding(1, "half up")
