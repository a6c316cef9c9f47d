"""What both evaluators are given alike, held against answers by hand: worlds, and the days that anchor windows."""

from __future__ import annotations

from datetime import date

from bpodsl.pipeline import understand_text
from bpodsl.record import Event
from bpodsl.record.grounds import first_days
from bpodsl.record.worlds import of_world, worlds
from bpodsl.values import Zone

TEXT = """\
agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
  worlds     by scenario
event opened from north
  scenario  text, optional
amount opened_in_all
  each month
  count of opened
"""
DAY = 86_400_000_000


def event(id_: str, scenario: str | None, rev: int = 0, day: int = 0, effective: bool = True) -> Event:
    fields = {} if scenario is None else {"scenario": scenario}
    at = day * DAY
    return Event("opened", "crm", id_, at, at, at, fields, rev=rev, effective=effective)


def test_an_event_is_of_the_world_that_its_highest_revision_names():
    contract, problems = understand_text("<test>", TEXT)
    assert contract is not None, [p.message() for p in problems]
    for order in (1, -1):
        events = [event("1", "A", 0), event("1", "B", 1), event("2", None), event("3", "A")][::order]
        assert worlds(contract, events) == ("A", "B")
        assert {e.id for e in of_world(contract, events, "A")} == {"2", "3"}
        assert {(e.id, e.rev) for e in of_world(contract, events, "B")} == {("1", 0), ("1", 1), ("2", 0)}


def test_the_first_event_in_force_anchors():
    zone = Zone.load("UTC")
    events = [event("1", None, day=3, effective=False), event("2", None, day=7), event("3", None, day=5)]
    for given in (events, events[::-1]):
        assert first_days(frozenset({"opened"}), given, zone) == {"opened": date(1970, 1, 6)}
    assert first_days(frozenset({"other"}), events, zone) == {}
