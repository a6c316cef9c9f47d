"""Days and instants that are reckoned from values: where there is none, and at the ends of the calendar."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from bpodsl.record.dates import NO_COUNT, NO_DAY, NO_INSTANT, computed, day_counted, operands
from bpodsl.record.grounds import grounded
from bpodsl.terms import Length
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.values import FIRST, FIRST_DAY, HOUR, LAST, LAST_DAY, DayFrom, Grid, Zone, parse_period
from tests.record.door import LONDON, OFFICE, at
from tests.reference.build import contract, figure

CALENDARS = {"office": OFFICE}
HERE = ex.Literal(0, NUMBER)


def reckoned(e: object, *values: object) -> object:
    return computed(e, list(values), LONDON, CALENDARS)


def cell(unit: str, n: int = 1, edge: str = "first", on: int = 0, nth: int | None = None) -> ex.CellDay:
    return ex.CellDay(HERE, unit, n, date(2026, 1, 1), edge=edge, on=on, nth=nth)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "day", "found"),
    [
        (cell("months"), date(2026, 4, 7), date(2026, 4, 1)),
        (cell("months", edge="last"), date(2026, 4, 7), date(2026, 4, 30)),
        (cell("months", 3), date(2026, 5, 7), date(2026, 4, 1)),
        (cell("months", on=1), date(2026, 4, 7), date(2026, 5, 1)),
        (cell("months", on=-1, edge="last"), date(2026, 4, 7), date(2026, 3, 31)),
        (cell("months", nth=15), date(2026, 4, 7), date(2026, 4, 15)),
        (cell("months", nth=31), date(2026, 4, 7), date(2026, 4, 30)),
        (cell("months", nth=1), date(2026, 4, 7), date(2026, 4, 1)),
        (cell("weeks"), date(2026, 4, 7), date(2026, 4, 2)),
        (cell("months", edge="last"), LAST_DAY, LAST_DAY),
        (cell("months", on=1), LAST_DAY, NO_DAY),
        (cell("months"), FIRST_DAY, FIRST_DAY),
        (cell("months", on=-1), FIRST_DAY, NO_DAY),
        (cell("months", on=10**6), date(2026, 4, 7), NO_DAY),
    ],
)
def test_a_day_of_the_cell_in_which_a_day_lies(asked: ex.CellDay, day: date, found: object) -> None:
    assert reckoned(asked, day) == found


@pytest.mark.parametrize(
    ("length", "times", "found"),
    [
        (Length(2, "days"), 3, date(2026, 4, 13)),
        (Length(2, "days"), -3, date(2026, 4, 1)),
        (Length(2, "days"), 0, date(2026, 4, 7)),
        (Length(2, "days"), Fraction(1, 2), date(2026, 4, 8)),
        (Length(1, "days"), Fraction(1, 2), NO_COUNT),
        (Length(1, "weeks"), 1, date(2026, 4, 14)),
        (Length(1, "months"), 1, date(2026, 5, 7)),
        (Length(1, "working days", "office"), 4, date(2026, 4, 13)),
        (Length(1, "working days", "office"), -1, date(2026, 4, 3)),
        (Length(1, "years"), 173, date(2199, 4, 7)),
        (Length(1, "years"), 174, NO_DAY),
        (Length(1, "years"), -56, date(1970, 4, 7)),
        (Length(1, "years"), -57, NO_DAY),
        (Length(1, "days"), 10**9, NO_DAY),
        (Length(1, "days"), -(10**9), NO_DAY),
        (Length(1, "working days", "office"), 80_000, NO_DAY),
    ],
)
def test_a_length_so_many_times_after_a_day(length: Length, times: int | Fraction, found: object) -> None:
    # The Tuesday after Easter, whose Monday the office keeps.
    assert day_counted(date(2026, 4, 7), length, CALENDARS, times) == found


def test_an_instant_so_long_after_another() -> None:
    noon = at("2026-04-07T12:00")
    after = ex.InstantAfter(HERE, HERE, None)
    assert reckoned(after, noon, HOUR) == noon + HOUR
    assert reckoned(after, noon, -HOUR) == noon - HOUR
    assert reckoned(after, noon, Fraction(3, 2)) == noon + 1
    assert reckoned(after, LAST - 1, 0) == LAST - 1
    assert reckoned(after, LAST - 1, 1) == reckoned(after, FIRST, -1) == NO_INSTANT
    assert reckoned(after, FIRST, 0) == FIRST
    worked = ex.InstantAfter(HERE, HERE, "office")
    assert reckoned(worked, noon, 5 * HOUR) == at("2026-04-07T17:00")
    assert reckoned(worked, noon, 6 * HOUR) == at("2026-04-08T10:00")
    assert reckoned(worked, noon, -1) == NO_INSTANT
    assert reckoned(worked, noon, 10**9 * HOUR) == NO_INSTANT


def test_a_day_so_long_after_another() -> None:
    def after(length: Length, sign: int = 1) -> ex.DayAfter:
        return ex.DayAfter(HERE, length, sign, None)

    assert reckoned(after(Length(3, "days")), LAST_DAY) == NO_DAY
    assert reckoned(after(Length(0, "days")), LAST_DAY) == LAST_DAY
    assert reckoned(after(Length(1, "days"), -1), FIRST_DAY) == NO_DAY
    assert reckoned(after(Length(9999, "years")), date(2026, 4, 7)) == NO_DAY
    assert reckoned(after(Length(1, "working days", "office")), LAST_DAY) == NO_DAY


def test_the_first_and_last_day_of_a_period_and_the_day_of_an_instant() -> None:
    quarter = parse_period("2026-Q2")
    assert reckoned(ex.DayOf(HERE, "first"), quarter) == date(2026, 4, 1)
    assert reckoned(ex.DayOf(HERE, "last"), quarter) == date(2026, 6, 30)
    for edge in ("first", "last"):
        assert reckoned(ex.DayOf(HERE, edge), at("2026-04-07T23:30")) == date(2026, 4, 7)  # type: ignore[arg-type]
    assert reckoned(ex.Weekday(HERE), date(2026, 4, 7)) == "tue"
    open_time = ex.OpenTime("office", HERE, HERE)
    assert reckoned(open_time, at("2026-04-07T16:00"), at("2026-04-08T10:00")) == 2 * HOUR
    assert reckoned(open_time, at("2026-04-08T10:00"), at("2026-04-07T16:00")) == 0
    assert reckoned(ex.TimeOfDay(HERE), at("2026-04-07T23:30")) == 23 * HOUR + HOUR // 2


def between(unit: str, through: bool = False) -> ex.Between:
    return ex.Between(unit, HERE, HERE, through, "office" if unit == "working days" else None)


@pytest.mark.parametrize(
    ("unit", "first", "then", "found", "through"),
    [
        ("days", "2026-04-01", "2026-04-07", 6, 7),
        ("days", "2026-04-07", "2026-04-01", -6, -5),
        # The sixth is a holiday; the third is a Friday.
        ("working days", "2026-04-02", "2026-04-07", 2, 3),
        ("working days", "2026-04-07", "2026-04-02", -2, -1),
        ("working days", "2026-04-07", "2026-04-07", 0, 1),
        ("months", "2026-01-31", "2026-02-28", 1, 1),
        ("months", "2026-01-01", "2026-01-31", 0, 1),
        ("calendar months", "2026-01-01", "2026-02-28", 1, 2),
        ("calendar months", "2025-12-31", "2026-02-28", 2, 2),
        ("30/360", "2026-01-30", "2026-03-31", 60, 60),
    ],
)
def test_how_many_lie_between_two_days(unit: str, first: str, then: str, found: int, through: int) -> None:
    days = date.fromisoformat(first), date.fromisoformat(then)
    assert reckoned(between(unit), *days) == found
    assert reckoned(between(unit, True), *days) == through


def test_the_parts_of_each_expression() -> None:
    a, b = ex.Literal(1, NUMBER), ex.Literal(2, NUMBER)
    assert operands(ex.DayOf(a, "first")) == operands(ex.Weekday(a)) == operands(ex.TimeOfDay(a)) == (a,)
    assert operands(ex.Between("days", a, b)) == operands(ex.OpenTime("office", a, b)) == (a, b)
    assert operands(ex.InstantAfter(a, b, None)) == (a, b)
    assert operands(ex.DayAfter(a, Length(1, "days"), 1, None)) == (a,)
    assert operands(ex.DayAfter(a, Length(1, "days"), 1, b)) == (a, b)


# ------------------------------------------------------------------------------------ windows that events anchor
def anchored(grid: Grid, **days: date) -> Grid:
    made = contract(figures=[figure("calls", HERE, grid)])
    return grounded(made, days).figures[0].grid


def test_windows_lie_where_the_event_puts_them() -> None:
    live = date(2026, 2, 10)
    grid = Grid("month", anchor_from=DayFrom("live", 1, "months"))
    assert anchored(grid) == grid
    assert anchored(grid, other=live) == grid
    found = anchored(grid, live=live)
    assert (found.anchor, found.begins, found.waits) == (date(2026, 3, 10), date(2026, 3, 10), False)
    later = Grid("month", anchor_from=DayFrom("live"), begins=date(2026, 6, 1))
    assert (anchored(later, live=live).anchor, anchored(later, live=live).begins) == (live, date(2026, 6, 1))
    earlier = Grid("month", anchor_from=DayFrom("live"), begins=date(2026, 1, 1))
    assert anchored(earlier, live=live).begins == live


def test_windows_begin_with_the_later_of_two_days() -> None:
    live = date(2026, 2, 10)
    assert anchored(Grid("month", begins_from=DayFrom("live")), live=live).begins == live
    for begins in (date(2026, 1, 1), date(2026, 6, 1)):
        grid = Grid("month", begins=begins, begins_from=DayFrom("live"))
        assert anchored(grid, live=live).begins == max(begins, live)


def test_a_day_beyond_the_calendar_is_its_last() -> None:
    grid = Grid("month", begins_from=DayFrom("live", 10**6, "years"))
    assert anchored(grid, live=date(2026, 2, 10)).begins == LAST_DAY


def test_in_another_zone_it_is_another_day() -> None:
    late = at("2026-04-07T23:30")
    assert computed(ex.DayOf(HERE, "first"), [late], Zone.load("Asia/Tokyo"), {}) == date(2026, 4, 8)
