"""All figures together: who waits for whom, and what one reads of another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from bpodsl.engine.figures import FigureMachine
from bpodsl.engine.places import settle_place
from bpodsl.engine.program import Program, Reads, cells_of
from bpodsl.engine.restating import Restating
from bpodsl.engine.scopes import Scope
from bpodsl.engine.settling import Cell, FigureRowSource
from bpodsl.engine.stores import Group, Store
from bpodsl.record import SETTLE_LATE, TERM_END
from bpodsl.terms import NotMeasured
from bpodsl.values import Grid, Window

if TYPE_CHECKING:
    from bpodsl.engine.world import World

NOT_SETTLED = NotMeasured("not settled")
NO_SUCH = NotMeasured("no such window")


class FigureBook:
    """All figures by name."""

    def __init__(self, world: World, program: Program) -> None:
        self.world = world
        self.program = program
        self.machines: dict[str, FigureMachine] = {}
        for plan in program.figures:
            self.machines[plan.term.name] = FigureMachine(world, plan)
        for machine in self.machines.values():
            for spec in machine.plan.stores:
                world.rows.stores[spec].figures.append(machine.name)
        self.restating = Restating(self)
        # The figures whose rows may cease to ask a question though nothing about them changes.
        self._unsteady: list[FigureMachine] = []
        self._changing = [machine for machine in self.machines.values() if machine.plan.may_change]

    def let_go(self) -> None:
        """Nothing asks any more for what the entries of cells that have settled follow from."""
        for machine in self.machines.values():
            machine.let_go()

    def make(self) -> None:
        """Compile the figures; when the world has this book."""
        for machine in self.machines.values():
            machine.settler.make()
            if machine.settler.unsteady:
                self._unsteady.append(machine)
            for spec in machine.plan.stores if machine.settler.asked else ():
                self.world.rows.stores[spec].asked = self.world.rows.asked = True
            for spec in machine.plan.cures:
                self.world.rows.stores[spec].cures = self.world.rows.cures = True

    def source(self, figure: str, last: int | None) -> FigureRowSource:
        """Rows that are windows of a figure."""
        return FigureRowSource(self, figure, last)

    def read(self, figure: str, back: int, s: Scope) -> Cell | NotMeasured | None:
        """The cell of a figure for the window in scope, or `back` earlier. None: there is no such window."""
        asked = figure, back
        if asked in s.kept:
            known: Cell | NotMeasured | None = s.kept[asked]
            return known
        found = s.kept[asked] = self._read(figure, back, s)
        return found

    def _read(self, figure: str, back: int, s: Scope) -> Cell | NotMeasured | None:
        machine = self.machines[figure]
        if s.window is None or s.grid is None:
            return NO_SUCH
        there = self.world.windows.matching(machine.grid, s.window, s.grid)
        if there is None or self.world.windows.window(machine.grid, there - back) is None:
            return None
        group = tuple(s.group.get(name) for name in machine.by)
        cell = machine.settled.get((there - back, group))
        if cell is None or cell.pos > s.position:
            closed = there - back in machine.closed
            return NO_SUCH if closed and not machine.sees(there - back, group) else NOT_SETTLED
        return cell

    # ------------------------------------------------------------------ what happens
    def close(self, grid: Grid, index: int, place: int) -> None:
        """The windows of that index have ended, for the figures of a grid."""
        for machine in self.machines.values():
            if machine.grid == grid:
                self.world.push(place, machine.level, machine.name, "", (), machine.close, index)

    def arrived(self, store: Store, cell: int, group: Group, place: int) -> None:
        """Something that counts in a cell has come, or ceased to be undecided: windows that wait may settle."""
        for name in store.figures:
            machine = self.machines[name]
            if machine.waiting:
                for index in self._with_cell(machine, cell):
                    if index in machine.waiting and group not in machine.groups_settled.get(index, ()):
                        self._try(machine, index, group, place)

    def _with_cell(self, machine: FigureMachine, cell: int) -> range:
        span = 1 if machine.grid.unit == "term" else machine.grid.span
        return range(cell, cell + span)

    def _try(self, machine: FigureMachine, index: int, group: Group, place: int) -> None:
        there = settle_place(place, machine.waiting[index] == (self.world.now, TERM_END))
        self.world.push(there, machine.level, machine.name, "", (), machine.try_one, (index, group))

    def following(self, machine: FigureMachine, window: Window, place: int) -> Callable[[Cell], None]:
        """What follows from a cell of a window that has settled: its lines and rules, and what waits for it is tried
        again."""
        world = self.world
        waiting = [
            (settle_place(place, reader.waiting[index] == (world.now, TERM_END)), reader, index, same)
            for index, reader, same in self.readers(machine, window) if index in reader.waiting
        ]  # fmt: skip

        def settled(cell: Cell) -> None:
            for line in machine.lines:
                world.lines.settled(line, cell, place)
            for rule in machine.rules:
                world.push(place, rule.level, rule.name, "", (cell.window.index, cell.text), rule.settled, cell)
            for there, reader, index, same in waiting:
                if same:
                    world.push(there, reader.level, reader.name, "", (), reader.try_one, (index, cell.group))
                else:
                    world.push(there, reader.level, reader.name, "", (), reader.try_window, index)

        return settled

    def extended(self) -> None:
        """The term is longer now: what waited for a window of the whole term may have nothing to wait for, and a point
        of a series that is asked for by the end of the term may be there."""
        self.restating.extended = True
        for machine in self.machines.values():
            if machine.reads_term or machine.plan.series:
                for index in machine.waiting:
                    self.world.push(SETTLE_LATE, machine.level, machine.name, "", (), machine.try_window, index)

    @property
    def restless(self) -> bool:
        """Whether there are windows to be looked at again."""
        return bool(self._unsteady or self._changing)

    def look_again(self, place: int) -> None:
        """Windows that wait may do so no more though nothing has settled: what their rows find elsewhere may have
        changed, and so what they ask; or what decides which branch of a formula counts."""
        for machine in self._unsteady:
            for index in machine.unanswered():
                self.world.push(place, machine.level, machine.name, "", (), machine.try_window, index)
        for machine in self._changing:
            for index in machine.waiting:
                there = settle_place(place, machine.waiting[index] == (self.world.now, TERM_END))
                self.world.push(there, machine.level, machine.name, "", (), machine.try_window, index)

    def closed(self, machine: FigureMachine, window: Window, place: int) -> None:
        """A window has closed: it may have no group that others wait for."""
        for index, reader, _ in self.readers(machine, window):
            if index in reader.waiting:
                there = settle_place(place, reader.waiting[index] == (self.world.now, TERM_END))
                self.world.push(there, reader.level, reader.name, "", (), reader.try_window, index)

    def readers(self, machine: FigureMachine, window: Window) -> Iterator[tuple[int, FigureMachine, bool]]:
        """The windows of other figures that read a window, and whether in the same group only."""
        for read in self.program.readers.get(machine.name, ()):
            reader = self.machines[read.figure]
            back = Reads(machine.name, read.how, read.n)
            if read.how in ("same", "back"):
                there = self.world.windows.matching(reader.grid, window, machine.grid)
                if there is not None:
                    yield there + read.n, reader, reader.by == machine.by
            else:
                for index in self._later(reader, window, read.how):
                    if window.index in reader.reach(back, index):
                        yield index, reader, False

    def _later(self, reader: FigureMachine, window: Window, how: str) -> Iterator[int]:
        """The windows of a reader that have closed and may hold a window, or come after it."""
        windows = self.world.windows
        instant = window.end - 1 if how == "inside" else window.end
        index = windows.cell(cells_of(reader.grid), instant)
        if index is None:
            return
        stop = index + reader.grid.span if how == "inside" else max(reader.closed, default=-1) + 1
        yield from (i for i in range(index, stop) if i in reader.closed)

