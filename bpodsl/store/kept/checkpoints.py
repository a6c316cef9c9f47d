"""Signed checkpoints, as lines; what they say is for `proof` to know."""

from __future__ import annotations

import sqlite3


def checkpoints(db: sqlite3.Connection, agreement: int) -> list[str]:
    """The checkpoints of an agreement, in the order in which they were made."""
    asked = "SELECT line FROM checkpoint WHERE agreement = ? ORDER BY number"
    return [str(line) for (line,) in db.execute(asked, (agreement,))]


def keep_checkpoint(db: sqlite3.Connection, agreement: int, line: str) -> None:
    """Keep one more, if it is not there already."""
    there = checkpoints(db, agreement)
    if line not in there:
        db.execute("INSERT INTO checkpoint VALUES (?, ?, ?)", (agreement, len(there) + 1, line))
