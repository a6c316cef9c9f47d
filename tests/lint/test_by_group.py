"""Levels and tables that differ by class, and weights however they are written."""

from __future__ import annotations

import json

import pytest

from tests.lint.test_rules import doubts, said

MEASURE = """measure m
  each month by priority, counted when decided
  share of restore fulfilled
  target by priority
    | P1        | at least 95% |
    | P2        | at least {}% |
    | otherwise | at least 80% |
"""
CREDIT = """credit c for m by priority, of fee
  | P1        | at least {}% | 0% |
  | P1        | otherwise    | 5% |
  | otherwise | at least {}% | 0% |
  | otherwise | otherwise    | 5% |
"""


@pytest.mark.parametrize(
    ("target", "minimum", "found"),
    [
        (90, "  minimum at least 70%\n", []),
        (90, "  minimum at least 80%\n", []),
        (
            90, "  minimum at least 85%\n",
            ["At 80 % where `priority` is P3, `m` meets its target and is below its minimum."],
        ),
        (
            60, "  minimum at least 70%\n",
            ["At 60 % where `priority` is P2, `m` meets its target and is below its minimum."],
        ),
        (
            90, "  minimum by priority\n    | P1        | at least 96% |\n    | otherwise | at least 70% |\n",
            ["At 95 % where `priority` is P1, `m` meets its target and is below its minimum."],
        ),
        (90, "  minimum by priority\n    | P2        | at least 90% |\n    | otherwise | at least 70% |\n", []),
        (
            90, "  minimum by priority\n    | P3        | at least 81% |\n    | otherwise | at least 70% |\n",
            ["At 80 % where `priority` is P3, `m` meets its target and is below its minimum."],
        ),
    ],
)  # fmt: skip
def test_levels_that_cross_in_some_classes(target, minimum, found):
    assert [message for code, message in said(MEASURE.format(target) + minimum) if code == "BPO403"] == found


def test_it_is_shown_by_cases_of_that_class():
    (problem,) = doubts(MEASURE.format(90) + "  minimum at least 85%\n")
    trace = problem.shown()
    assert trace.finds == "`m` is 80 % for P3 in 2026-04."
    opened = [json.loads(line) for line in trace.lines if "ticket_opened" in line]
    assert len(opened) == 5 and {each["priority"] for each in opened} == {"P3"}


@pytest.mark.parametrize(("target", "classes"), [(100, []), (101, ["P2"]), (0, ["P2"])])
def test_a_target_that_no_value_of_a_class_meets_or_every_one(target, classes):
    found = [problem for problem in doubts(MEASURE.format(target)) if problem.code == "BPO445"]
    assert [problem.group.value for problem in found] == classes
    assert all(f"{target} % where `priority` is P2: it is always" in problem.message() for problem in found)


@pytest.mark.parametrize(
    ("target", "first", "rest", "found"),
    [
        (80, 95, 80, []),
        (80, 96, 80, [("P1", "95 %")]),
        (80, 95, 81, [("P2", "80 %"), ("P3", "80 %")]),
        (75, 95, 80, [("P2", "75 %")]),
        (85, 90, 80, []),
    ],
)
def test_a_credit_by_class_while_the_target_of_the_class_is_met(target, first, rest, found):
    problems = [each for each in doubts(MEASURE.format(target) + CREDIT.format(first, rest)) if each.code == "BPO404"]
    assert [(each.group.value, each.at) for each in problems] == found


WEIGHED = """measure r
  each month, counted when due
  share of restore fulfilled
  target at least 90%
amount score
  each month
  {}
"""


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ("0.6 * on_time + 0.4 * r", []),
        ("0.6 * on_time + 0.3 * r", ["60 % + 30 % = 90 %"]),
        ("on_time * 0.6 + r * 0.5", ["60 % + 50 % = 110 %"]),
        ("0.125 * on_time + 87.5% * r", []),
        ("33.3% * on_time + 66.7% * r", []),
        ("33.3% * on_time + 66.6% * r", ["33.3 % + 66.6 % = 99.9 %"]),
        ("0.333 * on_time + 0.333 * r + 0.334 * on_time", []),
        ("0.333 * on_time + 0.333 * r + 0.333 * on_time", ["33.3 % + 33.3 % + 33.3 % = 99.9 %"]),
        # Points are no weights, nor is what is added to a measure.
        ("2 * on_time + 3 * r", []),
        ("0.5 * on_time + 0.1", []),
    ],
)
def test_weights_are_a_whole_however_they_are_written(weights, found):
    told = [message for code, message in said(WEIGHED.format(weights)) if code == "BPO407"]
    assert told == [f"The weights in `score` are {each}, not 100 %." for each in found]
