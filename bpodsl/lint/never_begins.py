"""Relief during a state that nothing begins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts, versions
from bpodsl.text import Problem, Severity


@frozen
class NeverBegins(Problem):
    """A clock stops, a duty is excused or suspended, or a right is barred during a state that can never begin.

    The relief that the line promises is none.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          excused during relief
          when missed where priority is P1 and priority is P2 then relief begins
        state relief

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          excused during relief
        obligation answer_urgent
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 2 hours of support
          when missed then relief begins
        state relief

    Next: let something that can be begin the state, or delete the line.
    """

    code: ClassVar[str] = "BPO431"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    relief: str

    def message(self) -> str:
        return f"`{self.name}` is {self.relief} `{self.state}`, which nothing can begin."

    def hint(self) -> str | None:
        return "Let something that can be begin the state, or delete the line."


def find(facts: Facts) -> Iterator[Problem]:
    """Each state that never begins, for each norm that names it."""
    seen: set[tuple[str, str]] = set()
    for norm in versions(facts.contract.norms):
        named = [(state, "stopped during") for state in norm.clock.stops_during]
        named += [(state, "suspended during") for state in norm.suspended_during]
        named += [(state, "excused during") for state in norm.excused_during]
        named += [(state, "barred while") for state in norm.barred_during]
        for state, relief in named:
            if state in facts.states and state not in facts.begins and (norm.name, state) not in seen:
                seen.add((norm.name, state))
                yield NeverBegins(norm.clause.span, norm.name, state, relief)
