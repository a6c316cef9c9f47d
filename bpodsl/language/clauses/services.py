"""Services and the clauses that are part of them: these end when the service does, and the agreement goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.lean import evolve, is_lean, parts_of
from bpodsl.terms import Expression, Figure, Length, OnHappens, OnLasting, OnSettled, Rule, Selector
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER


def take_parts(ctx: Context, clauses: list[ast.Clause]) -> None:
    """Note of which service each clause is a part, and let it end with the service, if anything ends that."""
    for clause in clauses:
        if isinstance(clause, ast.Cap):
            continue
        lines = [line for line in getattr(clause, "lines", ()) if isinstance(line, ast.PartOfLine)]
        name = getattr(clause, "name", None)
        if not lines or not isinstance(name, ast.Name):
            continue
        ctx.said_once(lines, "of which service it is a part")
        service = ctx.service(lines[0].service)
        ended = f"{service}.ended"
        ctx.parts.setdefault(service, []).append(name.text)
        if service and ended in ctx.states:
            _take(ctx, name.text, ctx.states[ended].clause.title.removeprefix("End of "), ended)


def _take(ctx: Context, name: str, service: str, ended: str) -> None:
    levels = ctx.ladders[name].levels if name in ctx.ladders else ()
    for each in (name, *levels):
        if each in ctx.norms:
            ctx.norms[each] = evolve(ctx.norms[each], ends_with=ended)
    derived = (own for (base, _), own in ctx.derived.items() if base == name)
    for each in (name, f"{name}.condition", *derived):
        if each in ctx.figures:
            ctx.figures[each] = _figure(ctx.figures[each], service, ended)
    if name in ctx.rules:
        ctx.rules[name] = _rule(ctx.rules[name], ended)


# ---------------------------------------------------------------------------------------- figures
def _figure(figure: Figure, service: str, ended: str) -> Figure:
    """Over the time in which the service had not ended; nothing where none is left."""
    gone: Expression = ex.Unmeasured(f"{service} has ended")
    if figure.purpose not in ("measure", "condition") and figure.kind.base in ("number", "money", "length"):
        gone = ex.Literal(0, figure.kind)
    none_left = ex.Compare("=", ex.WindowLength(False, ended), ex.Literal(0, NUMBER))
    value = ex.If(none_left, gone, within(figure.value, ended))
    return evolve(figure, value=value, shows=tuple((name, within(part, ended)) for name, part in figure.shows))


_BEFORE_IT = (ex.EventRows, ex.StateRows, ex.TrailRows, ex.TrailIntervals)
"""Rows of which only those count that lie before the end: events, and intervals by their beginning."""


def within(expression: Expression, ended: str) -> Expression:
    """The expression over what came before a service ended: events, intervals, lengths of time, also in stretches, and
    the days of the window."""
    return cast(Expression, _within(expression, ended))


def _within(part: Any, ended: str) -> Any:
    if isinstance(part, tuple):
        return tuple(_within(each, ended) for each in part)
    if not is_lean(type(part)) or isinstance(part, ex.Literal):
        return part
    if isinstance(part, ex.LengthOf | ex.TrailLength):
        return evolve(part, times=ex.LessTimes(part.times, ex.StateTimes(ended)))
    if part == ex.WindowDay("last"):
        # The last day that the service had in the window.
        more = ex.Arithmetic("-", ex.WindowLength(False, ended), ex.Literal(1, NUMBER))
        return ex.DayAfter(ex.WindowDay("first"), Length(1, "days"), 1, more)
    if isinstance(part, ex.WindowLength):
        return part if part.whole else evolve(part, less=ended)
    changes = dict(_changed(part, ended))
    made = evolve(part, **changes) if changes else part
    if isinstance(made, ex.Aggregate) and isinstance(made.rows, _BEFORE_IT):
        return evolve(made, where=_and(made.where, ex.Not(ex.InState(ended))))
    return made


def _changed(part: object, ended: str) -> Iterator[tuple[str, Any]]:
    for name in parts_of(type(part)):
        old = getattr(part, name)
        new = _within(old, ended)
        if new is not old and new != old:
            yield name, new


def _and(condition: Expression | None, other: Expression) -> Expression:
    return other if condition is None else ex.AllOf((condition, other))


# ---------------------------------------------------------------------------------------- rules
def _rule(rule: Rule, ended: str) -> Rule:
    """It no longer fires on what comes after the end."""
    lives = ex.Not(ex.InState(ended))
    match rule.on:
        case OnHappens(Selector(event, where)):
            return evolve(rule, on=OnHappens(Selector(event, _and(where, lives))))
        case OnLasting():
            return evolve(rule, when=_and(rule.when, lives))
        case OnSettled():
            left = ex.Compare(">", ex.WindowLength(False, ended), ex.Literal(0, NUMBER))
            return evolve(rule, when=_and(rule.when, left))
        case _:
            return rule
