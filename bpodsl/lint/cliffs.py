"""A step at which one more, or one less, changes what is owed by much."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Final

from bpodsl.bounds import Bounds, Range
from bpodsl.bounds.told import told
from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import causes, histories, with_the_last
from bpodsl.lint.pieces import Number, Piece, kind_of, least_of, parts, pieces, shown, steps
from bpodsl.terms import Figure, Line
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace
from bpodsl.values import Money

_JUST: Final = Fraction(1, 10**9)
"""So little beside an edge lies what is just above or below it."""


@frozen
class Cliff(Problem):
    """One case more or less changes what is owed by more than the stated sum.

    At such a step a dispute about one case is a dispute about the whole sum. It is asked only where `bpodsl.toml` says
    how much is much, as `cliff = "50 GBP"`, or with the option `--cliff`.

    Not so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 20% |

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | at least 93% | 5%  |
          | at least 91% | 10% |
          | at least 89% | 15% |
          | otherwise    | 20% |

    Next: put smaller steps between, or interpolate.
    """

    code: ClassVar[str] = "BPO409"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    subject: str
    edge: str
    one: str
    other: str
    limit: str
    least: Number = 0
    events: Trace | None = None

    def message(self) -> str:
        return (
            f"Where {self.subject} passes {self.edge}, `{self.name}` goes from {self.one} to {self.other} at once: "
            f"more than {self.limit}."
        )

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Put smaller steps between the two, or interpolate (`interpolated`)."


def find(bounds: Bounds, cliff: Money) -> Iterator[Problem]:
    """The widest step of each table of a sum owed, where it is wider than the limit."""
    for line in bounds.contract.lines:
        figure = bounds.figures.get(line.figure or "")
        if figure is None or line.currency != cliff.currency:
            continue
        for own, table in parts(bounds.contract, ex.Table):
            if own is figure:
                yield from _of_table(bounds, line, figure, table, cliff)


def _of_table(bounds: Bounds, line: Line, figure: Figure, table: ex.Table, cliff: Money) -> Iterator[Problem]:
    rows = steps(table)
    if rows is None:
        return
    kind = kind_of(table.rows[0].bound)
    whole = bounds.of(table.subject).whole
    widest: tuple[Number, Number, Number, Number] | None = None
    for below, above in pairwise(pieces(rows, least_of(kind))):
        edge = above.low
        if edge is None:
            continue
        low, high = _beside(below, above, edge, whole)
        one, other = (_sum(bounds, figure, table, value) for value in (low, high))
        ends = one.high, other.high
        if ends[0] is not None and ends[1] is not None:
            gap = max(ends[0] - ends[1], ends[1] - ends[0])
            if gap > cliff.amount and (widest is None or gap > widest[0]):
                widest = gap, edge, ends[0], ends[1]
    if widest is not None:
        _, edge, one_sum, other_sum = widest
        one_told, other_told = (Money(each, line.currency).show() for each in sorted((other_sum, one_sum)))
        about = figure.name, told(table.subject), shown(edge, kind)
        yield Cliff(figure.clause.span, *about, one_told, other_told, cliff.show(), cliff.amount)


def show(facts: Facts, problem: Cliff) -> Trace | None:
    """A few cases, the last of which is performed, or counts, and changes the sum by more than is much."""
    figure = facts.figures[problem.name]
    grid = figure.grid

    def wide(with_it: Number, without: Number) -> bool:
        return max(with_it - without, without - with_it) > problem.least

    for story, until in () if figure.by else histories(facts, causes(facts, (figure.name,)), grid):
        found = with_the_last(story, figure.name, until, wide, figure.kind) if story.events else None
        if found is not None:
            return found
    return None


def _beside(below: Piece, above: Piece, edge: Number, whole: bool) -> tuple[Number, Number]:
    """The values on both sides of an edge: those of whole numbers, else as near as can be."""
    step = 1 if whole else _JUST
    return (edge - step, edge) if above.low_in else (edge, edge + step)


def _sum(bounds: Bounds, figure: Figure, table: ex.Table, at: Number) -> Range:
    """What the sum can come to where the subject of its table has one value."""
    with bounds.within(grid=figure.grid, keys=figure.by, assumed=((table.subject, at, at),)):
        return bounds.of(figure.value)
