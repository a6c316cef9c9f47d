"""A share of the trials with files that somebody broke; `python -m tests.fuzz --trials N` holds many."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.conftest import ROOT
from tests.fuzz import kinds, ran


def test_whatever_is_broken_each_command_ends_as_its_page_says():
    ended = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", "--trials", "240", "--seed", "7"],
        env=os.environ | {"PYTHONPATH": str(ROOT)}, cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stdout + ended.stderr
    *_, last = ended.stdout.splitlines()
    assert last == "240 trials, 0 wrong" and len(re.findall(r"^\w+: 40 trials", ended.stdout, re.M)) == 6


def test_the_trials_find_what_is_wrong(monkeypatch, tmp_path):
    kinds.prepared(tmp_path)

    def raises(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("bpodsl.keeping.contract_of", raises)
    ended = ran.ran(["ledger", "--store", tmp_path / "sound.db"])
    assert "ZeroDivisionError" in ran.wrong(ended, {0, 5, 70})
    monkeypatch.setattr("bpodsl.keeping.contract_of", lambda *_: all(each == 0 for each in iter(int, 1)))
    monkeypatch.setattr(ran, "SECONDS", 0.2)
    assert "computed" in ran.wrong(ran.ran(["ledger", "--store", tmp_path / "sound.db"]), {0})
    assert "exit code 2" in ran.wrong(ran.ran(["ledger"]), {0})
    assert "goes to the terminal" in ran.wrong(ran.Ended(0, "", "\x1b[2J"), {0})
    assert "MiB" in ran.wrong(ran.Ended(0, "", "", held=ran.MEBIBYTES + 1), {0})
