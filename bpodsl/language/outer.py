"""What a row that another row asks for may know of that other."""

from __future__ import annotations

from typing import Final

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed
from bpodsl.language.problems import NotHere, NotSayable
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex
from bpodsl.terms import walk

_OF_MORE: Final = (
    ex.Aggregate, ex.FigureAt, ex.Standing, ex.Posted, ex.LengthOf, ex.TrailLength, ex.Ruled, ex.Answered, ex.RowValue,
    ex.RowStanding,
)  # fmt: skip


def outer(ctx: Context, node: ast.Outer, scope: Scope) -> Typed:
    """`outer ticket`, `outer (the day)`"""
    around = scope.outer
    if around is None or around.row is None:
        advice = (
            "It stands in the condition of a count inside another: `count of A where (count of B so far with the same "
            "site where day_of_b less than outer day_of_a) is 0`."
        )
        ctx.report(NotHere(node.span, "`outer`", f"no other row asks for {scope.told}", advice))
        return UNKNOWN
    found = ctx.typed(node.value, around)
    if any(isinstance(part, _OF_MORE) for part in walk(found.expression)):
        what = "Of the outer row its own fields, days and look-ups are asked, not what is counted, measured or decided."
        ctx.report(NotSayable(node.value.span, what, "Ask for that in the condition of the outer row."))
        return UNKNOWN
    return found if found is UNKNOWN else evolve(found, expression=ex.Outer(found.expression), span=node.span)
