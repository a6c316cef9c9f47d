"""Figures: which windows wait, when they settle, and what they settle at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from bpodsl.engine.instances import Pairs
from bpodsl.engine.program import FigurePlan, Reads
from bpodsl.engine.scopes import Position
from bpodsl.engine.settling import Cell, Settler
from bpodsl.engine.stores import Group
from bpodsl.lean import evolve
from bpodsl.record import SETTLE, texts
from bpodsl.terms import Length
from bpodsl.values import Grid, Window

if TYPE_CHECKING:
    from bpodsl.engine.rules import WindowRule
    from bpodsl.engine.world import World

FEW: Final = 4
"""So many causes are not worth letting go."""


class FigureMachine:
    """One figure: its windows that have closed and wait, and its cells that have settled."""

    def __init__(self, world: World, plan: FigurePlan) -> None:
        self.world = world
        self.plan = plan
        self.name = plan.term.name
        self.level = plan.level
        self.grid: Grid = world.windows.one(plan.term.grid)
        self.by = plan.by
        self.settled: dict[tuple[int, Group], Cell] = {}
        # Those that have settled since `let_go`.
        self._kept: list[Cell] = []
        # The windows that have closed and of which some group may be unsettled, and where they closed.
        self.waiting: dict[int, Position] = {}
        self.closed: dict[int, Position] = {}
        # Where windows came to settle (their end, or later by `settle_after`), and the groups seen by then.
        self.come: dict[int, Position] = {}
        self.seen_groups: dict[int, dict[Group, None]] = {}
        self.groups_settled: dict[int, set[Group]] = {}
        self.settler = Settler(self)
        self.rules: list[WindowRule] = []
        self.lines: list[str] = []
        self._stores = [world.rows.stores[spec] for spec in plan.stores]
        self._waits = [world.rows.stores[spec] for spec in plan.waits]
        self._cures = [world.rows.stores[spec] for spec in plan.cures]
        self._said: set[tuple[int, Group]] = set()
        self._told: dict[Group, tuple[Mapping[str, Any], Pairs, tuple[str, ...]]] = {}
        self._all_admitted = all(m is None for m in plan.members)
        self._members: list[Group] | None = None
        if all(m is not None for m in plan.members):
            self._members = sorted(product(*(m for m in plan.members if m is not None)))

    @property
    def reads_term(self) -> bool:
        """Whether it reads windows of the whole term."""
        return any(self.world.figures.machines[read.figure].grid.unit == "term" for read in self.plan.reads)

    # ------------------------------------------------------------------ groups
    def told(self, group: Group) -> tuple[Mapping[str, Any], Pairs, tuple[str, ...]]:
        """The values of a group by name, the key of its entries, and the texts by which groups are ordered."""
        found = self._told.get(group)
        if found is None:
            key = texts(zip(self.by, group, strict=True))
            values = dict(zip(self.by, group, strict=True))
            found = self._told[group] = values, key, tuple([text for _, text in key])
        return found

    def _text(self, group: Group) -> tuple[str, ...]:
        return self.told(group)[2]

    def groups(self, index: int) -> list[Group]:
        """The groups of a window, as far as seen."""
        if self._members is not None and not self._is_beyond(index):
            return self._members
        if index in self.seen_groups:
            return list(self.seen_groups[index])
        found: dict[Group, None] = dict.fromkeys(self.read_groups(index))
        cells = self.world.windows.cells(self.grid, index)
        for store in self._stores:
            found.update(dict.fromkeys(store.groups(cells)))
        found.update(dict.fromkeys(self._standing_groups(index)))
        return sorted(found if self._all_admitted else filter(self._admits, found), key=self._text)

    def _is_beyond(self, index: int) -> bool:
        """Whether a window lies after the end: such a window has only the groups that are seen in it."""
        return not self.grid.survives and self.world.windows.is_beyond(self.grid, index)

    def _standing_groups(self, index: int) -> Iterator[Group]:
        """The groups of the instances that stand open at the end of a window."""
        window = self.world.windows.window(self.grid, index)
        for rows in self.plan.standing if window is not None else ():
            for instance in self.world.norms[rows.norm].every:
                group = tuple(instance.fields.get(name) for name in self.by)
                if None not in group and instance.is_standing(window.end, rows.overdue):  # type: ignore[union-attr]
                    yield group

    def read_groups(self, index: int) -> Iterator[Group]:
        """The groups that a window has by what it reads of other figures."""
        for read in self.plan.reads:
            other = self.world.figures.machines[read.figure]
            if read.how != "back" and all(name in other.by for name in self.by):
                places = [other.by.index(name) for name in self.by]
                for there in self.reach(read, index):
                    for group in other.groups(there):
                        yield tuple(group[i] for i in places)

    def sees(self, index: int, group: Group) -> bool:
        """Whether a window has a group, as far as seen."""
        found = self.seen_groups.get(index)
        if self._members is not None and not self._is_beyond(index):
            found = dict.fromkeys(self._members)
        return group in (self.groups(index) if found is None else found)

    def see_again(self, index: int, group: Group) -> bool:
        """Whether a window that has come to settle has a group, after rows have changed in the past."""
        if self._members is not None and not self._is_beyond(index):
            return group in self._members
        cells, position = self.world.windows.cells(self.grid, index), self.come[index]
        seen = self._admits(group) and (
            any(store.sees(row, position) for store in self._stores for row in store.rows(cells, group))
            or group in self.read_groups(index)
            or group in self._standing_groups(index)
        )
        if seen:
            self.seen_groups[index][group] = None
        else:
            self.seen_groups[index].pop(group, None)
        return seen

    def _admits(self, group: Group) -> bool:
        members = self.plan.members
        return all(m is None or value in m for m, value in zip(members, group, strict=True))

    # ------------------------------------------------------------------ windows of what is read
    def reach(self, read: Reads, index: int) -> list[int]:
        """The windows of another figure that a window of this one reads."""
        windows = self.world.windows
        other = self.world.figures.machines[read.figure]
        window = windows.window(self.grid, index)
        if window is None:
            return []
        if read.how in ("same", "back"):
            there = windows.matching(other.grid, window, self.grid)
            if there is None or windows.window(other.grid, there - read.n) is None:
                return []
            return [there - read.n]
        if read.how == "inside":
            return windows.inside(other.grid, window)
        return windows.last_before(other.grid, window.start, read.n)

    # ------------------------------------------------------------------ closing and trying
    def close(self, index: int, place: int) -> None:
        """A window has ended."""
        if index in self.closed:
            return
        here = (self.world.now, place)
        self.closed[index] = here
        self.waiting[index] = here
        self.try_window(index, place)
        term, world = self.plan.term, self.world
        window = world.windows.window(self.grid, index)
        assert window is not None
        world.figures.closed(self, window, place)
        for length in (term.settle_after, term.settle_latest):
            if length is not None:
                at = self.time_after(window, length)
                if at is not None and at > world.now:
                    world.push_at(at, SETTLE, self.level, self.name, "", self.try_window, index)

    def time_after(self, window: Window, length: Length) -> int | None:
        """The instant that lies so long after the end of a window."""
        world = self.world
        if length.unit == "elapsed":
            return window.end + length.amount
        if length.unit == "open":
            return world.calendars[length.calendar or ""].first_reach(window.end, length.amount)
        day = world.days.after(window.last, length)
        return None if day is None else world.zone.start_of(day.fromordinal(day.toordinal() + 1))

    def try_window(self, index: int, place: int) -> None:
        """Settle what groups of a window can be settled."""
        if index not in self.waiting or not self._has_come(index, place):
            return
        done = self.groups_settled.setdefault(index, set())
        self._try_groups(index, [group for group in self.groups(index) if group not in done], place)
        self._rest(index)

    def _has_come(self, index: int, place: int) -> bool:
        """Whether a window that has closed has come to settle; the first time, its groups are taken."""
        if index not in self.come:
            term, window = self.plan.term, self.world.windows.window(self.grid, index)
            assert window is not None
            if term.settle_after is not None:
                after = self.time_after(window, term.settle_after)
                if after is None or after > self.world.now:
                    return False
            groups = self.groups(index)
            self.come[index] = (self.world.now, place)
            self.seen_groups[index] = dict.fromkeys(groups)
        return True

    def _rest(self, index: int) -> None:
        """A window of which every group has settled waits no more."""
        if len(self.groups_settled[index]) == len(self.groups(index)):
            self.waiting.pop(index, None)

    def try_one(self, what: tuple[int, Group], place: int) -> None:
        """Settle one group of a window, if it can be settled."""
        index, group = what
        if index in self.waiting and self._has_come(index, place) and (index, group) not in self.settled:
            if self.sees(index, group):
                self._try_groups(index, (group,), place)
            self._rest(index)

    def _try_groups(self, index: int, groups: Iterable[Group], place: int) -> None:
        """Settle those groups of a window of which all they need has come."""
        window = self.world.windows.window(self.grid, index)
        assert window is not None
        here = (self.world.now, place)
        asks = self.settler.asks and not self._latest_passed(window)
        series = self.plan.series and not self._latest_passed(window)
        ready, follow = self._ready(window, place), self.world.figures.following(self, window, place)
        for group in groups:
            if asks:
                names = self.settler.questions(window, group, here)
                if names:
                    self._provisional(window, group, names, place)
                    continue
            if not ready(group) or (series and self.settler.pends(window, group, here)):
                continue
            cell = self.settler.settle(window, group, here)
            self.keep(cell)
            follow(cell)

    def _provisional(self, window: Window, group: Group, names: list[str], place: int) -> None:
        """A window that has come to settle waits for answers: that is said, once."""
        if (window.index, group) not in self._said:
            self._said.add((window.index, group))
            self.world.emit(
                "Provisional", self.name, place, self.level, "", window.label,
                texts(zip(self.by, group, strict=True)), words=", ".join(names),
            )  # fmt: skip

    def unanswered(self) -> list[int]:
        """The windows that wait and have said that they wait for answers."""
        return sorted({index for index, _ in self._said if index in self.waiting})

    def seen(self, index: int, position: Position) -> list[Cell]:
        """The cells of a window that have settled, as seen from a position, in order of their groups."""
        found = [self.settled[index, group] for group in self.groups_settled.get(index, ())]
        return sorted((c for c in found if c.pos <= position), key=lambda c: c.text)

    def is_over(self, cell: int) -> bool:
        """Whether every window that holds a cell of the grid has closed and settled."""
        windows = range(cell, cell + (1 if self.grid.unit == "term" else self.grid.span))
        return all(index in self.closed and index not in self.waiting for index in windows)

    def let_go(self) -> None:
        """Of the entries of cells that have settled only their names are asked for; what they follow from is let go."""
        for cell in self._kept:
            if cell.entry is not None and len(cell.entry.entry_causes) > FEW:
                cell.entry = evolve(cell.entry, entry_causes=())
        self._kept.clear()

    def keep(self, cell: Cell) -> None:
        """A cell has settled."""
        index = cell.window.index
        self.settled[index, cell.group] = cell
        self._kept.append(cell)
        done = self.groups_settled.get(index)
        if done is None:
            done = self.groups_settled[index] = set()
        done.add(cell.group)

    def drop(self, cell: Cell) -> None:
        """A cell is unsettled again."""
        index = cell.window.index
        del self.settled[index, cell.group]
        self.groups_settled[index].discard(cell.group)
        self.waiting[index] = self.closed[index]

    def _ready(self, window: Window, place: int) -> Callable[[Group], bool]:
        """Whether a group of a closed window can settle now."""
        world, waiting = self.world, self.settler.waiting
        if waiting is not None:
            passed = self._latest_passed(window)
            return lambda group: not waiting.waits(window, group, (world.now, place), passed)
        reads = [self._read_settled(read, window.index) for read in self.plan.reads]
        if not (self._waits or self._cures) or self._latest_passed(window):
            if len(reads) == 1:
                return reads[0]
            return lambda group: all(settled(group) for settled in reads)
        cells = world.windows.cells(self.grid, window.index)

        def ready(group: Group) -> bool:
            for store in self._waits:
                if any((cell, group) in store.undecided for cell in cells):
                    return False
            if any(store.may_be_cured(cells, group) for store in self._cures):
                return False
            return all(settled(group) for settled in reads)

        return ready

    def _latest_passed(self, window: Window) -> bool:
        length = self.plan.term.settle_latest
        if length is None:
            return False
        at = self.time_after(window, length)
        return at is not None and at <= self.world.now

    def read_settled(self, read: Reads, index: int, group: Group) -> bool:
        """Whether all that a window reads of another figure, for groups that agree with this one, has settled."""
        return self._read_settled(read, index)(group)

    def _read_settled(self, read: Reads, index: int) -> Callable[[Group], bool]:
        other = self.world.figures.machines[read.figure]
        reached = self.reach(read, index)
        if any(there not in other.closed for there in reached):
            return lambda group: False
        if read.how not in ("same", "back") or any(name not in self.by for name in other.by):
            return lambda group: not any(self._waits_for(other, there, group) for there in reached)
        places, settled = [self.by.index(name) for name in other.by], other.settled

        def alone(group: Group) -> bool:
            found = tuple([group[place] for place in places])
            return all((there, found) in settled or not other.sees(there, found) for there in reached)

        return alone

    def _waits_for(self, other: FigureMachine, index: int, group: Group) -> bool:
        """Whether of a window of another figure groups have not settled that agree with one of this."""
        if index not in other.waiting:
            return False
        wanted = dict(zip(self.by, group, strict=True))
        return any(
            (index, found) not in other.settled
            and all(wanted.get(n, v) == v for n, v in zip(other.by, found, strict=True))
            for found in other.groups(index)
        )
