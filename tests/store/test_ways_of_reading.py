"""Files that the quick ways read otherwise than they look: whatever a `reads` says, the ledger is the strict one's."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bpodsl.pipeline import evaluate, run_brief, run_plain, run_steady, understand_text
from bpodsl.record import Entry, Ledger
from bpodsl.record.brief import is_brief
from bpodsl.report.brief import BriefLines
from bpodsl.report.formats import LedgerLines
from bpodsl.store import read_events
from bpodsl.terms import Contract
from bpodsl.values import ticks
from tests.engine.test_briefly import short

Rows = list[dict[str, Any]]

AGREEMENT = """\
agreement desk "Desk"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR
event opened from {who}
  ticket  key
{fields}event solved from {who}
  ticket  key
reads desk_log
  files   "*.jsonl"
  format  jsonl
  source  "desk"
  id      column "id"
{reads}
obligation restore "Restore"
  beta must solved for each opened
  within 4 hours
"""
TIME = '  time    column "ts"\n'
OPENED, SOLVED = '  row opened when column "type" is "o"\n', '  row solved when column "type" is "s"\n'
ROWS = OPENED + SOLVED
PLAIN = TIME + ROWS
CASES = 60


def rows() -> Rows:
    """Cases of which every fourth is solved an hour too late, by the minute, in order of time."""
    found: Rows = []
    for n in range(CASES):
        found.append({"id": f"a{n:03}", "type": "o", "ts": 10 * n, "ticket": f"T{n}"})
        found.append({"id": f"b{n:03}", "type": "s", "ts": 10 * n + (300 if n % 4 == 0 else 200), "ticket": f"T{n}"})
    found.sort(key=lambda row: (row["ts"], row["id"]))
    for n, row in enumerate(found):
        row["id"] = f"e{n:04}"
        row["ts"] = f"2026-01-{5 + row['ts'] // 1440:02}T{row['ts'] // 60 % 24:02}:{row['ts'] % 60:02}:00Z"
    return found


def each(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Rows], Rows]:
    return lambda found: [row | change(row) for row in found]


def same(found: Rows) -> Rows:
    return found


def moved(old: str, new: str) -> Callable[[Rows], Rows]:
    """What stands under one name stands under another."""
    return lambda found: [{(new if name == old else name): value for name, value in row.items()} for row in found]


def inside(found: Rows) -> Rows:
    return [{"id": r["id"], "ts": r["ts"], "type": r["type"], "data": {"ticket": r["ticket"]}} for r in found]


WAYS: dict[str, tuple[str, Callable[[Rows], Rows]]] = {
    "plain": (PLAIN, same),
    "days in its own way": ('  dates "dd/mm/yyyy"\n' + PLAIN, each(
        lambda r: {"ts": f"{r['ts'][8:10]}/01/2026 {r['ts'][11:19]}Z"})),
    "numbers in its own way": ('  numbers "1.234,56"\n' + PLAIN, same),
    "known later": ('  known column "seen"\n' + PLAIN, each(lambda r: {"seen": r["ts"][:11] + "23:59:59Z"})),
    "of an agreement": ('  subject column "of"\n' + PLAIN, each(lambda r: {"of": "desk"})),
    "in revisions": ('  revision column "rev"\n' + PLAIN, each(lambda r: {"rev": 0})),
    "taken back": ('  revision column "rev"\n  retracted when column "state" is "void"\n' + PLAIN, each(
        lambda r: {"state": "good", "rev": 0})),
    "reported by": ('  reporter column "by"\n' + PLAIN, each(lambda r: {"by": "acme"})),
    "a day and a time": ('  time column "day" and "clock" in UTC\n' + ROWS, each(
        lambda r: {"day": r["ts"][:10], "clock": r["ts"][11:19]})),
    "two conditions": (TIME + ROWS.replace('is "o"', 'is "o" and column "test" is "no"'), each(
        lambda r: {"test": "no"})),
    "two columns": (TIME + OPENED + '  row solved when column "end" is "yes"\n', each(
        lambda r: {"end": "yes" if r["type"] == "s" else "no"})),
    "what is not": (TIME + '  row opened when column "type" is not "s"\n' + SOLVED, same),
    "what is given": (
        TIME + '  row opened when column "began" is given\n  row solved when column "began" is not given\n',
        lambda found: [row | ({"began": "x"} if row["type"] == "o" else {}) for row in found]),
    "by several words": (TIME + OPENED.replace('"o"', '"o" or "O"') + SOLVED, same),
    "a key inside": (PLAIN.replace('is "o"\n', 'is "o"\n    ticket column "data.ticket"\n').replace(
        'is "s"\n', 'is "s"\n    ticket column "data.ticket"\n'), inside),
    "a key of another name": (PLAIN.replace('is "o"\n', 'is "o"\n    ticket column "case"\n').replace(
        'is "s"\n', 'is "s"\n    ticket column "case"\n'), moved("ticket", "case")),
    "the id is the key": (PLAIN.replace('is "o"\n', 'is "o"\n    ticket column "id"\n'), same),
    "local times": (TIME.replace('"ts"', '"ts" in UTC') + ROWS, each(lambda r: {"ts": r["ts"][:-1]})),
    "numbers as keys": (PLAIN, each(lambda r: {"ticket": int(r["ticket"][1:])})),
    "more in each line": (PLAIN, each(lambda r: {"note": {"of": ["x", 1, None]}})),
    "other kinds between": (PLAIN, lambda found: [*found[:9], found[9] | {"type": "x"}, *found[9:]]),
    "no kind": (PLAIN, lambda found: [*found[:9], {"id": "n", "ts": found[9]["ts"]}, *found[9:]]),
    "one kind alone": (TIME + OPENED, same),
}  # fmt: skip

FIELDS = {
    "none": ("", {}),
    "words": ("  priority  one of high, low\n", {"priority": "low"}),
    "a number": ("  size  number\n", {"size": 3}),
    "a text that may be absent": ("  note  text, optional\n", {}),
    "a text with a default": ('  note  text, default "none"\n', {"note": "some"}),
    "a day": ("  due  day, optional\n", {"due": "2026-01-07"}),
}


def agreement(reads: str, fields: str = "", who: str = "anyone") -> Contract:
    found, problems = understand_text("desk.bpo", AGREEMENT.format(reads=reads.rstrip("\n"), fields=fields, who=who))
    assert found is not None, [problem.message() for problem in problems]
    return found


def written(folder: Path, found: Rows, more: dict[str, Any]) -> Path:
    path = folder / "log.jsonl"
    path.write_text("".join(json.dumps(row | more, ensure_ascii=False) + "\n" for row in found), encoding="utf-8")
    return path


def strictly(contract: Contract, path: Path) -> Ledger:
    taken = read_events(contract, [path])
    return evaluate(contract, taken.events, taken.until)


def lines_of(contract: Contract, ledger: Ledger) -> list[str]:
    return [line.rstrip("\n") for line in LedgerLines(contract).of(ledger)]


def steadily(contract: Contract, path: Path, until: int | None = None) -> list[str] | None:
    lines: list[str] = []
    writer = LedgerLines(contract)
    found = run_steady(contract, [path], until, lambda some: lines.extend(writer.of(some)), lines.clear)
    return None if found is None else [line.rstrip("\n") for line in lines]


def briefly(contract: Contract, path: Path, size: int | None = None, until: int | None = None) -> list[str] | None:
    lines: list[str] = []

    def sink(told: Any) -> None:
        lines.extend(line.rstrip("\n") for line in BriefLines(told.forms).of(told.entries))

    found = run_brief(contract, [path], until, sink, lines.clear, size)
    return None if found is None else lines


def misses(ledger: Ledger) -> int:
    return sum(entry.kind == "Missed" for entry in ledger.outcome)


def contents(ledger: Ledger) -> list[tuple[str, str, int, str]]:
    def told(entry: Entry) -> tuple[str, str, int, str]:
        return entry.kind, entry.instance, entry.at, entry.words

    return [told(posted.entry) for posted in ledger.posted if is_brief(posted.entry.kind, posted.entry.instance)]


def hold(contract: Contract, path: Path) -> Ledger:
    """The ledger of the strict way, to which all others come that do not give up."""
    ledger = strictly(contract, path)
    full = lines_of(contract, ledger)
    steady = steadily(contract, path)
    assert steady is None or steady == full
    for size in (None, 700):
        brief = briefly(contract, path, size)
        assert brief is None or brief == short(full)
    plain = run_plain(contract, [path])
    assert plain is None or contents(plain[1]) == contents(ledger)
    return ledger


@pytest.mark.parametrize("way", WAYS)
def test_a_way_of_reading_comes_to_the_same(tmp_path: Path, way: str) -> None:
    reads, change = WAYS[way]
    contract = agreement(reads)
    path = written(tmp_path, change(rows()), {})
    ledger = hold(contract, path)
    late = {"known later": 0, "the id is the key": CASES, "one kind alone": CASES}
    if way not in late:
        assert misses(ledger) == CASES // 4
    if way == "plain":
        assert steadily(contract, path) is not None and briefly(contract, path) is not None


@pytest.mark.parametrize("fields", FIELDS)
def test_fields_of_every_sort_come_to_the_same(tmp_path: Path, fields: str) -> None:
    more, value = FIELDS[fields]
    path = written(tmp_path, rows(), value)
    assert misses(hold(agreement(PLAIN, more), path)) == CASES // 4


def test_events_that_only_some_may_report_are_read_strictly(tmp_path: Path) -> None:
    path = written(tmp_path, rows(), {})
    contract = agreement(PLAIN, who="acme")
    assert misses(hold(contract, path)) == CASES // 4
    assert steadily(contract, path) is None and briefly(contract, path) is None


@pytest.mark.parametrize("text", ["", "\n\n", "   \n"])
def test_a_file_of_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(text)
    assert misses(hold(agreement(PLAIN), path)) == 0
    assert "no event is in this file" in str(read_events(agreement(PLAIN), [path]).notes)


def test_a_file_whose_last_line_is_cut_off(tmp_path: Path) -> None:
    path = written(tmp_path, rows(), {})
    whole = path.read_bytes()
    path.write_bytes(whole[:-1])
    assert misses(hold(agreement(PLAIN), path)) == CASES // 4
    path.write_bytes(whole[:-9])
    contract = agreement(PLAIN)
    hold(contract, path)
    assert [each.code for each in read_events(contract, [path]).quarantined] == ["EVT103"]


def test_what_lies_far_ahead_of_all_others_is_taken_for_a_mistake_in_every_way(tmp_path: Path) -> None:
    found = rows()
    found.append(found[-1] | {"id": "far", "type": "x", "ts": "2031-01-01T00:00:00Z"})
    found.append(found[0] | {"id": "gap", "ticket": "T9999", "ts": "2030-01-01T00:00:00Z"})
    path = written(tmp_path, found, {})
    contract = agreement(PLAIN)
    ledger = hold(contract, path)
    assert misses(ledger) == CASES // 4
    taken = read_events(contract, [path])
    assert [each.code for each in taken.quarantined] == ["EVT161"]
    assert taken.until < ticks(datetime(2026, 2, 1, tzinfo=UTC))


def strict(row: dict[str, Any]) -> dict[str, Any]:
    """The same, written so that only the strict way reads it."""
    return row | {"ts": row["ts"].replace("Z", "+00:00")}


@pytest.mark.parametrize("of", ["o", "s"])
def test_an_event_that_a_quick_and_a_strict_line_tell_is_one(tmp_path: Path, of: str) -> None:
    found = rows()
    twice = next(row for row in found[60:] if row["type"] == of)
    path = written(tmp_path, [*found[:90], strict(twice), *found[90:]], {})
    contract = agreement(PLAIN)
    assert misses(hold(contract, path)) == CASES // 4
    assert run_plain(contract, [path]) is None
    other = written(tmp_path, [*found[:40], strict(found[20]) | {"id": "more", "ticket": "T999"}, *found[40:]], {})
    assert run_plain(contract, [other]) is not None
    assert misses(hold(contract, other)) == CASES // 4 + 1


def test_two_strict_lines_that_tell_one_event(tmp_path: Path) -> None:
    found = rows()
    path = written(tmp_path, [*found[:20], strict(found[20]), strict(found[20]), *found[21:]], {})
    assert misses(hold(agreement(PLAIN), path)) == CASES // 4


def test_what_waits_is_left_to_the_strict_way(tmp_path: Path) -> None:
    path = written(tmp_path, rows(), {})
    contract = agreement(PLAIN)
    whole = read_events(contract, [path])
    assert run_plain(contract, [path], whole.until) is not None
    assert run_plain(contract, [path], whole.until - 1) is None
