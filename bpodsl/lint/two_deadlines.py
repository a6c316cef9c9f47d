"""Two duties that carve out the same case, each with a deadline of its own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked, Model
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import told
from bpodsl.lint.witness import Story, times
from bpodsl.terms import Norm, OnEvent, Selector, edges
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Related, Severity, Span, Trace


@frozen
class TwoDeadlines(Problem):
    """Two special cases overlap, and nothing says which of them comes first.

    Both duties ask for the same act after the same event, each in some cases, with different deadlines. Neither is the
    special case of the other, so for an event that is both the answers differ: the act can be in time for one and late
    for the other. The same is said of two duties for the very same cases, unless something of its own follows from
    each of them, or they count time in different ways: then they are two steps.

    Not so:

        obligation restore_top
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 4 hours
        obligation restore_large
          meridian must ticket_resolved for each ticket_opened where amount more than 1 000 GBP
          within 2 days

    But so:

        obligation restore_top
          meridian must ticket_resolved for each ticket_opened where priority is P1
          within 4 hours
        obligation restore_large
          meridian must ticket_resolved for each ticket_opened where amount more than 1 000 GBP and priority is not P1
          within 2 days

    Next: leave out of one of them what the other takes.
    """

    code: ClassVar[str] = "BPO442"
    severity: ClassVar[Severity] = Severity.WARNING

    first: str
    second: str
    event: str
    both: tuple[str, str]
    other: Span | None = None
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        first, second = self.both
        if first == second:
            return (
                f"A `{self.event}` with “{first}” opens both `{self.first}` and `{self.second}`, with different "
                "deadlines for the same act."
            )
        return (
            f"A `{self.event}` with “{first}” and “{second}” opens both `{self.first}` and `{self.second}`, with "
            "different deadlines for the same act."
        )

    def part(self) -> tuple[str, ...]:
        return self.second, "within"

    def other_part(self) -> tuple[str, ...]:
        return ("within",)

    def hint(self) -> str | None:
        return "Leave out of one of them what the other takes."

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "the other deadline"),)

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Each pair of duties of one party, opened by one kind of event on conditions that cross."""
    duties = [norm for norm in facts.contract.norms if norm.form == "obligation" and norm.modality == "must"]
    counted = _counted(facts)
    for first, second in combinations(duties, 2):
        if first.acts != second.acts or first.due == second.due or first.variants or second.variants:
            continue
        if set(first.bearer) != set(second.bearer) or first.due is None or second.due is None or first.by != second.by:
            continue
        for one, two in _pairs(first, second):
            model = _crossing(facts, one, two, {first.name, second.name} <= counted or _unlike(first, second))
            if model is None:
                continue
            lines = _story(facts, first, second, one, model)
            if lines is not None:
                both = told(one.where), told(two.where)
                yield TwoDeadlines(
                    second.clause.span, first.name, second.name, one.event, both, first.clause.span, lines
                )


def _pairs(first: Norm, second: Norm) -> Iterator[tuple[Selector, Selector]]:
    for one in first.opening:
        for two in second.opening:
            if isinstance(one, OnEvent) and isinstance(two, OnEvent) and one.selector.event == two.selector.event:
                yield one.selector, two.selector


def _unlike(first: Norm, second: Norm) -> bool:
    """Whether the two deadlines are counted in different ways: then none of them is always the earlier one."""
    lengths = [None if norm.due is None else norm.due.length for norm in (first, second)]
    units = [None if each is None else (each.unit, each.calendar) for each in lengths]
    relief = [(norm.clock, norm.suspended_during, norm.excused_during, norm.cure) for norm in (first, second)]
    return None in units or units[0] != units[1] or relief[0] != relief[1]


def _counted(facts: Facts) -> set[str]:
    """The norms from whose outcomes something follows."""
    found = {norm.name for norm in facts.contract.norms if norm.consequences}
    for edge in edges(facts.contract):
        kind, _, name = edge.start.partition(":")
        if kind in ("decision", "opening") and edge.end != f"decision:{name}":
            found.add(name)
    return found


def _crossing(facts: Facts, one: Selector, two: Selector, steps: bool) -> Model | None:
    """Values with which both conditions hold, where each may also hold without the other and neither is the rule; or
    where they are the same and the duties are no `steps`."""
    if one.where is None or two.where is None:
        return None
    row = facts.row((one.event,))
    if one.where == two.where:
        return None if steps else facts.model("BPO442", Asked(one.where, row))
    a, b = Asked(one.where, row), Asked(two.where, row)
    not_a, not_b = Asked(ex.Not(one.where), row), Asked(ex.Not(two.where), row)
    inside = facts.impossible("BPO442", a, not_b), facts.impossible("BPO442", b, not_a)
    if any(inside) and (steps or not all(inside)):
        return None
    return facts.model("BPO442", a, b)


def _story(facts: Facts, first: Norm, second: Norm, opening: Selector, model: Model) -> tuple[str, ...] | None:
    """The event that opens both; None where `run` does not find two different deadlines."""
    if facts.follow is None:
        return ()
    found = (_told(first, second, opening, model, Story(facts, *start)) for start in times(model))
    return next((lines for lines in found if lines is not None), None)


def _told(first: Norm, second: Norm, opening: Selector, model: Model, story: Story) -> tuple[str, ...] | None:
    ref = story.report(opening.event, model)
    due = {
        entry.clause: entry.number("due") for entry in story.followed()
        if entry.kind == "Opened" and ref in entry.event_causes
    }  # fmt: skip
    return story.lines if {first.name, second.name} <= set(due) and due[first.name] != due[second.name] else None
