"""The rank of a group among all groups of a figure: in both evaluators, with ties and groups that are not measured."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.terms import NotMeasured
from tests.language.both import made

TEXT = """agreement k "K"
  client     harbour
  provider   lantern
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event sold from lantern
  site  one of hull, york, leeds
  n     number
measure score
  each month for each site of hull, york, leeds
  mean of n over sold
amount place
  each month for each site of hull, york, leeds
  rank of score from the {end}
test "x"
{sold}  until 2026-03-01
  expect place for hull in 2026-02 is not measured
"""
CASES = [
    ("highest", {"hull": 10, "york": 20, "leeds": 30}, {"hull": 3, "york": 2, "leeds": 1}),
    ("lowest", {"hull": 10, "york": 20, "leeds": 30}, {"hull": 1, "york": 2, "leeds": 3}),
    ("highest", {"hull": 20, "york": 20, "leeds": 10}, {"hull": 1, "york": 1, "leeds": 3}),
    ("lowest", {"hull": 20, "york": 20, "leeds": 10}, {"hull": 2, "york": 2, "leeds": 1}),
    ("highest", {"hull": 5, "leeds": 7}, {"hull": 2, "york": None, "leeds": 1}),
    ("highest", {"york": -5}, {"hull": None, "york": 1, "leeds": None}),
]


@pytest.mark.parametrize(("end", "sold", "expected"), CASES)
def test_the_place_of_each_group(end, sold, expected):
    lines = "".join(f"  2026-01-05T09:00 sold site {site}, n {n}\n" for site, n in sold.items())
    contract, problems = understand_text("x.bpo", TEXT.format(end=end, sold=lines))
    assert contract is not None, [p.message() for p in problems]
    events, until = made(contract, contract.examples[0])
    found = run(contract, events, until)
    assert found == evaluate(contract, events, until)
    settled = [e for e in found.outcome if (e.kind, e.clause, e.period) == ("Settled", "place", "2026-01")]
    places = {e.key[0][1]: e.number("value") for e in settled}
    assert {site: None if isinstance(place, NotMeasured) else place for site, place in places.items()} == expected
