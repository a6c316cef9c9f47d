"""What follows from outcomes and firings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bpodsl.engine.causes import Cause
from bpodsl.terms import Accrue, Effect, Impose, Raise, Terminate

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
                case Accrue():
                    world.lines.accrue(effect, cause, place)
                case Raise(words):
                    instance = world.fresh_instance("Raised", cause.clause, cause.instance, cause.period, cause.key)
                    world.emit(
                        "Raised", cause.clause, place, cause.level, instance, cause.period, cause.key,
                        entry_causes=(cause.entry,), words=words,
                    )  # fmt: skip
                case Terminate(notice):
                    world.term.terminate(notice, cause, place)
