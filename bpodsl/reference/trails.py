"""Rows from beyond the window: events of a case or of a stretch of time, and windows asked for by a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from attrs import evolve

from bpodsl.record import DETERMINE, Event
from bpodsl.reference.calendar_days import calendar_of, counted
from bpodsl.reference.intervals import during, lasting, spans
from bpodsl.reference.rows import became, event_row, figure_row, last_windows, show
from bpodsl.reference.scope import of_group
from bpodsl.reference.state import Fields, Interval, Row, World, rank
from bpodsl.terms import Length, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import FIRST_DAY, Window, add_days, day_of


# ------------------------------------------------------------------------------------------- cases
def case_field(world: World, e: ex.CaseField, row: Row) -> object:
    """What the latest event of the case that gives the field says."""
    if any(name not in row.fields for name in e.keys):
        return NotMeasured(f"{e.name} absent")
    latest: tuple[tuple[object, ...], object] | None = None
    ahead = _up_to(world, e.event, row) if _is_ahead(world, row) else ()
    for event, given in (*world.acted.get(e.event, ()), *ahead):
        place = (event.acts, given.event_order)
        if e.name not in given.fields or (row.event_order is not None and not place < row.bound):
            continue
        if _same(given, row.fields, e.keys) and (latest is None or latest[0] < place):
            latest = place, given.fields[e.name]
    return NotMeasured(f"{e.name} absent") if latest is None else latest[1]


def _same(row: Row, fields: Fields, names: tuple[str, ...]) -> bool:
    return all(name in row.fields and name in fields and show(row.fields[name]) == show(fields[name]) for name in names)


# ------------------------------------------------------------------------------------------- stretches of time
def trail(
    world: World, rows: ex.TrailRows | ex.TrailOutcomes, window: Window | None, group: Fields, row: Row | None,
    before: object = None,
) -> list[Row]:  # fmt: skip
    """The events or outcomes in a stretch of time, in order; `before` is what it ends before, if it says."""
    found = []
    after: tuple[Any, ...] | None = None
    if rows.since:
        found_since = trail(world, ex.TrailRows(rows.since, "so far", rows.of, same=rows.same), window, group, row)
        after = None if not found_since else (found_since[-1].instant, found_since[-1].event_order)
    for each in _events(world, rows, window, row) if isinstance(rows, ex.TrailRows) else _outcomes(world, rows):
        if rows.of == "row":
            if row is None or _of_its_instant(world, each, window, row):
                continue
            inside = _of_row(world, rows, each, row, before) and _same(each, row.fields, rows.same)
        else:
            inside = window is not None and _of_window(world, rows, each, window) and _same(each, group, tuple(group))
        if inside and (after is None or _comes_after(each, after)):
            found.append(each)
    return sorted(found, key=lambda each: each.order)


def _comes_after(each: Row, event: tuple[Any, ...]) -> bool:
    """Whether an event or outcome comes after an event, told by its instant and order."""
    if each.instance is None:
        return (each.instant, each.event_order) > event
    return each.position >= (event[0], DETERMINE)


def _events(world: World, rows: ex.TrailRows, window: Window | None, row: Row | None) -> Iterator[Row]:
    ended, seen = world.agreement.ended, set()
    found = [(event, each) for event, each in world.happened.get(rows.event, ()) if ended is None or event.acts < ended]
    if rows.of == "row" and row is not None and row.event_order is not None:
        after = window is not None and ended is not None and ended <= row.instant
        if after or _is_ahead(world, row):
            started = world.agreement.start
            found += [pair for pair in _up_to(world, rows.event, row) if started <= pair[0].acts]
    for event, each in found:
        if event.ref not in seen:
            seen.add(event.ref)
            yield evolve(each, order=(event.acts, each.event_order))


def _is_ahead(world: World, row: Row) -> bool:
    """Whether a row is an event that acts later than where it is looked at: a report on a period that was over."""
    return row.event_order is not None and (row.instant, DETERMINE) > (world.now, world.place)


def _up_to(world: World, kind: str, row: Row) -> Iterator[tuple[Event, Row]]:
    """The events of a kind up to a row that is an event, whether they have come or not."""
    for event in world.events:
        if event.kind == kind and event.effective and (event.acts, event.order) < row.bound:
            yield event, event_row(world.index, event)


def _outcomes(world: World, rows: ex.TrailOutcomes) -> Iterator[Row]:
    for instance in world.instances.get(rows.norm, ()):
        row = became(instance, rows.statuses)
        if row is not None:
            yield row


def _before(each: Row, row: Row) -> bool:
    """Whether an event or outcome comes before a row, or is the row."""
    if each.instance is None:
        return (each.instant, each.event_order) < row.bound
    if each.position != row.position or row.instance is None:
        return each.position < row.position
    return each.instance.norm.name != row.instance.norm.name or rank(each.instance.name) <= rank(row.instance.name)


def _of_its_instant(world: World, each: Row, window: Window | None, row: Row) -> bool:
    """Whether an event, as it acts, is asked for an outcome of its own instant: it sees none."""
    asks = window is None and row.event_order is not None and row.instant == world.now
    return asks and each.instance is not None and each.position > (world.now, DETERMINE)


def _of_row(world: World, rows: ex.TrailRows | ex.TrailOutcomes, each: Row, row: Row, ends: object) -> bool:
    before, length = _before(each, row), rows.length
    if rows.reach == "all":
        return True
    if rows.reach == "so far":
        return before
    assert length is not None
    if rows.before is not None:
        return before and _ending_before(world, length, each, ends)
    if rows.reach == "last":
        return before and _within(world, length, each, row)
    return not before and _until(world, length, row, each)


def _within(world: World, length: Length, each: Row, row: Row) -> bool:
    """Whether one row lies less than a length before another; in days, on one of so many days up to its day."""
    index = world.index
    if length.by_clock:
        calendar = calendar_of(index, length)
        passed = row.instant - each.instant if calendar is None else calendar.worked(each.instant, row.instant)
        return passed < length.amount
    first = counted(index, length, index.zone.day(row.last_tick), -1)
    return first is None or index.zone.day(each.last_tick) > first


def _ending_before(world: World, length: Length, each: Row, ends: object) -> bool:
    """Whether a row lies in the stretch of that length that ends before a day (an instant, a period)."""
    index = world.index
    if isinstance(ends, NotMeasured):
        return False
    day = day_of(ends, index.zone)  # type: ignore[arg-type]
    if length.by_clock:
        end = ends if isinstance(ends, int) else index.zone.start_of(day)
        calendar = calendar_of(index, length)
        passed = end - each.instant if calendar is None else calendar.worked(each.instant, end)
        return each.instant < end and passed <= length.amount
    own, first = index.zone.day(each.last_tick), counted(index, length, day, -1)
    return own < day and (first is None or own >= first)


def _until(world: World, length: Length, row: Row, each: Row) -> bool:
    """Whether one row lies at most a length after another; in days, no later than so many days after its day."""
    index = world.index
    if length.by_clock:
        calendar = calendar_of(index, length)
        passed = each.instant - row.instant if calendar is None else calendar.worked(row.instant, each.instant)
        return passed <= length.amount
    last = counted(index, length, index.zone.day(row.last_tick))
    return last is None or index.zone.day(each.last_tick) <= last


def _of_window(world: World, rows: ex.TrailRows | ex.TrailOutcomes, each: Row, window: Window) -> bool:
    end, instant = window.end if rows.of == "window" else window.start, each.last_tick
    if instant >= end or rows.length is None:
        return instant < end
    if rows.length.by_clock:
        calendar = calendar_of(world.index, rows.length)
        passed = end - instant if calendar is None else calendar.worked(instant, end)
        return passed <= rows.length.amount
    after = add_days(window.last, 1) if rows.of == "window" else window.first
    first = counted(world.index, rows.length, after, -1)
    return first is None or world.index.zone.day(instant) >= first


def overlapping(
    world: World, rows: ex.TrailIntervals, window: Window | None, group: Fields, row: Row | None
) -> list[Row]:
    """The intervals of a state that overlap a stretch of time, in order."""
    within = stretch(world, rows, window, row)
    if within is None:
        return []
    begins, ends = within
    if rows.of == "row":
        assert row is not None
        concerned = during(world, (rows.state,), row)
    else:
        concerned = of_group(world, rows.state, group)
    by_key: dict[tuple[tuple[str, object], ...], list[Interval]] = {}
    for each in concerned:
        by_key.setdefault(tuple(each.key.items()), []).append(each)
    found: list[Row] = []
    for of_one in by_key.values():
        whole = spans(of_one, ends) if rows.least is None else lasting(world.index, of_one, rows.least, rows.more, ends)
        for start, end in whole:
            if end > begins:
                parts = [i for i in of_one if start <= i.start < end and i.end != i.start]
                parts.sort(key=lambda i: i.start)
                entries = tuple(i.entry.name for i in parts)
                first = parts[0].row
                order = start, rank(parts[0].instance)
                found.append(Row(start, order, first.fields, first.declared, end - start, (), entries))
    return sorted(found, key=lambda each: each.order)


def stretch(
    world: World, e: ex.TrailLength | ex.TrailIntervals, window: Window | None, row: Row | None
) -> tuple[int, int] | None:
    """The stretch of time whose length is asked for; None where there is nothing from which to reckon."""
    index, length, start = world.index, e.length, world.agreement.start
    if e.of == "row":
        if row is None:
            return None
        end, day = row.instant, add_days(index.zone.day(row.last_tick), 1)
    elif window is None:
        return None
    else:
        end, day = (window.end, add_days(window.last, 1)) if e.of == "window" else (window.start, window.first)
    if e.reach == "window" and window is not None:
        return window.start, window.end
    if length is not None and length.by_clock:
        start = end - length.amount
    elif length is not None:
        first = counted(index, length, day, -1)
        start = start if first is None else index.zone.start_of(max(first, FIRST_DAY))
    return min(start, end), end


# ------------------------------------------------------------------------------------------- windows asked for by a row
def past(world: World, rows: ex.PastRows, row: Row | None, before: object) -> list[Row]:
    """The last windows of a figure that had ended, as far as they have settled, in order."""
    if row is None or isinstance(before, NotMeasured):
        return []
    index = world.index
    figure = index.figures[rows.figure]
    limit = row.instant if rows.before is None else index.zone.start_of(day_of(before, index.zone))  # type: ignore[arg-type]
    found: list[Row] = []
    for number, _ in last_windows(world, figure.grid, limit, rows.n):
        for settled in world.settled.get((figure.name, number), {}).values():
            made = figure_row(figure, settled)
            shared = tuple(name for name, _ in settled.group if name in row.declared)
            if not isinstance(settled.value, NotMeasured) and _same(made, row.fields, shared):
                found.append(made)
    return sorted(found, key=lambda each: each.order)
