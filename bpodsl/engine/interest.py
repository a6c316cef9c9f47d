"""Interest made into a function of a scope."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from bpodsl.engine.scopes import NO_WINDOW, Evaluator, Scope, Value
from bpodsl.terms import NotMeasured, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import day_of, interest

_DAY = timedelta(days=1)


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
