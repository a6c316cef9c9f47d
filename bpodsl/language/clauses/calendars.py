"""Calendars: weekly hours, closed and open days, and calendars made of others."""

from __future__ import annotations

from datetime import date, timedelta
from typing import cast

from bpodsl.language import ast
from bpodsl.language.clauses.agreement import zone_of
from bpodsl.language.context import Context
from bpodsl.language.problems import NotSayable, OutOfRange, UnknownData, Unstated
from bpodsl.terms import CalendarTerm
from bpodsl.values import (
    DAY_TICKS,
    FIRST_DAY,
    LAST_DAY,
    SECOND,
    WEEKDAYS,
    Calendar,
    Closure,
    DayRange,
    Observe,
    Opening,
    Override,
    UnknownHolidays,
    WeeklyHours,
    holiday_dates,
    observe,
)

Named = tuple[date, str]


def lower_calendar(ctx: Context, node: ast.Calendar) -> None:
    """Hours of the week, less what is closed, with what is open besides; of two lines about one time the later wins."""
    zone = ctx.zone if node.zone is None else zone_of(ctx, node.zone)
    if zone is None:
        return
    clause = ctx.clause_of(node, "calendar")
    always = [line for line in node.lines if isinstance(line, ast.AlwaysOpen)]
    if always:
        ctx.said_once(always, "that it is always open")
        other = next((line for line in node.lines if not isinstance(line, ast.AlwaysOpen)), None)
        if other is not None:
            advice = "Write `all days 00:00-24:00` with the closures below it."
            ctx.report(NotSayable(other.span, "A calendar that is always open has no other lines.", advice))
        ctx.calendars[node.name.text] = CalendarTerm(node.name.text, clause, Calendar.always(zone))
        return
    hours: list[WeeklyHours] = []
    for line in node.lines:
        if isinstance(line, ast.OpenHours):
            hours.extend(_hours(ctx, line))
    holidays, overrides = _days(ctx, node)
    if not hours and not any(isinstance(each, Opening) for each in overrides) and not ctx.damaged:
        ctx.report(Unstated(clause.span, f"`{node.name.text}` is never open.", "Add hours: `mon-fri 09:00-17:00`."))
    calendar = Calendar.weekly(zone, hours, [day for day, _ in holidays], overrides)
    whole_days = [
        (day, each.why or "closed") for each in overrides if isinstance(each, Closure) and _whole(each)
        for day in _each_day(each)
    ]  # fmt: skip
    listed = tuple(sorted({*holidays, *whole_days}))
    ctx.calendars[node.name.text] = CalendarTerm(node.name.text, clause, calendar, listed)


def _hours(ctx: Context, line: ast.OpenHours) -> list[WeeklyHours]:
    days: set[int] = set(range(7)) if not line.days.ranges else set()
    for each in line.days.ranges:
        first = WEEKDAYS.index(each.first)
        last = first if each.last is None else WEEKDAYS.index(each.last)
        days.update((first + n) % 7 for n in range((last - first) % 7 + 1))
    return [WeeklyHours(tuple(sorted(days)), *_ticks(r)) for r in line.ranges if _sound(ctx, r)]


def _sound(ctx: Context, node: ast.TimeRange) -> bool:
    if node.start.seconds == node.end.seconds:
        ctx.report(OutOfRange(node.span, "This ends when it begins.", "Write `00:00-24:00` for a whole day."))
        return False
    return True


def _ticks(node: ast.TimeRange) -> tuple[int, int]:
    return node.start.seconds * SECOND, node.end.seconds * SECOND


def _days(ctx: Context, node: ast.Calendar) -> tuple[list[Named], list[Override]]:
    """Holidays, and the overrides in their order. Once a day was opened, what closes it again is an override too."""
    holidays: list[Named] = []
    overrides: list[Override] = []
    moved = _moved(ctx, node)
    for line in node.lines:
        closed: list[Named] = []
        match line:
            case ast.ClosedHolidays():
                closed = _holidays(ctx, line)
            case ast.ClosedDays(moved=str() as rule):
                closed = moved.pop(rule, [])
            case ast.ClosedDays():
                first = ctx.day(line.first)
                last = first if line.last is None else ctx.day(line.last)
                if first is None or last is None:
                    continue
                if last < first:
                    ctx.report(OutOfRange(line.span, "The last day closed lies before the first."))
                    continue
                overrides.append(Closure(DayRange(first, last), why=line.title.value if line.title else ""))
            case ast.ClosedPart():
                day = ctx.day(line.day)
                until = 24 * 3600 if line.end is None else line.end.seconds
                if line.start.seconds == until:
                    ctx.report(OutOfRange(line.span, "This ends when it begins."))
                elif day is not None:
                    why = line.title.value if line.title else ""
                    overrides.append(Closure((day,), line.start.seconds * SECOND, until * SECOND, why))
            case ast.OpenDay():
                day = ctx.day(line.day)
                why = line.title.value if line.title else ""
                if day is not None:
                    overrides.extend(Opening(day, *_ticks(each), why) for each in line.ranges if _sound(ctx, each))
            case _:
                pass
        if any(isinstance(each, Opening) for each in overrides):
            overrides.extend(Closure((day,), why=name) for day, name in closed)
        else:
            holidays.extend(closed)
    return holidays, overrides


def _moved(ctx: Context, node: ast.Calendar) -> dict[str, list[Named]]:
    """The days listed with a rule that moves them off the weekend: those of one rule move together."""
    listed: dict[str, list[Named]] = {}
    for line in node.lines:
        if isinstance(line, ast.ClosedDays) and line.moved is not None:
            first = ctx.day(line.first)
            last = first if line.last is None else ctx.day(line.last)
            if first is None or last is None or (last - first).days > 366:
                continue
            name = line.title.value if line.title else "closed"
            days = [(first + timedelta(days=n), name) for n in range((last - first).days + 1)]
            listed.setdefault(line.moved, []).extend(days)
    return {rule: list(observe(days, cast(Observe, rule))) for rule, days in listed.items()}


def _holidays(ctx: Context, line: ast.ClosedHolidays) -> list[Named]:
    first = max(ctx.effective.year - 2, FIRST_DAY.year)
    # A term without end, or one that may be renewed, needs its holidays for as long as anyone will run it.
    last = ctx.effective.year + 50 if ctx.last is None or ctx.renews else ctx.last.year + 2
    try:
        found = holiday_dates(
            line.region.text, first, min(last, LAST_DAY.year), observed=line.option != "not observed"
        )  # fmt: skip
    except UnknownHolidays as error:
        ctx.report(UnknownData(line.region.span, "list of holidays", line.region.text, error.near))
        return []
    ctx.uses_holidays = True
    return list(found)


def _whole(closure: Closure) -> bool:
    return closure.from_tick == 0 and closure.to_tick == DAY_TICKS


def _each_day(closure: Closure) -> list[date]:
    if isinstance(closure.days, DayRange):
        count = min((closure.days.last - closure.days.first).days, 3660)
        return [closure.days.first + timedelta(days=n) for n in range(count + 1)]
    return list(closure.days)


def lower_composed(ctx: Context, node: ast.ComposedCalendar) -> None:
    """`calendar joint is support and office`: made after those it is made of."""
    made = _composed(ctx, node.times)
    if made is not None:
        clause = ctx.clause_of(node, "calendar")
        ctx.calendars[node.name.text] = CalendarTerm(node.name.text, clause, made)


def _composed(ctx: Context, node: ast.Times) -> Calendar | None:
    match node:
        case ast.Name():
            name = ctx.calendar(node)
            known = None if name is None else ctx.calendars.get(name)
            return None if known is None else known.calendar
        case ast.TheWindow():
            what = "A calendar does not know any window."
            ctx.report(NotSayable(node.span, what, "Name calendars only."))
            return None
        case ast.LongEnough() | ast.AtOnce():
            what = "A calendar is made of calendars, and does not know any state."
            ctx.report(NotSayable(node.span, what, "Name calendars only."))
            return None
        case ast.LessTimes():
            of, less = _composed(ctx, node.of), _composed(ctx, node.less)
            return None if of is None or less is None else Calendar.without(of, less)
        case _:
            parts = [_composed(ctx, part) for part in node.parts]
            sound = [part for part in parts if part is not None]
            if len(sound) < len(parts) or not sound:
                return None
            combine = Calendar.together if isinstance(node, ast.EitherTimes) else Calendar.both
            return combine(sound[0], *sound[1:])
