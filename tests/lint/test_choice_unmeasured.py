"""Sums chosen by what may not be there: the warning, and what the ledger notes of them, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.report.idle import idle_notes
from bpodsl.trials import try_examples
from tests.language.both import made

HEAD = """agreement desk
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event loss from lantern
  incident  key
  subjects  number, optional
  size      number, default 5
event asked from harbour
  incident  key
event scope from lantern
  incident  key
  people    number
measure wait
  each month
  mean of size over loss
  target at most 20
amount many
  each month
  count of loss
"""
ON_LOSS = 'trigger sum_due\n  when loss{where}\n  then lantern pays harbour {sum} as "x"\n'
ON_ASKED = 'trigger sum_due\n  when asked\n  then lantern pays harbour {sum} as "x"\n'
CHARGE = "charge sum_due\n  each month\n  harbour pays lantern {sum}\n"
AMOUNT = "amount sum_due\n  each month\n  sum of ({sum}) over loss\n"


def doubts(text: str) -> list[str]:
    contract, problems = understand_text("x.bpo", HEAD + text)
    assert contract is not None, [problem.message() for problem in problems]
    return [problem.message() for problem in problems if problem.code == "BPO464"]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (ON_LOSS.format(where="", sum="if subjects more than 9 then 2 GBP else 1 GBP"), "subjects"),
        (ON_LOSS.format(where="", sum="(if subjects more than 9 then 2 else 1) * 5 GBP"), "subjects"),
        (ON_LOSS.format(where="", sum="if subjects more than 9 or size more than 3 then 2 GBP else 1 GBP"), "subjects"),
        (ON_LOSS.format(where="", sum="if not subjects more than 9 then 2 GBP else 1 GBP"), "subjects"),
        (ON_ASKED.format(sum="if people more than 9 then 2 GBP else 1 GBP"), "people"),
        (CHARGE.format(sum="if wait more than 9 then 2 GBP else 1 GBP"), "wait"),
        (AMOUNT.format(sum="if subjects more than 9 then 2 else 1"), "subjects"),
    ],
)
def test_what_may_not_be_there_is_told(text, asked):
    (message,) = doubts(text)
    assert f"chooses by `{asked}`" in message


@pytest.mark.parametrize(
    "text",
    [
        ON_LOSS.format(where="", sum="if subjects is given and subjects more than 9 then 2 GBP else 1 GBP"),
        ON_LOSS.format(where="", sum="if subjects is not given or subjects more than 9 then 2 GBP else 1 GBP"),
        ON_LOSS.format(
            where="",
            sum="if subjects is given then (if subjects more than 9 then 2 GBP else 1 GBP) else 0 GBP",
        ),
        ON_LOSS.format(where=" where subjects is given", sum="if subjects more than 9 then 2 GBP else 1 GBP"),
        ON_LOSS.format(where=" where subjects more than 5", sum="if subjects more than 9 then 2 GBP else 1 GBP"),
        ON_LOSS.format(where="", sum="(if subjects more than 9 then 2 GBP else 1 GBP), or 1 GBP if not measured"),
        ON_LOSS.format(where="", sum="if size more than 9 then 2 GBP else 1 GBP"),
        CHARGE.format(sum="if wait is missed then 2 GBP else 1 GBP"),
        CHARGE.format(sum="if wait is measured and wait more than 9 then 2 GBP else 1 GBP"),
        CHARGE.format(sum="if many more than 9 then 2 GBP else 1 GBP"),
    ],
)
def test_what_is_asked_for_first_is_no_doubt(text):
    assert doubts(text) == []


def test_what_is_not_posted_is_noted_with_why():
    two = (
        ON_LOSS.format(where="", sum="if subjects more than 9 then 2 GBP else 1 GBP")
        + """
obligation report
  lantern must scope for each asked
  within 2 days
  when missed then lantern pays harbour if people more than 9 then 2 GBP else 1 GBP as "late"
test "a loss without a number; one with it; and a report that does not come"
  2026-01-05T09:00 loss incident A
  2026-01-05T10:00 loss incident B, subjects 9
  2026-01-05T11:00 asked incident A
  until 2026-02-02
  expect sum_due pays 1 GBP
  expect report pays 0 GBP
"""
    )
    contract, _ = understand_text("x.bpo", HEAD + two)
    assert contract is not None
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    events, until = made(contract, contract.examples[0])
    ledger = evaluate(contract, events, until)
    assert ledger == run(contract, events, until)
    noted = [(e.clause.partition(".")[0], e.words) for e in ledger.outcome if e.kind == "Noted"]
    assert noted == [("sum_due", "not posted: subjects absent"), ("report", "not posted: people absent")]
    assert [words.partition("since it is ")[2] for _, words in idle_notes(contract, list(events), ledger)] == [
        "not measured: subjects absent", "not measured: people absent",
    ]  # fmt: skip
