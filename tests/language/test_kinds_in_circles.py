"""Figures that ask for each other, one of them in an earlier window: each is of the kind that the circle gives it."""

from __future__ import annotations

import itertools

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

HEAD = """agreement fiscal
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 until 2026-12-31
  time zone  America/New_York
  currency   USD, rounded half up to 0.01
"""
SHORT = "amount short\n  each month\n  15 USD + (previous carried, at first 0 USD)\n"
CARRIED = {
    "compared": "if short at most 20 USD then short else 0 USD",
    "part": "50% of short",
    "greater": "the greater of 12% of short and 10% of 50 USD",
    "rounded": "if not short more than 20 USD then short rounded down to 1 USD else 0 USD",
}
RECENT = "amount recent\n  each month\n  sum of value over last 2 windows of fee\n"
FEE = "amount fee\n  each month\n  if recent more than 15 USD then 10 USD else 10 USD + 50% of recent\n"


def errors(text: str) -> list[tuple[str, str]]:
    return [(p.code, p.message()) for p in understand_text("x.bpo", HEAD + text)[1] if p.severity.value == "error"]


@pytest.mark.parametrize("formula", CARRIED.values(), ids=CARRIED)
def test_a_circle_through_previous_is_understood_in_either_order(formula):
    carried = f"amount carried\n  each month\n  {formula}\n"
    for clauses in itertools.permutations((SHORT, carried)):
        assert errors("".join(clauses)) == []


def test_a_circle_through_the_last_windows_is_understood_in_either_order():
    for clauses in itertools.permutations((RECENT, FEE)):
        assert errors("".join(clauses)) == []


@pytest.mark.parametrize(
    ("clauses", "code"),
    [
        ((SHORT, "amount carried\n  each month\n  if short at most 20 then short else 0 USD\n"), "BPO302"),
        ((SHORT, "amount carried\n  each month\n  if short at most 20 USD then 1 else 2\n"), "BPO301"),
        ((RECENT, FEE.replace("50% of recent", "5")), "BPO302"),
        ((RECENT, FEE.replace("15 USD", "15")), "BPO302"),
    ],
)
def test_unlike_kinds_in_a_circle_are_told(clauses, code):
    for order in itertools.permutations(clauses):
        assert [found for found, _ in errors("".join(order))] == [code]


def test_both_evaluators_say_the_same():
    carried = f"amount carried\n  each month\n  {CARRIED['compared']}\n"
    text = f"""{HEAD}{SHORT}{carried}{RECENT}{FEE}
test "what is short is carried while it is little"
  until 2026-05-02
  expect short in 2026-01 is 15 USD
  expect carried in 2026-01 is 15 USD
  expect short in 2026-02 is 30 USD
  expect carried in 2026-02 is 0 USD
  expect short in 2026-03 is 15 USD
  expect fee in 2026-01 is 10 USD
  expect fee in 2026-02 is 15 USD
  expect fee in 2026-03 is 10 USD
"""
    contract, _ = understand_text("x.bpo", text)
    assert contract is not None
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    events, until = made(contract, contract.examples[0])
    assert evaluate(contract, events, until) == run(contract, events, until)


def test_a_circle_of_charges_under_a_change_is_lowered_as_one():
    text = f"""{HEAD}{RECENT}charge fee
  each month
  harbour pays lantern if recent more than 15 USD then 10 USD else 10 USD + 50% of recent
cap fee at 12 USD each month
change cr_1 effective 2026-03-01 signed 2026-02-01
  recent: sum of value over last 1 windows of fee
test "from March on only one month is looked at"
  until 2026-05-02
  expect fee in 2026-02 is 12 USD
  expect recent in 2026-03 is 15 USD
"""
    contract, problems = understand_text("x.bpo", text)
    assert [p.message() for p in problems if p.severity.value == "error"] == []
    assert contract is not None and len(contract.lines) == len(contract.accounts) == 1
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    assert [code for code, _ in errors(text.removeprefix(HEAD).replace("more than 15 USD", "more than 15"))] == [
        "BPO302"
    ]
