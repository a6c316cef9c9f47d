"""What could not be decided without the solver."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.text import Problem, Severity


@frozen
class NotDecided(Problem):
    """Conditions add or compare several fields, and the solver that reckons with them is not installed.

    Whether such conditions can hold, alone or together, was not decided for the rules named. All else has been checked,
    and the agreement runs as it is.

    Not so: `count of ticket_opened where amount + amount less than 3 GBP and amount more than 5 GBP`, checked without
    the solver.

    But so: the same, checked where `bpodsl[solver]` is installed: it can never hold (BPO440).

    Next: `pip install "bpodsl[solver]"`, or leave these rules out: `--ignore BPO44`.
    """

    code: ClassVar[str] = "BPO449"
    severity: ClassVar[Severity] = Severity.NOTE

    rules: tuple[str, ...]

    def message(self) -> str:
        return (
            f"Not decided for this agreement: {', '.join(self.rules)}. Some conditions reckon with several fields, for "
            "which a solver is needed that is not installed."
        )

    def hint(self) -> str | None:
        return 'Install it: pip install "bpodsl[solver]".'


def find(facts: Facts) -> Iterator[Problem]:
    """One note, when all rules have been asked."""
    rules = tuple(sorted(code for code in facts.wants_solver if code))
    if rules:
        yield NotDecided(facts.contract.clause.span, rules)
