"""Cells between separators (CSV) by the block, for the compiled machine: as `typed` has lines of JSON.

A line without quotation marks is a row of its own, whose cells stand between separators: so a form is what stands
between the values there, too. From the first quotation mark of a file on it is read strictly, row by row, since what it
opens may reach over lines.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import chain, count
from typing import Any, ClassVar, Final

from bpodsl.lean import define, field
from bpodsl.native import Block, Forms
from bpodsl.record.rows import NoRows, Row
from bpodsl.store import delimited
from bpodsl.store.lines import Lines, Stretch
from bpodsl.store.typed import ANY, FILLED, ID, ONE_OF, SHORT, TIME, NotByBlocks, Part, Typed, TypedPlan, part_of
from bpodsl.terms import Mapping as Reads
from bpodsl.values import LAST

_SOME: Final = 1_000
"""Rows after which all that has come is looked at, where they are read one by one."""


@define
class CellsPlan(TypedPlan):
    """How the lines of one such file are read."""

    formats: ClassVar[tuple[str, ...]] = ("csv",)

    separator: str = ","
    _header: list[str] = field(factory=list)

    @classmethod
    def may(cls, mapping: Reads) -> bool:
        """Whether its cells may be told apart so simply."""
        separator = mapping.separator or ","
        return len(separator) == 1 and separator.isascii() and separator not in '"\\\r\n'

    def typed_rows(
        self, stretch: Stretch, take: Callable[[Typed | Block], None], after: Callable[[], None]
    ) -> Iterator[Row]:
        """As `TypedPlan.typed_rows`. Raises `NotByBlocks` where there is no header."""
        number = 1
        with closing(self._stream(stretch)) as parts:
            for part in parts:
                if not self._header:
                    skipped = self._begin(part.whole)
                    yield from self._strict(Lines(number + skipped, part.whole.split(b"\n")[skipped:]))
                    number += part.whole.count(b"\n")
                elif b'"' in part.whole:
                    rest = (each.whole for each in chain((part,), parts))
                    yield from self._one_by_one(rest, number, bool(stretch.cut), after)
                    break
                elif part.whole.endswith(b"\n"):
                    number += yield from self._rows_of(part, number, take)
                else:
                    yield from self._strict(Lines(number, [part.whole], cut=bool(stretch.cut)))
                if part.ends:
                    after()
        if not self._any:
            yield NoRows(self.file)

    def _begin(self, whole: bytes) -> int:
        """Learn the header from the first lines; how many of them that takes."""
        lines = whole.split(b"\n")
        place = next((n for n, line in enumerate(lines) if line.strip()), None)
        if place is None or b'"' in whole or not whole.endswith(b"\n"):
            raise NotByBlocks
        header = delimited.header_of(lines[place], self.separator)
        if header is None:
            raise NotByBlocks
        self._header = header
        return place + 1

    def _rows_of(
        self, part: Part, number: int, take: Callable[[Typed | Block], None]
    ) -> Generator[Row, None, int]:  # fmt: skip
        if self._forms is not None:
            return (yield from self._natively(self._read(self._forms, part, number), take))
        lines = part.whole.split(b"\n")[:-1]
        yield from self._strict(Lines(number, lines))
        return len(lines)

    def _natively(self, block: Block, take: Callable[[Typed | Block], None]) -> Generator[Row, None, int]:
        if block.count:
            self._any = True
            take(block)
        left = list(block.left())
        for place, line in left:
            yield from self._strict(Lines(place, [line]))
        return block.count + len(left)

    def _strict(self, batch: Lines) -> Iterator[Row]:
        return self._below([batch])

    def _below(self, batches: Iterable[Lines]) -> Iterator[Row]:
        for row in delimited.rows_below(self.file, self._header, batches, self.separator):
            self._learn_from(row)
            self._any = True
            yield row

    def _one_by_one(
        self, wholes: Iterable[bytes], number: int, cut: bool, after: Callable[[], None]
    ) -> Iterator[Row]:  # fmt: skip
        """All rows from there on, strictly."""
        def batches() -> Iterator[Lines]:
            place = number
            for whole in wholes:
                lines = whole.split(b"\n")
                if lines[-1]:
                    yield Lines(place, lines, cut)
                else:
                    yield Lines(place, lines[:-1])
                place += len(lines) - 1

        for done, row in zip(count(1), self._below(batches()), strict=False):
            yield row
            if done % _SOME == 0:
                after()
        after()

    def values_of(self, line: bytes) -> dict[str, Any]:
        """The cells of a line that was taken, by column."""
        return dict(zip(self._header, line.removesuffix(b"\r").decode().split(self.separator), strict=True))

    # ------------------------------------------------------------------ learning
    def _look(self, word: str, found: Any, values: Mapping[str, object], made: Any) -> None:
        kind, keys = found.wanted.kind, found.wanted.keys
        fields = [each.name for each in kind.fields]
        parts: list[bytes] = []
        before = ""
        for number, column in enumerate(self._header):
            before += self.separator if number else ""
            if column == self.tells:
                before += word
                continue
            what, slot, words, otherwise = ANY, -1, (), (False, None)
            if column == self.time:
                what = TIME
            elif column == self.id:
                what = ID
            elif column in found.columns:
                of = kind.field(found.columns[column])
                slot = keys.index(of.name) if of.name in keys else len(keys) + fields.index(of.name)
                what = SHORT if of.key else FILLED
                if of.kind.base == "one_of":
                    what, words = ONE_OF, of.kind.detail
                if of.name not in keys:
                    otherwise = of.optional or of.default is not None, of.default
            parts.append(part_of(what, slot, before, words, *otherwise))
            before = ""
        if any(mark in word for mark in ('"', "\\", "\r", "\n", self.separator)) or not word.isascii():
            return
        self._see(found, parts, before, (), len(keys) + len(fields))

    def _learned(self, packed: bytes) -> Forms:
        return Forms(packed, 0, LAST, self.separator)
