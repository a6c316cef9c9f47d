"""Expressions: total and exact. Each yields a value or `NotMeasured`, never an exception.

An expression is evaluated in a *scope*: a row (an event, an outcome, a state's interval), or a
window of a figure together with its group. Which leaves make sense where is settled when the
agreement is resolved, so an evaluator may rely on it.

`NotMeasured` propagates through arithmetic, comparison, rounding and tables. `and`, `or`, `not`
treat it as strong Kleene logic treats the unknown: false and x is false, true or x is true, all
else with it is not measured. A condition that is not measured does not hold. `Pending` is passed on
in the same way, through `IfMeasured` and aggregates too.
"""

from __future__ import annotations

from fractions import Fraction

from bpodsl.lean import frozen
from bpodsl.terms.dates import (
    Between as Between,
)
from bpodsl.terms.dates import (
    CellDay as CellDay,
)
from bpodsl.terms.dates import (
    DayAfter as DayAfter,
)
from bpodsl.terms.dates import (
    DayOf as DayOf,
)
from bpodsl.terms.dates import (
    InstantAfter as InstantAfter,
)
from bpodsl.terms.dates import (
    Moment as Moment,
)
from bpodsl.terms.dates import (
    OpenTime as OpenTime,
)
from bpodsl.terms.dates import (
    TermEnd as TermEnd,
)
from bpodsl.terms.dates import (
    TimeOfDay as TimeOfDay,
)
from bpodsl.terms.dates import (
    Weekday as Weekday,
)
from bpodsl.terms.dates import (
    WindowDay as WindowDay,
)
from bpodsl.terms.kinds import Kind
from bpodsl.terms.lengths import Length
from bpodsl.terms.stretches import TrailIntervals as TrailIntervals
from bpodsl.terms.stretches import TrailLength as TrailLength
from bpodsl.terms.stretches import TrailOutcomes as TrailOutcomes
from bpodsl.values import Basis, Every


@frozen
class NotMeasured:
    """There is nothing to measure; `why` says it in the words of the clause."""

    why: str


@frozen
class Pending(NotMeasured):
    """A point of a series that is needed has not been recorded yet. The figure that asks waits for it."""


@frozen
class Rounding:
    """To the nearest multiple of `step`, by one of `values.ROUNDINGS`."""

    step: Fraction | int
    rule: str


# ------------------------------------------------------------------------------------ leaves
@frozen
class Literal:
    """A value written in the agreement, held as `Kind` says."""

    value: object
    kind: Kind


@frozen
class Unmeasured:
    """Yields `NotMeasured(why)`."""

    why: str


@frozen
class FieldOf:
    """A field of the row in scope; of an outcome, the field of the event that opened it.

    A field that the event leaves out, without a default, is `NotMeasured`.
    """

    name: str


@frozen
class Ruled:
    """The answer to a question about the row's event: a field as `FieldOf`, but while it is absent the question is
    open: `NotMeasured("not decided")`. A window waits for it; what does not happen for want of it is Provisional.
    """

    name: str


@frozen
class Answered:
    """The answer to a question about the outcome in scope (`of` "row"), or about a window of `figure` ("window").

    It is what the decision of an instance of `norms` says (`Norm.answers`): the one that has the name of the row's
    instance; of a window, its label and the values of `by`, joined by "/". `kind` is that of the answer. While an
    instance of the first of them is there and nothing is answered it is `NotMeasured("not decided")`, and waited for as
    a `Ruled`; without one the question does not arise.
    """

    name: str
    norms: tuple[str, ...]
    kind: Kind
    of: str = "row"
    by: tuple[str, ...] = ()


@frozen
class GroupKey:
    """The value of one key of the group in scope (of a figure, line, account or rule)."""

    name: str


@frozen
class Reading:
    """Of an outcome in scope: what its clock read when it was decided, as a length.

    Fulfilled and late: at the performance. Missed and not performed: at its limit.
    """


@frozen
class Outstanding:
    """Of an instance in scope that is performed in parts: what of its total the acts before the end of the window have
    not covered; of an outcome from which something follows the acts up to then. Never below 0. `NotMeasured` where the
    total is.
    """


@frozen
class InState:
    """Whether the state holds at the row's instant, for the row's keys (values after pass (c))."""

    state: str


@frozen
class InCalendar:
    """Whether the row's instant lies in the open time of a calendar."""

    calendar: str


@frozen
class WindowLength:
    """Days of the window in scope: those within the term, or (`whole`) those of the uncut window.

    `less`: a state (of no keys); days at whose first instant it holds are not counted.
    """

    whole: bool
    less: str = ""


@frozen
class Same:
    """The same window."""


@frozen
class Back:
    """`n` windows earlier of the same grid; `first` is the value where there is none."""

    n: int
    first: Expression


Shift = Same | Back


@frozen
class FigureAt:
    """The value of another figure in a window given by `shift`, in the group of the same keys.

    A figure of fewer keys is read in the group of the keys they share.
    """

    figure: str
    shift: Shift


@frozen
class Standing:
    """How a figure stands in a window: a yes/no.

    `how`: "met" (its target), "missed" (its target), "below minimum" (its minimum missed),
    "not measured". A figure not measured is neither met nor missed nor below.
    """

    figure: str
    how: str
    shift: Shift


@frozen
class Posted:
    """What a line has posted for the window in scope: rounded and after caps, as money."""

    line: str


@frozen
class SeriesAt:
    """The value of a series for a day: `day` is a day, an instant (its local day) or a period (its last day).

    `find`: "exact" (the point of that day, or of the period that holds it), "latest" (the last one on or before it)
    or "interpolated" (by days, between the points before and after it). `key` in the order of the series' keys.
    `published` (a day or an instant): only points published by the end of that day count.

    Where no such point has been recorded a figure waits (`Pending`); whoever else asks finds it not measured.
    """

    series: str
    day: Expression
    find: str = "exact"
    key: tuple[Expression, ...] = ()
    published: Expression | None = None


@frozen
class EachDay:
    """The day for which the rate of an `Interest`, or the value of an `OverDays`, is asked."""


@frozen
class Interest:
    """Interest on `sum` for each day after `first` up to `last` (days, instants or periods; none where it comes first),
    at the yearly `rate` of that day, which an `EachDay` in it stands for.

    `basis`: what part of a year a day is, and `every`: how often what has accrued is rounded and added to the sum, as
    `values.interest` has them.
    """

    sum: Expression
    first: Expression
    last: Expression
    rate: Expression
    basis: Basis
    every: Every
    rounding: Rounding


@frozen
class OverDays:
    """The "mean" or "sum" (`op`) of a value over the days after `first` up to `last` (days, instants or periods), each
    of which an `EachDay` in it stands for; of no day a mean is `NotMeasured("nothing to measure")`, a sum 0.

    `unit` "day", or only the days with which a "month", "quarter" or "year" of the calendar ends, for the whole of it.
    `calendar`: only the days on which it opens.
    """

    op: str
    value: Expression
    first: Expression
    last: Expression
    unit: str = "day"
    calendar: str | None = None


@frozen
class CaseField:
    """A field that another kind of event of the same case gives: of the latest `event` whose `keys` equal the row's.

    Only events that give the field count, before the term begins and after it ends too. Of a row that is an event: the
    latest before it, of one instant in the order of events; of any other: the latest so far.
    """

    event: str
    name: str
    keys: tuple[str, ...]


@frozen
class Outer:
    """The value of an expression in the row around the row in scope: that in whose scope the aggregate stands of which
    this is a row. Only in a `where`, value or weight of rows that a row asks for (`of` "row", `PastRows`).
    """

    value: Expression


@frozen
class OfSum:
    """The value of an expression in the scope of the sum that is held against the limit of an account: of an `Accrue`
    the row from which it follows, of a window its last tick. Of its fields it has only those in the account's `by`.
    Only in a limit, and not inside an aggregate of the account's window.
    """

    value: Expression


@frozen
class Signed:
    """Whether a change had been signed, as far as is known in this outcome; always so if that was before its effect."""

    change: str


# ------------------------------------------------------------------------------------ times
@frozen
class StateTimes:
    """The union of a state's intervals, over all its keys that agree with the group in scope.

    With `least` (elapsed or in open time) only of those that last so long on end, whole, up to the end of the window or
    stretch in scope; `more`: longer than that. Intervals of one key that adjoin are one.
    """

    state: str
    least: Length | None = None
    more: bool = False


@frozen
class CalendarTimes:
    """The open time of a calendar."""

    calendar: str


@frozen
class WindowTimes:
    """The whole window in scope."""


@frozen
class UnionTimes:
    parts: tuple[Times, ...]


@frozen
class BothTimes:
    parts: tuple[Times, ...]


@frozen
class LessTimes:
    of: Times
    less: Times


@frozen
class ManyTimes:
    """When intervals of a state of at least `n` different keys hold at once, of those that agree with the group."""

    state: str
    n: int


Times = StateTimes | CalendarTimes | WindowTimes | UnionTimes | BothTimes | LessTimes | ManyTimes


@frozen
class LengthOf:
    """How much of a set of times lies inside the window in scope, as a length."""

    times: Times


# ------------------------------------------------------------------------------------ aggregates
@frozen
class EventRows:
    """Events of a kind. The row belongs to the window of its acting instant or, if `by_period`
    names a period field, to the window that holds the period's last day.
    """

    event: str
    by_period: str | None = None


@frozen
class OutcomeRows:
    """Instances of a norm in one of `statuses` (see `record.STATUSES`).

    Besides these there are "cured" (missed and cured) and "late" (missed or excused, performed later and not cured).

    `counted` says to which window an instance belongs: that of its "opened", "due", "decided" or
    "performed" instant. An early deadline at e belongs to the window with start < e <= end, all
    else to the one with start <= t < end. Counted when performed: only instances performed, in
    time or late, take part. Counted when due: only those decided, or whose deadline has gone by. Counted when opened:
    the window waits for every one opened in it, unless all that is asked of them is known at their opening
    (`waits` False). Where "cured" ones count by what comes before the cure, it waits for those that may still be cured.
    """

    norm: str
    statuses: tuple[str, ...]
    counted: str
    waits: bool = True


@frozen
class StateRows:
    """Intervals of a state, each belonging to the window of its start; `Reading` is its length so far."""

    state: str


@frozen
class FigureRows:
    """Measured values of another figure: of its windows that end in this one (a window of the whole term: that lies
    inside it), or of the last `last` windows that ended no later than this one began. In such a row `RowValue` is the
    value, `RowStanding` its standing.
    """

    figure: str
    last: int | None = None


@frozen
class StandingRows:
    """Instances of a norm that stand open at the end of the window: opened before it, not performed before it, and not
    ended with the agreement before it. `overdue`: only those missed by then (an early deadline at the end counts).
    """

    norm: str
    overdue: bool


@frozen
class TrailRows:
    """Events of a kind in a stretch of time that does not stop at the window's edges; only those in force count.

    `of` says from where the stretch is reckoned: the "row" in scope, the "window" in scope (its end), or what comes
    "before the window". `reach`: "all" (at any time, as far as is known), "so far" (from the start of the term up to
    it), "last" (`length` back from it) or "next" (`length` on from it).

    Of a row at t: (t - length, t] by the clock, and in days the local days later than its day less `length`; the row
    itself and events before it in the order of events. "next": those after it, up to t + length, or the last of so
    many days after its day. Of a window: so much time, or so many days, that end with it, or with the day before it.

    With `before` (a day, instant or period of the row; only "last", of a row) it is `length` back from that instead:
    so many days that end with the day before it, or so much time up to it; of these, too, only events before the row.
    Where `before` is not measured there are none.

    `same`: fields in which an event equals the row in scope (of a window the events of the group count). `since` (only
    "so far"): of these only those that come after the latest event of that kind which would be found so itself.
    """

    event: str
    reach: str
    of: str = "row"
    length: Length | None = None
    same: tuple[str, ...] = ()
    before: Expression | None = None
    since: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """The kinds of events that it looks for."""
        return (self.event, self.since) if self.since else (self.event,)


@frozen
class PastRows:
    """Measured values of a figure, asked for by a row: the last `n` windows that had ended when it came about, or
    (`before`, a day) no later than that day began; as far as they have settled. Of groups that agree with the row.
    """

    figure: str
    n: int
    before: Expression | None = None


Rows = (
    EventRows | OutcomeRows | StateRows | FigureRows | StandingRows | TrailRows | TrailOutcomes | TrailIntervals
    | PastRows
)  # fmt: skip


@frozen
class RowValue:
    """The value of a `FigureRows` row."""


@frozen
class RowStanding:
    """How the window of a `FigureRows` row stands; `how` as in `Standing`."""

    how: str


@frozen
class Aggregate:
    """One value out of many rows of the window in scope and its group.

    `op`: "count" (rows, or the sum of weights), "sum" (of value × weight), "mean" (weighted),
    "quantile" (`q`: the smallest value with at least q of the weight at or below it), "min",
    "max", "first", "last" (by instant, then source and id), "lowest", "highest" (the value of the row with the least,
    or greatest, weight; of several the first). `where` keeps rows whose condition
    holds. Rows whose value or weight is not measured are left out. Count and sum of nothing are
    0; all else of nothing (or, but for "lowest" and "highest", of no weight) is `NotMeasured`.
    """

    op: str
    rows: Rows
    where: Expression | None = None
    value: Expression | None = None
    weight: Expression | None = None
    q: Fraction | int | None = None


# ------------------------------------------------------------------------------------ operators
@frozen
class Arithmetic:
    """`op` one of + - * /. Division by zero is `NotMeasured("division by zero")`."""

    op: str
    left: Expression
    right: Expression


@frozen
class Compare:
    """`op` one of = != < <= > >=. Values compare exactly, text by its words."""

    op: str
    left: Expression
    right: Expression


@frozen
class AllOf:
    parts: tuple[Expression, ...]


@frozen
class AnyOf:
    parts: tuple[Expression, ...]


@frozen
class Not:
    part: Expression


@frozen
class Smallest:
    parts: tuple[Expression, ...]


@frozen
class Largest:
    parts: tuple[Expression, ...]


@frozen
class If:
    """A condition that is not measured gives `NotMeasured`."""

    condition: Expression
    then: Expression
    otherwise: Expression


@frozen
class IfMeasured:
    """`value`, or `otherwise` where it is not measured."""

    value: Expression
    otherwise: Expression


@frozen
class Rounded:
    value: Expression
    rounding: Rounding


@frozen
class SharedOut:
    """What one of several takes of a total, so that the parts add up to the total as `rounding` rounds it.

    `weights` in the order of the names of those that share; `own` is the place of the one meant, from 0. Each part is
    its exact share cut down towards zero to the step of `rounding`; the steps left over go one each to the largest
    remainders, the earlier name first among equals. A weight not measured, or negative, is none. Without any weight,
    or where `own` is not measured, it is `NotMeasured`.
    """

    total: Expression
    weights: tuple[Expression, ...]
    own: Expression
    rounding: Rounding


@frozen
class Row:
    """`op` one of >= > <= <: the row applies when subject op bound."""

    op: str
    bound: Expression
    result: Expression


@frozen
class Table:
    """The result of the first row that applies, else of `otherwise` (None: not measured)."""

    subject: Expression
    rows: tuple[Row, ...]
    otherwise: Expression | None


@frozen
class Band:
    """The part of the subject above the previous band's `upto` and not above this one (None: all the rest)."""

    upto: Expression | None
    rate: Expression


@frozen
class Bands:
    """Marginal table: the sum over bands of (part of the subject in the band) × rate."""

    subject: Expression
    bands: tuple[Band, ...]


Expression = (
    Literal | Unmeasured | FieldOf | CaseField | Outer | OfSum | Ruled | Answered | GroupKey | Reading | Outstanding
    | InState | InCalendar | WindowLength | TrailLength | EachDay | Interest | OverDays
    | FigureAt | Standing | Posted | SeriesAt | LengthOf | RowValue | RowStanding | Aggregate | Arithmetic | Compare
    | AllOf | AnyOf | Not | Smallest | Largest | If | IfMeasured | Rounded | SharedOut | Table | Bands
    | Moment | WindowDay | TermEnd | Signed | DayOf | CellDay | TimeOfDay | Weekday | Between | OpenTime | DayAfter
    | InstantAfter
)  # fmt: skip


__all__ = [name for name in dir() if name[0].isupper() and name not in ("Fraction", "Kind", "Length")]
