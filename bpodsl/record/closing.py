"""Records that close: what is reported or corrected after that changes nothing, or counts when it is reported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from bpodsl.lean import define, evolve, field
from bpodsl.record.event import Event
from bpodsl.record.many import many
from bpodsl.record.refusals import CLOSED, Refused
from bpodsl.record.shapes import Ground
from bpodsl.terms import Closing, Contract
from bpodsl.values import LAST_DAY, Period, add_days, further, listed_period, period_of

Identity = tuple[str, str]

_NEVER: Final = add_days(LAST_DAY, 1)
"""Nothing is known after this day, in any zone."""


@many
class TooLate:
    """What came after its records were closed: the event (one that corrects another: itself), the line that reported
    it, and why."""

    event: Identity
    place: str
    refused: Refused


@define
class _Closings:
    by_kind: dict[str, Closing]
    for_all: Closing | None
    ground: Ground
    asked: dict[str, tuple[str, ...]]
    period_fields: dict[str, str | None]
    tables: dict[str, tuple[str, ...]]
    by_ref: dict[str, Event] = field(factory=dict)
    _since: dict[tuple[Closing, date], tuple[int, date]] = field(factory=dict)

    def period_on(self, kind: str, day: date, like: Period) -> Period | None:
        """The period, of the sort that events of a kind count for, in which a day lies; None if there is none."""
        if like.unit != "listed":
            return period_of(day, like.unit)
        named = (listed_period(self.tables[kind], row.split("/", 2)[2]) for row in self.tables[kind][1:])
        return next((each for each in named if each is not None and each.first <= day < each.after), None)

    def of(self, event: Event) -> Closing | None:
        return self.by_kind.get(event.kind, self.for_all)

    def since(self, closing: Closing, event: Event) -> tuple[int, date]:
        """From when what an event belongs to is closed, and the last day before."""
        day = event.day if event.period is None else event.period.last
        day = self.ground.zone.day(event.acts) if day is None else day
        last = period_of(day, closing.unit).last
        if (closing, last) not in self._since:
            until = self._after(last, closing)
            self._since[closing, last] = self.ground.zone.start_of(add_days(until, 1)), until
        return self._since[closing, last]

    def _after(self, last: date, closing: Closing) -> date:
        length = closing.length
        if length.unit == "working days":
            found = self.ground.calendars[length.calendar or ""].add_open_days(last, length.amount)
            return _NEVER if found is None else found
        if length.unit in ("months", "years"):
            # From month end to month end, as terms are counted.
            return add_days(further(add_days(last, 1), length.amount, length.unit), -1)  # type: ignore[arg-type]
        return further(last, length.amount, length.unit)  # type: ignore[arg-type]


def close(contract: Contract, events: Iterable[Event]) -> tuple[list[Event], list[TooLate]]:
    """The versions of all events that count, and what came too late."""
    closings = _Closings(
        {name: each for each in contract.closings for name in each.events},
        next((each for each in contract.closings if not each.events), None),
        Ground.of(contract),
        {q.event: tuple(x.name for x in contract.questions if x.event == q.event) for q in contract.questions},
        {kind.name: kind.period for kind in contract.events},
        {kind.name: each.kind.detail for kind in contract.events for each in kind.fields if each.name == kind.period},
    )
    histories: dict[Identity, list[Event]] = {}
    relating = any(kind.relates for kind in contract.events)
    for event in events:
        if relating:
            closings.by_ref[event.ref] = event
        histories.setdefault((event.source, event.id), []).append(event)
    kept: list[Event] = []
    late: list[TooLate] = []
    for versions in histories.values():
        closing = closings.of(versions[0])
        if closing is None:
            kept += versions
        else:
            versions.sort(key=lambda each: (each.known, each.rev))
            _close(closings, closing, versions, kept, late)
    return kept, late


def _close(
    closings: _Closings, closing: Closing, versions: list[Event], kept: list[Event], late: list[TooLate]
) -> None:
    stands: Event | None = None
    # The last that was not taken back, by which is asked what is closed.
    limit: Event | None = None
    until: date | None = None
    carried = False
    for version in versions:
        found: Event | None = version
        own = None if version.retracts else closings.since(closing, version)
        if limit is None:
            # A first report, or a withdrawal of what was never there.
            if own is not None and version.known >= own[0]:
                carried = closing.carried and version.ends is None
                found, until = _carried(closings, version, version.known) if carried else None, own[1]
        else:
            if carried and not version.retracts:
                found = _like(closings, limit, version)
                own = closings.since(closing, found)
            since, until = min(each for each in (closings.since(closing, limit), own) if each is not None)
            if version.known >= since:
                found = _answered(closings, stands, version)
        if found is None:
            assert until is not None
            why = Refused(CLOSED, event=version.kind, last=until.isoformat())
            before = () if stands is None else stands.related
            new = [ref for ref in version.related if ref not in before]
            # Of a version that follows from other events, these came too late.
            sources = [closings.by_ref[ref] for ref in new if ref in closings.by_ref] or [version]
            late += [TooLate((each.source, each.id), each.place, why) for each in sources]
            continue
        kept.append(found)
        stands = found
        if not found.retracts:
            limit = found


def _carried(closings: _Closings, event: Event, when: int) -> Event | None:
    """A record that came too late for its own time, as one of when it was reported; None if that has no period."""
    day = closings.ground.zone.day(when)
    name = closings.period_fields.get(event.kind)
    if event.period is None or name is None:
        return evolve(event, acts=when, day=None if event.day is None else day)
    period = closings.period_on(event.kind, day, event.period)
    if period is None:
        return None
    return evolve(
        event, acts=when, day=None if event.day is None else day, period=period, fields=event.fields | {name: period}
    )


def _like(closings: _Closings, stands: Event, version: Event) -> Event:
    """A later version of a record that was carried: it stays where that is counted."""
    carried = _carried(closings, version, stands.acts)
    assert carried is not None  # What stands was carried to this very day.
    return evolve(carried, acts=stands.acts)


def _answered(closings: _Closings, stands: Event | None, version: Event) -> Event | None:
    """What stands, with the answers to questions about it, which have times of their own; None if they are the same."""
    if stands is None or version.retracts or stands.retracts:
        return None
    names = closings.asked.get(version.kind, ())
    answers = {name: version.fields[name] for name in names if name in version.fields}
    if {name: stands.fields[name] for name in names if name in stands.fields} == answers:
        return None
    fields = {name: value for name, value in stands.fields.items() if name not in names} | answers
    return evolve(stands, known=version.known, rev=version.rev, fields=fields, related=version.related)
