"""Stores that are wrong on purpose, so that one sees that the trials find it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import bpodsl.keeping
from bpodsl.store.kept import database
from bpodsl.store.kept.agreements import Agreement


def _setting(name: str, value: str, reads: object) -> Callable[[], None]:
    def plant() -> None:
        others = [each for each in database.SETTINGS if each[0] != name]
        database.SETTINGS = ((name, value, reads), *others)  # type: ignore[misc]

    return plant


def _commit_between() -> None:
    """Postings are committed before it is written down where their chain ends."""
    closed = bpodsl.keeping._closed

    def ends(db: sqlite3.Connection, *rest: Any) -> Agreement:
        db.execute("COMMIT")
        db.execute("BEGIN IMMEDIATE")
        return closed(db, *rest)

    bpodsl.keeping._closed = ends


def _error_swallowed() -> None:
    writing = bpodsl.keeping.writing

    @contextmanager
    def silent(path: Path) -> Iterator[sqlite3.Connection]:
        with suppress(Exception), writing(path) as db:
            yield db

    bpodsl.keeping.writing = silent


PLANTED = {
    "folder not synced": _setting("synchronous", "FULL", 2),
    "nothing synced": _setting("synchronous", "OFF", 0),
    "journal in memory": _setting("journal_mode", "MEMORY", "memory"),
    "committed in parts": _commit_between,
    "error swallowed": _error_swallowed,
}
