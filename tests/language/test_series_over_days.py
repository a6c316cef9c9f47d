"""The mean and sum of a series over days: at the edges, in both evaluators."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from tests.language.both import made

TEXT = """agreement k "k"
  client     harbour
  provider   lantern
  effective  2026-02-01 until 2026-12-31
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
calendar desk
  mon-fri 09:00-17:00
event drawn from harbour
  loan  key
  drawn_on day
event quoted from anyone
  rate  number
  day_of day
event published from anyone
  value number
  ref_month month
series rate
  number
  from quoted of rate for day_of
  | 2025-12-30 | 10 |
  | 2026-01-10 | 20 |
series index
  number each month
  from published of value for ref_month
  | 2025-10 | 1 |
  | 2025-11 | 2 |
  | 2025-12 | 4 |
series quarterly
  number each quarter
  | 2025-Q3 | 5 |
  | 2025-Q4 | 7 |
trigger asked
  when drawn
  then harbour pays lantern 1 GBP * (WHAT)
"""


def contract_of(what: str, lines: str = "") -> object:
    test = f'test "x"\n{lines}  until 2026-06-01\n  expect no asked on 2026-05-01\n' if lines else ""
    found, problems = understand_text("x.bpo", TEXT.replace("WHAT", what) + test)
    assert found is not None, [p.message() for p in problems]
    return found


def paid(what: str, on: str, *more: str) -> Fraction | int | None:
    """What is owed as it is known at last; None if it is not measured."""
    lines = "".join(f"  {line}\n" for line in (f"2026-02-05T09:00 drawn loan A, drawn_on {on}", *more))
    contract = contract_of(what, lines)
    events, until = made(contract, contract.examples[0])
    found = run(contract, events, until)
    assert found == evaluate(contract, events, until)
    sums = [e.number("amount") for e in found.outcome if e.kind == "Accrued"]
    return sums[0] if sums else None


@pytest.mark.parametrize(
    ("what", "on", "sum_"),
    [
        ("mean of rate over the 10 days before drawn_on", "2026-01-20", 20),  # 10 to 19 January
        ("mean of rate over the 10 days before drawn_on", "2026-01-19", 19),  # 9 to 18: one of ten at 10
        ("mean of rate over the 1 day before drawn_on", "2026-01-10", 10),
        ("mean of rate over the 1 day before drawn_on", "2026-01-11", 20),
        ("sum of rate over the 10 days before drawn_on", "2026-01-19", 190),
        ("sum of (rate + 1) over the 2 weeks before drawn_on", "2026-01-24", 14 * 21),
        # The 8th, the 9th (10 each) and the 12th (20): the weekend does not count.
        ("sum of rate over the 3 working days of desk before drawn_on", "2026-01-13", 40),
        ("mean of rate over the 3 working days of desk before drawn_on", "2026-01-12", 10),
        # 30 and 31 December only have no value before them.
        ("mean of rate over the 3 days before drawn_on", "2026-01-01", None),
        ("mean of rate over the 2 days before drawn_on", "2026-01-01", 10),
        ("mean of index over the 3 months before drawn_on", "2026-01-31", Fraction(233, 100)),
        ("mean of index over the 3 months before drawn_on", "2026-01-01", Fraction(233, 100)),
        ("sum of index over the 2 months before drawn_on", "2025-12-31", 3),
        ("sum of index over the 1 month before drawn_on", "2026-03-31", None),
        ("mean of index over the 2 days before drawn_on", "2025-12-02", 3),  # 30 November and 1 December
        ("sum of quarterly over the 6 months before drawn_on", "2026-01-01", 12),
        ("sum of quarterly over the 6 months before drawn_on", "2026-02-15", 12),
        ("mean of rate over the 1 month before drawn_on", "2026-02-10", 20),
        ("mean of rate over the 10 days before first day of the term", "2026-02-01", 20),
    ],
)
def test_of_the_days_before_a_day(what: str, on: str, sum_: Fraction | int | None) -> None:
    assert paid(what, on) == sum_


def test_what_is_published_later_restates_it() -> None:
    what = "mean of index over the 1 month before drawn_on"
    assert paid(what, "2026-02-03") is None
    assert paid(what, "2026-02-03", "2026-03-05T09:00 published value 8, ref_month 2026-01") == 8
    quoted = "2026-03-05T09:00 quoted rate 30, day_of 2026-01-16"
    assert paid("mean of rate over the 4 days before drawn_on", "2026-01-18", quoted) == 25


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("mean of 5 over the 10 days before drawn_on", "BPO320"),
        ("mean of rate over the 10 hours before drawn_on", "BPO301"),
        ("mean of rate over the 10 days before loan", "BPO301"),
        ("median of rate over the 10 days before drawn_on", "BPO320"),
        ("count of the 10 days before drawn_on", "BPO320"),
        ("mean of rate over the 10 days before the window", "BPO209"),
    ],
)
def test_what_makes_no_sense_is_told(what: str, code: str) -> None:
    _, problems = understand_text("x.bpo", TEXT.replace("WHAT", what))
    assert code in {problem.code for problem in problems}
