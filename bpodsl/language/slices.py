"""Slices of a day: the half hour, the quarter of an hour in which an instant lies, as a word by which to group."""

from __future__ import annotations

from typing import Final

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed, told_of
from bpodsl.language.literals import one
from bpodsl.language.problems import NotSayable, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import TEXT, TIME
from bpodsl.values import MINUTE

_DAY: Final = 24 * 60
_LEAST: Final = 5


def slice_at(ctx: Context, node: ast.SliceAt, scope: Scope) -> Typed:
    """`slice of 30 minutes at offered`: a word such as 09:30, when the slice begins by the clock on the wall."""
    value = ctx.typed(node.instant, scope)
    if value.kind is not None and value.base != "instant":
        ctx.report(WrongKind(node.instant.span, told_of(value), "an instant"))
        return UNKNOWN
    minutes = node.count.value * {"hour": 60, "minute": 1}.get(one(node.unit), 0)
    if minutes.denominator != 1 or minutes < _LEAST or _DAY % minutes:
        what = "A day is cut into slices that are alike: whole minutes, from 5 up, of which a day is a multiple."
        ctx.report(NotSayable(node.count.span, what, "Write `slice of 15 minutes`, `30 minutes` or `1 hour`."))
        return UNKNOWN
    starts = list(range(0, _DAY, int(minutes)))
    return Typed(_chosen(ex.TimeOfDay(value.expression), starts), TEXT, node.span)


def _chosen(time: Expression, starts: list[int]) -> Expression:
    """The slice that a time of day lies in: halved again and again, so that few comparisons find it."""
    if len(starts) == 1:
        return ex.Literal(f"{starts[0] // 60:02d}:{starts[0] % 60:02d}", TEXT)
    half = len(starts) // 2
    before = ex.Compare("<", time, ex.Literal(starts[half] * MINUTE, TIME))
    return ex.If(before, _chosen(time, starts[:half]), _chosen(time, starts[half:]))
