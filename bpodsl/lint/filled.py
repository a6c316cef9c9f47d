"""Values of the fields in a sum that has a value: they are looked for one after the other, without a solver."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import ceil, floor

from bpodsl.lint.domains import OPS, Bound, Domain, number, sample
from bpodsl.lint.pieces import Number
from bpodsl.lint.ways import Subject, leaves
from bpodsl.terms import expressions as ex


def filled(
    formula: Subject, goal: object, bounds: Iterable[Bound], domains: Mapping[Subject, Domain]
) -> dict[Subject, object] | None:
    """Values with which the formula, a linear one, keeps the bounds; `goal` is one that it may have. None where none
    were found."""
    parts = list(dict.fromkeys(leaves(formula)))
    found: dict[Subject, Number] = {}
    for each in parts:
        value = _number(sample(domains[each])) if each in domains else None
        if value is None:
            return None
        found[each] = value
    aim = _number(goal)
    if aim is None:
        return None
    for each in parts:
        now = _value(formula, found)
        step = None if now is None else _value(formula, {**found, each: found[each] + 1})
        if now is None or step is None or step == now or now == aim:
            continue
        wanted = found[each] + Fraction(aim - now) / (step - now)
        found[each] = _nearest(domains[each], wanted, up=(step > now) is (aim > now))
    now = _value(formula, found)
    kept = now is not None and all(OPS[op](now, to) for op, to in bounds)
    return {each: _plain(value) for each, value in found.items()} if kept else None


def _nearest(domain: Domain, wanted: Number, up: bool) -> Number:
    """The value of a domain nearest to the one wanted; of whole ones the next `up`, or down."""
    if domain.whole:
        wanted = ceil(wanted) if up else floor(wanted)
    if domain.low is not None and (wanted < domain.low or (wanted == domain.low and not domain.low_in)):
        return _number(sample(domain)) or domain.low
    if domain.high is not None and (wanted > domain.high or (wanted == domain.high and not domain.high_in)):
        return domain.high if domain.high_in else _number(sample(domain)) or domain.high
    return wanted


def _value(formula: Subject, given: Mapping[Subject, Number]) -> Number | None:
    """What a formula comes to; None where a part of it is no number."""
    match formula.expression:
        case ex.Literal(value):
            return _number(number(value))
        case ex.Arithmetic(op, left, right) if formula not in given:
            a, b = _value(Subject(formula.of, left), given), _value(Subject(formula.of, right), given)
            if a is None or b is None or (op == "/" and b == 0):
                return None
            return {"+": a + b, "-": a - b, "*": a * b}[op] if op != "/" else Fraction(a) / b
    return given.get(formula)


def _number(value: object) -> Number | None:
    return value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


def _plain(value: Number) -> Number:
    return value.numerator if value.denominator == 1 else value
