"""An agreement that cannot end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.terms.effects import Terminate
from bpodsl.text import Problem, Severity


@frozen
class NoWayOut(Problem):
    """An agreement has no last day, or is renewed without end whatever anyone says, and nothing that can be ends it.

    Courts read a way out into such agreements, each in its own way. It is better to write one.

    Not so:

        agreement care "Care"
          client     northwind "Northwind plc"
          provider   meridian "Meridian Ltd"
          effective  2026-04-01
          time zone  Europe/London
          currency   GBP, rounded half up to 0.01

    But so:

        agreement care "Care"
          client     northwind "Northwind plc"
          provider   meridian "Meridian Ltd"
          effective  2026-04-01 for 36 months
          time zone  Europe/London
          currency   GBP, rounded half up to 0.01

    Next: give it a last day, let a notice end its renewal, or add a `termination`.
    """

    code: ClassVar[str] = "BPO410"
    severity: ClassVar[Severity] = Severity.WARNING

    renewed: bool

    def message(self) -> str:
        if self.renewed:
            return "This agreement is renewed without end, no notice prevents it, and nothing that can be ends it."
        return "This agreement has no last day, and nothing that can be ends it."

    def hint(self) -> str | None:
        if self.renewed:
            return "Add `unless` and a notice to `renews`, or a `termination`."
        return "Give it a last day (`effective … for 36 months`), or add a `termination`."


def find(facts: Facts) -> Iterator[Problem]:
    """Whether neither time nor an effect that can come about ends the agreement."""
    if any(isinstance(effect, Terminate) for _, effect in facts.effects):
        return
    contract, term = facts.contract, facts.contract.term
    if term.last is None:
        yield NoWayOut(contract.clause.span, False)
    elif term.renewals and term.renewals[-1].times is None and not any(each.unless for each in term.renewals):
        yield NoWayOut(contract.clause.span, True)
