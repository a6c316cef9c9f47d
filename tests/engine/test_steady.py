"""Runs that keep only what is open: the same lines, and what is kept."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from attrs import evolve
from click.testing import CliRunner

from bpodsl.cli import exits
from bpodsl.cli import run as cli
from bpodsl.cli.main import bpodsl
from bpodsl.engine import Flow, plan_contract
from bpodsl.engine.tallies import Tallied, Unsteady
from bpodsl.pipeline import run_steady, understand
from bpodsl.report.formats import LedgerLines
from bpodsl.store import lines as lines_of_files
from bpodsl.store import read_events, steady
from bpodsl.store.identities import Identities
from bpodsl.values import Zone
from tests.benchmarks.w1 import made
from tests.engine.test_straight import SPOILT, W1, bodies, desk, ran

__all__ = ["desk"]


def steadily(folder, size, routine=True, until=None):
    """The lines that a steady run ends with, and how often it began again; None: it gave up."""
    contract, lines, again = understand(folder / "w1.bpo").contract, [], []
    writer = LedgerLines(contract)

    def begin_again():
        lines.clear()
        again.append(1)

    def sink(some):
        lines.extend(writer.of(some))

    found = run_steady(contract, [folder / "events.jsonl"], until, sink, begin_again, routine, size)
    return None if found is None else [line.rstrip("\n") for line in lines], len(again)


def spoilt(folder, spoil):
    events = folder / "events.jsonl"
    events.write_text("\n".join(spoil(events.read_text().splitlines())) + "\n")


GIVES_UP = {"the same line twice", "backwards", "opened twice", "an offset"}


@pytest.mark.parametrize("spoil", SPOILT)
@pytest.mark.parametrize("size", [1 << 20, 3_000])
def test_the_same_lines(desk, spoil, size):
    spoilt(desk, SPOILT[spoil])
    full, _ = ran(desk)
    lines, _ = steadily(desk, size)
    assert lines == full or (lines is None and spoil in GIVES_UP)
    if lines is not None:
        short, _ = steadily(desk, size, routine=False)
        assert [line.partition(",")[2] for line in short] == bodies(full)


@pytest.mark.parametrize("day", ["2025-01-01", "2025-01-03", "2025-06-01", "2025-12-20"])
@pytest.mark.parametrize("size", [1 << 20, 3_000])
def test_events_that_wait(desk, day, size, monkeypatch):
    full, said = ran(desk, "--until", day)
    until = Zone.load("UTC").start_of(date.fromisoformat(day))
    assert steadily(desk, size, until=until)[0] == full
    monkeypatch.setattr(cli, "MUCH", 0)
    assert ran(desk, "--until", day) == (full, said)


@pytest.mark.parametrize("spoil", ["plain", "quoted", "over lines", "backwards", "a short row"])
def test_files_of_cells(desk, spoil, monkeypatch):
    """The ledger of cells is that of one that holds all of them; what lies in order is run steadily."""
    made.write_cells(desk / "events.jsonl", desk / "events.csv")
    text = (desk / "w1.bpo").read_text("utf-8")
    (desk / "w1.bpo").write_text(text.replace("*.jsonl", "*.csv").replace("format  jsonl", "format  csv"), "utf-8")
    head, *rows = (desk / "events.csv").read_text("utf-8").splitlines()
    match spoil:
        case "quoted":
            rows = [",".join(f'"{cell}"' for cell in row.split(",")) for row in rows]
        case "over lines":
            rows[50] = rows[50].rpartition(",")[0] + ',"an agent\nof two lines"'
        case "backwards":
            rows.reverse()
        case "a short row":
            rows.insert(60, "no row")
    (desk / "events.csv").write_text("\n".join([head, *rows, ""]), "utf-8")
    events = str(desk / "events.csv")
    command = ["run", str(desk / "w1.bpo"), events, "--format", "jsonl"]
    full = CliRunner().invoke(bpodsl, command)
    assert full.exit_code == (exits.EVENTS if spoil == "a short row" else 0)
    monkeypatch.setattr(steady, "_SOME", 100)
    lines = []
    writer = LedgerLines(understand(desk / "w1.bpo").contract)
    contract = understand(desk / "w1.bpo").contract
    found = run_steady(contract, [Path(events)], None, lambda some: lines.extend(writer.of(some)), lines.clear)
    assert (found is None) == (spoil == "backwards")
    if found is not None:
        assert "".join(lines) == full.stdout
    monkeypatch.setattr(cli, "MUCH", 0)
    again = CliRunner().invoke(bpodsl, command)
    assert (again.stdout, again.stderr, again.exit_code) == (full.stdout, full.stderr, full.exit_code)


def test_packed_files_are_measured_by_what_they_hold(tmp_path, monkeypatch):
    for name, data in (("a.jsonl", b"x" * 100), ("b.jsonl", gzip.compress(b"x" * 100))):
        (tmp_path / name).write_bytes(data)
    monkeypatch.setattr(cli, "MUCH", 101)
    assert not cli._is_much([tmp_path / "a.jsonl"])
    assert cli._is_much([tmp_path / "b.jsonl"])


@pytest.mark.parametrize("spoil", ["plain", "an accent", "opened again", "backwards", "an idle one"])
@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_so_many_processes_as_one_likes(desk, monkeypatch, spoil, form):
    lines = (desk / "events.jsonl").read_text().splitlines()
    more = {"opened again": later(longest(lines), opened_again), "an idle one": idle}
    spoilt(desk, more.get(spoil) or SPOILT[spoil])
    full = ran(desk, "--format", form)
    monkeypatch.setattr(cli, "MUCH", 0)
    monkeypatch.setattr(lines_of_files, "BLOCK", 4_000)
    for jobs in ("2", "3"):
        for routine in ((), ("--no-routine",)):
            found = ran(desk, "--format", form, "--jobs", jobs, *routine)
            if routine:
                assert len(found[0]) < len(full[0])
                continue
            assert found[0] == full[0]
            said = found[1].splitlines()
            if spoil == "backwards":
                assert said.pop(0).startswith("note: --jobs is for a portfolio; one agreement is run in one process.")
            assert said == full[1].splitlines()


def idle(lines):
    extra = json.loads(lines[300]) | {"type": "ticket.resumed", "ticket": "T99999999", "id": "idle"}
    return [*lines[:301], json.dumps(extra, separators=(",", ":")), *lines[301:]]


def later(which, change):
    """One more line, of the ticket of the line of that number, in its place in the order of time."""

    def spoil(lines):
        first = json.loads(lines[which])
        more = json.dumps(change(first, [json.loads(line) for line in lines]), separators=(",", ":"))
        return sorted([*lines, more], key=lambda line: json.loads(line)["ts"])

    return spoil


def opened_again(first, lines):
    """While the ticket is open, well after it was opened."""
    last = max(each["ts"] for each in lines if each.get("ticket") == first["ticket"])
    return first | {"id": "again", "type": "ticket.opened", "priority": "P1", "ts": last[:-5] + ".000Z"}


def longest(lines):
    """The number of the line that opens the ticket which is open longest."""
    found = [json.loads(line) for line in lines[:-1]]
    opened = {each["ticket"]: n for n, each in enumerate(found) if each["type"] == "ticket.opened"}
    closed = {each["ticket"]: n for n, each in enumerate(found) if each["type"] == "ticket.resolved"}
    return max((closed[ticket] - n, n) for ticket, n in opened.items() if ticket in closed)[1]


def test_a_case_that_proves_odd_when_it_has_begun_goes_to_the_general_machine_from_the_first(desk):
    lines = (desk / "events.jsonl").read_text().splitlines()
    spoilt(desk, later(longest(lines), opened_again))
    full, _ = ran(desk)
    found, again = steadily(desk, 1_000)
    assert found == full and again == 1
    assert steadily(desk, 1 << 20) == (full, 0)


def test_events_after_the_end_are_left_to_the_whole_run(desk):
    def beyond(lines):
        after = json.loads(lines[-1])["ts"].replace(".", ".9")
        return [*lines, json.dumps(json.loads(lines[-2]) | {"id": "beyond", "ts": after[:-2] + "Z"})]

    spoilt(desk, beyond)
    assert steadily(desk, 3_000)[0] is None


@pytest.mark.parametrize("known", [True, False])
def test_so_are_those_of_a_case_that_is_odd_by_then(desk, known):
    contract = understand(desk / "w1.bpo").contract
    events = read_events(contract, [desk / "events.jsonl"]).events
    opened = next(each for each in events if each.kind == "opened")
    over = Zone.load(contract.zone).start_of(date(2041, 2, 1))
    # Odd: two events of one instant. The last comes before it is known that the agreement has ended.
    more = evolve(opened, kind="resumed", id="more"), evolve(opened, id="beyond", time=over, known=over, acts=over)
    flow = Flow(plan_contract(contract), lambda some: None, lambda items: (), set(), True)
    with pytest.raises(Unsteady, match="after the end"):
        for event in (opened, more[0]):
            flow.take(event)
        if known:
            flow.sweep(opened.known + 1)
        flow.take(more[1])
        flow.sweep(over)
        flow.close(over + 1)


@pytest.mark.parametrize("spoil", ["plain", "backwards", "an accent", "another kind"])
@pytest.mark.parametrize("more", [(), ("--no-routine",)])
def test_the_command_says_the_same_whatever_the_size(desk, monkeypatch, spoil, more):
    spoilt(desk, SPOILT[spoil])
    before = ran(desk, *more)
    monkeypatch.setattr(cli, "MUCH", 0)
    assert ran(desk, *more) == before


def test_what_was_written_to_a_file_is_taken_back(desk, tmp_path):
    spoilt(desk, lambda lines: [*lines, lines[300]])
    full, _ = ran(desk)
    script = "import sys; from bpodsl.cli import main, run; run.MUCH = 0; print('before', flush=True); main()"
    command = [sys.executable, "-c", script, "run", str(desk / "w1.bpo"), str(desk / "events.jsonl")]
    with (tmp_path / "out").open("w") as file:
        subprocess.run([*command, "--format", "jsonl"], stdout=file, check=True)
    assert (tmp_path / "out").read_text().splitlines() == ["before", *full]


def test_an_event_of_which_nothing_follows_is_noted_as_ever(desk, monkeypatch):
    spoilt(desk, idle)
    before = ran(desk)
    assert "`resumed` counts for nothing" in before[1]
    monkeypatch.setattr(cli, "MUCH", 0)
    assert ran(desk) == before


def test_no_more_is_kept_than_what_is_open(tmp_path):
    made.write(tmp_path, 6_000, 3, 5)
    shutil.copy(W1 / "w1.bpo", tmp_path)
    contract = understand(tmp_path / "w1.bpo").contract
    events = read_events(contract, [tmp_path / "events.jsonl"]).events
    flow = Flow(plan_contract(contract), lambda some: None, lambda items: (), set(), True)
    (stream,), engine, kept = flow.streams, flow._engine, []
    for number, event in enumerate(events, 1):
        flow.take(event)
        if number % 100 == 0:
            flow.sweep(event.known)
            rows = [
                each for store in engine._world.rows.stores.values() for groups in store.cells.values()
                for each in groups.values() if isinstance(each, Tallied)
            ]  # fmt: skip
            names = sum(len(found) for each in rows for found in each._names.values())
            kept.append((len(stream.cases), len(stream._timers), names, len(engine._journal._posted)))
    half = len(kept) // 2
    # Of some tickets it is never said that they are resolved; these are open to the end.
    assert max(n for n, *_ in kept) < 6_000 / 4 / 10
    for part in (1, 2, 3):
        assert max(each[part] for each in kept[half:]) <= 1.3 * max(each[part] for each in kept[:half]) + 10


def test_ids_that_come_twice():
    def repeated(*blocks):
        ids = Identities()
        for source, found in blocks:
            ids.add(source, found)
        return ids.repeated

    assert not repeated(("a", ["e1", "e2"]), ("a", ["e3", "e9"]))
    assert not repeated(("a", ["e3", "e2"]), ("a", ["e1"]), ("b", ["e1"]))
    assert repeated(("a", ["e1", "e2"]), ("a", ["e2", "e3"]))
    assert repeated(("a", ["e1", "e1"]))
    assert repeated(("a", ["e3", "e2"]), ("b", ["e3"]), ("b", ["e1", "e3"]))
    assert not repeated(("a", ["e9", "e10"]), ("a", ["e11"]))
    assert repeated(("a", ["e9", "e10"]), ("a", ["e11", "e10"]))
