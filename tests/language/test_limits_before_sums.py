"""Limits of caps by what came before each sum: boundaries, corrections, groups; in both evaluators."""

from __future__ import annotations

from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

CONTRACT = understand(Path(__file__).parent / "limits_before_sums.bpo").contract
assert CONTRACT is not None
EXAMPLES = {example.name: example for example in CONTRACT.examples}


@pytest.mark.parametrize("name", EXAMPLES)
def test_both_evaluators_say_the_same(name):
    events, until = made(CONTRACT, EXAMPLES[name])
    assert evaluate(CONTRACT, events, until) == run(CONTRACT, events, until)


def test_what_is_expected_follows():
    trials = list(try_examples(CONTRACT))
    assert len(trials) == len(EXAMPLES)
    assert [problem.message() for trial in trials for problem in trial.failures] == []


def test_what_is_known_later_restates_what_was_cut():
    example = EXAMPLES["hours reported late for January raise the limit of February, from when they are known"]
    ledger = evaluate(CONTRACT, *made(CONTRACT, example))
    capped = [each for each in ledger.posted if each.entry.clause == "a_leak"]
    limits = [number.value for each in capped for number in each.entry.numbers if number.name == "limit"]
    assert (limits[0], limits[-1]) == (400, 700)
    assert capped[-1].known > capped[0].known


FRAME = """agreement deal
  client     harbour
  provider   lantern
  effective  2026-01-01 for 36 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event lost from lantern
  case  key
  size  money
event found from lantern
  case  key
charge fee
  each month
  harbour pays lantern 100 GBP
amount of_year
  each contract year
  sum of value over windows of fee
obligation recover
  lantern must found for each lost
  within 3 days
  when missed then lantern pays harbour size as "not recovered"
trigger leak
  when lost where size more than 9 GBP
  then lantern pays harbour size as "leak"
credit slow
  each month
  lantern pays harbour 10 GBP
"""


@pytest.mark.parametrize(
    ("cap", "code"),
    [
        ("cap c on recover at the greater of 1 GBP and sum of value over last 2 windows of fee before the day opened "
         "in any 12 months", None),
        # A trigger on an event follows from no outcome, and so does the sum of a window.
        ("cap c on leak at sum of value over last 2 windows of fee before the day opened in any 12 months", "BPO209"),
        ("cap c on recover, leak at 5 GBP * (days from the day opened to the day) each year", "BPO209"),
        ("cap c on slow at 5 GBP * (days from the day opened to the day) each year", "BPO209"),
        ("cap c on slow at 5 GBP * (days from the day to 2027-01-01) each year", None),
        # Of what is paid back when a window is over there is no day of a sum.
        ("cap c on slow at 5 GBP * (days from the day to 2027-01-01) each year, trued up", "BPO209"),
        # Rows of the cap's own window stay what they are.
        ("cap c on slow at 5 GBP * (count of lost where the day less than 2026-03-01) each year, so far", None),
        ("cap c on slow at 5 GBP * (count of lost in the last 12 months) each year, so far", None),
        ("cap c on slow at sum of value over last 2 windows of fee before size each year", "BPO204"),
        ("cap c on slow at 5 GBP * (count of lost in the 3 months before the day with the same site) each year",
         "BPO204"),
    ],
)  # fmt: skip
def test_what_a_limit_may_ask_of_the_sum(cap, code):
    _, problems = understand_text("deal.bpo", FRAME + cap + "\n")
    found = [p.code for p in problems if p.severity.value == "error"]
    assert found == ([] if code is None else [code]), [p.message() for p in problems]
