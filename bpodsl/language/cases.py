"""Cases: what one event of a case says is known of the others, in conditions as in groups and keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed
from bpodsl.language.problems import WhichEvent
from bpodsl.language.scopes import Row
from bpodsl.terms import EventKind, Kind, Lending
from bpodsl.terms import expressions as ex

_WHENS = (ast.WhenLine, ast.WhenEventLine, ast.WhenLastsLine, ast.WhenFiresLine)


def event_row(ctx: Context, event: str) -> Row:
    """An event of this kind as a row."""
    kind = ctx.events.get(event)
    fields: Mapping[str, Kind | None] = {} if kind is None else {each.name: each.kind for each in kind.fields}
    return Row(f"`{event}`", fields, keys=() if kind is None else kind.keys, events=(event,))


def _corrected(kind: EventKind) -> str:
    """The events that those of a kind correct; "" if they correct none."""
    return kind.relates.event if kind.relates is not None and kind.relates.how == "corrects" else ""


def of_case(ctx: Context, node: ast.Name, row: Row) -> Typed | None:
    """A field that another event of the row's case gives; None if none does.

    Two kinds of events are of one case where the keys of one are all fields of the other.
    """
    found = []
    for kind in ctx.events.values():
        given = kind.field(node.text)
        shared = tuple(each.name for each in kind.fields if each.key and row.fields.get(each.name) == each.kind)
        one_case = shared and (shared == kind.keys or (row.keys and set(row.keys) <= set(shared)))
        if given is not None and not given.key and one_case:
            found.append((kind, given, shared))
    # What corrects another event gives no field of its own: it is laid over that of the other.
    names = {kind.name for kind, _, _ in found}
    found = [each for each in found if _corrected(each[0]) not in names]
    if not found:
        return None
    if len(found) > 1:
        ctx.report(WhichEvent(node.span, node.text, tuple(kind.name for kind, _, _ in found)))
    kind, given, shared = found[0]
    ctx.cases.update(each.name for each, _, _ in found)
    return Typed(ex.CaseField(kind.name, node.text, shared), given.kind, node.span)


# ---------------------------------------------------------------------------------------- groups and keys
def lent(ctx: Context, events: Iterable[str], key: ast.Name) -> Kind | None:
    """The kind of a field by which events of all these kinds may be grouped: their own, or that of an earlier event of
    their case, which they are lent from here on. None if one of them has none."""
    found: list[tuple[Kind, Lending | None]] = []
    for event in events:
        kind = ctx.events.get(event)
        own = None if kind is None else kind.field(key.text)
        if own is not None:
            found.append((own.kind, None))
            continue
        of_other = None if kind is None else of_case(ctx, key, event_row(ctx, event))
        if of_other is None or of_other.kind is None:
            return None
        assert isinstance(of_other.expression, ex.CaseField)
        case = of_other.expression
        found.append((of_other.kind, Lending(event, key.text, case.event, case.keys)))
    if not found or any(kind != found[0][0] for kind, _ in found):
        return None
    ctx.lendings.update({lending: None for _, lending in found if lending is not None})
    return found[0][0]


def has(ctx: Context, row: Row, key: ast.Name) -> bool:
    """Whether a row may be told by a field: its own, or one that its event, or what opened it, is lent."""
    return key.text in row.fields or lent(ctx, row.events or openers(ctx, row.norm), key) is not None


def kind_of(ctx: Context, row: Row, key: ast.Name) -> Kind | None:
    """The kind of such a field."""
    return row.fields[key.text] if key.text in row.fields else lent(ctx, row.events or openers(ctx, row.norm), key)


def openers(ctx: Context, name: str) -> tuple[str, ...]:
    """The kinds of the events that open a duty, or that what makes a trigger fire goes back to; none if any of them is
    no event."""
    return _openers(ctx, name, ())


def _openers(ctx: Context, name: str, asked: tuple[str, ...]) -> tuple[str, ...]:
    if name in ctx.events:
        return (name,)
    declared = ctx.names.table.get(name)
    if declared is None or name in asked:
        return ()
    asked = (*asked, name)
    match declared.node:
        case ast.Obligation(lines=lines):
            line = next((each for each in lines if isinstance(each, ast.DutyLine)), None)
            return () if line is None else _of_duty(ctx, name, line, asked)
        case ast.Trigger(lines=lines):
            line_ = next(
                (each for each in lines if isinstance(each, _WHENS)), None
            )
            return () if line_ is None else _of_trigger(ctx, line_, asked)
        case ast.State():
            state = ctx.states.get(name)
            if state is None or name in ctx.turned:
                return ()
            return tuple(each.event for each in (*state.starts, *state.intervals))
        case _:
            return ()


def _of_duty(ctx: Context, name: str, line: ast.DutyLine, asked: tuple[str, ...]) -> tuple[str, ...]:
    if line.modality == "must not":
        acts = line.acts
        of = (acts.selector,) if isinstance(acts, ast.LastAct | ast.FirstAct) else acts.selectors
        return tuple(each.event.text for each in of)
    match line.opening:
        case ast.ForEachEvent(selector=selector):
            return (selector.event.text,)
        case ast.ForEachOutcome(norm=norm):
            return _openers(ctx, norm.text, asked)
        case ast.OnTrigger(trigger=trigger):
            return _openers(ctx, trigger.text, asked)
        case _:
            return ()


def _of_trigger(
    ctx: Context, line: ast.WhenLine | ast.WhenEventLine | ast.WhenLastsLine | ast.WhenFiresLine, asked: tuple[str, ...]
) -> tuple[str, ...]:
    match line:
        case ast.WhenEventLine(selector=selector):
            return _openers(ctx, selector.event.text, asked)
        case ast.WhenLastsLine(state=state):
            return _openers(ctx, state.text, asked)
        case ast.WhenFiresLine(trigger=trigger):
            return _openers(ctx, trigger.text, asked)
        case ast.WhenLine(condition=ast.Name() as event):
            return _openers(ctx, event.text, asked)
        case ast.WhenLine(condition=ast.Stands(left=ast.Name() as norm)):
            return _openers(ctx, norm.text, asked)
        case ast.WhenLine(condition=ast.AnyStands(names=names)):
            found = [_openers(ctx, each.text, asked) for each in names]
            return tuple(dict.fromkeys(event for each in found for event in each)) if all(found) else ()
        case _:
            return ()
