"""Days, instants and times of day in expressions.

A day is a `date`, an instant ticks since 1970. Days are those of the agreement's zone. A day or instant outside
1970 to 2199 is `NotMeasured("no such day")` or `("no such instant")`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bpodsl.lean import frozen
from bpodsl.terms.lengths import Length

if TYPE_CHECKING:
    from bpodsl.terms.expressions import Expression


@frozen
class Moment:
    """An instant of the row in scope or (`day`) its day.

    `of`: "row", the instant of the event, interval or outcome itself; of an outcome also "opened", "due", "decided" or
    "performed", `NotMeasured` where it has none. What lies at an instant before its events (places 0 to 2) has the
    day that ends there; what is due at the end of a day has that day.
    """

    of: str
    day: bool


@frozen
class WindowDay:
    """The first or the last day of the window in scope: `edge` "first" or "last".

    `own`: of the window that the row in scope is (`FigureRows`, `PastRows`), not of the one that asks for such rows.
    `whole`: as if no term cut it.
    """

    edge: str
    own: bool = False
    whole: bool = False


@frozen
class TermEnd:
    """The last day of the term as renewed so far; an end by act does not move it. Without end: `NotMeasured`."""


@frozen
class DayOf:
    """A day of an instant, day or period: `edge` "first" or "last" (of an instant both are its local day)."""

    value: Expression
    edge: str


@frozen
class CellDay:
    """The first or last day (`edge`) of the week, month, quarter or the like in which a day lies, or of that which
    comes `on` after it (before it, if negative).

    It is `n` `unit`s long ("weeks", "months"), as they are counted from `anchor`, before it too; months clamp. With
    `nth` that day of it, 1 the first, and no later than its last. Of an instant its local day counts, of a period its
    last.
    """

    value: Expression
    unit: str
    n: int
    anchor: date
    edge: str
    on: int = 0
    nth: int | None = None


@frozen
class TimeOfDay:
    """What the clock on the wall shows at an instant, in ticks since 0:00 on it."""

    instant: Expression


@frozen
class Weekday:
    """The weekday of a day: mon, tue, wed, thu, fri, sat or sun."""

    day: Expression


@frozen
class Between:
    """How many days or months lie between two days, as a whole number.

    `unit`:
      "days"             end - start; with `through` (both days count) one more
      "working days"     N(end) - N(start), or with `through` N(end) - N(day before start), where N(day) counts the
                         open days of `calendar` up to and including a day
      "months"           the largest n for which start + n months, clamped, is not after the end (with `through`: not
                         after the day that follows it); of an earlier end the same from the other side, negative
      "calendar months"  months of the calendar of which each day lies after the start (with `through`: on it or
                         after) and none after the end; never below 0
      "30/360"           360 for each year + 30 for each month + the days: of the start the 31st counts as the 30th,
                         of the end too if that of the start is the 30th or 31st
    """

    unit: str
    start: Expression
    end: Expression
    through: bool = False
    calendar: str | None = None


@frozen
class OpenTime:
    """The length of [start, end) inside a calendar; 0 if it is empty."""

    calendar: str
    start: Expression
    end: Expression


@frozen
class DayAfter:
    """The day so long (in days or longer) after a day, or with `sign` -1 before it; months clamped.

    `count`: so many times the length; less than nothing turns it round. Where it is no whole number:
    `NotMeasured("no whole number")`.
    """

    day: Expression
    length: Length
    sign: int
    count: Expression | None = None


@frozen
class InstantAfter:
    """The instant so long after an instant, whole ticks (rounded down).

    With a `calendar` the length is its open time: the first instant with so much of it; of less than nothing
    `NotMeasured("no such instant")`.
    """

    instant: Expression
    length: Expression
    calendar: str | None = None


Dates = (
    Moment | WindowDay | TermEnd | DayOf | CellDay | TimeOfDay | Weekday | Between | OpenTime | DayAfter | InstantAfter
)  # fmt: skip
