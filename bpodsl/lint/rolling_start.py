"""A figure that looks back over several windows, and starts so late that it has no value for long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from bpodsl.lean import frozen
from bpodsl.terms import Contract
from bpodsl.text import Problem, Severity


@frozen
class RollingStart(Problem):
    """A figure `over 12 months, each month` has a line `starts`: its first window *begins* then, and ends a year later.

    `starts` leaves out each window that begins before the day, so that nothing before it counts. A window that looks
    back over twelve months begins eleven months before its own: until a year after the start there is no value, and
    nothing is owed.

    Not so:

        credit turnover_credit
          over 12 months, each month
          starts 2026-08-01
          meridian pays northwind 10 GBP * count of ticket_opened

    But so:

        credit turnover_credit
          over 12 months, each month
          left out where last day of the window less than 2026-08-01
          meridian pays northwind 10 GBP * count of ticket_opened

    Next: leave out the months before the day instead, as above; or allow this with the reason, where nothing before the
    day shall count.
    """

    code: ClassVar[str] = "BPO465"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    cells: int
    day: str

    def message(self) -> str:
        when = f"on {self.day}" if self.day else "with an event"
        what = f"`{self.name}` looks back over {self.cells} windows and starts {when}"
        return f"{what}: its first value comes only when all of them lie behind that."

    def hint(self) -> str | None:
        day = self.day or "…"
        return f"If it shall look back beyond its start, write `left out where last day of the window less than {day}`."


def find(contract: Contract) -> Iterator[Problem]:
    """Each such figure of a clause."""
    for figure in contract.figures:
        grid = figure.grid
        late = grid.begins is not None and grid.begins > contract.term.effective
        if grid.span > 1 and (late or grid.begins_from is not None):
            day = "" if grid.begins is None else grid.begins.isoformat()
            yield RollingStart(figure.clause.span, figure.clause.name or figure.name, grid.span, day)
