"""How many rows there can be of what is counted, and what holds of one of them."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from bpodsl.bounds import conditions
from bpodsl.bounds.ranges import Range, between
from bpodsl.bounds.told import rows_told
from bpodsl.bounds.windows import Times, within
from bpodsl.lean import evolve
from bpodsl.terms import Contract, Once, OnEvent, OnPeriod
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid

if TYPE_CHECKING:
    from bpodsl.bounds.expressions import Bounds


def how_many(bounds: Bounds, e: ex.Aggregate) -> Range:
    """The number of rows of an aggregate."""
    times = _number(bounds, e.rows)
    low = times.low
    if e.where is not None:
        with of_row(bounds, e.rows):
            may, may_not, gap = conditions.truth(bounds, e.where)
        if not may:
            return evolve(between(0, 0, ""), whole=True)
        low = 0 if may_not or gap else low
    return between(low, times.high, f"nothing limits how many {rows_told(e.rows)} there are", whole=True)


def _number(bounds: Bounds, rows: ex.Rows) -> Times:
    found = _in_window(bounds, rows)
    return Times(0, found.high) if bounds.cut else found


def _in_window(bounds: Bounds, rows: ex.Rows) -> Times:
    match rows:
        case ex.FigureRows(name, None) if bounds.grid is not None:
            figure = bounds.figures.get(name)
            return Times(0, None) if figure is None else within(figure.grid, bounds.grid, bounds.contract)
        case ex.FigureRows(_, n) | ex.PastRows(_, n) if n is not None:
            return Times(0, n)
        case ex.OutcomeRows(norm, _, "opened") if bounds.grid is not None:
            return openings(bounds.contract, norm, bounds.grid)
    return Times(0, None)


def openings(contract: Contract, name: str, grid: Grid) -> Times:
    """How often an obligation opens in a window, as far as only the calendar opens it."""
    norm = next((norm for norm in contract.norms if norm.name == name), None)
    if norm is None or not norm.opening or not all(isinstance(way, OnPeriod | Once) for way in norm.opening):
        return Times(0, None)
    highs = [within(way.grid, grid, contract).high if isinstance(way, OnPeriod) else 1 for way in norm.opening]
    return Times(0, None if None in highs else sum(high or 0 for high in highs))


def kinds_of_row(contract: Contract, rows: ex.Rows) -> tuple[str, ...]:
    """The kinds of event whose fields a row has."""
    match rows:
        case ex.EventRows(event) | ex.TrailRows(event):
            return (event,)
        case ex.OutcomeRows(name) | ex.StandingRows(name) | ex.TrailOutcomes(name):
            return opened_by(contract, name)
        case ex.StateRows(name) | ex.TrailIntervals(name):
            state = next((state for state in contract.states if state.name == name), None)
            return () if state is None else tuple(s.event for s in (*state.starts, *state.intervals))
    return ()


def opened_by(contract: Contract, name: str) -> tuple[str, ...]:
    """The kinds of event that open an obligation; of a prohibition those that break it."""
    norm = next((norm for norm in contract.norms if norm.name == name), None)
    if norm is None:
        return ()
    if norm.form == "prohibition":
        return tuple(selector.event for selector in norm.acts)
    return tuple(way.selector.event for way in norm.opening if isinstance(way, OnEvent))


def of_row(bounds: Bounds, rows: ex.Rows) -> AbstractContextManager[None]:
    """In the scope of one row."""
    of = rows.figure if isinstance(rows, ex.FigureRows | ex.PastRows) else ""
    return bounds.within(events=kinds_of_row(bounds.contract, rows), rows_of=of)


def value_of_rows(bounds: Bounds, e: ex.Aggregate) -> ExitStack:
    """In the scope of one row that is counted."""
    stack = ExitStack()
    stack.enter_context(of_row(bounds, e.rows))
    if e.where is not None:
        stack.enter_context(bounds.given(e.where, True))
    return stack


