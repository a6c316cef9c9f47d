"""Two waivers of which one event can be both."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import told
from bpodsl.lint.witness import Story
from bpodsl.terms import Norm, Waiver
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class WaiversDiffer(Problem):
    """One event waives a miss in two ways, as if met and not; the line that stands first decides.

    The order of lines is easily changed, and then so is what is paid. Conditions that exclude each other say what is
    meant.

    Not so:

        event waived from northwind
          ticket    key
          whole     yes/no
          amount    money
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          waived by waived where whole, as if met
          waived by waived where amount more than 10 GBP

    But so:

        event waived from northwind
          ticket    key
          whole     yes/no
          amount    money
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 5 days
          waived by waived where whole, as if met
          waived by waived where not whole and amount more than 10 GBP

    Next: leave out of one of them what the other takes.
    """

    code: ClassVar[str] = "BPO443"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    event: str
    both: tuple[str, str]
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        first, second = self.both
        return f"A `{self.event}` can be “{first}” and “{second}”: it waives `{self.name}` in two ways that differ."

    def part(self) -> tuple[str, ...]:
        return self.name, "waived"

    def hint(self) -> str | None:
        return "Leave out of one of them what the other takes."

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Waivers of one norm by one kind of event, on conditions that cross."""
    for norm in facts.contract.norms:
        for one, two in combinations(norm.waivers, 2):
            if one.selector.event != two.selector.event or one.as_met == two.as_met:
                continue
            if one.selector.where is None or two.selector.where is None:
                continue
            lines = _story(facts, norm, one, two)
            if lines is not None:
                both = told(one.selector.where), told(two.selector.where)
                yield WaiversDiffer(norm.clause.span, norm.name, one.selector.event, both, lines)


def _story(facts: Facts, norm: Norm, one: Waiver, two: Waiver) -> tuple[str, ...] | None:
    """An event that is both, where neither is a special case of the other."""
    assert one.selector.where is not None and two.selector.where is not None
    row = facts.row((one.selector.event,))
    a, b = Asked(one.selector.where, row), Asked(two.selector.where, row)
    if facts.impossible("BPO443", a, Asked(ex.Not(two.selector.where), row)):
        return None
    if facts.impossible("BPO443", b, Asked(ex.Not(one.selector.where), row)):
        return None
    model = facts.model("BPO443", a, b)
    if model is None:
        return None
    if facts.follow is None:
        return ()
    story = Story(facts)
    if norm.modality == "must not":
        story.report(norm.acts[0].event, facts.model("BPO443", facts.asked(norm.acts[0])))
    elif not story.open(norm):
        return None
    ref = story.report(one.selector.event, model)
    waived = any(entry.clause == norm.name and ref in entry.event_causes for entry in story.followed()
                 if entry.kind in ("Excused", "Waived"))  # fmt: skip
    return story.lines if waived else None
