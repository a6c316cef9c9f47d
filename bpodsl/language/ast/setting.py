"""The agreement itself, its calendars and services, and what is only stated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Length, Literal, Name, Negative, Number, Reference, Text, Time
    from bpodsl.language.ast.expressions import Rounding, Times
    from bpodsl.language.ast.joined import AsInLine, PrecedenceLine
    from bpodsl.language.ast.shared import Selector


# -------------------------------------------------------------------------------- agreement
@node
class Agreement(Node):
    """`agreement NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        PartyLine | EffectiveLine | RenewsLine | ZoneLine | CurrencyLine | AlsoLine | LawLine | WorldsLine
        | PrecedenceLine | AsInLine | ClosingLine,
        ...,
    ] = many()


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
    """`renews | then renews for 12 months [once | 2 times] [unless | if SELECTORS [90 days before expiry]]`: `word`"""

    word: str
    length: Length
    times: RenewalTimes | None
    unless: Unless | None


@node
class RenewalTimes(Node):
    """`once` (no number) | `2 times`"""

    times: Number | None = None


@node
class Unless(Node):
    """`unless non_renewal [where COND] [90 days before expiry]` | `if extension_called …`: `word`"""

    word: str
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
class AlsoLine(Line):
    """`also in EUR[, rounded half up to 0.01]`"""

    currency: Name
    rounding: Rounding | None


@node
class LawLine(Line):
    """`law "England and Wales"`"""

    law: Text


@node
class ClosingLine(Line):
    """`records [of EVENT, …] close 3 months after the end of the month[, later ones count when reported]`"""

    events: tuple[Name, ...] | None
    length: Length
    unit: str
    carried: str | None


@node
class WorldsLine(Line):
    """`worlds by scenario`"""

    field: Name


@node
class Assume(Node):
    """`assume "what" because "why" [reference]`"""

    what: Text
    because: Text
    reference: Reference | None


@node
class Definition(Node):
    """`definition NAME ["Title"] means VALUE [reference]`"""

    name: Name
    title: Text | None
    value: Literal | Negative
    reference: Reference | None


# -------------------------------------------------------------------------------- calendar
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


# -------------------------------------------------------------------------------- service
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


@node
class Stated(Node):
    """`stated NAME ["Title"], not computed because "…" [reference]`"""

    name: Name
    title: Text | None
    because: Text
    reference: Reference | None
