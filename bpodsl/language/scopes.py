"""Scopes: what an expression may name where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bpodsl.lean import field, frozen
from bpodsl.terms import Group, Kind
from bpodsl.text import Span
from bpodsl.values import Grid

_NOTHING: Mapping[str, Kind | None] = MappingProxyType({})


@frozen
class Row:
    """A row in scope: an event, an outcome, a state's interval or the window of a figure.

    `told` names it in problems. `reading` is the kind of its reading, if it has one; `figure` the figure
    whose window it is, and `value` the kind of that figure (`ratio`: of a ratio, as in `kinds`). `dated`: it has an
    instant, so that one may ask what held then. `outcome`: it is an outcome, which opened, may be due, decided and
    performed. `outstanding`: the kind of what is still owed of it, if it is one that stands open. `keys`: the fields
    that tell its case. `norm`: the duty whose outcome it is, and `became` what it surely became (nothing: that is not
    known). `events`: the kinds of the events of which it is one, or which led to it (of an outcome: that of `norm`).
    """

    told: str
    fields: Mapping[str, Kind | None]
    reading: Kind | None = None
    figure: str = ""
    value: Kind | None = None
    ratio: bool = False
    dated: bool = True
    outcome: bool = False
    outstanding: Kind | None = None
    keys: tuple[str, ...] = ()
    norm: str = ""
    became: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


@frozen
class Scope:
    """Where an expression stands.

    A window is in scope if `grid` is not None; then `keys` are the kinds of its group, and `counted` says to
    which window outcomes belong (None: not stated). `asker` is the clause that asks. `daily`: a series stands for its
    value of a day. `outer`: of a row that another row asks for, where that stands.
    `sum`: of the limit of a cap, a sum that it may cut.
    """

    told: str
    asker: str = ""
    row: Row | None = None
    grid: Grid | None = None
    keys: Mapping[str, Kind | None] = _NOTHING
    counted: str | None = None
    daily: bool = False
    outer: Scope | None = None
    sum: Row | None = None


@frozen
class FigureHead:
    """What others must know of a figure before it is lowered: its windows and its groups."""

    name: str
    thing: str
    span: Span | None
    grid: Grid
    groups: tuple[Group, ...] = ()
    keys: Mapping[str, Kind | None] = _NOTHING
    counted: str | None = None
    has_target: bool = False
    has_minimum: bool = False
    damaged: bool = False


@frozen
class NormHead:
    """What others must know of an obligation before it is lowered.

    `fields`: of the event that opened it. `by`: what identifies an instance. `reading`: the kind of what
    its clock reads. `opened`: "event", "period", "once", "imposed", or "" for a prohibition. `members`: the values of
    its one key, for each of which it arises.
    `optional`: the fields that an opening may leave out. `waives`: it may be waived.
    """

    name: str
    span: Span | None
    modality: str
    opened: str
    fields: Mapping[str, Kind | None] = _NOTHING
    by: tuple[str, ...] = ()
    reading: Kind | None = field(default=None)
    cures: bool = False
    optional: frozenset[str] = frozenset()
    in_parts: bool = False
    owes: Kind | None = None
    waives: bool = False
    members: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """An instance of it as a row."""
        return Row(
            f"an outcome of `{self.name}`", self.fields, reading=self.reading, outcome=True, keys=self.by,
            norm=self.name,
        )  # fmt: skip


def told_grid(grid: Grid) -> str:
    """The windows of a grid in words: `each month`, `over 3 months, each month`."""
    if grid.unit == "term":
        return "over the term"
    if grid.later:
        return ", then ".join(told_grid(each) for each in grid.each)
    if grid.unit == "listed":
        each = f"each of the periods {grid.labels[0]} to {grid.labels[-1]}"
        return f"over {grid.span} periods, {each}" if grid.span > 1 else each
    unit, n = grid.unit, grid.n
    if unit == "month" and n in (3, 12):
        unit, n = ("quarter" if n == 3 else "year"), 1  # type: ignore[assignment]
    each = f"each {unit}" if n == 1 else f"each {n} {unit}s"
    if grid.anchor is not None:
        each += f" from {grid.anchor.isoformat()}"
    elif grid.anchor_from is not None:
        each += f" from {grid.anchor_from.event}"
    if grid.times is not None:
        each += f", {grid.times} times"
    if grid.span > 1:
        return f"over {grid.span * grid.n} {grid.unit}s, {each}"
    return each


def same_cells(one: Grid, other: Grid) -> bool:
    """Whether the two have one raster, so that a window of one has its counterpart in the other."""
    cells = [(each.unit, each.n, each.anchor, each.anchor_from, each.later, each.edges) for each in (one, other)]
    return cells[0] == cells[1]
