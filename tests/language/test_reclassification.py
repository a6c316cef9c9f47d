"""Duties that an event reclassifies: entry by entry, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import LATE, OPEN, Entry, Event, Ledger
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant

ZONE = Zone.load("Europe/London")
TEXT = """\
agreement regraded "Reclassified"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 until 2026-12-31
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01

calendar desk
  mon-fri 09:00-17:00
event raised_in, regraded from harbour
  case      key
  grade     one of P1, P2, P3
event solved, held, resumed from lantern
  case      key
state on_hold from held to resumed by case

obligation solve
  lantern must solved for each raised_in
  within by grade
    | P1 | 4 hours of desk |
    | P2 | 8 hours of desk |
    | P3 | no limit        |
  clock stops during on_hold
  reclassified by regraded: POLICY
"""


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(policy: str, *happened: str, until: str = "2026-02-01") -> Ledger:
    """Each line: when, what, grade or "-", and `known=` when."""
    contract, problems = understand_text("regraded.bpo", TEXT.replace("POLICY", policy))
    assert contract is not None, problems
    events = []
    for number, line in enumerate(happened, 1):
        when, kind, grade, *rest = line.split()
        known = at(rest[0].partition("=")[2]) if rest else at(when)
        fields = {"case": "C1"} | ({} if grade == "-" else {"grade": grade})
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    found = evaluate(contract, events, at(until))
    assert found == run(contract, events, at(until))
    return found


def entries(made: Ledger, *kinds: str) -> list[Entry]:
    return [e for e in made.outcome if e.clause == "solve" and (not kinds or e.kind in kinds)]


KEPT, ANEW, LATER = "the clock keeps its start", "a new clock", "whichever is later"


@pytest.mark.parametrize(
    ("policy", "regraded", "due", "place"),
    [
        (KEPT, "2026-01-05T14:00", "2026-01-05T14:00", LATE),
        (KEPT, "2026-01-05T12:00", "2026-01-05T13:00", LATE),
        (KEPT, "2026-01-05T13:00", "2026-01-05T13:00", LATE),
        (ANEW, "2026-01-05T14:00", "2026-01-06T10:00", LATE),
        (LATER, "2026-01-05T14:00", "2026-01-06T10:00", LATE),
        (LATER, "2026-01-05T11:00", "2026-01-06T09:00", LATE),
        (LATER, "2026-01-05T13:00", "2026-01-06T09:00", LATE),
    ],
)
def test_from_second_to_first_class(policy: str, regraded: str, due: str, place: int) -> None:
    made = ledger(policy, "2026-01-05T09:00 raised_in P2", f"{regraded} regraded P1")
    (missed,) = entries(made, "Missed")
    assert (missed.at, missed.place) == (at(due), place)
    (amended,) = entries(made, "Amended")
    assert (amended.at, amended.place, amended.event_causes) == (at(regraded), OPEN, ("s/2",))
    assert amended.entry_causes == ("solve/Opened/s/1",)
    assert missed.at >= amended.at


def test_a_pause_is_not_counted_under_either_limit() -> None:
    happened = (
        "2026-01-05T09:00 raised_in P2", "2026-01-05T10:00 held -", "2026-01-05T12:00 resumed -",
        "2026-01-05T13:00 regraded P1",
    )  # fmt: skip
    (missed,) = entries(ledger(KEPT, *happened), "Missed")
    assert missed.at == at("2026-01-05T15:00")
    (missed,) = entries(ledger(ANEW, *happened), "Missed")
    assert missed.at == at("2026-01-06T09:00")


def test_what_was_missed_before_stays_missed_and_the_event_is_noted() -> None:
    made = ledger(ANEW, "2026-01-05T09:00 raised_in P1", "2026-01-05T13:00:00.000001 regraded P2")
    assert [e.kind for e in entries(made)] == ["Opened", "Missed", "Noted"]
    assert entries(made, "Noted")[0].words == "nothing open"


def test_at_the_due_instant_itself_it_is_still_open() -> None:
    made = ledger(ANEW, "2026-01-05T09:00 raised_in P1", "2026-01-05T13:00 regraded P2")
    assert entries(made, "Missed")[0].at == at("2026-01-06T13:00")


def test_performed_in_the_instant_of_the_reclassification_counts_by_the_old_limit() -> None:
    made = ledger(
        KEPT, "2026-01-05T09:00 raised_in P2", "2026-01-05T15:00 regraded P1", "2026-01-05T15:00 solved -"
    )
    assert [e.kind for e in entries(made)] == ["Opened", "Fulfilled", "Noted"]


def test_learnt_late_it_acts_at_its_own_instant() -> None:
    made = ledger(
        ANEW, "2026-01-05T09:00 raised_in P1", "2026-01-05T12:00 regraded P2 known=2026-01-07",
        "2026-01-06T12:00 solved -",
    )  # fmt: skip
    acts = [(p.entry.kind, p.act) for p in made if p.entry.clause == "solve"]
    assert ("Missed", "") in acts and ("Missed", "Withdrawn") in acts
    assert [e.kind for e in entries(made)] == ["Opened", "Amended", "Fulfilled"]


def test_no_limit_stays_none_where_the_later_counts_and_ends_where_it_is_anew() -> None:
    happened = "2026-01-05T09:00 raised_in P3", "2026-01-05T12:00 regraded P1"
    assert not entries(ledger(LATER, *happened), "Missed")
    assert entries(ledger(ANEW, *happened), "Missed")[0].at == at("2026-01-05T16:00")
    assert entries(ledger(KEPT, *happened), "Missed")[0].at == at("2026-01-05T13:00")


@pytest.mark.parametrize(
    ("held", "regraded", "resumed", "due"),
    [
        # Seven of eight hours are left, against four.
        ("2026-01-05T10:00", "2026-01-05T11:00", "2026-01-05T12:00", "2026-01-06T11:00"),
        # Two are left.
        ("2026-01-05T15:00", "2026-01-05T16:00", "2026-01-06T09:00", "2026-01-06T13:00"),
        # Just as many.
        ("2026-01-05T13:00", "2026-01-05T16:00", "2026-01-06T10:00", "2026-01-06T14:00"),
        # It is held and reclassified in one instant.
        ("2026-01-05T11:00", "2026-01-05T11:00", "2026-01-05T12:00", "2026-01-06T10:00"),
        # Held over the night, and resumed as it is reclassified.
        ("2026-01-05T16:00", "2026-01-06T09:00", "2026-01-06T09:00", "2026-01-06T13:00"),
    ],
)
def test_the_later_while_the_clock_stands(held: str, regraded: str, resumed: str, due: str) -> None:
    happened = "2026-01-05T09:00 raised_in P2", f"{held} held -", f"{regraded} regraded P1", f"{resumed} resumed -"
    assert [e.at for e in entries(ledger(LATER, *happened), "Missed")] == [at(due)]
    assert not entries(ledger(LATER, *happened[:3]), "Missed")


DAYS = TEXT.replace("4 hours of desk", "3 days").replace("8 hours of desk", "8 days").replace(
    "  clock stops during on_hold\n", "  suspended during on_hold\n"
).replace("\ncalendar desk\n  mon-fri 09:00-17:00", "")


@pytest.mark.parametrize(
    ("held", "regraded", "resumed", "due"),
    [
        ("2026-01-07T09:00", "2026-01-08T09:00", "2026-01-09T09:00", "2026-01-17"),
        ("2026-01-12T09:00", "2026-01-13T09:00", "2026-01-14T09:00", "2026-01-18"),
    ],
)
def test_the_later_while_the_duty_is_suspended(held: str, regraded: str, resumed: str, due: str, monkeypatch) -> None:
    monkeypatch.setitem(globals(), "TEXT", DAYS)
    happened = "2026-01-05T09:00 raised_in P2", f"{held} held -", f"{regraded} regraded P1", f"{resumed} resumed -"
    assert [e.at for e in entries(ledger(LATER, *happened), "Missed")] == [at(due)]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("event other from harbour\n  site key\n", "BPO313"),
        ("event other from harbour\n  case key\n  note text\n", "BPO315"),
    ],
)
def test_what_makes_no_sense_is_told(line: str, code: str) -> None:
    text = line + TEXT.replace("reclassified by regraded: POLICY", "reclassified by other: the clock keeps its start")
    agreement, rest = text[len(line):], line
    _, problems = understand_text("regraded.bpo", agreement + rest)
    assert code in {problem.code for problem in problems}
