"""What measures leave open, and what `check --measures` says of them."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.bounds.measuring import Followers, elements
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand, understand_text
from tests.conftest import ROOT
from tests.lint.test_rules import PRELUDE, said

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
