"""A pause that changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.terms import Contract, Norm
from bpodsl.terms import expressions as ex
from bpodsl.terms.edges import walk
from bpodsl.text import Problem, Severity


@frozen
class PauseMovesNothing(Problem):
    """A clock stops, or a duty is suspended, but nothing moves.

    Without a deadline there is nothing that a pause could put off, if nobody asks for the reading of the clock either.
    A deadline that is a date (`by 2026-06-30`, `by dated`) is not moved by `suspended during`: it is only held back while
    the state lasts, and falls due as that ends.

    Not so:

        event system_down, system_up from meridian
        state frozen from system_down to system_up
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          by 2026-06-30
          suspended during frozen

    But so:

        event system_down, system_up from meridian
        state frozen from system_down to system_up
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          suspended during frozen

    Next: give the duty a length of time, write `excused during`, or delete the line.
    """

    code: ClassVar[str] = "BPO434"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    dated: bool

    def message(self) -> str:
        if self.dated:
            return f"`{self.state}` suspends `{self.name}`, but does not move its deadline, which is a date."
        return f"`{self.state}` stops the clock of `{self.name}`, which has no deadline, and nobody asks what it reads."

    def hint(self) -> str | None:
        if self.dated:
            return "Give it a length of time (`within 5 days`), or write `excused during`."
        return "Add a deadline, or delete the line."


def find(facts: Facts) -> Iterator[Problem]:
    """Each such norm once, if it is so under all of its terms."""
    for norm in facts.contract.norms:
        terms = norm.versions
        pausing = next((s for v in terms for s in (*v.clock.stops_during, *v.suspended_during)), None)
        if pausing is None or norm.form != "obligation":
            continue
        if all(version.due is None for version in terms):
            if not _read(facts.contract, norm):
                yield PauseMovesNothing(norm.clause.span, norm.name, pausing, False)
        elif all(_still(version) for version in terms):
            yield PauseMovesNothing(norm.clause.span, norm.name, pausing, True)


def _still(norm: Norm) -> bool:
    """Whether its deadline is a date that no suspension moves."""
    due = norm.due
    if due is None or due.moves or not norm.suspended_during:
        return False
    return due.length is None or due.back


def _read(contract: Contract, norm: Norm) -> bool:
    """Whether anything asks for the reading of its clock."""
    for part in walk((contract.figures, contract.rules, tuple(each.after for each in contract.norms))):
        if isinstance(part, ex.Aggregate) and getattr(part.rows, "norm", "") == norm.name:
            if any(isinstance(each, ex.Reading) for each in walk((part.where, part.value))):
                return True
    own = [rule for rule in contract.rules if getattr(rule.on, "norm", "") == norm.name]
    return any(isinstance(each, ex.Reading) for each in walk((tuple(own), norm.after)))
