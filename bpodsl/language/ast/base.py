"""What all nodes share, and the leaves: words, numbers, days and times."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

from bpodsl.lean import REQUIRED, Part, change, make, parts_of
from bpodsl.text import Span

if TYPE_CHECKING:
    from bpodsl.language.ast.expressions import Expression

_N = TypeVar("_N", bound="Node")
_T = TypeVar("_T", bound=type)


def part(*, default: Any = REQUIRED, kw_only: bool = False, eq: bool = True) -> Any:
    """A part that is more than its name."""
    return Part(default, eq=eq, repr=eq, kw_only=kw_only)


def many() -> Any:
    """The last part of a node, which takes all that remains as a tuple."""
    return Part((), takes_all=True)


@dataclass_transform(frozen_default=True, field_specifiers=(part, many))
def node(cls: _T) -> _T:
    """A frozen class of the tree, its parts being its annotations."""
    made: _T = make(cls)
    return made


@node
class Node:
    """Base of all nodes. Two are equal if they say the same, wherever they stand."""

    span: Span = part(eq=False)


def parts(of: Node) -> list[Any]:
    """What a node holds, in order, without its span."""
    return [getattr(of, name) for name, about in parts_of(type(of)).items() if about.eq]


def places(of: type[Node]) -> dict[str, Part]:
    """The parts of a class of nodes that are given in order, without the span."""
    return {name: about for name, about in parts_of(of).items() if name != "span" and not about.kw_only}


def changed(of: _N, /, **parts: Any) -> _N:
    """The same node with other parts."""
    same: _N = change(of, **parts)
    return same


@node
class Line(Node):
    """Base of the lines of a block; `reference` is the paper reference at the end of the line, if any."""

    reference: Reference | None = part(default=None, kw_only=True)


# -------------------------------------------------------------------------------- leaves
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
    """`08:00`, `17:30:15`, `24:00`: seconds after midnight."""

    seconds: int


@node
class Period(Node):
    """`2026-04`, `2026-Q2`, `2026-W14`, `2026`, `2026-04-07`, `2026-01..2026-03`: label of a window as written."""

    text: str


# -------------------------------------------------------------------------------- literals
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
class NamedLength(Node):
    """`cure_period`, where a length may stand: the length that a definition gives."""

    name: Name


@node
class CountedLength(Node):
    """`payment_days days`, `(2 * target) hours of desk`: so many units as a field or formula says"""

    count: Expression
    unit: str
    calendar: Name | None = None


@node
class WorkedLength(Node):
    """`(agreed_time)`, `(2 * response of severity in severities) of desk`: so long as a formula says"""

    value: Expression
    calendar: Name | None = None


@node
class CountedDays(Node):
    """`payment_days days`, `(2 * n) working days of desk`: after a day, so many as a value says"""

    count: Expression
    unit: str
    calendar: Name | None = None


DueLength = Length | NamedLength | CountedLength | WorkedLength
"""What may say how long a deadline is."""


@node
class NamedNumber(Node):
    """`least_calls`, where a number may stand: the number that a definition gives."""

    name: Name


@node
class NamedPercent(Node):
    """`most_calls`, where a percentage may stand: the percentage that a definition gives."""

    name: Name


@node
class NamedDay(Node):
    """`go_live`, where a day may stand: the day that a definition gives."""

    name: Name


@node
class NamedStep(Node):
    """`penny`, to which one rounds: the number, percentage, sum or length that a definition gives."""

    name: Name


@node
class YesNo(Node):
    """`yes` | `no`"""

    word: str


@node
class Negative(Node):
    """`-12`, `-monthly_charge`"""

    value: Expression


Literal = Number | Percent | Money | Length | Text | Day | Instant | Period | Time | YesNo

Value = Literal | Name | Negative
