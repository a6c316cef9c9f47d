"""Values and parts of formulas in words."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

from bpodsl.terms import Kind
from bpodsl.terms import expressions as ex
from bpodsl.values import Money, show_length, show_plain


@lru_cache(maxsize=4096)  # The same levels and sums are told again and again.
def value_told(value: int | Fraction, kind: Kind | None) -> str:
    """A number as an agreement writes it."""
    base = "" if kind is None else kind.base
    if base == "share":
        return f"{show_plain(Fraction(value) * 100)} %"
    if base == "money" and kind is not None and kind.detail:
        return Money(value, kind.detail[0]).show()
    if base == "length" and Fraction(value).denominator == 1:
        return show_length(int(value))
    return show_plain(value)


def told(e: object) -> str:
    """What a part of a formula is."""
    match e:
        case ex.FigureAt(name) | ex.Standing(name) | ex.SeriesAt(name):
            return f"`{name}`"
        case ex.FieldOf(name) | ex.CaseField(_, name) | ex.Ruled(name) | ex.Answered(name):
            return f"`{name}`"
        case ex.Aggregate("count", rows):
            return f"the number of {rows_told(rows)}"
        case ex.Aggregate(op, rows, _, value):
            word = {"sum": "the sum", "mean": "the mean"}.get(op, f"the {op}")
            return f"{word} of {told(value)} over {rows_told(rows)}"
        case ex.Reading():
            return "the time that it took"
        case ex.Outstanding():
            return "what is outstanding"
        case ex.LengthOf() | ex.TrailLength() | ex.OpenTime():
            return "a length of time"
        case ex.Between(unit):
            return f"a number of {unit}"
        case ex.Arithmetic("+", left, right):
            return f"{told(left)} and {told(right)}"
        case _:
            return "what it is reckoned from"


def rows_told(rows: ex.Rows) -> str:
    """What is counted."""
    match rows:
        case ex.EventRows(name) | ex.TrailRows(name) | ex.StateRows(name) | ex.TrailIntervals(name):
            return f"`{name}`"
        case ex.OutcomeRows(name, statuses) | ex.TrailOutcomes(name, statuses):
            return f"`{name}` {' or '.join(statuses)}"
        case ex.StandingRows(name, overdue):
            return f"`{name}` {'overdue' if overdue else 'open'}"
        case ex.FigureRows(name) | ex.PastRows(name):
            return f"windows of `{name}`"
