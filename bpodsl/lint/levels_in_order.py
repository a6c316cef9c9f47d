"""A target that is easier to meet than its minimum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import HOLDS, Number, kind_of, literal, shown
from bpodsl.terms import Contract
from bpodsl.text import Problem, Severity


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

    def message(self) -> str:
        return f"At {self.witness}, `{self.name}` meets its target and is below its minimum."

    def hint(self) -> str | None:
        return "Let the target be the stricter of the two: have they changed places?"


def find(contract: Contract) -> Iterator[Problem]:
    """Figures with plain levels that some value crosses."""
    for figure in contract.figures:
        if figure.target is None or figure.minimum is None:
            continue
        target, minimum = literal(figure.target.level), literal(figure.minimum.level)
        if target is None or minimum is None:
            continue
        for value in _tried(target, minimum):
            if HOLDS[figure.target.op](value, target) and not HOLDS[figure.minimum.op](value, minimum):
                yield LevelsCrossed(figure.clause.span, figure.name, shown(value, kind_of(figure.target.level)))
                break


def _tried(target: Number, minimum: Number) -> Iterator[Number]:
    """The levels themselves, and one value of each stretch that they cut the line of numbers into."""
    low, high = sorted((target, minimum))
    yield from (target, minimum, Fraction(low + high) / 2, low - 1, high + 1)
