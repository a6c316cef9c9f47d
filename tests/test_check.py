"""`bpodsl check` for people and for programs: formats, which problems count, and what a comment allows."""

from __future__ import annotations

import json
from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli.main import bpodsl
from bpodsl.pipeline import Asked, understand_text
from tests.conftest import ROOT

HEAD = """\
agreement small "A small agreement"
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01
"""
UNUSED = HEAD + "calendar night\n  mon-fri  20:00-24:00\n"
PRELUDE = (ROOT / "tests" / "language" / "resolve" / "prelude.bpo").read_text("utf-8")
WRONG = UNUSED + "obligation answer\n  maker must answr once\n  within 2 hours of nigth\n"


@pytest.fixture(autouse=True)
def apart(tmp_path, monkeypatch):
    """No settings but those of the test."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bpodsl.toml").write_text("")


@pytest.fixture
def file(tmp_path):
    def write(text, name="small.bpo"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return name

    return write


def check(*arguments, code=exits.OK):
    result = CliRunner().invoke(bpodsl, ["check", *arguments])
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


def codes(text):
    return sorted(problem.code for problem in understand_text("small.bpo", text)[1])


# --------------------------------------------------------------------------------- formats
def test_json_says_all_that_the_text_says(file):
    whole = json.loads(check(file(WRONG), "--format", "json", code=exits.AGREEMENT).stdout)
    assert whole["agreements"] == ["small.bpo"]
    assert whole["counts"] == {"error": 2, "warning": 1, "note": 0}
    found = next(each for each in whole["problems"] if "nigth" in each["message"])
    assert (found["code"], found["severity"], found["path"]) == ("BPO202", "error", "small.bpo")
    line = WRONG.split("\n").index("  within 2 hours of nigth") + 1
    assert found["start"] == {"line": line, "column": 21}
    assert found["end"] == {"line": line, "column": 26}
    assert "night" in found["hint"]


def test_json_of_nothing_wrong(file):
    whole = json.loads(check(file(HEAD), "--format", "json").stdout)
    assert whole["problems"] == []


def test_json_shows_other_places(file):
    text = UNUSED + "calendar night\n  sat  09:00-17:00\n"
    whole = json.loads(check(file(text), "--format", "json", code=exits.AGREEMENT).stdout)
    (other,) = next(each for each in whole["problems"] if each["code"] == "BPO201")["related"]
    assert other["start"]["line"] == 7


def test_sarif_names_rules_levels_and_places(file):
    whole = json.loads(check(file(WRONG), "--format", "sarif", code=exits.AGREEMENT).stdout)
    assert whole["version"] == "2.1.0"
    (run,) = whole["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted({rule["id"] for rule in rules})
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning", "note")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "small.bpo"
        assert place["region"]["startLine"] <= place["region"]["endLine"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert "Not so:" in rules[0]["help"]["text"]


def test_github_has_one_line_for_each_problem(file):
    lines = check(file(WRONG), "--format", "github", code=exits.AGREEMENT).stdout.splitlines()
    assert len(lines) == 3
    assert lines[0].startswith("::warning title=BPO205,file=small.bpo,line=7,col=10,endColumn=15::")
    assert all("%0A" in line for line in lines if line.startswith("::error"))


def test_github_keeps_signs_of_its_own_apart(file):
    name = file(UNUSED, "a,b:c%.bpo")
    (line,) = check(name, "--format", "github").stdout.splitlines()
    assert "file=a%2Cb%3Ac%25.bpo," in line


def test_junit_counts_what_failed(file):
    top = ElementTree.fromstring(check(file(WRONG), file(HEAD, "sound.bpo"), "--format", "junit", code=3).stdout)
    wrong, sound = top
    assert (wrong.get("name"), wrong.get("tests"), wrong.get("failures")) == ("small.bpo", "3", "2")
    # An unused calendar is a warning, which by itself does not fail a check.
    assert [failure.get("type") for failure in wrong.iter("failure")] == ["error", "error"]
    assert "^^^^^" in wrong[0][0].text
    assert (sound.get("name"), sound.get("tests"), sound.get("failures"), len(sound)) == ("sound.bpo", "1", "0", 1)


def test_junit_shows_a_warning_as_failed_only_where_it_fails_the_check(file):
    top = ElementTree.fromstring(check(file(UNUSED), "--format", "junit", code=0).stdout)
    assert top[0].get("failures") == "0" and top[0][0].find("system-out") is not None
    top = ElementTree.fromstring(check(file(UNUSED), "--format", "junit", "--fail-on", "warning", code=1).stdout)
    assert top[0].get("failures") == "1" and top[0][0].find("failure") is not None


def test_a_cliff_in_a_currency_in_which_nothing_is_owed_is_told(file):
    name = file(HEAD + 'charge fee "Fee"\n  each month\n  buyer pays maker 10 EUR\n')
    assert "nothing is owed in USD here" in check(name, "--cliff", "500 USD", code=0).stderr
    assert "nothing is owed" not in check(name, "--cliff", "500 EUR", code=0).stderr


def test_junit_is_xml_whatever_the_text_holds(file):
    text = UNUSED.replace("night", 'night "\x1b[31m<&>\x00"')
    ElementTree.fromstring(check(file(text), "--format", "junit", code=exits.AGREEMENT).stdout)


CONFLICT = HEAD + """\
event asked from buyer
  case  key
event answered from maker
  case  key
obligation answer
  maker must answered for each asked
  within 2 days
obligation silence
  maker must not answered
"""


def test_events_that_show_a_problem_stand_in_all_formats_and_can_be_run(tmp_path, file):
    (found,) = json.loads(check(file(CONFLICT), "--format", "json").stdout)["problems"]
    assert found["code"] == "BPO441"
    assert [json.loads(line)["type"] for line in found["trace"]] == ["asked", "answered"]
    said = check(file(CONFLICT)).stderr
    assert "= shown by:" in said
    assert all(line in said for line in found["trace"])
    (run,) = json.loads(check(file(CONFLICT), "--format", "sarif").stdout)["runs"]
    assert run["results"][0]["message"]["text"].endswith("\n".join(found["trace"]))
    (tmp_path / "trace.jsonl").write_text("\n".join(found["trace"]), "utf-8")
    ran = CliRunner().invoke(bpodsl, ["run", file(CONFLICT), "trace.jsonl", "--format", "jsonl"])
    assert ran.exit_code == exits.OK
    entries = [json.loads(line) for line in ran.stdout.splitlines()]
    assert {("answer", "Fulfilled"), ("silence", "Missed")} <= {(each["clause"], each["kind"]) for each in entries}


def test_a_conflict_can_be_allowed_with_a_reason():
    assert codes(CONFLICT) == ["BPO441"]
    allowed = "# allow BPO441: the buyer may waive it\nobligation answer\n"
    assert codes(CONFLICT.replace("obligation answer\n", allowed)) == []


# ------------------------------------------------------------------------- which problems count
def test_a_warning_fails_only_where_it_is_asked_for(file):
    check(file(UNUSED))
    check(file(UNUSED), "--fail-on", "warning", code=exits.FOUND)
    check(file(UNUSED), "--fail-on", "note", code=exits.FOUND)
    check(file(WRONG), "--fail-on", "warning", code=exits.AGREEMENT)


def test_warnings_can_be_selected_and_ignored(file):
    name = file(UNUSED)
    check(name, "--fail-on", "warning", "--ignore", "BPO205")
    check(name, "--fail-on", "warning", "--ignore", "bpo20")
    check(name, "--fail-on", "warning", "--select", "BPO210, BPO213")
    check(name, "--fail-on", "warning", "--select", "BPO2", code=exits.FOUND)


def test_errors_always_count(file):
    assert "BPO202" in check(file(WRONG), "--select", "BPO205", code=exits.AGREEMENT).stderr
    said = check(file(WRONG), "--ignore", "BPO202", code=exits.USAGE).output
    assert "errors stop a run" in said


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_a_code_that_there_is_not(file, option):
    assert "no code begins with `BPO999`" in check(file(HEAD), option, "BPO999", code=exits.USAGE).output


@pytest.mark.parametrize(
    ("name", "head"), [("bpodsl.toml", ""), ("pyproject.toml", "[tool.bpodsl]\n")], ids=["own", "project's"]
)
def test_settings_stand_in_a_file_above(tmp_path, file, name, head):
    (tmp_path / "bpodsl.toml").unlink()
    (tmp_path / name).write_text(head + 'fail-on = "warning"\nignore = ["BPO210"]\n')
    (tmp_path / "below").mkdir()
    path = file(UNUSED, "below/small.bpo")
    check(path, code=exits.FOUND)
    check(path, "--fail-on", "error")
    check(path, "--ignore", "BPO205")


def test_a_project_without_settings_of_ours_says_nothing(tmp_path, file):
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "bpodsl.toml").write_text('fail-on = "warning"\n')
    check(file(UNUSED, "below/small.bpo"), code=exits.FOUND)


def test_a_file_of_settings_can_be_named(tmp_path, file):
    (tmp_path / "strict.toml").write_text('fail-on = "warning"\n')
    check(file(UNUSED), "--config", "strict.toml", code=exits.FOUND)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fail_on = 'warning'", "there is no such setting"),
        ("fail-on = 'never'", "write one of error, warning, note"),
        ("ignore = 'BPO205'", "write a list of codes"),
        ("ignore = ['BPO999']", "no code begins with `BPO999`"),
        ("ignore = [", "cannot be read"),
    ],
)
def test_settings_that_cannot_be(tmp_path, file, text, said):
    (tmp_path / "bpodsl.toml").write_text(text)
    result = check(file(HEAD), code=exits.USAGE)
    assert said in result.output
    assert "bpodsl.toml" in result.output


# ------------------------------------------------------------------------------ what a comment allows
@pytest.mark.parametrize(
    "text",
    [
        UNUSED.replace("calendar night", "calendar night  # allow BPO205: used from July"),
        UNUSED.replace("calendar night", "# allow BPO205: used from July\ncalendar night"),
        UNUSED.replace("calendar night", "# allow BPO205: used from July\n\n# of Schedule E\ncalendar night"),
        UNUSED.replace("calendar night", "calendar night  # allow BPO205 : used from July"),
        UNUSED.replace("calendar night", "calendar night  #allow BPO205: used from July"),
        UNUSED.replace("calendar night", "calendar night  # Allow BPO205: used from July"),
    ],
)
def test_a_comment_with_a_reason_allows_a_warning(text):
    assert codes(text) == []


@pytest.mark.parametrize(
    ("comment", "found"),
    [
        ("# allow BPO205", ["BPO205", "BPO220"]),
        ("# allow BPO205:  ", ["BPO205", "BPO220"]),
        ("# allow BPO202: later", ["BPO205", "BPO221"]),
        ("# allow BPO209x: later", ["BPO205", "BPO221"]),
        ("# allow BPO210: later", ["BPO205", "BPO222"]),
        ("# allow BPO205, BPO210: later", ["BPO222"]),
        ("# allow for holidays", ["BPO205"]),
    ],
)
def test_a_comment_that_does_not_do_is_itself_reported(comment, found):
    assert codes(UNUSED.replace("calendar night", f"calendar night  {comment}")) == found


def on(day, text):
    _, problems = understand_text("small.bpo", text, asked=Asked(today=date.fromisoformat(day)))
    return sorted(problem.code for problem in problems)


def test_what_is_allowed_until_a_day_counts_again_after_it():
    text = UNUSED.replace("calendar night", "calendar night  # allow BPO205: Schedule E uses it, until 2027-03-31")
    assert on("2027-03-31", text) == []
    assert on("2027-04-01", text) == ["BPO205", "BPO223"]
    assert codes(text) == []
    assert on("2027-04-01", text.replace("BPO205", "BPO210")) == ["BPO205", "BPO222"]


@pytest.mark.parametrize(
    ("reason", "found"),
    [
        ("used until 2027-02-30", ["BPO205", "BPO223"]),
        ("until 2027-03-31", ["BPO205", "BPO220"]),
        ("used until the spring", []),
        ("used until 2027-03-31, then not", []),
        ("used; until 2027-03-31.", ["BPO205", "BPO223"]),
    ],
)
def test_what_ends_a_reason(reason, found):
    assert on("2028-01-01", UNUSED.replace("calendar night", f"calendar night  # allow BPO205: {reason}")) == found


def test_the_day_can_be_said(file):
    text = UNUSED.replace("calendar night", "calendar night  # allow BPO205: used until 2027-03-31")
    check(file(text), "--today", "2027-03-31", "--fail-on", "warning")
    said = check(file(text), "--today", "2027-04-01", "--fail-on", "warning", code=exits.FOUND).stderr
    assert "BPO205 was allowed until 2027-03-31, and that day is over." in said
    assert "Write a day" in check(file(text), "--today", "tomorrow", code=exits.USAGE).output


def test_a_cliff_is_asked_for_by_option_or_setting(tmp_path, file):
    text = f"{PRELUDE}\ncredit c for on_time, of fee  # allow BPO409: as in every agreement of the group\n"
    name = file(text + "  | at least 95% | 0%  |\n  | otherwise    | 10% |\n")
    bare = file((tmp_path / name).read_text().replace("# allow", "#"), "bare.bpo")
    check(name, "--fail-on", "warning", "--select", "BPO22")
    check(name, "--fail-on", "warning", "--cliff", "99 GBP", "--select", "BPO22,BPO409")
    assert "BPO409" in check(bare, "--cliff", "99 GBP").stderr
    assert "BPO409" not in check(bare, "--cliff", "100 GBP").stderr
    (tmp_path / "bpodsl.toml").write_text('cliff = "99 GBP"\n')
    assert "BPO409" in check(bare).stderr
    assert "write it like" in check(bare, "--cliff", "much", code=exits.USAGE).output


def test_an_error_is_not_allowed():
    text = WRONG.replace("of nigth", "of nigth  # allow BPO202: soon")
    assert codes(text) == ["BPO202", "BPO202", "BPO205", "BPO221"]


def test_a_comment_speaks_of_its_own_line_and_file(file):
    text = HEAD + '# allow BPO205: used from July\nuse "part.bpo"\n'
    file("calendar night\n  mon-fri  20:00-24:00\n", "part.bpo")
    found = json.loads(check(file(text), "--format", "json").stdout)["problems"]
    assert [(each["code"], each["path"]) for each in found] == [("BPO205", "part.bpo"), ("BPO222", "small.bpo")]
    file("# allow BPO205: used from July\ncalendar night\n  mon-fri  20:00-24:00\n", "part.bpo")
    assert json.loads(check(file(HEAD + 'use "part.bpo"\n'), "--format", "json").stdout)["problems"] == []


# ------------------------------------------------------------------------------------ pages


@pytest.mark.parametrize("code", ["BPO220", "BPO221", "BPO222", "BPO223"])
def test_the_examples_of_a_page_are_what_it_says(code):
    (page,) = json.loads(CliRunner().invoke(bpodsl, ["rule", code, "--format", "json"]).stdout)
    assert code in on("2027-01-01", f"{PRELUDE}\n{page['bad']}\n")
    assert not {"BPO220", "BPO221", "BPO222", "BPO223"} & set(on("2027-01-01", f"{PRELUDE}\n{page['good']}\n"))


def test_all_pages_for_programs():
    result = CliRunner().invoke(bpodsl, ["rule", "--all", "--format", "json"])
    pages = {page["code"]: page for page in json.loads(result.stdout)}
    assert list(pages) == sorted(pages)
    unused = pages["BPO205"]
    assert (unused["name"], unused["kind"]) == ("Unused", "warning")
    assert unused["bad"].startswith("calendar support\n  mon-fri")
    assert unused["good"].endswith("within 4 hours of support")
    assert unused["page"].startswith(unused["summary"])
    assert pages["EVT101"]["kind"] == "quarantine"


def test_all_pages_for_people():
    result = CliRunner().invoke(bpodsl, ["rule", "--all"])
    assert result.stdout.count("\nNext: ") > 50


# ------------------------------------------------------------------------------------ fmt
UNFORMED = HEAD.replace("  client     buyer", " client buyer").replace("\n  ", "\n ")


def fmt(*arguments, code=exits.OK, stdin=None):
    result = CliRunner().invoke(bpodsl, ["fmt", *arguments], input=stdin)
    assert result.exit_code == code, f"{result.output}\n{result.exception!r}"
    return result


def test_fmt_writes_the_form_and_then_nothing_more(tmp_path, file):
    name = file(UNFORMED)
    (tmp_path / name).chmod(0o640)
    assert "formatted: small.bpo" in fmt(name).stderr
    formed = (tmp_path / name).read_text()
    assert '\n  client     buyer  "Buyer Ltd"\n' in formed
    assert (tmp_path / name).stat().st_mode & 0o777 == 0o640
    assert fmt(name).stderr == "1 read, 0 changed.\n"
    assert fmt("--check", name).exit_code == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_fmt_check_and_diff_write_nothing(tmp_path, file):
    name = file(UNFORMED)
    assert "not in form: small.bpo" in fmt("--check", name, code=exits.FOUND).stderr
    shown = fmt("--diff", name).stdout
    assert "- client buyer" in shown
    assert "+  client     buyer" in shown
    fmt("--diff", "--check", name, code=exits.FOUND)
    assert (tmp_path / name).read_text() == UNFORMED


def test_fmt_of_standard_input():
    formed = fmt("-", stdin=UNFORMED).stdout
    assert '\n  client     buyer  "Buyer Ltd"\n' in formed
    assert fmt("-", stdin=formed).stdout == formed
    fmt("--check", "-", stdin=UNFORMED, code=exits.FOUND)


def test_fmt_leaves_what_it_cannot_read(tmp_path, file):
    broken = HEAD.replace("time zone  UTC", "time zone UTC UTC")
    name, sound = file(broken), file(UNFORMED, "sound.bpo")
    said = fmt(name, sound, code=exits.AGREEMENT).stderr
    assert "small.bpo:5" in said
    assert "2 read, 1 changed, 1 with errors left as they are." in said
    assert (tmp_path / name).read_text() == broken


def test_fmt_of_a_folder_without_agreements(tmp_path):
    (tmp_path / "empty").mkdir()
    assert "no .bpo file" in fmt("empty", code=exits.USAGE).output


# --------------------------------------------------------------------------------- tests
TESTED = HEAD + """
event asked from buyer
  case  key
event answered from maker
  case  key

obligation answer
  maker must answered for each asked
  within 2 hours

test "in time"
  2026-01-05T10:00 asked    case A
  2026-01-05T12:00 answered case A
  expect answer for A fulfilled
"""
FAILING = TESTED.replace('test "in time"', 'test "late"').replace("T12:00 answered", "T12:01 answered")


def test_check_runs_the_tests_that_agreements_carry(file):
    assert check(file(TESTED)).stdout == "1 checked, no errors; 1 of 1 tests pass.\n"
    found = check(file(FAILING), code=exits.FOUND)
    assert "BPO900" in found.stderr and "it is missed" in found.stderr
    assert found.stderr.endswith("\n1 checked; 0 of 1 tests pass.\n")
    assert "no errors" not in found.stderr
    whole = json.loads(check("small.bpo", "--format", "json", code=exits.FOUND).stdout)
    assert [each["code"] for each in whole["problems"]] == ["BPO900"]
    assert check("small.bpo", "--no-tests").stdout == "1 checked, no errors.\n"


def test_an_agreement_with_errors_is_not_tried(file):
    file(WRONG, "wrong.bpo")
    found = check(file(FAILING), "wrong.bpo", code=exits.AGREEMENT)
    assert "1 of 2 agreements have errors; 0 of 1 tests pass." in found.stderr
