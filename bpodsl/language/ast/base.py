"""What all nodes share, and the leaves: words, numbers, days and times."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, TypeVar, dataclass_transform

from attrs import Attribute, field, fields, frozen

from bpodsl.text import Span

if TYPE_CHECKING:
    from bpodsl.language.ast.expressions import Expression

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
    """`08:00`, `24:00`: minutes after midnight."""

    minutes: int


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
class YesNo(Node):
    """`yes` | `no`"""

    word: str


@node
class Negative(Node):
    """`-12`, `-monthly_charge`"""

    value: Expression


Literal = Number | Percent | Money | Length | Text | Day | Instant | Period | YesNo

Value = Literal | Name | Negative
