"""What an agreement is joined from: documents, files, templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Name, Reference, Text, Value


@node
class Document(Node):
    """`document sch_c ["Schedule C"] [reference]`"""

    name: Name
    title: Text | None
    reference: Reference | None


@node
class PrecedenceLine(Line):
    """`precedence msa, sch_c`: of the agreement; the first stands highest."""

    documents: tuple[Name, ...] = many()


@node
class AsInLine(Line):
    """`definition of restore_p1 as in sch_c`: of the agreement"""

    name: Name
    document: Name


@node
class UseFile(Node):
    """`use "schedule_c.bpo" [as sch_c] [reference]`"""

    path: Text
    document: Name | None
    reference: Reference | None


@node
class UseTemplate(Node):
    """`use late_fee [with FILLED] [as supply] [reference]`"""

    template: Name
    filled: Filled | None
    suffix: Name | None
    reference: Reference | None


@node
class Filled(Node):
    """`with days 30, invoice supply_invoice`"""

    parameters: tuple[FilledIn, ...] = many()


@node
class FilledIn(Node):
    """`rate 2%`"""

    name: Name
    value: Value


@node
class Template(Node):
    """`template late_fee [with days, rate] ["title"] [reference]`: its head"""

    name: Name
    parameters: Parameters | None
    title: Text | None
    reference: Reference | None


@node
class Parameters(Node):
    """`with days, rate`"""

    names: tuple[Name, ...] = many()
