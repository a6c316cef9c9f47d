"""Which values an expression can have: the words and days as they are, of numbers what `bounds` reckons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction

from bpodsl.bounds import Bounds
from bpodsl.lint.domains import ANY, WEEKDAYS, YES_NO, Domain, number, of_kind
from bpodsl.terms import expressions as ex
from bpodsl.values import DAY_TICKS

_YES_NO = (ex.InState, ex.InCalendar, ex.Standing, ex.RowStanding, ex.Signed, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not)
_DAYS = (ex.WindowDay, ex.TermEnd, ex.DayOf, ex.CellDay, ex.DayAfter, ex.InstantAfter, ex.Moment)


class Ranges:
    """Ranges of expressions of one contract. `fields`: the domain of a field of the row; `case`: that of a field of a
    kind of event. `bounds`: of windows that the term may cut."""

    def __init__(
        self,
        bounds: Bounds,
        fields: Callable[[str], Domain] = lambda _: ANY,
        case: Callable[[str, str], Domain] = lambda _, __: ANY,
    ) -> None:
        self.bounds = bounds
        self.fields = fields
        self.case = case

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
            case ex.FigureAt(name, ex.Same()) if name in self.bounds.figures:
                return self._words(self.bounds.figures[name].value) or self._number(part)
            case ex.Weekday():
                return WEEKDAYS
            case ex.TimeOfDay():
                return Domain(low=0, high=DAY_TICKS, whole=True)
            case _ if isinstance(part, _YES_NO):
                return YES_NO
            case _ if isinstance(part, _DAYS):
                return Domain(whole=True)
            case _:
                return self._words(part) or self._number(part)

    def _number(self, part: object) -> Domain:
        found = self.bounds.of(part)
        return ANY if found.empty else Domain(low=found.low, high=found.high, whole=found.whole)

    def _words(self, part: object) -> Domain | None:
        """What is chosen between, where that are words."""
        match part:
            case ex.If(_, then, otherwise):
                return self._all_words((then, otherwise))
            case ex.IfMeasured(value, otherwise):
                return self._all_words((value, otherwise))
            case ex.Table(_, rows, otherwise):
                rest = () if otherwise is None else (otherwise,)
                return self._all_words((*(row.result for row in rows), *rest))
        return None

    def _all_words(self, parts: Iterable[object]) -> Domain | None:
        found = [self._of_words(part) for part in parts if not isinstance(part, ex.Unmeasured)]
        if not found or any(each is None or each.values is None for each in found):
            return None
        return Domain(values=tuple(dict.fromkeys(v for each in found for v in (each and each.values) or ())))

    def _of_words(self, part: object) -> Domain | None:
        if isinstance(part, ex.Literal):
            return _of_literal(number(part.value), of_kind(part.kind))
        return self._words(part)


def _of_literal(value: object, domain: Domain) -> Domain:
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return Domain(low=value, high=value, whole=isinstance(value, int) or value.denominator == 1)
    return Domain(values=(value,)) if domain.values is not None or not domain.ordered else ANY
