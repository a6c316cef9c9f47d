"""What an expression may see: a row of a kind, or a window and its group."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from bpodsl.terms import EventField, Figure, Kind
from bpodsl.values import Grid


@frozen
class RowScope:
    """A row: its fields, and whether it has a reading, an instant, is a row of a figure, or an outcome.

    `live`: it is looked at as it comes, not when a window settles. `outer`: the row that asks for it.
    """

    fields: Mapping[str, EventField]
    reading: bool = False
    instant: bool = True
    figure: Figure | None = None
    outcome: bool = False
    outstanding: Kind | None = None
    live: bool = False
    outer: RowScope | None = None


@frozen
class WindowScope:
    """A window of a grid and a group. `own`: the figure being made, which may read its own past."""

    grid: Grid
    by: tuple[str, ...]
    own: str = ""
    kind: Kind | None = None


Scope = RowScope | WindowScope
