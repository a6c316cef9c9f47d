"""Fields that events have from the case: whose value it is, from when, and what taking back does to it."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.relating import relate
from bpodsl.terms import EventField, Lending
from bpodsl.terms.kinds import TEXT, one_of
from tests.record.door import LONDON, TICKET, at, contract, kind

SITE = EventField("site", TEXT, default="main")
OPENED = kind("opened", TICKET, EventField("priority", one_of("P1", "P2", "P3"), optional=True), SITE)
RESOLVED = kind("resolved", TICKET, SITE)
AGREEMENT = evolve(contract(OPENED, RESOLVED), lendings=(Lending("resolved", "priority", "opened", ("ticket",)),))
BY_SITE = evolve(AGREEMENT, lendings=(Lending("resolved", "priority", "opened", ("ticket", "site")),))
UNTIL = at("2026-06-01T00:00")


def event(of: str, id_: str, day: int, known: int = 0, rev: int = 0, **fields: object) -> Event:
    when, seen = at(f"2026-04-{day:02}T12:00"), at(f"2026-04-{known or day:02}T12:00")
    return Event(of, "desk", id_, when, seen, when, {"ticket": "T", **fields}, rev=rev)


def lent(*events: Event, agreement: object = AGREEMENT) -> list[tuple[object, int]]:
    """What is known of event `9` is lent, and from which day of April."""
    found = relate(agreement, events, UNTIL).events  # type: ignore[arg-type]
    own = sorted((e for e in found if e.id == "9"), key=lambda e: (e.known, e.rev))
    assert [e.rev for e in own] == list(range(len(own)))
    return [(e.fields.get("priority"), LONDON.day(e.known).day) for e in own]


DONE = event("resolved", "9", 10)


def test_the_latest_before_it_lends() -> None:
    assert lent(event("opened", "1", 5, priority="P1"), DONE) == [("P1", 10)]
    assert lent(event("opened", "1", 5, priority="P1"), event("opened", "2", 6, priority="P2"), DONE) == [("P2", 10)]
    assert lent(event("opened", "1", 5, priority="P1"), event("opened", "2", 6), DONE) == [("P1", 10)]
    assert lent(event("opened", "1", 11, priority="P1"), DONE) == [(None, 10)]
    assert lent(event("opened", "1", 5, priority="P1", ticket="U"), DONE) == [(None, 10)]


def test_of_one_instant_the_order_of_ids_tells() -> None:
    assert lent(event("opened", "1", 10, priority="P1"), DONE) == [("P1", 10)]
    late = event("opened", "91", 10, priority="P1")
    assert lent(late, DONE) == [(None, 10)]


def test_what_is_known_later_lends_from_then() -> None:
    late = event("opened", "1", 5, 12, priority="P1")
    assert lent(late, DONE) == [(None, 10), ("P1", 12)]
    again = event("opened", "1", 5, 13, 1, priority="P2")
    assert lent(event("opened", "1", 5, priority="P1"), again, DONE) == [("P1", 10), ("P2", 13)]
    same = event("opened", "1", 5, 13, 1, priority="P1", site="main")
    assert lent(event("opened", "1", 5, priority="P1"), same, DONE) == [("P1", 10)]


def test_what_is_taken_back_lends_no_more() -> None:
    gone = evolve(event("opened", "1", 5, 12, 1), retracts=True, fields={})
    assert lent(event("opened", "1", 5, priority="P1"), gone, DONE) == [("P1", 10), (None, 12)]


def test_what_is_moved_to_another_case_lends_no_more() -> None:
    moved = event("opened", "1", 5, 12, 1, ticket="U", priority="P1")
    assert lent(event("opened", "1", 5, priority="P1"), moved, DONE) == [("P1", 10), (None, 12)]


def test_what_has_no_effect_lends_nothing() -> None:
    idle = evolve(event("opened", "1", 5, priority="P1"), effective=False)
    assert lent(idle, DONE) == [(None, 10)]


def test_a_revision_of_its_own_stays_beside_what_is_lent() -> None:
    again = event("resolved", "9", 10, 14, 1)
    found = lent(event("opened", "1", 5, 12, priority="P1"), DONE, again)
    assert found == [(None, 10), ("P1", 12), ("P1", 14)]
    gone = evolve(again, retracts=True, fields={})
    assert lent(event("opened", "1", 5, 12, priority="P1"), DONE, gone) == [(None, 10), ("P1", 12), (None, 14)]


def test_defaults_tell_cases_apart() -> None:
    assert lent(event("opened", "1", 5, priority="P1"), DONE, agreement=BY_SITE) == [("P1", 10)]
    assert lent(event("opened", "1", 5, priority="P1", site="main"), DONE, agreement=BY_SITE) == [("P1", 10)]
    assert lent(event("opened", "1", 5, priority="P1", site="other"), DONE, agreement=BY_SITE) == [(None, 10)]
