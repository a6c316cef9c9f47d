"""Events that relate to other events: what they correct, withdraw, or count with."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import told
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import CannotHappen, SaidTwice, UnknownField, WrongKind
from bpodsl.lean import evolve
from bpodsl.terms import EventField, EventKind, Relation
from bpodsl.terms.kinds import TEXT
from bpodsl.text import Span


def relate_events(ctx: Context) -> None:
    """Give each kind of event what it does to another; when all kinds are there."""
    lines: dict[str, ast.RelatesLine] = {}
    for declared in ctx.names.of(*EVENTS):
        node = declared.node
        if isinstance(node, ast.Event | ast.Notice) and declared.name in ctx.events:
            found = [line for line in node.lines if isinstance(line, ast.RelatesLine)]
            for line in found[1:]:
                ctx.report(SaidTwice(line.span, "what it does to another event", found[0].span))
            ctx.current = node
            for line in found[:1]:
                relation = _relation(ctx, line, ctx.events[declared.name], bool(node.reporters.parties))
                if relation is not None:
                    lines[declared.name] = line
                    ctx.events[declared.name] = evolve(ctx.events[declared.name], relates=relation)
    ctx.current = None
    for name, line in lines.items():
        if _in_a_circle(ctx, name):
            what = f"`{name}` relates to itself, over `{line.event.text}`."
            ctx.report(CannotHappen(line.span, what, "Let it relate to another kind of event."))


def _relation(ctx: Context, line: ast.RelatesLine, kind: EventKind, reported: bool) -> Relation | None:
    other = ctx.find(line.event, *EVENTS, wanted="event")
    if other is None or line.event.text not in ctx.events:
        return None
    target = ctx.events[line.event.text]
    if not reported and line.how != "counts with":
        ctx.demand(
            line.span, f"Who may {line.how.removesuffix('s')} `{target.name}` is not said.",
            f"Name the reporters: `event {kind.name} from PARTY`.",
        )  # fmt: skip
    names = [_named(ctx, each, kind, target, len(line.fields) == 1) for each in line.fields]
    if None in names:
        return None
    pairs = tuple(pair for pair in names if pair is not None)
    gives: tuple[str, ...] = ()
    if line.how == "corrects":
        own = {name for name, _ in pairs}
        gives = tuple(each.name for each in kind.fields if each.name not in own and target.field(each.name))
        for name in gives:
            mine, its = kind.field(name), target.field(name)
            if mine is not None and its is not None and mine.kind != its.kind:
                span = _field_span(ctx, name) or line.span
                ctx.report(WrongKind(span, told(mine.kind), f"{told(its.kind)}, as in `{target.name}`"))
        if not gives:
            what = f"`{kind.name}` has no field of `{target.name}` that it could correct."
            ctx.report(CannotHappen(line.span, what, f"Give it a field of `{target.name}`, or write `withdraws`."))
    return Relation(line.how, target.name, pairs, gives)


def _named(
    ctx: Context, node: ast.NamedBy, kind: EventKind, target: EventKind, alone: bool
) -> tuple[str, str] | None:
    """A field of its own and the field of the other that has the same value; "" for the id of the other."""
    own = _field(ctx, node.field, kind)
    if own is None:
        return None
    if node.other is None and target.field(node.field.text) is None and alone:
        if own.kind != TEXT:
            ctx.report(WrongKind(node.field.span, told(own.kind), "text, for the id of the other event"))
            return None
        return own.name, ""
    its = _field(ctx, node.other or node.field, target)
    if its is None:
        return None
    if its.kind != own.kind:
        ctx.report(WrongKind(node.field.span, told(own.kind), f"{told(its.kind)}, as `{its.name}` is"))
        return None
    return own.name, its.name


def _field(ctx: Context, name: ast.Name, kind: EventKind) -> EventField | None:
    found = kind.field(name.text)
    if found is None:
        known = tuple(each.name for each in kind.fields)
        ctx.report(UnknownField(name.span, name.text, f"`{kind.name}`", known, nearest(name.text, known)))
    return found


def _field_span(ctx: Context, name: str) -> Span | None:
    node = ctx.current
    lines = node.lines if isinstance(node, ast.Event | ast.Notice) else ()
    return next((each.name.span for each in lines if isinstance(each, ast.EventField) and each.name.text == name), None)


def _in_a_circle(ctx: Context, start: str) -> bool:
    name, seen = start, set()
    while name not in seen:
        seen.add(name)
        relation = ctx.events[name].relates if name in ctx.events else None
        if relation is None:
            return False
        name = relation.event
    return name == start
