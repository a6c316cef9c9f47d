"""What tables can give."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from bpodsl.bounds.conditions import witnessed
from bpodsl.bounds.ranges import NOTHING, Number, Range, added, exactly, joined, multiplied
from bpodsl.bounds.told import told, value_told
from bpodsl.lean import evolve
from bpodsl.terms import expressions as ex

if TYPE_CHECKING:
    from bpodsl.bounds.expressions import Bounds

_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


def of_table(bounds: Bounds, e: ex.Table) -> Range:
    """What the rows that the subject can reach give, each where it applies and none above it does."""
    subject = bounds.of(e.subject)
    if subject.empty:
        return NOTHING
    found: list[Range] = []
    before: list[object] = []
    for row in (*e.rows, None):
        result = e.otherwise if row is None else row.result
        own: list[object] = [] if row is None else [ex.Compare(row.op, e.subject, row.bound)]
        condition = ex.AllOf((*(ex.Not(each) for each in before), *own))  # type: ignore[arg-type]
        with bounds.given(condition, True):
            here = bounds.of(e.subject)
            if not here.empty:
                value = NOTHING if result is None else bounds.of(result)
                found.append(witnessed(value, _at(e, here)) if not value.empty else value)
        before += own
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
    found = [witnessed(_sum_at(value, tops, rates), ((name, value_told(value, None)),)) for value in at]
    if subject.high is None and tops[-1] is None:
        beyond = Range(0, None, (), subject.above, whole=subject.whole, at_low=())
        found.append(added(found[-1], multiplied(beyond, rates[-1])))
    return evolve(joined(found), gap=subject.gap or any(rate.gap for rate in rates))


def _sum_at(value: Number, tops: list[Number | None], rates: list[Range]) -> Range:
    whole, bottom = exactly(0), 0
    for top, rate in zip(tops, rates, strict=True):
        part = max(0, (value if top is None else min(value, top)) - bottom)
        whole = added(whole, multiplied(exactly(part), rate))
        bottom = bottom if top is None else top  # type: ignore[assignment]
    return whole


def _loosely(subject: Range, rates: list[Range]) -> Range:
    """Where the bands end where something else says: at least, all of it at one of the rates."""
    return joined([exactly(0), *(multiplied(subject, rate) for rate in rates)])
