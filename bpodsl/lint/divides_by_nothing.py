"""A sum that is divided by what may be nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from bpodsl.bounds import Bounds
from bpodsl.bounds.shares import part_of_whole
from bpodsl.bounds.told import told
from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.lint.histories import causes, first_shown, histories, unmeasured
from bpodsl.lint.witness import Followed
from bpodsl.terms import children, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity, Trace


@frozen
class DividesByNothing(Problem):
    """A sum is divided by something that may be 0.

    By 0 nothing can be divided: the sum is then not measured, and nothing is owed in that window; so it is too of a sum
    that rests on an amount which is divided so. Whether that is meant should be said. A measure may well have nothing
    to measure, as a share has.

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
    lines: tuple[str, ...] = ()
    events: Trace | None = None

    def message(self) -> str:
        if not self.lines:
            return f"`{self.name}` divides by {self.divisor}, which may be 0: then nothing is owed."
        rest = " and ".join(f"`{name}`" for name in self.lines)
        return f"`{self.name}` divides by {self.divisor}, which may be 0: then nothing is owed for {rest}."

    def part(self) -> tuple[str, ...]:
        return self.name, "divisor", self.divisor

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        what = "it is" if self.lines else "is owed"
        return f"Say what {what} then: `, or … if not measured`."


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
    for name, lines in _resting(bounds).items():
        figure = bounds.figures[name]
        with bounds.within(grid=figure.grid, keys=figure.by):
            divisor = next(_divisors(bounds, figure.value), None)
        if divisor is not None:
            yield DividesByNothing(figure.clause.span, figure.name, told(divisor), lines)


def show(facts: Facts, problem: DividesByNothing) -> Trace | None:
    """A window in which it is not measured, and nothing is owed that rests on it."""
    figure = facts.figures[problem.name]
    owed = problem.lines or (problem.name,)
    lines = {line.name for line in facts.contract.lines if line.figure in owed}

    def goal(entries: Sequence[Followed]) -> tuple[int, str] | None:
        for entry in unmeasured(entries, figure.name):
            same = [each for each in entries if each.kind == "Accrued" and each.period == entry.period]
            if not any(each.clause in lines for each in same):
                return entry.at, f"`{figure.name}` is not measured in {entry.period}, and nothing is owed for it."
        return None

    return first_shown(histories(facts, causes(facts, (figure.name,)), figure.grid), goal)


def _resting(bounds: Bounds) -> dict[str, tuple[str, ...]]:
    """The amounts whose absence leaves a sum owed without a value, with these."""
    found: dict[str, tuple[str, ...]] = {}
    for line in bounds.contract.lines:
        figure = bounds.figures.get(line.figure or "")
        if figure is None or figure.clause.word not in ("charge", "credit"):
            continue
        waiting, seen = [figure.name], {figure.name}
        while waiting:
            value = bounds.figures[waiting.pop()].value
            settled = {part.figure for part in walk(value) if isinstance(part, ex.Standing)}
            for name in dict.fromkeys(_needed(value)):
                asked = bounds.figures.get(name)
                if asked is None or name in seen | settled or asked.clause.word != "amount":
                    continue
                seen.add(name)
                waiting.append(name)
                found[name] = (*found.get(name, ()), figure.name)
    return found


def _needed(e: object) -> Iterator[str]:
    """The figures of the same window that an expression has no value without."""
    match e:
        case ex.Aggregate():
            return
        case ex.IfMeasured(_, otherwise):
            yield from _needed(otherwise)
            return
        case ex.FigureAt(name, ex.Same()):
            yield name
    for part in children(e):
        yield from _needed(part)


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
