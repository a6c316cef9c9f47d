"""Changes: what an amendment replaces, adds and removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Name, Reference, Text
    from bpodsl.language.ast.expressions import Expression


@node
class Change(Node):
    """`change NAME ["Title"] effective DAY [signed DAY] [reference]` and its lines"""

    name: Name
    title: Text | None
    effective: Day
    signed: Day | None
    reference: Reference | None
    lines: tuple[Changed | RemovesLine | RunningLine, ...] = many()


@node
class Changed(Line):
    """`restore_p1: within 3 hours of support`, or lines or rows below `restore_p1:`"""

    name: Name
    lines: tuple[Node, ...] = many()


@node
class LimitLine(Line):
    """`at 150 000 GBP`: the limit of a cap."""

    limit: Expression


@node
class RemovesLine(Line):
    """`removes reporting_fee, late_fee`"""

    names: tuple[Name, ...] = many()


@node
class RunningLine(Line):
    """`running clocks keep the old terms` | `running clocks move to the new terms` | `running windows are prorated`"""

    rule: str


@node
class SinceLine(Line):
    """`since CR_014`: the clause is added by a change."""

    change: Name
