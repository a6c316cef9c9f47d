"""Events and notices: what may be reported, and when it acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, get_args

from bpodsl.language import ast, literals
from bpodsl.language.checks import check, holds
from bpodsl.language.clauses.alone import of_event_alone
from bpodsl.language.clauses.periods import period_kind
from bpodsl.language.conditions import field_word
from bpodsl.language.context import Context
from bpodsl.language.kinds import settled, told, told_of
from bpodsl.language.literals import sum_kind
from bpodsl.language.names import listed, nearest
from bpodsl.language.problems import (
    CannotHappen,
    DuplicateName,
    NoEffect,
    NotSayable,
    SaidTwice,
    UnknownField,
    UnknownWord,
    WrongKind,
)
from bpodsl.language.scopes import Row, Scope
from bpodsl.lean import evolve
from bpodsl.terms import DeemedRow, EventField, EventKind, Expression, Kind, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, INSTANT, LENGTH, NUMBER, SHARE, TEXT, YES_NO, money, period
from bpodsl.terms.kinds import one_of as one_of_kind
from bpodsl.values import SECOND, Period, listed_period

_KINDS = {
    "key": TEXT, "number": NUMBER, "share": SHARE, "text": TEXT, "instant": INSTANT, "day": DAY, "duration": LENGTH,
    "yes/no": YES_NO,
}  # fmt: skip


_USED = "Ask it where the notice is used: `exercised by NOTICE where …`, `unless NOTICE where …`, `barred while STATE`."


def lower_event(ctx: Context, node: ast.Event | ast.Notice) -> None:
    """One kind of event for each name: fields, reporters, and when it acts."""
    word = "notice" if isinstance(node, ast.Notice) else "event"
    reporters = tuple(filter(None, (ctx.party(name) for name in node.reporters.parties)))
    fields: dict[str, EventField] = {}
    spans: dict[str, ast.EventField | ast.WorkedField] = {}
    for line in node.lines:
        if not isinstance(line, ast.EventField | ast.WorkedField):
            continue
        if line.name.text in fields:
            first = spans[line.name.text].span
            ctx.report(DuplicateName(line.name.span, line.name.text, "field", first, "field"))
            continue
        spans[line.name.text] = line
        fields[line.name.text] = _field(ctx, line) if isinstance(line, ast.EventField) else _worked(ctx, line, fields)
    kind = EventKind("", ctx.clause_of(node, word), tuple(fields.values()), reporters)
    kind = _acting(ctx, node, kind)
    for name in node.names:
        declared = ctx.names.table.get(name.text)
        if declared is not None and declared.node is node:
            clause = evolve(kind.clause, name=name.text)
            if len(node.names) > 1:
                clause = evolve(clause, title="")
            ctx.events[name.text] = evolve(kind, name=name.text, clause=clause)


def _field(ctx: Context, line: ast.EventField) -> EventField:
    name = line.name.text
    kind: Kind
    written = line.kind.replace(" / ", "/") if isinstance(line.kind, str) else ""
    if written == "one of":
        words = [part.text if isinstance(part, ast.Name) else part.value for part in line.choices]
        for place, (word, part) in enumerate(zip(words, line.choices, strict=True)):
            if word in words[:place]:
                ctx.report(SaidTwice(part.span, f"`{word}`"))
        kind = one_of_kind(*dict.fromkeys(words))
    elif isinstance(line.kind, ast.SumIn):
        kind = sum_kind(ctx, line.kind) or money(ctx.currency)
    elif isinstance(line.kind, ast.PeriodOf):
        kind = period_kind(ctx, line.kind) or TEXT
    elif written == "money":
        kind = money(ctx.currency)
    else:
        kind = _KINDS.get(written) or period(written)
    default = None
    if line.default is not None:
        default = value_of(ctx, line.default, kind, name)
        if line.key:
            ctx.report(NotSayable(line.span, "A key has no default: it must always be given."))
    if line.key and line.optional:
        ctx.report(NotSayable(line.span, "A key is not optional: without it the case is not known."))
    return EventField(name, kind, line.key, line.optional, default)


_UNSURE: Final = (ex.Table, ex.Between, ex.CellDay, ex.DayAfter, ex.InstantAfter, ex.OpenTime)
_WORKED: Final = ("number", "share", "money", "length", "text", "yes_no", "day", "instant")


def _worked(ctx: Context, line: ast.WorkedField, fields: Mapping[str, EventField]) -> EventField:
    """A field that follows from those above it."""
    row = Row("this event", {name: each.kind for name, each in fields.items()}, dated=False)
    before = len(ctx.problems)
    typed = settled(ctx.typed(line.value, Scope("a field of an event", row=row)), NUMBER)
    alone = of_event_alone(typed.expression) and typed.kind is not None
    parts = [each for each in walk(typed.expression) if isinstance(each, get_args(Expression))]
    alone = alone and not any(isinstance(each, ex.InCalendar | ex.Moment) for each in parts)
    if len(ctx.problems) == before and not alone and not ctx.damaged:
        what = f"`{line.name.text}` is told by the event alone: by its other fields and by what is written out."
        ctx.report(NotSayable(line.value.span, what, "Declare an `amount`, or write the formula where it is needed."))
    if typed.kind is None:
        return EventField(line.name.text, NUMBER, optional=True, worked=ex.Unmeasured("not understood"))
    if typed.base not in (*_WORKED, "one_of"):
        wanted = "a number, share, sum, length, day, instant, text or yes/no"
        ctx.report(WrongKind(line.value.span, told_of(typed), wanted))
    asked = {each.name for each in parts if isinstance(each, ex.FieldOf)}
    divides = any(isinstance(p, _UNSURE) or (isinstance(p, ex.Arithmetic) and p.op == "/") for p in parts)
    free = divides or any(fields[name].optional and fields[name].default is None for name in asked if name in fields)
    return EventField(line.name.text, typed.kind, optional=free, worked=typed.expression)


def value_of(ctx: Context, node: ast.Node, kind: Kind, field: str) -> object:
    """A value written for a field, as the kind holds it; None (reported) if it is none."""
    if kind.base == "one_of":
        return field_word(ctx, node, kind, field)
    if kind.base == "text":
        return words_of(node)
    if len(kind.detail) > 1:
        return _listed(ctx, node, kind, field)
    if isinstance(node, ast.Name | ast.Text):
        advice = "Write it without quotes." if isinstance(node, ast.Text) else None
        ctx.report(WrongKind(node.span, f"the word `{words_of(node)}`", told(kind), advice))
        return None
    if kind.base == "period" and isinstance(node, ast.Number):
        node = ast.Period(node.span, node.span.text.strip())
    typed = ctx.typed(node, Scope("a value of a field"))
    if not check(ctx, typed, kind, node.span):
        return None
    return typed.expression.value if isinstance(typed.expression, ex.Literal) else None


def _listed(ctx: Context, node: ast.Node, kind: Kind, field: str) -> Period | None:
    """The period of a table that is called so; None (reported) if none is."""
    found = listed_period(kind.detail, words_of(node))
    if found is None:
        known = tuple(each.split("/", 2)[2] for each in kind.detail[1:])
        ctx.report(UnknownWord(node.span, words_of(node), field, known, nearest(words_of(node), known)))
    return found


def words_of(node: ast.Node) -> str:
    """A value as it is written, without quotes."""
    return node.value if isinstance(node, ast.Text) else node.span.text.strip()


def raw_value(ctx: Context, node: ast.Node, kind: Kind, field: str) -> str | None:
    """The raw text of a value that a field takes; None (reported) if it does not take it."""
    return None if value_of(ctx, node, kind, field) is None else words_of(node)


def _acting(ctx: Context, node: ast.Event | ast.Notice, kind: EventKind) -> EventKind:
    """When the events act: at a field, over an interval, in a period, or when deemed given."""
    seen: dict[type[ast.Node], ast.Node] = {}
    for line in node.lines:
        if isinstance(line, ast.EventField | ast.WorkedField | ast.RelatesLine):
            continue
        if type(line) in seen:
            ctx.report(SaidTwice(line.span, "this", seen[type(line)].span))
            continue
        seen[type(line)] = line
        match line:
            case ast.LastsLine():
                start = _acts_at(ctx, line.start, kind, "instant")
                end = _acts_at(ctx, line.end, kind, "instant")
                kind = evolve(kind, from_field=start, to_field=end)
            case ast.HappensLine(edge="at"):
                kind = evolve(kind, happens=_acts_at(ctx, line.field, kind, "instant"))
            case ast.HappensLine():
                kind = evolve(kind, happens=_acts_at(ctx, line.field, kind, "day", "period"))
            case ast.CountsForLine():
                kind = evolve(kind, period=_acts_at(ctx, line.field, kind, "period") or None)
            case ast.DeemedLine():
                rows = (_deemed(ctx, row, kind) for row in line.rows)
                kind = evolve(kind, deemed=tuple(row for row in rows if row is not None))
    if ast.LastsLine in seen and (ast.HappensLine in seen or ast.DeemedLine in seen):
        what = "An event that lasts from one instant to another acts over all of it, not at a field."
        ctx.report(NotSayable(seen[ast.LastsLine].span, what))
    return kind


def _acts_at(ctx: Context, name: ast.Name, kind: EventKind, *bases: str) -> str:
    """A field of the event, of one of these kinds and always given; "" if it is none (reported)."""
    found = kind.field(name.text)
    if found is None or not found.reported:
        known = tuple(each.name for each in kind.fields if each.reported)
        ctx.report(UnknownField(name.span, name.text, "This event", known, nearest(name.text, known)))
        return ""
    if found.kind.base not in bases:
        wanted = listed([told(Kind(base)) for base in bases], "or")
        ctx.report(WrongKind(name.span, told(found.kind), wanted))
        return ""
    return name.text


def _deemed(ctx: Context, node: ast.DeemedRow, kind: EventKind) -> DeemedRow | None:
    where = None
    if not isinstance(node.case, ast.Otherwise):
        row = Row("this notice", {each.name: each.kind for each in kind.fields})
        told_before = len(ctx.problems)
        where = holds(ctx, node.case, Scope("a row of a notice", row=row))
        if len(ctx.problems) == told_before and not of_event_alone(where):
            what = "When a notice is deemed given must be told by the notice alone: its fields, its time and calendars."
            ctx.report(NotSayable(node.case.span, what, _USED))
    match node.effect:
        case ast.NoEffect():
            return DeemedRow(where, effective=False)
        case ast.DeemedWhen(field=field, late=late, at=at):
            own = isinstance(field, ast.OwnInstant)
            given = "" if isinstance(field, ast.OwnInstant) else _acts_at(ctx, field, kind, "instant", "day")
            found = kind.field(given)
            if at is not None and late is None and (own or (found is not None and found.kind != DAY)):
                why = "it counts at the instant itself, and on no later day"
                ctx.report(NoEffect(at.span, "`at`", why, "Write `after 17:00 the next day` before it, or delete it."))
            if late is None or (found is None and not own):
                return DeemedRow(where, given, at=_at(at))
            if found is not None and found.kind == DAY:
                ctx.report(WrongKind(field.span, "a day", "an instant, since the time of day matters"))
            calendar = None if late.calendar is None else ctx.calendar(late.calendar)
            return DeemedRow(where, given, 0, calendar, late.cutoff.seconds * SECOND, at=_at(at))
        case ast.DeemedAfter(length=span, field=field, at=at):
            given = "" if isinstance(field, ast.OwnInstant) else _acts_at(ctx, field, kind, "instant", "day")
            assert isinstance(span, ast.Length)
            length = literals.in_days(ctx, span, "a notice")
            if length is None:
                return None
            if length.unit not in ("days", "weeks", "working days"):
                ctx.report(NotSayable(span.span, "A notice is deemed given so many days after.", "Write it in days."))
                return None
            days = length.amount * (7 if length.unit == "weeks" else 1)
            return DeemedRow(where, given, days, length.calendar, at=_at(at))


def _at(node: ast.DeemedAt | None) -> int | None:
    return None if node is None else node.time.seconds * SECOND


def shared_key(ctx: Context, key: ast.Name, events: list[str]) -> None:
    """Whether all these events have the field; reported if one has not."""
    for event in events:
        kind = ctx.events.get(event)
        if kind is not None and kind.field(key.text) is None:
            known = tuple(each.name for each in kind.fields)
            ctx.report(UnknownField(key.span, key.text, f"`{event}`", known, nearest(key.text, known)))
            return


def instants(ctx: Context, nodes: tuple[ast.Selector, ...], doing: str) -> None:
    """Events that have only a day may not start, stop or pause anything that is counted in hours."""
    for each in nodes:
        kind = ctx.events.get(each.event.text)
        acts = None if kind is None else kind.field(kind.happens)
        if acts is not None and acts.kind.base in ("day", "period"):
            what = f"`{each.event.text}` happens on a day, so it cannot {doing}: the time of day is not known."
            ctx.report(CannotHappen(each.span, what, "Let it happen at an instant."))
