"""A table that says nothing for some values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from operator import eq
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint import reaching
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import SETTLED, unmeasured, with_the_last
from bpodsl.lint.pieces import Number, Piece, kind_of, least_of, literal, parts, pieces, shown, steps
from bpodsl.lint.witness import Followed
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
            | up to 10 | 2.00 GBP |

    But so:

        charge handling
          each month
          northwind pays meridian by bands of count of ticket_opened
            | up to 10 | 2.00 GBP |
            | the rest | 1.50 GBP |

    Next: add a row for these values: `the rest` of a charge, `otherwise` of a credit.
    """

    code: ClassVar[str] = "BPO401"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    values: str
    witness: str
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None
    at: Number | None = None
    bands: bool = False

    def message(self) -> str:
        if self.bands:
            no_price = f"The bands of `{self.name}` have no price for {self.values}"
            return f"{no_price}: at {self.witness}, what lies beyond costs nothing."
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
                yield TableGap(figure.clause.span, figure.name, *told, reaches=(of, at) if of else None, at=at)
    for figure, bands in parts(contract, ex.Bands):
        last = bands.bands[-1].upto if bands.bands else None
        end = literal(last)
        if end is not None:
            piece = Piece(end, False, None, False, None)
            kind = kind_of(last)
            at = piece.sample()
            yield TableGap(figure.clause.span, figure.name, piece.told(kind), shown(at, kind), at=at, bands=True)


def show(facts: Facts, problem: TableGap) -> Trace | None:
    """Events with which the measure, or what is counted, has the value, and the table gives no result."""
    if problem.reaches is not None or problem.at is None:
        return reaching.show(facts, problem)
    figure = facts.figures[problem.name]

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        entry = next(unmeasured(entries, figure.name), None)
        return None if entry is None else (entry.at, f"`{figure.name}` has no value in {entry.period}.")

    stories = () if figure.by else reaching.of_events(facts, figure, Fraction(problem.at))
    for story in stories:
        until = story.now + 2 * SETTLED
        found = with_the_last(story, figure.name, until, eq, figure.kind) if problem.bands else story.trace(goal, until)
        if found is not None:
            return found
    return None
