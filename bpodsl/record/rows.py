"""Raw rows: what stood in a file, before it means anything."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any, Final

from bpodsl.lean import Part, frozen
from bpodsl.record.many import changing, many
from bpodsl.record.refusals import Refusal

Raw = object
"""A raw value: str, int, `Decimals`, bool, None, or a dict or list of these."""


class Decimals(str):
    """The text of a number that JSON wrote with a point or an exponent; it never becomes a float."""

    __slots__ = ()


_LEFT_OUT: Final[Any] = Part(None, eq=False)


@frozen
class Layout:
    """How the rows of a file are laid out: `format` "csv", "jsonl" or "parquet", `separator` of the cells of a "csv".

    `columns`: those that are read of a "parquet", None: all. They are no part of what two layouts may differ in.
    """

    format: str
    separator: str = ","
    columns: frozenset[str] | None = _LEFT_OUT


@changing
class RawRow:
    """One row as read. `line` is its first line in the file, `number` its rank among the rows, both from 1.

    `values`: its cells by column, or the object that the line held. `raw`: its bytes, without the line end.
    """

    file: str
    line: int
    number: int
    values: dict[str, Raw]
    raw: bytes

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


@changing
class BadLine:
    """A line that cannot be read as a row, and why."""

    file: str
    line: int
    refusal: Refusal
    raw: bytes


@frozen
class Cut:
    """The file ends too early, or is damaged: what came before is sound, but it is not all."""

    file: str
    why: str


@frozen
class NoRows:
    """The file holds nothing, or nothing below its header: there was no event, or it is not the file meant."""

    file: str


@many
class Dismissed:
    """A line that was set aside, of which somebody said that it is no event."""

    file: str
    line: int


Row = RawRow | BadLine | Cut | NoRows


def base_name(file: str) -> str:
    """The name by which a file is known wherever it lies, packed or not: without folders and `.gz`."""
    name = PurePath(file).name
    return name.removesuffix(".gz") or name
