"""A credit that is owed although the target is met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.by_group import Group, groups, within
from bpodsl.lint.pieces import HOLDS, Number, credits, kind_of, least_of, literal, pieces, shown, steps
from bpodsl.terms import Contract, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity, Trace


@frozen
class CreditWhileMet(Problem):
    """A credit is owed for a level that meets the target.

    A credit makes up for a level that was missed. Often the first row of the table and the target were meant to be
    the same number, and one of them was changed.

    Not so:

        credit late_credit for on_time, of fee
          | at least 98% | 0%  |
          | otherwise    | 10% |

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |

    Next: make the first row and the target agree, or allow this with the reason.
    """

    code: ClassVar[str] = "BPO404"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    measure: str
    at: str
    owed: str
    row: int = 0
    group: Group | None = None
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None

    def message(self) -> str:
        where = f" {self.group.told}" if self.group else ""
        return f"When `{self.measure}` is {self.at}{where} it meets its target, and yet `{self.name}` is {self.owed}."

    def part(self) -> tuple[str, ...]:
        return self.name, "row", str(self.row)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return f"Let the first row, where nothing is owed, begin where the target of `{self.measure}` does."


def find(contract: Contract) -> Iterator[Problem]:
    """The first value of each credit for which both hold."""
    for figure, table, measure, group in _credits(contract):
        rows = steps(table)
        level = None if measure.target is None else literal(within(measure.target.level, group))
        if rows is None or level is None or measure.target is None:
            continue
        kind = kind_of(table.rows[0].bound)
        for piece in pieces(rows, least_of(kind), level):
            result = table.otherwise if piece.row is None else table.rows[piece.row].result
            owed = literal(result)
            value = piece.sample()
            if owed is not None and owed > 0 and HOLDS[measure.target.op](value, level):
                told = shown(value, kind), shown(owed, kind_of(result))
                row = len(rows) if piece.row is None else piece.row
                reaches = measure.name, value
                yield CreditWhileMet(figure.clause.span, figure.name, measure.name, *told, row, group, reaches=reaches)
                break


def _credits(contract: Contract) -> Iterator[tuple[Figure, ex.Table, Figure, Group | None]]:
    """Each credit with a table and the measure that it looks at; where tables or targets differ by a key, group by
    group."""
    for figure, table, measure in credits(contract):
        for group in groups(figure.value, None if measure.target is None else measure.target.level):
            if any(part == table for part in walk(within(figure.value, group))):
                yield figure, table, measure, group
