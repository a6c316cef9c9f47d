"""Rows of one source, by cell of their grid and group, and what is asked of one that is an outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from operator import attrgetter
from typing import Any

from bpodsl.engine.instances import Instance
from bpodsl.engine.program import StoreSpec
from bpodsl.engine.scopes import Position
from bpodsl.record import DETERMINE, EARLY, LATE, START
from bpodsl.terms import expressions as ex
from bpodsl.values import Period

Group = tuple[Any, ...]
Cell = tuple[int, Group]


class Come(list[Any]):
    """Outcomes that have all been decided where they are looked at."""

    __slots__ = ()


class Called(Come):
    """The same, of which only their names are known; and there are so many `more`."""

    __slots__ = ("more",)

    def __init__(self, more: int = 0) -> None:
        super().__init__()
        self.more = more


class Put(list[Any]):
    """Outcomes that were put before the sweep came to them, and nothing else."""

    __slots__ = ("_known", "_parted")

    def parted(self, performed: bool) -> tuple[Position, dict[str, list[Any]]]:
        """The last position at which one of them came about, or (`performed`) was performed; and they by status."""
        if getattr(self, "_known", -1) != len(self):
            by_status: dict[str, list[Any]] = {}
            for row in self:
                by_status.setdefault(row.decided, []).append(row)
            self._parted = max(map(_performed_pos if performed else _decided_pos, self)), by_status
            self._known = len(self)
        return self._parted


class Store:
    """Rows of one source, by cell and group."""

    def __init__(self, spec: StoreSpec) -> None:
        self.spec = spec
        # Lists of rows, or what stands for one (see `tallies`).
        self.cells: dict[int, dict[Group, Any]] = {}
        # The cells of which the rows were let go.
        self.gone: set[int] = set()
        # How many instances opened in a cell are undecided.
        self.undecided: dict[Cell, int] = {}
        # The figures that count these rows, and whether one of them asks questions of rows.
        self.figures: list[str] = []
        self.asked = False
        # Whether a figure waits for what may still be cured.
        self.cures = False

    def may_be_cured(self, cells: Iterable[int], group: Group) -> bool:
        """Whether one of the rows of a group in some cells was missed, and may still be cured."""
        return any(row.may_be_cured for row in self.rows(cells, group))

    def group(self, fields: Mapping[str, Any]) -> Group | None:
        """The group that a row with these fields belongs to, None if it lacks one."""
        found = tuple([fields.get(name) for name in self.spec.by])
        return None if None in found else found

    def add(self, cell: int, group: Group, row: Any) -> None:
        """One more row."""
        groups = self.cells.setdefault(cell, {})
        found = groups.setdefault(group, [])
        if type(found) is Put:
            found = groups[group] = list(found)
        found.append(row)

    def sees(self, row: Any, position: Position) -> bool:
        """Whether a row had come at a position. A report on a period that was over is there from the start."""
        match self.spec.rows:
            case ex.OutcomeRows(_, _, counted):
                return counts(row, counted, position)
            case ex.EventRows(_, by_period):
                return (row.event.acts, DETERMINE) <= position or (by_period is not None and row.over(by_period))
            case _:
                return (row.start, START) <= position

    def groups(self, cells: range) -> Iterator[Group]:
        """The groups seen in some cells."""
        for cell in cells:
            yield from self.cells.get(cell, ())

    def rows(self, cells: Iterable[int], group: Group) -> Iterator[Any]:
        """The rows of a group in some cells."""
        for cell in cells:
            found = self.cells.get(cell)
            if found:
                yield from found.get(group, ())


_decided_pos = attrgetter("decided_pos")
_performed_pos = attrgetter("performed_pos")


def period_of(store: Store) -> str | None:
    """The period field that says where an event counts, if there is one."""
    return store.spec.rows.by_period if isinstance(store.spec.rows, ex.EventRows) else None


def last_day(period: Period) -> date:
    """The last day of a period."""
    return period.last


def counted_at(instance: Instance, counted: str) -> tuple[int, bool] | None:
    """The instant that an instance is counted at, and whether it is that of an early deadline."""
    if counted == "opened":
        return instance.opened_pos[0], False
    if counted == "performed":
        return None if instance.performed_pos is None else (instance.performed_pos[0], False)
    if counted == "decided":
        return None if instance.decided_pos is None else (instance.decided_pos[0], instance.decided_early)
    due = instance.deadline_at_decision
    return None if due is None else due.stated or (due.at, due.early)


def place_at(instance: Instance, counted: str, early: bool) -> int:
    """The place at which an instance is counted."""
    pos = {"opened": instance.opened_pos, "performed": instance.performed_pos, "decided": instance.decided_pos}
    found = pos.get(counted)
    return (EARLY if early else LATE) if found is None else found[1]


def counts(instance: Instance, counted: str, seen: Position) -> bool:
    """Whether an instance had come, by what it is counted at, at a position."""
    pos = instance.opened_pos
    if counted == "performed":
        assert instance.performed_pos is not None
        pos = instance.performed_pos
    elif counted == "decided":
        assert instance.decided_pos is not None
        pos = instance.decided_pos
    elif counted == "due":
        found = instance.settled_pos()
        return found is not None and found <= seen
    return pos <= seen


def is_cured(instance: Instance, seen: Position) -> bool:
    """Whether it was missed, and cured by a position."""
    return instance.cured_pos is not None and instance.cured_pos <= seen


def is_late(instance: Instance, status: str, seen: Position) -> bool:
    """Whether it was performed by a position, but after its time."""
    performed = instance.performed_pos is not None and instance.performed_pos <= seen
    decided = performed and status in ("missed", "excused") and not is_cured(instance, seen)
    return decided and instance.norm.term.form != "prohibition"
