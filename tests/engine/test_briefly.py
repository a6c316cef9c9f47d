"""What is told in short, by blocks of lines: the same as the ledger says, and what is kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from bpodsl.cli import run as cli
from bpodsl.cli.run import command
from bpodsl.engine import Brief, plan_contract
from bpodsl.engine.straight import blockwise
from bpodsl.native import library
from bpodsl.pipeline import run_brief, understand, understand_text
from bpodsl.record.brief import is_brief
from bpodsl.report.brief import PARTS, BriefLines
from bpodsl.store import identities
from bpodsl.store.identities import NotRising, Rising
from bpodsl.store.typed import _times
from bpodsl.values import Zone, moment, ticks
from tests.engine.test_steady import later, longest, opened_again
from tests.engine.test_straight import SPOILT, bodies, desk, one, ran

__all__ = ["desk"]


def short(lines):
    """What of the lines of a whole ledger is told in short."""
    found = []
    for each in map(json.loads, lines):
        if is_brief(each["of"], each["instance"]):
            found.append(json.dumps({part: each[part] for part in PARTS}, ensure_ascii=False, separators=(",", ":")))
    return found


def briefly(folder, size=None, until=None, events=("events.jsonl",), jobs=1):
    """The lines by blocks, and how often it began again; None: it gave up."""
    contract, lines, again = understand(folder / "w1.bpo").contract, [], []

    def sink(told):
        lines.extend(line.rstrip("\n") for line in BriefLines(told.forms).of(told.entries))

    def begin_again():
        lines.clear()
        again.append(1)

    found = run_brief(contract, [folder / name for name in events], until, sink, begin_again, size, jobs)
    return None if found is None else lines, len(again)


def spoilt(folder, spoil):
    events = folder / "events.jsonl"
    events.write_text("\n".join(spoil(events.read_text().splitlines())) + "\n")


TIMES = {
    "finer than a tick": one(100, lambda line: line.replace('Z"', '0000Z"', 1)),
    "a small letter": one(100, lambda line: line.replace('Z"', 'z"', 1)),
    "a blank in a time": one(100, lambda line: line.replace("T", " ", 1)),
    "whole seconds": lambda lines: [line[: line.index("Z") - 4] + line[line.index("Z") :] for line in lines[:-1]],
    "a second that leaps": one(100, lambda line: line[: line.index("Z") - 6] + "60.000" + line[line.index("Z") :]),
    "a colon in a name": one(100, lambda line: line.replace('"actor":"', '"actor":"a:')),
    "two lines swapped": lambda lines: [*lines[:300], lines[301], lines[300], *lines[302:]],
    "many swapped": lambda lines: [line for pair in zip(lines[1::2], lines[::2], strict=False) for line in pair],
    "far back": lambda lines: [*lines[:300], *lines[310:500], *lines[300:310], *lines[500:]],
    "other ids": lambda lines: [line.replace('"e0', f'"{line[-4]}0') for line in lines],
}


@pytest.mark.parametrize("spoil", [*SPOILT, *TIMES])
@pytest.mark.parametrize("size", [1 << 18, 3_000])
def test_the_same_in_short(desk, spoil, size):
    spoilt(desk, (SPOILT | TIMES)[spoil])
    full, _ = ran(desk)
    lines, _ = briefly(desk, size)
    assert lines is None or lines == short(full)
    if spoil in ("plain", "an escape", "an accent", "cut off", "a colon in a name", "whole seconds"):
        assert lines is not None


@pytest.mark.parametrize("day", ["2025-01-03", "2025-06-01"])
@pytest.mark.parametrize("size", [1 << 18, 3_000])
def test_events_that_wait(desk, day, size):
    full, _ = ran(desk, "--until", day)
    lines, _ = briefly(desk, size, until=Zone.load("UTC").start_of(datetime.fromisoformat(day).date()))
    assert lines == short(full)


def test_the_command_tells_the_same_by_any_way(desk, monkeypatch):
    full, said = ran(desk)
    general = ran(desk, "--brief")
    assert general == (short(full), said)
    monkeypatch.setattr(cli, "MUCH", 0)
    assert ran(desk, "--brief") == general
    spoilt(desk, SPOILT["backwards"])
    assert ran(desk, "--brief")[0] == general[0]


@pytest.mark.parametrize(
    "more", [["--format", "csv"], ["--out", "there"], ["--no-routine"], ["--as-known-at", "2025-06-01"]]
)
def test_what_it_does_not_go_with(desk, more):
    files = str(desk / "w1.bpo"), str(desk / "events.jsonl")
    found = CliRunner().invoke(command, [*files, "--format", "jsonl", "--brief", *more])
    assert found.exit_code == 2 and "--brief" in found.output


def test_cases_that_are_odd_are_left_to_the_general_machine(desk):
    lines = (desk / "events.jsonl").read_text().splitlines()
    spoilt(desk, later(longest(lines), opened_again))
    full, _ = ran(desk)
    assert briefly(desk, 3_000) == (short(full), 1)


def test_every_line_is_one_of_the_whole_ledger(desk):
    """What it leaves out of cases is what `--no-routine` does, and two kinds more."""
    full, _ = ran(desk)
    kept = {json.loads(line)["id"] for line in short(full)}
    left = [json.loads("{" + line) for line in bodies(full) if json.loads("{" + line)["id"] not in kept]
    assert {each["of"] for each in left} == {"Late", "Fired"}


# ------------------------------------------------------------------------------------ its parts
def test_ids_that_rise():
    ids = Rising()
    for batch in ("abc", "def"):
        ids.add("one", list(batch))
        ids.after()
    ids.add("other", ["a", "b"])
    ids.add("one", ["B"])
    ids.close()


DOUBTFUL = [["e"], ["f", "g"], ["b"], ["a", "g"], ["h", "h"]]


@pytest.mark.parametrize("more", DOUBTFUL)
def test_ids_that_do_not(more, monkeypatch):
    monkeypatch.setattr(identities, "_EARLY", 0)
    ids = Rising()
    for batch in ("abc", "def"):
        ids.add("one", list(batch))
        ids.after()
    with pytest.raises(NotRising):
        ids.add("one", more)
        ids.after()
        ids.close()


@pytest.mark.parametrize("how", ["compiled", "off"])
@pytest.mark.parametrize(("more", "repeated"), [*((each, True) for each in DOUBTFUL), (["ac", "ab"], False)])
def test_ids_that_do_not_while_they_are_few(how, more, repeated, monkeypatch):
    monkeypatch.setenv("BPODSL_NATIVE", "off" if how == "off" else "")
    ids = Rising()
    ids.add("other", ["b", "c"])
    for batch in ("abc", "dfg", more, ["aa"]):
        ids.add("one", [each for each in batch if each != "g" or batch is more])
        ids.after()
    ids.close()
    assert ids.repeated == (repeated and more != ["e"])


def test_ids_that_rise_anew_where_none_came():
    """As in a file that two others were put together to; a longer one lies behind all shorter ones."""
    ids = Rising()
    for batch in (["m5", "m6"], ["m7", "m10"], ["a1", "a2"], ["b1", "m1"], ["m11"], ["a3", "a9", "m12"]):
        ids.add("one", batch)
        ids.after()
    ids.close()
    assert ids._others is None
    assert not ids.repeated


def test_moments_are_ticks():
    for instant in (0, 1, 1_735_689_600_123_456, Zone.load("UTC").start_of(datetime(2199, 12, 31).date())):
        assert ticks(moment(instant)) == instant
    assert ticks(datetime(1970, 1, 1, 1, tzinfo=UTC)) == 3_600_000_000


@pytest.mark.parametrize("text", ["2025-01-01T10:00:00Z", "2025-01-01T10:00:00.5Z", "2025-01-01T10:00:00.123456Z"])
def test_times_of_one_form(text):
    at = datetime.fromisoformat(text)
    assert _times([text, text]) == [at, at]


@pytest.mark.parametrize(
    "texts",
    [
        ["2025-01-01T10:00:00.Z"], ["2025-01-01T10:00:00.1234567Z"], ["2025-01-01t10:00:00Z"],
        ["2025-01-01T10:00:00z"], ["2025-01-01T10:00:00+00:00"], ["2025-01-01T10:00:00.1Z", "2025-01-01T10:00:00.Z1"],
        ["2025-01-01T10:00:00Z", "2025-01-01T10:00:00.1Z"], ["2025-01-01T24:00:00Z"], ["2025-02-30T10:00:00Z"],
        ["2025-01-01T10:00:00.12Z", "2025-01-01T10:00:00Z", "2025-01-01T10:00:00.12345Z"],
    ],
)  # fmt: skip
def test_times_of_others(texts):
    with pytest.raises(ValueError):
        _times(texts)


TEXT = """
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

obligation restore "Restore"
  beta must solved for each opened
  within 4 hours

measure kept
  each month, counted when decided
  share of restore fulfilled
"""


def test_what_nothing_reads_is_not_written():
    written = []
    compiled = blockwise._compiled
    blockwise._compiled = lambda source: written.append(source) or compiled(source)
    try:
        found, problems = understand_text("desk.bpo", TEXT)
        assert found is not None, problems
        Brief(plan_contract(found), print, list, set(), native=False).streams[0].made.sweep  # noqa: B018
    finally:
        blockwise._compiled = compiled
    (source,) = written
    assert "declared" not in source and "opened0" not in source and "ran0" not in source


def test_a_case_that_is_done_is_forgotten():
    found, _ = understand_text("desk.bpo", TEXT)
    told = []
    flow = Brief(plan_contract(found), told.append, list, set(), native=False)
    (stream,) = flow.streams
    begin = datetime(2026, 1, 5, tzinfo=UTC)

    class Line:
        family = 0

        def __init__(self, number, ticket):
            self.number, self.key0, self.f0, self.id = number, ticket, ticket, f"{ticket}{number}"

    for day in range(5):
        at = begin + timedelta(days=day)
        lines = [Line(0, f"A{day}"), Line(0, f"B{day}"), Line(1, f"A{day}")]
        flow.take_block(0, lines, [at, at + timedelta(hours=1), at + timedelta(hours=2)], "x/", True)
        flow.sweep(ticks(at + timedelta(hours=3)))
        assert list(stream.cases) == [(f"B{n}",) for n in range(day + 1)]
    missed = [row for each in told for row in each.entries if type(row) is tuple]
    assert [row[3] for row in missed] == [f"x/B{n}0" for n in range(4)]


def test_of_few_lines_several_threads_are_refused_with_a_word(desk):
    full = ran(desk, "--brief")
    found = ran(desk, "--brief", "--jobs", "2")
    assert found[0] == full[0]
    assert (
        found[1] == "note: --jobs is for a portfolio; one agreement is run in one process. Here: only the cases of "
        f"large files of events in order of time are shared by --brief.\n{full[1]}"
    )


@pytest.mark.parametrize("how", ["", "off"])
def test_of_many_lines_they_share_the_cases(desk, how, monkeypatch):
    monkeypatch.setattr(cli, "MUCH", 0)
    monkeypatch.setenv("BPODSL_NATIVE", how)
    full = ran(desk, "--brief")
    lines, said = ran(desk, "--brief", "--jobs", "3")
    assert lines == full[0]
    assert ("which is not there" in said) == (library() is None)
