"""What measures leave open, and what `check --measures` says of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.bounds.measuring import Followers, elements
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand, understand_text
from tests.conftest import ROOT
from tests.lint.test_rules import PRELUDE, doubts, said

SERVICE_DESK = ROOT / "examples" / "it_service_desk" / "it_service_desk.bpo"
COUNT = "measure m\n  each month\n  {}\n  target {}\n"
CREDIT = "credit c for m, of fee\n  | at most 2 | 0% |\n  | otherwise | 10% |\n"


def codes(text):
    return [code for code, _ in said(text)]


@pytest.mark.parametrize(
    ("value", "target", "found"),
    [
        ("count of down", "at most 2", ["BPO460"]),
        ("count of claimed", "at most 2", []),
        ("count of down", "at least 2", []),
        ("count of down / count of claimed", "at most 2", []),
    ],
)
def test_silence_that_is_as_good_as_no_fault(value, target, found):
    credit = CREDIT.replace("at most 2 | 0%", "at least 2 | 0%") if "least" in target else CREDIT
    assert [code for code in codes(COUNT.format(value, target) + credit) if code == "BPO460"] == found


def test_where_nothing_hangs_on_it_nothing_is_said():
    text = COUNT.format("count of down", "at most 2") + 'trigger t\n  when m is missed\n  then tell "x"\n'
    assert codes(text) == []


def test_all_is_said_in_one_problem():
    _, problems = understand_text("small.bpo", PRELUDE + COUNT.format("count of down", "at most 2") + CREDIT)
    (problem,) = [each for each in problems if each.code == "BPO460"]
    assert problem.message() == (
        "`m` is 0 where nothing is reported, which meets its target, and only `meridian`, who would owe, reports it; "
        "`c` rests on it."
    )
    assert "small samples: one is enough; rounding: none: exact" in problem.hint()


def test_rows_that_drop_out():
    text = "measure m\n  each month\n  mean of amount over ticket_opened{}\n  target at least 2 GBP\n"
    credit = "credit c for m, of fee\n  | at least 2 GBP | 0% |\n  | otherwise | 10% |\n"
    found = [message for code, message in said(text.format("") + credit) if code == "BPO460"]
    assert found == ["`m` drops each `ticket_opened` that leaves out `amount`, without saying so; `c` rests on it."]
    assert codes(text.format(" where amount is given") + credit) == []


def test_elements_and_what_hangs_on_a_measure():
    contract = understand(SERVICE_DESK).contract
    answer = next(figure for figure in contract.figures if figure.name == "answer")
    told = {each.name: (each.told, each.stated) for each in elements(contract, answer)}
    assert told["population"] == ("`call_offered`", True)
    assert told["small samples"] == ("fewer than 20: not measured", True)
    assert told["rounding"] == ("half up to 0.1 %", True)
    assert told["cut-off"][1] is False
    hangs = Followers(contract).hanging("answer")
    assert "answer_credit" in hangs.money
    assert "major_credit" not in hangs.money
    assert "for_cause" in hangs.rights


def test_programs_get_them_too():
    result = CliRunner().invoke(bpodsl, ["check", str(SERVICE_DESK), "--measures", "--format", "json"])
    portal = next(each for each in json.loads(result.stdout)["measures"] if each["measure"] == "portal")
    assert portal["elements"]["calendar"] == {"told": "desk", "stated": True}
    assert portal["elements"]["exclusions"]["told"] == "during planned_maintenance"
    assert portal["money"] == ["portal_credit"]


NESTED = """event relief_asked from meridian
  kpi       key
  per       month, key
  counts for per
event relief_given from northwind
  kpi       key
  per       month, key
obligation reply
  northwind must relief_given for each relief_asked
  within 5 days
amount relieved
  each month
  count of relief_asked where {}(count of reply fulfilled with the same kpi and the same per) at least 1
"""


@pytest.mark.parametrize(
    ("where", "settles", "found"),
    [
        ("", "", ["BPO461"]),
        # However late the figure settles, a report may come later.
        ("", "  settles 20 days after the end\n", ["BPO461"]),
        ("days from last day of per to the day at most 10 and ", "  settles 14 days after the end\n", ["BPO461"]),
        ("days from last day of per to the day at most 10 and ", "  settles 15 days after the end\n", []),
    ],
)
def test_a_figure_does_not_wait_for_what_it_asks_of_its_rows(where, settles, found):
    assert codes(NESTED.format(where) + settles) == found


@pytest.mark.parametrize(
    ("closing", "settles", "found"),
    [
        # Of relief that may be asked for until ten days after its month, the answer is due five days after that.
        ("records close 10 days after the end of the month", 14, True),
        ("records close 10 days after the end of the month", 15, False),
        ("records of relief_asked close 10 days after the end of the month", 15, False),
        ("records of down close 10 days after the end of the month", 15, True),
        ("records of relief_asked close 20 days after the end of the month\n  "
         "records close 10 days after the end of the month", 24, True),
        ("records of relief_asked close 20 days after the end of the month\n  "
         "records close 10 days after the end of the month", 25, False),
    ],
)  # fmt: skip
def test_how_late_a_row_may_be_reported_is_told_by_the_closing_of_records(closing, settles, found):
    prelude = PRELUDE.replace("  currency ", f"  {closing}\n  currency ", 1)
    text = f"{prelude}\n{NESTED.format('')}  settles {settles} days after the end\n"
    problems = [each for each in doubts(text) if each.code == "BPO461"]
    assert bool(problems) == found
    for each in problems:
        # Only where rows may come for ever does no settling help by itself.
        assert ("records close" in each.hint()) == ("of down" in closing)


def test_what_has_no_deadline_is_told_to_have_one():
    (problem,) = doubts(NESTED.format("").replace("  within 5 days\n", "") + "  settles 20 days after the end\n")
    assert (problem.code, "Add a deadline to `reply`" in problem.hint()) == ("BPO461", True)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # A window waits for outcomes that it counts when opened, and of two duties of one event for the longer.
        ("count of restore missed where (count of answer missed with the same ticket) at least 1", []),
        ("count of answer missed where (count of restore missed with the same ticket) at least 1", ["BPO461"]),
        ("count of ticket_opened where (count of answer missed so far with the same ticket) at least 1", []),
        ("count of ticket_opened where (count of answer opened with the same ticket) at least 1", []),
    ],
)
def test_of_outcomes_that_are_decided_by_then_nothing_is_said(rows, found):
    answer = "obligation answer\n  meridian must ticket_resolved for each ticket_opened\n  within {}\n"
    text = answer.format("1 hour of support") + f"amount both\n  each month, counted when opened\n  {rows}\n"
    assert codes(text) == found


LATE = """
obligation mend
  meridian must ticket_resolved for each ticket_opened
  within 4 hours
amount late_ones
  each month, {}
  {} over mend {}
{}"""


@pytest.mark.parametrize(
    ("counted", "value", "how", "settles", "found"),
    [
        ("counted when opened", "sum of reading", "late", "", ["BPO463"]),
        ("counted when decided", "sum of reading", "late", "", ["BPO463"]),
        ("counted when performed", "sum of reading", "late", "", []),
        ("counted when opened", "sum of reading", "late", "  settles 20 days after the end\n", []),
        ("counted when opened", "sum of reading", "missed", "", []),
    ],
)
def test_what_is_performed_after_the_window_has_settled_is_not_counted(counted, value, how, settles, found):
    assert codes(LATE.format(counted, value, how, settles)) == found


DOWN = """event dropped, lifted from {}
state off from dropped to lifted
measure av
  each month
  {}
  target at least 99%
credit late for av, of fee
  | at least 99% |  0% |
  | otherwise    | 10% |
"""


@pytest.mark.parametrize(
    ("reporter", "value", "found"),
    [
        ("meridian", "100% - (length of off) / (length of support)", ["BPO460"]),
        ("meridian", "availability of support against off", ["BPO460"]),
        ("meridian", "(length of off) / (length of support)", []),
        ("northwind", "availability of support against off", []),
        ("meridian, northwind", "availability of support against off", []),
    ],
)
def test_availability_that_the_owing_party_alone_reports(reporter, value, found):
    problems = doubts(DOWN.format(reporter, value))
    assert [each.code for each in problems if each.code == "BPO460"] == found
    for each in problems:
        if each.code == "BPO460":
            assert "is 100 % where nothing is reported" in each.message()
            assert "only `meridian`, who would owe, reports it" in each.message()


LASTED = """event dropped, lifted from meridian
  machine   key
event tended from meridian
  machine   key
  begins    instant
  finishes  instant
  lasts     from begins to finishes
calendar shop
  mon-sat 09:00-17:00
calendar nights
  mon-sun 00:00-06:00, 18:00-24:00
state off from dropped to lifted by machine
state works during tended
state off_in_shop is off and shop
state off_at_night is off and nights
state long_off is off of at least 30 minutes
amount lasted
  {}
  {}
"""


@pytest.mark.parametrize(
    ("windows", "value", "found"),
    [
        ("each month", "count of off where reading at least 30 minutes", ["BPO467"]),
        ("each day", "count of off where reading at least 30 minutes", ["BPO467"]),
        ("each month", "sum of reading over off", ["BPO467"]),
        ("each month", "mean of 2 over off weighted by (reading / 1 hours)", ["BPO467"]),
        ("each month", "largest reading over long_off", ["BPO467"]),
        ("each month", "largest reading over off_at_night", ["BPO467"]),
        # What is looked at in each window that it overlaps, has a length told beforehand, or ends before each month
        # does, is not cut short; nor is what no length is asked of, or what settles late or at the end of the term.
        ("each month", "largest reading over off in the window", []),
        ("each month", "sum of reading over works", []),
        ("each month", "sum of reading over off_in_shop", []),
        ("each month", "count of long_off", []),
        ("each month", "length of off", []),
        ("over the term", "sum of reading over off", []),
        ("each month", "sum of reading over off\n  settles 3 days after the end", []),
    ],
)
def test_the_length_of_what_still_lasts_when_the_window_settles(windows, value, found):
    assert codes(LASTED.format(windows, value)) == found


def test_the_length_that_is_lost_is_named_with_its_state():
    (problem,) = doubts(LASTED.format("each month", "sum of reading over off"))
    assert "`lasted` asks how long each `off` lasted" in problem.message()
    assert "`settles N days after the end`" in problem.hint()
    assert "`state long_off is off of at least 30 minutes`" in problem.hint()


LIABLE = """event lost from meridian
  case  key
  size  money
charge rent
  each month
  northwind pays meridian 100 GBP
trigger harm
  when lost
  then meridian pays northwind size as "loss"
cap liability on harm at {} {}
"""


@pytest.mark.parametrize(
    ("limit", "windows", "found"),
    [
        ("sum of value over last 12 windows of rent", "in any 12 months", ["BPO468"]),
        ("the greater of 5 GBP and sum of value over last 3 windows of rent", "in any 12 months", ["BPO468"]),
        ("sum of value over windows of rent", "in any 12 months", []),
        # The year before is what a cap by the year means.
        ("sum of value over last 12 windows of rent", "each year", []),
        ("100 GBP", "in any 12 months", []),
        # Before the sum; at first there are none.
        ("(mean of value over last 12 windows of rent before the day, or 5 GBP if not measured)", "each year", []),
        ("the greater of 5 GBP and sum of value over last 12 windows of rent before the day", "in any 12 months", []),
        ("sum of value over last 12 windows of rent before the day", "in any 12 months", ["BPO470"]),
        ("12 * (mean of value over last 12 windows of rent before the day)", "each year", ["BPO470"]),
        ("the lesser of 9 GBP and largest value over last 2 windows of rent before the day", "each year", ["BPO470"]),
    ],
)
def test_a_limit_of_windows_before_those_of_the_cap(limit, windows, found):
    assert codes(LIABLE.format(limit, windows)) == found


def test_a_length_so_far_is_shown_where_it_is_asked_for():
    text = """event fell_out, came_back from northwind
state off from fell_out to came_back
credit long_time
  each month
  meridian pays northwind 100 GBP * (count of off where reading at least 30 minutes)
"""
    (found,) = [each for each in doubts(text) if each.code == "BPO467"]
    assert found.span.text == "off where reading at least 30 minutes"
