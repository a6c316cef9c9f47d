"""A share of the trials in which everything goes wrong; `python -m tests.faults --trials N` holds all of them."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


@pytest.mark.parametrize("asked", [("--trials", "30"), ("--power", "40")])
def test_a_store_outlasts_whatever_fails(asked):
    more = {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults", *asked, "--seed", "7"], env=os.environ | more, cwd=ROOT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ended.returncode == 2 and ended.stdout.startswith("no trial could be held"):
        # What this machine lacks is said; a wrong option ends with 2 as well, and is no reason.
        pytest.skip(ended.stdout.strip())
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.splitlines()[-1] in ("30 trials, 0 wrong", "40 disks after a power cut, 0 wrong")
