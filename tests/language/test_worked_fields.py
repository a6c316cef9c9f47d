"""Fields that are worked out, rights to a day, times by severity: what is refused, and what comes in from a file."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import understand_text

HEAD = """
agreement deal "Deal"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 for 12 months
  time zone  UTC
  currency   GBP, rounded half up to 0.01
event weighed from beta
  load   key
  gross  number
  tare   number, optional
  kind   one of dry, wet
  LINE
event emptied, ended from beta
  load   key
amount loads
  each month
  count of weighed
"""
RIGHT = """
trigger heavy
  when weighed where gross more than 10
  then tell "heavy"
right back
  acme may ended on heavy
"""
LADDER = """
obligation empty
  beta must emptied for each weighed
  within 1 hour
  failing that escalate ladder
escalation ladder
  level 1 "Lead" of beta by FIELD
    | dry | 1 hour |
    ROW
  ends with ended
  then tell "over"
  by load
"""


def codes(text, line="net means gross - tare"):
    _, problems = understand_text("x.bpo", HEAD.replace("LINE", line) + text)
    return {p.code for p in problems if p.severity.value == "error"}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("net means gross - weight", "BPO204"),
        ("net means gross - net", "BPO204"),
        ("net means loads", "BPO320"),
        ("net means the day", "BPO209"),
        ("gross means tare", "BPO201"),
        ("net means gross - kind", "BPO302"),
        ("net means gross / 2\n  happens on net", "BPO204"),
    ],
)
def test_a_field_is_worked_out_from_the_event_alone(line, code):
    assert code in codes("", line)


def test_a_field_that_is_worked_out_is_not_reported():
    test = '\ntest "x"\n  2026-01-05T09:00 weighed load A, gross 3, kind dry, net 4\n'
    assert codes(test) == {"BPO204"}


def test_without_what_it_needs_it_is_left_out():
    text = """
amount net_of
  each month
  sum of net over weighed
amount halves
  each month
  count of weighed where half is given
test "x"
  2026-01-05T09:00 weighed load A, gross 3, kind dry
  2026-01-05T09:00 weighed load B, gross 3, tare 1, kind dry
  2026-01-05T09:00 weighed load C, gross 3, tare 0, kind dry
  until 2026-02-02
  expect net_of in 2026-01 is 5
  expect halves in 2026-01 is 2
"""
    assert not codes(text, "net means gross - tare\n  half means gross / (1 - tare)")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ("  exercised by 2026-03-31\n  exercised by 2026-04-30\n", "BPO319"),
        ("  exercised by 2026-03-31\n  exercised within 5 days after the ground\n", "BPO319"),
        ("  exercised by 2026-03-31\n", ""),
    ],
)
def test_a_right_is_exercised_by_one_day(more, code):
    assert codes(RIGHT + more) == ({code} if code else set())


def test_a_right_so_often_in_each_window_has_no_day_besides():
    text = "\nright back\n  acme may ended at will\n  once each month\n  exercised by 2026-03-31\n"
    assert codes(text) == {"BPO320"}


@pytest.mark.parametrize(
    ("field", "row", "code"),
    [
        ("kind", "| wet | no limit |", ""),
        ("kind", "", "BPO314"),
        ("band", "| otherwise | 1 day |", "BPO204"),
        ("gross", "| otherwise | 1 day |", "BPO202"),
    ],
)
def test_times_by_a_field(field, row, code):
    assert codes(LADDER.replace("FIELD", field).replace("ROW", row)) == ({code} if code else set())


def test_a_file_of_events_has_it_too(tmp_path):
    text = HEAD.replace("LINE", "net means gross - tare") + "\namount nets\n  each month\n  sum of net over weighed\n"
    (tmp_path / "deal.bpo").write_text(text)
    data = {"load": "A", "gross": "9", "tare": "4", "kind": "wet", "net": "77"}
    line = {"id": "1", "source": "s", "type": "weighed", "time": "2026-01-05T09:00:00Z", "data": data}
    (tmp_path / "events.jsonl").write_text(json.dumps(line) + "\n")
    out = tmp_path / "out"
    files = [str(tmp_path / name) for name in ("deal.bpo", "events.jsonl")]
    args = ["run", *files, "--until", "2026-02-02", "--out", str(out)]
    CliRunner().invoke(bpodsl, args)
    entries = [json.loads(each) for each in (out / "ledger.jsonl").read_text().splitlines()]
    assert [e["numbers"] for e in entries if e["kind"] == "Settled" and e["clause"] == "nets"][:1] == [
        {"value": "5"}
    ]


SHARED = """
amount by_kind
  each month for each kind of dry, wet
  count of weighed
amount seen
  each month by kind
  count of weighed
amount part
  each month for each kind of dry, wet
  WHAT
"""


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("90 shared by by_kind rounded down to 1", ""),
        ("90 shared by by_kind", "BPO320"),
        ("90 shared by seen rounded down to 1", "BPO320"),
        ("90 shared by loads rounded down to 1", "BPO320"),
        ("by_kind of wet - seen of dry", ""),
        ("by_kind of moist", "BPO209"),
        ("loads of wet", "BPO318"),
    ],
)
def test_one_group_and_parts_by_figure(what, code):
    assert codes(SHARED.replace("WHAT", what)) == ({code} if code else set())


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("count of weighed since the last emptied with the same load", ""),
        ("count of weighed since the last audited with the same kind", "BPO204"),
        ("count of weighed since the last loads", "BPO203"),
        ("count of empty missed since the last ended", ""),
        ("count of empty missed since the last audited with the same kind", "BPO204"),
        ("length of full since the last ended", "BPO320"),
    ],
)
def test_since_the_last_of_an_event(what, code):
    text = LADDER.replace("by FIELD\n    | dry | 1 hour |\n    ROW", "for 1 hour").replace("  by load\n", "")
    text += "\nstate full from weighed to emptied by load\nevent audited from beta\n  audit  key\n"
    least = "1 hour" if "length" in what else "2"
    text += f'trigger used\n  when weighed where ({what}) more than {least}\n  then tell "x"\n'
    assert codes(text) == ({code} if code else set())
