"""A target that is easier to meet than its minimum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.by_group import Group, groups, within
from bpodsl.lint.pieces import HOLDS, Number, literal, shown
from bpodsl.terms import Contract
from bpodsl.text import Problem, Related, Severity, Span, Trace


@frozen
class LevelsCrossed(Problem):
    """A value meets the target and is below the minimum.

    The minimum is the level below which the service has failed; the target is above it. Here a service could be
    as agreed and have failed at once.

    Not so:

        measure answered
          each month, counted when decided
          share of restore fulfilled
          target   at least 90%
          minimum  at least 95%

    But so:

        measure answered
          each month, counted when decided
          share of restore fulfilled
          target   at least 95%
          minimum  at least 90%

    Next: change the two levels, or the words before them.
    """

    code: ClassVar[str] = "BPO403"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    witness: str
    other: Span | None = None
    group: Group | None = None
    events: Trace | None = None
    reaches: tuple[str, Number] | None = None

    def message(self) -> str:
        where = f" {self.group.told}" if self.group else ""
        return f"At {self.witness}{where}, `{self.name}` meets its target and is below its minimum."

    def part(self) -> tuple[str, ...]:
        return self.name, "target"

    def other_part(self) -> tuple[str, ...]:
        return ("minimum",)

    def related(self) -> tuple[Related, ...]:
        return () if self.other is None else (Related(self.other, "its minimum"),)

    def shown(self) -> Trace | None:
        return self.events

    def hint(self) -> str | None:
        return "Let the target be the stricter of the two: have they changed places?"


def find(contract: Contract) -> Iterator[Problem]:
    """Figures with plain levels that some value crosses, perhaps in some groups only."""
    for figure in contract.figures:
        if figure.target is None or figure.minimum is None:
            continue
        for group in groups(figure.target.level, figure.minimum.level):
            target, minimum = (literal(within(each.level, group)) for each in (figure.target, figure.minimum))
            if target is None or minimum is None:
                continue
            crossed = (
                value for value in _tried(target, minimum)
                if HOLDS[figure.target.op](value, target) and not HOLDS[figure.minimum.op](value, minimum)
            )  # fmt: skip
            value = next(crossed, None)
            if value is not None:
                told = shown(value, figure.kind)
                reaches = figure.name, value
                yield LevelsCrossed(figure.clause.span, figure.name, told, group=group, reaches=reaches)
                break


def _tried(target: Number, minimum: Number) -> Iterator[Number]:
    """The levels themselves, and one value of each stretch that they cut the line of numbers into."""
    low, high = sorted((target, minimum))
    yield from (target, minimum, Fraction(low + high) / 2, low - 1, high + 1)
