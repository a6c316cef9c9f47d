"""A process that stays goes on from what it has in memory, and comes to what one that begins cold does."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from random import Random

import pytest

from bpodsl.cli import exits
from bpodsl.keeping import read_kept, run_kept
from bpodsl.kernel import warm
from bpodsl.kernel.warm import Warm
from bpodsl.store.kept import StoreTrouble, Text
from bpodsl.store.kept.troubles import OTHERWISE
from tests.store import resumed
from tests.store.test_kept import LINES, here, plain, write
from tests.test_cli import SMALL, event, ran

__all__ = ["here"]

STORE = Path("s.db")
READS = '\nreads desk\n  files   "*.csv"\n  format  csv\n  time    column "When" in UTC\n  id      column "No"\n'
READS += '  reporter column "By", "B" as buyer, "M" as maker\n  row asked\n    case column "Case"\n'


class Process:
    """One that stays; how many rows it reads and how often it evaluates anew is asked since the last time."""

    def __init__(self, text: str = SMALL) -> None:
        self.text = Text((("small.bpo", text.encode()),))
        self.warm = Warm()
        self.before = 0, 0

    def run(self, *files: str, until: int | None = None, publish: bool = False) -> tuple[int, int]:
        kept = run_kept(STORE, self.text, [Path(each) for each in files], lambda _: until, publish, warm=self.warm)
        assert resumed._otherwise(kept, read_kept(STORE, None)) == ""
        (rows, anew), self.before = self.before, (self.warm.rows, self.warm.anew)
        return self.warm.rows - rows, self.warm.anew - anew


def add(path: str, *lines: str) -> str:
    with Path(path).open("a", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def ledger() -> str:
    return ran("ledger", "--store", "s.db").stdout


def test_only_what_is_new_is_read_and_evaluated(here):
    process = Process()
    assert process.run(add("a.jsonl", *LINES[:10])) == (10, 1)
    for place in range(10, len(LINES), 7):
        count = len(LINES[place : place + 7])
        assert process.run(add("a.jsonl", *LINES[place : place + 7])) == (count, 0)
    assert process.run("a.jsonl") == (0, 0)
    assert ledger() == plain("a.jsonl")
    # A second file is read from its beginning, and time moves on.
    late = event(9000, "asked", "2026-12-01T08:00:00Z", case="Z")
    assert process.run("a.jsonl", add("b.jsonl", late)) == (1, 0)
    assert ledger() == plain("a.jsonl", "b.jsonl")


def test_a_correction_that_is_known_later_goes_on_and_a_late_line_begins_anew(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]))
    told = json.loads(LINES[0])
    right = told | {"rev": 1, "recordedtime": "2026-11-01T00:00:00Z", "time": "2026-01-05T07:00:00Z"}
    assert process.run(add("a.jsonl", json.dumps(right) + "\n")) == (1, 0)
    assert ledger() == plain("a.jsonl")
    assert process.run(add("a.jsonl", event(9001, "asked", "2026-01-06T08:00:00Z", case="Y"))) == (1, 1)
    assert ledger() == plain("a.jsonl")
    # What says otherwise takes back what both said, from before.
    assert process.run(add("a.jsonl", event(9001, "asked", "2026-01-06T09:00:00Z", case="X"))) == (1, 1)
    # An engine that could not go on even once is not made again at once.
    assert process.run(add("a.jsonl", "no event\n", "\n", LINES[0])) == (2, 1)
    assert process.run(add("a.jsonl", "no event, too\n")) == (1, 0)
    once = ran("run", "small.bpo", "a.jsonl", "--format", "jsonl", code=exits.EVENTS)
    assert ledger() == once.stdout


def test_where_no_engine_goes_on_few_are_made(here, monkeypatch):
    made, engine = list[int](), warm.Engine
    monkeypatch.setattr(warm, "Engine", lambda program: made.append(process.warm.anew) or engine(program))
    process = Process()
    for number, each in enumerate(reversed(LINES[:20]), 1):
        assert process.run(add("a.jsonl", each)) == (1, 1)
        assert process.warm.anew == number
    assert made == [1, 3, 7, 15]
    process.run(add("a.jsonl", *LINES[20:]))
    assert ledger() == plain("a.jsonl")


def test_time_that_is_moved_back_begins_anew(here):
    process = Process()
    add("a.jsonl", *LINES)
    may, june = 1_777_593_600_000_000, 1_780_272_000_000_000
    assert process.run("a.jsonl", until=june) == (len(LINES), 1)
    assert process.run(until=june) == (0, 0)
    assert process.run(until=june + 1) == (0, 0)
    assert process.run(until=may) == (0, 1)
    assert ledger() == plain("a.jsonl", until=("--until", "2026-05-01"))


def test_who_else_wrote_is_found(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]))
    write("small.bpo", SMALL)
    ran("run", "small.bpo", add("b.jsonl", *LINES[20:30]), "--store", "s.db")
    assert process.run(add("a.jsonl", *LINES[30:40])) == (40, 1)
    assert ledger() == plain("a.jsonl", "b.jsonl")
    # A run that changes nothing is not seen.
    ran("run", "small.bpo", "--store", "s.db")
    assert process.run(add("a.jsonl", *LINES[40:])) == (len(LINES) - 40, 0)
    assert ledger() == plain("a.jsonl", "b.jsonl")


def test_a_store_in_the_place_of_another_is_found(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]))
    whole = STORE.read_bytes()
    process.run(add("a.jsonl", *LINES[20:30]))
    STORE.unlink()
    STORE.write_bytes(whole)
    assert process.run(add("a.jsonl", *LINES[30:])) == (len(LINES), 1)
    STORE.unlink()
    assert process.run("a.jsonl") == (len(LINES), 1)
    assert ledger() == plain("a.jsonl")


def test_postings_that_somebody_else_wrote_are_found(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]))
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET entry = replace(entry, 'Opened', 'Closed') WHERE sequence = 3")
    with pytest.raises(StoreTrouble) as found:
        process.run(add("a.jsonl", *LINES[20:]))
    assert found.value.reason is OTHERWISE


def test_after_a_run_that_failed_all_is_read_anew(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]))
    whole = Path("a.jsonl").read_bytes()
    Path("a.jsonl").write_bytes(b"{}\n" + whole)
    with pytest.raises(StoreTrouble):
        process.run("a.jsonl")
    Path("a.jsonl").write_bytes(whole)
    assert process.run(add("a.jsonl", *LINES[20:])) == (len(LINES), 1)
    assert ledger() == plain("a.jsonl")


def test_a_last_line_without_an_end_is_read_again(here):
    process = Process()
    add("a.jsonl", *LINES[:9])
    half = LINES[9].rstrip("\n")
    assert process.run(add("a.jsonl", half)) == (10, 1)
    assert process.run(add("a.jsonl", "\n", LINES[10]))[0] == 11
    assert process.run(add("a.jsonl", LINES[11]))[0] == 1
    assert ledger() == plain("a.jsonl")


def test_cells_are_read_as_a_whole_and_lines_of_both_sorts_are_told_by_their_places(here):
    process = Process(SMALL + READS)
    write("small.bpo", SMALL + READS)
    write("a.csv", ["No,By,When,Case\n", "c1,B,2026-01-05 08:00,C1\n"])
    assert process.run("a.csv", add("a.jsonl", *LINES[:10])) == (11, 1)
    assert process.run("a.csv", add("a.jsonl", *LINES[10:12], "broken\n"))[0] == 3
    add("a.csv", '"c2",B,2026-12-06 08:00,"C\n2"\n')
    assert process.run("a.csv", "a.jsonl")[0] == 15
    assert process.run("a.csv", add("a.jsonl", "wrong\n"))[0] == 1


def test_lines_that_were_requeued_are_read_with_all_others(here):
    process = Process()
    wrong = event(9000, "unheard", "2026-01-20T08:00:00Z", case="W")
    process.run(add("a.jsonl", *LINES[:20], wrong))
    right = {"place": "a.jsonl:21", "raw": wrong.replace("unheard", "asked").strip()}
    write("m.jsonl", [json.dumps(right) + "\n"])
    ran("requeue", "m.jsonl", "--store", "s.db")
    assert process.run(add("a.jsonl", *LINES[20:30])) == (31, 1)
    assert process.run(add("a.jsonl", *LINES[30:]))[0] == len(LINES) + 1


def test_what_was_published_stands_and_what_comes_counts_from_then(here):
    process = Process()
    process.run(add("a.jsonl", *LINES[:20]), publish=True)
    stood = ledger()
    assert process.run(add("a.jsonl", event(9001, "asked", "2026-01-06T08:00:00Z", case="Y"))) == (1, 0)
    assert ledger().startswith(stood)
    assert process.run(add("a.jsonl", *LINES[20:]), publish=True) == (len(LINES) - 20, 0)
    assert "It verifies." in ran("verify", "s.db").stdout


def test_random_histories_go_on_and_come_to_the_same():
    from tests.campaign.__main__ import drawn

    before = resumed.COUNTS.copy()
    for index in range(10):
        case, _, _ = drawn(31, index)
        assert resumed.tried(case, Random(f"31 {index}")) == ""
    done = resumed.COUNTS - before
    assert done["anew"] < done["runs"]
