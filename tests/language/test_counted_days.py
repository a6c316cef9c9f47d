"""Deadlines and days that are counted by what a field or a reckoning says."""

from __future__ import annotations

import pytest

from bpodsl.pipeline import evaluate, understand_text
from bpodsl.record import Event, Ledger
from bpodsl.reference import run as reference_run
from bpodsl.text import Severity
from bpodsl.values import Zone, parse_instant, show_utc

UTC = Zone.load("UTC")
TEXT = """agreement desk
  client     north "North"
  provider   mer "Mer"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
calendar work
  mon-fri 09:00-17:00
event sent from mer
  bill   key
  n      number, optional
  dated  day, default 2026-02-27
event paid from north
  bill   key
obligation civil
  north must paid for each sent
  within n days
obligation working
  north must paid for each sent
  less than n working days of work after dated
obligation back
  north must paid for each sent
  by n months before dated
obligation clock
  north must paid for each sent
  within n hours of work
amount later
  each month
  smallest days from 2026-01-01 to (dated + (n - 1) months) over sent
"""


def at(text: str) -> int:
    return parse_instant(text, UTC).instant


def ledger(*counts: object) -> Ledger:
    """The ledger of bills sent at noon on Monday 2 February 2026; both evaluators give the same."""
    made, problems = understand_text("<test>", TEXT)
    assert made is not None, [p.message() for p in problems if p.severity is Severity.ERROR]
    t = at("2026-02-02T12:00")
    events = [
        Event("sent", "crm", str(i), t, t, t, {"bill": f"B{i}"} | ({} if n is None else {"n": n}))
        for i, n in enumerate(counts)
    ]
    found = evaluate(made, events, at("2026-12-01T00:00"))
    assert [*found] == [*reference_run(made, events, at("2026-12-01T00:00"))]
    return found


def missed(found: Ledger, norm: str) -> str | None:
    return next((show_utc(e.at)[:16] for e in found.outcome if e.kind == "Missed" and e.clause == norm), None)


@pytest.mark.parametrize(
    ("n", "civil", "working", "back", "clock"),
    [
        (2, "2026-02-05T00:00", "2026-03-03T00:00", "2026-02-02T12:00", "2026-02-02T14:00"),
        (0, "2026-02-03T00:00", "2026-02-27T00:00", "2026-02-28T00:00", None),
        (None, None, None, None, None),
        (-1, None, None, None, None),
        (10**9, None, None, None, None),
    ],
)
def test_a_field_says_how_many(
    n: int | None, civil: str | None, working: str | None, back: str | None, clock: str | None
) -> None:
    found = ledger(n)
    assert [missed(found, name) for name in ("civil", "working", "back", "clock")] == [civil, working, back, clock]


def test_half_an_hour_counts_and_half_a_day_does_not() -> None:
    from fractions import Fraction

    found = ledger(Fraction(1, 2))
    assert (missed(found, "clock"), missed(found, "civil")) == ("2026-02-02T12:30", None)


@pytest.mark.parametrize(("n", "days"), [(1, "57"), (2, "85"), (0, "26"), (10**9, "not measured: nothing to measure")])
def test_a_day_so_many_months_later(n: int, days: str) -> None:
    (settled,) = [e for e in ledger(n).outcome if e.clause == "later" and e.period == "2026-02" and e.kind == "Settled"]
    assert str(next(x.text for x in settled.numbers if x.name == "value")) == days
