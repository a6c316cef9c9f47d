"""Interest, and what is reckoned over days, made into functions of a scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from fractions import Fraction

from bpodsl.engine.scopes import NO_WINDOW, NOTHING, Evaluator, Scope, Value
from bpodsl.terms import NotMeasured, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import day_of, exact, interest

_DAY = timedelta(days=1)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def each_day(s: Scope) -> Value:
    """The day for which a rate is asked."""
    return NO_WINDOW if s.day is None else s.day


def interest_of(e: ex.Interest, make: Callable[[ex.Expression], Evaluator]) -> Evaluator:
    """The function that reckons interest."""
    parts, rate = [make(part) for part in (e.sum, e.first, e.last)], make(e.rate)
    steady = not any(isinstance(part, ex.EachDay) for part in walk(e.rate))

    def reckoned(s: Scope) -> Value:
        values = [part(s) for part in parts]
        for value in values:
            if isinstance(value, NotMeasured):
                return value
        zone = s.world.zone
        first, last = day_of(values[1], zone), day_of(values[2], zone)
        days = (last - first).days
        if days <= 0:
            return 0
        before = s.day
        rates = _rates(s, rate, first, 1 if steady else days)
        s.day = before
        if isinstance(rates, NotMeasured):
            return rates
        if steady:
            rates *= days
        return interest(values[0], first, rates, e.basis, e.every, e.rounding.step, e.rounding.rule)  # type: ignore[arg-type]

    return reckoned


def over_days(e: ex.OverDays, make: Callable[[ex.Expression], Evaluator]) -> Evaluator:
    """The function that reckons a mean or sum over days."""
    edges, value, means = [make(e.first), make(e.last)], make(e.value), e.op == "mean"
    months, named = _MONTHS.get(e.unit, 0), e.calendar

    def reckoned(s: Scope) -> Value:
        found = [edge(s) for edge in edges]
        for each in found:
            if isinstance(each, NotMeasured):
                return each
        first, last = (day_of(each, s.world.zone) for each in found)
        calendar = None if named is None else s.world.calendars[named]
        total: Value = 0
        count, before = 0, s.day
        for n in range(first.toordinal() + 1, last.toordinal() + 1):
            day = date.fromordinal(n)
            if months and (day.month % months or (day + _DAY).day != 1):
                continue
            if calendar is not None and not calendar.is_open_day(day):
                continue
            s.day = day
            more = value(s)
            s.day = before
            if isinstance(more, NotMeasured):
                return more
            total, count = total + more, count + 1
        if not means:
            return total
        return exact(Fraction(total, count)) if count else NOTHING

    return reckoned


def _rates(s: Scope, rate: Evaluator, first: date, days: int) -> list[Value] | NotMeasured:
    """The rates of so many days after a day, or why the first that is not measured is not."""
    found: list[Value] = []
    for _ in range(days):
        first += _DAY
        s.day = first
        value = rate(s)
        if isinstance(value, NotMeasured):
            return value
        found.append(value)
    return found
