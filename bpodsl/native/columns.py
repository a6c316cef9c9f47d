"""Rows of columns, read to events by the compiled part (`source/columns.c`), which looks at columns where they lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from bpodsl.native import Block, Forms, library

NOTHING, TEXTS, WORDS, INSTANTS = range(4)
"""What a column holds, as `columns.c` has it: nothing that is looked at; texts; the numbers of texts that it has once;
instants."""


_FIRST: Final = 4
"""So many of the rows that were not taken become lines by themselves: often no more are asked for."""


class Column(NamedTuple):
    """Where the values of a column lie: addresses, as Arrow lays them out. Where it has no `there`, no value is
    missing. `scale`: by how much instants are multiplied and divided. `kept`: what holds the memory."""

    type: int
    there: int = 0
    first: int = 0
    each: int = 0
    ends: int = 0
    words: int = 0
    data: int = 0
    size: int = 0
    scale: tuple[int, int] = (1, 1)
    kept: Any = None

    def numbers(self) -> tuple[int, ...]:
        """As it is packed."""
        return (*self[:8], *self.scale)


def longest(ends: int, count: int) -> int | None:
    """How long the longest of so many texts is; `ends`: where the numbers lie that say where they begin and end. None:
    the library is not there."""
    found = library()
    return None if found is None else int(found.longest_of(ends, count))


class BlockOfColumns(Block):
    """Events that were read from columns. `lines(rows)`: the lines that some of the rows would be."""

    def __init__(self, found: Any, kept: Sequence[Column], lines: Callable[[Sequence[int]], list[bytes]]) -> None:
        super().__init__(found)
        self._kept = kept
        self._lines = lines

    @classmethod
    def of_columns(
        cls, forms: Forms, columns: Sequence[Column], rows: int, longest: int,
        lines: Callable[[Sequence[int]], list[bytes]],
    ) -> BlockOfColumns:  # fmt: skip
        """Of so many rows, of which none is taken that has more than `longest` bytes of text."""
        import ctypes as c

        numbers = [number for each in columns for number in each.numbers()]
        packed = (c.c_int64 * max(len(numbers), 1))(*numbers)
        return cls(forms.library.block_of_columns(forms.handle, packed, rows, longest), columns, lines)

    def text(self, number: int, line: bool) -> bytes:
        """As `Block.text`."""
        if not line:
            return super().text(number, line)
        return self._lines([int(self.library.block_place(self.found, number)) - 1])[0]

    def left(self) -> Iterator[tuple[int, bytes]]:
        """As `Block.left`."""
        of = self.found.contents
        rows = list(of.left_at[: of.left]) if of.left else []
        for some in (rows[:_FIRST], rows[_FIRST:]):
            if some:
                for row, line in zip(some, self._lines(some), strict=True):
                    yield self.begins + row + 1, line
