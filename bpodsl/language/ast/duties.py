"""Obligations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node
from bpodsl.language.ast.shared import Each, GroupOf, PartOfLine, SurvivesLine

if TYPE_CHECKING:
    from bpodsl.language.ast.base import DueLength, Length, Name, Number, Reference, Text, Time
    from bpodsl.language.ast.events import FromTo, Otherwise
    from bpodsl.language.ast.expressions import Expression, Times
    from bpodsl.language.ast.lists import Lookup
    from bpodsl.language.ast.shared import Consequence, Parties, RowKeys, Selector


@node
class Obligation(Node):
    """`obligation NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[ObligationLine, ...] = many()


@node
class DutyLine(Line):
    """`PARTY must|must not ACTS [OPENING]`: `modality` is must | must not."""

    bearer: Parties
    modality: str
    acts: AnyActs | AllActs | LastAct | FirstAct | Kept
    opening: Opening | None


@node
class AnyActs(Node):
    """`EVENT [where COND] [or EVENT …]`: any of them. After a condition `, or`."""

    selectors: tuple[Selector, ...] = many()


@node
class AllActs(Node):
    """`EVENT [where COND] and EVENT …`: all of them. After a condition `, and`."""

    selectors: tuple[Selector, ...] = many()


@node
class LastAct(Node):
    """`the last EVENT [where COND]`"""

    selector: Selector


@node
class FirstAct(Node):
    """`the first EVENT [where COND]`"""

    selector: Selector


@node
class Kept(Node):
    """`keep TIMES [during TIMES] [for each site of sites] [by FIELD, …]`: at all times, or during those"""

    times: Times
    during: Times | None
    members: GroupOf | None
    by: tuple[Name, ...] | None

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """No act performs it."""
        return ()


@node
class ForEachEvent(Node):
    """`for each EVENT [where COND] [by FIELD, …]`"""

    selector: Selector
    by: tuple[Name, ...] | None


@node
class ForEachAny(Node):
    """`for each EVENT or EVENT [by FIELD, …]`, each perhaps with a condition"""

    selectors: tuple[Selector, ...]
    by: tuple[Name, ...] | None


@node
class ForEachOutcome(Node):
    """`for each missed NORM [where COND] [by FIELD, FIELD]`

    `outcome` is opened | fulfilled | excused | late | cured | missed | breached | waived.
    """

    outcome: str
    norm: Name
    where: Expression | None = None
    by: tuple[Name, ...] | None = None


@node
class OnTrigger(Node):
    """`on TRIGGER`"""

    trigger: Name


@node
class OnAnyTrigger(Node):
    """`on TRIGGER or TRIGGER`"""

    triggers: tuple[Name, ...] = many()


@node
class OnceOnly(Node):
    """`once`"""


@node
class ForEachMember(Node):
    """`each month for each site of sites`, `once for each site of leeds, york`"""

    when: Each | OnceOnly
    members: GroupOf


@node
class WhenCalled(Node):
    """`when called`"""


Opening = (
    ForEachEvent | ForEachAny | ForEachOutcome | OnTrigger | OnAnyTrigger | Each | OnceOnly | WhenCalled | ForEachMember
)


@node
class WithinLine(Line):
    """`within LENGTH [after ANCHOR]` | `less than LENGTH [after ANCHOR]`: `edge` is within | less than."""

    edge: str
    length: DueLength | Lookup
    anchor: AfterField | AfterEnd | None
    time: AtTime | None = None


@node
class AtTime(Node):
    """`, by 12:00` | `, before 12:00` | `, by close of business of CAL`: `edge` is by | before."""

    edge: str
    time: Time | CloseOf


@node
class CloseOf(Node):
    """`close of business of CAL`"""

    calendar: Name


@node
class WithinByLine(Line):
    """`within by priority` | `less than by priority` and its rows: the limit depends on a field of the opening."""

    edge: str
    field: Name
    rows: tuple[WithinRow, ...] = many()


@node
class WithinRow(Line):
    """`| P1, P2 | 4 hours of support |`, `| P4 | no limit |`, `| otherwise | 5 days after dated, by 12:00 |`"""

    case: RowKeys | Otherwise
    length: DueLength | NoLimit
    anchor: AfterField | AfterEnd | None = None
    time: AtTime | None = None


@node
class NoLimit(Node):
    """`no limit`"""


@node
class AfterField(Node):
    """`after FIELD` | `after (EXPR)`"""

    field: Expression


@node
class AfterEnd(Node):
    """`after the end of the month` | `after the end of the period`: `unit` is month | period."""

    unit: str


@node
class ByLine(Line):
    """`by FIELD` | `by DAY` | `by (EXPR)` | `before FIELD` …: `edge` is by | before."""

    edge: str
    when: Expression
    time: AtTime | None = None


@node
class ByDayLine(Line):
    """`by day 15 of the month` | `by day 15 of the next month`: `month` is the month | the next month."""

    edge: str
    day: Number
    month: str
    time: AtTime | None = None


@node
class ByEndLine(Line):
    """`by the end of the month` | `by the end of the period`: `unit` is month | period."""

    edge: str
    unit: str
    time: AtTime | None = None


@node
class ByWeekdayLine(Line):
    """`by the second tuesday of the next month`

    `which`: first | second | third | fourth | last; `month` is the month | the next month.
    """

    edge: str
    which: str
    weekday: str
    month: str
    time: AtTime | None = None


@node
class ByNextLine(Line):
    """`by the next friday`"""

    edge: str
    weekday: str
    time: AtTime | None = None


@node
class ByWeekLine(Line):
    """`by friday of the week` | `by friday of the next week`: `week` is the week | the next week."""

    edge: str
    weekday: str
    week: str
    time: AtTime | None = None


@node
class BeforeEnd(Node):
    """`before the end of the month` | `before the end of the period`: `unit` is month | period."""

    unit: str


@node
class ByBackLine(Line):
    """`by 10 days before FIELD` | `… before (EXPR)` | `by 5 working days of CAL before the end of the month`"""

    edge: str
    length: DueLength | Lookup
    anchor: Expression | BeforeEnd
    time: AtTime | None = None


@node
class ByTimeLine(Line):
    """`by 17:00` | `before 06:00` | `by close of business of CAL`: of the day on which the duty arises."""

    edge: str
    time: Time | CloseOf


@node
class MovedLine(Line):
    """`moved to the next working day of CAL`: `direction` is next | previous."""

    direction: str
    calendar: Name


@node
class ClockStartsLine(Line):
    """`clock starts at FIELD` | `clock starts at (EXPR)`"""

    field: Expression


@node
class ClockStopsLine(Line):
    """`clock stops from EVENT [where COND] to EVENT [or EVENT …]`"""

    bounds: FromTo


@node
class ClockStopsDuringLine(Line):
    """`clock stops during TIMES, …`"""

    states: tuple[Times, ...] = many()


@node
class SuspendedLine(Line):
    """`suspended during TIMES, …`"""

    states: tuple[Times, ...] = many()


@node
class ExcusedLine(Line):
    """`excused during TIMES, …`"""

    states: tuple[Times, ...] = many()


@node
class ExtendedLine(Line):
    """`extended by the delay of NORM, …`"""

    obligations: tuple[Name, ...] = many()


@node
class ReopeningLine(Line):
    """`on reopening new cycle`, `on reopening continue, reclassified`

    `policy`: new cycle | continue | restart | ignore.
    """

    policy: str
    reclassified: str | None = None


@node
class PerformsLine(Line):
    """`performs the oldest` | `performs all`: `how` is the oldest | all."""

    how: str


@node
class PerformsPeriodLine(Line):
    """`performs the period of FIELD`"""

    field: Name


@node
class InPartsLine(Line):
    """`until EXPR adds up to EXPR`"""

    value: Expression
    total: Expression


@node
class TakesLine(Line):
    """`takes what pay_undisputed, pay_retained leave`"""

    norms: tuple[Name, ...]


@node
class NeverPerformedLine(Line):
    """`never performed: not measured`"""


@node
class CuredLine(Line):
    """`cured within LENGTH`"""

    length: Length


@node
class ReclassifiedLine(Line):
    """`reclassified by EVENT [where COND] [or EVENT …]: POLICY`

    `policy` is the clock keeps its start | a new clock | whichever is later.
    """

    selectors: tuple[Selector, ...]
    policy: str


@node
class DifferenceLine(Line):
    """`difference found later within LENGTH`"""

    length: Length


@node
class WaivedLine(Line):
    """`waived by EVENT [where COND] [or …] [, as if met]`"""

    selectors: tuple[Selector, ...]
    as_met: AsIfMet | None


@node
class AsIfMet(Node):
    """`, as if met`"""


@node
class FailingLine(Line):
    """`failing that CONSEQUENCE`"""

    consequence: Consequence


@node
class WhenOutcomeLine(Line):
    """`when breached [where COND] then CONSEQUENCE`: `outcome` as in `ForEachOutcome`."""

    outcome: str
    where: Expression | None
    consequence: Consequence


ObligationLine = (
    DutyLine | WithinLine | WithinByLine | ByLine | ByDayLine | ByEndLine | ByWeekdayLine | ByNextLine | ByWeekLine
    | ByBackLine | ByTimeLine | MovedLine | ClockStartsLine | ClockStopsLine
    | ClockStopsDuringLine | SuspendedLine | ExcusedLine | ReopeningLine | PerformsLine | PerformsPeriodLine
    | NeverPerformedLine | InPartsLine | CuredLine | DifferenceLine | FailingLine | WhenOutcomeLine | SurvivesLine
    | PartOfLine | WaivedLine | ExtendedLine | ReclassifiedLine | TakesLine
)  # fmt: skip
