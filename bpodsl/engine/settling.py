"""Settling: the value of a figure for one window and group, and the entry that says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.aggregates import RowSource
from bpodsl.engine.answers import NOT_DECIDED
from bpodsl.engine.expressions import ASKED, Questions, compares, evaluator, lookup, rounded
from bpodsl.engine.instances import Instance
from bpodsl.engine.intervals import Interval
from bpodsl.engine.program import store_of
from bpodsl.engine.scopes import Evaluator, Position, Scope, Value
from bpodsl.engine.series import Found
from bpodsl.engine.stored_rows import StoredRows
from bpodsl.engine.stores import Called, Come, Group
from bpodsl.engine.trailing import IntervalSource, OutcomeSource, stretch
from bpodsl.engine.trails import TrailSource
from bpodsl.engine.waiting import Waiting
from bpodsl.record import Columns, Entry, Numbers
from bpodsl.terms import NotMeasured, Pending, Target, children, looked_up, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid, Window

if TYPE_CHECKING:
    from bpodsl.engine.figure_book import FigureBook
    from bpodsl.engine.figures import FigureMachine
    from bpodsl.engine.world import World

_decided_name = attrgetter("decided_name")
_UNSTEADY = (ex.TrailRows, ex.TrailOutcomes, ex.TrailIntervals, ex.PastRows, ex.CaseField)
"""What a row may find otherwise later, though nothing about it has changed."""


class Cell:
    """A figure for one window and group, settled at `pos`."""

    __slots__ = ("below", "entry", "group", "pos", "standing", "text", "value", "window")

    def __init__(self, window: Window, group: Group, pos: Position) -> None:
        self.window = window
        self.group = group
        self.pos = pos
        self.value: Value = None
        self.standing = ""
        self.below = False
        self.entry: Entry | None = None
        self.text: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name of its entry."""
        assert self.entry is not None
        return self.entry.name

    def stands(self, how: str) -> bool:
        """How it stands, as in `Standing`."""
        if how == "not measured":
            return isinstance(self.value, NotMeasured)
        return self.below if how == "below minimum" else self.standing == how


def row_source(world: World, rows: ex.Rows, grid: Grid, by: tuple[str, ...]) -> RowSource:
    """Where an aggregate over these rows finds them, in windows of a grid and for groups of these keys."""
    store = store_of(rows, grid, by)
    if isinstance(rows, ex.TrailRows):
        return TrailSource(rows, by)
    if isinstance(rows, ex.TrailOutcomes):
        return OutcomeSource(rows, by)
    if isinstance(rows, ex.TrailIntervals):
        return IntervalSource(rows)
    if isinstance(rows, ex.FigureRows):
        return world.figures.source(rows.figure, rows.last)
    if isinstance(rows, ex.StandingRows):
        return StandingRowSource(rows, by)
    assert store is not None
    found = StoredRows(world.rows.stores[store])
    return found.with_statuses(rows.statuses) if isinstance(rows, ex.OutcomeRows) else found


class Settler:
    """Evaluates one figure."""

    def __init__(self, machine: FigureMachine) -> None:
        self.machine = machine

    def make(self) -> None:
        """Compile the expressions; when all figures are there."""
        machine = self.machine
        term, world = machine.plan.term, machine.world

        def source(rows: ex.Rows) -> RowSource:
            return row_source(world, rows, machine.grid, machine.by)

        self.value = evaluator(term.value, source)
        self.shows = [evaluator(shown, source) for _, shown in term.shows]
        self.target = None if term.target is None else evaluator(term.target.level, source)
        self.minimum = None if term.minimum is None else evaluator(term.minimum.level, source)
        self.awaited = [evaluator(each, source) for each in term.awaits]
        self.version = None if term.version is None else evaluator(term.version, source)
        self.columns = self._columns()
        asking = [
            (part.rows, (part.where, part.value))
            for part in walk((term.value, term.target, term.minimum, term.shows, term.awaits))
            if isinstance(part, ex.Aggregate) and any(isinstance(p, ASKED) for p in walk((part.where, part.value)))
        ]  # fmt: skip
        self.answered = [
            (part.name, evaluator(part, source))
            for part in walk((term.value, term.target, term.minimum, term.shows, term.awaits))
            if isinstance(part, ex.Answered) and part.of == "window"
        ]
        self.asked = [(source(rows), Questions(parts, source)) for rows, parts in asking]
        # Whether its rows may cease to ask without any of them changing.
        self.unsteady = any(
            isinstance(rows, ex.StandingRows) or any(isinstance(p, _UNSTEADY) for p in walk(parts))
            for rows, parts in asking
        )
        counted = (term.value, *(t.level for t in (term.target, term.minimum) if t is not None))
        self.causes = Causes(world, counted, source)
        self.waiting = Waiting(machine, source) if machine.plan.by_branch else None

    def _columns(self) -> Columns:
        """What its entries say, in this order (see `settle`)."""
        term, world = self.machine.plan.term, self.machine.world
        base = term.kind.base
        found = [("value", base), *((name, base_of(shown, world)) for name, shown in term.shows)]
        if term.target is not None:
            found += [("target", base), ("standing", "text")]
        if term.minimum is not None:
            found += [("minimum", base), ("below minimum", "yes_no")]
        if term.version is not None:
            found.append(("version", "text"))
        return Columns(tuple(name for name, _ in found), tuple(base for _, base in found))

    @property
    def asks(self) -> bool:
        """Whether it may wait for answers."""
        return bool(self.asked or self.answered)

    def questions(self, window: Window, group: Group, pos: Position) -> list[str]:
        """The questions on which the rows of a window and group wait, as seen from a position."""
        machine, found = self.machine, set[str]()
        here = Scope(machine.world, pos).of_window(window, machine.grid, dict(zip(machine.by, group, strict=True)))
        found.update(name for name, part in self.answered if part(here) is NOT_DECIDED)
        for source, asked in self.asked:
            s = Scope(machine.world, pos).of_window(window, machine.grid, dict(zip(machine.by, group, strict=True)))
            for _, row in source.rows(s):
                found.update(asked.open(row))
        return sorted(found)

    def pends(self, window: Window, group: Group, pos: Position) -> bool:
        """Whether the value or a level needs a point of a series that has not come."""
        machine = self.machine
        s = Scope(machine.world, pos).of_window(window, machine.grid, dict(zip(machine.by, group, strict=True)))
        s.final = False
        parts = [part for part in (self.value, self.target, self.minimum, *self.awaited) if part is not None]
        if any(isinstance(part(s), Pending) for part in parts):
            return True
        lines = [machine.world.lines.machines[name] for name in machine.lines]
        return any(account.pends(s, window.end - 1) for line in lines for account in line.accounts)

    def settle(self, window: Window, group: Group, pos: Position) -> Cell:
        """The cell as settled at a position, and its entry."""
        machine = self.machine
        term, world = machine.plan.term, machine.world
        cell = Cell(window, group, pos)
        values, key, cell.text = machine.told(group)
        s = Scope(world, pos).of_window(window, machine.grid, values)
        value = cell.value = rounded(self.value(s), term.rounding)
        numbers = [value, *[shown(s) for shown in self.shows]]
        if term.target is not None and self.target is not None:
            level = self.target(s)
            cell.standing = {True: "met", False: "missed", None: "not measured"}[_stands(term.target, value, level)]
            numbers += (level, cell.standing)
        if term.minimum is not None and self.minimum is not None:
            level = self.minimum(s)
            cell.below = _stands(term.minimum, value, level) is False
            numbers += (level, cell.below)
        if self.version is not None:
            numbers.append(self.version(s))
        events, entries = self.causes.of(s)
        cell.entry = Entry(
            "Settled", machine.name, pos[0], pos[1], machine.level, "", window.label, key, events, entries,
            Numbers(self.columns, numbers),
        )  # fmt: skip
        world.post(cell.entry)
        return cell


def _stands(target: Target, value: Value, level: Value) -> bool | None:
    if isinstance(value, NotMeasured) or isinstance(level, NotMeasured):
        return None
    return compares(target.op, rounded(value, target.rounding), level)


def base_of(e: ex.Expression, world: World) -> str:
    """The base of the kind of a part shown."""
    match e:
        case ex.LengthOf() | ex.TrailLength() | ex.Reading():
            return "length"
        case ex.FigureAt(figure, _):
            return world.figures.machines[figure].plan.term.kind.base
        case ex.SeriesAt(series):
            return world.series.machines[series].term.kind.base
        case ex.Aggregate("lowest" | "highest"):
            return "text"
        case ex.Aggregate():
            return "number" if e.op == "count" or e.value is None else base_of(e.value, world)
        case ex.Compare() | ex.AllOf() | ex.AnyOf() | ex.Not() | ex.Standing() | ex.InState() | ex.InCalendar():
            return "yes_no"
        case _:
            return "number"


class Causes:
    """The direct premises of the value of some expressions."""

    def __init__(self, world: World, expressions: tuple[ex.Expression, ...], source: Any, first: bool = False) -> None:
        self._aggregates: list[tuple[ex.Aggregate, Evaluator]] = []
        self._states: list[str] = []
        self._stretches: list[tuple[Callable[[Scope], tuple[int, int] | None], list[str]]] = []
        self._reads: list[tuple[str, int, Causes | None]] = []
        self._lines: list[str] = []
        asked = () if first else looked_up(expressions)
        self._lookups = [lookup(part, lambda each: evaluator(each, source)) for part in asked]
        stack: list[object] = list(expressions)
        while stack:
            part = stack.pop()
            match part:
                case ex.FigureAt(figure, ex.Back(n, start)) | ex.Standing(figure, _, ex.Back(n, start)):
                    self._reads.append((figure, n, Causes(world, (start,), source, first=True)))
                    continue
                case ex.FigureAt(figure, _) | ex.Standing(figure, _, _):
                    self._reads.append((figure, 0, None))
                case ex.Posted(line):
                    self._lines.append(line)
                case ex.StateTimes(state) | ex.WindowLength(_, state) if state:
                    self._states.append(state)
                case ex.Aggregate():
                    self._aggregates.append((part, evaluator(part, source)))
                case ex.TrailLength(times, of=of):
                    if of != "row":
                        states = [each.state for each in walk(times) if isinstance(each, ex.StateTimes)]
                        self._stretches.append((stretch(part), states))
                    continue
                case _:
                    pass
            stack.extend(children(part))

    def of(self, s: Scope) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Events by ref, and entries by name."""
        events: dict[str, None] = {}
        entries: dict[str, None] = {}
        self._collect(s, events, entries)
        return tuple(events), tuple(entries)

    def _collect(self, s: Scope, events: dict[str, None], entries: dict[str, None]) -> None:
        for aggregate, evaluate in self._aggregates:
            if id(aggregate) not in s.kept:
                evaluate(s)
            kept = s.kept[id(aggregate)]
            if not kept:
                continue
            if type(kept) is Come:
                entries.update(dict.fromkeys(map(_decided_name, kept)))
                continue
            if type(kept) is Called:
                entries.update((each if type(each) is str else each.cause(s.position), None) for each in kept)
                continue
            for row in kept:
                if isinstance(row, Act):
                    events[row.ref] = None
                elif isinstance(row, Instance):
                    entries[row.cause(s.position)] = None
                elif isinstance(row, Interval):
                    entries[row.opened] = None
                elif isinstance(row, tuple):
                    entries.update(dict.fromkeys(each.opened for each in row))
                else:
                    entries[row.name] = None
        for look in self._lookups:
            answer = look(s)
            if isinstance(answer, Found):
                events.update(dict.fromkeys(answer.refs))
        if s.window is not None:
            for state in self._states:
                for interval in s.world.states.overlapping(state, s.group, s.window.start, s.window.end):
                    entries[interval.opened] = None
            for bounds, states in self._stretches:
                start, end = bounds(s) or (0, 0)
                for state in states:
                    for interval in s.world.states.overlapping(state, s.group, start, end):
                        entries[interval.opened] = None
            for line in self._lines:
                entries.update(dict.fromkeys(s.world.lines.posted_names(line, s)))
        for figure, back, first in self._reads:
            found = s.world.figures.read(figure, back, s)
            if isinstance(found, Cell):
                entries[found.name] = None
            elif found is None and first is not None:
                first._collect(s, events, entries)


class StandingRowSource:
    """Rows that are instances of a norm that stand open, or overdue, at the end of the window."""

    def __init__(self, rows: ex.StandingRows, by: tuple[str, ...]) -> None:
        self._rows = rows
        self._by = by

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The instances of the group in scope, each with its scope, by name."""
        if s.window is None:
            return
        end = s.window.end
        for instance in sorted(s.world.norms[self._rows.norm].every):
            same = all(instance.fields.get(name) == s.group.get(name) for name in self._by)
            if same and instance.is_standing(end, self._rows.overdue):
                read = instance.terms.deadlines.reading(instance, min(end, s.position[0]))
                row = s.row(instance.fields, instance.declared, end - 1, read)
                row.outstanding, row.instance = instance.outstanding(end), instance
                yield instance, row


class FigureRowSource:
    """Rows that are measured windows of another figure."""

    def __init__(self, book: FigureBook, figure: str, last: int | None) -> None:
        self._book = book
        self._figure = figure
        self._last = last

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The cells, each with its scope, by window and group."""
        if s.window is None or s.grid is None:
            return
        machine = self._book.machines[self._figure]
        if self._last is None:
            indices = s.world.windows.inside(machine.grid, s.window)
        else:
            indices = s.world.windows.last_before(machine.grid, s.window.start, self._last)
        for index in indices:
            for cell in machine.seen(index, s.position):
                if not isinstance(cell.value, NotMeasured) and _agrees(machine.by, cell.group, s.group):
                    fields = dict(zip(machine.by, cell.group, strict=True))
                    row = s.row(fields, machine.by, cell.window.end - 1, s.reading)
                    row.value, row.standing = cell.value, cell
                    yield cell, row


def _agrees(by: tuple[str, ...], group: Group, wanted: Mapping[str, Any]) -> bool:
    return all(wanted.get(name, value) == value for name, value in zip(by, group, strict=True))

