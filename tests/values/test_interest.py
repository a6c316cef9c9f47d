"""Interest, held against sums worked by hand."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from bpodsl.values import add_days, interest

CENT = Fraction(1, 100)


def on(sum_, first, last, rate, basis="365", every="", step=CENT, rule="half up"):
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    days = [add_days(start, n + 1) for n in range((end - start).days)]
    rates = [rate(day) if callable(rate) else rate for day in days]
    return interest(sum_, start, rates, basis, every, step, rule)


TENTH = Fraction(1, 10)


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (on(1000, "2026-01-01", "2026-01-01", TENTH), 0),
        (on(36500, "2026-01-01", "2026-01-11", TENTH), 100),
        (on(36000, "2026-01-01", "2026-01-11", TENTH, "360"), 100),
        # Of 2024 a day is a 366th, of 2023 a 365th.
        (on(36600, "2024-01-31", "2024-02-10", TENTH, "actual"), 100),
        (on(365 * 366, "2023-12-30", "2024-01-02", TENTH, "actual"), Fraction(366 + 2 * 365, 10)),
        # A month has 30 days, however many it has.
        (on(36000, "2026-01-31", "2026-02-28", TENTH, "30/360"), 280),
        (on(36000, "2026-02-28", "2026-03-31", TENTH, "30/360"), 330),
        (on(36000, "2026-01-15", "2027-01-15", TENTH, "30/360"), 3600),
        # One per cent a month, added with each month from the first day.
        (on(10000, "2026-01-15", "2026-04-15", Fraction(12, 100), "30/360", "month"), Fraction(30301, 100)),
        (on(10000, "2026-01-15", "2026-04-30", Fraction(12, 100), "30/360", "month"),
         Fraction(30301, 100) + Fraction(1030301, 100) * Fraction(12, 100) / 24),
        (on(10000, "2026-01-15", "2027-01-15", Fraction(12, 100), "30/360", "quarter"), Fraction("1255.09")),
        (on(10000, "2026-01-15", "2028-01-15", TENTH, "30/360", "year"), 2100),
        # Months from the 31st end with the last day of a shorter one.
        (on(36000, "2026-01-31", "2026-03-31", TENTH, "30/360", "month"),
         280 + Fraction("322.49")),
        # What is added is rounded each day; without more than a day nothing is added at all.
        (on(100, "2026-01-01", "2026-01-03", Fraction(365, 1000), "365", "day"), Fraction(1, 5)),
        (on(100, "2026-01-01", "2026-01-03", Fraction(365, 1000), "365", "day", Fraction(1, 1000)),
         Fraction("0.2")),
        (on(1, "2026-01-01", "2026-12-31", Fraction(1, 10), "365", "day"), 0),
        # With the months of the calendar: up to 31 January, then to the end of February, then the rest exactly.
        (on(36500, "2026-01-21", "2026-03-01", TENTH, "365", "calendar month"),
         100 + Fraction("280.77") + (36500 + 100 + Fraction("280.77")) / 3650),
        (on(36500, "2026-03-21", "2026-04-01", TENTH, "365", "calendar quarter"), 100 + Fraction(36600, 3650)),
        (on(36500, "2026-12-21", "2027-01-01", TENTH, "365", "calendar year"), 100 + Fraction(36600, 3650)),
        (on(36500, "2026-03-21", "2026-04-01", TENTH, "365", "calendar year"), 110),
        # Each day at its own rate.
        (on(36500, "2026-01-01", "2026-01-11", lambda day: TENTH if day <= date(2026, 1, 5) else 2 * TENTH), 160),
        (on(36500, "2026-01-01", "2026-01-11", -TENTH), -100),
    ],
)  # fmt: skip
def test_interest(found, wanted):
    assert found == wanted
