"""The duty to decide is an obligation: triggers and duties follow from its outcome, in both evaluators."""

from __future__ import annotations

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

TEXT = """agreement desk
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event delivered from lantern
  milestone key
event accepted from harbour
  milestone key
  passed    yes/no
event report from harbour
  milestone key
determination result "Accepted?"
  for each delivered
  decided by "Test board" of harbour with accepted, answer passed
  within 10 days
trigger late
  when result is missed
  then harbour pays lantern 1 GBP as "late"
obligation explain_why
  harbour must report for each missed result by milestone
  within 5 days
measure passes
  each month
  count of delivered where result
test "one is not decided in time, and one on the last day"
  2026-01-05T10:00 delivered milestone M1
  2026-01-05T11:00 delivered milestone M2
  2026-01-15T23:59 accepted  milestone M2, passed yes
  2026-01-18T10:00 report    milestone M1
  until 2026-01-31
  expect result for M1 missed on 2026-01-15
  expect result for M2 fulfilled
  expect late pays 1 GBP
  expect explain_why for M1 fulfilled
"""


def test_what_follows_from_not_deciding():
    contract, problems = understand_text("x.bpo", TEXT)
    assert contract is not None, [problem.message() for problem in problems]
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    events, until = made(contract, contract.examples[0])
    assert evaluate(contract, events, until) == run(contract, events, until)


def test_a_key_that_is_not_taken_over_is_told_with_what_to_write():
    text = TEXT.replace(" by milestone\n", '\n  when missed then harbour pays lantern 1 GBP * milestone as "x"\n')
    found = [problem for problem in understand_text("x.bpo", text)[1] if problem.code == "BPO204"]
    assert found and "by FIELD" in (found[0].hint() or "")
