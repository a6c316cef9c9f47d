"""Parquet: the rows of a file as lines of JSON.

What is read of such a file is what would stand in a file of JSON lines that held the same: one object for each row, in
which a column that has nothing there is left out. So a row has the number of its line, and whatever reads, keeps, sets
aside or requeues lines need not know of columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from bpodsl.record.refusals import NO_ARROW, LimitReached, quoted, shown
from bpodsl.record.rows import Layout

MAGIC: Final = b"PAR1"
NOT_PARQUET: Final = "it is no Parquet file, but its `reads` clause says `format parquet`"
PACKED: Final = "it is a Parquet file, packed once more; unpack it"

_OTHERWISE: Final = "it is a Parquet file, but its `reads` clause does not say `format parquet`"
_AS_IT_COMES: Final = "a Parquet file cannot be read as it comes, since its end says what is in it; name the file"


def is_parquet(path: Path) -> bool:
    """Whether a file is one, by how it begins. Raises `OSError`."""
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


class Unread(Exception):
    """A file, or what is left of it, that cannot be read; why is the message."""


def lines_of(file: str, stream: BinaryIO, layout: Layout | None) -> Iterator[bytes]:
    """The rows of a file as whole lines of JSON, some at a time. Raises `Unread`; `LimitReached` where a file is more
    than can be worked on, or there is nothing to read it by; `OSError`."""
    if layout is not None and layout.format != "parquet":
        raise Unread(_OTHERWISE)
    if not stream.seekable():
        raise Unread(_AS_IT_COMES)
    try:
        from bpodsl.store.arrow import TROUBLES, lines_of_columns
    except ImportError:
        raise LimitReached(NO_ARROW, file=file) from None
    try:
        yield from lines_of_columns(file, stream, None if layout is None else layout.columns)
    except TROUBLES as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        why = (str(error).splitlines() or [""])[0]
        raise Unread(f"the Parquet file is damaged or breaks off ({shown(quoted(why))}); fetch it again") from None
