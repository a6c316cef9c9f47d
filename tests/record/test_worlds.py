"""Worlds, told together: what waits, is withdrawn or refused is so only where it is so in each world it belongs to."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.closing import TooLate
from bpodsl.record.refusals import ANSWERED, CLOSED, Refused
from bpodsl.record.relating import Related
from bpodsl.record.worlds import in_all, parted, worlds
from bpodsl.terms import EventField, Relation
from bpodsl.terms.kinds import NUMBER, TEXT
from tests.record.door import TICKET, at, contract, kind

WORLD = EventField("scenario", TEXT, optional=True)
CALL = kind("call", TICKET, EventField("n", NUMBER, optional=True), WORLD)
FIXED = kind("fixed", TICKET, EventField("n", NUMBER), WORLD,
             relates=Relation("corrects", "call", (("ticket", "ticket"),), ("n",)))  # fmt: skip
TOLD = kind("told", TICKET)
AGREEMENT = evolve(contract(CALL, FIXED, TOLD), worlds="scenario")
UNTIL = at("2026-05-01T00:00")


def event(of: str, id_: str, day: int, scenario: str | None = None, **more: object) -> Event:
    when = at(f"2026-04-{day:02}T12:00")
    fields = {"ticket": "T", **({} if scenario is None else {"scenario": scenario}), **more}
    return Event(of, "desk", id_, when, when, when, fields)


def test_what_waits_in_one_world_and_is_used_in_another_does_not_wait() -> None:
    # The correction belongs to all; what it corrects is there in A alone.
    parts = parted(AGREEMENT, [event("call", "1", 7, "A"), event("call", "9", 8, "B", ticket="U"),
                               event("fixed", "2", 9, n=3)], UNTIL)  # fmt: skip
    assert list(parts) == ["A", "B"]
    assert not parts["A"].waiting and parts["B"].waiting == {("desk", "2")}
    found = in_all(parts)
    assert found.waiting == frozenset()
    assert [(e.id, e.fields.get("n")) for e in found.events] == [("1", None), ("1", 3), ("2", 3), ("9", None)]


def test_what_waits_in_every_world_it_belongs_to_waits() -> None:
    parts = parted(AGREEMENT, [event("call", "1", 7, "A"), event("fixed", "2", 9, "B", n=3)], UNTIL)
    # It belongs to B alone, and waits there.
    assert in_all(parts).waiting == {("desk", "2")}
    others = [event("call", "1", 7, "A", ticket="X"), event("call", "3", 7, "B", ticket="Y")]
    named = [*others, event("fixed", "2", 9, n=3)]
    assert in_all(parted(AGREEMENT, named, UNTIL)).waiting == {("desk", "2")}


def test_events_of_all_worlds_are_told_once() -> None:
    parts = parted(AGREEMENT, [event("call", "1", 7, "A"), event("call", "2", 7, "B"), event("told", "3", 8)], UNTIL)
    assert {name: [e.id for e in part.events] for name, part in parts.items()} == {"A": ["1", "3"], "B": ["2", "3"]}
    assert [e.id for e in in_all(parts).events] == ["1", "3", "2"]


def test_where_no_world_is_named_there_is_one() -> None:
    events = [event("call", "1", 7), event("told", "2", 8)]
    assert worlds(AGREEMENT, events) == ()
    parts = parted(AGREEMENT, events, UNTIL)
    assert list(parts) == [""]
    assert in_all(parts) is parts[""]


def test_the_world_that_is_taken_where_none_is_named() -> None:
    call = kind("call", TICKET, EventField("scenario", TEXT, default="base"))
    by_default = evolve(AGREEMENT, events=(call, FIXED, TOLD))
    events = [event("call", "1", 7), event("call", "2", 7, "A"), event("told", "3", 8)]
    assert worlds(by_default, events) == ("A", "base")


def test_withdrawn_and_refused_are_told_of_those_that_are_so_everywhere() -> None:
    one, other = ("desk", "1"), ("desk", "2")
    why, else_ = Refused(CLOSED, event="call", last="2026-04-30"), Refused(ANSWERED, event="call")
    first = event("call", "1", 7)
    in_a = Related((first,), frozenset(), frozenset({other}), ((one, why),))
    both = in_all({"A": in_a, "B": in_a})
    assert (both.withdrawn, both.refused) == (frozenset({other}), ((one, why),))
    # In B the second is used, and the first is neither refused nor withdrawn.
    in_b = Related((first, event("call", "2", 7)), frozenset(), frozenset(), ())
    apart = in_all({"A": in_a, "B": in_b})
    assert (apart.withdrawn, apart.refused) == (frozenset(), ())
    assert [e.id for e in apart.events] == ["1", "2"]
    # Refused for two reasons, it is told by the last; several come in order of source and id.
    twice = in_all({"A": Related((), frozenset(), frozenset(), ((other, why), (one, why))),
                    "B": Related((), frozenset(), frozenset(), ((one, else_), (other, why)))})  # fmt: skip
    assert twice.refused == ((one, else_), (other, why))


def test_what_came_too_late_in_several_worlds_is_told_once() -> None:
    late = TooLate(("desk", "1"), "a.jsonl:1", Refused(CLOSED, event="call", last="2026-04-30"))
    other = TooLate(("desk", "2"), "a.jsonl:2", Refused(CLOSED, event="call", last="2026-04-30"))
    nothing = Related((), frozenset(), frozenset(), ())
    parts = {"A": evolve(nothing, late=(late,)), "B": evolve(nothing, late=(late, other))}
    assert in_all(parts).late == (late, other)
