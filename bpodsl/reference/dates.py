"""Days and instants of what is in scope: a row, a window, the term."""

from __future__ import annotations

from datetime import date

from bpodsl.record import TERM_END
from bpodsl.record.dates import NO_DAY
from bpodsl.reference.scope import Scope
from bpodsl.reference.state import Row
from bpodsl.terms import NotMeasured
from bpodsl.terms import expressions as ex

NO_WINDOW = NotMeasured("no such window")


def moment(e: ex.Moment, scope: Scope) -> object:
    """An instant of the row, or its day."""
    row, zone = scope.row, scope.world.index.zone
    if row is None:
        return NO_WINDOW
    instant, early, day = _moment(e.of, row)
    if instant is None:
        return NotMeasured(f"not {e.of}")
    if not e.day:
        return instant
    return day or zone.day(instant - 1 if early else instant)


def _moment(of: str, row: Row) -> tuple[int | None, bool, date | None]:
    """The instant, whether it lies before the events of that instant, and its day if that is known."""
    instance = row.instance or row.parent
    if of == "row":
        return row.instant, row.early, None
    if instance is None:
        return None, False, None
    match of:
        case "opened":
            return instance.at, instance.place <= TERM_END, None
        case "decided":
            decision = instance.decision
            return (None, False, None) if decision is None else (decision.at, decision.place <= TERM_END, None)
        case "due":
            due = instance.due if instance.decided or instance.passed else instance.deadline
            return (None, False, None) if due is None else (due.instant, False, due.day)
        case _:
            return instance.performed, False, None


def window_day(e: ex.WindowDay, scope: Scope) -> object:
    window = scope.window
    if e.own:
        window = None if scope.row is None or scope.row.settled is None else scope.row.settled.window
    if window is None:
        return NO_WINDOW
    first, last = scope.world.agreement.uncut(window) if e.whole else (window.first, window.last)
    return first if e.edge == "first" else last


def term_end(_: ex.TermEnd, scope: Scope) -> object:
    last = scope.world.agreement.last
    return NO_DAY if last is None else last
