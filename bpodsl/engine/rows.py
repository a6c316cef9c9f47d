"""How what happens becomes rows that figures count."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from bpodsl.engine.acts import Act
from bpodsl.engine.instances import Instance
from bpodsl.engine.intervals import Interval
from bpodsl.engine.program import StoreSpec
from bpodsl.engine.stores import Cell, Group, Put, Store, counted_at, last_day, period_of
from bpodsl.engine.takebacks import Remake
from bpodsl.engine.tallies import GONE, Tallied, Tally, Unsteady
from bpodsl.record import DETERMINE, START
from bpodsl.terms import expressions as ex
from bpodsl.values import Period

if TYPE_CHECKING:
    from bpodsl.engine.world import World


class _Groups(dict[type, Any]):
    """How the group of fields is found, by the type of what holds them; None: by their names."""

    def __init__(self, by: tuple[str, ...]) -> None:
        super().__init__()
        self._by = by

    def of(self, of: type) -> Any:
        """For one type, worked out once."""
        if of not in self:
            parts = getattr(of, "parts", {})
            known = len(self._by) > 1 and all(name in parts for name in self._by)
            self[of] = attrgetter(*(parts[name] for name in self._by)) if known else None
        return self[of]


class RowBook:
    """All stores, and how what happens becomes rows of them."""

    def __init__(self, world: World, specs: Iterable[StoreSpec]) -> None:
        self.world = world
        self.stores = {spec: Store(spec) for spec in specs}
        self._reported: set[str] = set()
        # Whether a figure asks questions of rows; whether one waits for what may still be cured.
        self.asked = False
        self.cures = False
        self._events: dict[str, list[Store]] = {}
        self._norms: dict[tuple[str, str], list[Store]] = {}
        self._states: dict[str, list[Store]] = {}
        for store in self.stores.values():
            match store.spec.rows:
                case ex.EventRows(event, _):
                    self._events.setdefault(event, []).append(store)
                case ex.OutcomeRows(norm, _, counted):
                    self._norms.setdefault((norm, counted), []).append(store)
                case ex.StateRows(state):
                    self._states.setdefault(state, []).append(store)
                case _:
                    raise AssertionError(store.spec)

    # ------------------------------------------------------------------ as they come
    def event_row(self, act: Act, in_force: bool) -> None:
        """An event that acts in force; after the end only reports on periods count, and what surviving figures do."""
        late, over_at = False, self.world.windows.over
        counts = in_force or any(act.event.acts < over_at[name] for name, _ in act.plan.surviving if over_at)
        for store in self._events.get(act.event.kind, ()):
            by_period = period_of(store)
            over = by_period is not None and act.over(by_period)
            if (over and act.event.identity in self._reported) or not (counts or by_period is not None):
                continue
            group, cell = store.group(act.fields), self._cell_of_event(store, act)
            if group is not None and cell is not None:
                store.add(cell, group, act)
                if over:
                    late = True
                    self.world.figures.restating.touch(store, cell, group)
                else:
                    self.world.figures.arrived(store, cell, group, DETERMINE)
        if late:
            if self.world.careful or self.world.trails.ahead:
                raise Remake("a report on a period that was over")
            self.world.figures.restating.run(DETERMINE)

    def report(self, act: Act) -> None:
        """An event of an outcome made anew: reports on periods that were over are there from the start."""
        for store in self._events.get(act.event.kind, ()):
            by_period = period_of(store)
            if by_period is not None and act.over(by_period):
                self._reported.add(act.event.identity)
                group, cell = store.group(act.fields), self._cell_of_event(store, act)
                if group is not None and cell is not None:
                    store.add(cell, group, act)

    def matters_from(self, act: Act) -> int:
        """The first instant that an event may change: its own, or the start of a period that it reports on later."""
        fields = [name for store in self._events.get(act.event.kind, ()) if (name := period_of(store)) is not None]
        periods = [act.fields[name] for name in fields if act.over(name)]
        return min([act.event.acts, *(self.world.zone.start_of(p.first) for p in periods)])

    def _cell_of_event(self, store: Store, act: Act) -> int | None:
        by_period = period_of(store)
        if by_period is None:
            return self._cell(store, act.event.acts, False)
        period = act.fields.get(by_period)
        if not isinstance(period, Period):
            return None
        return self.world.windows.cell_of_day(store.spec.grid, last_day(period))

    def state_row(self, state: str, interval: Interval) -> None:
        """An interval that begins."""
        for store in self._states.get(state, ()):
            group = store.group(interval.fields)
            cell = self._cell(store, interval.start, False)
            if group is not None and cell is not None:
                store.add(cell, group, interval)
                self.world.figures.arrived(store, cell, group, START)

    def opened(self, instance: Instance, place: int) -> None:
        """An instance that opens."""
        for store, cell in self._places(instance, "opened"):
            store.add(*cell, instance)
            if not instance.decided:
                store.undecided[cell] = store.undecided.get(cell, 0) + 1
            self.world.figures.arrived(store, *cell, place)
        instance.waited = not instance.decided

    def decided(self, instance: Instance, place: int) -> None:
        """An instance that is decided."""
        for store, cell in self._places(instance, "decided"):
            store.add(*cell, instance)
            self.world.figures.arrived(store, *cell, place)
        if instance.passed_pos is None and instance.ended_pos is None:
            self.settled(instance, place)

    def settled(self, instance: Instance, place: int) -> None:
        """An instance that ceases to be undecided: decided, ended, or past a deadline that decides nothing."""
        for store, cell in self._places(instance, "due"):
            store.add(*cell, instance)
            self.world.figures.arrived(store, *cell, place)
        if not instance.waited:
            return
        instance.waited = False
        for store, cell in self._places(instance, "opened"):
            if cell in store.undecided:
                store.undecided[cell] -= 1
                last = not store.undecided[cell]
                if last:
                    del store.undecided[cell]
                # What has been decided may leave a question open, which is said at once.
                if last or store.asked:
                    self.world.figures.arrived(store, *cell, place)

    def put(self, instances: Iterable[Instance]) -> None:
        """Outcomes that are there before the sweep comes to them: no window has to be tried for one, since each comes
        before the window is over in which it counts."""
        by_norm: dict[str, list[Instance]] = {}
        for instance in instances:
            by_norm.setdefault(instance.norm.name, []).append(instance)
        for name, found in by_norm.items():
            for how in ("decided", "performed", "due"):
                for store in self._norms.get((name, how), ()):
                    self._put(store, how, found)

    def _put(self, store: Store, how: str, instances: Iterable[Instance]) -> None:
        by, cells, group_of = store.spec.by, store.cells, _Groups(store.spec.by)
        starts: list[int] = []
        ends: list[tuple[int, dict[Group, list[Any]]]] = []
        for instance in instances:
            when = counted_at(instance, how)
            if when is None:
                continue
            at = when[0] - when[1]
            place = bisect_right(starts, at) - 1
            if place < 0 or at >= ends[place][0]:
                found = self._cell(store, *when)
                if found is None:
                    continue
                start, end, cell = self.world.windows.cell_around(store.spec.grid, at)
                place = bisect_right(starts, start)
                starts.insert(place, start)
                ends.insert(place, (end, cells.setdefault(cell, {})))
            groups = ends[place][1]
            fields = instance.fields
            of = group_of.of(type(fields))
            group = of(fields) if of is not None else tuple([fields.get(name) for name in by])
            rows = groups.get(group)
            if rows is None:
                if None in group:
                    continue
                rows = groups[group] = Put()
            rows.append(instance)

    def put_late(self, instances: list[Instance]) -> None:
        """Outcomes put before have been performed since."""
        for instance in instances:
            for store in self._norms.get((instance.norm.name, "performed"), ()):
                self._put(store, "performed", [instance])

    def tally(self, tallies: Iterable[Tally]) -> None:
        """As `put`, of outcomes that are only counted, a part of them after another."""
        of: dict[Store, _Groups] = {}
        for each in tallies:
            for how in ("decided", "due"):
                for store in self._norms.get((each.norm, how), ()):
                    when = each.counted_at(how)
                    cell = None if when is None else self._cell(store, *when)
                    if when is None or cell is None:
                        continue
                    groups = of.get(store) or of.setdefault(store, _Groups(store.spec.by))
                    get = groups.of(type(each.fields))
                    group = get(each.fields) if get is not None else store.group(each.fields)
                    if group is None:
                        continue
                    there = store.cells.setdefault(cell, {})
                    found = there.get(group)
                    if type(found) is not Tallied:
                        found = there[group] = Tallied(found or ())
                    found.take(each, when[0] - when[1])

    def count(self, norm: str, counted: Iterable[tuple[Mapping[str, Any], str, int]], instant: int) -> None:
        """As `tally`, of many outcomes at once, all decided in the cells that hold an instant: by the fields of what
        opened them and their status, how many."""
        stores = [(each, self._cell(each, instant, False)) for each in self._norms.get((norm, "decided"), ())]
        there = [(each, each.cells.setdefault(cell, {})) for each, cell in stores if cell is not None]
        for fields, status, number in counted:
            for store, groups in there:
                group = store.group(fields)
                if group is None:
                    continue
                found = groups.get(group)
                if type(found) is not Tallied:
                    found = groups[group] = Tallied(found or ())
                found.count(status, number)

    def grouped(self, norm: str) -> tuple[str, ...]:
        """The fields by which the outcomes of a norm are told apart where they are counted."""
        return tuple(dict.fromkeys(name for store in self._norms.get((norm, "decided"), ()) for name in store.spec.by))

    def same_until(self, norms: Iterable[str], instant: int) -> int | None:
        """The first instant after one in force at which an outcome would count in another cell; None: never."""
        windows = self.world.windows
        grids = {store.spec.grid for norm in norms for store in self._norms.get((norm, "decided"), ())}
        inside = [grid for grid in grids if windows.cell(grid, instant) is not None]
        return min((windows.cell_around(grid, instant)[1] for grid in inside), default=None)

    def let_go(self, swept: int) -> None:
        """Every instant before this one has been swept, and nothing comes that was known before: outcomes of windows
        that have settled are let go."""
        for store in self.stores.values():
            if not isinstance(store.spec.rows, ex.OutcomeRows):
                continue
            for cell, groups in store.cells.items():
                if cell in store.gone:
                    continue
                if store.figures and all(self.world.figures.machines[name].is_over(cell) for name in store.figures):
                    store.gone.add(cell)
                    groups.update(dict.fromkeys(groups, GONE))
                    continue
                for rows in groups.values():
                    if type(rows) is Tallied:
                        rows.age(swept)

    def performed(self, instance: Instance) -> None:
        """An instance that is performed."""
        for store, cell in self._places(instance, "performed"):
            store.add(*cell, instance)
            self.world.figures.arrived(store, *cell, self.world.place)
        # Performed late it has another reading: it may be asked of it no more what a window waits for.
        for how in ("opened", "due", "decided") if self.asked else ():
            for store, cell in self._places(instance, how):
                if store.asked:
                    self.world.figures.arrived(store, *cell, self.world.place)

    def cure_over(self, instance: Instance, place: int) -> None:
        """An instance that may no longer be cured, or has been."""
        for how in ("opened", "due", "decided") if self.cures else ():
            for store, cell in self._places(instance, how):
                if store.cures:
                    self.world.figures.arrived(store, *cell, place)

    def withdraw(self, instance: Instance, undecided: bool) -> None:
        """The performance of an instance is taken back; `undecided`: it decided it."""
        self.touch(instance)
        counted = ["performed"]
        if undecided:
            counted += ["decided"]
            if instance.passed_pos is None:
                counted += ["due"]
                instance.waited = True
                for store, where in self._places(instance, "opened"):
                    store.undecided[where] = store.undecided.get(where, 0) + 1
        for how in counted:
            for store, (cell, group) in self._places(instance, how):
                found = store.cells[cell][group]
                found.remove(instance)
                if not found:
                    del store.cells[cell][group]

    def cut(self, end: int) -> None:
        """The agreement has ended: rows of the cells cut there that do not lie before the end count no more; in a grid
        that goes on they count in the first window after it."""
        for store in self.stores.values():
            beyond = self.world.windows.cell(store.spec.grid, end) if store.spec.grid.goes_on else None
            for cell in [c for c in store.cells if self._reaches(store, c, end) and (beyond is None or c < beyond)]:
                groups = store.cells[cell]
                for group, rows in list(groups.items()):
                    if type(rows) is Tallied:
                        self._cut_tallied(store, (cell, group), rows, end)
                        continue
                    kept = [row for row in rows if self.instant(store, row) < end]
                    if len(kept) < len(rows):
                        groups[group] = kept
                        if beyond is not None:
                            self._move(store, (cell, group), [row for row in rows if row not in kept], beyond)
                        self._cut(store, (cell, group), kept)
                    if not kept:
                        del groups[group]

    def _cut_tallied(self, store: Store, where: Cell, tallied: Tallied, end: int) -> None:
        if store.spec.grid.goes_on:
            raise Unsteady("windows go on after the end")
        left = tallied.cut(end)
        tallied.others = [row for row in tallied.others if self.instant(store, row) < end]
        self._cut(store, where, tallied.others)
        if not left and not tallied.others:
            del store.cells[where[0]][where[1]]

    def _move(self, store: Store, where: Cell, rows: list[Any], cell: int) -> None:
        group = where[1]
        for row in rows:
            store.add(cell, group, row)
        if where in store.undecided and any(row.waited for row in rows):
            waited = store.undecided.get((cell, group), 0)
            store.undecided[cell, group] = waited + sum(row.waited for row in rows)

    def _cut(self, store: Store, where: Cell, kept: list[Any]) -> None:
        if where in store.undecided:
            store.undecided[where] = sum(row.waited for row in kept)
            if not store.undecided[where]:
                del store.undecided[where]

    def _reaches(self, store: Store, cell: int, end: int) -> bool:
        last = self.world.windows.cell(store.spec.grid, end - 1)
        return last is not None and cell >= last

    def instant(self, store: Store, row: Any) -> int:
        """The instant that a row is counted at; one tick earlier for an early deadline."""
        match store.spec.rows:
            case ex.OutcomeRows(_, _, counted):
                when = counted_at(row, counted)
                assert when is not None
                return when[0] - when[1]
            case ex.StateRows():
                return int(row.start)
            case ex.EventRows(_, None):
                return int(row.event.acts)
            case ex.EventRows(_, by_period):
                # A report on a period belongs to the cell of its last day, even if that lies after a cut.
                if store.spec.grid.unit != "term":
                    return 0
                return self.world.zone.start_of(last_day(row.fields[by_period]))
        raise AssertionError(store.spec)

    def touch(self, instance: Instance) -> None:
        """What an instance was in the past has changed: whatever counted it has to be looked at."""
        for how in ("opened", "due", "decided", "performed"):
            for store, where in self._places(instance, how):
                self.world.figures.restating.touch(store, *where)

    def _places(self, instance: Instance, counted: str) -> list[tuple[Store, Cell]]:
        stores = self._norms.get((instance.norm.name, counted))
        if not stores:
            return []
        when = counted_at(instance, counted)
        if when is None:
            return []
        found: list[tuple[Store, Cell]] = []
        for store in stores:
            group, cell = store.group(instance.fields), self._cell(store, *when)
            if group is not None and cell is not None:
                found.append((store, (cell, group)))
        return found

    def _cell(self, store: Store, instant: int, early: bool) -> int | None:
        """The cell of an instant in force. An early deadline at the end of a cell belongs to it."""
        windows = self.world.windows
        over = windows.ended is not None and instant - early >= windows.ended
        if instant < windows.begin or (over and not windows.counts(store.spec.grid, instant - early)):
            return None
        return windows.cell(store.spec.grid, instant - early)
