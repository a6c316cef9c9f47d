"""The terms under which an instance of a norm stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bpodsl.engine.deadlines import Deadlines
from bpodsl.engine.expressions import evaluator
from bpodsl.terms import Effect, Norm

if TYPE_CHECKING:
    from bpodsl.engine.world import World


class Terms:
    """The terms of a norm, its own or those of a variant: deadlines, relief, and what follows an outcome.

    `stops` names the states that stop or suspend a clock. `sources` remembers, by the fields that an opening declares,
    the intervals that matter. `facts`: what is worked out as an instance opens. `acts`: which of the norm's acts, by
    number, perform it; None: all.
    """

    __slots__ = ("acts", "after", "cures", "deadlines", "facts", "sources", "stops", "term")

    def __init__(self, world: World, term: Norm, of: Norm) -> None:
        self.term = term
        self.acts = None if term.acts == of.acts else frozenset(n for n, act in enumerate(of.acts) if act in term.acts)
        self.deadlines = Deadlines(term, world.zone, world.calendars, world.days)
        self.cures = term.cure is not None
        self.facts = [(fact.name, evaluator(fact.value, world.no_rows)) for fact in term.facts]
        self.stops = tuple(dict.fromkeys((*term.clock.stops_during, *term.suspended_during)))
        self.sources: dict[tuple[str, ...], tuple[list[Any], list[Any], list[Any]]] = {}
        self.after: dict[str, list[Effect]] = {}
        for outcome, effect in term.after:
            self.after.setdefault(outcome, []).append(effect)

    def takes(self, matched: tuple[int, ...]) -> bool:
        """Whether one of these acts performs it."""
        return self.acts is None or any(index in self.acts for index in matched)
