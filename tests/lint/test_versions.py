"""Doubts about an agreement under its changes: what is so only in one version, and what is so in none."""

from __future__ import annotations

import json

import pytest

from tests.lint.test_rules import doubts, said

CHANGE = 'change c1 "First change" effective 2026-07-01 signed 2026-06-01\n  {}\n'
TWO = """obligation large
  meridian must ticket_resolved for each ticket_opened where priority is P1 and amount at most 100 GBP
  within 2 days
obligation dear
  meridian must ticket_resolved for each ticket_opened where amount more than 100 GBP
  within 5 days
"""


def codes(text):
    return sorted({problem.code for problem in doubts(text)})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (CHANGE.format("on_time: target at least 80%"), ["BPO403"]),
        (CHANGE.format("on_time: target at least 97%"), []),
        ('trigger t\n  when on_time at least 50%\n  then tell "t"\n' + CHANGE.format("t: when on_time more than 100%"),
         ["BPO440"]),
        ('trigger t\n  when on_time at least 50%\n  then tell "t"\n' + CHANGE.format("t: when on_time at least 100%"),
         []),
        (CHANGE.format("restore: within 4 hours")
         + "obligation ban\n  meridian must not ticket_resolved\n  since c1\n", ["BPO441"]),
        (CHANGE.format("restore: within 4 hours")
         + "obligation ban\n  northwind must not ticket_resolved\n  since c1\n", []),
        (TWO + CHANGE.format("large: for each ticket_opened where priority is P1"), ["BPO442"]),
        (TWO + CHANGE.format("large: for each ticket_opened where priority is P1 and amount at most 50 GBP"), []),
    ],
)  # fmt: skip
def test_what_a_change_makes_so(text, found):
    problems = doubts(text)
    assert sorted({problem.code for problem in problems if problem.code != "BPO404"}) == found
    for problem in problems:
        assert problem.span is not None
        # At the change, or at what it says.
        assert problem.span.start >= problem.span.source.text.index("change c1")


def test_the_events_that_show_it_lie_after_the_change():
    (problem,) = doubts(TWO + CHANGE.format("large: for each ticket_opened where priority is P1"))
    assert [json.loads(line)["time"][:10] for line in problem.trace()] == ["2026-07-02"]


def test_what_was_so_before_is_said_once_and_of_its_own_clause():
    text = "measure m\n  each month, counted when decided\n  share of restore fulfilled\n  target at least 80%\n"
    text += "  minimum at least 90%\n" + CHANGE.format("restore: within 4 hours")
    (problem,) = doubts(text)
    assert problem.code == "BPO403"
    assert problem.span.source.text[problem.span.start :].startswith("target at least 80%")
    assert problem.span.start < problem.span.source.text.index("change c1")


def test_a_version_that_is_replaced_before_it_is_in_force_is_none():
    first = CHANGE.format("on_time: target at least 80%")
    second = 'change c2 "Second" effective 2026-07-01 signed 2026-06-02\n  on_time: target at least 97%\n'
    assert said(first + second) == []
