"""A few rows of columns as lines of JSON, to the letter as `joined` makes them, without Arrow's functions: these take
longer to import than a few rows take here."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pyarrow as pa
from pyarrow import types

from bpodsl.record.fields import normal

_SPECIAL: Final = re.compile(rb'[\x00-\x1f"\\]')
_ESCAPED: Final = {bytes([n]): json.dumps(chr(n))[1:-1].encode() for n in (*range(32), *b'"\\')}
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_END: Final = (datetime(9999, 12, 31, tzinfo=UTC) - _BEGIN) // timedelta(microseconds=1)
_UNITS: Final = {"s": (1_000_000, 1, 19), "ms": (1_000, 1, 23), "us": (1, 1, 26), "ns": (1, 1_000, 26)}
"""By unit: what makes microseconds of an instant, by which it is multiplied or divided, and how long its text is."""


def told(batch: Any, names: Sequence[str]) -> bytes | None:
    """A line for each row; None where there is a type, or an instant, that is not told here."""
    rows: list[list[bytes]] = [[] for _ in range(batch.num_rows)]
    for name in names:
        values = _values(batch.column(batch.schema.get_field_index(name)))
        if values is None:
            return None
        before = json.dumps(normal(name), ensure_ascii=False).encode() + b":"
        for row, value in zip(rows, values, strict=True):
            if value is not None:
                row.append(before + value)
    return b"".join([b"{" + b",".join(row) + b"}\n" for row in rows])


def _values(column: Any) -> list[bytes | None] | None:
    """As JSON has them."""
    of = column.type
    if types.is_dictionary(of):
        return _of_dictionary(column)
    if types.is_string(of):
        return [None if each is None else b'"' + escaped(each) + b'"' for each in column.view(pa.binary()).to_pylist()]
    if types.is_timestamp(of):
        return _instants(column)
    if types.is_null(of):
        return [None] * len(column)
    if types.is_integer(of):
        return [None if each is None else b"%d" % each for each in column.to_pylist()]
    if types.is_boolean(of):
        return [None if each is None else b"true" if each else b"false" for each in column.to_pylist()]
    return None


def _of_dictionary(column: Any) -> list[bytes | None] | None:
    found: dict[int | None, bytes | None] = {None: None}
    numbers = column.indices.to_pylist()
    for number in dict.fromkeys(numbers):
        if number is None:
            continue
        values = _values(column.dictionary.slice(number, 1)) if 0 <= number < len(column.dictionary) else None
        if values is None:
            return None
        found[number] = values[0]
    return [found[number] for number in numbers]


def _instants(column: Any) -> list[bytes | None] | None:
    up, down, size = _UNITS[column.type.unit]
    ends = b'"' if column.type.tz is None else b'Z"'
    found: list[bytes | None] = []
    for each in column.view(pa.int64()).to_pylist():
        if each is None:
            found.append(None)
            continue
        at, finer = divmod(each * up, down)
        if finer or not 0 <= at < _END:
            return None
        text = (_BEGIN + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:size]
        found.append(b'"' + text.encode() + ends)
    return found


def escaped(text: bytes) -> bytes:
    """As it stands between quotation marks."""
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], text)


def is_text(of: Any) -> bool:
    """Whether values of a type are texts."""
    return any(bool(is_one(of)) for is_one in (types.is_string, types.is_large_string, types.is_string_view))
