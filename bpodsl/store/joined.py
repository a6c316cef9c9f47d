"""Rows of columns as lines of JSON, made by Arrow's functions; needs the extra `arrow`.

How a row is written depends on nothing but its values and the types of the columns: so a file that has grown begins as
it did. Texts and numbers are not made objects of Python on the way; they are joined as Arrow has them. Whole and
decimal numbers are written with all their digits.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import types

from bpodsl.record.fields import normal
from bpodsl.store.few import escaped, is_text

_AFTER_DAY: Final = len("2026-04-07")

Part = tuple[bytes, Any, bytes]
"""What stands before each value of a column, the values as bytes, and what stands after."""


def written(batch: Any, names: Sequence[str]) -> bytes:
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
    if is_text(of):
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
        [None if each is None else escaped(each) for each in column.to_pylist()], pa.binary()
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
