"""The tree as written: one class for each rule of the grammar, named after it.

Nothing here is resolved: a `Name` may be a figure, a field, a party or a word. Every node carries
its `span`. Where the grammar offers a choice of words, the field is a `str` that holds the words as
written, with single blanks (`must not`, `working days`). A field that ends in `| None` was left out.
A clause that has a block keeps its lines in order of writing; whether they are complete, and whether
one stands twice, is for the resolver to say.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final, TypeVar, dataclass_transform

from attrs import Attribute, field, fields, frozen

from bpodsl.text import Span

MANY: Final = "many"

_T = TypeVar("_T")


def many() -> Any:
    """The last field of a node, which takes all remaining parts as a tuple."""
    return field(factory=tuple, metadata={MANY: True})


@dataclass_transform(frozen_default=True, field_specifiers=(field, many))
def node(cls: type[_T]) -> type[_T]:
    """A frozen class of the tree. Equality and `repr` are those of `Node`: two hundred of each are slow to make."""
    return frozen(eq=False, repr=False)(cls)


def _compared(cls: type) -> list[Attribute[Any]]:
    return [f for f in fields(cls) if f.eq]


@node
class Node:
    """Base of all nodes. Two are equal if they say the same, wherever they stand."""

    span: Span = field(eq=False, repr=False)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return isinstance(other, Node) and parts(self) == parts(other)

    def __hash__(self) -> int:
        return hash((type(self).__name__, *parts(self)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in _compared(type(self)))
        return f"{type(self).__name__}({shown})"


def parts(of: Node) -> list[Any]:
    """What a node holds, in order, without its span."""
    return [getattr(of, f.name) for f in _compared(type(of))]


@node
class Line(Node):
    """Base of the lines of a block; `reference` is the paper reference at the end of the line, if any."""

    reference: Reference | None = field(default=None, kw_only=True)


# --------------------------------------------------------------------------------------- leaves
@node
class Name(Node):
    """`restore_p1`, `P1`, `GBP`, `Europe/London`, `GB-ENG`: a word as written. Also a name in an expression."""

    text: str


@node
class Text(Node):
    """`"words for people"`: `value` is without the quotes."""

    value: str


@node
class Reference(Node):
    """`[Sch C 2.1]`: `text` is without the brackets."""

    text: str


@node
class Number(Node):
    """`18 000`, `250 000.00`"""

    value: int | Fraction


@node
class Percent(Node):
    """`95%`: `value` is the share, 19/20."""

    value: int | Fraction


@node
class Day(Node):
    """`2026-04-01`"""

    value: date


@node
class Instant(Node):
    """`2026-04-07T19:00`, `2026-04-07T19:00:30+01:00`, `…Z`: text as written; the zone is known to the resolver."""

    text: str


@node
class Time(Node):
    """`08:00`, `24:00`: minutes after midnight."""

    minutes: int


@node
class Period(Node):
    """`2026-04`, `2026-Q2`, `2026-W14`, `2026`, `2026-04-07`, `2026-01..2026-03`: label of a window as written."""

    text: str


# --------------------------------------------------------------------------------------- literals
@node
class Money(Node):
    """`250 000 GBP`"""

    amount: Number
    currency: Name


@node
class Length(Node):
    """`4 hours`, `4 hours of support`, `5 days`, `3 months`, `5 working days of support`

    `unit`: hour(s), minute(s), second(s), day(s), week(s), month(s), year(s), working day(s); as written.
    """

    amount: Number
    unit: str
    calendar: Name | None = None


@node
class YesNo(Node):
    """`yes` | `no`"""

    word: str


@node
class Negative(Node):
    """`-12`, `-monthly_charge`"""

    value: Expression


Literal = Number | Percent | Money | Length | Text | Day | Instant | Period | YesNo


# --------------------------------------------------------------------------------------- conditions
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

    `how`: met | missed | below minimum | measured | fulfilled | late | excused | cured | breached |
    opened | undecided, with `not ` before it where so written. The left side may be a field that
    takes such a word as its value: then it is a comparison.
    """

    left: Expression
    how: str


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


# --------------------------------------------------------------------------------------- expressions
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
    """`share of NORM fulfilled [where COND]`: `status` as in `OutcomeRows`."""

    norm: Name
    status: str
    where: Expression | None = None


@node
class ShareOfEvents(Node):
    """`share of EVENT where COND [among EVENT where COND]`"""

    event: Name
    where: Expression
    among: Selector | None = None


@node
class LengthOf(Node):
    """`length of TIMES`"""

    times: Times


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


# --------------------------------------------------------------------------------------- rows
@node
class NamedRows(Node):
    """`EVENT [where COND]` or `STATE [where COND]`"""

    name: Name
    where: Expression | None = None


@node
class OutcomeRows(Node):
    """`NORM fulfilled [or late …] [where COND]`

    `statuses`: fulfilled | missed | excused | undecided | late | cured | breached | opened.
    """

    norm: Name
    statuses: tuple[str, ...]
    where: Expression | None = None


@node
class WindowRows(Node):
    """`windows of FIGURE [where COND]`: those inside this window."""

    figure: Name
    where: Expression | None = None


@node
class LastWindows(Node):
    """`last 3 windows of FIGURE [where COND]`"""

    count: Number
    figure: Name
    where: Expression | None = None


Rows = NamedRows | OutcomeRows | WindowRows | LastWindows


# --------------------------------------------------------------------------------------- times
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


Times = Name | TheWindow | EitherTimes | BothTimes | LessTimes

Expression = (
    Name | Number | Percent | Money | Length | Text | Day | Instant | Period | YesNo | Negative
    | Either | Both | Negation | Compare | OneOf | Stands | Given | InCalendar | DuringState
    | IfThen | Fallback | RoundedValue | Sum | Product | PercentOf | Previous | WindowsAgo | YearAgo | OfThe | Posted
    | Greater | Lesser | CountOf | SumOf | MeanOf | QuantileOf | MedianOf | PickOf | ShareOfOutcomes | ShareOfEvents
    | LengthOf | Availability | WindowDays | WholeDays
)  # fmt: skip


# --------------------------------------------------------------------------------------- shared parts
@node
class Selector(Node):
    """`EVENT [where COND]`"""

    event: Name
    where: Expression | None = None


@node
class Parties(Node):
    """`meridian`, `northwind and meridian`, `both` (the client and the provider: no names)."""

    names: tuple[Name, ...] = many()


@node
class Each(Node):
    """`each month`, `each month from 2026-02-12`, `each 28 days from 2026-04-01`, `each contract year`

    `unit`: day, week, month, quarter, year (singular or plural, as written) or contract year.
    """

    count: Number | None
    unit: str
    anchor: Day | None = None


@node
class Rolling(Node):
    """`over 3 months, each month`"""

    length: Length
    step: Each


@node
class OverTheTerm(Node):
    """`over the term`"""


Window = Each | Rolling | OverTheTerm


@node
class GroupBy(Node):
    """`by site, priority`"""

    fields: tuple[Name, ...] = many()


@node
class GroupOf(Node):
    """`for each site of leeds, york`"""

    field: Name
    members: tuple[Name | Text, ...] = many()


@node
class WindowLine(Line):
    """`each month [by FIELD, … | for each FIELD of A, B], counted when decided`

    `counted`: opened | due | decided | performed.
    """

    window: Window
    grouping: GroupBy | GroupOf | None = None
    counted: str | None = None


@node
class RoundedLine(Line):
    """`rounded half up to 0.1%`"""

    rounding: Rounding


@node
class PartialLine(Line):
    """`partial windows inside` | `excluded` | `prorated`"""

    how: str


@node
class StartsLine(Line):
    """`starts 2026-07-01`"""

    day: Day


@node
class SettlesLine(Line):
    """`settles 5 days after the end`"""

    length: Length


@node
class LatestLine(Line):
    """`settled at the latest 10 days after the end`"""

    length: Length


@node
class PaysLine(Line):
    """`northwind pays meridian 250 000 GBP`"""

    payer: Name
    payee: Name
    amount: Expression


# --------------------------------------------------------------------------------------- consequences
@node
class Escalate(Node):
    """`escalate operational`"""

    ladder: Name


@node
class Pays(Node):
    """`meridian pays northwind EXPR [as "words"]`"""

    payer: Name
    payee: Name
    amount: Expression
    words: Text | None = None


@node
class Tell(Node):
    """`tell "mediation"`"""

    words: Text


@node
class Applies(Node):
    """`exit_plan applies`: an obligation that is opened when called."""

    obligation: Name


@node
class AgreementEnds(Node):
    """`the agreement ends`"""


Consequence = Escalate | Pays | Tell | Applies | AgreementEnds


@node
class ThenLine(Line):
    """`then CONSEQUENCE`"""

    consequence: Consequence


# --------------------------------------------------------------------------------------- agreement
@node
class Agreement(Node):
    """`agreement NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[PartyLine | EffectiveLine | RenewsLine | ZoneLine | CurrencyLine | LawLine, ...] = many()


@node
class PartyLine(Line):
    """`client northwind "Northwind Retail plc"`: `role` is client | provider | party."""

    role: str
    name: Name
    title: Text | None


@node
class EffectiveLine(Line):
    """`effective 2026-04-01 [for 36 months | until 2029-03-31]`: `until` is its last day."""

    first: Day
    until: Length | Day | None


@node
class RenewsLine(Line):
    """`renews for 12 months [once | 2 times] [unless SELECTORS [90 days before expiry]]`"""

    length: Length
    times: RenewalTimes | None
    unless: Unless | None


@node
class RenewalTimes(Node):
    """`once` (no number) | `2 times`"""

    times: Number | None = None


@node
class Unless(Node):
    """`unless non_renewal [where COND] [90 days before expiry]`"""

    notices: tuple[Selector, ...]
    notice: Length | None


@node
class ZoneLine(Line):
    """`time zone Europe/London`"""

    zone: Name


@node
class CurrencyLine(Line):
    """`currency GBP[, rounded half up to 0.01]`"""

    currency: Name
    rounding: Rounding | None


@node
class LawLine(Line):
    """`law "England and Wales"`"""

    law: Text


@node
class Assume(Node):
    """`assume "what" because "why" [reference]`"""

    what: Text
    because: Text
    reference: Reference | None


# --------------------------------------------------------------------------------------- calendar
@node
class Calendar(Node):
    """`calendar NAME ["Title"] [in ZONE] [reference]` and its lines"""

    name: Name
    title: Text | None
    zone: Name | None
    reference: Reference | None
    lines: tuple[OpenHours | ClosedHolidays | ClosedDays | ClosedPart | OpenDay | AlwaysOpen, ...] = many()


@node
class ComposedCalendar(Node):
    """`calendar NAME ["Title"] is TIMES [reference]`"""

    name: Name
    title: Text | None
    times: Times
    reference: Reference | None


@node
class OpenHours(Line):
    """`mon-fri 08:00-12:00, 13:00-17:00`"""

    days: Weekdays
    ranges: tuple[TimeRange, ...] = many()


@node
class Weekdays(Node):
    """`mon-fri, sun` | `all days` (no ranges)"""

    ranges: tuple[WeekdayRange, ...] = many()


@node
class WeekdayRange(Node):
    """`mon` | `mon-fri`"""

    first: str
    last: str | None


@node
class TimeRange(Node):
    """`08:00-20:00`"""

    start: Time
    end: Time


@node
class ClosedHolidays(Line):
    """`closed holidays of GB-ENG[, not observed]`: `option` is `not observed` or None."""

    region: Name
    option: str | None


@node
class ClosedDays(Line):
    """`closed DAY [to DAY] ["why"][, moved sunday to monday | , moved weekend to monday]`

    `moved`: sunday to monday | weekend to monday | None.
    """

    first: Day
    last: Day | None
    title: Text | None
    moved: str | None


@node
class ClosedPart(Line):
    """`closed DAY from TIME [to TIME] ["why"]`"""

    day: Day
    start: Time
    end: Time | None
    title: Text | None


@node
class OpenDay(Line):
    """`open DAY 10:00-14:00[, …] ["why"]`"""

    day: Day
    ranges: tuple[TimeRange, ...]
    title: Text | None


@node
class AlwaysOpen(Line):
    """`always`"""


# --------------------------------------------------------------------------------------- events
@node
class Event(Node):
    """`event NAME, … from PARTY, … ["Title"] [reference]` and its lines"""

    names: tuple[Name, ...]
    reporters: Reporters
    title: Text | None
    reference: Reference | None
    lines: tuple[EventField | LastsLine | HappensLine | CountsForLine, ...] = many()


@node
class Notice(Node):
    """`notice NAME, … from PARTY, … ["Title"] [reference]` and its lines"""

    names: tuple[Name, ...]
    reporters: Reporters
    title: Text | None
    reference: Reference | None
    lines: tuple[EventField | LastsLine | HappensLine | CountsForLine | DeemedLine, ...] = many()


@node
class Reporters(Node):
    """`northwind, meridian` | `anyone` (no names)"""

    parties: tuple[Name, ...] = many()


@node
class EventField(Line):
    """`ticket key` · `priority one of P1, P2, key` · `amount money, optional` · `units number, default 1`

    `kind`: key | money | number | share | text | instant | day | month | quarter | year | duration |
    yes/no | one of. `parts` are the choices (of `one of`) and the flags, in order of writing.
    """

    name: Name
    kind: str
    parts: tuple[Name | Text | KeyFlag | OptionalFlag | DefaultFlag, ...] = many()

    @property
    def choices(self) -> tuple[Name | Text, ...]:
        """The words of `one of`."""
        return tuple(part for part in self.parts if isinstance(part, Name | Text))

    @property
    def key(self) -> bool:
        """Whether it identifies the case."""
        return self.kind == "key" or any(isinstance(part, KeyFlag) for part in self.parts)

    @property
    def optional(self) -> bool:
        """Whether it may be left out."""
        return any(isinstance(part, OptionalFlag) for part in self.parts)

    @property
    def default(self) -> Value | None:
        """What it is where it is left out, if that is stated."""
        return next((part.value for part in self.parts if isinstance(part, DefaultFlag)), None)


@node
class KeyFlag(Node):
    """`, key`"""


@node
class OptionalFlag(Node):
    """`, optional`"""


@node
class DefaultFlag(Node):
    """`, default 1`"""

    value: Value


@node
class LastsLine(Line):
    """`lasts from FIELD to FIELD`"""

    start: Name
    end: Name


@node
class HappensLine(Line):
    """`happens at FIELD` | `happens on FIELD`: `edge` is at | on."""

    edge: str
    field: Name


@node
class CountsForLine(Line):
    """`counts for FIELD`"""

    field: Name


@node
class DeemedLine(Line):
    """`deemed given` and its rows"""

    rows: tuple[DeemedRow, ...] = many()


@node
class DeemedRow(Node):
    """`| COND | EFFECT |` or `| otherwise | EFFECT |`"""

    case: Expression | Otherwise
    effect: DeemedWhen | DeemedAfter | NoEffect


@node
class Otherwise(Node):
    """`otherwise`, `the rest`: the last case of a table."""


@node
class DeemedWhen(Node):
    """`when FIELD[, after 17:00 the next working day of CAL]`"""

    field: Name
    late: LateNext | None


@node
class LateNext(Node):
    """`after 17:00 the next working day of CAL` | `after 17:00 the next day`"""

    cutoff: Time
    calendar: Name | None = None


@node
class DeemedAfter(Node):
    """`2 working days of CAL after FIELD`"""

    length: Length
    field: Name


@node
class NoEffect(Node):
    """`no effect`"""


# --------------------------------------------------------------------------------------- state
@node
class State(Node):
    """`state NAME ["Title"] from SELECTORS to SELECTORS [by FIELD, …] [reference]` or `… during SELECTORS …`"""

    name: Name
    title: Text | None
    bounds: FromTo | During
    by: tuple[Name, ...] | None
    reference: Reference | None


@node
class FromTo(Node):
    """`from EVENT [where COND] to EVENT [where COND] [or EVENT …]`"""

    starts: tuple[Selector, ...]
    ends: tuple[Selector, ...]


@node
class During(Node):
    """`during EVENT`: of events that last from … to …"""

    intervals: tuple[Selector, ...]


# --------------------------------------------------------------------------------------- reads
@node
class Reads(Node):
    """`reads NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        FilesLine | FormatLine | SourceLine | IdLine | TimeLine | KnownLine | SubjectLine | RowMapping, ...
    ] = many()


@node
class FilesLine(Line):
    """`files "vancouver*.csv"`"""

    pattern: Text


@node
class FormatLine(Line):
    """`format csv [separated by ";"]` | `format jsonl`"""

    format: str
    separator: Text | None = None


@node
class SourceLine(Line):
    """`source "city"`"""

    source: Text


@node
class IdLine(Line):
    """`id row number` (no column) | `id column "seq"`"""

    column: Column | None = None


@node
class TimeLine(Line):
    """`time column "Date" [in ZONE]`"""

    column: Column
    zone: Name | None


@node
class KnownLine(Line):
    """`known column "recorded_at"`"""

    column: Column


@node
class SubjectLine(Line):
    """`subject column "contract"`"""

    column: Column


@node
class RowMapping(Line):
    """`row EVENT [when CONDITION [and …]]` and one `FieldFrom` for each line below"""

    event: Name
    when: tuple[RowCondition, ...] | None
    fields: tuple[FieldFrom, ...] = many()


@node
class RowCondition(Node):
    """`column "type" is "Wait" or "Hold"`"""

    column: Text
    words: tuple[Text, ...] = many()


@node
class FieldFrom(Line):
    """`kind column "Kind", "1" as P1` | `unit always "minutes"`"""

    name: Name
    origin: Column | Constant


@node
class Column(Node):
    """`column "Kind"[, "1" as P1, …][, absent "unknown"]`"""

    path: Text
    options: tuple[ValueAs | Absent, ...] = many()


@node
class ValueAs(Node):
    """`"1" as P1`"""

    raw: Text
    word: Value


@node
class Absent(Node):
    """`absent "unknown"`"""

    value: Value


@node
class Constant(Node):
    """`always "minutes"`"""

    value: Value


# --------------------------------------------------------------------------------------- service
@node
class Service(Node):
    """`service NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[ProvidedLine | HoursLine | IncludesLine | ExcludesLine | FactLine, ...] = many()


@node
class ProvidedLine(Line):
    """`provided by meridian [at "Leeds", "Kraków"]`"""

    party: Name
    places: tuple[Text, ...] | None


@node
class HoursLine(Line):
    """`hours support`"""

    calendar: Name


@node
class IncludesLine(Line):
    """`includes "order questions", "returns"`"""

    items: tuple[Text, ...] = many()


@node
class ExcludesLine(Line):
    """`excludes "payment disputes"`"""

    items: tuple[Text, ...] = many()


@node
class FactLine(Line):
    """`staff "at least 60 people"`, `baseline "18 000 tickets each month"`: any word, then words for people."""

    word: Name
    items: tuple[Text, ...] = many()


# --------------------------------------------------------------------------------------- obligation
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
    acts: AnyActs | AllActs | LastAct | FirstAct
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
class ForEachEvent(Node):
    """`for each EVENT [where COND] [by FIELD, …]`"""

    selector: Selector
    by: tuple[Name, ...] | None


@node
class ForEachOutcome(Node):
    """`for each missed NORM`: `outcome` is opened | fulfilled | excused | late | cured | missed | breached."""

    outcome: str
    norm: Name


@node
class OnTrigger(Node):
    """`on TRIGGER`"""

    trigger: Name


@node
class OnceOnly(Node):
    """`once`"""


@node
class WhenCalled(Node):
    """`when called`"""


Opening = ForEachEvent | ForEachOutcome | OnTrigger | Each | OnceOnly | WhenCalled


@node
class WithinLine(Line):
    """`within LENGTH [after ANCHOR]` | `less than LENGTH [after ANCHOR]`: `edge` is within | less than."""

    edge: str
    length: Length
    anchor: AfterField | AfterEnd | None


@node
class AfterField(Node):
    """`after FIELD`"""

    field: Name


@node
class AfterEnd(Node):
    """`after the end of the month` | `after the end of the period`: `unit` is month | period."""

    unit: str


@node
class ByLine(Line):
    """`by FIELD` | `by DAY` | `before FIELD` | `before DAY`: `edge` is by | before."""

    edge: str
    when: Name | Day


@node
class ByDayLine(Line):
    """`by day 15 of the month` | `by day 15 of the next month`: `month` is the month | the next month."""

    edge: str
    day: Number
    month: str


@node
class ByEndLine(Line):
    """`by the end of the month` | `by the end of the period`: `unit` is month | period."""

    edge: str
    unit: str


@node
class MovedLine(Line):
    """`moved to the next working day of CAL`: `direction` is next | previous."""

    direction: str
    calendar: Name


@node
class ClockStartsLine(Line):
    """`clock starts at FIELD`"""

    field: Name


@node
class ClockStopsLine(Line):
    """`clock stops from EVENT [where COND] to EVENT [or EVENT …]`"""

    bounds: FromTo


@node
class ClockStopsDuringLine(Line):
    """`clock stops during STATE, …`"""

    states: tuple[Name, ...] = many()


@node
class SuspendedLine(Line):
    """`suspended during STATE, …`"""

    states: tuple[Name, ...] = many()


@node
class ExcusedLine(Line):
    """`excused during STATE, …`"""

    states: tuple[Name, ...] = many()


@node
class ReopeningLine(Line):
    """`on reopening new cycle`: `policy` is new cycle | continue | restart | ignore."""

    policy: str


@node
class PerformsLine(Line):
    """`performs the oldest` | `performs all`: `how` is the oldest | all."""

    how: str


@node
class PerformsPeriodLine(Line):
    """`performs the period of FIELD`"""

    field: Name


@node
class NeverPerformedLine(Line):
    """`never performed: not measured`"""


@node
class CuredLine(Line):
    """`cured within LENGTH`"""

    length: Length


@node
class FailingLine(Line):
    """`failing that CONSEQUENCE`"""

    consequence: Consequence


@node
class WhenOutcomeLine(Line):
    """`when breached then CONSEQUENCE`: `outcome` as in `ForEachOutcome`."""

    outcome: str
    consequence: Consequence


@node
class SurvivesLine(Line):
    """`survives the end`"""


ObligationLine = (
    DutyLine | WithinLine | ByLine | ByDayLine | ByEndLine | MovedLine | ClockStartsLine | ClockStopsLine
    | ClockStopsDuringLine | SuspendedLine | ExcusedLine | ReopeningLine | PerformsLine | PerformsPeriodLine
    | NeverPerformedLine | CuredLine | FailingLine | WhenOutcomeLine | SurvivesLine
)  # fmt: skip


# --------------------------------------------------------------------------------------- measure, amount
@node
class Measure(Node):
    """`measure NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[FigureLine, ...] = many()


@node
class Amount(Node):
    """`amount NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[FigureLine, ...] = many()


@node
class ValueLine(Line):
    """Any expression on a line of its own: the value of the figure."""

    value: Expression


@node
class TargetLine(Line):
    """`target at least 95% [rounded half up to 0.1%]`: `op` is at least | at most | more than | less than."""

    op: str
    level: Expression
    rounding: Rounding | None


@node
class MinimumLine(Line):
    """`minimum at least 90% [rounded …]`"""

    op: str
    level: Expression
    rounding: Rounding | None


@node
class FewerLine(Line):
    """`fewer than 5: not measured`"""

    count: Number


@node
class CountsAsLine(Line):
    """`counts cured as fulfilled`: `outcome` as in `ForEachOutcome`, `status` fulfilled | missed | excused."""

    outcome: str
    status: str


@node
class ExcludingLine(Line):
    """`excluding TIMES`"""

    times: Times


@node
class AllowanceLine(Line):
    """`allowance 2`"""

    misses: Expression


FigureLine = (
    WindowLine | ValueLine | TargetLine | MinimumLine | FewerLine | CountsAsLine | ExcludingLine | AllowanceLine
    | RoundedLine | PartialLine | StartsLine | SettlesLine | LatestLine
)  # fmt: skip


# --------------------------------------------------------------------------------------- charge, credit, cap
@node
class Charge(Node):
    """`charge NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[MoneyLine, ...] = many()


@node
class Credit(Node):
    """`credit NAME ["Title"] [for MEASURE[, of EXPR]] [reference]`, its lines and its rows"""

    name: Name
    title: Text | None
    measure: CreditFor | None
    reference: Reference | None
    lines: tuple[MoneyLine | CreditRow, ...] = many()


@node
class CreditFor(Node):
    """`for MEASURE[, of EXPR]`"""

    measure: Name
    base: Expression | None


@node
class CreditRow(Node):
    """`| at least 95% | 0% |` or `| otherwise | 15% |`"""

    case: Bound | Otherwise
    result: Expression


@node
class Bound(Node):
    """`at least 95%`: `op` is at least | at most | more than | less than."""

    op: str
    level: Expression


@node
class PaysTableLine(Line):
    """`northwind pays meridian by bands of EXPR` and its rows: `how` is bands | steps."""

    payer: Name
    payee: Name
    how: str
    of: Expression
    rows: tuple[BandRow, ...] = many()


@node
class BandRow(Node):
    """`| up to 10 000 | 1.20 GBP |` or `| the rest | 1.00 GBP |`"""

    case: UpTo | Otherwise
    rate: Expression


@node
class UpTo(Node):
    """`up to 10 000`"""

    level: Expression


MoneyLine = WindowLine | PaysLine | PaysTableLine | RoundedLine | PartialLine | StartsLine | SettlesLine | LatestLine


@node
class Cap(Node):
    """`cap [NAME on] credits | LINE, … at EXPR WINDOW [reference]`"""

    name: Name | None
    lines: tuple[Name, ...] | AllCredits
    limit: Expression
    window: Window | InAny
    reference: Reference | None


@node
class AllCredits(Node):
    """`credits`: all credit lines in order of declaration."""


@node
class InAny(Node):
    """`in any 12 months`"""

    length: Length


# --------------------------------------------------------------------------------------- trigger
@node
class Trigger(Node):
    """`trigger NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        WhenLine | WhenEventLine | WhenLastsLine | WhileLine | ResetsLine | OnlyBeginsLine | NotMeasuredLine | ThenLine,
        ...,
    ] = many()


@node
class WhenLine(Line):
    """`when COND [RECURRENCE]`: `p1_on_time is missed`, `restore_p1 is missed`, `points at least 17`, an event's name

    A bare name is a yes/no figure or an event.
    """

    condition: Expression
    recurrence: Recurrence | None


@node
class WhenEventLine(Line):
    """`when EVENT where COND [RECURRENCE]`"""

    selector: Selector
    recurrence: Recurrence | None


@node
class WhenLastsLine(Line):
    """`when STATE lasts more than LENGTH`: `op` is more than | at least."""

    state: Name
    op: str
    length: Length


@node
class WhileLine(Line):
    """`while COND in N of the last M months`"""

    condition: Expression
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


Recurrence = InAnyOf | Consecutive | TimesInAny


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


# --------------------------------------------------------------------------------------- escalation
@node
class Escalation(Node):
    """`escalation NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[LevelLine | EndsWithLine | PathLine | ThenLine, ...] = many()


@node
class LevelLine(Line):
    """`level 1 "Head of operations" of meridian, "Vendor manager" of northwind [for LENGTH]`"""

    number: Number
    roles: tuple[Role, ...]
    length: Length | None


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
    """`by ticket`: one path for each value."""

    fields: tuple[Name, ...] = many()


# --------------------------------------------------------------------------------------- right, termination
@node
class Right(Node):
    """`right NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[MayLine | ExercisedByLine | ExercisedWithinLine | NoticeLine | SurvivorsLine | ThenLine, ...] = many()


@node
class Termination(Node):
    """`termination NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[HolderLine | ExercisedByLine | ExercisedWithinLine | NoticeLine | SurvivorsLine | ThenLine, ...] = (
        many()
    )


@node
class MayLine(Line):
    """`northwind may EVENT [where COND] [or …] on GROUNDS` | `… at will`"""

    holder: Parties
    acts: tuple[Selector, ...]
    grounds: tuple[Ground, ...] | AtWill


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
    """`exercised within 60 days after the ground`"""

    length: Length


@node
class NoticeLine(Line):
    """`notice 30 days`"""

    length: Length


@node
class SurvivorsLine(Line):
    """`survives confidentiality, exit_help`"""

    obligations: tuple[Name, ...] = many()


# --------------------------------------------------------------------------------------- stated, test
@node
class Stated(Node):
    """`stated NAME ["Title"], not computed because "…" [reference]`"""

    name: Name
    title: Text | None
    because: Text
    reference: Reference | None


@node
class Test(Node):
    """`test "title" [reference]` and its lines"""

    title: Text
    reference: Reference | None
    lines: tuple[TestEvent | UntilLine | ExpectStatus | ExpectValue | ExpectFired | ExpectNone | ExpectLevel, ...] = (
        many()
    )


@node
class TestEvent(Line):
    """`2026-04-07T19:00 ticket_opened ticket T1, priority P1[, known 2026-04-09T10:00]`"""

    at: Instant
    event: Name
    values: tuple[FieldValue | KnownAt, ...] = many()


@node
class FieldValue(Node):
    """`priority P1`: `value.span.text` is the raw text."""

    field: Name
    value: Value


@node
class KnownAt(Node):
    """`known 2026-04-09T10:00`"""

    at: Instant


@node
class UntilLine(Line):
    """`until 2026-05-01T00:00` | `until 2026-05-01`"""

    at: Instant | Day


@node
class ExpectStatus(Line):
    """`expect NORM|RIGHT [for KEYS] STATUS [at INSTANT | on DAY | until DAY]`

    `status`: fulfilled | missed | excused | late | cured | breached | undecided | open | exercised | lapsed.
    """

    name: Name
    keys: tuple[Value, ...] | None
    status: str
    moment: At | On | Until | None


@node
class ExpectValue(Line):
    """`expect FIGURE|LINE [for KEYS] in PERIOD is VALUE`: `value` an expression, or a standing as words

    Words: met | missed | below minimum | not measured.
    """

    name: Name
    keys: tuple[Value, ...] | None
    period: Period
    value: Value | str


@node
class ExpectFired(Line):
    """`expect TRIGGER [for KEYS] [in PERIOD | on DAY | at INSTANT]`"""

    name: Name
    keys: tuple[Value, ...] | None
    moment: In | On | At | None


@node
class ExpectNone(Line):
    """`expect no TRIGGER|RIGHT [for KEYS] [in PERIOD | on DAY | at INSTANT]`"""

    name: Name
    keys: tuple[Value, ...] | None
    moment: In | On | At | None


@node
class ExpectLevel(Line):
    """`expect LADDER [for KEYS] at level 2 [on DAY | at INSTANT]`"""

    name: Name
    keys: tuple[Value, ...] | None
    level: Number
    moment: At | On | None


@node
class At(Node):
    """`at INSTANT`"""

    instant: Instant


@node
class On(Node):
    """`on DAY`"""

    day: Day


@node
class Until(Node):
    """`until DAY`"""

    day: Day


@node
class In(Node):
    """`in PERIOD`"""

    period: Period


Value = Literal | Name | Negative

Clause = (
    Agreement | Assume | Calendar | ComposedCalendar | Event | Notice | State | Reads | Service | Obligation
    | Measure | Amount | Charge | Credit | Cap | Trigger | Escalation | Right | Termination | Stated | Test
)  # fmt: skip


# --------------------------------------------------------------------------------------- the file
@node
class Comment(Node):
    """`# words`: `text` with its `#`."""

    text: str


@node
class Broken(Node):
    """A clause that could not be read at all: its word and, as far as one can tell, its names.

    What refers to these names has had its problem already.
    """

    word: str
    names: tuple[str, ...] = ()


@node
class File(Node):
    """All that one file says. `damaged` are clauses (by identity of span) that lost a line to a problem:
    that something is missing from them need not be said again.
    """

    clauses: tuple[Clause, ...] = ()
    comments: tuple[Comment, ...] = field(default=(), eq=False)
    broken: tuple[Broken, ...] = field(default=(), eq=False)
    damaged: tuple[Span, ...] = field(default=(), eq=False)

    def lost_lines(self, clause: Clause) -> bool:
        """Whether a line of this clause was dropped because it could not be read."""
        return clause.span in self.damaged
