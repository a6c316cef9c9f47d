"""Windows that an event anchors: both evaluators put them where the event says, and move them when it is corrected."""

from __future__ import annotations

import pytest
from attrs import evolve

from bpodsl import reference
from bpodsl.engine import plan_contract, run
from bpodsl.pipeline import understand_text
from bpodsl.record import Event
from bpodsl.values import Zone, parse_instant

TEXT = """
agreement ramp_up
  client     harbour
  provider   lantern
  effective  2026-01-01 for 12 months
  time zone  Europe/London
  currency   GBP, rounded half up to 0.01
event go_live from harbour
event item_done from lantern
amount trial
  each 10 days from go_live, 2 times
  count of item_done
amount later
  each month
  starts 1 month after go_live
  count of item_done
"""


def at(text: str) -> int:
    return parse_instant(text, Zone.load("Europe/London")).instant


def event(kind: str, number: int, time: str, known: str = "", rev: int = 0) -> Event:
    return Event(kind, "s", str(number), at(time), at(known or time), at(time), {}, rev=rev)


def measured(events: list[Event], until: str) -> dict[tuple[str, str], str]:
    contract, problems = understand_text("<test>", TEXT)
    assert contract is not None, problems
    ledger = run(plan_contract(contract), events, at(until))
    assert ledger == reference.run(contract, events, at(until))
    values = {}
    for entry in ledger.outcome:
        if entry.kind == "Settled":
            values[entry.clause, entry.period] = entry.number("value")
    return values


ITEMS = [event("item_done", n, f"2026-01-{day:02d}T09:00") for n, day in enumerate((4, 5, 14, 15, 24, 25), 1)]


def test_the_first_event_is_day_one():
    lives = [event("go_live", 0, "2026-01-05T23:30"), event("go_live", 9, "2026-01-20T09:00")]
    found = measured([*lives, *ITEMS], "2026-05-01T00:00")
    assert {period: value for (name, period), value in found.items() if name == "trial"} == {
        "2026-01-05/2026-01-14": 2, "2026-01-15/2026-01-24": 2,
    }  # fmt: skip
    assert [period for name, period in found if name == "later"] == ["2026-03", "2026-04"]


def test_without_the_event_there_are_no_windows():
    assert measured(ITEMS, "2026-05-01T00:00") == {}


@pytest.mark.parametrize("known", ["2026-01-06T10:00", "2026-04-10T10:00"])
def test_a_correction_moves_the_windows(known: str):
    wrong = event("go_live", 0, "2026-01-20T09:00", "2026-01-20T09:00")
    right = evolve(event("go_live", 0, "2026-01-05T09:00", known, rev=1), known=max(at(known), wrong.known))
    found = measured([wrong, right, *ITEMS], "2026-05-01T00:00")
    assert ("trial", "2026-01-15/2026-01-24") in found and ("trial", "2026-01-20/2026-01-29") not in found
