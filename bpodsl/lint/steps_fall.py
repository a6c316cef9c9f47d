"""Steps by which more costs less in all."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from operator import lt
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import SETTLED, with_the_last
from bpodsl.lint.pieces import Number, kind_of, literal, parts, shown, steps
from bpodsl.lint.reaching import of_events
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class StepsFall(Problem):
    """One more makes the whole sum less: the price of a higher step is for all, and so low that the sum falls.

    That is in the nature of a discount on everything from some number on. But whoever is just below the step has a
    reason to order, or to report, what nobody needs. With `by bands` each part has its own price, and the sum never
    falls.

    Not so:

        charge handling
          each month
          northwind pays meridian by steps of count of ticket_opened
            | up to 10 | 2.00 GBP |
            | the rest | 1.50 GBP |

    But so:

        charge handling
          each month
          northwind pays meridian by bands of count of ticket_opened
            | up to 10 | 2.00 GBP |
            | the rest | 1.50 GBP |

    Next: write `by bands`, or allow this with the reason.
    """

    code: ClassVar[str] = "BPO453"
    severity: ClassVar[Severity] = Severity.NOTE

    name: str
    at: str
    before: str
    after: str
    row: int = 0
    bound: Number = 0
    events: Trace | None = None

    def message(self) -> str:
        return f"At {self.at} `{self.name}` is {self.before}, and just above that {self.after}: more costs less."

    def part(self) -> tuple[str, ...]:
        return self.name, "row", str(self.row)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Is `by bands` meant, where each part has its own price?"


def find(contract: Contract) -> Iterator[Problem]:
    """The first step of each sum at which it falls, as far as prices and bounds are written out."""
    for figure, table in parts(contract, ex.Table):
        rows = steps(table)
        if rows is None or figure.clause.word not in ("charge", "credit"):
            continue
        prices = [_price(table, row.result) for row in table.rows]
        prices.append(_price(table, table.otherwise))
        for place, ((op, bound), (lower, upper)) in enumerate(zip(rows, pairwise(prices), strict=True)):
            if op == "<=" and lower is not None and upper is not None and 0 <= upper < lower and bound > 0:
                kind = figure.kind
                at = shown(bound, kind_of(table.rows[0].bound))
                told = shown(lower * bound, kind), shown(upper * bound, kind)
                yield StepsFall(figure.clause.span, figure.name, at, *told, place + 1, bound)
                break


def show(facts: Facts, problem: StepsFall) -> Trace | None:
    """So many that one more passes the step, where that is few enough."""
    figure = facts.figures[problem.name]
    for story in () if figure.by else of_events(facts, figure, Fraction(problem.bound) + 1):
        found = with_the_last(story, figure.name, story.now + 2 * SETTLED, lt, figure.kind)
        if found is not None:
            return found
    return None


def _price(table: ex.Table, result: object) -> Number | None:
    """The price of one, where a row gives so much for each."""
    match result:
        case ex.Arithmetic("*", subject, price) if subject == table.subject:
            return literal(price)
    return None
