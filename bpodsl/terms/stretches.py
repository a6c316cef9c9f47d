"""Outcomes and lengths of time in a stretch of time that does not stop at the window's edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bpodsl.lean import frozen
from bpodsl.terms.lengths import Length

if TYPE_CHECKING:
    from bpodsl.terms.expressions import Expression, Times


@frozen
class TrailOutcomes:
    """Instances of a norm that became one of `statuses` in a stretch of time.

    Of `record.STATUSES` these are fulfilled, missed and excused; besides there are "late", "cured", "opened", and
    "breached": missed, and the time of its cure was over (of terms without a cure: missed). Each
    counts at the first instant at which it became one of them.

    `reach`, `of`, `length`, `same` and `before` as in `TrailRows`. An outcome of an early deadline lies before the
    events of its instant, and its day is that of the instant less a tick. `since` (only "so far"): of these only those
    that come after the latest event of that kind which `TrailRows` would find so; at its instant all but what lies
    before the events of it.
    """

    norm: str
    statuses: tuple[str, ...]
    reach: str
    of: str = "row"
    length: Length | None = None
    same: tuple[str, ...] = ()
    before: Expression | None = None
    since: str = ""

    @property
    def events(self) -> tuple[str, ...]:
        """The kinds of events that it looks for."""
        return (self.since,) if self.since else ()


@frozen
class TrailIntervals:
    """Intervals of a state that overlap a stretch of time, even in part; those of one key that adjoin are one.

    `reach` "so far", "last" or "window" (the window in scope itself); `of` and `length` as in `TrailLength`. Such a row
    lies at its start, with the fields of it, and its reading is how long it has lasted on end when the stretch is over,
    what lies before the stretch counted in. With `least` (elapsed or in open time) only those that have lasted so long
    then; `more`: longer than that.
    """

    state: str
    reach: str
    of: str = "row"
    length: Length | None = None
    least: Length | None = None
    more: bool = False


@frozen
class TrailLength:
    """How much of a set of times lies in a stretch of time that ends with a row or window, or before it, as a length.

    `reach` "so far" or "last"; `of` as in `TrailRows`. Of a row at t up to t, in days from the first instant of the
    first day; states as in `InState`: those that agree with the fields of the row.
    """

    times: Times
    reach: str
    of: str = "row"
    length: Length | None = None
