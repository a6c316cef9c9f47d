"""States made of others: declared as such, the times that relieve a duty, and those in which it is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.names import listed
from bpodsl.language.problems import CannotHappen, NotSayable
from bpodsl.language.rows import times
from bpodsl.lean import evolve
from bpodsl.terms import Clause, Length, State, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import show_length


def made_of(ctx: Context, node: ast.Times) -> ex.Times | None:
    """The set of times that a state is made of; None if it makes no sense (reported)."""
    found = times(ctx, node)
    if found is not None and any(isinstance(part, ex.WindowTimes) for part in walk(found)):
        what = "Only a figure has windows."
        ctx.report(NotSayable(node.span, what, "Name states and calendars."))
        return None
    return None if found is None else _lasting(ctx, node, found)


def _lasting(ctx: Context, node: ast.Times, times: ex.Times) -> ex.Times:
    """Times of a state that last so long are those of a state of their own."""
    match times:
        case ex.StateTimes(name, Length(), _):
            return ex.StateTimes(_long(ctx, name, times))
        case ex.UnionTimes(parts):
            return ex.UnionTimes(tuple(_lasting(ctx, node, part) for part in parts))
        case ex.BothTimes(parts):
            return ex.BothTimes(tuple(_lasting(ctx, node, part) for part in parts))
        case ex.LessTimes(of, without):
            return ex.LessTimes(_lasting(ctx, node, of), _lasting(ctx, node, without))
        case _:
            return times


def _long(ctx: Context, name: str, times: ex.StateTimes) -> str:
    of, n = ctx.states.get(name), 1
    base = found = f"{name}.long"
    while found in ctx.states and ctx.states[found].made != times:
        n += 1
        found = f"{base}.{n}"
    if of is not None and found not in ctx.states and times.least is not None:
        least = show_length(times.least.amount) + (f" of {times.least.calendar}" if times.least.calendar else "")
        title = f"{of.clause.shown} of {'more than' if times.more else 'at least'} {least}"
        ctx.states[found] = State(found, evolve(of.clause, name=found, title=title), of.by, made=times)
    return found


def keys_of(ctx: Context, made: ex.Times) -> tuple[str, ...]:
    """The keys of the states that it is made of, in the order of the text; not of those counted at once."""
    names = [part.state for part in walk(made) if isinstance(part, ex.StateTimes)]
    found = (key for name in names if name in ctx.states for key in ctx.states[name].by)
    return tuple(dict.fromkeys(found))


def lower_made(ctx: Context, node: ast.State, bounds: ast.IsTimes) -> None:
    """`state down is outage and desk`: declared by itself."""
    made = made_of(ctx, bounds.times)
    if made is None:
        return
    by = keys_of(ctx, made) if node.by is None else tuple(key.text for key in node.by)
    clause = ctx.clause_of(node, "state")
    if told_apart(ctx, bounds.times, made, by):
        ctx.states[node.name.text] = State(node.name.text, clause, by, made=made)


def relieving(ctx: Context, owner: Clause, nodes: Sequence[ast.Times], fields: Sequence[str]) -> list[str]:
    """The states during which a duty with these fields is relieved: those named, and one for each that is made."""
    found: list[str] = []
    for node in (each for one in nodes for each in _either(one)):
        if isinstance(node, ast.Name):
            if ctx.find(node, "state") is not None:
                found.append(node.text)
            continue
        made = made_of(ctx, node)
        if isinstance(made, ex.StateTimes):
            found.append(made.state)
        elif made is not None:
            by = tuple(key for key in keys_of(ctx, made) if key in fields)
            if not any(isinstance(part, ex.StateTimes | ex.ManyTimes) for part in walk(made)):
                ctx.report(NotSayable(node.span, "A calendar relieves nobody.", "Count the time in hours of it."))
            elif told_apart(ctx, node, made, by):
                found.append(implied(ctx, owner, "relief", node, made, by))
    return found


def _either(node: ast.Times) -> Iterator[ast.Times]:
    """Each of several is a relief of its own."""
    if isinstance(node, ast.EitherTimes):
        for part in node.parts:
            yield from _either(part)
    else:
        yield node


def implied(
    ctx: Context, owner: Clause, word: str, node: ast.Node, made: ex.Times, by: tuple[str, ...],
    members: tuple[str, ...] = (),
) -> str:  # fmt: skip
    """The name of a state that a clause makes; one for all places at which it says the same."""
    base = name = f"{owner.name}.{word}"
    n = 1
    while name in ctx.states:
        known = ctx.states[name]
        if (known.made, known.by, known.members) == (made, by, members):
            return name
        n += 1
        name = f"{base}.{n}"
    said = " ".join(node.span.text.split())
    clause = Clause(name, owner.word, f"{owner.shown}: {said}", owner.reference, "", node.span)
    ctx.states[name] = evolve(State(name, clause, by, made=made), members=members)
    return name


def told_apart(ctx: Context, node: ast.Node, made: ex.Times, by: tuple[str, ...]) -> bool:
    """Whether one of its parts tells all values of its keys."""
    parts = [part.state for part in walk(made) if isinstance(part, ex.StateTimes | ex.ManyTimes)]
    if not by or any(set(by) <= set(ctx.states[name].by) for name in parts if name in ctx.states):
        return True
    what = f"None of these is a state by {listed(by)}, so it is not known for what to look."
    advice = f"Let one of these states be by {listed(by)}."
    ctx.report(CannotHappen(node.span, what, advice))
    return False


