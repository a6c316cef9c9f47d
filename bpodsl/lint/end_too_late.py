"""A notice that ends the agreement only after it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import days_of
from bpodsl.terms import Terminate
from bpodsl.text import Problem, Severity


@frozen
class EndTooLate(Problem):
    """A termination can take effect only after the term has ended by itself, however early its notice is given.

    Its notice is longer than the whole term, or it must not end the agreement before a day that lies after the last.

    Not so:

        termination at_will
          by northwind at will
          exercised by ended
          notice 40 months

    But so:

        termination at_will
          by northwind at will
          exercised by ended
          notice 4 months

    Next: shorten the notice, or name an earlier day.
    """

    code: ClassVar[str] = "BPO426"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    why: str
    last: date

    def message(self) -> str:
        return f"`{self.name}` can never end the agreement: {self.why}, and the term ends on {self.last} by itself."

    def part(self) -> tuple[str, ...]:
        return self.name, "notice"

    def hint(self) -> str | None:
        return "Shorten the notice, or name an earlier day."


def find(facts: Facts) -> Iterator[Problem]:
    """Terminations of an agreement whose last day is known."""
    last = facts.last
    if last is None:
        return
    whole = (last - facts.contract.term.effective).days
    clauses = {norm.name: norm.clause for norm in facts.contract.norms}
    clauses |= {rule.name: rule.clause for rule in facts.contract.rules}
    for name, effect in facts.effects:
        if not isinstance(effect, Terminate):
            continue
        span = clauses[name].span
        if effect.earliest is not None and effect.earliest > last:
            yield EndTooLate(span, name, f"it does so on {effect.earliest} at the earliest", last)
        elif (days := days_of(effect.notice, least=True)) is not None and days >= whole:
            yield EndTooLate(span, name, "its notice is longer than the whole term", last)
