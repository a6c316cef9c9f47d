"""Weights that do not add up to a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.lint.pieces import Number, kind_of, literal, shown
from bpodsl.terms import Contract
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import SHARE
from bpodsl.text import Problem, Severity


@frozen
class WeightsNotWhole(Problem):
    """Measures are added by weights that do not make 100 % together.

    A score of which 90 % are given out can never be full; with 110 % a part is counted twice. Mostly a weight was
    changed, or a measure added, and the others were left as they were.

    Not so:

        measure reporting
          each month, counted when due
          share of restore fulfilled
          target  at least 90%
        amount score
          each month
          60% * on_time + 30% * reporting

    But so:

        measure reporting
          each month, counted when due
          share of restore fulfilled
          target  at least 90%
        amount score
          each month
          60% * on_time + 40% * reporting

    Next: let the weights add up to 100 %. Those of a list are held to it by `adds up to 100%`.
    """

    code: ClassVar[str] = "BPO407"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    weights: tuple[str, ...]
    total: str

    def message(self) -> str:
        return f"The weights in `{self.name}` are {' + '.join(self.weights)} = {self.total}, not 100 %."

    def hint(self) -> str | None:
        return "Let the weights add up to 100 %."


def find(contract: Contract) -> Iterator[Problem]:
    """Sums of which each part is a percentage of a measure; percentages of money are no weights."""
    measures = {figure.name: figure.kind.base for figure in contract.figures if figure.kind.base in ("share", "number")}
    for figure in contract.figures:
        for whole in _sums(figure.value):
            weights = [_weight(part, measures) for part in whole]
            known = [each for each in weights if each is not None]
            total = sum(known, start=Fraction(0))
            if len(known) == len(weights) > 1 and total != 1:
                told = tuple(shown(each, SHARE) for each in known)
                yield WeightsNotWhole(figure.clause.span, figure.name, told, shown(total, SHARE))


def _sums(expression: object) -> Iterator[list[object]]:
    """The parts of each sum in an expression, the whole sum at once."""
    stack = [expression]
    while stack:
        part = stack.pop()
        match part:
            case ex.Arithmetic("+", left, right):
                own: list[object] = []
                waiting: list[object] = [left, right]
                while waiting:
                    each = waiting.pop(0)
                    if isinstance(each, ex.Arithmetic) and each.op == "+":
                        waiting[:0] = [each.left, each.right]
                    else:
                        own.append(each)
                yield own
            case ex.Arithmetic(_, left, right):
                stack += [left, right]
            case ex.Rounded(value) | ex.IfMeasured(value):
                stack.append(value)
            case ex.If(_, then, otherwise):
                stack += [then, otherwise]


def _weight(part: object, measures: Mapping[str, str]) -> Number | None:
    """The percentage of a measure that a part is; of a share it may be written as a decimal."""
    match part:
        case ex.Arithmetic("*", weight, ex.FigureAt(name)) | ex.Arithmetic("*", ex.FigureAt(name), weight):
            kind, value = kind_of(weight), literal(weight)
            if name not in measures or kind is None or value is None:
                return None
            decimal = kind.base == "number" and measures[name] == "share" and 0 < value < 1
            return value if kind.base == "share" or decimal else None
    return None
