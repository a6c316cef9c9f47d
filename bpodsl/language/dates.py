"""Days, instants and times of day: what they are of, and what may be reckoned with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from bpodsl.language import ast, literals
from bpodsl.language.checks import like
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import UNKNOWN, Typed, open_length, told, told_of
from bpodsl.language.lookups import calendar_of
from bpodsl.language.problems import NotHere, UnlikeKinds, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.language.slices import slice_at
from bpodsl.lean import evolve
from bpodsl.terms import Expression
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, TIME, one_of
from bpodsl.text import Span
from bpodsl.values import SECOND, WEEKDAYS

WEEKDAY: Final = one_of(*WEEKDAYS)
CIVIL: Final = ("day", "week", "month", "year", "working day")
_LONGEST: Final = {"week": 7, "month": 31, "quarter": 92, "year": 366, "contract year": 366}
_CELLS: Final = {"week": ("week", 1), "month": ("month", 1), "quarter": ("month", 3), "year": ("month", 12)}
_ON: Final = {"before": -1, "of": 0, "after": 1}
_CHRONOLOGICAL: Final = ("instant", "day", "period", "time")


# ---------------------------------------------------------------------------------------- of what is in scope
def moment(ctx: Context, node: ast.Moment, scope: Scope) -> Typed:
    """`the day`, `the instant due`"""
    said = f"`the {node.what}" + ("`" if node.of is None else f" {node.of}`")
    row = scope.row
    if row is None or not row.dated:
        advice = "In a figure, write `first day of the window` or `last day of the window`." if scope.grid else None
        ctx.report(NotHere(node.span, said, "no event or outcome is meant", advice))
        return UNKNOWN
    if node.of is not None and not row.outcome:
        advice = f"Write `the {node.what}`."
        ctx.report(NotHere(node.span, said, f"{row.told} is no outcome of an obligation", advice))
        return Typed(ex.Unmeasured("not understood"), DAY if node.what == "day" else INSTANT, node.span)
    by_day = node.what == "day"
    return Typed(ex.Moment(node.of or "row", by_day), DAY if by_day else INSTANT, node.span)


def edge_day(ctx: Context, node: ast.FirstDay | ast.LastDay, scope: Scope) -> Typed:
    """`first day of the window`, `last day of the term`, `first day of for_month`, `last day of it`"""
    edge = "first" if isinstance(node, ast.FirstDay) else "last"
    if isinstance(node.of, ast.Stretch):
        if node.of.words == "the term":
            first: Expression = ex.Literal(ctx.effective, DAY)
            return Typed(first if edge == "first" else ex.TermEnd(), DAY, node.span)
        if scope.grid is None:
            ctx.report(NotHere(node.span, "A day of the window", f"{scope.told} has no window"))
            return UNKNOWN
        return Typed(ex.WindowDay(edge, whole=node.of.words == "the whole window"), DAY, node.span)
    if isinstance(node.of, ast.Name) and node.of.text == "it" and scope.row is not None and scope.row.figure:
        return Typed(ex.WindowDay(edge, own=True), DAY, node.span)
    value = ctx.typed(node.of, scope)
    if value.kind is None:
        return UNKNOWN
    if value.base != "period":
        ctx.report(WrongKind(node.of.span, told_of(value), "a month, quarter or year"))
        return UNKNOWN
    return Typed(ex.DayOf(value.expression, edge), DAY, node.span)


def day_in(ctx: Context, node: ast.FirstIn | ast.LastIn | ast.NthIn, scope: Scope) -> Typed:
    """`first day of the month of received`, `day 20 of the month after received`"""
    nth = None
    if isinstance(node, ast.NthIn):
        nth = whole(ctx, node.day, f"the day of the {node.unit}", 1, _LONGEST[node.unit])
        if nth is None:
            return UNKNOWN
    value = ctx.typed(node.of, scope)
    if value.kind is None:
        return UNKNOWN
    if value.base not in ("day", "instant", "period"):
        ctx.report(WrongKind(node.of.span, told_of(value), "a day or an instant"))
        return UNKNOWN
    edge = "last" if isinstance(node, ast.LastIn) else "first"
    return Typed(in_cell(ctx, value.expression, node.unit, edge, _ON[node.which], nth), DAY, node.span)


def in_cell(ctx: Context, value: Expression, unit: str, edge: str, on: int = 0, nth: int | None = None) -> Expression:
    """A day of the week, month or the like in which a day lies; contract years begin with the agreement."""
    cell, n = _CELLS[unit.removeprefix("contract ")]
    anchor = ctx.effective if unit == "contract year" else date(1970, 1, 5) if cell == "week" else date(1970, 1, 1)
    return ex.CellDay(value, f"{cell}s", n, anchor, edge, on, nth)


# ---------------------------------------------------------------------------------------- parts of others
def day_of(ctx: Context, node: ast.DayOf, scope: Scope) -> Typed:
    """`day of received`"""
    value = ctx.typed(node.value, scope)
    if value.kind is None:
        return UNKNOWN
    if value.base != "instant":
        advice = {"day": "It is a day already.", "period": "Write `first day of` or `last day of`."}.get(value.base)
        ctx.report(WrongKind(node.value.span, told_of(value), "an instant", advice))
        return UNKNOWN
    return Typed(ex.DayOf(value.expression, "first"), DAY, node.span)


def time_of_day(ctx: Context, node: ast.TimeOfDay, scope: Scope) -> Typed:
    """`time of day of received`"""
    value = ctx.typed(node.instant, scope)
    if value.kind is None:
        return UNKNOWN
    if value.base != "instant":
        ctx.report(WrongKind(node.instant.span, told_of(value), "an instant"))
        return UNKNOWN
    return Typed(ex.TimeOfDay(value.expression), TIME, node.span)


def time_literal(ctx: Context, node: ast.Time, scope: Scope) -> Typed:
    """`17:00`"""
    return Typed(ex.Literal(node.seconds * SECOND, TIME), TIME, node.span)


def weekday_of(ctx: Context, node: ast.WeekdayOf, scope: Scope) -> Typed:
    """`weekday of dated`"""
    day = _day(ctx, node.day, scope)
    return UNKNOWN if day is None else Typed(ex.Weekday(day), WEEKDAY, node.span)


def _day(ctx: Context, node: ast.Node, scope: Scope) -> Expression | None:
    """A day; None (reported) where it is something else."""
    value = ctx.typed(node, scope)
    if value.kind is None:
        return None
    if value.base != "day":
        written = node.span.text.strip()
        advice = {
            "instant": f"Write `the day{written.removeprefix('the instant')}`." if written.startswith("the instant")
            else f"Write `day of {written}`, its local day.",
            "period": f"Write `first day of {written}` or `last day of {written}`.",
        }.get(value.base)  # fmt: skip
        ctx.report(WrongKind(node.span, told_of(value), "a day", advice))
        return None
    return value.expression


# ---------------------------------------------------------------------------------------- between two
def _between(unit: str) -> Callable[[Context, Any, Scope], Typed]:
    def between(ctx: Context, node: Any, scope: Scope) -> Typed:
        start, end = _day(ctx, node.start, scope), _day(ctx, node.end, scope)
        through = getattr(node, "edge", "to") == "through"
        calendar = None
        if unit == "working days" and not isinstance(node.calendar, ast.Lookup):
            calendar = ctx.calendar(node.calendar)
            if calendar is None:
                return UNKNOWN
        if start is None or end is None:
            return UNKNOWN
        if unit == "working days" and isinstance(node.calendar, ast.Lookup):
            of = calendar_of(ctx, node.calendar, scope, lambda name: ex.Between(unit, start, end, through, name))
            return UNKNOWN if of is None else Typed(of, NUMBER, node.span)
        return Typed(ex.Between(unit, start, end, through, calendar), NUMBER, node.span)

    return between


def time_between(ctx: Context, node: ast.TimeBetween, scope: Scope) -> Typed:
    """`time from I to J`, `time of C from I to J`"""
    ends = [ctx.typed(each, scope) for each in (node.start, node.end)]
    listed = isinstance(node.calendar, ast.Lookup)
    calendar = None if node.calendar is None or isinstance(node.calendar, ast.Lookup) else ctx.calendar(node.calendar)
    for part, each in zip((node.start, node.end), ends, strict=True):
        if each.kind is not None and each.base != "instant":
            advice = "Write `days from … to …`." if each.base == "day" else None
            ctx.report(WrongKind(part.span, told_of(each), "an instant", advice))
            return UNKNOWN
    if any(each.kind is None for each in ends) or (node.calendar is not None and calendar is None and not listed):
        return UNKNOWN
    start, end = (each.expression for each in ends)
    if isinstance(node.calendar, ast.Lookup):
        found = calendar_of(ctx, node.calendar, scope, lambda name: ex.OpenTime(name, start, end))
        # The clocks of its rows differ, so that it is so long and no more.
        return UNKNOWN if found is None else Typed(found, LENGTH, node.span)
    if calendar is None:
        return Typed(ex.Arithmetic("-", end, start), LENGTH, node.span)
    return Typed(ex.OpenTime(calendar, start, end), open_length(calendar), node.span)


# ---------------------------------------------------------------------------------------- so long after
def in_days(ctx: Context, left: Typed, signed: ast.Signed, scope: Scope) -> Typed | None:
    """A day plus or minus a length counted in days or longer, as written or as a value says how many; None if this is
    another sum."""
    node: ast.Node = signed.value
    if isinstance(node, ast.Name) and isinstance(ctx.meanings.get(node.text), ast.Length):
        ctx.names.used.add(node.text)
        node = ast.changed(ctx.meanings[node.text], span=node.span)
    if isinstance(node, ast.CountedDays) and left.base in ("day", "instant"):
        count = ctx.typed(node.count, scope)
        if count.kind is not None and count.kind != NUMBER:
            ctx.report(WrongKind(node.count.span, told(count.kind), "a number"))
            return UNKNOWN
        one = ast.Length(node.span, ast.Number(node.span, 1), node.unit, node.calendar)
        whole = in_days(ctx, left, ast.changed(signed, value=one), scope)
        if whole is None or not isinstance(whole.expression, ex.DayAfter) or count is UNKNOWN:
            return UNKNOWN if whole is not None or count is UNKNOWN else None
        return evolve(whole, expression=evolve(whole.expression, count=count.expression))
    if left.base not in ("day", "instant") or not isinstance(node, ast.Length):
        return None
    if literals.one(node.unit) not in CIVIL:
        return None
    length = literals.length(ctx, node)
    if length is None:
        return UNKNOWN
    if left.base == "instant":
        advice = f"Count from its day: `day of … {signed.op} {node.span.text.strip()}`."
        ctx.report(UnlikeKinds(node.span, _doing(signed), "An instant", f"a number of {length.unit}", advice))
        return UNKNOWN
    return Typed(ex.DayAfter(left.expression, length, 1 if signed.op == "+" else -1), DAY, _joined(left, signed))


def moved(ctx: Context, left: Typed, right: Typed, signed: ast.Signed) -> Typed | None:
    """An instant plus or minus a length; None if this is another sum."""
    if left.base == "day" and right.kind is not None:
        advice = "Count in days, weeks, months or years, as in `dated + 30 days`."
        if right.base == "day" and signed.op == "-":
            advice = f"Write `days from {signed.value.span.text.strip()} to …`."
        ctx.report(UnlikeKinds(signed.value.span, _doing(signed), "A day", told_of(right), advice))
        return UNKNOWN
    if left.base != "instant" or right.kind is None or right.base != "length":
        return None
    calendar = right.kind.detail[0] if right.kind.detail else None
    length = right.expression
    if signed.op == "-":
        if calendar is not None:
            advice = "Open time is counted forward only."
            ctx.report(UnlikeKinds(signed.value.span, _doing(signed), "An instant", told_of(right), advice))
            return UNKNOWN
        length = ex.Arithmetic("-", ex.Literal(0, LENGTH), length)
    return Typed(ex.InstantAfter(left.expression, length, calendar), INSTANT, _joined(left, signed))


def _doing(signed: ast.Signed) -> str:
    return "added" if signed.op == "+" else "subtracted"


def _joined(left: Typed, signed: ast.Signed) -> Span:
    start = signed.span if left.span is None else left.span
    return Span(start.source, start.start, signed.span.end)


# ---------------------------------------------------------------------------------------- the later, the earlier
def extreme(ctx: Context, node: ast.Later | ast.Earlier, scope: Scope) -> Typed:
    """`the later of A and B`, `the earlier of A and B`"""
    parts = [ctx.typed(each, scope) for each in node.parts]
    result = parts[0]
    for each, part in zip(node.parts, parts, strict=True):
        if part.kind is not None and part.base not in _CHRONOLOGICAL:
            greater = "greater" if isinstance(node, ast.Later) else "lesser"
            ctx.report(WrongKind(each.span, told_of(part), "a day or an instant", f"Write `the {greater} of …`."))
            return UNKNOWN
        kind = like(ctx, result, part, each.span, "compared")
        if kind is None:
            return UNKNOWN
        result = evolve(part, kind=kind[0])
    made = tuple(part.expression for part in parts)
    found: Expression = ex.Largest(made) if isinstance(node, ast.Later) else ex.Smallest(made)
    return evolve(result, expression=found, span=node.span)


TYPINGS: Final[dict[type[ast.Node], Callable[[Context, Any, Scope], Typed]]] = {
    ast.Moment: moment,
    ast.FirstDay: edge_day,
    ast.LastDay: edge_day,
    ast.FirstIn: day_in,
    ast.LastIn: day_in,
    ast.NthIn: day_in,
    ast.DayOf: day_of,
    ast.TimeOfDay: time_of_day,
    ast.SliceAt: slice_at,
    ast.Time: time_literal,
    ast.WeekdayOf: weekday_of,
    ast.DaysBetween: _between("days"),
    ast.WorkingDaysBetween: _between("working days"),
    ast.MonthsBetween: _between("months"),
    ast.CalendarMonthsBetween: _between("calendar months"),
    ast.Days30360: _between("30/360"),
    ast.TimeBetween: time_between,
    ast.Later: extreme,
    ast.Earlier: extreme,
}
"""For each class of expressions of days and instants the function that types and lowers it."""
