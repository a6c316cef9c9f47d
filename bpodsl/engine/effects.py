"""What follows from outcomes and firings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bpodsl.engine.causes import Cause
from bpodsl.engine.states import LAST_OF_PLACE
from bpodsl.record import STRUCTURE, TERM_END
from bpodsl.terms import Accrue, Begin, Effect, Impose, Lapse, Raise, Terminate

if TYPE_CHECKING:
    from bpodsl.engine.world import World


class Effects:
    """Lets effects follow."""

    def __init__(self, world: World) -> None:
        self._world = world

    def apply(self, effects: Iterable[Effect], cause: Cause, place: int) -> None:
        """The effects of a cause, in order; those that reach another node wait for its turn in the instant."""
        world = self._world
        for effect in effects:
            match effect:
                case Impose(name):
                    norm = world.norms[name]
                    world.push(place, norm.opening_level, name, cause.base, (), norm.openings.imposed, cause)
                case Lapse(name):
                    # Before what events of this instant do to it.
                    norm = world.norms[name]
                    world.push(place, norm.level, name, "", (), norm.lapse, cause)
                case Accrue():
                    world.lines.accrue(effect, cause, place)
                case Raise(words):
                    instance = world.fresh_instance("Raised", cause.clause, cause.instance, cause.period, cause.key)
                    world.emit(
                        "Raised", cause.clause, place, cause.level, instance, cause.period, cause.key,
                        entry_causes=(cause.entry,), words=words,
                    )  # fmt: skip
                case Terminate():
                    world.term.terminate(effect, cause, place)
                case Begin(state, None):
                    world.states.turning(world, True, state, cause, STRUCTURE, place <= TERM_END)
                case Begin(state):
                    title = world.states.machines[state].term.clause.title
                    ends, _ = world.term.notice_given(effect, cause, place, title)
                    if ends is not None:
                        world.push_at(*ends, LAST_OF_PLACE, "", "", world.states.noticed, (world, state, cause))
                case _:
                    world.states.turning(world, False, effect.state, cause, STRUCTURE, place <= TERM_END)
