"""What all nodes share, and the leaves: words, numbers, days and times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar, Final, NamedTuple, NoReturn, TypeVar, dataclass_transform

from bpodsl.text import Span

if TYPE_CHECKING:
    from bpodsl.language.ast.expressions import Expression

_T = TypeVar("_T")
_N = TypeVar("_N", bound="Node")

REQUIRED: Final = object()
"""In place of a default: there is none."""


class Part(NamedTuple):
    """A part of a node. `takes_all`: the last one, a tuple of all remaining parts. `eq`: whether nodes differ by it."""

    default: Any
    kw_only: bool
    eq: bool
    takes_all: bool


def part(*, default: Any = REQUIRED, kw_only: bool = False, eq: bool = True) -> Any:
    """A part that is more than its name."""
    return Part(default, kw_only, eq, False)


def many() -> Any:
    """The last part of a node, which takes all that remains as a tuple."""
    return Part((), False, True, True)


@dataclass_transform(frozen_default=True, field_specifiers=(part, many))
def node(cls: type[_T]) -> type[_T]:
    """A frozen class of the tree, its parts being its annotations.

    Nodes share the methods of `Node`: to generate and compile a set of methods for each of some hundred classes,
    as attrs does, would take longer than to read a whole agreement, at every start.
    """
    own = {
        name: value if isinstance(value := cls.__dict__.get(name, REQUIRED), Part) else Part(value, False, True, False)
        for name, kind in cls.__annotations__.items()
        if not kind.startswith("ClassVar")
    }
    every: dict[str, Part] = {**getattr(cls, "_parts", {}), **own}
    for name in own:
        if name in cls.__dict__:
            delattr(cls, name)
    cls._parts = every  # type: ignore[attr-defined]
    cls._placed = tuple(name for name, about in every.items() if not about.kw_only)  # type: ignore[attr-defined]
    cls._compared = tuple(name for name, about in every.items() if about.eq)  # type: ignore[attr-defined]
    cls.__match_args__ = cls._placed  # type: ignore[attr-defined, misc]
    return cls


@node
class Node:
    """Base of all nodes. Two are equal if they say the same, wherever they stand."""

    _parts: ClassVar[Mapping[str, Part]]
    _placed: ClassVar[tuple[str, ...]]
    _compared: ClassVar[tuple[str, ...]]

    span: Span = part(eq=False)

    if not TYPE_CHECKING:

        def __init__(self, *values, **named):
            if len(values) > len(self._placed):
                raise TypeError(f"{type(self).__name__} takes {len(self._placed)} parts, not {len(values)}")
            said = dict(zip(self._placed, values, strict=False)) | named
            if said.keys() != self._parts.keys():
                if strange := said.keys() - self._parts.keys():
                    raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(strange))}")
                said = {name: said.get(name, about.default) for name, about in self._parts.items()}
                if REQUIRED in said.values():
                    raise TypeError(f"{type(self).__name__} lacks a part: {said}")
            self.__dict__.update(said)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return isinstance(other, Node) and parts(self) == parts(other)

    def __hash__(self) -> int:
        return hash((type(self).__name__, *parts(self)))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._compared)
        return f"{type(self).__name__}({shown})"


def parts(of: Node) -> list[Any]:
    """What a node holds, in order, without its span."""
    return [getattr(of, name) for name in of._compared]


def places(of: type[Node]) -> dict[str, Part]:
    """The parts of a class of nodes that are given in order, without the span."""
    return {name: about for name, about in of._parts.items() if name != "span" and not about.kw_only}


def changed(of: _N, **parts: Any) -> _N:
    """The same node with other parts."""
    return type(of)(**(of.__dict__ | parts))


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
class YesNo(Node):
    """`yes` | `no`"""

    word: str


@node
class Negative(Node):
    """`-12`, `-monthly_charge`"""

    value: Expression


Literal = Number | Percent | Money | Length | Text | Day | Instant | Period | Time | YesNo

Value = Literal | Name | Negative
