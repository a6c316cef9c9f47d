"""What if: each supposition comes about where it can, changes nothing else, and says so where it cannot."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

import pytest

from bpodsl.compare.replaying import replayed
from bpodsl.compare.supposing import (
    Answered,
    Excused,
    Level,
    OnTime,
    Waived,
    came_about,
    levels,
    questions,
    suppose,
)  # fmt: skip
from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record.verdicts import judge
from bpodsl.remembered import understand
from bpodsl.store import Feed, read_events
from bpodsl.values import Zone, parse_day
from tests.conftest import ROOT


def read(folder, files, until):
    contract = understand(ROOT / "examples" / folder / f"{folder}.bpo", running=True).contract
    instant = Zone.load(contract.zone).start_of(parse_day(until))
    taken = read_events(contract, [ROOT / "examples" / folder / name for name in files], instant)
    return contract, taken.events, evaluate(contract, taken.events, taken.until)


@pytest.fixture(scope="module")
def care():
    return read("customer_care", ["events.jsonl"], "2026-10-14")


@pytest.fixture(scope="module")
def payable():
    return read("accounts_payable", ["desk.jsonl", "invoices.csv"], "2026-06-30")


def ran(run, *asked):
    """What differs, and why suppositions did not come about."""
    contract, events, ledger = run
    what = suppose(contract, events, ledger, asked)
    then = evaluate(what.contract, what.events, ledger.until)
    failed = dict(what.failed)
    return replayed(contract, ledger, what.contract, then, {}), [
        failed.get(each) or came_about(what.contract, then, each) for each in asked
    ]


def instance(run, norm, key):
    return next(v.instance for v in judge(run[0], run[2].outcome) if v.norm == norm and (key in dict(v.key).values()))


def test_nothing_supposed_changes_nothing(care):
    found, _ = ran(care)
    assert found.same


def test_two_tickets_on_time_bring_june_to_its_target(care):
    tickets = [instance(care, "restore_p1", ticket) for ticket in ("T06003", "T06008")]
    found, why = ran(care, *(OnTime("restore_p1", each) for each in tickets))
    assert why == ["", ""]
    assert [(each.period, each.new) for each in found.levels] == [("2026-06", (Fraction(19, 20), "met"))]
    assert {each.line: each.difference for each in found.sums} == {"help_desk_credit": -25_000, "answer_credit": 5_000}
    assert {each.instance for each in found.duties} == set(tickets)
    assert not any(each.new for each in found.happened) and "for_cause" in {each.clause for each in found.happened}


def test_one_ticket_on_time_is_one_duty_met(care):
    found, why = ran(care, OnTime("restore_p1", instance(care, "restore_p1", "T06003")))
    assert why == [""] and len(found.duties) == 1 and found.duties[0].new[0] == "fulfilled"


def test_every_missed_duty_can_be_on_time(care):
    for verdict in judge(care[0], care[2].outcome):
        if verdict.status == "missed" and verdict.norm in ("restore_p1", "restore_p2", "monthly_report"):
            found, why = ran(care, OnTime(verdict.norm, verdict.instance))
            assert why == [""], verdict.instance
            assert [each.instance for each in found.duties] == [verdict.instance]


@pytest.mark.parametrize("edge", ["within", "less than"])
def test_on_time_is_the_last_instant_that_counts(edge):
    """`within` counts the last instant, `less than` does not; a case that nobody did is given an event."""
    text = f"""
agreement desk
  client harbour
  provider lantern
  effective 2026-01-01 for 12 months
  time zone UTC
  currency GBP, rounded half up to 0.01
event asked from harbour
  ticket key
event answered from lantern
  ticket key
obligation answer
  lantern must answered for each asked
  {edge} 4 hours
"""
    contract, problems = understand_text("a.bpo", text)
    assert contract is not None, [each.message() for each in problems]
    line = b'{"id": "1", "source": "harbour", "type": "asked", "time": "2026-01-05T10:00:00Z", "ticket": "T1"}'
    taken = read_events(contract, [Feed("e.jsonl", BytesIO(line))], Zone.load("UTC").start_of(parse_day("2026-02-01")))
    ledger = evaluate(contract, taken.events, taken.until)
    what = suppose(contract, taken.events, ledger, [OnTime("answer", "harbour/1")])
    then = evaluate(contract, what.events, ledger.until)
    (verdict,) = judge(contract, then.outcome)
    assert verdict.status == "fulfilled"
    last = next(event for event in what.events if event.kind == "answered")
    assert verdict.due - last.acts == (0 if edge == "within" else 1)


def test_an_exclusion_accepted_excuses_the_case(care):
    one = instance(care, "restore_p1", "T06003")
    found, why = ran(care, Excused("restore_p1", one, "force_majeure"))
    assert why == [""] and [(each.instance, each.new[0]) for each in found.duties] == [(one, "excused")]
    assert [each.new for each in found.levels] == [(Fraction(17, 19), "below minimum")]


def test_a_waiver_forgives(care):
    one = instance(care, "restore_p2", "T06510")
    found, why = ran(care, Waived("restore_p2", one))
    assert why == [""] and [each.new[0] for each in found.duties] == ["excused"]


@pytest.mark.parametrize("which, value", [("target", Fraction(97, 100)), ("minimum", Fraction(4, 5))])
def test_another_level_is_held_against_every_window(care, which, value):
    ledger = care[2]
    found, why = ran(care, Level("p1_on_time", which, value))
    assert why == [""]
    entries = [e for e in ledger.outcome if e.kind == "Settled" and e.clause == "p1_on_time"]
    for entry in entries:
        # What stands otherwise is what is told, no more and no less.
        level = value if which == "target" else Fraction(19, 20)
        least = value if which == "minimum" else Fraction(9, 10)
        now = entry.number("value")
        standing = "below minimum" if now < least else "missed" if now < level else "met"
        was = "below minimum" if entry.number("below minimum") else entry.number("standing")
        told = [each.new[1] for each in found.levels if each.period == entry.period]
        assert told == ([standing] if standing != was else [])


def test_the_same_level_changes_nothing(care):
    written = {(figure.name, which): value for figure, which, value in levels(care[0])}
    # That of the P2 tickets changes with time, so it is no one number.
    assert written.pop(("p2_on_time", "target")) is None and None not in written.values() and len(written) > 2
    for (name, which), value in written.items():
        found, why = ran(care, Level(name, which, value))
        assert found.same and why == [""]


def test_a_level_that_a_formula_gives_may_be_another_too(care):
    ledger = care[2]
    entries = [e for e in ledger.outcome if e.kind == "Settled" and e.clause == "p2_on_time"]
    assert {e.number("target") for e in entries} == {Fraction(9, 10), Fraction(23, 25)}
    for level in (Fraction(4, 5), Fraction(1), Fraction(5, 6)):
        found, why = ran(care, Level("p2_on_time", "target", level))
        assert why == [""]
        differs = {each.period: each.new[1] for each in found.levels}
        for entry in entries:
            now = "met" if entry.number("value") >= level else "missed"
            assert differs.pop(entry.period, None) == (None if now == entry.number("standing") else now)
        assert not differs


def test_an_answer_is_taken_as_given_from_the_first(payable):
    asked = {(event.fields.get("outage"), name): event for event, name, *_ in questions(payable[0], payable[1])}
    accepted = asked["L1", "relief"]
    found, why = ran(payable, Answered(accepted.identity, "relief", "rejected"))
    assert why == [""] and len(found.duties) == 3 and found.sums
    found, _ = ran(payable, Answered(accepted.identity, "relief", "accepted"))
    assert not found.duties and not found.sums


def test_what_may_be_asked_is_what_arose(payable):
    found = list(questions(payable[0], payable[1]))
    assert {name for _, name, _, _ in found} == {"relief", "halden_data"}
    assert all(now is None or now in choices for _, _, now, choices in found)


def test_what_cannot_be_supposed_is_told(care):
    one = instance(care, "restore_p1", "T06003")
    for each, said in (
        (OnTime("restore_p1", "none/1"), "there is no such instance"),
        (OnTime("none", one), "there is no such instance"),
        (Excused("restore_p1", one, "outage"), "`outage` does not excuse it"),
        (Excused("restore_p1", one, "none"), "`none` does not excuse it"),
        (Waived("restore_p1", one), "nothing waives it"),
        (Answered("none/1", "relief", "accepted"), "there is no such event"),
        (Level("none", "target", 1), "it has no target"),
        (Level("p1_on_time", "middle", 1), "there is no such level"),
        (Level("p2_on_time", "minimum", 1), "it has no minimum"),
    ):
        found, why = ran(care, each)
        assert why == [said] and found.same, each
