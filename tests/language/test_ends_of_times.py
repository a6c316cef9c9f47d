"""What follows from a claim that lapses, or an answer that is deemed, with the end of a day counts from that day."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event, Ledger
from bpodsl.record.event import ends_of_times
from bpodsl.record.relating import relate
from bpodsl.reference import run
from bpodsl.values import Zone, parse_instant
from tests.campaign.compare import canonical

ZONE = Zone.load("Europe/London")
TEXT = """agreement m
  client     a "A"
  provider   b "B"
  effective  2026-01-01 for 24 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event reported from b
  kpi   key
  good  yes/no
event asked from b
  kpi   key
event granted, refused from a
  kpi   key
event plan_sent from b
event fixed from b
  kpi   key
event call from a
claim relief
  b may asked for each reported
  within {time}
  answered by a with granted as accepted, refused as rejected
  answered within 5 days, else deemed rejected
measure kept
  each month
  share of reported where good or relief is accepted
  target at least 90%
trigger weak
  when kept is missed
  then tell "weak"
obligation plan
  b must plan_sent on weak
  within 10 days
right special
  a may call on weak
  exercised within 10 days after the ground
obligation fix
  b must fixed for each reported where not good
  within 1 day
  cured within 3 days
"""


def at(text: str) -> int:
    return parse_instant(text if "T" in text else f"{text}T00:00", ZONE).instant


def ledger(*happened: str, time: str = "10 days", until: str = "2026-04-01") -> Ledger:
    contract, problems = understand_text("<test>", TEXT.format(time=time))
    assert contract is not None, [p.message() for p in problems]
    events = []
    for number, text in enumerate(happened, 1):
        when, kind, *rest = text.split()
        fields: dict[str, object] = dict(each.split("=") for each in rest)  # type: ignore[misc]
        known = at(str(fields.pop("known", when)))
        if "good" in fields:
            fields["good"] = fields["good"] == "yes"
        events.append(Event(kind, "s", str(number), at(when), known, at(when), fields))
    events = list(relate(contract, [e for e in events if e.known < at(until)], at(until)).events)
    made = evaluate(contract, events, at(until))
    assert canonical(made) == canonical(run(contract, events, at(until)))
    return made


def missed(made: Ledger, clause: str, kind: str = "Missed") -> list[int]:
    return [p.entry.at for p in made if (p.entry.clause, p.kind) == (clause, kind)]


def test_a_claim_that_lapses_with_a_day_counts_from_that_day():
    # Reported for January on the tenth of February: the claim lapses with the 20th, so that ten days end with 2 March.
    made = ledger("2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T09:00")
    assert [p.known for p in made if p.kind == "Fired"] == [at("2026-02-21")]
    assert missed(made, "plan") == [at("2026-03-03")]
    assert missed(made, "special", "Lapsed") == [at("2026-03-03")]


def test_an_answer_deemed_with_the_end_of_a_day_too():
    made = ledger(
        "2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T09:00", "2026-02-12T10:00 asked kpi=k1"
    )  # fmt: skip
    # Deemed rejected with the 17th.
    assert missed(made, "plan") == [at("2026-02-28")]


@pytest.mark.parametrize("refused", ["2026-02-17T23:59:59", "2026-02-17T00:00"])
def test_an_answer_given_counts_from_its_own_day(refused):
    made = ledger(
        "2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T09:00", "2026-02-12T10:00 asked kpi=k1",
        f"{refused} refused kpi=k1",
    )  # fmt: skip
    assert missed(made, "plan") == [at("2026-02-28")]


def test_where_a_report_comes_at_that_very_midnight_it_is_the_new_day():
    made = ledger(
        "2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T09:00",
        "2026-02-21T00:00 reported kpi=k2 good=yes",
    )
    assert missed(made, "plan") == [at("2026-03-04")]


def test_a_time_by_the_clock_is_over_at_its_instant():
    made = ledger("2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T00:00", time="240 hours")
    # 240 hours end with the first instant of the 20th, which is of that day.
    assert missed(made, "plan") == [at("2026-03-03")]


def test_a_cure_counts_from_when_the_miss_was_first_known():
    made = ledger("2026-01-05T09:00 reported kpi=k1 good=no known=2026-02-10T09:00")
    assert missed(made, "fix", "Breached") == [at("2026-02-14")]


def test_the_instants_are_those_at_which_nothing_else_is_known():
    events = [
        Event("x", "s", "1", 0, 5, 0, over=True),
        Event("x", "s", "2", 0, 5, 0),
        Event("x", "s", "3", 0, 7, 0, over=True),
    ]
    assert ends_of_times(events) == frozenset({7})
