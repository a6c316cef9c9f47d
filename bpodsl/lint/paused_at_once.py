"""A clock that stands from its first instant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Asked
from bpodsl.lint.facts import Facts, versions
from bpodsl.lint.told import state_told
from bpodsl.lint.witness import Story
from bpodsl.terms import Finish, Norm, OnEvent, Selector, State
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity, Trace


@frozen
class PausedAtOnce(Problem):
    """A clock stands from its first instant until the duty is performed, so it never runs and the duty is never missed.

    What opens the duty begins the state that stops its clock, and only what performs the duty ends that state.

    Not so:

        state frozen from ticket_opened to ticket_resolved by ticket
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during frozen

    But so:

        state frozen from ticket_held to ticket_resumed by ticket
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during frozen

    Next: let the state begin with another event, or let it end before the duty is performed.
    """

    code: ClassVar[str] = "BPO432"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    event: str
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        return (
            f"The clock of `{self.name}` never runs: `{self.event}` begins {state_told(self.state)}, and only what "
            "performs the duty ends that."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "during", self.state

    def hint(self) -> str | None:
        return "Let the state begin with another event, or end before the duty is performed."

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Duties by the clock, and the states that stop it."""
    seen: set[tuple[str, str]] = set()
    for norm in versions(facts.contract.norms):
        for name in (*norm.clock.stops_during, *norm.suspended_during):
            state = facts.states.get(name)
            if state is None or (norm.name, name) in seen or norm.due is None or norm.clock.from_field:
                continue
            opening = never_runs(facts, norm, state)
            found = None if opening is None else _story(facts, norm, opening, state)
            if opening is not None and found is not None:
                seen.add((norm.name, name))
                yield PausedAtOnce(norm.clause.span, norm.name, name, opening.event, found)


def never_runs(facts: Facts, norm: Norm, state: State) -> Selector | None:
    """What opens the duty and always begins the state, if only what performs the duty ends that."""
    if state.after is not None or state.lasts is not None:
        return None
    if not state.ends or not {each.event for each in state.ends} <= {act.event for act in norm.acts}:
        return None
    if any(isinstance(effect, Finish) and effect.state == state.name for _, effect in facts.effects):
        return None
    openings = (way.selector for way in norm.opening if isinstance(way, OnEvent))
    return next((each for each in openings if any(_always(facts, each, start) for start in state.starts)), None)


def _always(facts: Facts, opening: Selector, start: Selector) -> bool:
    """Whether what opens the duty always begins the state."""
    if opening.event != start.event or not facts.selects(opening):
        return False
    if start.where is None or start.where == opening.where:
        return True
    kind = facts.events[start.event]
    asks = [part for part in walk(start.where) if isinstance(part, ex.FieldOf)]
    absent = any((field := kind.field(part.name)) is None or field.optional for part in asks)
    opposite = Asked(ex.Not(start.where), facts.row((start.event,)))
    return not absent and facts.impossible("BPO432", facts.asked(opening), opposite)


def _story(facts: Facts, norm: Norm, opening: Selector, state: State) -> tuple[str, ...] | None:
    """The event that does both; None where `run` does not find the state begun and the duty open."""
    if facts.follow is None:
        return ()
    story = Story(facts)
    ref = story.report(opening.event, facts.model("BPO432", facts.asked(opening)))
    begun = {entry.clause for entry in story.followed() if entry.kind == "Opened" and ref in entry.event_causes}
    return story.lines if {norm.name, state.name} <= begun else None
