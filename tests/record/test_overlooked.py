"""What is not read as it may have been meant is said once for a file, with the count of its lines."""

from __future__ import annotations

import pytest

from bpodsl.store import read_events
from bpodsl.terms import Contract, EventField, Mapping, RowMapping
from bpodsl.terms.kinds import one_of
from tests.record.door import RESOLVED, TICKET, column, contract, feed, kind, mapping, opened, refused, take

GRADED = kind("ticket_opened", TICKET, EventField("priority", one_of("P1", "P2"), default="P2"))
AGREEMENT = contract(GRADED, RESOLVED)
BARE = {"id": "1", "type": "ticket_opened", "time": "2026-04-07T19:00:00+01:00", "ticket": "T1"}


def said(*lines: object, agreement: Contract = AGREEMENT, name: str = "a.jsonl") -> list[tuple[str, str]]:
    return list(take(*lines, agreement=agreement, name=name).notes)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ({**BARE, "priorty": "P1"}, "`ticket_opened`: “priorty” is not read; did you mean `priority`?"),
        ({**BARE, "Priority": "P1"}, "`ticket_opened`: “Priority” is not read; did you mean `priority`?"),
        (
            {**BARE, "data": {"ticket": "T1", "prority": "P1"}},
            "`ticket_opened`: “prority” is not read; did you mean `priority`?",
        ),
        (
            {**BARE, "recordtime": "2026-05-01"},
            "`ticket_opened`: “recordtime” is not read; did you mean `recordedtime`?",
        ),
        (
            {**BARE, "data": {"ticket": "T2"}},
            "`ticket_opened`: `ticket` stands in `data`, where it is read, and beside it, with another value",
        ),
        (
            {**BARE, "priority": "P1", "data": {"ticket": "T1"}},
            "`ticket_opened`: `priority` stands beside `data` and is not read; put it into `data`",
        ),
    ],
)
def test_a_word_that_is_not_read(line: dict[str, object], words: str) -> None:
    assert said(line) == [("a.jsonl:1", words)]


@pytest.mark.parametrize(
    "line",
    [
        BARE,
        {**BARE, "data": {"ticket": "T1"}},
        {**BARE, "note": "called twice", "specversion": "1.0"},
        {**BARE, "priority": "P1", "priority_": "P2"},
        {**BARE, "rev": 1, "retract": True, "priorty": "P1"},
    ],
)
def test_words_that_are_read_or_of_no_interest(line: dict[str, object]) -> None:
    assert [words for _, words in said(BARE, line) if "waits" not in words] == []


def test_it_is_said_once_for_a_file_wherever_it_stands() -> None:
    lines = [{**BARE, "id": str(n), "priorty": "P1"} for n in range(3)]
    expected = [("a.jsonl:1", "`ticket_opened`: “priorty” is not read; did you mean `priority`? (3 lines)")]
    assert said(*lines) == said(*reversed(lines)) == expected


def test_a_reporter_who_is_not_told() -> None:
    resolved = {**BARE, "type": "ticket_resolved"}
    words = "who may report was not asked: there is no `reporter`, and the source “{}” is no party"
    assert said(resolved) == [("a.jsonl:1", words.format("a.jsonl"))]
    assert said({**resolved, "source": "mallory"}) == [("a.jsonl:1", words.format("mallory"))]
    assert said({**resolved, "source": "meridian"}) == []
    assert said({**resolved, "source": "desk", "reporter": "meridian"}) == []
    assert said({**BARE, "source": "mallory"}) == []
    assert refused(AGREEMENT, {**resolved, "source": "northwind"}).code == "EVT150"
    assert refused(AGREEMENT, {**resolved, "source": "desk", "reporter": "mallory"}).code == "EVT150"


# ------------------------------------------------------------------------------------ files
def read_by(*lines: str, name: str = "x.csv", **more: object) -> list[tuple[str, str]]:
    row = RowMapping("ticket_opened", (), (("ticket", column("Ticket")), ("priority", column("Grade"))))
    clause: Mapping = mapping(row, identity=column("No"), files="x*.csv", **more)
    return list(read_events(contract(GRADED, mappings=[clause]), [feed(name, *lines)]).notes)


def test_a_column_that_the_file_does_not_have() -> None:
    assert read_by("No,when,Ticket,Grade", "1,2026-04-07,A,P1") == []
    assert read_by("No,when,Ticket,grade", "1,2026-04-07,A,P1", "2,2026-04-07,B,P1") == [
        ("x.csv:2", "there is no column “Grade”, which `reads m` names; did you mean “grade”? (2 lines)")
    ]


def test_a_file_that_no_clause_is_for() -> None:
    (note,) = read_by("No,when,Ticket,Grade", "1,2026-04-07,A,P1", name="other.csv")
    assert note == ("other.csv", "no `reads` clause is for a file of this name, only for “x*.csv”")


def test_a_header_with_another_separator() -> None:
    for sign, told in ((";", ";"), ("\t", "tab"), ("|", "|")):
        taken = take(sign.join(("id", "type", "time")), sign.join(("1", "ticket_opened", "2026-04-07")), name="a.csv")
        assert [each.code for each in taken.quarantined] == ["EVT112"]
        assert f"its columns seem to be separated by “{told}”" in taken.quarantined[0].reason
        assert "format csv separated by" in taken.quarantined[0].step


def test_a_report_of_what_was_set_aside_is_no_event() -> None:
    told = {"place": "a.jsonl:3", "code": "EVT140", "reason": "…", "next": "…", "raw": "{}"}
    found = refused(AGREEMENT, told)
    assert found.code == "EVT131" and "a.jsonl:3, EVT140" in found.message()
    assert refused(AGREEMENT, {"place": "Leeds"}).code == "EVT120"
    assert take(opened(), told).account.quarantined == 1


def test_of_what_is_taken_back_the_words_around_it_are_looked_at() -> None:
    gone = {each: BARE[each] for each in ("id", "type", "time")} | {"rev": 1, "retract": True, "data": {"ticket": "T1"}}
    assert not [words for _, words in said(BARE, gone) if "is not read" in words]
    (found,) = [words for _, words in said(BARE, {**gone, "recordtime": "2026-05-01"}) if "is not read" in words]
    assert found == "`ticket_opened`: “recordtime” is not read; did you mean `recordedtime`?"
