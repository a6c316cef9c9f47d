"""One payment for several debts: each takes what those that come first leave, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.trials import try_examples
from tests.language.both import made

HEAD = """agreement desk
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event invoice from lantern
  job    key
  total  money
event taken_over from harbour
  job    key
event paid from harbour
  job    key
  amount money
event charged from lantern
  job    key
  extra  money
obligation pay_90
  harbour must paid for each invoice
  until amount adds up to 90% of total
  within 30 days
obligation pay_10
  harbour must paid for each taken_over
  until amount adds up to 10% of total
  takes what pay_90 leaves
  within 30 days
obligation pay_extra
  harbour must paid for each charged
  until amount adds up to extra
  takes what pay_10 leaves
  within 30 days
amount open_then
  each day
  (outstanding of pay_90) + (outstanding of pay_10) + (outstanding of pay_extra)
"""
OPEN = """  2026-01-05T10:00 invoice    job A, total 1 000 GBP
  2026-01-10T10:00 taken_over job A
  2026-01-11T10:00 charged    job A, extra 50 GBP
"""
CASES = {
    "first in part": (OPEN + "  2026-01-20T10:00 paid job A, amount 600 GBP\n", 450, []),
    "first exactly": (OPEN + "  2026-01-20T10:00 paid job A, amount 900 GBP\n", 150, ["pay_90"]),
    "a penny into the second": (OPEN + "  2026-01-20T10:00 paid job A, amount 900.01 GBP\n", 149.99, ["pay_90"]),
    "two, and into the third": (OPEN + "  2026-01-20T10:00 paid job A, amount 1 010 GBP\n", 40, ["pay_90", "pay_10"]),
    "all": (
        OPEN + "  2026-01-20T10:00 paid job A, amount 1 050 GBP\n", 0, ["pay_90", "pay_10", "pay_extra"]
    ),
    "more than all": (
        OPEN + "  2026-01-20T10:00 paid job A, amount 2 000 GBP\n", 0, ["pay_90", "pay_10", "pay_extra"]
    ),
    "two payments": (
        OPEN + "  2026-01-20T10:00 paid job A, amount 890 GBP\n  2026-01-21T10:00 paid job A, amount 30 GBP\n",
        130, ["pay_90"],
    ),
    # What opens in the instant of the payment is met at its end: by what is left of it, and by no more.
    "second opens with the payment": (
        "  2026-01-05T10:00 invoice job A, total 1 000 GBP\n"
        "  2026-01-20T10:00 paid job A, amount 950 GBP\n  2026-01-20T10:00 taken_over job A\n", 50, ["pay_90"],
    ),
    "first opens with the payment, the third takes before it": (
        "  2026-01-11T10:00 charged job A, extra 50 GBP\n"
        "  2026-01-20T10:00 paid job A, amount 900 GBP\n  2026-01-20T10:00 invoice job A, total 1 000 GBP\n",
        50, ["pay_extra"],
    ),
    "a payment returned by the bank": (
        OPEN + "  2026-01-20T10:00 paid job A, amount 600 GBP\n  2026-01-21T10:00 paid job A, amount -100 GBP\n",
        550, [],
    ),
    "of another job": (
        OPEN + "  2026-01-20T10:00 paid job B, amount 600 GBP\n", 1050, []
    ),
}  # fmt: skip


@pytest.mark.parametrize(("events", "left", "fulfilled"), CASES.values(), ids=CASES)
def test_what_one_payment_pays(events, left, fulfilled):
    lines = "".join(f"  expect {norm} for A fulfilled\n" for norm in fulfilled)
    text = f'{HEAD}test "x"\n{events}  until 2026-02-01\n  expect open_then in 2026-01-31 is {left} GBP\n{lines}'
    contract, problems = understand_text("x.bpo", text)
    assert contract is not None, [problem.message() for problem in problems]
    assert [problem.message() for trial in try_examples(contract) for problem in trial.failures] == []
    told, until = made(contract, contract.examples[0])
    ledger = evaluate(contract, told, until)
    assert ledger == run(contract, told, until)
    over = [e.clause for e in ledger.outcome if e.kind == "Noted" and e.words == "more than is owed"]
    assert over == (["pay_extra"] if "2 000 GBP" in events else [])


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("takes what pay_10 leaves", "BPO315"),
        ("takes what pay_91 leaves", "BPO202"),
        ("takes what paid leaves", "BPO203"),
        ("takes what pay_90, pay_90 leave\n  takes what pay_90 leaves", "BPO319"),
        ("takes what pay_extra leaves", "BPO310"),
    ],
)
def test_what_makes_no_sense_is_told(line, code):
    text = HEAD.replace("takes what pay_90 leaves", line)
    assert code in [problem.code for problem in understand_text("x.bpo", text)[1]]


def test_only_what_is_performed_in_parts_takes():
    text = HEAD.replace("  until amount adds up to 10% of total\n", "")
    assert "BPO315" in [problem.code for problem in understand_text("x.bpo", text)[1]]
