"""Parts and lines that several clauses have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.language.ast.base import Line, Node, many, node

if TYPE_CHECKING:
    from bpodsl.language.ast.base import Day, Length, Name, Number, Text, YesNo
    from bpodsl.language.ast.expressions import Expression, Rounding
    from bpodsl.language.ast.figures import BandRow, CreditRow


# -------------------------------------------------------------------------------- shared parts
@node
class Selector(Node):
    """`EVENT [where COND]`"""

    event: Name
    where: Expression | None = None


@node
class Parties(Node):
    """`meridian`, `northwind and meridian`, `both` (the client and the provider: no names)."""

    names: tuple[Name, ...] = many()


@node
class RowKeys(Node):
    """`P1, P2`: the values of a field that a row is for."""

    values: tuple[Name | Text | Number | YesNo, ...] = many()


@node
class Each(Node):
    """`each month`, `each month from 2026-02-12`, `each 30 days from go_live, 3 times`, `each contract year`

    `unit`: day, week, month, quarter, year (singular or plural, as written), contract year or period of (of that which
    `anchor` names: `each period of fiscal`, `each 3 periods of fiscal`).
    """

    count: Number | None
    unit: str
    anchor: Day | Name | None = None
    times: Number | None = None


@node
class Rolling(Node):
    """`over 3 months, each month`, `over 3 periods, each period of fiscal`"""

    length: Length | SoManyPeriods
    step: Each


@node
class SoManyPeriods(Node):
    """`3 periods`"""

    count: Number


@node
class OverTheTerm(Node):
    """`over the term`"""


Window = Each | Rolling | OverTheTerm


@node
class GroupBy(Node):
    """`by site, priority`"""

    fields: tuple[Name, ...] = many()


@node
class GroupOf(Node):
    """`for each site of leeds, york`"""

    field: Name
    members: tuple[Name | Text, ...] = many()


@node
class GroupOfRows(Node):
    """`for each site, severity of grid`: each of the rows of a list; the last name is that of the list."""

    names: tuple[Name, ...] = many()

    @property
    def fields(self) -> tuple[Name, ...]:
        """The fields that together tell a group."""
        return self.names[:-1]

    @property
    def list(self) -> Name:
        """The list."""
        return self.names[-1]


@node
class WindowLine(Line):
    """`each month [by FIELD, … | for each FIELD of A, B | for each FIELD, FIELD of LIST], counted when decided`

    `counted`: opened | due | decided | performed.
    """

    window: Window
    grouping: GroupBy | GroupOf | GroupOfRows | None = None
    counted: str | None = None


@node
class RoundedLine(Line):
    """`rounded half up to 0.1%`"""

    rounding: Rounding


@node
class PartialLine(Line):
    """`partial windows inside` | `excluded` | `prorated`"""

    how: str


@node
class StartsLine(Line):
    """`starts 2026-07-01`, `starts with go_live`, `starts 90 days after go_live`"""

    day: Day | WithEvent | AfterEvent


@node
class WithEvent(Node):
    """`with go_live`"""

    event: Name


@node
class AfterEvent(Node):
    """`90 days after go_live`"""

    length: Length
    event: Name


@node
class SettlesLine(Line):
    """`settles 5 days after the end`"""

    length: Length


@node
class LatestLine(Line):
    """`settled at the latest 10 days after the end`"""

    length: Length


@node
class PaysLine(Line):
    """`northwind pays meridian 250 000 GBP`"""

    payer: Name
    payee: Name
    amount: Expression


@node
class SurvivesLine(Line):
    """`survives the end` | `survives the end for 3 years`"""

    length: Length | None = None


@node
class PartOfLine(Line):
    """`part of help_desk`: the clause ends with that service"""

    service: Name


# -------------------------------------------------------------------------------- consequences
@node
class Escalate(Node):
    """`escalate operational`"""

    ladder: Name


@node
class Pays(Node):
    """`meridian pays northwind EXPR [as "words"]`"""

    payer: Name
    payee: Name
    amount: Expression
    words: Text | None = None


@node
class PaysTable(Node):
    """`meridian pays northwind by bands of EXPR [as "words"]` and its rows: `how` is bands | steps"""

    payer: Name
    payee: Name
    how: str
    of: Expression
    words: Text | None
    rows: tuple[BandRow, ...] = many()


@node
class PaysLevels(Node):
    """`meridian pays northwind by levels of EXPR [as "words"]` and its rows, the first of which that applies counts"""

    payer: Name
    payee: Name
    of: Expression
    words: Text | None
    rows: tuple[CreditRow, ...] = many()


@node
class Tell(Node):
    """`tell "mediation"`"""

    words: Text


@node
class Applies(Node):
    """`exit_plan applies`: an obligation that is opened when called."""

    obligation: Name


@node
class Begins(Node):
    """`step_in begins`: a state"""

    state: Name


@node
class Ends(Node):
    """`step_in ends`: a state, or a service"""

    name: Name


@node
class AgreementEnds(Node):
    """`the agreement ends`"""


Consequence = Escalate | Pays | PaysTable | PaysLevels | Tell | Applies | Begins | Ends | AgreementEnds


@node
class ThenLine(Line):
    """`then CONSEQUENCE`"""

    consequence: Consequence
