"""A calendar that is never open."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import ClassVar, Final

from bpodsl.lean import frozen
from bpodsl.lint.facts import Facts
from bpodsl.text import Problem, Severity
from bpodsl.values import Zone, add_days

_AHEAD: Final = 3660
"""So many days of a term without an end are looked at."""


@frozen
class NeverOpen(Problem):
    """A calendar has no open time in the term of the agreement.

    A time that runs in its hours is never used up, so a duty with such a limit is never missed; working days of it are
    never over. Mostly two calendars were joined by `and` or `less` that have no hours in common (or none apart), or a
    closure was given a wrong year.

    Not so:

        calendar night
          mon-fri  20:00-24:00
        calendar shared is support and night

    But so:

        calendar night
          mon-fri  18:00-24:00
        calendar shared is support and night

    Next: correct its hours or closures, or the word that joins the calendars.
    """

    code: ClassVar[str] = "BPO437"
    severity: ClassVar[Severity] = Severity.WARNING

    name: str
    first: date
    last: date
    since: date | None = None

    def message(self) -> str:
        opens = "" if self.since is None else f"; it first opens on {self.since}"
        return f"The calendar `{self.name}` is open at no time of the agreement, {self.first} to {self.last}{opens}."

    def hint(self) -> str | None:
        return "Correct its hours and closures; if it is made of others, look at `and`, `or` and `less`."


def find(facts: Facts) -> Iterator[Problem]:
    """Calendars that do not open between the first and the last day that the term can have."""
    zone, first = Zone.load(facts.contract.zone), facts.contract.term.effective
    last = facts.last or add_days(first, _AHEAD)
    start, end = zone.start_of(first), zone.start_of(add_days(last, 1))
    for term in facts.contract.calendars:
        if term.calendar.worked(start, end) == 0:
            opens = term.calendar.next_open(end)
            since = None if opens is None else zone.day(opens)
            yield NeverOpen(term.clause.span, term.name, first, last, since)
