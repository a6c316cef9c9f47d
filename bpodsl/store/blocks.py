"""JSON lines of events that are no more than their fields at their time, decoded in blocks into small objects.

For files of millions of lines. A line is taken here only if it is certain that the strict way (`jsonl`,
`record.intake`) would make of it the same event: its words are those of the first line of its kind, each once and each
of the same type; its id, fields and instant are of the commonest form. Whatever else there is goes the strict way, line
by line.

How it is certain: the decoder asks for every name that the first line of the kind had, and a block must hold as many
names as its lines then need. So no name is missing, twice or new. Blocks with escapes, or with what is no ASCII, or
with blanks after quotation marks (where names cannot be counted so simply), go the strict way as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Final, Literal, Self

import msgspec

from bpodsl.lean import define, field, frozen
from bpodsl.record.fields import WORD_LIMIT, normal
from bpodsl.record.intake import laid_out
from bpodsl.record.rows import Layout, NoRows, Raw, RawRow, Row, base_name
from bpodsl.store import jsonl
from bpodsl.store.lines import Lines
from bpodsl.terms import Column, Contract, EventKind
from bpodsl.terms import Mapping as Reads
from bpodsl.values import quick_instant

_SHORT: Final = Annotated[str, msgspec.Meta(min_length=1, max_length=WORD_LIMIT)]
_FILLED: Final = Annotated[str, msgspec.Meta(min_length=1)]
FIRST: Final = 64
"""So many lines, read strictly, show how the others look."""

_MOST: Final = 100_000
_ANY: Final = {str: str, int: int, bool: bool}


@frozen
class Wanted:
    """A kind of events that is taken: its number, that of the family of cases that it belongs to, and their keys."""

    kind: EventKind
    number: int
    family: int
    keys: tuple[str, ...]


class Taken(msgspec.Struct):
    """An event as its line has it: its instant as text, its id, and its fields by name (`get`)."""

    time: str
    id: str

    kind: ClassVar[str]
    number: ClassVar[int]
    family: ClassVar[int]
    names: ClassVar[int]
    parts: ClassVar[Mapping[str, str]]
    defaults: ClassVar[Mapping[str, object]]
    unasked: ClassVar[tuple[str, ...]]

    def forget(self) -> None:
        """Its instant, its id and what no field of the event is were taken note of."""
        for part in self.unasked:
            setattr(self, part, "")

    def get(self, name: str) -> object:
        """The value of a field, or None."""
        part = self.parts.get(name)
        return self.defaults.get(name) if part is None else getattr(self, part)


Block = tuple[list[Any], list[int], Sequence[bytes], Sequence[int]]
"""What some lines were decoded to, their instants, the lines, and their numbers in the file."""


class _Part(dict[str, int]):
    """What a part of an instant adds to it: each way to write one is read once."""

    def __init__(self, before: str, after: str, least: int, most: int) -> None:
        super().__init__()
        self._around = before, after
        self._long = range(least, most)

    def __missing__(self, text: str) -> int:
        before, after = self._around
        found = quick_instant(before + text + after) if len(text) in self._long else None
        if found is None:
            raise ValueError(text)
        if len(self) > _MOST:
            self.clear()
        self[text] = found
        return found


_DAYS: Final = "", "00:00:00Z", 11, 12
_MINUTES: Final = "1970-01-01T", ":00Z", 5, 6
_SECONDS: Final = "1970-01-01T00:00", "Z", 3, 4
_REST: Final = "1970-01-01T00:00:00", "", 1, 9


@frozen
class _Word:
    """How lines with one word in the column that tells what they are become events of a kind."""

    wanted: Wanted
    columns: Mapping[str, str]
    """Column: the field."""


@define
class Plan:
    """How the lines of one file are read."""

    formats: ClassVar[tuple[str, ...]] = ("jsonl", "parquet")

    file: str
    source: str
    tells: str
    time: str
    id: str
    words: dict[str, _Word]
    layout: Layout
    decode: Callable[[bytes], Any] | None = None
    _kinds: dict[str, type | None] = field(factory=dict)
    _parts: tuple[_Part, ...] = field(
        factory=lambda: tuple(_Part(*each) for each in (_DAYS, _MINUTES, _SECONDS, _REST)), repr=False
    )

    @classmethod
    def of(cls, contract: Contract, mapping: Reads | None, file: str, wanted: Mapping[str, Wanted]) -> Self | None:
        """None, where no line of the file may be taken, or more than its events should be known of it."""
        if mapping is None or mapping.format not in cls.formats or mapping.dates or mapping.numbers or mapping.months:
            return None
        if mapping.known or mapping.subject or mapping.rev or mapping.retracted or mapping.reporter:
            return None
        kinds = {kind.name: kind for kind in contract.events}
        asked = [row.when[0] for row in mapping.rows if len(row.when) == 1 and row.when[0].how == "is"]
        if len(asked) < len(mapping.rows) or any(each.column != asked[0].column for each in asked):
            return None
        tells, time, identity = map(_plain, (asked[0].column, mapping.time, mapping.identity))
        if "" in (tells, time, identity) or len({tells, time, identity}) < 3:
            return None
        if any(kinds[row.event].reporters for row in mapping.rows):
            return None
        words: dict[str, list[_Word | None]] = {}
        for row, condition in zip(mapping.rows, asked, strict=True):
            found = wanted.get(row.event)
            columns = None if found is None else _columns(found.kind, dict(row.fields))
            if columns is not None and {tells, time, identity} & columns.keys():
                columns = None
            for word in dict.fromkeys(condition.words):
                made = None if found is None or columns is None else _Word(found, columns)
                words.setdefault(word, []).append(made)
        alone = {word: made[0] for word, made in words.items() if len(made) == 1 and made[0] is not None}
        source = normal(mapping.source) or base_name(file)
        return cls(file, source, tells, time, identity, alone, laid_out(mapping, contract)) if alone else None

    def values_of(self, line: bytes) -> dict[str, Raw]:
        """What a line holds that was taken."""
        values = jsonl.strictly(line.removesuffix(b"\r"))
        assert isinstance(values, dict)
        return values

    def rows(
        self, batches: Iterable[Lines], take: Callable[[Block], None], after: Callable[[], None] | None = None
    ) -> Iterator[Row]:
        """Give `take` what can be taken, and yield the rows that must be read strictly. `after` is told when a batch of
        lines is through."""
        empty = True
        for batch in self._first_apart(batches):
            found = None if batch.too_long or batch.cut or self.decode is None else self._block(batch)
            block: Block | None = None
            rest: Sequence[tuple[int, bytes | Lines]] = [(batch.first, batch)]
            if found is not None:
                block, rest = found
            if block is not None and block[0]:
                empty = False
                take(block)
            for place, each in rest:
                some = each if isinstance(each, Lines) else Lines(place, [each])
                for row in jsonl.rows(self.file, [some]):
                    if isinstance(row, NoRows):
                        continue
                    if isinstance(row, RawRow):
                        self._learn(row)
                    empty = False
                    yield row
            if after is not None:
                after()
        if empty:
            yield NoRows(self.file)

    def _first_apart(self, batches: Iterable[Lines]) -> Iterator[Lines]:
        """The first lines, from which the others are learned, come by themselves."""
        for batch in batches:
            if batch.first == 1 and len(batch.lines) > FIRST:
                yield Lines(1, batch.lines[:FIRST])
                batch.first, batch.lines = 1 + FIRST, batch.lines[FIRST:]
            yield batch

    def _block(self, batch: Lines) -> tuple[Block, list[tuple[int, bytes]]] | None:
        lines, decode = batch.lines, self.decode
        assert decode is not None
        whole = b"\n".join(lines)
        if not whole.isascii() or any(mark in whole for mark in jsonl.TRICKY):
            return None
        rest: list[tuple[int, bytes]] = []
        try:
            decoded, kept = [decode(line) for line in lines], lines
            instants = self._instants(decoded)
            places: Any = range(batch.first, batch.first + len(lines))
        except (msgspec.DecodeError, ValueError):
            decoded, instants, kept, places = [], [], [], []
            for place, line in enumerate(lines, batch.first):
                try:
                    found = decode(line)
                    instants += self._instants([found])
                except (msgspec.DecodeError, ValueError):
                    if line and not line.isspace():
                        rest.append((place, line))
                else:
                    decoded.append(found)
                    kept.append(line)
                    places.append(place)
            whole = b"\n".join(kept)
        if sum([each.names for each in decoded]) != whole.count(b'":'):
            return None
        return (decoded, instants, kept, places), rest

    def _instants(self, decoded: list[Any]) -> list[int]:
        days, minutes, seconds, rest = self._parts
        return [
            days[(t := each.time)[:11]] + minutes[t[11:16]] + seconds[t[16:19]] + rest[t[19:]] for each in decoded
        ]

    def _learn(self, row: RawRow) -> None:
        """From a line that was read strictly, how those of its kind look; asked once for each word."""
        word = row.values.get(self.tells)
        if not isinstance(word, str) or word not in self.words or word in self._kinds:
            return
        self._kinds[word] = self._made(word, self.words[word], row.values)
        known = [each for each in self._kinds.values() if each is not None]
        if known:
            of: Any = known[0]
            for each in known[1:]:
                of = of | each
            self._decoded_by(msgspec.json.Decoder(of))

    def _decoded_by(self, decoder: msgspec.json.Decoder[Any]) -> None:
        self.decode = decoder.decode

    def _part(self, kind: EventKind, name: str, keys: Sequence[str]) -> str:
        """What the part is called that holds a field of an event, if not by its column."""
        return f"key{keys.index(name)}" if name in keys else ""

    def _made(self, word: str, found: _Word, values: Mapping[str, object]) -> type | None:
        kind, keys = found.wanted.kind, found.wanted.keys
        fields: list[tuple[str, Any]] = []
        renamed: dict[str, str] = {}
        parts: dict[str, str] = {}
        for number, (column, value) in enumerate(values.items()):
            name = f"part{number}"
            of: Any = _ANY.get(type(value))
            if column == self.tells:
                continue
            if column == self.time:
                name, of = "time", _FILLED
            elif column == self.id:
                name, of = "id", _SHORT
            elif column in found.columns:
                event_field = kind.field(found.columns[column])
                assert event_field is not None
                name = self._part(kind, event_field.name, keys) or name
                parts[event_field.name] = name
                of = _SHORT if event_field.key else _FILLED
                if event_field.kind.base == "one_of":
                    of = Literal[event_field.kind.detail]
            if of is None:
                return None
            fields.append((name, of))
            renamed[name] = column
        # Its keys are among the fields that must be given.
        given = {f.name for f in kind.fields if f.name in parts or f.optional or f.default is not None}
        if "time" not in renamed or "id" not in renamed or len(given) < len(kind.fields):
            return None
        made: Any = msgspec.defstruct(
            f"Taken_{kind.name}", fields, bases=(Taken,), tag_field=self.tells, tag=word, rename=renamed, gc=False,
            forbid_unknown_fields=True,
        )  # fmt: skip
        made.kind, made.number, made.family = kind.name, found.wanted.number, found.wanted.family
        made.names, made.parts = len(values), parts
        made.unasked = tuple(name for name in renamed if name not in parts.values())
        made.defaults = {f.name: f.default for f in kind.fields if f.default is not None}
        return made  # type: ignore[no-any-return]


def _plain(column: Column | None) -> str:
    """The name of a column that is read as it stands; "" of any other."""
    if column is None or column.constant is not None or column.values or column.absent is not None or column.more:
        return ""
    return column.path[0] if len(column.path) == 1 and "." not in column.path[0] else ""


def _columns(kind: EventKind, given: Mapping[str, Column]) -> dict[str, str] | None:
    """Where the fields of a kind stand; None where some are not read as they stand."""
    if kind.deemed or kind.happens or kind.from_field or kind.to_field or kind.period or kind.relates:
        return None
    found: dict[str, str] = {}
    for each in kind.fields:
        name = _plain(given.get(each.name, Column((each.name,))))
        if not name or name in found or not each.reported or each.kind.base not in ("text", "one_of"):
            return None
        if each.kind.base == "one_of" and not all(word.isascii() for word in each.kind.detail):
            return None
        found[name] = each.name
    return found


