"""Figures: one value for each window and group. Lines and accounts: what is owed of it."""

from __future__ import annotations

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.expressions import Expression, Rounding
from bpodsl.terms.kinds import Kind
from bpodsl.terms.lengths import Length
from bpodsl.values import Grid


@frozen
class Group:
    """Values are given by a field. `members`: each of these always has a value; None: only those seen in the window."""

    name: str
    members: tuple[str, ...] | None = None


@frozen
class Target:
    """`op` one of >= > <= <: met when the figure, rounded if so stated, stands so to the level.

    The level is evaluated in the figure's window and group.
    """

    op: str
    level: Expression
    rounding: Rounding | None = None


@frozen
class Survival:
    """Whether something goes on after the end of the agreement, and for how long (in days or longer, from the last day;
    None: without end). `after`: so after an end that these clauses bring about, whatever is said of others."""

    of_all: bool = True
    length: Length | None = None
    after: tuple[tuple[str, Length | None], ...] = ()

    @property
    def name(self) -> str:
        """What tells it apart from others: the name that grids give it."""
        said = [f"{by}: {_told(time)}" for by, time in self.after]
        return "; ".join([_told(self.length)] * self.of_all + said)

    def of(self, ended_by: str) -> tuple[bool, Length | None]:
        """Whether it goes on after an end that this clause brought about ("": an end by date), and for how long."""
        found = ((True, time) for name, time in self.after if name == ended_by)
        return next(found, (self.of_all, self.length))


def _told(length: Length | None) -> str:
    return "always" if length is None else f"{length.amount} {length.unit} {length.calendar or ''}".strip()


@frozen
class Figure:
    """A measure, amount, charge or credit.

    It closes at the end of each window of `grid` and settles when nothing it needs is undecided:
    instances counted when opened, and the figures it reads. `settle_after`: not before so long after
    the end. `settle_latest`: then without the undecided. `shows`: named parts recorded beside the value.
    `awaits`: what else must have settled before it does: the limits of the caps that cut its line.
    `survival`: it has windows after the end of the agreement too, and for how long; then its grid names that.
    `version`: text that names the change under which a window stands, or "original"; None where none touches it.
    """

    name: str
    clause: Clause
    purpose: str
    kind: Kind
    grid: Grid
    value: Expression
    by: tuple[Group, ...] = ()
    rounding: Rounding | None = None
    target: Target | None = None
    minimum: Target | None = None
    shows: tuple[tuple[str, Expression], ...] = ()
    settle_after: Length | None = None
    settle_latest: Length | None = None
    version: Expression | None = None
    awaits: tuple[Expression, ...] = ()
    survival: Survival | None = None


@frozen
class Sides:
    """Who owes whom in those windows in which `when` holds."""

    when: Expression
    payer: str
    payee: str


@frozen
class Line:
    """A sum that one party owes another.

    `figure`: settles for each window of the figure; None: only by `Accrue`. The exact amount is
    rounded once by `rounding`, then cut by the accounts that list the line, in their order.
    A line of zero is not posted. A negative amount is posted as it is and frees no cap. `sides`: of a line with a
    figure who owes whom instead in some windows; the first whose condition holds.
    """

    name: str
    clause: Clause
    payer: str
    payee: str
    currency: str
    rounding: Rounding
    figure: str | None = None
    sides: tuple[Sides, ...] = ()

    @property
    def between(self) -> tuple[tuple[str, str], ...]:
        """Who may owe whom, each said once."""
        return tuple(dict.fromkeys(((self.payer, self.payee), *((each.payer, each.payee) for each in self.sides))))


@frozen
class Account:
    """A cap: the limit on the sum of its lines over each window of `grid` (a rolling one where its span is above 1).

    `lines` in the stated order of filling. `limit` is evaluated in the account's window when a line
    fills it, and rounded as a line is. `by`: sums of which these keys have other values are held against the limit by
    themselves.
    """

    name: str
    clause: Clause
    grid: Grid
    limit: Expression
    lines: tuple[str, ...]
    rounding: Rounding
    by: tuple[str, ...] = ()
