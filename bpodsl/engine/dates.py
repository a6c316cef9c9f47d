"""Days, instants and times of day made into functions of a scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from bpodsl.engine.scopes import NO_WINDOW, Evaluator, Position, Scope, Value
from bpodsl.engine.takebacks import Remake
from bpodsl.record import TERM_END
from bpodsl.terms import Length, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.terms.lengths import MOST
from bpodsl.values import (
    FIRST,
    FIRST_DAY,
    LAST,
    LAST_DAY,
    Period,
    TimeError,
    add_days,
    add_months,
    calendar_months_between,
    day_of,
    days_30_360,
    months_between,
    weekday_name,
)

if TYPE_CHECKING:
    from bpodsl.engine.instances import Instance
    from bpodsl.engine.world import World

NO_DAY = NotMeasured("no such day")
NO_INSTANT = NotMeasured("no such instant")
NO_COUNT = NotMeasured("no whole number")

Unary = Callable[["World", Value], Value]
Binary = Callable[["World", Value, Value], Value]
Make = Callable[[ex.Expression], Evaluator]


def dated(e: ex.Expression, make: Make) -> Evaluator | None:
    """The function that evaluates an expression of days or instants; None if it is of another family."""
    match e:
        case ex.Moment(of, by_day):
            return _moment(of, by_day)
        case ex.WindowDay(edge, own) if own:
            return lambda s: getattr(s.standing.window, edge)
        case ex.WindowDay(edge, _, whole) if whole:
            return _whole(edge == "first")
        case ex.WindowDay(edge):
            first = edge == "first"
            return lambda s: NO_WINDOW if s.window is None else s.window.first if first else s.window.last
        case ex.TermEnd():
            return _term_end
        case ex.DayOf(value, edge):
            return _one(make(value), _day_of(edge == "first"))
        case ex.CellDay(value):
            return _one(make(value), _in_cell(e))
        case ex.TimeOfDay(instant):
            return _one(make(instant), lambda world, value: world.zone.time_of_day(value))
        case ex.Weekday(day):
            return _one(make(day), lambda world, value: weekday_name(value))
        case ex.DayAfter(day, length, sign, count) if count is not None:
            return _two(make(day), make(count), _counted(length, sign))
        case ex.DayAfter(day, length, sign):
            return _one(make(day), _after(length, sign))
        case ex.Between(_, start, end):
            return _two(make(start), make(end), _between(e))
        case ex.OpenTime(name, start, end):
            return _two(make(start), make(end), lambda world, a, b: world.calendars[name].worked(a, b))
        case ex.InstantAfter(instant, length, calendar):
            return _two(make(instant), make(length), _later(calendar))
    return None


def _one(part: Evaluator, op: Unary) -> Evaluator:
    def computed(s: Scope) -> Value:
        value = part(s)
        return value if isinstance(value, NotMeasured) else op(s.world, value)

    return computed


def _two(left: Evaluator, right: Evaluator, op: Binary) -> Evaluator:
    def computed(s: Scope) -> Value:
        a, b = left(s), right(s)
        if isinstance(a, NotMeasured):
            return a
        return b if isinstance(b, NotMeasured) else op(s.world, a, b)

    return computed


# ------------------------------------------------------------------------------------ of the scope
def _whole(first: bool) -> Evaluator:
    """A day of the window in scope, as if no term cut it."""

    def found(s: Scope) -> Value:
        if s.window is None or s.grid is None:
            return NO_WINDOW
        days = s.world.windows.uncut(s.grid, s.window)
        return days[0] if first else days[1]

    return found


def _term_end(s: Scope) -> Value:
    last = s.world.term.last_at(s.position)
    return NO_DAY if last is None else last


def _moment(of: str, by_day: bool) -> Evaluator:
    absent = NotMeasured(f"not {of}")

    def found(s: Scope) -> Value:
        if of == "row":
            moment: tuple[int, bool, date | None] | None = (s.at, s.early, None)
        else:
            instance = s.instance or s.parent
            moment = None if instance is None else _of_instance(instance, of, s.position, s.world)
        if moment is None:
            return absent
        instant, early, day = moment
        if not by_day:
            return instant
        return day or s.world.zone.day(instant - 1 if early else instant)

    return found


def _of_instance(
    instance: Instance, of: str, seen: Position, world: World
) -> tuple[int, bool, date | None] | None:
    """An instant of an instance as seen from a position, whether before the events of it, and its day if known."""
    if of == "due":
        deadline = instance.deadline_at_decision
        settled = instance.settled_pos()
        if settled is None or settled > seen or instance.ended_pos == settled:
            if seen < (world.now, world.place):
                raise Remake("a deadline as it was before")
            deadline = instance.deadline
        if deadline is None:
            return None
        at = deadline.at if deadline.stated is None else deadline.stated[0]
        return at, False, None if isinstance(deadline.shown, int) else deadline.shown
    pos = {"opened": instance.opened_pos, "decided": instance.decided_pos, "performed": instance.performed_pos}[of]
    if pos is None or pos > seen:
        return None
    return pos[0], pos[1] <= TERM_END, None


# ------------------------------------------------------------------------------------ computed
def _day_of(first: bool) -> Unary:
    def found(world: World, value: Value) -> Value:
        return value.first if first and isinstance(value, Period) else day_of(value, world.zone)

    return found


def _in_cell(e: ex.CellDay) -> Unary:
    """A day of the week, month or the like in which a day lies, or of one so many further on."""
    n, anchor, on, nth = e.n, e.anchor, e.on, e.nth
    months, first = e.unit == "months", e.edge == "first"

    def found(world: World, value: Value) -> Value:
        day: date = day_of(value, world.zone)
        try:
            if months:
                cell = ((day.year - anchor.year) * 12 + day.month - anchor.month) // n
                cell += on - (add_months(anchor, cell * n) > day)
                start, after = add_months(anchor, cell * n), add_months(anchor, cell * n + n)
            else:
                start = add_days(anchor, 7 * n * ((day.toordinal() - anchor.toordinal()) // (7 * n) + on))
                after = add_days(start, 7 * n)
            last = add_days(after, -1)
            edge = min(add_days(start, nth - 1), last) if nth is not None else start if first else last
        except TimeError:
            return NO_DAY
        return edge if FIRST_DAY <= edge <= LAST_DAY else NO_DAY

    return found


def _after(length: Length, sign: int) -> Unary:
    def after(world: World, day: date) -> Value:
        found = world.days.after(day, length, sign)
        return NO_DAY if found is None or not FIRST_DAY <= found <= LAST_DAY else found

    return after


def _counted(length: Length, sign: int) -> Binary:
    """So many times the length as a value says; less than nothing turns it round."""

    def after(world: World, day: date, times: Value) -> Value:
        amount = times * length.amount
        if amount.denominator != 1:
            return NO_COUNT
        if abs(amount) > MOST[length.unit]:
            return NO_DAY
        found = world.days.after(day, Length(int(amount), length.unit, length.calendar), sign) if amount else day
        return NO_DAY if found is None or not FIRST_DAY <= found <= LAST_DAY else found

    return after


def _later(calendar: str | None) -> Binary:
    def later(world: World, instant: int, length: Value) -> Value:
        ticks = length.numerator // length.denominator
        found: int | None = instant + ticks
        if calendar is not None:
            found = None if ticks < 0 else world.calendars[calendar].first_reach(instant, ticks)
        return NO_INSTANT if found is None or not FIRST <= found < LAST else found

    return later


def _between(e: ex.Between) -> Binary:
    extra = int(e.through)
    match e.unit:
        case "days":
            return lambda world, a, b: b.toordinal() - a.toordinal() + extra
        case "working days":
            return lambda world, a, b: _open_days(world, e.calendar or "", add_days(a, -extra), b)
        case "months":
            return lambda world, a, b: months_between(a, add_days(b, extra))
        case "calendar months":
            return lambda world, a, b: calendar_months_between(add_days(a, 1 - extra), b)
        case _:
            return lambda world, a, b: days_30_360(a, b)


def _open_days(world: World, calendar: str, start: date, end: date) -> int:
    """The open days after the start up to the end; less than none if the end comes first."""
    between = world.calendars[calendar].open_days_between
    return between(add_days(start, 1), end) if start <= end else -between(add_days(end, 1), start)
