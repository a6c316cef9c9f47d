"""What follows from an outcome or from a rule that fired."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bpodsl.record import Entry
from bpodsl.reference.agreement import following, terminate
from bpodsl.reference.money import accrue
from bpodsl.reference.state import Cause, World
from bpodsl.terms import Accrue, Effect, Impose, Raise, Terminate


def imposed_name(entry: Entry) -> str:
    """The name of an instance that follows from an entry."""
    return entry.instance or "/".join((entry.period, *(text for _, text in entry.key)))


def follow(world: World, effects: Iterable[Effect], cause: Cause) -> None:
    """All effects of one cause, in order; norms and lines take theirs on at their own level of this place."""
    place, instance = world.place, cause.entry.instance
    for effect in effects:
        match effect:
            case Impose(norm):
                name = imposed_name(cause.entry)
                world.push(place, f"opening:{norm}", name, partial(world.impose, world, norm, cause))
            case Accrue(line, amount):
                world.push(place, f"line:{line}", instance, partial(accrue, world, line, amount, cause))
            case Raise(words):
                world.emit(following(cause.entry, "Raised", words=words))
            case Terminate():
                terminate(world, effect, cause)
