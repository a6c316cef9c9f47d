"""Exact reasoning about a table of steps: which values of its subject go to which row."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, Final, TypeVar

from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.terms import Contract, Figure, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk

_T = TypeVar("_T")

Number = int | Fraction
HOLDS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
}  # fmt: skip


@frozen
class Piece:
    """The values between `low` and `high` (None: without end), each end included or not, and the row that they go to
    (None: to none of them)."""

    low: Number | None
    low_in: bool
    high: Number | None
    high_in: bool
    row: int | None

    def sample(self) -> Number:
        """One of its values, at an end that is included if there is one."""
        if self.low is not None and self.low_in:
            return self.low
        if self.high is not None and self.high_in:
            return self.high
        if self.low is None:
            return 0 if self.high is None else self.high - 1
        return self.low + 1 if self.high is None else Fraction(self.low + self.high) / 2

    def told(self, kind: Kind | None) -> str:
        """Its values in words."""
        low, high = (None if v is None else shown(v, kind) for v in (self.low, self.high))
        if low is None or high is None:
            word = ("at least" if self.low_in else "more than") if low else ("at most" if self.high_in else "less than")
            return f"{word} {low or high}" if low or high else "any value"
        if low == high:
            return f"exactly {low}"
        return f"{'from' if self.low_in else 'above'} {low} {'up to' if self.high_in else 'to just below'} {high}"


def pieces(rows: Sequence[tuple[str, Number]], least: Number | None = None, cut: Number | None = None) -> list[Piece]:
    """The line of numbers, from `least` on, in stretches that go to one row; the first row `subject op bound` that
    holds takes a value. Also cut before and behind `cut`."""
    marks = [bound for _, bound in rows] + ([] if cut is None else [cut])
    bounds = {mark for mark in marks if least is None or mark > least}
    ends = sorted(bounds if least is None else bounds | {least})
    found: list[Piece] = []
    for piece in _elementary(ends, least):
        value = piece.sample()
        row = next((n for n, (op, bound) in enumerate(rows) if HOLDS[op](value, bound)), None)
        last = found[-1] if found else None
        if last is not None and last.row == row and cut not in (piece.low, last.high):
            found[-1] = Piece(last.low, last.low_in, piece.high, piece.high_in, row)
        else:
            found.append(Piece(piece.low, piece.low_in, piece.high, piece.high_in, row))
    return found


def _elementary(marks: Sequence[Number], least: Number | None) -> Iterator[Piece]:
    """Each mark, and the stretches between them."""
    if least is None:
        yield Piece(None, False, marks[0] if marks else None, False, None)
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        yield Piece(mark, True, mark, True, None)
        yield Piece(mark, False, following, False, None)


def literal(expression: object) -> Number | None:
    """The number that an expression is, if it is one."""
    if isinstance(expression, ex.Literal) and isinstance(expression.value, int | Fraction):
        return None if isinstance(expression.value, bool) else expression.value
    return None


def kind_of(expression: object) -> Kind | None:
    """The kind of a literal."""
    return expression.kind if isinstance(expression, ex.Literal) else None


def steps(table: ex.Table) -> list[tuple[str, Number]] | None:
    """The rows of a table, if all their bounds are numbers."""
    found = []
    for row in table.rows:
        bound = literal(row.bound)
        if bound is None or row.op not in HOLDS:
            return None
        found.append((row.op, bound))
    return found or None


def least_of(kind: Kind | None) -> Number | None:
    """The least that a subject of this kind can be: a share or a length is never less than nothing."""
    return 0 if kind is not None and kind.base in ("share", "length") else None


def parts(contract: Contract, sort: type[_T]) -> Iterator[tuple[Figure, _T]]:
    """All expressions of one sort in figures, each once."""
    for figure in contract.figures:
        seen: list[_T] = []
        for part in walk(figure.value):
            if isinstance(part, sort) and part not in seen:
                seen.append(part)
                yield figure, part


def credits(contract: Contract) -> Iterator[tuple[Figure, ex.Table, Figure]]:
    """Each credit with a table, and the measure of the same window that the table looks at."""
    figures = {figure.name: figure for figure in contract.figures}
    for figure, table in parts(contract, ex.Table):
        match table.subject:
            case ex.FigureAt(name, ex.Same()) if figure.clause.word == "credit" and name in figures:
                yield figure, table, figures[name]


shown = value_told
