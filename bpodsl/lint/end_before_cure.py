"""A notice that ends the agreement before the time to cure is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.firing import at_once, days_of
from bpodsl.lint.histories import opened
from bpodsl.lint.witness import Followed, Story
from bpodsl.terms import Impose, OnOutcome, Terminate
from bpodsl.text import Problem, Related, Severity, Span, Trace
from bpodsl.values import DAY_TICKS


@frozen
class EndBeforeCure(Problem):
    """A miss may be cured in a time that is longer than the notice by which the same miss ends the agreement.

    Whoever misses has been promised the time; the other side may end the agreement before it is over. Usually the
    ground was to be the breach, when the time is over without a cure.

    Not so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          cured within 30 days
        termination leave
          by northwind on missed answer
          exercised by ended
          exercised within 90 days after the ground
          notice 10 days

    But so:

        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          cured within 30 days
        termination leave
          by northwind on breached answer
          exercised by ended
          exercised within 90 days after the ground
          notice 10 days

    Next: write `breached` for `missed`, or lengthen the notice.
    """

    code: ClassVar[str] = "BPO446"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    duty: str
    notice: int
    cure: int
    other: Span | None = None
    events: Trace | None = None

    def message(self) -> str:
        ends = f"within {self.notice} days" if self.notice else "at once"
        return (
            f"`{self.name}` may end the agreement {ends} of a missed `{self.duty}`, which may still be cured within "
            f"{self.cure} days."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "notice"

    def other_part(self) -> tuple[str, ...]:
        return ("cured",)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return f"Write `breached {self.duty}` for `missed {self.duty}`, or lengthen the notice."

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "may be cured"),)


def find(facts: Facts) -> Iterator[Problem]:
    """Each duty with a cure whose miss opens, itself or by a trigger for each miss, a right that ends the agreement."""
    contract = facts.contract
    for norm in contract.norms:
        cure = None if norm.cure is None else days_of(norm.cure.length, least=True)
        if cure is None:
            continue
        effects = [effect for outcome, effect in norm.consequences if outcome == "missed"]
        for rule in contract.rules:
            if rule.on == OnOutcome(norm.name, "missed") and rule.recurrence is None and rule.when is None:
                effects += rule.then
        for name in dict.fromkeys(effect.norm for effect in effects if isinstance(effect, Impose)):
            right = facts.norms.get(name)
            ends = [] if right is None else [e for _, e in right.consequences if isinstance(e, Terminate)]
            if right is None or right.form != "right" or not ends or not at_once(ends[0]):
                continue
            notice = 0 if ends[0].notice is None else days_of(ends[0].notice, least=False)
            if notice is not None and notice < cure:
                yield EndBeforeCure(right.clause.span, right.name, norm.name, notice, cure, norm.clause.span)


def show(facts: Facts, problem: EndBeforeCure) -> Trace | None:
    """The miss, and the notice at once: the agreement ends while the miss might be cured."""
    right, story = facts.norms[problem.name], Story(facts)
    if not story.open(facts.norms[problem.duty]):
        return None
    at = opened(story, right, facts.norms[problem.duty])
    model = facts.model("BPO446", facts.asked(right.acts[0]))
    if at is None or model is None:
        return None
    story.now = max(story.now, at)
    story.report(right.acts[0].event, model)

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        missed = next((e.at for e in entries if e.clause == problem.duty and e.kind == "Missed"), None)
        ended = next((e.at for e in entries if e.clause == facts.contract.name and e.kind == "Ended"), None)
        if missed is None or ended is None or ended >= missed + problem.cure * DAY_TICKS:
            return None
        days = f"{problem.cure} days from {story.zone.day(missed)}"
        return ended, f"the agreement has ended, and the miss might be cured within {days}."

    return story.trace(goal, story.now + (problem.cure + 2) * DAY_TICKS)
