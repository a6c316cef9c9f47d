"""Settled windows whose rows have changed: settled anew where they settled, and all that rests on them."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from bpodsl.engine.places import settle_place
from bpodsl.engine.scopes import Position
from bpodsl.engine.stores import Group, Store
from bpodsl.engine.takebacks import Remake
from bpodsl.record import SETTLE, TERM_END

if TYPE_CHECKING:
    from bpodsl.engine.figure_book import FigureBook
    from bpodsl.engine.figures import FigureMachine
    from bpodsl.engine.settling import Cell

Dirty = tuple[int, int, str, int, Group]
Placed = Callable[[Position], Position]


class Restating:
    """The cells to look at again.

    A settled cell is a function of what could be seen from where it settled, and that position one of when what it
    waits for came about; both are reckoned again from rows that have changed in the past. Cells are taken by the end
    of their window and level, so that what a cell reads is right before it is read.
    """

    def __init__(self, book: FigureBook) -> None:
        self._book = book
        self._queue: list[Dirty] = []
        self._queued: set[Dirty] = set()
        self.extended = False

    def touch(self, store: Store, cell: int, group: Group) -> None:
        """Rows of a cell have changed."""
        if store.spec in self._book.program.elsewhere:
            raise Remake("rows that a rule or a cap counts have changed")
        for name in store.figures:
            machine = self._book.machines[name]
            span = 1 if machine.grid.unit == "term" else machine.grid.span
            for index in range(cell, cell + span):
                self._add(machine, index, group)

    def _add(self, machine: FigureMachine, index: int, group: Group) -> None:
        if index in machine.come:
            window = machine.world.windows.window(machine.grid, index)
            assert window is not None
            dirty = (window.end, machine.level, machine.name, index, group)
            if dirty not in self._queued:
                self._queued.add(dirty)
                self._queue.append(dirty)

    def run(self, place: int) -> None:
        """Settle anew what is dirty, and what that makes dirty."""
        heapify(self._queue)
        while self._queue:
            dirty = heappop(self._queue)
            self._queued.discard(dirty)
            known = len(self._queue)
            self._settle(self._book.machines[dirty[2]], *dirty[3:], place)
            new = self._queue[known:]
            del self._queue[known:]
            for each in new:
                heappush(self._queue, each)

    def _settle(self, machine: FigureMachine, index: int, group: Group, place: int) -> None:
        old = machine.settled.get((index, group))
        if machine.plan.posted or machine.plan.series or machine.plan.cures or machine.settler.asks:
            raise Remake(f"{machine.name} was settled on what may have changed since")
        if self.extended and machine.reads_term:
            raise Remake(f"{machine.name} may have waited for a window of a term that was extended")
        pos = self._position(machine, index, group)
        if pos is not None and pos > (machine.world.now, place):
            pos = None
        if pos is None:
            if old is not None:
                machine.drop(old)
                machine.world.withdraw(old.name)
                self._changed(machine, old, old, None)
            return
        window = machine.world.windows.window(machine.grid, index) if old is None else old.window
        assert window is not None
        new = machine.settler.settle(window, group, pos)
        machine.keep(new)
        if old is None or (old.pos, old.value, old.standing, old.below) != (
            new.pos, new.value, new.standing, new.below,
        ):  # fmt: skip
            self._changed(machine, new, old, new)

    def _changed(self, machine: FigureMachine, cell: Cell, old: Cell | None, new: Cell | None) -> None:
        book, world = self._book, machine.world
        if machine.name in book.program.limiting:
            raise Remake(f"the limit of a cap rests on {machine.name}")
        for line in machine.lines:
            world.lines.restated(line, old, new)
        for name in book.program.judging.get(machine.name, ()):
            world.rules.windows[name].restate(machine, cell.group)
        for index, reader, same in book.readers(machine, cell.window):
            if same:
                self._add(reader, index, cell.group)
            elif index in reader.closed:
                groups = *reader.groups(index), *reader.read_groups(index), *reader.groups_settled.get(index, ())
                for each in dict.fromkeys(groups):
                    self._add(reader, index, each)

    def _position(self, machine: FigureMachine, index: int, group: Group) -> Position | None:
        """Where a cell settles, as things are known now; None if it does not yet."""
        if not machine.see_again(index, group):
            return None
        found = self._all_there(machine, index, group)
        if machine.plan.by_branch and found != machine.come[index]:
            # It may have settled before all that its formula names had: which branch was taken then is not kept.
            raise Remake(f"{machine.name} may wait for what only a branch of it reaches")
        return found

    def _all_there(self, machine: FigureMachine, index: int, group: Group) -> Position | None:
        """Where all that the formula of a cell names has settled and been decided; None if it has not yet."""
        world, term = machine.world, machine.plan.term
        window = world.windows.window(machine.grid, index)
        assert window is not None
        closed = machine.closed[index]

        def placed(pos: Position) -> Position:
            return pos[0], settle_place(pos[1], closed == (pos[0], TERM_END))

        found = machine.come[index]
        waited = self._decided(machine, index, group, placed)
        if term.settle_latest is not None:
            at = machine.time_after(window, term.settle_latest)
            if at is not None and at <= world.now:
                latest = max(found, (at, SETTLE))
                waited = latest if waited is None else min(waited, latest)
        if waited is None:
            return None
        found = max(found, waited)
        wanted = dict(zip(machine.by, group, strict=True))
        for read in machine.plan.reads:
            other = world.figures.machines[read.figure]
            for there in machine.reach(read, index):
                if there not in other.closed:
                    return None
                if other.come.get(there, found) > found:
                    raise Remake(f"{machine.name} may have settled before all groups of {other.name} were seen")
                found = max(found, placed(other.closed[there]))
                for each in other.groups(there):
                    if all(wanted.get(n, v) == v for n, v in zip(other.by, each, strict=True)):
                        cell = other.settled.get((there, each))
                        if cell is None:
                            return None
                        found = max(found, placed(cell.pos))
        return found

    def _decided(
        self, machine: FigureMachine, index: int, group: Group, placed: Placed
    ) -> Position | None:
        found: Position = (0, 0)
        cells = machine.world.windows.cells(machine.grid, index)
        for spec in machine.plan.waits:
            for instance in machine.world.rows.stores[spec].rows(cells, group):
                pos = instance.settled_pos()
                if pos is None:
                    return None
                found = max(found, placed(pos))
        return found
