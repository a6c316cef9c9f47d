"""A ratio and what makes a number or a percentage of it: both places are told."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import understand_text

HEAD = """agreement k
  client     harbour
  provider   lantern
  effective  2026-01-01 for 12 months
  time zone  Europe/Berlin
  currency   EUR, rounded half up to 0.01
event stat from lantern
  fast  number
  all   number
measure plain
  each day
  (sum of fast over stat) / (sum of all over stat)
"""


def told(clauses: str) -> list[tuple[str, str]]:
    """Of each problem of a kind: what is underlined, and what beside it."""
    problems = [p for p in understand_text("x.bpo", HEAD + clauses)[1] if p.code in ("BPO301", "BPO302")]
    return [(p.span.text, "".join(each.span.text for each in p.related())) for p in problems]


@pytest.mark.parametrize(
    ("formula", "level", "expected"),
    [
        ("(mean of value over windows of plain) + 1", "target at least 5%", ("1", "5%")),
        ("the greater of 2 and (mean of value over windows of plain)", "target at least 5%", ("2", "5%")),
        ("100% - (mean of value over windows of plain)", "target at least 5", ("100%", "5")),
        ("count of stat", "target at least 5%", ("5%", "count of stat")),
    ],
)
def test_the_place_that_decides_is_underlined_and_the_level_beside_it(formula, level, expected):
    assert told(f"measure asked\n  each month\n  {formula}\n  {level}\n") == [expected]


def test_a_ratio_decided_in_another_clause_is_told_at_the_level_with_that_place():
    other = "measure held\n  each month\n  mean of value over windows of plain\n  target at least 0.9\n"
    assert told(f"{other}measure asked\n  each month\n  held\n  target at least 5%\n") == [("5%", "0.9")]


def test_the_windows_of_a_ratio_are_ratios():
    for level in ("85%", "0.85"):
        assert (
            told(f"measure asked\n  each month\n  mean of value over windows of plain\n  target at least {level}\n")
            == []
        )
