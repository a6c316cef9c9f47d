"""Opening what events are read from: a file, or standard input (`-`), which can be read again if it is a file too."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

INPUT: Final = "-"


def may_be_read_again(path: Path) -> bool:
    """Whether it is a file, or standard input that is one."""
    return path.is_file() if str(path) != INPUT else _kept() is not None


def size_of(path: Path) -> int:
    """How many bytes are in what may be read again."""
    number = _kept() if str(path) == INPUT else None
    return path.stat().st_size if number is None else os.fstat(number).st_size


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """What is of that name, from where it began. Raises `OSError`."""
    if name != INPUT:
        with Path(name).open("rb") as stream:
            yield stream
        return
    number = _kept()
    if number is None:
        yield sys.stdin.buffer
        return
    with io.BufferedReader(_FromItsBeginning(number), 1 << 16) as buffered:
        yield cast(BinaryIO, buffered)


def keep_input() -> None:
    """Put all that comes by standard input into a file that is gone with the process, and stands in its place, so that
    it may be read again. Nothing is done where it is a file already, or none that could be exchanged."""
    number = _number()
    if number is None or _kept() is not None:
        return
    # It takes long to import.
    import shutil
    from tempfile import TemporaryFile

    with TemporaryFile() as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept, 1 << 20)
        kept.seek(0)
        os.dup2(kept.fileno(), number)


def _number() -> int | None:
    """The number of standard input, where several may read it, each from a place of its own."""
    try:
        return sys.stdin.buffer.fileno() if hasattr(os, "pread") else None
    except (AttributeError, OSError, ValueError):
        return None


def _kept() -> int | None:
    number = _number()
    return number if number is not None and stat.S_ISREG(os.fstat(number).st_mode) else None


class _FromItsBeginning(io.RawIOBase):
    """A file that somebody else opened, from where it stood then, without moving that."""

    def __init__(self, number: int) -> None:
        self._number, self._begin, self._at = number, os.lseek(number, 0, os.SEEK_CUR), 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = os.pread(self._number, len(buffer), self._begin + self._at)
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        end = os.fstat(self._number).st_size - self._begin
        self._at = offset + (0, self._at, end)[whence]
        return self._at

    def tell(self) -> int:
        return self._at
