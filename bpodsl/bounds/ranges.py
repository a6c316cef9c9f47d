"""Ranges of exact numbers: the least and the most that a value can be, how it comes to that, or why there is no end."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from bpodsl.lean import evolve, frozen
from bpodsl.terms import Rounding
from bpodsl.values import Rounding as Way
from bpodsl.values import round_to

Number = int | Fraction
Witness = tuple[tuple[str, str], ...] | None
"""What must be so for an end to be reached: names and values; () where nothing need be, None where it is not known."""

_End = tuple[int, Number]
"""A number (0, n), or what is below (-1, 0) or above (1, 0) all numbers."""


@frozen
class Range:
    """The values from `low` to `high`, both included where they can be reached; None: no end that way.

    `below` and `above` say why there is no end. `gap`: it may be not measured as well; `empty`: it is never anything
    else. `whole`: only whole numbers. `at_low`, `at_high`: what makes it so.
    """

    low: Number | None = None
    high: Number | None = None
    below: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    gap: bool = False
    empty: bool = False
    whole: bool = False
    at_low: Witness = None
    at_high: Witness = None

    @property
    def single(self) -> Number | None:
        """The only number that it can be, if there is but one."""
        return self.low if self.low is not None and self.low == self.high else None

    @property
    def ends(self) -> tuple[tuple[_End, Witness], tuple[_End, Witness]]:
        """Its lower and its upper end, as ends can be compared."""
        low: _End = (-1, 0) if self.low is None else (0, self.low)
        high: _End = (1, 0) if self.high is None else (0, self.high)
        return (low, self.at_low), (high, self.at_high)

    def may_be(self, op: str, other: Range) -> tuple[bool, bool]:
        """Whether a comparison of two values may hold, and whether it may fail."""
        (low, _), (high, _) = self.ends
        (least, _), (most, _) = other.ends
        apart = high < least or most < low
        same = self.single is not None and self.single == other.single
        match op:
            case "<":
                return low < most, high >= least
            case "<=":
                return low <= most, high > least
            case ">":
                return high > least, low <= most
            case ">=":
                return high >= least, low < most
            case "=":
                return not apart, not same
            case _:
                return not same, not apart


NOTHING: Final = Range(gap=True, empty=True)


@lru_cache(maxsize=4096)
def exactly(value: Number) -> Range:
    """One number."""
    return Range(value, value, whole=Fraction(value).denominator == 1, at_low=(), at_high=())


def between(low: Number | None, high: Number | None, why: str, whole: bool = False, gap: bool = False) -> Range:
    """Numbers of which nothing else is known; `why` there is no end on the sides that have none."""
    below, above = (() if low is not None else (why,)), (() if high is not None else (why,))
    return Range(low, high, below, above, gap, whole=whole, at_low=(), at_high=())


def joined(ranges: Iterable[Range]) -> Range:
    """What is in one of several."""
    found = list(ranges)
    filled = [each for each in found if not each.empty]
    gap = any(each.gap for each in found)
    if not filled:
        return evolve(NOTHING, gap=gap)
    low, at_low = min((each.ends[0] for each in filled), key=lambda end: end[0])
    high, at_high = max((each.ends[1] for each in filled), key=lambda end: end[0])
    return _made(low, at_low, high, at_high, filled, gap, all(each.whole for each in filled))


def added(left: Range, right: Range) -> Range:
    """left + right"""
    return _combined(left, right, lambda a, b: a + b, _plus, corners=False)


def minus(of: Range) -> Range:
    """0 - of"""
    low = None if of.high is None else -of.high
    high = None if of.low is None else -of.low
    return evolve(of, low=low, high=high, below=of.above, above=of.below, at_low=of.at_high, at_high=of.at_low)


def multiplied(left: Range, right: Range) -> Range:
    """left * right"""
    return _combined(left, right, lambda a, b: a * b, _times, corners=True)


def divided(left: Range, right: Range, by: str) -> Range:
    """left / right; dividing by 0 is not measured. `by`: the divisor in words."""
    if left.empty or right.empty or right.single == 0:
        return NOTHING
    (low, _), (high, _) = right.ends
    near = f"{by} may come as near to 0 as it likes"
    if low < (0, 0) < high:
        return Range(below=(near,), above=(near,), gap=True)
    gap = left.gap or right.gap or low == (0, 0) or high == (0, 0)
    if high <= (0, 0):
        left, right = minus(left), minus(right)
    least = right.low or (1 if right.whole else None)
    inverse = Range(
        0 if right.high is None else Fraction(1) / right.high, None if least is None else Fraction(1) / least,
        (), () if least is not None else (near,),
        at_low=None if right.high is None else right.at_high, at_high=right.at_low if right.low else None,
    )  # fmt: skip
    return evolve(multiplied(left, inverse), gap=gap, whole=False)


def least_of(ranges: Iterable[Range]) -> Range:
    """The smallest of several values."""
    return _extreme(list(ranges), min)


def largest_of(ranges: Iterable[Range]) -> Range:
    """The largest of several values."""
    return _extreme(list(ranges), max)


def rounded(of: Range, rounding: Rounding | None) -> Range:
    """The value, rounded: that keeps the order of values."""
    if rounding is None or of.empty:
        return of
    low, high = (None if end is None else _rounded(end, rounding) for end in (of.low, of.high))
    return evolve(of, low=low, high=high, whole=of.whole or Fraction(rounding.step).denominator == 1)


def cut(of: Range, low: Number | None, high: Number | None) -> Range:
    """Those values that lie between two numbers; empty if there are none."""
    if of.empty:
        return of
    if low is not None and (of.low is None or low > of.low):
        of = evolve(of, low=low, below=(), at_low=None)
    if high is not None and (of.high is None or high < of.high):
        of = evolve(of, high=high, above=(), at_high=None)
    if of.low is not None and of.high is not None and of.low > of.high:
        return evolve(NOTHING, gap=of.gap)
    return of


def at_most(of: Range, most: Number) -> Range:
    """What a cap lets through. What leads to more than the cap leads to the cap."""
    if of.empty or (of.high is not None and of.high <= most):
        return of
    low = of.low if of.low is None else min(of.low, most)
    return evolve(of, low=low, high=most, above=())


def all_of(first: Witness, second: Witness) -> Witness:
    """Both together; None if they contradict each other."""
    if first is None or second is None:
        return None
    known = dict(first)
    if any(known.get(name, value) != value for name, value in second):
        return None
    return (*first, *(each for each in second if each[0] not in known))


# ------------------------------------------------------------------------------------ ends
def _rounded(value: Number, rounding: Rounding) -> Number:
    way: Way = rounding.rule  # type: ignore[assignment]
    return round_to(value, rounding.step, way)


def _extreme(found: list[Range], pick: Callable[..., Any]) -> Range:
    if not found or any(each.empty for each in found):
        return NOTHING
    low, at_low = pick((each.ends[0] for each in found), key=lambda end: end[0])
    high, at_high = pick((each.ends[1] for each in found), key=lambda end: end[0])
    return _made(low, at_low, high, at_high, found, any(e.gap for e in found), all(e.whole for e in found))


def _combined(
    left: Range, right: Range, exact: Callable[[Number, Number], Number], of: Callable[..., _End], corners: bool
) -> Range:
    if left.empty or right.empty:
        return NOTHING
    pairs = [(a, b) for a in left.ends for b in right.ends]
    if not corners:
        pairs = [pairs[0], pairs[3]]
    results = [(of(a, b, exact), all_of(at, under)) for (a, at), (b, under) in pairs]
    low, at_low = _first(results, min)
    high, at_high = _first(results, max)
    whole = left.whole and right.whole
    return _made(low, at_low, high, at_high, [left, right], left.gap or right.gap, whole)


def _first(results: list[tuple[_End, Witness]], pick: Callable[..., _End]) -> tuple[_End, Witness]:
    """The extreme end, and how it can be reached if any way is known."""
    end = pick(each for each, _ in results)
    ways = [way for each, way in results if each == end and way is not None]
    return end, (min(ways, key=len) if ways else None)


def _made(
    low: _End, at_low: Witness, high: _End, at_high: Witness, of: list[Range], gap: bool, whole: bool
) -> Range:  # fmt: skip
    why = tuple(dict.fromkeys(reason for each in of for reason in (*each.below, *each.above)))
    below = tuple(dict.fromkeys(reason for each in of for reason in each.below)) or why
    above = tuple(dict.fromkeys(reason for each in of for reason in each.above)) or why
    return Range(
        low[1] if low[0] == 0 else None, high[1] if high[0] == 0 else None,
        () if low[0] == 0 else below, () if high[0] == 0 else above,
        gap, whole=whole, at_low=at_low, at_high=at_high,
    )  # fmt: skip


def _plus(a: _End, b: _End, exact: Callable[[Number, Number], Number]) -> _End:
    """Only like ends are added, so that two without end never face each other."""
    return (a[0] or b[0], 0) if a[0] or b[0] else (0, exact(a[1], b[1]))


def _times(a: _End, b: _End, exact: Callable[[Number, Number], Number]) -> _End:
    if not a[0] and not b[0]:
        return 0, exact(a[1], b[1])
    if a == (0, 0) or b == (0, 0):
        return 0, 0
    return (1 if (a > (0, 0)) == (b > (0, 0)) else -1), 0
