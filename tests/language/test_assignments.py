"""Assignments and novations: who owes what from which day on, who may report, and from when it is known."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event, Ledger
from bpodsl.record.gather import gather
from bpodsl.record.intake import Intake
from bpodsl.record.rows import RawRow
from bpodsl.reference import run as reference_run
from bpodsl.report.summary import summarise
from bpodsl.terms import Contract
from bpodsl.text import Severity
from bpodsl.values import Zone, parse_instant

LONDON = Zone.load("Europe/London")
HEAD = """agreement desk
  client     north "North"
  provider   mer "Mer"
  party      zed "Zed"
  party      ann "Ann"
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event ticket_opened from north
  ticket    key
event ticket_resolved from mer
  ticket    key
event sale_notice from mer
event walk_out from mer
obligation restore
  mer must ticket_resolved for each ticket_opened
  within 4 hours
  failing that mer pays north 10 GBP as "late"
obligation visit
  north must ticket_opened for each sale_notice
  within 2 days
  failing that north pays mer 7 GBP as "no visit"
charge fee
  each month
  north pays mer 1 000 GBP
obligation stay
  mer must not walk_out
right leave
  mer may walk_out on fee_month
trigger fee_month
  when fee is at least 0 GBP
  then tell "a month"
"""


def at(text: str) -> int:
    return parse_instant(text, LONDON).instant


def contract(text: str) -> Contract:
    made, problems = understand_text("<test>", HEAD + text)
    assert made is not None, [p.message() for p in problems if p.severity is Severity.ERROR]
    return made


def event(kind: str, number: int, when: str, known: str = "", **fields: str) -> Event:
    t = at(when)
    return Event(kind, "crm", str(number), t, max(t, at(known)) if known else t, t, dict(fields))


def ledger(text: str, *events: Event, until: str = "2026-09-01T00:00") -> Ledger:
    """The ledger; both evaluators give the same."""
    made = contract(text)
    found = evaluate(made, events, at(until))
    assert [*found] == [*reference_run(made, events, at(until))]
    return found


def owed(found: Ledger, line: str) -> dict[str, str]:
    """Who owes whom, by period or instance."""
    return {
        e.period or e.instance: f"{e.number('payer')}>{e.number('payee')}" for e in found.outcome
        if e.kind == "Accrued" and e.clause == line
    }  # fmt: skip


def bearers(found: Ledger, norm: str) -> dict[str, object]:
    return {f"{e.kind} {e.instance}": e.number("bearer") for e in found.outcome if e.clause == norm}


TICKETS = (
    event("ticket_opened", 1, "2026-06-30T23:59:59", ticket="T1"),
    event("ticket_opened", 2, "2026-07-01T00:00", ticket="T2"),
)


@pytest.mark.parametrize(("word", "heir"), [("assignment", "mer"), ("novation", "zed")])
def test_what_arises_later_is_the_new_partys_and_what_is_open_goes_as_is_said(word: str, heir: str) -> None:
    found = ledger(f"{word} sale of mer to zed effective 2026-07-01\n", *TICKETS)
    assert owed(found, "fee") == {
        **{f"2026-0{n}": "north>mer" for n in range(1, 7)}, "2026-07": "north>zed", "2026-08": "north>zed",
    }  # fmt: skip
    assert bearers(found, "restore") == {
        "Opened crm/1": "mer", "Missed crm/1": heir, "Opened crm/2": "zed", "Missed crm/2": "zed",
    }  # fmt: skip
    assert owed(found, "restore.payment") == {"crm/1": f"{heir}>north", "crm/2": "zed>north"}
    (amended,) = [e for e in found.outcome if e.kind == "Amended"]
    assert amended.at == at("2026-07-01T00:00") and (amended.number("from"), amended.number("to")) == ("mer", "zed")


def test_what_follows_from_a_day_that_is_over_is_still_of_that_day() -> None:
    """The deadline in days ends with 30 June: what is missed with that midnight is missed under the old party."""
    found = ledger("novation sale of mer to zed effective 2026-07-01\n", event("sale_notice", 1, "2026-06-28T10:00"))
    assert owed(found, "visit.payment") == {"crm/1": "north>mer"}
    found = ledger("novation sale of mer to zed effective 2026-06-30\n", event("sale_notice", 1, "2026-06-28T10:00"))
    assert owed(found, "visit.payment") == {"crm/1": "north>zed"}


def test_by_an_event_it_is_known_from_when_that_is_and_restates() -> None:
    late = event("sale_notice", 9, "2026-06-05T10:00", "2026-08-10T12:00")
    again = event("sale_notice", 10, "2026-08-20T10:00")
    found = ledger("assignment sale of mer to zed by sale_notice\n", late, again)
    assert owed(found, "fee")["2026-06"] == "north>mer"
    assert owed(found, "fee")["2026-07"] == "north>zed"
    sums = [p for p in found if p.entry.clause == "fee" and p.entry.kind == "Accrued"]
    before = [p for p in sums if p.known < at("2026-08-10T12:00")]
    assert {p.entry.number("payee") for p in before} == {"mer"}
    assert [p.known for p in found if p.act == "Reversed"] == [at("2026-08-10T12:00")]
    without = ledger("assignment sale of mer to zed by sale_notice\n")
    assert set(owed(without, "fee").values()) == {"north>mer"}


def test_parties_are_followed_through_several_assignments() -> None:
    found = ledger(
        "assignment first of mer to zed effective 2026-03-01\nassignment second of zed to ann effective 2026-05-01\n"
        "assignment third of ann to mer effective 2026-07-01\n"
    )
    assert [owed(found, "fee")[f"2026-0{n}"].split(">")[1] for n in range(1, 9)] == [
        "mer", "mer", "zed", "zed", "ann", "ann", "mer", "mer",
    ]  # fmt: skip


def test_an_open_right_is_held_by_whom_it_has_passed_to() -> None:
    for word, holder in (("assignment", "mer"), ("novation", "zed")):
        made = contract(f"{word} sale of mer to zed effective 2026-03-15\n")
        until = at("2026-03-20T00:00")
        (right,) = summarise(made, evaluate(made, (), until)).rights
        assert right.holders == (holder,)
    assert {o.payee for o in summarise(made, evaluate(made, (), at("2026-06-01T00:00"))).owed} == {"mer", "zed"}


@pytest.mark.parametrize(
    ("word", "reporter", "time", "accepted"),
    [
        ("assignment", "zed", "2026-06-30T23:59:59+01:00", False),
        ("assignment", "zed", "2026-07-01T00:00:00+01:00", True),
        ("assignment", "mer", "2026-07-01T00:00:00+01:00", True),
        ("novation", "mer", "2026-06-30T23:59:59+01:00", True),
        ("novation", "mer", "2026-07-01T00:00:00+01:00", False),
        ("novation", "zed", "2026-07-01T00:00:00+01:00", True),
        ("novation", "ann", "2026-07-01T00:00:00+01:00", False),
    ],
)
def test_who_may_report(word: str, reporter: str, time: str, accepted: bool) -> None:
    made = contract(f"{word} sale of mer to zed effective 2026-07-01\n")
    row = RawRow("a.jsonl", 1, 1, {
        "id": "1", "type": "ticket_resolved", "ticket": "T1", "time": time, "reporter": reporter,
    }, b"")  # fmt: skip
    assert bool(gather(Intake(made), [row]).events) is accepted


def test_a_party_is_replaced_once() -> None:
    twice = "assignment a of mer to zed effective 2026-03-01\nnovation b of mer to ann effective 2026-05-01\n"
    _, problems = understand_text("<test>", HEAD + twice)
    assert [p.code for p in problems if p.severity is Severity.ERROR] == ["BPO319"]
