"""Rights whose exercise stands, and notices against renewal: what both evaluators post, and what is wrong."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant

HEAD = """
agreement deal "Deal"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 for 2 months
  renews     for 2 months unless stop 10 days before expiry
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event raised, solved, ended from beta
  ticket key
  site   one of leeds, york
event bare, stop from acme
obligation solve
  beta must solved for each raised
  within 2 days
"""
RIGHT = """
right back
  acme may ended on missed solve
  by site
  exercised within 5 days after the ground
  stands once exercised
  then beta pays acme 100 GBP as "back"
"""
FALLS = "falls with its ground"
ZONE = Zone.load("UTC")


def at(text):
    return parse_instant(text, ZONE).instant


def event(number, when, kind, known="", **fields):
    return Event(kind, "s", str(number), at(when), at(known or when), at(when), fields)


def ledger(text, until, *events):
    contract, problems = understand_text("rights.bpo", HEAD + text)
    assert contract is not None, [p.message() for p in problems]
    made = evaluate(contract, events, at(until))
    assert made == run(contract, events, at(until))
    return made


OPENED = (
    event(1, "2026-01-05T09:00", "raised", ticket="A", site="leeds"),
    event(2, "2026-01-09T09:00", "ended", ticket="Z", site="leeds"),
)


def exercised(made):
    return [(e.instance, e.at, e.key, e.words, e.entry_causes) for e in made.outcome if e.kind == "Exercised"]


def paid(made):
    return [str(e.number("amount")) for e in made.outcome if e.kind == "Accrued"]


def test_a_ground_that_is_taken_away_leaves_the_exercise():
    late = event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds")
    made = ledger(RIGHT, "2026-02-01T00:00", *OPENED, late)
    assert exercised(made) == [("s/1", at("2026-01-09T09:00"), (("site", "leeds"),), "stands", ())]
    assert paid(made) == ["100"]
    assert [p.act for p in made.posted if p.entry.kind == "Exercised"] == ["", "Restated"]
    assert [p.act for p in made.posted if p.entry.kind == "Accrued"] == [""]


def test_a_ground_that_moves_before_its_time_leaves_the_exercise_with_a_name_of_its_own():
    moved = Event("raised", "s", "1", at("2026-01-02T09:00"), at("2026-01-20T09:00"), at("2026-01-02T09:00"),
                  {"ticket": "A", "site": "leeds"}, rev=1)
    made = ledger(RIGHT, "2026-02-01T00:00", *OPENED, moved)
    assert [each[:4] for each in exercised(made)] == [
        ("s/1~2", at("2026-01-09T09:00"), (("site", "leeds"),), "stands")
    ] or exercised(made)[0][4]
    assert paid(made) == ["100"]


def test_an_exercise_that_is_withdrawn_is_none():
    late = event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds")
    gone = Event("ended", "s", "2", at("2026-01-09T09:00"), at("2026-01-25T09:00"), at("2026-01-09T09:00"), {},
                 rev=1, retracts=True)
    assert exercised(ledger(RIGHT, "2026-02-01T00:00", *OPENED, late, gone)) == []


def test_an_exercise_that_was_never_good_is_none():
    soon = event(3, "2026-01-06T09:00", "solved", known="2026-01-08T09:00", ticket="A", site="leeds")
    assert exercised(ledger(RIGHT, "2026-02-01T00:00", *OPENED, soon)) == []


def test_without_a_line_it_stands_too_and_is_flagged():
    late = event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds")
    made = ledger(RIGHT.replace("  stands once exercised\n", ""), "2026-02-01T00:00", *OPENED, late)
    assert exercised(made) == [("s/1", at("2026-01-09T09:00"), (("site", "leeds"),), "stands", ())]
    (flag,) = [p for p in made.posted if p.entry.kind == "BasisWithdrawn"]
    assert (flag.entry.clause, flag.entry.instance, flag.entry.at) == ("back", "s/1", at("2026-01-09T09:00"))
    assert (flag.known, flag.entry.words) == (at("2026-01-20T09:00"), "not open")
    assert (flag.entry.event_causes, flag.entry.entry_causes) == (("s/2",), ("back/Exercised/s/1",))


def test_the_flag_goes_when_the_ground_is_there_after_all():
    late = event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds")
    gone = Event("solved", "s", "3", at("2026-01-06T09:00"), at("2026-01-25T09:00"), at("2026-01-06T09:00"), {},
                 rev=1, retracts=True)
    made = ledger(RIGHT, "2026-02-01T00:00", *OPENED, late, gone)
    assert [p.act for p in made.posted if p.entry.kind == "BasisWithdrawn"] == ["", "Withdrawn"]
    assert exercised(made)[0][3:] == ("", ("back/RightOpened/s/1",))


def test_a_bar_that_is_learnt_later_leaves_it():
    text = """
event closed_on, closed_off from beta
state shut from closed_on to closed_off
""" + RIGHT.replace("  by site\n", "  by site\n  barred while shut\n")
    bar = event(3, "2026-01-08T09:00", "closed_on", known="2026-01-20T09:00")
    made = ledger(text, "2026-02-01T00:00", *OPENED, bar)
    assert exercised(made)[0][3] == "stands"
    assert [e.words for e in made.outcome if e.kind == "BasisWithdrawn"] == ["barred while shut"]
    assert paid(made) == ["100"]


def test_of_two_exercised_by_one_notice_the_one_that_lost_its_ground_stands_beside_the_other():
    text = """
event end_all from acme
  site one of leeds, york
""" + RIGHT.replace("acme may ended", "acme may end_all").replace("  by site", "  by ticket, site")
    events = (
        event(1, "2026-01-05T09:00", "raised", ticket="A", site="leeds"),
        event(4, "2026-01-05T10:00", "raised", ticket="B", site="leeds"),
        event(2, "2026-01-09T09:00", "end_all", site="leeds"),
        event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds"),
    )
    made = ledger(text, "2026-02-01T00:00", *events)
    assert sorted((dict(key)["ticket"], words) for _, _, key, words, _ in exercised(made)) == [
        ("A", "stands"), ("B", ""),
    ]  # fmt: skip
    assert paid(made) == ["100", "100"]


def test_it_falls_where_the_right_says_so():
    late = event(3, "2026-01-06T09:00", "solved", known="2026-01-20T09:00", ticket="A", site="leeds")
    text = RIGHT.replace("stands once exercised", "falls with its ground")
    made = ledger(text, "2026-02-01T00:00", *OPENED, late)
    assert exercised(made) == []
    assert paid(made) == []


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("BPO313", RIGHT.replace("may ended", "may ended or bare")),
        ("BPO315", RIGHT.replace("on missed solve", "at will").replace("  by site\n", "").replace(
            "  exercised within 5 days after the ground\n", "")),
        ("BPO319", RIGHT + "  stands once exercised\n"),
        ("BPO319", RIGHT + f"  {FALLS}\n"),
        ("BPO315", RIGHT.replace("on missed solve", "at will").replace("  by site\n", "").replace(
            "  exercised within 5 days after the ground\n", "").replace("stands once exercised", FALLS)),
    ],
)  # fmt: skip
def test_problems(code, text):
    _, problems = understand_text("rights.bpo", HEAD + text)
    assert code in {p.code for p in problems}


def test_a_notice_against_renewal_is_why_the_agreement_ends():
    # The term ends with 28 February: ten days before is the 18th.
    made = ledger("", "2026-03-02T00:00", event(1, "2026-02-18T23:59", "stop"), event(2, "2026-02-18T23:59", "stop"))
    own = [(e.kind, e.instance, e.entry_causes) for e in made.outcome if e.clause == "deal" and e.kind != "Opened"]
    assert own == [
        ("Noticed", "s/1", ()), ("Noticed", "s/2", ()), ("Ended", "", ("deal/Noticed/s/1",))
    ]
    late = ledger("", "2026-03-02T00:00", event(1, "2026-02-19T00:00", "stop"))
    assert [(e.kind, e.words) for e in late.outcome if e.clause == "deal"][1:] == [
        ("Noted", "too late"), ("Extended", "")
    ]
