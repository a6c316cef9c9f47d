"""Records that close: periods that a table names, ends beyond the calendar, answers, and what was withdrawn."""

from __future__ import annotations

from datetime import date

import pytest
from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.account import Intaken
from bpodsl.record.relating import Related, relate
from bpodsl.terms import Answer, Closing, EventField, Length, Question, RowMapping
from bpodsl.terms.kinds import NUMBER, YES_NO, Kind, period
from bpodsl.values import LAST, Period, listed_period
from tests.record.door import TICKET, at, clause, column, contract, counts, kind, mapping, opened, take

TABLE = ("season", "2026-01-05/2026-04-06/Winter", "2026-04-06/2026-07-06/Spring", "2026-07-13/2026-10-05/Summer")
N = EventField("n", NUMBER, optional=True)
CALL = kind("call", TICKET, N, EventField("fault", YES_NO, optional=True, ruled=True))
REPORT = kind("report", TICKET, N, EventField("s", Kind("period", TABLE)), period="s")
MONTHLY = kind("monthly", TICKET, N, EventField("m", period("month"), optional=True), period="m")
RULED = kind("ruled", TICKET, EventField("theirs", YES_NO))
FAULT = Question("fault", clause("fault"), "call", None, ("ticket",), (Answer("ruled", field="theirs"),))
UNTIL = LAST


def report(of: str, id_: str, time: str, known: str = "", rev: int = 0, **fields: object) -> Event:
    when = at(time)
    named = next((value for value in fields.values() if isinstance(value, Period)), None)
    return Event(
        of, "desk", id_, when, max(when, at(known)) if known else when, when, {"ticket": "T", **fields}, rev=rev,
        period=named,
    )  # fmt: skip


def related(events: list[Event], closing: Closing, *questions: Question) -> Related:
    made = evolve(contract(CALL, REPORT, MONTHLY, RULED), closings=(closing,), questions=questions)
    return relate(made, events, UNTIL)


def season(name: str) -> Period:
    found = listed_period(TABLE, name)
    assert found is not None
    return found


CARRIED = Closing((), "month", Length(10, "days"), True)


def test_what_is_carried_counts_for_the_period_of_the_table_in_which_it_is_reported() -> None:
    (found,) = related(
        [report("report", "1", "2026-01-10T10:00", "2026-05-20T10:00", s=season("Winter"))], CARRIED
    ).events
    assert found.period == found.fields["s"] == season("Spring")
    assert found.acts == at("2026-05-20T10:00")


def test_what_is_reported_where_the_table_has_no_period_comes_too_late() -> None:
    # Between spring and summer lies a week of none; summer begins with its first day.
    for known, taken in (("2026-07-05T23:59", "Spring"), ("2026-07-06T00:00", ""), ("2026-07-12T23:59", ""),
                         ("2026-07-13T00:00", "Summer")):  # fmt: skip
        found = related([report("report", "1", "2026-01-10T10:00", known, s=season("Winter"))], CARRIED)
        assert [e.fields["s"] for e in found.events] == ([season(taken)] if taken else [])
        assert [late.event for late in found.late] == ([] if taken else [("desk", "1")])


def test_what_counts_for_no_period_is_carried_to_its_instant_alone() -> None:
    (found,) = related([report("monthly", "1", "2026-01-10T10:00", "2026-05-20T10:00", n=1)], CARRIED).events
    assert (found.acts, found.period, "m" in found.fields) == (at("2026-05-20T10:00"), None, False)


@pytest.mark.parametrize("of", ["monthly", "report"])
def test_what_is_carried_has_a_day_only_if_it_had_one(of: str) -> None:
    """What happened on a day counts on the day on which it is reported; what happened at an instant, at an instant."""
    named = {"s": season("Winter")} if of == "report" else {"n": 1}
    given = report(of, "1", "2026-01-10T10:00", "2026-05-20T10:00", **named)
    for day, moved in ((None, None), (date(2026, 1, 10), date(2026, 5, 20))):
        (found,) = related([evolve(given, day=day)], CARRIED).events
        assert (found.day, found.acts) == (moved, at("2026-05-20T10:00"))


def test_nothing_closes_beyond_the_calendar() -> None:
    last = "2199-12-30T00:00"
    # As long as an agreement may say.
    for length in (
        Length(230, "years"), Length(2_760, "months"), Length(84_000, "days"), Length(12_000, "weeks"),
        Length(60_000, "working days", "office"),
    ):  # fmt: skip
        found = related([report("call", "1", "2026-01-10T10:00", last, n=1)], Closing(("call",), "month", length))
        assert [e.fields["n"] for e in found.events] == [1] and not found.late


def test_kinds_that_no_closing_names_never_close() -> None:
    closing = Closing(("call",), "month", Length(10, "days"))
    events = [report("call", "1", "2026-01-10T10:00", "2026-05-20T10:00", n=1),
              report("monthly", "2", "2026-01-10T10:00", "2026-05-20T10:00", n=2)]  # fmt: skip
    found = related(events, closing)
    assert [e.id for e in found.events] == ["2"]


def test_what_was_withdrawn_in_time_stays_so_and_its_month_closes_with_its_own() -> None:
    closing = Closing((), "month", Length(10, "days"))
    first = report("call", "1", "2026-01-10T10:00", n=1)
    gone = evolve(first, known=at("2026-01-12T10:00"), rev=1, retracts=True, fields={})
    again = evolve(first, known=at("2026-02-11T00:00"), rev=2)
    found = related([first, gone, again], closing)
    assert [e.retracts for e in found.events] == [False, True]
    assert [late.event for late in found.late] == [("desk", "1")]
    in_time = evolve(again, known=at("2026-02-10T23:59"))
    assert [e.retracts for e in related([first, gone, in_time], closing).events] == [False, True, False]
    # What withdraws something that was never reported has no month that could be over.
    never = related([evolve(gone, known=at("2026-12-01T00:00"))], closing)
    assert not never.late


def test_an_answer_has_a_time_of_its_own() -> None:
    closing = Closing(("call",), "month", Length(10, "days"))
    first = report("call", "1", "2026-01-10T10:00", n=1)
    answer = report("ruled", "2", "2026-05-20T10:00", theirs=True)
    found = related([first, answer], closing, FAULT)
    own = sorted((e for e in found.events if e.id == "1"), key=lambda e: e.known)
    assert [(e.fields.get("fault"), e.fields["n"]) for e in own] == [(None, 1), (True, 1)]
    assert not found.late
    # A revision that comes too late changes nothing but what is answered.
    late = evolve(first, known=at("2026-05-21T10:00"), rev=1, fields={"ticket": "T", "n": 9})
    found = related([first, answer, late], closing, FAULT)
    own = sorted((e for e in found.events if e.id == "1"), key=lambda e: e.known)
    assert [(e.fields.get("fault"), e.fields["n"]) for e in own] == [(None, 1), (True, 1)]
    assert [each.event for each in found.late] == [("desk", "1")]


# ------------------------------------------------------------------------------------ lines
def lines(*rows: dict[str, object], closings: tuple[Closing, ...]) -> Intaken:
    """Of a file of which each row is a call and a report."""
    columns = {name: column(name) for name in ("ticket", "n")}
    read = mapping(*(RowMapping(of, (), tuple(columns.items())) for of in ("call", "told")), files="*.jsonl",
                   format="jsonl", identity=column("id"), known=column("known"), rev=column("rev"))  # fmt: skip
    made = evolve(contract(kind("call", TICKET, N), kind("told", TICKET, N), mappings=[read]), closings=closings)
    return take(*rows, agreement=made, until="2026-12-01T00:00")


def row(id_: str, when: str, known: str = "", rev: int = 0, n: int = 1) -> dict[str, object]:
    return {"id": id_, "when": f"{when}:00Z", "known": f"{known or when}:00Z", "rev": rev, "ticket": "T", "n": n}


CALLS = Closing(("call",), "month", Length(10, "days"))
ALL = Closing((), "month", Length(10, "days"))


def test_a_line_of_which_all_comes_too_late_is_set_aside_once() -> None:
    found = lines(row("1", "2026-01-10T10:00"), row("2", "2026-01-10T10:00", "2026-05-20T10:00"), closings=(ALL,))
    assert [(each.place, each.code) for each in found.quarantined] == [("a.jsonl:2", "EVT152")]
    assert counts(found) == {"lines": 2, "applied": 1, "quarantined": 1}


def test_a_line_of_which_something_counts_is_used_and_a_note_says_what_came_too_late() -> None:
    found = lines(row("1", "2026-01-10T10:00"), row("2", "2026-01-10T10:00", "2026-05-20T10:00"), closings=(CALLS,))
    assert not found.quarantined and counts(found) == {"lines": 2, "applied": 2}
    assert sorted(e.kind for e in found.events) == ["call", "told", "told"]
    assert [words for place, words in found.notes if place == "a.jsonl:2"] == [
        "`call` comes too late: the records that it belongs to closed with 2026-02-10."
    ]


def test_what_a_late_line_would_have_replaced_stands() -> None:
    rows = [row("1", "2026-01-10T10:00"), row("1", "2026-01-10T10:00", "2026-02-09T10:00", 1, 2),
            row("1", "2026-01-10T10:00", "2026-05-20T10:00", 2, 3)]  # fmt: skip
    found = lines(*rows, closings=(ALL,))
    assert [(each.place, each.code) for each in found.quarantined] == [("a.jsonl:3", "EVT152")]
    assert counts(found) == {"lines": 3, "applied": 1, "superseded": 1, "quarantined": 1}


def test_a_withdrawal_that_comes_too_late_leaves_what_it_would_have_taken_back() -> None:
    rows = [opened("1"), opened("1", priority="P2", rev=1, recordedtime="2026-05-01T00:00:00Z"),
            opened("1", rev=2, retract=True, recordedtime="2026-09-01T00:00:00Z")]  # fmt: skip
    found = take(*rows, agreement=evolve(contract(), closings=(ALL,)))
    assert [(e.rev, e.retracts) for e in found.events] == [(0, False), (1, False)]
    assert counts(found) == {"lines": 3, "applied": 1, "superseded": 1, "quarantined": 1}
    # What was withdrawn in time stays so, though somebody reports it again.
    gone = opened("1", rev=1, retract=True, recordedtime="2026-05-01T00:00:00Z")
    again = opened("1", rev=2, recordedtime="2026-09-01T00:00:00Z")
    found = take(opened("1"), gone, again, agreement=evolve(contract(), closings=(ALL,)))
    assert [(e.rev, e.retracts) for e in found.events] == [(0, False), (1, True)]
    assert counts(found) == {"lines": 3, "applied": 1, "retracted": 1, "quarantined": 1}
