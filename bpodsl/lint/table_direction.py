"""A credit that falls while the service gets worse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import Number, credits, kind_of, least_of, literal, pieces, shown, steps
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class WrongDirection(Problem):
    """A credit is less for a worse service.

    Two rows have changed places, or a number is mistyped: whoever is just below a step is better off to get worse.

    Not so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | at least 90% | 10% |
          | otherwise    | 5%  |

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | at least 90% | 5%  |
          | otherwise    | 10% |

    Next: look at the two rows again.
    """

    code: ClassVar[str] = "BPO402"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    measure: str
    better: tuple[str, str]
    worse: tuple[str, str]
    row: int = 0
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None

    def message(self) -> str:
        (at, more), (below, less) = self.better, self.worse
        return f"`{self.name}` is {more} when `{self.measure}` is {at}, but only {less} when it is worse, {below}."

    def part(self) -> tuple[str, ...]:
        return self.name, "row", str(self.row)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Let worse service never cost less: have two rows of the table changed places?"


def find(contract: Contract) -> Iterator[Problem]:
    """The first step of each credit at which it falls."""
    for figure, table, measure in credits(contract):
        rows = steps(table)
        results = [literal(row.result) for row in table.rows]
        if rows is None or None in results or measure.target is None:
            continue
        kind = kind_of(table.rows[0].bound)
        found = [(each.sample(), _result(table, results, each.row), each.row) for each in pieces(rows, least_of(kind))]
        ordered = [(at, owed, row) for at, owed, row in found if owed is not None]
        if measure.target.op in (">=", ">"):
            ordered.reverse()
        for (at, more, _), (below, less, row) in pairwise(ordered):
            if less < more:
                unit = kind_of(table.rows[0].result)
                better, worse = (shown(at, kind), shown(more, unit)), (shown(below, kind), shown(less, unit))
                yield WrongDirection(
                    figure.clause.span, figure.name, measure.name, better, worse, _place(rows, row),
                    reaches=(measure.name, below),
                )  # fmt: skip
                break


def _place(rows: Sequence[object], row: int | None) -> int:
    """The place of a row in its table; None is the last, which takes the rest."""
    return len(rows) if row is None else row


def _result(table: ex.Table, results: list[Number | None], row: int | None) -> Number | None:
    return results[row] if row is not None else literal(table.otherwise)
