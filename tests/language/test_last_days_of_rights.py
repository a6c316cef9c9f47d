"""The last day of the exercise of a right, as its ground or a formula says."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.campaign.compare import canonical
from tests.language.both import made

TEXT = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event offered from mer
  offer   key
  until_  day, optional
  n       number
event taken, left from north
  offer   key
trigger offering
  when offered
  then tell "an offer"
right take
  north may taken on offering
  by offer
  {line}
right leave
  north may left at will
  {at_will}
test "to the end of the last day"
  2026-01-10T09:00 offered offer A, until_ 2026-02-20, n 3
  2026-01-10T09:00 offered offer B, until_ 2026-02-20, n 3
  2026-01-10T09:00 offered offer C, n 3
  2026-0{last}T23:59 taken offer A
  until 2026-06-01
  expect take for A exercised
  expect take for B lapsed
  expect take for C {without}
"""


def text(line: str, last: str = "2-20", at_will: str = "", without: str = "open") -> str:
    return TEXT.format(line=line, last=last, at_will=at_will, without=without)


@pytest.mark.parametrize(
    ("line", "last", "without"),
    [
        ("exercised by (until_)", "2-20", "open"),
        ("exercised by day 20 of the month after the day", "2-20", "lapsed"),
        ("exercised by (the later of until_ and the day)", "2-20", "open"),
        ("exercised within 8 days after until_", "2-28", "open"),
        ("exercised within 1 month after (until_ - 1 months)", "2-20", "open"),
        ("exercised within 5 days after the ground", "1-15", "lapsed"),
    ],
)
def test_the_last_day_is_in_time(line, last, without):
    contract, problems = understand_text("x.bpo", text(line, last, without=without))
    assert contract is not None, [p.message() for p in problems]
    assert [f.message() for each in try_examples(contract) for f in each.failures] == []
    for example in contract.examples:
        events, until = made(contract, example)
        assert canonical(evaluate(contract, events, until)) == canonical(run(contract, events, until))


@pytest.mark.parametrize(
    ("line", "at_will", "code"),
    [
        ("exercised by (n)", "", "BPO301"),
        ("exercised within 3 days after n", "", "BPO301"),
        ("exercised within 3 days after unto", "", "BPO204"),
        ("exercised by (until_)\n  exercised within 3 days after the ground", "", "BPO319"),
        ("exercised by (until_)", "exercised within 3 days after until_", "BPO204"),
        ("exercised by (until_)", "exercised by (the day + 3 days)", "BPO209"),
    ],
)
def test_what_makes_no_sense(line, at_will, code):
    assert code in {p.code for p in understand_text("x.bpo", text(line, at_will=at_will))[1]}


def test_a_right_at_will_may_end_with_a_day_that_is_worked_out():
    written = text("exercised by (until_)", at_will="exercised by (last day of the term - 1 months)")
    contract, problems = understand_text("x.bpo", written)
    assert contract is not None and not [p for p in problems if p.severity.value == "error"]
