"""Rows of small files made of bytes."""

from __future__ import annotations

import io

from bpodsl.record.rows import Cut, Layout, NoRows, Row
from bpodsl.store import Feed, read_rows


def rows(*lines: bytes, name: str = "a.jsonl", layout: Layout | None = None, split: bool = True) -> list[Row]:
    """The rows of these lines, or (`split` False) of these bytes as they are, without the word that there are none."""
    raw = b"".join(line + b"\n" for line in lines) if split else b"".join(lines)
    found = read_rows(Feed(name, io.BytesIO(raw)), layout)
    return [row for row in found if not isinstance(row, NoRows)]


def shape(found: list[Row]) -> list[object]:
    """Values of sound rows, codes of bad lines, and why a file is cut."""
    return [
        each.why if isinstance(each, Cut) else getattr(each, "values", None) or each.refusal.code for each in found
    ]


class Slow(io.RawIOBase):
    """A stream that gives only a few bytes at a time."""

    def __init__(self, raw: bytes, step: int) -> None:
        self._inner, self._step = io.BytesIO(raw), step

    def read(self, size: int = -1) -> bytes:
        return self._inner.read(self._step if size < 0 else min(size, self._step))
