"""A sum that never comes to anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.bounds import Bounds
from bpodsl.lean import frozen
from bpodsl.terms import Figure
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class NeverAnything(Problem):
    """A charge or credit is nothing, whatever is reported.

    Mostly it is a share of something that is always 0, or every row of its table is 0.

    Not so:

        amount at_risk
          each month
          0% of fee
        credit late_credit for on_time, of at_risk
          | at least 95% | 0%  |
          | otherwise    | 10% |

    But so:

        amount at_risk
          each month
          12% of fee
        credit late_credit for on_time, of at_risk
          | at least 95% | 0%  |
          | otherwise    | 10% |

    Next: correct what it is a share of, or its rows; or delete it.
    """

    code: ClassVar[str] = "BPO450"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    base: str

    def message(self) -> str:
        if self.base:
            return f"`{self.name}` is a share of `{self.base}`, which is always 0: nothing is ever owed."
        return f"`{self.name}` comes to 0, whatever is reported: nothing is ever owed."

    def part(self) -> tuple[str, ...]:
        return (self.name, "base") if self.base else (self.name, "table")

    def hint(self) -> str | None:
        if self.base:
            return f"Correct `{self.base}`, or name another figure in its place."
        return "Correct its rows and prices, or delete it."


def find(bounds: Bounds) -> Iterator[Problem]:
    """Sums owed whose range holds nothing but 0."""
    for line in bounds.contract.lines:
        figure = bounds.figures.get(line.figure or "")
        if figure is not None and figure.clause.word in ("charge", "credit"):
            found = bounds.of_figure(figure.name)
            if found.single == 0 and not found.empty:
                yield NeverAnything(figure.clause.span, figure.name, _base(bounds, figure))


def _base(bounds: Bounds, figure: Figure) -> str:
    """What it is a share of, if that is always 0."""
    match figure.value:
        case ex.Arithmetic("*", _, ex.FigureAt(name)) if bounds.of_figure(name).single == 0:
            return name
    return ""
