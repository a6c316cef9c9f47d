"""Holidays: from the data package, and listed ones moved off the weekend."""

import os
import subprocess
import sys
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    OBSERVE_RULES,
    Observe,
    UnknownHolidays,
    holiday_data,
    holiday_data_version,
    holiday_dates,
    known_codes,
    observe,
)


def test_england() -> None:
    assert [day.isoformat()[5:] for day, _ in holiday_dates("GB-ENG", 2024, 2024)] == [
        "01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26",
    ]  # fmt: skip
    assert (date(2021, 12, 28), "Boxing Day (observed)") in holiday_dates("GB-ENG", 2021, 2021)
    assert (date(2021, 12, 28), "Boxing Day (observed)") not in holiday_dates("GB-ENG", 2021, 2021, observed=False)


def test_parts_of_a_country_differ() -> None:
    scotland = {day for day, _ in holiday_dates("GB-SCT", 2024, 2024)}
    assert date(2024, 1, 2) in scotland
    assert date(2024, 4, 1) not in scotland
    assert {day for day, _ in holiday_dates("US", 2024, 2024)} <= {day for day, _ in holiday_dates("US-NY", 2024, 2024)}
    assert (date(2024, 8, 5), "British Columbia Day") in holiday_dates("CA-BC", 2024, 2024)
    assert (date(2022, 5, 2), "Workers' Day (observed)") in holiday_dates("ZA", 2022, 2022)


def test_a_holiday_observed_in_the_year_before() -> None:
    assert (date(2021, 12, 31), "New Year's Day (observed)") in holiday_dates("US", 2021, 2021)
    assert all(day.year == 2022 for day, _ in holiday_dates("US", 2022, 2022))


def test_sorted_and_the_same_for_any_range() -> None:
    together = holiday_dates("US-NY", 2020, 2024)
    assert list(together) == sorted(set(together))
    assert together == tuple(pair for year in range(2020, 2025) for pair in holiday_dates("US-NY", year, year))


def test_some_by_name() -> None:
    assert holiday_dates("US", 2021, 2021, names=["Christmas Day", "Labor Day"]) == (
        (date(2021, 9, 6), "Labor Day"),
        (date(2021, 12, 24), "Christmas Day (observed)"),
        (date(2021, 12, 25), "Christmas Day"),
    )
    assert holiday_dates("US", 2021, 2021, names=[]) == ()
    with pytest.raises(UnknownHolidays) as caught:
        holiday_dates("US", 2021, 2021, names=["Labour Day"])
    assert caught.value.near[0] == "Labor Day"
    assert "US have none named “Labour Day”" in str(caught.value)


@pytest.mark.parametrize(
    ("code", "near"), [("gb-eng", "GB-ENG"), ("GB_ENG", "GB-ENG"), ("US-NEW", "US-N"), ("CA-BV", "CA-")]
)
def test_unknown_codes_come_with_a_hint(code: str, near: str) -> None:
    with pytest.raises(UnknownHolidays) as caught:
        holiday_dates(code, 2024, 2024)
    assert caught.value.near[0].startswith(near)


@pytest.mark.parametrize("code", ["", "-", "GB-", "XX", "GB-ENG-X", "../GB"])
def test_no_such_code(code: str) -> None:
    with pytest.raises(UnknownHolidays):
        holiday_dates(code, 2024, 2024)


def test_the_codes() -> None:
    assert {"GB", "GB-ENG", "US", "US-NY", "CA-BC", "ZA", "IN", "PH", "PL"} <= set(known_codes())
    assert list(known_codes()) == sorted(set(known_codes()))
    assert holiday_data_version() == version("holidays")


def test_every_code_has_holidays() -> None:
    for code in known_codes()[::40]:
        assert holiday_dates(code, 2024, 2024)


def test_neither_loaded_unasked_nor_swayed_by_the_environment(tmp_path: Path) -> None:
    # Each process has a cache of its own: what the first one kept must not answer for the second.
    script = (
        "import sys; from bpodsl.values import *; assert 'holidays' not in sys.modules;"
        "print([(d.isoformat(), n) for c in ('DE', 'PL', 'IN', 'TH') for d, n in holiday_dates(c, 2024, 2024)])"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONUTF8": "1", "XDG_CACHE_HOME": str(tmp_path / str(number)), **env},
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout
        for number, env in enumerate(({}, {"LANGUAGE": "uk", "LANG": "uk_UA.UTF-8", "LC_ALL": "uk_UA.UTF-8"}))
    }
    assert len(shown) == 1
    assert len([*tmp_path.glob("*/bpodsl/holidays-*.json")]) == 2 * 4


def test_what_is_kept_is_of_one_format_and_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    kept: set[str] = set()
    for format_, release in ((1, "0.1"), (2, "0.1"), (2, "0.2")):
        monkeypatch.setattr(holiday_data, "FORMAT", format_)
        monkeypatch.setattr(holiday_data, "holiday_data_version", lambda release=release: release)
        made = ((date(2024, 1, 1), f"{format_} {release}"),)
        monkeypatch.setattr(holiday_data, "_load", lambda *_, made=made: made)
        for _ in range(2):
            holiday_data._dates.cache_clear()
            assert holiday_dates("GB", 2024, 2024) == made
        names = {path.name for path in (tmp_path / "bpodsl").iterdir()}
        assert len(names - kept) == 1
        kept |= names
    holiday_data._dates.cache_clear()


CHRISTMAS_2021 = ((date(2021, 12, 25), "Christmas Day"), (date(2021, 12, 26), "Boxing Day"))


def test_moved_off_the_weekend() -> None:
    assert observe(CHRISTMAS_2021, "weekend to monday") == (
        (date(2021, 12, 27), "Christmas Day (observed)"),
        (date(2021, 12, 28), "Boxing Day (observed)"),
    )
    assert observe(CHRISTMAS_2021, "sunday to monday") == (
        (date(2021, 12, 25), "Christmas Day"),
        (date(2021, 12, 27), "Boxing Day (observed)"),
    )
    assert observe(CHRISTMAS_2021, "saturday to friday and sunday to monday") == (
        (date(2021, 12, 24), "Christmas Day (observed)"),
        (date(2021, 12, 27), "Boxing Day (observed)"),
    )


def test_a_moved_holiday_goes_round_those_in_its_way() -> None:
    monday = (date(2021, 12, 27), "Stocktaking")
    friday = (date(2021, 12, 24), "Christmas Eve")
    assert observe([monday, *CHRISTMAS_2021], "weekend to monday") == (
        monday,
        (date(2021, 12, 28), "Christmas Day (observed)"),
        (date(2021, 12, 29), "Boxing Day (observed)"),
    )
    # Friday is taken and the weekend is what the rule clears, so Saturday's holiday takes Monday.
    assert observe([friday, *CHRISTMAS_2021], "saturday to friday and sunday to monday") == (
        friday,
        (date(2021, 12, 27), "Christmas Day (observed)"),
        (date(2021, 12, 28), "Boxing Day (observed)"),
    )


def test_two_names_of_one_day_move_together() -> None:
    sunday = date(2022, 5, 1)
    assert observe([(sunday, "Labour Day"), (sunday, "Founders' Day")], "sunday to monday") == (
        (date(2022, 5, 2), "Founders' Day (observed)"),
        (date(2022, 5, 2), "Labour Day (observed)"),
    )


@given(st.lists(st.dates(date(2020, 1, 1), date(2021, 12, 31)), max_size=40), st.sampled_from(OBSERVE_RULES))
def test_as_many_days_off_as_before(days: list[date], rule: Observe) -> None:
    listed = [(day, "Holiday") for day in days]
    moved = observe(listed, rule)
    assert observe(reversed(listed), rule) == moved
    assert len({day for day, _ in moved}) == len(set(days))
    cleared = {6} if rule == "sunday to monday" else {5, 6}
    assert not any(day.weekday() in cleared for day, _ in moved)
    assert {day for day in days if day.weekday() not in cleared} <= {day for day, _ in moved}
