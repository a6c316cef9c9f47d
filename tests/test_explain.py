"""What `explain` says of balances, of many windows alike, of corrections and of what is awaited."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl

HEAD = """agreement care "Care"
  client     harbour "Client"
  provider   lantern "Provider"
  effective  2026-01-01 for 24 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01

"""
BALANCE = HEAD + """event fault from lantern
  n number
event cpi_out from anyone
  m month
  v number
series cpi
  number each month
  from cpi_out of v for m
  | 2025-12 | 100 |
charge fee
  each month
  harbour pays lantern 1 000 GBP
amount earned
  each month
  100 GBP * (sum of n over fault)
amount balance "Balance"
  each month
  (previous balance, at first 0 GBP) + earned - applied
credit applied
  each month
  lantern pays harbour the lesser of (previous balance, at first 0 GBP) and 50 GBP
amount indexed
  each month
  fee * (cpi at (first day of the window - 1 months)) / 100
"""
FAULTS = """{"id":"1","source":"lantern","type":"fault","time":"2026-01-05T10:00:00Z","n":3}
{"id":"2","source":"lantern","type":"fault","time":"2026-02-05T10:00:00Z","n":1}
{"id":"2","source":"lantern","type":"fault","time":"2026-02-05T10:00:00Z","recordedtime":"2026-05-20T10:00:00Z","rev":1,\
"n":2}
"""
INTEREST = HEAD + """event bill_sent from lantern
  bill    key
  total   money
event bill_paid from harbour
  bill    key
  amount  money
series prime "Prime rate"
  share
  | 2025-12-01 | 7% |
  | 2026-02-10 | 8% |
obligation pay_bill
  harbour must bill_paid for each bill_sent
  until amount adds up to total
  within 30 days
  when late then harbour pays lantern sum of value over last 1000 windows of accrued as "late interest"
amount accrued "Interest of a night"
  each day by bill
  (prime at (last day of the window + 1 days) + 2%) / 360 * (sum of outstanding over pay_bill overdue)
"""
BILLS = """{"id":"1","source":"lantern",\
"type":"bill_sent","time":"2026-01-06T09:00:00Z","bill":"B1","total":"36000 GBP"}
{"id":"2","source":"harbour","type":"bill_paid","time":"2026-02-15T10:00:00Z","bill":"B1","amount":"36000 GBP"}
"""


@pytest.fixture
def said(tmp_path: Path):
    def explained(agreement: str, events: str, *asked: str) -> str:
        (tmp_path / "a.bpo").write_text(agreement, "utf-8")
        (tmp_path / "e.jsonl").write_text(events, "utf-8")
        arguments = ["explain", str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), "--until", "2026-07-10", *asked]
        result = CliRunner().invoke(bpodsl, arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    return explained


def test_a_balance_is_told_as_what_was_what_came_and_what_is(said) -> None:
    lines = said(BALANCE, FAULTS, "--of", "balance", "--in", "2026-06").splitlines()
    assert lines[1] == "  300.00 GBP in 2026-05 less 50.00 GBP makes 250.00 GBP"
    # The window before is named, not gone through.
    assert not any("2026-04" in line for line in lines)
    assert "2026-01" in said(BALANCE, FAULTS, "--of", "balance", "--in", "2026-06", "--full")


def test_a_correction_is_told_with_what_was_and_what_is(said) -> None:
    lines = said(BALANCE, FAULTS, "--of", "earned", "--in", "2026-02").splitlines()
    at = lines.index("Restated:")
    assert lines[at + 1] == "  known 2026-05-20 10:00"
    assert lines[at + 2].startswith("    learnt: event fault at 2026-02-05 10:00")
    assert lines[at + 3 :] == ["    was: earned in 2026-02: 100.00 GBP", "    is:  earned in 2026-02: 200.00 GBP"]


def test_the_point_of_a_series_that_is_awaited_is_named(said) -> None:
    answer = said(BALANCE, FAULTS, "--of", "indexed", "--in", "2026-02")
    assert "2026-02 waits for:" in answer
    assert "the figure of `cpi` for 2026-01, which is not recorded" in answer


def test_daily_amounts_are_one_paragraph(said) -> None:
    lines = said(INTEREST, BILLS, "--of", "pay_bill").splitlines()
    assert "owes Provider 96.00 GBP" in lines[0]
    assert lines[1:4] == [
        "  Interest of a night B1: 10 windows, 2026-02-05 to 2026-02-14, together 96.00 GBP",
        "    2026-02-05 to 2026-02-08, each of 4: 9.00 GBP",
        "    2026-02-09 to 2026-02-14, each of 6: 10.00 GBP",
    ]


# ------------------------------------------------------------------ windows
def test_a_window_that_is_none_is_an_error_that_names_those_there_are(said, tmp_path):
    said(BALANCE, "", "--of", "earned", "--in", "2026-03")
    arguments = ["explain", str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), "--until", "2026-03-10"]
    asked = CliRunner().invoke(bpodsl, [*arguments, "--of", "earned", "--in", "2026-Q1"])
    assert asked.exit_code == 2
    assert "no window `2026-Q1`. Its windows so far are 2026-01, 2026-02, 2026-03." in asked.output
    asked = CliRunner().invoke(bpodsl, [*arguments, "--of", "earned", "--in", "2025-12"])
    assert asked.exit_code == 2
    # One that is still to come is one of its windows.
    asked = CliRunner().invoke(bpodsl, [*arguments, "--of", "earned", "--in", "2026-12"])
    assert asked.exit_code == 0
    assert "has not ended" in asked.output


DUTIES = HEAD + """event asked from harbour
  case key
event answered from lantern
  case key
event reported from lantern
  period month
  counts for period
obligation answer
  lantern must answered for each asked
  within 2 hours
obligation report
  lantern must reported each month
  within 5 days after the end of the month
  performs the period of period
measure quality
  over 3 months, each month, counted when decided
  share of answer fulfilled
"""
REPORTED = (
    '{"id": "1", "source": "lantern", "type": "reported", "time": "2026-02-03T10:00:00Z", "period": "2026-01"}\n'
    '{"id": "2", "source": "harbour", "type": "asked", "time": "2026-02-03T10:00:00Z", "case": "A"}\n'
)


def test_a_duty_of_each_period_is_asked_by_its_period(said):
    assert "fulfilled in time" in said(DUTIES, REPORTED, "--of", "report", "--in", "2026-01")
    assert "missed" in said(DUTIES, REPORTED, "--of", "report", "--in", "2026-02")


def test_a_window_of_several_months_may_be_named_by_its_last(said):
    assert "in 2026-02..2026-04" in said(DUTIES, REPORTED, "--of", "quality", "--in", "2026-04")


def test_a_clause_without_windows_says_so(said, tmp_path):
    said(DUTIES, REPORTED, "--of", "answer")
    arguments = ["explain", str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), "--of", "answer", "--in", "2026-02"]
    asked = CliRunner().invoke(bpodsl, arguments)
    assert asked.exit_code == 2
    assert "`answer` has no windows" in asked.output


RESTORED = HEAD + """event ticket, restored from lantern
  id key
obligation fix "Fix"
  lantern must restored for each ticket
  within 4 hours
measure in_time "In time"
  each month, counted when decided
  share of fix fulfilled
  target at least 90%
"""


def test_what_was_missed_is_told_with_when_it_was_done(said) -> None:
    events = """{"id":"1","source":"lantern","type":"ticket","time":"2026-01-05T09:00:00Z","data":{"id":"T1"}}
{"id":"2","source":"lantern","type":"restored","time":"2026-01-05T15:00:00Z","data":{"id":"T1"}}
"""
    late = "2026-01-05 15:00  Fix for id T1: performed late, after 6 h"
    lines = said(RESTORED, events, "--of", "in_time", "--in", "2026-01").splitlines()
    assert "    " + late in lines
    # Asked for itself, it stands at the top, and there alone.
    assert sum(late in line for line in said(RESTORED, events, "--of", "fix").splitlines()) == 1


CLAIMS = HEAD + """event asked from harbour
  case key
event answered from lantern
  case key
event relief_asked from lantern
  month month
event relief_granted, relief_refused from harbour
  month month
obligation answer
  lantern must answered for each asked
  within 2 days
measure in_time "In time"
  each month, counted when decided
  share of answer fulfilled
  target at least 90%
claim relief "Relief"
  lantern may relief_asked for each month of in_time where in_time is missed
  within 10 days
  answered by harbour with relief_granted as accepted, relief_refused as rejected
  answered within 5 days, else deemed accepted
charge penalty "Penalty"
  each month
  lantern pays harbour if in_time is missed and relief is not accepted then 500 GBP else 1 GBP
"""
ASKED = """{"id":"1","source":"harbour","type":"asked","time":"2026-06-05T10:00:00Z","case":"C"}
{"id":"2","source":"lantern","type":"relief_asked","time":"2026-07-08T10:00:00Z","month":"2026-06"}
"""


def test_a_window_that_is_provisional_names_what_it_waits_for(said, tmp_path) -> None:
    lines = said(CLAIMS, ASKED, "--of", "penalty", "--in", "2026-06").splitlines()
    assert lines[0] == "2026-07-01 00:00  Penalty in 2026-06: waits for a decision: relief"
    assert lines[1] == "  2026-07-08 10:00  Relief for 2026-06: opened, due 2026-07-13"
    arguments = ["run", str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), "--until", "2026-07-10"]
    shown = CliRunner().invoke(bpodsl, arguments).output
    assert "Provisional (1)\n  Penalty in 2026-06: waits for relief\n" in shown


def test_what_rested_on_an_answer_shows_the_answer(said) -> None:
    silent = ASKED.replace("2026-07-08", "2026-07-02")
    answer = said(CLAIMS, silent, "--of", "penalty", "--in", "2026-06")
    assert "Relief for 2026-06: missed, due 2026-07-07; deemed accepted" in answer
    assert "was: Penalty in 2026-06: waits for a decision: relief" in answer
    never = said(CLAIMS, ASKED.splitlines()[0].replace("2026-06-05", "2026-05-05"), "--of", "relief")
    assert "lapsed" in never


NOTHING = HEAD + """event down from lantern
  site key
  bad  yes/no
event up from lantern
  site key
obligation repair
  lantern must up for each down
  within 1 day
measure repaired
  each month, counted when decided
  share of repair fulfilled
measure bads
  each month
  share of down where bad
measure quotient
  each month
  (count of up) / (count of down)
test "nothing"
  until 2026-02-02
  expect repaired in 2026-01 is 1%
  expect bads in 2026-01 is 1%
  expect quotient in 2026-01 is 1
"""


def test_a_share_of_nothing_is_told_in_the_words_of_the_clause(tmp_path):
    (tmp_path / "care.bpo").write_text(NOTHING)
    out = CliRunner().invoke(bpodsl, ["test", str(tmp_path / "care.bpo")]).output
    told = [line.partition("but it is not measured: ")[2] for line in out.splitlines() if "not measured: " in line]
    assert told == [
        "none was fulfilled or missed, so there is nothing to take a share of",
        "there is nothing to take a share of",
        "what it is divided by is 0",
    ]


LOADS = HEAD + """event weighed from lantern
  load   key
  gross  number
  tare   number, default 1
  site   one of leeds, york, optional  # allow BPO214: kept for the record
  net    means gross - tare
event paid from harbour
  load   key
obligation weigh "Weigh"
  lantern must weighed each month
obligation pay "Pay" [§2]
  harbour must paid for each weighed where net more than 1
  within 2 days
charge carriage "Carriage"
  each month
  harbour pays lantern 2 GBP * (sum of net over weighed)
"""


def asked_of(tmp_path, name):
    (tmp_path / "care.bpo").write_text(LOADS)
    lines = [
        {"id": "1", "type": "weighed", "time": "2026-01-05T10:00:00Z", "data": {"load": "A", "gross": 4}},
        {"id": "2", "type": "paid", "time": "2026-01-05T09:00:00Z", "data": {"load": "A"}},
        {"id": "3", "type": "paid", "time": "2026-01-06T09:00:00Z", "data": {"load": "A"}},
    ]
    text = "".join(json.dumps({"source": "s", **line}) + "\n" for line in lines)
    (tmp_path / "e.jsonl").write_text(text)
    files = [str(tmp_path / "care.bpo"), str(tmp_path / "e.jsonl")]
    found = CliRunner().invoke(bpodsl, ["explain", *files, "--until", "2026-02-02", "--of", name])
    return found.output.splitlines()


def test_a_party_is_told_by_what_it_must_and_owes(tmp_path):
    assert asked_of(tmp_path, "harbour") == [
        "Client: the client",
        "  must:",
        "    Pay [§2]",
        "  owes Provider 6.00 GBP so far:",
        "    Carriage: 6.00 GBP",
    ]
    assert asked_of(tmp_path, "lantern")[-2:] == [
        "  is owed by Client 6.00 GBP so far:",
        "    Carriage: 6.00 GBP",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("net", "a number, worked out: gross - tare"),
        ("weighed.tare", "a number, 1 where it is left out"),
        ("site", "one of leeds, york, may be left out"),
        ("paid.load", "text, tells the case"),
    ],
)
def test_a_field_is_told_by_what_it_may_be_and_who_asks(tmp_path, name, told):
    lines = asked_of(tmp_path, name)
    assert lines[0] == f"{name.rpartition('.')[2]}: a field of events"
    assert lines[1].partition(": ")[2] == told
    if name == "net":
        assert lines[2:] == ["  asked for by:", "    Pay [§2]", "    Carriage"]
    if name == "site":
        assert lines[2:] == ["  asked for by no clause"]


def test_what_had_no_effect_is_told_last(tmp_path):
    lines = asked_of(tmp_path, "pay")
    assert lines[0].endswith("Pay [§2] for load A: fulfilled in time, due 2026-01-07")
    apart = lines[lines.index("Reported without effect:") + 1]
    assert apart.startswith("  2026-01-05 09:00  Pay [§2] for load A: no effect")
