"""What follows from an outcome or from a rule that fired."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from bpodsl.record import STRUCTURE
from bpodsl.reference.agreement import end_of, following, terminate
from bpodsl.reference.money import accrue
from bpodsl.reference.rows import imposed_name
from bpodsl.reference.state import Cause, Turn, World
from bpodsl.terms import Accrue, Begin, Effect, Finish, Impose, Lapse, Raise, Terminate


def follow(world: World, effects: Iterable[Effect], cause: Cause) -> None:
    """All effects of one cause, in order; norms and lines take theirs on at their own level of this place."""
    place, instance = world.place, cause.entry.instance
    for effect in effects:
        match effect:
            case Impose(norm):
                name = imposed_name(cause.entry)
                world.push(place, f"opening:{norm}", name, partial(world.impose, world, norm, cause))
            case Lapse(norm):
                # Before what events of this instant do to it.
                world.push(place, f"decision:{norm}", "", partial(world.lapse, world, norm, cause))
            case Accrue(line, amount):
                world.push(place, f"line:{line}", instance, partial(accrue, world, line, amount, cause))
            case Raise(words):
                world.emit(following(cause.entry, "Raised", words=words))
            case Terminate():
                terminate(world, effect, cause)
            case Begin(state, notice):
                turn = Turn(True, state, cause)
                if notice is None:
                    world.turning(turn, STRUCTURE)
                else:
                    begin_after(world, turn, effect)
            case Finish(state):
                world.turning(Turn(False, state, cause), STRUCTURE)


def begin_after(world: World, turn: Turn, effect: Begin) -> None:
    """A state begins at the end of a notice, when an agreement that ends with it would end."""
    ends, *numbers = end_of(world, effect, turn.cause)
    world.emit(following(turn.cause.entry, "Terminated", tuple(numbers), world.index.states[turn.state].clause.title))
    if ends is not None:
        world.planned.append((*ends, turn))
        world.wake(ends[0])
