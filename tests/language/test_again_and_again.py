"""Triggers on a state that fire again and again while it lasts: at the boundaries, in both evaluators."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.reference import run
from bpodsl.values import Zone, show_instant
from tests.language.both import made

TEXT = """agreement k "k"
  client     harbour
  provider   lantern
  effective  2026-01-01 until 2026-02-28
  time zone  Europe/Berlin
  currency   EUR, rounded half up to 0.01
calendar desk
  mon-fri 09:00-17:00
event notified, status_given, contained from lantern
  incident key
state silent from notified or status_given to status_given or contained by incident
trigger no_update
  when silent lasts {} where incident is "I1"
  then lantern pays harbour 2 000 EUR
"""
HOURS = "more than 12 hours and again every 12 hours"
CASES = {
    "an update at the end of the twelfth hour is in time": (
        HOURS, ["01-05T00:00 notified", "01-05T12:00 contained"], [],
    ),
    "a second later it is not": (HOURS, ["01-05T00:00 notified", "01-05T12:00:01 contained"], ["01-05T12:00"]),
    "each further twelve hours": (
        HOURS, ["01-05T00:00 notified", "01-06T12:00:01 contained"], ["01-05T12:00", "01-06T00:00+1", "01-06T12:00+2"],
    ),
    "an update begins the count anew": (
        HOURS, ["01-05T00:00 notified", "01-05T13:00 status_given", "01-06T02:00 contained"],
        ["01-05T12:00", "01-06T01:00"],
    ),
    "what is reached at all counts": (
        "at least 12 hours and again every 6 hours", ["01-05T00:00 notified", "01-05T18:00 contained"],
        ["01-05T12:00", "01-05T18:00+1"],
    ),
    "open time": (
        "more than 8 hours of desk and again every 4 hours of desk",
        ["01-09T09:00 notified", "01-12T13:00:01 contained"], ["01-12T09:00", "01-12T13:00+1"],
    ),
    "days": (
        "more than 2 days and again every 1 day", ["01-05T10:00 notified", "01-09T00:00:01 contained"],
        ["01-08T00:00", "01-09T00:00+1"],
    ),
    "from before the start": (
        HOURS, ["2025-12-31T00:00 notified", "01-01T13:00 contained"], ["01-01T00:00+1", "01-01T12:00+2"],
    ),
    "not behind the end": (HOURS, ["02-28T06:00 notified", "03-02T00:00 contained"], ["02-28T18:00"]),
    "three times in all": (
        f"{HOURS}, at most 3 times in all", ["01-05T00:00 notified", "01-09T00:00 contained"],
        ["01-05T12:00", "01-06T00:00+1", "01-06T12:00+2"],
    ),
    "ended before the third": (
        f"{HOURS}, at most 3 times in all", ["01-05T00:00 notified", "01-06T06:00 contained"],
        ["01-05T12:00", "01-06T00:00+1"],
    ),
    "each time that it begins": (
        f"{HOURS}, at most 2 times in all",
        ["01-05T00:00 notified", "01-07T00:00 status_given", "01-09T00:00 contained"],
        ["01-05T12:00", "01-06T00:00+1", "01-07T12:00", "01-08T00:00+1"],
    ),
    "what lies before the start is none": (
        f"{HOURS}, at most 2 times in all", ["2025-12-30T00:00 notified", "01-05T00:00 contained"],
        ["01-01T00:00+3", "01-01T12:00+4"],
    ),
    "of this key alone": (HOURS, ["01-05T00:00 other", "01-09T00:00 contained"], []),
}  # fmt: skip


def example(lines: list[str]) -> str:
    told = ""
    for line in lines:
        at, kind = line.split()
        of = "I2" if kind == "other" else "I1"
        told += f"  {at if at.startswith('2025') else f'2026-{at}'} {kind.replace('other', 'notified')} incident {of}\n"
    return f'test "x"\n{told}  until 2026-03-10\n  expect no no_update on 2026-03-05\n'


@pytest.mark.parametrize(("lasts", "lines", "expected"), CASES.values(), ids=CASES)
def test_it_fires_each_time_so_much_more_has_passed(lasts, lines, expected):
    contract, problems = understand_text("x.bpo", TEXT.format(lasts) + example(lines))
    assert contract is not None, [p.message() for p in problems]
    events, until = made(contract, contract.examples[0])
    found = run(contract, events, until)
    assert found == evaluate(contract, events, until)
    fired = [entry for entry in found.outcome if entry.kind == "Fired"]
    zone = Zone.load(contract.zone)
    told = [show_instant(e.at, zone)[5:16] + e.instance.removeprefix("test/1").removeprefix("test/2") for e in fired]
    assert told == expected
    paid = [entry for entry in found.outcome if entry.kind == "Accrued"]
    assert len(paid) == len(fired)


@pytest.mark.parametrize(
    ("lasts", "code"),
    [
        ("more than 12 hours and again every 2 days", "BPO317"),
        ("more than 12 hours and again every 12 hours of desk", "BPO317"),
        ("more than 12 hours and again every 59 seconds", "BPO312"),
        ("more than 12 hours and again every 2 hours, at most 1 times in all", "BPO312"),
    ],
)
def test_the_times_are_of_one_unit_and_not_too_short(lasts, code):
    problems = understand_text("x.bpo", TEXT.format(lasts))[1]
    assert [p.code for p in problems if p.severity.value == "error"] == [code]
