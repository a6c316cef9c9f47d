"""Deadlines: by when, counted from what, and moved to which day."""

from __future__ import annotations

from datetime import date
from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.clauses.worked import DATED, Opened
from bpodsl.language.context import Context
from bpodsl.language.dates import in_cell
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import Typed
from bpodsl.language.problems import CannotHappen, NoEffect, NotSayable, OutOfRange, SaidTwice, WrongKind
from bpodsl.lean import evolve, frozen
from bpodsl.terms import ByTime, Clause, Due, Fact, NthWeekday
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY
from bpodsl.text import Span
from bpodsl.values import DAY_TICKS, SECOND, Grid

DUE_LINES: Final = (
    ast.WithinLine, ast.WithinByLine, ast.ByLine, ast.ByDayLine, ast.ByEndLine, ast.ByWeekdayLine, ast.ByNextLine,
    ast.ByWeekLine, ast.ByBackLine, ast.ByTimeLine,
)  # fmt: skip
DueLine = (
    ast.WithinLine | ast.WithinByLine | ast.ByLine | ast.ByDayLine | ast.ByEndLine | ast.ByWeekdayLine | ast.ByNextLine
    | ast.ByWeekLine | ast.ByBackLine | ast.ByTimeLine
)  # fmt: skip
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WHICH: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


@frozen
class Deadline:
    """A deadline, the line that says it, and what is worked out for it as an instance opens."""

    due: Due
    span: Span
    unit: str
    facts: tuple[Fact, ...] = ()

    @property
    def by_clock(self) -> bool:
        """Whether a clock measures it, so that the clock may stand."""
        return self.due.length is not None and self.due.length.by_clock

    @property
    def dated(self) -> bool:
        """Whether it is a date, which no suspension moves."""
        return self.due.length is None or self.due.back


def deadline_of(
    ctx: Context, line: DueLine, opened: Opened, grid: Grid | None, clause: Clause
) -> Deadline | None:
    """The deadline that one line says; None if it makes no sense (reported), or if its rows say it."""
    match line:
        case ast.WithinLine():
            due = _within(ctx, line, opened, grid, clause)
        case ast.WithinByLine():
            return None
        case ast.ByLine():
            due = _by(ctx, line, opened)
        case ast.ByDayLine():
            day = whole(ctx, line.day, "the day of the month", 1, 31)
            if day is None:
                return None
            if day > 28:
                ctx.assume("clamp", _CLAMP, clause)
            anchor = "opening" if grid is None else "period end"
            months = 1 if line.month == "the next month" else 0
            due = Due(_edge(line.edge), None, anchor, day_of_month=day, months_on=months)
        case ast.ByEndLine():
            due = _by_end(ctx, line, grid)
        case ast.ByWeekdayLine() | ast.ByNextLine() | ast.ByWeekLine():
            due = Due(_edge(line.edge), None, "opening" if grid is None else "period end", weekday=_weekday(line))
        case ast.ByBackLine():
            due = _back(ctx, line, opened, grid, clause)
        case ast.ByTimeLine():
            return _at_a_time(ctx, line, grid)
    if due is not None and line.time is not None:
        due = _timed(ctx, line.time, due)
    if due is None:
        return None
    unit = due.length.unit if due.length is not None else "days"
    return Deadline(due, line.span, unit, tuple(opened.facts))


def _weekday(line: ast.ByWeekdayLine | ast.ByNextLine | ast.ByWeekLine) -> NthWeekday:
    weekday = _WEEKDAYS.index(line.weekday)
    match line:
        case ast.ByWeekdayLine():
            return NthWeekday(weekday, "month", _WHICH[line.which], int(line.month == "the next month"))
        case ast.ByWeekLine():
            return NthWeekday(weekday, "week", on=int(line.week == "the next week"))
        case _:
            return NthWeekday(weekday, "following")


def _back(ctx: Context, line: ast.ByBackLine, opened: Opened, grid: Grid | None, clause: Clause) -> Due | None:
    """So long before a day: that whole day is in time."""
    if isinstance(line.length, ast.Lookup):
        return None
    length, count = opened.length(ctx, line.length)
    if length is None:
        return None
    if length.by_clock:
        ctx.report(WrongKind(line.length.span, "a length by the clock", literals.needed("a time counted back")))
        return None
    if length.unit in ("months", "years"):
        ctx.assume("clamp", _CLAMP, clause)
    due = Due(_edge(line.edge), length, "field", back=True, count=count)
    if not isinstance(line.anchor, ast.BeforeEnd):
        found = opened.named(ctx, line.anchor, DATED)
        return evolve(due, field=found) if found else None
    if grid is not None and (line.anchor.unit == "period" or (grid.unit, grid.n) == ("month", 1)):
        return evolve(due, anchor="period end")
    if line.anchor.unit == "period":
        ctx.report(CannotHappen(line.anchor.span, _NO_PERIOD))
        return None
    return _of_its_month(ctx, line.anchor, due, opened, grid)


def _at_a_time(ctx: Context, line: ast.ByTimeLine, grid: Grid | None) -> Deadline | None:
    """`by 17:00`: of the day on which the duty arises."""
    if grid is not None and (grid.unit, grid.n) != ("day", 1):
        what = "A time of day alone is one of the day on which the duty arises, and this duty arises for longer ones."
        ctx.report(NotSayable(line.span, what, "Write the day too: `by the end of the period, by 17:00`."))
        return None
    due = _timed(ctx, ast.AtTime(line.span, line.edge, line.time), Due("within"))
    return None if due is None else Deadline(due, line.span, "days")


def _timed(ctx: Context, node: ast.AtTime, due: Due) -> Due | None:
    """The deadline at a time of its last day."""
    if due.length is not None and due.length.by_clock:
        ctx.report(NoEffect(node.span, "a time of day", "the deadline is counted by the clock, not in days"))
        return due
    edge = _edge(node.edge)
    if isinstance(node.time, ast.CloseOf):
        calendar = ctx.calendar(node.time.calendar)
        return None if calendar is None else evolve(due, time=ByTime(None, calendar, edge))
    ticks = node.time.seconds * SECOND
    return due if ticks == DAY_TICKS else evolve(due, time=ByTime(ticks, None, edge))


_NO_PERIOD = "There is no period here: the duty does not arise each month or the like."
_CLAMP = "a month too short for the day counted has its last day instead"
_NO_ROLL = "a deadline in days that ends on a closed day is not moved"


def _edge(word: str) -> str:
    return "less than" if word in ("less than", "before") else "within"


def _within(
    ctx: Context, line: ast.WithinLine, opened: Opened, grid: Grid | None, clause: Clause
) -> Due | None:
    if isinstance(line.length, ast.Lookup):
        return None
    length, count = opened.length(ctx, line.length, same_day=line.edge == "within")
    if length is None:
        return None
    if length.unit in ("months", "years"):
        ctx.assume("clamp", _CLAMP, clause)
    due = Due(_edge(line.edge), length, count=count)
    match line.anchor:
        case None:
            return due
        case ast.AfterField(field=field):
            found = opened.named(ctx, field, ("instant",) if length.by_clock else DATED)
            return evolve(due, anchor="field", field=found) if found else None
        case ast.AfterEnd(unit=unit, span=span) as end:
            if grid is not None and (unit == "period" or (grid.unit, grid.n) == ("month", 1)):
                return evolve(due, anchor="period end")
            if unit == "period":
                ctx.report(CannotHappen(span, _NO_PERIOD))
                return None
            if length.unit == "days" and 1 <= length.amount <= 28 and not count:
                # So many days after the end of a month is that day of the next one.
                return Due(due.edge, None, "opening", day_of_month=length.amount, months_on=1)
            return _of_its_month(ctx, end, due, opened, grid)


def _of_its_month(
    ctx: Context, anchor: ast.AfterEnd | ast.BeforeEnd, due: Due, opened: Opened, grid: Grid | None
) -> Due | None:
    """Counted from the last day of the month in which the day lies on which the duty arises."""
    by_clock = due.length is not None and due.length.by_clock
    if grid is not None or by_clock or opened.row is None or not opened.row.dated:
        what = "Only days, and those of a duty that an event opens, are counted from the end of the month of an event."
        ctx.report(NotSayable(anchor.span, what, "Let the duty arise each month, or count from a field."))
        return None
    month = in_cell(ctx, ex.Moment("row", True), "month", "last")
    return evolve(due, anchor="field", field=opened.fact(anchor, Typed(month, DAY, anchor.span)))


def _by(ctx: Context, line: ast.ByLine, opened: Opened) -> Due | None:
    if isinstance(line.when, ast.Day):
        day: date | None = ctx.day(line.when)
        if day is not None and day < ctx.effective:
            ctx.report(OutOfRange(line.when.span, "This day lies before the agreement takes effect."))
            return None
        return None if day is None else Due(_edge(line.edge), fixed=day)
    found = opened.named(ctx, line.when, DATED)
    return Due(_edge(line.edge), None, "field", found) if found else None


def _by_end(ctx: Context, line: ast.ByEndLine, grid: Grid | None) -> Due | None:
    if grid is not None and (line.unit == "period" or (grid.unit, grid.n) == ("month", 1)):
        return Due(_edge(line.edge), None, "period end")
    if line.unit == "period":
        ctx.report(CannotHappen(line.span, _NO_PERIOD, "Write `by the end of the month`."))
        return None
    anchor = "opening" if grid is None else "period end"
    return Due(_edge(line.edge), None, anchor, day_of_month=31)


def moved(
    ctx: Context, node: ast.Obligation, found: Deadline | None, stated: bool, clause: Clause
) -> Deadline | None:
    """The deadline, as the obligation says that it moves; `stated`: whether there is a line that says a deadline."""
    lines = [line for line in node.lines if isinstance(line, ast.MovedLine)]
    for line in lines[1:]:
        ctx.report(SaidTwice(line.span, "how its deadline moves", lines[0].span))
    if not lines:
        if found is not None and not found.by_clock and found.unit != "working days":
            ctx.assume("roll", _NO_ROLL, clause)
        return found
    line = lines[0]
    calendar = ctx.calendar(line.calendar)
    if found is None:
        if not stated and not ctx.damaged:
            ctx.report(NoEffect(line.span, "moved", "there is no deadline to move"))
        return None
    if found.by_clock:
        ctx.report(NoEffect(line.span, "moved", "the deadline is counted by the clock, not in days"))
        return found
    if calendar is None:
        return found
    roll = "following" if line.direction == "next" else "preceding"
    return evolve(found, due=evolve(found.due, roll=roll, roll_calendar=calendar))
