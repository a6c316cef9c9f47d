"""Plain JSON lines by the block: decoded all at once into what the agreement asks for, in order of time.

As `blocks`, from which it has how the first line of each kind tells how the others look. What must be certain of a line
is made certain of a whole block: no name is new, since the decoder allows no other; none is missing, since it asks for
all; none stands twice, since the block has no more colons than its names and times need; and times are of one form,
since marks stand where that form has them in all of them. A block of which any of this does not hold is looked at line
by line, and a line of which it does not goes the strict way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from operator import attrgetter, itemgetter, le
from typing import Any, Final, NamedTuple

import msgspec

from bpodsl.lean import define, field
from bpodsl.native import Block, Forms, small, text
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

MANY: Final = 8
"""Where one line of so many, or more, is not taken by the machine, the others are decoded together."""
STRANGE: Final = 4
"""So many lines of a block that the machine does not take are looked at for how they look."""

_EARLY: Final = (1 << 14, 1 << 16)
_STYLES: Final = ((",", ":"), (", ", ": "))
ID, TIME, FILLED, SHORT, ONE_OF, ANY, WHOLE, TRUTH = range(8)
"""What a value may be, as `reading.c` has it."""

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


class Part(NamedTuple):
    """Lines, and what they were read to, by the forms that were known then."""

    whole: bytes
    ends: bool = True
    """Whether a batch of lines ends with it."""
    forms: Forms | None = None
    block: Block | None = None


class NotByBlocks(Exception):
    """A file that is read as ever: a line is longer than a line may be, or it has no header of columns."""


@define
class TypedPlan(Plan):
    """How the lines of one file are read."""

    decode_lines: Callable[[bytes], list[Any]] | None = None
    native: bool = False
    """Whether lines may be decoded by the compiled machine."""
    crew: Any = None
    """The threads that may do so ahead, if there are several (see `native.crew`)."""
    _any: bool = False
    _forms: Forms | None = None
    _looks: list[bytes] = field(factory=list)
    _width: int = 0
    _raw: bytes = b""

    def typed_rows(
        self, stretch: Stretch, take: Callable[[Typed | Block], None], after: Callable[[], None]
    ) -> Iterator[Row]:
        """Give `take` what can be taken, and yield the rows that must be read strictly; `after` is told when a block is
        through."""
        number = 1
        with closing(self._stream(stretch)) as parts:
            for part in parts:
                if part.whole.endswith(b"\n"):
                    number += yield from self._rows_of(part, number, take)
                else:
                    yield from self._strict(Lines(number, [part.whole], cut=bool(stretch.cut)))
                if part.ends:
                    after()
        if not self._any:
            yield NoRows(self.file)

    def _stream(self, stretch: Stretch) -> Generator[Part]:
        parts = self._parts_of(stretch)
        if self.crew is not None:
            # By the first lines it is known how the others look.
            yield from islice(parts, 1)
            parts = self.crew.ahead(parts, self._read_ahead)
        yield from parts

    def _parts_of(self, stretch: Stretch) -> Iterator[Part]:
        """Whole lines, a block after another; last what is no whole line."""
        rest, first = b"", True
        for block in stretch.blocks():
            cut = block.rfind(b"\n") + 1
            whole, rest = (b"".join((rest, memoryview(block)[:cut])), block[cut:]) if cut else (b"", rest + block)
            if whole and first:
                # The first lines, from which the others are learned, come by themselves.
                done, first = 0, False
                for cut in _early(whole):
                    yield Part(whole[done:cut], ends=cut == len(whole))
                    done = cut
                whole = whole[done:]
            if whole:
                yield Part(whole)
            if len(rest) > LINE_LIMIT:
                raise NotByBlocks
        if rest:
            yield Part(rest)

    def _read_ahead(self, part: Part) -> Part:
        """Lines that are read as far as is known by then how they look."""
        forms = self._forms
        if forms is None or not part.whole.endswith(b"\n"):
            return part
        return part._replace(forms=forms, block=Block.read(forms, part.whole, 1))

    def _rows_of(
        self, part: Part, number: int, take: Callable[[Typed | Block], None]
    ) -> Generator[Row, None, int]:  # fmt: skip
        """Yields the rows that must be read strictly; how many lines there were."""
        whole = part.whole
        if self._forms is not None:
            block = self._known(lambda forms: self._read(forms, part, number))
            return (yield from self._natively(block, take))
        count = whole.count(b"\n")
        if self.decode_lines is None:
            yield from self._strict(Lines(number, whole.split(b"\n")[:-1]))
            return count
        found = self._whole(whole, number, count)
        if found is None:
            yield from self._each([*enumerate(whole.split(b"\n")[:-1], number)], take)
        else:
            self._any = True
            take(found)
        return count

    def _known(self, read: Callable[[Forms], Block]) -> Block:
        """What lines are read to. Where some look as none before, they are read anew by how those do: of a kind that
        is not among the first lines of a file there may be many in a block."""
        while True:
            forms = self._forms
            assert forms is not None
            block = read(forms)
            for place, line in islice(block.left(), STRANGE):
                for row in jsonl.rows(self.file, [Lines(place, [line])]):
                    self._learn_from(row)
                if self._forms is not forms:
                    break
            if self._forms is forms:
                return block

    def _read(self, forms: Forms, part: Part, number: int) -> Block:
        """What lines are read to, the first of which stands there in the file."""
        block = part.block
        if block is None or part.forms is not forms:
            return Block.read(forms, part.whole, number)
        block.begins = number - 1
        return block

    def _natively(self, block: Block, take: Callable[[Typed | Block], None]) -> Generator[Row, None, int]:
        """All lines of a block: what the machine did not take is looked at as ever."""
        if block.count:
            self._any = True
            take(block)
        left = list(block.left())
        if len(left) * MANY < block.count:
            yield from self._each(left, take)
        else:
            lines = b"".join([line + b"\n" for _, line in left])
            found = self._whole(lines, 0, len(left))
            if found is None:
                yield from self._each(left, take)
            else:
                self._any = True
                take(found._replace(places=[place for place, _ in left]))
        return block.count + len(left)

    def _each(self, lines: list[tuple[int, bytes]], take: Callable[[Typed | Block], None]) -> Iterator[Row]:
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
            self._learn_from(row)
            self._any = True
            yield row

    def _learn_from(self, row: Row) -> None:
        if isinstance(row, RawRow):
            self._raw = row.raw
            self._learn(row)

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
            if self.native:
                self._look(word, found, values, made)
        return made  # type: ignore[no-any-return]

    def _look(self, word: str, found: Any, values: Mapping[str, object], made: Any) -> None:
        """The form of the lines of a kind, as `reading.c` has it; none, where they do not look as lines mostly do."""
        separators = next((each for each in _STYLES if _written(values, each) == self._raw), None)
        if separators is None or not self._raw.isascii() or b"\\" in self._raw:
            return
        between, after = separators
        kind, keys = found.wanted.kind, found.wanted.keys
        fields = [each.name for each in kind.fields]
        parts: list[bytes] = []
        before = "{"
        for number, (column, value) in enumerate(values.items()):
            before += f"{between if number else ''}{json.dumps(column)}{after}"
            if column == self.tells:
                before += json.dumps(word)
                continue
            what, slot, words = ANY, -1, ()
            if column == self.time:
                what = TIME
            elif column == self.id:
                what = ID
            elif column in found.columns:
                of = kind.field(found.columns[column])
                name = of.name
                slot = keys.index(name) if name in keys else len(keys) + fields.index(name)
                what = SHORT if of.key else FILLED
                if of.kind.base == "one_of":
                    what, words = ONE_OF, of.kind.detail
            elif not isinstance(value, str):
                what = TRUTH if isinstance(value, bool) else WHOLE
            quote = '"' if isinstance(value, str) else ""
            parts.append(part_of(what, slot, before + quote, words))
            before = quote
        given = [
            small(len(keys) + number) + text(each.default)
            for number, each in enumerate(kind.fields) if each.name not in made.parts and isinstance(each.default, str)
        ]  # fmt: skip
        self._see(found, parts, before + "}", given, len(keys) + len(fields))

    def _see(self, found: Any, parts: Sequence[bytes], end: str, given: Sequence[bytes], width: int) -> None:
        """One more form: its parts, what stands behind the last, and what fields are that no line gives."""
        self._looks.append(
            small(found.wanted.family) + small(found.wanted.number) + small(len(found.wanted.keys)) + small(len(parts))
            + b"".join(parts) + text(end) + small(len(given)) + b"".join(given)
        )  # fmt: skip
        self._width = max(self._width, width)
        self._forms = self._learned(small(len(self._looks)) + small(self._width) + b"".join(self._looks))

    def _learned(self, packed: bytes) -> Forms:
        return Forms(packed, 0, LAST)


def part_of(
    what: int, slot: int, before: str, words: Sequence[str] = (), optional: bool = False, otherwise: str | None = None,
    column: int = 0,
) -> bytes:  # fmt: skip
    """A part of a form: what its value may be and where that goes; what stands ahead of it; the words that it may be;
    whether it may be empty, or nothing in a column, and what it is then; and in which column it stands."""
    own = small(what) + small(slot) + text(before) + small(len(words)) + b"".join(map(text, words))
    return own + small(int(optional)) + text(otherwise) + small(column)


def _early(whole: bytes) -> Iterator[int]:
    """Where the first parts of the first lines end: what is not known by the very first, as it seldom occurs, is
    learned from few lines more, since a line that is not taken stands between others that are."""
    cut = len(b"".join(islice(whole.splitlines(keepends=True), FIRST)))
    yield cut
    for size in _EARLY:
        if cut < len(whole):
            cut = whole.find(b"\n", cut + size) + 1 or len(whole)
            yield cut


def _written(values: Mapping[str, object], separators: tuple[str, str]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=separators).encode()


def _times(texts: list[str]) -> list[datetime]:
    """The times that texts of one form tell, such as ``2026-04-07T18:00:00.123Z``. Raises ValueError of any other."""
    joined, long, count = "".join(texts), len(texts[0]), len(texts)
    if not _SHORTEST <= long <= _LONGEST or long == _SHORTEST + 1 or len(joined) != long * count:
        raise ValueError("not of one length")
    marks = [*_MARKS, (long - 1, "Z"), *([(_FRACTION, ".")] if long > _SHORTEST else [])]
    if any(joined[place::long] != mark * count for place, mark in marks):
        raise ValueError("not of one form")
    return msgspec.convert(texts, list[datetime])
