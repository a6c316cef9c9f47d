"""Instants: read strictly, shown plainly."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    DAY_TICKS,
    FIRST,
    HOUR,
    LAST,
    MINUTE,
    SECOND,
    Stamp,
    TimeError,
    Zone,
    parse_day,
    parse_instant,
    quick_instant,
    show_instant,
    show_length,
    show_utc,
)

LONDON = Zone.load("Europe/London")
EPOCH = datetime(1970, 1, 1)


def ticks(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    return (datetime(year, month, day, hour, minute, second) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("1970-01-01T00:00:00Z", Stamp(0, 0)),
        ("2026-04-07T19:00:00+01:00", Stamp(ticks(2026, 4, 7, 18), 60)),
        ("2026-04-07 19:00+01:00", Stamp(ticks(2026, 4, 7, 18), 60)),
        ("2026-04-07T19:00Z", Stamp(ticks(2026, 4, 7, 19), 0)),
        ("2026-04-07T19:00:00-00:00", Stamp(ticks(2026, 4, 7, 19), 0)),
        ("2026-04-07T19:00:00-03:30", Stamp(ticks(2026, 4, 7, 22, 30), -210)),
        ("2026-04-07T00:10:00+05:45", Stamp(ticks(2026, 4, 6, 18, 25), 345)),
        ("2026-04-07T19:00:00.000001Z", Stamp(ticks(2026, 4, 7, 19) + 1, 0)),
        ("2026-04-07T19:00:00.5Z", Stamp(ticks(2026, 4, 7, 19) + 500_000, 0)),
        ("2016-12-31T23:59:60Z", Stamp(ticks(2016, 12, 31, 23, 59, 59), 0, True)),
        ("2024-02-29T12:00:00Z", Stamp(ticks(2024, 2, 29, 12), 0)),
        ("2199-12-31T23:59:59.999999Z", Stamp(LAST - 1, 0)),
    ],
)
def test_instants_read(text: str, stamp: Stamp) -> None:
    assert parse_instant(text) == stamp


def test_a_local_time_needs_a_zone() -> None:
    assert parse_instant("2026-04-07T19:00", LONDON) == Stamp(ticks(2026, 4, 7, 18), 60)
    assert parse_instant("2026-01-07T19:00", LONDON) == Stamp(ticks(2026, 1, 7, 19), 0)
    # An offset that is written wins over the zone.
    assert parse_instant("2026-04-07T19:00Z", LONDON) == Stamp(ticks(2026, 4, 7, 19), 0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-04-07T19:00:00", "naive"),
        ("2026-04-07", "malformed"),
        ("2026-04-07T19Z", "malformed"),
        ("2026-04-07t19:00:00z", "malformed"),
        ("2026-4-7T19:00:00Z", "malformed"),
        ("20260407T190000Z", "malformed"),
        ("2026-W15-2T19:00:00Z", "malformed"),
        ("2026-04-07T19:00:00,5Z", "malformed"),
        ("2026-04-07T19:00:00.Z", "malformed"),
        ("2026-04-07T19:00.5Z", "malformed"),
        ("2026-04-07T24:00:00Z", "malformed"),
        ("2026-04-07T19:60:00Z", "malformed"),
        ("2026-04-07T19:00:61Z", "malformed"),
        ("2026-04-07T19:00:00+24:00", "malformed"),
        ("2026-04-07T19:00:00+01:60", "malformed"),
        ("2026-04-07T19:00:00+0100", "malformed"),
        ("2026-04-07T19:00:00 +01:00", "malformed"),
        (" 2026-04-07T19:00:00Z", "malformed"),
        ("2026-04-07T19:00:00Z\n", "malformed"),
        ("٢٠٢٦-04-07T19:00:00Z", "malformed"),
        ("2026-04-07T1_:00:00Z", "malformed"),
        ("", "malformed"),
        ("2026-02-29T19:00:00Z", "no_such_day"),
        ("2026-00-07T19:00:00Z", "no_such_day"),
        ("0000-01-07T19:00:00Z", "no_such_day"),
        ("2026-04-07T19:00:00.1234567Z", "precision"),
        ("2026-04-07T19:00:00.0000000Z", "precision"),
        ("1969-12-31T23:59:59Z", "out_of_range"),
        ("1970-01-01T00:30:00+01:00", "out_of_range"),
        ("2200-01-01T00:00:00Z", "out_of_range"),
        ("9999-12-31T23:59:59Z", "out_of_range"),
    ],
)
def test_instants_refused(text: str, reason: str) -> None:
    with pytest.raises(TimeError) as caught:
        parse_instant(text)
    assert caught.value.reason == reason
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-03-29T01:00", "gap"),
        ("2026-03-29T01:59:59.999999", "gap"),
        ("2026-10-25T01:00", "fold"),
        ("2026-10-25T01:59:59.999999", "fold"),
        ("9999-12-31T23:00", "out_of_range"),
        ("0001-01-01T00:00", "out_of_range"),
    ],
)
def test_local_times_that_the_clock_change_spoils(text: str, reason: str) -> None:
    with pytest.raises(TimeError) as caught:
        parse_instant(text, LONDON)
    assert caught.value.reason == reason


def test_local_times_beside_the_clock_change() -> None:
    assert (
        parse_instant("2026-03-29T00:59:59.999999", LONDON).instant + 1
        == parse_instant("2026-03-29T02:00", LONDON).instant
    )
    assert parse_instant("2026-10-25T00:59", LONDON) == Stamp(ticks(2026, 10, 24, 23, 59), 60)
    assert parse_instant("2026-10-25T02:00", LONDON) == Stamp(ticks(2026, 10, 25, 2), 0)


@given(st.integers(FIRST, LAST - 1), st.sampled_from(["Europe/London", "America/St_Johns", "Asia/Kathmandu", "UTC"]))
def test_what_is_shown_reads_back(instant: int, name: str) -> None:
    zone = Zone.load(name)
    assert parse_instant(show_utc(instant)).instant == instant
    stamp = parse_instant(show_instant(instant, zone))
    assert (stamp.instant, stamp.offset_minutes) == (instant, zone.offset(instant))


def slowly(text: str) -> int | None:
    try:
        stamp = parse_instant(text)
    except TimeError:
        return None
    return stamp.instant


@given(st.integers(FIRST, LAST - 1))
def test_the_quick_way_reads_what_is_shown(instant: int) -> None:
    assert quick_instant(show_utc(instant)) == instant


@given(
    st.sampled_from(["2026-04-07T19:00:00Z", "2024-02-29T23:59:59.123456Z", "1970-01-01T00:00:00.5Z"]),
    st.lists(st.tuples(st.integers(0, 27), st.sampled_from("0123456789:.-TZ +٣²")), max_size=3),
)
def test_the_quick_way_reads_nothing_otherwise(text: str, changes: list[tuple[int, str]]) -> None:
    for at, character in changes:
        text = text[:at] + character + text[at + 1 :]
    assert quick_instant(text) in (None, slowly(text))


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00Z", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "", "Z"])
def test_the_quick_way_leaves_what_cannot_be(text: str) -> None:
    assert quick_instant(text) is None and slowly(text) is None


def test_shown_in_both_offsets() -> None:
    fold = ticks(2026, 10, 25, 0, 30)
    assert show_instant(fold, LONDON) == "2026-10-25T01:30:00+01:00"
    assert show_instant(fold + HOUR, LONDON) == "2026-10-25T01:30:00+00:00"
    assert show_utc(fold) == "2026-10-25T00:30:00Z"
    assert show_utc(fold + 120_000) == "2026-10-25T00:30:00.12Z"
    assert show_instant(0, Zone.load("America/New_York")) == "1969-12-31T19:00:00-05:00"


def test_days() -> None:
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    assert parse_day("1970-01-01") == date(1970, 1, 1)
    assert parse_day("2199-12-31") == date(2199, 12, 31)
    for text, reason in [
        ("2023-02-29", "no_such_day"),
        ("2200-01-01", "out_of_range"),
        ("1969-12-31", "out_of_range"),
        ("2026-1-1", "malformed"),
        ("2026-W01", "malformed"),
        ("２０２６-01-01", "malformed"),
        ("2026-01-01\n", "malformed"),
    ]:
        with pytest.raises(TimeError) as caught:
            parse_day(text)
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (0, "0 s"),
        (2 * HOUR, "2 h"),
        (3 * HOUR + 59 * MINUTE + 59 * SECOND, "3 h 59 min 59 s"),
        (90 * SECOND, "1 min 30 s"),
        (49 * HOUR + SECOND, "49 h 1 s"),
        (1_500_000, "1.5 s"),
        (1, "0.000001 s"),
        (-1_500_000, "-1.5 s"),
        (-2 * HOUR - MINUTE, "-2 h 1 min"),
    ],
)
def test_lengths_shown(length: int, shown: str) -> None:
    assert show_length(length) == shown


def test_the_units() -> None:
    assert (SECOND, MINUTE, HOUR, DAY_TICKS) == (10**6, 60 * 10**6, 3600 * 10**6, 86400 * 10**6)
    assert (ticks(1970, 1, 1), ticks(2200, 1, 1)) == (FIRST, LAST)
