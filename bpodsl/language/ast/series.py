"""Series, and sums in other currencies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Name, Reference, Text, Value
    from bpodsl.language.ast.expressions import Expression


@node
class SumIn(Node):
    """`money EUR`: a kind of field, or of the values of a series."""

    currency: Name


@node
class Series(Node):
    """`series NAME ["Title"] [reference]`, its lines, and rows of its values"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[SeriesValues | SeriesSource | MissingLine | PointRow, ...] = many()


@node
class SeriesValues(Line):
    """`number each month by region`

    `kind`: number | share | money | duration, or `money EUR`. `unit`: month | quarter | year | day.
    """

    kind: str | SumIn
    unit: str | None
    by: tuple[Name, ...] | None


@node
class SeriesSource(Line):
    """`from index_published of value for reference_month[ where COND]`"""

    event: Name
    value: Name
    at: Name | None
    where: Expression | None = None


@node
class MissingLine(Line):
    """`missing: the latest`: `rule` is the latest | interpolated | waits."""

    rule: str


@node
class PointRow(Line):
    """`| 2026-01 | 131.4 | published 2026-02-18 |`"""

    cells: tuple[Value | Published, ...] = many()


@node
class Published(Node):
    """`published 2026-02-18`"""

    day: Day
