"""Calendars that changes give other hours: as they were before the day on which a change takes effect, then as new."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.clauses.calendars import lower_calendar, lower_composed
from bpodsl.language.clauses.changes import Edit
from bpodsl.language.context import Context
from bpodsl.language.problems import NoEffect, NotSayable
from bpodsl.terms import CalendarTerm
from bpodsl.values import Calendar

Written = ast.Calendar | ast.ComposedCalendar
_HOURS = (ast.OpenHours, ast.AlwaysOpen)
_MOVE = "a calendar that a change gives other hours has them for running clocks too"


def change_calendar(ctx: Context, node: Written) -> None:
    """Give a calendar, lowered as it was agreed first, the hours that changes give it."""
    name = node.name.text
    edits = ctx.edits.get(name)
    if edits is None or ctx.zone is None:
        return
    for edit in edits.edits:
        old = ctx.calendars.get(name)
        if old is None or not _may_change(ctx, node, edit):
            continue
        node = _with(ctx, node, edit)
        ctx.current = node
        if isinstance(node, ast.Calendar):
            lower_calendar(ctx, node)
        else:
            lower_composed(ctx, node)
        ctx.calendars[name] = _joined(old, ctx.calendars[name], edit, ctx.zone.start_of(edit.change.effective))
        if not edit.change.moves:
            ctx.assume("changed hours", _MOVE, old.clause)
    ctx.current = None


def _may_change(ctx: Context, node: Written, edit: Edit) -> bool:
    advice = "Declare a second calendar, and let the clauses that use this one change."
    if edit.change.signed > edit.change.effective:
        what = "A calendar changes only by a change that is signed no later than it takes effect."
        ctx.report(NotSayable(edit.span, what, advice))
        return False
    for clause in ctx.file.clauses:
        if isinstance(clause, ast.Change) and clause.name.text == edit.change.name:
            keeps = [x for x in clause.lines if isinstance(x, ast.RunningLine) and x.rule.startswith("clocks keep")]
            if keeps:
                what = f"`{node.name.text}` has its new hours for running clocks too: they keep no old ones."
                ctx.report(NotSayable(keeps[0].span, what, advice))
                return False
    return True


def _with(ctx: Context, node: Written, edit: Edit) -> Written:
    """The calendar with its new hours; days that are closed or open come in addition."""
    lines = edit.lines or ()
    if isinstance(node, ast.ComposedCalendar):
        for line in lines:
            if isinstance(line, ast.NewTimes):
                node = ast.changed(node, times=line.times)
            else:
                why = "this calendar is made of others"
                ctx.report(NoEffect(line.span, "this line", why, "Write `is …`."))
        return node
    kept, new = list(node.lines), []
    if any(isinstance(line, _HOURS) for line in lines):
        kept = [line for line in kept if not isinstance(line, _HOURS)]
    for line in lines:
        if isinstance(line, _CALENDAR):
            new.append(line)
        else:
            said = " ".join(line.span.text.split()[:2])
            ctx.report(NoEffect(line.span, said, "a calendar has no such line", "Write hours: `mon-fri 08:00-20:00`."))
    return ast.changed(node, lines=(*kept, *new))


_CALENDAR = (*_HOURS, ast.ClosedHolidays, ast.ClosedDays, ast.ClosedPart, ast.OpenDay)


def _joined(old: CalendarTerm, new: CalendarTerm, edit: Edit, instant: int) -> CalendarTerm:
    day = edit.change.effective
    holidays = [each for each in old.holidays if each[0] < day] + [each for each in new.holidays if each[0] >= day]
    calendar = Calendar.until(instant, old.calendar, new.calendar)
    return CalendarTerm(old.name, old.clause, calendar, tuple(holidays))
