"""What the limit of a cap may ask of the sum that it cuts: its day, and what came before that."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex

Typing = Callable[[Context, Any, Scope], Typed]

ASKING: Final = (ast.Moment, ast.CountOf, ast.SumOf, ast.MeanOf, ast.QuantileOf, ast.MedianOf, ast.PickOf)
"""What may ask so: a day, and what counts the rows before one."""


def asking(typing: Typing) -> Typing:
    """The same for a limit too: what concerns the sum is evaluated where that follows from something."""

    def typed(ctx: Context, node: Any, scope: Scope) -> Typed:
        if scope.sum is None or scope.row is not None or not _of_the_sum(node):
            return typing(ctx, node, scope)
        found = typing(ctx, node, evolve(scope, row=scope.sum, grid=None, keys={}, sum=None))
        return found if found is UNKNOWN else evolve(found, expression=ex.OfSum(found.expression))

    return typed


def _of_the_sum(node: ast.Node) -> bool:
    """Whether it asks for a day of the sum, or counts what lies before a day; all else is of the cap's window."""
    match node:
        case ast.Moment():
            return True
        case ast.CountOf(rows=rows) | ast.SumOf(rows=rows) | ast.MeanOf(rows=rows) | ast.QuantileOf(rows=rows):
            return _before_a_day(rows)
        case ast.MedianOf(rows=rows) | ast.PickOf(rows=rows):
            return _before_a_day(rows)
        case _:
            return False


def _before_a_day(rows: ast.Rows) -> bool:
    match rows:
        case ast.LastWindows(before=before):
            return before is not None
        case ast.NamedRows(stretch=stretch) | ast.OutcomeRows(stretch=stretch):
            return isinstance(stretch, ast.StretchBefore)
        case _:
            return False
