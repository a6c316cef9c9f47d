"""Rows from beyond the window: events of a case or of a stretch of time, and windows asked for by a row."""

from __future__ import annotations

from attrs import evolve

from bpodsl.record import Event
from bpodsl.reference.calendar_days import calendar_of, counted
from bpodsl.reference.rows import figure_row, last_windows, show
from bpodsl.reference.state import Fields, Row, World
from bpodsl.terms import Length, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import Window, add_days, day_of


# ------------------------------------------------------------------------------------------- cases
def case_field(world: World, e: ex.CaseField, row: Row) -> object:
    """What the latest event of the case that gives the field says."""
    if any(name not in row.fields for name in e.keys):
        return NotMeasured(f"{e.name} absent")
    latest: tuple[tuple[object, ...], object] | None = None
    for event, given in world.acted.get(e.event, ()):
        place = (event.acts, given.event_order)
        if e.name not in given.fields or (row.event_order is not None and not place < row.bound):
            continue
        if _same(given, row.fields, e.keys) and (latest is None or latest[0] < place):
            latest = place, given.fields[e.name]
    return NotMeasured(f"{e.name} absent") if latest is None else latest[1]


def _same(row: Row, fields: Fields, names: tuple[str, ...]) -> bool:
    return all(name in row.fields and name in fields and show(row.fields[name]) == show(fields[name]) for name in names)


# ------------------------------------------------------------------------------------------- stretches of time
def trail(world: World, rows: ex.TrailRows, window: Window | None, group: Fields, row: Row | None) -> list[Row]:
    """The events in a stretch of time, in order."""
    ended = world.agreement.ended
    found: list[Row] = []
    for event, each in world.happened.get(rows.event, ()):
        if ended is not None and event.acts >= ended:
            continue
        if rows.of == "row":
            inside = row is not None and _of_row(world, rows, event, each, row) and _same(each, row.fields, rows.same)
        else:
            inside = window is not None and _of_window(world, rows, event, window) and _same(each, group, tuple(group))
        if inside:
            found.append(evolve(each, order=(event.acts, each.event_order)))
    return sorted(found, key=lambda each: each.order)


def _of_row(world: World, rows: ex.TrailRows, event: Event, each: Row, row: Row) -> bool:
    before = (event.acts, each.event_order) < row.bound
    match rows.reach:
        case "all":
            return True
        case "so far":
            return before
        case "last":
            assert rows.length is not None
            return before and _within(world, rows.length, event.acts, row.instant)
        case _:
            assert rows.length is not None
            return not before and _until(world, rows.length, row.instant, event.acts)


def _within(world: World, length: Length, instant: int, end: int) -> bool:
    """Whether an instant lies less than a length before another; in days, on one of so many days up to its day."""
    index = world.index
    if length.by_clock:
        calendar = calendar_of(index, length)
        return (end - instant if calendar is None else calendar.worked(instant, end)) < length.amount
    first = counted(index, length, index.zone.day(end), -1)
    return first is None or index.zone.day(instant) > first


def _until(world: World, length: Length, start: int, instant: int) -> bool:
    """Whether an instant lies at most a length after another; in days, no later than so many days after its day."""
    index = world.index
    if length.by_clock:
        calendar = calendar_of(index, length)
        return (instant - start if calendar is None else calendar.worked(start, instant)) <= length.amount
    last = counted(index, length, index.zone.day(start))
    return last is None or index.zone.day(instant) <= last


def _of_window(world: World, rows: ex.TrailRows, event: Event, window: Window) -> bool:
    end, after = (window.end, add_days(window.last, 1)) if rows.of == "window" else (window.start, window.first)
    if event.acts >= end or rows.length is None:
        return event.acts < end
    if rows.length.by_clock:
        calendar = calendar_of(world.index, rows.length)
        passed = end - event.acts if calendar is None else calendar.worked(event.acts, end)
        return passed <= rows.length.amount
    first = counted(world.index, rows.length, after, -1)
    return first is None or world.index.zone.day(event.acts) >= first


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
