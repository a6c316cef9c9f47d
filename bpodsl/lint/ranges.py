"""Which values an expression can have, from what it is made of: a share of a count is between nothing and all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from bpodsl.lint.domains import (
    ANY,
    COUNT,
    NOUGHT_UP,
    WEEKDAYS,
    YES_NO,
    Domain,
    added,
    divided,
    either,
    multiplied,
    negated,
    number,
    of_kind,
)
from bpodsl.terms import Figure
from bpodsl.terms import expressions as ex
from bpodsl.values import DAY_TICKS, round_to

_YES_NO = (ex.InState, ex.InCalendar, ex.Standing, ex.RowStanding, ex.Signed, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not)
_DAYS = (ex.WindowDay, ex.TermEnd, ex.DayOf, ex.DayAfter, ex.InstantAfter, ex.Moment)


class Ranges:
    """Ranges of expressions of one contract; those of figures are kept. `fields`: the domain of a field of the row;
    `case`: that of a field of a kind of event."""

    def __init__(
        self,
        figures: Mapping[str, Figure],
        fields: Callable[[str], Domain] = lambda _: ANY,
        case: Callable[[str, str], Domain] = lambda _, __: ANY,
    ) -> None:
        self.figures = figures
        self.fields = fields
        self.case = case
        self._kept: dict[str, Domain] = {}

    def of(self, part: object) -> Domain:
        """The domain of an expression in a scope that is not known."""
        match part:
            case ex.Literal(value, kind):
                return _of_literal(number(value), of_kind(kind))
            case ex.FieldOf(name) | ex.Ruled(name) | ex.GroupKey(name):
                return self.fields(name)
            case ex.Answered(kind=kind):
                return of_kind(kind)
            case ex.CaseField(event, name):
                return self.case(event, name)
            case ex.FigureAt(name):
                return self.figure(name)
            case ex.Weekday():
                return WEEKDAYS
            case ex.Reading() | ex.LengthOf() | ex.TrailLength() | ex.OpenTime() | ex.WindowLength() | ex.Outstanding():
                return NOUGHT_UP
            case ex.TimeOfDay():
                return Domain(low=0, high=DAY_TICKS, whole=True)
            case ex.Between():
                return Domain(whole=True)
            case ex.Unmeasured():
                return ANY
            case _ if isinstance(part, _YES_NO):
                return YES_NO
            case _ if isinstance(part, _DAYS):
                return Domain(whole=True)
            case _:
                return self._reckoned(part)

    def figure(self, name: str) -> Domain:
        """The range of a figure, as rounded; not looked into where it asks for itself."""
        if name not in self._kept:
            self._kept[name] = ANY
            figure = self.figures.get(name)
            if figure is not None:
                # The fields of a row in scope are none of those of the rows that the figure counts.
                found = Ranges(self.figures)
                found._kept = self._kept
                self._kept[name] = _rounded(found.of(figure.value), figure.rounding)
        return self._kept[name]

    def _reckoned(self, part: object) -> Domain:
        match part:
            case ex.Aggregate():
                return self._aggregate(part)
            case ex.Arithmetic("+", left, right):
                return added(self.of(left), self.of(right))
            case ex.Arithmetic("-", left, right):
                return added(self.of(left), negated(self.of(right)))
            case ex.Arithmetic("*", left, right):
                return multiplied(self.of(left), self.of(right))
            case ex.Arithmetic("/", left, right):
                found = divided(self.of(left), self.of(right))
                return Domain(low=0, high=1) if found.low == 0 and self._within(left, right) else found
            case ex.Rounded(value, rounding):
                return _rounded(self.of(value), rounding)
            case ex.If(_, then, otherwise):
                return self._any_of((then, otherwise))
            case ex.IfMeasured(value, otherwise):
                return self._any_of((value, otherwise))
            case ex.Table(_, rows, otherwise):
                rest = () if otherwise is None else (otherwise,)
                return self._any_of((*(row.result for row in rows), *rest))
            case ex.Bands(subject, bands) if _at_least_nought(self.of(subject)):
                return NOUGHT_UP if all(_at_least_nought(self.of(band.rate)) for band in bands) else ANY
            case _:
                return ANY

    def _any_of(self, parts: Iterable[object]) -> Domain:
        """What any of these can be, but for what is not measured."""
        measured = [part for part in parts if not isinstance(part, ex.Unmeasured)]
        found = [self.of(part) for part in measured]
        if found and all(each.values is not None for each in found):
            return Domain(values=tuple(dict.fromkeys(v for each in found for v in each.values or ())))
        return either(found)

    def _aggregate(self, part: ex.Aggregate) -> Domain:
        if part.op == "count":
            return COUNT if part.weight is None else ANY
        if isinstance(part.value, ex.Reading) and part.weight is None:
            return NOUGHT_UP
        return ANY

    def _within(self, part: object, whole: object) -> bool:
        """Whether a count is one of some of the rows that the other counts."""
        summands = list(_summands(whole))
        for own in _summands(part):
            found = next((each for each in summands if _holds_all(each, own)), None)
            if found is None:
                return False
            summands.remove(found)
        return all(_at_least_nought(self.of(each)) for each in summands)


def _of_literal(value: object, domain: Domain) -> Domain:
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Domain(low=value, high=value, whole=isinstance(value, int) or value.denominator == 1)
    return Domain(values=(value,)) if domain.values is not None or not domain.ordered else ANY


def _rounded(of: Domain, rounding: ex.Rounding | None) -> Domain:
    """Rounding keeps the order, so the ends stay the ends; an end left out may be reached."""
    if rounding is None or of.values is not None:
        return of
    low, high = (None if end is None else round_to(end, rounding.step, rounding.rule) for end in (of.low, of.high))  # type: ignore[arg-type]
    return Domain(low=low, high=high)


def _at_least_nought(of: Domain) -> bool:
    return of.low is not None and of.low >= 0


def _summands(part: object) -> Iterable[object]:
    match part:
        case ex.Arithmetic("+", left, right):
            yield from _summands(left)
            yield from _summands(right)
        case _:
            yield part


def _holds_all(whole: object, part: object) -> bool:
    """Whether one count counts every row that the other counts."""
    if whole == part:
        return isinstance(whole, ex.Aggregate) and whole.op == "count"
    match whole, part:
        case ex.Aggregate("count", rows, where, None, None, None), ex.Aggregate("count", own, also, None, None, None):
            return _rows_hold(rows, own) and set(conjuncts(where)) <= set(conjuncts(also))
    return False


def _rows_hold(whole: object, part: object) -> bool:
    match whole, part:
        case ex.OutcomeRows(norm, statuses, counted), ex.OutcomeRows(own, also, when):
            return norm == own and counted == when and set(also) <= set(statuses)
    return whole == part


def conjuncts(where: object) -> Iterable[object]:
    """The conditions that must all hold where this one does."""
    match where:
        case None:
            pass
        case ex.AllOf(parts):
            for part in parts:
                yield from conjuncts(part)
        case _:
            yield where
