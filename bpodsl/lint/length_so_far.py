"""A figure asks of its rows how long a state lasted, and settles while it may still last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Final

from bpodsl.lean import frozen
from bpodsl.terms import Contract, Figure, walk
from bpodsl.terms import expressions as ex
from bpodsl.text import Problem, Severity
from bpodsl.values import Zone, add_months

_MONTHS: Final = 120
"""The beginnings of so many months are looked at."""


@frozen
class LengthSoFar(Problem):
    """A figure counts or adds up times of a state by how long each lasted, and settles as soon as its window is over.

    A time of a state belongs to the window in which it began. If it still lasts when that settles, its length so far is
    what counts, and its end changes nothing: an outage of forty minutes over the end of a month, ten of them in the
    old one, is one of thirty minutes or more in neither.

    Not so:

        amount long_outages
          each month
          count of outage where reading at least 30 minutes

    But so:

        state long_outage is outage of at least 30 minutes
        amount long_outages
          each month
          count of long_outage

    Next: count a state that is made of those that last so long: its times are found when they have, in the window in
    which they began; or let the figure settle so much later that what began in the window is over.
    """

    code: ClassVar[str] = "BPO467"
    severity: ClassVar[Severity] = Severity.WARNING

    figure: str
    state: str

    def message(self) -> str:
        return (
            f"`{self.figure}` asks how long each `{self.state}` lasted, in the window in which it began; of one that "
            "still lasts when that settles only the length so far counts, and its end changes nothing."
        )

    def part(self) -> tuple[str, ...]:
        return self.figure, "rows", self.state

    def hint(self) -> str | None:
        made = f"`state long_{self.state} is {self.state} of at least 30 minutes`"
        return f"Add `settles N days after the end`; or count a state made of those that last so long, as in {made}."


def find(contract: Contract) -> Iterator[Problem]:
    """Figures that ask for the length of what may go on, and settle when their window ends."""
    for figure in contract.figures:
        if figure.settle_after is None and figure.grid.unit != "term":
            for state in dict.fromkeys(_asked(figure)):
                if _goes_on(contract, state):
                    yield LengthSoFar(figure.clause.span, figure.clause.name or figure.name, state)


def _asked(figure: Figure) -> Iterator[str]:
    """The states whose times the figure asks for their length; also in conditions within its value."""
    for part in walk((figure.value, figure.target, figure.minimum)):
        if isinstance(part, ex.Aggregate) and isinstance(part.rows, ex.StateRows):
            asked = walk((part.where, part.value, part.weight))
            if any(isinstance(each, ex.Reading) for each in asked):
                yield part.rows.state


def _goes_on(contract: Contract, name: str) -> bool:
    """Whether a time of the state may go on over the end of a window: not one whose event tells its end, nor one that
    lies within the hours of a calendar that is closed then.
    """
    state = next(each for each in contract.states if each.name == name)
    if state.intervals:
        return False
    parts = state.made.parts if isinstance(state.made, ex.BothTimes) else (state.made,)
    within = {part.calendar for part in parts if isinstance(part, ex.CalendarTimes)}
    zone, first = Zone.load(contract.zone), contract.term.effective.replace(day=1)
    ends = [zone.start_of(add_months(first, n)) for n in range(1, _MONTHS)]
    return all(
        any(term.calendar.is_open(end - 1) and term.calendar.is_open(end) for end in ends)
        for term in contract.calendars
        if term.name in within
    )
