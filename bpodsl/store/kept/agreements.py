"""The agreements of a store: their texts, and how far each of their ledgers is."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

from attrs import evolve, frozen

from bpodsl.store.kept.troubles import DAMAGED, NO_AGREEMENT, StoreTrouble


@frozen
class Text:
    """The files of an agreement: names, counted from the folder of the first, and bytes; its own is the first."""

    files: tuple[tuple[str, bytes], ...]

    @property
    def digest(self) -> str:
        """SHA-256 of names and bytes."""
        found = hashlib.sha256()
        for name, data in self.files:
            found.update(f"{len(name.encode())} {name} {len(data)}\n".encode())
            found.update(data)
        return found.hexdigest()


@frozen
class Agreement:
    """An agreement as a store has it; instants are ticks, see `schema`."""

    id: int
    name: str
    version: int
    asked: int | None
    until: int | None
    published: int | None
    stands: int
    program: str
    account: str


_COLUMNS = "id, name, version, asked, until, published, stands, program, account"


def agreement_named(db: sqlite3.Connection, name: str | None) -> Agreement:
    """The agreement of that name, or the only one; how far time is known in it is said. Raises `StoreTrouble`."""
    has = names(db)
    if name is None and len(has) == 1:
        name = has[0]
    found = agreement_of(db, name) if name else None
    if found is None:
        told = ", ".join(f"`{each}`" for each in has) or "no agreement"
        raise StoreTrouble(NO_AGREEMENT, has=told, asked="" if name is None else f", and no `{name}`")
    if found.until is None and found.program:
        # Whoever evaluates it says so in the same transaction.
        raise StoreTrouble(DAMAGED, store="the store", why=f"it does not say until when time is known in `{name}`")
    return found


def names(db: sqlite3.Connection) -> list[str]:
    """The names of all agreements, sorted; what stands for a portfolio has none."""
    asked = "SELECT name FROM agreement WHERE name != ''"
    return sorted((str(name) for (name,) in db.execute(asked)), key=str.encode)


def agreement_of(db: sqlite3.Connection, name: str) -> Agreement | None:
    """The agreement of a name, if the store has it."""
    row = db.execute(f"SELECT {_COLUMNS} FROM agreement WHERE name = ?", (name,)).fetchone()
    return None if row is None else Agreement(*row)


def with_text(db: sqlite3.Connection, name: str, text: Text) -> tuple[Agreement, bool]:
    """The agreement of that name, with that text; and whether the text is another than it had. One that is new is
    added."""
    found = agreement_of(db, name)
    if found is None:
        row = (name, 0, None, None, None, 0, "", "{}")
        db.execute(f"INSERT INTO agreement ({_COLUMNS[4:]}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        found = agreement_of(db, name)
        assert found is not None
    if found.version and text_of(db, found) == text:
        return found, False
    new = evolve(found, version=found.version + 1)
    db.execute("UPDATE agreement SET version = ? WHERE id = ?", (new.version, new.id))
    db.executemany(
        "INSERT INTO text (agreement, version, place, name, digest, since, bytes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            (new.id, new.version, place, name, hashlib.sha256(data).hexdigest(), found.until, data)
            for place, (name, data) in enumerate(text.files)
        ),
    )
    return new, found.version > 0


def text_of(db: sqlite3.Connection, agreement: Agreement) -> Text:
    """Its text as it stands. Raises `StoreTrouble` if the store has none."""
    asked = "SELECT name, bytes FROM text WHERE agreement = ? AND version = ? ORDER BY place"
    files = tuple(db.execute(asked, (agreement.id, agreement.version)))
    if not files:
        why = f"of `{agreement.name}` it has no text of version {agreement.version}"
        raise StoreTrouble(DAMAGED, store="the store", why=why)
    return Text(files)


def updated(db: sqlite3.Connection, agreement: Agreement) -> None:
    """Write what has changed of an agreement."""
    if agreement_of(db, agreement.name) == agreement:
        return
    changed: Sequence[str] = ("asked", "until", "published", "stands", "program", "account")
    values = [getattr(agreement, name) for name in changed]
    told = ", ".join(f"{name} = ?" for name in changed)
    db.execute(f"UPDATE agreement SET {told} WHERE id = ?", (*values, agreement.id))
