"""Expressions: what each kind of them yields in a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.dates import computed, operands
from bpodsl.reference import dates
from bpodsl.reference.answers import answered, arises
from bpodsl.reference.intervals import agrees, during, holding, lasting, spans
from bpodsl.reference.rows import event_row, rows_of, settled_at, shifted, show
from bpodsl.reference.scope import Scope, of_group, postings_in, rounded, stands
from bpodsl.reference.series import Found, look
from bpodsl.reference.state import Fields, Settled, World
from bpodsl.reference.trails import case_field, overlapping, past, stretch, trail
from bpodsl.terms import NotMeasured, Pending, Selector, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import (
    TimeSet,
    Window,
    add_days,
    at_once,
    both,
    day_of,
    exact,
    interest,
    last_day_of_month,
    length,
    less,
    normal,
    share_out,
    union,
)

NO_WINDOW = NotMeasured("no such window")
NO_READING = NotMeasured("no reading")
NO_ROW = NotMeasured("no such row")
NOT_DECIDED = NotMeasured("not decided")
NOTHING = NotMeasured("nothing to measure")
NOT_ASKED = NotMeasured("does not arise")
ASKED = (ex.Ruled, ex.Answered)
_MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}

COMPARE: dict[str, Callable[[Any, Any], bool]] = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def holds(condition: ex.Expression | None, scope: Scope) -> bool:
    """Whether a condition holds; one that is not measured does not."""
    return condition is None or evaluate(condition, scope) is True


def selected(world: World, selectors: Iterable[Selector], event: Event) -> list[int]:
    """Which of some selectors select an event, now."""
    numbers = [n for n, selector in enumerate(selectors) if selector.event == event.kind]
    if not numbers:
        return []
    scope = Scope(world, row=event_row(world.index, event))
    conditions = [selector.where for selector in selectors]
    return [n for n in numbers if holds(conditions[n], scope)]


def evaluate(expression: ex.Expression, scope: Scope) -> object:
    """The value of an expression, or why it is not measured."""
    return _EVALUATE[type(expression)](expression, scope)


# ------------------------------------------------------------------------------------------- leaves
def _field(e: ex.FieldOf, scope: Scope) -> object:
    fields: Fields = {} if scope.row is None else scope.row.fields
    return fields.get(e.name, NotMeasured(f"{e.name} absent"))


def _case_field(e: ex.CaseField, scope: Scope) -> object:
    return NotMeasured(f"{e.name} absent") if scope.row is None else case_field(scope.world, e, scope.row)


def _outer(e: ex.Outer, scope: Scope) -> object:
    return NO_ROW if scope.outer is None else evaluate(e.value, scope.outer)


def _of_sum(e: ex.OfSum, scope: Scope) -> object:
    return NO_ROW if scope.outer is None else evaluate(e.value, scope.outer)


def _ruled(e: ex.Ruled, scope: Scope) -> object:
    fields: Fields = {} if scope.row is None else scope.row.fields
    return fields.get(e.name, NOT_DECIDED)


def _answered(e: ex.Answered, scope: Scope) -> object:
    name = _asked_name(e, scope)
    if name is None:
        return NO_WINDOW
    found = answered(scope.world, e, name)
    if found is not None:
        return found
    return NOT_DECIDED if arises(scope.world, e, name) else NOT_ASKED


def _asked_name(e: ex.Answered, scope: Scope) -> str | None:
    """The name of the instances that answer; None where there is no such row or window."""
    if e.of == "row":
        instance = None if scope.row is None else scope.row.instance
        return None if instance is None else instance.name
    if scope.window is None or any(name not in scope.group for name in e.by):
        return None
    return "/".join((scope.window.label, *(show(scope.group[name]) for name in e.by)))


def is_open(e: object, scope: Scope) -> bool:
    """Whether a part of an expression is a question that is there and has no answer."""
    if isinstance(e, ex.Ruled):
        return scope.row is None or e.name not in scope.row.fields
    return isinstance(e, ex.Answered) and evaluate(e, scope) is NOT_DECIDED


def open_questions(expressions: Iterable[ex.Expression | None], scope: Scope) -> list[str]:
    """The questions for want of whose answers some of these expressions, in order, are not measured on a row.

    What does not hold leaves nothing open after it.
    """
    found: list[str] = []
    for expression in expressions:
        value = True if expression is None else evaluate(expression, scope)
        if isinstance(value, NotMeasured):
            found += [p.name for p in walk(expression) if isinstance(p, ASKED) and is_open(p, scope)]
        elif value is False:
            break
    return list(dict.fromkeys(found))


def _group_key(e: ex.GroupKey, scope: Scope) -> object:
    return scope.group.get(e.name, NotMeasured(f"{e.name} absent"))


def _reading(_: ex.Reading, scope: Scope) -> object:
    return NO_READING if scope.row is None else scope.row.reading


def _outstanding(_: ex.Outstanding, scope: Scope) -> object:
    return NO_READING if scope.row is None else scope.row.outstanding


def _in_state(e: ex.InState, scope: Scope) -> object:
    row = scope.row
    if row is None:
        return NO_WINDOW
    if not scope.past:
        return bool(holding(scope.world, (e.state,), row))
    intervals = scope.world.intervals.get(e.state, ())
    return any(i.seen_from(row.instant, row.stands) and agrees(i, row.fields, row.declared) for i in intervals)


def _in_calendar(e: ex.InCalendar, scope: Scope) -> object:
    return NO_WINDOW if scope.row is None else scope.world.index.calendars[e.calendar].is_open(scope.row.instant)


def _window_length(e: ex.WindowLength, scope: Scope) -> object:
    if scope.window is None:
        return NO_WINDOW
    days = scope.window.whole_days if e.whole else scope.window.days
    return days - len(_days_in(e.less, scope, scope.window)) if e.less else days


def _days_in(state: str, scope: Scope, window: Window) -> list[date]:
    """The days of a window at whose first instant a state holds."""
    intervals, zone = of_group(scope.world, state, {}), scope.world.index.zone
    days = (add_days(window.first, n) for n in range(window.days if intervals else 0))
    return [day for day in days if any(i.holds(zone.start_of(day), False) for i in intervals)]


def _read(figure: str, shift: ex.Shift, scope: Scope) -> Settled | NotMeasured | ex.Expression:
    """A result of another figure; where there is no such window the first value that is stated."""
    window = None if scope.window is None else shifted(scope.world, figure, shift, scope.window)
    if window is None:
        return shift.first if isinstance(shift, ex.Back) else NO_WINDOW
    return settled_at(scope.world, figure, window, scope.group)


def _figure_at(e: ex.FigureAt, scope: Scope) -> object:
    found = _read(e.figure, e.shift, scope)
    if isinstance(found, Settled):
        return found.value
    return found if isinstance(found, NotMeasured) else evaluate(found, scope)


def _standing(e: ex.Standing, scope: Scope) -> object:
    found = _read(e.figure, e.shift, scope)
    if isinstance(found, Settled):
        return stands(found, e.how)
    return found if isinstance(found, NotMeasured) else evaluate(found, scope)


def _posted(e: ex.Posted, scope: Scope) -> object:
    return sum((p.amount for p in postings_in(scope.world, e.line, scope)), Fraction(0))


def _series_at(e: ex.SeriesAt, scope: Scope) -> object:
    found = looked(e, scope)
    return found.value if isinstance(found, Found) else found


def looked(e: ex.SeriesAt, scope: Scope) -> Found | NotMeasured:
    """What a look-up finds, and by which events."""
    values = _measured((e.day, *e.key, *(() if e.published is None else (e.published,))), scope)
    if isinstance(values, NotMeasured):
        return values
    index = scope.world.index
    published = None if e.published is None else day_of(values[-1], index.zone)
    key = tuple(show(value) for value in values[1 : 1 + len(e.key)])
    day = day_of(values[0], index.zone)
    return look(scope.world, index.series[e.series], day, e.find, key, published, scope.final)


def _interest(e: ex.Interest, scope: Scope) -> object:
    values = _measured((e.sum, e.first, e.last), scope)
    if isinstance(values, NotMeasured):
        return values
    zone = scope.world.index.zone
    first, last = day_of(values[1], zone), day_of(values[2], zone)
    rates: list[Any] = []
    day = first
    while day < last:
        day = add_days(day, 1)
        rate = evaluate(e.rate, evolve(scope, day=day))
        if isinstance(rate, NotMeasured):
            return rate
        rates.append(rate)
    return interest(values[0], first, rates, e.basis, e.every, e.rounding.step, e.rounding.rule)  # type: ignore[arg-type]


def _over_days(e: ex.OverDays, scope: Scope) -> object:
    edges = _measured((e.first, e.last), scope)
    if isinstance(edges, NotMeasured):
        return edges
    index = scope.world.index
    day, last = day_of(edges[0], index.zone), day_of(edges[1], index.zone)
    values: list[Any] = []
    while day < last:
        day = add_days(day, 1)
        ends = day == last_day_of_month(day.year, day.month) and day.month % _MONTHS_OF.get(e.unit, 1) == 0
        if (e.unit == "day" or ends) and (e.calendar is None or index.calendars[e.calendar].is_open_day(day)):
            value = evaluate(e.value, evolve(scope, day=day))
            if isinstance(value, NotMeasured):
                return value
            values.append(value)
    if e.op == "sum" or not values:
        return sum(values) if e.op == "sum" else NOTHING
    return exact(Fraction(sum(values), len(values)))


def _row_value(_: ex.RowValue, scope: Scope) -> object:
    settled = None if scope.row is None else scope.row.settled
    return NO_WINDOW if settled is None else settled.value


def _row_standing(e: ex.RowStanding, scope: Scope) -> object:
    settled = None if scope.row is None else scope.row.settled
    return NO_WINDOW if settled is None else stands(settled, e.how)


# ------------------------------------------------------------------------------------------- times
def _length_of(e: ex.LengthOf, scope: Scope) -> object:
    window = scope.window
    return NO_WINDOW if window is None else length(_times(e.times, scope, window.start, window.end))


def _trail_length(e: ex.TrailLength, scope: Scope) -> object:
    within = stretch(scope.world, e, scope.window, scope.row)
    return NO_WINDOW if within is None else length(_times(e.times, scope, *within, of_row=e.of == "row"))


def _times(times: ex.Times, scope: Scope, start: int, end: int, of_row: bool = False) -> TimeSet:
    """A set of times between two instants; states for the group in scope, or for the row."""
    whole = normal([(start, end)])
    match times:
        case ex.StateTimes(state, least, more):
            of_a_row = scope.row if of_row else None
            held = of_group(scope.world, state, scope.group)
            held = held if of_a_row is None else during(scope.world, (state,), of_a_row)
            if least is None:
                return both(spans(held, end), whole)
            return both(lasting(scope.world.index, held, least, more, end), whole)
        case ex.CalendarTimes(calendar):
            return scope.world.index.calendars[calendar].open_spans(start, end)
        case ex.WindowTimes():
            return whole
        case ex.UnionTimes(parts):
            return union(*(_times(part, scope, start, end, of_row) for part in parts))
        case ex.BothTimes(parts):
            found: TimeSet = whole
            for part in parts:
                found = both(found, _times(part, scope, start, end, of_row))
            return found
        case ex.ManyTimes(state, n):
            of_a_row = scope.row if of_row else None
            held = of_group(scope.world, state, scope.group)
            held = held if of_a_row is None else during(scope.world, (state,), of_a_row)
            return both(at_once([spans([i], end) for i in held], n), whole)
        case ex.LessTimes(of, without):
            return less(_times(of, scope, start, end, of_row), _times(without, scope, start, end, of_row))


# ------------------------------------------------------------------------------------------- aggregates
def kept(e: ex.Aggregate, scope: Scope) -> list[Scope]:
    """The rows of the window and group in scope that the condition keeps, each as a scope."""
    return [each for each in row_scopes(e, scope) if holds(e.where, each)]


def row_scopes(e: ex.Aggregate, scope: Scope) -> list[Scope]:
    """The rows of an aggregate, before its condition, each as a scope."""
    match e.rows:
        case ex.TrailRows(before=before) | ex.TrailOutcomes(before=before):
            ends = None if before is None else evaluate(before, scope)
            rows = trail(scope.world, e.rows, scope.window, scope.group, scope.row, ends)
        case ex.TrailIntervals():
            rows = overlapping(scope.world, e.rows, scope.window, scope.group, scope.row)
        case ex.PastRows(before=before):
            rows = past(scope.world, e.rows, scope.row, None if before is None else evaluate(before, scope))
        case _ if scope.window is None:
            rows = []
        case _:
            rows = rows_of(scope.world, e.rows, scope.window, scope.group)
    return [evolve(scope, row=row, past=True, outer=scope) for row in rows]


def _aggregate(e: ex.Aggregate, scope: Scope) -> object:
    weighed: list[tuple[Any, Any]] = []
    for each in row_scopes(e, scope):
        keeps = True if e.where is None else evaluate(e.where, each)
        if isinstance(keeps, Pending):
            return keeps
        if keeps is not True:
            continue
        value = 1 if e.value is None else evaluate(e.value, each)
        weight = 1 if e.weight is None else evaluate(e.weight, each)
        for part in (value, weight):
            if isinstance(part, Pending):
                return part
        if not isinstance(value, NotMeasured) and not isinstance(weight, NotMeasured):
            weighed.append((value, weight))
    if e.op in ("lowest", "highest"):
        return _ranked(e.op, weighed)
    weight = sum(w for _, w in weighed)
    match e.op:
        case "count":
            return exact(weight)
        case "sum":
            return exact(sum(v * w for v, w in weighed))
        case _ if not weighed or weight == 0:
            return NOTHING
        case "mean":
            return exact(Fraction(sum(v * w for v, w in weighed)) / weight)
        case "quantile":
            return _quantile(sorted(weighed, key=lambda each: each[0]), (e.q or 0) * weight)
        case "min":
            return min(v for v, _ in weighed)
        case "max":
            return max(v for v, _ in weighed)
        case "first":
            return weighed[0][0]
        case _:
            return weighed[-1][0]


def _ranked(op: str, weighed: Sequence[tuple[Any, Any]]) -> object:
    if not weighed:
        return NOTHING
    found = weighed[0]
    for each in weighed[1:]:
        if each[1] < found[1] if op == "lowest" else each[1] > found[1]:
            found = each
    return found[0]


def _quantile(weighed: Sequence[tuple[Any, Any]], enough: Any) -> object:
    below = 0
    for value, weight in weighed:
        below += weight
        if below >= enough:
            return value
    return weighed[-1][0]


# ------------------------------------------------------------------------------------------- operators
def _measured(parts: Iterable[ex.Expression], scope: Scope) -> list[Any] | NotMeasured:
    """The values of all parts, or why the first that is not measured is not."""
    values = [evaluate(part, scope) for part in parts]
    return next((v for v in values if isinstance(v, NotMeasured)), values)


def _arithmetic(e: ex.Arithmetic, scope: Scope) -> object:
    values = _measured((e.left, e.right), scope)
    if isinstance(values, NotMeasured):
        return values
    left, right = values
    match e.op:
        case "+":
            return exact(left + right)
        case "-":
            return exact(left - right)
        case "*":
            return exact(left * right)
        case _:
            return exact(Fraction(left) / right) if right else NotMeasured("division by zero")


def _compare(e: ex.Compare, scope: Scope) -> object:
    values = _measured((e.left, e.right), scope)
    return values if isinstance(values, NotMeasured) else COMPARE[e.op](*values)


def _dated(e: Any, scope: Scope) -> object:
    values = _measured(operands(e), scope)
    if isinstance(values, NotMeasured):
        return values
    return computed(e, values, scope.world.index.zone, scope.world.index.calendars)


def _all_of(e: ex.AllOf, scope: Scope) -> object:
    return _kleene(e.parts, scope, False)


def _any_of(e: ex.AnyOf, scope: Scope) -> object:
    return _kleene(e.parts, scope, True)


def _kleene(parts: tuple[ex.Expression, ...], scope: Scope, strong: bool) -> object:
    values = [evaluate(part, scope) for part in parts]
    if strong in [v for v in values if isinstance(v, bool)]:
        return strong
    return next((v for v in values if isinstance(v, NotMeasured)), not strong)


def _not(e: ex.Not, scope: Scope) -> object:
    value = evaluate(e.part, scope)
    return value if isinstance(value, NotMeasured) else not value


def _smallest(e: ex.Smallest, scope: Scope) -> object:
    values = _measured(e.parts, scope)
    return values if isinstance(values, NotMeasured) else min(values)


def _largest(e: ex.Largest, scope: Scope) -> object:
    values = _measured(e.parts, scope)
    return values if isinstance(values, NotMeasured) else max(values)


def _if(e: ex.If, scope: Scope) -> object:
    condition = evaluate(e.condition, scope)
    if isinstance(condition, NotMeasured):
        return condition
    return evaluate(e.then if condition else e.otherwise, scope)


def _if_measured(e: ex.IfMeasured, scope: Scope) -> object:
    value = evaluate(e.value, scope)
    if isinstance(value, Pending):
        return value
    return evaluate(e.otherwise, scope) if isinstance(value, NotMeasured) else value


def _table(e: ex.Table, scope: Scope) -> object:
    subject: Any = evaluate(e.subject, scope)
    if isinstance(subject, NotMeasured):
        return subject
    for row in e.rows:
        bound = evaluate(row.bound, scope)
        if isinstance(bound, NotMeasured):
            return bound
        if COMPARE[row.op](subject, bound):
            return evaluate(row.result, scope)
    return NotMeasured("no row applies") if e.otherwise is None else evaluate(e.otherwise, scope)


def _bands(e: ex.Bands, scope: Scope) -> object:
    subject: Any = evaluate(e.subject, scope)
    if isinstance(subject, NotMeasured):
        return subject
    total, below = Fraction(0), Fraction(0)
    for band in e.bands:
        upto: Any = subject if band.upto is None else evaluate(band.upto, scope)
        rate: Any = evaluate(band.rate, scope)
        if isinstance(upto, NotMeasured):
            return upto
        if isinstance(rate, NotMeasured):
            return rate
        total += max(min(subject, upto) - below, 0) * rate
        below = max(below, upto)
    return exact(total)


def _shared_out(e: ex.SharedOut, scope: Scope) -> object:
    own: Any = evaluate(e.own, scope)
    total: Any = rounded(evaluate(e.total, scope), e.rounding)
    if isinstance(own, NotMeasured):
        return own
    if isinstance(total, NotMeasured):
        return total
    found: list[Any] = [evaluate(weight, scope) for weight in e.weights]
    pending = next((weight for weight in found if isinstance(weight, Pending)), None)
    if pending is not None:
        return pending
    weights = [weight if not isinstance(weight, NotMeasured) and weight > 0 else 0 for weight in found]
    if sum(weights) == 0:
        return NotMeasured("no weight")
    return share_out(total, weights, e.rounding.step)[own]


_EVALUATE: dict[type, Callable[[Any, Scope], object]] = {
    ex.Literal: lambda e, _: e.value,
    ex.Unmeasured: lambda e, _: NotMeasured(e.why),
    ex.FieldOf: _field,
    ex.CaseField: _case_field,
    ex.Outer: _outer,
    ex.OfSum: _of_sum,
    ex.Ruled: _ruled,
    ex.Answered: _answered,
    ex.GroupKey: _group_key,
    ex.Reading: _reading,
    ex.Outstanding: _outstanding,
    ex.InState: _in_state,
    ex.InCalendar: _in_calendar,
    ex.WindowLength: _window_length,
    ex.FigureAt: _figure_at,
    ex.Standing: _standing,
    ex.Posted: _posted,
    ex.SeriesAt: _series_at,
    ex.EachDay: lambda _, scope: NO_WINDOW if scope.day is None else scope.day,
    ex.Interest: _interest,
    ex.OverDays: _over_days,
    ex.LengthOf: _length_of,
    ex.TrailLength: _trail_length,
    ex.RowValue: _row_value,
    ex.RowStanding: _row_standing,
    ex.Aggregate: _aggregate,
    ex.Arithmetic: _arithmetic,
    ex.Compare: _compare,
    ex.AllOf: _all_of,
    ex.AnyOf: _any_of,
    ex.Not: _not,
    ex.Smallest: _smallest,
    ex.Largest: _largest,
    ex.If: _if,
    ex.IfMeasured: _if_measured,
    ex.Rounded: lambda e, scope: rounded(evaluate(e.value, scope), e.rounding),
    ex.SharedOut: _shared_out,
    ex.Signed: lambda e, scope: scope.world.signed(e.change),
    ex.Table: _table,
    ex.Bands: _bands,
    ex.Moment: dates.moment,
    ex.WindowDay: dates.window_day,
    ex.TermEnd: dates.term_end,
    ex.DayOf: _dated,
    ex.CellDay: _dated,
    ex.TimeOfDay: _dated,
    ex.Weekday: _dated,
    ex.Between: _dated,
    ex.OpenTime: _dated,
    ex.DayAfter: _dated,
    ex.InstantAfter: _dated,
}
