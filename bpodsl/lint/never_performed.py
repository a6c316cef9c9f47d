"""A duty that nobody can perform in time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import told
from bpodsl.terms import Contract, Due, Norm, Once, OnEvent, OnPeriod
from bpodsl.text import Problem, Severity
from bpodsl.values import Zone, add_days, windows


@frozen
class NeverPerformed(Problem):
    """A duty can never be performed in time, whatever anyone does.

    Either no act can be one of its instances (the condition of the act contradicts that of the opening, on a field by
    which they are told apart), or its last day lies before it arises.

    Not so:

        event finished from meridian
          ticket    key
          priority  one of P1, P2, P3
        obligation restore_urgent
          meridian must finished where priority is P2 for each ticket_opened where priority is P1 by ticket, priority
          within 4 hours

    But so:

        event finished from meridian
          ticket    key
          priority  one of P1, P2, P3
        obligation restore_urgent
          meridian must finished for each ticket_opened where priority is P1 by ticket, priority
          within 4 hours

    Next: make the act agree with what opens the duty, or move the deadline.
    """

    code: ClassVar[str] = "BPO422"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    why: str

    def message(self) -> str:
        return f"Nobody can perform `{self.name}` in time: {self.why}."

    def hint(self) -> str | None:
        return "Make the act agree with what opens the duty, or move the deadline."


def find(facts: Facts) -> Iterator[Problem]:
    """Duties that open, whose acts can be, but never meet."""
    for norm in facts.contract.norms:
        if norm.modality == "must" and norm.name in facts.opens:
            why = _no_match(facts, norm) or _too_early(facts.contract, norm)
            if why is not None:
                yield NeverPerformed(norm.clause.span, norm.name, why)


def _no_match(facts: Facts, norm: Norm) -> str | None:
    """Why no act meets an instance; the acts by themselves can be."""
    ways = [way for way in norm.opening if isinstance(way, OnEvent) and facts.selects(way.selector)]
    if len(ways) < len(norm.opening) or norm.matching != "key" or not facts.performs(norm):
        return None
    dead: list[str] = []
    for act in norm.acts:
        kind = facts.events[act.event]
        for way in ways:
            shared = tuple(
                name for name in norm.by
                if kind.field(name) is not None and facts.events[way.selector.event].field(name) is not None
            )  # fmt: skip
            opening: Asked = facts.asked(way.selector, "opening", shared)
            if not facts.impossible("BPO422", opening, facts.asked(act, "act", shared)):
                break
        else:
            dead.append(f"“{told(act.where)}” of `{act.event}` contradicts “{told(ways[0].selector.where)}”")
    if len(dead) == len(norm.acts) or (dead and norm.needs == "all"):
        return dead[0]
    return None


def _too_early(contract: Contract, norm: Norm) -> str | None:
    """Why the last day lies before the first on which the duty arises; under any of its terms."""
    reasons = [_gone_by(contract, norm, version.due) for version in norm.versions if version.due is not None]
    open_ended = any(version.due is None for version in norm.versions)
    return None if open_ended or not reasons or None in reasons else reasons[0]


def _gone_by(contract: Contract, norm: Norm, due: Due) -> str | None:
    effective = contract.term.effective
    first = effective
    if all(isinstance(way, OnPeriod) for way in norm.opening) and not contract.term.renewals and contract.term.last:
        zone, end = Zone.load(contract.zone), add_days(contract.term.last, 1)
        firsts = [
            next((window.first for window in windows(way.grid, zone, effective, end)), None)
            for way in norm.opening if isinstance(way, OnPeriod) and not way.grid.waits
        ]  # fmt: skip
        known = [day for day in firsts if day is not None]
        first = min(known) if known and len(known) == len(norm.opening) else effective
    if due.fixed is not None and due.length is None:
        last = due.fixed if due.edge == "within" else add_days(due.fixed, -1)
        if last < first and due.roll is None:
            arises = "the term begins" if first == effective else "it first arises"
            return f"its last day, {last}, lies before {arises}, on {first}"
    once = all(isinstance(way, Once) for way in norm.opening)
    if due.back and once and due.anchor == "opening":
        return "its last day is counted back from the day on which it arises"
    return None
