"""The month of a claim stands beside its keys; one that comes too late is told until when it was to come."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl

HEAD = """agreement depot "Depot"
  client     hirer "Hirer"
  provider   yard  "Yard"
  effective  2026-01-01 for 24 months
  time zone  Etc/UTC
  currency   GBP, rounded half up to 0.01
event asked from hirer
  ref   key
  gate  one of east, west
event done from yard
  ref   key
"""
MONTHLY = HEAD + """event relief_asked from yard
  of_month  month
  gate      one of east, west
event granted, refused from hirer
  of_month  month
  gate      one of east, west
measure many "Many"
  each month for each gate of east, west
  count of asked
  target at most 0
claim relief "Relief"
  yard may relief_asked for each month of many where many is missed
  within 10 days
  answered by hirer with granted as accepted, refused as rejected
  answered within 5 days, else deemed accepted
credit c "Credit"
  each month for each gate of east, west
  yard pays hirer if many is missed and relief is not accepted then 5 GBP else 1 GBP
"""
SINGLE = HEAD + """event relief_asked from yard
  ref   key
claim relief "Relief"
  yard may relief_asked for each asked
  within 2 days
amount many
  each month
  count of asked where relief is claimed
"""


def line(number, kind, time, **fields):
    return json.dumps({"id": str(number), "source": "hirer", "type": kind, "time": f"2026-{time}:00Z", **fields})


@pytest.fixture
def said(tmp_path):
    def run(text, events, *arguments):
        (tmp_path / "a.bpo").write_text(text, "utf-8")
        (tmp_path / "e.jsonl").write_text("\n".join(events), "utf-8")
        command = [arguments[0], str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), *arguments[1:]]
        return CliRunner().invoke(bpodsl, command).output

    return run


def test_a_claim_is_told_with_its_month(said):
    events = [
        line(1, "asked", "01-05T10:00", ref="r1", gate="east"),
        line(2, "relief_asked", "02-03T10:00", of_month="2026-01", gate="east").replace("hirer", "yard"),
    ]
    shown = said(MONTHLY, events, "run", "--until", "2026-02-07")
    assert "Relief (gate east, 2026-01): by 2026-02-08" in shown
    assert "Relief (gate east, 2026-01): due 2026-02-08" in said(MONTHLY, events, "run", "--until", "2026-02-20")
    ledger = said(MONTHLY, events, "run", "--until", "2026-02-20", "--format", "jsonl")
    assert "Relief for gate east in 2026-01: opened, due 2026-02-08" in ledger
    told = said(MONTHLY, events, "explain", "--of", "relief", "--until", "2026-02-20")
    assert "Relief for gate east in 2026-01: missed, due 2026-02-08; deemed accepted" in told


def test_a_claim_that_comes_too_late_is_told_until_when_it_could_come(said):
    events = [
        line(1, "asked", "01-05T10:00", ref="r1", gate="east"),
        line(2, "relief_asked", "01-09T10:00", ref="r1").replace("hirer", "yard"),
    ]
    shown = said(SINGLE, events, "run", "--until", "2026-02-07")
    # No mistake in the data: it has no effect, and that is noted.
    assert "`relief_asked` counts for nothing: “Relief” was to be claimed by 2026-01-07" in shown
