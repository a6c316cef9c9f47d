"""The command line as its users type it: what it prints, and every exit code."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from tests.conftest import ROOT

CARE = ROOT / "examples" / "customer_care"
RUN = [str(CARE / "customer_care.bpo"), str(CARE / "events.jsonl"), "--until", "2026-10-14"]

SMALL = """\
agreement small "A small agreement"
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

measure on_time "Answered in time"  [§2]
  each month, counted when decided
  share of answer fulfilled
  target at least 50%

test "the limit is in time"
  2026-01-05T10:00 asked    case A
  2026-01-05T12:00 answered case A
  expect answer for A fulfilled at 2026-01-05T12:00
"""


WORLDS = SMALL.replace("  time zone", "  worlds     by scenario\n  time zone").replace(
    "  case  key\nevent", "  case  key\n  scenario  text, optional\nevent"
)


def ran(*arguments: str | Path, code: int = exits.OK, stdin: str | None = None):
    result = CliRunner().invoke(bpodsl, [str(a) for a in arguments], input=stdin)
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


def event(number: int, kind: str, time: str, **data: str) -> str:
    return json.dumps({"id": str(number), "source": "desk", "type": kind, "time": time, "data": data}) + "\n"


ASKED = event(1, "asked", "2026-01-05T10:00:00Z", case="A")
ANSWERED = event(2, "answered", "2026-01-05T13:00:00Z", case="A")


@pytest.fixture
def small(tmp_path) -> Path:
    path = tmp_path / "small.bpo"
    path.write_text(SMALL, encoding="utf-8")
    return path


@pytest.fixture
def events(tmp_path) -> Path:
    path = tmp_path / "events.jsonl"
    path.write_text(ASKED + ANSWERED, encoding="utf-8")
    return path


# ------------------------------------------------------------------ check, test, rule
def test_check_of_a_sound_agreement(small):
    assert "1 checked, no errors; 1 of 1 tests pass." in ran("check", small).stdout


def test_check_shows_the_place_and_the_next_step(small):
    small.write_text(SMALL.replace("share of answer", "share of anser"), encoding="utf-8")
    result = ran("check", small, code=exits.AGREEMENT)
    assert "small.bpo:19:12" in result.stderr
    assert "answer" in result.stderr
    assert "^^^^^" in result.stderr
    assert "Traceback" not in result.output


def test_check_of_a_folder_without_agreements_is_a_usage_error(tmp_path):
    assert "no .bpo file" in ran("check", tmp_path, code=exits.USAGE).output


def test_check_of_bytes_that_are_no_text(tmp_path):
    path = tmp_path / "bad.bpo"
    path.write_bytes(b"agreement small \"K\xb3ka\"\n")
    assert "BPO122" in ran("check", path, code=exits.AGREEMENT).stderr


def test_test_passes_and_fails(small):
    assert ran("test", small).stdout.splitlines()[-1] == "1 passed, 0 failed"
    small.write_text(SMALL.replace("fulfilled at 2026-01-05T12:00", "missed at 2026-01-05T12:00"), encoding="utf-8")
    result = ran("test", small, code=exits.FOUND)
    assert result.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert "it is fulfilled" in result.stderr


def test_test_of_an_agreement_with_errors(small):
    small.write_text(SMALL.replace("UTC", "UCT+1"), encoding="utf-8")
    ran("test", small, code=exits.AGREEMENT)


def test_rule_shows_the_page_of_every_code():
    listed = ran("rule").stdout.splitlines()
    codes = [line.split()[0] for line in listed]
    assert len(codes) == len(set(codes)) > 30
    for code in codes:
        page = ran("rule", code).stdout
        assert len(page.splitlines()) > 3, f"{code} has no page"
    ran("rule", "BPO000x", code=exits.USAGE)


# ------------------------------------------------------------------ run
def test_run_shows_what_a_manager_wants_first(small, events):
    said = ran("run", small, events, "--until", "2026-02-01").stdout
    assert "0 % ✗" in said
    assert "1 missed" in said
    assert "2 lines read: 2 applied." in said


def test_run_reads_standard_input(small):
    said = ran("run", small, "-", "--until", "2026-02-01", stdin=ASKED).stdout
    assert "not performed" in said


def test_run_writes_every_format(small, events, tmp_path):
    out = tmp_path / "result"
    ran("run", small, events, "--until", "2026-02-01", "--out", out)
    assert sorted(p.name for p in out.iterdir()) == ["ledger.csv", "ledger.jsonl", "result.json", "summary.txt"]
    lines = [json.loads(line) for line in (out / "ledger.jsonl").read_text("utf-8").splitlines()]
    rows = list(csv.DictReader(io.StringIO((out / "ledger.csv").read_text("utf-8"))))
    whole = json.loads((out / "result.json").read_text("utf-8"))
    assert [line["id"] for line in lines] == [row["id"] for row in rows] == [e["id"] for e in whole["ledger"]]
    assert [line["kind"] for line in lines] == ["Opened", "Opened", "Missed", "Late", "Settled"]
    assert lines[2]["at"] == "2026-01-05T12:00:00Z"
    assert lines[2]["reference"] == "§1"


def test_formats_on_standard_output_are_those_files(small, events, tmp_path):
    ran("run", small, events, "--until", "2026-02-01", "--out", tmp_path / "r")
    jsonl = ran("run", small, events, "--until", "2026-02-01", "--format", "jsonl").stdout
    assert jsonl == (tmp_path / "r" / "ledger.jsonl").read_text("utf-8")
    whole = ran("run", small, events, "--until", "2026-02-01", "--format", "json").stdout
    assert json.loads(whole) == json.loads((tmp_path / "r" / "result.json").read_text("utf-8"))


def test_run_without_until_says_how_far_time_is_known(small, events):
    assert "Known until 2026-01-05 13:00:00.000001 (UTC)" in ran("run", small, events).stdout


def test_a_deadline_fires_without_another_event(small, tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text(ASKED, encoding="utf-8")
    at_due = ran("run", small, path, "--until", "2026-01-05T12:00", "--format", "jsonl").stdout
    after = ran("run", small, path, "--until", "2026-01-05T12:00:00.000001", "--format", "jsonl").stdout
    assert '"Missed"' not in at_due
    assert '"Missed"' in after


def test_lines_that_cannot_be_used_are_set_aside(small, events, tmp_path):
    bad = event(3, "asked", "2026-01-06T10:00:00", case="B")
    events.write_text(ASKED + bad + "{not json\n" + ANSWERED, encoding="utf-8")
    kept = tmp_path / "kept.jsonl"
    result = ran("run", small, events, "--until", "2026-02-01", "--quarantine", kept, code=exits.EVENTS)
    assert "4 lines read: 2 applied, 2 quarantined." in result.stdout
    assert "events.jsonl:2" in result.stderr
    assert "events.jsonl:3" in result.stderr
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert len(lines) == 2
    assert all(line["code"] and line["reason"] for line in lines)


def test_what_an_earlier_run_set_aside_does_not_stay(small, events, tmp_path):
    out, sound = tmp_path / "out", events.read_text("utf-8")
    events.write_text(ASKED + "{not json\n" + ANSWERED, encoding="utf-8")
    ran("run", small, events, "--until", "2026-02-01", "--out", out, code=exits.EVENTS)
    assert (out / "quarantine.jsonl").exists()
    events.write_text(sound, encoding="utf-8")
    ran("run", small, events, "--until", "2026-02-01", "--out", out)
    assert not (out / "quarantine.jsonl").exists()


def test_a_file_that_two_clauses_fit_says_which_reads_it(small, tmp_path):
    reads = """
reads {name}
  files "{files}"
  format csv
  source "desk"
  id column "i"
  time column "t"
  row {event}
    case column "c"
"""
    more = reads.format(name="all_of_them", files="r*.csv", event="asked")
    more += reads.format(name="some", files="r1*.csv", event="answered")
    small.write_text(SMALL + more, encoding="utf-8")
    path = tmp_path / "r1.csv"
    path.write_text("i,t,c\n1,2026-01-05T10:00,A\n", encoding="utf-8")
    said = ran("run", small, path, "--until", "2026-02-01").stdout
    assert "it is read by `some` alone" in said and "not by `all_of_them`" in said


def test_revisions_that_count_from_one(small, tmp_path):
    reads = """
reads desk_file
  files "r*.csv"
  format csv
  source "desk"
  id column "i"
  time column "t" in Europe/London
  revision column "v"{first}
  row asked
    case column "c"
"""
    path = tmp_path / "r1.csv"
    path.write_text("i,t,c,v\n1,2026-01-05T10:00,A,1\n1,2026-01-05T10:00,B,2\n", encoding="utf-8")
    small.write_text(SMALL + reads.format(first=""), encoding="utf-8")
    result = ran("run", small, path, "--until", "2026-02-01")
    assert "2 lines read: 2 waiting." in result.stdout and "r1.csv:2: waits: it is rev 1 of “1”" in result.stdout
    small.write_text(SMALL + reads.format(first=', "1" as 0'), encoding="utf-8")
    result = ran("run", small, path, "--until", "2026-02-01")
    assert "2 lines read: 1 applied, 1 superseded." in result.stdout and "waits" not in result.output
    rows = ("i,t,c,v", "1,2026-01-05T10:00,A,1", "2,2026-01-05T10:00,B,2", "3,2026-01-06T10:00,C,1")
    path.write_text("\n".join(rows), encoding="utf-8")
    result = ran("run", small, path, "--until", "2026-01-06")
    assert "3 lines read: 1 applied, 2 waiting (1 of them later than --until)." in result.stdout


def test_run_of_an_agreement_with_errors(small, events):
    small.write_text(SMALL.replace("share of answer", "share of anser"), encoding="utf-8")
    assert "was not run" in ran("run", small, events, code=exits.AGREEMENT).stderr


def test_usage_errors_say_what_to_do(small, events):
    assert "Did you mean `check`?" in ran("chek", code=exits.USAGE).output
    assert "2026-05-01" in ran("run", small, events, "--until", "soon", code=exits.USAGE).output
    assert "does not exist" in ran("run", small, "nowhere.jsonl", code=exits.USAGE).output


def test_as_known_at_gives_what_was_known(small, tmp_path):
    late = json.dumps({
        "id": "2", "source": "desk", "type": "answered", "time": "2026-01-05T11:00:00Z",
        "recordedtime": "2026-02-10T09:00:00Z", "data": {"case": "A"},
    })  # fmt: skip
    path = tmp_path / "late.jsonl"
    path.write_text(ASKED + late + "\n", encoding="utf-8")
    before = ran("run", small, path, "--until", "2026-03-01", "--as-known-at", "2026-02-10T08:59", "--format", "json")
    after = ran("run", small, path, "--until", "2026-03-01", "--format", "json")
    statuses = [json.loads(r.stdout)["verdicts"][0]["status"] for r in (before, after)]
    assert statuses == ["missed", "fulfilled"]
    ledger = json.loads(after.stdout)["ledger"]
    assert [e["kind"] for e in ledger if e["known"] == "2026-02-10T09:00:00Z"] == ["Fulfilled", "Withdrawn", "Restated"]
    known = json.loads(before.stdout)["ledger"]
    assert [e["id"] for e in known] == [e["id"] for e in ledger[: len(known)]]


def test_what_was_contradicted_later_stood_until_then(small, tmp_path):
    first = {"id": "2", "source": "desk", "type": "answered", "time": "2026-01-05T11:00:00Z", "data": {"case": "A"}}
    other = {**first, "time": "2026-01-05T19:00:00Z", "recordedtime": "2026-02-10T09:00:00Z"}
    path = tmp_path / "two.jsonl"
    path.write_text(ASKED + json.dumps(first) + "\n" + json.dumps(other) + "\n", encoding="utf-8")
    run = ("run", small, path, "--until", "2026-03-01", "--format", "json")
    before, at, after = (
        json.loads(ran(*run, *known, code=exits.EVENTS).stdout)
        for known in (("--as-known-at", "2026-02-10T08:59"), ("--as-known-at", "2026-02-10T09:00"), ())
    )
    assert [each["verdicts"][0]["status"] for each in (before, at, after)] == ["fulfilled", "missed", "missed"]
    assert after["account"]["quarantined"] == 2 and after["account"]["applied"] == 1
    assert [e["id"] for e in before["ledger"]] == [e["id"] for e in after["ledger"][: len(before["ledger"])]]


# ------------------------------------------------------------------ explain, graph, demo
def test_explain_walks_to_the_events():
    said = ran("explain", *RUN, "--of", "answer_credit", "--in", "2026-06").stdout
    assert "5 000.00 GBP" in said
    assert "the cap of 30 000.00 GBP leaves 5 000.00 GBP of 10 000.00 GBP" in said
    assert "event call_answered" in said


def test_explain_says_why_not():
    arguments = [*RUN[:2], "--until", "2026-08-14"]
    said = ran("explain", *arguments, "--of", "for_cause").stdout
    assert "Why not" in said
    assert "it needs 3 of any 6 windows" in said
    assert said.count("does not count:") == 3
    assert said.count("  counts:") == 1


def test_explain_of_an_unknown_clause_names_a_near_one():
    assert "Did you mean `for_cause`?" in ran("explain", *RUN, "--of", "for_case", code=exits.USAGE).output


@pytest.mark.parametrize(("ending", "start"), [("svg", "<?xml"), ("mmd", "flowchart"), ("dot", "digraph")])
def test_graph_by_the_ending_of_the_file(tmp_path, ending, start):
    path = tmp_path / f"care.{ending}"
    ran("graph", CARE / "customer_care.bpo", "--out", path)
    assert path.read_text("utf-8").lstrip().startswith((start, "<svg"))


def test_demo_runs_without_any_file(tmp_path):
    said = ran("demo", "--out", tmp_path / "first").stdout
    assert "Chronic failure" in said
    assert "What to try next" in said
    assert sorted(p.name for p in (tmp_path / "first").iterdir()) == ["customer_care.bpo", "events.jsonl"]


# ------------------------------------------------------------------ what goes wrong outside of us
def test_an_input_worse_than_can_be_worked_on(small, tmp_path, monkeypatch, capsys):
    import sys

    from bpodsl.cli.main import main

    path = tmp_path / "worse.jsonl"
    path.write_text("{\n" * 100_001, "utf-8")
    monkeypatch.setattr(sys, "argv", ["bpodsl", "run", str(small), str(path)])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == exits.LIMIT
    assert "EVT" in capsys.readouterr().err


def test_a_file_that_cannot_be_written(small, events, monkeypatch, capsys):
    import sys

    from bpodsl.cli.main import main

    blocked = events / "result"
    monkeypatch.setattr(sys, "argv", ["bpodsl", "run", str(small), str(events), "--out", str(blocked)])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == exits.IO
    assert "run it again" in capsys.readouterr().err


def test_a_defect_leaves_a_report_and_no_traceback(small, monkeypatch, capsys):
    import sys

    import bpodsl.pipeline
    from bpodsl.cli.main import main

    def broken(*_):
        raise RuntimeError("a defect for this test")

    monkeypatch.setattr(bpodsl.pipeline, "understand", broken)
    monkeypatch.setattr(sys, "argv", ["bpodsl", "check", str(small)])
    with pytest.raises(SystemExit) as leaving:
        main()
    assert leaving.value.code == exits.INTERNAL
    said = capsys.readouterr().err
    assert "Traceback" not in said
    report = Path(next(word for word in said.split() if "bpodsl-defect-" in word).rstrip("."))
    assert "a defect for this test" in report.read_text("utf-8")
    report.unlink()


# ------------------------------------------------------------------ worlds
def in_worlds(tmp_path: Path) -> tuple[Path, Path]:
    agreement, events = tmp_path / "small.bpo", tmp_path / "events.jsonl"
    agreement.write_text(WORLDS, "utf-8")
    rows = [
        {"id": "1", "type": "asked", "time": "2026-01-05T10:00:00Z", "case": "A"},
        {"id": "2", "type": "asked", "time": "2026-01-05T11:00:00Z", "case": "B", "scenario": "late"},
        {"id": "3", "type": "asked", "time": "2026-01-05T11:00:00Z", "case": "C", "scenario": "early"},
        {"id": "4", "type": "answered", "time": "2026-01-05T11:30:00Z", "case": "C"},
    ]
    events.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return agreement, events


def test_worlds_are_run_apart(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    data = json.loads(ran("run", agreement, events, "--until", "2026-02-02", "--format", "json").stdout)
    assert list(data["worlds"]) == ["early", "late"]
    opened = {
        world: [e["key"]["case"] for e in each["ledger"] if e["kind"] == "Opened" and e["clause"] == "answer"]
        for world, each in data["worlds"].items()
    }
    assert opened == {"early": ["A", "C"], "late": ["A", "B"]}
    assert data["account"]["lines"] == 4


def test_notes_are_of_the_world_that_is_shown(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    # What answers case C, which is there in the one world alone.
    shown = ("run", agreement, events, "--until", "2026-02-02")
    assert "in `late` `answered` counts for nothing" in ran(*shown).stdout
    assert "counts for nothing" in ran(*shown, "--world", "late").stdout
    assert "counts for nothing" not in ran(*shown, "--world", "early").stdout


def test_a_correction_acts_in_its_world(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    text = WORLDS.replace("test ", "event withdrawn from maker\n  case  key\n  scenario  text, optional\n"
                          "  withdraws asked named by case\n\ntest ", 1)  # fmt: skip
    agreement.write_text(text, "utf-8")
    rows = [
        {"id": "5", "type": "withdrawn", "time": "2026-01-06T10:00:00Z", "case": "A", "scenario": "late"},
        {"id": "6", "type": "withdrawn", "time": "2026-01-06T10:00:00Z", "case": "C", "scenario": "late"},
        {"id": "7", "type": "withdrawn", "time": "2026-01-06T10:00:00Z", "case": "B"},
    ]
    with events.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    data = json.loads(ran("run", agreement, events, "--until", "2026-02-02", "--format", "json").stdout)
    left = {
        world: [each["key"]["case"] for each in data["worlds"][world]["verdicts"] if each["norm"] == "answer"]
        for world in ("early", "late")
    }
    assert left == {"early": ["A", "C"], "late": []}
    # 2 (case B) is taken back in its world; 1 (case A) counts in one; 6 speaks of what is not in its world; 7 of what
    # is in one of its two.
    assert (data["account"]["retracted"], data["account"]["waiting"]) == (1, 1)
    asked = ran("explain", agreement, events, "--world", "late", "--of", "answer", "--for", "A").stdout
    assert "event 1" not in asked


def test_worlds_in_lines_and_csv(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    lines = ran("run", agreement, events, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["world"] for line in lines].index("late") > 0
    rows = list(csv.DictReader(io.StringIO(ran("run", agreement, events, "--format", "csv").stdout)))
    assert {row["world"] for row in rows} == {"early", "late"}
    text = ran("run", agreement, events, "--world", "late").stdout
    assert "world late" in text and "early" not in text


def test_explain_asks_which_world(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    assert "early, late" in ran("explain", agreement, events, "--of", "answer", code=exits.USAGE).output
    assert "B" in ran("explain", agreement, events, "--of", "answer", "--world", "late").stdout
    assert "no world `x`" in ran("run", agreement, events, "--world", "x", code=exits.USAGE).output


def test_a_run_without_worlds_says_nothing_of_them(tmp_path: Path) -> None:
    agreement, events = in_worlds(tmp_path)
    agreement.write_text(SMALL.replace("  case  key\nevent", "  case  key\n  scenario  text, optional\nevent"), "utf-8")
    data = json.loads(ran("run", agreement, events, "--format", "json").stdout)
    assert "worlds" not in data and "world" not in data["ledger"][0]


@pytest.mark.parametrize("command", [("run",), ("explain", "--of", "p1_share"), ("report",), ("trend",), ("timeline",)])
def test_a_folder_is_no_file_of_events(tmp_path, command):
    name, *more = command
    said = ran(name, CARE / "customer_care.bpo", tmp_path, *more, code=exits.USAGE)
    assert "is a directory" in said.stderr
