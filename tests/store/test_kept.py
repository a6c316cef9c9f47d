"""A store through the command line: nothing is lost, and nothing comes twice."""

from __future__ import annotations

import gzip
import json
import random
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from bpodsl.cli import exits, spooled
from bpodsl.cli.main import bpodsl
from bpodsl.record.chain import Chain
from bpodsl.store.kept import VERSION
from tests.conftest import ROOT
from tests.processes import heeds_ctrl_c
from tests.test_cli import SMALL, WORLDS, event, ran

CARE = ROOT / "examples" / "customer_care"


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.bpo").write_text(SMALL, encoding="utf-8")
    return tmp_path


def lines_of_cases(count: int, late: int = 3) -> list[str]:
    """Events of so many cases in the order of their times; every so many is answered too late."""
    found = []
    for n in range(count):
        day, hour = f"2026-01-{5 + n // 8:02}", 8 + n % 8
        asked, answered = f"{day}T{hour:02}:00:00Z", f"{day}T{hour + (4 if n % late == 0 else 1):02}:30:00Z"
        found.append((asked, event(2 * n, "asked", asked, case=f"C{n}")))
        found.append((answered, event(2 * n + 1, "answered", answered, case=f"C{n}")))
    return [line for _, line in sorted(found)]


LINES = lines_of_cases(40)


def plain(*files, until=(), agreement="small.bpo") -> str:
    return ran("run", agreement, *files, *until, "--format", "jsonl").stdout


def ledger(*more) -> str:
    return ran("ledger", "--store", "s.db", *more).stdout


def keep(*arguments, code=exits.OK, **more):
    return ran("run", "small.bpo", *arguments, "--store", "s.db", code=code, **more)


def write(path: str, lines) -> str:
    Path(path).write_text("".join(lines), encoding="utf-8")
    return path


def rows(asked: str) -> list[tuple]:
    with sqlite3.connect("s.db") as db:
        return list(db.execute(asked))


# ------------------------------------------------------------------------------------ any chunking
@pytest.mark.parametrize("seed", range(6))
def test_any_chunking_gives_the_ledger_of_one_run(here, seed):
    dice = random.Random(seed)
    lines = [*LINES]
    if seed % 2:
        dice.shuffle(lines)
    until = ("--until", "2026-02-01") if seed % 3 else ()
    write("all.jsonl", lines)
    cuts = sorted(dice.sample(range(1, len(lines)), 4))
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(lines)], strict=True)):
        chunk = "".join(lines[start:end])
        if dice.random() < 0.3:
            keep("-", *until, stdin=chunk)
        else:
            write(f"{number}.jsonl", chunk)
            keep(f"{number}.jsonl", *until)
    assert ledger() == plain("all.jsonl", until=until)


def test_a_file_may_grow_anywhere(here):
    whole = "".join(LINES).encode()
    write("all.jsonl", LINES)
    wanted = plain("all.jsonl")
    for end in (0, 10, 400, 401, 3000, len(whole) - 1, len(whole)):
        Path("e.jsonl").write_bytes(whole[:end])
        # A line that is not there yet as a whole is set aside until it is.
        code = exits.OK if not end or whole[:end].endswith(b"}\n") or whole[:end].endswith(b"}}") else exits.EVENTS
        keep("e.jsonl", code=code)
    assert ledger() == wanted
    assert rows("SELECT count(*), sum(position) FROM source") == [(1, len(whole))]
    assert rows("SELECT * FROM aside") == []


def test_the_same_again_changes_nothing(here):
    write("a.jsonl", LINES[:30])
    write("b.jsonl", LINES[30:])
    keep("a.jsonl", "b.jsonl")
    keep("-", stdin="".join(LINES[10:20]))
    before, shown = Path("s.db").read_bytes(), ledger()
    Path("b.jsonl").rename("folder.tmp")
    Path("elsewhere").mkdir()
    Path("folder.tmp").rename("elsewhere/b.jsonl")
    for files in (["a.jsonl"], ["elsewhere/b.jsonl", "a.jsonl"], [], [str(here / "a.jsonl")]):
        keep(*files)
        assert Path("s.db").read_bytes() == before
    keep("-", stdin="".join(LINES[10:20]))
    assert Path("s.db").read_bytes() == before
    assert ledger() == shown
    # Under another name the lines are read, and are duplicates.
    write("c.jsonl", LINES[:30])
    assert "40 duplicate" in keep("c.jsonl").stdout
    assert ledger() == shown


def test_packed_files_and_csv_are_read_on(here):
    Path("small.bpo").write_text(
        SMALL + '\nreads desk\n  files   "*.csv"\n  format  csv\n  time    column "When" in UTC\n  id      row number\n'
        '  row asked when column "What" is "asked"\n    case  column "Case"\n'
        '  row answered when column "What" is "answered"\n    case  column "Case"\n',
        encoding="utf-8",
    )
    cells = [
        f"{each['time']},{each['type']},{each['data']['case']}\n" for each in map(json.loads, LINES)
    ]
    whole = "".join(["When,What,Case\n", *cells]).encode()
    Path("e.csv").write_bytes(whole)
    wanted = plain("e.csv")
    assert len(wanted.splitlines()) > 80
    for end in (1000, 2000, len(whole)):
        end = whole.rindex(b"\n", 0, end) + 1
        Path("e.csv.gz").write_bytes(gzip.compress(whole[:end]))
        keep("e.csv.gz")
    assert ledger() == wanted
    # One that breaks off is incomplete, and is read on when it is whole.
    Path("s.db").unlink()
    packed = gzip.compress(whole, mtime=0)
    Path("e.csv.gz").write_bytes(packed[: len(packed) * 2 // 3])
    assert "incomplete input" in keep("e.csv.gz", code=exits.EVENTS).stderr
    assert "incomplete input" in keep(code=exits.EVENTS).stderr
    Path("e.csv.gz").write_bytes(packed)
    keep("e.csv.gz")
    assert ledger() == wanted


def test_a_file_that_changed_before_its_offset_is_refused(here):
    write("a.jsonl", LINES[:10])
    keep("a.jsonl")
    before = Path("s.db").read_bytes()
    for changed in (LINES[1:20], LINES[:9]):
        write("a.jsonl", changed)
        said = keep("a.jsonl", code=exits.VERIFY).stderr
        assert "STO110: `a.jsonl` is not what it was" in said and "Next: " in said
        assert Path("s.db").read_bytes() == before
    # Another file, of the same name elsewhere, is another source.
    Path("x").mkdir()
    write("x/a.jsonl", LINES[10:20])
    keep("x/a.jsonl")
    assert rows("SELECT count(*) FROM source") == [(2,)]


def test_what_is_no_text_is_not_taken(here):
    write("a.jsonl", LINES[:4])
    Path("b.csv").write_bytes(b"PK\x03\x04 and so on")
    assert "workbook" in keep("a.jsonl", "b.csv", code=exits.EVENTS).stderr
    keep()
    assert rows("SELECT name FROM source") == [("a.jsonl",)]


def test_standard_input_is_a_source_each_time(here):
    for at in range(0, len(LINES), 20):
        keep("-", stdin="".join(LINES[at : at + 20]))
    assert rows("SELECT name FROM source") == [("-",), ("2/-",), ("3/-",), ("4/-",)]
    write("all.jsonl", LINES)
    assert ledger() == plain("all.jsonl")


# ------------------------------------------------------------------------------------ time
def test_time_that_was_told_is_not_taken_back_by_silence(here):
    write("a.jsonl", LINES[:30])
    keep("a.jsonl", "--until", "2026-02-01")
    keep()
    assert ledger() == plain("a.jsonl", until=("--until", "2026-02-01"))
    keep("--until", "2026-01-20")
    assert ledger() == plain("a.jsonl", until=("--until", "2026-01-20"))
    write("b.jsonl", [event(999, "asked", "2026-03-01T00:00:00Z", case="Z")])
    keep("b.jsonl")
    assert ledger() == plain("a.jsonl", "b.jsonl")


@pytest.mark.parametrize("known", ["2026-01-05", "2026-01-06T09:30", "2026-01-31", "2027-01-01"])
def test_as_known_at(here, known):
    late = json.loads(event(900, "answered", "2026-01-05T09:00:00Z", case="C0"))
    write("a.jsonl", [*LINES, json.dumps(late | {"recordedtime": "2026-01-07T00:00:00Z"}) + "\n"])
    keep("a.jsonl", "--until", "2026-02-01")
    then = ["--until", "2026-02-01", "--as-known-at", known]
    assert ledger("--as-known-at", known) == plain("a.jsonl", until=then)
    for form in ("csv", "json", "text"):
        wanted = ran("run", "small.bpo", "a.jsonl", *then, "--format", form).stdout
        assert ledger("--as-known-at", known, "--format", form) == wanted


def test_explain_reads_a_store(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", "--until", "2026-02-01")
    asked = ["--of", "answer", "--for", "C3"]
    wanted = ran("explain", "small.bpo", "a.jsonl", "--until", "2026-02-01", *asked).stdout
    assert ran("explain", "--store", "s.db", *asked).stdout == wanted
    then = ran("explain", "--store", "s.db", *asked, "--as-known-at", "2026-01-05T12:30").stdout
    assert then and then != wanted
    ran("explain", "small.bpo", "a.jsonl", "--store", "s.db", *asked, code=exits.USAGE)
    ran("explain", *asked, code=exits.USAGE)
    ran("explain", "small.bpo", *asked, code=exits.USAGE)
    ran("explain", "small.bpo", "a.jsonl", *asked, "--as-known-at", "2026-01-06", code=exits.USAGE)


# ------------------------------------------------------------------------------------ what is published stands
def posted(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def test_what_came_late_changes_what_was_not_published(here):
    answered = [each for each in LINES if '"C1"' in each and "answered" in each]
    write("a.jsonl", [each for each in LINES if each not in answered])
    write("b.jsonl", answered)
    keep("a.jsonl", "--until", "2026-02-01")
    said = keep("b.jsonl", "--until", "2026-02-01").stderr
    assert "posted otherwise now" in said and "--publish" in said
    assert ledger() == plain("a.jsonl", "b.jsonl", until=("--until", "2026-02-01"))


def test_what_is_published_stands(here):
    answered = [each for each in LINES if '"C1"' in each and "answered" in each]
    write("a.jsonl", [each for each in LINES if each not in answered])
    write("b.jsonl", answered)
    keep("a.jsonl", "--until", "2026-01-20", "--publish")
    before = ledger()
    # A repetition tells nothing new, and under another name neither.
    write("c.jsonl", LINES[:5])
    keep("c.jsonl", "--until", "2026-01-20")
    assert ledger() == before
    keep("b.jsonl", "--until", "2026-02-01")
    after = ledger()
    assert after.startswith(before)
    new = posted(after[len(before) :])
    # What comes late is known from when it was published, and restates what it changes.
    assert {each["known"] for each in new if each["kind"] in ("Withdrawn", "Restated")} == {"2026-01-20T00:00:00Z"}
    assert any(each["clause"] == "answer" and each["kind"] == "Fulfilled" for each in new)
    now = {each["id"] for each in posted(ledger("--as-known-at", "2026-01-07"))}
    assert now < {each["id"] for each in posted(before)}
    said = keep("--until", "2026-01-10", code=exits.USAGE).stderr
    assert "STO112" in said
    keep("--publish")
    assert ledger() == after
    keep("b.jsonl", "c.jsonl")
    assert ledger() == after


def test_published_in_steps_and_fed_in_any_order_nothing_that_stands_is_changed(here):
    dice = random.Random(5)
    lines = [*LINES]
    dice.shuffle(lines)
    stands = ""
    for step, day in enumerate(range(6, 12)):
        write(f"{step}.jsonl", lines[step * 14 : step * 14 + 14])
        keep(f"{step}.jsonl", "--until", f"2026-01-{day:02}", "--publish")
        assert ledger().startswith(stands)
        stands = ledger()
        assert ran("ledger", "--store", "s.db", "--format", "json").stdout


def test_what_cannot_be_published(here):
    Path("worlds.bpo").write_text(WORLDS, encoding="utf-8")
    write("w.jsonl", [event(1, "asked", "2026-01-05T10:00:00Z", case="A", scenario="x")])
    said = ran("run", "worlds.bpo", "w.jsonl", "--store", "s.db", "--publish", code=exits.USAGE).stderr
    assert "STO115" in said and "worlds" in said
    assert rows("SELECT count(*) FROM sqlite_master") == [(0,)]
    write("far.jsonl", [*LINES, event(998, "asked", "2099-01-01T00:00:00Z", case="Z")])
    assert "EVT161" in keep("far.jsonl", code=exits.EVENTS).stderr
    assert "STO115" in keep("--publish", code=exits.USAGE).stderr


# ------------------------------------------------------------------------------------ several agreements, and texts
def test_several_agreements_and_worlds_in_one_store(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    Path("worlds.bpo").write_text(WORLDS.replace("agreement small", "agreement other"), encoding="utf-8")
    given = [event(1, "asked", "2026-01-05T10:00:00Z", case="A", scenario=each) for each in ("x", "y")]
    write("w.jsonl", [given[0], given[1].replace('"id": "1"', '"id": "2"')])
    ran("run", "worlds.bpo", "w.jsonl", "--store", "s.db")
    assert ledger("--agreement", "small") == plain("a.jsonl")
    wanted = plain("w.jsonl", agreement="worlds.bpo")
    assert ledger("--agreement", "other") == wanted
    assert ledger("--agreement", "other", "--world", "x") == "".join(
        line + "\n" for line in wanted.splitlines() if json.loads(line)["world"] == "x"
    )
    for form in ("jsonl", "text"):
        of_other = ("ledger", "--store", "s.db", "--format", form, "--agreement", "other", "--world", "z")
        assert "no world `z`; there is x, y" in ran(*of_other, code=exits.USAGE).stderr
        of_small = ("ledger", "--store", "s.db", "--format", form, "--agreement", "small", "--world", "z")
        assert "has no worlds" in ran(*of_small, code=exits.USAGE).stderr
    assert "`other`, `small`" in ran("ledger", "--store", "s.db", code=exits.USAGE).stderr
    assert "no `third`" in ran("ledger", "--store", "s.db", "--agreement", "third", code=exits.USAGE).stderr
    # Where no event names a world any longer, or a first one does, the ledger is that of one run.
    ran("run", "worlds.bpo", "--store", "t.db")
    ran("run", "worlds.bpo", "w.jsonl", "--store", "t.db")
    assert ran("ledger", "--store", "t.db").stdout == wanted


CHANGE = """
change sooner "Amendment 1" effective 2026-02-01 signed {signed}
  answer: within 1 hour
"""


def test_an_amendment_applies_from_its_date(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", "--until", "2026-01-20")
    before = ledger()
    later = [
        event(901, "asked", "2026-02-02T10:00:00Z", case="L"), event(902, "answered", "2026-02-02T11:30:00Z", case="L")
    ]  # fmt: skip
    write("b.jsonl", later)
    Path("small.bpo").write_text(SMALL + CHANGE.format(signed="2026-01-20"), encoding="utf-8")
    keep("b.jsonl", "--until", "2026-03-01")
    assert ledger().startswith(before)
    # What was posted stands as it was posted; what follows is what one run over all comes to.
    wanted = plain("a.jsonl", "b.jsonl", until=("--until", "2026-03-01"))
    assert ledger().splitlines()[before.count("\n") :] == wanted.splitlines()[before.count("\n") :]
    assert [each["id"] for each in posted(ledger())] == [each["id"] for each in posted(wanted)]
    assert any(each["id"] == "answer/Missed/desk/901" for each in posted(ledger()[len(before) :]))
    keep()
    assert ledger().startswith(before)
    Path("small.bpo").write_text(SMALL + CHANGE.format(signed="2026-01-05"), encoding="utf-8")
    assert "STO111" in keep(code=exits.AGREEMENT).stderr
    assert [each for (each,) in rows("SELECT version FROM text")] == [1, 2]


def test_a_text_that_says_otherwise_what_was_posted_is_refused(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", "--until", "2026-01-20")
    before, shown = Path("s.db").read_bytes(), ledger()
    Path("small.bpo").write_text(SMALL.replace("within 2 hours", "within 3 hours"), encoding="utf-8")
    said = keep("a.jsonl", code=exits.AGREEMENT).stderr
    assert "STO111" in said and "signed no earlier than 2026-01-20" in said and "`change`" in said
    assert Path("s.db").read_bytes() == before
    # Other words alone are no other terms; what was posted keeps those in which it was.
    Path("small.bpo").write_text(SMALL.replace('"Answer"', '"Answer in time"'), encoding="utf-8")
    keep("a.jsonl")
    assert ledger() == shown
    assert "Answer in time" in ledger("--format", "text")


def test_an_agreement_of_several_files(here):
    head, _, tail = SMALL.partition("\n\n")
    Path("parts").mkdir()
    Path("small.bpo").write_text(f'{head}\n\nuse "parts/part.bpo"\n', encoding="utf-8")
    Path("parts/part.bpo").write_text(tail, encoding="utf-8")
    write("a.jsonl", LINES)
    keep("a.jsonl")
    wanted = plain("a.jsonl")
    assert rows("SELECT name FROM text ORDER BY place") == [("small.bpo",), ("parts/part.bpo",)]
    Path("parts/part.bpo").unlink()
    Path("small.bpo").unlink()
    assert ledger() == wanted
    assert ledger("--format", "csv").count("\n") == wanted.count("\n") + 1
    Path("small.bpo").write_text(SMALL, encoding="utf-8")
    keep("a.jsonl")
    assert rows("SELECT max(version) FROM text") == [(2,)]


# ------------------------------------------------------------------------------------ lines set aside
def broken(lines, at):
    return [*lines[:at], lines[at].replace("2026-01", "2026-13"), *lines[at + 1 :]]


@pytest.mark.parametrize("publish", [(), ("--publish",)])
def test_a_line_that_was_set_aside_is_mended_and_read_again(here, publish):
    write("a.jsonl", [*broken(LINES, 4), "not json\n"])
    keep("a.jsonl", "--until", "2026-02-01", "--quarantine", "aside.jsonl", *publish, code=exits.EVENTS)
    before = ledger()
    aside = [json.loads(line) for line in Path("aside.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["place"] for each in aside] == ["a.jsonl:5", "a.jsonl:81"]
    write("aside.jsonl", [json.dumps(aside[0] | {"raw": LINES[4].strip()}) + "\n"])
    said = ran("requeue", "aside.jsonl", "--store", "s.db", "--quarantine", "rest.jsonl", code=exits.EVENTS)
    assert "1 line read again" in said.stderr and "80 applied, 1 quarantined" in said.stdout
    assert Path("rest.jsonl").read_text(encoding="utf-8").count("\n") == 1
    write("aside.jsonl", [json.dumps(aside[1] | {"raw": None}) + "\n"])
    assert "80 applied, 1 not ours" in ran("requeue", "aside.jsonl", "--store", "s.db").stdout
    if publish:
        # It is known from when it was published.
        assert ledger().startswith(before) and ledger() != before
        new = posted(ledger()[len(before) :])
        assert new and min(each["known"] for each in new) == "2026-02-01T00:00:00Z"
    else:
        write("sound.jsonl", LINES)
        assert ledger() == plain("sound.jsonl", until=("--until", "2026-02-01"))
    keep("a.jsonl")
    assert "STO116" in ran("requeue", "aside.jsonl", "--store", "s.db", code=exits.USAGE).stderr


def test_a_row_of_cells_is_mended(here):
    Path("small.bpo").write_text(SMALL, encoding="utf-8")
    cells = [f"{e['id']},desk,{e['type']},{e['time']},{e['data']['case']}\n" for e in map(json.loads, LINES)]
    head = "id,source,type,time,case\n"
    write("whole.csv", [head, *cells])
    write("a.csv", [head, *cells[:3], "1,2\n", *cells[4:]])
    keep("a.csv", "--quarantine", "aside.jsonl", "--until", "2026-02-01", code=exits.EVENTS)
    (aside,) = map(json.loads, Path("aside.jsonl").read_text(encoding="utf-8").splitlines())
    for raw, code in (("3,4", exits.EVENTS), ("1\n2", exits.EVENTS), (cells[3].strip(), exits.OK)):
        write("aside.jsonl", [json.dumps(aside | {"raw": raw})])
        ran("requeue", "aside.jsonl", "--store", "s.db", code=code)
    assert ledger() == plain("whole.csv", until=("--until", "2026-02-01"))


def test_lines_that_an_earlier_text_could_not_read_wait_to_be_requeued(here):
    asked = [event(900, "waived", "2026-01-05T09:00:00Z", case="C1"), event(901, "asked", "2026-01-06T09:00:00Z")]
    write("a.jsonl", [*LINES, *asked])
    keep("a.jsonl", "--until", "2026-02-01", code=exits.EVENTS)
    before = ledger()
    Path("small.bpo").write_text(
        SMALL.replace("obligation answer", "event waived from buyer\n  case  key\n\nobligation answer"),
        encoding="utf-8",
    )
    said = keep("a.jsonl", code=exits.EVENTS)
    assert "2 quarantined" in said.stdout and "EVT123" in said.stderr
    assert ledger() == before
    said = ran("requeue", "--store", "s.db", code=exits.EVENTS)
    assert "2 lines read again" in said.stderr and "1 quarantined" in said.stdout
    assert "0 lines read again" in ran("requeue", "--store", "s.db", code=exits.EVENTS).stderr


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x", "STO117"), ("[]", "STO117"), ('{"place": "a.jsonl:1"}', "STO117"), ('{"raw": "x"}', "STO117"),
        ('{"place": "a.jsonl:1", "raw": 1}', "STO117"), ('{"place": "a.jsonl:one", "raw": ""}', "STO117"),
        ('{"place": "a.jsonl:1", "raw_base64": "x"}', "STO117"), ('{"place": "a.jsonl:1", "raw": ""}', "STO116"),
        ('{"place": "a.jsonl:82", "raw": ""}', "STO116"),
    ],
)  # fmt: skip
def test_what_cannot_be_requeued(here, text, code):
    write("a.jsonl", [*LINES, LINES[0].replace("C0", "C7"), "\n"])
    keep("a.jsonl", code=exits.EVENTS)
    write("aside.jsonl", [text])
    before = Path("s.db").read_bytes()
    assert code in ran("requeue", "aside.jsonl", "--store", "s.db", code=exits.USAGE).stderr
    assert Path("s.db").read_bytes() == before


# ------------------------------------------------------------------------------------ the file itself
LATER = {
    1: ("held", "mended", "head", "checkpoint", "reached", "routed", "laid", "stood"),
    2: ("head", "checkpoint", "reached", "routed", "laid", "stood"), 3: ("reached", "routed", "laid", "stood"),
    4: ("routed", "laid", "stood"), 5: ("stood",),
}  # fmt: skip
"""By form, the tables that it did not have."""


@pytest.mark.parametrize("form", sorted(LATER))
def test_a_store_of_an_earlier_form_is_brought_to_this_one(here, form):
    write("a.jsonl", LINES[:40])
    keep("a.jsonl")
    with sqlite3.connect("s.db") as db:
        for table in LATER[form]:
            db.execute(f"DROP TABLE {table}")
        if form < 3:
            db.execute("ALTER TABLE posting DROP COLUMN link")
        db.execute(f"PRAGMA user_version = {form}")
    before = Path("s.db").read_bytes()
    assert ledger() == plain("a.jsonl")
    assert Path("s.db").read_bytes() == before
    keep("a.jsonl")
    assert rows("PRAGMA user_version") == [(VERSION,)]
    assert ledger() == plain("a.jsonl")


def test_a_store_that_an_earlier_version_made_is_brought_to_this_one(here):
    """`forms/2.db`: published, with several agreements and worlds, as version 0.1.0 wrote it before it had chains."""
    Path("s.db").write_bytes((ROOT / "tests" / "store" / "forms" / "2.db").read_bytes())
    read = ledger("--agreement", "small")
    assert Path("s.db").read_bytes() == (ROOT / "tests" / "store" / "forms" / "2.db").read_bytes()
    before = rows("SELECT agreement, world, sequence, known, entry FROM posting ORDER BY 1, 2, 3")
    keep()
    assert rows("SELECT agreement, world, sequence, known, entry FROM posting ORDER BY 1, 2, 3") == before
    Path("worlds.bpo").write_text(WORLDS.replace("agreement small", "agreement other"), encoding="utf-8")
    ran("run", "worlds.bpo", "--store", "s.db")
    write("a.jsonl", LINES[:20])
    write("b.jsonl", LINES[20:40])
    Path("t.db").unlink(missing_ok=True)
    ran("run", "small.bpo", "a.jsonl", "--store", "t.db", "--publish")
    ran("run", "small.bpo", "b.jsonl", "--store", "t.db")
    assert read == ledger("--agreement", "small") == ran("ledger", "--store", "t.db").stdout
    with sqlite3.connect("t.db") as db:
        wanted = list(db.execute("SELECT world, postings, link FROM head"))
    assert rows("SELECT world, postings, link FROM head WHERE agreement = 1") == wanted
    assert [each for each, in rows("SELECT world FROM head WHERE agreement = 2 ORDER BY 1")] == ["x", "y"]
    for each in ("small", "other"):
        assert "It verifies." in ran("verify", "s.db", "--agreement", each).stdout


def test_a_portfolio_is_kept_agreement_by_agreement(here):
    folder = ROOT / "examples" / "portfolio"
    # A line that names no agreement is set aside of a portfolio; one agreement alone takes it for its own.
    lines = (folder / "desk.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    write("desk.jsonl", [line for line in lines if '"subject"' in line])
    Path("clearing.csv").write_bytes((folder / "clearing.csv").read_bytes())
    files = ["desk.jsonl", "clearing.csv"]
    until = ("--until", "2026-07-01")
    ran("run", folder, *files, *until, "--out", "all", code=exits.EVENTS)
    names = [path.parent.name for path in Path("all").glob("*/ledger.jsonl")]
    assert len(names) == 3
    for path in sorted(folder.rglob("*.bpo")):
        found = next((name for name in names if f"agreement {name} " in path.read_text(encoding="utf-8")), None)
        if found is None:
            continue
        done = CliRunner().invoke(bpodsl, ["run", str(path), *files, "--store", "s.db", *until])
        assert done.exit_code in (exits.OK, exits.EVENTS), done.output
        wanted = [json.loads(line) for line in (Path("all") / found / "ledger.jsonl").read_text("utf-8").splitlines()]
        assert posted(ledger("--agreement", found)) == wanted
    assert len(rows("SELECT name FROM agreement")) == 3


def test_one_writes_and_others_read(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    wanted = ledger()
    holder = sqlite3.connect("s.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    said = keep("a.jsonl", code=exits.IN_USE).stderr
    assert "STO101" in said
    assert ledger() == wanted
    assert ran("explain", "--store", "s.db", "--of", "answer", "--for", "C3").stdout
    holder.execute("ROLLBACK")
    holder.close()
    keep("a.jsonl")


def test_a_store_of_another_form_or_program_is_refused(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    whole = Path("s.db").read_bytes()
    with sqlite3.connect("s.db") as db:
        db.execute("PRAGMA user_version = 7")
    for command in (["run", "small.bpo", "a.jsonl"], ["ledger"], ["explain", "--of", "answer"]):
        assert "form 7" in ran(*command, "--store", "s.db", code=exits.VERSION).stderr
    with sqlite3.connect("other.db") as db:
        db.execute("CREATE TABLE t (x)")
    other = Path("other.db").read_bytes()
    said = ran("run", "small.bpo", "a.jsonl", "--store", "other.db", code=exits.USAGE).stderr
    assert "STO103" in said and Path("other.db").read_bytes() == other
    Path("empty.db").write_bytes(b"")
    assert "empty" in ran("ledger", "--store", "empty.db", code=exits.USAGE).stderr
    # What is no database at all is left as it is.
    write("text.db", LINES)
    assert "STO104" in ran("run", "small.bpo", "a.jsonl", "--store", "text.db", code=exits.VERIFY).stderr
    assert Path("text.db").read_text(encoding="utf-8") == "".join(LINES)
    assert "Nothing was done" in ran("run", "small.bpo", "a.jsonl", "--store", "a.jsonl", code=exits.USAGE).stderr
    Path("s.db").write_bytes(whole[: len(whole) // 2])
    assert ran("ledger", "--store", "s.db", "--format", "csv", code=exits.VERIFY).stderr
    ran("run", "small.bpo", "a.jsonl", "--store", "nowhere/s.db", code=exits.IO)
    ran("ledger", "--store", "nowhere.db", code=exits.USAGE)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE posting SET entry = replace(entry, 'Missed', 'Fulfilled')", "STO106"),
        ("DELETE FROM posting WHERE sequence = (SELECT max(sequence) FROM posting)", "STO106"),
        ("DELETE FROM posting WHERE sequence = 3", "STO106"),
        ("DELETE FROM head", "STO106"),
        ("UPDATE head SET postings = postings - 1", "STO106"),
        ("UPDATE posting SET link = replace(link, 'a', 'b')", "STO106"),
        ("UPDATE posting SET entry = '[' || entry", "STO106"),
        ("UPDATE posting SET known = known + 1", "STO106"),
        ("UPDATE posting SET sequence = sequence + 1000", "STO106"),
        ("DELETE FROM part WHERE start > 0", "STO104"),
        ("UPDATE part SET bytes = x'00'", "STO104"),
        ("UPDATE source SET digest = 'x'", "STO104"),
    ],
)
def test_what_somebody_else_changed_is_found(here, change, code):
    write("a.jsonl", LINES[:40])
    keep("a.jsonl")
    write("a.jsonl", LINES)
    keep("a.jsonl", "--publish")
    with sqlite3.connect("s.db") as db:
        db.execute(change)
    for command in (["run", "small.bpo"], ["ledger", "--format", "text"], ["explain", "--of", "answer"]):
        said = ran(*command, "--store", "s.db", code=exits.VERIFY).stderr
        assert code in said, said


def test_a_store_that_does_not_say_how_far_time_is_known_is_damaged(here):
    """Whoever runs it finds that out again from what was read; whoever only reads it cannot."""
    write("a.jsonl", LINES[:40])
    keep("a.jsonl")
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE agreement SET until = NULL")
    for command in (["ledger", "--format", "text"], ["explain", "--of", "answer"]):
        assert "STO104" in ran(*command, "--store", "s.db", code=exits.VERIFY).stderr
    ran("run", "small.bpo", "--store", "s.db")
    ran("ledger", "--store", "s.db")



def chained_anew(db: sqlite3.Connection) -> None:
    """The postings as they are, chained as a program would that posted them so."""
    chain = Chain("small")
    for sequence, entry in list(db.execute("SELECT sequence, entry FROM posting ORDER BY sequence")):
        db.execute("UPDATE posting SET link = ? WHERE sequence = ?", (chain.add(entry), sequence))
    db.execute("UPDATE head SET postings = ?, link = ?", (chain.head.postings, chain.head.head))


def test_a_chain_made_anew_does_not_hide_what_was_posted_otherwise(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", "--publish")
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Missed', 'Fulfilled')")
        chained_anew(db)
    for command in (["run", "small.bpo"], ["ledger", "--format", "text"]):
        assert "STO106" in ran(*command, "--store", "s.db", code=exits.VERIFY).stderr
    with sqlite3.connect("s.db") as db:
        db.execute("""UPDATE posting SET entry = replace(entry, '"replaces":"",', '')""")
        chained_anew(db)
    assert "STO106" in ran("run", "small.bpo", "--store", "s.db", code=exits.VERIFY).stderr


def test_what_somebody_else_changed_is_found_without_evaluating(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    whole = Path("s.db").read_bytes()
    for change in ("DELETE FROM posting WHERE sequence > 5", "UPDATE posting SET entry = replace(entry, 'C1', 'C2')"):
        Path("s.db").write_bytes(whole)
        with sqlite3.connect("s.db") as db:
            db.execute(change)
        assert "STO106" in ran("ledger", "--store", "s.db", code=exits.VERIFY).stderr


def test_what_another_version_posted_is_told_apart(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", "--publish")
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Missed', 'Fulfilled')")
        chained_anew(db)
        db.execute("UPDATE agreement SET program = 'bpodsl 0.0.9'")
    for command in (["run", "small.bpo"], ["ledger", "--format", "csv"]):
        assert "bpodsl 0.0.9" in ran(*command, "--store", "s.db", code=exits.VERSION).stderr
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE text SET bytes = x'61'")
    assert "STO114" in ran("ledger", "--store", "s.db", "--format", "csv", code=exits.VERSION).stderr


def test_settings_are_those_that_outlast_a_power_cut(here):
    from bpodsl.store.kept import writing

    with writing(here / "s.db") as db:
        for name, wanted in (("journal_mode", "delete"), ("synchronous", 3), ("foreign_keys", 1)):
            assert db.execute(f"PRAGMA {name}").fetchone() == (wanted,)
        tables = [sql for (sql,) in db.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")]
        assert tables and all(re.search(r"\) STRICT(, WITHOUT ROWID)?$", sql) for sql in tables)


def test_options_that_do_not_go_together(here):
    write("a.jsonl", LINES)
    for options in (["--follow"], ["--publish"]):
        assert "--store" in ran("run", "small.bpo", "a.jsonl", *options, code=exits.USAGE).stderr
    ran("run", "small.bpo", code=exits.USAGE)
    keep("a.jsonl", "--no-routine", "--format", "csv", code=exits.USAGE)
    keep("a.jsonl", "--publish", "--follow", code=exits.USAGE)
    keep("-", "a.jsonl", "--follow", stdin="", code=exits.USAGE)
    keep("-", "--follow", "--publish", stdin="", code=exits.USAGE)
    keep("--follow", code=exits.USAGE)
    ran("run", ".", "a.jsonl", "--store", "s.db", "--no-routine", code=exits.USAGE)
    assert not Path("s.db").exists()
    keep("a.jsonl", "--out", "result", "--quarantine", "aside.jsonl")
    ran("run", "small.bpo", "a.jsonl", "--out", "plain")
    for name in ("summary.txt", "ledger.jsonl", "ledger.csv", "result.json"):
        assert (Path("result") / name).read_bytes() == (Path("plain") / name).read_bytes()


# ------------------------------------------------------------------------------------ real processes
def started(*arguments: str, **more) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "bpodsl", *arguments], preexec_fn=heeds_ctrl_c, **more)


def test_a_file_is_followed(here):
    write("a.jsonl", LINES[:20])
    with started(
        "run", "small.bpo", "a.jsonl", "--store", "s.db", "--follow", stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            with Path("a.jsonl").open("a", encoding="utf-8") as file:
                for each in LINES[20:]:
                    # A line is taken when it has its end.
                    file.write(each[:20])
                    file.flush()
                    time.sleep(0.01)
                    file.write(each[20:])
                    file.flush()
            whole = sum(len(each.encode()) for each in LINES)
            for _ in range(6000):
                if Path("s.db").exists() and Path("s.db").stat().st_size and _position() == whole:
                    break
                time.sleep(0.1)
            assert _position() == whole
        finally:
            process.send_signal(2)
            assert process.wait(60) == exits.OK
    assert ledger() == plain("a.jsonl")


def test_standard_input_is_followed_to_its_end(here):
    whole = "".join(LINES).encode()
    with started(
        "run", "small.bpo", "-", "--store", "s.db", "--follow", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stdout is not None
        # The last line has no end.
        for start in range(0, len(whole) - 1, 1700):
            process.stdin.write(whole[: len(whole) - 1][start : start + 1700])
            process.stdin.flush()
            time.sleep(0.3)
        process.stdin.close()
        said = process.stdout.read().decode()
        assert process.wait(60) == exits.OK
    assert said.count("lines read") >= 2 and "80 lines read: 80 applied" in said
    write("a.jsonl", LINES)
    assert ledger() == plain("a.jsonl")
    assert rows("SELECT name, position FROM source") == [("-", len(whole) - 1)]


def test_standard_input_that_is_followed_is_stopped_between_lines(here):
    whole = "".join(LINES).encode()
    with started(
        "run", "small.bpo", "-", "--store", "s.db", "--follow", stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(whole[:1000])
        process.stdin.flush()
        for _ in range(600):
            if Path("s.db").exists() and Path("s.db").stat().st_size and _position():
                break
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(2)
        assert process.wait(60) == exits.OK
        assert process.stderr.read().count(b"Traceback") == 0
    assert _position() == whole[:1000].rindex(b"\n") + 1
    # The same stream again goes on where it was.
    keep("-", "--follow", stdin=whole.decode())
    write("a.jsonl", LINES)
    assert ledger() == plain("a.jsonl")
    assert len(rows("SELECT * FROM source")) == 1


def test_standard_input_that_breaks_is_told(here, monkeypatch):
    def broken():
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(spooled, "_reader", lambda: broken)
    result = CliRunner().invoke(bpodsl, ["run", "small.bpo", "-", "--store", "s.db", "--follow"], input="")
    assert isinstance(result.exception, OSError)


def _position() -> int:
    try:
        return sum(position for (position,) in rows("SELECT position FROM source"))
    except sqlite3.OperationalError:
        return 0


def test_killed_at_any_time_it_goes_on(here):
    write("all.jsonl", LINES)
    dice = random.Random(11)
    for at in range(0, len(LINES), 16):
        write(f"{at}.jsonl", LINES[at : at + 16])
        with started("run", "small.bpo", f"{at}.jsonl", "--store", "s.db", stdout=subprocess.DEVNULL) as process:
            time.sleep(dice.random() * 0.8)
            process.kill()
        keep(f"{at}.jsonl")
    assert ledger() == plain("all.jsonl")


@pytest.mark.parametrize("command", [("ledger",), ("requeue",), ("explain", "--of", "answer")])
def test_a_store_whose_text_is_gone_is_damaged(here, command):
    keep(write("a.jsonl", LINES[:10]))
    with sqlite3.connect("s.db") as db:
        db.execute("DELETE FROM text")
    assert "STO104" in ran(*command, "--store", "s.db", code=exits.VERIFY).stderr
