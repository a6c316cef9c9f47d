"""Expressions made into functions of a scope."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from fractions import Fraction

from bpodsl.engine.aggregates import RowSource, Source, aggregate
from bpodsl.engine.answers import NOT_DECIDED, answered
from bpodsl.engine.dates import dated
from bpodsl.engine.interest import each_day, interest_of, over_days
from bpodsl.engine.scopes import NO_WINDOW, Evaluator, Scope, Value
from bpodsl.engine.series import Found
from bpodsl.engine.timesets import days_held, times_of
from bpodsl.engine.trailing import IntervalSource, OutcomeSource, trail_length
from bpodsl.engine.trails import PastSource, TrailSource
from bpodsl.terms import NotMeasured, Pending, walk
from bpodsl.terms import expressions as ex
from bpodsl.values import exact, length, round_to, share_out

ZERO_DIVISION = NotMeasured("division by zero")
NO_WEIGHT = NotMeasured("no weight")
NO_ROW = NotMeasured("no row applies")
NO_OUTER = NotMeasured("no such row")
ASKED = (ex.Ruled, ex.Answered)

_COMPARE: dict[str, Callable[[Value, Value], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
_COMPUTE: dict[str, Callable[[Value, Value], Value]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul,
}  # fmt: skip


def compares(op: str, left: Value, right: Value) -> bool:
    """Whether ``left op right``, both measured."""
    return _COMPARE[op](left, right)


def evaluator(expression: ex.Expression, source: Source) -> Evaluator:
    """The function that evaluates an expression; `source` finds the rows of its aggregates."""
    return _Maker(source).make(expression)


def holds(condition: ex.Expression | None, source: Source) -> Evaluator | None:
    """As `evaluator`, for a condition; None if there is none."""
    return None if condition is None else evaluator(condition, source)


class Questions:
    """The questions for want of whose answers some expressions, in order, are not measured on a row."""

    def __init__(self, expressions: Iterable[ex.Expression | None], source: Source) -> None:
        asked = [(e, [p for p in walk(e) if isinstance(p, ASKED)]) for e in expressions if e is not None]
        self.any = any(parts for _, parts in asked)
        # Nearly no clause asks any: then there is nothing to evaluate.
        self._parts = [
            (evaluator(e, source), [(part.name, evaluator(part, source)) for part in parts]) for e, parts in asked
        ] if self.any else []  # fmt: skip

    def open(self, s: Scope) -> list[str]:
        """Those open on the row in scope. What does not hold leaves nothing open after it."""
        found: list[str] = []
        for evaluate, parts in self._parts:
            value = evaluate(s)
            if isinstance(value, NotMeasured):
                found += [name for name, part in parts if part(s) is NOT_DECIDED]
            elif value is False:
                break
        return list(dict.fromkeys(found))


class _Maker:
    """Makes closures; one method for each family of expressions."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def make(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.Literal(value):
                return lambda s: value
            case ex.Unmeasured(why):
                unmeasured = NotMeasured(why)
                return lambda s: unmeasured
            case ex.FieldOf(name):
                return _named(name, lambda s: s.fields)
            case ex.Outer(value) | ex.OfSum(value):
                around = self.make(value)
                return lambda s: NO_OUTER if s.outer is None else around(s.outer)
            case ex.Ruled(name):
                return _named(name, lambda s: s.fields, NOT_DECIDED)
            case ex.Answered():
                return answered(e)
            case ex.GroupKey(name):
                return _named(name, lambda s: s.group)
            case ex.Aggregate():
                where = None if e.where is None else self.make(e.where)
                value = None if e.value is None else self.make(e.value)
                weight = None if e.weight is None else self.make(e.weight)
                return aggregate(e, self._rows(e.rows), where, value, weight)
            case ex.LengthOf(times):
                found = times_of(times)
                return lambda s: length(found(s))
            case ex.TrailLength():
                return trail_length(e)
            case ex.Arithmetic() | ex.Compare() | ex.Smallest() | ex.Largest() | ex.Rounded():
                return self._numeric(e)
            case ex.SharedOut(total, weights, own, rounding):
                return _shared_out(self.make(total), [self.make(w) for w in weights], self.make(own), rounding)
            case ex.AllOf() | ex.AnyOf() | ex.Not() | ex.If() | ex.IfMeasured():
                return self._choice(e)
            case ex.Table() | ex.Bands():
                return self._tabled(e)
            case ex.SeriesAt() | ex.CaseField():
                return self._asked(e)
            case ex.Interest():
                return interest_of(e, self.make)
            case ex.EachDay():
                return each_day
            case ex.OverDays():
                return over_days(e, self.make)
            case ex.FigureAt() | ex.Standing() | ex.Posted() | ex.WindowLength():
                return self._read(e)
            case _:
                return dated(e, self.make) or _of_row(e)

    def _rows(self, rows: ex.Rows) -> RowSource:
        if isinstance(rows, ex.PastRows):
            return PastSource(rows, None if rows.before is None else self.make(rows.before))
        if isinstance(rows, ex.TrailRows) and rows.of == "row":
            return TrailSource(rows, rows.same, None if rows.before is None else self.make(rows.before))
        if isinstance(rows, ex.TrailOutcomes) and rows.of == "row":
            return OutcomeSource(rows, rows.same, None if rows.before is None else self.make(rows.before))
        if isinstance(rows, ex.TrailIntervals) and rows.of == "row":
            return IntervalSource(rows)
        return self._source(rows)

    def _asked(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.SeriesAt():
                look = lookup(e, self.make)

                def recorded(s: Scope) -> Value:
                    found = look(s)
                    return found if isinstance(found, NotMeasured) else found.value

                return recorded
            case ex.CaseField(name=name):
                absent = NotMeasured(f"{name} absent")

                def of_case(s: Scope) -> Value:
                    found = s.world.trails.case_field(e, s)
                    return absent if found is None else found

                return of_case
        raise AssertionError(e)

    def _numeric(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.Arithmetic("/", left, right):
                return _both(self.make(left), self.make(right), _divide)
            case ex.Arithmetic(op, left, right):
                return _both(self.make(left), self.make(right), _COMPUTE[op])
            case ex.Compare("=", ex.FieldOf(name), ex.Literal(word)) if not isinstance(word, NotMeasured):
                return _is(name, word)
            case ex.Compare(op, left, ex.Literal(Fraction() as level)):
                return _against(self.make(left), op, level)
            case ex.Compare(op, left, right):
                return _both(self.make(left), self.make(right), _COMPARE[op])
            case ex.Smallest(parts):
                return _many([self.make(p) for p in parts], min)
            case ex.Largest(parts):
                return _many([self.make(p) for p in parts], max)
            case ex.Rounded(value, rounding):
                part = self.make(value)
                return lambda s: rounded(part(s), rounding)
        raise AssertionError(e)

    def _choice(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.AllOf(parts):
                return _kleene([self.make(p) for p in parts], False)
            case ex.AnyOf(parts):
                return _kleene([self.make(p) for p in parts], True)
            case ex.Not(part):
                inner = self.make(part)

                def negated(s: Scope) -> Value:
                    found = inner(s)
                    return found if isinstance(found, NotMeasured) else not found

                return negated
            case ex.If(condition, then, otherwise):
                test, yes, no = self.make(condition), self.make(then), self.make(otherwise)

                def chosen(s: Scope) -> Value:
                    found = test(s)
                    if isinstance(found, NotMeasured):
                        return found
                    return yes(s) if found else no(s)

                return chosen
            case ex.IfMeasured(value, otherwise):
                first, second = self.make(value), self.make(otherwise)

                def measured(s: Scope) -> Value:
                    found = first(s)
                    return second(s) if isinstance(found, NotMeasured) and not isinstance(found, Pending) else found

                return measured
        raise AssertionError(e)

    def _tabled(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.Table(subject, rows, otherwise):
                of = self.make(subject)
                last = None if otherwise is None else self.make(otherwise)
                by_word = _by_word(rows)
                if by_word is not None:
                    return _chosen(of, {word: self.make(result) for word, result in by_word.items()}, last)
                table = [(_COMPARE[r.op], self.make(r.bound), self.make(r.result)) for r in rows]

                def looked_up(s: Scope) -> Value:
                    found = of(s)
                    if isinstance(found, NotMeasured):
                        return found
                    for compare, bound, result in table:
                        limit = bound(s)
                        if isinstance(limit, NotMeasured):
                            return limit
                        if compare(found, limit):
                            return result(s)
                    return NO_ROW if last is None else last(s)

                return looked_up
            case ex.Bands(subject, bands):
                of = self.make(subject)
                steps = [(None if b.upto is None else self.make(b.upto), self.make(b.rate)) for b in bands]

                def banded(s: Scope) -> Value:
                    found = of(s)
                    if isinstance(found, NotMeasured):
                        return found
                    total: Value = 0
                    floor: Value = 0
                    for upto, rate in steps:
                        top = found if upto is None else upto(s)
                        if isinstance(top, NotMeasured):
                            return top
                        price = rate(s)
                        if isinstance(price, NotMeasured):
                            return price
                        part = min(found, top) - floor
                        if part > 0:
                            total += part * price
                        floor = max(floor, top)
                    return exact(total)

                return banded
        raise AssertionError(e)

    def _read(self, e: ex.Expression) -> Evaluator:
        match e:
            case ex.FigureAt(figure, shift):
                back, first = self._shift(shift)

                def value_at(s: Scope) -> Value:
                    found = s.world.figures.read(figure, back, s)
                    if found is not None:
                        return found if isinstance(found, NotMeasured) else found.value
                    return NO_WINDOW if first is None else first(s)

                return value_at
            case ex.Standing(figure, how, shift):
                back, first = self._shift(shift)

                def stands_at(s: Scope) -> Value:
                    found = s.world.figures.read(figure, back, s)
                    if found is not None:
                        return found if isinstance(found, NotMeasured) else found.stands(how)
                    return NO_WINDOW if first is None else first(s)

                return stands_at
            case ex.Posted(line):
                return lambda s: s.world.lines.posted(line, s)
            case ex.WindowLength(whole, state):

                def days(s: Scope) -> Value:
                    if s.window is None:
                        return NO_WINDOW
                    found = s.window.whole_days if whole else s.window.days
                    return found - days_held(state, s) if state else found

                return days
        raise AssertionError(e)

    def _shift(self, shift: ex.Shift) -> tuple[int, Evaluator | None]:
        return (shift.n, self.make(shift.first)) if isinstance(shift, ex.Back) else (0, None)


def _by_word(rows: Iterable[ex.Row]) -> dict[str, ex.Expression] | None:
    """The results of a table by the words that its subject must be, where nothing else is asked of it."""
    found: dict[str, ex.Expression] = {}
    for row in rows:
        if row.op != "=" or not isinstance(row.bound, ex.Literal) or type(row.bound.value) is not str:
            return None
        found.setdefault(row.bound.value, row.result)
    return found


def _chosen(of: Evaluator, results: dict[str, Evaluator], last: Evaluator | None) -> Evaluator:
    def looked_up(s: Scope) -> Value:
        found = of(s)
        if isinstance(found, NotMeasured):
            return found
        result = results.get(found, last)
        return NO_ROW if result is None else result(s)

    return looked_up


def _of_row(e: ex.Expression) -> Evaluator:
    match e:
        case ex.Reading():
            return lambda s: s.reading
        case ex.Outstanding():
            return lambda s: s.outstanding
        case ex.InState(state):
            return lambda s: s.world.states.holds_in(state, s)
        case ex.InCalendar(calendar):
            return lambda s: s.world.calendars[calendar].is_open(s.at)
        case ex.Signed(change):
            return lambda s: change in s.world.signed
        case ex.RowValue():
            return lambda s: s.value
        case ex.RowStanding(how):
            return lambda s: s.standing.stands(how)
    raise AssertionError(f"no such expression: {e!r}")


def lookup(e: ex.SeriesAt, make: Callable[[ex.Expression], Evaluator]) -> Callable[[Scope], Found | NotMeasured]:
    """The function that looks something up in a series, with the events that gave it."""
    day, key = make(e.day), [make(part) for part in e.key]
    published = None if e.published is None else make(e.published)

    def look(s: Scope) -> Found | NotMeasured:
        values = [day(s), *(part(s) for part in key), *(() if published is None else (published(s),))]
        unmeasured = next((v for v in values if isinstance(v, NotMeasured)), None)
        if unmeasured is not None:
            return unmeasured
        until = None if published is None else values[-1]
        return s.world.series.machines[e.series].look(values[0], e.find, tuple(values[1 : 1 + len(key)]), until, s)

    return look


def rounded(value: Value, rounding: ex.Rounding | None) -> Value:
    """A value rounded; as it is if it is not measured or there is no rounding."""
    if rounding is None or isinstance(value, NotMeasured):
        return value
    return round_to(value, rounding.step, rounding.rule)  # type: ignore[arg-type]


def _shared_out(total: Evaluator, weights: list[Evaluator], own: Evaluator, rounding: ex.Rounding) -> Evaluator:
    def computed(s: Scope) -> Value:
        place, whole = own(s), rounded(total(s), rounding)
        if isinstance(place, NotMeasured):
            return place
        if isinstance(whole, NotMeasured):
            return whole
        found = [weight(s) for weight in weights]
        pending = next((w for w in found if isinstance(w, Pending)), None)
        if pending is not None:
            return pending
        measured = [0 if isinstance(w, NotMeasured) or w < 0 else w for w in found]
        return share_out(whole, measured, rounding.step)[place] if any(measured) else NO_WEIGHT

    return computed


def _named(name: str, where: Callable[[Scope], object], otherwise: NotMeasured | None = None) -> Evaluator:
    absent = otherwise or NotMeasured(f"{name} absent")

    def found(s: Scope) -> Value:
        value = where(s).get(name)  # type: ignore[attr-defined]
        return absent if value is None else value

    return found


def _is(name: str, word: Value) -> Evaluator:
    """Whether a field is a word, or any other value that is written out."""
    absent = NotMeasured(f"{name} absent")

    def found(s: Scope) -> Value:
        value = s.fields.get(name)
        if value is None:
            return absent
        return value if isinstance(value, NotMeasured) else value == word

    return found


def _divide(left: Value, right: Value) -> Value:
    if right == 0:
        return ZERO_DIVISION
    if type(left) is int and type(right) is int:
        return Fraction(left, right) if left % right else left // right
    return exact(Fraction(left) / right)


def _both(left: Evaluator, right: Evaluator, op: Callable[[Value, Value], Value]) -> Evaluator:
    def computed(s: Scope) -> Value:
        a = left(s)
        if isinstance(a, NotMeasured):
            return a
        b = right(s)
        return b if isinstance(b, NotMeasured) else op(a, b)

    return computed


def _against(left: Evaluator, op: str, level: Fraction) -> Evaluator:
    """A comparison of a number with one that is written out: of whole numbers, which takes a fifth of the time."""
    compare, upper, lower = _COMPARE[op], level.numerator, level.denominator

    def computed(s: Scope) -> Value:
        found = left(s)
        if isinstance(found, NotMeasured):
            return found
        return compare(found.numerator * lower, upper * found.denominator)

    return computed


def _many(parts: list[Evaluator], op: Callable[[list[Value]], Value]) -> Evaluator:
    def computed(s: Scope) -> Value:
        values = [part(s) for part in parts]
        return next((v for v in values if isinstance(v, NotMeasured)), None) or op(values)

    return computed


def _kleene(parts: list[Evaluator], decides: bool) -> Evaluator:
    """`and` (decided by a false part) or `or` (by a true one)."""

    def computed(s: Scope) -> Value:
        unknown: NotMeasured | None = None
        for part in parts:
            found = part(s)
            if isinstance(found, NotMeasured):
                unknown = unknown or found
            elif bool(found) is decides:
                return decides
        return (not decides) if unknown is None else unknown

    return computed
