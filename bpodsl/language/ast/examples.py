"""Worked examples."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Instant, Name, Number, Period, Reference, Text, Value


@node
class Test(Node):
    """`test "title" [reference]` and its lines"""

    title: Text
    reference: Reference | None
    lines: tuple[
        TestEvent | UntilLine | WorldLine | ExpectStatus | ExpectValue | ExpectPays | ExpectFired | ExpectNone
        | ExpectLevel | ExpectNoStatus | ExpectOther | ExpectNoLevel,
        ...,
    ] = many()


@node
class TestEvent(Line):
    """`2026-04-07T19:00 ticket_opened [from PARTY] ticket T1, priority P1[, known 2026-04-09T10:00]`"""

    at: Instant
    event: Name
    reporter: Name | None
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
class WorldLine(Line):
    """`world R1`: what the test expects is expected there"""

    world: Name | Text | Number


@node
class ExpectStatus(Line):
    """`expect NORM|RIGHT [for KEYS] STATUS [at INSTANT | on DAY | until DAY]`

    `status`: fulfilled | missed | excused | waived | late | cured | breached | undecided | ended | open | exercised |
    lapsed.
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
    period: Period | Name | Text
    value: Value | str


@node
class ExpectNoStatus(Line):
    """`expect no NORM|RIGHT|STATE [for KEYS] STATUS [at INSTANT | on DAY | until DAY]`"""

    name: Name
    keys: tuple[Value, ...] | None
    status: str
    moment: At | On | Until | None


@node
class ExpectOther(Line):
    """`expect FIGURE|LINE [for KEYS] in PERIOD is not VALUE`"""

    name: Name
    keys: tuple[Value, ...] | None
    period: Period | Name | Text
    value: Value | str


@node
class ExpectNoLevel(Line):
    """`expect no LADDER [for KEYS] at level 2 [on DAY | at INSTANT]`"""

    name: Name
    keys: tuple[Value, ...] | None
    level: Number
    moment: At | On | None


@node
class ExpectPays(Line):
    """`expect OBLIGATION|TRIGGER|RIGHT [for KEYS] pays VALUE`: the sum of what its consequences say is paid"""

    name: Name
    keys: tuple[Value, ...] | None
    value: Value


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
    """`in PERIOD`, `in P01`"""

    period: Period | Name | Text
