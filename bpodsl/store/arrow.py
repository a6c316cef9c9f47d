"""The columns of a Parquet file, as they lie in memory or as lines of JSON, some rows at a time; needs the extra
`arrow`.

Whoever takes columns as they lie needs none of Arrow's functions, which take as long to import as Arrow itself.
Numbers of floating point are refused, since what they stood for before they were rounded cannot be told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from os import SEEK_END
from typing import Any, BinaryIO, Final, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from bpodsl.native.columns import INSTANTS, NOTHING, TEXTS, WORDS, Column, longest
from bpodsl.record.fields import normal
from bpodsl.record.refusals import PACKED_TOO_TIGHT, LimitReached, quoted, shown
from bpodsl.store.few import is_text, told
from bpodsl.store.parquet import Unread

# Arrow's own takes memory from the system in large parts, which are emptied first: for what is held here for a moment
# that takes longer than to read it.
pa.set_memory_pool(pa.system_memory_pool())

TROUBLES: Final = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What a damaged file may come to."""

_ROWS: Final = 16384
_TEXT: Final = 16 << 20
"""About so many rows are read together, of about so many bytes."""

_SEVERAL: Final = 2
"""Texts that stand in so many rows, on the mean, are had once for all of them."""

_SMALL: Final = 16 << 10
"""A group of no more bytes is read at once, whatever its texts."""

_BUFFER: Final = 1 << 20
_GROUP: Final = 256 << 20
_RATIO: Final = 250
"""A group of rows that unpacks to more than so many bytes must not be packed more than so many times."""

_FEW: Final = 64
"""So many rows are written without Arrow's functions, if they may be."""


def lines_of_columns(file: str, stream: BinaryIO, asked: Collection[str] | None) -> Iterator[bytes]:
    """As `parquet.lines_of`; `asked`: the columns that are read, None: all."""
    for some in rows_of_columns(file, stream, asked):
        yield some.lines()


def rows_of_columns(
    file: str, stream: BinaryIO, asked: Collection[str] | None, words: bool = False
) -> Iterator[Rows]:  # fmt: skip
    """The rows of a file, some at a time. `words`: a text that stands in many rows is there once for all of them."""
    size = stream.seek(0, SEEK_END)
    with pq.ParquetFile(stream, buffer_size=_BUFFER) as found:
        columns = _columns(found.schema_arrow, asked)
        names = [name for name, _ in columns]
        texts = [name for name, of in columns if is_text(of)]
        once = pq.ParquetFile(stream, buffer_size=_BUFFER, read_dictionary=texts)
        plain = found
        for number in range(found.num_row_groups):
            group = found.metadata.row_group(number)
            _no_trap(file, group, size)
            small = group.total_byte_size < _SMALL
            known = {} if small and not words else {name: _words(once, number, name) for name in texts}
            if words:
                # So is a text that is told once for all rows: no more need be asked of how long it is.
                few, words = [name for name in texts if known[name].many * _SEVERAL <= group.num_rows], False
                texts = [name for name in texts if name not in few]
                plain = pq.ParquetFile(stream, buffer_size=_BUFFER, read_dictionary=few)
            count = 0
            rows = _ROWS if small else _at_once(group, sum(known[name].longest for name in texts))
            # So few rows are decoded sooner than they are dealt out to threads.
            for batch in plain.iter_batches(rows, row_groups=[number], columns=names, use_threads=False):
                count += batch.num_rows
                step = max(1, batch.num_rows * _TEXT // max(batch.nbytes, _TEXT))
                for first in range(0, batch.num_rows, step):
                    yield Rows(batch.slice(first, step), names)
            if count != group.num_rows:
                raise Unread("the Parquet file does not hold as many rows as it says; fetch it again")


class Rows:
    """Some rows of the columns of these names."""

    def __init__(self, batch: Any, names: Sequence[str]) -> None:
        self._batch, self.names = batch, names

    def __len__(self) -> int:
        return int(self._batch.num_rows)

    def slice(self, first: int, stop: int) -> Rows:
        """Those from one to another."""
        return Rows(self._batch.slice(first, stop - first), self.names)

    def lines(self, which: Sequence[int] | None = None) -> bytes:
        """A line for each, or for some of them. Raises what is among `TROUBLES`, as does `columns`."""
        if len(self if which is None else which) <= _FEW:
            each = [self._batch] if which is None else [self._batch.slice(row, 1) for row in which]
            parts = [told(some, self.names) for some in each]
            if None not in parts:
                return b"".join([part for part in parts if part is not None])
        # They take long to import.
        from bpodsl.store.joined import written

        return written(self._batch if which is None else self._batch.take(pa.array(which, pa.int64())), self.names)

    def types(self) -> list[str]:
        """What the values of each column are in lines: "text", "instant" (one that is not local), or "" (anything
        else)."""
        return [_type_of(self._column(name).type) for name in self.names]

    def columns(self, asked: Collection[int]) -> list[Column]:
        """The values of some of the columns, as they lie in memory, which must stay as long as they are looked at; of
        the others there is nothing."""
        return [
            _in_memory(self._column(name)) if number in asked else Column(NOTHING)
            for number, name in enumerate(self.names)
        ]  # fmt: skip

    def _column(self, name: str) -> Any:
        return self._batch.column(self._batch.schema.get_field_index(name))


# ------------------------------------------------------------------------------------ what is read
def _columns(schema: Any, asked: Collection[str] | None) -> list[tuple[str, Any]]:
    """The columns that are read, with their types, in their order. Raises `Unread`."""
    found = [
        (each.name, each.type) for each in schema
        if asked is None or any(name == normal(each.name) or _leads_into(name, each) for name in asked)
    ]  # fmt: skip
    if not found:
        raise Unread("it has no columns" + (" that its `reads` clause names" if asked is not None else ""))
    counts = Counter(normal(name) for name, _ in found)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        raise Unread(f"it has the column “{shown(quoted(twice))}” twice, so that it is not clear which is meant")
    for name, of in found:
        why = _why_not(of.value_type if types.is_dictionary(of) else of)
        if why:
            raise Unread(f"its column “{shown(quoted(name))}” {why}")
    return found


def _leads_into(name: str, column: Any) -> bool:
    """Whether a path leads into a column that has parts."""
    return bool(column.type.num_fields) and name.startswith(f"{normal(column.name)}.")


def _why_not(of: Any) -> str:
    """What is wrong with a column, and what to do about it; "" if it can be read."""
    if types.is_floating(of):
        return "holds numbers of floating point, which are not exact; write them as decimals, whole numbers or text"
    if types.is_nested(of):
        return f"holds values within values ({shown(quoted(of))}); write them as columns of their own, or leave it out"
    plain: tuple[bool, ...] = (
        is_text(of), types.is_integer(of), types.is_decimal(of), types.is_boolean(of), types.is_timestamp(of),
        types.is_date(of), types.is_null(of),
    )  # fmt: skip
    return "" if any(plain) else f"holds values of a type that is not read ({shown(quoted(of))}); write them as text"


def _no_trap(file: str, group: Any, size: int) -> None:
    """Raises `LimitReached` where some rows unpack to so much, of so little, that it can only be meant ill."""
    if group.total_byte_size > max(_GROUP, _RATIO * size):
        raise LimitReached(PACKED_TOO_TIGHT, file=file, ratio=str(_RATIO))


def _at_once(group: Any, long: int) -> int:
    """How many rows of a group are read together. A text that a file has once may stand in any number of rows: so it
    counts by the longest; `long`: those of all columns. What a file says of its columns is not asked, since the library
    does not bear that it is damaged."""
    long += max(group.total_byte_size, 0) // max(group.num_rows, 1)
    return max(1, min(_ROWS, _TEXT // (long + 1)))


class Words(NamedTuple):
    """The texts that a group has once for all rows of a column: how many, and how long the longest is, in bytes."""

    many: int
    longest: int


def _words(once: Any, number: int, name: str) -> Words:
    """Where each row has a text of its own, as many as there are rows, and none to count with."""
    group = once.metadata.row_group(number)
    none = Words(group.num_rows + 1, 0)
    try:
        batch = next(once.iter_batches(1, row_groups=[number], columns=[name], use_threads=False), None)
    except OSError as error:
        if error.errno is not None or "DictAccumulator" not in str(error):
            raise
        # They share how they begin, and are not to be had apart from each other.
        return none._replace(longest=int(group.total_byte_size))
    if batch is None or not types.is_dictionary(batch.column(0).type):
        return none
    words = batch.column(0).dictionary
    return Words(len(words), _longest(words))


def _longest(words: Any) -> int:
    _, ends, *_ = words.buffers()
    found = longest(_address(ends, words.offset, 4), len(words)) if types.is_string(words.type) else None
    if found is None:
        import pyarrow.compute as pc

        found = int(pc.max(pc.binary_length(words)).as_py() or 0)
    return found


# ------------------------------------------------------------------------------------ columns in memory
_PER_SECOND: Final = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""By unit: what makes ticks of instants, by which they are multiplied or divided."""


def _type_of(of: Any) -> str:
    if types.is_dictionary(of):
        return _type_of(of.value_type)
    if types.is_timestamp(of):
        return "instant" if of.tz is not None else ""
    return "text" if is_text(of) else ""


def _in_memory(column: Any) -> Column:
    of = column.type
    if types.is_timestamp(of):
        there, each = column.buffers()
        return Column(
            INSTANTS, _address(there), column.offset, _address(each, column.offset, 8), scale=_PER_SECOND[of.unit],
            kept=column,
        )  # fmt: skip
    if types.is_dictionary(of):
        words, numbers = column.dictionary, column.indices
        if words.null_count or not types.is_string(words.type) or not types.is_int32(numbers.type):
            return _in_memory(column.dictionary_decode())
        there, each = numbers.buffers()
        _, ends, data = words.buffers()
        return Column(
            WORDS, _address(there), numbers.offset, _address(each, numbers.offset, 4), _address(ends, words.offset, 4),
            len(words), _address(data), data.size if data is not None else 0, kept=column,
        )  # fmt: skip
    if not types.is_string(of):
        column = column.cast(pa.string())
    there, ends, data = column.buffers()
    return Column(
        TEXTS, _address(there), column.offset, _address(ends, column.offset, 4), data=_address(data),
        size=data.size if data is not None else 0, kept=column,
    )  # fmt: skip


def _address(buffer: Any, values: int = 0, width: int = 1) -> int:
    """Where a buffer lies, behind so many values; 0: nowhere."""
    return 0 if buffer is None else int(buffer.address) + values * width
