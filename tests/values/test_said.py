"""What values say of themselves: their names, the reasons for which something is none, and where they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import version
from pathlib import Path

import pytest

from bpodsl.values import (
    HOUR,
    MINUTE,
    SECOND,
    MoneyError,
    Period,
    TimeError,
    UnknownHolidays,
    UnknownZone,
    Zone,
    day_of,
    further,
    holiday_data_version,
    holiday_dates,
    last_day_of_month,
    listed_period,
    moment,
    parse_day,
    parse_instant,
    parse_measured,
    parse_money,
    parse_number,
    parse_period,
    round_to,
    share_out,
    show_time_of_day,
    show_wall,
    ticks,
)

LONDON = Zone.load("Europe/London")


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(0, "1970-01-01 00:00"), (19 * 60 + 5, "1970-01-01 19:05"), (24 * 60, "1970-01-02 00:00")],
)
def test_the_clock_on_the_wall(minutes: int, shown: str) -> None:
    assert show_wall(minutes * MINUTE) == shown


def test_seconds_are_shown_only_where_they_matter() -> None:
    assert show_wall(HOUR + 7 * SECOND) == "1970-01-01 01:00:07"
    assert show_wall(HOUR + 7 * SECOND + 500_000) == "1970-01-01 01:00:07.5"
    assert show_wall(HOUR + 1) == "1970-01-01 01:00:00.000001"
    assert show_wall(-MINUTE) == "1969-12-31 23:59"
    assert show_time_of_day(HOUR + 7 * SECOND) == "01:00:07"
    assert show_time_of_day(HOUR + 250_000) == "01:00:00.25"
    assert show_time_of_day(24 * HOUR) == "24:00"


def test_instants_and_datetimes() -> None:
    at = datetime(2026, 4, 7, 19, 0, 0, 25, tzinfo=UTC)
    assert moment(ticks(at)) == at
    assert ticks(at) - ticks(at - timedelta(microseconds=1)) == 1
    assert moment(parse_instant("2026-04-07T19:00+01:00", None).instant) == datetime(2026, 4, 7, 18, tzinfo=UTC)


def test_a_zone_says_what_loads_it() -> None:
    assert repr(LONDON) == "Zone.load('Europe/London')"
    assert LONDON != "Europe/London"


def test_the_wall_of_a_zone_in_summer_and_winter() -> None:
    summer, winter = (parse_instant(f"2026-{month}-01T12:00Z", None).instant for month in ("07", "12"))
    assert LONDON.local(summer) == datetime(2026, 7, 1, 13)
    assert LONDON.local(winter) == datetime(2026, 12, 1, 12)
    assert LONDON.time_of_day(summer) == 13 * HOUR
    assert LONDON.wall_ticks(summer) - summer == HOUR
    assert (LONDON.offset(summer), LONDON.offset(winter)) == (60, 0)


def test_the_day_that_a_value_means() -> None:
    quarter = parse_period("2026-Q1")
    assert quarter is not None
    assert day_of(quarter, LONDON) == date(2026, 3, 31)
    assert day_of(date(2026, 4, 7), LONDON) == date(2026, 4, 7)
    # Half past eleven at night in UTC is the next day in London's summer.
    assert day_of(parse_instant("2026-07-01T23:30Z", None).instant, LONDON) == date(2026, 7, 2)


TABLE = ("quarter", "2026-01-05/2026-04-06/Winter", "2026-04-06/2026-07-04/Spring/2")


def test_periods_that_a_table_names() -> None:
    winter = listed_period(TABLE, "Winter")
    assert winter == Period("listed", date(2026, 1, 5), date(2026, 4, 6), "Winter")
    assert winter is not None and (winter.label, winter.last) == ("Winter", date(2026, 4, 5))
    # A name may hold what parts the rows; the first row names the table.
    spring = listed_period(TABLE, "Spring/2")
    assert spring is not None and spring.first == date(2026, 4, 6)
    assert listed_period(TABLE, "Spring") is None
    assert listed_period(TABLE, "quarter") is None
    assert listed_period(("quarter",), "quarter") is None


@pytest.mark.parametrize(
    ("unit", "moved"),
    [("days", "2024-03-02"), ("weeks", "2024-03-14"), ("months", "2024-04-29"), ("years", "2026-02-28")],
)
def test_two_units_further(unit: str, moved: str) -> None:
    assert further(date(2024, 2, 29), 2, unit).isoformat() == moved  # type: ignore[arg-type]


@pytest.mark.parametrize(("n", "unit"), [(10**9, "days"), (10**6, "weeks"), (10**6, "months"), (9999, "years")])
def test_no_day_beyond_the_calendar(n: int, unit: str) -> None:
    for many in (n, -n):
        with pytest.raises(TimeError) as caught:
            further(date(2026, 1, 1), many, unit)  # type: ignore[arg-type]
        assert caught.value.reason == "out_of_range"
        assert "2026-01-01 lies beyond the calendar." in str(caught.value)


def test_the_last_day_of_each_month() -> None:
    assert [last_day_of_month(2026, month).day for month in (1, 2, 4, 12)] == [31, 28, 30, 31]
    assert last_day_of_month(2024, 2) == date(2024, 2, 29)


def test_no_time_further_away_than_can_be_reckoned() -> None:
    with pytest.raises(TimeError) as caught:
        LONDON.day(10**18)
    assert caught.value.reason == "out_of_range"
    assert str(caught.value) == "That time lies too far away to be reckoned with."


LONG = "x123456789" * 5


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (parse_day, LONG),
        (parse_money, LONG),
        (parse_number, LONG),
        (parse_number, "1." + LONG[1:].replace("x", "0")),
        (parse_number, LONG[1:].replace("x", "0")),
        (parse_measured, LONG),
        (lambda text: parse_instant(text, None), LONG),
        (lambda text: parse_instant(text, None), "2026-04-07T19:00:00." + "0" * 30),
        (lambda text: parse_instant(text, None), "9999-04-07T19:00:00." + "0" * 30 + "Z"),
    ],
)
def test_of_a_long_text_its_beginning_is_shown(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(ValueError) as caught:
        read(text)
    assert f"“{text[:40]}”" in str(caught.value) and text[:41] not in str(caught.value)


def test_why_money_is_none() -> None:
    with pytest.raises(MoneyError) as caught:
        parse_money("12.50 XXQ")
    assert str(caught.value) == caught.value.message == "There is no currency “XXQ” in ISO 4217."
    with pytest.raises(MoneyError) as caught:
        parse_money("12.50")
    assert str(caught.value) == "“12.50” is not a sum of money; write it like 1 234.50 GBP."
    with pytest.raises(MoneyError) as caught:
        assert parse_money("1 GBP") + parse_money("1 EUR")
    assert str(caught.value) == "GBP and EUR cannot be added or compared."


@pytest.mark.parametrize("step", [0, -1, Fraction(-1, 100)])
def test_a_step_is_more_than_zero(step: Fraction | int) -> None:
    with pytest.raises(ValueError, match="a rounding step is more than zero"):
        round_to(1, step, "half up")
    with pytest.raises(ValueError, match="a rounding step is more than zero"):
        share_out(1, [1], step)


def test_no_such_rounding() -> None:
    with pytest.raises(ValueError, match="no such rounding: half odd"):
        round_to(Fraction(1, 2), 1, "half odd")  # type: ignore[arg-type]


def test_nothing_shared_by_no_weight() -> None:
    assert share_out(0, [0, 0], 1) == [0, 0]
    assert share_out(0, [], 1) == []
    assert share_out(-100, [1, 1, 1], 1) == [-34, -33, -33]


def test_why_there_are_no_holidays() -> None:
    with pytest.raises(UnknownHolidays) as caught:
        holiday_dates("GB-ENGLAND", 2026, 2026)
    assert str(caught.value) == "There are no holidays for “GB-ENGLAND”; did you mean GB-ENG?"
    with pytest.raises(UnknownHolidays) as caught:
        holiday_dates("GB-ENG", 2026, 2026, names=["Boxing Daye"])
    meant = "did you mean Boxing Day or Boxing Day (observed)?"
    assert str(caught.value) == f"The holidays of GB-ENG have none named “Boxing Daye”; {meant}"
    with pytest.raises(UnknownHolidays) as caught:
        holiday_dates("GB-ENG", 2026, 2026, names=["Qqqqqq"])
    assert str(caught.value) == "The holidays of GB-ENG have none named “Qqqqqq”."
    with pytest.raises(UnknownZone) as unknown:
        Zone.load("y" * 99)
    assert str(unknown.value) == f"There is no time zone “{'y' * 60}”."
    assert str(UnknownHolidays("x" * 99, ())) == f"There are no holidays for “{'x' * 60}”."


@pytest.fixture
def anew() -> Iterator[None]:
    holiday_data_version.cache_clear()
    yield
    holiday_data_version.cache_clear()


@pytest.mark.usefixtures("anew")
def test_the_release_of_the_holidays_is_that_of_the_package() -> None:
    assert holiday_data_version() == version("holidays")


@pytest.mark.usefixtures("anew")
def test_where_no_folder_tells_the_release_the_package_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PathFinder, "find_spec", lambda name: None)
    assert holiday_data_version() == version("holidays")


@pytest.mark.usefixtures("anew")
def test_where_two_folders_tell_the_release_the_package_does(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("holidays-0.1.dist-info", "holidays-0.2.dist-info"):
        (tmp_path / name).mkdir()
    spec = ModuleSpec("holidays", None, origin=str(tmp_path / "holidays" / "__init__.py"))
    monkeypatch.setattr(PathFinder, "find_spec", lambda name: spec)
    assert holiday_data_version() == version("holidays")


@pytest.mark.parametrize("code", ["DE", "CA", "NZ"])
def test_names_are_english_where_the_data_has_them(code: str) -> None:
    assert (date(2026, 1, 1), "New Year's Day") in holiday_dates(code, 2026, 2026)
