"""Questions that others answer later: determinations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Length, Name, Reference, Text, Value
    from bpodsl.language.ast.duties import AfterEnd, ForEachOutcome
    from bpodsl.language.ast.expressions import Expression
    from bpodsl.language.ast.rules import Role
    from bpodsl.language.ast.shared import Parties, Selector


@node
class Determination(Node):
    """`determination NAME ["question"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        AskedLine | AskedOfLine | AskedWindowLine | DecidedLine | OverruledLine | RuledWithinLine, ...
    ] = many()  # fmt: skip


@node
class Claim(Node):
    """`claim NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[
        ClaimedLine | ClaimedOfLine | ClaimedWindowLine | RuledWithinLine | AnsweredLine | AnsweredWithinLine, ...
    ] = many()  # fmt: skip


@node
class AskedLine(Line):
    """`for each EVENT [where COND]`"""

    selector: Selector


@node
class AskedOfLine(Line):
    """`for each missed NORM [where COND]`"""

    opening: ForEachOutcome


@node
class AskedWindowLine(Line):
    """`for each month of FIGURE [where COND]`"""

    opening: ForEachWindow


@node
class ForEachWindow(Node):
    """`for each month of FIGURE [where COND]`: `unit` as written"""

    unit: str
    figure: Name
    where: Expression | None = None


@node
class DecidedLine(Line):
    """`decided by "Board" of both with EVENT, answer FIELD` | `… with EVENT as VALUE, …`"""

    roles: tuple[Role, ...]
    rulings: tuple[RuledIn | RuledAs, ...] = many()


@node
class OverruledLine(Line):
    """`may be overruled by "Expert" of PARTY with EVENT, answer FIELD`"""

    roles: tuple[Role, ...]
    rulings: tuple[RuledIn | RuledAs, ...] = many()


@node
class RuledIn(Node):
    """`EVENT, answer FIELD`"""

    event: Name
    field: Name


@node
class RuledAs(Node):
    """`EVENT as VALUE`"""

    event: Name
    value: Value


@node
class RuledWithinLine(Line):
    """`within LENGTH [after FIELD][, else deemed VALUE]` | `within LENGTH after the end of the month …`"""

    length: Length
    field: Name | AfterEnd | None
    otherwise: Value | None


@node
class ClaimedLine(Line):
    """`PARTY may EVENT for each EVENT [where COND]`"""

    parties: Parties
    event: Name
    selector: Selector


@node
class ClaimedOfLine(Line):
    """`PARTY may EVENT for each missed NORM [where COND]`"""

    parties: Parties
    event: Name
    opening: ForEachOutcome


@node
class ClaimedWindowLine(Line):
    """`PARTY may EVENT for each month of FIGURE [where COND]`"""

    parties: Parties
    event: Name
    opening: ForEachWindow


@node
class AnsweredLine(Line):
    """`answered by PARTY with EVENT as accepted, EVENT as rejected` | `… with EVENT, answer FIELD`"""

    parties: Parties
    rulings: tuple[RuledIn | RuledAs, ...] = many()


@node
class AnsweredWithinLine(Line):
    """`answered within LENGTH[, else deemed VALUE]`"""

    length: Length
    otherwise: Value | None
