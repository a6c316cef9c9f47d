"""Calendars made of others, and when they next change, against their spans by hand."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    DAY_TICKS,
    FIRST,
    HOUR,
    LAST,
    LAST_DAY,
    Calendar,
    Closure,
    DayRange,
    Opening,
    WeeklyHours,
    Zone,
    at_once,
    normal,
    parse_instant,
)

UTC = Zone.load("UTC")
LONDON = Zone.load("Europe/London")
WEEKDAYS = (0, 1, 2, 3, 4)
DESK = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 8 * HOUR, 18 * HOUR)])
PLANT = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 6 * HOUR, 14 * HOUR)])
LUNCH = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 12 * HOUR, 13 * HOUR)])
TEA = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 16 * HOUR, 17 * HOUR)])
NEVER = Calendar.weekly(UTC, [])
ALWAYS = Calendar.always(UTC)


def at(text: str, zone: Zone = UTC) -> int:
    return parse_instant(text, zone).instant


MONDAY = at("2026-04-06T00:00")


def hours(calendar: Calendar, day: str = "2026-04-06") -> list[tuple[float, float]]:
    """The open time of a day in hours after its midnight."""
    start = at(f"{day}T00:00")
    return [((a - start) / HOUR, (b - start) / HOUR) for a, b in calendar.open_spans(start, start + DAY_TICKS)]


def test_open_when_all_are() -> None:
    assert hours(Calendar.both(DESK, PLANT)) == [(8, 14)]
    assert hours(Calendar.both(DESK, PLANT, LUNCH)) == [(12, 13)]
    assert hours(Calendar.both(DESK, NEVER)) == []
    assert hours(Calendar.both(DESK, ALWAYS)) == [(8, 18)]


def test_open_when_any_is() -> None:
    assert hours(Calendar.together(PLANT, TEA)) == [(6, 14), (16, 17)]
    assert hours(Calendar.together(DESK, PLANT)) == [(6, 18)]


def test_open_but_when_others_are() -> None:
    assert hours(Calendar.without(DESK, LUNCH)) == [(8, 12), (13, 18)]
    assert hours(Calendar.without(DESK, LUNCH, TEA)) == [(8, 12), (13, 16), (17, 18)]
    assert hours(Calendar.without(DESK, PLANT)) == [(14, 18)]
    assert hours(Calendar.without(DESK, ALWAYS)) == []


def test_the_days_are_those_of_the_first() -> None:
    for made in (Calendar.both, Calendar.without, Calendar.together):
        assert made(Calendar.always(LONDON), DESK).zone == LONDON
    assert Calendar.until(MONDAY, Calendar.always(LONDON), DESK).zone == LONDON


def test_one_calendar_until_an_instant_and_another_from_it_on() -> None:
    noon = MONDAY + 12 * HOUR
    calendar = Calendar.until(noon, PLANT, DESK)
    assert hours(calendar) == [(6, 18)]
    assert hours(Calendar.until(noon, LUNCH, TEA)) == [(16, 17)]
    assert hours(Calendar.until(noon + HOUR // 2, LUNCH, TEA)) == [(12, 12.5), (16, 17)]
    assert hours(calendar, "2026-04-03") == [(6, 14)]
    assert hours(calendar, "2026-04-07") == [(8, 18)]
    assert calendar.worked(noon - HOUR, noon) == calendar.worked(noon, noon + HOUR) == HOUR
    # At the instant itself, and one tick to either side.
    gone = Calendar.until(noon, ALWAYS, NEVER)
    assert (gone.is_open(noon - 1), gone.is_open(noon)) == (True, False)
    come = Calendar.until(noon, NEVER, ALWAYS)
    assert (come.is_open(noon - 1), come.is_open(noon)) == (False, True)


def test_a_calendar_that_never_opened_before_the_instant_it_came() -> None:
    assert Calendar.until(MONDAY, NEVER, DESK).next_open(FIRST) == MONDAY + 8 * HOUR
    assert Calendar.until(MONDAY, DESK, NEVER).next_open(MONDAY - 3 * DAY_TICKS + 18 * HOUR) is None


def test_when_it_next_opens_or_closes() -> None:
    assert DESK.next_change(MONDAY) == MONDAY + 8 * HOUR
    assert DESK.next_change(MONDAY + 8 * HOUR - 1) == MONDAY + 8 * HOUR
    # Open at its opening, so that what comes next is that it closes.
    assert DESK.next_change(MONDAY + 8 * HOUR) == MONDAY + 18 * HOUR
    assert DESK.next_change(MONDAY + 18 * HOUR - 1) == MONDAY + 18 * HOUR
    assert DESK.next_change(MONDAY + 18 * HOUR) == MONDAY + 32 * HOUR
    assert NEVER.next_change(MONDAY) is None
    assert ALWAYS.next_change(MONDAY) is None


def test_a_closing_months_ahead() -> None:
    day = date(2026, 12, 25)
    nearly = Calendar.weekly(UTC, [WeeklyHours(tuple(range(7)), 0, DAY_TICKS)], [day])
    assert nearly.next_change(MONDAY) == at("2026-12-25T00:00")
    assert nearly.next_change(at("2026-12-25T00:00")) == at("2026-12-26T00:00")
    assert nearly.next_change(at("2026-12-24T23:00")) == at("2026-12-25T00:00")
    # Further than 400 days ahead it is not looked for.
    assert nearly.next_change(at("2025-11-21T00:00")) == at("2026-12-25T00:00")
    assert nearly.next_change(at("2025-11-20T00:00")) is None


@given(st.integers(MONDAY - 9 * DAY_TICKS, MONDAY + 9 * DAY_TICKS))
def test_nothing_changes_before_the_next_change(instant: int) -> None:
    calendar = Calendar.without(DESK, LUNCH)
    found = calendar.next_change(instant)
    assert found is not None and found > instant
    assert calendar.is_open(found) != calendar.is_open(found - 1)
    assert calendar.worked(instant, found) in (0, found - instant)


def test_when_a_day_closes() -> None:
    assert DESK.closing(date(2026, 4, 6)) == MONDAY + 18 * HOUR
    assert DESK.closing(date(2026, 4, 5)) is None
    assert ALWAYS.closing(date(2026, 4, 6)) == MONDAY + DAY_TICKS
    assert Calendar.together(PLANT, TEA).closing(date(2026, 4, 6)) == MONDAY + 17 * HOUR
    # The day is that of the calendar's zone, and is 23 hours long where the clock is put forward.
    assert Calendar.always(LONDON).closing(date(2026, 3, 29)) == at("2026-03-29T23:00Z")
    night = Calendar.weekly(UTC, [WeeklyHours((6,), 22 * HOUR, 2 * HOUR)])
    assert night.closing(date(2026, 4, 5)) == MONDAY
    assert night.closing(date(2026, 4, 6)) == MONDAY + 2 * HOUR


def test_nothing_is_worked_in_a_stretch_that_is_empty() -> None:
    assert ALWAYS.worked(MONDAY, MONDAY) == ALWAYS.worked(MONDAY + 1, MONDAY) == 0
    assert ALWAYS.worked(MONDAY, MONDAY + 1) == 1


@pytest.mark.parametrize("ask", [DESK.first_reach, DESK.last_within])
def test_a_length_is_not_negative(ask: object) -> None:
    assert callable(ask)
    assert ask(MONDAY + 9 * HOUR, 0) == MONDAY + 9 * HOUR
    with pytest.raises(ValueError, match="a length of open time is not negative"):
        ask(MONDAY, -1)


def test_nothing_is_open_outside_the_years_that_are_reckoned_with() -> None:
    assert ALWAYS.open_spans(FIRST - DAY_TICKS, FIRST + 5) == ((FIRST, FIRST + 5),)
    assert ALWAYS.open_spans(LAST - 5, LAST + DAY_TICKS) == ((LAST - 5, LAST),)
    assert ALWAYS.open_spans(FIRST - 5, FIRST) == ALWAYS.open_spans(LAST, LAST + 5) == ()
    assert ALWAYS.worked(LAST - 5, LAST + DAY_TICKS) == 5
    assert ALWAYS.first_reach(LAST - 5, 5) == LAST
    assert ALWAYS.first_reach(LAST - 5, 6) is None
    assert ALWAYS.add_open_days(LAST_DAY, 1) is None
    assert ALWAYS.add_open_days(LAST_DAY, 0) == LAST_DAY


@pytest.mark.parametrize("ticks", [-1, DAY_TICKS + 1])
def test_times_of_day_lie_within_a_day(ticks: int) -> None:
    said = "is a time of day from 0 to 24 h"
    with pytest.raises(ValueError, match=f"opens {said}"):
        WeeklyHours((0,), ticks, HOUR)
    with pytest.raises(ValueError, match=f"closes {said}"):
        WeeklyHours((0,), HOUR, ticks)
    with pytest.raises(ValueError, match=f"from_tick {said}"):
        Closure((date(2026, 4, 6),), ticks)
    with pytest.raises(ValueError, match=f"to_tick {said}"):
        Closure((date(2026, 4, 6),), 0, ticks)
    with pytest.raises(ValueError, match=f"opens {said}"):
        Opening(date(2026, 4, 6), ticks, HOUR)
    with pytest.raises(ValueError, match=f"closes {said}"):
        Opening(date(2026, 4, 6), HOUR, ticks)


def test_both_ends_of_a_day_are_times_of_it() -> None:
    assert hours(Calendar.weekly(UTC, [WeeklyHours((0,), 0, DAY_TICKS)])) == [(0, 24)]
    # From a midnight to the same midnight is until the next one.
    assert hours(Calendar.weekly(UTC, [WeeklyHours((0,), 0, 0)])) == [(0, 24)]
    assert hours(Calendar.weekly(UTC, [WeeklyHours((0,), DAY_TICKS, HOUR)]), "2026-04-07") == [(0, 1)]


def test_ranges_of_days_that_are_shut() -> None:
    week = DayRange(date(2026, 4, 6), date(2026, 4, 10))
    shut = Calendar.weekly(UTC, [WeeklyHours(tuple(range(7)), 0, DAY_TICKS)], overrides=[Closure(week)])
    assert shut.open_spans(MONDAY - HOUR, MONDAY + 6 * DAY_TICKS) == (
        (MONDAY - HOUR, MONDAY), (MONDAY + 5 * DAY_TICKS, MONDAY + 6 * DAY_TICKS)
    )  # fmt: skip
    desk = WeeklyHours(WEEKDAYS, 8 * HOUR, 18 * HOUR)
    mornings = Calendar.weekly(UTC, [desk], overrides=[Closure(week, 0, 9 * HOUR)])
    assert [hours(mornings, f"2026-04-{day:02d}") for day in (3, 6, 10, 13)] == [
        [(8, 18)], [(9, 18)], [(9, 18)], [(8, 18)]
    ]  # fmt: skip
    # Whole but for its last hour, and whole but for its first.
    late = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 0, DAY_TICKS)], overrides=[Closure(week, 0, 23 * HOUR)])
    assert hours(late) == [(23, 24)]
    early = Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 0, DAY_TICKS)], overrides=[Closure(week, HOUR, DAY_TICKS)])
    assert hours(early) == [(0, 1)]


@pytest.mark.parametrize("days", [1, 2, 3, 4])
def test_a_range_of_days_is_shut_from_its_first_to_its_last(days: int) -> None:
    for first in (6, 7):
        shut = DayRange(date(2026, 4, first), date(2026, 4, first + days - 1))
        calendar = Calendar.weekly(UTC, [WeeklyHours(tuple(range(7)), 8 * HOUR, 18 * HOUR)], overrides=[Closure(shut)])
        closed = [day for day in range(4, 14) if not calendar.is_open_day(date(2026, 4, day))]
        assert closed == list(range(first, first + days))


def test_an_opening_beats_what_stands_before_it_and_yields_to_what_follows() -> None:
    sunday = date(2026, 4, 5)
    opened = Opening(sunday, 10 * HOUR, 12 * HOUR)
    assert hours(Calendar.weekly(UTC, [], [sunday], [opened]), "2026-04-05") == [(10, 12)]
    assert hours(Calendar.weekly(UTC, [], overrides=[Closure((sunday,)), opened]), "2026-04-05") == [(10, 12)]
    assert hours(Calendar.weekly(UTC, [], overrides=[opened, Closure((sunday,))]), "2026-04-05") == []
    through = Calendar.weekly(UTC, [], overrides=[Opening(sunday, 22 * HOUR, 3 * HOUR)])
    assert hours(through, "2026-04-05") == [(22, 24)]
    assert hours(through) == [(0, 3)]
    assert hours(through, "2026-04-04") == hours(through, "2026-04-07") == []


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=6).map(normal)


@given(st.lists(spans, max_size=5), st.integers(1, 6))
def test_so_many_at_once(sets: list[tuple[tuple[int, int], ...]], n: int) -> None:
    found = at_once(sets, n)
    assert found == normal(found)
    inside = {instant for start, end in found for instant in range(start, end)}
    assert inside == {at for at in range(31) if sum(any(a <= at < b for a, b in each) for each in sets) >= n}


def test_what_a_calendar_says_of_itself() -> None:
    assert repr(Calendar.always(LONDON)) == "<Calendar in Europe/London>"
    assert DESK.plan == Calendar.weekly(UTC, [WeeklyHours(WEEKDAYS, 8 * HOUR, 18 * HOUR)]).plan
    assert DESK.plan != PLANT.plan
