"""What was read, read again from its bytes; lines that were requeued as they were mended."""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from typing import BinaryIO, cast

from attrs import define, evolve

from bpodsl.record.gather import Since
from bpodsl.record.rows import BadLine, Dismissed, Layout, RawRow, Row
from bpodsl.store import jsonl
from bpodsl.store.kept.requeued import Place, mended
from bpodsl.store.kept.routed import laid, lines_of, portfolio, since_by_place
from bpodsl.store.kept.sources import Source, sources
from bpodsl.store.kept.troubles import DAMAGED, StoreTrouble
from bpodsl.store.lines import Stretch
from bpodsl.store.readers import layout_of, rows_of


def source_rows(
    db: sqlite3.Connection, agreement: int, layout: Callable[[str], Layout | None]
) -> Iterator[Row | Dismissed]:
    """The rows of all sources, as they would be read from files of their names; of an agreement of a portfolio its own
    rows of the sources that they share, which `layout` has no say in."""
    shared = portfolio(db)
    if shared is None:
        changed = mended(db, agreement)
        for each in sources(db, agreement):
            yield from rows_with(db, each, layout(each.name), changed)
        return
    changed = mended(db, shared.id)
    for each in sources(db, shared.id):
        own = lines_of(db, each.id, agreement)
        if own:
            for row in rows_with(db, each, laid(db, each.id), changed):
                if isinstance(row, RawRow | BadLine | Dismissed) and row.line in own:
                    yield row


def rows_with(
    db: sqlite3.Connection, source: Source, layout: Layout | None, changed: Mapping[Place, tuple[int, bytes | None]]
) -> Iterator[Row | Dismissed]:
    """The rows of a source; `changed`: what is read in the place of those that were mended."""
    rows = rows_of(stretch_of(db, source), layout)
    if not any(file == source.name for file, _ in changed):
        yield from rows
        return
    number, again = 0, _Again(db, source, layout)
    for row in rows:
        if isinstance(row, RawRow | BadLine):
            number += 1
            if (row.file, row.line) in changed:
                yield again.row(row, number, changed[row.file, row.line][1])
                continue
        yield row


def rows_behind(
    db: sqlite3.Connection, source: Source, layout: Layout | None, before: Source, count: int
) -> Iterator[Row] | None:
    """The rows of a source behind the first `count`, which it had as it was `before`; None where these may be others
    now: it was cut off or is, its last line had no end, it has cells, whose records may go on, or no row."""
    asked = "SELECT bytes FROM part WHERE source = ? AND start + size = ?"
    last = db.execute(asked, (source.id, before.position)).fetchone()
    if before.cut or source.cut or not count or last is None or not zlib.decompress(last[0]).endswith(b"\n"):
        return None
    first = next(iter(stretch_of(db, source)))
    if (layout or layout_of(source.name, first)).format != "jsonl":
        return None
    asked = "SELECT bytes FROM part WHERE source = ? AND start >= ? ORDER BY start"
    blocks = (zlib.decompress(data) for (data,) in db.execute(asked, (source.id, before.position)))
    stream = cast(BinaryIO, _Parts(blocks))
    return jsonl.rows(source.name, Stretch(source.name, stream, packed=False, first=before.lines + 1), count)


def stretch_of(db: sqlite3.Connection, source: Source) -> Stretch:
    """The bytes of a source, to be read."""
    return Stretch(source.name, cast(BinaryIO, _Parts(blocks_of(db, source))), cut=source.cut, packed=False)


def blocks_of(db: sqlite3.Connection, source: Source) -> Iterator[bytes]:
    """The bytes of a source, which must be those that were read. Raises `StoreTrouble`."""
    digest = hashlib.sha256()
    for (data,) in db.execute("SELECT bytes FROM part WHERE source = ? ORDER BY start", (source.id,)):
        try:
            block = zlib.decompress(data)
        except zlib.error:
            break
        digest.update(block)
        yield block
    if digest.hexdigest() != source.digest:
        raise StoreTrouble(DAMAGED, store="the store", why=f"the bytes of “{source.name}” are not those that were read")


@define
class _Parts:
    """Bytes one after another, as a stream."""

    parts: Iterator[bytes]
    left: bytes = b""

    def read(self, size: int) -> bytes:
        block = self.left or next(self.parts, b"")
        self.left = block[size:]
        return block[:size]


@define
class _Again:
    """Reads other bytes in the place of a row of a source."""

    db: sqlite3.Connection
    source: Source
    given: Layout | None

    def row(self, row: RawRow | BadLine, number: int, raw: bytes | None) -> Row | Dismissed:
        if raw is None:
            return Dismissed(row.file, row.line)
        first = next(iter(stretch_of(self.db, self.source)))
        layout = self.given or layout_of(self.source.name, first)
        head = b"" if layout.format != "csv" else _header(first.lines)
        stretch = Stretch(self.source.name, BytesIO(head + raw), packed=False)
        found = [each for each in rows_of(stretch, layout) if isinstance(each, RawRow | BadLine)]
        if len(found) != 1:
            # It is not one row: what was read before stands.
            return row
        if isinstance(found[0], RawRow):
            return evolve(found[0], line=row.line, number=number, raw=raw)
        refusal = evolve(found[0].refusal, place=f"{row.file}:{row.line}")
        return BadLine(row.file, row.line, refusal, raw)


def _header(lines: list[bytes]) -> bytes:
    """The first record of a file of cells, with its line end."""
    head = b""
    for line in lines:
        head += line + b"\n"
        if head.strip() and head.count(b'"') % 2 == 0:
            break
    return head


def since(db: sqlite3.Connection, agreement: int) -> Since | None:
    """From when at the earliest what lines tell is known; None if all is known when they say."""
    if portfolio(db) is not None:
        return since_of(since_by_place(db, agreement))
    asked = (
        "SELECT name, part.line, since FROM source JOIN part ON source = source.id WHERE agreement = ? "
        "ORDER BY source.id, start"
    )
    found: dict[str, tuple[list[int], list[int]]] = {}
    for name, line, instant in db.execute(asked, (agreement,)):
        lines, instants = found.setdefault(name, ([], []))
        lines.append(line)
        instants.append(instant or 0)
    changed = {place: instant for place, (instant, _) in mended(db, agreement).items()}
    if not any(any(instants) for _, instants in found.values()) and not any(changed.values()):
        return None

    def of_row(file: str, line: int, raw: bytes) -> int:
        if (file, line) in changed:
            return changed[file, line]
        lines, instants = found[file]
        # The line ends in the last stretch behind fewer line ends than its own number.
        last = line + raw.count(b"\n")
        return instants[bisect_right(lines, last - 1) - 1]

    return of_row


def since_of(instants: Mapping[Place, int]) -> Since | None:
    """The same where it is told of each place."""
    return (lambda file, line, raw: instants.get((file, line), 0)) if instants else None
