"""The rows of a Parquet file by the block, for the compiled machine, which takes columns as they lie in memory: as
`typed` has lines of JSON.

A row that is not taken becomes the line that it stands for (see `parquet`), and goes on as a line. So do the first,
from which it is learned how the others look. A file of which not all is as it must be is read by none of this: what is
wrong is told by the way that reads everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from bpodsl.lean import define, field
from bpodsl.native import Block, Forms, small, text
from bpodsl.native.columns import BlockOfColumns
from bpodsl.native.crew import Crew
from bpodsl.record.fields import normal
from bpodsl.record.refusals import LimitReached
from bpodsl.record.rows import NoRows, Row
from bpodsl.store.blocks import FIRST
from bpodsl.store.lines import LINE_LIMIT, SIZE_LIMIT, Stretch
from bpodsl.store.parquet import Unread, is_parquet
from bpodsl.store.typed import ANY, FILLED, ID, ONE_OF, SHORT, TIME, NotByBlocks, Part, Typed, TypedPlan, part_of

if TYPE_CHECKING:
    from bpodsl.store.arrow import Rows

_EARLY: Final = (FIRST, 8 * FIRST)
"""Of so many rows the first are looked at by themselves, since what stands in them may not be known yet."""

_VALUE: Final = 128
"""More bytes than a value has that is no text."""


class Some(NamedTuple):
    """Rows, and what they were read to, by the forms that were known then."""

    rows: Rows
    ends: bool = True
    """Whether a batch of rows ends with it."""
    forms: Forms | None = None
    block: Block | None = None


@define
class ColumnsPlan(TypedPlan):
    """How the rows of one such file are read."""

    _types: dict[str, tuple[int, str]] = field(factory=dict)
    _asked: set[int] = field(factory=set)
    _frame: int = 0
    """More bytes than a line has besides its texts."""
    _size: int = 0

    @classmethod
    def may(cls, file: str) -> bool:
        """Whether its columns may be looked at."""
        try:
            return is_parquet(Path(file))
        except OSError:
            return False

    def typed_rows(
        self, stretch: Stretch, take: Callable[[Typed | Block], None], after: Callable[[], None]
    ) -> Iterator[Row]:
        """As `TypedPlan.typed_rows`. Raises `NotByBlocks` where the file cannot be read, or not to its end."""
        number = 1
        with closing(self._some(stretch)) as parts:
            for some in parts:
                number += yield from self._of_some(some, number, take)
                if some.ends:
                    after()
        if not self._any:
            yield NoRows(self.file)

    def _some(self, stretch: Stretch) -> Generator[Some]:
        parts = self._batches(stretch)
        yield from _until_whole(parts)
        crew = self.crew or Crew(2)
        yield from crew.ahead(parts, self._ahead)

    def _batches(self, stretch: Stretch) -> Iterator[Some]:
        """The rows, a batch after another. The first ones come by themselves."""
        # It takes long to import.
        try:
            from bpodsl.store.arrow import rows_of_columns
        except ImportError:
            raise NotByBlocks from None
        found = rows_of_columns(self.file, stretch.stream, self.layout.columns, words=True)
        with _sound():
            rows = next(found, None)
        if rows is None:
            return
        self._see_columns(rows)
        done = 0
        for cut in (*(each for each in _EARLY if each < len(rows)), len(rows)):
            yield Some(rows.slice(done, cut), ends=cut == len(rows))
            done = cut
        while True:
            with _sound():
                rows = next(found, None)
            if rows is None:
                return
            yield Some(rows)

    def _see_columns(self, rows: Rows) -> None:
        self._types = {
            normal(name): (number, of) for number, (name, of) in enumerate(zip(rows.names, rows.types(), strict=True))
        }
        self._frame = 3 + sum(len(json.dumps(name)) + _VALUE for name in rows.names)

    def _ahead(self, some: Some) -> Some:
        """Rows that are read as far as is known by then how they look."""
        forms = self._forms
        return some if forms is None else some._replace(forms=forms, block=self._block_of(forms, some.rows))

    def _block_of(self, forms: Forms, rows: Rows) -> Block:
        with _sound():
            columns = rows.columns(self._asked)
        return BlockOfColumns.of_columns(forms, columns, len(rows), LINE_LIMIT - self._frame, partial(_lines, rows))

    def _of_some(
        self, some: Some, number: int, take: Callable[[Typed | Block], None]
    ) -> Generator[Row, None, int]:  # fmt: skip
        """As `_rows_of`."""
        self._size += len(some.rows) * self._frame
        if self._forms is None:
            lines = _lines(some.rows)
            self._size += sum(map(len, lines))
            return (yield from self._rows_of(Part(b"".join([line + b"\n" for line in lines])), number, take))
        block = self._known(lambda forms: self._read_some(forms, some, number))
        self._size += block.said
        if self._size > SIZE_LIMIT:
            raise NotByBlocks
        return (yield from self._natively(block, take))

    def _read_some(self, forms: Forms, some: Some, number: int) -> Block:
        block = some.block if some.forms is forms else None
        block = block or self._block_of(forms, some.rows)
        block.begins = number - 1
        return block

    # ------------------------------------------------------------------ learning
    def _look(self, word: str, found: Any, values: Mapping[str, object], made: Any) -> None:
        kind, keys = found.wanted.kind, found.wanted.keys
        fields = [each.name for each in kind.fields]
        own = {self.tells: (ONE_OF, (word,)), self.time: (TIME, ()), self.id: (ID, ())}
        parts: dict[str, bytes] = {}
        given = set()
        for name, (number, of) in self._types.items():
            what, slot, words = ANY, -1, tuple[str, ...]()
            optional, otherwise = True, None
            if name in own:
                (what, words), optional = own[name], False
            elif name in found.columns:
                each = kind.field(found.columns[name])
                given.add(each.name)
                slot = keys.index(each.name) if each.name in keys else len(keys) + fields.index(each.name)
                what = SHORT if each.key else FILLED
                if each.kind.base == "one_of":
                    what, words = ONE_OF, each.kind.detail
                optional = each.name not in keys and (each.optional or each.default is not None)
                otherwise = each.default
            elif of != "text":
                continue
            if of != "text" and not (of == "instant" and what == TIME):
                # What such a value is as text is seen by lines.
                return
            parts[name] = part_of(what, slot, "", words, optional, otherwise, number)
        if not parts.keys() >= own.keys():
            return
        self._asked = self._asked | {self._types[name][0] for name in parts}
        first = parts.pop(self.tells)
        defaults = [
            small(len(keys) + number) + text(each.default)
            for number, each in enumerate(kind.fields) if each.name not in given and isinstance(each.default, str)
        ]  # fmt: skip
        self._see(found, [first, *parts.values()], "", defaults, len(keys) + len(fields))


def _until_whole(parts: Iterator[Some]) -> Iterator[Some]:
    """The parts of the first batch: they show how the others look."""
    for some in parts:
        yield some
        if some.ends:
            return


@contextmanager
def _sound() -> Iterator[None]:
    """Raises `NotByBlocks` where a file is not as it must be."""
    from bpodsl.store.arrow import TROUBLES

    try:
        yield
    except (*TROUBLES, Unread, LimitReached) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise NotByBlocks from None


def _lines(rows: Rows, which: Sequence[int] | None = None) -> list[bytes]:
    """The lines of rows, or of some of them, none of which is longer than one may be. Raises `NotByBlocks`."""
    with _sound():
        whole = rows.lines(which)
    found = whole.split(b"\n")[:-1]
    if len(whole) > LINE_LIMIT and any(len(line) > LINE_LIMIT for line in found):
        raise NotByBlocks
    return found
