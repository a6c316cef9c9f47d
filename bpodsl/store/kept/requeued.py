"""Lines that were set aside: those that stay so when the text changes, and those that are read again, mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from bpodsl.record.gather import OF_OTHERS
from bpodsl.record.refusals import Reason, Refusal
from bpodsl.store.kept.troubles import NOT_ASIDE, StoreTrouble

Place = tuple[str, int]
"""A file, by its name in the store, and a line of it."""


def hold(db: sqlite3.Connection, agreement: int) -> None:
    """What is set aside now for what is in the line stays so, whatever a later text could make of it."""
    asked = "SELECT agreement, file, line, code, reason, step FROM aside WHERE agreement = ? ORDER BY number"
    rows = [row for row in db.execute(asked, (agreement,)) if row[3] not in OF_OTHERS]
    db.executemany(
        "INSERT OR IGNORE INTO held (agreement, file, line, code, reason, step) VALUES (?, ?, ?, ?, ?, ?)", rows
    )


def held(db: sqlite3.Connection, agreement: int) -> Mapping[Place, Refusal]:
    """The lines that stay set aside, each with why."""
    asked = "SELECT file, line, code, reason, step FROM held WHERE agreement = ?"
    found = {}
    for file, line, code, reason, step in db.execute(asked, (agreement,)):
        told = Reason(code, "", "{reason}", "{step}")
        found[file, line] = Refusal(told, f"{file}:{line}", (("reason", reason), ("step", step)))
    return found


def mended(db: sqlite3.Connection, agreement: int) -> Mapping[Place, tuple[int, bytes | None]]:
    """The lines that were requeued: from when they are known at the earliest, and what is read in their place."""
    asked = "SELECT file, line, since, raw FROM mended WHERE agreement = ?"
    return {(file, line): (since or 0, raw) for file, line, since, raw in db.execute(asked, (agreement,))}


def requeue(
    db: sqlite3.Connection, agreement: int, published: int | None, lines: Mapping[Place, bytes | None] | None
) -> int:
    """Read lines again that are set aside: these, as they are mended (None: nothing is in their place); or all that
    only stay so, as they are. How many. Raises `StoreTrouble` for a line that is not set aside for its own sake."""
    asked = "SELECT file, line, code, raw FROM aside WHERE agreement = ?"
    aside = {(file, line): (code, raw) for file, line, code, raw in db.execute(asked, (agreement,))}
    if lines is None:
        lines = {place: aside[place][1] for place in held(db, agreement) if place in aside}
    for (file, line), raw in lines.items():
        code = aside.get((file, line), ("", b""))[0]
        if not code or code in OF_OTHERS:
            why = f"it is so for what other lines say ({code})" if code else "it is not"
            raise StoreTrouble(NOT_ASIDE, place=f"{file}:{line}", why=why)
        where = (agreement, file, line)
        db.execute("DELETE FROM held WHERE agreement = ? AND file = ? AND line = ?", where)
        db.execute(
            "INSERT INTO mended (agreement, file, line, since, raw) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET since = excluded.since, raw = excluded.raw",
            (*where, published, raw),
        )
    return len(lines)
