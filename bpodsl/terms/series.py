"""Series: dated values, written in the agreement or fed by events."""

from __future__ import annotations

from datetime import date

from bpodsl.lean import frozen
from bpodsl.terms.clause import Clause
from bpodsl.terms.expressions import Expression
from bpodsl.terms.kinds import Kind


@frozen
class Point:
    """One value: of the period that begins on `at`, or effective from that day (by `Series.unit`).

    `key`: the values of the series' keys. `published`: from that day on; None: since ever.
    """

    at: date
    value: object
    key: tuple[str, ...] = ()
    published: date | None = None


@frozen
class Series:
    """Values by day, or one for each month, quarter or year (`unit`), for each value of the keys `by`.

    `points` are written in the agreement. Events of the kind `event` add to them: `value_field` holds the value,
    `at_field` the reference period or the day ("": the day on which the event acts), the fields named as the keys the
    key. An event that lacks one of these, or of whose fields `where` does not hold, adds nothing. It is published on
    the local day on which it acts; a later point for the same period or day replaces the earlier one.
    """

    name: str
    clause: Clause
    kind: Kind
    unit: str
    by: tuple[str, ...] = ()
    points: tuple[Point, ...] = ()
    event: str = ""
    value_field: str = ""
    at_field: str = ""
    where: Expression | None = None
