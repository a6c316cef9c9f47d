"""Who may report after an assignment, periods that a table names, and from when claims run."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from bpodsl.record.shapes import reporting
from bpodsl.terms import Answer, Assignment, Contract, EventField, Length, Limit, Question
from bpodsl.terms.kinds import DAY, TEXT, YES_NO, Kind, period
from bpodsl.values import HOUR
from tests.record.door import at, clause, codes, contract, field_value, kind, opened, refused, take

APRIL = date(2026, 4, 8)


def passing(old: str, new: str, day: date | None, novates: bool = True, name: str = "passing") -> Assignment:
    return Assignment(name, clause(name), old, new, day, novates=novates)


def assigned(*assignments: Assignment) -> Contract:
    return evolve(contract(), assignments=assignments)


# ------------------------------------------------------------------------------------ who may report
@pytest.mark.parametrize(("day", "may"), [("2026-04-07", "northwind"), ("2026-04-08", "nova"), ("2026-04-09", "nova")])
def test_after_a_novation_only_the_new_party_may_report(day: str, may: str) -> None:
    found = assigned(passing("northwind", "nova", APRIL))
    for who in ("northwind", "nova"):
        taken = take(opened(time=f"{day}T10:00:00+01:00", reporter=who), agreement=found)
        assert codes(taken) == ([] if who == may else ["EVT150"]), who


def test_the_message_names_who_may() -> None:
    found = assigned(passing("northwind", "nova", APRIL))
    line = refused(found, opened(time="2026-04-08T10:00:00+01:00", reporter="northwind"))
    assert "northwind" in line.message() and "only `nova` may" in line.message()


def test_an_assignment_that_does_not_novate_leaves_the_old_party_in_its_place_too() -> None:
    assert reporting((passing("a", "b", APRIL, novates=False),), ("a",), APRIL) == ("a", "b")
    assert reporting((passing("a", "b", APRIL),), ("a",), APRIL) == ("b",)
    assert reporting((passing("a", "b", APRIL),), ("a",), date(2026, 4, 7)) == ("a",)


def test_of_one_by_an_event_the_day_is_not_known_at_the_door() -> None:
    assert reporting((passing("a", "b", None),), ("a",), date(2026, 1, 1)) == ("a", "b")


def test_assignments_follow_one_another_by_day() -> None:
    on = passing("b", "c", date(2026, 5, 1), name="then")
    both = (on, passing("a", "b", APRIL))
    assert reporting(both, ("a",), date(2026, 4, 30)) == ("b",)
    assert reporting(both, ("a",), date(2026, 5, 1)) == ("c",)
    assert reporting(both, ("z",), date(2026, 5, 1)) == ("z",)


# ------------------------------------------------------------------------------------ a period that a table names
TABLE = ("season", "2026-01-05/2026-04-06/Winter", "2026-04-06/2026-07-06/Late spring")


def test_a_period_that_a_table_names_is_read_by_its_name_alone() -> None:
    of = Kind("period", TABLE)
    winter = field_value(of, "Winter")
    assert getattr(winter, "label", None) == "Winter"
    assert field_value(of, " Winter ") == winter
    assert getattr(field_value(of, "Late spring"), "first", None) == date(2026, 4, 6)
    for wrong in ("Autumn", "season", "2026-01", 1, True, ["Winter"]):
        assert field_value(of, wrong) == "EVT142"


# ------------------------------------------------------------------------------------ from when claims run
CASE = EventField("case", TEXT, key=True)
CLAIMED = kind("claimed", CASE)
GIVEN = kind("given", CASE)
OURS, THEIRS = ("northwind",), ("meridian",)


def question(field: str, length: Length, **answer: object) -> Question:
    return Question(
        "relief", clause("relief"), "down", None, ("case",), (Answer("given", "accepted", **answer),), "claimed",  # type: ignore[arg-type]
        Limit(length, field), None, "rejected",
    )  # fmt: skip


def relief(asked: Question, *lines: dict[str, object], **fields: object) -> list[tuple[object, str]]:
    """What was known of the event about relief, and on which day."""
    down = kind("down", CASE, EventField("since", DAY, optional=True), EventField("m", period("month"), optional=True),
                EventField("relief", TEXT, optional=True, ruled=True))  # fmt: skip
    made = evolve(contract(down, CLAIMED, GIVEN), questions=(asked,))
    first = {"id": "1", "type": "down", "time": "2026-04-07T12:00:00+01:00", "case": "A", **fields}
    taken = take(first, *lines, agreement=made, until="2026-06-30T00:00")
    own = sorted((e for e in taken.events if e.id == "1"), key=lambda e: e.rev)
    return [(e.fields.get("relief"), str((e.known - at("2026-04-01T00:00")) // (24 * HOUR) + 1)) for e in own]


def test_the_time_for_a_claim_runs_from_the_day_that_the_event_names() -> None:
    asked = question("since", Length(3, "days"))
    # From the tenth, three days: the thirteenth is in time, and with the fourteenth it has lapsed.
    assert relief(asked, since="2026-04-10") == [(None, "7"), ("lapsed", "14")]
    # The event was known on the seventh only, whenever it began.
    assert relief(asked, since="2026-04-01") == [(None, "7"), ("lapsed", "11")]


def test_the_time_for_a_claim_runs_from_the_last_day_of_a_period() -> None:
    assert relief(question("m", Length(3, "days")), m="2026-04") == [(None, "7"), ("lapsed", "34")]


def test_where_the_event_names_no_day_a_claim_never_lapses() -> None:
    assert relief(question("since", Length(3, "days"))) == [(None, "7")]
    assert relief(question("m", Length(24 * HOUR, "elapsed"))) == [(None, "7")]


def test_hours_for_a_claim_run_from_the_first_instant_of_the_day() -> None:
    hours = question("since", Length(24 * HOUR, "elapsed"))
    assert relief(hours, since="2026-04-10") == [(None, "7"), ("lapsed", "11")]
    worked = question("since", Length(9 * HOUR, "elapsed", "office"))
    # Friday has eight of them; the ninth is over on Monday.
    assert relief(worked, since="2026-04-10")[-1][1] == "13"


def test_a_claim_that_lies_beyond_the_calendar_never_lapses() -> None:
    assert relief(question("since", Length(300, "years")), since="2026-04-10") == [(None, "7")]
    assert relief(question("since", Length(10**7 * HOUR, "elapsed", "office")), since="2026-04-10") == [(None, "7")]


# ------------------------------------------------------------------------------------ answers
def test_an_answer_counts_from_those_who_may_give_it_and_from_nobody_in_particular() -> None:
    asked = question("", Length(3, "days"), by=THEIRS)
    claim = {"id": "2", "type": "claimed", "time": "2026-04-08T12:00:00+01:00", "case": "A"}
    answer = {"id": "3", "type": "given", "time": "2026-04-09T12:00:00+01:00", "case": "A"}
    assert relief(asked, claim, {**answer, "reporter": "meridian"}) == [(None, "7"), ("accepted", "9")]
    assert relief(asked, claim, answer) == [(None, "7"), ("accepted", "9")]
    assert relief(asked, claim, {**answer, "reporter": "northwind"}) == [(None, "7")]


def test_an_answer_that_leaves_its_field_out_is_none() -> None:
    down = kind("down", CASE, EventField("fault", YES_NO, optional=True, ruled=True))
    ruled = kind("ruled", CASE, EventField("theirs", YES_NO, optional=True))
    asked = Question("fault", clause("fault"), "down", None, ("case",), (Answer("ruled", field="theirs"),))
    made = evolve(contract(down, ruled), questions=(asked,))
    told = ("1", "down", 7, {}), ("2", "ruled", 8, {}), ("3", "ruled", 9, {"theirs": "no"})
    lines = [{"id": id_, "type": of, "time": f"2026-04-{day:02}T12:00:00+01:00", "case": "A", **more}
             for id_, of, day, more in told]  # fmt: skip
    found = sorted((e for e in take(*lines, agreement=made).events if e.id == "1"), key=lambda e: e.rev)
    assert [e.fields.get("fault") for e in found] == [None, False]


def test_a_question_that_a_claim_settles_needs_no_answer() -> None:
    asked = evolve(question("", Length(3, "days")), answers=())
    claim = {"id": "2", "type": "claimed", "time": "2026-04-08T12:00:00+01:00", "case": "A"}
    assert relief(asked, claim) == [(None, "7"), ("claimed", "8")]
    assert relief(asked) == [(None, "7"), ("lapsed", "11")]
