"""A pause that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import state_told
from bpodsl.terms import Contract, Norm
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity


@frozen
class PauseMovesNothing(Problem):
    """The clock of a duty stops, but there is nothing that it could put off.

    The duty has no deadline, and no measure asks for the reading of its clock. (A deadline that is a date is not moved
    by a suspension either: that is BPO306.)

    Not so:

        event system_down, system_up from meridian
        state frozen from system_down to system_up
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          clock stops during frozen

    But so:

        event system_down, system_up from meridian
        state frozen from system_down to system_up
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 hours
          clock stops during frozen

    Next: add a deadline, or delete the line.
    """

    code: ClassVar[str] = "BPO434"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str

    def message(self) -> str:
        pause = state_told(self.state)
        return (
            f"{pause[0].upper()}{pause[1:]} stops the clock of `{self.name}`, which has no deadline, and nobody asks "
            "what it reads."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "during", self.state

    def hint(self) -> str | None:
        return "Add a deadline, or delete the line."


def find(facts: Facts) -> Iterator[Problem]:
    """Each such norm once, if it is so under all of its terms."""
    for norm in facts.contract.norms:
        terms = norm.versions
        pausing = next((s for v in terms for s in (*v.clock.stops_during, *v.suspended_during)), None)
        if pausing is None or norm.form != "obligation":
            continue
        if all(version.due is None for version in terms) and not _read(facts.contract, norm):
            yield PauseMovesNothing(norm.clause.span, norm.name, pausing)


def _read(contract: Contract, norm: Norm) -> bool:
    """Whether anything asks for the reading of its clock."""
    for part in walk((contract.figures, contract.rules, tuple(each.after for each in contract.norms))):
        if (
            isinstance(part, ex.Aggregate)
            and getattr(part.rows, "norm", "") == norm.name
            and any(isinstance(each, ex.Reading) for each in walk((part.where, part.value)))
        ):
            return True
    own = [rule for rule in contract.rules if getattr(rule.on, "norm", "") == norm.name]
    return any(isinstance(each, ex.Reading) for each in walk((tuple(own), norm.after)))
