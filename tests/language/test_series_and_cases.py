"""Series, cases and stretches of time: instant by instant, in both evaluators."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import SETTLE, SETTLE_LATE, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.terms import NotMeasured
from bpodsl.values import Zone, parse_instant, parse_period

CONTRACT = understand(Path(__file__).parent / "series_and_cases.bpo").contract
ZONE = Zone.load("Europe/London")


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def event(number: int, when: str, kind: str, fields: dict[str, object], known: str = "") -> Event:
    return Event(kind, "s", str(number), at(when), at(known or when), at(when), fields)


def index(number: int, when: str, month: str, value: object, known: str = "") -> Event:
    return event(number, when, "index_published", {"of_month": parse_period(month), "value": value}, known)


def claim(number: int, when: str, name: str, account: str = "A", **more: object) -> Event:
    return event(number, when, "claim_made", {"claim": name, "account": account, **more})


def ledger(until: str, *events: Event) -> Ledger:
    assert CONTRACT is not None
    made = evaluate(CONTRACT, events, at(until))
    assert made == run(CONTRACT, events, at(until))
    return made


def settled(made: Ledger, figure: str, period: str) -> Entry:
    (found,) = [e for e in made.outcome if (e.kind, e.clause, e.period) == ("Settled", figure, period)]
    return found


def posted(made: Ledger, clause: str, period: str) -> list[tuple[str, object, int]]:
    found = [p for p in made.posted if p.entry.clause == clause and p.entry.period == period]
    return [(p.kind, p.entry.number("value") or p.entry.number("amount"), p.known) for p in found]


# ------------------------------------------------------------------------------------ series
def test_a_charge_waits_for_its_index_and_settles_as_it_comes() -> None:
    made = ledger("2026-03-01", index(1, "2026-02-18T09:30", "2026-01", 101))
    fee = settled(made, "fee", "2026-01")
    assert (fee.at, fee.place, fee.number("value")) == (at("2026-02-18T09:30"), SETTLE_LATE, 101)
    assert fee.event_causes == ("s/1",)
    assert fee.number("cpi at last day of the window") == 101
    assert [k for k, _, _ in posted(made, "fee", "2026-01")] == ["Settled", "Accrued"]


def test_an_index_of_the_last_instant_of_its_month_is_there_at_the_end() -> None:
    made = ledger("2026-03-01", index(1, "2026-01-31T23:59:59", "2026-01", 101))
    assert (settled(made, "fee", "2026-01").at, settled(made, "fee", "2026-01").place) == (at("2026-02-01"), SETTLE)


def test_at_the_instant_of_the_end_it_comes_after_the_windows_that_end() -> None:
    made = ledger("2026-03-01", index(1, "2026-02-01", "2026-01", 101))
    assert settled(made, "fee", "2026-01").place == SETTLE_LATE


def test_a_written_value_is_there_from_the_first_instant_of_its_day() -> None:
    assert not [e for e in ledger("2026-03-10").outcome if (e.clause, e.period) == ("fee", "2026-02")]
    made = ledger("2026-03-11")
    fee = settled(made, "fee", "2026-02")
    assert (fee.at, fee.number("value")) == (at("2026-03-10"), 102)


def test_a_revision_restates_what_rested_on_the_first_value() -> None:
    made = ledger(
        "2026-04-01",
        index(1, "2026-02-18T09:30", "2026-01", 101),
        index(2, "2026-03-18T09:30", "2026-01", Fraction(203, 2)),
    )
    assert posted(made, "fee", "2026-01") == [
        ("Settled", 101, at("2026-02-18T09:30")), ("Accrued", 101, at("2026-02-18T09:30")),
        ("Restated", Fraction(203, 2), at("2026-03-18T09:30")), ("Reversed", -101, at("2026-03-18T09:30")),
        ("Reissued", Fraction(203, 2), at("2026-03-18T09:30")),
    ]  # fmt: skip
    (fired,) = [e for e in made.outcome if (e.kind, e.clause, e.period) == ("Fired", "dear", "2026-01")]
    assert fired.at == at("2026-02-18T09:30")


def test_the_same_value_again_only_changes_where_it_comes_from() -> None:
    made = ledger("2026-04-01", index(1, "2026-02-18", "2026-01", 101), index(2, "2026-03-18", "2026-01", 101))
    assert settled(made, "fee", "2026-01").event_causes == ("s/2",)
    assert [k for k, _, _ in posted(made, "fee", "2026-01")] == ["Settled", "Accrued", "Restated"]


def test_known_late_counts_from_when_it_was_published() -> None:
    made = ledger("2026-04-01", index(1, "2026-02-18T09:30", "2026-01", 101, known="2026-03-05T12:00"))
    assert settled(made, "fee", "2026-01").at == at("2026-02-18T09:30")
    assert posted(made, "fee", "2026-01")[0] == ("Settled", 101, at("2026-03-05T12:00"))


def test_settled_at_the_latest_it_is_not_measured_until_the_value_comes() -> None:
    made = ledger("2026-02-10")
    latest = settled(made, "waits_at_most", "2026-01")
    assert (latest.at, latest.number("value")) == (at("2026-02-06"), NotMeasured("cpi not recorded"))
    made = ledger("2026-03-01", index(1, "2026-02-18T09:30", "2026-01", 101))
    latest = settled(made, "waits_at_most", "2026-01")
    assert (latest.at, latest.number("value")) == (at("2026-02-06"), 101)


@pytest.mark.parametrize(("when", "value"), [("2026-02-28T23:59:59", 101), ("2026-03-01", None)])
def test_as_published_on_a_day_holds_what_came_by_its_end(when: str, value: int | None) -> None:
    made = ledger("2026-04-01", index(1, when, "2026-01", 101), index(2, "2026-03-05", "2026-01", 105))
    found = [e for e in made.outcome if (e.clause, e.period) == ("known_then", "2026-02")]
    # What was not published by then never was by then: nothing is waited for.
    assert [e.number("value") for e in found] == [NotMeasured("cpi not recorded") if value is None else value]


def test_a_rate_holds_from_the_day_on_which_it_is_set() -> None:
    rates = [
        event(n, when, "rate_set", {"rate": Fraction(n, 100)})
        for n, when in enumerate(("2025-12-20T10:00", "2026-01-31T23:59", "2026-02-01"), 1)
    ]
    made = ledger("2026-03-01T00:01", *rates)
    assert settled(made, "rate_now", "2026-01").number("value") == Fraction(2, 100)
    assert settled(made, "rate_now", "2026-02").number("value") == Fraction(3, 100)


# ------------------------------------------------------------------------------------ cases
def test_an_event_sees_the_case_as_it_was_before_it() -> None:
    made = ledger(
        "2026-02-01T00:01",
        claim(1, "2026-01-05", "C1", **{"class": "urgent"}),
        claim(9, "2026-01-06", "C2"),
        event(3, "2026-01-06", "claim_paid", {"claim": "C1", "account": "A", "paid": 5}),
        event(4, "2026-01-06", "claim_paid", {"claim": "C2", "account": "A", "paid": 5}),
        event(5, "2026-01-07", "claim_paid", {"claim": "C3", "account": "A", "paid": 5}),
        claim(6, "2026-01-08", "C3", **{"class": "urgent"}),
    )
    assert settled(made, "urgent_paid", "2026-01").number("value") == 1
    assert settled(made, "not_classed", "2026-01").number("value") == 2


def test_of_one_instant_the_order_of_events_decides() -> None:
    for first, second, value in ((1, 2, 1), (2, 1, 0)):
        made = ledger(
            "2026-02-01T00:01",
            claim(first, "2026-01-05", "C1", **{"class": "urgent"}),
            event(second, "2026-01-05", "claim_paid", {"claim": "C1", "account": "A", "paid": 5}),
        )
        assert settled(made, "urgent_paid", "2026-01").number("value") == value


def test_a_case_knows_what_came_before_the_start_and_an_outcome_what_came_last() -> None:
    made = ledger(
        "2026-03-01",
        event(1, "2025-12-30", "claim_classed", {"claim": "C1", "weight": 2}),
        claim(2, "2026-01-05", "C1"),
        event(3, "2026-01-06", "claim_paid", {"claim": "C1", "account": "A", "paid": 5}),
        event(4, "2026-01-20", "claim_classed", {"claim": "C1", "weight": 3}),
    )
    assert settled(made, "weighed", "2026-01").number("value") == 3


# ------------------------------------------------------------------------------------ stretches of time
@pytest.mark.parametrize(
    ("second", "by_day", "by_clock"),
    [
        ("2026-01-06T08:59:59", True, True),
        ("2026-01-06T09:00", True, False),
        ("2026-01-07T23:59:59", True, False),
        ("2026-01-08", False, False),
    ],
)
def test_a_stretch_back_counts_the_event_itself(second: str, by_day: bool, by_clock: bool) -> None:
    made = ledger("2026-02-01", claim(1, "2026-01-05T09:00", "C1"), claim(2, second, "C2"), claim(3, second, "C3", "B"))
    fired = {e.clause: e.instance for e in made.outcome if e.kind == "Fired"}
    assert fired == {"often": "s/2"} | ({"often_by_the_clock": "s/2"} if by_clock else {}) if by_day else not fired
