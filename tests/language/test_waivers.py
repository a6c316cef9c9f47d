"""Waivers, rights by key and rights that lapse: instant by instant, in both evaluators."""

from __future__ import annotations

from pathlib import Path

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import DETERMINE, OPEN, REST, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant

CONTRACT = understand(Path(__file__).parent / "waivers.bpo").contract
ZONE = Zone.load("Europe/London")


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(until: str, *happened: str) -> Ledger:
    """Each line: when, what, fields as `name=value`, and `known=` when."""
    assert CONTRACT is not None
    events = []
    for number, text in enumerate(happened, 1):
        when, kind, *rest = text.split()
        fields: dict[str, object] = dict(each.split("=") for each in rest)  # type: ignore[misc]
        known = at(str(fields.pop("known", when)))
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    made = evaluate(CONTRACT, events, at(until))
    assert made == run(CONTRACT, events, at(until))
    return made


def entries(made: Ledger, clause: str, *kinds: str) -> list[Entry]:
    return [e for e in made.outcome if e.clause == clause and (not kinds or e.kind in kinds)]


def kinds(made: Ledger, clause: str) -> list[str]:
    return [e.kind for e in entries(made, clause)]


OPENED = "2026-01-05T09:00 claim_received claim=C1 site=leeds"


def test_a_waiver_at_the_due_instant_is_in_time() -> None:
    made = ledger("2026-02-01", OPENED, "2026-01-05T13:00 waiver claim=C1", "2026-01-06T09:00 claim_settled claim=C1")
    (excused,) = entries(made, "settle", "Excused")
    assert (excused.at, excused.place, excused.words) == (at("2026-01-05T13:00"), DETERMINE, "waived")
    assert (excused.event_causes, excused.entry_causes) == (("s/2",), ("settle/Opened/s/1",))
    assert kinds(made, "settle") == ["Opened", "Excused", "Noted"]
    assert kinds(made, "look") == []


def test_a_tick_later_it_forgives_what_followed() -> None:
    made = ledger("2026-02-01", OPENED, "2026-01-05T13:00:00.000001 waiver claim=C1")
    (waived,) = entries(made, "settle", "Waived")
    assert (waived.entry_causes, waived.words) == (("settle/Missed/s/1",), "")
    assert kinds(made, "settle") == ["Opened", "Missed", "Waived"]
    (lapsed,) = entries(made, "look", "Lapsed")
    assert (lapsed.at, lapsed.place) == (waived.at, DETERMINE)
    assert set(lapsed.entry_causes) == {"look/RightOpened/s/1", waived.name}
    (ended,) = entries(made, "plan", "Ended")
    assert set(ended.entry_causes) == {"plan/Opened/s/1", waived.name}


def test_one_that_opens_in_the_same_instant_is_waived_after_it_opened() -> None:
    made = ledger("2026-02-01", "2026-01-05T09:00 waiver claim=C1", OPENED)
    (excused,) = entries(made, "settle", "Excused")
    assert (excused.at, excused.place) == (at("2026-01-05T09:00"), REST)


def test_a_waiver_of_nothing_and_a_second_one_are_noted() -> None:
    made = ledger("2026-02-01", OPENED, *["2026-01-06T09:00 waiver claim=C1"] * 2, "2026-01-06T10:00 waiver claim=C9")
    assert [e.words for e in entries(made, "settle", "Noted")] == ["nothing to waive"] * 2


def test_a_waived_miss_may_be_cured_but_is_never_breached() -> None:
    cured = ledger("2026-02-01", OPENED, "2026-01-06T09:00 waiver claim=C1", "2026-01-06T10:00 claim_settled claim=C1")
    assert kinds(cured, "settle") == ["Opened", "Missed", "Waived", "Cured"]
    late = ledger("2026-02-01", OPENED, "2026-01-06T09:00 waiver claim=C1", "2026-01-09T10:00 claim_settled claim=C1")
    assert kinds(late, "settle") == ["Opened", "Missed", "Waived", "Late"]


def test_as_if_met_nothing_is_owed_any_more() -> None:
    waived = "2026-01-06T09:00 full_waiver claim=C1"
    made = ledger("2026-02-01", OPENED, waived, "2026-01-06T10:00 claim_settled claim=C1")
    assert kinds(made, "settle") == ["Opened", "Missed", "Waived", "Noted"]


def test_a_right_stays_while_enough_other_misses_are_left() -> None:
    misses = [f"2026-01-0{day}T09:00 claim_received claim=C{day} site=leeds" for day in (5, 6, 7)]
    first = "2026-01-08T09:00 waiver claim=C5"
    kept = ledger("2026-02-01", *misses, first)
    assert kinds(kept, "leave") == ["RightOpened", "Renewed"]
    gone = ledger("2026-02-01", *misses, first, "2026-01-09T09:00 waiver claim=C6")
    assert kinds(gone, "leave") == ["RightOpened", "Renewed", "Lapsed"]


def test_what_was_waived_counts_in_no_trigger_after() -> None:
    waived = "2026-01-06T09:00 waiver claim=C1"
    made = ledger("2026-02-01", OPENED, waived, "2026-01-07T09:00 claim_received claim=C2 site=leeds")
    assert kinds(made, "two") == []


def test_a_waiver_known_late_takes_the_right_back_from_when_it_was_given() -> None:
    made = ledger("2026-02-01", OPENED, "2026-01-05T12:00 waiver claim=C1 known=2026-01-20T09:00")
    assert kinds(made, "look") == []
    assert [p.act for p in made if p.entry.clause == "look"] == ["", "Withdrawn"]


def test_each_site_has_a_right_of_its_own_and_what_cures_it_closes_only_that() -> None:
    both = OPENED, "2026-01-06T09:00 claim_received claim=C2 site=york"
    made = ledger("2026-02-01", *both, "2026-01-07T09:00 good_news site=leeds", "2026-01-07T09:00 look_call site=leeds",
                  "2026-01-08T09:00 look_call site=york")  # fmt: skip
    (lapsed,) = entries(made, "look", "Lapsed")
    assert (lapsed.at, lapsed.place, lapsed.key) == (at("2026-01-07T09:00"), OPEN, (("site", "leeds"),))
    assert set(lapsed.entry_causes) == {"look/RightOpened/s/1", "look.lapses/Fired/s/3"}
    (exercised,) = entries(made, "look", "Exercised")
    assert exercised.key == (("site", "york"),)
    assert [e.words for e in entries(made, "look", "Noted")] == ["not open"]


def test_a_new_ground_opens_it_anew() -> None:
    again = "2026-01-08T09:00 claim_received claim=C2 site=leeds"
    made = ledger("2026-01-20", OPENED, "2026-01-07T09:00 good_news site=leeds", again)
    assert kinds(made, "look") == ["RightOpened", "Lapsed", "RightOpened"]
