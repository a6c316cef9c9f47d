"""A sum that is divided by what may be nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds import Bounds
from bpodsl.bounds.shares import part_of_whole
from bpodsl.bounds.told import told
from bpodsl.lean import frozen
from bpodsl.terms import children, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class DividesByNothing(Problem):
    """A sum is divided by something that may be 0.

    By 0 nothing can be divided: the sum is then not measured, and nothing is owed in that window. Whether that is meant
    should be said.

    Not so:

        charge handling
          each month
          northwind pays meridian 1 000 GBP / count of ticket_opened

    But so:

        charge handling
          each month
          northwind pays meridian 1 000 GBP / count of ticket_opened, or 0 GBP if not measured

    Next: say what is owed then: `, or 0 GBP if not measured`.
    """

    code: ClassVar[str] = "BPO451"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    divisor: str

    def message(self) -> str:
        return f"`{self.name}` divides by {self.divisor}, which may be 0: then nothing is owed."

    def hint(self) -> str | None:
        return "Say what is owed then: `, or … if not measured`."


def find(bounds: Bounds) -> Iterator[Problem]:
    """The first such divisor of each sum owed. A share of which the divisor is the whole is a measure in disguise."""
    for line in bounds.contract.lines:
        figure = bounds.figures.get(line.figure or "")
        if figure is None or figure.clause.word not in ("charge", "credit"):
            continue
        with bounds.within(grid=figure.grid, keys=figure.by):
            divisor = next(_divisors(bounds, figure.value), None)
        if divisor is not None:
            yield DividesByNothing(figure.clause.span, figure.name, told(divisor))


def _counts(e: object) -> bool:
    """Whether it is 0 where nothing is reported. Of a reported number, or one of a series, nobody need expect a 0."""
    return any(isinstance(part, ex.Aggregate) and part.op in ("count", "sum") for part in walk(e))


def _divisors(bounds: Bounds, e: object) -> Iterator[object]:
    """Those that may be 0 where they are asked for, and whose absence nothing makes up for."""
    match e:
        case ex.Literal() | ex.Aggregate():
            return
        case ex.IfMeasured(_, otherwise):
            yield from _divisors(bounds, otherwise)
            return
        case ex.If(condition, then, otherwise):
            for holds, branch in ((True, then), (False, otherwise)):
                with bounds.given(condition, holds):
                    yield from _divisors(bounds, branch)
            return
        case ex.Arithmetic("/", above, below) if not part_of_whole(above, below):
            found = bounds.of(below)
            low, high = found.ends
            if low[0] <= (0, 0) <= high[0] and not found.empty and (found.low == 0 or _counts(below)):
                yield below
    for part in children(e):
        yield from _divisors(bounds, part)
