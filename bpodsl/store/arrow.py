"""The columns of a Parquet file, as they lie in memory or as lines of JSON, some rows at a time; needs the extra
`arrow`.

How a row is written depends on nothing but its values and the types of the columns: so a file that has grown begins as
it did. Texts and numbers are not made objects of Python on the way; they are joined as Arrow has them.

Whole and decimal numbers are written with all their digits. Those of floating point are refused, since what they stood
for before they were rounded cannot be told.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from os import SEEK_END
from typing import Any, BinaryIO, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import types

from bpodsl.native.columns import INSTANTS, NOTHING, TEXTS, WORDS, Column
from bpodsl.record.fields import normal
from bpodsl.record.refusals import PACKED_TOO_TIGHT, LimitReached, quoted, shown
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

_SPECIAL: Final = re.compile(rb'[\x00-\x1f"\\]')
_ESCAPED: Final = {bytes([n]): json.dumps(chr(n))[1:-1].encode() for n in (*range(32), *b'"\\')}
_AFTER_DAY: Final = len("2026-04-07")

Part = tuple[bytes, Any, bytes]
"""What stands before each value of a column, the values as bytes, and what stands after."""


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
        texts = [name for name, of in columns if _is_text(of)]
        once = pq.ParquetFile(stream, buffer_size=_BUFFER, read_dictionary=texts)
        plain = found
        for number in range(found.num_row_groups):
            group = found.metadata.row_group(number)
            _no_trap(file, group, size)
            if words:
                # So is a text that is told once for all rows: no more need be asked of how long it is.
                few, words = [name for name in texts if _few(once, number, name)], False
                texts = [name for name in texts if name not in few]
                plain = pq.ParquetFile(stream, buffer_size=_BUFFER, read_dictionary=few)
            count = 0
            rows = _at_once(once, number, texts)
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
        batch = self._batch if which is None else self._batch.take(pa.array(which, pa.int64()))
        return _written(batch, self.names)

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
        _is_text(of), types.is_integer(of), types.is_decimal(of), types.is_boolean(of), types.is_timestamp(of),
        types.is_date(of), types.is_null(of),
    )  # fmt: skip
    return "" if any(plain) else f"holds values of a type that is not read ({shown(quoted(of))}); write them as text"


def _is_text(of: Any) -> bool:
    return any(bool(is_one(of)) for is_one in (types.is_string, types.is_large_string, types.is_string_view))


def _no_trap(file: str, group: Any, size: int) -> None:
    """Raises `LimitReached` where some rows unpack to so much, of so little, that it can only be meant ill."""
    if group.total_byte_size > max(_GROUP, _RATIO * size):
        raise LimitReached(PACKED_TOO_TIGHT, file=file, ratio=str(_RATIO))


def _at_once(once: Any, number: int, texts: Sequence[str]) -> int:
    """How many rows of a group are read together. A text that a file has once may stand in any number of rows: so it
    counts by the longest. What a file says of its columns is not asked, since the library does not bear that it is
    damaged."""
    group = once.metadata.row_group(number)
    if group.total_byte_size < _SMALL:
        return _ROWS
    long: int = max(group.total_byte_size, 0) // max(group.num_rows, 1)
    long += sum(_longest(once, number, name) for name in texts)
    return max(1, min(_ROWS, _TEXT // (long + 1)))


def _longest(once: Any, number: int, name: str) -> int:
    """How long the longest text is that a group has once for all rows of a column, in bytes."""
    try:
        words = _words(once, number, name)
    except _Joint:
        return int(once.metadata.row_group(number).total_byte_size)
    return 0 if words is None else int(pc.max(pc.binary_length(words)).as_py() or 0)


def _few(once: Any, number: int, name: str) -> bool:
    """Whether most texts of a column stand in several rows of a group."""
    try:
        words = _words(once, number, name)
    except _Joint:
        return False
    return words is not None and len(words) * _SEVERAL <= int(once.metadata.row_group(number).num_rows)


class _Joint(Exception):
    """Texts that share how they begin, which are not to be had apart from each other."""


def _words(once: Any, number: int, name: str) -> Any:
    """The texts that a group has once for all rows of a column; None: it has none so. Raises `_Joint`."""
    try:
        batch = next(once.iter_batches(1, row_groups=[number], columns=[name], use_threads=False), None)
    except OSError as error:
        if error.errno is not None or "DictAccumulator" not in str(error):
            raise
        raise _Joint from None
    return batch.column(0).dictionary if batch is not None and types.is_dictionary(batch.column(0).type) else None


# ------------------------------------------------------------------------------------ columns in memory
_PER_SECOND: Final = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
"""By unit: what makes ticks of instants, by which they are multiplied or divided."""


def _type_of(of: Any) -> str:
    if types.is_dictionary(of):
        return _type_of(of.value_type)
    if types.is_timestamp(of):
        return "instant" if of.tz is not None else ""
    return "text" if _is_text(of) else ""


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


# ------------------------------------------------------------------------------------ lines
def _written(batch: Any, names: Sequence[str]) -> bytes:
    """The rows of a batch, a line each."""
    parts: list[Any] = []
    whole = False
    for name in names:
        column = batch.column(batch.schema.get_field_index(name))
        before, values, after = _part(column)
        part = [f",{json.dumps(normal(name), ensure_ascii=False)}:".encode() + before, values, after]
        whole = whole or not values.null_count
        parts += [pc.coalesce(_joined(part), _bytes(b""))] if values.null_count else part
    # Each part begins with a comma: the first of a row makes room for the brace.
    lines = pc.binary_replace_slice(_joined([*parts, b"}\n"]), 0, 1, b"{")
    if not whole:
        lines = pc.if_else(pc.equal(pc.binary_length(lines), len(b"}\n")), _bytes(b"{}\n"), lines)
    return _data(lines)


def _joined(parts: Sequence[Any]) -> Any:
    """Bytes and columns of bytes, one behind another; nothing where one of them is nothing."""
    each = [_bytes(part) if isinstance(part, bytes) else part for part in parts]
    return pc.binary_join_element_wise(*each, _bytes(b""))


def _bytes(value: bytes) -> Any:
    return pa.scalar(value, pa.binary())


def _part(column: Any) -> Part:
    of = column.type
    if types.is_dictionary(of):
        return _part(column.dictionary_decode())
    if types.is_null(of):
        return b"", pa.nulls(len(column), pa.binary()), b""
    if _is_text(of):
        return b'"', _escaped(column.cast(pa.binary())), b'"'
    if types.is_timestamp(of):
        return b'"', _instants(column).cast(pa.binary()), b'"' if of.tz is None else b'Z"'
    if types.is_date(of):
        return b'"', column.cast(pa.string()).cast(pa.binary()), b'"'
    return b"", (_decimals(column) if types.is_decimal(of) else column.cast(pa.string())).cast(pa.binary()), b""


def _escaped(column: Any) -> Any:
    """Texts as JSON has them between quotation marks."""
    data = _data(column)
    if b'"' not in data and b"\\" not in data and not _controls(data):
        return column
    return pa.array(
        [None if each is None else _SPECIAL.sub(lambda found: _ESCAPED[found[0]], each) for each in column.to_pylist()],
        pa.binary(),
    )


def _controls(data: bytes) -> bool:
    """Whether there is a control character."""
    least = pc.min(pa.Array.from_buffers(pa.uint8(), len(data), [None, pa.py_buffer(data)])).as_py()
    return least is not None and least < ord(" ")


def _data(column: Any) -> bytes:
    """The bytes of all values of a column of bytes, one behind another."""
    _, ends, data = column.buffers()
    if data is None or not len(column):
        return b""
    offsets = pa.Array.from_buffers(pa.int32(), len(column) + 1, [None, ends], offset=column.offset)
    return bytes(memoryview(data)[offsets[0].as_py() : offsets[len(column)].as_py()])


def _instants(column: Any) -> Any:
    """Instants as ISO 8601 has them, without a zone; nanoseconds only where there are some, so that they are refused
    there and nowhere else."""
    clock = column.cast(pa.timestamp(column.type.unit))
    if clock.type.unit != "ns":
        return _iso(clock)
    whole = clock.cast(pa.timestamp("us"), safe=False)
    told = _iso(whole)
    finer = pc.not_equal(whole.cast(pa.timestamp("ns")), clock)
    return pc.if_else(finer, _iso(clock), told) if pc.any(finer).as_py() else told


def _iso(clock: Any) -> Any:
    """Of years with four digits; what lies outside them is no instant, and is left as it is."""
    told = clock.cast(pa.string())
    iso = pc.binary_replace_slice(told, _AFTER_DAY, _AFTER_DAY + 1, "T")
    lengths = pc.binary_length(told)
    ends = pc.min_max(lengths)
    return iso if ends["min"] == ends["max"] else pc.if_else(pc.equal(lengths, ends["min"]), iso, told)


def _decimals(column: Any) -> Any:
    """Decimals with all their digits, and no exponent."""
    told = column.cast(pa.string())
    if not pc.any(pc.match_substring(told, "E")).as_py():
        return told
    return pa.array([None if each is None else format(each, "f") for each in column.to_pylist()], pa.string())
