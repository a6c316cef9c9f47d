"""What a state says of its times: the notice before it begins, and how long it lasts."""

from __future__ import annotations

from collections.abc import Sequence

from bpodsl.language import ast, literals
from bpodsl.language.context import Context
from bpodsl.language.kinds import told
from bpodsl.language.names import nearest
from bpodsl.language.problems import NoEffect, UnknownField, WrongKind
from bpodsl.lean import evolve
from bpodsl.terms import SoLong, State

_CLAMP = "a month too short for the day counted has its last day instead"


def bounds_of(ctx: Context, node: ast.State) -> tuple[tuple[ast.Selector, ...], tuple[ast.Selector, ...]]:
    """The events, triggers and rights after `from` and after `to`, wherever these stand."""
    bounds, lasts = node.bounds, node.lasts
    starts = bounds.starts if isinstance(bounds, ast.FromTo | ast.FromWhen | ast.FromAfter) else ()
    to = bounds.to if isinstance(bounds, ast.FromAfter) else bounds if isinstance(bounds, ast.ToWhen) else None
    ends = bounds.ends if isinstance(bounds, ast.FromTo) else () if to is None else to.ends
    if lasts is None:
        return starts, ends
    if ends:
        why, advice = "of a state that lasts so long the event that ends it before stands last", "`for … or to EVENT`"
        ctx.report(NoEffect(lasts.span, "`for`", why, f"Write {advice}."))
    elif lasts.to is not None:
        ends = lasts.to.ends
    return starts, ends


def timed(ctx: Context, node: ast.State, state: State) -> State:
    """The state with its times."""
    after = node.bounds.length if isinstance(node.bounds, ast.FromAfter) else None
    lasts = node.lasts
    if lasts is not None and isinstance(node.bounds, ast.During | ast.IsTimes):
        why = "what it is made of, or the events during which it holds, say when it ends"
        ctx.report(NoEffect(lasts.span, "`for`", why, "Declare a state of its own with `from EVENT for …`."))
        return state
    return evolve(
        state,
        after=None if after is None else _so_long(ctx, after, state),
        lasts=None if lasts is None else _so_long(ctx, lasts.length, state),
        prolonged=lasts is not None and lasts.prolonged is not None,
    )


def _so_long(ctx: Context, node: ast.Length | ast.NamedLength | ast.CountedLength, state: State) -> SoLong | None:
    """A length, or so many of a unit as a number field of each event that begins it says."""
    field = ""
    if isinstance(node, ast.CountedLength):
        assert isinstance(node.count, ast.Name)
        meaning = ctx.meanings.get(node.count.text)
        events = [each.event for each in state.starts]
        number: ast.Node = ast.Number(node.count.span, 1)
        if isinstance(meaning, ast.Number) and not any(_has(ctx, event, node.count) for event in events):
            number = ast.changed(meaning, span=node.count.span)
            ctx.names.used.add(node.count.text)
        elif _a_number(ctx, node.count, events):
            field = node.count.text
        else:
            return None
        assert isinstance(number, ast.Number)
        node = ast.Length(node.span, number, node.unit, node.calendar)
    assert isinstance(node, ast.Length)
    length = literals.length(ctx, node)
    if length is not None and length.unit in ("months", "years"):
        ctx.assume("clamp", _CLAMP, state.clause)
    return None if length is None else SoLong(length, field)


def _has(ctx: Context, event: str, field: ast.Name) -> bool:
    kind = ctx.events.get(event)
    return kind is not None and kind.field(field.text) is not None


def _a_number(ctx: Context, name: ast.Name, events: Sequence[str]) -> bool:
    """Whether each of these events has this number field; reported if one has not. Of causes it is asked later."""
    for event in events:
        kind = ctx.events.get(event)
        found = None if kind is None else kind.field(name.text)
        if kind is not None and found is None:
            known = tuple(each.name for each in kind.fields)
            ctx.report(UnknownField(name.span, name.text, f"`{event}`", known, nearest(name.text, known)))
            return False
        if found is not None and found.kind.base != "number":
            ctx.report(WrongKind(name.span, told(found.kind), "a number"))
            return False
    return True


def counted_by(state: State) -> tuple[str, ...]:
    """The fields that what begins a state must have, so that it is known how long it lasts."""
    return tuple(each.count for each in (state.after, state.lasts) if each is not None and each.count)
