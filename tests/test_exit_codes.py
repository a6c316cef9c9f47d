"""Every exit code, reached by a program of its own as a user starts it; and nothing else than these."""

from __future__ import annotations

import gzip
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bpodsl.cli import exits
from tests.conftest import ROOT
from tests.test_cli import ANSWERED, ASKED, SMALL

CODES = {name: code for name, code in vars(exits).items() if name.isupper()}

# The program, with a defect.
BROKEN = """
import bpodsl.pipeline
from bpodsl.cli.main import main
def runner(contract):
    raise RuntimeError("a defect for this test")
bpodsl.pipeline.runner = runner
main()
"""


@pytest.fixture
def here(tmp_path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    Path("small.bpo").write_text(SMALL, encoding="utf-8")
    Path("e.jsonl").write_text(ASKED + ANSWERED, encoding="utf-8")
    return tmp_path


def started(*arguments: str, program: tuple[str, ...] = ("-m", "bpodsl")) -> tuple[int, str]:
    """The exit code, and what was said besides the result; there is never a traceback."""
    around = {**os.environ, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(
        [sys.executable, *program, *arguments], capture_output=True, text=True, check=False, timeout=60, env=around
    )
    assert "Traceback" not in ran.stderr and "Traceback" not in ran.stdout
    return ran.returncode, ran.stderr


def kept() -> None:
    assert started("run", "small.bpo", "e.jsonl", "--store", "s.db") == (exits.OK, "")


def nothing_wrong() -> tuple[int, str]:
    return started("run", "small.bpo", "e.jsonl")


def a_test_fails() -> tuple[int, str]:
    Path("small.bpo").write_text(SMALL.replace("05T12:00 answered", "05T12:01 answered"), encoding="utf-8")
    return started("test", "small.bpo")


def no_such_option() -> tuple[int, str]:
    return started("run", "small.bpo", "e.jsonl", "--untill", "2026-02-01")


def an_agreement_with_errors() -> tuple[int, str]:
    Path("small.bpo").write_text(SMALL.replace("maker must", "baker must"), encoding="utf-8")
    return started("run", "small.bpo", "e.jsonl")


def a_line_set_aside() -> tuple[int, str]:
    Path("e.jsonl").write_text(ASKED + "{\n" + ANSWERED, encoding="utf-8")
    return started("run", "small.bpo", "e.jsonl")


def a_store_changed_by_another_hand() -> tuple[int, str]:
    kept()
    with sqlite3.connect("s.db") as db:
        db.execute("UPDATE posting SET known = known + 1 WHERE sequence = 2")
    return started("ledger", "--store", "s.db")


def a_folder_that_is_a_file() -> tuple[int, str]:
    return started("run", "small.bpo", "e.jsonl", "--out", "e.jsonl/result")


def a_store_that_another_writes() -> tuple[int, str]:
    kept()
    holder = sqlite3.connect("s.db", isolation_level=None)
    try:
        holder.execute("BEGIN IMMEDIATE")
        return started("run", "small.bpo", "e.jsonl", "--store", "s.db")
    finally:
        holder.close()


def a_file_packed_too_tight() -> tuple[int, str]:
    Path("e.jsonl.gz").write_bytes(gzip.compress(b" " * (64 << 20)))
    return started("run", "small.bpo", "e.jsonl.gz")


def a_store_of_a_later_version() -> tuple[int, str]:
    kept()
    with sqlite3.connect("s.db") as db:
        db.execute("PRAGMA user_version = 99")
    return started("ledger", "--store", "s.db")


def a_defect() -> tuple[int, str]:
    code, told = started("run", "small.bpo", "e.jsonl", program=("-c", BROKEN))
    (report,) = Path().glob("bpodsl-defect-*.txt")
    assert "a defect for this test" in report.read_text("utf-8") and report.name in told
    return code, told


WAYS: dict[str, tuple[Callable[[], tuple[int, str]], str]] = {
    "OK": (nothing_wrong, ""), "FOUND": (a_test_fails, ""), "USAGE": (no_such_option, "--until"),
    "AGREEMENT": (an_agreement_with_errors, "BPO"), "EVENTS": (a_line_set_aside, ""),
    "VERIFY": (a_store_changed_by_another_hand, "STO106"), "IO": (a_folder_that_is_a_file, "run it again"),
    "IN_USE": (a_store_that_another_writes, "STO101"), "LIMIT": (a_file_packed_too_tight, "EVT19"),
    "VERSION": (a_store_of_a_later_version, "STO105"), "INTERNAL": (a_defect, "not of your files"),
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_it_ends_with_its_code_and_says_why(here, name):
    way, told = WAYS[name]
    code, said = way()
    assert code == CODES[name], said
    assert told in said


def test_none_is_left_out_and_each_is_told_of():
    # Ctrl-C is tried where a command waits: tests/test_bad_input.py and tests/test_portfolio.py.
    assert {*WAYS, "STOPPED"} == {*CODES}
    told = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Exit codes\n")[2].partition("\n## ")[0]
    found = [int(each) for each in re.findall(r"(?:^|· )(\d+) ", told)]
    assert sorted(found) == sorted(CODES.values())
