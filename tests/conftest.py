"""Shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long a test takes depends on who else uses the machine; that is for benchmarks to say.
settings.register_profile("bpodsl", deadline=None)
settings.load_profile("bpodsl")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


def shared(part: str) -> Path:
    """A folder of acceptance material beside the checkout; the test is skipped, with the reason, without it.

    Where BPODSL_ACCEPTANCE=required is set, a missing folder is a failure.
    """
    found = SHARED / part
    if found.is_dir():
        return found
    if os.environ.get("BPODSL_ACCEPTANCE") == "required":
        pytest.fail(f"acceptance material {part} is required but missing")
    pytest.skip(f"acceptance material ({part}) is not beside this checkout")
