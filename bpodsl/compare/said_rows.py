"""Rows, stretches of time and dates in the words of an agreement."""

from __future__ import annotations

from collections.abc import Callable

from bpodsl.graph.draw import words
from bpodsl.terms import Length
from bpodsl.terms import expressions as ex

Say = Callable[[object], str]


def rows(value: object, say: Say) -> str:
    """What an aggregate counts, "" of anything else."""
    match value:
        case ex.EventRows(event, period):
            return event + (f" by its {period}" if period else "")
        case ex.OutcomeRows(norm, statuses, counted):
            return f"{norm} {' or '.join(statuses)} (counted when {counted})"
        case ex.StateRows(state):
            return state
        case ex.FigureRows(figure, last):
            return figure + (f" of the last {last} windows" if last is not None else "")
        case ex.StandingRows(norm, overdue):
            return f"{norm} {'overdue' if overdue else 'open'}"
        case ex.PastRows(figure, n, before):
            return f"the last {n} windows of {figure}" + (f" before {say(before)}" if before is not None else "")
        case ex.TrailRows(event, reach, of, length, same, before, since):
            after = f" since the last {since}" if since else ""
            told = event + _reach(reach, of, length) + _before(before, say) + after
            return told + (f" of the same {', '.join(same)}" if same else "")
        case ex.TrailOutcomes(norm, statuses, reach, of, length, same, before, since):
            after = f" since the last {since}" if since else ""
            told = f"{norm} {' or '.join(statuses)}{_reach(reach, of, length)}{_before(before, say)}{after}"
            return told + (f" of the same {', '.join(same)}" if same else "")
        case ex.TrailIntervals(state, reach, of, length, least, more):
            told = state if least is None else f"{state} of {'more than' if more else 'at least'} {say(least)}"
            return told + (" in the window" if reach == "window" else _reach(reach, of, length))
        case ex.RowValue():
            return "its value"
        case ex.RowStanding(how):
            return f"it is {how}"
        case ex.Reading():
            return "the time it took"
        case ex.Outstanding():
            return "what is outstanding"
        case _:
            return ""


def _before(before: ex.Expression | None, say: Say) -> str:
    return "" if before is None else f" before {say(before)}"


def trailing(value: object, say: Say) -> str:
    """Days and lengths of time, "" of anything else."""
    match value:
        case ex.TrailLength(times, reach, of, length):
            return f"time in {say(times)}{_reach(reach, of, length)}"
        case ex.WindowTimes():
            return "the whole window"
        case ex.WindowLength(whole, less):
            told = "days of the whole window" if whole else "days of the window"
            return told + (f" without {less}" if less else "")
        case ex.WindowDay(edge, own, whole):
            return f"the {edge} day of {'its own' if own else 'the'} {'whole ' if whole else ''}window"
        case ex.TermEnd():
            return "the last day of the term"
        case ex.Moment(of, day):
            told = "the event" if of == "row" else f"when it was {of}"
            return f"the day of {told}" if day else told
        case ex.CellDay(part):
            return cell_day(value, say(part))
        case ex.DayOf(part, edge):
            return f"the {edge} day of {say(part)}"
        case ex.TimeOfDay(instant):
            return f"the time of day of {say(instant)}"
        case ex.Weekday(day):
            return f"the weekday of {say(day)}"
        case ex.Between(unit, start, end, through, calendar):
            told = f"{unit}{f' of {calendar}' if calendar else ''} from {say(start)} "
            return told + f"{'through' if through else 'to'} {say(end)}"
        case ex.OpenTime(calendar, start, end):
            return f"time of {calendar} from {say(start)} to {say(end)}"
        case ex.DayAfter(day, length, sign, count):
            often = f"{say(count)} × " if count is not None else ""
            return f"{often}{words.length(length)} {'after' if sign > 0 else 'before'} {say(day)}"
        case ex.InstantAfter(instant, late, calendar):
            return f"{say(late)}{f' of {calendar}' if calendar else ''} after {say(instant)}"
        case _:
            return ""


def cell_day(e: ex.CellDay, part: str) -> str:
    """`the first day of the month of DAY`"""
    months = {1: "month", 3: "quarter", 12: "year"}.get(e.n, f"{e.n} months")
    unit = "week" if e.unit == "weeks" else months
    if e.unit == "months" and (e.anchor.month, e.anchor.day) != (1, 1):
        unit = "contract year"
    which = {0: "of", 1: "after", -1: "before"}.get(e.on, f"{e.on} on from that of")
    day = f"the {e.edge} day" if e.nth is None else f"day {e.nth}"
    return f"{day} of the {unit} {which} {part}"


def _reach(reach: str, of: str, length: Length | None) -> str:
    since = {"row": "", "window": " of the window", "before the window": " before the window"}.get(of, f" {of}")
    if length is not None:
        return f" in the {reach} {words.length(length)}{since}"
    return {"all": " at any time", "so far": " so far"}.get(reach, f" {reach}") + since
