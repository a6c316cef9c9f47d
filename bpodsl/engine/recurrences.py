"""Among windows: how often a condition has held, and whether that fires."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import islice

from bpodsl.engine.scopes import Position
from bpodsl.engine.settling import Cell
from bpodsl.record.many import many
from bpodsl.terms import Recurrence
from bpodsl.values import exact


@many(eq=False)
class Firing:
    """A rule fires for a window, at a position, on the windows counted."""

    cell: Cell
    pos: Position
    counted: tuple[Cell, ...]
    total: int | Fraction = 0
    """What the windows counted add up to."""

    def same(self, other: Firing) -> bool:
        """Whether nothing of its entry differs."""
        return (self.pos, self.total) == (other.pos, other.total) and [c.window.index for c in self.counted] == [
            c.window.index for c in other.counted
        ]


class Judge:
    """The windows of one group, as they settle.

    `held`: True, False, or None for a window not measured. `awaited` tells whether an earlier window of the group
    may still settle: where firings use windows up, they are judged in order. `cell` gives the contract year (or the
    like) in which a window ends; None where there is no such window.
    """

    def __init__(
        self,
        recurrence: Recurrence | None,
        awaited: Callable[[int], bool],
        cell: Callable[[int], int | None] = lambda _: None,
    ) -> None:
        self._recurrence = recurrence
        self._cell = cell
        self._awaited = awaited
        self._cells: dict[int, Cell] = {}
        self._held: dict[int, bool | None] = {}
        self._weights: dict[int, int | Fraction] = {}
        self._used: set[int] = set()
        self._fired: set[int] = set()
        self._next = 0

    def settled(
        self, index: int, cell: Cell, held: bool | None, pos: Position, weight: int | Fraction = 1
    ) -> list[Firing]:
        """A window has settled: what fires now. `weight`: what it adds to the count, if the condition held."""
        self._cells[index], self._held[index], self._weights[index] = cell, held, weight
        recurrence = self._recurrence
        if recurrence is None:
            return [Firing(cell, pos, (cell,), 1)] if held else []
        found: list[Firing] = []
        for each in self._to_judge(index, recurrence):
            firing = self._judge(each, recurrence, pos)
            if firing is not None:
                found.append(firing)
        return found

    def _to_judge(self, index: int, recurrence: Recurrence) -> list[int]:
        if recurrence.resets:
            ready = []
            for each in range(self._next, max(self._cells) + 1):
                if each not in self._cells and self._awaited(each):
                    break
                self._next = each + 1
                if each in self._cells:
                    ready.append(each)
            return ready
        later = [i for i in sorted(self._cells) if i > index and i not in self._fired]
        if recurrence.m is not None and recurrence.unmeasured == "breaks":
            later = [i for i in later if i < index + recurrence.m]
        elif recurrence.within is not None:
            later = [i for i in later if self._cell(i) == self._cell(index)]
        return [index, *later]

    def _judge(self, index: int, recurrence: Recurrence, pos: Position) -> Firing | None:
        counted = self._counted(index, recurrence)
        total = self._total(counted)
        if total < recurrence.n:
            return None
        if recurrence.fires == "counting" and not self._held[index]:
            return None
        if recurrence.fires == "becoming" and self._total(self._counted(index - 1, recurrence)) >= recurrence.n:
            return None
        self._fired.add(index)
        if recurrence.resets:
            self._used.update(counted)
        return Firing(self._cells[index], pos, tuple(self._cells[i] for i in counted), total)

    def _total(self, counted: list[int]) -> int | Fraction:
        return exact(sum(self._weights[i] for i in counted))

    def _counted(self, index: int, recurrence: Recurrence) -> list[int]:
        """The windows counted for the one of that index, earliest first."""
        if recurrence.m is not None:
            span = list(range(index - recurrence.m + 1, index + 1))
            if recurrence.unmeasured == "skipped":
                measured = (i for i in range(index, -1, -1) if self._held.get(i, False) is not None)
                span = sorted(islice(measured, recurrence.m))
            return [i for i in span if self._held.get(i) and i not in self._used]
        if recurrence.within is not None:
            cell = self._cell(index)
            some = [] if cell is None else [i for i in sorted(self._held) if i <= index and self._cell(i) == cell]
            return [i for i in some if self._held[i] and i not in self._used]
        found: list[int] = []
        while index in self._held:
            if self._held[index] is None and recurrence.unmeasured == "skipped":
                index -= 1
                continue
            if not self._held[index] or index in self._used:
                break
            found.append(index)
            index -= 1
        return found[::-1]
