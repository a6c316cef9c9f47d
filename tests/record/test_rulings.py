"""Answers to questions about an event: which stands, from when it is known, and what is set aside."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import pytest
from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.account import Intaken
from bpodsl.terms import Answer, EventField, Length, Limit, NotMeasured, Question, Relation
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, TEXT, YES_NO
from bpodsl.values import HOUR
from tests.record.door import at, clause, codes, contract, counts, kind, take

KEY = EventField("case", TEXT, key=True)
DOWN = kind("down", KEY, EventField("minutes", NUMBER), EventField("fault", YES_NO, optional=True, ruled=True),
            EventField("relief", TEXT, optional=True, ruled=True))  # fmt: skip
RULED = kind("ruled", KEY, EventField("theirs", YES_NO))
EXPERT = kind("expert", KEY, EventField("theirs", YES_NO))
ASKED = kind("asked", KEY)
GIVEN = kind("given", KEY)
LONG = ex.Compare(">", ex.FieldOf("minutes"), ex.Literal(5, NUMBER))

FAULT = Question(
    "fault", clause("fault"), "down", LONG, ("case",),
    (Answer("ruled", field="theirs"), Answer("expert", field="theirs", rank=1)),
    limit=Limit(Length(3, "days")), otherwise=False,
)  # fmt: skip
RELIEF = Question(
    "relief", clause("relief"), "down", None, ("case",), (Answer("given", "accepted"),), "asked",
    Limit(Length(24 * HOUR, "elapsed")), Limit(Length(2, "working days", "office")), "rejected",
)  # fmt: skip


def line(type_: str, id_: str, day: int, hour: int = 12, **more: object) -> dict[str, object]:
    fields = {"minutes": "10"} if type_ == "down" else {"theirs": "yes"} if type_ in ("ruled", "expert") else {}
    return {"id": id_, "type": type_, "time": f"2026-04-{day:02}T{hour:02}:00:00+01:00", "case": "A", **fields, **more}


def given(
    *lines: dict[str, object], until: str = "2026-05-01T00:00", asked: tuple[Question, ...] = (FAULT,)
) -> Intaken:
    return take(*lines, agreement=evolve(contract(DOWN, RULED, EXPERT, ASKED, GIVEN), questions=asked), until=until)


def story(taken: Intaken, name: str = "fault") -> list[tuple[object, str]]:
    """What was known of the first event, and on which day of April."""
    found: list[Event] = sorted((e for e in taken.events if e.id == "1"), key=lambda e: e.rev)
    return [(e.fields.get(name), str((e.known - at("2026-04-01T00:00")) // (24 * HOUR) + 1)) for e in found]


def test_an_answer_is_known_when_given_and_acts_from_the_event() -> None:
    lines = [line("down", "1", 7), line("ruled", "2", 9)]
    for order in permutations(lines):
        taken = given(*order)
        assert story(taken) == [(None, "7"), (True, "9")]
        assert {e.acts for e in taken.events if e.id == "1"} == {at("2026-04-07T12:00")}


@pytest.mark.parametrize(("day", "hour", "answer"), [(10, 23, True), (11, 0, False)])
def test_the_last_day_is_in_time(day: int, hour: int, answer: bool) -> None:
    taken = given(line("down", "1", 7), line("ruled", "2", day, hour))
    assert story(taken)[-1][0] is answer
    assert codes(taken) == []
    assert [(e.effective, e.late_for) for e in taken.events if e.id == "2"] == (
        [(True, ("", ""))] if answer else [(False, ("fault", "was to be answered by 2026-04-10"))]
    )


def test_what_is_not_answered_in_time_is_deemed_answered_then() -> None:
    assert story(given(line("down", "1", 7))) == [(None, "7"), (False, "11")]
    assert story(given(line("down", "1", 7), until="2026-04-11T00:00")) == [(None, "7")]
    late = line("down", "1", 7, recordedtime="2026-04-20T12:00:00+01:00")
    assert story(given(late)) == [(None, "20"), (False, "24")]


def test_an_answer_in_time_that_is_recorded_late_restates() -> None:
    told = line("ruled", "2", 9, recordedtime="2026-04-15T12:00:00+01:00")
    assert story(given(line("down", "1", 7), told)) == [(None, "7"), (False, "11"), (True, "15")]


def test_the_first_answer_stands_until_it_is_overruled() -> None:
    lines = [line("down", "1", 7), line("ruled", "2", 8), line("ruled", "3", 9, theirs="no"),
             line("expert", "4", 20, theirs="no"), line("expert", "5", 21)]  # fmt: skip
    for order in permutations(lines[1:]):
        taken = given(lines[0], *order)
        assert story(taken) == [(None, "7"), (True, "8"), (False, "20")]
        assert counts(taken) == {"lines": 5, "applied": 3, "quarantined": 2}
        assert {each.code for each in taken.quarantined} == {"EVT151"}


def test_an_answer_is_corrected_by_its_own_revision() -> None:
    again = line("ruled", "2", 8, theirs="no", rev=1, recordedtime="2026-04-18T12:00:00+01:00")
    assert story(given(line("down", "1", 7), line("ruled", "2", 8), again)) == [(None, "7"), (True, "8"), (False, "18")]


def test_what_is_not_asked_is_not_measured() -> None:
    taken = given(line("down", "1", 7, minutes="5"), line("ruled", "2", 8))
    assert isinstance(story(taken)[0][0], NotMeasured) and codes(taken) == ["EVT151"]


def test_claims_lapse_and_are_answered() -> None:
    def relief(*lines: dict[str, object]) -> list[tuple[object, str]]:
        return story(given(line("down", "1", 7), *lines, asked=(RELIEF,)), "relief")

    assert relief() == [(None, "7"), ("lapsed", "8")]
    assert relief(line("asked", "2", 8, 12)) == [(None, "7"), ("rejected", "11")]
    assert relief(line("asked", "2", 8, 13)) == [(None, "7"), ("lapsed", "8")]
    assert relief(line("asked", "2", 8, 12), line("given", "3", 10, 23)) == [(None, "7"), ("accepted", "10")]
    assert relief(line("given", "3", 8, 11)) == [(None, "7"), ("lapsed", "8")]


def told(events: Iterable[Event]) -> list[str]:
    return sorted(repr(evolve(event, place="")) for event in events)


def test_what_is_known_by_an_instant_does_not_depend_on_what_comes_later() -> None:
    lines = [line("down", "1", 7), line("ruled", "2", 9), line("ruled", "3", 10, theirs="no"), line("expert", "4", 13),
             line("asked", "5", 8), line("given", "6", 9)]  # fmt: skip
    for day in range(7, 16):
        until = f"2026-04-{day:02}T13:30"
        known = [each for each in lines if str(each["time"]) < f"{until}:00+01:00"]
        early = given(*known, until=until, asked=(FAULT, RELIEF)).events
        whole = [e for e in given(*lines, asked=(FAULT, RELIEF)).events if e.known < at(until)]
        assert told(early) == told(whole)


def told_late(*lines: dict[str, object]) -> list[tuple[str, bool, str]]:
    """Of the claims and answers about relief that are known: which, whether it has effect, and why not."""
    taken = given(line("down", "1", 7), *lines, asked=(RELIEF,))
    assert counts(taken) == {"lines": len(lines) + 1, "applied": len(lines) + 1}
    return [(e.ref.split("/")[1], e.effective, e.late_for[1]) for e in taken.events if e.id != "1"]


def test_a_claim_or_answer_that_comes_too_late_is_applied_and_has_no_effect() -> None:
    by = "2026-04-08T12:00:00+01:00"
    assert told_late(line("asked", "2", 8, 12)) == [("2", True, "")]
    assert told_late(line("asked", "2", 8, 13)) == [("2", False, f"was to be claimed by {by}")]
    answered = told_late(line("asked", "2", 8, 13), line("given", "3", 9))
    assert answered == [("2", False, f"was to be claimed by {by}"), ("3", False, "was not claimed in time")]
    assert told_late(line("given", "3", 8, 13)) == [("3", False, "was not claimed in time")]
    in_time = told_late(line("asked", "2", 8, 12), line("given", "3", 11, 0))
    assert in_time == [("2", True, ""), ("3", False, "was to be answered by 2026-04-10")]


def test_an_answer_before_anything_is_claimed_and_a_second_one_stay_mistakes() -> None:
    early = given(line("down", "1", 7), line("given", "3", 8, 11), asked=(RELIEF,))
    assert codes(early) == ["EVT151"]
    twice = [line("asked", "2", 8, 11), line("asked", "3", 8, 12)]
    assert codes(given(line("down", "1", 7), *twice, asked=(RELIEF,))) == ["EVT151"]


def test_a_late_claim_that_is_corrected_to_be_in_time_counts_from_then() -> None:
    again = line("asked", "2", 8, 11, rev=1, recordedtime="2026-04-20T12:00:00+01:00")
    taken = given(line("down", "1", 7), line("asked", "2", 8, 13), again, asked=(RELIEF,))
    assert sorted((e.rev, e.effective) for e in taken.events if e.id == "2") == [(0, False), (1, True)]
    assert counts(taken) == {"lines": 3, "applied": 2, "superseded": 1}
    assert [value for value, _ in story(taken, "relief")][-1] == "rejected"


def test_a_late_claim_that_is_withdrawn_is_gone() -> None:
    gone = line("asked", "2", 8, 13, rev=1, retract=True, recordedtime="2026-04-20T12:00:00+01:00")
    taken = given(line("down", "1", 7), line("asked", "2", 8, 13), gone, asked=(RELIEF,))
    assert [(e.effective, e.retracts) for e in taken.events if e.id == "2"][-1] == (True, True)


def test_an_answer_waits_for_what_it_concerns() -> None:
    """Before, it is nothing: what was told then is not otherwise once it concerns something."""
    alone = given(line("ruled", "2", 9))
    assert not alone.events and counts(alone) == {"lines": 1, "waiting": 1}
    # Of another case, too.
    other = given(line("ruled", "2", 9), line("down", "1", 7) | {"case": "B"})
    assert [e.id for e in other.events if e.kind == "ruled"] == [] and counts(other)["waiting"] == 1
    # What is answered comes after the answer: both are known from then.
    late = given(line("ruled", "2", 9), line("down", "1", 12))
    assert [story(late), [str((e.known - at("2026-04-01T00:00")) // (24 * HOUR) + 1) for e in late.events]] == [
        [(True, "12")], ["12", "12"],
    ]  # fmt: skip
    taken_back = given(line("ruled", "2", 9), line("ruled", "2", 10, rev=1, retract=True))
    assert not taken_back.events and counts(taken_back) == {"lines": 2, "applied": 1, "retracted": 1}


def test_an_answer_waits_again_when_what_it_concerns_is_taken_back() -> None:
    lines = [line("ruled", "2", 9), line("down", "1", 7), line("down", "1", 12, rev=1, retract=True)]
    for order in permutations(lines):
        taken = given(*order)
        found = [(e.known, e.retracts) for e in taken.events if e.id == "2"]
        assert [((known - at("2026-04-01T00:00")) // (24 * HOUR) + 1, gone) for known, gone in found] == [
            (9, False), (12, True),
        ]  # fmt: skip
        assert counts(taken)["waiting"] == 1
    # Which event it concerns was found when it came, and stands.
    taken = given(*lines, line("down", "3", 14))
    assert [e.retracts for e in taken.events if e.id == "2"] == [False, True] and counts(taken)["waiting"] == 1


def test_an_answer_that_relates_to_another_event_too_waits_for_both() -> None:
    meeting = kind("meeting", KEY)
    ruled = evolve(RULED, relates=Relation("counts with", "meeting", (("case", "case"),)))
    agreement = evolve(contract(DOWN, ruled, EXPERT, ASKED, GIVEN, meeting), questions=(FAULT,))
    taken = take(line("down", "1", 7), line("ruled", "2", 9), agreement=agreement, until="2026-05-01T00:00")
    assert [e.kind for e in taken.events if e.id == "2"] == [] and counts(taken)["waiting"] == 1


def test_an_answer_that_was_not_asked_for_is_set_aside_with_its_last_revision() -> None:
    again = line("ruled", "2", 8, theirs="no", rev=1, recordedtime="2026-04-18T12:00:00+01:00")
    taken = given(line("down", "1", 7, minutes="5"), line("ruled", "2", 8), again)
    assert [(each.place, each.code) for each in taken.quarantined] == [("a.jsonl:3", "EVT151")]
    assert counts(taken) == {"lines": 3, "applied": 1, "superseded": 1, "quarantined": 1}
