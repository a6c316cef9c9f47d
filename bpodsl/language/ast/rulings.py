"""Questions that others answer later: determinations and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Length, Name, Reference, Text, Value
    from bpodsl.language.ast.duties import ForEachOutcome
    from bpodsl.language.ast.rules import Role
    from bpodsl.language.ast.shared import Parties, Selector


@node
class Determination(Node):
    """`determination NAME ["question"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[AskedLine | AskedOfLine | DecidedLine | OverruledLine | RuledWithinLine, ...] = many()


@node
class Claim(Node):
    """`claim NAME ["Title"] [reference]` and its lines"""

    name: Name
    title: Text | None
    reference: Reference | None
    lines: tuple[ClaimedLine | RuledWithinLine | AnsweredLine | AnsweredWithinLine, ...] = many()


@node
class AskedLine(Line):
    """`for each EVENT [where COND]`"""

    selector: Selector


@node
class AskedOfLine(Line):
    """`for each missed NORM [where COND]`"""

    opening: ForEachOutcome


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
    """`within LENGTH [after FIELD][, else deemed VALUE]`"""

    length: Length
    field: Name | None
    otherwise: Value | None


@node
class ClaimedLine(Line):
    """`PARTY may EVENT for each EVENT [where COND]`"""

    parties: Parties
    event: Name
    selector: Selector


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
