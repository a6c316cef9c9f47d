"""Windows: a term cut by a grid, against a walk over its days."""

import pickle
from datetime import date, timedelta
from itertools import islice, pairwise

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from bpodsl.values import (
    Grid,
    Window,
    Zone,
    add_months,
    count_windows,
    last_index,
    parse_instant,
    window_at,
    window_of_index,
    window_on,
    windows,
)

LONDON = Zone.load("Europe/London")


def cut(grid: Grid, first: str, end: str) -> list[tuple[str, int, int, int, bool]]:
    return [
        (each.label, each.index, each.days, each.whole_days, each.whole)
        for each in windows(grid, LONDON, date.fromisoformat(first), date.fromisoformat(end))
    ]


def labels(grid: Grid, first: str, end: str) -> list[str]:
    return [label for label, *_ in cut(grid, first, end)]


def test_calendar_months() -> None:
    found = list(windows(Grid("month"), LONDON, date(2026, 3, 1), date(2026, 5, 1)))
    start, middle, end = (parse_instant(f"2026-{month}-01T00:00", LONDON).instant for month in ("03", "04", "05"))
    assert found == [
        Window(start, middle, date(2026, 3, 1), date(2026, 3, 31), "2026-03", 0, True, 31, 31),
        Window(middle, end, date(2026, 4, 1), date(2026, 4, 30), "2026-04", 1, True, 30, 30),
    ]


def test_months_that_the_term_cuts() -> None:
    term = ("2026-02-12", "2026-04-11")
    assert cut(Grid("month"), *term) == [
        ("2026-02", 0, 17, 28, False),
        ("2026-03", 1, 31, 31, True),
        ("2026-04", 2, 10, 30, False),
    ]
    assert cut(Grid("month", partial="exclude"), *term) == [("2026-03", 1, 31, 31, True)]


def test_months_counted_from_a_day() -> None:
    grid = Grid("month", anchor=date(2026, 2, 12))
    assert cut(grid, "2026-02-12", "2026-04-12") == [
        ("2026-02-12/2026-03-11", 0, 28, 28, True),
        ("2026-03-12/2026-04-11", 1, 31, 31, True),
    ]


def test_months_counted_from_the_31st_clamp_one_boundary_only() -> None:
    grid = Grid("month", anchor=date(2026, 1, 31))
    found = list(windows(grid, LONDON, date(2026, 1, 31), date(2026, 8, 1)))
    assert [each.first for each in found] == [add_months(date(2026, 1, 31), n) for n in range(7)]
    assert [each.first.isoformat()[5:] for each in found] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31",
    ]  # fmt: skip
    assert found[-1].whole is False
    leap = Grid("month", 12, anchor=date(2024, 2, 29))
    assert [str(each.first) for each in windows(leap, LONDON, date(2024, 2, 29), date(2029, 2, 28))] == [
        "2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29",
    ]  # fmt: skip


def test_quarters_and_years() -> None:
    assert labels(Grid("month", 3), "2026-02-10", "2026-08-01") == ["2026-Q1", "2026-Q2", "2026-Q3"]
    assert labels(Grid("month", 12), "2026-04-01", "2028-04-01") == ["2026", "2027", "2028"]
    assert labels(Grid("month", 6), "2026-04-01", "2027-01-01") == ["2026-01-01/2026-06-30", "2026-07-01/2026-12-31"]
    assert labels(Grid("month", 12, anchor=date(2026, 4, 1)), "2026-04-01", "2028-04-01") == [
        "2026-04-01/2027-03-31",
        "2027-04-01/2028-03-31",
    ]
    # Lengths that the calendar does not know begin with the term's month.
    assert labels(Grid("month", 5), "2026-02-10", "2026-12-01") == ["2026-02-01/2026-06-30", "2026-07-01/2026-11-30"]
    # Counted from the first of a month, they are calendar months by their own names.
    assert labels(Grid("month", anchor=date(2026, 4, 1)), "2026-04-01", "2026-06-01") == ["2026-04", "2026-05"]


def test_weeks() -> None:
    assert cut(Grid("week"), "2026-04-08", "2026-04-27") == [
        ("2026-W15", 0, 5, 7, False),
        ("2026-W16", 1, 7, 7, True),
        ("2026-W17", 2, 7, 7, True),
    ]
    assert labels(Grid("week"), "2026-12-28", "2027-01-11") == ["2026-W53", "2027-W01"]
    assert labels(Grid("week", 2), "2026-04-08", "2026-04-27") == ["2026-04-06/2026-04-19", "2026-04-20/2026-05-03"]
    assert labels(Grid("week", anchor=date(2026, 4, 8)), "2026-04-08", "2026-04-22") == [
        "2026-04-08/2026-04-14",
        "2026-04-15/2026-04-21",
    ]


def test_days_and_blocks_of_days() -> None:
    assert labels(Grid("day"), "2026-04-07", "2026-04-09") == ["2026-04-07", "2026-04-08"]
    assert cut(Grid("day", 28), "2026-01-01", "2026-03-01") == [
        ("2026-01-01/2026-01-28", 0, 28, 28, True),
        ("2026-01-29/2026-02-25", 1, 28, 28, True),
        ("2026-02-26/2026-03-25", 2, 3, 28, False),
    ]
    # An anchor after the term's first day counts backwards too.
    assert cut(Grid("day", 10, anchor=date(2026, 1, 6)), "2026-01-01", "2026-01-16") == [
        ("2025-12-27/2026-01-05", 0, 5, 10, False),
        ("2026-01-06/2026-01-15", 1, 10, 10, True),
    ]


def test_the_whole_term() -> None:
    for span in (1, 3):
        grid = Grid("term", span=span, partial="exclude")
        assert cut(grid, "2026-04-01", "2027-04-01") == [("2026-04-01/2027-03-31", 0, 365, 365, True)]


def test_rolling_windows() -> None:
    term = ("2026-02-01", "2026-07-01")
    assert cut(Grid("month", span=3, partial="exclude"), *term) == [
        ("2026-02..2026-04", 2, 89, 89, True),
        ("2026-03..2026-05", 3, 92, 92, True),
        ("2026-04..2026-06", 4, 91, 91, True),
    ]
    assert cut(Grid("month", span=3), *term)[:3] == [
        ("2026-02", 0, 28, 90, False),
        ("2026-02..2026-03", 1, 59, 90, False),
        ("2026-02..2026-04", 2, 89, 89, True),
    ]
    assert cut(Grid("month", span=2, partial="exclude"), "2026-02-12", "2026-05-20") == [
        ("2026-03..2026-04", 2, 61, 61, True)
    ]
    assert labels(Grid("month", span=2, anchor=date(2026, 2, 12)), "2026-02-12", "2026-04-12") == [
        "2026-02-12/2026-03-11",
        "2026-02-12/2026-04-11",
    ]
    assert labels(Grid("month", span=9, partial="exclude"), *term) == []


def test_an_empty_term_has_no_windows() -> None:
    day = date(2026, 4, 1)
    for grid in (Grid("month"), Grid("term"), Grid("day", span=2, partial="exclude")):
        assert list(windows(grid, LONDON, day, day)) == []
        assert count_windows(grid, day, day) == 0
        assert window_at(grid, LONDON, day, day, LONDON.start_of(day)) is None
        assert window_of_index(grid, LONDON, day, day, 0) is None


@pytest.mark.parametrize("length", [0, -1])
def test_a_grid_has_a_length(length: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Grid("month", n=length)
    with pytest.raises(ValueError, match="at least one"):
        Grid("month", span=length)


def test_windows_are_made_one_at_a_time() -> None:
    first, end = date(1970, 1, 1), date(2199, 12, 31)
    assert [each.label for each in islice(windows(Grid("day"), LONDON, first, end), 2)] == ["1970-01-01", "1970-01-02"]
    assert count_windows(Grid("day"), first, end) == (end - first).days
    assert count_windows(Grid("month", partial="exclude"), first, end) == 230 * 12 - 1


def test_days_of_a_clock_change() -> None:
    for name, day, hours in [
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("Europe/London", date(2026, 3, 29), 23),
    ]:
        zone = Zone.load(name)
        (window,) = windows(Grid("day"), zone, day, day + timedelta(days=1))
        assert window.end - window.start == hours * 3600 * 10**6
        for instant in (window.start, window.end - 1):
            assert window_at(Grid("day"), zone, day - timedelta(days=9), day + timedelta(days=9), instant) is not None


def test_windows_are_values_in_order_of_time() -> None:
    grid = Grid("month", span=2, anchor=date(2026, 1, 31))
    found = list(windows(grid, LONDON, date(2026, 1, 31), date(2027, 1, 1)))
    assert sorted(found, reverse=True)[::-1] == found
    assert pickle.loads(pickle.dumps((grid, found))) == (grid, found)
    assert hash(pickle.loads(pickle.dumps(grid))) == hash(grid)


dates = st.dates(date(1999, 1, 1), date(2030, 12, 31))
grids = st.builds(
    Grid,
    st.sampled_from(["day", "week", "month", "term"]),
    st.sampled_from([1, 2, 3, 5, 6, 12, 28]),
    st.none() | dates,
    st.integers(1, 4),
    st.sampled_from(["inside", "exclude"]),
    times=st.none() | st.integers(1, 9),
)
zones = st.sampled_from(["Europe/London", "America/Sao_Paulo", "America/St_Johns", "Asia/Beirut"]).map(Zone.load)


@given(grids, zones, dates, st.integers(1, 500))
def test_every_way_to_a_window_agrees(grid: Grid, zone: Zone, first: date, length: int) -> None:
    end = first + timedelta(days=length)
    found = list(windows(grid, zone, first, end))
    assert count_windows(grid, first, end) == len(found)
    assert last_index(grid, first, end) == (found[-1].index if found else -1)
    by_index = {each.index: each for each in found}
    assert len(by_index) == len({each.label for each in found}) == len(found)
    for index in range(-2, (found[-1].index if found else 0) + 3):
        assert window_of_index(grid, zone, first, end, index) == by_index.get(index)
    for window in found:
        assert window.start == zone.start_of(window.first)
        assert window.end == zone.start_of(window.last + timedelta(days=1))
        assert window.days == (window.last - window.first).days + 1 <= window.whole_days
        assert window.whole == (window.days == window.whole_days)
        assert window.whole or grid.partial == "inside"
        assert first <= window.first <= window.last < end
        assert window_at(grid, zone, first, end, window.end - 1) == window
        assert window_on(grid, zone, first, end, window.last) == window
    assert window_on(grid, zone, first, end, end) is None
    assert window_at(grid, zone, first, end, zone.start_of(first) - 1) is None


@given(grids, zones, dates, st.integers(1, 500))
def test_single_cells_cover_the_term_once(grid: Grid, zone: Zone, first: date, length: int) -> None:
    end = first + timedelta(days=length)
    grid = Grid(grid.unit, grid.n, grid.anchor)
    found = list(windows(grid, zone, first, end))
    assert [each.index for each in found] == list(range(len(found)))
    assert found[0].start == zone.start_of(first)
    assert found[-1].end == zone.start_of(end)
    assert all(a.end == b.start for a, b in pairwise(found))
    assert sum(each.days for each in found) == length
    whole = list(windows(Grid(grid.unit, grid.n, grid.anchor, partial="exclude"), zone, first, end))
    assert whole == [each for each in found if each.whole]


@given(grids, zones, dates, st.integers(1, 500))
def test_a_rolling_window_is_its_cells(grid: Grid, zone: Zone, first: date, length: int) -> None:
    end = first + timedelta(days=length)
    cells = list(windows(Grid(grid.unit, grid.n, grid.anchor), zone, first, end))
    span = 1 if grid.unit == "term" else grid.span
    for window in windows(grid, zone, first, end):
        parts = cells[max(0, window.index - span + 1) : window.index + 1]
        assert window.days == sum(part.days for part in parts)
        assert (window.start, window.end) == (parts[0].start, parts[-1].end)
        assert window.whole == (len(parts) == span and all(part.whole for part in parts))


def test_a_grid_of_so_many_windows_ends_with_the_last_of_them():
    first, end = date(2026, 1, 1), date(2200, 1, 1)
    daily = Grid("day", anchor=date(2026, 1, 10), times=3)
    # Index 0 is the day on which the term begins, nine days before the anchor.
    assert [w.index for w in windows(daily, Zone.load("UTC"), first, end)] == [9, 10, 11]
    assert last_index(daily, first, end) == 11
    assert last_index(daily, first, date(2026, 1, 11)) == 9
    assert last_index(daily, first, date(2026, 1, 5)) == -1
    assert last_index(evolve(daily, anchor=date(2025, 12, 1)), first, end) == -1


def test_windows_before_a_stated_day_are_left_out_and_the_others_keep_their_index():
    zone, first, end = Zone.load("UTC"), date(2026, 1, 1), date(2027, 1, 1)
    every = Grid("month")
    late = Grid("month", begins=date(2026, 3, 1))
    assert [w.label for w in windows(late, zone, first, end)][:2] == ["2026-03", "2026-04"]
    assert window_of_index(late, zone, first, end, 1) is None
    assert window_of_index(late, zone, first, end, 2) == window_of_index(every, zone, first, end, 2)
    assert count_windows(late, first, end) == 10
    # A day inside a month: that month began before it.
    inside = Grid("month", begins=date(2026, 3, 2))
    assert next(windows(inside, zone, first, end)).label == "2026-04"
    # A rolling window begins with the first of its cells.
    rolling = Grid("month", span=3, begins=date(2026, 3, 1))
    assert next(windows(rolling, zone, first, end)).label == "2026-03..2026-05"
    assert list(windows(Grid("month", begins=date(2025, 3, 1)), zone, first, end)) == list(
        windows(every, zone, first, end)
    )
