"""What goes on after the end of an agreement: debts that were missed before it, and what is reckoned on them."""

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
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event bill from beta
  bill_no key
  total  money
event paid from acme
  bill_no key
  amount money
event let_off from beta
  bill_no key
event halt from acme
termination out
  by acme at will
  exercised by halt
obligation pay
  acme must paid for each bill
  until amount adds up to total
  within 10 days
"""
INTEREST = """
amount nightly
  each day by bill_no
  36.5% / 365 * (sum of outstanding over pay overdue)
charge interest
  each month
  acme pays beta sum of value over windows of nightly
charge with_fee
  each month
  acme pays beta 5 GBP + (sum of value over windows of nightly)
"""
ZONE = Zone.load("UTC")


def at(text):
    return parse_instant(text, ZONE).instant


def event(number, when, kind, known="", **fields):
    return Event(kind, "s", str(number), at(when), at(known or when), at(when), fields)


def ledger(text, until, *events):
    contract, problems = understand_text("after.bpo", HEAD + text)
    assert contract is not None, [p.message() for p in problems]
    made = evaluate(contract, events, at(until))
    assert made == run(contract, events, at(until))
    return made


def told(made, clause):
    """The kinds of a clause's entries that stand, with the day and hour of each."""
    return [(e.kind, ZONE.day(e.at).isoformat()) for e in made.outcome if e.clause == clause]


def sums(made, line):
    found = [e for e in made.outcome if e.kind == "Accrued" and e.clause == line]
    return {e.period or e.instance: e.number("amount") for e in found}


BILL = event(1, "2026-02-10T09:00", "bill", bill_no="A", total=1000)
"""Due 20 February; the agreement ends with February."""


def test_a_debt_missed_before_the_end_is_performed_late_after_it():
    made = ledger("", "2026-04-01T00:00", BILL, event(2, "2026-03-05T09:00", "paid", bill_no="A", amount=1000))
    assert told(made, "pay") == [("Opened", "2026-02-10"), ("Missed", "2026-02-21"), ("Late", "2026-03-05")]
    assert not [e for e in made.outcome if e.kind == "Noted"]


def test_it_is_paid_in_parts_and_what_is_over_is_noted():
    parts = (
        event(2, "2026-03-05T09:00", "paid", bill_no="A", amount=400),
        event(3, "2026-03-06T09:00", "paid", bill_no="A", amount=700),
        event(4, "2026-03-07T09:00", "paid", bill_no="A", amount=1),
    )
    made = ledger("", "2026-04-01T00:00", BILL, *parts)
    assert told(made, "pay")[2:] == [
        ("Counted", "2026-03-05"), ("Late", "2026-03-06"), ("Noted", "2026-03-06"),
    ]  # fmt: skip
    assert [(e.clause, e.words) for e in made.outcome if e.kind == "Noted"] == [
        ("pay", "more than is owed"), ("deal", "after the end"),
    ]  # fmt: skip


CURE = """  cured within 15 days
  failing that acme pays beta 50 GBP as "costs"
"""


@pytest.mark.parametrize(
    ("day", "kinds", "costs"),
    [("2026-03-07T23:59", ["Cured"], {}), ("2026-03-08T00:00", ["Breached", "Late"], {"s/1": 50})],
)
def test_the_time_of_cure_runs_on(day, kinds, costs):
    made = ledger(CURE, "2026-04-01T00:00", BILL, event(2, day, "paid", bill_no="A", amount=1000))
    assert [kind for kind, _ in told(made, "pay")][2:] == kinds
    assert sums(made, "pay.payment") == costs


def test_without_payment_it_is_breached_though_nothing_survives():
    made = ledger(CURE, "2026-04-01T00:00", BILL)
    assert told(made, "pay")[2:] == [("Breached", "2026-03-08")]


def test_what_is_not_due_at_the_end_is_over():
    late_bill = event(1, "2026-02-19T09:00", "bill", bill_no="A", total=1000)
    made = ledger(CURE, "2026-04-01T00:00", late_bill, event(2, "2026-03-05T09:00", "paid", bill_no="A", amount=1000))
    assert told(made, "pay") == [("Opened", "2026-02-19"), ("Ended", "2026-03-01")]
    assert [e.words for e in made.outcome if e.kind == "Noted"] == ["after the end"]


def test_what_was_due_on_the_last_day_is_a_debt():
    last = event(1, "2026-02-18T09:00", "bill", bill_no="A", total=1000)
    made = ledger("", "2026-04-01T00:00", last, event(2, "2026-03-01T00:00", "paid", bill_no="A", amount=1000))
    assert told(made, "pay") == [("Opened", "2026-02-18"), ("Missed", "2026-03-01"), ("Late", "2026-03-01")]


def test_new_bills_after_the_end_open_nothing():
    again = event(2, "2026-03-02T09:00", "bill", bill_no="B", total=7)
    made = ledger("", "2026-04-01T00:00", BILL, again)
    assert [e.words for e in made.outcome if e.kind == "Noted"] == ["after the end"]


def test_a_debt_is_waived_after_the_end():
    let_off = event(2, "2026-03-05T09:00", "let_off", bill_no="A")
    made = ledger("  waived by let_off\n", "2026-04-01T00:00", BILL, let_off)
    assert told(made, "pay")[2:] == [("Waived", "2026-03-05")]


def test_interest_goes_on_by_the_day_and_month_and_a_fee_does_not():
    made = ledger(
        INTEREST, "2026-06-01T00:00", BILL, event(2, "2026-04-05T09:00", "paid", bill_no="A", amount=1000)
    )  # fmt: skip
    assert sums(made, "interest") == {"2026-02": 9, "2026-03": 31, "2026-04": 4}
    assert sums(made, "with_fee") == {"2026-01": 5, "2026-02": 14}
    nights = [e.period for e in made.outcome if e.kind == "Settled" and e.clause == "nightly"]
    assert nights[0] == "2026-02-20"
    assert nights[-1] == "2026-04-04"
    months = [e.period for e in made.outcome if e.kind == "Settled" and e.clause == "interest"]
    assert months == ["2026-01", "2026-02", "2026-03", "2026-04"]


def test_of_an_end_in_the_middle_of_a_month_the_rest_belongs_to_the_next_window():
    stop = event(2, "2026-02-24T12:00", "halt")
    paid = event(3, "2026-03-05T09:00", "paid", bill_no="A", amount=1000)
    made = ledger(INTEREST, "2026-06-01T00:00", BILL, stop, paid)
    assert sums(made, "interest") == {"2026-02": 5, "2026-03": 8}


def test_a_payment_known_late_restates_the_interest_after_the_end():
    paid = event(2, "2026-03-05T09:00", "paid", "2026-04-20T09:00", bill_no="A", amount=1000)
    made = ledger(INTEREST, "2026-06-01T00:00", BILL, paid)
    assert sums(made, "interest") == {"2026-02": 9, "2026-03": 4}
    known = [(p.act, p.entry.period) for p in made if p.entry.kind == "Accrued" and p.known == at("2026-04-20T09:00")]
    assert known[:2] == [("Reversed", "2026-03"), ("Reissued", "2026-03")]


def test_nobody_owes_anything_nothing_goes_on():
    made = ledger(INTEREST, "2026-06-01T00:00")
    assert [e.period for e in made.outcome if e.kind == "Settled" and e.clause == "interest"] == ["2026-01", "2026-02"]


def test_a_time_of_survival_that_is_over_leaves_debts():
    text = HEAD.replace("  within 10 days\n", "  within 10 days\n  survives the end for 33 days\n") + CURE
    contract, problems = understand_text("after.bpo", text)
    assert contract is not None, [p.message() for p in problems]
    events = (
        event(1, "2026-03-20T09:00", "bill", bill_no="A", total=1000),
        event(2, "2026-03-25T09:00", "bill", bill_no="B", total=1000),
        event(3, "2026-04-05T09:00", "paid", bill_no="A", amount=1000),
        event(4, "2026-04-06T09:00", "paid", bill_no="B", amount=1000),
    )
    made = evaluate(contract, events, at("2026-06-01T00:00"))
    assert made == run(contract, events, at("2026-06-01T00:00"))
    assert [(e.kind, e.instance) for e in made.outcome if e.clause in ("pay", "deal") and e.kind != "Opened"] == [
        ("Ended", ""), ("Missed", "s/1"), ("Ended", "s/2"), ("Cured", "s/1"), ("Noted", "s/4"),
    ]  # fmt: skip


RIVALS = """
event rival from beta
event cause, sale from acme
obligation alone
  beta must not rival
  survives the end for 10 days
termination for_cause
  by acme at will
  exercised by cause
  survives alone for 20 days
termination on_sale
  by acme at will
  exercised by sale
  survives alone
"""


@pytest.mark.parametrize(
    ("how", "missed"),
    [
        ("cause", ["2026-02-14", "2026-03-02"]),  # Ended on 10 February: to 2 March.
        ("sale", ["2026-02-14", "2026-03-02", "2026-03-10", "2026-03-11"]),
        ("", ["2026-02-14", "2026-03-02", "2026-03-10"]),  # Ended with February: to 10 March.
    ],
)
def test_what_survives_is_told_by_the_end_that_came(how, missed):
    days = ("2026-02-14T09:00", "2026-03-02T23:59", "2026-03-10T23:59", "2026-03-11T00:00")
    events = [event(n, day, "rival") for n, day in enumerate(days)]
    if how:
        events.append(event(9, "2026-02-10T12:00", how))
    made = ledger(RIVALS, "2026-06-01T00:00", *events)
    assert [day for kind, day in told(made, "alone") if kind == "Missed"] == missed
