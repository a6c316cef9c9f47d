"""Nothing is ever written over what a command reads, nor over what its user changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bpodsl.cli import exits
from bpodsl.packaged import folder
from tests.test_cli import ANSWERED, ASKED, SMALL, ran


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.bpo").write_text(SMALL, encoding="utf-8")
    (tmp_path / "other.bpo").write_text(SMALL, encoding="utf-8")
    head, _, tail = SMALL.partition("\n\n")
    (tmp_path / "joined.bpo").write_text(f'{head}\n\nuse "part.bpo"\n', encoding="utf-8")
    (tmp_path / "part.bpo").write_text(tail, encoding="utf-8")
    for name in ("events.jsonl", "ledger.jsonl", "quarantine.jsonl", "summary.txt"):
        (tmp_path / name).write_text(ASKED + ANSWERED, encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link.jsonl").symlink_to(tmp_path / "events.jsonl")
    os.link(tmp_path / "events.jsonl", tmp_path / "hard.jsonl")
    return tmp_path


OVER = [
    "run small.bpo events.jsonl --quarantine events.jsonl",
    "run small.bpo events.jsonl --quarantine folder/../events.jsonl",
    "run small.bpo events.jsonl --quarantine folder/link.jsonl",
    "run small.bpo events.jsonl --quarantine hard.jsonl",
    "run small.bpo events.jsonl --quarantine small.bpo",
    "run small.bpo events.jsonl --quarantine other.bpo",
    "run small.bpo events.jsonl --quarantine new.bpo",
    "run small.bpo ledger.jsonl --out .",
    "run small.bpo events.jsonl quarantine.jsonl --out .",
    "run small.bpo summary.txt --out .",
    "run small.bpo events.jsonl --out result --quarantine result/ledger.jsonl",
    "run joined.bpo events.jsonl --quarantine part.bpo",
    "graph small.bpo --format mermaid --out small.bpo",
    "graph joined.bpo --format mermaid --out part.bpo",
    "graph small.bpo --format mermaid --out other.bpo",
]


@pytest.mark.parametrize("command", OVER)
def test_no_command_writes_over_what_it_reads(here, command):
    before = {path: path.read_bytes() for path in here.rglob("*") if path.is_file()}
    result = ran(*command.split(), code=exits.USAGE)
    assert "Nothing was done: name another file or folder." in result.stderr
    assert {path: path.read_bytes() for path in here.rglob("*") if path.is_file()} == before


def test_what_an_earlier_run_wrote_is_written_anew(here):
    for _ in range(2):
        ran("run", "small.bpo", "events.jsonl", "--out", "result", "--quarantine", "aside.jsonl")
        ran("graph", "small.bpo", "--out", "drawn.svg")


def test_an_agreement_that_its_reader_changed_stays(here):
    ran("demo", "--out", "mine")
    agreement = here / "mine" / "customer_care.bpo"
    changed = agreement.read_text(encoding="utf-8").replace("at least 95%", "at least 97%")
    agreement.write_text(changed, encoding="utf-8")
    (here / "mine" / "events.jsonl").unlink()
    again = ran("demo", "--out", "mine")
    assert agreement.read_text(encoding="utf-8") == changed
    assert "customer_care.bpo stays as it is" in " ".join(again.output.split())
    packed = folder("examples") / "customer_care" / "events.jsonl"
    assert (here / "mine" / "events.jsonl").read_bytes() == packed.read_bytes()
    third = ran("demo", "--out", "other")
    assert "stays as it is" not in third.output
