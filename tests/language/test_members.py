"""Duties that arise for each member of a list: who performs what, who waives what, and how they end."""

from __future__ import annotations

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event
from bpodsl.record.relating import relate
from bpodsl.reference import run as reference_run
from bpodsl.text import Severity
from bpodsl.values import Zone, parse_instant, parse_period

UTC = Zone.load("UTC")
HEAD = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 4 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event visited from mer
  site   text, key
event forgiven from north
  site   text, key
  month  month
  counts for month
"""


def at(text: str) -> int:
    return parse_instant(text, UTC).instant


def statuses(text: str, *events: Event, until: str = "2026-06-01T00:00") -> list[str]:
    """What became of the instances, in the order of the ledger; both evaluators say the same."""
    made, problems = understand_text("<test>", HEAD + text)
    assert made is not None, [p.message() for p in problems if p.severity is Severity.ERROR]
    known = relate(made, events, at(until)).events
    found = evaluate(made, known, at(until))
    assert [*found] == [*reference_run(made, known, at(until))]
    return [f"{e.kind} {e.instance}" for e in found.outcome if e.clause == "visit" and e.kind != "Opened"]


def event(kind: str, time: str, **fields: object) -> Event:
    return Event(kind, "crm", f"{kind} {time}", at(time), at(time), at(time), fields)


def test_an_act_without_a_period_performs_the_oldest_of_its_member() -> None:
    text = (
        "obligation visit\n  mer must visited each month for each site of a, b\n"
        "  within 10 days after the end of the month\n"
    )
    found = statuses(
        text,
        event("visited", "2026-02-03T09:00", site="b"),
        event("visited", "2026-02-04T09:00", site="b"),
        event("visited", "2026-02-05T09:00", site="c"),
        until="2026-02-28T00:00",
    )
    assert found == ["Fulfilled 2026-01/b", "Fulfilled 2026-02/b", "Noted crm/visited 2026-02-05T09:00",
                     "Missed 2026-01/a"]  # fmt: skip


def test_a_waiver_means_the_member_and_the_month() -> None:
    text = (
        "obligation visit\n  mer must visited each month for each site of a, b\n"
        "  by the end of the month\n  waived by forgiven\n"
    )
    waiver = event("forgiven", "2026-02-03T09:00", site="b", month=parse_period("2026-01"))
    found = statuses(text, waiver, until="2026-02-20T00:00")
    assert found == ["Missed 2026-01/a", "Missed 2026-01/b", "Waived 2026-01/b"]


def test_once_for_each_and_what_ends_with_the_agreement() -> None:
    text = "obligation visit\n  mer must visited once for each site of a, b\n  within 10 months\n"
    found = statuses(text, event("visited", "2026-02-03T09:00", site="b"))
    assert found == ["Fulfilled term/b", "Ended term/a"]


def test_a_change_moves_the_deadline_of_each_member() -> None:
    text = (
        "list sites by site\n  |   | old | new |\n  | a | 3 | 5 |\n  | b | 4 | 6 |\n"
        "obligation visit\n  mer must visited each month for each site of sites\n"
        "  within (old of site in sites) days\n"
        "change later effective 2026-02-01\n  visit: within (new of site in sites) days\n"
    )
    found = statuses(
        text, event("visited", "2026-02-06T23:59", site="a"), event("visited", "2026-02-08T00:00", site="b"),
        until="2026-02-20T00:00",
    )  # fmt: skip
    assert found == ["Missed 2026-01/a", "Missed 2026-01/b", "Late 2026-01/a",
                     "Missed 2026-02/a", "Missed 2026-02/b", "Late 2026-01/b"]  # fmt: skip
