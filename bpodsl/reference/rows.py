"""The rows of a window and group, before any condition: events, outcomes, intervals and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from attrs import evolve

from bpodsl.record import EARLY, LATE, STRUCTURE, TERM_END, Entry, Event, Number
from bpodsl.reference.index import Index
from bpodsl.reference.state import Fields, Instance, Row, Settled, World, rank
from bpodsl.terms import Figure, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, Period, Window

NO_READING = NotMeasured("no reading")


def show(value: object) -> str:
    """A value of a key as entries show it."""
    return Number("", "", value).text  # type: ignore[arg-type]


def imposed_name(entry: Entry) -> str:
    """The name of an instance that follows from an entry."""
    return entry.instance or "/".join((entry.period, *(text for _, text in entry.key)))


# ------------------------------------------------------------------------------------------- single rows
def event_row(index: Index, event: Event) -> Row:
    """An event as conditions see it; made once for each."""
    name = event.source, event.id, event.rev
    row = index.rows.get(name)
    if row is None:
        fields, declared = index.fields(event), index.declared(event)
        row = index.rows[name] = Row(
            event.acts, event.order, fields, declared, NO_READING, events=(event.ref,),
            event_order=event.order,
        )  # fmt: skip
    return row


def outcome_row(instance: Instance, instant: int, early: bool = False, place: int = STRUCTURE) -> Row:
    entry = instance.opened if instance.decision is None else instance.decision.name
    return Row(
        instant, (instant, rank(instance.name)), instance.fields, instance.declared, instance.reading,
        entries=(entry,), instance=instance, early=early, place=place,
    )  # fmt: skip


def figure_row(figure: Figure, settled: Settled) -> Row:
    order = settled.window.index, tuple(show(value).encode() for _, value in settled.group)
    declared = frozenset(group.name for group in figure.by)
    entries = (settled.entry.name,)
    return Row(
        settled.window.end - 1, order, dict(settled.group), declared, NO_READING, entries=entries, settled=settled
    )


# ------------------------------------------------------------------------------------------- rows of a window
def rows_of(world: World, rows: ex.Rows, window: Window, group: Fields) -> list[Row]:
    """The rows that belong to a window and group, in order."""
    found = [row for row in _in_window(world, rows, window) if _in_group(row, group, isinstance(rows, ex.FigureRows))]
    return sorted(found, key=lambda row: row.order)


def _in_window(world: World, rows: ex.Rows, window: Window) -> Iterator[Row]:
    match rows:
        case ex.EventRows(kind, by_period):
            early = () if by_period is None else _reported_since(world, kind)
            for event, row in (*world.happened.get(kind, ()), *early):
                if _event_in(world, window, event, row, by_period):
                    yield evolve(row, order=(event.acts, row.order))
        case ex.OutcomeRows(norm, statuses, counted):
            for instance in world.instances.get(norm, ()):
                instant = counted_in(instance, counted, window)
                if instant is not None and _is(instance, statuses):
                    yield outcome_row(instance, instant, *_counted(instance, counted)[1:])
        case ex.StandingRows(norm, overdue):
            from bpodsl.reference.due import reading

            for instance in world.instances.get(norm, ()):
                if instance.is_standing(window.end, overdue):
                    row = outcome_row(instance, window.end - 1)
                    read = reading(world, instance, min(window.end, world.now))
                    yield evolve(row, outstanding=instance.outstanding(window.end), reading=read)
        case ex.StateRows(state):
            for interval in world.intervals.get(state, ()):
                if window.start <= interval.start < window.end:
                    row = interval.row
                    end = interval.end if interval.closed and interval.end is not None else window.end
                    order = interval.start, rank(interval.instance)
                    yield Row(interval.start, order, row.fields, row.declared, end - interval.start, (), row.entries)
        case ex.FigureRows(name):
            figure = world.index.figures[name]
            for inner in windows_read(world, rows, window):
                for settled in world.settled.get((name, inner.index), {}).values():
                    if not isinstance(settled.value, NotMeasured):
                        yield figure_row(figure, settled)


def _reported_since(world: World, kind: str) -> Iterator[tuple[Event, Row]]:
    """Reports on periods that were over, of what this outcome was made for: they count from the start."""
    have = {event.ref for event, _ in world.happened.get(kind, ())}
    for event in world.events:
        made = event.acts <= world.upto
        after = world.agreement.start <= event.acts
        if event.kind == kind and made and after and event.ref not in have and world.index.over_before(event):
            yield event, event_row(world.index, event)


def _event_in(world: World, window: Window, event: Event, row: Row, by_period: str | None) -> bool:
    if by_period is None:
        return window.start <= event.acts < window.end
    period, (first, last) = row.fields.get(by_period), world.agreement.uncut(window)
    return isinstance(period, Period) and first <= period.last <= last


def _is(instance: Instance, statuses: tuple[str, ...]) -> bool:
    """Whether an instance is one of these; besides its status it may be cured or late."""
    late = instance.performed is not None and instance.status in ("missed", "excused") and not instance.cured
    return (
        instance.status in statuses
        or (instance.cured and "cured" in statuses)
        or (instance.waived is not None and "waived" in statuses)
        or (late and instance.norm.form != "prohibition" and "late" in statuses)
    )


def counted_in(instance: Instance, counted: str, window: Window) -> int | None:
    """The instant for which an instance belongs to a window; None if it does not."""
    instant, early, _ = _counted(instance, counted)
    if instant is None:
        return None
    inside = window.start < instant <= window.end if early else window.start <= instant < window.end
    return instant if inside else None


def _counted(instance: Instance, counted: str) -> tuple[int | None, bool, int]:
    """The instant, whether it is that of an early deadline, and the place."""
    match counted:
        case "opened":
            return instance.at, False, instance.place
        case "due":
            due = instance.due if instance.decided or instance.passed else None
            return (None, False, LATE) if due is None else (due.instant, due.early, EARLY if due.early else LATE)
        case "decided":
            decision = instance.decision
            return (None, False, LATE) if decision is None else (decision.at, decision.place == EARLY, decision.place)
        case _:
            return instance.performed, False, instance.performed_place


def became(instance: Instance, statuses: tuple[str, ...]) -> Row | None:
    """An instance as a row at the first instant at which it became one of these; None if it did not."""
    found: list[tuple[int, int]] = []
    decision = instance.decision
    if "opened" in statuses:
        found.append((instance.at, instance.place))
    if decision is not None and instance.status in statuses:
        found.append((decision.at, decision.place))
    if instance.performed is not None and any(how in statuses and _is(instance, (how,)) for how in ("cured", "late")):
        found.append((instance.performed, instance.performed_place))
    if instance.waived is not None and "waived" in statuses:
        found.append(instance.waived)
    if decision is not None and instance.status == "missed" and "breached" in statuses:
        if instance.norm.cure is None:
            found.append((decision.at, decision.place))
        elif instance.breach is not None:
            found.append(instance.breach)
    if not found:
        return None
    instant, place = min(found)
    return outcome_row(instance, instant, place <= TERM_END, place)


def _in_group(row: Row, group: Fields, shared: bool) -> bool:
    for name, value in group.items():
        if shared and name not in row.declared:
            continue
        if name not in row.fields or show(row.fields[name]) != show(value):
            return False
    return True


# ------------------------------------------------------------------------------------------- windows of other figures
def same_window(world: World, grid: Grid, window: Window) -> Window | None:
    """The window of a grid that has the same first and last day."""
    found = world.agreement.window_on(grid, window.last)
    return found if found is not None and (found.first, found.last) == (window.first, window.last) else None


def shifted(world: World, figure: str, shift: ex.Shift, window: Window) -> Window | None:
    """The window of a figure that an expression in a window reads."""
    grid = world.index.figures[figure].grid
    same = same_window(world, grid, window)
    if isinstance(shift, ex.Same) or same is None:
        return same
    return world.agreement.window(grid, same.index - shift.n)


def windows_read(world: World, rows: ex.FigureRows, window: Window) -> list[Window]:
    """The windows that `FigureRows` reads: that end in this one, or the last so many that ended before it began."""
    grid, agreement = world.index.figures[rows.figure].grid, world.agreement
    found: list[Window] = []
    if rows.last is None:
        at = agreement.window_on(grid, window.first)
        number = 0 if at is None else at.index
        while True:
            inner = agreement.window(grid, number)
            if inner is None and (beyond := agreement.natural(grid, number)) is not None and beyond.end <= window.end:
                number += 1
                continue
            if inner is None or inner.end > window.end:
                return found
            # One of the whole term is read by a window that holds all of it only.
            if inner.end > window.start and (grid.unit != "term" or inner.start >= window.start):
                found.append(inner)
            number += 1
    return [window for _, window in last_windows(world, grid, window.start, rows.last)]


def last_windows(world: World, grid: Grid, limit: int, n: int) -> list[tuple[int, Window]]:
    """The last n windows of a grid that ended no later than an instant, and their numbers; the latest first."""
    agreement = world.agreement
    until = limit if agreement.ended is None or grid.goes_on else min(limit, agreement.ended)
    # What is left of the cell in which the agreement ended is of the window after it.
    number = 0 if grid.unit == "term" else agreement.number_at(grid, until - 1) + grid.goes_on
    found: list[tuple[int, Window]] = []
    while number >= 0 and len(found) < n:
        window = agreement.window(grid, number)
        if window is not None and window.end <= limit:
            found.append((number, window))
        number -= 1
    return found


# ------------------------------------------------------------------------------------------- groups
def groups_of(world: World, figure: Figure, window: Window) -> list[Fields]:
    """The groups of a figure in a window, in order of their text: those seen when it had come to settle, or so far."""
    if (figure.name, window.index) in world.groups:
        return world.groups[figure.name, window.index]
    names = [group.name for group in figure.by]
    beyond = not figure.grid.survives and world.agreement.beyond(figure.grid, window.index) is not None
    if not names and not beyond:
        return [{}]
    if not beyond and all(group.members is not None for group in figure.by):
        found: Iterable[tuple[object, ...]] = product(*(group.members or () for group in figure.by))
    else:
        found = _seen(world, figure, window)
    shown = {tuple(show(value) for value in values): values for values in found}
    ordered = sorted(shown, key=lambda texts: tuple(text.encode() for text in texts))
    return [dict(zip(names, shown[texts], strict=True)) for texts in ordered]


def _seen(world: World, figure: Figure, window: Window) -> Iterator[tuple[object, ...]]:
    for part in world.index.parts[figure.name]:
        match part:
            case ex.OutcomeRows(norm, _, counted):
                instances = world.instances.get(norm, ())
                fields: Iterable[Fields] = (i.fields for i in instances if counted_in(i, counted, window) is not None)
            case ex.EventRows() | ex.StateRows() | ex.StandingRows():
                fields = (row.fields for row in _in_window(world, part, window))
            case ex.FigureRows(name):
                fields = _groups_read(world, name, windows_read(world, part, window))
            case ex.FigureAt(name, ex.Same()) | ex.Standing(name, _, ex.Same()):
                same = shifted(world, name, ex.Same(), window)
                fields = () if same is None else _groups_read(world, name, [same])
            case ex.Posted(line) if (posts := world.index.lines[line].figure) is not None:
                same = shifted(world, posts, ex.Same(), window)
                fields = () if same is None else _groups_read(world, posts, [same])
            case _:
                continue
        for each in fields:
            if all(g.name in each and (g.members is None or show(each[g.name]) in g.members) for g in figure.by):
                yield tuple(each[g.name] for g in figure.by)


def _groups_read(world: World, figure: str, windows: list[Window]) -> Iterator[Fields]:
    for window in windows:
        yield from groups_of(world, world.index.figures[figure], window)


def texts_of(group: Fields) -> tuple[str, ...]:
    return tuple(show(value) for value in group.values())


def settled_at(world: World, figure: str, window: Window, group: Fields) -> Settled | NotMeasured:
    """The result of a figure in a window, for the group of the keys that it shares with another group."""
    term = world.index.figures[figure]
    if any(each.name not in group for each in term.by):
        return NotMeasured("no such window")
    own = tuple(show(group[each.name]) for each in term.by)
    found = world.settled.get((figure, window.index), {}).get(own)
    if found is not None:
        return found
    closed = window.index in world.closed.get(figure, {})
    return NotMeasured(
        "no such window" if closed and own not in map(texts_of, groups_of(world, term, window)) else "not settled"
    )


def unsettled(world: World, figure: str, window: Window, group: Fields) -> bool:
    """Whether something is still to come of a figure in a window, for groups that agree with this one."""
    if window.index not in world.closed.get(figure, {}):
        return True
    done = world.settled.get((figure, window.index), {})
    for each in groups_of(world, world.index.figures[figure], window):
        if texts_of(each) not in done and all(show(each[n]) == show(group[n]) for n in each if n in group):
            return True
    return False
