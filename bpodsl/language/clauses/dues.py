"""Deadlines: by when, counted from what, and moved to which day."""

from __future__ import annotations

from datetime import date
from typing import Final

from bpodsl.language import ast, literals
from bpodsl.language.clauses.by_field import KINDS, cases
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import told
from bpodsl.language.names import listed, nearest
from bpodsl.language.problems import CannotHappen, NoEffect, NotSayable, OutOfRange, SaidTwice, UnknownField, WrongKind
from bpodsl.language.scopes import NormHead
from bpodsl.lean import evolve, frozen
from bpodsl.terms import ByTime, Clause, Due, Expression, Kind, Length, NthWeekday
from bpodsl.terms import expressions as ex
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
    """A deadline and the line that says it."""

    due: Due
    span: Span
    unit: str

    @property
    def by_clock(self) -> bool:
        """Whether a clock measures it, so that the clock may stand."""
        return self.due.length is not None and self.due.length.by_clock

    @property
    def dated(self) -> bool:
        """Whether it is a date, which no suspension moves."""
        return self.due.length is None or self.due.back


@frozen
class DeadlineRow:
    """The deadline (None: none) of those instances on whose opening `when` holds."""

    when: Expression
    deadline: Deadline | None


def deadline(ctx: Context, node: ast.Obligation, head: NormHead, grid: Grid | None, clause: Clause) -> Deadline | None:
    """The deadline of an obligation; None if it has none, or none that makes sense (reported).

    With a limit by field that of all openings that no row is for: see `deadlines_by_field`.
    """
    lines = [line for line in node.lines if isinstance(line, DUE_LINES)]
    for line in lines[1:]:
        ctx.report(SaidTwice(line.span, "its deadline", lines[0].span))
    if lines and isinstance(lines[0], ast.WithinByLine):
        row = next((each for each in lines[0].rows if isinstance(each.case, ast.Otherwise)), None)
        return None if row is None else _of_row(ctx, node, lines[0], row, head, grid, clause)
    found = None if not lines else _deadline(ctx, lines[0], head, grid, clause)
    return _moved(ctx, node, found, bool(lines), clause)


def deadlines_by_field(
    ctx: Context, node: ast.Obligation, head: NormHead, grid: Grid | None, clause: Clause
) -> list[DeadlineRow]:
    """The deadlines of `within by FIELD`, in the order of its rows; none if the limit does not depend on a field."""
    line = next((line for line in node.lines if isinstance(line, DUE_LINES)), None)
    if not isinstance(line, ast.WithinByLine) or not _is_field(ctx, line.field, head, KINDS):
        return []
    name = line.field.text
    found = cases(ctx, line.field, head.fields[name], [(row, row.case) for row in line.rows],
                  optional=name in head.optional)  # fmt: skip
    rows: list[DeadlineRow] = []
    for values, row in () if found is None else found.rows:
        assert isinstance(row, ast.WithinRow)
        parts = tuple(ex.Compare("=", ex.FieldOf(name), value) for value in values)
        when = parts[0] if len(parts) == 1 else ex.AnyOf(parts)
        rows.append(DeadlineRow(when, _of_row(ctx, node, line, row, head, grid, clause)))
    return rows


def _of_row(
    ctx: Context, node: ast.Obligation, line: ast.WithinByLine, row: ast.WithinRow, head: NormHead, grid: Grid | None,
    clause: Clause,
) -> Deadline | None:  # fmt: skip
    if isinstance(row.length, ast.NoLimit):
        return None
    within = ast.WithinLine(row.span, line.edge, row.length, row.anchor, row.time)
    found = _deadline(ctx, within, head, grid, clause)
    return found if found is not None and found.by_clock else _moved(ctx, node, found, True, clause)


def _deadline(ctx: Context, line: DueLine, head: NormHead, grid: Grid | None, clause: Clause) -> Deadline | None:
    match line:
        case ast.WithinLine():
            due = _within(ctx, line, head, grid, clause)
        case ast.WithinByLine():
            return None
        case ast.ByLine():
            due = _by(ctx, line, head)
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
            due = _back(ctx, line, head, grid, clause)
        case ast.ByTimeLine():
            return _at_a_time(ctx, line, grid)
    if due is not None and line.time is not None:
        due = _timed(ctx, line.time, due)
    if due is None:
        return None
    return Deadline(due, line.span, due.length.unit if due.length is not None else "days")


def _weekday(line: ast.ByWeekdayLine | ast.ByNextLine | ast.ByWeekLine) -> NthWeekday:
    weekday = _WEEKDAYS.index(line.weekday)
    match line:
        case ast.ByWeekdayLine():
            return NthWeekday(weekday, "month", _WHICH[line.which], int(line.month == "the next month"))
        case ast.ByWeekLine():
            return NthWeekday(weekday, "week", on=int(line.week == "the next week"))
        case _:
            return NthWeekday(weekday, "following")


def _back(ctx: Context, line: ast.ByBackLine, head: NormHead, grid: Grid | None, clause: Clause) -> Due | None:
    """So long before a day: that whole day is in time."""
    length, count = _counted(ctx, line.length, head)
    if length is None:
        return None
    if length.by_clock:
        ctx.report(WrongKind(line.length.span, "a length by the clock", literals.needed("a time counted back")))
        return None
    if length.unit in ("months", "years"):
        ctx.assume("clamp", _CLAMP, clause)
    due = Due(_edge(line.edge), length, "field", back=True, count=count)
    if isinstance(line.anchor, ast.Name):
        return evolve(due, field=line.anchor.text) if _is_field(ctx, line.anchor, head, _DATED) else None
    if grid is not None and (line.anchor.unit == "period" or (grid.unit, grid.n) == ("month", 1)):
        return evolve(due, anchor="period end")
    if line.anchor.unit == "period":
        ctx.report(CannotHappen(line.anchor.span, _NO_PERIOD))
        return None
    advice = "Let the duty arise each month, or count from a field."
    ctx.report(NotSayable(line.anchor.span, "Nothing is counted back from the end of the month of an event.", advice))
    return None


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


_DATED: Final = ("instant", "day", "period")
_NO_PERIOD = "There is no period here: the duty does not arise each month or the like."
_CLAMP = "a month too short for the day counted has its last day instead"
_NO_ROLL = "a deadline in days that ends on a closed day is not moved"


def _edge(word: str) -> str:
    return "less than" if word in ("less than", "before") else "within"


def _within(
    ctx: Context, line: ast.WithinLine, head: NormHead, grid: Grid | None, clause: Clause
) -> Due | None:
    length, count = _counted(ctx, line.length, head)
    if length is None:
        return None
    if length.unit in ("months", "years"):
        ctx.assume("clamp", _CLAMP, clause)
    due = Due(_edge(line.edge), length, count=count)
    match line.anchor:
        case None:
            return due
        case ast.AfterField(field=field):
            bases = ("instant",) if length.by_clock else ("instant", "day", "period")
            return evolve(due, anchor="field", field=field.text) if _is_field(ctx, field, head, bases) else None
        case ast.AfterEnd(unit=unit, span=span):
            if grid is not None and (unit == "period" or (grid.unit, grid.n) == ("month", 1)):
                return evolve(due, anchor="period end")
            if unit == "period":
                ctx.report(CannotHappen(span, _NO_PERIOD))
                return None
            if length.unit == "days" and length.amount <= 28 and not count:
                # So many days after the end of a month is that day of the next one.
                return Due(due.edge, None, "opening", day_of_month=length.amount, months_on=1)
            ctx.report(NotSayable(span, "Only up to 28 days can be counted from the end of the month of an event."))
            return None


def _counted(
    ctx: Context, node: ast.Length | ast.NamedLength | ast.CountedLength, head: NormHead
) -> tuple[Length | None, str]:
    """A length, and the field of the opening that says how many of it there are ("" where it is written)."""
    if not isinstance(node, ast.CountedLength):
        assert isinstance(node, ast.Length)
        return literals.length(ctx, node), ""
    if not _is_field(ctx, node.count, head, ("number",)):
        return None, ""
    unit = ast.Length(node.span, ast.Number(node.count.span, 1), node.unit, node.calendar)
    return literals.length(ctx, unit), node.count.text


def _by(ctx: Context, line: ast.ByLine, head: NormHead) -> Due | None:
    if isinstance(line.when, ast.Day):
        day: date | None = ctx.day(line.when)
        if day is not None and day < ctx.effective:
            ctx.report(OutOfRange(line.when.span, "This day lies before the agreement takes effect."))
            return None
        return None if day is None else Due(_edge(line.edge), fixed=day)
    if not _is_field(ctx, line.when, head, ("instant", "day", "period")):
        return None
    return Due(_edge(line.edge), None, "field", line.when.text)


def _by_end(ctx: Context, line: ast.ByEndLine, grid: Grid | None) -> Due | None:
    if grid is not None and (line.unit == "period" or (grid.unit, grid.n) == ("month", 1)):
        return Due(_edge(line.edge), None, "period end")
    if line.unit == "period":
        ctx.report(CannotHappen(line.span, _NO_PERIOD, "Write `by the end of the month`."))
        return None
    anchor = "opening" if grid is None else "period end"
    return Due(_edge(line.edge), None, anchor, day_of_month=31)


def _is_field(ctx: Context, name: ast.Name, head: NormHead, bases: tuple[str, ...]) -> bool:
    """Whether the opening has the field, of one of these kinds; reported if not."""
    if name.text not in head.fields:
        known = tuple(head.fields)
        ctx.report(UnknownField(name.span, name.text, f"What opens `{head.name}`", known, nearest(name.text, known)))
        return False
    kind = head.fields[name.text]
    if kind is not None and kind.base not in bases:
        ctx.report(WrongKind(name.span, told(kind), listed((told(Kind(each)) for each in bases), "or")))
        return False
    return True


def _moved(
    ctx: Context, node: ast.Obligation, found: Deadline | None, stated: bool, clause: Clause
) -> Deadline | None:
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
