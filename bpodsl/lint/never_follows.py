"""A consequence of what can never be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.text import Problem, Severity


@frozen
class NeverFollows(Problem):
    """Something is to follow from an outcome that a clause can never have.

    A duty without a deadline is never missed, one without an act that can be is never fulfilled, and one that no state
    excuses is never excused. What should follow then is promised in vain.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          when missed then tell "not answered"

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          when missed then tell "not answered"

    Next: add what makes the outcome possible (a deadline, an excuse), or delete the line.
    """

    code: ClassVar[str] = "BPO427"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    outcome: str
    why: str

    def message(self) -> str:
        return f"What should follow when `{self.name}` is {self.outcome} never does: {self.why}."

    def part(self) -> tuple[str, ...]:
        return self.name, "outcome", self.outcome

    def hint(self) -> str | None:
        return "Add what makes it possible, or delete the line."


def find(facts: Facts) -> Iterator[Problem]:
    """Each outcome of a norm that opens, has consequences and cannot be."""
    for norm in facts.contract.norms:
        if norm.name not in facts.opens or norm.form == "level":
            continue
        for outcome in dict.fromkeys(outcome for outcome, _ in norm.consequences):
            word = "missed" if outcome == "breached" and norm.cure is None else outcome
            if (norm.name, word) not in facts.outcomes and word in _WHY and norm.form == "obligation":
                yield NeverFollows(norm.clause.span, norm.name, word, _WHY[word])


_WHY = {
    "missed": "it has no deadline", "late": "it has no deadline", "breached": "it has no deadline",
    "excused": "nothing can excuse it", "fulfilled": "none of its acts can be", "cured": "none of its acts can be",
}  # fmt: skip
