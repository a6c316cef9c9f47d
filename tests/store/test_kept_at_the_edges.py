"""Stores where little is left, much is wrong, or nothing new has come; by the command line where that can be."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from bpodsl.cli import exits
from bpodsl.store.kept import Text, database, feed, offsets, reading, take, with_text, writing
from bpodsl.store.kept.again import blocks_of
from bpodsl.store.kept.sources import sources
from bpodsl.store.kept.topics import Records
from tests.store.test_kept import (
    CHANGE,
    LINES,
    chained_anew,
    here,
    keep,
    ledger,
    plain,
    rows,
    write,
)
from tests.test_cli import SMALL, WORLDS, event, ran

__all__ = ["here"]

EARLY = ("--until", "2025-12-01")
ALL = ("--until", "2026-02-01")


def later(name: str, *answered: str) -> None:
    """A case of February, asked at ten and answered then."""
    asked = event(901, "asked", "2026-02-02T10:00:00Z", case="L")
    write(name, [asked, *(event(902, "answered", at, case="L") for at in answered)])


# ------------------------------------------------------------------------------------ what was posted, and is no more
def test_a_ledger_of_which_nothing_is_left_and_that_comes_back(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", *ALL)
    wanted = ledger()
    keep(*EARLY)
    assert ledger() == "" and rows("SELECT * FROM head") == rows("SELECT * FROM posting") == []
    keep(*ALL)
    assert ledger() == wanted == plain("a.jsonl", until=ALL)


def test_a_world_that_is_not_there_yet_has_no_ledger(here):
    Path("small.bpo").write_text(WORLDS, encoding="utf-8")
    given = [("x", "2026-01-05"), ("y", "2026-01-20")]
    lines = [event(n, "asked", f"{day}T10:00:00Z", case="A", scenario=world) for n, (world, day) in enumerate(given)]
    write("w.jsonl", lines)
    keep("w.jsonl", *ALL)
    both = ledger()
    assert rows("SELECT DISTINCT world FROM posting ORDER BY world") == [("x",), ("y",)]
    keep("--until", "2026-01-10")
    assert rows("SELECT DISTINCT world FROM posting") == [("x",)] == rows("SELECT world FROM head")
    assert ledger() == plain("w.jsonl", until=("--until", "2026-01-10"))
    keep(*ALL)
    assert ledger() == both


def test_what_was_published_cannot_come_to_belong_to_worlds(here):
    write("a.jsonl", LINES)
    keep("a.jsonl", *ALL, "--publish")
    before = Path("s.db").read_bytes()
    Path("small.bpo").write_text(WORLDS, encoding="utf-8")
    at = "2026-02-05T10:00:00Z"
    write("w.jsonl", [event(900 + n, "asked", at, case="A", scenario=world) for n, world in enumerate("xy")])
    said = keep("w.jsonl", "--until", "2026-03-01", code=exits.VERIFY).stderr
    assert "STO106" in said and "posting 1 " in said
    assert Path("s.db").read_bytes() == before


@pytest.mark.parametrize("left", [0, 5])
def test_a_published_ledger_of_which_somebody_took_the_end(here, left):
    """With its chain made anew, so that what is left holds together."""
    write("a.jsonl", LINES)
    keep("a.jsonl", *ALL, "--publish")
    ((stands,),) = rows("SELECT stands FROM agreement")
    with sqlite3.connect("s.db") as db:
        db.execute("DELETE FROM posting WHERE sequence > ?", (left,))
        chained_anew(db)
        if not left:
            db.execute("DELETE FROM head")
    said = keep(code=exits.VERIFY).stderr
    assert "STO106" in said and f"posting {left + 1} of the store" in said and "it is not there" in said
    assert rows("SELECT count(*) FROM posting") == [(left,)] and stands > left


def test_a_line_that_is_no_posting_is_found_though_its_chain_holds(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    for entry in ("[]", "{", '{"sequence":"1"}', ""):
        with sqlite3.connect("s.db") as db:
            db.execute("UPDATE posting SET entry = ? WHERE sequence = 1", (entry,))
            chained_anew(db)
        assert "STO106" in ran("ledger", "--store", "s.db", code=exits.VERIFY).stderr


def test_after_an_amendment_what_came_late_is_posted_anew(here):
    """Entries of an amended agreement name the version, on both sides of what is compared."""
    Path("small.bpo").write_text(SMALL + CHANGE.format(signed="2026-01-20"), encoding="utf-8")
    later("late.jsonl")
    keep("late.jsonl", "--until", "2026-02-05")
    later("late.jsonl", "2026-02-02T11:00:00Z")
    keep("late.jsonl", "--until", "2026-02-05")
    assert ledger() == plain("late.jsonl", until=("--until", "2026-02-05"))
    assert '"of":"Fulfilled"' in ledger() and '"of":"Missed"' not in ledger()


def test_an_entry_of_an_amended_agreement_that_somebody_changed_is_found(here):
    """Both sides name the version, and are compared with it."""
    Path("small.bpo").write_text(SMALL + CHANGE.format(signed="2026-01-20"), encoding="utf-8")
    later("late.jsonl")
    keep("late.jsonl", "--until", "2026-02-05", "--publish")
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Missed', 'Fulfilled')")
        chained_anew(db)
    said = keep(code=exits.VERIFY).stderr
    assert "STO106" in said and "Fulfilled" in said and "Missed" in said


# ------------------------------------------------------------------------------------ what is read
def test_what_comes_through_a_pipe_that_has_a_name(here):
    write("a.jsonl", LINES)
    os.mkfifo("pipe.jsonl")
    for _ in range(2):
        # The same again is the same source: it begins with what was read.
        feeding = threading.Thread(target=lambda: Path("pipe.jsonl").write_text("".join(LINES), encoding="utf-8"))
        feeding.start()
        keep("pipe.jsonl")
        feeding.join()
    assert ledger() == plain("a.jsonl")
    assert rows("SELECT name, path, lines FROM source") == [("pipe.jsonl", "", len(LINES))]


def test_a_line_that_is_not_there_as_a_whole_is_left_for_later(here):
    text = Text((("small.bpo", SMALL.encode()),))
    whole = "".join(LINES).encode()
    with writing(Path("s.db")) as db:
        agreement, _ = with_text(db, "small", text)
        one = len(LINES[0])
        for end, kept in ((0, 0), (20, 0), (one - 1, 0), (one + 9, one), (len(whole), len(whole))):
            Path("a.jsonl").write_bytes(whole[:end])
            feed(db, agreement.id, Path("a.jsonl"), None, whole_lines=True)
            (source,) = sources(db, agreement.id)
            assert source.position == kept
        assert b"".join(blocks_of(db, source)) == whole


def test_records_that_another_run_took_meanwhile_are_not_taken_twice(here):
    given = Records("kafka://c/t-0.jsonl", "t", 0, [(n, line.strip().encode()) for n, line in enumerate(LINES[:6])], 6)
    with writing(Path("s.db")) as db:
        agreement, _ = with_text(db, "small", Text((("small.bpo", SMALL.encode()),)))
        first = take(db, agreement.id, given, None)
        assert first.bytes == len("".join(LINES[:6]))
        again = take(db, agreement.id, given, None)
        assert (again.source, again.bytes) == (first.source, 0)
        assert offsets(db, agreement.id) == {given.place: 6}
        assert [(each.lines, each.position) for each in sources(db, agreement.id)] == [(6, first.bytes)]


def requeued(raw: str | None, code: int) -> None:
    """Set the lines aside right that `--quarantine` wrote."""
    aside = [json.loads(line) for line in Path("aside.jsonl").read_text(encoding="utf-8").splitlines()]
    write("aside.jsonl", [json.dumps(each | {"raw": raw}) + "\n" for each in aside if each["code"] != "EVT109"])
    ran("requeue", "aside.jsonl", "--store", "s.db", code=code)


def test_a_line_mended_in_a_file_that_breaks_off(here):
    """That the file is not all there stays true."""
    spoilt = [*LINES[:4], "not json\n", *LINES[5:]]
    Path("a.jsonl.gz").write_bytes(gzip.compress("".join(spoilt).encode())[:-4])
    keep("a.jsonl.gz", *ALL, "--quarantine", "aside.jsonl", code=exits.EVENTS)
    requeued(LINES[4].strip(), exits.EVENTS)
    assert "incomplete input" in keep(code=exits.EVENTS).stderr
    write("all.jsonl", LINES)
    wanted = plain("all.jsonl", until=ALL)
    assert ledger() == wanted.replace('"all.jsonl', '"a.jsonl.gz')


CELLS = SMALL + (
    '\nreads desk\n  files   "*.csv"\n  format  csv\n  time    column "When" in UTC\n  id      row number\n'
    '  row asked when column "What" is "asked"\n    case  column "Case"\n'
    '  row answered when column "What" is "answered"\n    case  column "Case"\n'
)


@pytest.mark.parametrize("head", ['When,What,"Case"', '\n\nWhen,What,Case', 'When,What,Case,"a note\nof two\nlines"'])
def test_a_row_mended_below_a_header_of_any_form(here, head):
    """What is read in its place is read below the same header."""
    Path("small.bpo").write_text(CELLS, encoding="utf-8")
    more = ",x" if "note" in head else ""
    cells = [
        f"{each['time']},{each['type']},{each['data']['case']}{more}\n" for each in map(json.loads, LINES)
    ]
    write("a.csv", [head + "\n", *cells])
    wanted = plain("a.csv", until=ALL)
    write("a.csv", [head + "\n", *cells[:4], "soon" + cells[4][20:], *cells[5:]])
    keep("a.csv", *ALL, "--quarantine", "aside.jsonl", code=exits.EVENTS)
    assert ledger() != wanted
    requeued(cells[4].strip(), exits.OK)
    assert ledger() == wanted


def test_no_row_is_mended_below_a_header_that_cannot_be_read(here):
    """Its mark is never closed: there is no header, and so nothing that a row could be read by."""
    Path("small.bpo").write_text(CELLS, encoding="utf-8")
    cells = [f"{each['time']},{each['type']},{each['data']['case']}\n" for each in map(json.loads, LINES)]
    write("a.csv", ['When,"What,Case\n', *cells[:3]])
    keep("a.csv", *ALL, "--quarantine", "aside.jsonl", code=exits.EVENTS)
    before, aside = ledger(), rows("SELECT file, line, code, reason FROM aside")
    assert [line for _, line, _, _ in aside] == [2, 3, 4]
    requeued(cells[0].strip(), exits.EVENTS)
    assert (ledger(), rows("SELECT file, line, code, reason FROM aside")) == (before, aside)


# ------------------------------------------------------------------------------------ the file itself
def test_a_setting_that_sqlite_does_not_keep_is_told(here, monkeypatch):
    monkeypatch.setattr(database, "SETTINGS", (*database.SETTINGS, ("synchronous", "EXTRA", 7)))
    write("a.jsonl", LINES)
    said = keep("a.jsonl", code=exits.IO).stderr
    assert "STO102" in said and "SQLite keeps synchronous at 3, not EXTRA" in said
    assert rows("SELECT count(*) FROM sqlite_master") == [(0,)]


def test_a_mistake_of_ours_is_not_told_as_damage(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    with pytest.raises(sqlite3.ProgrammingError), reading(Path("s.db")) as db:
        db.execute("SELECT ?")
    assert ledger()


@pytest.mark.skipif(sys.platform == "win32", reason="users as in POSIX")
def test_a_store_that_one_may_only_read_is_read(here):
    write("a.jsonl", LINES)
    keep("a.jsonl")
    wanted = ledger()
    folder = Path(tempfile.mkdtemp())
    try:
        later("b.jsonl")
        for name in ("s.db", "small.bpo", "b.jsonl"):
            shutil.copy(name, folder)
        (folder / "s.db").chmod(0o444)
        folder.chmod(0o555)
        nobody = os.geteuid() == 0
        if nobody:
            os.seteuid(65534)
        try:
            assert not os.access(folder / "s.db", os.W_OK, effective_ids=True)
            assert ran("ledger", "--store", folder / "s.db").stdout == wanted
            files = folder / "small.bpo", folder / "b.jsonl"
            said = ran("run", *files, "--store", folder / "s.db", code=exits.IO).stderr
        finally:
            if nobody:
                os.seteuid(0)
        assert "STO102" in said
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)
