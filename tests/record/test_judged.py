"""Verdicts, read from entries that are written by hand."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from bpodsl.record import Entry, Number
from bpodsl.record.verdicts import Verdict, judge
from tests.record.door import contract
from tests.reference.build import norm

AGREEMENT = evolve(contract(), norms=(norm("resolve"), norm("answer")))


def entry(kind: str, at: int, instance: str = "1", norm: str = "answer", **more: object) -> Entry:
    return Entry(kind, norm, at, 4, 1, instance, **more)  # type: ignore[arg-type]


def due(value: object) -> tuple[Number, ...]:
    return (Number("due", "instant", value),)  # type: ignore[arg-type]


def judged(*entries: Entry) -> list[Verdict]:
    return list(judge(AGREEMENT, entries))


def one(*entries: Entry) -> Verdict:
    (found,) = judged(*entries)
    return found


OPENED = entry("Opened", 10, numbers=due(50))


@pytest.mark.parametrize(
    ("kind", "status"),
    [("Fulfilled", "fulfilled"), ("Exercised", "fulfilled"), ("Closed", "fulfilled"), ("Missed", "missed"),
     ("Lapsed", "missed"), ("Excused", "excused"), ("Ended", "not measurable")],
)  # fmt: skip
def test_what_decides_an_instance(kind: str, status: str) -> None:
    found = one(OPENED, entry(kind, 30))
    assert (found.status, found.decided, found.opened, found.due) == (status, 30, 10, 50)
    assert (found.live, found.waived, found.cured, found.breached) == (False, False, False, False)


def test_an_instance_that_nothing_has_decided() -> None:
    found = one(OPENED)
    assert (found.status, found.decided, found.performed, found.live) == ("undecided", None, None, True)
    assert found.entries == (OPENED,)


def test_when_it_was_performed() -> None:
    by_event = {"event_causes": ("s/1",)}
    assert one(OPENED, entry("Fulfilled", 30, **by_event)).performed == 30
    assert one(OPENED, entry("Fulfilled", 30)).performed is None
    assert one(OPENED, entry("Missed", 51, **by_event)).performed == 51
    for kind in ("Lapsed", "Excused", "Ended"):
        assert one(OPENED, entry(kind, 30, **by_event)).performed is None


def test_the_first_decision_stands() -> None:
    found = one(OPENED, entry("Missed", 51), entry("Fulfilled", 60), entry("Ended", 70))
    assert (found.status, found.decided) == ("missed", 51)


def test_what_comes_after_a_miss() -> None:
    missed = OPENED, entry("Missed", 51)
    late = one(*missed, entry("Late", 60))
    assert (late.status, late.performed, late.cured, late.breached) == ("missed", 60, False, False)
    cured = one(*missed, entry("Late", 60), entry("Cured", 61))
    assert (cured.performed, cured.cured) == (61, True)
    breached = one(*missed, entry("Breached", 90, numbers=due(99)))
    assert (breached.breached, breached.cured, breached.performed) == (True, False, None)
    # What a breach names as due is no date of the duty.
    assert breached.due == 50


def test_waivers() -> None:
    missed = OPENED, entry("Missed", 51)
    assert (one(*missed, entry("Waived", 60)).status, one(*missed, entry("Waived", 60)).waived) == ("missed", True)
    as_met = one(*missed, entry("Waived", 60, words="as if met"))
    assert (as_met.status, as_met.waived, as_met.decided) == ("fulfilled", True, 51)
    before = one(OPENED, entry("Excused", 30, words="waived"))
    assert (before.status, before.waived) == ("excused", True)
    assert not one(OPENED, entry("Excused", 30, words="otherwise")).waived
    assert not one(OPENED, entry("Missed", 30, words="waived")).waived


def test_the_due_date_is_that_told_last() -> None:
    assert one(OPENED, entry("Extended", 20, numbers=due(80))).due == 80
    assert one(entry("Opened", 10, numbers=due(date(2026, 4, 7)))).due == date(2026, 4, 7)
    assert one(OPENED, entry("Extended", 20)).due == 50
    assert one(entry("Opened", 10)).due is None
    assert one(entry("Opened", 10, numbers=due(None))).due is None


def test_what_stands_beside_is_no_part_of_it() -> None:
    beside = [entry(kind, 20) for kind in ("Noted", "Raised", "Counted", "Provisional", "BasisWithdrawn")]
    assert one(OPENED, *beside).entries == (OPENED,)
    assert judged(*beside) == []
    assert judged(entry("Fulfilled", 20, norm="something else")) == []


def test_instances_in_order_of_norms_then_of_opening_then_of_their_names() -> None:
    found = judged(
        entry("Opened", 30, "z"), entry("Opened", 20, "y"), entry("Opened", 20, "x"),
        entry("Opened", 99, "w", norm="resolve"),
    )  # fmt: skip
    assert [(v.norm, v.instance) for v in found] == [
        ("resolve", "w"), ("answer", "x"), ("answer", "y"), ("answer", "z"),
    ]  # fmt: skip


def test_a_right_that_is_opened_again_is_the_same_while_it_is_open() -> None:
    key = (("ticket", "T"),)
    opened = entry("RightOpened", 10, "1", key=key)
    renewed = entry("Renewed", 20, "2", key=key)
    found = one(opened, renewed, entry("Exercised", 30, "1", key=key))
    assert (found.instance, found.status, found.entries[1]) == ("1", "fulfilled", renewed)
    # Of another key it is none of that.
    other = entry("Renewed", 20, "2", key=(("ticket", "U"),))
    assert [v.instance for v in judged(opened, other)] == ["1", "2"]


def test_an_instance_opened_anew_begins_then() -> None:
    assert one(OPENED, entry("Escalated", 25)).opened == 25
    assert one(OPENED, entry("Extended", 25)).opened == 10


def test_a_second_change_of_an_instance_is_found_by_its_cause() -> None:
    changed = entry("Amended", 20, "1~2", entry_causes=(OPENED.name,))
    ended = entry("Terminated", 21, "1~3", entry_causes=("nothing", changed.name))
    assert one(OPENED, changed, ended).entries == (OPENED, changed, ended)
    assert [v.instance for v in judged(OPENED, evolve(changed, entry_causes=("nothing",)))] == ["1", "1~2"]
