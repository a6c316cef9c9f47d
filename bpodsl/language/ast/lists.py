"""Lists: declared members and what is said of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Name, Reference, Text
    from bpodsl.language.ast.duties import AtTime, NoLimit
    from bpodsl.language.ast.events import Otherwise
    from bpodsl.language.ast.expressions import Expression, Rounding


@node
class List(Node):
    """`list NAME by FIELD, … ["Title"] [reference]`, its rows, and what its columns add up to"""

    name: Name
    keys: tuple[Name, ...]
    title: Text | None
    reference: Reference | None
    lines: tuple[ListRow | AddsUpLine, ...] = many()


@node
class ListRow(Line):
    """`| Leeds | 95% | 60% |`; the first row of a list names its columns."""

    cells: tuple[ListCell, ...] = many()


@node
class ListCell(Node):
    """A cell and the bar that ends it; None where nothing is written. `time`: of the last day, `, by 12:00`."""

    value: Expression | Otherwise | FromWord | NoLimit | None
    time: AtTime | None = None


@node
class FromWord(Node):
    """`from`: heads the column of the days from which a row holds."""


@node
class AddsUpLine(Line):
    """`weight adds up to 100%`"""

    column: Name
    total: Expression


@node
class Periods(Node):
    """`periods NAME ["Title"] [reference]` and its rows"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[PeriodRow, ...] = many()


@node
class PeriodRow(Line):
    """`| P01 | 2026-01-05 | 2026-02-01 |`: what it is called, its first and its last day"""

    label: Name | Text
    first: Day
    last: Day


@node
class PeriodOf(Node):
    """`period of fiscal`: what a field is that names one of them"""

    periods: Name


@node
class SharedValue(Node):
    """`1 000 GBP shared by weight of site in sites [rounded half up to 1 GBP]`, `1 000 GBP shared by calls`"""

    total: Expression
    by: Lookup | Name
    rounding: Rounding | None


@node
class RankOf(Node):
    """`rank of score from the highest`: `end` is highest | lowest."""

    figure: Name
    end: str


@node
class GroupValue(Node):
    """`calls of york`, `calls of "New York"`"""

    figure: Name
    member: Name | Text


@node
class Lookup(Node):
    """`weight of site in sites`, `price of "Leeds", grade in prices`"""

    column: Name
    keys: tuple[Name | Text, ...]
    list: Name
