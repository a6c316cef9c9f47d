"""What a figure is where nothing is reported."""

from __future__ import annotations

from fractions import Fraction

from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex

Found = tuple[Fraction, ex.Times | None]
"""So many times the length of a set of times; of None: a plain number."""


def when_silent(contract: Contract, value: object) -> Fraction | None:
    """The value of a window in which no event is reported, where it has one and that is known: counts and sums of
    nothing are 0, states do not hold, calendars are open as they are."""
    found = _value({state.name for state in contract.states if state.made is None and state.starts}, value)
    return found[0] if found is not None and (found[1] is None or found[0] == 0) else None


def _value(states: set[str], part: object) -> Found | None:
    match part:
        case ex.Literal(int() | Fraction() as value) if not isinstance(value, bool):
            return Fraction(value), None
        case ex.Aggregate("count" | "sum", ex.EventRows()):
            return Fraction(0), None
        case ex.Aggregate("count" | "sum", ex.StateRows(state)) if state in states:
            return Fraction(0), None
        case ex.LengthOf(times):
            if not _known(states, times):
                return None
            left = _left(times)
            return (Fraction(0), None) if left is None else (Fraction(1), left)
        case ex.Arithmetic(op, left, right):
            a, b = _value(states, left), _value(states, right)
            return None if a is None or b is None else _reckoned(op, a, b)
        case ex.IfMeasured(value, _) | ex.Rounded(value):
            found = _value(states, value)
            # What is rounded may come to something else.
            exact = isinstance(part, ex.IfMeasured) or (found is not None and found[0].denominator == 1)
            return found if exact else None
    return None


def _reckoned(op: str, a: Found, b: Found) -> Found | None:
    match op:
        case "+" | "-" if a[1] == b[1] or 0 in (a[0], b[0]):
            return a[0] + b[0] if op == "+" else a[0] - b[0], a[1] if a[0] != 0 else b[1]
        case "*" if None in (a[1], b[1]):
            return a[0] * b[0], a[1] or b[1]
        case "/" if b[0] != 0 and b[1] in (None, a[1]):
            return a[0] / b[0], a[1] if b[1] is None else None
        case "/" if b[0] != 0 and a[0] == 0:
            return Fraction(0), None
    return None


def _known(states: set[str], times: object) -> bool:
    match times:
        case ex.StateTimes(state) | ex.ManyTimes(state):
            return state in states
        case ex.UnionTimes(parts) | ex.BothTimes(parts):
            return all(_known(states, each) for each in parts)
        case ex.LessTimes(of, less):
            return _known(states, of) and _known(states, less)
    return True


def _left(times: ex.Times) -> ex.Times | None:
    """The times without those of states; None if nothing is left."""
    match times:
        case ex.StateTimes() | ex.ManyTimes():
            return None
        case ex.BothTimes(parts):
            left = [_left(each) for each in parts]
            return None if None in left else ex.BothTimes(tuple(each for each in left if each is not None))
        case ex.UnionTimes(parts):
            found = tuple(each for part in parts if (each := _left(part)) is not None)
            return None if not found else found[0] if len(found) == 1 else ex.UnionTimes(found)
        case ex.LessTimes(of, less):
            rest, without = _left(of), _left(less)
            return rest if rest is None or without is None else ex.LessTimes(rest, without)
    return times
