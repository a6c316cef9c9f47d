"""States: what holds from one thing to another, begun and ended by events or by consequences."""

from __future__ import annotations

from collections.abc import Mapping

from bpodsl.language import ast
from bpodsl.language.clauses.agreement import selectors
from bpodsl.language.clauses.consequences import turn
from bpodsl.language.clauses.events import instants, shared_key
from bpodsl.language.clauses.heads import right_keys, trigger_keys
from bpodsl.language.clauses.made import lower_made
from bpodsl.language.clauses.timed import bounds_of, timed
from bpodsl.language.context import Context
from bpodsl.language.names import RIGHTS, nearest
from bpodsl.language.problems import CannotHappen, NotHere, UnknownField
from bpodsl.lean import frozen
from bpodsl.terms import Kind, State

_CAUSES = ("trigger", *RIGHTS)


@frozen
class _Bounds:
    """The events on one side of a state, and the triggers and rights."""

    events: tuple[ast.Selector, ...] = ()
    causes: tuple[ast.Name, ...] = ()


def lower_state(ctx: Context, node: ast.State) -> None:
    """What holds from some events or consequences to others, or during events that last, for each value of its keys."""
    name = node.name.text
    bounds, clause = node.bounds, ctx.clause_of(node, "state")
    from_these, to_these = bounds_of(ctx, node)
    if isinstance(bounds, ast.IsTimes):
        timed(ctx, node, State(name, clause, ()))
        lower_made(ctx, node, bounds)
        return
    starts, ends = _side(ctx, from_these), _side(ctx, to_these)
    lasting = bounds.intervals if isinstance(bounds, ast.During) else ()
    instants(ctx, (*starts.events, *ends.events), "start or end a state")
    for each in lasting:
        kind = ctx.events.get(each.event.text)
        if kind is not None and not kind.from_field:
            advice = f"Add `lasts from FIELD to FIELD` to `{kind.name}`, or write `from … to …`."
            ctx.report(CannotHappen(each.span, f"`{kind.name}` does not last: it has no interval.", advice))
    state = State(
        name, clause, tuple(key.text for key in node.by or ()),
        selectors(ctx, starts.events, name), selectors(ctx, ends.events, name), selectors(ctx, lasting, name),
    )  # fmt: skip
    events = [each.event for each in (*state.starts, *state.ends, *state.intervals)]
    for key in node.by or ():
        if events:
            shared_key(ctx, key, events)
        else:
            _some_key(ctx, key)
    state = ctx.states[name] = timed(ctx, node, state)
    for begins, causes in ((True, starts.causes), (False, ends.causes)):
        for cause in causes:
            ctx.turnings.append(lambda cause=cause, begins=begins: _graft(ctx, cause, state, begins))  # type: ignore[misc]
    if not from_these and not isinstance(bounds, ast.During):
        ctx.turnings.append(lambda: _begins_somewhere(ctx, node))


def _side(ctx: Context, nodes: tuple[ast.Selector, ...]) -> _Bounds:
    causes = []
    events = []
    for each in nodes:
        declared = ctx.names.table.get(each.event.text)
        if declared is None or declared.thing not in _CAUSES:
            events.append(each)
        elif each.where is None:
            ctx.names.used.add(each.event.text)
            causes.append(each.event)
        else:
            why = f"`{each.event.text}` is {declared.thing}, not an event"
            ctx.report(NotHere(each.span, "A condition", why, "Put the condition into that clause."))
    return _Bounds(tuple(events), tuple(causes))


def _graft(ctx: Context, cause: ast.Name, state: State, begins: bool) -> None:
    """A trigger that fires, or a right that is exercised, begins or ends a state."""
    declared = ctx.names.table[cause.text]
    keys: Mapping[str, Kind | None] = {}
    if isinstance(declared.node, ast.Trigger):
        keys = trigger_keys(ctx, declared.node)
    elif isinstance(declared.node, ast.Right | ast.Termination):
        keys = right_keys(ctx, declared.node)
    effect = turn(ctx, cause.span, state, keys, cause.text, begins)
    if effect is not None:
        ctx.grafts.append((cause.text, "" if declared.thing == "trigger" else "fulfilled", effect))


def _begins_somewhere(ctx: Context, node: ast.State) -> None:
    name = node.name.text
    if "begins" not in ctx.turned.get(name, ()):
        what = f"Nothing says when `{name}` begins."
        advice = f"Write `from EVENT`, or let something follow: `then {name} begins`."
        ctx.current = node
        ctx.demand(ctx.clause_of(node, "state").span, what, advice)
        ctx.current = None


def _some_key(ctx: Context, key: ast.Name) -> None:
    known = tuple(dict.fromkeys(each.name for kind in ctx.events.values() for each in kind.fields))
    if key.text not in known:
        ctx.report(UnknownField(key.span, key.text, "What is reported", known, nearest(key.text, known)))


