"""What the decisions of norms answer to questions about an outcome or a window."""

from __future__ import annotations

from bpodsl.reference.state import Identity, Instance, Taken, TakenBack, World
from bpodsl.terms import expressions as ex

ANSWER: Identity = ("", "")
"""In place of an act: what an instance answers is found as what is taken back is."""


def answer(world: World, instance: Instance, act: Identity | None) -> None:
    """An instance is decided, or performed at last, by an act (None: its time is over): it may answer a question.

    The answer holds from the first instant: if it is not yet known so, the outcome must be made anew.
    """
    of = instance.norm.answers
    if of is None:
        return
    value = of.missed if act is None else _said(world, instance, act)
    if value is None:
        return
    known = world.found(instance.norm.name, instance.name, ANSWER)
    if known is None or (known.until, known.mode) != (world.now, word(value)):
        raise TakenBack(Taken(instance.norm.name, instance.name, ANSWER, world.now, word(value)))


def word(value: object) -> str:
    """An answer as text."""
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _said(world: World, instance: Instance, act: Identity) -> object:
    """What an act says."""
    of = instance.norm.answers
    assert of is not None
    event = next(each for each in world.events if (each.source, each.id) == act)
    answers = [each for each in of.acts if each.event == event.kind]
    if not answers:
        return None
    if not answers[0].field:
        return answers[0].value
    value = world.index.fields(event).get(answers[0].field)
    return dict(answers[0].values).get(value) if answers[0].values else value


def answered(world: World, e: ex.Answered, name: str) -> object:
    """The answer that concerns the instance of this name; None while there is none."""
    for norm in e.norms:
        known = world.found(norm, name, ANSWER)
        if known is not None:
            return known.mode == "yes" if e.kind.base == "yes_no" else known.mode
    return None


def arises(world: World, e: ex.Answered, name: str) -> bool:
    """Whether the question is there."""
    return any(instance.name == name for instance in world.instances.get(e.norms[0], ()))
