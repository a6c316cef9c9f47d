"""The tables of a store, and how those of an earlier form become those of this."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from bpodsl.record.chain import Chain

APPLICATION: Final = 0x62706F64
"""What an SQLite file says of itself to be a store ("bpod")."""

VERSION: Final = 6

MENDED: Final = (
    # Lines that an earlier text set aside: they stay so until they are requeued.
    """CREATE TABLE held (
      agreement INTEGER NOT NULL REFERENCES agreement, file TEXT NOT NULL, line INTEGER NOT NULL, code TEXT NOT NULL,
      reason TEXT NOT NULL, step TEXT NOT NULL, PRIMARY KEY (agreement, file, line)) STRICT""",
    # What is read in the place of a line that was requeued (NULL: nothing), and known no earlier than `since`.
    """CREATE TABLE mended (
      agreement INTEGER NOT NULL REFERENCES agreement, file TEXT NOT NULL, line INTEGER NOT NULL, since INTEGER,
      raw BLOB, PRIMARY KEY (agreement, file, line)) STRICT""",
)

CHAINED: Final = (
    # Where the chain of postings of each world ends, see `record.chain`: so many of them, and the link of the last.
    """CREATE TABLE head (
      agreement INTEGER NOT NULL REFERENCES agreement, world TEXT NOT NULL, postings INTEGER NOT NULL,
      link TEXT NOT NULL, PRIMARY KEY (agreement, world)) STRICT""",
    # Signed checkpoints, each a line of JSON, in the order in which they were made.
    """CREATE TABLE checkpoint (
      agreement INTEGER NOT NULL REFERENCES agreement, number INTEGER NOT NULL, line TEXT NOT NULL,
      PRIMARY KEY (agreement, number)) STRICT""",
)

REACHED: Final = (
    # Of a source that is a partition of a topic: the offset of the record that comes next.
    "CREATE TABLE reached (source INTEGER PRIMARY KEY REFERENCES source, next INTEGER NOT NULL) STRICT",
)

ROUTED: Final = (
    # Of a source of a portfolio: whose each of its lines is (a row by its first line). What it tells is known no
    # earlier than `since`, until when the ledger of that agreement was published when the line came to it.
    """CREATE TABLE routed (
      source INTEGER NOT NULL REFERENCES source, line INTEGER NOT NULL, agreement INTEGER NOT NULL REFERENCES agreement,
      since INTEGER, PRIMARY KEY (source, line)) STRICT, WITHOUT ROWID""",
    # How the agreements of a portfolio say that a source is laid out; of one of which none says so there is no row.
    """CREATE TABLE laid (
      source INTEGER PRIMARY KEY REFERENCES source, format TEXT NOT NULL, separator TEXT NOT NULL) STRICT""",
)

STOOD: Final = (
    # Of an agreement of a portfolio: what it came to but its postings, and of what that was made, so that it need not
    # be evaluated while that is the same; see `portfolio.stood`. `seal`: a digest of both.
    """CREATE TABLE stood (
      agreement INTEGER PRIMARY KEY REFERENCES agreement, made_of TEXT NOT NULL, told BLOB NOT NULL,
      seal TEXT NOT NULL) STRICT""",
)

TABLES: Final = (
    *STOOD,
    *MENDED,
    *CHAINED,
    *REACHED,
    *ROUTED,
    # Instants are microseconds since 1970. `asked`: the latest `--until`; `until`: how far time is known; `published`:
    # until when what is posted stands for good, and so many postings do. `program`: what evaluated it. `account`: what
    # became of the lines, as JSON. In the store of a portfolio one without a name stands for it: its are the sources,
    # and the lines that belong to no agreement.
    """CREATE TABLE agreement (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
      asked INTEGER, until INTEGER, published INTEGER, stands INTEGER NOT NULL, program TEXT NOT NULL,
      account TEXT NOT NULL) STRICT""",
    # The files of each version of its text; the first, in place 0, is the agreement's own. `since`: how far time was
    # known when it came.
    """CREATE TABLE text (
      agreement INTEGER NOT NULL REFERENCES agreement, version INTEGER NOT NULL, place INTEGER NOT NULL,
      name TEXT NOT NULL, digest TEXT NOT NULL, since INTEGER, bytes BLOB NOT NULL,
      PRIMARY KEY (agreement, version, place)) STRICT""",
    # What was read: `position` bytes, unpacked, of that SHA-256, with so many line ends. `path`: where it lay, "" for a
    # stream. `cut`: why it is not all there, or "".
    """CREATE TABLE source (
      id INTEGER PRIMARY KEY, agreement INTEGER NOT NULL REFERENCES agreement, name TEXT NOT NULL, path TEXT NOT NULL,
      position INTEGER NOT NULL, digest TEXT NOT NULL, lines INTEGER NOT NULL, cut TEXT NOT NULL,
      UNIQUE (agreement, name)) STRICT""",
    # The bytes, packed by zlib, in stretches: from byte `start`, so many, behind so many line ends. `since`: what lines
    # that end in it tell is known no earlier, since it was published until then when they came.
    """CREATE TABLE part (
      source INTEGER NOT NULL REFERENCES source, start INTEGER NOT NULL, size INTEGER NOT NULL, line INTEGER NOT NULL,
      since INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (source, start)) STRICT""",
    # Lines set aside, as they stand now.
    """CREATE TABLE aside (
      agreement INTEGER NOT NULL REFERENCES agreement, number INTEGER NOT NULL, file TEXT NOT NULL,
      line INTEGER NOT NULL, code TEXT NOT NULL, reason TEXT NOT NULL, step TEXT NOT NULL, raw BLOB NOT NULL,
      PRIMARY KEY (agreement, number)) STRICT""",
    # The ledger: `entry` is its line as `--format jsonl` writes it, `link` binds it to those before it.
    """CREATE TABLE posting (
      agreement INTEGER NOT NULL REFERENCES agreement, world TEXT NOT NULL, sequence INTEGER NOT NULL,
      known INTEGER NOT NULL, entry TEXT NOT NULL, link TEXT NOT NULL DEFAULT '',
      PRIMARY KEY (agreement, world, sequence)) STRICT""",
)


def _with_mended(db: sqlite3.Connection) -> None:
    for table in MENDED:
        db.execute(table)


def _with_chains(db: sqlite3.Connection) -> None:
    for table in CHAINED:
        db.execute(table)
    db.execute("ALTER TABLE posting ADD COLUMN link TEXT NOT NULL DEFAULT ''")
    asked = "SELECT agreement, name, world FROM posting JOIN agreement ON agreement = id GROUP BY agreement, world"
    for agreement, name, world in list(db.execute(asked)):
        chain = Chain(name, world)
        of_world = "SELECT sequence, entry FROM posting WHERE agreement = ? AND world = ? ORDER BY sequence"
        rows = list(db.execute(of_world, (agreement, world)))
        db.executemany(
            "UPDATE posting SET link = ? WHERE agreement = ? AND world = ? AND sequence = ?",
            ((chain.add(entry), agreement, world, sequence) for sequence, entry in rows),
        )
        head = chain.head
        db.execute("INSERT INTO head VALUES (?, ?, ?, ?)", (agreement, world, head.postings, head.head))


def _with_reached(db: sqlite3.Connection) -> None:
    for table in REACHED:
        db.execute(table)


def _with_routed(db: sqlite3.Connection) -> None:
    for table in ROUTED:
        db.execute(table)


def _with_stood(db: sqlite3.Connection) -> None:
    for table in STOOD:
        db.execute(table)


MIGRATIONS: Final[Mapping[int, Callable[[sqlite3.Connection], None]]] = {
    1: _with_mended,
    2: _with_chains,
    3: _with_reached,
    4: _with_routed,
    5: _with_stood,
}
"""By the form that they begin with: each leads to the next. A store is brought to this form in the transaction of the
first run that writes it."""


def make(db: sqlite3.Connection) -> None:
    """Make the tables of an empty file."""
    for table in TABLES:
        db.execute(table)
    db.execute(f"PRAGMA application_id = {APPLICATION}")
    db.execute(f"PRAGMA user_version = {VERSION}")


def migrate(db: sqlite3.Connection, found: int) -> None:
    """Bring tables of form `found` to this one."""
    for version in range(found, VERSION):
        MIGRATIONS[version](db)
        db.execute(f"PRAGMA user_version = {version + 1}")
