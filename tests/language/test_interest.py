"""Interest: what it is lowered to, and what is wrong with it."""

from __future__ import annotations

from fractions import Fraction

import pytest

from bpodsl.pipeline import understand_text
from bpodsl.terms import Rounding, walk
from bpodsl.terms import expressions as ex

HEAD = """
agreement deal "Deal"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 for 24 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
  also in    EUR
event billed from beta
  bill  key
  total money
  euros money EUR
  units number
  site  one of leeds, york
event paid from acme
  bill  key
series prime
  share
  missing: the latest
  | 2026-01-01 | 5% |
series of_site
  share by site
  missing: the latest
  | 2026-01-01 | leeds | 5% |
obligation pay
  acme must paid for each billed
  within 30 days
"""
BODY = "amount owed\n  each month, counted when performed\n  sum of {} over pay late\n"
PLAIN = "interest on total, from the day due to the day performed, at 8%, actual days of 365"


def understood(value):
    return understand_text("interest.bpo", HEAD + BODY.format(value))


def interest(value):
    contract, problems = understood(value)
    assert contract is not None, [p.message() for p in problems]
    return next(part for part in walk(contract.figures[0].value) if isinstance(part, ex.Interest))


@pytest.mark.parametrize(
    ("words", "basis", "every"),
    [
        ("actual days of 365", "365", ""),
        ("actual days of 360", "360", ""),
        ("actual days of the year", "actual", ""),
        ("30/360 days", "30/360", ""),
        ("actual days of 365, compounded daily", "365", "day"),
        ("actual days of 365, compounded monthly", "365", "month"),
        ("30/360 days, compounded quarterly", "30/360", "quarter"),
        ("actual days of 365, compounded yearly", "365", "year"),
        ("actual days of 365, compounded each calendar month", "365", "calendar month"),
        ("actual days of 365, compounded each calendar quarter", "365", "calendar quarter"),
        ("actual days of 365, compounded each calendar year", "365", "calendar year"),
    ],
)
def test_days_and_periods(words, basis, every):
    made = interest(PLAIN.replace("actual days of 365", words))
    assert (made.basis, made.every) == (basis, every)
    assert made.rounding == Rounding(Fraction(1, 100), "half up")


def test_a_series_stands_for_its_value_of_each_day():
    rate = interest(PLAIN.replace("8%", "the greater of prime + 2% and of_site")).rate
    assert [(p.series, p.day) for p in walk(rate) if isinstance(p, ex.SeriesAt)] == [
        ("prime", ex.EachDay()), ("of_site", ex.EachDay())
    ]
    fixed = interest(PLAIN.replace("8%", "(prime at the day due)")).rate
    assert not any(isinstance(part, ex.EachDay) for part in walk(fixed))


def test_what_is_added_may_be_rounded_otherwise():
    made = interest(PLAIN + ", compounded daily rounded half even to 0.0001")
    assert made.rounding == Rounding(Fraction(1, 10000), "half even")
    assert "added to a sum is rounded" in str(understood(PLAIN + ", compounded daily")[0].assumptions)


def test_interest_is_a_name_too():
    contract, _ = understand_text("interest.bpo", HEAD + BODY.format(PLAIN).replace("owed", "interest")
                                  + "amount twice\n  each month\n  interest * 2\n")
    assert contract is not None


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("BPO301", PLAIN.replace("total", "units")),
        ("BPO301", PLAIN.replace("the day due", "units")),
        ("BPO301", PLAIN.replace("8%", "8 GBP")),
        ("BPO301", PLAIN + ", compounded daily rounded half up to 1%"),
        ("BPO320", PLAIN.replace("365", "364")),
        ("BPO101", PLAIN.replace(", actual days of 365", "")),
        ("BPO101", PLAIN + ", compounded weekly"),
        ("BPO202", PLAIN.replace("8%", "primed")),
        ("BPO203", PLAIN.replace("8%", "prime").replace("total", "prime")),
    ],
)
def test_problems(code, value):
    _, problems = understood(value)
    found = {p.code for p in problems}
    assert code in found or (code in ("BPO202", "BPO203") and found & {"BPO204", "BPO315", "BPO320"})
