"""Waiting: what a window needs settled or decided before it can settle itself."""

from __future__ import annotations

from bpodsl.reference.evaluate import COMPARE, evaluate
from bpodsl.reference.rows import counted_in, shifted, show, unsettled, windows_read
from bpodsl.reference.scope import Scope
from bpodsl.reference.state import Fields, Instance, World
from bpodsl.terms import NotMeasured, Pending, awaited, children, cures, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Window


def awaits(e: object, scope: Scope, decided: bool) -> bool:
    """Whether the value of an expression still waits for something.

    What is not reached is not waited for. `decided`: instances that are undecided are not waited for any more.
    """
    match e:
        case ex.FigureAt() | ex.Standing() | ex.FigureRows() | ex.Posted() | ex.OutcomeRows():
            return lacks(e, scope, decided)
        case ex.If(condition, then, otherwise):
            if awaits(condition, scope, decided):
                return True
            found = evaluate(condition, scope)
            return not isinstance(found, NotMeasured) and awaits(then if found else otherwise, scope, decided)
        case ex.AllOf(parts) | ex.AnyOf(parts):
            waiting = [awaits(part, scope, decided) for part in parts]
            strong = isinstance(e, ex.AnyOf)
            there = [evaluate(part, scope) for part, waits in zip(parts, waiting, strict=True) if not waits]
            return any(waiting) and strong not in [each for each in there if isinstance(each, bool)]
        case ex.IfMeasured(value, otherwise):
            if awaits(value, scope, decided):
                return True
            found = evaluate(value, scope)
            unmeasured = isinstance(found, NotMeasured) and not isinstance(found, Pending)
            return unmeasured and awaits(otherwise, scope, decided)
        case ex.Table():
            return _table(e, scope, decided)
        case ex.Aggregate():
            return any(lacks(part, scope, decided) for part in walk((e.rows, e.where, e.value, e.weight)))
        case _:
            return any(awaits(part, scope, decided) for part in children(e))


def _table(e: ex.Table, scope: Scope, decided: bool) -> bool:
    if awaits(e.subject, scope, decided):
        return True
    subject = evaluate(e.subject, scope)
    if isinstance(subject, NotMeasured):
        return False
    for row in e.rows:
        if awaits(row.bound, scope, decided):
            return True
        bound = evaluate(row.bound, scope)
        if isinstance(bound, NotMeasured):
            return False
        if COMPARE[row.op](subject, bound):
            return awaits(row.result, scope, decided)
    return awaits(e.otherwise, scope, decided)


def lacks(part: object, scope: Scope, decided: bool) -> bool:
    """Whether a single part asks for what has not settled, or is undecided."""
    world, window, group = scope.world, scope.window, scope.group
    assert window is not None
    match part:
        case ex.FigureAt(name, shift) | ex.Standing(name, _, shift):
            read = shifted(world, name, shift, window)
            if read is None:
                return isinstance(shift, ex.Back) and awaits(shift.first, scope, decided)
            return unsettled(world, name, read, group)
        case ex.FigureRows(name):
            return any(unsettled(world, name, each, group) for each in windows_read(world, part, window))
        case ex.Posted(line):
            posts = world.index.lines[line].figure
            read = None if posts is None else shifted(world, posts, ex.Same(), window)
            return posts is not None and read is not None and unsettled(world, posts, read, group)
        case ex.OutcomeRows(norm, _, counted, True):
            if decided or not awaited(part):
                return False
            there = counting(world, norm, counted, window, group)
            undecided = counted == "opened" and any(instance.status == "undecided" for instance in there)
            return undecided or (cures(part) and any(instance.may_be_cured for instance in there))
        case _:
            return False


def counting(world: World, norm: str, counted: str, window: Window, group: Fields) -> list[Instance]:
    """The instances that count in a window for a group, whatever they have become."""
    return [
        instance
        for instance in world.instances.get(norm, ())
        if counted_in(instance, counted, window) is not None
        and all(name in instance.fields and show(instance.fields[name]) == show(value) for name, value in group.items())
    ]
