"""Standard input, which is read again where it is a file, and is put into one where it is not; with real processes."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from bpodsl.store import opening
from tests.benchmarks.w1.__main__ import prepare
from tests.conftest import ROOT

RUN = "import sys; import bpodsl.cli.run as run; run.MUCH = {much}; from bpodsl.cli import main; sys.exit(main())"
ASK = """
import sys
from pathlib import Path
from bpodsl.store import keep_input, may_be_read_again, opened, size_of
print(may_be_read_again(Path("-")))
keep_input()
print(may_be_read_again(Path("-")), size_of(Path("-")))
with opened("-") as one, opened("-") as other:
    print(one.read(3), other.read(), one.read(), one.seek(1), one.read(2), one.seek(-2, 2), one.tell(), one.read())
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """W1, and the same of which standard input is mapped."""
    folder = tmp_path_factory.mktemp("desk")
    prepare(folder, 3_000, 20, 4)
    text = (folder / "w1.bpo").read_text("utf-8").replace('files   "*.jsonl"', 'files   "-"')
    (folder / "piped.bpo").write_text(text, "utf-8")
    return folder


def ran(desk, events, *options, much=0, **how):
    """What a process writes and says, and its exit code; by the ways for very many events, if that is more than
    `much` bytes."""
    agreement = desk / ("piped.bpo" if events == "-" else "w1.bpo")
    own = (str(agreement), events, *options, "--format", "jsonl")
    command = [sys.executable, "-c", RUN.format(much=much), "run", *own]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, **how)
    return done.stdout, done.stderr, done.returncode


@pytest.mark.parametrize("options", [(), ("--no-routine",), ("--brief",), ("--brief", "--jobs", "2")])
def test_it_comes_to_what_a_file_does(desk, options):
    """As held whole, as a file that is read again, as a pipe, and as a file of which others have read a part."""
    events = desk / "events.jsonl"
    held = ran(desk, "-", *options, much=1 << 40, input=events.read_bytes())
    assert held[0] and held[2] == 0
    assert ran(desk, "-", *options, input=events.read_bytes()) == (held[0], b"", 0)
    with events.open("rb") as file:
        assert ran(desk, "-", *options, stdin=file) == (held[0], b"", 0)
    behind = desk / "behind.txt"
    behind.write_bytes(b"what others read\n" + events.read_bytes())
    with behind.open("rb", buffering=0) as file:
        file.seek(len(b"what others read\n"))
        assert ran(desk, "-", *options, stdin=file) == (held[0], b"", 0)
    if not options:
        assert ran(desk, str(events), *options)[0] == held[0]


def test_lines_in_any_order_are_held_as_ever(desk):
    lines = (desk / "events.jsonl").read_bytes().splitlines(keepends=True)
    whole = ran(desk, "-", much=1 << 40, input=b"".join(lines))
    assert ran(desk, "-", input=b"".join(reversed(lines)))[::2] == whole[::2]


def test_several_processes_do_not_share_it(desk):
    said = ran(desk, "-", "--jobs", "2", input=(desk / "events.jsonl").read_bytes())
    assert b"standard input is read by one process" in said[1] and said[2] == 0


def test_readers_have_places_of_their_own(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"0123456789")
    told = "b'012' b'0123456789' b'3456789' 1 b'12' 8 8 b'89'"
    with (tmp_path / "a.txt").open("rb") as file:
        found = subprocess.run([sys.executable, "-c", ASK], stdin=file, capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.splitlines() == ["True", "True 10", told], found.stderr
    found = subprocess.run([sys.executable, "-c", ASK], input="0123456789", capture_output=True, text=True, cwd=ROOT)
    assert found.stdout.splitlines() == ["False", "True 10", told], found.stderr


def test_what_is_no_file_of_the_system_is_left_as_it_is(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"once")))
    opening.keep_input()
    with opening.opened("-") as stream:
        assert stream.read() == b"once"
