"""Two rows of a table that both apply."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import HOLDS, Number, kind_of, least_of, literal, parts, pieces, shown, steps
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Related, Severity, Span, Trace


@frozen
class RowsOverlap(Problem):
    """To some values two rows of a table apply, one looking upwards and one downwards.

    The row that stands first decides. Rows that all look one way (`at least 95%`, `at least 90%`) are read so by
    everyone; of rows that face each other, nobody should have to ask which one stands first.

    Not so:

        credit late_credit for on_time, of fee
          | at least 90% | 0%  |
          | at most 95%  | 10% |

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |

    Next: let the rows all look one way, or let the second begin where the first one ends.
    """

    code: ClassVar[str] = "BPO452"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    at: str
    first: str
    second: str
    row: int = 0
    first_row: int = 0
    other: Span | None = None
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None

    def message(self) -> str:
        rows = f"`{self.first}` and `{self.second}`"
        return f"At {self.at} two rows of `{self.name}` apply, {rows}: the one that stands first decides."

    def other_part(self) -> tuple[str, ...]:
        return "row", str(self.first_row)

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "this row decides"),)

    def part(self) -> tuple[str, ...]:
        return self.name, "row", str(self.row)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Let the rows all look one way, or let the second begin where the first one ends."


_WORDS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}


def find(contract: Contract) -> Iterator[Problem]:
    """The first value of each table that two rows of different directions and results would take."""
    for figure, table in parts(contract, ex.Table):
        rows = steps(table)
        found = None if rows is None else _overlap(table, rows)
        if found is not None and rows is not None:
            value, first, second = found
            kind = kind_of(table.rows[0].bound)
            one, two = (f"{_WORDS[rows[n][0]]} {shown(rows[n][1], kind)}" for n in (first, second))
            of = table.subject.figure if isinstance(table.subject, ex.FigureAt) else ""
            told = shown(value, kind), one, two, second, first
            yield RowsOverlap(figure.clause.span, figure.name, *told, reaches=(of, value) if of else None)


def _overlap(table: ex.Table, rows: list[tuple[str, Number]]) -> tuple[Number, int, int] | None:
    kind = kind_of(table.rows[0].bound)
    for piece in pieces(rows, least_of(kind)):
        if piece.row is None:
            continue
        value = piece.sample()
        for later in range(piece.row + 1, len(rows)):
            op, bound = rows[later]
            if op[0] != rows[piece.row][0][0] and HOLDS[op](value, bound) and _differ(table, piece.row, later):
                return value, piece.row, later
    for _, bound in rows:
        own = [n for n, (op, level) in enumerate(rows) if HOLDS[op](bound, level)]
        for n in own[1:]:
            if rows[n][0][0] != rows[own[0]][0][0] and _differ(table, own[0], n):
                return bound, own[0], n
    return None


def _differ(table: ex.Table, first: int, second: int) -> bool:
    one, other = table.rows[first].result, table.rows[second].result
    return one != other or literal(one) is None
