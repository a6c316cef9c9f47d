"""What agreements of a portfolio came to when they were last evaluated, by what that was made of."""

from __future__ import annotations

import hashlib
import sqlite3


def stood(db: sqlite3.Connection, agreement: int, made_of: str) -> bytes | None:
    """What it came to when it was made of just that; None if it never was, or is not as it was written."""
    asked = "SELECT told, seal FROM stood WHERE agreement = ? AND made_of = ?"
    found = db.execute(asked, (agreement, made_of)).fetchone()
    return found[0] if found and found[1] == _seal(made_of, found[0]) else None


def keep_stood(db: sqlite3.Connection, agreement: int, made_of: str, told: bytes) -> None:
    """Keep what an agreement came to, instead of what it came to before."""
    asked = "INSERT INTO stood (agreement, made_of, told, seal) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    asked += "made_of = excluded.made_of, told = excluded.told, seal = excluded.seal"
    if stood(db, agreement, made_of) != told:
        db.execute(asked, (agreement, made_of, told, _seal(made_of, told)))


def _seal(made_of: str, told: bytes) -> str:
    return hashlib.blake2b(made_of.encode() + told, digest_size=16).hexdigest()
