"""Rows kept until the agreement that they belong to is evaluated: in memory while they are few, else in a file.

The file is in a folder that only its user can read, and lives no longer than the run. What each agreement has in it is
a list of stretches, so that any process can read its rows and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final

from bpodsl.lean import define, field, frozen
from bpodsl.record.rows import RawRow

KEPT: Final = 4 << 20
"""How many bytes of lines are held before they are written."""


@frozen
class Rows:
    """The rows of one agreement, to be read as often as is asked, in any process."""

    file: Path | None
    stretches: tuple[tuple[int, int], ...]
    held: tuple[RawRow, ...]

    def __iter__(self) -> Iterator[RawRow]:
        if self.file is not None and self.stretches:
            import pickle

            with self.file.open("rb") as stream:
                for start, size in self.stretches:
                    stream.seek(start)
                    for parts in pickle.loads(stream.read(size)):
                        yield RawRow(*parts)
        yield from self.held


@define
class Spool:
    """Takes rows, each for one of `count` agreements; gives back those of one when all have come."""

    path: Path
    count: int
    limit: int = KEPT
    _held: dict[int, list[RawRow]] = field(factory=dict, init=False)
    _size: int = field(default=0, init=False)
    _stretches: list[list[tuple[int, int]]] = field(init=False)
    _stream: BinaryIO | None = field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._stretches = [[] for _ in range(self.count)]

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, agreement: int, row: RawRow) -> None:
        """Keep a row for an agreement."""
        self._held.setdefault(agreement, []).append(row)
        self._size += len(row.raw)
        if self._size >= self.limit:
            self._write()

    def done(self) -> list[Rows]:
        """The rows of each agreement, in the order in which they came. Nothing is added after that."""
        if self._stream is not None:
            self._stream.flush()
        file = None if self._stream is None else self.path
        return [
            Rows(file, tuple(self._stretches[at]), tuple(self._held.pop(at, ()))) for at in range(self.count)
        ]

    def _write(self) -> None:
        import pickle

        if self._stream is None:
            self._stream = self.path.open("xb")
        for agreement, rows in self._held.items():
            data = pickle.dumps([(r.file, r.line, r.number, r.values, r.raw) for r in rows], pickle.HIGHEST_PROTOCOL)
            self._stretches[agreement].append((self._stream.tell(), len(data)))
            self._stream.write(data)
        self._held.clear()
        self._size = 0
