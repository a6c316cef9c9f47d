"""What `explain` says of tables, small samples, grounds, notices and names; and why something did not follow."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl

HEAD = """agreement desk_agreement "Desk"
  client     harbour "Harbour"
  provider   lantern "Lantern"
  effective  2026-01-01 for 36 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01

calendar desk
  mon-fri  09:00-17:00

event claim_received from harbour
  claim   key
  class   one of urgent, plain
  amount  money, optional
event claim_settled, claim_held, claim_resumed from lantern
  claim  key
event exit_notice, serious_breach from harbour
obligation settle "Settle"
  lantern must claim_settled for each claim_received where class is urgent
  within 4 hours
stated good_faith "Good faith", not computed because "no event reports it"  [9]
"""
MEASURED = HEAD + """measure in_time "In time"
  each month, counted when decided
  share of settle fulfilled
  target at least 95%
  minimum at least 80%
  fewer than 2: not measured
measure small "Small claims"
  each month
  share of claim_received where amount at most 100 GBP
  target at least 75%
charge fee "Fee"
  each month
  harbour pays lantern 10 000 GBP
charge unit "Unit"
  each month
  harbour pays lantern by bands of count of claim_received
    | up to 2  | 10.00 GBP |
    | the rest |  5.00 GBP |
charge stepped "Steps"
  each month
  harbour pays lantern by steps of count of claim_received
    | up to 2  | 10.00 GBP |
    | the rest |  5.00 GBP |
credit cr "Credit" for in_time, of fee
  | at least 95% | 0% |
  | at least 80% | 5% |
  | otherwise | 10% |
charge large "Large"
  each month
  harbour pays lantern 5 GBP * (count of claim_received where amount more than 1 000 GBP)
trigger twice "Twice in three"
  when in_time is below minimum in 2 of any 3 months
  resets
  then tell "x"
termination for_cause "For cause"
  by harbour on twice
  exercised by exit_notice
  exercised within 30 days after the ground
  notice 10 days
"""


def event(number: int, source: str, kind: str, time: str, **data: str) -> str:
    return json.dumps({"id": str(number), "source": source, "type": kind, "time": time, **data})


def month(of: int, late: int, good: int) -> list[str]:
    """So many urgent claims in a month that are settled late (never), and so many at once."""
    made = []
    for n in range(late + good):
        number, name = of * 100 + n * 2, f"C{of}{n}"
        day = f"2026-{of:02}-{n + 10}T"
        made.append(event(number, "harbour", "claim_received", day + "09:00:00Z",
                          claim=name, **{"class": "urgent"}, amount=f"{50 + 25 * n} GBP"))  # fmt: skip
        if n >= late:
            made.append(event(number + 1, "lantern", "claim_settled", day + "10:00:00Z", claim=name))
    return made


MISSED = "\n".join((*month(1, 2, 1), *month(2, 2, 1), *month(3, 2, 1), *month(4, 1, 0))) + "\n"


@pytest.fixture
def asked(tmp_path: Path):
    def explained(agreement: str, events: str, *options: str, until: str = "2026-07-01", code: int = 0) -> str:
        (tmp_path / "a.bpo").write_text(agreement, "utf-8")
        (tmp_path / "e.jsonl").write_text(events, "utf-8")
        paths = [str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl")]
        result = CliRunner().invoke(bpodsl, ["explain", *paths, "--until", until, *options])
        assert result.exit_code == code, result.output
        return result.output if code else result.stdout

    return explained


# ------------------------------------------------------------------ figures and their tables
def test_too_few_are_told_and_no_advice_is_given(asked):
    said = asked(MEASURED, MISSED, "--of", "in_time", "--in", "2026-04")
    assert "In time in 2026-04: not measured: fewer than 2" in said
    assert "would have met" not in said
    assert "2 more of the 3 in time would have met the target" in asked(
        MEASURED, MISSED, "--of", "in_time", "--in", "2026-01"
    )


def test_the_row_of_a_credit_is_told(asked):
    said = asked(MEASURED, MISSED, "--of", "cr", "--in", "2026-01")
    row = "In time is 33.333 %, so the row `otherwise` applies: 10 % of Fee, 10 000.00 GBP = 1 000.00 GBP"
    assert f"    {row}\n" in said


def test_each_band_and_the_step_are_told(asked):
    said = asked(MEASURED, MISSED, "--of", "unit", "--in", "2026-01")
    assert "    3 by bands:\n" in said
    assert "      up to 2: 2 × 10.00 GBP = 20.00 GBP\n      the rest, above 2: 1 × 5.00 GBP = 5.00 GBP\n" in said
    said = asked(MEASURED, MISSED, "--of", "stepped", "--in", "2026-01")
    assert "it is 3, so the row `otherwise` applies: 3 × 5.00 GBP = 15.00 GBP" in said
    said = asked(MEASURED, MISSED, "--of", "stepped", "--in", "2026-04")
    assert "it is 1, so the row `up to 2` applies: 1 × 10.00 GBP = 10.00 GBP" in said


def test_the_ledger_has_what_a_table_was_entered_with_and_what_it_gave(tmp_path):
    (tmp_path / "a.bpo").write_text(MEASURED, "utf-8")
    (tmp_path / "e.jsonl").write_text(MISSED, "utf-8")
    arguments = ["run", str(tmp_path / "a.bpo"), str(tmp_path / "e.jsonl"), "--until", "2026-03-01"]
    result = CliRunner().invoke(bpodsl, [*arguments, "--format", "jsonl"])
    numbers = {each["id"]: each["numbers"] for each in map(json.loads, result.stdout.splitlines())}
    assert numbers["cr/Settled/2026-01"] == {"value": "1000", "rate": "1/10"}
    assert numbers["unit/Settled/2026-01"] == {"value": "25", "quantity": "3"}
    assert numbers["stepped/Settled/2026-01"] == {"value": "15", "quantity": "3"}




def test_of_a_share_of_events_those_that_failed_are_listed(asked):
    events = "\n".join(month(1, 5, 0)) + "\n"
    said = asked(MEASURED, events, "--of", "small", "--in", "2026-01")
    assert "1 more of the 5 would have met the target" in said
    bad = said.partition("2 did not count (what counts: amount at most 100.00 GBP):\n")[2]
    assert bad.count("event claim_received") == 2
    assert "amount 125.00 GBP" in bad and "amount 150.00 GBP" in bad
    assert "… and 3 that counted" in bad


def test_a_sum_of_nought_says_what_did_not_count(asked):
    said = asked(MEASURED, MISSED, "--of", "large", "--in", "2026-01")
    assert "claim_received in 2026-01: 3 reported, none of them counts: amount more than 1 000.00 GBP" in said
    assert "  no claim_received in 2026-05\n" in asked(MEASURED, MISSED, "--of", "large", "--in", "2026-05")


# ------------------------------------------------------------------ windows and groups
def test_a_group_that_is_none_is_an_error(asked):
    assert "`cr` has one value for each window" in asked(MEASURED, MISSED, "--of", "cr", "--for", "X", code=2)


def test_a_window_is_named_by_a_day_too(asked):
    assert "In time in 2026-01" in asked(MEASURED, MISSED, "--of", "in_time", "--in", "2026-01-15")
    assert "In time in 2026-01" in asked(MEASURED, MISSED, "--of", "in_time", "--in", "to 2026-01")


def test_a_right_is_asked_by_the_window_of_its_ground(asked):
    said = asked(MEASURED, MISSED, "--of", "for_cause", "--in", "2026-02", until="2026-03-20")
    assert "For cause for 2026-02: the right opens" in said
    assert "lapsed" in asked(MEASURED, MISSED, "--of", "for_cause", "--in", "2026-02")


def test_what_was_used_up_is_told_and_later_windows_are_left_out(asked):
    lines = asked(MEASURED, MISSED, "--of", "twice", "--in", "2026-03").splitlines()
    assert lines[1] == "  it needs 2 of any 3 windows; the last ones:"
    marks = [line.partition(": In time in ") for line in lines[2:]]
    assert [(mark.strip(), rest[:7]) for mark, _, rest in marks] == [
        ("used up, counted when this was the case in 2026-02", "2026-01"),
        ("used up, counted when this was the case in 2026-02", "2026-02"),
        ("counts", "2026-03"),
    ]


def test_a_window_after_the_end_of_the_agreement_says_so(asked):
    events = MISSED + event(900, "harbour", "exit_notice", "2026-03-20T09:00:00Z") + "\n"
    said = asked(MEASURED, events, "--of", "fee", "--in", "2026-05")
    assert "the agreement had ended by then, at 2026-03-31 00:00" in said
    said = asked(MEASURED, events, "--of", "settle", "--for", "C40")
    assert "it came after the end" in said


# ------------------------------------------------------------------ grounds and notices
RENEWED = HEAD + """event ping from harbour
  why key
trigger p "Ping"
  when ping
  then tell "p"
right audit "Audit"
  harbour may exit_notice on p
  exercised within 10 days after the ground
"""
PINGS = "\n".join((
    event(1, "harbour", "ping", "2026-02-01T09:00:00Z", why="A"),
    event(2, "harbour", "ping", "2026-02-10T09:00:00Z", why="B"),
    event(3, "harbour", "exit_notice", "2026-02-18T09:00:00Z"),
))  # fmt: skip


def test_an_exercise_names_the_ground_that_renewed_the_right(asked):
    said = asked(RENEWED, PINGS, "--of", "audit")
    assert said.splitlines()[0] == "2026-02-18 09:00  Audit: the right was exercised"
    assert "  2026-02-10 09:00  Audit: the right has a new ground, open until 2026-02-20\n" in said
    assert "event ping at 2026-02-10 09:00: why B" in said
    assert "event exit_notice at 2026-02-18 09:00  (e.jsonl:3)" in said


def test_an_exercise_without_a_ground_is_told(asked):
    said = asked(MEASURED, event(1, "harbour", "exit_notice", "2026-01-20T09:00:00Z"), "--of", "for_cause",
                 until="2026-01-25")  # fmt: skip
    assert "reported without effect:" in said
    assert "For cause: no effect: the right was not open" in said
    assert "event exit_notice at 2026-01-20 09:00" in said


NOTICES = HEAD + """notice nt from harbour
  method one of post, email, fax
  sent instant
  deemed given
    | method is post  | 2 working days of desk after sent |
    | otherwise       | no effect |
obligation answer "Answer"
  lantern must claim_held for each nt
  within 2 days
  performs the oldest
"""
SENT = "\n".join((
    event(1, "harbour", "nt", "2026-01-10T17:30:00Z", method="post", sent="2026-01-10T17:00:00Z"),
    event(2, "harbour", "nt", "2026-01-11T17:30:00Z", method="fax", sent="2026-01-10T17:00:00Z"),
))  # fmt: skip


def test_a_notice_says_when_it_was_given_or_that_it_had_no_effect(asked):
    lines = [line.strip() for line in asked(NOTICES, SENT, "--of", "nt").splitlines()]
    post = lines.index(
        "event nt at 2026-01-10 17:30, deemed given on 2026-01-13: method post, sent 2026-01-10 17:00  (e.jsonl:1)"
    )
    assert lines[post + 1] == "2026-01-13 00:00  Answer: opened, due 2026-01-15"
    fax = next(n for n, line in enumerate(lines) if "method fax" in line)
    assert "in a form that has no effect" in lines[fax]
    assert lines[fax + 1] == "2026-01-11 17:30  Desk: no effect: a notice in this form has none"
    assert "deemed given on 2026-01-13" in asked(NOTICES, SENT, "--of", "answer")


# ------------------------------------------------------------------ why not
def test_why_an_event_opened_nothing(asked):
    plain = {"class": "plain"}
    urgent = {"class": "urgent"}
    events = "\n".join((
        event(1, "harbour", "claim_received", "2025-12-30T09:00:00Z", claim="EARLY", **urgent),
        event(2, "harbour", "claim_received", "2026-02-01T09:00:00Z", claim="PLAIN", **plain),
        event(3, "harbour", "claim_received", "2026-06-01T09:00:00Z", claim="LATER", **urgent),
    ))  # fmt: skip
    of = ("--of", "settle", "--for")
    assert "it came before the agreement began" in asked(HEAD, events, *of, "EARLY", until="2026-03-01")
    said = asked(HEAD, events, *of, "PLAIN", until="2026-03-01")
    assert "it is opened by the event claim_received where class is urgent; reported:" in said
    assert "the condition does not hold of it: class is plain" in said
    said = asked(HEAD, events, *of, "LATER", until="2026-03-01")
    assert "it is known only from 2026-06-01 09:00 on; time is known until 2026-03-01 00:00" in said
    said = asked(HEAD, events, *of, "NONE", until="2026-03-01")
    assert "none of NONE was reported (2 of others); time is known until 2026-03-01 00:00" in said


LASTING = HEAD + """state out "Outage" from claim_held to claim_resumed by claim
trigger long "Long outage"
  when out lasts more than 4 hours
  then tell "y"
trigger thrice "Three misses"
  when settle is missed 3 times in any 30 days
  resets
  then tell "z"
"""


def test_how_long_and_how_often_it_was_is_told(asked):
    events = "\n".join((
        event(1, "lantern", "claim_held", "2026-02-05T09:00:00Z", claim="C1"),
        event(2, "lantern", "claim_resumed", "2026-02-05T10:00:00Z", claim="C1"),
        *month(3, 2, 1),
    ))  # fmt: skip
    said = asked(LASTING, events, "--of", "long")
    assert "it needs Outage to last more than 4 h; it began once, as follows:" in said
    assert "2026-02-05 09:00 to 2026-02-05 10:00 for claim C1: 1 h" in said
    said = asked(LASTING, events, "--of", "thrice")
    assert "it needs Settle missed 3 times in any 30 days; that happened 2 times, never 3 times in any 30 days:" in said
    assert said.count("missed, due") == 2


# ------------------------------------------------------------------ names
def test_every_name_that_an_author_gave_may_be_asked_about(asked):
    assert "Good faith [9]: stated, not computed from events, because no event reports it" in asked(
        MEASURED, MISSED, "--of", "good_faith"
    )
    assert "desk: a calendar" in asked(MEASURED, MISSED, "--of", "desk")
    said = asked(MEASURED, MISSED, "--of", "claim_received", "--for", "C10")
    assert "event claim_received: 1 of C10 reported" in said
    assert "Settle for claim C10: opened" in said


def test_names_that_no_author_gave_are_not_listed(asked):
    said = asked(LASTING, MISSED, "--of", "zzzz", code=2)
    assert "It has desk, desk_agreement, good_faith, long, out, settle, thrice; and the events claim_held" in said
