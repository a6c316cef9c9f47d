"""Where the quick ways of reading give up, or nearly: what they come to is what the strict way says."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from bpodsl.pipeline import run_plain, run_steady, understand_text
from bpodsl.store import blocks, read_events
from bpodsl.store.blocks import _DAYS, _Part
from bpodsl.terms import Contract
from bpodsl.values import DAY_TICKS
from tests.reference.build import at
from tests.store.test_ways_of_reading import (
    AGREEMENT,
    CASES,
    PLAIN,
    Rows,
    agreement,
    briefly,
    hold,
    misses,
    rows,
    steadily,
    strict,
    written,
)

LATE = CASES // 4


@pytest.fixture(params=["", "off"])
def native(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """By the compiled part, and without."""
    monkeypatch.setenv("BPODSL_NATIVE", request.param)
    return str(request.param)


def lines(path: Path, found: list[str], end: str = "\n") -> Path:
    path.write_text("".join(line + end for line in found), encoding="utf-8")
    return path


def dumped(found: Rows) -> list[str]:
    return [json.dumps(row) for row in found]


# ------------------------------------------------------------------------------------ how lines look
def test_ways_to_write_a_time_are_remembered_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "_MOST", 2)
    found = [row | {"ts": row["ts"].replace(":00Z", f":{n % 60:02}Z")} for n, row in enumerate(rows())]
    contract, path = agreement(PLAIN), written(tmp_path, found, {})
    hold(contract, path)
    assert steadily(contract, path) is not None
    part = _Part(*_DAYS)
    days = [part[f"2026-01-{n:02}T"] for n in (*range(1, 30), 1)]
    assert days[1:-1] == [days[0] + n * DAY_TICKS for n in range(1, 29)] and days[-1] == days[0]
    assert len(part) <= 3


@pytest.mark.parametrize("name", ["id", "ts", "ticket", "priority"])
def test_a_first_line_that_lacks_something_teaches_nothing(tmp_path: Path, name: str, native: str) -> None:
    found = [row | {"priority": "low"} for row in rows()]
    first = {key: value for key, value in found[0].items() if key != name}
    contract = agreement(PLAIN, "  priority  one of high, low\n")
    path = written(tmp_path, [first, *found[1:]], {})
    ledger = hold(contract, path)
    # The first case would be late, and is never opened.
    assert misses(ledger) == LATE - 1
    assert len(read_events(contract, [path]).quarantined) == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ('  priority  one of "höher", low\n', {"priority": "höher"}),
        ('  priority  one of "höher", low\n', {"priority": "low"}),
        ("  seen  instant\n  happens at seen\n", {"seen": "2026-01-05T00:00:00Z"}),
    ],
)
def test_fields_that_only_the_strict_way_reads(
    tmp_path: Path, field: str, value: dict[str, str], native: str
) -> None:  # fmt: skip
    contract, path = agreement(PLAIN, field), written(tmp_path, rows(), value)
    # What happened at midnight was due by four in the morning: three were done by then.
    assert misses(hold(contract, path)) == (LATE if "priority" in value else CASES - 3)


@pytest.mark.parametrize("separators", [(" , ", " : "), (",", ": "), (", ", ":"), (",", ":")])
def test_lines_in_their_own_style(tmp_path: Path, separators: tuple[str, str], native: str) -> None:
    path = lines(tmp_path / "log.jsonl", [json.dumps(row, separators=separators) for row in rows()])
    assert misses(hold(agreement(PLAIN), path)) == LATE


@pytest.mark.parametrize("year", ["1969", "2200", "0001", "9999"])
def test_times_beyond_the_calendar(tmp_path: Path, year: str, native: str) -> None:
    found = rows()
    far = found[100] | {"id": "far", "ticket": "T999", "ts": found[100]["ts"].replace("2026", year)}
    path = written(tmp_path, [*found[:100], far, *found[100:]], {})
    contract = agreement(PLAIN)
    assert misses(hold(contract, path)) == LATE
    assert [each.place for each in read_events(contract, [path]).quarantined] == [f"{path}:101"]


def test_many_lines_that_are_no_events(tmp_path: Path, native: str) -> None:
    """So many that the others are decoded together, and cannot be."""
    found = dumped(rows())
    for n in range(70, len(found), 3):
        found[n] = found[n].replace("2026", "soon")
    path = lines(tmp_path / "log.jsonl", found)
    contract = agreement(PLAIN)
    hold(contract, path)
    assert len(read_events(contract, [path]).quarantined) == len(range(70, len(found), 3))
    assert briefly(contract, path, 700) is not None


def test_many_lines_that_the_machine_does_not_take(tmp_path: Path, native: str) -> None:
    found = dumped(rows())
    found = [line.replace(": ", ":") if n > 70 and n % 3 else line for n, line in enumerate(found)]
    contract, path = agreement(PLAIN), lines(tmp_path / "log.jsonl", found)
    assert misses(hold(contract, path)) == LATE
    assert briefly(contract, path, 700) is not None


@pytest.mark.parametrize("blank", ["", "   "])
def test_a_block_of_blank_lines(tmp_path: Path, blank: str, native: str) -> None:
    found = dumped(rows())
    path = lines(tmp_path / "log.jsonl", [*found[:90], *([blank] * 2_000), *found[90:], "x"])
    contract = agreement(PLAIN)
    assert misses(hold(contract, path)) == LATE
    assert briefly(contract, path, 700) is not None
    assert [each.line for each in read_events(contract, [path]).quarantined] == [2_001 + len(found)]


# ------------------------------------------------------------------------------------ files that break off
def test_a_packed_file_that_breaks_off(tmp_path: Path, native: str) -> None:
    path = tmp_path / "log.jsonl"
    packed = gzip.compress("".join(line + "\n" for line in dumped(rows())).encode())
    path.write_bytes(packed)
    contract = agreement(PLAIN)
    assert misses(hold(contract, path)) == LATE
    path.write_bytes(packed[:-100])
    ledger = hold(contract, path)
    assert 0 < misses(ledger) < LATE
    wanted = read_events(contract, [path])
    assert wanted.incomplete == (f"{path}: the packed file breaks off",)
    told = run_plain(contract, [path])
    assert told is not None and told[0].incomplete == wanted.incomplete


# ------------------------------------------------------------------------------------ how far apart
def spread(step: int) -> Rows:
    """A case each so many months, for 30 months, solved an hour after it was opened."""
    found: Rows = []
    for n in range(0, 30, step):
        day = f"{2026 + n // 12}-{1 + n % 12:02}-05"
        found.append({"id": f"e{n:03}a", "type": "o", "ts": f"{day}T10:00:00Z", "ticket": f"T{n}"})
        found.append({"id": f"e{n:03}b", "type": "s", "ts": f"{day}T15:00:00Z", "ticket": f"T{n}"})
    return found


def long() -> Contract:
    text = AGREEMENT.format(reads=PLAIN.rstrip("\n"), fields="", who="anyone").replace("2026-12-31", "2031-12-31")
    found, problems = understand_text("desk.bpo", text)
    assert found is not None, problems
    return found


@pytest.mark.parametrize(("step", "aside"), [(1, 0), (6, 0), (12, 0), (13, 2)])
def test_what_lies_far_apart(tmp_path: Path, step: int, aside: int, native: str) -> None:
    """More than a year lies between the first and the last; that is much only where nothing lies between."""
    contract, path = long(), written(tmp_path, spread(step), {})
    hold(contract, path)
    assert len(read_events(contract, [path]).quarantined) == aside
    for way in (steadily, briefly):
        assert (way(contract, path) is None) == bool(aside)


@pytest.mark.parametrize(("last", "aside"), [("2027-01-06T11:59:59Z", 0), ("2027-01-06T12:00:00Z", 1)])
def test_what_lies_far_behind_until(tmp_path: Path, last: str, aside: int, native: str) -> None:
    """366 days and more after it is taken for a mistake; before that it waits."""
    found = rows()
    path = written(tmp_path, [*found, found[0] | {"id": "f", "ts": last, "ticket": "T999"}], {})
    contract = agreement(PLAIN)
    until = at("2026-01-05T12:00")
    taken = read_events(contract, [path], until)
    assert (taken.account.waiting, len(taken.quarantined)) == (len(found) - taken.account.applied + 1 - aside, aside)
    for way in (steadily, briefly):
        said = way(contract, path, until=until)
        assert (said is None) == bool(aside)


# ------------------------------------------------------------------------------------ several families of cases
TWO = """\
agreement desk "Desk"
  client     acme "Acme"
  provider   beta "Beta"
  effective  2026-01-01 until 2026-12-31
  time zone  UTC
  currency   EUR
event opened from anyone
  ticket  key
event solved from anyone
  ticket  key
event called from anyone
  call    key
event answered from anyone
  call    key
reads desk_log
  files   "*.jsonl"
  format  jsonl
  source  "desk"
  id      column "id"
  time    column "ts"
  row opened   when column "type" is "o"
  row solved   when column "type" is "s"
  row called   when column "type" is "c"
  row answered when column "type" is "a"
obligation restore "Restore"
  beta must solved for each opened
  within 4 hours
obligation answer "Answer"
  beta must answered for each called
  within 4 hours
"""


def two() -> Contract:
    found, problems = understand_text("desk.bpo", TWO)
    assert found is not None, problems
    return found


def of_two() -> Rows:
    """Every other case is a call."""
    found: Rows = []
    for row in rows():
        number = int(row["ticket"][1:])
        if number % 2:
            row = {"id": row["id"], "type": "ca"["os".index(row["type"])], "ts": row["ts"], "call": row["ticket"]}
        found.append(row)
    return found


@pytest.mark.parametrize("spoil", ["plain", "strict lines", "opened again"])
def test_two_families(tmp_path: Path, spoil: str, native: str) -> None:
    found = of_two()
    if spoil == "strict lines":
        found = [strict(row) if n % 7 == 3 else row for n, row in enumerate(found)]
    if spoil == "opened again":
        # While the case is open, so that the general machine has to decide it.
        place = next(n for n, row in enumerate(found) if n > 20 and row["type"] == "s")
        found = [*found[:place], found[place] | {"id": "again", "type": "o"}, *found[place:]]
    path = written(tmp_path, found, {})
    ledger = hold(two(), path)
    assert misses(ledger) >= LATE
    assert briefly(two(), path) is not None


@pytest.mark.parametrize("many", [1, 3])
def test_cases_that_are_opened_again(tmp_path: Path, many: int, native: str) -> None:
    found = rows()
    for n in range(many):
        place = next(place for place, row in enumerate(found) if place > 40 + 20 * n and row["type"] == "s")
        found = [*found[:place], found[place] | {"id": f"again{n}", "type": "o"}, *found[place:]]
    path = written(tmp_path, found, {})
    hold(agreement(PLAIN), path)
    assert briefly(agreement(PLAIN), path, 700) is not None


def test_events_are_looked_up_by_name_past_lines_that_are_refused(tmp_path: Path, native: str) -> None:
    contract, found = agreement(PLAIN, "  priority  one of high, low\n"), [row | {"priority": "low"} for row in rows()]
    found[50] |= {"priority": "none"}
    path = written(tmp_path, found, {})
    misses(hold(contract, path))
    ran = run_steady(contract, [path], None, lambda some: None, lambda: None)
    assert ran is not None
    taken, named = ran
    assert len(taken.quarantined) == 1
    of = read_events(contract, [path]).events[0].ref.removesuffix(found[0]["id"])
    wanted = [of + found[n]["id"] for n in (3, 50, 70)]
    assert [event.id for event in named(wanted)] == [found[3]["id"], found[70]["id"]]


# ------------------------------------------------------------------------------------ what is not for these ways
NOTICE = """
notice complaint from acme
  matter  key
  sent    instant
  deemed given
    | otherwise | when sent |
"""


def test_an_agreement_with_a_deemed_notice_is_read_strictly(tmp_path: Path) -> None:
    contract, path = agreement(PLAIN + NOTICE), written(tmp_path, rows(), {})
    assert misses(hold(contract, path)) == LATE
    assert steadily(contract, path) is None and briefly(contract, path) is None


def test_a_kind_of_which_nothing_is_straight(tmp_path: Path) -> None:
    """What is counted by itself is no part of a case."""
    measure = "\nmeasure load\n  each month\n  count of opened\nmeasure done\n  each month\n  count of solved\n"
    contract, path = agreement(PLAIN + measure), written(tmp_path, rows(), {})
    assert misses(hold(contract, path)) == LATE
    assert run_plain(contract, [path]) is None
