"""Days, instants and times of day in expressions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Name, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Number
    from bpodsl.language.ast.expressions import Expression
    from bpodsl.language.ast.lists import Lookup


@node
class Later(Node):
    """`the later of A and B [and C …]`"""

    parts: tuple[Expression, ...] = many()


@node
class Earlier(Node):
    """`the earlier of A and B [and C …]`"""

    parts: tuple[Expression, ...] = many()


@node
class Moment(Node):
    """`the day`, `the instant`, `the day due`, `the instant performed`

    `what`: day | instant. `of`: opened | due | decided | performed; None: of the row itself.
    """

    what: str
    of: str | None = None


@node
class DayOf(Node):
    """`day of received`"""

    value: Expression


@node
class Stretch(Node):
    """`the window` | `the whole window` | `the term`, as written."""

    words: str


@node
class FirstDay(Node):
    """`first day of the window`, `first day of for_month`"""

    of: Stretch | Expression


@node
class LastDay(Node):
    """`last day of the term`, `last day of for_month`"""

    of: Stretch | Expression


@node
class FirstIn(Node):
    """`first day of the month of received`: `unit` is week | month | quarter | year | contract year, `which` of |
    after | before."""

    unit: str
    which: str
    of: Expression


@node
class LastIn(Node):
    """`last day of the month after received`"""

    unit: str
    which: str
    of: Expression


@node
class NthIn(Node):
    """`day 20 of the month after received`"""

    day: Number
    unit: str
    which: str
    of: Expression


@node
class TimeOfDay(Node):
    """`time of day of received`"""

    instant: Expression


@node
class SliceAt(Node):
    """`slice of 30 minutes at offered`"""

    count: Number
    unit: str
    instant: Expression


@node
class WeekdayOf(Node):
    """`weekday of dated`"""

    day: Expression


@node
class DaysBetween(Node):
    """`days from A to B`, `days from A through B`: `edge` is to | through."""

    start: Expression
    edge: str
    end: Expression


@node
class WorkingDaysBetween(Node):
    """`working days of C from A to B`, `working days of (COLUMN of FIELD in LIST) from A to B`"""

    calendar: Name | Lookup
    start: Expression
    edge: str
    end: Expression


@node
class MonthsBetween(Node):
    """`months from A to B`"""

    start: Expression
    edge: str
    end: Expression


@node
class CalendarMonthsBetween(Node):
    """`calendar months from A to B`"""

    start: Expression
    edge: str
    end: Expression


@node
class Days30360(Node):
    """`30/360 days from A to B`"""

    start: Expression
    end: Expression


@node
class TimeBetween(Node):
    """`time from I to J`, `time of C from I to J`, `time of (COLUMN of FIELD in LIST) from I to J`"""

    calendar: Name | Lookup | None
    start: Expression
    end: Expression


Dated = (
    Later | Earlier | Moment | DayOf | FirstDay | LastDay | FirstIn | LastIn | NthIn | TimeOfDay | SliceAt
    | WeekdayOf | DaysBetween | WorkingDaysBetween | MonthsBetween | CalendarMonthsBetween | Days30360 | TimeBetween
)  # fmt: skip
