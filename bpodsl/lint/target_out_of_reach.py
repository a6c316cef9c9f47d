"""A target that every value meets, or none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.by_group import Group, groups, within
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
    group: Group | None = None

    def message(self) -> str:
        how = "Every" if self.always else "No"
        where = f" {self.group.told}" if self.group else ""
        level = f"{self.level}{where}"
        return f"{how} value of `{self.name}` meets its {self.what}, {level}: it is always {self.values}."

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
            judged = [] if target is None else list(_judged(target, domain))
            for found, level, group in judged[:1]:
                kind = kind_of(level)
                number, values = literal(level), range_of(domain, kind)
                if number is not None and values is not None and target is not None:
                    told = f"{OPS[target.op]} {shown(number, kind)}"
                    yield TargetOutOfReach(figure.clause.span, figure.name, what, told, found, values, group)
            if judged:
                break


def _judged(target: Target, domain: Domain) -> Iterator[tuple[bool, object, Group | None]]:
    """The levels, perhaps of some groups, that every value meets (True), or none."""
    if target.rounding is not None or domain.values is not None or (domain.low is None and domain.high is None):
        return
    for group in groups(target.level):
        found = within(target.level, group)
        level = literal(found)
        if level is not None and sample(domain, [(target.op, level)]) is None:
            yield False, found, group
        elif level is not None and sample(domain, [(OPPOSITE[target.op], level)]) is None:
            yield True, found, group

