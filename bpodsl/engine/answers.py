"""What the decisions of norms answer to questions about an outcome or a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bpodsl.engine.takebacks import Remake, Superseded
from bpodsl.record import Number
from bpodsl.terms import NotMeasured
from bpodsl.terms import expressions as ex

if TYPE_CHECKING:
    from bpodsl.engine.acts import Act
    from bpodsl.engine.instances import Instance
    from bpodsl.engine.scopes import Scope, Value
    from bpodsl.engine.world import World

_SIGN = "="
NOT_DECIDED = NotMeasured("not decided")
NOT_ASKED = NotMeasured("does not arise")
NO_WINDOW = NotMeasured("no such window")


def answer(instance: Instance, act: Act | None) -> None:
    """An instance is decided, or performed at last, by an act (None: its time is over): it may answer a question.

    The answer holds from the first instant: if it is not yet known so, the outcome must be made anew.
    """
    of = instance.norm.term.answers
    if of is None:
        return
    value = of.missed
    if act is not None:
        said = next((each for each in of.acts if each.event == act.event.kind), None)
        value = None if said is None else said.value
        if said is not None and said.field:
            value = act.fields.get(said.field)
            value = dict(said.values).get(value) if said.values else value
    if value is None:
        return
    world = instance.norm.world
    word = ("no", "yes")[value] if isinstance(value, bool) else str(value)
    found = instance.norm.name, str(instance.name), _SIGN + word
    if world.superseded.get(found) != world.now:
        raise Remake(f"an answer to {of.name}", found, world.now)


def same(one: Superseded, other: Superseded) -> bool:
    """Whether both are answers to the same question."""
    return one[:2] == other[:2] and one[2].startswith(_SIGN) and other[2].startswith(_SIGN)


def question(found: Superseded) -> Superseded:
    """What is asked for where this is asked for: of an answer, whatever it says."""
    return (*found[:2], _SIGN) if found[2].startswith(_SIGN) else found


def answers_in(world: World) -> dict[tuple[str, str], str]:
    """What has been answered, by norm and instance."""
    return {(norm, name): said[1:] for norm, name, said in world.superseded if said.startswith(_SIGN)}


def answered(e: ex.Answered) -> Callable[[Scope], Value]:
    """The function that gives the answer to a question."""
    yes_no, first = e.kind.base == "yes_no", e.norms[0]

    def found(s: Scope) -> Value:
        name = _name(e, s)
        if name is None:
            return NO_WINDOW
        for norm in e.norms:
            if s.world.sought is not None:
                s.world.sought.add((norm, name, _SIGN))
            said = s.world.answers.get((norm, name))
            if said is not None:
                return said == "yes" if yes_no else said
        return NOT_DECIDED if (first, name) in s.world.asked else NOT_ASKED

    return found


def _name(e: ex.Answered, s: Scope) -> str | None:
    """The name of the instances that answer; None where there is no such row or window."""
    if e.of == "row":
        return None if s.instance is None else str(s.instance.name)
    if s.window is None or any(name not in s.group for name in e.by):
        return None
    return "/".join((s.window.label, *(Number("", "", s.group[name]).text for name in e.by)))
