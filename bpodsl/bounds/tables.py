"""What tables can give."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from bpodsl.bounds.conditions import Limit, limits, witnessed
from bpodsl.bounds.ranges import NOTHING, Number, Range, added, exactly, joined, multiplied
from bpodsl.bounds.told import told, value_told
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex

if TYPE_CHECKING:
    from bpodsl.bounds.expressions import Bounds


def of_table(bounds: Bounds, e: ex.Table) -> Range:
    """What the rows that the subject can reach give, each where it applies and none above it does."""
    subject = bounds.of(e.subject)
    if subject.empty:
        return NOTHING
    found: list[Range] = []
    above: list[Limit] = []  # What is known of the subject where no row above applies; of each row worked out once.
    for row in (*e.rows, None):
        result = e.otherwise if row is None else row.result
        own = None if row is None else ex.Compare(row.op, e.subject, row.bound)
        inside, outside = ([] if own is None else list(limits(bounds, own, holds)) for holds in (True, False))
        with bounds.within(assumed=(*bounds.assumed, *above, *inside)):
            here = bounds.of(e.subject)
            if not here.empty:
                value = NOTHING if result is None else bounds.of(result)
                found.append(witnessed(value, _at(e, here)) if not value.empty else value)
        above += outside
        if row is not None and not here.empty and subject.may_be(row.op, bounds.of(row.bound))[1] is False:
            break
    whole = joined(found) if found else NOTHING
    return evolve(whole, gap=whole.gap or subject.gap)


def _at(e: ex.Table, here: Range) -> tuple[tuple[str, str], ...] | None:
    """A value of the subject in this row: where it ends, but within the first row that applies to it."""
    match e.subject:
        case ex.FigureAt(name, ex.Same()):
            kind = next((row.bound.kind for row in e.rows if isinstance(row.bound, ex.Literal)), None)
            at = _inside(e, here)
            return None if at is None else ((name, value_told(at, kind)),)
        case _:
            return ()


def _inside(e: ex.Table, here: Range) -> Number | None:
    """A value inside, not at an edge that belongs to another row."""
    if here.low is not None and here.high is not None:
        for value in (here.low, here.high, _middle(here) if not here.whole else here.low + 1):
            if _row_of(e, value) == _row_of(e, _middle(here)):
                return value
        return None
    if here.low is not None:
        return here.low if _row_of(e, here.low) == _row_of(e, here.low + 1) else here.low + 1
    if here.high is None:
        return None
    return 0 if _row_of(e, 0) == _row_of(e, here.high - 1) else here.high - 1


def _middle(here: Range) -> Number:
    assert here.low is not None
    assert here.high is not None
    return Fraction(here.low + here.high) / 2


def _row_of(e: ex.Table, value: Number) -> int | None:
    for n, row in enumerate(e.rows):
        bound = row.bound.value if isinstance(row.bound, ex.Literal) else None
        if not isinstance(bound, Number):
            return None
        if {">=": value >= bound, ">": value > bound, "<=": value <= bound, "<": value < bound}[row.op]:
            return n
    return len(e.rows)


def of_bands(bounds: Bounds, e: ex.Bands) -> Range:
    """Each part of the subject at its own rate: the ends lie at the ends of the subject or where a band ends."""
    subject = bounds.of(e.subject)
    if subject.empty:
        return NOTHING
    edges = [bounds.of(band.upto) if band.upto is not None else None for band in e.bands]
    tops = [None if edge is None else edge.single for edge in edges]
    rates = [bounds.of(band.rate) for band in e.bands]
    if any(edge is not None and top is None for edge, top in zip(edges, tops, strict=True)):
        return _loosely(subject, rates)
    # The first band begins at 0: what is less than nothing has no price.
    low = 0 if subject.low is None else max(subject.low, 0)
    marks = [top for top in tops if top is not None and top > low and (subject.high is None or top < subject.high)]
    at = [low, *marks] + ([] if subject.high is None else [max(subject.high, 0)])
    name = told(e.subject)
    found = [witnessed(each, ((name, value_told(value, None)),)) for value, each in _sums_at(at, tops, rates)]
    if subject.high is None and tops[-1] is None:
        beyond = Range(0, None, (), subject.above, whole=subject.whole, at_low=())
        found.append(added(found[-1], multiplied(beyond, rates[-1])))
    return evolve(joined(found), gap=subject.gap or any(rate.gap for rate in rates))


def _sums_at(at: list[Number], tops: list[Number | None], rates: list[Range]) -> Iterator[tuple[Number, Range]]:
    """The sum up to each of some values, the least first; what whole bands come to is reckoned once."""
    below, place = exactly(0), 0
    bottom: Number = 0
    for value in at:
        while place < len(tops) - 1 and (top := tops[place]) is not None and top <= value:
            below = added(below, multiplied(exactly(max(0, top - bottom)), rates[place]))
            bottom, place = max(bottom, top), place + 1
        top = tops[place]
        part = max(0, (value if top is None else min(value, top)) - bottom)
        yield value, added(below, multiplied(exactly(part), rates[place]))


def _loosely(subject: Range, rates: list[Range]) -> Range:
    """Where the bands end where something else says: at least, all of it at one of the rates."""
    return joined([exactly(0), *(multiplied(subject, rate) for rate in rates)])
