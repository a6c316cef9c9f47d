"""The program: a contract as tables, ready to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bpodsl.lean import field, frozen
from bpodsl.terms import Contract, Expression, Figure
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid


@frozen
class StoreSpec:
    """Rows of one source, kept by the cells of a grid and by group. Aggregates that agree in this share them."""

    rows: ex.Rows
    grid: Grid
    by: tuple[str, ...]


@frozen
class Step:
    """What an event of a kind does at one place: `does` names the method, `name` the term."""

    place: int
    level: int
    name: str
    does: str

    @property
    def meets(self) -> bool:
        """Whether it is offered to what is open already: an act, or a waiver."""
        return self.does in ("perform", "waive")


@frozen
class KindPlan:
    """What events of a kind touch.

    `before`, `during`: the steps before and in the term, in their order; `after`: those that may be taken after it, of
    norms that go on then, or whose debts do. `noted_before`, `noted_after`: whether other parts of such an event are
    left out then, whatever norms take. `rows`: whether figures count it; `trails`:
    whether rows ask for it as of their case or of a stretch of time; `feeds`: whether it gives points to series.
    `periods`: the fields of the periods in whose windows figures count it; `noted_counted`: as `noted_after`, of an
    event that so counts after the end. `surviving`: how grids survive the end in which it counts, and the period field.
    """

    name: str
    keys: tuple[str, ...]
    declared: tuple[str, ...]
    defaults: Mapping[str, Any] = field(hash=False)
    before: tuple[Step, ...]
    during: tuple[Step, ...]
    after: tuple[Step, ...]
    noted_before: bool
    noted_after: bool
    rows: bool
    trails: bool
    feeds: bool
    periods: tuple[str, ...] = ()
    noted_counted: bool = False
    surviving: tuple[tuple[str, str | None], ...] = ()
    reporters: frozenset[str] = frozenset()


@frozen
class Reads:
    """What a figure needs settled, or passes on to: another figure, and how its window is found.

    `how`: "same", "back" (`n` windows), "inside", "last" (`n` windows).
    """

    figure: str
    how: str
    n: int = 0


@frozen
class FigurePlan:
    """A figure and its place among the others. `stores`: whose groups it sees; `waits`: those counted when opened;
    `standing`: the instances that it asks how they stand at the end of a window."""

    term: Figure
    level: int
    by: tuple[str, ...]
    members: tuple[tuple[str, ...] | None, ...]
    expressions: tuple[Expression, ...]
    stores: tuple[StoreSpec, ...]
    waits: tuple[StoreSpec, ...]
    reads: tuple[Reads, ...]
    posted: bool
    # Those of which cured ones count: it waits for what may still be cured.
    cures: tuple[StoreSpec, ...] = ()
    # Whether it waits for what only a branch of its formula reaches; whether what decides that may change in between.
    by_branch: bool = False
    may_change: bool = False
    # The series it asks.
    series: frozenset[str] = frozenset()
    standing: tuple[ex.StandingRows, ...] = ()


@frozen
class Program:
    """The tables of a contract: plain data, frozen and picklable."""

    contract: Contract
    levels: Mapping[str, int] = field(hash=False)
    kinds: Mapping[str, KindPlan] = field(hash=False)
    figures: tuple[FigurePlan, ...]
    stores: tuple[StoreSpec, ...]
    # Those that a rule or a cap counts.
    elsewhere: frozenset[StoreSpec]
    # For each figure, the figures that read it (name, and how).
    readers: Mapping[str, tuple[Reads, ...]] = field(hash=False)
    # Figures on which limits of accounts or conditions of rules rest, and figures that read `Posted`.
    limiting: frozenset[str]
    judging: Mapping[str, tuple[str, ...]] = field(hash=False)
    # States that consequences begin or end.
    structural: frozenset[str]
    # The norms that some expression asks how they stand; the windows and keys of figures whose settling imposes a norm.
    standing: frozenset[str] = frozenset()
    sharing: Mapping[str, tuple[str, ...]] = field(factory=dict, hash=False)
    followed: frozenset[str] = frozenset()
    imposing: Mapping[str, tuple[Grid, tuple[str, ...]]] = field(factory=dict, hash=False)
    # The events asked for in stretches of time, and the fields by which; the fields that cases give.
    trails: tuple[tuple[str, tuple[str, ...]], ...] = ()
    cases: tuple[ex.CaseField, ...] = ()
    # Whether rows by period may ask for these before they act.
    ahead: bool = False
    # The norms whose outcomes are asked for in stretches of time, and the fields by which.
    outcomes: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def level(self) -> int:
        """The level of the agreement itself."""
        return self.levels["agreement"]


def cells_of(grid: Grid) -> Grid:
    """The grid of the cells that a grid's windows are made of."""
    return Grid(
        grid.unit, grid.n, grid.anchor, later=grid.later, goes_on=grid.goes_on, survives=grid.survives,
        edges=grid.edges, labels=grid.labels,
    )  # fmt: skip


def store_of(rows: ex.Rows, grid: Grid, by: tuple[str, ...]) -> StoreSpec | None:
    """The store that an aggregate over these rows uses; None for rows of figures, instances that stand open, and
    stretches of time.
    """
    match rows:
        case ex.FigureRows() | ex.StandingRows() | ex.PastRows():
            return None
        case ex.TrailRows() | ex.TrailOutcomes() | ex.TrailIntervals():
            return None
        case ex.OutcomeRows(norm, _, counted, waits):
            return StoreSpec(ex.OutcomeRows(norm, (), counted, waits), cells_of(grid), by)
        case _:
            return StoreSpec(rows, cells_of(grid), by)
