"""How many rows there can be of what is counted, and what holds of one of them."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import TYPE_CHECKING

from bpodsl.bounds import conditions
from bpodsl.bounds.ranges import Range, between
from bpodsl.bounds.told import rows_told
from bpodsl.bounds.windows import Times, product, within
from bpodsl.lean import evolve
from bpodsl.terms import Contract, Figure, Group, Once, OnEvent, OnPeriod
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
        case ex.FigureRows(name, last) if name in bounds.figures:
            figure = bounds.figures[name]
            windows = Times(0, last)
            if last is None and bounds.grid is not None:
                windows = within(figure.grid, bounds.grid, bounds.contract)
            found = product(windows, groups(figure, bounds.keys))
            # A window, or a group of it, that is not measured is no row.
            return Times(0, found.high) if found.low and bounds.of_figure(name).gap else found
        case ex.PastRows(name, n) if name in bounds.figures:
            return Times(0, product(Times(0, n), groups(bounds.figures[name], None)).high)
        case ex.OutcomeRows(norm, _, "opened") if bounds.grid is not None:
            return openings(bounds.contract, norm, bounds.grid)
    return Times(0, None)


def openings(contract: Contract, name: str, grid: Grid) -> Times:
    """How often an obligation opens in a window, as far as only the calendar opens it."""
    norm = next((norm for norm in contract.norms if norm.name == name), None)
    if norm is None or not norm.opening or not all(isinstance(way, OnPeriod | Once) for way in norm.opening):
        return Times(0, None)
    highs = [within(way.grid, grid, contract).high if isinstance(way, OnPeriod) else 1 for way in norm.opening]
    each = 1 if norm.members is None else len(norm.members.values)
    return Times(0, None if None in highs else each * sum(high or 0 for high in highs))


def groups(figure: Figure, keys: tuple[Group, ...] | None) -> Times:
    """How many groups of one window of a figure agree with the group that asks, which has these keys (None: it is not
    known which); of a figure by no key it is one."""
    found = Times(1, 1)
    asking = {group.name: group for group in keys or ()}
    for group in figure.by:
        own = group.members
        if group.name in asking:
            theirs = asking[group.name].members
            sure = own is not None and theirs is not None and set(theirs) <= set(own)
            found = product(found, Times(1 if sure else 0, 1))
        else:
            found = product(found, Times(0, None) if own is None else Times(0 if keys is None else len(own), len(own)))
    # After the end of the agreement only those have a value that are seen.
    return Times(0, found.high) if figure.by and figure.grid.goes_on else found


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
    return bounds.within(events=kinds_of_row(bounds.contract, rows), rows_of=of, keys=None)


def value_of_rows(bounds: Bounds, e: ex.Aggregate) -> ExitStack:
    """In the scope of one row that is counted."""
    stack = ExitStack()
    stack.enter_context(of_row(bounds, e.rows))
    if e.where is not None:
        stack.enter_context(bounds.given(e.where, True))
    return stack


