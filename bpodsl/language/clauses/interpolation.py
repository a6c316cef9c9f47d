"""Tables between whose rows one interpolates."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed
from bpodsl.language.problems import CannotHappen
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex


def interpolated(ctx: Context, line: ast.InterpolatedLine, rows: list[ex.Row], subject: Typed) -> list[ex.Row]:
    """The rows, each from the second on giving what lies between it and the row before.

    At a row's own level the row's result holds; beyond the first row its result, below the last what `otherwise` says.
    """
    if len(rows) < 2 or any(row.op != rows[0].op for row in rows) or rows[0].op not in (">=", "<="):
        what = "Between which rows one interpolates is not clear."
        advice = "Write at least two rows, all `at least` or all `at most`."
        ctx.report(CannotHappen(line.span, what, advice))
        return rows
    made = rows[:1]
    for before, row in pairwise(rows):
        if not isinstance(before.bound, ex.Literal) or not isinstance(row.bound, ex.Literal):
            what = "A level that is computed may be that of the row before."
            ctx.report(CannotHappen(line.span, what, "Write it out."))
            return rows
        low, high = row.bound.value, before.bound.value
        if not isinstance(low, int | Fraction) or not isinstance(high, int | Fraction) or low == high:
            return rows
        gone = ex.Arithmetic("-", subject.expression, row.bound)
        part = ex.Arithmetic("/", gone, evolve(row.bound, value=high - low))
        rise = ex.Arithmetic("-", before.result, row.result)
        made.append(evolve(row, result=ex.Arithmetic("+", row.result, ex.Arithmetic("*", rise, part))))
    return made
