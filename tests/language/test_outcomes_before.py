"""Outcomes and states of the time before, in both evaluators: what is learnt late, and what is taken back."""

from __future__ import annotations

from pathlib import Path

from bpodsl.pipeline import evaluate, understand
from bpodsl.record import Event, Ledger
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant

CONTRACT = understand(Path(__file__).parent / "outcomes_before.bpo").contract
ZONE = Zone.load("Europe/London")


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def event(number: int, when: str, kind: str, known: str = "", **fields: object) -> Event:
    return Event(kind, "s", str(number), at(when), at(known or when), at(when), fields)


def ledger(until: str, *events: Event) -> Ledger:
    assert CONTRACT is not None
    made = evaluate(CONTRACT, events, at(until))
    assert made == run(CONTRACT, events, at(until))
    return made


def values(made: Ledger, figure: str) -> dict[str, object]:
    return {e.period: e.number("value") for e in made.outcome if (e.kind, e.clause) == ("Settled", figure)}


def plans(made: Ledger) -> list[str]:
    return [e.instance for e in made.outcome if (e.kind, e.clause) == ("Opened", "plan")]


TWO = (
    event(1, "2026-01-05T09:00", "raised", ticket="A", site="Hull"),
    event(2, "2026-01-05T10:00", "raised", ticket="B", site="Hull"),
    event(3, "2026-01-05T11:00", "raised", ticket="C", site="York"),
)


def test_of_two_misses_at_one_midnight_one_is_the_second() -> None:
    made = ledger("2026-02-02", *TWO)
    assert plans(made) == ["s/2"]
    (fired,) = [e for e in made.outcome if e.kind == "Fired"]
    assert (fired.clause, fired.at, fired.entry_causes) == ("plan.ground", at("2026-01-08"), ("solve/Missed/s/2",))


def test_an_act_known_late_takes_the_miss_back_and_what_it_made_the_second() -> None:
    late = event(4, "2026-01-07T09:00", "solved", known="2026-02-03T09:00", ticket="A")
    again = event(5, "2026-01-20T09:00", "raised", ticket="D", site="Hull")
    made = ledger("2026-03-02", *TWO, again, late)
    assert plans(made) == []
    assert values(made, "asked") == {"2026-01": 1, "2026-02": 0}
    known = [p for p in made.posted if p.entry.clause == "plan"]
    assert [p.act for p in known][:2] == ["", ""] and known[-1].act


def test_a_reopening_takes_a_fulfilment_back() -> None:
    events = (
        *TWO,
        event(6, "2026-01-06T09:00", "solved", ticket="A"),
        event(7, "2026-01-06T10:00", "solved", ticket="B"),
        event(8, "2026-01-06T11:00", "solved", ticket="C"),
        event(9, "2026-01-25T09:00", "raised", ticket="A", site="Hull"),
        event(10, "2026-01-26T09:00", "raised", ticket="B", site="Hull"),
    )
    made = ledger("2026-03-02", *events)
    assert values(made, "misses") == {"2026-01": 2, "2026-02": 0}
    assert plans(made) != []


def test_how_long_a_state_held_before_an_event() -> None:
    outage = (
        event(20, "2026-01-02T00:00", "down", site="Hull"),
        event(21, "2026-01-03T06:00", "up", site="Hull"),
        event(22, "2026-01-05T08:30", "down", site="Hull"),
    )
    made = ledger("2026-02-02", *outage, *TWO)
    # Of the three days of the fifth: six hours of the third, and since half past eight; York had none.
    assert values(made, "lasted")["2026-01"] == 6 * 2 + 0.5 + 1.5
