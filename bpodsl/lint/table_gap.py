"""A table that says nothing for some values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import Number, Piece, kind_of, least_of, literal, parts, pieces, shown, steps
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class TableGap(Problem):
    """A table has no row for some values.

    There it gives no result: a charge by steps is not measured, a part above the last band has no price, and a
    credit is not owed. If nothing is meant to be owed there, a row should say so, that no reader has to wonder.

    Not so:

        charge handling
          each month
          northwind pays meridian by bands of count of ticket_opened
            | up to 100 | 2.00 GBP |

    But so:

        charge handling
          each month
          northwind pays meridian by bands of count of ticket_opened
            | up to 100 | 2.00 GBP |
            | the rest  | 1.50 GBP |

    Next: add a row for these values: `the rest` of a charge, `otherwise` of a credit.
    """

    code: ClassVar[str] = "BPO401"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    values: str
    witness: str
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None

    def message(self) -> str:
        return f"The table of `{self.name}` has no row for {self.values}: at {self.witness} it gives no result."

    def part(self) -> tuple[str, ...]:
        return self.name, "table"

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Add a row for these values: `the rest` of a charge, `otherwise` of a credit."


def find(contract: Contract) -> Iterator[Problem]:
    """Each stretch of values that no row takes, in tables and bands of plain numbers."""
    for figure, table in parts(contract, ex.Table):
        rows = steps(table)
        if rows is None or table.otherwise is not None:
            continue
        kind = kind_of(table.rows[0].bound)
        for piece in pieces(rows, least_of(kind)):
            if piece.row is None:
                at = piece.sample()
                of = table.subject.figure if isinstance(table.subject, ex.FigureAt) else ""
                told = piece.told(kind), shown(at, kind)
                yield TableGap(figure.clause.span, figure.name, *told, reaches=(of, at) if of else None)
    for figure, bands in parts(contract, ex.Bands):
        last = bands.bands[-1].upto if bands.bands else None
        end = literal(last)
        if end is not None:
            piece = Piece(end, False, None, False, None)
            kind = kind_of(last)
            yield TableGap(figure.clause.span, figure.name, piece.told(kind), shown(piece.sample(), kind))
