"""Files that are no event files: told as what they are, and never read as rows."""

from __future__ import annotations

import io
import zipfile

import pytest

from bpodsl.store import Feed, read_events
from bpodsl.terms import RowMapping
from tests.record.door import column, contract, counts, mapping

READ = mapping(RowMapping("ticket_opened", (), (("ticket", column("Ticket")), ("priority", column("Priority")))))
AGREEMENT = contract(mappings=[READ])
ROW = b"2026-04-07T10:00:00Z,T1,P1\n"


def workbook() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return made.getvalue()


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "unknown"])
def test_a_workbook_is_no_text(name: str) -> None:
    taken = read_events(AGREEMENT, [Feed(name, io.BytesIO(workbook()))])
    assert not taken.sound and not taken.events and not counts(taken)
    (said,) = taken.incomplete
    assert said.startswith(f"{name}: ")


def test_a_file_without_a_header_is_told_by_its_first_row() -> None:
    taken = read_events(AGREEMENT, [Feed("a.csv", io.BytesIO(ROW + ROW))])
    assert not taken.events
    (said,) = {each.reason for each in taken.quarantined}
    assert "holds a date and time, as a row does, and no names of columns" in said


def test_a_header_alone_is_no_event() -> None:
    taken = read_events(AGREEMENT, [Feed("a.csv", io.BytesIO(b"when,Ticket,Priority\n"))])
    assert taken.notes == (("a.csv", "no event is in this file"),) and not counts(taken)


def test_a_header_without_a_row_that_cannot_be_used() -> None:
    taken = read_events(AGREEMENT, [Feed("a.csv", io.BytesIO(ROW))])
    (said,) = taken.incomplete
    assert said == "a.csv: its header holds a date and time, as a row does, and no names of columns"


def test_the_same_with_a_header_is_read() -> None:
    taken = read_events(AGREEMENT, [Feed("a.csv", io.BytesIO(b"when,Ticket,Priority\n" + ROW))])
    assert counts(taken) == {"lines": 1, "applied": 1}
