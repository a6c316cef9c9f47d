"""Outcomes and lengths of time in a stretch that ends with a row or a window, or before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from bpodsl.engine.instances import Instance
from bpodsl.engine.scopes import NO_WINDOW, Evaluator, Position, Scope, Value
from bpodsl.engine.stores import is_cured, is_late
from bpodsl.engine.timesets import joined, long_enough, times_of
from bpodsl.engine.trails import ending_before, in_window, until, within
from bpodsl.record import DETERMINE, TERM_END, identity_key
from bpodsl.terms import expressions as ex
from bpodsl.values import FIRST_DAY, add_days, length

if TYPE_CHECKING:
    from bpodsl.engine.world import World

Names = tuple[str, ...]


class OutcomeBook:
    """The instances of some norms, one after another as they opened, by the fields in which rows are compared."""

    def __init__(self, asked: Iterable[tuple[str, Names]]) -> None:
        self._found: dict[str, dict[Names, dict[tuple[Any, ...], list[Instance]]]] = {}
        for norm, names in asked:
            self._found.setdefault(norm, {})[names] = {}

    def opened(self, instance: Instance) -> None:
        """An instance that opens, or of a prohibition one that is missed at once."""
        for names, found in self._found.get(instance.norm.name, {}).items():
            values = tuple(instance.fields.get(name) for name in names)
            if None not in values:
                found.setdefault(values, []).append(instance)

    def of(self, norm: str, names: Names, values: tuple[Any, ...]) -> list[Instance]:
        """Those with these values."""
        return self._found[norm][names].get(values, [])


def became(instance: Instance, statuses: tuple[str, ...], seen: Position) -> Position | None:
    """Where an instance first became one of these, as seen from a position; None if it did not."""
    found: list[Position] = []
    status = instance.status(seen)
    if "opened" in statuses:
        found.append(instance.opened_pos)
    if instance.decided_pos is not None and status in statuses and instance.decided_pos <= seen:
        found.append(instance.decided_pos)
    if instance.performed_pos is not None and (
        ("cured" in statuses and is_cured(instance, seen)) or ("late" in statuses and is_late(instance, status, seen))
    ):
        found.append(instance.performed_pos)
    if instance.waived_pos is not None and "waived" in statuses:
        found.append(instance.waived_pos)
    if status == "missed" and "breached" in statuses:
        breached = instance.breached_pos if instance.terms.cures else instance.decided_pos
        if breached is not None:
            found.append(breached)
    return min((pos for pos in found if pos <= seen), default=None)


class OutcomeSource:
    """The rows of one aggregate over outcomes. `names`: the fields in which they equal the row or group."""

    def __init__(self, rows: ex.TrailOutcomes, names: Names, before: Evaluator | None = None) -> None:
        self._rows = rows
        self._names = names
        self._before = before

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The instances, each with its scope, by the instant at which they became so and by name."""
        rows = self._rows
        of_row = rows.of == "row"
        if s.windowed if of_row else s.window is None:
            return
        fields = s.fields if of_row else s.group
        values = tuple(fields.get(name) for name in self._names)
        if None in values:
            return
        found: list[tuple[Position, Instance]] = []
        after = self._since(s) if rows.since else None
        for instance in s.world.outcomes.of(rows.norm, self._names, values):
            pos = became(instance, rows.statuses, s.position)
            if pos is None or (after is not None and pos < after):
                continue
            if self._of_row(instance, pos, s) if of_row else self._of_window(pos, s):
                found.append((pos, instance))
        found.sort(key=lambda each: (each[0][0], each[1].name))
        for (at, place), instance in found:
            row = s.row(instance.fields, instance.declared, at, instance.reading(s.position))
            yield instance, row.of_instance(instance, place <= TERM_END, place)

    def _since(self, s: Scope) -> Position | None:
        """The latest of the events since which outcomes count; None if there was none."""
        rows, found = self._rows, None
        for act, _ in s.world.trails.rows(ex.TrailRows(rows.since, "so far", rows.of, same=rows.same), self._names, s):
            found = act.event.acts, DETERMINE
        return found

    def _of_row(self, instance: Instance, pos: Position, s: Scope) -> bool:
        rows, length, world = self._rows, self._rows.length, s.world
        if rows.reach == "all":
            return True
        before = pos < s.outcomes_before
        if pos == s.outcomes_before and s.instance is not None:
            before = instance.norm is not s.instance.norm or instance.name <= s.instance.name
        if rows.reach == "so far":
            return before
        assert length is not None
        early = pos[1] <= TERM_END
        if self._before is not None:
            return before and ending_before(world, length, pos[0], self._before(s), early)
        if rows.reach == "last":
            return before and within(world, length, pos[0], s.at, early, s.early)
        return not before and until(world, length, s.at, pos[0], s.early, early)

    def _of_window(self, pos: Position, s: Scope) -> bool:
        return in_window(self._rows.of, self._rows.length, pos[0] - (pos[1] <= TERM_END), s)


# ------------------------------------------------------------------------------------ lengths of time
class IntervalSource:
    """The rows of one aggregate that are intervals which overlap a stretch; each row is those that adjoin."""

    def __init__(self, rows: ex.TrailIntervals) -> None:
        self._rows = rows
        self._bounds = stretch(rows)

    def rows(self, s: Scope) -> Iterator[tuple[Any, Scope]]:
        """The intervals, each with its scope, by start and name."""
        bounds = self._bounds(s)
        if bounds is None:
            return
        rows, (start, end) = self._rows, bounds
        group = {name: s.fields.get(name) for name in s.declared} if rows.of == "row" else s.group
        found = []
        for parts, first, last in joined(s.world, rows.state, group, start, end):
            if last > start and (rows.least is None or long_enough(s.world, rows.least, rows.more, first, last)):
                found.append((first, parts[0].name, parts, last))
        found.sort(key=lambda each: (each[0], identity_key(each[1])))
        for first, _, parts, last in found:
            yield tuple(parts), s.row(parts[0].fields, parts[0].declared, first, last - first)


def stretch(e: ex.TrailLength | ex.TrailIntervals) -> Callable[[Scope], tuple[int, int] | None]:
    """The function that gives the stretch of time asked for; None where there is nothing from which to reckon."""
    of, how_long, own = e.of, e.length, e.reach == "window"

    def found(s: Scope) -> tuple[int, int] | None:
        world: World = s.world
        start, zone = world.windows.begin, world.zone
        if of == "row":
            if s.windowed:
                return None
            end, day = s.at, add_days(zone.day(s.at - s.early), 1)
        elif s.window is None:
            return None
        else:
            window = s.window
            if own:
                return window.start, window.end
            end, day = (window.end, add_days(window.last, 1)) if of == "window" else (window.start, window.first)
        if how_long is not None and how_long.by_clock:
            start = end - how_long.amount
        elif how_long is not None:
            first = world.days.after(day, how_long, -1)
            start = start if first is None else zone.start_of(max(first, FIRST_DAY))
        return min(start, end), end

    return found


def trail_length(e: ex.TrailLength) -> Evaluator:
    """The function that gives how much of a set of times lies in a stretch."""
    bounds, times = stretch(e), times_of(e.times)
    of_row = e.of == "row"

    def computed(s: Scope) -> Value:
        found = bounds(s)
        if found is None:
            return NO_WINDOW
        inside = Scope(s.world, s.position, s.fields, s.declared, s.at)
        inside.bounds = found
        inside.group = {name: s.fields.get(name) for name in s.declared} if of_row else s.group
        return length(times(inside))

    return computed
