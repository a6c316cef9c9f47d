"""A price below 0, or a sum that is never owed the way that it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds import Bounds
from bpodsl.bounds.told import value_told
from bpodsl.lean import frozen
from bpodsl.lint.below_nothing import show_below, sums_owed
from bpodsl.lint.facts import Facts
from bpodsl.lint.pieces import literal, parts
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import money
from bpodsl.text import Problem, Severity, Trace


@frozen
class BelowZero(Problem):
    """A sum never comes to more than 0, so that it is always owed the other way; or a band has a price below 0.

    Who pays whom is said by the words of the line. A minus sign turns them around, and whoever reads the clause takes
    it the wrong way; in a band it makes each one more cost less.

    Not so:

        charge rebate
          each month
          northwind pays meridian -250 GBP

    But so:

        charge rebate
          each month
          meridian pays northwind 250 GBP

    Next: leave out the minus sign, or let the other party pay.
    """

    code: ClassVar[str] = "BPO455"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    payer: str
    payee: str
    price: str = ""
    row: int = 0
    events: Trace | None = None

    def message(self) -> str:
        if self.price:
            return f"A band of `{self.name}` has a price below 0, {self.price}: each one more in it costs less in all."
        return (
            f"`{self.name}` says that `{self.payer}` pays `{self.payee}`, but it never comes to more than 0: "
            f"`{self.payee}` always pays."
        )

    def part(self) -> tuple[str, ...]:
        return (self.name, "row", str(self.row)) if self.price else (self.name, "sum")

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Leave out the minus sign." if self.price else "Leave out the minus sign, or let the other party pay."


def find(bounds: Bounds) -> Iterator[Problem]:
    """Sums owed that are never above 0 and not always 0; then bands with a plain price below 0."""
    known = Bounds(bounds.contract, from_zero=True)
    seen: set[str] = set()
    for line, clause, amount, _ in sums_owed(known):
        whole = known.of(amount)
        below = not whole.empty and whole.high is not None and whole.high <= 0 and whole.low != 0
        if below and line.name not in seen and not line.sides:
            seen.add(line.name)
            yield BelowZero(clause.span, clause.name, line.payer, line.payee)
    for figure, bands in parts(bounds.contract, ex.Bands):
        for place, band in enumerate(bands.bands):
            price = literal(band.rate)
            own = bounds.lines_of.get(figure.name, ())
            if price is not None and price < 0 and own and not {line.name for line in own} & seen:
                told = value_told(price, money(own[0].currency))
                yield BelowZero(figure.clause.span, figure.name, own[0].payer, own[0].payee, told, place)
                break


def show(facts: Facts, problem: BelowZero) -> Trace | None:
    """A sum that the other side owes."""
    return None if problem.price else show_below(facts, problem.name)
