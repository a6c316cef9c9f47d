"""How long windows are, and how many of one kind lie in one of another. Windows that the term cuts are left out."""

from __future__ import annotations

from functools import cache

from bpodsl.lean import evolve, frozen
from bpodsl.terms import Contract, Term
from bpodsl.values import Grid, add_months

MONTH, YEAR = Grid("month"), Grid("month", 12)


@frozen
class Times:
    """How often something happens: at least and at most; None: as often as it likes."""

    low: int
    high: int | None


def product(one: Times, other: Times) -> Times:
    """So often each time."""
    high = None if one.high is None or other.high is None else one.high * other.high
    return Times(one.low * other.low, high)


def days_of(grid: Grid, term: Term, cell: bool = False) -> Times:
    """The days of a window (`cell`: of the last of its cells)."""
    if grid.later:
        each = [days_of(one, term, cell) for one in grid.each]
        highs = [one.high for one in each if one.high is not None]
        return Times(min(one.low for one in each), max(highs) if len(highs) == len(each) else None)
    if grid.goes_on and not cell:
        # What is left of the window in which the agreement ended belongs to the one after it.
        found = days_of(evolve(grid, goes_on=False), term)
        return Times(1, None if found.high is None else 2 * found.high)
    span = 1 if cell else grid.span
    match grid.unit:
        case "term":
            if term.last is None or term.renewal is not None:
                return Times(1, None)
            return Times(1, (term.last - term.effective).days + 1)
        case "month":
            return _months(grid.n * span)
        case "listed":
            lengths = [(after - first).days for first, after in zip(grid.edges, grid.edges[span:], strict=False)]
            return Times(min(lengths, default=1), max(lengths, default=1))
        case "week":
            return Times(7 * grid.n * span, 7 * grid.n * span)
    return Times(grid.n * span, grid.n * span)


@cache
def _months(n: int) -> Times:
    """The days of so many months: those of four hundred years of the calendar repeat, and eight hold a leap year."""
    from datetime import date

    firsts = [date(year, month, 1) for year in range(2096, 2105) for month in range(1, 13)]
    lengths = [(add_months(first, n) - first).days for first in firsts if first.year + (n + 11) // 12 < 2199]
    return Times(min(lengths), max(lengths)) if lengths else Times(28 * n, 31 * n)


def within(inner: Grid, outer: Grid, contract: Contract) -> Times:
    """How many windows of one grid end in a window of another."""
    if inner.later or outer.later:
        every = [within(one, other, contract) for one in inner.each for other in outer.each]
        highs = [each.high for each in every if each.high is not None]
        # A period in which they change may have some of each.
        return Times(min(each.low for each in every), sum(highs) if len(highs) == len(every) else None)
    late = inner.begins or inner.waits or inner.times is not None or inner.partial == "exclude"
    if inner.unit == "term":
        return Times(0, 1)
    alike = inner.unit == outer.unit and inner.unit not in ("term", "listed")
    if alike and (outer.n * outer.span) % inner.n == 0 and _steady(inner, outer):
        n = outer.n * outer.span // inner.n
        found = Times(n, n)
    else:
        of, step = days_of(outer, contract.term), days_of(inner, contract.term, cell=True)
        assert step.high is not None
        every_day = inner.unit == "day" and inner.n == 1
        high = None if of.high is None else of.high // step.low + (0 if every_day else 1)
        found = Times(of.low // step.high, high)
    high = found.high
    if inner.times is not None:
        high = inner.times if high is None else min(high, inner.times)
    return Times(0 if late else found.low, high)


def touched(by: Grid, period: Grid, contract: Contract) -> int | None:
    """How many windows of a cap may hold sums that arise in one period; None if that has no end."""
    if by.unit == "term":
        return 1
    if period.later:
        most_of = [touched(by, each, contract) for each in period.each]
        return None if None in most_of else max(each or 0 for each in most_of)
    if period.unit == "term":
        return within(by, period, contract).high
    if by.unit == period.unit != "listed" and _meet(by, period):
        cells, length = period.n, by.n * by.span
        if by.span > 1 or cells % by.n == 0 or by.n % cells == 0:
            return -(-cells // length)
    most = within(by, period, contract).high
    return None if most is None else most + 1


def _steady(inner: Grid, outer: Grid) -> bool:
    """Whether as many windows end in each longer one: their edges are as far apart wherever they lie, unless short
    months move one of them."""
    return _meet(inner, outer) or all(grid.anchor is None or grid.anchor.day <= 28 for grid in (inner, outer))


def _meet(one: Grid, other: Grid) -> bool:
    """Whether the edges of windows of the longer of two grids are edges of the shorter one."""
    if one.unit != "month":
        return one.anchor == other.anchor
    days = {1 if grid.anchor is None else grid.anchor.day for grid in (one, other)}
    if len(days) > 1 or one.anchor_from is not None or other.anchor_from is not None:
        return False
    if one.n == 1 or other.n == 1:
        return True
    months = {0 if grid.anchor is None else grid.anchor.month - 1 for grid in (one, other)}
    return len({month % min(one.n, other.n) for month in months}) == 1
