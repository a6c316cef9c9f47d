"""The faults that are planted are faults of the program as it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.planted.__main__ import ROOT, planted
from tests.planted.faults import FAULTS, Fault


def test_there_are_enough_of_them():
    assert len(FAULTS) >= 30 and len({fault.what for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_each_can_be_planted(fault: Fault, tmp_path: Path):
    """Its line stands in the program once, and what takes its place is Python that says something else."""
    path = tmp_path / "bpodsl" / fault.path
    path.parent.mkdir(parents=True)
    text = (ROOT / "bpodsl" / fault.path).read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    planted(fault, tmp_path)
    assert compile(path.read_text(encoding="utf-8"), fault.path, "exec") != compile(text, fault.path, "exec")
