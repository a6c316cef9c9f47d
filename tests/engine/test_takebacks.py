"""Performances taken back, in place where nothing forbids it, and made anew where something does."""

from fractions import Fraction

import pytest

from bpodsl.terms import Clock, Impose, OnOutcome, OnSettled, Raise, kinds
from bpodsl.terms import expressions as ex
from tests.engine.running import entries, numbers, posted, swept
from tests.reference.build import (
    IMPOSED,
    YEAR,
    account,
    at,
    contract,
    count,
    days,
    event,
    figure,
    hours,
    is_,
    kind,
    line,
    money,
    named,
    norm,
    outcomes,
    rule,
    same,
    share,
    share_of,
    target,
    within,
)  # fmt: skip


def desk(*, rules=(), figures=(), lines=(), accounts=(), norms=(), **fields):
    """Tickets whose last resolution counts, and the monthly share resolved in time."""
    last = norm("restore", opening="opened", acts="resolved", by=("ticket",), **{"needs": "last", **fields})
    on_time = figure(
        "on_time", share_of("restore", "performed"), of=kinds.SHARE, target=target(">=", share(Fraction(9, 10)))
    )
    return contract(
        events=[kind("opened", "ticket"), kind("resolved", "ticket"), kind("paid", "ticket")],
        norms=[last, *norms], figures=[on_time, *figures], lines=lines, accounts=accounts, rules=rules,
    )  # fmt: skip


def steps(*what):
    return [event(k, when, n, ticket=t) for n, (k, when, t) in enumerate(what, start=1)]


MOVED = steps(
    ("opened", "2026-01-05T10:00", "A"), ("opened", "2026-01-05T11:00", "B"), ("resolved", "2026-01-06T10:00", "A"),
    ("resolved", "2026-01-06T11:00", "B"), ("resolved", "2026-02-10T10:00", "A"),
)  # fmt: skip


def test_the_last_performance_moves_to_another_window():
    found, remade = swept(desk(due=within(days(40))), MOVED, "2026-04-01")
    assert remade == 0
    known = at("2026-02-10T10:00")
    assert [p for p in posted(found, "restore") if p[2] == known] == [("Restated", "restore/Fulfilled/s/1#1", known, 1)]
    assert named(found, "restore/Fulfilled/s/1").event_causes == ("s/5",)
    january = named(found, "on_time/Settled/2026-01")
    assert (numbers(january)["value"], january.entry_causes) == (1, ("restore/Fulfilled/s/2",))
    assert ("Restated", "on_time/Settled/2026-01#1", known, 1) in posted(found, "on_time")


def test_the_deadline_may_fall_between_two_performances():
    found, remade = swept(desk(due=within(days(10))), MOVED, "2026-04-01")
    assert remade == 0
    missed = named(found, "restore/Missed/s/1")
    assert (missed.at, missed.place) == (at("2026-01-16"), 0)
    assert named(found, "restore/Late/s/1").at == at("2026-02-10T10:00")
    # The miss belongs to February, in which it was performed.
    assert numbers(named(found, "on_time/Settled/2026-02"))["value"] == 0


def test_a_window_waits_again_for_what_is_open_again():
    counted = figure("opened_share", share_of("restore", "opened"), of=kinds.SHARE)
    found, remade = swept(
        desk(needs="any", reopening="continue", due=within(hours(30)), figures=[counted]),
        steps(
            ("opened", "2026-01-05T10:00", "A"), ("resolved", "2026-01-06T10:00", "A"),
            ("opened", "2026-02-10T10:00", "A"), ("resolved", "2026-02-10T12:00", "A"),
        ),
        "2026-04-01",
    )  # fmt: skip
    assert remade == 0
    reopened, again = at("2026-02-10T10:00"), at("2026-02-10T12:00")
    assert posted(found, "opened_share")[:3] == [
        ("Settled", "opened_share/Settled/2026-01", at("2026-02-01"), 0),
        ("Withdrawn", "opened_share/Settled/2026-01", reopened, 1),
        ("Settled", "opened_share/Settled/2026-01#1", again, 1),
    ]
    # 24 hours before the first resolution, 2 hours after the reopening.
    assert numbers(named(found, "restore/Fulfilled/s/1"))["reading"] == 26 * 3_600_000_000


def test_restart_counts_from_the_reopening():
    found, _ = swept(
        desk(needs="any", reopening="restart", due=within(hours(30))),
        steps(
            ("opened", "2026-01-05T10:00", "A"), ("resolved", "2026-01-06T10:00", "A"),
            ("opened", "2026-02-10T10:00", "A"),
        ),
        "2026-04-01",
    )  # fmt: skip
    assert named(found, "restore/Missed/s/1").at == at("2026-02-11T16:00")
    assert entries(found, "restore", "Fulfilled") == []


def test_a_miss_stands_when_its_key_opens_again():
    found, _ = swept(
        desk(needs="any", reopening="continue", due=within(hours(4))),
        steps(
            ("opened", "2026-01-05T10:00", "A"), ("resolved", "2026-01-06T10:00", "A"),
            ("opened", "2026-02-10T10:00", "A"),
        ),
        "2026-04-01",
    )  # fmt: skip
    assert entries(found, "restore") == [
        ("Opened", "s/1", ""), ("Missed", "s/1", ""), ("Late", "s/1", ""), ("Noted", "s/3", "closed"),
    ]  # fmt: skip


def credits():
    """The credit of a month that misses its target, under a cap, and a warning."""
    value = ex.Table(same("on_time"), (ex.Row(">=", share(Fraction(9, 10)), money(0)),), money(100))
    return {
        "figures": [figure("credit", value, of=kinds.money("GBP"))],
        "lines": [line("credits", "credit")],
        "accounts": [account("cap", money(150), "credits", YEAR)],
        "rules": [rule("warning", OnSettled("on_time"), Raise("see to it"), when=is_("missed", "on_time"))],
    }


def test_credits_caps_and_firings_follow_in_place():
    # A is late in February at first; resolved once more in March, it makes March late instead.
    story = steps(
        ("opened", "2026-01-05T10:00", "A"), ("opened", "2026-02-02T10:00", "B"), ("resolved", "2026-02-03T10:00", "A"),
        ("resolved", "2026-02-03T11:00", "B"), ("resolved", "2026-03-10T10:00", "A"),
        ("opened", "2026-03-11T10:00", "C"), ("resolved", "2026-04-20T10:00", "C"),
    )  # fmt: skip
    found, remade = swept(desk(due=within(days(10)), **credits()), story, "2026-06-01")
    assert remade == 0
    assert [(e.period, e.number("amount")) for e in found.outcome if e.kind == "Accrued"] == [
        ("2026-03", 100), ("2026-04", 50),
    ]  # fmt: skip
    assert ("Reversed", "credits/Accrued/2026-02", at("2026-03-10T10:00"), 1) in posted(found, "credits")
    assert entries(found, "warning", "Fired", "Raised") == [
        ("Fired", "2026-03", ""), ("Raised", "2026-03", "see to it"),
        ("Fired", "2026-04", ""), ("Raised", "2026-04", "see to it"),
    ]  # fmt: skip
    assert numbers(named(found, "cap/Capped/credits/2026-04")) == {
        "limit": 150, "used": 100, "wanted": 100, "posted": 50,
    }  # fmt: skip


@pytest.mark.parametrize("cure", [None, within(days(3))])
def test_a_figure_that_counts_the_cured_waits_for_a_cure_only_where_there_is_one(cure):
    counted = figure("kept", count(outcomes("restore", "fulfilled", "cured")))
    parts = desk(due=within(days(40)), figures=[counted], **({} if cure is None else {"cure": cure}))
    found, remade = swept(parts, MOVED, "2026-04-01")
    careful, _ = swept(parts, MOVED, "2026-04-01", careful=True)
    assert (remade, numbers(named(found, "kept/Settled/2026-02"))["value"]) == (int(cure is not None), 1)
    assert found == careful


def test_what_was_imposed_is_taken_back_by_making_the_outcome_anew():
    paid = norm("pay", opening=IMPOSED, acts="paid", due=within(days(5)))
    found, remade = swept(
        desk(due=within(days(40)), norms=[paid], rules=[rule("on_fulfilled", OnOutcome("restore", "fulfilled"),
                                                             Impose("pay"))]),
        MOVED, "2026-04-01",
    )  # fmt: skip
    assert remade == 1
    known = at("2026-02-10T10:00")
    assert ("Withdrawn", "pay/Missed/s/1", known, 1) in posted(found, "pay")
    assert named(found, "pay/Opened/s/1").at == known
    assert named(found, "pay/Missed/s/2").at == at("2026-01-12")


@pytest.mark.parametrize("fields", [
    {"due": within(days(10))},
    {"due": within(hours(30)), "clock": Clock()},
    {"due": within(days(10)), "unperformed": "not measured"},
    {"needs": "any", "reopening": "restart", "due": within(days(10))},
    {"needs": "any", "reopening": "continue", "due": within(days(10))},
])  # fmt: skip
def test_in_place_and_anew_agree(fields):
    story = steps(
        ("opened", "2026-01-05T10:00", "A"), ("resolved", "2026-01-06T10:00", "A"),
        ("opened", "2026-01-20T10:00", "A"), ("opened", "2026-01-21T10:00", "B"),
        ("resolved", "2026-02-03T11:00", "A"), ("resolved", "2026-02-03T11:00", "B"), ("opened", "2026-03-01", "B"),
        ("opened", "2026-03-02", "A"), ("resolved", "2026-03-05T10:00", "B"), ("resolved", "2026-04-05T10:00", "B"),
        ("resolved", "2026-05-05T10:00", "A"), ("resolved", "2026-05-05T10:00", "A"),
    )  # fmt: skip
    counted = figure("undecided", count(outcomes("restore", "undecided", "fulfilled", counted="opened")))
    parts = credits()
    parts["figures"].append(counted)
    contract_ = desk(**fields, **parts)
    found, remade = swept(contract_, story, "2026-08-01")
    careful, anew = swept(contract_, story, "2026-08-01", careful=True)
    assert (remade, anew > 0) == (0, True)
    assert found == careful
