"""A target that every value meets, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.domains import OPPOSITE, Domain, sample
from bpodsl.lint.facts import Facts
from bpodsl.lint.pieces import kind_of, literal, shown
from bpodsl.lint.told import range_of
from bpodsl.terms import Target
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import OPS
from bpodsl.text import Problem, Severity


@frozen
class TargetOutOfReach(Problem):
    """No value that the measure can have meets its target (or minimum), or every value does.

    A share of a count lies between nothing and 100 %, a count is never less than nothing. Often a number is mistyped,
    or `at most` and `at least` have changed places.

    Not so:

        measure answered
          each month, counted when decided
          share of restore fulfilled
          target  at most 100%

    But so:

        measure answered
          each month, counted when decided
          share of restore fulfilled
          target  at least 90%

    Next: change the level, or the words before it.
    """

    code: ClassVar[str] = "BPO445"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    what: str
    level: str
    always: bool
    values: str

    def message(self) -> str:
        how = "Every" if self.always else "No"
        return f"{how} value of `{self.name}` meets its {self.what}, {self.level}: it is always {self.values}."

    def part(self) -> tuple[str, ...]:
        return self.name, self.what

    def hint(self) -> str | None:
        return "Change the level, or the words before it."


def find(facts: Facts) -> Iterator[Problem]:
    """Levels that are plain numbers, of figures whose range is known."""
    for figure in facts.contract.figures:
        if figure.target is None and figure.minimum is None:
            continue
        domain = facts.conditions.ranges.of(ex.FigureAt(figure.name, ex.Same()))
        for what, target in (("target", figure.target), ("minimum", figure.minimum)):
            found = None if target is None or target.rounding is not None else _judged(target, domain)
            if found is not None and target is not None:
                kind = kind_of(target.level)
                level = literal(target.level)
                values = range_of(domain, kind)
                if level is not None and values is not None:
                    told = f"{OPS[target.op]} {shown(level, kind)}"
                    yield TargetOutOfReach(figure.clause.span, figure.name, what, told, found, values)
                break


def _judged(target: Target, domain: Domain) -> bool | None:
    """Whether every value meets it; None where some do and some do not."""
    level = literal(target.level)
    if level is None or domain.values is not None or (domain.low is None and domain.high is None):
        return None
    if sample(domain, [(target.op, level)]) is None:
        return False
    return True if sample(domain, [(OPPOSITE[target.op], level)]) is None else None

