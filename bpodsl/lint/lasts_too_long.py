"""A state that would have to last longer than the agreement."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import days_of
from bpodsl.terms import Length, OnLasting
from bpodsl.text import Problem, Severity
from bpodsl.values import Zone, add_days


@frozen
class LastsTooLong(Problem):
    """A trigger waits for a state to have lasted longer than the whole agreement does.

    Only a state that began before the agreement took effect can last so long in it. Mostly a unit is mistaken: months
    for days, or hours of a calendar that is open a quarter of the day.

    Not so:

        trigger long_outage
          when outage lasts more than 40 months
          then tell "think of another provider"

    But so:

        trigger long_outage
          when outage lasts more than 40 days
          then tell "think of another provider"

    Next: shorten the time, or correct its unit.
    """

    code: ClassVar[str] = "BPO428"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    days: int

    def message(self) -> str:
        return (
            f"`{self.name}` waits for `{self.state}` to last longer than the whole agreement, which has {self.days} "
            "days: only one that began before it can."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "when"

    def hint(self) -> str | None:
        return "Shorten the time, or correct its unit."


def find(facts: Facts) -> Iterator[Problem]:
    """Triggers on a state that lasts, in an agreement whose last day is known."""
    if facts.last is None:
        return
    days = (facts.last - facts.contract.term.effective).days + 1
    for rule in facts.contract.rules:
        if isinstance(rule.on, OnLasting) and _longer(facts, rule.on.length, days):
            yield LastsTooLong(rule.clause.span, rule.name, rule.on.state, days)


def _longer(facts: Facts, length: Length, days: int) -> bool:
    """Whether it is certain that a length does not fit into so many days."""
    assert facts.last is not None
    zone = Zone.load(facts.contract.zone)
    start, end = zone.start_of(facts.contract.term.effective), zone.start_of(add_days(facts.last, 1))
    if length.unit == "elapsed":
        return length.amount > end - start
    if length.by_clock:
        calendars = {each.name: each.calendar for each in facts.contract.calendars}
        calendar = calendars.get(length.calendar or "")
        return calendar is not None and length.amount > calendar.worked(start, end)
    least = days_of(length, least=True)
    return least is not None and least > days
