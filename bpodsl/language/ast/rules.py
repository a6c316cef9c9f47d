"""What follows from what: triggers, escalations, rights and terminations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Length, Name, Number, Reference, Text
    from bpodsl.language.ast.duties import (
        ClockStopsDuringLine,
        ClockStopsLine,
        NoLimit,
        OnTrigger,
        ReclassifiedLine,
        SuspendedLine,
    )
    from bpodsl.language.ast.events import Otherwise
    from bpodsl.language.ast.expressions import Expression
    from bpodsl.language.ast.shared import Each, Parties, PartOfLine, RowKeys, Selector, ThenLine


# -------------------------------------------------------------------------------- trigger
@node
class Trigger(Node):
    """`trigger NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        WhenLine | WhenEventLine | WhenLastsLine | WhenFiresLine | WhileLine | ResetsLine | OnlyBeginsLine
        | NotMeasuredLine | PathLine | ThenLine | PartOfLine,
        ...,
    ] = many()


@node
class WhenLine(Line):
    """`when COND [where COND] [RECURRENCE]`: `p1_on_time is missed`, `restore_p1 is missed`, `points at least 17`

    A bare name is a yes/no figure or an event. `where`: of which outcomes, or of which groups of the figures.
    """

    condition: Expression
    where: Expression | None
    recurrence: Recurrence | None


@node
class WhenEventLine(Line):
    """`when EVENT where COND [RECURRENCE]`"""

    selector: Selector
    recurrence: Recurrence | None


@node
class WhenLastsLine(Line):
    """`when STATE lasts more than LENGTH [and again every LENGTH] [where COND]`: `op` is more than | at least."""

    state: Name
    op: str
    length: Length
    again: AgainEvery | None = None
    where: Expression | None = None


@node
class AgainEvery(Node):
    """`and again every 12 hours[, at most 3 times in all]`"""

    length: Length
    most: Number | None = None


@node
class WhenFiresLine(Line):
    """`when TRIGGER fires [3 times in any contract year]`"""

    trigger: Name
    recurrence: Recurrence | None = None


@node
class WhileLine(Line):
    """`while COND [where COND] in N of the last M months`"""

    condition: Expression
    where: Expression | None
    count: Number
    among: Number
    unit: str


@node
class InAnyOf(Node):
    """`in N of any M months`: `unit` is a plural of windows as written, or `windows`."""

    count: Number
    among: Number
    unit: str


@node
class Consecutive(Node):
    """`in N consecutive months`"""

    count: Number
    unit: str


@node
class TimesInAny(Node):
    """`3 times in any 30 days`"""

    count: Number
    length: Length


@node
class TimesInEach(Node):
    """`3 times in any contract year`, `3 times in a quarter`: `article` is any | a

    `window`: contract year | calendar day | calendar week … | day | week | month | quarter | period of (`periods`).
    """

    count: Number
    article: str
    window: str
    periods: Name | None = None


Recurrence = InAnyOf | Consecutive | TimesInAny | TimesInEach


@node
class OncePerLine(Line):
    """`each counted once per month`: `unit` is day | week | month | quarter | year."""

    unit: str


@node
class ResetsLine(Line):
    """`resets` | `does not reset`"""

    how: str


@node
class OnlyBeginsLine(Line):
    """`only when it begins to hold`"""


@node
class NotMeasuredLine(Line):
    """`not measured breaks the run` | `not measured is skipped`: `how` is breaks the run | is skipped."""

    how: str


# -------------------------------------------------------------------------------- escalation
@node
class Escalation(Node):
    """`escalation NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        LevelLine | LevelByLine | EndsWithLine | PathLine | ThenLine | PartOfLine | ClockStopsLine
        | ClockStopsDuringLine | SuspendedLine | ReclassifiedLine, ...
    ] = many()  # fmt: skip


@node
class LevelLine(Line):
    """`level 1 "Head of operations" of meridian, "Vendor manager" of northwind [for LENGTH]`"""

    number: Number
    roles: tuple[Role, ...]
    length: Length | None


@node
class LevelByLine(Line):
    """`level 1 "Head of operations" of meridian by priority`, and a row for each time"""

    number: Number
    roles: tuple[Role, ...]
    field: Name
    rows: tuple[LevelTime, ...] = many()


@node
class LevelTime(Line):
    """`| P1 | 30 minutes |`, `| otherwise | no limit |`"""

    case: RowKeys | Otherwise
    length: Length | NoLimit


@node
class Role(Node):
    """`"Executive sponsor" of both`"""

    title: Text
    parties: Parties


@node
class EndsWithLine(Line):
    """`ends with EVENT [where COND] [or …]`"""

    selectors: tuple[Selector, ...] = many()


@node
class PathLine(Line):
    """`by ticket`: a path, a right or a count of its own for each value."""

    fields: tuple[Name, ...] = many()


# -------------------------------------------------------------------------------- right, termination
@node
class Right(Node):
    """`right NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[MayLine | HowOftenLine | ExerciseLine, ...] = many()


@node
class Termination(Node):
    """`termination NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[HolderLine | ExerciseLine, ...] = many()


@node
class MayLine(Line):
    """`northwind may EVENT [where COND] [or …] on GROUNDS` | `… at will`"""

    holder: Parties
    acts: tuple[Selector, ...]
    grounds: tuple[Ground, ...] | AtWill


@node
class HowOftenLine(Line):
    """`once` | `2 times` | `once each contract year`"""

    often: HowOften
    window: Each | None


@node
class HowOften(Node):
    """`once` (no number) | `2 times`"""

    times: Number | None = None


@node
class HolderLine(Line):
    """`by northwind on GROUNDS` | `by northwind at will`"""

    holder: Parties
    grounds: tuple[Ground, ...] | AtWill


@node
class Ground(Node):
    """`chronic_failure` (a trigger; no outcome) | `breached restore_p1`"""

    outcome: str | None
    name: Name


@node
class AtWill(Node):
    """`at will`"""


@node
class ExercisedByLine(Line):
    """`exercised by NOTICE [where COND] [or …]`"""

    selectors: tuple[Selector, ...] = many()


@node
class ExercisedWithinLine(Line):
    """`exercised within 60 days after the ground` (no `anchor`), `exercised within 60 days after FIELD`"""

    length: Length
    anchor: Expression | None = None


@node
class ExercisedDayLine(Line):
    """`exercised by 2026-06-30`, `exercised by (EXPR)`"""

    day: Expression


@node
class NoticeLine(Line):
    """`notice 30 days` | `notice 3 months to the end of a quarter` | `notice 30 days, or until FIELD if later`"""

    length: Length
    to: ToTheEnd | None = None
    named: NamedEnd | None = None


@node
class NamedEnd(Node):
    """`, or until FIELD if later`: the day that the notice itself names"""

    field: Name


@node
class ToTheEnd(Node):
    """`to the end of a month`: `unit` is [calendar] month | quarter | year, week or contract year."""

    unit: str


@node
class NotBeforeLine(Line):
    """`not before DAY` | `not before the end of the first contract year` | `… of the initial term`"""

    when: Day | EndOfYear | EndOfInitial


@node
class EndOfYear(Node):
    """`the end of the first contract year` | `the end of contract year 2`: `number` is first … fifth, or a number."""

    number: str | Number


@node
class EndOfInitial(Node):
    """`the end of the initial term`"""


@node
class BarredLine(Line):
    """`barred while dispute_open, …`"""

    states: tuple[Name, ...] = many()


@node
class LapsesLine(Line):
    """`lapses when CONDITION` | `lapses on TRIGGER`: an open right is no more."""

    when: WhenLine | WhenEventLine | WhenLastsLine | OnTrigger


@node
class StandsLine(Line):
    """`stands once exercised`: whatever is learnt of its ground later; `falls with its ground`: not so"""

    how: str


@node
class EndsServicesLine(Line):
    """`ends help_desk, …`: these services end, and the agreement goes on"""

    services: tuple[Name, ...] = many()


@node
class SurvivorsLine(Line):
    """`survives confidentiality for 3 years, exit_help`"""

    survivors: tuple[Survivor, ...] = many()


@node
class Survivor(Node):
    """`confidentiality` | `confidentiality for 3 years`"""

    obligation: Name
    length: Length | None = None


if TYPE_CHECKING:
    ExerciseLine = (
        ExercisedByLine | ExercisedWithinLine | ExercisedDayLine | NoticeLine | SurvivorsLine | ThenLine | BarredLine
        | SuspendedLine | EndsServicesLine | PartOfLine | PathLine | LapsesLine | NotBeforeLine
        | StandsLine
    )  # fmt: skip
