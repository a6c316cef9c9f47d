"""What is reported, what holds in between, and where the reports come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Name, Node, Text, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import CountedLength, Length, NamedLength, Reference, Time, Value
    from bpodsl.language.ast.expressions import Expression, Times
    from bpodsl.language.ast.lists import PeriodOf
    from bpodsl.language.ast.series import SumIn
    from bpodsl.language.ast.shared import Selector


# -------------------------------------------------------------------------------- events
@node
class Event(Node):
    """`event NAME, … from PARTY, … ["Title"] [reference]` and its lines"""

    names: tuple[Name, ...]
    reporters: Reporters
    title: Text | None
    reference: Reference | None
    lines: tuple[EventField | WorkedField | LastsLine | HappensLine | CountsForLine | RelatesLine, ...] = many()


@node
class Notice(Node):
    """`notice NAME, … from PARTY, … ["Title"] [reference]` and its lines"""

    names: tuple[Name, ...]
    reporters: Reporters
    title: Text | None
    reference: Reference | None
    lines: tuple[
        EventField | WorkedField | LastsLine | HappensLine | CountsForLine | RelatesLine | DeemedLine, ...
    ] = many()


@node
class Reporters(Node):
    """`northwind, meridian` | `anyone` (no names)"""

    parties: tuple[Name, ...] = many()


@node
class EventField(Line):
    """`ticket key` · `priority one of P1, P2, key` · `amount money, optional` · `units number, default 1`

    `kind`: key | money | number | share | text | instant | day | month | quarter | year | duration |
    yes/no | one of, or `money EUR`, `period of fiscal`. `parts` are the choices (of `one of`) and the flags, in
    order of writing.
    """

    name: Name
    kind: str | SumIn | PeriodOf
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
class WorkedField(Line):
    """`net means gross - tare`"""

    name: Name
    value: Expression


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
class RelatesLine(Line):
    """`corrects EVENT named by FIELD[ as FIELD], …`: `how` is corrects | withdraws | counts with."""

    how: str
    event: Name
    fields: tuple[NamedBy, ...] = many()


@node
class NamedBy(Node):
    """`FIELD` | `FIELD as FIELD`: a field, and the field of the other event that has the same value."""

    field: Name
    other: Name | None


@node
class DeemedLine(Line):
    """`deemed given` and its rows"""

    rows: tuple[DeemedRow, ...] = many()


@node
class DeemedRow(Line):
    """`| COND | EFFECT |` or `| otherwise | EFFECT |`"""

    case: Expression | Otherwise
    effect: DeemedWhen | DeemedAfter | NoEffect


@node
class Otherwise(Node):
    """`otherwise`, `the rest`: the last case of a table."""


@node
class OwnInstant(Node):
    """`the instant`: when the notice itself happens."""

    words: str


@node
class DeemedWhen(Node):
    """`when FIELD[, after 17:00 the next working day of CAL][, at 09:00]`, `when the instant`"""

    field: Name | OwnInstant
    late: LateNext | None
    at: DeemedAt | None


@node
class LateNext(Node):
    """`after 17:00 the next working day of CAL` | `after 17:00 the next day`"""

    cutoff: Time
    calendar: Name | None = None


@node
class DeemedAfter(Node):
    """`2 working days of CAL after FIELD[, at 09:00]`"""

    length: Length | NamedLength
    field: Name | OwnInstant
    at: DeemedAt | None


@node
class DeemedAt(Node):
    """`at 09:00`, of the later day on which it counts"""

    time: Time


@node
class NoEffect(Node):
    """`no effect`"""


# -------------------------------------------------------------------------------- state
@node
class State(Node):
    """`state NAME ["Title"] [from [LENGTH after] SELECTORS] [to SELECTORS] [for LENGTH …] [by FIELD, …] [reference]` or
    `… during SELECTORS …`"""

    name: Name
    title: Text | None
    bounds: FromTo | FromWhen | ToWhen | FromAfter | During | IsTimes | None
    lasts: LastsFor | None
    by: tuple[Name, ...] | None
    reference: Reference | None


@node
class IsTimes(Node):
    """`is TIMES`: made of other states and of calendars"""

    times: Times


@node
class FromTo(Node):
    """`from EVENT [where COND] to EVENT [where COND] [or EVENT …]`"""

    starts: tuple[Selector, ...]
    ends: tuple[Selector, ...]


@node
class FromWhen(Node):
    """`from EVENT [where COND] [or EVENT …]`: consequences end it"""

    starts: tuple[Selector, ...]


@node
class ToWhen(Node):
    """`to EVENT [where COND] [or EVENT …]`: consequences begin it"""

    ends: tuple[Selector, ...]


@node
class FromAfter(Node):
    """`from LENGTH after EVENT [where COND] [or EVENT …] [to EVENT …]`: only when so long is over"""

    length: Length | NamedLength | CountedLength
    starts: tuple[Selector, ...]
    to: ToWhen | None


@node
class LastsFor(Node):
    """`for LENGTH [, prolonged by each] [or to EVENT …]`: ends by itself when so long is over"""

    length: Length | NamedLength | CountedLength
    prolonged: str | None
    to: ToWhen | None


@node
class During(Node):
    """`during EVENT`: of events that last from … to …"""

    intervals: tuple[Selector, ...]


# -------------------------------------------------------------------------------- reads
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
    """`format csv [separated by ";"]` | `format jsonl` | `format parquet`"""

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
class RevisionLine(Line):
    """`revision column "Rev"`: 0 or missing is the first report, higher ones correct it"""

    column: Column


@node
class RetractedLine(Line):
    """`retracted when column "State" is "void"`: such a row takes the event back"""

    when: tuple[RowCondition | RowGiven, ...]


@node
class DatesLine(Line):
    """`dates "dd/mm/yyyy"`: how the file writes days"""

    form: Text


@node
class MonthsLine(Line):
    """`months "mm/yyyy"`: how the file writes months"""

    form: Text


@node
class NumbersLine(Line):
    """`numbers "1.234,56"`: how the file writes 1234.56"""

    form: Text


@node
class ReporterLine(Line):
    """`reporter column "By", "CL" as northwind`: the party that reports"""

    column: Column


@node
class RowMapping(Line):
    """`row EVENT [when CONDITION [and …]]` and one `FieldFrom` for each line below"""

    event: Name
    when: tuple[RowCondition | RowGiven, ...] | None
    fields: tuple[FieldFrom, ...] = many()


@node
class RowCondition(Node):
    """`column "type" is "Wait" or "Hold"` | `column "type" is not "Wait"`"""

    column: Text
    how: str
    words: tuple[Text, ...] = many()


@node
class RowGiven(Node):
    """`column "closed" is given` | `column "closed" is not given`"""

    column: Text
    how: str


@node
class FieldFrom(Line):
    """`kind column "Kind", "1" as P1` | `unit always "minutes"`"""

    name: Name
    origin: FieldColumn | Constant


@node
class Column(Node):
    """`column "Kind"[ and "More"][, "1" as P1, …][, absent "unknown"]`"""

    paths: tuple[Text, ...]
    options: tuple[ValueAs | Absent, ...] = many()


@node
class FieldColumn(Node):
    """`column "Rate" in percent[, "-" as 0, …][, absent 0]`: the column of a field, and what a number in it counts"""

    paths: tuple[Text, ...]
    unit: str | None
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
