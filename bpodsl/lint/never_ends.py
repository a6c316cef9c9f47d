"""A state that stops a clock, or whose length is measured, and that nothing ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts, versions
from bpodsl.lint.told import state_told
from bpodsl.terms import expressions as ex
from bpodsl.terms.walking import walk
from bpodsl.text import Problem, Severity


@frozen
class NeverEnds(Problem):
    """A state begins and nothing ends it, although a clock stands while it holds, or its length is measured.

    Once it has begun, the deadline never comes, or the time measured grows until the end of the term.

    Not so:

        event system_down from meridian
        state frozen from system_down
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during frozen

    But so:

        event system_down, system_up from meridian
        state frozen from system_down to system_up
        obligation answer
          meridian must ticket_resolved for each ticket_opened
          within 8 hours of support
          clock stops during frozen

    Next: add `to` and what ends it.
    """

    code: ClassVar[str] = "BPO430"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    by: str
    stops: bool

    def message(self) -> str:
        if self.stops:
            return f"Nothing ends {state_told(self.name)}: once it has begun, the clock of `{self.by}` stands for ever."
        return f"Nothing ends {state_told(self.name)}: once it has begun, what `{self.by}` measures grows without end."

    def hint(self) -> str | None:
        if self.stops:
            return "Add `to` and what ends it; if the duty is to be over for good, write `excused during`."
        return "Add `to` and what ends it."


def find(facts: Facts) -> Iterator[Problem]:
    """States that begin and do not end, each with the first clause that reckons with their length."""
    for state in facts.contract.states:
        if state.name not in facts.begins or state.name in facts.ends:
            continue
        for norm in versions(facts.contract.norms):
            if state.name in (*norm.clock.stops_during, *norm.suspended_during):
                yield NeverEnds(state.clause.span, state.name, norm.name, True)
                break
        else:
            measuring = next((f for f in facts.contract.figures if _measures(f.value, state.name)), None)
            if measuring is not None:
                yield NeverEnds(state.clause.span, state.name, measuring.name, False)


def _measures(value: object, state: str) -> bool:
    """Whether the length of a state is asked for; a part that is left out of another does not count."""
    for part in walk(value):
        match part:
            case ex.LengthOf(times) | ex.TrailLength(times) if _of(times, state):
                return True
            case ex.Aggregate(_, ex.StateRows(name) | ex.TrailIntervals(name), where, counted) if name == state:
                if any(isinstance(each, ex.Reading) for each in walk((where, counted))):
                    return True
    return False


def _of(times: object, state: str) -> bool:
    match times:
        case ex.StateTimes(name) | ex.ManyTimes(name):
            return name == state
        case ex.UnionTimes(parts) | ex.BothTimes(parts):
            return any(_of(part, state) for part in parts)
        case ex.LessTimes(of, _):
            return _of(of, state)
    return False
