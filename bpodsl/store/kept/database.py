"""Opening a store: for the one who writes, or for any number who read meanwhile."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

from bpodsl.store.kept.schema import APPLICATION, VERSION, make, migrate
from bpodsl.store.kept.troubles import CANNOT_USE, DAMAGED, IN_USE, NO_STORE, OTHER_FORM, StoreTrouble

__all__ = ["VERSION", "reading", "scratch", "writing"]

PATIENCE: Final = 1_000
"""For how many milliseconds a writer waits for another, which may be just starting."""

READERS: Final = 60_000
"""For how many milliseconds it waits for readers to be done before it commits, and they for its commit."""

SETTINGS: Final = (
    ("journal_mode", "DELETE", "delete"), ("synchronous", "EXTRA", 3), ("foreign_keys", "ON", 1),
    ("fullfsync", "ON", 1), ("temp_store", "MEMORY", 2), ("trusted_schema", "OFF", 0), ("cell_size_check", "ON", 1),
)  # fmt: skip
"""What is set, and how it must read afterwards: what was committed outlasts a power cut (a write-ahead log would not
with this SQLite, see `RELIABILITY.md`)."""

_BUSY: Final = (5, 6)
_UNUSABLE: Final = (3, 8, 10, 13, 14, 23)
_NO_DATABASE: Final = 26


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """A store to be written by nobody else meanwhile, made where there is none. All that is written is one transaction:
    it is committed at the end, durably, or nothing of it is there. Raises `StoreTrouble`."""
    with _opened(path, "rwc") as db:
        db.execute(f"PRAGMA busy_timeout = {PATIENCE}")
        _identified(db, path)
        for name, value, wanted in SETTINGS:
            db.execute(f"PRAGMA {name} = {value}")
            (found,) = db.execute(f"PRAGMA {name}").fetchone()
            if found != wanted:
                raise StoreTrouble(CANNOT_USE, store=str(path), why=f"SQLite keeps {name} at {found}, not {value}")
        # The lock is one of the operating system: it goes with the process, however that ends.
        db.execute("BEGIN IMMEDIATE")
        found = _identified(db, path)
        before = db.total_changes
        if found is None:
            make(db)
        elif found < VERSION:
            migrate(db, found)
        yield db
        db.execute(f"PRAGMA busy_timeout = {READERS}")
        # Where nothing is new, nothing is written, not even the same again.
        db.execute("ROLLBACK" if db.total_changes == before and found == VERSION else "COMMIT")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A store as it was last committed, for as long as it is read; one of an earlier form is left as it is, and read in
    a copy that is brought to this one. Raises `StoreTrouble`."""
    with _opened(path, "rw") as db:
        db.execute(f"PRAGMA busy_timeout = {READERS}")
        db.execute("PRAGMA query_only = ON")
        db.execute("BEGIN")
        found = _identified(db, path)
        if found is None:
            raise StoreTrouble(NO_STORE, store=str(path), why="it is empty")
        if found == VERSION:
            yield db
        else:
            with closing(sqlite3.connect("", isolation_level=None)) as copy:
                db.backup(copy)
                copy.execute("BEGIN")
                migrate(copy, found)
                yield copy
        db.execute("ROLLBACK")


@contextmanager
def scratch() -> Iterator[sqlite3.Connection]:
    """An empty store that is gone when this is left, and that nobody else can see."""
    db = sqlite3.connect("", isolation_level=None)
    try:
        make(db)
        db.execute("BEGIN")
        yield db
    finally:
        db.close()


@contextmanager
def _opened(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    db: sqlite3.Connection | None = None
    try:
        # One that may only be read is opened for that, whatever is asked.
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None)
        yield db
    except sqlite3.Error as error:
        raise _trouble(error, path) from error
    finally:
        if db is not None:
            with suppress(sqlite3.Error):
                db.close()


def _identified(db: sqlite3.Connection, path: Path) -> int | None:
    """The form of the store, None if it is empty."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (things,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if not things and not application and not version:
        return None
    if application != APPLICATION or not version:
        raise StoreTrouble(NO_STORE, store=str(path), why="it is an SQLite file of another program")
    if version > VERSION:
        raise StoreTrouble(OTHER_FORM, store=str(path), found=str(version), known=str(VERSION))
    return int(version)


def _trouble(error: sqlite3.Error, path: Path) -> Exception:
    """What an error of SQLite means; one that is ours stays what it is."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _BUSY:
        return StoreTrouble(IN_USE, store=str(path), by="another run writes it, or a reader holds it")
    if code == _NO_DATABASE:
        return StoreTrouble(DAMAGED, store=str(path), why="it is no SQLite file, or its beginning is not as it was")
    if code in _UNUSABLE:
        return StoreTrouble(CANNOT_USE, store=str(path), why=f"SQLite says “{error}”")
    if isinstance(error, sqlite3.ProgrammingError | sqlite3.InterfaceError):
        return error
    # Pages that do not fit together, tables that are not there, text that is none, rows that cannot be: the statements
    # are always the same, so it is the file that is not as we leave it.
    return StoreTrouble(DAMAGED, store=str(path), why=f"SQLite says “{error}”")
