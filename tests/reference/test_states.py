"""§6: states open and close, alone or as unions of intervals."""

from bpodsl.reference import run
from tests.reference.build import at, contract, event, kind, named, names, postings, state

KINDS = [kind("down", "id"), kind("up", "id"), kind("outage", "id"), kind("swap", "id")]


def ran(term, *events, until="2026-03-01"):
    return run(contract(events=KINDS, states=[term]), events, at(until))


def test_opens_and_closes_for_each_key():
    ledger = ran(
        state("s", "down", "up", by=("id",)),
        event("down", "2026-01-05T10:00", 1, id="A"),
        event("down", "2026-01-05T11:00", 2, id="B"),
        event("down", "2026-01-05T12:00", 3, id="A"),
        event("up", "2026-01-05T13:00", 4, id="A"),
        event("up", "2026-01-05T14:00", 5, id="C"),
    )
    assert names(ledger)[1:] == ["s/Opened/s/1", "s/Opened/s/2", "s/Noted/s/3", "s/Closed/s/1", "s/Noted/s/5"]
    closed = named(ledger, "s/Closed/s/1")
    assert closed.number("length") == 3 * 3_600_000_000 and closed.key == (("id", "A"),)
    assert closed.event_causes == ("s/4",) and closed.entry_causes == ("s/Opened/s/1",)
    assert [named(ledger, f"s/Noted/s/{n}").words for n in (3, 5)] == ["already open", "nothing open"]


def test_one_event_ends_and_starts_anew():
    ledger = ran(
        state("s", "swap", "swap up"),
        event("swap", "2026-01-05T10:00", 1),
        event("swap", "2026-01-05T11:00", 2),
    )
    assert names(ledger)[1:] == ["s/Opened/s/1", "s/Closed/s/1", "s/Opened/s/2"]


def test_two_steps_of_one_instant_leave_a_wait_begun():
    ledger = ran(
        state("s", "swap", "swap up"), event("swap", "2026-01-05T10:00", 1), event("swap", "2026-01-05T10:00", 2)
    )
    assert names(ledger)[1:] == ["s/Opened/s/1", "s/Noted/s/2"]
    assert named(ledger, "s/Noted/s/2").words == "already open"


def test_start_and_end_at_one_instant():
    together = [event("up", "2026-01-05T10:00", 1, id="A"), event("down", "2026-01-05T10:00", 2, id="A")]
    assert names(ran(state("s", "down", "up"), *together))[1:] == ["s/Opened/s/2", "s/Closed/s/2"]
    open_before = event("down", "2026-01-05T09:00", 0, id="A")
    ledger = ran(state("s", "down", "up"), open_before, *together)
    assert names(ledger)[1:] == ["s/Opened/s/0", "s/Closed/s/0", "s/Opened/s/2"]


def test_overlapping_and_adjoining_intervals_are_one():
    ledger = ran(
        state("s", by=("id",), intervals="outage"),
        event("outage", "2026-01-05T10:00", 1, until="2026-01-05T12:00", id="A"),
        event("outage", "2026-01-05T11:00", 2, until="2026-01-05T13:00", id="A"),
        event("outage", "2026-01-05T13:00", 3, until="2026-01-05T14:00", id="A"),
        event("outage", "2026-01-05T11:00", 4, until="2026-01-05T11:30", id="B"),
        event("outage", "2026-01-05T15:00", 5, until="2026-01-05T15:00", id="A"),
    )
    assert set(names(ledger)[1:]) == {
        "s/Opened/s/1", "s/Opened/s/4", "s/Closed/s/4", "s/Closed/s/1", "s/Noted/s/5",
    }  # fmt: skip
    assert named(ledger, "s/Opened/s/1").event_causes == ("s/1", "s/2", "s/3")
    assert named(ledger, "s/Closed/s/1").number("length") == 4 * 3_600_000_000
    assert named(ledger, "s/Closed/s/1").event_causes == ("s/3",)
    assert postings(ledger, "Opened")[1:] == [
        ("Opened", "s/Opened/s/1", at("2026-01-05T10:00")),
        ("Restated", "s/Opened/s/1#1", at("2026-01-05T11:00")),
        ("Opened", "s/Opened/s/4", at("2026-01-05T11:00")),
        ("Restated", "s/Opened/s/1#2", at("2026-01-05T13:00")),
    ]


def test_states_go_on_before_the_start_and_after_the_end():
    term = state("s", "down", "up")
    agreed = contract(events=KINDS, states=[term], last="2026-01-31")
    events = [event("down", "2025-12-01", 1), event("up", "2026-02-10", 2), event("down", "2026-02-11", 3)]
    assert names(run(agreed, events, at("2026-03-01"))) == [
        "s/Opened/s/1", "agreement/Opened", "agreement/Ended", "s/Closed/s/1", "s/Opened/s/3",
    ]  # fmt: skip
