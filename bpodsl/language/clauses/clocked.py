"""Events of which only the day may be known, where hours are counted."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.language.problems import CannotHappen
from bpodsl.terms import Contract, EventKind, in_hours
from bpodsl.text import Problem


def days_for_hours(contract: Contract) -> Iterator[Problem]:
    """Clocks in hours that an event of a day would start, stop or pause; each said once."""
    kinds = {kind.name: kind for kind in contract.events}
    said = set()
    for event, norm, what in in_hours(contract):
        why = _only_a_day(kinds[event])
        if why and (event, norm.name) not in said:
            said.add((event, norm.name))
            told = f"`{event}` {why}, so it cannot {what} the clock of `{norm.name}`, which counts hours."
            yield CannotHappen(norm.clause.span, told, "Let it happen at an instant, or count days.")


def _only_a_day(kind: EventKind) -> str:
    """How an event of this kind may come to act on a day, with no time of day; "" if it does not."""
    acts = kind.field(kind.happens)
    if acts is not None and acts.kind.base in ("day", "period"):
        return "happens on a day"
    for row in kind.deemed:
        given = kind.field(row.given)
        later = row.plus_days or row.cutoff is not None or row.calendar is not None
        if row.effective and row.at is None and (later or (given is not None and given.kind.base == "day")):
            return "may be deemed given on a day"
    return ""
