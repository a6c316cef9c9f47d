"""Shared by all tests."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

# How long a test takes depends on who else uses the machine; `python -m tests.benchmarks` compares times.
settings.register_profile("bpodsl", deadline=None)
settings.load_profile("bpodsl")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

_CACHE = pytest.StashKey[tempfile.TemporaryDirectory[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Nothing that an earlier run kept is read: each session begins with an empty cache folder of its own.

    Not a fixture, since some modules read the tables of the grammar when they are collected.
    """
    folder = tempfile.TemporaryDirectory(prefix="bpodsl-cache-")
    config.stash[_CACHE] = folder
    os.environ["XDG_CACHE_HOME"] = folder.name


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[_CACHE].cleanup()


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
