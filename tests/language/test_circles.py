"""Circles at one instant: each hop is shown where the one clause names the other, and in the way it leads to it."""

from __future__ import annotations

import pytest

from bpodsl.language.problems import Circle
from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from tests.conftest import ROOT
from tests.language.both import made

PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")


def circle(text):
    (found,) = [each for each in understand_text("a.bpo", f"{PRELUDE}\n{text}")[1] if isinstance(each, Circle)]
    return found, [(each.label, each.span.text) for each in found.related()]


CAPS = """cap one_way on {} at 500 GBP each month
cap other_way on second, first at 500 GBP each month
credit first
  each month
  meridian pays northwind 5 GBP
credit second
  each month
  meridian pays northwind 5 GBP
credit third
  each month
  meridian pays northwind 5 GBP
"""


def test_caps_that_fill_in_opposite_orders_are_shown_at_their_lists():
    found, shown = circle(CAPS.format("first, second"))
    assert shown == [("`first` leads to `second`", "first, second"), ("`second` leads to `first`", "second, first")]
    assert found.hint().startswith("Let the caps name these sums in one order")


def test_a_circle_by_way_of_a_third_sum():
    assert circle(CAPS.format("first, third, second"))[1] == [
        ("`first` leads to `third`", "first, third"), ("`third` leads to `second`", "third, second"),
        ("`second` leads to `first`", "second, first"),
    ]  # fmt: skip


LADDER = """escalation {} "Escalation"
  level 1 "Manager" of meridian for 5 days
  ends with ticket_resolved
  then escalate {}
"""


def test_escalations_that_follow_each_other_are_shown_at_what_follows():
    found, shown = circle(LADDER.format("high", "low") + LADDER.format("low", "high"))
    assert found.message() == (
        "These depend on each other in a circle: level 1 of `high`, then level 1 of `low`, then level 1 of `high`."
    )
    assert shown == [
        ("level 1 of `high` leads to level 1 of `low`", "low"), ("level 1 of `low` leads to level 1 of `high`", "high"),
    ]  # fmt: skip
    assert found.related()[0].span.start < found.related()[1].span.start


def test_an_escalation_that_begins_again_at_once():
    found, shown = circle(LADDER.format("high", "high"))
    assert found.message() == "Level 1 of `high` depends on itself at the same instant."
    assert shown == [("level 1 of `high` leads to level 1 of `high`", "high")]


def test_duties_that_call_for_each_other_are_shown_where_they_call():
    text = (
        "obligation one\n  meridian must ticket_resolved when called\n  failing that two applies\n"
        "obligation two\n  meridian must ticket_held when called\n  failing that one applies\n"
    )
    _, shown = circle(text.replace("when called\n", "when called\n  within 4 hours\n"))
    assert [label for label, _ in shown] == ["`one` leads to `two`", "`two` leads to `one`"]
    assert [place for _, place in shown] == ["two", "one"]


FRAME = """agreement deal
  client     harbour
  provider   lantern
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event report_sent, plan_sent from lantern
event asked from harbour
obligation report
  lantern must report_sent each month
  within 5 days after the end of the month
  when missed then again applies
obligation again
  lantern must report_sent when called
  {}
  {}
measure plans
  each month, counted when due
  {}
  target at least 90%
obligation plan
  lantern must plan_sent when called
  within 5 days
trigger weak
  when plans is missed
  then plan applies
trigger begun
  when asked
  then plan applies
test "a"
  2026-01-10T09:00 asked
  2026-03-07T09:00 report_sent
  until 2026-04-10
"""
WITHIN, MISSED, SHARE = "within 3 days", "when missed then again applies", "share of plan fulfilled"


def circles_of(*parts):
    contract, problems = understand_text("deal.bpo", FRAME.format(*parts))
    return contract, [each for each in problems if each.code == "BPO310"]


def test_a_miss_that_calls_the_same_duty_again_is_no_circle_nor_a_window_whose_duty_counts_in_the_next():
    contract, found = circles_of(WITHIN, MISSED, SHARE)
    assert not found
    events, until = made(contract, contract.examples[0])
    ledger = evaluate(contract, events, until)
    assert ledger == run(contract, events, until)
    opened = [e.instance for e in ledger.outcome if (e.kind, e.clause) == ("Opened", "again")]
    assert opened[:3] == ["2026-01", "2026-01~2", "2026-01~2~2"]
    plans = [(e.instance, e.number("due")) for e in ledger.outcome if (e.kind, e.clause) == ("Opened", "plan")]
    assert [name for name, _ in plans] == ["test/1", "2026-01", "2026-02", "2026-03"]


@pytest.mark.parametrize(
    "parts",
    [
        # It may be missed as it opens, or soon after.
        ("within 11 hours", MISSED, SHARE),
        ("less than 1 day", MISSED, SHARE),
        ("by 2026-06-30", MISSED, SHARE),
        ("", "when fulfilled then again applies", SHARE),
        # Each miss would open two.
        (WITHIN, f"{MISSED}\n  {MISSED}", SHARE),
        (WITHIN, f"{MISSED}\n  cured within 2 days\n  when breached then again applies", SHARE),
        # What the window counts lies before it, but what becomes of it may be seen in it.
        (WITHIN, MISSED, "share of asked where (count of plan missed in the next 90 days) is 0"),
    ],
)
def test_where_nothing_is_later_it_stays_a_circle(parts):
    assert len(circles_of(*parts)[1]) == 1


def test_hours_apart_are_no_circle():
    assert not circles_of("within 12 hours", MISSED, SHARE)[1]
