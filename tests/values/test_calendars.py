"""Calendars: each answer against a walk over every minute, and by hand where it matters."""

import copy
import pickle
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bpodsl.values import (
    DAY_TICKS,
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    Calendar,
    Closure,
    DayRange,
    Opening,
    WeeklyHours,
    Zone,
    length,
    normal,
    parse_instant,
    show_instant,
)

LONDON = Zone.load("Europe/London")
WEEKDAYS = (0, 1, 2, 3, 4)
SUPPORT = Calendar.weekly(
    LONDON,
    [WeeklyHours(WEEKDAYS, 8 * HOUR, 20 * HOUR), WeeklyHours((5,), 9 * HOUR, 17 * HOUR)],
    [date(2026, 4, 3), date(2026, 4, 6), date(2026, 12, 25)],
    [Closure((date(2026, 12, 24),), 14 * HOUR)],
)
OFFICE = Calendar.weekly(LONDON, [WeeklyHours(WEEKDAYS, 9 * HOUR, 17 * HOUR)])
NIGHTS = Calendar.weekly(LONDON, [WeeklyHours(tuple(range(7)), 23 * HOUR + 30 * MINUTE, 15 * MINUTE)])
NEVER = Calendar.weekly(LONDON, [])


def at(text: str, zone: Zone = LONDON) -> int:
    return parse_instant(text, zone).instant


def shown(instant: int | None, zone: Zone = LONDON) -> str:
    assert instant is not None
    return show_instant(instant, zone)[:16]


# --- By hand ---


def test_a_ticket_held_overnight() -> None:
    start = at("2026-04-07T19:00")
    assert SUPPORT.worked(start, at("2026-04-07T19:30")) == 30 * MINUTE
    assert SUPPORT.worked(at("2026-04-08T09:00"), at("2026-04-08T12:30")) == 3 * HOUR + 30 * MINUTE
    assert shown(SUPPORT.last_within(start, 4 * HOUR)) == "2026-04-08T11:00"


def test_a_budget_used_up_exactly_at_closing_time() -> None:
    # Good Friday and Easter Monday are closed; Saturday is not.
    start = at("2026-04-02T16:00")
    assert shown(SUPPORT.first_reach(start, 4 * HOUR)) == "2026-04-02T20:00"
    assert shown(SUPPORT.last_within(start, 4 * HOUR)) == "2026-04-04T09:00"
    assert shown(SUPPORT.first_reach(start, 12 * HOUR)) == "2026-04-04T17:00"
    assert shown(SUPPORT.last_within(start, 12 * HOUR)) == "2026-04-07T08:00"
    assert (
        SUPPORT.first_reach(start, 4 * HOUR - 1)
        == SUPPORT.last_within(start, 4 * HOUR - 1)
        == at("2026-04-02T20:00") - 1
    )
    assert (
        SUPPORT.first_reach(start, 4 * HOUR + 1)
        == SUPPORT.last_within(start, 4 * HOUR + 1)
        == at("2026-04-04T09:00") + 1
    )


def test_no_budget_at_all() -> None:
    evening, noon = at("2026-04-07T22:00"), at("2026-04-07T12:00")
    assert SUPPORT.first_reach(evening, 0) == evening
    assert shown(SUPPORT.last_within(evening, 0)) == shown(SUPPORT.next_open(evening)) == "2026-04-08T08:00"
    assert SUPPORT.first_reach(noon, 0) == SUPPORT.last_within(noon, 0) == SUPPORT.next_open(noon) == noon
    for ask in (SUPPORT.first_reach, SUPPORT.last_within):
        with pytest.raises(ValueError, match="not negative"):
            ask(noon, -1)


def test_edges_of_the_hours() -> None:
    opens, closes = at("2026-04-07T08:00"), at("2026-04-07T20:00")
    assert [SUPPORT.is_open(t) for t in (opens - 1, opens, closes - 1, closes)] == [False, True, True, False]
    assert SUPPORT.worked(opens - 1, opens + 1) == 1
    assert SUPPORT.worked(closes - 1, closes + 1) == 1
    assert SUPPORT.worked(closes, opens) == SUPPORT.worked(opens, opens) == 0


def test_the_day_before_christmas() -> None:
    assert SUPPORT.open_spans(at("2026-12-24T00:00"), at("2026-12-27T00:00")) == (
        (at("2026-12-24T08:00"), at("2026-12-24T14:00")),
        (at("2026-12-26T09:00"), at("2026-12-26T17:00")),
    )
    assert SUPPORT.is_open_day(date(2026, 12, 24))
    assert not SUPPORT.is_open_day(date(2026, 12, 25))


def test_overrides_beat_holidays_and_later_ones_earlier_ones() -> None:
    day = date(2026, 4, 6)
    hours = [WeeklyHours(WEEKDAYS, 9 * HOUR, 17 * HOUR)]
    opened = Opening(day, 10 * HOUR, 14 * HOUR, "sale")
    closed = Closure((day,), 12 * HOUR, 13 * HOUR)

    def open_hours(*overrides: Closure | Opening) -> int:
        calendar = Calendar.weekly(LONDON, hours, [day], overrides)
        return calendar.worked(LONDON.start_of(day), LONDON.start_of(date(2026, 4, 7))) // HOUR

    assert [open_hours(), open_hours(opened), open_hours(opened, closed), open_hours(closed, opened)] == [0, 4, 3, 4]


def test_closures_of_many_days() -> None:
    listed = Closure((date(2026, 8, 4), date(2026, 8, 6)))
    ranged = Closure(DayRange(date(2026, 8, 3), date(2026, 8, 14)), why="works")
    afternoons = Closure(DayRange(date(2026, 8, 3), date(2026, 8, 4)), 12 * HOUR)
    overnight = Closure((date(2026, 8, 3),), 16 * HOUR, 10 * HOUR)
    start, end = at("2026-08-01T00:00"), at("2026-08-15T00:00")
    for closure, hours in [(listed, 64), (ranged, 0), (afternoons, 70), (overnight, 78)]:
        calendar = Calendar.weekly(LONDON, [WeeklyHours(WEEKDAYS, 9 * HOUR, 17 * HOUR)], (), [closure])
        assert calendar.worked(start, end) == hours * HOUR


def test_hours_past_midnight_belong_to_the_evening_they_begin() -> None:
    late = Calendar.weekly(LONDON, [WeeklyHours((4,), 22 * HOUR, 6 * HOUR)], [date(2026, 5, 2)])
    # The holiday on Saturday takes the part after midnight.
    assert late.open_spans(at("2026-05-01T00:00"), at("2026-05-09T12:00")) == (
        (at("2026-05-01T22:00"), at("2026-05-02T00:00")),
        (at("2026-05-08T22:00"), at("2026-05-09T06:00")),
    )
    assert late.is_open_day(date(2026, 5, 9))


def test_round_the_clock() -> None:
    for opens, closes in [(0, 24 * HOUR), (0, 0), (8 * HOUR, 8 * HOUR)]:
        calendar = Calendar.weekly(LONDON, [WeeklyHours(tuple(range(7)), opens, closes)])
        start, end = at("2026-01-01T00:00"), at("2027-01-01T00:00")
        assert calendar.open_spans(start, end) == ((start, end),)
        assert calendar.worked(start, end) == 365 * DAY_TICKS == Calendar.always(LONDON).worked(start, end)


@pytest.mark.parametrize("opens", [-1, DAY_TICKS + 1])
def test_a_time_of_day_lies_in_the_day(opens: int) -> None:
    with pytest.raises(ValueError, match="from 0 to 24 h"):
        WeeklyHours((0,), opens, 12 * HOUR)


def test_clock_changes_make_nights_shorter_and_longer() -> None:
    nights = Calendar.weekly(LONDON, [WeeklyHours(tuple(range(7)), 22 * HOUR, 6 * HOUR)])
    for evening, hours in [("2026-03-27", 8), ("2026-03-28", 7), ("2026-10-24", 9), ("2026-10-25", 8)]:
        start = at(evening + "T22:00")
        assert nights.worked(start, start + 12 * HOUR) == hours * HOUR
        assert shown(nights.first_reach(start, hours * HOUR))[11:] == "06:00"
        assert shown(nights.last_within(start, hours * HOUR))[11:] == "22:00"


@pytest.mark.parametrize(
    ("zone", "evening", "spans"),
    [
        # Midnight is skipped: the quarter of an hour after it does not exist.
        ("America/Sao_Paulo", date(2018, 11, 3), [("2018-11-03T23:30:00-03:00", "2018-11-04T01:00:00-02:00")]),
        ("Asia/Beirut", date(2022, 3, 26), [("2022-03-26T23:30:00+02:00", "2022-03-27T01:00:00+03:00")]),
        # The last hour of the evening comes twice: from its first half past eleven through to a quarter past twelve.
        ("America/Sao_Paulo", date(2018, 2, 17), [("2018-02-17T23:30:00-02:00", "2018-02-18T00:15:00-03:00")]),
        # The first hour of the day comes twice: closing time is the first of its two.
        ("America/Havana", date(2024, 11, 2), [("2024-11-02T23:30:00-04:00", "2024-11-03T00:15:00-04:00")]),
        ("Europe/London", date(2026, 4, 7), [("2026-04-07T23:30:00+01:00", "2026-04-08T00:15:00+01:00")]),
    ],
)
def test_hours_about_a_midnight_of_clock_change(zone: str, evening: date, spans: list[tuple[str, str]]) -> None:
    place = Zone.load(zone)
    calendar = Calendar.weekly(place, [WeeklyHours(tuple(range(7)), 23 * HOUR + 30 * MINUTE, 15 * MINUTE)])
    start = place.wall(evening, 12 * HOUR)
    found = calendar.open_spans(start, start + DAY_TICKS)
    assert [(show_instant(a, place), show_instant(b, place)) for a, b in found] == spans


def test_hours_inside_a_gap_are_not_there() -> None:
    early = Calendar.weekly(LONDON, [WeeklyHours((6,), HOUR, 2 * HOUR)])
    start = at("2026-03-29T00:00")
    assert early.worked(start, start + DAY_TICKS) == 0
    assert not early.is_open_day(date(2026, 3, 29))
    assert early.is_open_day(date(2026, 4, 5))


def test_a_leap_day_is_a_day() -> None:
    assert OFFICE.worked(at("2028-02-28T00:00"), at("2028-03-02T00:00")) == 24 * HOUR
    assert OFFICE.add_open_days(date(2028, 2, 28), 1) == date(2028, 2, 29)


def test_algebra() -> None:
    start, end = at("2026-04-06T00:00"), at("2026-04-13T00:00")
    around = Calendar.weekly(Zone.load("America/New_York"), [WeeklyHours(WEEKDAYS, 9 * HOUR, 17 * HOUR)])
    # London is five hours ahead: they share three hours a day.
    assert OFFICE.worked(start, end) == around.worked(start, end) == 40 * HOUR
    assert Calendar.both(OFFICE, around).worked(start, end) == 15 * HOUR
    assert Calendar.together(OFFICE, around).worked(start, end) == 65 * HOUR
    assert Calendar.without(OFFICE, around).worked(start, end) == 25 * HOUR
    assert Calendar.together(OFFICE).worked(start, end) == 40 * HOUR
    assert Calendar.together(around, OFFICE, NIGHTS).zone.name == "America/New_York"
    assert Calendar.without(OFFICE, Calendar.always(LONDON)).worked(start, end) == 0


def test_open_days() -> None:
    thursday = date(2026, 4, 2)
    assert SUPPORT.add_open_days(thursday, 0) == thursday
    assert SUPPORT.add_open_days(date(2026, 4, 3), 0) == date(2026, 4, 3)
    assert [SUPPORT.add_open_days(thursday, n) for n in (1, 2, 3)] == [
        date(2026, 4, 4),
        date(2026, 4, 7),
        date(2026, 4, 8),
    ]
    assert [SUPPORT.add_open_days(date(2026, 4, 7), n) for n in (-1, -2)] == [date(2026, 4, 4), thursday]
    assert [SUPPORT.add_open_days(date(2026, 4, 6), n) for n in (-1, 1)] == [date(2026, 4, 4), date(2026, 4, 7)]
    assert SUPPORT.open_days_between(thursday, date(2026, 4, 7)) == 3
    assert SUPPORT.open_days_between(thursday, thursday) == 1
    assert SUPPORT.open_days_between(date(2026, 4, 7), thursday) == 0
    assert OFFICE.open_days_between(date(2026, 1, 1), date(2028, 12, 31)) == 261 + 261 + 260


def test_rolling() -> None:
    assert OFFICE.roll(date(2026, 5, 29), "following") == date(2026, 5, 29)
    for day, following, preceding, modified in [
        (date(2026, 5, 30), date(2026, 6, 1), date(2026, 5, 29), date(2026, 5, 29)),
        (date(2026, 5, 16), date(2026, 5, 18), date(2026, 5, 15), date(2026, 5, 18)),
        (date(2028, 12, 31), date(2029, 1, 1), date(2028, 12, 29), date(2028, 12, 29)),
    ]:
        assert OFFICE.roll(day, "following") == following
        assert OFFICE.roll(day, "preceding") == preceding
        assert OFFICE.roll(day, "modified following") == modified


@pytest.mark.parametrize("calendar", [NEVER, Calendar.both(OFFICE, NIGHTS), Calendar.without(SUPPORT, SUPPORT)])
def test_a_calendar_that_never_opens_is_found_out_soon(calendar: Calendar) -> None:
    begun = time.perf_counter()
    start = at("2026-04-07T12:00")
    assert calendar.first_reach(start, 1) is None
    assert calendar.last_within(start, 0) is None
    assert calendar.next_open(start) is None
    assert calendar.first_reach(start, 0) == start
    assert calendar.worked(FIRST, LAST) == 0
    assert calendar.open_spans(FIRST, LAST) == ()
    day = date(2026, 4, 7)
    assert calendar.add_open_days(day, 1) is calendar.add_open_days(day, -1) is None
    assert calendar.roll(day, "following") is calendar.roll(day, "modified following") is None
    assert time.perf_counter() - begun < 10


def test_the_end_of_time() -> None:
    always = Calendar.always(LONDON)
    assert always.first_reach(LAST - 5, 5) == LAST
    assert always.first_reach(LAST - 5, 6) is None
    assert always.last_within(LAST - 5, 4) == LAST - 1
    assert always.last_within(LAST - 5, 5) is None
    assert always.worked(FIRST - HOUR, FIRST + HOUR) == HOUR
    assert always.worked(LAST - HOUR, LAST + 1000 * DAY_TICKS) == HOUR
    assert always.worked(FIRST, LAST) == LAST - FIRST
    assert not always.is_open(LAST)
    assert not always.is_open(FIRST - 1)
    assert not always.is_open_day(date(2300, 1, 1))
    assert always.add_open_days(date(2300, 1, 1), -1) == date(2199, 12, 31)
    assert always.add_open_days(date(1900, 1, 1), 1) == date(1970, 1, 1)
    once = Calendar.weekly(LONDON, [], (), [Opening(date(2026, 4, 7), 9 * HOUR, 10 * HOUR)])
    assert once.first_reach(at("2026-01-01T00:00"), HOUR) == at("2026-04-07T10:00")
    assert once.last_within(at("2026-01-01T00:00"), HOUR) is None


def test_asking_in_any_order_gives_the_same() -> None:
    questions: list[Callable[[Calendar], object]] = [
        lambda c: c.worked(at("2026-04-07T12:00"), at("2031-04-07T12:00")),
        lambda c: c.worked(at("1975-04-07T12:00"), at("2026-04-07T12:00")),
        lambda c: c.first_reach(at("1990-01-01T00:00"), 10**15),
        lambda c: c.last_within(at("2150-01-01T00:00"), 10**15),
        lambda c: c.add_open_days(date(2000, 1, 1), 5000),
    ]

    def fresh() -> Calendar:
        return Calendar.both(SUPPORT, OFFICE)

    one = fresh()
    answers = [ask(fresh()) for ask in questions]
    assert [ask(one) for ask in questions] == answers
    assert [ask(one) for ask in reversed(questions)] == answers[::-1]


def test_a_calendar_is_a_value() -> None:
    SUPPORT.worked(at("2026-04-07T12:00"), at("2026-05-07T12:00"))
    again = pickle.loads(pickle.dumps(SUPPORT))
    assert again == SUPPORT == copy.deepcopy(SUPPORT)
    assert hash(again) == hash(SUPPORT)
    assert pickle.dumps(again) == pickle.dumps(SUPPORT)
    assert again.worked(at("2026-04-07T12:00"), at("2026-04-08T12:00")) == 12 * HOUR
    assert again != OFFICE
    with pytest.raises(AttributeError):
        again.zone = LONDON


# --- Against a walk over every minute ---

# Days about a clock change, and one stretch without any.
STRETCHES = [
    ("Europe/London", date(2026, 3, 24)),
    ("Europe/London", date(2026, 10, 20)),
    ("America/New_York", date(2026, 3, 4)),
    ("America/New_York", date(2025, 10, 28)),
    ("America/Sao_Paulo", date(2018, 10, 31)),
    ("America/Sao_Paulo", date(2018, 2, 13)),
    ("Asia/Beirut", date(2022, 3, 22)),
    ("America/Havana", date(2024, 10, 29)),
    ("Australia/Lord_Howe", date(2024, 4, 2)),
    ("America/St_Johns", date(2010, 11, 3)),
    ("Asia/Kathmandu", date(2024, 2, 25)),
    ("Europe/London", date(2024, 12, 27)),
]
LENGTH = 10


@lru_cache(maxsize=32)
def minutes(name: str, first: date) -> tuple[int, tuple[datetime, ...]]:
    """The instant of the first minute of a stretch, and what the wall clock shows at each minute of it."""
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        rules = ZoneInfo.from_file(file, key=name)
    begin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    walls = [
        (begin + timedelta(minutes=n)).astimezone(rules).replace(tzinfo=None, fold=0)
        for n in range((LENGTH + 6) * 24 * 60)
    ]
    return int(begin.timestamp()) * 10**6, tuple(walls)


@lru_cache(maxsize=4096)
def minute_of(name: str, first: date, day: date, minute: int) -> int:
    """The first minute of the stretch at which the wall clock has come to this time."""
    _, walls = minutes(name, first)
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    return next(n for n, wall in enumerate(walls) if wall >= wanted)


quarter_hours = st.integers(0, 96).map(lambda n: n * 15)
offsets = st.integers(0, LENGTH - 1)


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, date, Calendar, list[bool]]:
    """A calendar, and for every minute of a stretch whether it is open."""
    name, first = draw(st.sampled_from(STRETCHES))
    hours = draw(st.lists(st.tuples(st.sets(st.integers(0, 6)), quarter_hours, quarter_hours), max_size=3))
    holidays = draw(st.sets(offsets, max_size=2))
    changes = draw(st.lists(st.tuples(st.booleans(), offsets, quarter_hours, quarter_hours), max_size=3))

    open_ = [False] * len(minutes(name, first)[1])

    def paint(day: date, start: int, end: int, value: bool) -> None:
        low = minute_of(name, first, day, start)
        high = minute_of(name, first, day if end > start else day + timedelta(days=1), end)
        open_[low:high] = [value] * (high - low)

    days = [first + timedelta(days=n) for n in range(-1, LENGTH + 1)]
    for weekdays, start, end in hours:
        for day in days:
            if day.weekday() in weekdays:
                paint(day, start, end, True)
    for offset in holidays:
        paint(first + timedelta(days=offset), 0, 24 * 60, False)
    overrides: list[Closure | Opening] = []
    for opening, offset, start, end in changes:
        day = first + timedelta(days=offset)
        paint(day, start, end, opening)
        kind = Opening(day, start * MINUTE, end * MINUTE) if opening else Closure((day,), start * MINUTE, end * MINUTE)
        overrides.append(kind)
    calendar = Calendar.weekly(
        Zone.load(name),
        [WeeklyHours(tuple(sorted(weekdays)), start * MINUTE, end * MINUTE) for weekdays, start, end in hours],
        [first + timedelta(days=offset) for offset in holidays],
        overrides,
    )
    return name, first, calendar, open_


def inside(name: str, first: date) -> tuple[int, int]:
    """The minutes of the stretch that the walk knows for certain."""
    return minute_of(name, first, first, 0), minute_of(name, first, first + timedelta(days=LENGTH - 1), 0)


@settings(deadline=None, max_examples=150)
@given(cases(), st.data())
def test_every_answer_is_that_of_the_walk(case: tuple[str, date, Calendar, list[bool]], data: st.DataObject) -> None:
    name, first, calendar, open_ = case
    begin, _ = minutes(name, first)
    low, high = inside(name, first)

    expected = normal((begin + n * MINUTE, begin + (n + 1) * MINUTE) for n in range(low, high) if open_[n])
    assert calendar.open_spans(begin + low * MINUTE, begin + high * MINUTE) == expected

    a, b = sorted(data.draw(st.tuples(st.integers(low, high), st.integers(low, high))))
    start, end = begin + a * MINUTE, begin + b * MINUTE
    worked = sum(open_[a:b])
    assert calendar.worked(start, end) == worked * MINUTE == length(calendar.open_spans(start, end))

    budget = data.draw(st.sampled_from([worked, max(0, worked - 15)]) | st.integers(0, 600))
    count, reached, exceeded = 0, a if budget == 0 else None, None
    for n in range(a, high):
        count += open_[n]
        if count == budget and open_[n] and reached is None:
            reached = n + 1
        if count > budget:
            exceeded = n
            break
    if reached is not None:
        assert calendar.first_reach(start, budget * MINUTE) == begin + reached * MINUTE
    if exceeded is not None:
        assert calendar.last_within(start, budget * MINUTE) == begin + exceeded * MINUTE
    opening = next((n for n in range(a, high) if open_[n]), None)
    if opening is not None:
        assert calendar.next_open(start) == begin + opening * MINUTE
    if a < high:
        assert calendar.is_open(start) == open_[a]


@settings(deadline=None, max_examples=100)
@given(cases(), st.integers(0, LENGTH - 2), st.integers(0, LENGTH - 2))
def test_every_open_day_is_that_of_the_walk(case: tuple[str, date, Calendar, list[bool]], one: int, other: int) -> None:
    name, first, calendar, open_ = case

    def is_open(day: date) -> bool:
        start, end = (minute_of(name, first, each, 0) for each in (day, day + timedelta(days=1)))
        return any(open_[start:end])

    days = [first + timedelta(days=n) for n in range(LENGTH - 1)]
    opened = [day for day in days if is_open(day)]
    assert [day for day in days if calendar.is_open_day(day)] == opened
    a, b = days[min(one, other)], days[max(one, other)]
    assert calendar.open_days_between(a, b) == sum(a <= day <= b for day in opened)
    for n, day in enumerate([day for day in opened if day > a], start=1):
        assert calendar.add_open_days(a, n) == day
    for n, day in enumerate([day for day in reversed(opened) if day < b], start=1):
        assert calendar.add_open_days(b, -n) == day


@given(st.integers(FIRST, LAST - 1), st.integers(0, 10**16), st.sampled_from([SUPPORT, OFFICE, NIGHTS]))
def test_reaching_and_counting_are_each_others_inverse(start: int, budget: int, calendar: Calendar) -> None:
    reached, last = calendar.first_reach(start, budget), calendar.last_within(start, budget)
    if reached is None or last is None:
        assert calendar.worked(start, LAST) <= budget
        return
    assert start <= reached <= last
    assert calendar.worked(start, reached) == calendar.worked(start, last) == budget
    assert reached == start or calendar.worked(start, reached - 1) == budget - 1
    assert calendar.worked(start, last + 1) == budget + 1
    assert calendar.is_open(last)
