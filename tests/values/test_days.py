"""Days, months and periods."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    Period,
    TimeError,
    Zone,
    add_days,
    add_months,
    calendar_months_between,
    cell_of,
    days_30_360,
    further,
    last_day_of_month,
    months_between,
    nth_weekday,
    parse_instant,
    parse_period,
    period_of,
    weekday_name,
)

days = st.dates(date(1970, 1, 1), date(2199, 12, 31))


def test_months_at_the_end_of_the_month() -> None:
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2026, 1, 31), 2) == date(2026, 3, 31)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert add_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert add_months(date(2026, 1, 31), 1, "roll") == date(2026, 3, 1)
    assert add_months(date(2026, 12, 31), 2, "roll") == date(2027, 3, 1)
    assert add_months(date(2026, 1, 31), 2, "roll") == date(2026, 3, 31)
    with pytest.raises(TimeError) as caught:
        add_months(date(2026, 1, 31), 1, "strict")
    assert caught.value.reason == "no_such_day"
    assert add_months(date(2026, 1, 28), 1, "strict") == date(2026, 2, 28)


@given(days, st.integers(-500, 500))
def test_months_move_the_month_and_keep_the_day(day: date, n: int) -> None:
    moved = add_months(day, n)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == n
    assert moved.day == min(day.day, last_day_of_month(moved.year, moved.month).day)


@given(days, days)
def test_whole_months_are_the_most_that_fit(first: date, then: date) -> None:
    n = months_between(first, then)
    assert months_between(then, first) == -n
    first, then, n = (first, then, n) if first <= then else (then, first, -n)
    assert add_months(first, n) <= then < add_months(first, n + 1)


def test_too_far_away() -> None:
    with pytest.raises(TimeError) as caught:
        add_months(date(2026, 1, 1), 10**9)
    assert caught.value.reason == "out_of_range"
    with pytest.raises(TimeError) as caught:
        add_days(date(2026, 1, 1), 10**12)
    assert caught.value.reason == "out_of_range"


@given(days)
def test_weekdays(day: date) -> None:
    assert weekday_name(add_days(day, 7)) == weekday_name(day)
    last = last_day_of_month(day.year, day.month)
    assert last.month == day.month != (last + timedelta(days=1)).month
    same = [
        date(day.year, day.month, each)
        for each in range(1, last.day + 1)
        if date(day.year, day.month, each).weekday() == day.weekday()
    ]
    for n in range(-6, 7):
        found = nth_weekday(day.year, day.month, day.weekday(), n)
        expected = same[n - 1] if 0 < n <= len(same) else same[n] if -len(same) <= n < 0 else None
        assert found == expected


def test_weekday_names() -> None:
    assert weekday_name(date(2026, 4, 6)) == "mon"
    assert weekday_name(date(2026, 4, 12)) == "sun"
    assert nth_weekday(2026, 11, 3, 4) == date(2026, 11, 26)
    assert nth_weekday(2026, 5, 0, -1) == date(2026, 5, 25)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", Period("year", date(2026, 1, 1), date(2027, 1, 1))),
        ("2026-Q1", Period("quarter", date(2026, 1, 1), date(2026, 4, 1))),
        ("2026-Q4", Period("quarter", date(2026, 10, 1), date(2027, 1, 1))),
        ("2026-04", Period("month", date(2026, 4, 1), date(2026, 5, 1))),
        ("2024-02", Period("month", date(2024, 2, 1), date(2024, 3, 1))),
        ("2024-02-29", Period("day", date(2024, 2, 29), date(2024, 3, 1))),
    ],
)
def test_periods(text: str, period: Period) -> None:
    assert parse_period(text) == period
    assert period.label == text
    assert period_of(period.first, period.unit) == period_of(add_days(period.after, -1), period.unit) == period


@pytest.mark.parametrize(
    "text", ["", "26", "2026-Q5", "2026-Q0", "2026-13", "2026-00", "2026-4", "2026-02-30", "1969", "2026-q1"]
)
def test_periods_refused(text: str) -> None:
    with pytest.raises(TimeError):
        parse_period(text)


def test_periods_are_in_order_of_time() -> None:
    texts = ["2025-12", "2026-01-01", "2026-01", "2026-Q1", "2026", "2026-02", "2026-Q2"]
    assert [each.label for each in sorted(map(parse_period, reversed(texts)))] == texts


def test_bounds_of_a_period() -> None:
    start, end = parse_period("2026-03").bounds(Zone.load("Europe/London"))
    assert start == parse_instant("2026-03-01T00:00Z").instant
    assert end == parse_instant("2026-04-01T00:00+01:00").instant


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        ("2026-01-01", "2026-01-31", 1),
        ("2026-01-02", "2026-01-31", 0),
        ("2026-01-01", "2026-01-30", 0),
        ("2024-02-01", "2024-02-29", 1),
        ("2025-07-11", "2026-02-11", 6),
        ("2026-03-01", "2026-02-01", 0),
    ],
)
def test_calendar_months_lie_wholly_between(first: str, last: str, months: int) -> None:
    assert calendar_months_between(date.fromisoformat(first), date.fromisoformat(last)) == months


@pytest.mark.parametrize(
    ("first", "then", "days"),
    [
        ("2026-01-01", "2027-01-01", 360),
        ("2026-01-31", "2026-03-31", 60),
        ("2026-01-15", "2026-03-31", 76),
        ("2026-02-28", "2026-03-31", 33),
        ("2026-03-30", "2026-03-31", 0),
        ("2026-03-01", "2026-02-01", -30),
    ],
)
def test_days_30_360(first: str, then: str, days: int) -> None:
    assert days_30_360(date.fromisoformat(first), date.fromisoformat(then)) == days


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 14), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_cells_of_weeks_are_those_that_a_walk_from_the_anchor_finds(anchor: date, n: int, day: date) -> None:
    length = timedelta(weeks=n)
    first = anchor
    while first > day:
        first -= length
    while first + length <= day:
        first += length
    assert cell_of(day, "weeks", n, anchor) == (first, first + length - timedelta(days=1))
    for on in (-3, -1, 1, 2):
        moved = first + on * length
        assert cell_of(day, "weeks", n, anchor, on) == (moved, moved + length - timedelta(days=1))


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(1, 18), st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_cells_of_months_are_those_that_a_walk_from_the_anchor_finds(anchor: date, n: int, day: date) -> None:
    cell = 0
    while add_months(anchor, cell * n) > day:
        cell -= 1
    while add_months(anchor, (cell + 1) * n) <= day:
        cell += 1
    for on in (0, -2, -1, 1, 3):
        first, behind = (add_months(anchor, (cell + on + more) * n) for more in (0, 1))
        assert cell_of(day, "months", n, anchor, on) == (first, behind - timedelta(days=1))


@pytest.mark.parametrize(
    ("n", "unit", "found"),
    [
        (3, "days", "2024-03-03"), (-3, "days", "2024-02-26"), (3, "weeks", "2024-03-21"), (-3, "weeks", "2024-02-08"),
        (3, "months", "2024-05-29"), (-3, "months", "2023-11-29"), (3, "years", "2027-02-28"),
        (-4, "years", "2020-02-29"),
    ],
)  # fmt: skip
def test_further_by_each_unit(n, unit, found) -> None:
    assert further(date(2024, 2, 29), n, unit) == date.fromisoformat(found)


def test_periods_are_ordered_by_their_first_day_and_then_by_their_length() -> None:
    one, other, longer = parse_period("2026-01"), parse_period("2026-02"), parse_period("2026")
    for less, more in ((one, other), (one, longer), (longer, other)):
        assert less < more and less <= more and not less > more and not less >= more
        assert more > less and more >= less and not more < less and not more <= less
    again = parse_period("2026-01")
    assert again <= one and again >= one and not again < one and not again > one


def test_a_day_that_a_month_has_not_is_told_by_its_month() -> None:
    with pytest.raises(TimeError, match=r"2026-02 has no day 31"):
        add_months(date(2025, 12, 31), 2, "strict")
