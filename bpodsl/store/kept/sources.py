"""What was read: sources are kept as their bytes, and read on from where they ended.

A source is known again by where it lies, or, wherever that is, by its name and by beginning with the bytes that were
read of it. Two files of one name of which one begins with the other come to the same events, in one source or in two.
"""

from __future__ import annotations

import hashlib
import sqlite3
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, cast

from attrs import define, field, frozen

from bpodsl.record.rows import base_name
from bpodsl.store.kept.troubles import SOURCE_CHANGED, StoreTrouble
from bpodsl.store.lines import BLOCK, Stretch
from bpodsl.store.readers import ARCHIVE, NO_TEXT

_LEVEL: Final = 1
_IN_MEMORY: Final = 64 << 20


@frozen
class Fed:
    """What came of a file that was fed: so many `bytes` were new; `unusable` says why it was not taken at all."""

    source: str
    bytes: int = 0
    unusable: str = ""


@frozen
class Source:
    """A source as a store has it, see `schema`."""

    id: int
    name: str
    path: str
    position: int
    digest: str
    lines: int
    cut: str


def feed(
    db: sqlite3.Connection, agreement: int, path: Path, published: int | None, whole_lines: bool = False,
    given: Path | None = None,
) -> Fed:  # fmt: skip
    """Keep what is new of a file, or of standard input (`-`); lines that end in it are known no earlier than
    `published`. `whole_lines`: only up to its last line end. `given`: where what came by standard input so far was put.
    Raises `OSError`, `LimitReached`, and `StoreTrouble` if the file is not what it was."""
    with _stream(path, given) as (stream, place):
        known = sources(db, agreement)
        before = next((each for each in known if place and each.path == place), None)
        if before is None:
            files = [each for each in known if each.position and "://" not in each.path]
            alike = [each for each in files if base_name(each.name) == base_name(str(path))]
            before = _beginning(stream, path, alike)
        return Feeding(db, agreement, path, place, published, known, before).take(stream, whole_lines)


@contextmanager
def _stream(path: Path, given: Path | None) -> Iterator[tuple[BinaryIO, str]]:
    """A stream that can be read twice, and where it lies, "" for one that lies nowhere."""
    if given is not None:
        with given.open("rb") as stream:
            yield stream, ""
        return
    if str(path) != "-" and path.is_file():
        with path.open("rb") as stream:
            yield stream, str(path.resolve())
        return
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        if str(path) == "-":
            _copy(sys.stdin.buffer, cast(BinaryIO, spool))
        else:
            with path.open("rb") as stream:
                _copy(stream, cast(BinaryIO, spool))
        spool.seek(0)
        yield cast(BinaryIO, spool), ""


def _copy(stream: BinaryIO, to: BinaryIO) -> None:
    while block := stream.read(BLOCK):
        to.write(block)


def sources(db: sqlite3.Connection, agreement: int) -> list[Source]:
    """All sources of an agreement, in the order in which they came."""
    asked = "SELECT id, name, path, position, digest, lines, cut FROM source WHERE agreement = ? ORDER BY id"
    return [Source(*row) for row in db.execute(asked, (agreement,))]


def _beginning(stream: BinaryIO, path: Path, among: list[Source]) -> Source | None:
    """The source, of several the longest, with whose bytes a stream begins."""
    found, left = None, sorted(among, key=lambda each: (each.position, each.id))
    if left:
        read = Read()
        for block in Stretch(str(path), stream).blocks():
            while left and read.size + len(block) >= left[0].position:
                each = left.pop(0)
                if read.digest_with(block[: each.position - read.size]) == each.digest:
                    found = each
            if not left:
                break
            read.add(block)
        stream.seek(0)
    return found


@define
class Read:
    """Bytes so far: how many, how many line ends are in them, and their digest."""

    size: int = 0
    lines: int = 0
    _sha: hashlib._Hash = field(factory=hashlib.sha256)

    def add(self, block: bytes) -> None:
        self.size += len(block)
        self.lines += block.count(b"\n")
        self._sha.update(block)

    def digest_with(self, block: bytes = b"") -> str:
        """That of the bytes so far and these."""
        copy = self._sha.copy()
        copy.update(block)
        return copy.hexdigest()


@define
class Feeding:
    """One file on its way into a store."""

    db: sqlite3.Connection
    agreement: int
    path: Path
    place: str
    published: int | None
    known: list[Source]
    before: Source | None
    read: Read = field(factory=Read)

    def take(self, stream: BinaryIO, whole_lines: bool) -> Fed:
        stretch = Stretch(str(self.path), stream)
        blocks = stretch.blocks()
        rest = self._past_what_was_read(blocks)
        if self.before is None and rest.startswith(ARCHIVE):
            return Fed(str(self.path), unusable=f"{self.path}: {NO_TEXT}")
        source = self.before or self.new()
        held = b""
        while rest or (rest := next(blocks, b"")):
            if whole_lines:
                rest = held + rest
                end = rest.rfind(b"\n") + 1
                rest, held = rest[:end], rest[end:]
            if rest:
                self.keep(source.id, rest)
            rest = b""
        self.settle(source, stretch.cut)
        return Fed(source.name, self.read.size - source.position)

    def _past_what_was_read(self, blocks: Iterator[bytes]) -> bytes:
        """Skip the bytes that were read before, which must be the same; the first of what follows."""
        before = self.before
        if before is None:
            return next(blocks, b"")
        while self.read.size < before.position:
            block = next(blocks, b"")
            if not block:
                self._refuse(before, f"it has only {self.read.size}")
            end = before.position - self.read.size
            self.read.add(block[:end])
            if len(block) > end:
                self._must_be(before)
                return block[end:]
        self._must_be(before)
        return b""

    def _must_be(self, before: Source) -> None:
        if self.read.digest_with() != before.digest:
            self._refuse(before, "they are others")

    def _refuse(self, before: Source, how: str) -> None:
        raise StoreTrouble(SOURCE_CHANGED, source=str(self.path), position=str(before.position), how=how)

    def new(self) -> Source:
        """A source under a name that no other has: that of the file, else where it lies."""
        taken = {each.name for each in self.known}
        name = str(self.path)
        if name in taken and self.place:
            name = self.place
        number = 1
        while name in taken:
            number += 1
            name = str(Path(str(number)) / str(self.path))
        made = self.db.execute(
            "INSERT INTO source (agreement, name, path, position, digest, lines, cut) VALUES (?, ?, ?, 0, '', 0, '')",
            (self.agreement, name, self.place),
        )
        assert made.lastrowid is not None
        return Source(made.lastrowid, name, self.place, 0, "", 0, "")

    def keep(self, source: int, block: bytes) -> None:
        """Write bytes that follow those so far."""
        asked = "INSERT INTO part (source, start, size, line, since, bytes) VALUES (?, ?, ?, ?, ?, ?)"
        packed = zlib.compress(block, _LEVEL)
        self.db.execute(asked, (source, self.read.size, len(block), self.read.lines, self.published, packed))
        self.read.add(block)

    def settle(self, source: Source, cut: str) -> None:
        """Write how much of the source has been read by now."""
        read = self.read
        if (source.position, source.digest, source.cut) != (read.size, read.digest_with(), cut):
            asked = "UPDATE source SET position = ?, digest = ?, lines = ?, cut = ? WHERE id = ?"
            self.db.execute(asked, (read.size, read.digest_with(), read.lines, cut, source.id))
