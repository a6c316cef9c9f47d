"""Which values an expression can have: its range, or the list of its words."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from bpodsl.lean import evolve, frozen
from bpodsl.lint.pieces import Number
from bpodsl.terms import Kind
from bpodsl.values import DAY_TICKS, Period

OPS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip
OPPOSITE: Final[Mapping[str, str]] = {"=": "!=", "!=": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
TURNED: Final[Mapping[str, str]] = {"=": "=", "!=": "!=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}


@frozen
class Domain:
    """The values that something may have: those listed in `values`; else those from `low` to `high` (None: without
    end), each end included or not. `whole`: only whole numbers. Without `ordered` it is text of any words."""

    values: tuple[object, ...] | None = None
    low: Number | None = None
    low_in: bool = True
    high: Number | None = None
    high_in: bool = True
    whole: bool = False
    ordered: bool = True


ANY: Final = Domain()
TEXT: Final = Domain(ordered=False)
YES_NO: Final = Domain(values=(False, True))

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAYS: Final = Domain(values=_WEEKDAYS)


def of_kind(kind: Kind | None) -> Domain:
    """All values of a kind."""
    match kind.base if kind is not None else "":
        case "yes_no":
            return YES_NO
        case "one_of" if kind is not None and kind.detail:
            return Domain(values=kind.detail)
        case "text" | "one_of":
            return TEXT
        case "time":
            return Domain(low=0, high=DAY_TICKS, whole=True)
        case "day" | "instant" | "period":
            return Domain(whole=True)
        case _:
            return ANY


def number(value: object) -> object:
    """A value as it is reckoned with: a day as its number, a period as that of its first day."""
    if isinstance(value, Period):
        return value.first.toordinal()
    return value.toordinal() if isinstance(value, date) else value


Bound = tuple[str, object]
"""An operator and what the value stands so to."""


def narrowed(domain: Domain, bounds: Iterable[Bound]) -> Domain:
    """The domain, as far as the bounds leave it; what they leave out by `!=` they leave out in `sample`."""
    if domain.values is not None or not domain.ordered:
        return domain
    low, low_in, high, high_in = domain.low, domain.low_in, domain.high, domain.high_in
    for op, to in bounds:
        value = _ordered(to)
        if value is None:
            continue
        if op in (">", ">=", "=") and (low is None or value > low or (value == low and op == ">")):
            low, low_in = value, op != ">"
        if op in ("<", "<=", "=") and (high is None or value < high or (value == high and op == "<")):
            high, high_in = value, op != "<"
    if domain.whole:
        if low is not None:
            low, low_in = (floor(low) + 1 if not low_in else ceil(low)), True
        if high is not None:
            high, high_in = (ceil(high) - 1 if not high_in else floor(high)), True
    return evolve(domain, low=low, low_in=low_in, high=high, high_in=high_in)


def sample(domain: Domain, bounds: Iterable[Bound] = ()) -> object | None:
    """One value of the domain that keeps all bounds; None if there is none."""
    bounds = list(bounds)
    if domain.values is not None:
        return next((v for v in domain.values if all(OPS[op](v, to) for op, to in bounds)), None)
    if not domain.ordered or any(isinstance(to, str | bool) for _, to in bounds):
        named = [to for op, to in bounds if op == "="] or [f"x{n}" for n in range(len(bounds) + 1)]
        return next((v for v in named if all(op not in ("=", "!=") or OPS[op](v, to) for op, to in bounds)), None)
    left = narrowed(domain, bounds)
    missing = {to for op, to in bounds if op == "!="}
    if _empty(left):
        return None
    return next((v for v in _tried(left, len(missing) + 2) if v not in missing), None)


def _empty(left: Domain) -> bool:
    if left.low is None or left.high is None:
        return False
    return left.low > left.high or (left.low == left.high and not (left.low_in and left.high_in))


def _tried(left: Domain, many: int) -> Iterable[Number]:
    """Values of a range that is not empty, enough of them."""
    low, high = left.low, left.high
    if low is not None and left.low_in:
        yield low
    if high is not None and left.high_in and high != low:
        yield high
    for n in range(1, many + 1):
        if low is None:
            yield n if high is None else high - n
        elif high is None:
            yield low + n
        elif not left.whole:
            yield low + (Fraction(high) - low) * n / (many + 1)
        elif low + n < high:
            yield low + n


def _ordered(value: object) -> Number | None:
    return value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None
