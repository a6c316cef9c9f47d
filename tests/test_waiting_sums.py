"""What the summary says of sums that wait, and of clauses that are called the same; and what a window waits for."""

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
event print_out from anyone
  ref  month
  level  number
series prints "Prints"
  number each month
  from print_out of level for ref
  | 2025-12 | 100 |
amount place
  each month
  months from first day of the term to first day of the window
amount factor
  each month
  (previous factor, at first 1) * (if place is 3 then prints at (first day of the window - 1 months) / 100 else 1)
charge rent "Rent"
  each month
  hirer pays yard 200 GBP * factor
charge care "Care"
  each month
  hirer pays yard 10 GBP
"""
NONE = '{"id":"1","source":"anyone","type":"print_out","time":"2026-02-05T10:00:00Z","ref":"2026-01","level":101}\n'
ALL = NONE + NONE.replace('"1"', '"2"').replace("2026-01", "2026-03").replace("2026-02", "2026-04")


@pytest.fixture
def said(tmp_path):
    def run(text, events, *arguments):
        (tmp_path / "a.bpo").write_text(text, "utf-8")
        (tmp_path / "e.jsonl").write_text(events, "utf-8")
        command = [arguments[0], str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), *arguments[1:]]
        result = CliRunner().invoke(bpodsl, command)
        assert result.exit_code == 0, result.output
        return result.stdout

    return run


def test_a_branch_that_is_not_taken_is_not_waited_for(said):
    lines = said(HEAD, NONE, "explain", "--of", "factor", "--in", "2026-07", "--until", "2026-08-01").splitlines()
    assert lines[1:] == [
        "  2026-07 waits for:",
        "    `factor` in 2026-06, which waits for 2026-05, and so on back to 2026-04",
        "      the figure of `prints` for 2026-03, which is not recorded",
        "  settled are 2026-01 to 2026-03",
    ]


def test_the_summary_says_which_sums_wait_and_for_what(said):
    shown = said(HEAD, NONE, "run", "--until", "2026-06-01")
    assert "Hirer owes Yard 650.00 GBP, without 2 sums that wait." in shown
    assert "Waiting (1)\n  Rent in 2026-04, 2026-05: waits for prints 2026-03\n" in shown
    data = json.loads(said(HEAD, NONE, "run", "--until", "2026-06-01", "--format", "json"))
    assert data["waiting"] == [{"line": "rent", "periods": ["2026-04", "2026-05"], "waits_for": ["prints 2026-03"]}]


def test_nothing_is_said_to_wait_that_does_not(said):
    shown = said(HEAD, ALL, "run", "--until", "2026-06-01")
    assert "wait" not in shown
    assert json.loads(said(HEAD, ALL, "run", "--until", "2026-06-01", "--format", "json"))["waiting"] == []


def test_nothing_is_owed_yet(said):
    text = HEAD.replace("place is 3", "place is 0").replace("- 1 months", "+ 3 months").partition("charge care")[0]
    shown = said(text, "", "run", "--until", "2026-02-01")
    assert "nothing is owed yet, without 1 sum that waits\n" in shown
    assert "Rent in 2026-01: waits for prints 2026-04" in shown


def test_a_portfolio_counts_what_waits(said, tmp_path):
    said(HEAD, NONE, "run", "--until", "2026-06-01")
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "a.bpo").write_text(HEAD, "utf-8")
    (tmp_path / "e.jsonl").write_text(NONE, "utf-8")
    command = ["run", str(folder), str(tmp_path / "e.jsonl"), "--until", "2026-06-01"]
    assert "Without 2 sums that wait, of depot." in CliRunner().invoke(bpodsl, command).output
    data = json.loads(CliRunner().invoke(bpodsl, [*command, "--format", "json"]).stdout)
    assert data["total"]["waiting"] == data["agreements"][0]["waiting"] == 2


USED = """agreement depot "Depot"
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
template service with where_at, price
obligation serve "Serve" [2.1]
  yard must done for each asked where gate is where_at
  within 2 hours
  when missed then yard pays hirer price as "late"
measure served "Served"
  each month, counted when decided
  share of serve fulfilled
  target  at least 90%
charge base "Base fee"
  each month
  hirer pays yard price
end of service
use service with where_at east, price 10 GBP as east
use service with where_at west, price 20 GBP as west
charge parking "Parking"
  each month
  hirer pays yard 1 GBP
"""
ASKED = """{"id":"1","source":"hirer","type":"asked","time":"2026-01-05T10:00:00Z","ref":"r1","gate":"east"}
{"id":"2","source":"hirer","type":"asked","time":"2026-01-05T10:00:00Z","ref":"r2","gate":"west"}
"""


def test_clauses_of_one_title_are_told_apart_by_their_names(said):
    shown = " ".join(said(USED, ASKED, "run", "--until", "2026-02-01").split())
    for each in (
        "late [2.1] `serve_east` yard → hirer 1 10.00 GBP", "late [2.1] `serve_west` yard → hirer 1 20.00 GBP",
        "Base fee `base_east` hirer → yard", "Base fee `base_west` hirer → yard", "Parking hirer → yard",
        "Served `served_east` ≥ 90", "Serve [2.1] `serve_east`: 1 missed",
        "Serve [2.1] `serve_west` (ref r2): due 2026-01-05 12:00, not performed",
    ):  # fmt: skip
        assert each in shown
