"""Events of a case or of a stretch of time, and past windows asked for by a row."""

from __future__ import annotations

from collections.abc import Iterable

from bpodsl.language import ast, literals
from bpodsl.language.cases import event_row, has, kind_of
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed, told_of
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import NotHere, NotSayable, UnknownField, UnlikeKinds, WrongKind
from bpodsl.language.scopes import Row, Scope
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Length, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Span

Found = tuple[ex.Rows, Scope]
Rows = ast.NamedRows | ast.OutcomeRows


@frozen
class Reach:
    """A stretch of time, as `TrailRows` has it."""

    reach: str
    of: str = "row"
    length: Length | None = None
    same: tuple[str, ...] = ()
    before: ex.Expression | None = None
    since: str = ""


def beyond(ctx: Context, node: ast.NamedRows, row: Row, scope: Scope) -> Found | None:
    """Events beyond the window: `count of claim in the last 30 days with the same account`; None if reported."""
    found = ctx.find(node.name, *EVENTS, wanted="event")
    reach = None if found is None else _reach(ctx, node, node.name, row, scope)
    if reach is None:
        return None
    made = ex.TrailRows(node.name.text, reach.reach, reach.of, reach.length, reach.same, reach.before, reach.since)
    return made, evolve(scope, row=row)


def intervals_beyond(
    ctx: Context, node: ast.NamedRows | ast.LongRows, name: ast.Name, row: Row, scope: Scope
) -> Found | None:
    """Intervals that overlap a stretch of time: `count of outage of at least 10 minutes in the last 90 days`."""
    assert node.stretch is not None
    if isinstance(node, ast.NamedRows) and node.same is not None:
        what = "Of a state the intervals count that agree by its keys, without a word."
        ctx.report(NotSayable(node.same.span, what, "Delete `with the same …`."))
        return None
    if isinstance(node.stretch, ast.InTheWindow) and scope.row is None:
        reach: Reach | None = Reach("window", "window")
    else:
        reach = _of_window(ctx, node.stretch) if scope.row is None else _of_row(ctx, node.stretch, node.span, scope)
    if reach is None or not _of_the_past(ctx, node.stretch, reach, "time that something held is time that was"):
        return None
    least, more = None, False
    if isinstance(node, ast.LongRows):
        found = long_span(ctx, node)
        if found is None:
            return None
        least, more = found
    return ex.TrailIntervals(name.text, reach.reach, reach.of, reach.length, least, more), evolve(scope, row=row)


def long_span(ctx: Context, node: ast.LongEnough | ast.LongRows) -> tuple[Length, bool] | None:
    """How long intervals must last, and whether longer than that; None if that makes no sense (reported)."""
    length = literals.length(ctx, node.length)
    if length is None:
        return None
    if node.op not in ("at least", "more than"):
        what = "Times are picked by how long they last at least."
        ctx.report(NotSayable(node.span, what, f"Write `{node.state.text} less ({node.state.text} of at least …)`."))
        return None
    if not length.by_clock:
        ctx.report(WrongKind(node.length.span, "a length in days", "a length by the clock"))
        return None
    return length, node.op == "more than"


def _of_the_past(ctx: Context, stretch: ast.RowStretch, reach: Reach, why: str) -> bool:
    """Whether a length of time is asked for that lies before, and is not counted in open time."""
    if reach.before is not None or reach.since:
        what = "Before a day that the row names, and since the last of an event, only events are asked for."
        ctx.report(NotSayable(stretch.span, what, "Write `in the last …`."))
        return False
    if reach.reach == "next":
        ctx.report(NotHere(stretch.span, "What comes after", why, "Write `in the last …`, or `so far`."))
        return False
    if reach.length is not None and reach.length.by_clock and reach.length.calendar is not None:
        what = "A stretch of time is counted in days, or by the clock, not by the open time of a calendar."
        ctx.report(NotSayable(stretch.span, what, "Write `in the last 30 days`."))
        return False
    return True


def outcomes_beyond(
    ctx: Context, node: ast.OutcomeRows, row: Row, statuses: tuple[str, ...], scope: Scope
) -> Found | None:
    """Outcomes beyond the window: `count of restore missed in the last 365 days with the same account`."""
    if "undecided" in statuses:
        what = "What is undecided has become nothing yet, so it lies in no stretch of time."
        advice = f"Write `{node.norm.text} opened`, or `count of {node.norm.text} open`."
        ctx.report(NotSayable(node.span, what, advice))
        return None
    reach = _reach(ctx, node, node.norm, row, scope)
    if reach is None:
        return None
    if reach.reach == "all" and scope.grid is None:
        reach = evolve(reach, reach="so far")
    made = ex.TrailOutcomes(
        node.norm.text, statuses, reach.reach, reach.of, reach.length, reach.same, reach.before, reach.since
    )
    return made, evolve(scope, row=row)


def length_beyond(ctx: Context, node: ast.LengthOf, times: ex.Times, scope: Scope) -> ex.Expression | None:
    """`length of outage in the last 30 days`"""
    assert node.stretch is not None
    reach = _of_window(ctx, node.stretch) if scope.row is None else _of_row(ctx, node.stretch, node.span, scope)
    if reach is None:
        return None
    length = reach.length
    if reach.before is not None or reach.since:
        what = "Before a day that the row names, and since the last of an event, only events are asked for."
        ctx.report(NotSayable(node.stretch.span, what, "Write `in the last …`."))
        return None
    if reach.reach == "next":
        advice = "Write `in the last …`, or `so far`."
        ctx.report(NotHere(node.stretch.span, "What comes after", "a length of time is that of what was", advice))
        return None
    if length is not None and length.by_clock and length.calendar is not None:
        what = "A stretch of time is counted in days, or by the clock, not by the open time of a calendar."
        advice = f"Write `length of ({length.calendar} and …) in the last 30 days`."
        ctx.report(NotSayable(node.stretch.span, what, advice))
        return None
    if reach.of == "row" and any(isinstance(part, ex.WindowTimes) for part in walk(times)):
        ctx.report(NotHere(node.times.span, "The window", "a stretch of time before a row is meant"))
        return None
    return ex.TrailLength(times, reach.reach, reach.of, length)


def _reach(ctx: Context, node: Rows, name: ast.Name, row: Row, scope: Scope) -> Reach | None:
    outer = scope.row
    if outer is None:
        return _of_group(ctx, node, name, row, scope)
    found = _of_row(ctx, node.stretch, node.span, scope)
    if found is None:
        return None
    same: list[str] = []
    for field in () if node.same is None else node.same.fields:
        if not _shared(ctx, field, row, outer):
            return None
        same.append(field.text)
    return _all_tell(ctx, node, found, same) if found.since else evolve(found, same=tuple(same))


def _of_row(ctx: Context, stretch: ast.RowStretch | None, span: Span, scope: Scope) -> Reach | None:
    outer = scope.row
    if outer is None or not outer.dated:
        what = "What happened before or after it"
        told = scope.told if outer is None else outer.told
        ctx.report(NotHere(span, what, f"{told} is no event and no outcome, so there is no instant"))
        return None
    match stretch:
        case None:
            return Reach("all")
        case ast.SoFar():
            return Reach("so far")
        case ast.SinceLast():
            return _since(ctx, stretch, "row")
        case ast.InTheLast(length=written):
            length = literals.length(ctx, written)
            return None if length is None else Reach("last", "row", length)
        case ast.StretchBefore(length=written, before=asked):
            length, typed = literals.length(ctx, written), ctx.typed(asked, scope)
            if typed.kind is not None and typed.base not in ("day", "instant", "period"):
                ctx.report(WrongKind(asked.span, told_of(typed), "a day"))
                return None
            return None if length is None else Reach("last", "row", length, before=typed.expression)
        case ast.InTheNext(length=written) if scope.grid is not None:
            length = literals.length(ctx, written)
            return None if length is None else Reach("next", "row", length)
        case ast.InTheNext():
            advice = "Ask for it in a measure or an amount, which `settles` after that time."
            ctx.report(NotHere(span, "What comes after", "it has not happened yet", advice))
        case _:
            ctx.report(NotHere(stretch.span, "The window", f"{outer.told} is meant", "Write `in the last …`."))
    return None


def _all_tell(ctx: Context, node: Rows, reach: Reach, keys: Iterable[str]) -> Reach | None:
    """A stretch since the last of an event, which must tell by the same fields."""
    row = event_row(ctx, reach.since)
    for key in keys:
        if not has(ctx, row, ast.Name(node.span, key)):
            _lacks(ctx, node.span, key, row)
            return None
    return evolve(reach, same=tuple(keys) if reach.of == "row" else ())


def _since(ctx: Context, stretch: ast.SinceLast, of: str) -> Reach | None:
    found = ctx.find(stretch.event, *EVENTS, wanted="event")
    return None if found is None else Reach("so far", of, since=found.name)


def _shared(ctx: Context, field: ast.Name, row: Row, outer: Row) -> bool:
    for each in (row, outer):
        if not has(ctx, each, field):
            _lacks(ctx, field.span, field.text, each)
            return False
    one, other = (kind_of(ctx, each, field) for each in (row, outer))
    if one is None or other is None or one.base == other.base:
        return True
    its, asked = (told_of(Typed(ex.Unmeasured(""), kind)) for kind in (one, other))
    ctx.report(UnlikeKinds(field.span, "compared", its, asked))
    return False


def _of_group(ctx: Context, node: Rows, name: ast.Name, row: Row, scope: Scope) -> Reach | None:
    if node.same is not None:
        what = "`with the same …` compares with a row, and here is a window."
        advice = "Write `each month by FIELD`, or put the count into a condition after `where`."
        ctx.report(NotSayable(node.same.span, what, advice))
        return None
    assert node.stretch is not None
    found = _of_window(ctx, node.stretch)
    for key in scope.keys if found is not None else ():
        if not has(ctx, row, ast.Name(name.span, key)):
            _lacks(ctx, name.span, key, row)
            return None
    return _all_tell(ctx, node, found, scope.keys) if found is not None and found.since else found


def _of_window(ctx: Context, stretch: ast.RowStretch) -> Reach | None:
    match stretch:
        case ast.SoFar():
            return Reach("so far", "window")
        case ast.SinceLast():
            return _since(ctx, stretch, "window")
        case ast.InTheLast(length=written) | ast.BeforeWindow(length=written):
            of = "window" if isinstance(stretch, ast.InTheLast) else "before the window"
            length = literals.length(ctx, written)
            return None if length is None else Reach("last", of, length)
        case ast.StretchBefore():
            advice = "Write `in the … before the window`, or ask for it of a row: after `where`, or `sum of … over`."
            ctx.report(NotHere(stretch.span, "A day that a row names", "a window is meant", advice))
            return None
        case ast.InTheWindow():
            what = "What happens in the window is counted without a word; only intervals of a state may overlap it."
            ctx.report(NotSayable(stretch.span, what, "Delete `in the window`."))
            return None
        case _:
            advice = "Write `so far`, `in the last …` (it ends with the window) or `in the … before the window`."
            ctx.report(NotHere(stretch.span, "What comes after", "a window is meant", advice))
            return None


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
    row = Row(f"a window of `{head.name}`", head.keys, figure=head.name, value=ctx.kinds.get(head.name),
        ratio=head.name in ctx.ratios, dated=False)
    return ex.PastRows(head.name, count, before), evolve(scope, row=row)
