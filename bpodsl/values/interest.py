"""Interest on a sum, from day to day."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from bpodsl.values.days import add_days, add_months, days_30_360, last_day_of_month
from bpodsl.values.numbers import Exact, Rounding, exact, round_to

Basis = Literal["365", "360", "actual", "30/360"]
Every = Literal["", "day", "month", "quarter", "year", "calendar month", "calendar quarter", "calendar year"]
BASES: Final[tuple[Basis, ...]] = ("365", "360", "actual", "30/360")
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}


def interest(
    principal: Exact, first: date, rates: Sequence[Exact], basis: Basis, every: Every, step: Exact, rule: Rounding
) -> Exact:
    """The interest on a sum for the days after `first`, each at its yearly rate.

    A day is the 365th or 360th part of a year, or ("actual") the 365th, of a leap year the 366th; "30/360" counts the
    days between `first` and each day where a month has 30. `every` so long from `first`, or with each such period of
    the calendar, what has accrued is rounded and added to the sum; "": never. What has accrued since stays exact.
    """
    added, accrued = Fraction(0), Fraction(0)
    day, counted, times = first, 0, 1
    due = _added_on(first, every, times)
    for rate in rates:
        day = add_days(day, 1)
        if basis == "30/360":
            total = days_30_360(first, day)
            part = Fraction(total - counted, 360)
            counted = total
        else:
            part = Fraction(1, (366 if isleap(day.year) else 365) if basis == "actual" else int(basis))
        accrued += (principal + added) * rate * part
        if day == due or (every.startswith("calendar") and _ends(day, every)):
            added += round_to(accrued, step, rule)
            accrued = Fraction(0)
            times += 1
            due = _added_on(first, every, times)
    return exact(added + accrued)


def _added_on(first: date, every: Every, times: int) -> date | None:
    """The day with which the nth period from `first` ends; None where it is of the calendar, or there is none."""
    if every == "day":
        return add_days(first, times)
    return add_months(first, times * _MONTHS[every]) if every in _MONTHS else None


def _ends(day: date, every: Every) -> bool:
    """Whether a month, quarter or year of the calendar ends with a day."""
    months = _MONTHS[every.removeprefix("calendar ")]
    return day == last_day_of_month(day.year, day.month) and day.month % months == 0
