"""Figures, conditions, rows and times."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import (
    CountedDays,
    Day,
    Instant,
    Length,
    Money,
    Name,
    Negative,
    Node,
    Number,
    Percent,
    Period,
    Text,
    Time,
    YesNo,
    many,
    node,
)
from bpodsl.language.ast.dates import Dated
from bpodsl.language.ast.lists import GroupValue, Lookup, RankOf, SharedValue

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Literal, NamedLength
    from bpodsl.language.ast.shared import Selector


# -------------------------------------------------------------------------------- conditions
@node
class Either(Node):
    """`A or B or C`"""

    parts: tuple[Expression, ...] = many()


@node
class Both(Node):
    """`A and B and C`"""

    parts: tuple[Expression, ...] = many()


@node
class Negation(Node):
    """`not A`"""

    part: Expression


@node
class Compare(Node):
    """`A is B`, `A is not B`, `A [is] at least B`, `at most`, `more than`, `less than`

    `op`: is | is not | at least | at most | more than | less than.
    """

    left: Expression
    op: str
    right: Expression


@node
class OneOf(Node):
    """`A is one of P1, "third party"`, `A is not one of …`: `op` is: is one of | is not one of."""

    left: Expression
    op: str
    values: tuple[Literal | Name, ...]


@node
class Stands(Node):
    """`p1_on_time is met`, `restore_p1 is not missed`, `it is below minimum`, `x is not measured`

    `how`: met | missed | below minimum | measured | fulfilled | late | excused | cured | breached | waived |
    opened | undecided, with `not ` before it where so written. The left side may be a field that
    takes such a word as its value: then it is a comparison.
    """

    left: Expression
    how: str


@node
class AnyStands(Node):
    """`any of answer_calls, answer_mails or file_report is missed`; `how` as in `Stands`.

    The names of duties or of figures, one at least, and then the standing.
    """

    parts: tuple[Name | str | None, ...] = many()

    @property
    def names(self) -> tuple[Name, ...]:
        """Those of which any is meant."""
        return tuple(part for part in self.parts if isinstance(part, Name))

    @property
    def how(self) -> str:
        """What any of them is."""
        return next(part for part in self.parts if isinstance(part, str))


@node
class Given(Node):
    """`received is given`, `received is not given`: `how` is: given | not given."""

    left: Expression
    how: str


@node
class InCalendar(Node):
    """`in support`: the row's instant lies in the open time of a calendar."""

    calendar: Name


@node
class DuringState(Node):
    """`during outage`"""

    state: Name


# -------------------------------------------------------------------------------- expressions
@node
class IfThen(Node):
    """`if COND then A else B`"""

    condition: Expression
    then: Expression
    otherwise: Expression


@node
class Fallback(Node):
    """`A, or B if not measured`"""

    value: Expression
    otherwise: Expression


@node
class RoundedValue(Node):
    """`EXPR rounded half up to 0.01`"""

    value: Expression
    rounding: Rounding


@node
class Rounding(Node):
    """`rounded half up to 0.01`: `rule` is one of `values.ROUNDINGS`."""

    rule: str
    step: Number | Percent | Money | Length


@node
class Sum(Node):
    """`A + B - C`: flat, however many terms."""

    first: Expression
    rest: tuple[Signed, ...] = many()


@node
class Signed(Node):
    """`+ B` | `- B`: one further term of a sum."""

    op: str
    value: Expression


@node
class Product(Node):
    """`A * B / C`, `A × B`: flat."""

    first: Expression
    rest: tuple[Scaled, ...] = many()


@node
class Scaled(Node):
    """`* B` | `× B` | `/ B`: one further factor of a product."""

    op: str
    value: Expression


@node
class PercentOf(Node):
    """`12% of monthly_charge`"""

    share: Percent
    of: Expression


@node
class SeriesLookup(Node):
    """`cpi at DAY`, `rates of EUR at DAY`, `cpi at DAY as published on DAY`"""

    series: Name
    key: Name | Text | None
    day: Expression
    published: Expression | None = None


@node
class InCurrency(Node):
    """`price in GBP at RATE`: `into` is `in GBP` as written."""

    amount: Expression
    into: str
    rate: Expression


@node
class ActualDays(Node):
    """`actual days of 365` | `actual days of the year`: `of` is a number, or the words"""

    of: Number | str


@node
class InterestOn(Node):
    """`interest on SUM, from DAY to DAY, at RATE, actual days of 365 [, compounded monthly [ROUNDING]]`

    `basis`: `ActualDays`, or `30/360 days` as written. `every`: compounded daily | monthly | quarterly | yearly |
    compounded each calendar month | quarter | year.
    """

    sum: Expression
    first: Expression
    last: Expression
    rate: Expression
    basis: ActualDays | str
    every: str | None
    rounding: Rounding | None


@node
class Previous(Node):
    """`previous NAME, at first EXPR`"""

    figure: Name
    first: Expression


@node
class WindowsAgo(Node):
    """`NAME from 2 windows ago, at first EXPR`"""

    figure: Name
    windows: Number
    first: Expression


@node
class EarnedBack(Node):
    """`late_credit earned back when on_time is met for 3 months`: `unit` day … year or window, singular or plural"""

    credit: Name
    measure: Name
    count: Number
    unit: str


@node
class YearAgo(Node):
    """`NAME from a year ago, at first EXPR`"""

    figure: Name
    first: Expression


@node
class OfThe(Node):
    """`NAME of the year`: the figure over another window; `unit` is month | quarter | year | term."""

    figure: Name
    unit: str


@node
class Outer(Node):
    """`outer ticket`, `outer (the day)`: of the row in whose condition or value the count stands"""

    value: Expression


@node
class Posted(Node):
    """`posted help_desk_credit`: what was posted after caps."""

    line: Name


@node
class Greater(Node):
    """`the greater of A and B [and C …]`"""

    parts: tuple[Expression, ...] = many()


@node
class Lesser(Node):
    """`the lesser of A and B [and C …]`"""

    parts: tuple[Expression, ...] = many()


@node
class CountOf(Node):
    """`count of ROWS`"""

    rows: Rows


@node
class SumOf(Node):
    """`sum of EXPR over ROWS`"""

    value: Expression
    rows: Rows


@node
class MeanOf(Node):
    """`mean of EXPR over ROWS [weighted by EXPR]`"""

    value: Expression
    rows: Rows
    weight: Expression | None = None


@node
class QuantileOf(Node):
    """`95% quantile of EXPR over ROWS`"""

    share: Percent
    value: Expression
    rows: Rows


@node
class MedianOf(Node):
    """`median of EXPR over ROWS`"""

    value: Expression
    rows: Rows


@node
class PickOf(Node):
    """`smallest EXPR over ROWS`, `largest …`, `first …`, `last …`"""

    which: str
    value: Expression
    rows: Rows


@node
class ShareOfOutcomes(Node):
    """`share of NORM fulfilled [STRETCH] [with the same FIELD] [where COND]`: `status` as in `OutcomeRows`."""

    norm: Name
    status: str
    stretch: RowStretch | None
    same: WithSame | None
    where: Expression | None = None


@node
class ShareOfAny(Node):
    """`share of any of NORM, NORM or NORM fulfilled [where COND]`: of the outcomes of several duties together."""

    parts: tuple[Name | None, ...]
    status: str
    where: Expression | None = None

    @property
    def norms(self) -> tuple[Name, ...]:
        """The duties."""
        return tuple(part for part in self.parts if part is not None)


@node
class OutstandingOf(Node):
    """`outstanding of NORM [where COND]`"""

    norm: Name
    where: Expression | None = None


@node
class ShareOfEvents(Node):
    """`share of EVENT where COND [among EVENT where COND]`"""

    event: Name
    where: Expression
    among: Selector | None = None


@node
class LengthOf(Node):
    """`length of TIMES [STRETCH]`"""

    times: Times
    stretch: RowStretch | None = None


@node
class Availability(Node):
    """`availability of TIMES against TIMES`"""

    of: Times
    against: Times


@node
class WindowDays(Node):
    """`days of the window`: those within the term."""


@node
class WholeDays(Node):
    """`whole days of the window`: those of the uncut window."""


# -------------------------------------------------------------------------------- rows
@node
class NamedRows(Node):
    """`EVENT [STRETCH] [with the same FIELD] [where COND]` or `STATE [where COND]`"""

    name: Name
    stretch: RowStretch | None = None
    same: WithSame | None = None
    where: Expression | None = None


@node
class SoFar(Node):
    """`so far`: since the term began"""


@node
class SinceLast(Node):
    """`since the last claim_accepted`"""

    event: Name


@node
class InTheLast(Node):
    """`in the last 30 days`"""

    length: Length


@node
class InTheNext(Node):
    """`in the next 7 days`"""

    length: Length


@node
class InTheWindow(Node):
    """`in the window`: intervals of a state that overlap it"""


@node
class StretchBefore(Node):
    """`in the 30 days before claimed_on`"""

    length: Length
    before: Expression


@node
class BeforeWindow(Node):
    """`in the 365 days before the window`"""

    length: Length


RowStretch = SoFar | SinceLast | InTheLast | InTheNext | BeforeWindow | StretchBefore | InTheWindow


@node
class WithSame(Node):
    """`with the same account and the same site`"""

    fields: tuple[Name, ...] = many()


@node
class OutcomeRows(Node):
    """`NORM fulfilled [or late …] [STRETCH] [with the same FIELD] [where COND]`

    `statuses`: fulfilled | missed | excused | undecided | late | cured | breached | waived | opened.
    """

    norm: Name
    statuses: tuple[str, ...]
    stretch: RowStretch | None = None
    same: WithSame | None = None
    where: Expression | None = None


@node
class WindowRows(Node):
    """`windows of FIGURE [where COND]`: those inside this window."""

    figure: Name
    where: Expression | None = None


@node
class LongRows(Node):
    """`outage of at least 10 minutes [in the last 90 days] [where COND]`: intervals of a state that last so long"""

    state: Name
    op: str
    length: Length
    stretch: RowStretch | None = None
    where: Expression | None = None


@node
class GroupRows(Node):
    """`groups of speed [where COND]`: those of a figure in the window of the clause that asks"""

    figure: Name
    where: Expression | None = None


@node
class LastWindows(Node):
    """`last 3 windows of FIGURE [before DAY] [where COND]`"""

    count: Number
    figure: Name
    before: Expression | None = None
    where: Expression | None = None


@node
class DaysBefore(Node):
    """`the 30 days before DAY`, `the 12 months before the window`: days for each of which a series has a value"""

    length: Length | NamedLength
    before: Expression | TheWindow


@node
class StandingRows(Node):
    """`NORM open [where COND]`, `NORM overdue [where COND]`: those that stand so at the end of the window."""

    norm: Name
    status: str
    where: Expression | None = None


Rows = NamedRows | OutcomeRows | WindowRows | GroupRows | LongRows | LastWindows | StandingRows | DaysBefore


# -------------------------------------------------------------------------------- times
@node
class EitherTimes(Node):
    """`outage or maintenance`"""

    parts: tuple[Times, ...] = many()


@node
class BothTimes(Node):
    """`support and office`"""

    parts: tuple[Times, ...] = many()


@node
class LessTimes(Node):
    """`support less lunch`"""

    of: Times
    less: Times


@node
class TheWindow(Node):
    """`the window`"""


@node
class LongEnough(Node):
    """`outage of at least 5 minutes`: the times of a state that last so long on end"""

    state: Name
    op: str
    length: Length


@node
class AtOnce(Node):
    """`at least 12 of on_shift`: the times in which a state holds for so many of its keys at once"""

    n: Number
    state: Name


Times = Name | LongEnough | AtOnce | TheWindow | EitherTimes | BothTimes | LessTimes

Expression = (
    Name | Number | Percent | Money | Length | CountedDays | Text | Day | Instant | Period | YesNo | Negative
    | Either | Both | Negation | Compare | OneOf | Stands | AnyStands | Given | InCalendar | DuringState
    | IfThen | Fallback | RoundedValue | Sum | Product | PercentOf | Previous | WindowsAgo | YearAgo | OfThe | Posted
    | SeriesLookup | InCurrency | EarnedBack | InterestOn
    | Greater | Lesser | CountOf | SumOf | MeanOf | QuantileOf | MedianOf | PickOf | ShareOfOutcomes | ShareOfEvents
    | LengthOf | Availability | WindowDays | WholeDays | Time | Dated | Lookup | GroupValue | RankOf | OutstandingOf
    | SharedValue | Outer
)  # fmt: skip
