"""Zones: against the standard library on the same data, and the clock changes that go wrong elsewhere."""

import copy
import os
import pickle
import struct
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    DAY_TICKS,
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    TimeError,
    UnknownZone,
    Zone,
    parse_instant,
    show_instant,
    zone_data_version,
    zone_names,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TRICKY = [
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "America/St_Johns",
    "America/Havana",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "America/Scoresbysund",
    "Antarctica/Troll",
    "UTC",
]


def utc(text: str) -> int:
    return parse_instant(text + "Z").instant


def standard(name: str) -> ZoneInfo:
    with resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


STANDARD = {name: standard(name) for name in TRICKY}
instants = st.integers(FIRST, LAST - 1) | st.integers(utc("1985-01-01T00:00"), utc("2040-01-01T00:00"))


@given(st.sampled_from(TRICKY), instants)
def test_local_time_and_offset_agree_with_the_standard_library(name: str, instant: int) -> None:
    zone = Zone.load(name)
    expected = (EPOCH + timedelta(microseconds=instant)).astimezone(STANDARD[name])
    offset = expected.utcoffset()
    assert offset is not None
    assert zone.local(instant) == expected.replace(tzinfo=None, fold=0)
    assert zone.offset(instant) == offset // timedelta(minutes=1)


@given(st.sampled_from(TRICKY), instants)
def test_a_local_time_is_reached_from_itself(name: str, instant: int) -> None:
    zone = Zone.load(name)
    local = zone.local(instant)
    ticks = ((local.hour * 60 + local.minute) * 60 + local.second) * 10**6 + local.microsecond
    sides = {zone.at(local.date(), ticks, "earlier"), zone.at(local.date(), ticks, "later")}
    assert instant in sides
    assert zone.wall(local.date(), ticks) == min(sides)
    if len(sides) == 1:
        assert zone.at(local.date(), ticks) == instant
    else:
        with pytest.raises(TimeError, match="happens twice"):
            zone.at(local.date(), ticks)


@given(st.sampled_from(TRICKY), instants)
def test_days_follow_one_another_without_holes(name: str, instant: int) -> None:
    zone = Zone.load(name)
    day = zone.day(instant)
    assert zone.start_of(day) <= instant < zone.start_of(day + timedelta(days=1))
    assert zone.day(zone.start_of(day)) == day
    assert zone.day(zone.start_of(day) - 1) < day
    # The wall clock agrees, but for the evening hour shown a second time after its midnight.
    assert zone.local(instant).date() == day or zone.local(instant).date() == day - timedelta(days=1)


@pytest.mark.parametrize("name", TRICKY)
def test_every_day_starts_where_the_day_before_ends(name: str) -> None:
    zone = Zone.load(name)
    rules = STANDARD[name]
    day = date(1985, 1, 1)
    start = zone.start_of(day)
    while day < date(2030, 1, 1):
        following = zone.start_of(day + timedelta(days=1))
        if (name, day) in {("Pacific/Apia", date(2011, 12, 30)), ("Pacific/Kwajalein", date(1993, 8, 21))}:
            assert following == start, "a day the islands never had"
        else:
            assert 22 * HOUR <= following - start <= 26 * HOUR or name == "Pacific/Apia"
            first = (EPOCH + timedelta(microseconds=start)).astimezone(rules)
            before = (EPOCH + timedelta(microseconds=start - 1)).astimezone(rules)
            assert first.date() == day
            assert before.date() < day
        day, start = day + timedelta(days=1), following


@pytest.mark.parametrize(
    ("name", "day", "start", "length"),
    [
        ("Europe/London", date(2026, 3, 29), "2026-03-29T00:00:00+00:00", 23),
        ("Europe/London", date(2026, 10, 25), "2026-10-25T00:00:00+01:00", 25),
        ("America/New_York", date(2026, 3, 8), "2026-03-08T00:00:00-05:00", 23),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T00:00:00-04:00", 25),
        # Summer time begins at midnight, so the day begins at one.
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T01:00:00-02:00", 23),
        ("Asia/Beirut", date(2026, 3, 29), "2026-03-29T01:00:00+03:00", 23),
        # It ends at midnight, so the evening before has 23 o'clock twice.
        ("America/Sao_Paulo", date(2018, 2, 17), "2018-02-17T00:00:00-02:00", 25),
        ("America/Sao_Paulo", date(2018, 2, 18), "2018-02-18T00:00:00-03:00", 24),
        # One minute past midnight the clock went back over it: the day keeps its first midnight.
        ("America/St_Johns", date(2010, 11, 7), "2010-11-07T00:00:00-02:30", 25),
        ("America/Havana", date(2024, 11, 3), "2024-11-03T00:00:00-04:00", 25),
        ("Australia/Lord_Howe", date(2026, 10, 4), "2026-10-04T00:00:00+10:30", 23.5),
    ],
)
def test_days_of_a_clock_change(name: str, day: date, start: str, length: float) -> None:
    zone = Zone.load(name)
    assert show_instant(zone.start_of(day), zone) == start
    assert zone.start_of(day + timedelta(days=1)) - zone.start_of(day) == length * HOUR


def test_the_repeated_evening_stays_with_the_day_begun() -> None:
    zone = Zone.load("America/St_Johns")
    midnight = zone.start_of(date(2010, 11, 7))
    assert zone.local(midnight + MINUTE) == datetime(2010, 11, 6, 23, 1)
    assert zone.day(midnight + MINUTE) == date(2010, 11, 7)
    assert zone.local(midnight + HOUR) == datetime(2010, 11, 7)
    assert zone.day(midnight - 1) == date(2010, 11, 6)
    assert zone.day(midnight + 25 * HOUR - 1) == date(2010, 11, 7)
    assert zone.day(midnight + 25 * HOUR) == date(2010, 11, 8)


def test_gaps() -> None:
    zone = Zone.load("Europe/London")
    day = date(2026, 3, 29)
    change = utc("2026-03-29T01:00")
    for ticks in (HOUR, HOUR + 30 * MINUTE, 2 * HOUR - 1):
        with pytest.raises(TimeError) as caught:
            zone.at(day, ticks)
        assert caught.value.reason == "gap"
        assert zone.wall(day, ticks) == zone.at(day, ticks, "earlier") == zone.at(day, ticks, "later") == change
    assert zone.at(day, HOUR - 1) == change - 1
    assert zone.at(day, 2 * HOUR) == change
    assert zone.wall(day, DAY_TICKS) == zone.start_of(date(2026, 3, 30)) == utc("2026-03-29T23:00")


def test_folds() -> None:
    zone = Zone.load("Europe/London")
    day = date(2026, 10, 25)
    for ticks in (HOUR, HOUR + 30 * MINUTE, 2 * HOUR - 1):
        with pytest.raises(TimeError) as caught:
            zone.at(day, ticks)
        assert caught.value.reason == "fold"
        assert zone.wall(day, ticks) == zone.at(day, ticks, "earlier") == zone.at(day, ticks, "later") - HOUR
    assert zone.at(day, 2 * HOUR) == utc("2026-10-25T02:00")


def test_midnight_in_a_gap() -> None:
    zone = Zone.load("Asia/Beirut")
    with pytest.raises(TimeError, match="2026-03-29 00:00 does not exist in Asia/Beirut"):
        zone.at(date(2026, 3, 29), 0)
    assert zone.wall(date(2026, 3, 28), DAY_TICKS) == zone.wall(date(2026, 3, 29), 0) == utc("2026-03-28T22:00")


def test_a_zone_is_known_by_its_name() -> None:
    zone = Zone.load("Europe/London")
    assert zone == Zone.load("Europe/London") != Zone.load("Europe/Dublin")
    assert hash(zone) == hash(Zone.load("Europe/London"))
    assert pickle.loads(pickle.dumps(zone)) == zone == copy.deepcopy(zone)
    assert repr(zone) == "Zone.load('Europe/London')"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("London", ("Europe/London",)),
        ("europe/london", ("Europe/London",)),
        ("New York", ("America/New_York",)),
        ("Kathmandu", ("Asia/Kathmandu",)),
    ],
)
def test_unknown_zones_come_with_a_hint(name: str, near: tuple[str, ...]) -> None:
    with pytest.raises(UnknownZone) as caught:
        Zone.load(name)
    assert caught.value.near == near
    assert near[0] in str(caught.value)


@pytest.mark.parametrize(
    "name", ["", ".", "../zones", "/etc/localtime", "Europe", "Europe/", "zone.tab", "\0", "GMT+25"]
)
def test_no_name_reaches_the_file_system(name: str) -> None:
    with pytest.raises(UnknownZone):
        Zone.load(name)


def changes(name: str) -> list[tuple[int, int]]:
    """The changes of offset in a zone file: second, and seconds east from then on (RFC 8536, the 64-bit block)."""
    data = resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()

    def counts(at: int) -> tuple[int, ...]:
        return struct.unpack(">6l", data[at + 20 : at + 44])

    utc_flags, standard_flags, leaps, times, kinds, letters = counts(0)
    at = 44 + times * 5 + kinds * 6 + letters + leaps * 8 + standard_flags + utc_flags
    *_, times, kinds, letters = counts(at)
    at += 44
    when = struct.unpack(f">{times}q", data[at : at + 8 * times])
    which = data[at + 8 * times : at + 9 * times]
    at += 9 * times
    offsets = [struct.unpack(">l", data[at + 6 * kind : at + 6 * kind + 4])[0] for kind in range(kinds)]
    found, last = [], offsets[0]
    for second, kind in zip(when, which, strict=True):
        if offsets[kind] != last:
            last = offsets[kind]
            found.append((second, last))
    return found


def test_every_change_of_every_zone_stands_alone() -> None:
    for name in zone_names():
        seconds = [second for second, _ in changes(name) if second > -86400]
        assert all(after - before > 28 * 3600 for before, after in pairwise(seconds)), name


@pytest.mark.parametrize("name", TRICKY)
def test_every_change_is_found_to_the_second(name: str) -> None:
    zone = Zone.load(name)
    found = [(second, offset) for second, offset in changes(name) if second >= 0]
    for (_, before), (second, offset) in pairwise(found):
        assert zone.offset(second * 10**6) == offset // 60
        assert zone.offset(second * 10**6 - 1) == before // 60


def test_nothing_is_read_from_the_machine(tmp_path: object) -> None:
    script = (
        "from bpodsl.values import *; import datetime;"
        "print(show_instant(1775000000000000, Zone.load('Europe/London')), Zone.load('Asia/Tokyo').local(0))"
    )
    shown = {
        subprocess.run(
            [sys.executable, "-c", script], env={**os.environ, **env}, capture_output=True, text=True, check=True
        ).stdout
        for env in ({}, {"TZ": "Asia/Tokyo", "PYTHONTZPATH": str(tmp_path), "LC_ALL": "de_DE.UTF-8"})
    }
    assert shown == {"2026-04-01T00:33:20+01:00 1970-01-01 09:00:00\n"}


def test_the_release_of_the_data_is_known() -> None:
    assert zone_data_version()[:4].isdigit()
