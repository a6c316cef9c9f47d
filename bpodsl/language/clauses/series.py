"""Series: what their values are, where they come from, and the rows of those written down."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bpodsl.language import ast
from bpodsl.language.checks import holds
from bpodsl.language.clauses.alone import of_event_alone
from bpodsl.language.clauses.events import value_of
from bpodsl.language.context import Context
from bpodsl.language.kinds import plain, told
from bpodsl.language.literals import sum_kind
from bpodsl.language.names import EVENTS, listed, nearest
from bpodsl.language.problems import NoEffect, NotSayable, PointMisfit, SaidTwice, UnknownField, WrongKind
from bpodsl.language.scopes import Row, Scope
from bpodsl.terms import EventKind, Expression, Kind, Point, Series
from bpodsl.terms.kinds import LENGTH, NUMBER, SHARE, TEXT, money
from bpodsl.terms.kinds import period as period_kind
from bpodsl.values import TimeError, parse_period

_KINDS = {"number": NUMBER, "share": SHARE, "duration": LENGTH}
_SHOWN = {"day": "a day", "month": "a month (`2026-04`)", "quarter": "a quarter (`2026-Q2`)", "year": "a year (`2026`)"}
_SAID: dict[type[ast.Node], str] = {
    ast.SeriesValues: "what its values are",
    ast.SeriesSource: "where its values come from",
    ast.MissingLine: "what holds where a value is missing",
}


def lower_series(ctx: Context, node: ast.Series) -> None:
    """A series; where it makes no sense one without values (reported)."""
    name, clause = node.name.text, ctx.clause_of(node, "series")
    lines: dict[type[ast.Node], ast.Node] = {}
    for line in node.lines:
        if type(line) in _SAID and type(line) in lines:
            ctx.report(SaidTwice(line.span, _SAID[type(line)], lines[type(line)].span))
        lines.setdefault(type(line), line)
    values, source, missing = (lines.get(kind) for kind in (ast.SeriesValues, ast.SeriesSource, ast.MissingLine))
    if not isinstance(values, ast.SeriesValues):
        advice = "Add a line such as `number each month`."
        ctx.demand(clause.span, f"`{name}` does not say what its values are.", advice)
        return
    kind, unit, by = _kind(ctx, values), values.unit or "day", tuple(each.text for each in values.by or ())
    ctx.series_kinds[name] = kind
    ctx.series_keys[name] = dict.fromkeys(by, TEXT)
    ctx.finds[name] = _find(ctx, missing if isinstance(missing, ast.MissingLine) else None, unit, kind)
    made = Series(name, clause, plain(kind) if kind is not None else NUMBER, unit, by)
    if isinstance(source, ast.SeriesSource):
        made = _fed(ctx, source, made, kind, values)
    rows = [line for line in node.lines if isinstance(line, ast.PointRow)]
    if not rows and source is None:
        advice = "Add rows (`| 2026-01 | 131.4 |`), or `from EVENT of FIELD for FIELD`."
        ctx.demand(clause.span, f"`{name}` has no values.", advice)
    points = tuple(_points(ctx, rows, made, kind))
    ctx.series[name] = Series(
        name, clause, made.kind, unit, by, points, made.event, made.value_field, made.at_field, made.where
    )  # fmt: skip


def _kind(ctx: Context, line: ast.SeriesValues) -> Kind | None:
    if isinstance(line.kind, ast.SumIn):
        return sum_kind(ctx, line.kind)
    if line.kind == "money":
        return money(ctx.currency) if ctx.currency else None
    return _KINDS[line.kind]


def _find(ctx: Context, line: ast.MissingLine | None, unit: str, kind: Kind | None) -> str:
    if line is None:
        return "latest" if unit == "day" else "exact"
    if line.rule == "interpolated" and unit != "day":
        ctx.report(NoEffect(line.span, "interpolated", f"a series each {unit} has no days in between"))
        return "exact"
    return {"the latest": "latest", "waits": "exact"}.get(line.rule, line.rule)


# ---------------------------------------------------------------------------------------- fed by events
def _fed(ctx: Context, line: ast.SeriesSource, made: Series, kind: Kind | None, values: ast.SeriesValues) -> Series:
    if ctx.find(line.event, *EVENTS, wanted="event") is None:
        return made
    event = ctx.events.get(line.event.text)
    if event is None:
        return made
    if kind is not None:
        _has(ctx, event, line.value, (kind,), told(kind))
    at = ""
    if line.at is not None:
        periods = () if made.unit == "day" else (period_kind(made.unit),)
        _has(ctx, event, line.at, periods, _SHOWN[made.unit], "day", "instant")
        at = line.at.text
    elif made.unit != "day":
        what = f"`{made.name}` has a value each {made.unit}, but it is not said which field names the {made.unit}."
        ctx.demand(line.span, what, f"Write `from {line.event.text} of {line.value.text} for FIELD`.")
    for name in values.by or ():
        field = event.field(name.text)
        if field is None:
            known = tuple(each.name for each in event.fields)
            ctx.report(UnknownField(name.span, name.text, f"`{event.name}`", known, nearest(name.text, known)))
        elif field.kind.base not in ("text", "one_of"):
            ctx.report(WrongKind(name.span, told(field.kind), "text, or one of some words"))
        else:
            ctx.series_keys[made.name][name.text] = field.kind
    where = None if line.where is None else _where(ctx, line.where, event)
    return Series(made.name, made.clause, made.kind, made.unit, made.by, (), event.name, line.value.text, at, where)


def _where(ctx: Context, node: ast.Expression, event: EventKind) -> Expression | None:
    """Which events count; None (reported) where that is not told by the event alone."""
    before = len(ctx.problems)
    where = holds(ctx, node, Scope("what a series counts", row=Row(event.name, {f.name: f.kind for f in event.fields})))
    if len(ctx.problems) > before:
        return None
    if not of_event_alone(where):
        what = "Which events give a series its values is told by each event alone: its fields, its time and calendars."
        ctx.report(NotSayable(node.span, what, "Let the event say it in a field."))
        return None
    return where


def _has(
    ctx: Context, event: EventKind, name: ast.Name, kinds: Iterable[Kind], wanted: str, *bases: str
) -> None:
    """Whether the event has a field of one of these kinds; reported if not."""
    field = event.field(name.text)
    if field is None:
        known = tuple(each.name for each in event.fields)
        ctx.report(UnknownField(name.span, name.text, f"`{event.name}`", known, nearest(name.text, known)))
    elif field.kind not in kinds and field.kind.base not in bases:
        ctx.report(WrongKind(name.span, told(field.kind), wanted))


# ---------------------------------------------------------------------------------------- written down
def _points(ctx: Context, rows: list[ast.PointRow], made: Series, kind: Kind | None) -> Iterable[Point]:
    seen: dict[tuple[date, tuple[str, ...], date | None], ast.PointRow] = {}
    for row in rows:
        point = _point(ctx, row, made, kind)
        if point is None:
            continue
        told_by = point.at, point.key, point.published
        if told_by in seen:
            ctx.report(SaidTwice(row.span, "this value", seen[told_by].span))
            continue
        seen[told_by] = row
        yield point


def _point(ctx: Context, row: ast.PointRow, made: Series, kind: Kind | None) -> Point | None:
    cells = list(row.cells)
    published = cells.pop() if isinstance(cells[-1], ast.Published) else None
    keys = listed((f"`{name}`" for name in made.by), "and") if made.by else ""
    wanted = ", ".join(filter(None, (_SHOWN[made.unit], keys, told(kind))))
    if len(cells) != 2 + len(made.by) or any(isinstance(cell, ast.Published) for cell in cells):
        ctx.report(PointMisfit(row.span, made.name, wanted))
        return None
    at = _at(cells[0], made.unit)
    if at is None:
        ctx.report(PointMisfit(cells[0].span, made.name, wanted))
        return None
    key = tuple(
        str(value_of(ctx, cell, ctx.series_keys[made.name][name] or TEXT, name))
        for name, cell in zip(made.by, cells[1:-1], strict=True)
    )
    value = None if kind is None else value_of(ctx, cells[-1], kind, "value")
    day = ctx.day(published.day) if isinstance(published, ast.Published) else None
    if value is None or ctx.day(ast.Day(cells[0].span, at)) is None:
        return None
    return Point(at, value, key, day)


def _at(cell: ast.Node, unit: str) -> date | None:
    """The day, or the first day of the period, that a row is about; None if it names none."""
    if unit == "day":
        return cell.value if isinstance(cell, ast.Day) else None
    try:
        found = parse_period(cell.span.text.strip())
    except TimeError:
        return None
    return found.first if found.unit == unit else None
