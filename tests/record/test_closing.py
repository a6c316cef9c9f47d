"""Records that close: until when what happened may be reported and corrected."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.record.relating import Related, relate
from bpodsl.terms import Closing, Contract, EventField, Length, Relation
from bpodsl.terms.kinds import NUMBER, period
from bpodsl.values import Period, parse_period
from tests.record.door import TICKET, at, contract, kind, opened, take

N = EventField("n", NUMBER, optional=True)
CALL = kind("call", TICKET, N)
REPORT = kind("report", TICKET, N, EventField("m", period("month")), period="m")
FIXED = kind("fixed", TICKET, N, relates=Relation("corrects", "call", (("ticket", "ticket"),), ("n",)))
VOID = kind("void", TICKET, relates=Relation("withdraws", "call", (("ticket", "ticket"),)))
MONTHS = Closing((), "month", Length(3, "months"))
UNTIL = at("2027-01-01T00:00")


def agreement(*closings: Closing) -> Contract:
    return evolve(contract(CALL, REPORT, FIXED, VOID), closings=closings)


def report(of: str, id_: str, time: str, known: str = "", rev: int = 0, **fields: object) -> Event:
    when = at(time)
    month = fields.get("m")
    return Event(
        of, "desk", id_, when, max(when, at(known)) if known else when, when, {"ticket": "T", **fields}, rev=rev,
        period=month if isinstance(month, Period) else None,
    )  # fmt: skip


def related(events: list[Event], *closings: Closing) -> Related:
    return relate(agreement(*closings), events, UNTIL)


def numbers(found: Related) -> list[object]:
    return [e.fields.get("n") for e in sorted(found.events, key=lambda e: (e.id, e.known)) if not e.retracts]


def test_the_last_instant_of_the_last_day_is_in_time() -> None:
    events = [
        report("call", "1", "2026-02-28T23:59", "2026-05-31T23:59:59", n=1),
        report("call", "2", "2026-02-28T23:59", "2026-06-01T00:00", n=2),
        report("call", "3", "2026-03-01T00:00", "2026-06-30T23:59", n=3),
    ]
    found = related(events, MONTHS)
    assert numbers(found) == [1, 3]
    assert [(late.event, late.refused.refusal("").message()) for late in found.late] == [
        (("desk", "2"), "`call` comes too late: the records that it belongs to closed with 2026-05-31.")
    ]
    assert numbers(related(events)) == [1, 2, 3]


def test_a_late_revision_changes_nothing_and_one_that_moves_must_be_in_time_for_both_months() -> None:
    first = report("call", "1", "2026-01-10T10:00", n=1)
    late = report("call", "1", "2026-01-10T10:00", "2026-05-01T00:00", rev=1, n=2)
    assert numbers(related([first, late], MONTHS)) == [1]
    out_of_it = report("call", "1", "2026-04-10T10:00", "2026-05-01T00:00", rev=1, n=2)
    assert numbers(related([first, out_of_it], MONTHS)) == [1]
    into_it = [report("call", "1", "2026-04-10T10:00", n=1), evolve(late, known=at("2026-05-01T00:00"))]
    assert numbers(related(into_it, MONTHS)) == [1]
    gone = evolve(late, retracts=True, fields={})
    assert [e.retracts for e in related([first, gone], MONTHS).events] == [False]
    in_time = evolve(late, known=at("2026-04-30T23:59"))
    assert numbers(related([first, in_time], MONTHS)) == [1, 2]


def test_events_that_correct_or_withdraw_come_in_time_or_do_nothing() -> None:
    first = report("call", "1", "2026-01-10T10:00", n=1)
    by = [report("fixed", "2", "2026-04-30T10:00", n=2), report("fixed", "3", "2026-05-01T10:00", n=3)]
    found = related([first, *by], MONTHS)
    assert [e.fields["n"] for e in found.events if e.kind == "call"] == [1, 2]
    assert [late.event for late in found.late] == [("desk", "3")]
    found = related([first, report("void", "2", "2026-05-01T10:00")], MONTHS)
    assert [e.retracts for e in found.events if e.kind == "call"] == [False]
    assert [late.event for late in found.late] == [("desk", "2")]


def test_what_is_reported_too_late_may_count_when_it_is_reported() -> None:
    carried = evolve(MONTHS, length=Length(10, "days"), carried=True)
    (found,) = related([report("call", "1", "2026-01-10T10:00", "2026-02-11T00:00", n=1)], carried).events
    assert (found.acts, found.known) == (at("2026-02-11T00:00"), at("2026-02-11T00:00"))
    (found,) = related(
        [report("report", "1", "2026-02-05T10:00", "2026-02-11T00:00", n=1, m=parse_period("2026-01"))], carried
    ).events
    assert found.period == found.fields["m"] == parse_period("2026-02")
    history = [
        report("call", "1", "2026-01-10T10:00", "2026-02-11T00:00", n=1),
        report("call", "1", "2026-01-10T10:00", "2026-03-10T23:00", rev=1, n=2),
        report("call", "1", "2026-01-10T10:00", "2026-03-11T00:00", rev=2, n=3),
    ]
    found_all = related(history, carried)
    assert [(e.fields["n"], e.acts) for e in found_all.events] == [
        (1, at("2026-02-11T00:00")), (2, at("2026-02-11T00:00")),
    ]  # fmt: skip
    lasting = evolve(history[0], ends=at("2026-01-10T11:00"))
    assert not related([lasting], carried).events


def test_some_kinds_close_earlier_than_all_others() -> None:
    quick = Closing(("call",), "quarter", Length(2, "working days", "office"))
    late = "2026-04-02T23:59"
    assert numbers(related([report("call", "1", "2026-01-10T10:00", late, n=1)], MONTHS, quick)) == [1]
    late = "2026-04-03T00:00"
    assert numbers(related([report("call", "1", "2026-01-10T10:00", late, n=1)], MONTHS, quick)) == []
    report_late = report("report", "1", "2026-02-05T10:00", late, n=1, m=parse_period("2026-01"))
    assert numbers(related([report_late], MONTHS, quick)) == [1]


def test_lines_that_come_too_late_are_set_aside_and_what_stood_is_applied() -> None:
    made = evolve(agreement(MONTHS), events=contract().events)
    rows = [
        opened("1", "2026-04-07T19:00:00+01:00"),
        opened("1", "2026-04-07T19:00:00+01:00", rev=1, recordedtime="2026-09-01T00:00:00Z", priority="P2"),
        opened("2", "2026-04-07T19:00:00+01:00", recordedtime="2026-09-01T00:00:00Z"),
    ]
    found = take(*rows, agreement=made)
    assert (found.account.applied, found.account.quarantined, found.account.superseded) == (1, 2, 0)
    assert [each.code for each in found.quarantined] == ["EVT152", "EVT152"]
    assert [(e.id, e.rev) for e in found.events] == [("1", 0)]


