"""Bytes of a text from a file: no more than can be read of one, whatever the file is."""

from __future__ import annotations

from codecs import getincrementaldecoder
from pathlib import Path
from typing import Final

FILE_BYTES: Final = 1 << 20
"""A text has at most so many bytes."""


def bytes_of(path: Path) -> bytes:
    """The bytes of a file; of one that is too large only its first, a few more than a text may have, up to where a
    character ends. Raises OSError."""
    with path.open("rb") as file:
        data = file.read(FILE_BYTES + 4)
    if len(data) <= FILE_BYTES:
        return data
    decoder = getincrementaldecoder("utf-8")()
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return data
    begun, _ = decoder.getstate()
    return data[: len(data) - len(begun)]
