"""Records that close: periods that a table names, ends beyond the calendar, answers, and what was withdrawn."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.relating import Related, relate
from bpodsl.terms import Answer, Closing, EventField, Length, Question
from bpodsl.terms.kinds import NUMBER, YES_NO, Kind, period
from bpodsl.values import LAST, Period, listed_period
from tests.record.door import TICKET, at, clause, contract, kind

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
