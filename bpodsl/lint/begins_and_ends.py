"""A state that the same events begin and end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.told import state_told
from bpodsl.lint.witness import Story
from bpodsl.terms import OnLasting, State
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity, Trace


@frozen
class BeginsAndEnds(Problem):
    """Every event that ends a state begins it again at once.

    An event that does both ends what was open and begins anew: such a state never stops. It is no switch that one event
    turns on and the next turns off. (Where each of its intervals is counted or measured by itself, it is not reported.)

    Not so:

        event button from meridian
        state paused from button to button
        amount time_paused
          each month
          length of paused

    But so:

        event button_on, button_off from meridian
        state paused from button_on to button_off
        amount time_paused
          each month
          length of paused

    Next: name two events, or tell them apart by a condition: `from button where on to button where not on`.
    """

    code: ClassVar[str] = "BPO433"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    event: str
    lines: tuple[str, ...] = ()

    def message(self) -> str:
        return f"Each `{self.event}` that ends {state_told(self.name)} begins it again at once, so that it never stops."

    def part(self) -> tuple[str, ...]:
        return self.name, "states"

    def hint(self) -> str | None:
        return "Name two events, or tell them apart by a condition."

    def shown(self) -> Trace | None:
        return Trace.of(self.lines)


def find(facts: Facts) -> Iterator[Problem]:
    """States all of whose ends are starts of the same condition."""
    turned = {getattr(effect, "state", "") for _, effect in facts.effects}
    for state in facts.contract.states:
        if state.after is not None or state.lasts is not None:
            continue
        both = [each for each in state.ends if each in state.starts]
        if both and len(both) == len(state.ends) and state.name not in turned and not _by_interval(facts, state):
            lines = _story(facts, state)
            if lines is not None:
                yield BeginsAndEnds(state.clause.span, state.name, both[0].event, lines)


def _by_interval(facts: Facts, state: State) -> bool:
    """Whether each of its intervals is looked at by itself: how long a case stays at one step."""
    contract = facts.contract
    lasting = any(isinstance(rule.on, OnLasting) and rule.on.state == state.name for rule in contract.rules)
    rows = (part for part in walk(contract.expressive) if isinstance(part, ex.StateRows | ex.TrailIntervals))
    return lasting or any(part.state == state.name for part in rows)


def _story(facts: Facts, state: State) -> tuple[str, ...] | None:
    """Two such events; None where `run` finds the state ended after the second."""
    if facts.follow is None:
        return ()
    story = Story(facts)
    model = facts.model("BPO433", facts.asked(state.ends[0]))
    if model is None:
        return None
    for _ in range(2):
        story.report(state.ends[0].event, model)
    mine = [entry.kind for entry in story.followed() if entry.clause == state.name]
    return story.lines if mine.count("Opened") > mine.count("Closed") else None
