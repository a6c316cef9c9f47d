"""Which lines of a clause say the same sort of thing, so that one takes the place of the other."""

from __future__ import annotations

from bpodsl.language import ast

DEADLINE: tuple[type[ast.Node], ...] = (ast.WithinLine, ast.WithinByLine, ast.ByLine, ast.ByDayLine, ast.ByEndLine)
_SORTS: tuple[tuple[type[ast.Node], ...], ...] = (
    DEADLINE, (ast.TargetLine, ast.TargetByLine), (ast.MinimumLine, ast.MinimumByLine),
    (ast.PaysLine, ast.PaysTableLine, ast.PaysLevelsLine), (ast.ValueLine, ast.LevelsLine, ast.BandsLine),
    (ast.CreditRow, ast.KeyedCreditRow),
    (ast.WhenLine, ast.WhenEventLine, ast.WhenLastsLine, ast.WhenFiresLine, ast.WhileLine),
)  # fmt: skip


def sort_of(line: ast.Node) -> object:
    """What a line says: equal for lines of which a change lets one take the place of the other."""
    if isinstance(line, ast.WhenOutcomeLine):
        return "when", line.outcome
    return next((sort for sort in _SORTS if isinstance(line, sort)), type(line))
