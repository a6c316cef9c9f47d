"""Partitions of a topic as sources of a store: which record comes next is written with those before it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from bpodsl.store.kept.again import blocks_of
from bpodsl.store.kept.sources import Fed, Feeding, Read, Source, sources
from bpodsl.store.kept.topics import Records


def offsets(db: sqlite3.Connection, agreement: int) -> dict[str, int]:
    """By place, the offset of the record that comes next."""
    asked = "SELECT path, next FROM source JOIN reached ON source = id WHERE agreement = ?"
    return {str(place): int(offset) for place, offset in db.execute(asked, (agreement,))}


def take(db: sqlite3.Connection, agreement: int, records: Records, published: int | None) -> Fed:
    """Keep records that a store does not have yet, as lines of a source that is named after topic and partition."""
    known = sources(db, agreement)
    before = next((each for each in known if each.path == records.place), None)
    path = Path(records.place).name if before is None else before.name
    feeding = Feeding(db, agreement, Path(path), records.place, published, known, before)
    if before is not None:
        feeding.read = _read(db, before)
    start = offsets(db, agreement).get(records.place, 0)
    block = b"".join(line + b"\n" for offset, line in records.lines if offset >= start)
    if not block:
        return Fed(path)
    source = before or feeding.new()
    feeding.keep(source.id, block)
    feeding.settle(source, "")
    reached = "INSERT INTO reached VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET next = excluded.next"
    db.execute(reached, (source.id, records.next))
    return Fed(source.name, len(block))


def _read(db: sqlite3.Connection, source: Source) -> Read:
    found = Read()
    for block in blocks_of(db, source):
        found.add(block)
    return found
