"""One event that starts a clock and begins what stops it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.conditions import Model
from bpodsl.lint.facts import Facts, versions
from bpodsl.lint.paused_at_once import never_runs
from bpodsl.lint.told import state_told
from bpodsl.lint.witness import Story, more_than
from bpodsl.terms import Norm, OnEvent, Selector, State
from bpodsl.text import Problem, Severity, Trace
from bpodsl.values import show_length


@frozen
class StartsPaused(Problem):
    """One event opens a duty and begins the state that stops its clock: the time does not run until the state ends.

    The clock of such a duty stands from its first instant. Mostly the time was to begin with another event, or the
    state with one that comes later. Where it is meant (work that waits for the other side from the start), allow it,
    with the reason. Where only the performance ends the state, the time never runs at all: that is BPO432.

    Not so:

        state waiting from ticket_opened to ticket_resumed by ticket
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during waiting

    But so:

        state waiting from ticket_held to ticket_resumed by ticket
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during waiting

    Next: let the event that ends the state open the duty, or let another event begin the state.
    """

    code: ClassVar[str] = "BPO431"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    state: str
    event: str
    limit: str
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        return (
            f"`{self.event}` opens `{self.name}` and begins {state_told(self.state)}: of its {self.limit} nothing "
            "runs until that ends."
        )

    def hint(self) -> str | None:
        return "Let the event that ends it open the duty, or let another event begin it; if it is meant, allow it."

    def part(self) -> tuple[str, ...]:
        return self.name, "during", self.state

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """Duties by the clock of which each event that opens them begins a state that stops it, if it is not so that the
    clock never runs."""
    seen: set[tuple[str, str]] = set()
    for norm in versions(facts.contract.norms):
        length = None if norm.due is None else norm.due.length
        if length is None or not length.by_clock or norm.clock.from_field:
            continue
        for name in norm.clock.stops_during:
            state = facts.states.get(name)
            if state is None or state.after is not None or state.lasts is not None:
                continue
            if (norm.name, name) in seen or never_runs(facts, norm, state):
                continue
            for opening in [way.selector for way in norm.opening if isinstance(way, OnEvent)]:
                model = _always(facts, opening, state)
                found = None if model is None else _story(facts, norm, opening, state, model)
                if found is not None:
                    seen.add((norm.name, name))
                    told = show_length(length.amount)
                    yield StartsPaused(norm.clause.span, norm.name, name, opening.event, told, found)
                    break


def _always(facts: Facts, opening: Selector, state: State) -> Model | None:
    """An event that both opens the duty and begins the state, where each that opens it does so."""
    for start in state.starts:
        if start.event == opening.event and start.where in (None, opening.where):
            return facts.model("BPO431", facts.asked(opening), facts.asked(start))
    return None


def _story(facts: Facts, norm: Norm, opening: Selector, state: State, model: Model) -> tuple[str, ...] | None:
    """The event that does both; None where `run` does not find both open long after the time would be over."""
    if facts.follow is None:
        return ()
    assert norm.due is not None and norm.due.length is not None
    story = Story(facts)
    ref = story.report(opening.event, model)
    found = story.followed(story.now + more_than(norm.due.length))
    begun = {entry.clause for entry in found if entry.kind == "Opened" and ref in entry.event_causes}
    over = any(entry.clause == norm.name and entry.kind in ("Missed", "Excused") for entry in found)
    return None if over or not {norm.name, state.name} <= begun else story.lines
