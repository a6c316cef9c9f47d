"""Rows as bytes, and back: plain data, of which nothing is executed."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

from bpodsl.kernel.frozen import NotThawed
from bpodsl.record.refusals import Refused
from bpodsl.record.rows import RawRow
from bpodsl.store.jsonl import decoded as json_rows

LEVEL: Final = 6

MANY: Final = 16
"""Of so many parts of about one size one is made."""

MOST: Final = 200

_Cells = list[object]
_Packed = tuple[int, int, int, bytes, _Cells | None]
"""Of a row: its file and columns, by place; its line, its number, its bytes; its cells, where the bytes are no JSON."""


class _Part(msgspec.Struct, array_like=True):
    files: list[tuple[str, list[str] | None]]
    rows: list[_Packed]


_DECODER: Final = msgspec.msgpack.Decoder(_Part)


def packed(rows: Sequence[RawRow]) -> bytes:
    """The rows as bytes. Those of JSON lines are their bytes, since what they hold follows from these."""
    files: dict[tuple[str, tuple[str, ...] | None], int] = {}
    found: list[_Packed] = []
    held = json_rows([row.raw for row in rows])
    for row, values in zip(rows, held, strict=True):
        columns = None if values == row.values else tuple(row.values)
        cells = None if columns is None else list(row.values.values())
        file = files.setdefault((row.file, columns), len(files))
        found.append((file, row.line, row.number, row.raw, cells))
    named = [(file, None if columns is None else list(columns)) for file, columns in files]
    return zlib.compress(msgspec.msgpack.encode(_Part(named, found)), LEVEL)


def merged(parts: list[bytes]) -> int:
    """Make one of the last parts, again and again, where there are many of about one size; the place of the first that
    is another now. So each row is packed anew only as often as the number of rows has digits, and parts stay few."""
    first = len(parts)
    while len(parts) >= MANY and parts[-MANY][0] == parts[-1][0] < MOST:
        rows = list(PackedRows(parts[-MANY:]))
        tier = parts[-1][0] + 1
        del parts[-MANY:]
        parts.append(bytes([tier]) + packed(rows))
        first = len(parts) - 1
    return first


def unpacked(data: bytes) -> Iterator[RawRow]:
    """The rows again. Raises `NotThawed` for bytes that `packed` never gives."""
    try:
        part = _DECODER.decode(zlib.decompress(data))
        held = json_rows([row[3] for row in part.rows])
        for (file, line, number, raw, cells), values in zip(part.rows, held, strict=True):
            name, columns = part.files[file]
            if columns is not None and cells is not None:
                yield RawRow(name, line, number, dict(zip(columns, cells, strict=True)), raw)
            elif isinstance(values, Refused):
                raise NotThawed("it holds a line that is no row")
            else:
                yield RawRow(name, line, number, values, raw)
    except (msgspec.DecodeError, msgspec.ValidationError, zlib.error, IndexError, ValueError) as error:
        raise NotThawed(f"its rows cannot be read: {error}") from None


class PackedRows:
    """Packed rows, to be read as often as is asked. Each part has before its rows how often it was made of others."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = list(parts)

    @staticmethod
    def of(rows: Sequence[RawRow]) -> PackedRows:
        """Rows, packed."""
        return PackedRows([b"\0" + packed(rows)])

    def __iter__(self) -> Iterator[RawRow]:
        for part in self.parts:
            yield from unpacked(part[1:])
