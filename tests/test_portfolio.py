"""A portfolio: many agreements over one stream give what each gives alone, and every line is accounted for once."""

from __future__ import annotations

import csv
import io
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bpodsl.cli import exits
from bpodsl.cli.main import main
from bpodsl.portfolio import ProcessLost, Stopped, Workers
from bpodsl.record.refusals import TOO_LARGE, LimitReached
from bpodsl.store import Spool
from tests.processes import heeds_ctrl_c
from tests.test_cli import SMALL, ran

PAID = """\
charge fee "Fee"
  each month
  buyer pays maker 100 {currency}
credit late "Credit" for on_time, of fee
  | at least 50% |  0% |
  | otherwise    | 10% |
"""

def agreement(name, more="", zone="UTC", currency="EUR", buyer="Buyer Ltd"):
    head = SMALL.partition('\ntest "')[0]
    text = head.replace("agreement small", f"agreement {name}").replace("time zone  UTC", f"time zone  {zone}")
    text = text.replace("EUR,", f"{currency},").replace("Buyer Ltd", buyer)
    return f"{text}\n{PAID.format(currency=currency)}{more}"


def line(number, subject, kind, when, **data):
    who = "buyer" if kind == "asked" else "maker"
    found = {"id": str(number), "source": who, "subject": subject, "type": kind, "time": when, "data": data}
    return json.dumps({name: value for name, value in found.items() if value is not None}) + "\n"


def cases(names, count=8):
    """For each agreement so many cases, the first of each month late in answering."""
    number, found = 0, []
    for case in range(count):
        for at, name in enumerate(names):
            day = f"2026-{1 + case // 4:02}-{5 + case % 4:02}"
            late = case % 4 <= at % 3
            for kind, when in (("asked", "08:00"), ("answered", "12:30" if late else "09:15")):
                number += 1
                found.append(line(number, name, kind, f"{day}T{when}:00Z", case=f"C{case}"))
    return found


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A folder with three agreements, one of them below, and a stream."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "all" / "below").mkdir(parents=True)
    (tmp_path / "all" / "alpha.bpo").write_text(agreement("alpha"), "utf-8")
    (tmp_path / "all" / "below" / "any_name.bpo").write_text(agreement("beta", zone="Europe/London"), "utf-8")
    (tmp_path / "all" / "gamma.bpo").write_text(agreement("gamma", currency="GBP", buyer="Other Ltd"), "utf-8")
    (tmp_path / "events.jsonl").write_text("".join(cases(["alpha", "beta", "gamma"])), "utf-8")
    return tmp_path


FILES = {"alpha": "all/alpha.bpo", "beta": "all/below/any_name.bpo", "gamma": "all/gamma.bpo"}
UNTIL = ("--until", "2026-04-01")


def folder(path):
    """All files below a folder, with their bytes."""
    return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}


def as_json(*arguments, code=exits.OK):
    return json.loads(ran("run", *arguments, "--format", "json", code=code).stdout)


# ------------------------------------------------------------------------------------ the same as alone
@pytest.mark.parametrize("jobs", [1, 2])
def test_each_agreement_gives_the_bytes_that_it_gives_alone_over_its_own_rows(here, jobs):
    wrong = line(90, "beta", "askd", "2026-01-07T08:00:00Z", case="X")
    lines = [*cases(FILES), wrong, line(91, "beta", "asked", "2026-01-07T08:00:00Z", kase="X")]
    Path("events.jsonl").write_text("".join(lines), "utf-8")
    ran("run", "all", "events.jsonl", *UNTIL, "--out", "together", "--jobs", str(jobs), code=exits.EVENTS)
    together = folder(here / "together")
    for name, file in FILES.items():
        own = [each if f'"{name}"' in each else "\n" for each in lines]
        Path("events.jsonl").write_text("".join(own), "utf-8")
        ran("run", file, "events.jsonl", *UNTIL, "--out", name, code=exits.EVENTS if name == "beta" else exits.OK)
        alone = folder(here / name)
        assert alone == {f.removeprefix(f"{name}/"): data for f, data in together.items() if f.startswith(f"{name}/")}
        assert ("quarantine.jsonl" in alone) == (name == "beta")
        assert len(alone["ledger.jsonl"].splitlines()) > 20


def test_where_every_line_names_its_agreement_the_whole_stream_does_for_one_alone(here):
    ran("run", "all", "events.jsonl", *UNTIL, "--out", "together")
    for name, file in FILES.items():
        ran("run", file, "events.jsonl", *UNTIL, "--out", name)
        for each in ("ledger.jsonl", "ledger.csv"):
            assert Path(name, each).read_bytes() == Path("together", name, each).read_bytes()


def test_neither_the_order_of_lines_nor_the_files_that_they_stand_in_make_a_difference(here):
    ran("run", "all", "events.jsonl", "--out", "one")
    lines = Path("events.jsonl").read_text("utf-8").splitlines(keepends=True)
    draw = random.Random(5)
    draw.shuffle(lines)
    Path("a.jsonl").write_text("".join(lines[:17]), "utf-8")
    Path("b.jsonl").write_text("".join(lines[17:]), "utf-8")
    ran("run", "all", "b.jsonl", "a.jsonl", "--out", "two")
    one, two = folder(here / "one"), folder(here / "two")
    assert one == two


@pytest.mark.parametrize("until", [(), UNTIL])
def test_any_number_of_processes_gives_the_same_bytes(here, until):
    Path("all/bad.bpo").write_text(agreement("bad") + "charge nonsense\n", "utf-8")
    with Path("events.jsonl").open("a") as file:
        file.writelines([line(95, "bad", "asked", "2026-01-07T08:00:00Z"), "{\n"])
    said = set()
    for jobs in ("1", "2", "5"):
        result = ran("run", "all", "events.jsonl", *until, "--out", f"out{jobs}", "--jobs", jobs, code=exits.AGREEMENT)
        said.add((result.stdout, result.stderr))
    assert len(said) == 1
    assert folder(here / "out1") == folder(here / "out2") == folder(here / "out5")


def test_many_rows_kept_in_a_file_give_the_same(here, monkeypatch):
    ran("run", "all", "events.jsonl", "--out", "one")
    monkeypatch.setattr("bpodsl.cli.portfolio.Spool", lambda path, count: Spool(path, count, 200))
    ran("run", "all", "events.jsonl", "--out", "two")
    assert folder(here / "one") == folder(here / "two")


# ------------------------------------------------------------------------------------ time
def test_without_until_all_are_known_until_the_latest_event_of_any(here):
    with Path("events.jsonl").open("a") as file:
        file.write(line(99, "gamma", "asked", "2026-03-09T08:00:00Z", case="Z"))
    found = as_json("all", "events.jsonl")
    assert {each["until"] for each in found["agreements"]} == {"2026-03-09T08:00:00.000001Z"}
    # One event that is a mistake does not make time known for all.
    with Path("events.jsonl").open("a") as file:
        file.write(line(100, "gamma", "asked", "2096-03-09T08:00:00Z", case="Y"))
    found = as_json("all", "events.jsonl", code=exits.EVENTS)
    assert {each["until"] for each in found["agreements"]} == {"2026-03-09T08:00:00.000001Z"}
    assert found["account"]["quarantined"] == 1


def test_without_any_event_each_is_known_until_it_begins(here):
    Path("none.jsonl").write_text("", "utf-8")
    found = as_json("all", "none.jsonl")
    assert {each["until"] for each in found["agreements"]} == {"2026-01-01T00:00:00Z"}
    assert found["notes"] == [{"place": "none.jsonl", "note": "no event is in this file"}]


def test_a_day_is_one_of_each_agreements_own_zone(here):
    found = as_json("all", "events.jsonl", "--until", "2026-07-01")
    assert [each["until"] for each in found["agreements"]] == [
        "2026-07-01T00:00:00Z", "2026-06-30T23:00:00Z", "2026-07-01T00:00:00Z",
    ]  # fmt: skip
    assert "Known until 2026-07-01 00:00, exclusive, in the zone of each." in ran(
        "run", "all", "events.jsonl", "--until", "2026-07-01"
    ).stdout  # fmt: skip


def test_as_known_at_is_asked_of_each(here):
    known = ("--as-known-at", "2026-02-05T08:30", *UNTIL)
    ran("run", "all", "events.jsonl", *known, "--out", "together")
    for name, file in FILES.items():
        ran("run", file, "events.jsonl", *known, "--out", name)
        assert Path(name, "ledger.jsonl").read_bytes() == Path("together", name, "ledger.jsonl").read_bytes()


# ------------------------------------------------------------------------------------ lines that go astray
def test_every_line_is_accounted_for_once(here):
    extra = [
        line(201, None, "asked", "2026-01-09T08:00:00Z", case="A"),
        line(202, "alfa", "asked", "2026-01-09T08:00:00Z", case="A"),
        line(203, "alpha", "surveyed", "2026-01-09T08:00:00Z", case="A"),
        line(204, "alpha", "asked", "2026-01-09T08:00:00Z"),
        "not json\n",
        line(1, "alpha", "asked", "2026-01-05T08:00:00Z", case="C0"),
        line(205, "beta", "asked", "2026-01-09T08:00:00Z", case="A").replace("}\n", ', "rev": 1}\n'),
    ]
    lines = [*Path("events.jsonl").read_text("utf-8").splitlines(keepends=True), *extra]
    Path("events.jsonl").write_text("".join(lines), "utf-8")
    ran("run", "all", "events.jsonl", *UNTIL, "--out", "out", "--quarantine", "aside.jsonl", code=exits.EVENTS)
    found = json.loads(Path("out/portfolio.json").read_text("utf-8"))
    assert found["account"] == {
        "lines": 55, "applied": 48, "duplicate": 1, "superseded": 0, "retracted": 0, "waiting": 1, "quarantined": 5,
        "not_ours": 0,
    }  # fmt: skip
    of_members = [each["account"] for each in found["agreements"]]
    assert sum(each["lines"] for each in of_members) == 55 - 3
    assert all(each["lines"] == sum(n for name, n in each.items() if name != "lines") for each in of_members)
    aside = [json.loads(each) for each in Path("aside.jsonl").read_text("utf-8").splitlines()]
    assert Path("aside.jsonl").read_bytes() == Path("out/quarantine.jsonl").read_bytes()
    assert [(each["agreement"], each["code"], each["place"]) for each in aside] == [
        ("", "EVT133", "events.jsonl:49"), ("", "EVT134", "events.jsonl:50"), ("alpha", "EVT123", "events.jsonl:51"),
        ("alpha", "EVT140", "events.jsonl:52"), ("", "EVT103", "events.jsonl:53"),
    ]  # fmt: skip
    assert "did you mean “alpha”?" in aside[1]["reason"]
    assert aside[2]["raw"] + "\n" == extra[2]


def test_a_run_without_anything_set_aside_leaves_no_list_of_an_earlier_one(here):
    Path("out").mkdir()
    Path("out/quarantine.jsonl").write_text("old\n", "utf-8")
    ran("run", "all", "events.jsonl", "--out", "out")
    assert not Path("out/quarantine.jsonl").exists()


def test_raw_files_are_mapped_by_each_agreement(here):
    Path("all/alpha.bpo").write_text(agreement("alpha", reads("asked", "Case")), "utf-8")
    Path("all/gamma.bpo").write_text(agreement("gamma", reads("answered", "Ref")), "utf-8")
    rows = ["Contract,At,Case,Ref", "alpha,2026-01-06 08:00,C1,x", "gamma,2026-01-06 08:00,y,C9"]
    rows += ["beta,2026-01-06 08:00,C1,", ",2026-01-06 08:00,C2,x", "delta,2026-01-06,C,x", ""]
    Path("calls.csv").write_text("\n".join(rows), "utf-8")
    result = ran("run", "all", "calls.csv", "--until", "2026-02-01", "--out", "out", code=exits.EVENTS)
    found = json.loads(Path("out/portfolio.json").read_text("utf-8"))
    assert [each["account"]["applied"] for each in found["agreements"]] == [1, 0, 1]
    assert re.findall(r"EVT\d+", result.stderr) == ["EVT137", "EVT133", "EVT134"]
    assert '"case":"C9"' in Path("out/gamma/ledger.jsonl").read_text("utf-8")


def reads(kind, column, separator=""):
    return f"""\
reads calls
  files "calls.csv"
  format csv{separator}
  subject column "Contract"
  id row number
  time column "At" in UTC
  row {kind}
    case column "{column}"
"""


def test_a_file_cannot_have_two_layouts(here):
    Path("all/alpha.bpo").write_text(agreement("alpha", reads("asked", "Case")), "utf-8")
    Path("all/gamma.bpo").write_text(agreement("gamma", reads("asked", "Case", ' separated by ";"')), "utf-8")
    Path("calls.csv").write_text("Contract,At,Case\n", "utf-8")
    result = ran("run", "all", "calls.csv", code=exits.USAGE)
    assert "takes it for CSV separated by “,” and that of `gamma` for CSV separated by “;”" in result.output


# ------------------------------------------------------------------------------------ agreements that cannot run
def test_the_others_run_where_one_has_errors(here):
    Path("all/bad.bpo").write_text(agreement("bad") + "charge nonsense\n", "utf-8")
    with Path("events.jsonl").open("a") as file:
        file.write(line(300, "bad", "asked", "2026-01-07T08:00:00Z", case="A"))
    result = ran("run", "all", "events.jsonl", *UNTIL, "--out", "out", code=exits.AGREEMENT)
    assert f"{Path('all/bad.bpo')} has errors, so it was not run." in result.stderr
    assert "Not run (1)" in result.stdout
    assert sorted(path.name for path in Path("out").iterdir() if path.is_dir()) == ["alpha", "beta", "gamma"]
    found = json.loads(Path("out/portfolio.json").read_text("utf-8"))
    assert found["not_run"] == [{"agreement": "all/bad.bpo", "why": "it has errors"}]
    assert found["account"]["quarantined"] == 1
    assert "EVT136" in Path("out/quarantine.jsonl").read_text("utf-8")


def test_two_of_one_name_are_not_run(here):
    Path("all/twin.bpo").write_text(agreement("alpha"), "utf-8")
    result = ran("run", "all", "events.jsonl", *UNTIL, code=exits.AGREEMENT)
    assert "`all/alpha.bpo` and `all/twin.bpo` are all called `alpha`" in result.stderr
    assert "EVT136 The line belongs to `alpha`, which was not run: several agreements have that name." in result.stderr
    assert "Portfolio of 2 agreements" in result.stdout


def test_nothing_runs_where_all_have_errors(here):
    Path("bad").mkdir()
    Path("bad/bad.bpo").write_text("agreement bad\n", "utf-8")
    result = ran("run", "bad", "events.jsonl", code=exits.AGREEMENT)
    assert not result.stdout and "has errors" in result.stderr


def test_a_folder_needs_an_agreement(here):
    Path("empty").mkdir()
    assert "There is no agreement in empty." in ran("run", "empty", "events.jsonl", code=exits.USAGE).output


def test_a_part_belongs_to_those_that_use_it_and_a_part_of_none_is_left_out(here):
    head, _, tail = agreement("alpha").partition("\n\n")
    Path("all/alpha.bpo").write_text(f'{head}\n\nuse "parts/rest.bpo"\n', "utf-8")
    other = agreement("delta").partition("\n\n")[0]
    Path("all/delta.bpo").write_text(f'{other}\n\nuse "parts/rest.bpo"\n', "utf-8")
    Path("all/parts").mkdir()
    Path("all/parts/rest.bpo").write_text(tail, "utf-8")
    Path("all/parts/unused.bpo").write_text("event forgotten from anyone\n", "utf-8")
    ran("run", "all", "events.jsonl", *UNTIL, "--out", "out")
    ran("run", "all/alpha.bpo", "events.jsonl", *UNTIL, "--out", "alone")
    assert Path("out/alpha/ledger.jsonl").read_bytes() == Path("alone/ledger.jsonl").read_bytes()
    result = ran("run", "all", "events.jsonl", *UNTIL)
    assert "note: all/parts/unused.bpo: no agreement uses this file, and it is none itself" in result.stderr
    assert "Portfolio of 4 agreements" in result.stdout


def test_an_agreement_that_another_uses_by_mistake_still_runs(here):
    Path("all/bad.bpo").write_text(agreement("bad") + '\nuse "alpha.bpo"\n', "utf-8")
    result = ran("run", "all", "events.jsonl", *UNTIL, code=exits.AGREEMENT)
    assert "BPO319" in result.stderr and "Portfolio of 3 agreements" in result.stdout


def test_warnings_are_left_to_check(here):
    unused = "calendar spare\n  mon-fri 09:00-17:00\n"
    Path("all/alpha.bpo").write_text(agreement("alpha", unused), "utf-8")
    result = ran("run", "all", "events.jsonl", *UNTIL)
    assert "BPO" not in result.stderr


# ------------------------------------------------------------------------------------ what is shown
def test_the_summary_says_what_is_owed_missed_and_due(here):
    found = as_json("all", "events.jsonl", "--until", "2026-03-01")
    alpha, beta, gamma = found["agreements"]
    assert [alpha["client_owes_net"], beta["client_owes_net"], gamma["client_owes_net"]] == [
        {"EUR": "200"}, {"EUR": "200"}, {"GBP": "180"},
    ]  # fmt: skip
    assert [each["duties_missed"] for each in found["agreements"]] == [2, 4, 6]
    assert [each["levels_missed"] for each in found["agreements"]] == [0, 0, 2]
    total = found["total"]
    assert (total["agreements"], total["duties_missed"], total["levels_missed"]) == (3, 12, 2)
    assert total["client_owes_net"] == {"EUR": "400", "GBP": "180"}
    assert total["parties"] == [
        {"party": "Buyer Ltd", "currency": "EUR", "owes": "400", "is_owed": "0", "net": "-400"},
        {"party": "Maker Ltd", "currency": "EUR", "owes": "0", "is_owed": "400", "net": "400"},
        {"party": "Maker Ltd", "currency": "GBP", "owes": "20", "is_owed": "200", "net": "180"},
        {"party": "Other Ltd", "currency": "GBP", "owes": "200", "is_owed": "20", "net": "-180"},
    ]  # fmt: skip


def test_the_table_can_be_summed(here):
    said = ran("run", "all", "events.jsonl", "--until", "2026-03-01", "--format", "csv").stdout
    *rows, eur, gbp = csv.DictReader(io.StringIO(said))
    assert [row["agreement"] for row in rows] == ["alpha", "beta", "gamma"]
    assert sum(int(row["duties_missed"]) for row in rows) == int(eur["duties_missed"]) == 12
    assert (eur["agreement"], eur["currency"], eur["client_owes_net"]) == ("(total)", "EUR", "400")
    assert [gbp[name] for name in ("currency", "client_owes", "client_is_owed", "duties_missed")] == [
        "GBP", "200", "20", "",
    ]  # fmt: skip
    assert sum(int(row["lines"]) for row in rows) == int(eur["lines"]) == 48


def test_json_lines_are_one_for_each_agreement(here):
    said = ran("run", "all", "events.jsonl", "--format", "jsonl").stdout
    assert [json.loads(each)["agreement"] for each in said.splitlines()] == ["alpha", "beta", "gamma"]


def test_what_asks_to_be_looked_at_first_comes_first(here):
    said = ran("run", "all", "events.jsonl", "--until", "2026-03-01").stdout
    at = [said.index(f" {name} ") for name in ("gamma", "beta", "alpha")]
    assert at == sorted(at)


def test_worlds_are_shown_but_not_summed_up(here):
    with_worlds = agreement("alpha").replace("  time zone", "  worlds     by scenario\n  time zone", 1)
    with_worlds = with_worlds.replace("  case  key\nevent", "  case  key\n  scenario  text, optional\nevent")
    Path("all/alpha.bpo").write_text(with_worlds, "utf-8")
    with Path("events.jsonl").open("a") as file:
        for number, world in enumerate(("R1", "R2"), 400):
            file.write(line(number, "alpha", "asked", "2026-01-09T08:00:00Z", case=world, scenario=world))
    found = as_json("all", "events.jsonl", "--until", "2026-03-01")
    assert [(each["agreement"], each.get("world")) for each in found["agreements"]] == [
        ("alpha", "R1"), ("alpha", "R2"), ("beta", None), ("gamma", None),
    ]  # fmt: skip
    assert found["total"]["client_owes_net"] == {"EUR": "200", "GBP": "180"}
    assert found["total"]["agreements"] == 3
    said = ran("run", "all", "events.jsonl").stdout
    assert "in total, without alpha" in " ".join(said.split())
    result = ran("run", "all", "events.jsonl", "--world", "R1", code=exits.USAGE)
    assert "--world is for one agreement" in result.output


def test_jobs_of_one_agreement_are_said_to_be_of_no_use(here):
    result = ran("run", FILES["alpha"], "events.jsonl", "--jobs", "3")
    assert "note: --jobs is for a portfolio; one agreement is run in one process." in result.stderr
    assert result.stdout == ran("run", FILES["alpha"], "events.jsonl").stdout


@pytest.mark.parametrize(
    "command",
    [
        "run all events.jsonl --quarantine events.jsonl", "run all events.jsonl --quarantine all/new.bpo",
        "run all alpha/ledger.jsonl --out .", "run all portfolio.csv --out .",
        "run all events.jsonl --out out --quarantine out/quarantine.jsonl",
        "run all events.jsonl --out out --quarantine out/beta/ledger.csv",
    ],
)  # fmt: skip
def test_nothing_is_written_over_what_is_read(here, command):
    Path("alpha").mkdir()
    for name in ("alpha/ledger.jsonl", "portfolio.csv"):
        Path(name).write_text("".join(cases(["alpha"], 1)), "utf-8")
    before = folder(here)
    result = ran(*command.split(), code=exits.USAGE)
    assert "Nothing was done" in result.output
    assert folder(here) == before


def test_input_that_breaks_off_is_incomplete_for_all(here):
    import gzip

    whole = gzip.compress(Path("events.jsonl").read_bytes())
    Path("events.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    result = ran("run", "all", "events.jsonl.gz", code=exits.EVENTS)
    assert "incomplete input: events.jsonl.gz: the packed file breaks off" in result.stderr


# ------------------------------------------------------------------------------------ many
TINY = """\
agreement a{n:04} "Agreement {n}"
  client     buyer  "Buyer Ltd"
  provider   maker  "Maker Ltd"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR, rounded half up to 0.01
event asked from buyer
  case  key
charge fee
  each month
  buyer pays maker {n} EUR
"""


def test_a_thousand_agreements(here):
    Path("many").mkdir()
    for n in range(1000):
        Path(f"many/{n}.bpo").write_text(TINY.format(n=n), "utf-8")
    events = [line(n, f"a{n * 7 % 1000:04}", "asked", "2026-01-07T08:00:00Z", case="A") for n in range(300)]
    Path("events.jsonl").write_text("".join(events), "utf-8")
    result = ran("run", "many", "events.jsonl", "--until", "2026-02-02", "--format", "json")
    found = json.loads(result.stdout)
    assert found["total"]["agreements"] == 1000
    assert found["total"]["client_owes_net"] == {"EUR": str(sum(range(1000)))}
    assert found["account"]["applied"] == 300
    own = {f"a{n * 7 % 1000:04}" for n in range(300)}
    assert all(each["account"]["lines"] == (each["agreement"] in own) for each in found["agreements"])


# ------------------------------------------------------------------------------------ processes
def halved(number):
    if number == 3:
        raise ValueError("three has no half")
    if number == 5:
        raise LimitReached(TOO_LARGE, file="five", limit="4")
    if number == 7:
        raise FileNotFoundError(2, "No such file or directory", "seven")
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return number / 2


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_the_order_of_the_tasks(jobs):
    told = []
    with Workers(jobs) as workers:
        assert list(workers.each(halved, range(20, 60, 2), str, told.append)) == [float(n) for n in range(10, 30)]
        assert list(workers.each(halved, [8], str)) == [4.0]
        assert list(workers.each(halved, [], str)) == []
    assert told == list(range(1, 21))


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_goes_wrong_in_a_process_is_told_here(jobs):
    with pytest.raises(Stopped, match="three has no half") as stopped, Workers(jobs) as workers:
        list(workers.each(halved, [2, 3, 4], "task {}".format))
    assert stopped.value.task == "task 3"
    with pytest.raises(LimitReached, match="five holds more than 4 of text"), Workers(jobs) as workers:
        list(workers.each(halved, [2, 5], str))
    with pytest.raises(FileNotFoundError) as gone, Workers(jobs) as workers:
        list(workers.each(halved, [2, 7], str))
    assert gone.value.filename == "seven"


def test_a_process_that_is_killed_is_missed():
    with pytest.raises(ProcessLost), Workers(2) as workers:
        list(workers.each(halved, [2, 9, 4], str))


def test_a_defect_is_reported_with_the_agreement(here, monkeypatch, capfd):
    def broken(*_):
        raise ValueError("a defect")

    monkeypatch.setattr("bpodsl.kernel.kernel.gather", broken)
    monkeypatch.setattr(sys, "argv", ["bpodsl", "run", "all", "events.jsonl", *UNTIL])
    monkeypatch.setenv("TMPDIR", str(here))
    with pytest.raises(SystemExit) as left:
        main()
    said = capfd.readouterr().err
    assert left.value.code == exits.INTERNAL
    assert "error: the work on `alpha` failed." in said and "Traceback" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="signals of Unix")
@pytest.mark.parametrize("to_all", [True, False])
def test_ctrl_c_ends_all_processes(here, to_all):
    Path("many").mkdir()
    for n in range(400):
        Path(f"many/{n}.bpo").write_text(agreement(f"a{n}"), "utf-8")
    command = [sys.executable, "-m", "bpodsl", "run", "many", "events.jsonl", "--jobs", "2"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heeds_ctrl_c,
        start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while len(children := children_of(running.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    if to_all:  # As a terminal does.
        os.killpg(running.pid, signal.SIGINT)
    else:
        running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=60)
    assert running.returncode == exits.STOPPED, err
    assert not out and "stopped before the end" in err and "Traceback" not in err
    deadline = time.monotonic() + 60
    while any(Path(f"/proc/{each}").exists() for each in children) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(children) > 1 and not [each for each in children if Path(f"/proc/{each}").exists()]


def children_of(pid):
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(each) for each in found.split()]
