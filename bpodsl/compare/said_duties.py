"""Deadlines, windows, calendars, duties and what follows from them, in the words of an agreement."""

from __future__ import annotations

from collections.abc import Callable

from bpodsl.graph.draw import words
from bpodsl.terms import (
    Accrue,
    AddsUp,
    Begin,
    Clock,
    DeemedRow,
    Due,
    Fact,
    Finish,
    Impose,
    Lapse,
    Length,
    Members,
    OnAny,
    Once,
    OnEvent,
    OnFired,
    OnHappens,
    OnLasting,
    OnOutcome,
    OnPeriod,
    OnSettled,
    OnState,
    Raise,
    Recurrence,
    Regrade,
    Survival,
    Terminate,
    Waiver,
    WhenImposed,
)  # fmt: skip
from bpodsl.values import WEEKDAYS, Grid, WeeklyHours, show_time_of_day
from bpodsl.values.hours import Closure, DayRange, Opening

Say = Callable[[object], str]


def grid(value: Grid) -> str:
    """`each month`, and what is special about its windows."""
    told = [words.grid(value.each[0])]
    if value.anchor is not None:
        told.append(f"counted from {value.anchor}")
    for word, day in (("counted from", value.anchor_from), ("beginning", value.begins_from)):
        if day is not None:
            told.append(f"{word} {day.n} {day.unit} after {day.event}" if day.n else f"{word} {day.event}")
    if value.begins is not None:
        told.append(f"from {value.begins} on")
    if value.times is not None:
        told.append(f"{value.times} times")
    if value.partial == "exclude":
        told.append("whole windows only")
    told += [f"from {day} on {grid(later)}" for day, later in value.later]
    if value.goes_on:
        told.append(f"after the end too ({value.survives or 'while something is owed'})")
    return ", ".join(told)


def survival(value: Survival) -> str:
    """After which end, and for how long."""
    told = [_for(value.length)] if value.of_all else []
    return "; ".join((*told, *(f"{_for(time)} after {name}" for name, time in value.after)))


def _for(length: Length | None) -> str:
    return "without end" if length is None else f"for {words.length(length)}"


def due(value: Due) -> str:
    told = words.due(value) or "the event itself"
    if value.roll is not None:
        told += f", moved to the {value.roll} open day of {value.roll_calendar}"
    return told


def recurrence(value: Recurrence, say: Say) -> str:
    told = [words.recurrence(value)]
    if value.fires != "counting":
        told.append({"each": "in each window while it holds", "becoming": "only when it begins to hold"}[value.fires])
    if value.unmeasured != "breaks":
        told.append("windows not measured are skipped")
    if value.resets:
        told.append("resets")
    if value.weight is not None:
        told.append(f"each counting {say(value.weight)}")
    if value.once:
        told.append(f"once in each {value.once}")
    if value.by:
        told.append(f"by {', '.join(value.by)}")
    return ", ".join(told)


def calendar(value: object, say: Say) -> str:
    match value:
        case WeeklyHours(weekdays, opens, closes):
            return f"{_weekdays(weekdays)} {show_time_of_day(opens)}-{show_time_of_day(closes)}"
        case DayRange(first, last):
            return f"{first} to {last}"
        case Closure(days, opens, closes, why):
            shown = say(days if isinstance(days, DayRange) else tuple(days[:6]))
            more = "" if isinstance(days, DayRange) or len(days) < 7 else f" and {len(days) - 6} more days"
            times = "" if (opens, closes) == (0, 86_400_000_000) else f" {_hours(opens, closes)}"
            return f"closed {shown}{more}{times}" + (f' "{why}"' if why else "")
        case Opening(day, opens, closes):
            return f"open {day} {_hours(opens, closes)}"
        case _:
            return ""


def _weekdays(days: tuple[int, ...]) -> str:
    """`mon-fri`, or those that there are."""
    if len(days) > 2 and days == tuple(range(days[0], days[-1] + 1)):
        return f"{WEEKDAYS[days[0]]}-{WEEKDAYS[days[-1]]}"
    return ", ".join(WEEKDAYS[day] for day in days)


def _hours(opens: int, closes: int) -> str:
    return f"{show_time_of_day(opens)}-{show_time_of_day(closes)}"


def duty(value: object, say: Say) -> str:
    match value:
        case OnEvent(selector) | OnHappens(selector):
            return f"for each {say(selector)}"
        case OnPeriod(cells):
            return grid(cells)
        case OnState(state):
            return f"for each time of {state}"
        case Once():
            return "once, when the term begins"
        case WhenImposed():
            return "when another clause calls for it"
        case OnSettled(figure):
            return f"each window of {figure}"
        case OnOutcome(norm, outcome):
            return f"each time {norm} is {outcome}"
        case OnAny(outcomes):
            return f"each time any of {', '.join(each.norm for each in outcomes)} is {outcomes[0].outcome}"
        case Members(name, values):
            return f"for each {name} of {', '.join(values)}"
        case Fact(name, worked):
            return f"{name} is worked out: {say(worked)}"
        case OnFired(other):
            return f"each time {other} fires"
        case OnLasting(state, length, edge, again, most):
            more = "" if again is None else f" and again every {words.length(again)}"
            return f"{state} for {edge} {words.length(length)}{more}" + (f", {most} times in all" if most else "")
        case Clock(hours, field, stops):
            told = [f"the clock runs in {hours}" if hours else "the clock runs day and night"]
            told += [f"from {field}"] if field else []
            told += [f"stands during {', '.join(stops)}"] if stops else []
            return ", ".join(told)
        case AddsUp(amount, total, _, first):
            left = f", of what {', '.join(first)} leave" if first else ""
            return f"{say(amount)} adds up to {say(total)}{left}"
        case Regrade(selector, clock):
            how = {"kept": "its clock keeps its start", "anew": "a new clock", "later": "whichever is later"}[clock]
            return f"{say(selector)}: {how}"
        case Waiver(selector, as_met, field):
            met, of = ", counts as met" if as_met else "", f", of the period {field}" if field else ""
            return f"{say(selector)}{met}{of}"
        case DeemedRow(where, given, plus, hours, cutoff, effective, at):
            when = f"where {say(where)}: " if where is not None else ""
            if not effective:
                return f"{when}no effect"
            after = f" plus {plus} {'working ' if hours else ''}days" + (f" of {hours}" if hours else "")
            late = f", after {show_time_of_day(cutoff)} the next day" if cutoff is not None else ""
            then = "" if at is None else f", at {show_time_of_day(at)}"
            return f"{when}given {given or 'when it is made'}{after if plus else ''}{late}{then}"
        case _:
            return ""


def effect(value: object, say: Say) -> str:
    match value:
        case Impose(norm):
            return f"{norm} opens"
        case Lapse(norm):
            return f"{norm} lapses"
        case Accrue(_, amount):
            return f"pays {say(amount)}"
        case Raise(told):
            return f'tell "{told}"'
        case Terminate():
            return f"the agreement ends{_notice(value)}"
        case Begin(state):
            return f"{state} begins{_notice(value)}"
        case Finish(state):
            return f"{state} ends"
        case _:
            return ""


def _notice(of: Terminate | Begin) -> str:
    told = f" after notice of {words.length(of.notice)}" if of.notice is not None else " at once"
    told += f" to the end of {grid(of.to).removeprefix('each ')}" if of.to is not None else ""
    told += f", or until {of.named} if later" if of.named is not None else ""
    return told + (f", not before {of.earliest}" if of.earliest is not None else "")
