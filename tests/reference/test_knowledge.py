"""§1: what is posted when; late events, corrections and retractions; `until`."""

from fractions import Fraction

import pytest

from bpodsl.reference import outcome, run
from bpodsl.reference.outcome import Outcome
from tests.reference.build import (
    account,
    at,
    contract,
    days,
    event,
    figure,
    hours,
    kind,
    line,
    money,
    named,
    names,
    norm,
    postings,
    share_of,
    total,
    within,
)
from tests.reference.build import kinds as k

KINDS = [kind("opened", "id"), kind("done", "id"), kind("sale", amount=k.NUMBER)]
FIX = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)))
SALES = figure("sales", total("sale", "amount"))
AGREED = contract(
    events=KINDS,
    norms=[FIX],
    figures=[SALES, figure("rate", share_of("fix"))],
    lines=[line("fee", "sales")],
    accounts=[account("cap", money(100), "fee")],
)


def test_entries_are_known_when_they_act():
    ledger = run(AGREED, [event("opened", "2026-01-05T10:00", 1, id="A")], at("2026-02-02"))
    halves = {p.id: (p.known - p.entry.at, p.half) for p in ledger}
    assert halves["fix/Missed/s/1"] == (0, 1)
    assert halves["sales/Settled/2026-01"] == (0, 0)


def test_a_late_event_restates_a_settled_month():
    known = at("2026-02-10T09:00")
    given = [event("sale", "2026-01-10", 1, amount=30), event("sale", "2026-01-20", 2, amount=5, known=known)]
    ledger = run(AGREED, given, at("2026-03-02"))
    assert postings(ledger, "Accrued") == [
        ("Accrued", "fee/Accrued/2026-01", at("2026-02-01")),
        ("Reversed", "fee/Accrued/2026-01", known),
        ("Reissued", "fee/Accrued/2026-01#1", known),
    ]
    assert [p.entry.number("amount") for p in ledger if p.entry.kind == "Accrued"] == [30, -30, 35]
    assert [p.entry.at for p in ledger if p.entry.kind == "Accrued"] == [at("2026-02-01")] * 3
    assert ("Restated", "sales/Settled/2026-01#1", known) in postings(ledger, "Settled")
    assert named(ledger, "fee/Accrued/2026-01").number("amount") == 35
    before = run(AGREED, given[:1], known)
    assert before.posted == tuple(p for p in ledger if p.known < known)


def test_a_correction_and_a_retraction():
    given = [
        event("sale", "2026-01-10", 1, amount=30),
        event("sale", "2026-01-10", 1, amount=40, rev=1, known="2026-02-10"),
        event("sale", "2026-01-10", 1, rev=2, retracts=True, known="2026-02-20"),
    ]
    ledger = run(AGREED, given, at("2026-03-02"))
    assert [p.entry.number("value") for p in ledger if p.entry.name == "sales/Settled/2026-01"] == [30, 40, 0]
    assert postings(ledger, "Accrued")[-1] == ("Reversed", "fee/Accrued/2026-01#1", at("2026-02-20"))
    assert [p.entry.number("amount") for p in ledger if p.entry.kind == "Accrued"] == [30, -30, 40, -40]
    assert named(ledger, "sales/Settled/2026-01").event_causes == ()


def test_a_late_performance_takes_back_a_miss():
    given = [
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-05T13:00", 2, id="A", known="2026-01-07T12:00"),
    ]
    ledger = run(AGREED, given, at("2026-01-20"))
    assert postings(ledger, "Missed", "Fulfilled") == [
        ("Missed", "fix/Missed/s/1", at("2026-01-05T14:00")),
        ("Fulfilled", "fix/Fulfilled/s/1", at("2026-01-07T12:00")),
        ("Withdrawn", "fix/Missed/s/1", at("2026-01-07T12:00")),
    ]


def test_what_is_learnt_at_an_instant_counts_after_its_early_deadlines():
    by_day = norm("fix", opening="opened", acts="done", by=("id",), due=within(days(1)))
    given = [
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("done", "2026-01-06T13:00", 2, id="A", known="2026-01-07"),
    ]
    ledger = run(contract(events=KINDS, norms=[by_day]), given, at("2026-01-20"))
    midnight = at("2026-01-07")
    assert [(p.kind, p.known, p.half) for p in ledger if p.entry.kind in ("Missed", "Fulfilled")] == [
        ("Missed", midnight, 0), ("Fulfilled", midnight, 1), ("Withdrawn", midnight, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("tick", "expected"), [(-1, []), (0, []), (1, ["fix/Missed/s/1"])], ids=["before", "on", "after"]
)
def test_until_on_a_late_deadline(tick, expected):
    given = [event("opened", "2026-01-05T10:00", 1, id="A")]
    assert names(run(AGREED, given, at("2026-01-05T14:00") + tick), "Missed") == expected


@pytest.mark.parametrize(("tick", "expected"), [(-1, False), (0, True), (1, True)], ids=["before", "on", "after"])
def test_until_on_the_end_of_a_window(tick, expected):
    ledger = run(AGREED, [event("sale", "2026-01-10", 1, amount=1)], at("2026-02-01") + tick)
    assert ("fee/Accrued/2026-01" in names(ledger)) is expected


@pytest.mark.parametrize(("tick", "expected"), [(-1, []), (0, []), (1, ["fix/Opened/s/1"])])
def test_until_on_an_event(tick, expected):
    ledger = run(AGREED, [event("opened", "2026-01-05T10:00", 1, id="A")], at("2026-01-05T10:00") + tick)
    assert names(ledger, "Opened")[1:] == expected


def test_runs_glue_without_overlap():
    given = [
        event("opened", "2026-01-05T10:00", 1, id="A"),
        event("sale", "2026-01-10", 2, amount=30),
        event("sale", "2026-01-20", 3, amount=5, known="2026-02-10"),
        event("done", "2026-01-05T12:00", 4, id="A", known="2026-02-15"),
    ]
    whole = run(AGREED, given, at("2026-04-01"))
    for until in (p.known + tick for p in whole for tick in (-1, 0, 1)):
        part = run(AGREED, given, until)
        expected = [p for p in whole if p.known < until or (p.known == until and p.half == 0 and p.entry.at == until)]
        assert list(part.posted) == expected


def test_an_outcome_begun_at_a_moment_kept_is_the_one_from_scratch(monkeypatch):
    reopening = norm("fix", opening="opened", acts="done", by=("id",), due=within(hours(4)), reopening="continue",
                     cure=within(days(3)))  # fmt: skip
    last = norm("last", opening="opened", acts="done", by=("id",), due=within(days(2)), needs="last")
    agreed = contract(events=KINDS, norms=[reopening, last], figures=[SALES], lines=[line("fee", "sales")])
    given = []
    for n in range(60):
        t = at("2026-01-05") + n * 7 * 3_600_000_000
        late = None if n % 7 else t + n * 3_600_000_000
        given.append(
            event(("opened", "done", "sale")[n % 3 if n % 5 else 1], t, n, known=late, id="AB"[n % 4 == 0], amount=n)
        )
    ledger = run(agreed, given, at("2026-03-01"))
    anew = Outcome.anew
    monkeypatch.setattr(Outcome, "anew", lambda self, since, *others: anew(self, -1, *others))
    monkeypatch.setattr(outcome, "EVERY", 10**9)
    assert run(agreed, given, at("2026-03-01")) == ledger
    assert any(p.act for p in ledger)


def test_amounts_are_exact():
    ledger = run(AGREED, [event("sale", "2026-01-10", 1, amount=Fraction(1, 3))], at("2026-02-02"))
    assert named(ledger, "fee/Accrued/2026-01").number("exact") == Fraction(1, 3)
