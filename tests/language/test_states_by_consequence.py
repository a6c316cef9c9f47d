"""States that consequences begin and end, and services that end: instant by instant, in both evaluators."""

from __future__ import annotations

from pathlib import Path

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import STRUCTURE, TERM_END, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant

CONTRACT = understand(Path(__file__).parent / "states_by_consequence.bpo").contract
ZONE = Zone.load("Europe/London")


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(until: str, *happened: str) -> Ledger:
    assert CONTRACT is not None
    events = []
    for number, text in enumerate(happened, 1):
        when, kind, *invoice = text.split()
        known = at(invoice.pop()) if invoice and "T" in invoice[-1] else at(when)
        fields = {"invoice": invoice[0]} if invoice else {}
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    made = evaluate(CONTRACT, events, at(until))
    assert made == run(CONTRACT, events, at(until))
    return made


def entries(made: Ledger, clause: str, *kinds: str) -> list[Entry]:
    return [e for e in made.outcome if e.clause == clause and (not kinds or e.kind in kinds)]


def kinds(made: Ledger, clause: str) -> list[str]:
    return [e.kind for e in entries(made, clause)]


def test_a_miss_begins_a_state_at_the_end_of_its_instant() -> None:
    made = ledger("2026-01-10", "2026-01-05T09:00 rent_due I1")
    (opened,) = entries(made, "suspension", "Opened")
    assert (opened.at, opened.place) == (at("2026-01-06T09:00"), STRUCTURE)
    assert opened.entry_causes == ("pay_rent/Missed/s/1",) and opened.instance == "s/1"


def test_what_misses_at_that_very_instant_is_not_yet_excused() -> None:
    made = ledger("2026-01-10", "2026-01-05T09:00 rent_due I1", "2026-01-05T09:00 rent_due I2")
    assert kinds(made, "pay_rent").count("Missed") == 2
    (noted,) = entries(made, "suspension", "Noted")
    assert noted.words == "already open"


def test_what_misses_a_tick_later_is_excused() -> None:
    made = ledger("2026-01-10", "2026-01-05T09:00 rent_due I1", "2026-01-05T09:00:01 rent_due I2")
    assert kinds(made, "pay_rent").count("Excused") == 1


def test_an_exercise_at_the_instant_of_the_miss_is_not_barred_and_a_later_one_is() -> None:
    made = ledger("2026-01-10", "2026-01-05T09:00 rent_due I1", "2026-01-06T09:00 quit_notice")
    assert "Exercised" in kinds(made, "quit")
    made = ledger("2026-01-10", "2026-01-05T09:00 rent_due I1", "2026-01-06T09:01 quit_notice")
    (noted,) = entries(made, "quit", "Noted")
    assert noted.words == "barred while suspension"
    assert noted.entry_causes == ("suspension/Opened/s/1",) and noted.event_causes == ("s/2",)


def test_the_bar_holds_up_to_the_end_of_the_instant_of_the_payment() -> None:
    paid = ("2026-01-05T09:00 rent_due I1", "2026-01-07T09:00 rent_paid I1")
    assert "Noted" in kinds(ledger("2026-01-10", *paid, "2026-01-07T09:00 quit_notice"), "quit")
    assert "Exercised" in kinds(ledger("2026-01-10", *paid, "2026-01-07T09:00:01 quit_notice"), "quit")


def test_a_suspension_moves_both_deadlines_and_neither_sees_what_the_other_begins() -> None:

    made = ledger(
        "2026-01-20", "2026-01-05T09:00 rent_due I1", "2026-01-05T10:00 asked", "2026-01-09T09:00 rent_paid I1"
    )
    (closed,) = entries(made, "suspension", "Closed")
    assert set(closed.entry_causes) == {"suspension/Opened/s/1", "pay_rent/Late/s/1"}
    missed = [*entries(made, "answer", "Missed"), *entries(made, "other", "Missed")]
    assert [e.number("due") for e in missed] == [missed[0].number("due")] * 2
    (frozen,) = entries(made, "frozen", "Opened")
    assert frozen.at == missed[0].at == missed[1].at and frozen.place == STRUCTURE


def test_the_state_follows_a_correction_of_what_began_it() -> None:
    late = ledger("2026-01-20", "2026-01-05T09:00 rent_due I1", "2026-01-06T08:00 rent_paid I1 2026-01-12T09:00")
    assert not entries(late, "suspension", "Opened")
    withdrawn = [p for p in late if p.kind == "Withdrawn" and p.entry.clause == "suspension"]
    assert [p.known for p in withdrawn] == [at("2026-01-12T09:00")]


def test_a_part_ends_with_the_last_day_of_the_notice() -> None:
    made = ledger(
        "2026-03-02", "2026-01-05T09:00 part_notice", "2026-01-05T10:00 asked", "2026-01-06T23:59 asked",
        "2026-01-06T23:59:59 ping", "2026-01-07T00:00 ping", "2026-01-07T00:00 asked",
    )  # fmt: skip
    (opened,) = entries(made, "desk.ended", "Opened")
    assert (opened.at, opened.place) == (at("2026-01-07"), TERM_END)
    ended = entries(made, "answer", "Ended")
    assert [e.at for e in ended] == [at("2026-01-07")] * 2
    assert set(ended[0].entry_causes) == {"answer/Opened/s/2", "desk.ended/Opened/term"}
    assert [e.words for e in entries(made, "answer", "Noted")] == ["after the end"]
    assert [e.number("amount") for e in entries(made, "by_ping", "Accrued")] == [1]
    assert [e.number("amount") for e in entries(made, "by_day", "Accrued")] == [6]
    assert len(entries(made, "other", "Opened")) == 3
    (told,) = entries(made, "end_part", "Terminated")
    assert str(told.number("ends")) == "2026-01-06"


def test_a_part_ends_at_once_and_that_day_counts() -> None:
    made = ledger("2026-03-02", "2026-01-10T12:00 quick_notice", "2026-01-10T12:00 ping", "2026-01-10T12:01 ping")
    (opened,) = entries(made, "desk.ended", "Opened")
    assert (opened.at, opened.place) == (at("2026-01-10T12:00"), STRUCTURE)
    assert [e.number("amount") for e in entries(made, "by_day", "Accrued")] == [10]


def test_the_earlier_of_two_notices_wins() -> None:
    made = ledger("2026-03-02", "2026-01-10T12:00 part_notice", "2026-01-10T13:00 quick_notice")
    assert [e.at for e in entries(made, "desk.ended", "Opened")] == [at("2026-01-10T13:00")]
    assert [e.words for e in entries(made, "desk.ended", "Noted")] == ["already open"]
