"""The values that an expression can have, whatever is reported: exact reasoning over ranges.

It leaves nothing out, and may take in too much: where one value is read twice, or two depend on each other, the range
is wider than what can happen. A window is taken to be one that the term does not cut, unless `cut` is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from bpodsl.bounds import conditions, tables
from bpodsl.bounds.ranges import (
    NOTHING,
    Number,
    Range,
    added,
    at_most,
    between,
    cut,
    divided,
    exactly,
    joined,
    largest_of,
    least_of,
    minus,
    multiplied,
    rounded,
)
from bpodsl.bounds.rows import groups, how_many, value_of_rows
from bpodsl.bounds.shares import a_part_less, part_of_whole
from bpodsl.bounds.told import told, value_told
from bpodsl.bounds.windows import MONTH, Times, days_of
from bpodsl.lean import evolve
from bpodsl.terms import Account, Contract, Group, Kind, Line
from bpodsl.terms import expressions as ex
from bpodsl.values import DAY_TICKS, HOUR, Grid

DEEPEST: Final = 60


class Bounds:
    """What the values of one contract can be.

    `grid`: the windows in which is asked, None where that is not known; `events`: the kinds of event whose fields the
    row in scope has; `rows_of`: the figure of whose windows it is one; `keys`: those of the group in which is asked,
    None where that is not known. `took`: how long an outcome in scope took at least. `assumed`: what holds where the
    question is asked, as limits of expressions. `from_zero`: what is reported is taken to be never less than nothing.
    `cut`: windows may be cut by the term, and nothing is known of those in which is asked at first.
    """

    def __init__(self, contract: Contract, from_zero: bool = False, cut: bool = False) -> None:
        self.contract, self.from_zero, self.cut = contract, from_zero, cut
        self.grid: Grid | None = None if cut else MONTH
        self.events: tuple[str, ...] = ()
        self.rows_of = ""
        self.keys: tuple[Group, ...] | None = None
        self.took: Number = 0
        self.assumed: tuple[tuple[object, Number | None, Number | None], ...] = ()
        self.figures = {figure.name: figure for figure in contract.figures}
        self.lines = {line.name: line for line in contract.lines}
        self.lines_of: dict[str, list[Line]] = {}
        for line in contract.lines:
            self.lines_of.setdefault(line.figure or "", []).append(line)
        self.norms = {norm.name: norm for norm in contract.norms}
        self.kinds = {kind.name: kind for kind in contract.events}
        self.accounts: dict[str, list[Account]] = {}
        for account in contract.accounts:
            for name in account.lines:
                self.accounts.setdefault(name, []).append(account)
        self._known: dict[str, Range] = {}
        self._asked: list[str] = []
        self._depth = 0

    # -------------------------------------------------------------------------------- where it is asked
    @contextmanager
    def within(self, **changes: Any) -> Iterator[None]:
        """The same in other windows, of other rows, or under other assumptions."""
        before = {name: getattr(self, name) for name in changes}
        try:
            for name, value in changes.items():
                setattr(self, name, value)
            yield
        finally:
            for name, value in before.items():
                setattr(self, name, value)

    @contextmanager
    def given(self, condition: object, holds: bool) -> Iterator[None]:
        """Where a condition holds, or fails."""
        limits = tuple(conditions.limits(self, condition, holds))
        with self.within(assumed=(*self.assumed, *limits)):
            yield

    # -------------------------------------------------------------------------------- answers
    def of_figure(self, name: str) -> Range:
        """The values of a figure, rounded as it says."""
        figure = self.figures.get(name)
        if figure is None:
            return between(None, None, f"`{name}` is not known")
        if name in self._known:
            return self._known[name]
        if name in self._asked:
            return between(None, None, f"`{name}` rests on its own earlier windows")
        self._asked.append(name)
        try:
            with self.within(grid=figure.grid, events=(), rows_of="", keys=figure.by, assumed=()):
                found = rounded(self.of(figure.value), figure.rounding)
        finally:
            self._asked.pop()
        if not self._asked:
            self._known[name] = found
        return found

    def of_line(self, line: Line) -> Range:
        """What a line comes to in one window of its figure, rounded and cut by each cap that it stands under."""
        found = rounded(self.of_figure(line.figure or ""), line.rounding)
        return self.capped(found, line)

    def capped(self, found: Range, line: Line) -> Range:
        """A sum of a line, cut by each cap that it stands under; nothing where it is not measured."""
        for account in self.accounts.get(line.name, ()):
            most = self.most(account)
            if most is None:
                # It may cut or not.
                limit = self.limit(account)
                found = joined((found, at_most(found, max(limit.low, 0) if limit.low is not None else 0)))
            else:
                found = at_most(found, most)
        return joined((found, exactly(0))) if found.gap or found.empty else found

    def most(self, account: Account) -> Number | None:
        """The most that a cap lets through in one of its windows; None if it may let anything through."""
        grid = account.grid
        if grid.begins is not None or grid.waits or grid.times is not None or grid.partial == "exclude":
            return None  # Where it has no window it cuts nothing.
        limit = self.limit(account)
        return None if limit.high is None or limit.gap or limit.empty else max(limit.high, 0)

    def limit(self, account: Account) -> Range:
        """The limit of a cap."""
        asked = f"cap {account.name}"
        if asked in self._asked:
            return between(None, None, f"`{account.name}` rests on what it lets through", gap=True)
        self._asked.append(asked)
        try:
            keys = tuple(Group(name) for name in account.by)
            with self.within(grid=evolve(account.grid, span=1), events=(), rows_of="", keys=keys, assumed=()):
                return rounded(self.of(account.limit), account.rounding)
        finally:
            self._asked.pop()

    def of(self, expression: object) -> Range:
        """The values of an expression. Of parts within parts beyond `DEEPEST` nothing is known."""
        if self._depth > DEEPEST:
            return between(None, None, "the formula is too deep to be followed", gap=True)
        self._depth += 1
        try:
            found = self._of(expression)
        finally:
            self._depth -= 1
        for limited, low, high in self.assumed:
            if limited == expression:
                found = cut(found, low, high)
        return found

    def _of(self, e: object) -> Range:
        reckon = _REASONERS.get(type(e))
        if reckon is None:
            return between(None, None, f"{told(e)} has no limit", gap=True)
        return reckon(self, e)


# ------------------------------------------------------------------------------------ leaves
def _literal(bounds: Bounds, e: ex.Literal) -> Range:
    if isinstance(e.value, bool) or not isinstance(e.value, Number):
        return between(None, None, "this is no number")
    return exactly(e.value)


def _field(bounds: Bounds, e: ex.FieldOf | ex.Ruled) -> Range:
    fields = [bounds.kinds[name].field(e.name) for name in dict.fromkeys(bounds.events) if name in bounds.kinds]
    found = [_of_kind(bounds, each.kind, e.name, bounds.events, each.optional) for each in fields if each is not None]
    return joined(found) if found else between(None, None, f"`{e.name}` may be any number")


def _case_field(bounds: Bounds, e: ex.CaseField) -> Range:
    kind = bounds.kinds.get(e.event)
    of = None if kind is None else kind.field(e.name)
    return between(None, None, "it") if of is None else _of_kind(bounds, of.kind, e.name, (e.event,), True)


def _of_kind(bounds: Bounds, kind: Kind, name: str, events: tuple[str, ...], gap: bool) -> Range:
    of = " or ".join(f"`{event}`" for event in events)
    low = 0 if bounds.from_zero or kind.base == "length" else None
    return between(low, None, f"`{name}` of {of} may be any {kind.base.replace('_', '/')}", gap=gap)


def _figure(bounds: Bounds, e: ex.FigureAt) -> Range:
    found = bounds.of_figure(e.figure)
    if isinstance(e.shift, ex.Back):
        return joined((found, bounds.of(e.shift.first)))
    figure = bounds.figures.get(e.figure)
    if figure is not None and figure.clause.word in ("measure", "amount") and found.single is None:
        # What a measure is made of is its own affair; whoever asks names the measure.
        low, high = (
            None if at is None or end is None else ((e.figure, value_told(end, figure.kind)),)
            for end, at in ((found.low, found.at_low), (found.high, found.at_high))
        )
        found = evolve(found, at_low=low, at_high=high)
    return found


def _posted(bounds: Bounds, e: ex.Posted) -> Range:
    line = bounds.lines.get(e.line)
    if line is None:
        return exactly(0)
    figure = bounds.figures.get(line.figure or "")
    if figure is None:
        return between(None, None, f"nothing limits how often `{e.line}` is owed")
    each = evolve(joined((bounds.of_line(line), exactly(0))), gap=False)
    times = groups(figure, bounds.keys)
    return multiplied(each, between(0, times.high, f"`{e.line}` is owed for each group that is seen", whole=True))


def _row_value(bounds: Bounds, e: ex.RowValue) -> Range:
    return bounds.of_figure(bounds.rows_of)


def _series(bounds: Bounds, e: ex.SeriesAt) -> Range:
    series = next((series for series in bounds.contract.series if series.name == e.series), None)
    if series is None or series.event or not series.points:
        return between(None, None, f"`{e.series}` may have any value", gap=True)
    points = [exactly(point.value) for point in series.points if isinstance(point.value, Number)]
    return evolve(joined(points), gap=True)


def _window_length(bounds: Bounds, e: ex.WindowLength) -> Range:
    days = Times(0, None) if bounds.grid is None else days_of(bounds.grid, bounds.contract.term)
    low = 0 if e.less or bounds.cut else days.low
    return between(low, days.high, "the agreement may go on without end", whole=True)


def _length(bounds: Bounds, e: ex.LengthOf) -> Range:
    days = None if bounds.grid is None else days_of(bounds.grid, bounds.contract.term).high
    # The day on which the clocks are put back is an hour longer; some zones have more than one such day in a year.
    most = None if days is None else days * DAY_TICKS + HOUR * (days // 28 + 1)
    # A window is never nothing, however short the term cuts it.
    least = 1 if isinstance(e.times, ex.WindowTimes) else 0
    return between(least, most, "the agreement may go on without end", whole=True)


def _of_days(bounds: Bounds, e: object) -> Range:
    return between(None, None, f"{told(e)} may be any number", whole=True, gap=True)


def _reading(bounds: Bounds, e: ex.Reading) -> Range:
    return between(bounds.took, None, f"{told(e)} has no limit", gap=True)


def _at_least_0(bounds: Bounds, e: object) -> Range:
    return between(0, None, f"{told(e)} has no limit", gap=True)


# ------------------------------------------------------------------------------------ operators
def _arithmetic(bounds: Bounds, e: ex.Arithmetic) -> Range:
    if e.op == "/":
        ratio = _ratio(bounds, e)
        if ratio is not None:
            return ratio
    left, right = bounds.of(e.left), bounds.of(e.right)
    match e.op:
        case "+":
            return added(left, right)
        case "-":
            found = added(left, minus(right))
            return cut(found, 0, None) if a_part_less(e.left, e.right) else found
        case "*":
            return multiplied(left, right)
    return divided(left, right, told(e.right))


def _ratio(bounds: Bounds, e: ex.Arithmetic) -> Range | None:
    """A fraction of which more is known than of its two sides."""
    if part_of_whole(e.left, e.right):
        least = bounds.of(e.right)
        return between(0, 1, "", gap=least.low is None or least.low <= 0)
    if isinstance(e.left, ex.WindowLength) and isinstance(e.right, ex.WindowLength) and e.right.whole:
        return between(0, 1, "") if e.left.less or bounds.cut else exactly(1)
    return None


def _if(bounds: Bounds, e: ex.If) -> Range:
    may, may_not, gap = conditions.truth(bounds, e.condition)
    found = []
    for holds, possible, then in ((True, may, e.then), (False, may_not, e.otherwise)):
        if possible:
            with bounds.given(e.condition, holds):
                branch = bounds.of(then)
            found.append(conditions.witnessed(branch, conditions.way(bounds, e.condition, holds)))
    whole = joined(found or [NOTHING])
    return evolve(whole, gap=whole.gap or gap)


def _if_measured(bounds: Bounds, e: ex.IfMeasured) -> Range:
    value = bounds.of(e.value)
    return joined((evolve(value, gap=False), bounds.of(e.otherwise))) if value.gap else value


def _aggregate(bounds: Bounds, e: ex.Aggregate) -> Range:
    number = how_many(bounds, e)
    if e.op == "count" and e.weight is None:
        return number
    with value_of_rows(bounds, e):
        value = exactly(1) if e.value is None else bounds.of(e.value)
        weight = exactly(1) if e.weight is None else bounds.of(e.weight)
    if e.op in ("count", "sum"):
        each = multiplied(value, weight) if e.op == "sum" else weight
        if each.empty:
            return exactly(0)
        if each.gap:
            number = cut(joined((number, exactly(0))), 0, None)
        return evolve(multiplied(each, number), gap=False)
    if e.op not in ("lowest", "highest") and (weight.low is None or weight.low < 0):
        return between(None, None, f"{told(e.weight)} may be less than nothing", gap=True)
    return evolve(value, gap=True)


def _shared_out(bounds: Bounds, e: ex.SharedOut) -> Range:
    return evolve(joined((bounds.of(e.total), exactly(0))), gap=True)


_REASONERS: Final[dict[type, Callable[[Bounds, Any], Range]]] = {
    ex.Literal: _literal,
    ex.Unmeasured: lambda bounds, e: NOTHING,
    ex.FieldOf: _field,
    ex.Ruled: lambda bounds, e: evolve(_field(bounds, e), gap=True),
    ex.CaseField: _case_field,
    ex.FigureAt: _figure,
    ex.Posted: _posted,
    ex.RowValue: _row_value,
    ex.SeriesAt: _series,
    ex.WindowLength: _window_length,
    ex.LengthOf: _length,
    ex.TrailLength: _at_least_0,
    ex.Reading: _reading,
    ex.Outstanding: _at_least_0,
    ex.OpenTime: _at_least_0,
    ex.Between: _of_days,
    ex.OfSum: lambda bounds, e: bounds.of(e.value),
    ex.Aggregate: _aggregate,
    ex.Arithmetic: _arithmetic,
    ex.If: _if,
    ex.IfMeasured: _if_measured,
    ex.Smallest: lambda bounds, e: least_of(bounds.of(part) for part in e.parts),
    ex.Largest: lambda bounds, e: largest_of(bounds.of(part) for part in e.parts),
    ex.Rounded: lambda bounds, e: rounded(bounds.of(e.value), e.rounding),
    ex.SharedOut: _shared_out,
    ex.Table: tables.of_table,
    ex.Bands: tables.of_bands,
}
