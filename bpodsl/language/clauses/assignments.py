"""Assignments and novations: one party takes the place of another."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.names import EVENTS
from bpodsl.language.problems import CannotHappen, OutOfRange, SaidTwice
from bpodsl.terms import Assignment


def lower_assignment(ctx: Context, node: ast.Assignment | ast.Novation) -> None:
    """Who takes whose place, and from when on."""
    word = type(node).__name__.lower()
    old, new = ctx.party(node.old), ctx.party(node.new)
    event, day = "", None
    if isinstance(node.since, ast.Name):
        if ctx.find(node.since, *EVENTS, wanted="event") is None:
            return
        event = node.since.text
    else:
        day = ctx.day(node.since)
        if day is None:
            return
        if day < ctx.effective or (ctx.last is not None and not ctx.renews and day > ctx.last):
            ctx.report(OutOfRange(node.since.span, "This day lies outside the term of the agreement."))
            return
    if not old or not new:
        return
    if old == new:
        ctx.report(CannotHappen(node.new.span, f"`{old}` would take its own place.", "Name two parties."))
        return
    earlier = [each for each in ctx.assignments if each.old == old]
    if earlier and all(each.new != old for each in ctx.assignments):
        ctx.report(SaidTwice(node.old.span, f"who takes the place of `{old}`", earlier[0].clause.span))
        return
    made = Assignment(node.name.text, ctx.clause_of(node, word), old, new, day, event, word == "novation")
    ctx.assignments.append(made)
    ctx.later.append(lambda: _paying_itself(ctx, made, node.new))


def _paying_itself(ctx: Context, made: Assignment, where: ast.Name) -> None:
    """A sum between the two would be owed by a party to itself."""
    for line in ctx.lines.values():
        if {line.payer, line.payee} == {made.old, made.new}:
            what = f"`{made.new}` would pay itself under `{line.clause.name}`."
            ctx.report(CannotHappen(where.span, what, "Let a change remove that clause, and another party come in."))
            return
