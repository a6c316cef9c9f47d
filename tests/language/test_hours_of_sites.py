"""Hours that a list names, and shares of several duties: as the texts say, in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.record.intake import example_events
from bpodsl.record.relating import relate
from bpodsl.reference import run
from bpodsl.trials import try_examples, until_of
from tests.campaign.compare import canonical

PATH = Path(__file__).parent / "hours_of_sites.bpo"
CONTRACT = understand(PATH).contract
TEXT = PATH.read_text()


def test_its_tests_hold():
    assert [problem for each in try_examples(CONTRACT) for problem in each.failures] == []


@pytest.mark.parametrize("example", CONTRACT.examples, ids=lambda example: example.name)
def test_both_evaluators_say_the_same(example):
    events, refused = example_events(CONTRACT, example)
    assert not refused
    until = until_of(CONTRACT, example, events)
    events = relate(CONTRACT, events, until).events
    assert canonical(evaluate(CONTRACT, events, until)) == canonical(run(CONTRACT, events, until))


def problems(old: str, new: str) -> list[tuple[str, str]]:
    assert old in TEXT
    return [(p.code, p.message()) for p in understand_text("x.bpo", TEXT.replace(old, new))[1]]


def test_what_is_no_calendar_has_no_open_time():
    found = problems("| otherwise |            | long_hours ", "| otherwise |            | all_hours ")
    message = "This is `all_hours` in the column `hours` of `sites`; the name of a calendar is needed here."
    assert set(found) == {("BPO301", message)}


def test_a_duty_is_counted_once():
    found = problems("share of any of respond, repair missed", "share of any of repair, repair missed")
    assert found == [("BPO319", "This clause has said `repair` already.")]


def test_each_duty_must_have_the_group():
    (code, message), *_ = problems("by site, counted when opened", "by region, counted when opened")
    assert (code, message.split(":")[0]) == (
        "BPO204",
        "An outcome of `respond` has no field `region`; it has `ticket` and `site`.",
    )


def test_a_share_of_several_is_of_the_fulfilled_and_the_missed():
    found = problems("share of any of respond or repair fulfilled", "share of any of respond or repair late")
    assert ("BPO320", "A share is of the fulfilled and the missed; `late` is neither.") in found


def test_a_row_that_the_duty_may_need_is_still_demanded():
    found = problems("where not (site is york and severity is low)", "where not (site is leeds and severity is low)")
    assert found == [("BPO314", "`grid` says no visit where site and severity is york, low.")]
    found = problems("each asked where severity is high", "each asked where severity is not high")
    assert found == [("BPO314", "No row says what applies where `severity` is low.")]


def test_a_time_stands_behind_days_and_once():
    found = problems("| 2 days        |", "| 2, by 12:00   |")
    assert ("BPO301", "This is a time of the last day; a length in days before it is needed here.") in found
    found = problems("within reply of site, severity in grid", "within reply of site, severity in grid, by 09:00")
    assert {code for code, _ in found} >= {"BPO319"}


def test_each_row_of_a_list_has_a_value_only_where_there_is_one_for_all():
    found = problems("  | york  | low  | 10%    |\n", "")
    (said,) = [message for code, message in found if code == "BPO320"][:1]
    assert said == "`weights` has no row for york, low, so that not each of these has a value."
    found = problems(
        "each month for each site, severity of weights, counted", "each month for each severity of weights, counted"
    )
    assert ("BPO320", "`weights` is by site and severity, not by `severity` alone.") in found
