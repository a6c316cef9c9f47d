"""Notices: when what was sent counts as given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from bpodsl.record.conditions import EventScope, holds
from bpodsl.record.many import many
from bpodsl.record.refusals import NO_SUCH_DAY, NOT_GIVEN, Refused
from bpodsl.terms import DeemedRow, EventKind
from bpodsl.values import Calendar, TimeError, Zone, add_days


@many
class Given:
    """A notice acts at `acts`, or on `day` (then `acts` is its first instant); or it has no effect."""

    acts: int
    day: date | None
    effective: bool = True


def given(
    kind: EventKind,
    fields: Mapping[str, object],
    time: int,
    day: date | None,
    zone: Zone,
    calendars: Mapping[str, Calendar],
) -> Given:
    """When a notice of this kind counts as given: by the first row of its table that holds.

    A notice that no row provides for has no effect. Raises `Refused` if the row that holds counts from a field
    that the notice leaves out.
    """
    scope = EventScope(fields, time, zone, calendars)
    for row in kind.deemed:
        if row.where is None or holds(row.where, scope):
            if not row.effective:
                break
            if not row.given:
                return _counted(row, time if day is None else day, zone, calendars)
            start = fields.get(row.given)
            if not isinstance(start, int | date):
                raise Refused(NOT_GIVEN, name=row.given)
            return _counted(row, start, zone, calendars)
    return Given(time, day, False)


def _counted(row: DeemedRow, start: int | date, zone: Zone, calendars: Mapping[str, Calendar]) -> Given:
    calendar = calendars.get(row.calendar) if row.calendar is not None else None
    days = zone if calendar is None else calendar.zone
    late = False
    if isinstance(start, date):
        first = start
    else:
        first = days.day(start)
        late = row.cutoff is not None and start > days.wall(first, row.cutoff)
    counts: date | None = first
    if late or (calendar is not None and _must_be_open(row) and not calendar.is_open_day(first)):
        counts = _later(first, 1, calendar)
    if counts is not None and row.plus_days:
        counts = _later(counts, row.plus_days, calendar)
    if counts is None:
        raise Refused(NO_SUCH_DAY)
    if counts == first and isinstance(start, int):
        return Given(start, None)
    if row.at is not None:
        return Given(days.wall(counts, row.at), None)
    return Given(zone.start_of(counts), counts)


def _must_be_open(row: DeemedRow) -> bool:
    """Whether a notice of a closed day counts on the next open one; days that are counted on count open days anyway."""
    return row.cutoff is not None or not row.plus_days


def _later(day: date, n: int, calendar: Calendar | None) -> date | None:
    if calendar is not None:
        return calendar.add_open_days(day, n)
    try:
        return add_days(day, n)
    except TimeError:
        return None
