"""Measures and amounts, charges, credits and caps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node
from bpodsl.language.ast.shared import (
    LatestLine,
    PartialLine,
    PartOfLine,
    PaysLine,
    RoundedLine,
    SettlesLine,
    StartsLine,
    SurvivesLine,
    WindowLine,
)

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Length, Name, Number, Reference, Text
    from bpodsl.language.ast.events import Otherwise
    from bpodsl.language.ast.expressions import Expression, Rounding, Rows, Times
    from bpodsl.language.ast.shared import RowKeys, Window


# -------------------------------------------------------------------------------- measure, amount
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
class TargetByLine(Line):
    """`target by site [rounded …]` and its rows"""

    field: Name
    rounding: Rounding | None
    rows: tuple[LevelRow, ...] = many()


@node
class MinimumByLine(Line):
    """`minimum by site [rounded …]` and its rows"""

    field: Name
    rounding: Rounding | None
    rows: tuple[LevelRow, ...] = many()


@node
class LevelRow(Line):
    """`| leeds | at least 95% |`, `| otherwise | at least 90% |`"""

    case: RowKeys | Otherwise
    op: str
    level: Expression


@node
class FewerLine(Line):
    """`fewer than 5 [ROWS]: not measured`"""

    count: Number
    rows: Rows | None


@node
class CountsAsLine(Line):
    """`counts cured as fulfilled` | `counts missed as excused where COND`: `outcome` as in `ForEachOutcome`, `status`
    fulfilled | missed | excused."""

    outcome: str
    status: str
    where: Expression | None = None


@node
class LeftOutLine(Line):
    """`left out where COND`: such windows are not measured"""

    where: Expression


@node
class ExcludingLine(Line):
    """`excluding TIMES`"""

    times: Times


@node
class AllowanceLine(Line):
    """`allowance 2`"""

    misses: Expression


@node
class InterpolatedLine(Line):
    """`interpolated`: between the rows of a table"""


@node
class LevelsLine(Line):
    """`by levels of EXPR` and its rows, the first of which that applies gives the value"""

    of: Expression
    rows: tuple[CreditRow, ...] = many()


@node
class BandsLine(Line):
    """`by bands of EXPR` and its rows, which price each part of it, or (`how` steps) all by the step it reaches"""

    how: str
    of: Expression
    rows: tuple[BandRow, ...] = many()


FigureLine = (
    WindowLine | ValueLine | LevelsLine | BandsLine | TargetLine | TargetByLine | MinimumLine | MinimumByLine
    | FewerLine | CountsAsLine | ExcludingLine | AllowanceLine | InterpolatedLine
    | LeftOutLine | RoundedLine | PartialLine | StartsLine | SettlesLine | LatestLine | PartOfLine
    | SurvivesLine
)  # fmt: skip


# -------------------------------------------------------------------------------- charge, credit, cap
@node
class Charge(Node):
    """`charge NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[MoneyLine, ...] = many()


@node
class Credit(Node):
    """`credit NAME ["Title"] [for MEASURE[ by FIELD][, of EXPR]] [reference]`, its lines and its rows"""

    name: Name
    title: Text | None
    measure: CreditFor | None
    reference: Reference | None
    lines: tuple[MoneyLine | CreditRow | KeyedCreditRow, ...] = many()


@node
class CreditFor(Node):
    """`for MEASURE[ by FIELD][, of EXPR]`"""

    measure: Name
    by: Name | None
    base: Expression | None


@node
class CreditRow(Line):
    """`| at least 95% | 0% |` or `| otherwise | 15% |`"""

    case: Bound | Otherwise
    result: Expression


@node
class KeyedCreditRow(Line):
    """`| leeds | at least 95% | 0% |`: a row for some values of the field that the table is by."""

    keys: RowKeys | Otherwise
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
class PaysLevelsLine(Line):
    """`northwind pays meridian by levels of EXPR` and its rows, the first of which that applies gives the sum"""

    payer: Name
    payee: Name
    of: Expression
    rows: tuple[CreditRow, ...] = many()


@node
class BandRow(Line):
    """`| up to 10 000 | 1.20 GBP |` or `| the rest | 1.00 GBP |`"""

    case: UpTo | Otherwise
    rate: Expression


@node
class UpTo(Node):
    """`up to 10 000`"""

    level: Expression


MoneyLine = (
    WindowLine | PaysLine | PaysTableLine | PaysLevelsLine | InterpolatedLine | LeftOutLine | RoundedLine | PartialLine
    | StartsLine | SettlesLine | LatestLine | PartOfLine | SurvivesLine
)  # fmt: skip


@node
class Cap(Node):
    """`cap [NAME [TITLE] on] credits | LINE, … at EXPR WINDOW [by FIELD] [, so far | , trued up] [reference]`"""

    name: Name | None
    title: Text | None
    lines: tuple[Name, ...] | AllCredits
    limit: Expression
    window: Window | InAny
    by: Name | None
    holds: str | None
    reference: Reference | None


@node
class AllCredits(Node):
    """`credits`: all credit lines in order of declaration."""


@node
class InAny(Node):
    """`in any 12 months`"""

    length: Length
