"""A trigger that nothing can fire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import why_never
from bpodsl.terms import OnHappens
from bpodsl.text import Problem, Severity


@frozen
class NeverFires(Problem):
    """A trigger waits for what cannot come about, or not so often.

    It counts more windows than the term has, or more outcomes than can fall into its time; or what it waits for can
    never be: a duty without a deadline is never missed, a state that nothing begins never lasts.

    Not so:

        obligation inform
          meridian must report_sent each month
          within 10 days after the end of the month
        trigger silent
          when inform is missed 5 times in any 30 days
          resets
          then tell "no reports"

    But so:

        obligation inform
          meridian must report_sent each month
          within 10 days after the end of the month
        trigger silent
          when inform is missed 3 times in any 6 months
          resets
          then tell "no reports"

    Next: lower the count, lengthen the time, or let it wait for something else.
    """

    code: ClassVar[str] = "BPO420"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    why: str

    def message(self) -> str:
        return f"Nothing can fire `{self.name}`: {self.why}."

    def part(self) -> tuple[str, ...]:
        return self.name, "when"

    def hint(self) -> str | None:
        return "Change the count or its time, or let it wait for something that can be."


def find(facts: Facts) -> Iterator[Problem]:
    """Rules that never fire, but for a condition that is reported by itself."""
    for rule in facts.contract.rules:
        if rule.name in facts.fires or isinstance(rule.on, OnHappens):
            continue
        why = why_never(facts, rule, facts.outcomes)
        if why is not None and not why.startswith("its condition"):
            yield NeverFires(rule.clause.span, rule.name, why)
