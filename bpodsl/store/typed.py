"""Plain JSON lines by the block: decoded all at once into what the agreement asks for, in order of time.

As `blocks`, from which it has how the first line of each kind tells how the others look. What must be certain of a line
is made certain of a whole block: no name is new, since the decoder allows no other; none is missing, since it asks for
all; none stands twice, since the block has no more colons than its names and times need; and times are of one form,
since marks stand where that form has them in all of them. A block of which any of this does not hold is looked at line
by line, and a line of which it does not goes the strict way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter, itemgetter, le
from typing import Any, Final, NamedTuple

import msgspec
from attrs import define

from bpodsl.record.rows import NoRows, RawRow, Row
from bpodsl.store import jsonl
from bpodsl.store.blocks import FIRST, Plan
from bpodsl.store.lines import LINE_LIMIT, Lines, Stretch
from bpodsl.terms import EventKind
from bpodsl.values import LAST, moment

_BEGIN: Final = moment(0)
_END: Final = moment(LAST)
_MARKS: Final = ((4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":"))
_SHORTEST, _FRACTION, _LONGEST = len("2025-01-01T00:00:00Z"), len("2025-01-01T00:00:00"), 27

_time = attrgetter("time")
_names = attrgetter("names")
_first = itemgetter(0)


class Typed(NamedTuple):
    """Lines of a file, decoded: objects in order of time, their times, the lines they were made of as one, and where
    each of these stands in the file: from `place` on, or at `places`."""

    found: list[Any]
    times: list[datetime]
    whole: bytes
    place: int
    places: Sequence[int] | None

    def lines(self) -> Iterator[tuple[bytes, int]]:
        """The lines, and their places, in the order of the file."""
        lines = self.whole.split(b"\n")
        return zip(lines, self.places or range(self.place, self.place + len(lines)), strict=False)


class TooLong(Exception):
    """A line is longer than a line may be."""


@define
class TypedPlan(Plan):
    """How the lines of one file are read."""

    decode_lines: Callable[[bytes], list[Any]] | None = None
    _any: bool = False

    def typed_rows(
        self, stretch: Stretch, take: Callable[[Typed], None], after: Callable[[], None]
    ) -> Iterator[Row]:
        """Give `take` what can be taken, and yield the rows that must be read strictly; `after` is told when a block is
        through."""
        number, rest = 1, b""
        for block in stretch.blocks():
            cut = block.rfind(b"\n") + 1
            whole, rest = (rest + block[:cut], block[cut:]) if cut else (b"", rest + block)
            while whole:
                some = whole
                if number == 1:
                    # The first lines, from which the others are learned, come by themselves.
                    some = b"".join(islice(whole.splitlines(keepends=True), FIRST))
                whole = whole[len(some) :]
                count = some.count(b"\n")
                yield from self._rows_of(some, number, count, take)
                number += count
                after()
            if len(rest) > LINE_LIMIT:
                raise TooLong
        if rest:
            yield from self._strict(Lines(number, [rest], cut=bool(stretch.cut)))
            after()
        if not self._any:
            yield NoRows(self.file)

    def _rows_of(self, whole: bytes, number: int, count: int, take: Callable[[Typed], None]) -> Iterator[Row]:
        if self.decode_lines is None:
            yield from self._strict(Lines(number, whole.split(b"\n")[:-1]))
            return
        found = self._whole(whole, number, count)
        if found is None:
            yield from self._each([*enumerate(whole.split(b"\n")[:-1], number)], take)
        elif found.found:
            self._any = True
            take(found)

    def _each(self, lines: list[tuple[int, bytes]], take: Callable[[Typed], None]) -> Iterator[Row]:
        """Lines with their places, one by one."""
        found, left = self._by_line(lines)
        if found.found:
            self._any = True
            take(found)
        known = self.decode_lines
        for done, (place, line) in enumerate(left, 1):
            yield from self._strict(Lines(place, [line]))
            if self.decode_lines is not known:
                # A kind was learned, so that others may be taken now.
                yield from self._each(left[done:], take)
                return

    def _strict(self, batch: Lines) -> Iterator[Row]:
        for row in jsonl.rows(self.file, [batch]):
            if isinstance(row, NoRows):
                continue
            if isinstance(row, RawRow):
                self._learn(row)
            self._any = True
            yield row

    # ------------------------------------------------------------------ decoding
    def _whole(self, whole: bytes, number: int, count: int) -> Typed | None:
        """All lines of a block, or None."""
        assert self.decode_lines is not None
        if not whole.isascii() or b"\\" in whole:
            return None
        try:
            found = self.decode_lines(whole)
            if len(found) != count:
                return None
            texts = list(map(_time, found))
            times = _times(texts)
        except (msgspec.DecodeError, ValueError):
            return None
        if whole.count(b":") != sum(map(_names, found)) + 2 * count:
            return None
        if not all(map(le, times, islice(times, 1, None))):
            pairs = sorted(zip(times, found, strict=True), key=_first)
            times, found = [at for at, _ in pairs], [each for _, each in pairs]
        if times[0] < _BEGIN or times[-1] >= _END:
            return None
        return Typed(found, times, whole, number, None)

    def _by_line(self, lines: list[tuple[int, bytes]]) -> tuple[Typed, list[tuple[int, bytes]]]:
        """What can be taken of some lines, and the others."""
        left: list[tuple[int, bytes]] = []
        taken: list[tuple[datetime, Any]] = []
        kept: list[tuple[int, bytes]] = []
        for place, line in lines:
            one = self._whole(line + b"\n", place, 1)
            if one is not None:
                taken.append((one.times[0], one.found[0]))
                kept.append((place, line))
            elif line and not line.isspace():
                left.append((place, line))
        taken.sort(key=_first)
        whole, places = b"\n".join([line for _, line in kept]), [place for place, _ in kept]
        return Typed([each for _, each in taken], [at for at, _ in taken], whole, 0, places), left

    # ------------------------------------------------------------------ learning
    def _decoded_by(self, decoder: msgspec.json.Decoder[Any]) -> None:
        super()._decoded_by(decoder)
        self.decode_lines = decoder.decode_lines

    def _part(self, kind: EventKind, name: str, keys: Sequence[str]) -> str:
        fields = [each.name for each in kind.fields]
        return super()._part(kind, name, keys) or f"f{fields.index(name)}"

    def _made(self, word: str, found: Any, values: Any) -> type | None:
        made: Any = super()._made(word, found, values)
        if made is not None:
            for number, each in enumerate(found.wanted.kind.fields):
                if each.name not in made.parts:
                    setattr(made, f"f{number}", each.default)
        return made  # type: ignore[no-any-return]


def _times(texts: list[str]) -> list[datetime]:
    """The times that texts of one form tell, such as ``2026-04-07T18:00:00.123Z``. Raises ValueError of any other."""
    joined, long, count = "".join(texts), len(texts[0]), len(texts)
    if not _SHORTEST <= long <= _LONGEST or long == _SHORTEST + 1 or len(joined) != long * count:
        raise ValueError("not of one length")
    marks = [*_MARKS, (long - 1, "Z"), *([(_FRACTION, ".")] if long > _SHORTEST else [])]
    if any(joined[place::long] != mark * count for place, mark in marks):
        raise ValueError("not of one form")
    return msgspec.convert(texts, list[datetime])
