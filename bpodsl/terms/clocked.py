"""Which events start, stop or pause a clock that counts hours: of them the time of day must be known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from bpodsl.terms.contract import Contract
from bpodsl.terms.expressions import ManyTimes, StateTimes
from bpodsl.terms.norms import Norm, OnEvent, OnState
from bpodsl.terms.times import Selector, State
from bpodsl.terms.walking import walk


def in_hours(contract: Contract) -> Iterator[tuple[str, Norm, str]]:
    """Each kind of event, the norm whose clock it concerns, and what it does to that: "start", "stop" or "pause"."""
    states = {state.name: state for state in contract.states}
    for norm in contract.norms:
        for terms in norm.versions:
            due, cure = terms.due, terms.cure
            limited = due is not None and due.length is not None and due.length.by_clock
            if limited and due is not None and due.anchor == "opening" and not terms.clock.from_field:
                yield from _each(norm, "start", (way.selector for way in norm.opening if isinstance(way, OnEvent)))
            if limited or (cure is not None and cure.length is not None and cure.length.by_clock):
                yield from _each(norm, "stop", norm.acts)
                for name in (*terms.clock.stops_during, *terms.suspended_during):
                    yield from _each(norm, "pause", _turning(states, name))
                for way in norm.opening:
                    if isinstance(way, OnState):
                        yield from _each(norm, "start", _turning(states, way.state))


def _turning(states: Mapping[str, State], name: str) -> Iterator[Selector]:
    """What begins and ends a state, or those that it is made of."""
    waiting, seen = [name], set[str]()
    while waiting:
        state = states[waiting.pop()]
        yield from (*state.starts, *state.ends)
        parts = (part.state for part in walk(state.made) if isinstance(part, StateTimes | ManyTimes))
        waiting += [part for part in dict.fromkeys(parts) if part not in seen]
        seen.update(waiting)


def _each(norm: Norm, what: str, selectors: Iterable[Selector]) -> Iterator[tuple[str, Norm, str]]:
    for selector in selectors:
        yield selector.event, norm, what
