"""Windows that an event anchors, and assignments that one brings about: where they lie, as far as is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bpodsl.lean import evolve
from bpodsl.record.event import Event
from bpodsl.terms import Contract, Figure, Norm, OnPeriod
from bpodsl.values import LAST_DAY, DayFrom, Grid, TimeError, Zone

Days = Mapping[str, date]
"""The local day of the first event of each kind, as far as one is known."""


def anchoring(contract: Contract) -> frozenset[str]:
    """The kinds of event that tell where windows of the contract lie, or from when another party stands in it."""
    grids = [figure.grid for figure in contract.figures]
    grids += [way.grid for norm in contract.norms for way in norm.opening if isinstance(way, OnPeriod)]
    grids += [account.grid for account in contract.accounts]
    found = (each for grid in grids for each in (grid.anchor_from, grid.begins_from) if each is not None)
    replacing = (each.event for each in contract.assignments if each.event)
    return frozenset((*(each.event for each in found), *replacing))


def first_days(kinds: frozenset[str], events: Iterable[Event], zone: Zone) -> dict[str, date]:
    """The day of the first event of each of these kinds; `events` are those that stand."""
    first: dict[str, Event] = {}
    for event in events:
        if event.kind in kinds and event.effective:
            known = first.get(event.kind)
            if known is None or (event.acts, event.order) < (known.acts, known.order):
                first[event.kind] = event
    return {kind: zone.day(event.acts) if event.day is None else event.day for kind, event in first.items()}


def grounded(contract: Contract, days: Days) -> Contract:
    """The contract with its windows and assignments where these days put them. Those whose day is not known keep
    waiting, and so do not exist."""
    return evolve(
        contract,
        figures=tuple(_figure(figure, days) for figure in contract.figures),
        norms=tuple(_norm(norm, days) for norm in contract.norms),
        accounts=tuple(evolve(account, grid=_grid(account.grid, days)) for account in contract.accounts),
        assignments=tuple(evolve(a, day=days.get(a.event)) if a.event else a for a in contract.assignments),
    )


def _figure(figure: Figure, days: Days) -> Figure:
    return evolve(figure, grid=_grid(figure.grid, days)) if figure.grid.waits else figure


def _norm(norm: Norm, days: Days) -> Norm:
    ways = tuple(OnPeriod(_grid(way.grid, days)) if isinstance(way, OnPeriod) else way for way in norm.opening)
    return norm if ways == norm.opening else evolve(norm, opening=ways)


def _grid(grid: Grid, days: Days) -> Grid:
    if grid.anchor_from is not None and grid.anchor_from.event in days:
        anchor = _day(grid.anchor_from, days)
        begins = anchor if grid.begins is None else max(anchor, grid.begins)
        grid = evolve(grid, anchor=anchor, begins=begins, anchor_from=None)
    if grid.begins_from is not None and grid.begins_from.event in days:
        begins = _day(grid.begins_from, days)
        grid = evolve(grid, begins=begins if grid.begins is None else max(begins, grid.begins), begins_from=None)
    return grid


def _day(told: DayFrom, days: Days) -> date:
    try:
        return told.counted(days[told.event])
    except (TimeError, OverflowError):
        return LAST_DAY
