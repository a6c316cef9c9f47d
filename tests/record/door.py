"""Small agreements and rows for the tests of the front door."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from datetime import date
from fractions import Fraction

from bpodsl.record import Event
from bpodsl.record.account import Intaken
from bpodsl.record.intake import Intake
from bpodsl.record.latest import SKEW
from bpodsl.record.refusals import Refusal
from bpodsl.record.rows import RawRow
from bpodsl.store import Feed, read_events
from bpodsl.terms import (
    CalendarTerm,
    Clause,
    Column,
    Contract,
    EventField,
    EventKind,
    Kind,
    Mapping,
    Party,
    Rounding,
    RowMapping,
    Term,
)
from bpodsl.terms.kinds import TEXT, one_of
from bpodsl.values import HOUR, Calendar, WeeklyHours, Zone, parse_instant

LONDON = Zone.load("Europe/London")
OFFICE = Calendar.weekly(LONDON, [WeeklyHours((0, 1, 2, 3, 4), 9 * HOUR, 17 * HOUR)], holidays=[date(2026, 4, 6)])
TICKET = EventField("ticket", TEXT, key=True)


def clause(name: str, word: str = "event") -> Clause:
    return Clause(name, word)


def kind(name: str, *fields: EventField, **more: object) -> EventKind:
    return EventKind(name, clause(name), fields, **more)


OPENED = kind("ticket_opened", TICKET, EventField("priority", one_of("P1", "P2", "P3")), reporters=("northwind",))
RESOLVED = kind("ticket_resolved", TICKET, reporters=("meridian",))


def contract(*kinds: EventKind, mappings: Sequence[Mapping] = (), zone: str = "Europe/London") -> Contract:
    return Contract(
        "care",
        clause("care", "agreement"),
        (Party("northwind", "Northwind", "client"), Party("meridian", "Meridian", "provider")),
        Term(date(2026, 4, 1), None),
        zone,
        "GBP",
        Rounding(Fraction(1, 100), "half up"),
        calendars=(CalendarTerm("office", clause("office", "calendar"), OFFICE),),
        events=kinds or (OPENED, RESOLVED),
        mappings=tuple(mappings),
    )


def column(name: str, **more: object) -> Column:
    return Column((name,), **more)


def mapping(*rows: RowMapping, **more: object) -> Mapping:
    plain = {
        "name": "m",
        "clause": clause("m", "reads"),
        "files": "*.csv",
        "format": "csv",
        "separator": ",",
        "source": "desk",
        "identity": None,
        "time": column("when"),
        "known": None,
        "subject": None,
        "zone": None,
    }
    return Mapping(**{**plain, **more}, rows=rows)


def opened(id_: object = "1", time: str = "2026-04-07T19:00:00+01:00", **more: object) -> dict[str, object]:
    """A sound event, flat."""
    return {"id": id_, "type": "ticket_opened", "time": time, "ticket": "T1", "priority": "P1", **more}


def at(text: str) -> int:
    return parse_instant(text, LONDON).instant


def read(agreement: Contract, values: dict[str, object], file: str = "a.jsonl") -> tuple[Event, ...] | Refusal:
    return Intake(agreement).read(RawRow(file, 1, 1, values, b""), [])


def event(agreement: Contract, values: dict[str, object], file: str = "a.jsonl") -> Event:
    found = read(agreement, values, file)
    assert isinstance(found, tuple), found.message()
    (one,) = found
    return one


def refused(agreement: Contract, values: dict[str, object], file: str = "a.jsonl") -> Refusal:
    found = read(agreement, values, file)
    assert isinstance(found, Refusal), found
    assert found.message().endswith((".", "?)")) and found.step().endswith(".")
    return found


def field_value(of: Kind, raw: object) -> object:
    """The value of a field of a kind, or the code of the refusal."""
    found = read(contract(kind("e", EventField("f", of))), {"id": "1", "type": "e", "time": "2026-04-07", "f": raw})
    return found.code if isinstance(found, Refusal) else found[0].fields["f"]


def feed(name: str, *lines: object) -> Feed:
    """A file of these lines: objects become JSON, text and bytes stay."""
    parts = [
        line if isinstance(line, bytes) else line.encode() if isinstance(line, str) else json.dumps(line).encode()
        for line in lines
    ]
    return Feed(name, io.BytesIO(b"".join(part + b"\n" for part in parts)))


def take(
    *lines: object, until: str | None = None, agreement: Contract | None = None, name: str = "a.jsonl", skew: int = SKEW
) -> Intaken:
    limit = None if until is None else at(until)
    return read_events(agreement or contract(), [feed(name, *lines)], limit, skew)


def counts(taken: Intaken) -> dict[str, int]:
    """What is not zero."""
    return {name: count for name, count in taken.account.as_dict().items() if count}


def codes(taken: Intaken) -> list[str]:
    return [each.code for each in taken.quarantined]


def ids(events: Iterable[Event]) -> list[str]:
    return [each.id + (f"@{each.rev}" if each.rev else "") for each in events]
