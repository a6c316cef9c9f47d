"""What follows from an outcome or from a rule that fired."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bpodsl.reference.agreement import following, terminate
from bpodsl.reference.money import accrue
from bpodsl.reference.state import Cause, World
from bpodsl.terms import Accrue, Effect, Impose, Raise, Terminate


def follow(world: World, effects: Iterable[Effect], cause: Cause) -> None:
    """All effects of one cause, in order; norms and lines take theirs on at their own level of this place."""
    place, instance = world.place, cause.entry.instance
    for effect in effects:
        match effect:
            case Impose(norm):
                world.push(place, f"opening:{norm}", instance, partial(world.impose, world, norm, cause))
            case Accrue(line, amount):
                world.push(place, f"line:{line}", instance, partial(accrue, world, line, amount, cause))
            case Raise(words):
                world.emit(following(cause.entry, "Raised", words=words))
            case Terminate():
                terminate(world, effect, cause)
