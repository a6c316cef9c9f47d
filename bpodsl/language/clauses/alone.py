"""What can be told of an event by itself, as it comes in: its fields, its time, calendars, and what was written."""

from __future__ import annotations

from typing import Final, get_args

from bpodsl.terms import Expression, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.dates import Moment

_ALONE: Final = (
    ex.Literal, ex.FieldOf, ex.InCalendar, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not, ex.If, ex.IfMeasured,
    ex.Arithmetic, ex.Smallest, ex.Largest, ex.Rounded, ex.Table, ex.DayOf, ex.CellDay, ex.TimeOfDay, ex.Weekday,
    ex.Between, ex.OpenTime, ex.DayAfter, ex.InstantAfter,
)  # fmt: skip
"""What the door of a run evaluates (`bpodsl.record.conditions`). What is not understood yet, as a series is not while
events are, asks for more."""


def of_event_alone(expression: Expression) -> bool:
    """Whether it asks for nothing but the event."""
    parts = (part for part in walk(expression) if isinstance(part, get_args(Expression)))
    return all(isinstance(p, _ALONE) or (isinstance(p, Moment) and p.of == "row") for p in parts)
