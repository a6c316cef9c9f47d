"""The front door: each raw row becomes the events it reports, or is refused with a reason.

A row is read by the `reads` clause whose file name fits best; else it is an event of its own: CloudEvents JSON
(fields in `data`), or flat, with the same words as columns. Its envelope: `id`, `source` (else the file's name),
`type`, `subject`, `time`, `recordedtime` (else `time`), `rev`, `retract`, `reporter`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from bpodsl.lean import define, field, frozen
from bpodsl.record.event import Event
from bpodsl.record.fields import WORD_LIMIT, instant_or_day, missing, near, normal, words, yes
from bpodsl.record.refusals import (
    BAD_ENVELOPE,
    BAD_REV,
    NO_ID,
    NO_TIME,
    NO_TYPE,
    RETRACTS_NOTHING,
    SET_ASIDE_BEFORE,
    UNKNOWN_TYPE,
    Refusal,
    Refused,
    quoted,
)  # fmt: skip
from bpodsl.record.rows import Layout, Raw, RawRow, base_name
from bpodsl.record.shapes import Envelope, Fetch, Ground, Shape, column_name, fetcher
from bpodsl.record.written import Change, Written, changed
from bpodsl.terms import Column, Condition, Contract, Example, Mapping
from bpodsl.terms.kinds import INSTANT
from bpodsl.values import Zone

Read = Callable[[RawRow, list[str]], "tuple[Event, ...] | Refusal"]

Conditions = tuple[Callable[[dict[str, Raw]], bool], ...]
"""Conditions of raw rows, ready for use."""

_REV_DIGITS = 9


@define
class Intake:
    """Reads rows by one agreement. It keeps nothing of what it reads, so rows may come in any order."""

    contract: Contract
    _ground: Ground = field(init=False, repr=False)
    _plain: _PlainRows = field(init=False, repr=False)
    _mapped: dict[str, _MappedRows] = field(factory=dict, init=False, repr=False)
    _by_file: dict[str, Read] = field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._ground = Ground.of(self.contract)
        self._plain = _PlainRows.of(self.contract, self._ground, None)

    @property
    def zone(self) -> Zone:
        """The agreement's time zone."""
        return self._ground.zone

    def mapping(self, file: str) -> Mapping | None:
        """The `reads` clause for a file: of those whose pattern fits its name, the one that says most of it."""
        return next(iter(self.mappings(file)), None)

    def mappings(self, file: str) -> list[Mapping]:
        """All `reads` clauses whose pattern fits a file's name, that which reads it first."""
        return fitting(self.contract.mappings, file)

    def layout(self, file: str) -> Layout | None:
        """The layout that the agreement gives for a file, or None: its name and first bytes tell."""
        mapping = self.mapping(file)
        return None if mapping is None else laid_out(mapping, self.contract)

    def read(self, row: RawRow, notes: list[str]) -> tuple[Event, ...] | Refusal:
        """The events of a row, none if it is not for this agreement, or why it is refused."""
        read = self._by_file.get(row.file)
        if read is None:
            read = self._by_file[row.file] = self._reader(row.file)
        return read(row, notes)

    def _reader(self, file: str) -> Read:
        mapping = self.mapping(file)
        if mapping is None:
            return self._plain.read
        if mapping.name not in self._mapped:
            self._mapped[mapping.name] = _MappedRows.of(mapping, self.contract, self._ground)
        return self._mapped[mapping.name].read


def laid_out(mapping: Mapping, contract: Contract) -> Layout:
    """How the files of a `reads` clause are laid out, and which of their columns it reads."""
    kinds = {kind.name: kind for kind in contract.events}
    fields = {each.name for row in mapping.rows for each in kinds[row.event].fields}
    return Layout(mapping.format, mapping.separator or ",", frozenset(map(normal, (*named(mapping), *fields))))


def named(mapping: Mapping) -> Iterator[str]:
    """The columns that a `reads` clause names."""
    columns: list[Column | None] = [
        mapping.identity, mapping.time, mapping.known, mapping.subject, mapping.rev, mapping.reporter
    ]  # fmt: skip
    columns += [condition.column for condition in mapping.retracted]
    for row in mapping.rows:
        columns += [condition.column for condition in row.when]
        columns += [column for _, column in row.fields]
    for column in columns:
        if column is not None and column.constant is None:
            yield from (".".join(path) for path in (column.path, *column.more) if path)


def fitting(mappings: Iterable[Mapping], file: str) -> list[Mapping]:
    """Those of `reads` clauses whose pattern fits a file's name, that which reads it first."""
    name = base_name(file)
    found = [each for each in mappings if _fits(each.files, name)]
    return sorted(found, key=lambda each: (sum(c not in "*?[]" for c in each.files), each.name), reverse=True)


def example_events(
    contract: Contract, example: Example
) -> tuple[tuple[Event, ...], tuple[tuple[Any, str], ...]]:
    """The events of an agreement's own example, numbered from 1 in source `test`; and the places (spans of the text,
    which this package does not know) of lines that make none, and why.

    Times in fields are local. Who reports is asked only where the example says it.
    """
    ground = Ground.of(contract)
    rows = _PlainRows.of(contract, ground, ground.zone)
    events: list[Event] = []
    refused: list[tuple[Any, str]] = []
    for number, each in enumerate(example.events, 1):
        known = each.at if each.known is None else max(each.at, each.known)
        place = "" if each.span is None else str(each.span)
        envelope = Envelope("test", str(number), 0, False, each.at, None, known, each.reporter, place)
        values: dict[str, Raw] = {name: _unquoted(text) for name, text in each.fields}
        try:
            events.append(rows.shape(each.event).event(envelope, values, []))
        except Refused as error:
            refused.append((each.span, error.refusal(place).message()))
    return tuple(events), tuple(refused)


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


@frozen
class _PlainRows:
    """Rows that are events already: CloudEvents, or the same words side by side with the fields."""

    name: str
    ground: Ground
    shapes: dict[str, Shape]
    zone: Zone | None

    @staticmethod
    def of(contract: Contract, ground: Ground, zone: Zone | None) -> _PlainRows:
        shapes = {kind.name: Shape.of(kind, ground, {}, zone) for kind in contract.events}
        return _PlainRows(contract.name, ground, shapes, zone)

    def shape(self, kind: str) -> Shape:
        found = self.shapes.get(kind) or self.shapes.get(normal(kind))
        if found is None:
            raise Refused(UNKNOWN_TYPE, type=quoted(kind), near=near(kind, self.shapes))
        return found

    def read(self, row: RawRow, notes: list[str]) -> tuple[Event, ...] | Refusal:
        values, identity = row.values, None
        try:
            if _other_subject(values.get("subject"), self.name):
                return ()
            id_ = word("id", values.get("id"))
            if id_ is None:
                raise _no_id(values)
            source = word("source", values.get("source")) or base_name(row.file)
            rev = _rev(values.get("rev"))
            identity = (source, id_, rev)
            retracts = not missing(values.get("retract")) and yes("retract", values.get("retract"))
            if retracts and rev == 0:
                raise Refused(RETRACTS_NOTHING)
            kind = word("type", values.get("type"))
            if kind is None:
                raise Refused(NO_TYPE)
            shape = self.shape(kind)
            time, day = _instant("time", values.get("time"), self.zone, self.ground.zone, notes)
            recorded, known = values.get("recordedtime"), time
            if not missing(recorded):
                known = max(time, _instant("recordedtime", recorded, self.zone, self.ground.zone, notes)[0])
            reporter = word("reporter", values.get("reporter"))
            if reporter is None:
                reporter = source if source in self.ground.parties else ""
            envelope = Envelope(source, id_, rev, retracts, time, day, known, reporter, row.place)
            data = values.get("data")
            return (shape.event(envelope, data if isinstance(data, dict) else values, notes),)
        except Refused as refused:
            return refused.refusal(row.place, identity)


@frozen
class _Choice:
    """A row mapping, ready for use."""

    event: str
    when: Conditions
    shape: Shape

    def takes(self, values: dict[str, Raw]) -> bool:
        return _holds(self.when, values)


ByWord = tuple[Fetch, dict[str | None, tuple[_Choice, ...]]]
"""A column, and the events that rows are by the word in it."""


@frozen
class _MappedRows:
    """Rows read as a `reads` clause says."""

    mapping: Mapping
    name: str
    ground: Ground
    zone: Zone | None
    id: Fetch | None
    time: Fetch
    known: Fetch | None
    subject: Fetch | None
    rev: Fetch | None
    retracted: Conditions
    reporter: Fetch | None
    choices: tuple[_Choice, ...]
    names: tuple[str, str]
    by_word: ByWord | None
    simple: bool
    _sources: dict[str, tuple[str, str]] = field(factory=dict)

    @staticmethod
    def of(mapping: Mapping, contract: Contract, ground: Ground) -> _MappedRows:
        zone = None if mapping.zone is None else Zone.load(mapping.zone)
        kinds = {kind.name: kind for kind in contract.events}
        written = Written(mapping.dates, mapping.numbers, mapping.months)
        choices = tuple(
            _Choice(
                row.event,
                _conditions(row.when),
                Shape.of(kinds[row.event], ground, dict(row.fields), zone, written),
            )
            for row in mapping.rows
        )
        names = _shown(mapping.time, "time"), _shown(mapping.known, "recordedtime")
        return _MappedRows(
            mapping, contract.name, ground, zone, _fetch(mapping.identity),
            fetcher(mapping.time, changed(names[0], INSTANT, None, written)),
            _fetch(mapping.known, changed(names[1], INSTANT, None, written)), _fetch(mapping.subject),
            _fetch(mapping.rev), _conditions(mapping.retracted), _fetch(mapping.reporter), choices, names,
            _by_word(mapping, choices), mapping.known is None and mapping.rev is None and not mapping.retracted,
        )  # fmt: skip

    def read(self, row: RawRow, notes: list[str]) -> tuple[Event, ...] | Refusal:
        values, identity = row.values, None
        try:
            if self.subject is not None and _other_subject(self.subject(values), self.name):
                return ()
            chosen = self._chosen(values)
            if not chosen:
                return ()
            id_ = str(row.number) if self.id is None else word("id", self.id(values))
            if id_ is None:
                raise Refused(NO_ID)
            source, reporter = self._source(row.file)
            rev = 0 if self.rev is None else _rev(self.rev(values))
            identity = (source, id_, rev)
            if self.simple and len(chosen) == 1 and self.reporter is None and chosen[0].shape.plain(reporter):
                choice = chosen[0]
                time, day = _instant(self.names[0], self.time(values), self.zone, self.ground.zone, notes)
                fields = choice.shape.fields(values, notes)
                return (
                    Event(
                        choice.event, source, id_, time, time, time, fields, None, day, None, 0, False, reporter, True,
                        f"{row.file}:{row.line}",
                    ),
                )  # fmt: skip
            retracts = bool(self.retracted) and _holds(self.retracted, values)
            if retracts and rev == 0:
                raise Refused(RETRACTS_NOTHING)
            names = self.names
            time, day = _instant(names[0], self.time(values), self.zone, self.ground.zone, notes)
            recorded, known = None if self.known is None else self.known(values), time
            if not missing(recorded):
                known = max(time, _instant(names[1], recorded, self.zone, self.ground.zone, notes)[0])
            if self.reporter is not None:
                reporter = word("reporter", self.reporter(values)) or reporter
            ids = _ids(id_, [choice.event for choice in chosen])
            return tuple(
                choice.shape.event(
                    Envelope(source, own, rev, retracts, time, day, known, reporter, row.place), values, notes
                )
                for own, choice in zip(ids, chosen, strict=True)
            )
        except Refused as refused:
            return refused.refusal(row.place, identity)

    def _chosen(self, values: dict[str, Raw]) -> Sequence[_Choice]:
        """The events that a row is, in the order of the mapping."""
        if self.by_word is not None:
            fetch, found = self.by_word
            raw = fetch(values)
            return found.get(raw if type(raw) is str else words(raw), ())
        return [choice for choice in self.choices if choice.takes(values)]

    def _source(self, file: str) -> tuple[str, str]:
        """The source of the rows of a file, and who reports them where they do not say so."""
        found = self._sources.get(file)
        if found is None:
            stated = normal(self.mapping.source) or base_name(file)
            source = stated if self.id is not None else self._numbered(file)
            found = self._sources[file] = source, stated if stated in self.ground.parties else ""
        return found

    def _numbered(self, file: str) -> str:
        """The source of rows told apart by their number: where several files may be read, each file is one."""
        name, source = base_name(file), normal(self.mapping.source)
        one = not any(c in "*?[" for c in self.mapping.files)
        return source or name if one or not source else f"{source}: {name}"


def _no_id(values: dict[str, Raw]) -> Refused:
    return set_aside_before(values) or Refused(NO_ID)


def set_aside_before(values: dict[str, Raw]) -> Refused | None:
    """Why a row is no event: it is what a run wrote of a line that it set aside."""
    if ("raw" in values or "raw_base64" in values) and "place" in values:
        return Refused(SET_ASIDE_BEFORE, place=f"{quoted(values.get('place'))}, {quoted(values.get('code'))}")
    return None


def _conditions(written: Iterable[Condition]) -> Conditions:
    return tuple(_condition(each) for each in written)


def _condition(written: Condition) -> Callable[[dict[str, Raw]], bool]:
    fetch, allowed = fetcher(written.column), frozenset(written.words)
    match written.how:
        case "is":
            return lambda values: words(fetch(values)) in allowed
        case "is not":
            return lambda values: words(fetch(values)) not in allowed
        case "given":
            return lambda values: not missing(fetch(values))
        case _:
            return lambda values: missing(fetch(values))


def _by_word(mapping: Mapping, choices: Sequence[_Choice]) -> ByWord | None:
    """What a row is by the word in one column, where all that it may be is told by that alone."""
    asked = [row.when[0] for row in mapping.rows if len(row.when) == 1 and row.when[0].how == "is"]
    if len(asked) < len(choices) or any(each.column != asked[0].column for each in asked):
        return None
    found: dict[str | None, list[_Choice]] = {}
    for condition, choice in zip(asked, choices, strict=True):
        for word in dict.fromkeys(condition.words):
            found.setdefault(word, []).append(choice)
    return fetcher(asked[0].column), {word: tuple(each) for word, each in found.items()}


def _holds(conditions: Conditions, values: dict[str, Raw]) -> bool:
    return all(holds(values) for holds in conditions)


def _ids(id_: str, events: Sequence[str]) -> Iterable[str]:
    """One id for each event of a row: the row's own if there is one event, else with the event's name."""
    if len(events) == 1:
        return (id_,)
    seen: dict[str, int] = {}
    ids = []
    for event in events:
        seen[event] = seen.get(event, 0) + 1
        ids.append(f"{id_}:{event}" if seen[event] == 1 else f"{id_}:{event}:{seen[event]}")
    return ids


def _instant(name: str, raw: Raw, zone: Zone | None, days: Zone, notes: list[str]) -> tuple[int, date | None]:
    """An instant of the envelope; of a bare day, which is the agreement's, its first instant and the day."""
    if missing(raw):
        raise Refused(NO_TIME, column="" if name == "time" else f" (column “{name}”)")
    found = instant_or_day(name, raw, zone, notes)
    return (found, None) if isinstance(found, int) else (days.start_of(found), found)


def word(name: str, raw: Raw) -> str | None:
    """A word of the envelope, None where it is missing."""
    if type(raw) is str and len(raw) <= WORD_LIMIT and raw.isascii():
        return raw or None
    if missing(raw):
        return None
    text = words(raw)
    if text is None or isinstance(raw, bool):
        raise Refused(BAD_ENVELOPE, name=name, found=f"“{quoted(raw)}”", expected="text")
    if len(text) > WORD_LIMIT:
        found = f"a text of {len(text)} characters"
        raise Refused(BAD_ENVELOPE, name=name, found=found, expected=f"one of at most {WORD_LIMIT}")
    return normal(text)


def _rev(raw: Raw) -> int:
    if missing(raw):
        return 0
    text = words(raw)
    if text is None or isinstance(raw, bool) or not (text.isascii() and text.isdigit()) or len(text) > _REV_DIGITS:
        raise Refused(BAD_REV, found=quoted(raw))
    return int(text)


def _other_subject(raw: Raw, name: str) -> bool:
    return not missing(raw) and raw != name and word("subject", raw) != name


def _fits(pattern: str, name: str) -> bool:
    return fnmatchcase(name, pattern) or fnmatchcase(name, pattern.removesuffix(".gz"))


def _fetch(column: Column | None, change: Change | None = None) -> Fetch | None:
    return None if column is None else fetcher(column, change)


def _shown(column: Column | None, otherwise: str) -> str:
    return otherwise if column is None else column_name(column) or otherwise
