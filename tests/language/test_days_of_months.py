"""Days of the month, week or year in which another day lies: as the text says, in both evaluators."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from bpodsl.values import add_days, add_months, cell_of
from tests.campaign.compare import canonical
from tests.language.both import made

PATH = Path(__file__).parent / "days_of_months.bpo"
CONTRACT = understand(PATH).contract
TEXT = PATH.read_text()


def test_its_tests_hold():
    assert [problem for each in try_examples(CONTRACT) for problem in each.failures] == []


@pytest.mark.parametrize("example", CONTRACT.examples, ids=lambda example: example.name)
def test_both_evaluators_say_the_same(example):
    events, until = made(CONTRACT, example)
    assert canonical(evaluate(CONTRACT, events, until)) == canonical(run(CONTRACT, events, until))


@pytest.mark.parametrize("n", [1, 3, 5, 12])
@pytest.mark.parametrize("anchor", [date(1970, 1, 1), date(2024, 2, 29), date(2025, 5, 31)])
def test_cells_follow_each_other_and_hold_their_days(n, anchor):
    starts = {add_months(anchor, n * k) for k in range(-900, 900)}
    day = date(2019, 1, 1)
    while day < date(2029, 1, 1):
        first, last = cell_of(day, "months", n, anchor)
        assert first <= day <= last
        assert cell_of(day, "months", n, anchor, 1)[0] == add_days(last, 1)
        assert cell_of(day, "months", n, anchor, -1)[1] == add_days(first, -1)
        assert first in starts
        day = add_days(day, 7)


def problems(old: str, new: str) -> list[tuple[str, str]]:
    assert old in TEXT
    return [(p.code, p.message()) for p in understand_text("x.bpo", TEXT.replace(old, new))[1]]


def test_only_a_day_lies_in_a_month():
    found, *_ = problems("last day of the contract year of noticed", "last day of the contract year of ref")
    assert found[0] == "BPO301"


def test_a_month_has_so_many_days():
    (found,) = problems("day 7 of the week after noticed", "day 8 of the week after noticed")
    assert found == ("BPO312", "The number of the day of the week is a whole number from 1 to 7.")


def test_hours_are_not_counted_from_the_end_of_the_month_of_an_event():
    (found,) = problems("within 45 days after the end of the month", "within 45 hours after the end of the month")
    assert found[0] == "BPO320"


def test_a_window_is_asked_for_where_there_is_one():
    (found,) = problems("within 45 days after the end of the month", "by (last day of the whole window)")
    assert found[0] == "BPO209"
