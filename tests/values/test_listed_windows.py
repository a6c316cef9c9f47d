"""Windows whose cells are written out, change on a day, or are known only from events; against them written by hand."""

from __future__ import annotations

from datetime import date

import pytest

from bpodsl.values import (
    DayFrom,
    Grid,
    Zone,
    count_windows,
    last_index,
    window_of_index,
    window_on,
    windows,
)

UTC = Zone.load("UTC")
EDGES = (date(2026, 1, 5), date(2026, 4, 6), date(2026, 7, 4), date(2026, 10, 3))
LABELS = ("Winter", "Spring", "Summer")
QUARTERS = Grid("listed", anchor=EDGES[0], times=3, edges=EDGES, labels=LABELS)
WHOLE = Grid("listed", anchor=EDGES[0], times=3, edges=EDGES, labels=LABELS, partial="exclude")
TWO = Grid("listed", anchor=EDGES[0], times=3, edges=EDGES, labels=LABELS, span=2)


def cut(grid: Grid, first: str, end: str) -> list[tuple[str, int, str, str, bool]]:
    return [
        (each.label, each.index, each.first.isoformat(), each.last.isoformat(), each.whole)
        for each in windows(grid, UTC, date.fromisoformat(first), date.fromisoformat(end))
    ]


def labels(grid: Grid, first: str, end: str) -> list[str]:
    return [label for label, *_ in cut(grid, first, end)]


def test_cells_as_they_are_written_out() -> None:
    assert cut(QUARTERS, "2026-01-05", "2026-10-03") == [
        ("Winter", 0, "2026-01-05", "2026-04-05", True),
        ("Spring", 1, "2026-04-06", "2026-07-03", True),
        ("Summer", 2, "2026-07-04", "2026-10-02", True),
    ]


def test_what_lies_outside_the_list_has_no_window() -> None:
    assert labels(QUARTERS, "2025-12-01", "2026-12-01") == ["Winter", "Spring", "Summer"]
    # The term cuts the first and the last.
    assert cut(QUARTERS, "2026-02-01", "2026-08-01") == [
        ("Winter", 0, "2026-02-01", "2026-04-05", False),
        ("Spring", 1, "2026-04-06", "2026-07-03", True),
        ("Summer", 2, "2026-07-04", "2026-07-31", False),
    ]
    assert labels(WHOLE, "2026-02-01", "2026-08-01") == ["Spring"]


def test_a_term_that_begins_before_the_list_cuts_none_of_it() -> None:
    assert labels(WHOLE, "2025-12-01", "2026-12-01") == ["Winter", "Spring", "Summer"]


@pytest.mark.parametrize(
    ("day", "label"),
    [("2026-01-04", None), ("2026-01-05", "Winter"), ("2026-04-05", "Winter"), ("2026-04-06", "Spring"),
     ("2026-10-02", "Summer"), ("2026-10-03", None)],
)  # fmt: skip
def test_the_listed_window_on_a_day(day: str, label: str | None) -> None:
    found = window_on(QUARTERS, UTC, date(2025, 12, 1), date(2026, 12, 1), date.fromisoformat(day))
    assert (None if found is None else found.label) == label


def test_a_window_of_several_listed_cells_is_named_by_both_ends() -> None:
    assert cut(TWO, "2026-01-05", "2026-10-03") == [
        ("Winter..Spring", 1, "2026-01-05", "2026-07-03", True),
        ("Spring..Summer", 2, "2026-04-06", "2026-10-02", True),
    ]


MONTHS_THEN_LONGER = Grid("month", later=((date(2026, 4, 1), Grid("month", n=3)), (date(2026, 10, 1), Grid("month"))))


def test_cells_that_are_others_from_a_day_on() -> None:
    assert cut(MONTHS_THEN_LONGER, "2026-01-15", "2026-12-01") == [
        ("2026-01", 0, "2026-01-15", "2026-01-31", False),
        ("2026-02", 1, "2026-02-01", "2026-02-28", True),
        ("2026-03", 2, "2026-03-01", "2026-03-31", True),
        ("2026-Q2", 3, "2026-04-01", "2026-06-30", True),
        ("2026-Q3", 4, "2026-07-01", "2026-09-30", True),
        ("2026-10", 5, "2026-10-01", "2026-10-31", True),
        ("2026-11", 6, "2026-11-01", "2026-11-30", True),
    ]
    first, end = date(2026, 1, 15), date(2026, 12, 1)
    assert count_windows(MONTHS_THEN_LONGER, first, end) == 7
    assert last_index(MONTHS_THEN_LONGER, first, end) == 6
    for each in windows(MONTHS_THEN_LONGER, UTC, first, end):
        assert window_of_index(MONTHS_THEN_LONGER, UTC, first, end, each.index) == each
        for day in (each.first, each.last):
            assert window_on(MONTHS_THEN_LONGER, UTC, first, end, day) == each


def test_the_grids_of_its_windows() -> None:
    assert Grid("month").each == (Grid("month"),)
    assert MONTHS_THEN_LONGER.each == (Grid("month"), Grid("month", n=3), Grid("month"))


def test_a_grid_that_waits_for_an_event_has_no_windows() -> None:
    first, end = date(2026, 1, 1), date(2026, 4, 1)
    for grid in (
        Grid("month", anchor_from=DayFrom("went_live")),
        Grid("month", begins_from=DayFrom("went_live", 2, "months")),
    ):
        assert grid.waits
        assert list(windows(grid, UTC, first, end)) == []
        assert count_windows(grid, first, end) == 0
        assert last_index(grid, first, end) == -1
        assert window_on(grid, UTC, first, end, first) is None
        assert window_of_index(grid, UTC, first, end, 0) is None
    assert not Grid("month").waits


@pytest.mark.parametrize(
    ("length", "counted"),
    [
        (DayFrom("went_live"), "2026-01-31"),
        (DayFrom("went_live", 3), "2026-02-03"),
        (DayFrom("went_live", 2, "weeks"), "2026-02-14"),
        (DayFrom("went_live", 1, "months"), "2026-02-28"),
        (DayFrom("went_live", 1, "years"), "2027-01-31"),
        (DayFrom("went_live", -1, "days"), "2026-01-30"),
    ],
)
def test_a_day_told_by_an_event(length: DayFrom, counted: str) -> None:
    assert length.counted(date(2026, 1, 31)).isoformat() == counted


def test_an_empty_term_has_no_windows() -> None:
    day = date(2026, 1, 1)
    for first, end in ((day, day), (date(2026, 1, 2), day), (date(2026, 1, 31), date(2026, 1, 2))):
        assert list(windows(Grid("month"), UTC, first, end)) == []
        assert count_windows(Grid("month"), first, end) == 0
        assert last_index(Grid("month"), first, end) == -1
        assert window_on(Grid("month"), UTC, first, end, day) is None
        assert window_of_index(Grid("month"), UTC, first, end, 0) is None


def test_a_window_lies_before_what_starts_later_or_starts_with_it_and_ends_later() -> None:
    january, february = windows(Grid("month"), UTC, date(2026, 1, 1), date(2026, 3, 1))
    assert january < february and not february < january and not january < january
    (both,) = windows(Grid("term"), UTC, date(2026, 1, 1), date(2026, 3, 1))
    assert january < both and not both < january


@pytest.mark.parametrize("changed", [{"n": 0}, {"n": -1}, {"span": 0}, {"span": -1}])
def test_cells_and_windows_have_a_length(changed: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one unit"):
        Grid("month", **changed)  # type: ignore[arg-type]
