"""The same events under two agreements, and the command `bpodsl diff`."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from tests.compare.changing import CUSTOMER_CARE

OLD = """\
# Two tickets a day.
agreement desk "Help desk"
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01

event asked from buyer
  case  key
event answered from maker
  case  key

obligation answer "Answer"  [§1]
  maker must answered for each asked
  within 2 hours
  failing that maker pays buyer 3.50 EUR as "late answer"

measure on_time "Answered in time"  [§2]
  each month, counted when decided
  share of answer fulfilled
  target   at least 50%
  minimum  at least 20%

charge fee "Fee"  [§3]
  each month
  buyer pays maker 1 000 EUR

credit late "Credit"  for on_time, of fee  [§4]
  | at least 50% |  0% |
  | otherwise    | 10% |

trigger weak "Weak month"
  when on_time is missed
  then tell "weak"

termination for_cause "For cause"
  by buyer on weak
  exercised by notice_given
  exercised within 30 days after the ground

event notice_given from buyer
"""


def event(number, kind, time, source, case):
    return json.dumps({"id": str(number), "source": source, "type": kind, "time": f"{time}:00Z", "case": case})


# In January A takes 1 hour, B exactly 2 hours and C 3 hours; in February D takes 90 minutes.
HISTORY = (
    ("A", "2026-01-05T09:00", "2026-01-05T10:00"), ("B", "2026-01-06T09:00", "2026-01-06T11:00"),
    ("C", "2026-01-07T09:00", "2026-01-07T12:00"), ("D", "2026-02-03T09:00", "2026-02-03T10:30"),
)  # fmt: skip


@pytest.fixture
def diff(tmp_path):
    lines = [event(f"{case}{n}", kind, at, source, case) for case, *times in HISTORY
             for n, (kind, at, source) in enumerate(zip(("asked", "answered"), times, ("buyer", "maker"), strict=True))]
    (tmp_path / "events.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def ran(new, *options, code=exits.FOUND, old=OLD, stdin=None):
        (tmp_path / "old.bpo").write_text(old, encoding="utf-8")
        (tmp_path / "new.bpo").write_text(new, encoding="utf-8")
        sides = ["-" if stdin is not None else str(tmp_path / "old.bpo"), str(tmp_path / "new.bpo")]
        arguments = ["diff", *sides, *(o.replace("EVENTS", str(tmp_path / "events.jsonl")) for o in options)]
        result = CliRunner().invoke(bpodsl, arguments, input=stdin)
        assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
        return result

    return ran


REPLAY = ("--events", "EVENTS", "--until", "2026-03-01")


def replayed(diff, new, **more):
    return json.loads(diff(new, *REPLAY, "--format", "json", **more).stdout)["replayed"]


def test_a_shorter_deadline_costs_what_follows_from_it_to_the_penny(diff):
    found = replayed(diff, OLD.replace("within 2 hours", "less than 2 hours"))
    # B is answered at the limit itself: in time before, late now. January falls from 2/3 to 1/3, so the credit is owed.
    assert found["sums"] == [
        {"line": "answer.payment", "payer": "maker", "payee": "buyer", "currency": "EUR", "period": "2026-01",
         "old": "7/2", "new": "7", "difference": "7/2"},
        {"line": "late", "payer": "maker", "payee": "buyer", "currency": "EUR", "period": "2026-01",
         "old": "0", "new": "100", "difference": "100"},
    ]  # fmt: skip
    assert found["totals"] == [
        {"payer": "buyer", "payee": "maker", "currency": "EUR", "old": "3993/2", "new": "1893", "difference": "-207/2"}
    ]
    assert found["levels"] == [
        {"figure": "on_time", "group": {}, "period": "2026-01", "old": {"value": "2/3", "standing": "met"},
         "new": {"value": "1/3", "standing": "missed"}}
    ]  # fmt: skip
    (duty,) = found["duties"]
    assert (duty["norm"], duty["key"]) == ("answer", {"case": "B"})
    assert (duty["old"]["status"], duty["new"]["status"]) == ("fulfilled", "missed, late")
    assert {(h["what"], h["clause"], h["in"]) for h in found["in_one_only"]} == {
        ("trigger", "weak", "new"), ("right", "for_cause", "new"),
    }  # fmt: skip


def test_the_same_in_words(diff):
    said = diff(OLD.replace("within 2 hours", "less than 2 hours"), *REPLAY).stdout
    assert "On the same events, known until 2026-03-01 00:00 (UTC), exclusive:" in said
    lines = [" ".join(line.split()) for line in said.splitlines()]
    assert "2026-01 0.00 100.00 +100.00 EUR" in lines
    assert "On balance Buyer Ltd owes Maker Ltd 1 996.50 1 893.00 -103.50 EUR" in lines
    assert "  Answered in time [§2] in 2026-01: 66.667 % met → 33.333 % missed" in said.splitlines()
    assert "new only: For cause: the right opens on 2026-02-01 00:00" in said


def test_of_very_many_the_first_are_shown(diff, tmp_path):
    lines = []
    for n in range(45):
        for kind, source, at in (("asked", "buyer", "09:00"), ("answered", "maker", "11:00")):
            lines.append(event(f"{n}{kind}", kind, f"2026-01-05T{at}", source, f"X{n:02}"))
    (tmp_path / "events.jsonl").write_text("\n".join(lines), encoding="utf-8")
    said = diff(OLD.replace("within 2 hours", "less than 2 hours"), *REPLAY).stdout
    assert "Duties (45)" in said
    assert said.count(" for case X") == 40
    assert "  … and 5 more; all of them with --format json" in said.splitlines()


def test_the_limit_moved_back_gives_the_opposite(diff):
    new = OLD.replace("within 2 hours", "less than 2 hours")
    found = replayed(diff, OLD, old=new)
    assert [(s["line"], s["difference"]) for s in found["sums"]] == [("answer.payment", "-7/2"), ("late", "-100")]
    assert {h["in"] for h in found["in_one_only"]} == {"old"}


def test_renamed_clauses_and_parties_have_the_same_ledger(diff):
    new = OLD.replace("on_time", "punctual").replace("obligation answer", "obligation reply")
    new = new.replace("share of answer", "share of reply").replace("weak", "feeble").replace('"feeble"', '"weak"')
    data = json.loads(diff(new, *REPLAY, "--format", "json").stdout)
    assert data["renames"] == {"answer": "reply", "on_time": "punctual", "weak": "feeble"}
    assert {change["what"] for change in data["changes"]} == {"renamed"}
    assert data["replayed"]["same"] is True


def test_other_words_alone_change_nothing_that_follows(diff):
    said = diff(OLD.replace('"Weak month"', '"Poor month"'), *REPLAY).stdout
    assert 'reworded trigger weak "Poor month"' in said
    assert "everything comes out the same." in said


def test_no_difference_is_exit_code_0(diff):
    assert diff(OLD.replace("# Two tickets", "# Three tickets"), code=exits.OK).stdout == "No difference in meaning.\n"
    data = json.loads(diff(OLD, "--format", "json", code=exits.OK).stdout)
    assert (data["same"], data["changes"]) == (True, [])


def test_an_earlier_version_comes_from_standard_input(diff):
    said = diff(OLD.replace("1 000 EUR", "1 100 EUR"), stdin=OLD).stdout
    assert said.startswith("Help desk: <stdin> → ")
    assert "formula: 1 000 EUR → 1 100 EUR" in said
    assert "hangs on it: money late" in said


def test_what_cannot_be_compared_has_its_own_exit_code(diff, tmp_path):
    assert "nothing was compared" in diff(OLD.replace("of fee", "of fees"), code=exits.AGREEMENT).output
    assert "go with --events" in diff(OLD, "--until", "2026-03-01", code=exits.USAGE).output
    result = CliRunner().invoke(bpodsl, ["diff", "-", "-"])
    assert result.exit_code == exits.USAGE


def test_events_that_one_side_cannot_use_are_named(diff):
    new = OLD.replace("from maker\n  case  key\n", "from maker\n  case  key\n  agent  text\n")
    result = diff(new, *REPLAY, code=exits.EVENTS)
    assert "set aside by the new agreement: " in result.output


def test_sums_of_the_example_add_up(tmp_path):
    """All differences of lines together are the difference of the balance."""
    new = CUSTOMER_CARE.read_text(encoding="utf-8").replace("at 12% of", "at 10% of").replace("| 15% |", "| 16% |")
    events = CUSTOMER_CARE.parent / "events.jsonl"
    (tmp_path / "new.bpo").write_text(new, encoding="utf-8")
    asked = ["diff", str(CUSTOMER_CARE), str(tmp_path / "new.bpo"), "--events", str(events), "--format", "json"]
    data = json.loads(CliRunner().invoke(bpodsl, asked).stdout)["replayed"]
    (total,) = data["totals"]
    signed = sum(int(s["difference"]) * (1 if s["payer"] == total["payer"] else -1) for s in data["sums"])
    assert signed == int(total["difference"]) != 0
