"""Rows from beyond the window: events of a case or of a stretch of time, and windows asked for by a row."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.scopes import NO_READING, Evaluator, Scope, Value
from bpodsl.record import DETERMINE
from bpodsl.terms import Length, NotMeasured
from bpodsl.terms import expressions as ex
from bpodsl.values import add_days, day_of

if TYPE_CHECKING:
    from bpodsl.engine.world import World

Place = tuple[int, tuple[Any, ...]]
Names = tuple[str, ...]
ByValues = dict[tuple[Any, ...], list[tuple[Place, Act]]]


class TrailBook:
    """The events of some kinds, one after another, by the fields that a case is told by.

    `counted` holds those since the term began; `given` all that give a field to later events of their case.
    Where `ahead`, all that act by `upto` are there from the start, for the rows by period that are so too.
    """

    def __init__(
        self, world: World, trails: Iterable[tuple[str, Names]], cases: Iterable[ex.CaseField], ahead: bool, upto: int
    ) -> None:
        self.world = world
        self.ahead = ahead
        self._upto = upto if ahead else -1
        self.counted: dict[str, dict[Names, ByValues]] = {}
        self.given: dict[str, dict[tuple[str, Names], ByValues]] = {}
        for event, names in trails:
            self.counted.setdefault(event, {})[names] = {}
        for case in cases:
            self.given.setdefault(case.event, {})[case.name, case.keys] = {}

    def comes(self, act: Act, begun: bool) -> None:
        """An event that acts now."""
        if act.event.acts > self._upto:
            self.enter(act, begun)

    def enter(self, act: Act, begun: bool) -> None:
        """One more event, in its place."""
        place, kind = (act.event.acts, act.order), act.event.kind
        if begun:
            for names, found in self.counted.get(kind, {}).items():
                _enter(found, act.values(names), (place, act))
        for (name, keys), found in self.given.get(kind, {}).items():
            if act.fields.get(name) is not None:
                _enter(found, act.values(keys), (place, act))

    # ------------------------------------------------------------------ cases
    def case_field(self, e: ex.CaseField, s: Scope) -> Value | None:
        """What the latest event of the case of the row in scope that gives the field says; None if none does."""
        values = tuple(s.fields.get(name) for name in e.keys)
        if None in values:
            return None
        for place, act in reversed(self.given[e.event][e.name, e.keys].get(values, ())):
            come = (place[0], DETERMINE) <= s.position or _is_ahead(s)
            if come and not (s.act is not None and place >= s.bound):
                return act.fields[e.name]
        return None

    # ------------------------------------------------------------------ stretches of time
    def rows(
        self, rows: ex.TrailRows, names: Names, s: Scope, before: Evaluator | None = None
    ) -> Iterator[tuple[Act, Scope]]:
        """The events in a stretch of time, in order, each with its scope; `before` says before what it ends."""
        fields = s.fields if rows.of == "row" else s.group
        if s.windowed if rows.of == "row" else s.window is None:
            return
        values = tuple(fields.get(name) for name in names)
        if None in values:
            return
        ended, ahead, bound = self.world.windows.ended, _is_ahead(s), s.bound
        # A report on a period after the end: up to itself, events after the end count too.
        over = ended is not None and s.act is not None and s.window is not None and ended <= s.act.event.acts
        every, after = self.counted[rows.event][names].get(values, []), None
        if rows.since:
            last = ex.TrailRows(rows.since, rows.reach, rows.of, rows.length, rows.same, rows.before)
            for act, _ in self.rows(last, names, s):
                after = (act.event.acts, act.order)
        for place, act in self._inside(rows, every, s) if before is None else self._before(rows, every, s, before(s)):
            in_force = (place[0], DETERMINE) <= s.position and (ended is None or place[0] < ended)
            if (in_force or ((ahead or over) and place < bound)) and (after is None or place > after):
                yield act, act.row_of(s)

    def _before(
        self, rows: ex.TrailRows, every: list[tuple[Place, Act]], s: Scope, ends: Value
    ) -> Iterable[tuple[Place, Act]]:
        """Those before the row in a stretch that ends before something of it."""
        here = bisect_left(every, s.bound, key=lambda each: each[0])
        return [each for each in every[:here] if ending_before(self.world, rows.length, each[0][0], ends)]

    def _inside(self, rows: ex.TrailRows, every: list[tuple[Place, Act]], s: Scope) -> Iterable[tuple[Place, Act]]:
        """Those in the stretch. They stand in order, so that only they are looked at, however many there are."""
        if rows.of != "row":
            return [each for each in every if in_window(rows.of, rows.length, each[0][0], s)]
        length, here = rows.length, bisect_left(every, s.bound, key=lambda each: each[0])
        match rows.reach:
            case "all":
                return every
            case "so far":
                return every[:here]
            case "last":
                assert length is not None
                first = here
                while first and within(self.world, length, every[first - 1][0][0], s.at, False, s.early):
                    first -= 1
                return every[first:here]
            case _:
                assert length is not None
                last = here
                while last < len(every) and until(self.world, length, s.at, every[last][0][0], s.early, False):
                    last += 1
                return every[here:last]


def _is_ahead(s: Scope) -> bool:
    """Whether the row is an event that acts later than where it is seen from: a report on a period that was over."""
    return s.act is not None and (s.act.event.acts, DETERMINE) > s.position


def within(world: World, length: Length, instant: int, end: int, early: bool = False, end_early: bool = False) -> bool:
    """Whether an instant lies less than a length before another; in days, on one of so many days up to its day.

    `early`, `end_early`: they lie before the events of their instants, so that their days are those of the tick before.
    """
    if length.by_clock:
        return _passed(world, length, instant, end) < length.amount
    first = world.days.after(world.zone.day(end - end_early), length, -1)
    return first is None or world.zone.day(instant - early) > first


def until(world: World, length: Length, start: int, instant: int, start_early: bool, early: bool) -> bool:
    """Whether an instant lies at most a length after another; in days, no later than so many days after its day."""
    if length.by_clock:
        return _passed(world, length, start, instant) <= length.amount
    last = world.days.after(world.zone.day(start - start_early), length)
    return last is None or world.zone.day(instant - early) <= last


def ending_before(world: World, length: Length | None, instant: int, ends: Value, early: bool = False) -> bool:
    """Whether an instant lies in the stretch of that length that ends before a day, an instant or a period."""
    assert length is not None
    if isinstance(ends, NotMeasured):
        return False
    day = day_of(ends, world.zone)
    if length.by_clock:
        end = ends if isinstance(ends, int) else world.zone.start_of(day)
        return instant < end and _passed(world, length, instant, end) <= length.amount
    own, first = world.zone.day(instant - early), world.days.after(day, length, -1)
    return own < day and (first is None or own >= first)


def in_window(of: str, length: Length | None, instant: int, s: Scope) -> bool:
    """Whether an instant lies in the stretch of time that ends with the window in scope, or before it."""
    world, window = s.world, s.window
    assert window is not None
    end, after = (window.end, add_days(window.last, 1)) if of == "window" else (window.start, window.first)
    if instant >= end or length is None:
        return instant < end
    if length.by_clock:
        return _passed(world, length, instant, end) <= length.amount
    first = world.days.after(after, length, -1)
    return first is None or world.zone.day(instant) >= first


def _passed(world: World, length: Length, start: int, end: int) -> int:
    return end - start if length.calendar is None else world.calendars[length.calendar].worked(start, end)


def _enter(found: ByValues, values: tuple[Any, ...], what: tuple[Place, Act]) -> None:
    if None not in values:
        insort(found.setdefault(values, []), what, key=lambda each: each[0])


class TrailSource:
    """The rows of one aggregate over a stretch of time. `names`: the fields in which they equal the row or group."""

    def __init__(self, rows: ex.TrailRows, names: Names, before: Evaluator | None = None) -> None:
        self._rows = rows
        self._names = names
        self._before = before

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The events, each with its scope."""
        return s.world.trails.rows(self._rows, self._names, s, self._before)


class PastSource:
    """The last windows of a figure that had ended when a row came about, as far as they have settled."""

    def __init__(self, rows: ex.PastRows, before: Evaluator | None) -> None:
        self._rows = rows
        self._before = before

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The cells, each with its scope, by window and group."""
        if s.windowed:
            return
        limit = s.at
        if self._before is not None:
            day = self._before(s)
            if isinstance(day, NotMeasured):
                return
            limit = s.world.zone.start_of(day_of(day, s.world.zone))
        machine = s.world.figures.machines[self._rows.figure]
        for index in s.world.windows.last_before(machine.grid, limit, self._rows.n):
            for cell in machine.seen(index, s.position):
                fields: Mapping[str, Any] = dict(zip(machine.by, cell.group, strict=True))
                agrees = all(s.fields.get(name) == value for name, value in fields.items() if name in s.declared)
                if agrees and not isinstance(cell.value, NotMeasured):
                    row = s.row(fields, machine.by, cell.window.end - 1, NO_READING)
                    row.value, row.standing = cell.value, cell
                    yield cell, row
