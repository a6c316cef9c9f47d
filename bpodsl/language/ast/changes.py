"""Changes: what an amendment replaces, adds and removes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Literal, Name, Negative, Reference, Text
    from bpodsl.language.ast.duties import AllActs, AnyActs, FirstAct, LastAct, Opening
    from bpodsl.language.ast.expressions import Expression, Times


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
class Assignment(Node):
    """`assignment NAME ["Title"] of PARTY to PARTY effective DAY [reference]`, or `by EVENT` instead of the day"""

    name: Name
    title: Text | None
    old: Name
    new: Name
    since: Day | Name
    reference: Reference | None


@node
class Novation(Node):
    """The same, but what is open passes too."""

    name: Name
    title: Text | None
    old: Name
    new: Name
    since: Day | Name
    reference: Reference | None


@node
class Changed(Line):
    """`restore_p1: within 3 hours of support`, or lines or rows below `restore_p1:`"""

    name: Name
    lines: tuple[Node, ...] = many()


@node
class NewDutyLine(Line):
    """`lantern must report_sent`: what a duty obliges to, and whom; the opening is that of the duty if left out."""

    bearer: NewParties
    modality: str
    acts: AnyActs | AllActs | LastAct | FirstAct
    opening: Opening | None


@node
class NewParties(Node):
    """`both` (no name) | `lantern`"""

    name: Name | None = None


@node
class NewTimes(Line):
    """`is support less works`: of what a calendar is made."""

    times: Times


@node
class LimitLine(Line):
    """`at 150 000 GBP`: the limit of a cap."""

    limit: Expression


@node
class MeansLine(Line):
    """`means 45 days`: what a definition stands for."""

    value: Literal | Negative


@node
class RemovesLine(Line):
    """`removes reporting_fee, late_fee`"""

    names: tuple[Name, ...] = many()


@node
class RunningLine(Line):
    """`running clocks keep the old terms` | `running clocks move to the new terms` | `running windows are prorated` |
    `running windows are split`"""

    rule: str


@node
class SinceLine(Line):
    """`since CR_014`: the clause is added by a change."""

    change: Name
