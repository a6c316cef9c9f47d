"""Terms in the words of an agreement: what a manager reads on both sides of an arrow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from bpodsl.compare.said_duties import calendar, due, duty, effect, grid, recurrence, survival
from bpodsl.compare.said_rows import rows, trailing
from bpodsl.graph.draw import words
from bpodsl.lean import is_lean, parts_of
from bpodsl.terms import (
    Clause,
    Column,
    Due,
    Effect,
    EventField,
    Kind,
    Length,
    Limit,
    Party,
    Recurrence,
    Rounding,
    Selector,
    SoLong,
    Survival,
    Target,
)  # fmt: skip
from bpodsl.terms import expressions as ex
from bpodsl.terms.in_words import OPS, in_words
from bpodsl.text import Span
from bpodsl.values import (
    Grid,
    Period,
    Zone,
    show_length,
    show_plain,
    show_time_of_day,
    show_utc,
)  # fmt: skip


def said(value: object) -> str:
    """Any term or part of one, in few words; "nothing" where there is none."""
    match value:
        case None | () | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case int() | Fraction():
            return show_plain(value)
        case date():
            return value.isoformat()
        case str():
            return value
        case tuple():
            return ", ".join(said(each) for each in value)
        case Period():
            return value.label
        case Kind():
            return str(value).replace("_", " ")
        case Length():
            return words.length(value)
        case SoLong():
            return words.so_long(value)
        case Due():
            return due(value)
        case Grid():
            return grid(value)
        case Survival():
            return survival(value)
        case Rounding(step, rule):
            return f"{rule} to {show_plain(step)}"
        case Target(op, level, rounding):
            return f"{OPS[op]} {said(level)}" + (f", rounded {said(rounding)}" if rounding else "")
        case Recurrence():
            return recurrence(value, said)
        case Selector(event, where):
            return event if where is None else f"{event} where {said(where)}"
        case Limit(length, field):
            return words.length(length) + (f" from {field}" if field else "")
        case Party(name, title, role):
            return f'{name} "{title}", {role}'
        case Zone():
            return value.name
        case Column(path, _, _, constant):
            return f'"{constant}"' if constant is not None else f'column "{".".join(path)}"'
        case EventField(_, kind, key, optional, default, _):
            told = (said(kind), "key" if key else "", "optional" if optional else "")
            usual = f", default {said(default)}" if default is not None else ""
            return ", ".join(each for each in told if each) + usual
    found = calendar(value, said) or duty(value, said) or effect(value, said) or _expression(value)
    return found or exactly(value)


def exactly(value: object) -> str:
    """Every part that a term states, by name: long, but two terms that differ read differently."""
    if isinstance(value, tuple):
        return ", ".join(exactly(each) for each in value)
    if not is_lean(type(value)) or isinstance(value, ex.Literal | Length | Rounding | Kind):
        return said(value) if is_lean(type(value)) or isinstance(value, int | str | date | None) else repr(value)
    told = [
        f"{name.replace('_', ' ')} {exactly(part)}"
        for name, about in parts_of(type(value)).items()
        if not isinstance(part := getattr(value, name), Clause | Span) and part != about.default
    ]
    name = "".join(f" {c.lower()}" if c.isupper() else c for c in type(value).__name__).strip()
    return f"{name} ({', '.join(told)})" if told else name


def follows(value: tuple[str, Effect]) -> str:
    """What follows an outcome of a duty."""
    outcome, effect = value
    return f"when {outcome}: {said(effect)}"


# ------------------------------------------------------------------------------------ expressions
def literal(value: object, kind: Kind) -> str:
    """A value of a kind as an agreement writes it."""
    if kind.base == "length" and isinstance(value, int):
        return show_length(value)
    if kind.base == "time" and isinstance(value, int):
        return show_time_of_day(value)
    if kind.base == "instant" and isinstance(value, int):
        return show_utc(value)
    return said(value) if isinstance(value, str | date | bool | Period) else words.written(value, kind) or str(value)


_SIMPLE: Final = (
    ex.Literal, ex.FieldOf, ex.Ruled, ex.Answered, ex.GroupKey, ex.CaseField, ex.Outer, ex.InState, ex.InCalendar,
    ex.FigureAt, ex.Standing, ex.Arithmetic, ex.Compare, ex.AllOf, ex.AnyOf, ex.Not,
)  # fmt: skip


def _expression(value: object) -> str:
    if isinstance(value, _SIMPLE):
        return in_words(value, literal, said)
    match value:
        case ex.Unmeasured(why):
            return f"not measured ({why})"
        case ex.Posted(line):
            return f"{line} as posted"
        case ex.SeriesAt(series, day, _, key, _):
            return f"{series} at {said(day)}" + (f" for {said(key)}" if key else "")
        case ex.EachDay():
            return "each day"
        case ex.OverDays(op, of, first, last, unit, hours):
            days = f"each {unit}" + (f" on which {hours} opens" if hours else "")
            return f"the {op} of {said(of)} over {days} after {said(first)} up to {said(last)}"
        case ex.OfSum(part):
            return said(part)
        case ex.Signed(change):
            return f"{change} is signed"
        case ex.Aggregate():
            return _aggregate(value)
        case ex.Smallest(parts):
            return f"the smallest of {_listed(parts)}"
        case ex.Largest(parts):
            return f"the largest of {_listed(parts)}"
        case ex.If(condition, then, otherwise):
            return f"{said(then)} if {said(condition)}, else {said(otherwise)}"
        case ex.IfMeasured(part, otherwise):
            return f"{said(part)}, or {said(otherwise)} if not measured"
        case ex.Rounded(part, rounding):
            return f"{said(part)} rounded {said(rounding)}"
        case ex.Row(op, bound, result):
            return f"{OPS[op]} {said(bound)}: {said(result)}"
        case ex.Table(subject, steps, otherwise):
            return f"by {said(subject)}: {'; '.join(map(said, steps))}; otherwise {said(otherwise)}"
        case ex.Band(upto, rate):
            return f"{'up to ' + said(upto) if upto is not None else 'the rest'}: {said(rate)}"
        case ex.Bands(subject, bands):
            return f"by bands of {said(subject)}: {'; '.join(map(said, bands))}"
        case ex.LengthOf(times):
            return f"time in {said(times)}"
        case ex.StateTimes(name, least, more) if least is not None:
            return f"{name} of {'more than' if more else 'at least'} {words.length(least)}"
        case ex.StateTimes(name) | ex.CalendarTimes(name):
            return name
        case ex.ManyTimes(name, n):
            return f"at least {n} of {name}"
        case ex.UnionTimes(parts):
            return " or ".join(map(said, parts))
        case ex.BothTimes(parts):
            return " and ".join(map(said, parts))
        case ex.LessTimes(of, less):
            return f"{said(of)} without {said(less)}"
        case _:
            return rows(value, said) or trailing(value, said)


def _aggregate(value: ex.Aggregate) -> str:
    over = said(value.rows) + (f" where {said(value.where)}" if value.where is not None else "")
    if value.op == "count":
        return f"count of {over}" if value.weight is None else f"sum of {said(value.weight)} over {over}"
    op = {"min": "smallest", "max": "largest"}.get(value.op, value.op)
    if value.q is not None:
        op = f"{show_plain(value.q * 100)}% quantile"
    weighted = f" weighted by {said(value.weight)}" if value.weight is not None else ""
    return f"{op} of {said(value.value)} over {over}{weighted}"


def _listed(parts: Iterable[object]) -> str:
    return " and ".join(said(each) for each in parts)
