"""Deadlines from lists, from other events of the case, and from formulas, worked out as the duty arises."""

from __future__ import annotations

from datetime import date

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event, Ledger
from bpodsl.record.relating import relate
from bpodsl.reference import run as reference_run
from bpodsl.text import Severity
from bpodsl.values import Zone, parse_instant, show_utc

UTC = Zone.load("UTC")
HEAD = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
calendar work
  mon-fri 09:00-17:00
event asked from north
  case   key
  level  one of high, low
  site   text, optional
event promised from mer
  case   key
  day    day
  hours  number
event answered from mer
  case   key
event moved from mer
  case   key
  day    day
  hours  number
  corrects promised named by case
list levels by level
  |      | from       | respond         | hours   | some |
  | high |            | 2 hours of work | 3 hours | 2    |
  | high | 2026-02-10 | 1 hour          | 3 hours | 2    |
  | low  |            | 3 days          | 4 hours | 1    |
"""


def at(text: str) -> int:
    return parse_instant(text, UTC).instant


def ledger(text: str, *events: Event, until: str = "2026-12-01T00:00") -> Ledger:
    """What follows; both evaluators say the same."""
    made, problems = understand_text("<test>", HEAD + text)
    assert made is not None, [p.message() for p in problems if p.severity is Severity.ERROR]
    known = relate(made, (each for each in events if each.known < at(until)), at(until)).events
    found = evaluate(made, known, at(until))
    assert [*found] == [*reference_run(made, known, at(until))]
    return found


def event(kind: str, time: str, known: str = "", **fields: object) -> Event:
    t = at(time)
    return Event(kind, "crm", f"{kind} {time} {known}", t, at(known) if known else t, t, {"case": "C1", **fields})


def due(found: Ledger) -> list[str]:
    """When the instance was due, in its order of openings; "" without a deadline."""
    shown = [(e, e.number("due")) for e in found.outcome if e.kind == "Opened" and e.clause == "answer"]
    return ["" if d is None else str(d) if hasattr(d, "year") else show_utc(d) for _, d in shown]


DUTY = "obligation answer\n  mer must answered for each asked\n"


def test_a_dated_row_of_a_list_holds_from_its_day_on() -> None:
    text = DUTY + "  within respond of level in levels\n"
    assert due(ledger(text, event("asked", "2026-02-09T10:00", level="high"))) == ["2026-02-09T12:00:00Z"]
    assert due(ledger(text, event("asked", "2026-02-10T10:00", level="high"))) == ["2026-02-10T11:00:00Z"]
    assert due(ledger(text, event("asked", "2026-02-10T10:00", level="low"))) == ["2026-02-13"]


def test_counted_back_by_a_list() -> None:
    text = DUTY + "  by respond of level in levels before 2026-03-10\n"
    made, problems = understand_text("<test>", HEAD + text)
    assert made is None and problems
    text = DUTY + "  by respond of level in days before (the day + 10 days)\n" + (
        "list days by level\n  |  | respond |\n  | high | 2 days |\n  | low | 1 working day of work |\n"
    )
    assert due(ledger(text, event("asked", "2026-02-04T10:00", level="high"))) == ["2026-02-12"]
    assert due(ledger(text, event("asked", "2026-02-04T10:00", level="low"))) == ["2026-02-13"]


def test_a_formula_of_lengths_runs_in_its_calendar() -> None:
    text = DUTY + "  within (2 * hours of level in levels) of work\n"
    assert due(ledger(text, event("asked", "2026-02-09T16:00", level="high"))) == ["2026-02-10T14:00:00Z"]
    text = DUTY + "  less than (hours of level in levels / 2)\n"
    assert due(ledger(text, event("asked", "2026-02-09T16:00", level="low"))) == ["2026-02-09T18:00:00Z"]


def test_what_an_earlier_event_of_the_case_gave() -> None:
    text = DUTY + "  within hours hours of work after (the later of the instant and 2026-02-03T09:00)\n"
    asked = event("asked", "2026-02-02T10:00", level="high")
    first = event("promised", "2026-02-02T09:00", day=date.fromisoformat("2026-02-20"), hours=5)
    assert due(ledger(text, asked)) == [""]
    assert due(ledger(text, first, asked)) == ["2026-02-03T14:00:00Z"]
    later = event("promised", "2026-02-02T11:00", day=date.fromisoformat("2026-02-20"), hours=1)
    assert due(ledger(text, first, asked, later)) == ["2026-02-03T14:00:00Z"]


def test_a_promise_learnt_late_or_withdrawn_from_makes_the_deadline_anew() -> None:
    text = DUTY + "  by day\n"
    asked = event("asked", "2026-02-02T10:00", level="high")
    late = event("promised", "2026-02-02T09:00", "2026-02-25T09:00", day=date.fromisoformat("2026-02-20"), hours=5)
    found = ledger(text, late, asked)
    assert due(found) == ["2026-02-20"]
    missed = [p.entry for p in found if p.entry.kind == "Missed"]
    assert [(e.at, e.clause) for e in missed] == [(at("2026-02-21T00:00"), "answer")]
    assert due(ledger(text, late, asked, until="2026-02-25T09:00")) == [""]


def test_corrected_in_place() -> None:
    text = DUTY + "  by (day + 1 day), by 09:30\n"
    asked = event("asked", "2026-02-02T10:00", level="high")
    first = event("promised", "2026-02-01T09:00", day=date.fromisoformat("2026-02-20"), hours=5)
    moved = event("moved", "2026-02-05T09:00", day=date.fromisoformat("2026-02-23"), hours=5)
    assert due(ledger(text, first, asked, moved)) == ["2026-02-24T09:30:00Z"]


def test_a_change_may_give_another_formula() -> None:
    text = DUTY + "  within (some of level in levels) days\n" + (
        "change later effective 2026-03-01\n  answer: within (some of level in levels + 5) days\n"
        "  running clocks move to the new terms\n"
    )
    before = event("asked", "2026-02-02T10:00", level="high")
    assert due(ledger(text, before)) == ["2026-02-04"]
    assert due(ledger(text, event("asked", "2026-03-02T10:00", level="high"))) == ["2026-03-09"]
    running = ledger(text, event("asked", "2026-02-28T10:00", level="high"))
    moved = [e.number("due") for e in running.outcome if e.kind == "Amended" and e.clause == "answer"]
    assert moved == [date.fromisoformat("2026-03-07")]
