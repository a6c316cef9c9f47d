"""A figure counts what was performed late, in windows that have settled by then."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract, Figure, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity


@frozen
class LateNotCounted(Problem):
    """A figure counts what was performed late in the window in which it opened, fell due or was missed.

    A window settles when all its duties are decided, and a miss is decided at its deadline. What is performed after the
    window has settled is late then for the ledger, but no more for this figure: nothing is restated.

    Not so:

        obligation restart
          meridian must ticket_resolved for each ticket_opened
          within 4 hours
        amount half_hours "Each half hour beyond the limit"
          each month, counted when opened
          sum of ((reading - 4 hours) / 30 minutes rounded up to 1) over restart late

    But so:

        obligation restart
          meridian must ticket_resolved for each ticket_opened
          within 4 hours
        amount half_hours "Each half hour beyond the limit"
          each month, counted when performed
          sum of ((reading - 4 hours) / 30 minutes rounded up to 1) over restart late

    Next: count it `counted when performed`, in the month in which it was performed; or let the figure settle so much
    later that what matters has been performed.
    """

    code: ClassVar[str] = "BPO463"
    severity: ClassVar[Severity] = Severity.WARNING

    figure: str
    norm: str
    counted: str

    def message(self) -> str:
        return (
            f"`{self.figure}` counts what of `{self.norm}` was performed late, in the window in which it was "
            f"{self.counted}; what is performed after that has settled is not counted."
        )

    def part(self) -> tuple[str, ...]:
        return self.figure, "windows"

    def hint(self) -> str | None:
        return "Write `counted when performed`, or `settles N days after the end`."


_SAID = {"opened": "opened", "due": "due", "decided": "decided"}


def find(contract: Contract) -> Iterator[Problem]:
    """Figures that count late outcomes by what comes before them, and settle as soon as their window is over."""
    for figure in contract.figures:
        if figure.settle_after is None:
            for rows in dict.fromkeys(_late(figure)):
                yield LateNotCounted(
                    figure.clause.span, figure.clause.name or figure.name, rows.norm, _SAID[rows.counted]
                )


def _late(figure: Figure) -> Iterator[ex.OutcomeRows]:
    for part in walk((figure.value, figure.target, figure.minimum)):
        late = isinstance(part, ex.OutcomeRows) and "late" in part.statuses and part.counted in _SAID
        if late and figure.grid.unit != "term":
            assert isinstance(part, ex.OutcomeRows)
            yield part
