"""A clause that never comes to life."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.terms import Clause, Norm, OnEvent, OnPeriod
from bpodsl.text import Problem, Severity


@frozen
class NeverOpens(Problem):
    """A duty, right, escalation or figure never comes to life.

    No clause calls it, what it follows from can never be, the term has none of its windows, or it begins after the
    agreement has ended.

    Not so:

        obligation hand_over
          meridian must ticket_resolved when called
          within 30 days

    But so:

        obligation hand_over
          meridian must ticket_resolved when called
          within 30 days
        trigger leaving
          when claimed
          then hand_over applies

    Next: let a trigger, duty or right call it, or delete it.
    """

    code: ClassVar[str] = "BPO421"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    why: str

    def message(self) -> str:
        return f"`{self.name}` never comes to life: {self.why}."

    def hint(self) -> str | None:
        if self.why.startswith("the term has"):
            return "Choose shorter windows, or leave out `partial windows excluded`."
        return "Let something that can be call for it, or delete it."


def find(facts: Facts) -> Iterator[Problem]:
    """Norms that cannot open and figures without a window, but for what a condition does."""
    contract = facts.contract
    ladders = {ladder.levels[0]: ladder for ladder in contract.ladders if ladder.levels}
    for norm in contract.norms:
        if norm.name in facts.opens or norm.modality == "must not" or norm.level > 1:
            continue
        if any(isinstance(way, OnEvent) for way in norm.opening):
            continue  # Its condition is reported by itself.
        if norm.name in ladders:
            ladder = ladders[norm.name]
            yield NeverOpens(ladder.clause.span, ladder.name, "nothing that can be escalates to it")
        else:
            yield NeverOpens(norm.clause.span, norm.name, _why(norm))
    seen: set[Clause] = set()
    for figure in contract.figures:
        if figure.clause not in seen and facts.windows(figure.grid) == 0:
            seen.add(figure.clause)
            yield NeverOpens(figure.clause.span, figure.name, "the term has none of its windows")


def _why(norm: Norm) -> str:
    if any(isinstance(way, OnPeriod) for way in norm.opening):
        return "the term has none of its windows"
    if norm.form == "right":
        return "none of its grounds can be"
    return "nothing that can be calls for it"
