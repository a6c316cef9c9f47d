"""What is offered in the lines of a test."""

from __future__ import annotations

import pytest

pytest.importorskip("pygls")

from tests.lsp.test_completion import BASE, offered

MORE = BASE + """
event called from meridian
  call     key
  lost     yes/no
  waited   duration
  reason   text, optional

event reported from anyone
  period  month

measure by_priority
  each quarter by priority
  sum of size over opened

trigger bad
  when on_time is missed
  then tell "bad"

escalation up
  level 1  "Manager" of meridian
  ends with closed
"""
ABOVE = """  2026-04-07T18:00 opened ticket T7, priority P1
  2026-05-02T09:30 opened ticket T8, priority P2, size 4
  2026-05-02T09:45 closed ticket T8
"""


def fits(line, above=ABOVE):
    return offered(f"{above}  {line}^", 'test "x"\n', MORE)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("2026-05-03T10:00 opened ticket T9, priority ", ["P1", "P2"]),
        ("2026-05-03T10:00 opened ticket T9, ", ["priority", "size", "known"]),
        ("2026-05-03T10:00 closed ticket ", ["T8", "T7"]),
        ("2026-05-03T10:00 called call C1, lost ", ["no", "yes"]),
        ("2026-05-03T10:00 reported period ", ["2026-05", "2026-04"]),
        ("2026-05-03T10:00 closed from ", ["meridian"]),
        ("2026-05-03T10:00 reported from ", ["north", "meridian"]),
        ("expect close for ", ["T8", "T7"]),
        ("expect by_priority for ", ["P2", "P1"]),
        ("expect on_time in ", ["2026-05", "2026-04"]),
        ("expect by_priority for P1 in ", ["2026-Q2"]),
        ("expect on_time in 2026-05 is ", ["below minimum", "met", "missed", "not"]),
        ("expect close for T8 fulfilled at ", ["2026-05-02T09:45", "2026-05-02T09:30", "2026-04-07T18:00"]),
        ("expect bad on ", ["2026-05-02", "2026-04-07"]),
        ("expect on_time ", ["for", "in"]),
        ("expect bad ", ["at", "for", "in", "on", "pays"]),
        ("expect up ", ["at", "for", "in", "on"]),
        ("expect leave ", ["at", "ended", "exercised", "for", "in", "lapsed", "on", "open", "pays", "waived"]),
    ],
)
def test_what_is_offered(line, found):
    assert fits(line) == found


def test_the_words_for_what_became_of_a_duty():
    found = fits("expect close for T8 ")
    assert {"fulfilled", "missed", "late", "undecided"} <= set(found)
    assert not {"exercised", "lapsed", "in", "met"} & set(found)


def test_only_events_of_the_same_test_are_cases_of_it():
    above = ABOVE + '  expect close for T8 fulfilled\ntest "y"\n  2026-06-01T10:00 opened ticket Z1, priority P1\n'
    assert fits("expect close for ", above) == ["Z1"]
    assert fits("expect close for ", "") == []


def test_lines_above_that_cannot_be_read_do_no_harm():
    assert fits("expect close for ", "  2026-04-07T18:00 opend tickt T7,, P1\n" + ABOVE) == ["T8", "T7"]
    assert "P1" in fits("2026-05-03T10:00 opened priority ", "  expect expect\n")


def test_a_length_still_has_its_units():
    assert {"minutes", "hours"} <= set(fits("2026-05-03T10:00 called call C1, waited 5 "))
