"""Circles at one instant: each hop is shown where the one clause names the other, and in the way it leads to it."""

from __future__ import annotations

from bpodsl.language.problems import Circle
from bpodsl.pipeline import understand_text
from tests.conftest import ROOT

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
