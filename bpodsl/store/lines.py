"""Bytes to lines: unpacked if need be, made of columns, cut at line feeds only, never more than a line may hold."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, Final

from bpodsl.lean import define
from bpodsl.record.many import changing
from bpodsl.record.refusals import PACKED_TOO_TIGHT, TOO_LARGE, LimitReached
from bpodsl.record.rows import Layout
from bpodsl.store import parquet

BLOCK: Final = 1 << 20
LINE_LIMIT: Final = 1 << 20
SIZE_LIMIT: Final = 8 << 30
RATIO_LIMIT: Final = 250
"""No log of events packs that well; what unpacks to more is a trap."""

_RATIO_FROM: Final = 8 << 20
_KEPT: Final = 256
_GZIP: Final = b"\x1f\x8b"


@changing
class Lines:
    """Some whole lines of a file, from line `first` on, without their line feeds.

    `cut`: the file breaks off in the last of them. `too_long`: there is one line, and these are only its first bytes.
    """

    first: int
    lines: list[bytes]
    cut: bool = False
    too_long: bool = False


@define
class Stretch:
    """Lines one after another, and how the file ended: `cut` says why it is not all there, or "". `packed`: its bytes
    may be packed, or lie in columns. `layout`: how an agreement says that it is laid out. `first`: the number that the
    first line has."""

    file: str
    stream: BinaryIO
    size: int = BLOCK
    cut: str = ""
    packed: bool = True
    layout: Layout | None = None
    first: int = 1

    def __iter__(self) -> Iterator[Lines]:
        number, rest, skipped = self.first, b"", False
        for block in self.blocks():
            *lines, last = block.split(b"\n")
            if lines:
                lines[0] = rest + lines[0]
                rest = last
                if skipped or len(lines[0]) > LINE_LIMIT:
                    yield Lines(number, [lines[0][:_KEPT]], too_long=True)
                    number, skipped = number + 1, False
                    del lines[0]
                if lines:
                    yield Lines(number, lines)
                    number += len(lines)
            else:
                rest += last
            if len(rest) > LINE_LIMIT:
                rest, skipped = rest[:_KEPT], True
        if skipped:
            yield Lines(number, [rest[:_KEPT]], too_long=True)
        elif rest:
            yield Lines(number, [rest], cut=bool(self.cut))

    def blocks(self) -> Iterator[bytes]:
        """All bytes, unpacked. Raises `LimitReached`."""
        size = 0
        for block in self._unpacked():
            size += len(block)
            if size > SIZE_LIMIT:
                raise LimitReached(TOO_LARGE, file=self.file, limit=f"{SIZE_LIMIT >> 30} GiB")
            yield block

    def _unpacked(self) -> Iterator[bytes]:
        block = _filled(self.stream, self.size)
        if self.packed and block.startswith(parquet.MAGIC):
            yield from self._of_columns()
            return
        if self.packed and self.layout is not None and self.layout.format == "parquet":
            self.cut = parquet.NOT_PARQUET
            return
        if self.packed and block.startswith(_GZIP):
            yield from self._gunzip(block)
            return
        while block:
            yield block
            block = _filled(self.stream, self.size)

    def _of_columns(self) -> Iterator[bytes]:
        from bpodsl.native.crew import Crew

        try:
            # The next rows are put together by another thread meanwhile, mostly by what needs no interpreter.
            yield from Crew(2).ahead(parquet.lines_of(self.file, self.stream, self.layout), lambda made: made)
        except parquet.Unread as why:
            self.cut = str(why)

    def _gunzip(self, packed: bytes) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(wbits=31)
        taken = made = 0
        while True:
            if unpacker.eof:
                packed = self._past_padding(unpacker.unused_data)
                if not packed:
                    return
                unpacker = zlib.decompressobj(wbits=31)
            try:
                block = unpacker.decompress(packed, BLOCK)
            except zlib.error:
                self.cut = "the packed file is damaged"
                return
            taken += len(packed) - len(unpacker.unconsumed_tail)
            if not made and block.startswith(parquet.MAGIC):
                self.cut = parquet.PACKED
                return
            made += len(block)
            if made > _RATIO_FROM and made > RATIO_LIMIT * taken:
                raise LimitReached(PACKED_TOO_TIGHT, file=self.file, ratio=str(RATIO_LIMIT))
            if block:
                yield block
            packed = unpacker.unconsumed_tail
            if not packed and not unpacker.eof:
                packed = _filled(self.stream, BLOCK)
                if not packed and not block:
                    self.cut = "the packed file breaks off"
                    return

    def _past_padding(self, packed: bytes) -> bytes:
        """What follows the zero bytes with which archives are filled up."""
        packed = packed.lstrip(b"\0")
        while not packed:
            block = _filled(self.stream, BLOCK)
            if not block:
                return b""
            packed = block.lstrip(b"\0")
        return packed


def _filled(stream: BinaryIO, size: int) -> bytes:
    """As many bytes as asked for, fewer only at the end: where blocks end must not depend on how bytes arrive."""
    block = stream.read(size)
    if block is None or len(block) == size:
        return block or b""
    parts = [block]
    missing = size - len(block)
    while missing and (block := stream.read(missing)):
        parts.append(block)
        missing -= len(block)
    return b"".join(parts)
