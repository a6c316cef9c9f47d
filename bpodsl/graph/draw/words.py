"""Short words for deadlines, windows, targets and counts, as a box shows them."""

from __future__ import annotations

from fractions import Fraction

from bpodsl.terms import Due, Kind, Length, NthWeekday, Recurrence, SoLong, Target
from bpodsl.terms.expressions import AnyOf, Compare, Expression, Literal, Table
from bpodsl.values import WEEKDAYS, Grid, show_length, show_plain, show_time_of_day

_MONTHS = {1: "month", 3: "quarter", 12: "year"}
_OPS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than", "=": "exactly", "==": "exactly"}


def plain(name: str) -> str:
    """A name for people: blanks for underscores."""
    return name.replace("_", " ")


def length(value: Length) -> str:
    """`4 h of support`, `5 days`, `2 working days of support`."""
    if value.by_clock:
        return show_length(value.amount) + (f" of {plain(value.calendar)}" if value.calendar else "")
    unit = value.unit
    if value.amount == 1:
        unit = unit.removesuffix("s")
    return f"{value.amount} {unit}" + (f" of {plain(value.calendar)}" if value.calendar else "")


def so_long(value: SoLong) -> str:
    """`5 days`, `days days` where a field says how many."""
    if not value.count:
        return length(value.length)
    one = value.length.unit if not value.length.by_clock else f"times {length(value.length)}"
    of = f" of {plain(value.length.calendar)}" if value.length.calendar and not value.length.by_clock else ""
    return f"{plain(value.count)} {one}{of}"


def due(value: Due) -> str:
    """The deadline in a few words, "" if there are none for it."""
    found = _due(value)
    if value.time is None:
        return found
    word = "by" if value.time.edge == "within" else "before"
    time = f"close of business of {plain(value.time.calendar or '')}"
    if value.time.time is not None:
        time = show_time_of_day(value.time.time)
    return ", ".join(part for part in (found, f"{word} {time}") if part)


def _due(value: Due) -> str:
    if value.length is not None and value.back:
        word = "by" if value.edge == "within" else "before"
        before = "the period's end" if value.anchor == "period end" else plain(value.field)
        return f"{word} {_counted(value)} before {before}"
    if value.length is not None:
        word = "within" if value.edge == "within" else "in less than"
        after = {"period end": " of the period's end", "field": f" of {plain(value.field)}"}.get(value.anchor, "")
        return f"{word} {_counted(value)}{after}"
    word = "by" if value.edge == "within" else "before"
    if value.weekday is not None:
        return f"{word} {_weekday(value.weekday)}"
    if value.day_of_month is not None:
        month = {0: "the month", 1: "the next month"}.get(value.months_on, f"month {value.months_on} after")
        day = "the end" if value.day_of_month == 31 else f"day {value.day_of_month}"
        return f"{word} {day} of {month}"
    if value.fixed is not None:
        return f"{word} {value.fixed.isoformat()}"
    if value.anchor == "field":
        return f"{word} {plain(value.field)}"
    return f"{word} the end of the period" if value.anchor == "period end" else ""


def _counted(value: Due) -> str:
    """The length; where a field says how many units, its name and them."""
    assert value.length is not None
    if not value.count:
        return length(value.length)
    if value.length.by_clock and value.length.amount == 1:
        # What is worked out is itself a length.
        return plain(value.count) + (f" of {plain(value.length.calendar)}" if value.length.calendar else "")
    return f"{plain(value.count)} × {length(value.length)}"


def _weekday(value: NthWeekday) -> str:
    day = WEEKDAYS[value.weekday].capitalize()
    if value.of == "following":
        return f"the next {day}"
    later = {0: f"the {value.of}", 1: f"the next {value.of}"}.get(value.on, f"{value.of} {value.on} after")
    if value.of == "week":
        return f"{day} of {later}"
    which = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}.get(value.n, str(value.n))
    return f"the {which} {day} of {later}"


def grid(value: Grid) -> str:
    """`each month`, `every 28 days`, `over 3 months, each month`, `over the term`."""
    if value.unit == "term":
        return "over the term"
    if value.later:
        return ", then ".join(grid(each) for each in value.each)
    if value.unit == "listed":
        told = f"each period, {value.labels[0]} to {value.labels[-1]}"
        return told if value.span == 1 else f"over {value.span} periods, {told}"
    one = _cell(value.unit, value.n)
    if not one[0].isalpha():
        return f"every {one}" if value.span == 1 else f"over {value.span} × {one}"
    return f"each {one}" if value.span == 1 else f"over {value.span} {one}s, each {one}"


def _cell(unit: str, n: int) -> str:
    if unit == "month" and n in _MONTHS:
        return _MONTHS[n]
    return unit if n == 1 else f"{n} {unit}s"


def target(value: Target) -> str:
    """`at least 95%`, `leeds at least 95%, others at least 90%`, "" if the level is not simply written out."""
    op = _OPS.get(value.op, value.op)
    if isinstance(value.level, Table) and all(row.op == "=" for row in value.level.rows):
        rows = [(literal(row.bound), literal(row.result)) for row in value.level.rows]
        rows += [("others", literal(value.level.otherwise))] if value.level.otherwise is not None else []
        return ", ".join(f"{key} {op} {level}" for key, level in rows) if all(level for _, level in rows) else ""
    level = literal(value.level)
    return f"{op} {level}" if level else ""


def case(when: Expression) -> str:
    """For which values of a field a variant is: `P1, P2`; "" if that is not simply written out."""
    parts = when.parts if isinstance(when, AnyOf) else (when,)
    found = [literal(part.right) for part in parts if isinstance(part, Compare) and part.op == "="]
    return ", ".join(found) if len(found) == len(parts) else ""


def literal(value: Expression) -> str:
    """A value written in the agreement, "" for anything computed."""
    return written(value.value, value.kind) if isinstance(value, Literal) else ""


def written(value: object, kind: Kind) -> str:
    """A value of a kind as a person writes it."""
    if kind.base == "length" and isinstance(value, int):
        return show_length(value)
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        if kind.base == "share":
            return f"{show_plain(value * 100)}%"
        shown = _in_threes(show_plain(value))
        return f"{shown} {kind.detail[0]}" if kind.base == "money" and kind.detail else shown
    return plain(str(value)) if isinstance(value, str) else ""


def _in_threes(digits: str) -> str:
    whole, dot, rest = digits.partition(".")
    if "/" in digits or not whole.lstrip("-").isdigit():
        return digits
    return f"{int(whole):,}".replace(",", " ") + dot + rest


def recurrence(value: Recurrence) -> str:
    """`3 of any 6 windows`, `2 windows in a row`, `3 times in 30 days`."""
    if value.within is not None:
        once = f", each once per {value.once}" if value.once else ""
        return f"{value.n} times within {grid(value.within)}{once}"
    if value.span is not None:
        once = f", each once per {value.once}" if value.once else ""
        return f"{value.n} times in {length(value.span)}{once}"
    if value.weight is not None:
        return f"{value.n} times in any {value.m} windows"
    if value.m is None:
        return f"{value.n} windows in a row"
    return f"{value.n} of any {value.m} windows"
