"""How raw values take the shape of an event of one kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property

from bpodsl.lean import frozen
from bpodsl.record.deemed import given
from bpodsl.record.event import Event
from bpodsl.record.fields import Reader, missing, reader, words
from bpodsl.record.many import changing
from bpodsl.record.refusals import BACKWARDS, MAY_NOT_REPORT, MISSING, ONLY_A_DAY, Refused
from bpodsl.record.rows import Raw
from bpodsl.record.worked import work_out
from bpodsl.record.written import OURS, Change, Written, changed
from bpodsl.terms import Assignment, Column, Contract, EventKind, in_hours
from bpodsl.values import Calendar, Period, Zone, add_days

Fetch = Callable[[dict[str, Raw]], Raw]
"""Finds the raw value of one column in a row."""


@frozen
class Ground:
    """What all shapes of one agreement rest on."""

    zone: Zone
    currency: str
    parties: tuple[str, ...]
    calendars: Mapping[str, Calendar]
    assignments: tuple[Assignment, ...]
    in_hours: Mapping[str, str] = {}
    """By kind of event: a clause whose clock, in hours, it starts, stops or pauses."""

    @staticmethod
    def of(contract: Contract) -> Ground:
        return Ground(
            Zone.load(contract.zone),
            contract.currency,
            tuple(party.name for party in contract.parties),
            {each.name: each.calendar for each in contract.calendars},
            contract.assignments,
            {event: norm.name for event, norm, _ in in_hours(contract)},
        )


@changing
class Envelope:
    """What an event says of itself, read: `time` is the first instant of `day` if it has only a date."""

    source: str
    id: str
    rev: int
    retracts: bool
    time: int
    day: date | None
    known: int
    reporter: str
    place: str


@frozen
class _Slot:
    """One field: where its raw value is, how it is read, and what stands for it where it is missing."""

    name: str
    fetch: Fetch
    read: Reader
    optional: bool
    default: object
    column: str


@frozen
class Shape:
    """Makes events of one kind out of rows of one layout."""

    kind: EventKind
    ground: Ground
    slots: tuple[_Slot, ...]

    @cached_property
    def at_its_time(self) -> bool:
        """Whether its events act when they are reported to have happened."""
        kind = self.kind
        return not (kind.deemed or kind.happens or kind.from_field or kind.to_field)

    @cached_property
    def works(self) -> bool:
        """Whether some of its fields are worked out from others."""
        return any(each.worked is not None for each in self.kind.fields)

    @staticmethod
    def of(
        kind: EventKind,
        ground: Ground,
        columns: Mapping[str, Column],
        zone: Zone | None,
        written: Written = OURS,
    ) -> Shape:
        """`columns`: where fields are found that are not in a column of their own name; `zone`: of local times;
        `written`: how the file writes days, numbers and months."""
        slots = []
        for each in kind.fields:
            if not each.reported:
                continue
            column = columns.get(each.name, Column((each.name,)))
            shown = column_name(column)
            told = "" if shown == each.name else f" (column “{shown}”)"
            read = reader(each.name, each.kind, ground.currency, zone, each.key)
            change = changed(each.name, each.kind, column.unit, written)
            slots.append(_Slot(each.name, fetcher(column, change), read, each.optional, each.default, told))
        return Shape(kind, ground, tuple(slots))

    def event(self, envelope: Envelope, values: dict[str, Raw], notes: list[str]) -> Event:
        """The event; raises `Refused`."""
        kind = self.kind
        assigned = bool(self.ground.assignments)
        if kind.reporters and envelope.reporter and not assigned and envelope.reporter not in kind.reporters:
            raise Refused(MAY_NOT_REPORT, reporter=envelope.reporter, event=kind.name, may=_may(kind.reporters))
        fields: dict[str, object] = {}
        acts, ends, day, effective = envelope.time, None, envelope.day, True
        period: object = None
        if not envelope.retracts:
            fields = self.fields(values, notes)
            if not self.at_its_time:
                acts, ends, day, effective = acting(kind, self.ground, envelope.time, envelope.day, fields)
            period = None if kind.period is None else fields.get(kind.period)
        if day is not None and not envelope.retracts and kind.name in self.ground.in_hours:
            raise Refused(ONLY_A_DAY, event=kind.name, clause=self.ground.in_hours[kind.name])
        if kind.reporters and envelope.reporter and assigned:
            may = reporting(self.ground.assignments, kind.reporters, self.ground.zone.day(acts) if day is None else day)
            if envelope.reporter not in may:
                raise Refused(MAY_NOT_REPORT, reporter=envelope.reporter, event=kind.name, may=_may(may))
        return Event(
            kind.name, envelope.source, envelope.id, envelope.time, envelope.known, acts, fields, ends, day,
            period if isinstance(period, Period) else None, envelope.rev, envelope.retracts, envelope.reporter,
            effective, envelope.place,
        )  # fmt: skip

    def plain(self, reporter: str) -> bool:
        """Whether an event, if it has such a reporter and retracts nothing, is no more than its fields at its time."""
        kind = self.kind
        return self.at_its_time and not kind.period and not (kind.reporters and reporter)

    def fields(self, values: dict[str, Raw], notes: list[str]) -> dict[str, object]:
        """The fields of an event that says something, typed; raises `Refused`."""
        fields: dict[str, object] = {}
        for slot in self.slots:
            try:
                raw = slot.fetch(values)
                if raw is not None and raw != "":
                    fields[slot.name] = slot.read(raw, notes)
                elif slot.default is not None:
                    fields[slot.name] = slot.default
                elif not slot.optional:
                    raise Refused(MISSING, event=self.kind.name, name=slot.name)
            except Refused as refused:
                raise refused.of(slot.column) from None
        if self.works:
            work_out(self.kind, fields, self.ground.zone, self.ground.calendars)
        return fields


def acting(
    kind: EventKind, ground: Ground, time: int, on: date | None, fields: dict[str, object]
) -> tuple[int, int | None, date | None, bool]:
    """When an event acts, until when, on which day, and whether it has an effect; raises `Refused`.

    `time`: when it was reported to happen; `on`: the day, if it has only a date.
    """
    zone = ground.zone
    if kind.deemed:
        found = given(kind, fields, time, on, zone, ground.calendars)
        return found.acts, None, found.day, found.effective
    if kind.from_field or kind.to_field:
        starts = _first_instant(fields.get(kind.from_field), zone)
        ends = _end_instant(fields.get(kind.to_field), zone)
        starts = time if starts is None else starts
        if ends is not None and ends < starts:
            raise Refused(BACKWARDS, first=kind.from_field or "time", last=kind.to_field)
        return starts, ends, None, True
    happens = fields.get(kind.happens) if kind.happens else None
    if isinstance(happens, Period):
        happens = happens.last
    if isinstance(happens, date):
        return zone.start_of(happens), None, happens, True
    if isinstance(happens, int):
        return happens, None, None, True
    return time, None, on, True


def fetcher(column: Column, change: Change | None = None) -> Fetch:
    """How the raw value of a column is found: by its name, else by its path through nested objects. What stands there
    is changed; words that stand for others, and what is missing, are in our way already."""
    if column.constant is not None:
        constant = column.constant
        return lambda values: constant
    find = _joined([_finder(path) for path in (column.path, *column.more)]) if column.more else _finder(column.path)
    if not column.values and column.absent is None and change is None:
        return find
    as_words, absent = dict(column.values), column.absent

    def fetch(values: dict[str, Raw]) -> Raw:
        raw = find(values)
        if missing(raw):
            return absent
        text = words(raw)
        if text is not None and text in as_words:
            return as_words[text]
        return raw if change is None else change(raw)

    return fetch


def _joined(finds: list[Fetch]) -> Fetch:
    """The texts of several columns, each after a blank; those that are missing are left out."""

    def find(values: dict[str, Raw]) -> Raw:
        found = [raw for raw in (each(values) for each in finds) if not missing(raw)]
        texts = [words(raw) for raw in found]
        return found[0] if len(found) == 1 else None if not found else " ".join(text or "…" for text in texts)

    return find


def column_name(column: Column) -> str:
    """What a column is called in messages."""
    return " and ".join(".".join(path) for path in (column.path, *column.more))


def _finder(path: tuple[str, ...]) -> Fetch:
    name = ".".join(path)
    if len(path) == 1 and "." not in name:
        return lambda values: values.get(name)
    steps = name.split(".")

    def find(values: dict[str, Raw]) -> Raw:
        if name in values:
            return values[name]
        found: Raw = values
        for step in steps:
            if not isinstance(found, dict):
                return None
            found = found.get(step)
        return found

    return find


def _first_instant(value: object, zone: Zone) -> int | None:
    if isinstance(value, date):
        return zone.start_of(value)
    return value if isinstance(value, int) else None


def _end_instant(value: object, zone: Zone) -> int | None:
    """An interval that ends with a day ends with the end of that day."""
    return zone.start_of(add_days(value, 1)) if isinstance(value, date) else _first_instant(value, zone)


def _may(reporters: tuple[str, ...]) -> str:
    names = " or ".join(f"`{name}`" for name in reporters)
    return f"only {names} may"


def reporting(assignments: tuple[Assignment, ...], reporters: tuple[str, ...], day: date) -> tuple[str, ...]:
    """Who may report what acts on a day: the parties named, and from its day on whoever stands in the place of one. A
    novation leaves the old party nothing to report; of an assignment by an event the day is not known here.
    """
    found = dict.fromkeys(reporters)
    for each in sorted(assignments, key=lambda each: (each.day is not None, each.day or date.min, each.name.encode())):
        if each.old in found and (each.day is None or each.day <= day):
            found[each.new] = None
            if each.novates and each.day is not None:
                del found[each.old]
    return tuple(found)
