"""What comes to be owed later of a sum: a debt of its own, due from when it is known."""

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
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event bill from beta
  bill_no key
  total   money
  due_on  day, optional
event paid from acme
  bill_no key
  amount  money
event let_off from beta
  bill_no key
"""
PAY = """
obligation pay
  acme must paid for each bill
  until amount adds up to total
  within 10 days
"""
ZONE = Zone.load("UTC")


def at(text):
    return parse_instant(text, ZONE).instant


def event(identity, when, kind, known="", rev=0, **fields):
    return Event(kind, "s", str(identity), at(when), at(known or when), at(when), fields, rev=rev)


def bill(total, known="", rev=0, **fields):
    return event(1, "2026-02-01T09:00", "bill", known, rev, bill_no="A", total=total, **fields)


def paid(identity, when, amount):
    return event(identity, when, "paid", bill_no="A", amount=amount)


def ledger(text, *events):
    contract, problems = understand_text("differences.bpo", HEAD + text)
    assert contract is not None, [p.message() for p in problems]
    made = evaluate(contract, events, at("2026-07-01T00:00"))
    assert made == run(contract, events, at("2026-07-01T00:00"))
    return made


def debts(made):
    """Of each debt that stands: when it opened, its total, its last day, and what became of it, with the day."""
    found = {}
    own = [e for e in made.outcome if e.clause == "pay" and e.kind != "Noted"]
    for e in sorted(own, key=lambda e: (e.at, e.place)):
        if e.kind == "Opened":
            found[e.instance] = [ZONE.day(e.at).isoformat(), e.number("total"), str(e.number("due"))]
        else:
            found[e.instance].append(f"{e.kind} {ZONE.day(e.at).isoformat()}")
    return found


def test_the_debt_paid_is_paid_and_the_difference_has_its_own_time():
    made = ledger(PAY, bill(100), paid(2, "2026-02-05T09:00", 100), bill(150, "2026-03-20T10:00", 1))
    assert debts(made) == {
        "s/1": ["2026-02-01", 100, "2026-02-11", "Fulfilled 2026-02-05"],
        "s/1+1": ["2026-03-20", 50, "2026-03-30", "Missed 2026-03-31"],
    }
    (opened,) = [p for p in made.posted if p.entry.instance == "s/1+1" and p.entry.kind == "Opened"]
    assert (opened.known, opened.entry.entry_causes) == (at("2026-03-20T10:00"), ("pay/Opened/s/1",))
    assert opened.entry.words == "difference"
    assert not [p for p in made.posted if p.act == "Withdrawn"]


@pytest.mark.parametrize(
    ("when", "became"), [("2026-03-30T23:59", "Fulfilled 2026-03-30"), ("2026-03-31T00:00", "Late 2026-03-31")]
)
def test_it_is_paid_by_its_last_day(when, became):
    made = ledger(PAY, bill(100), paid(2, "2026-02-05T09:00", 100), bill(150, "2026-03-20T10:00", 1), paid(3, when, 50))
    assert debts(made)["s/1+1"][-1] == became


def test_the_clause_may_say_its_time():
    made = ledger(PAY + "  difference found later within 1 month\n", bill(100), bill(150, "2026-03-20T10:00", 1))
    assert debts(made) == {
        "s/1": ["2026-02-01", 100, "2026-02-11", "Missed 2026-02-12"],
        "s/1+1": ["2026-03-20", 50, "2026-04-20", "Missed 2026-04-21"],
    }


def test_a_day_that_is_named_gives_as_many_days():
    text = PAY.replace("within 10 days", "by due_on")
    due = ZONE.day(at("2026-02-21T00:00"))
    made = ledger(text, bill(100, due_on=due), bill(150, "2026-03-20T10:00", 1, due_on=due))
    assert debts(made)["s/1+1"] == ["2026-03-20", 50, "2026-04-09", "Missed 2026-04-10"]


def test_two_differences_and_one_that_goes_again():
    bills = bill(100), bill(150, "2026-03-01T09:00", 1), bill(220, "2026-03-10T09:00", 2)
    made = ledger(PAY, *bills)
    assert {name: each[:2] for name, each in debts(made).items()} == {
        "s/1": ["2026-02-01", 100], "s/1+1": ["2026-03-01", 50], "s/1+2": ["2026-03-10", 70],
    }  # fmt: skip
    made = ledger(PAY, *bills, bill(120, "2026-03-15T09:00", 3))
    assert {name: each[:2] for name, each in debts(made).items()} == {
        "s/1": ["2026-02-01", 100], "s/1+1": ["2026-03-01", 20],
    }  # fmt: skip
    made = ledger(PAY, *bills, bill(120, "2026-03-15T09:00", 3), bill(230, "2026-03-18T09:00", 4))
    assert {name: each[:2] for name, each in debts(made).items()} == {
        "s/1": ["2026-02-01", 100], "s/1+1": ["2026-03-01", 50], "s/1+2": ["2026-03-10", 70],
        "s/1+3": ["2026-03-18", 10],
    }  # fmt: skip


def test_less_than_was_billed_is_so_from_the_beginning():
    made = ledger(PAY, bill(100), paid(2, "2026-02-05T09:00", 80), bill(80, "2026-03-20T10:00", 1))
    assert debts(made) == {"s/1": ["2026-02-01", 80, "2026-02-11", "Fulfilled 2026-02-05"]}


def test_a_payment_counts_for_the_debt_and_then_for_its_difference():
    made = ledger(PAY, bill(100), bill(150, "2026-02-03T09:00", 1), paid(2, "2026-02-05T09:00", 120))
    assert debts(made) == {
        "s/1": ["2026-02-01", 100, "2026-02-11", "Fulfilled 2026-02-05"],
        "s/1+1": ["2026-02-03", 50, "2026-02-13", "Counted 2026-02-05", "Missed 2026-02-14"],
    }


def test_a_payment_before_it_was_known_is_not_for_it():
    made = ledger(PAY, bill(100), paid(2, "2026-02-05T09:00", 120), bill(150, "2026-03-20T10:00", 1))
    assert debts(made)["s/1+1"][-1] == "Missed 2026-03-31"
    assert [e.words for e in made.outcome if e.kind == "Noted"] == ["more than is owed"]


def test_it_opens_after_the_end_too():
    contract, _ = understand_text("differences.bpo", (HEAD + PAY).replace("for 12 months", "for 2 months"))
    events = (
        bill(100), paid(2, "2026-02-05T09:00", 100), bill(150, "2026-03-20T10:00", 1), paid(3, "2026-03-25T09:00", 50),
    )  # fmt: skip
    made = evaluate(contract, events, at("2026-07-01T00:00"))
    assert made == run(contract, events, at("2026-07-01T00:00"))
    assert debts(made)["s/1+1"] == ["2026-03-20", 50, "2026-03-30", "Fulfilled 2026-03-25"]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("BPO315", PAY.replace("  until amount adds up to total\n", "") + "  difference found later within 3 days\n"),
        ("BPO319", PAY + "  difference found later within 3 days\n" * 2),
        ("BPO315", "\nobligation no_bills\n  beta must not bill\n  difference found later within 3 days\n"),
    ],
)
def test_problems(code, text):
    _, problems = understand_text("differences.bpo", HEAD + text)
    assert code in {p.code for p in problems}
