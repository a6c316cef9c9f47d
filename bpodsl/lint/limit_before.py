"""The limit of a cap over a stretch that goes along adds up windows from before that stretch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class LimitBefore(Problem):
    """A cap `in any 12 months` has a limit of the `last 12 windows` of a figure: of those before its own 12 months.

    A cap asks for its limit in its own window, and the `last` windows are those that were over when that began. Of a
    sum of June 2026 the cap `in any 12 months` looks at July 2025 to June 2026, and its limit at July 2024 to June
    2025. Where the paper says “the charges of the twelve months before”, that is a year too early, and in the first
    year there are none.

    Not so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap liability on late_credit at sum of value over last 12 windows of fee in any 12 months

    But so:

        credit late_credit for on_time, of fee
          | at least 95% | 0%  |
          | otherwise    | 10% |
        cap liability on late_credit at sum of value over windows of fee in any 12 months

    Next: leave out `last 12`: then those windows count that end within the 12 months of the cap; or write `last 12
    windows of fee before the day` for the twelve that were over when the day of the sum began. If those before the
    cap's own are meant, allow this with the reason.
    """

    code: ClassVar[str] = "BPO468"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    figure: str
    last: int
    cells: int

    def message(self) -> str:
        return (
            f"The limit of `{self.name}` asks for the last {self.last} windows of `{self.figure}`: those that were "
            f"over when the {self.cells} over which it counts began, not those before the sum."
        )

    def part(self) -> tuple[str, ...]:
        return self.name, "limit"

    def hint(self) -> str | None:
        return (
            f"Write `last {self.last} windows of {self.figure} before the day`: those over when the day of the "
            f"sum began; or `windows of {self.figure}`: those that end within the windows over which the cap counts."
        )


def find(contract: Contract) -> Iterator[Problem]:
    """Each figure of which such a cap asks for windows before its own."""
    for account in contract.accounts:
        if account.grid.span < 2:
            continue
        asked = {
            part.rows.figure: part.rows.last for part in walk((account.limit,))
            if isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.FigureRows) and part.rows.last is not None
        }  # fmt: skip
        for figure, last in asked.items():
            yield LimitBefore(
                account.clause.span, account.clause.name or account.name, figure, last, account.grid.span
            )
