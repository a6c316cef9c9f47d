"""Events of a case or of a stretch of time, and past windows asked for by a row."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed, told_of
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import NotHere, NotSayable, UnknownField, UnlikeKinds, WhichEvent, WrongKind
from bpodsl.language.scopes import Row, Scope
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex
from bpodsl.text import Span

Found = tuple[ex.Rows, Scope]


def beyond(ctx: Context, node: ast.NamedRows, row: Row, scope: Scope) -> Found | None:
    """Events beyond the window: `count of claim in the last 30 days with the same account`; None if reported."""
    found = ctx.find(node.name, *EVENTS, wanted="event")
    if found is None:
        return None
    if scope.row is not None:
        return _of_row(ctx, node, row, scope, scope.row)
    return _of_window(ctx, node, row, scope)


def _of_row(ctx: Context, node: ast.NamedRows, row: Row, scope: Scope, outer: Row) -> Found | None:
    if not outer.dated:
        what = "What happened before or after it"
        ctx.report(NotHere(node.span, what, f"{outer.told} is no event and no outcome, so there is no instant"))
        return None
    same: list[str] = []
    for field in () if node.same is None else node.same.fields:
        if not _shared(ctx, field, row, outer):
            return None
        same.append(field.text)
    length = None
    match node.stretch:
        case None:
            reach = "all"
        case ast.SoFar():
            reach = "so far"
        case ast.InTheLast(length=written) | ast.InTheNext(length=written):
            reach = "last" if isinstance(node.stretch, ast.InTheLast) else "next"
            length = literals.length(ctx, written)
            if length is None:
                return None
        case _:
            ctx.report(NotHere(node.stretch.span, "The window", f"{outer.told} is meant", "Write `in the last …`."))
            return None
    if reach == "next" and scope.grid is None:
        advice = "Ask for it in a measure or an amount, which `settles` after that time."
        ctx.report(NotHere(node.span, "What comes after", "it has not happened yet", advice))
        return None
    return ex.TrailRows(node.name.text, reach, "row", length, tuple(same)), evolve(scope, row=row)


def _shared(ctx: Context, field: ast.Name, row: Row, outer: Row) -> bool:
    for each in (row, outer):
        if field.text not in each.fields:
            _lacks(ctx, field.span, field.text, each)
            return False
    one, other = row.fields[field.text], outer.fields[field.text]
    if one is None or other is None or one.base == other.base:
        return True
    sides = (told_of(Typed(ex.Unmeasured(""), kind)) for kind in (one, other))
    ctx.report(UnlikeKinds(field.span, "compared", *sides))
    return False


def _of_window(ctx: Context, node: ast.NamedRows, row: Row, scope: Scope) -> Found | None:
    if node.same is not None:
        what = "`with the same …` compares with a row, and here is a window."
        advice = "Write `each month by FIELD`, or put the count into a condition after `where`."
        ctx.report(NotSayable(node.same.span, what, advice))
        return None
    match node.stretch:
        case ast.SoFar():
            made = ex.TrailRows(node.name.text, "so far", "window")
        case ast.InTheLast(length=written) | ast.BeforeWindow(length=written):
            of = "window" if isinstance(node.stretch, ast.InTheLast) else "before the window"
            length = literals.length(ctx, written)
            if length is None:
                return None
            made = ex.TrailRows(node.name.text, "last", of, length)
        case _:
            assert node.stretch is not None
            advice = "Write `so far`, `in the last …` (it ends with the window) or `in the … before the window`."
            ctx.report(NotHere(node.stretch.span, "What comes after", f"{scope.told} has a window", advice))
            return None
    for key in scope.keys:
        if key not in row.fields:
            _lacks(ctx, node.name.span, key, row)
            return None
    return made, evolve(scope, row=row)


def _lacks(ctx: Context, span: Span | None, name: str, row: Row) -> None:
    known = tuple(row.fields)
    ctx.report(UnknownField(span, name, row.told[:1].upper() + row.told[1:], known, nearest(name, known)))


# ---------------------------------------------------------------------------------------- past windows
def past(ctx: Context, node: ast.LastWindows, count: int, scope: Scope) -> Found | None:
    """`last 12 windows of fee [before DAY]`, asked for by an event or outcome."""
    head = ctx.figure(node.figure)
    if head is None:
        return None
    if scope.row is None or not scope.row.dated:
        advice = "Leave it out: the windows before this one are meant."
        ctx.report(NotHere(node.span, "A day before which windows lie", f"{scope.told} has a window", advice))
        return None
    before = None
    if node.before is not None:
        typed = ctx.typed(node.before, scope)
        if typed.kind is not None and typed.base not in ("day", "instant", "period"):
            ctx.report(WrongKind(node.before.span, told_of(typed), "a day"))
            return None
        before = typed.expression
    row = Row(f"a window of `{head.name}`", head.keys, figure=head.name, value=ctx.kinds.get(head.name), dated=False)
    return ex.PastRows(head.name, count, before), evolve(scope, row=row)


# ---------------------------------------------------------------------------------------- cases
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
    if not found:
        return None
    if len(found) > 1:
        ctx.report(WhichEvent(node.span, node.text, tuple(kind.name for kind, _, _ in found)))
    kind, given, shared = found[0]
    return Typed(ex.CaseField(kind.name, node.text, shared), given.kind, node.span)
