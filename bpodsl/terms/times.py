"""Sets of time that the agreement names: calendars and states."""

from __future__ import annotations

from datetime import date

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.expressions import Expression, StateTimes, Times
from bpodsl.terms.lengths import SoLong
from bpodsl.values import Calendar


@frozen
class CalendarTerm:
    """A calendar by name; `holidays` lists the closed days and their names, as pinned in this run."""

    name: str
    clause: Clause
    calendar: Calendar
    holidays: tuple[tuple[date, str], ...] = ()


@frozen
class Selector:
    """Events of a kind on which `where` holds. `said`: of an act that is needed beside others, its words."""

    event: str
    where: Expression | None = None
    said: str = ""


@frozen
class State:
    """Holds from a start to the next end, for each value of its keys `by`.

    It opens at the first start and closes at the next end; a start while open, or an end while
    closed, is noted and has no effect. `intervals` instead of `starts` and `ends`: each such event
    carries its own from and to; overlapping and adjoining intervals of one key are one. `made` instead of all these: it
    holds when this set of times does, from the first instant of the term on (`WindowTimes`: always from then on), for
    each value of its keys that an interval of one of its states with all these keys has had, and for `members` (values
    of its only key); if it has no keys, once. Made of the times of a state that last so long (`StateTimes` with
    `least`, which stands nowhere else in it), it has the keys of that, and its intervals that do, whole.

    `after`: a start is a notice; the state begins only when so long is over, unless an end comes before. `lasts`: it
    ends by itself when so long is over, counted from where it began; a start while it holds then makes it last as long
    from there too, if it is `prolonged` by each. Of days the first instant after the last of them.
    """

    name: str
    clause: Clause
    by: tuple[str, ...]
    starts: tuple[Selector, ...] = ()
    ends: tuple[Selector, ...] = ()
    intervals: tuple[Selector, ...] = ()
    made: Times | None = None
    members: tuple[str, ...] = ()
    after: SoLong | None = None
    lasts: SoLong | None = None
    prolonged: bool = False

    @property
    def long(self) -> StateTimes | None:
        """The times of another state of which it is those that last so long."""
        return self.made if isinstance(self.made, StateTimes) and self.made.least is not None else None
