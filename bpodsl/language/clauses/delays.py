"""Delays: a duty is extended, day for day, by the delay of what another party owes."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.clauses.heads import duty
from bpodsl.language.context import Context
from bpodsl.language.problems import CannotHappen, NotSayable
from bpodsl.terms import Begin, Clause, Finish, Norm, State


def delays(ctx: Context, node: ast.Obligation, norm: Norm) -> tuple[str, ...]:
    """The states that hold while what the other side owes is late."""
    lines = [line for line in node.lines if isinstance(line, ast.ExtendedLine)]
    return tuple(filter(None, (_delay(ctx, name, norm) for line in lines for name in line.obligations)))


def _delay(ctx: Context, name: ast.Name, norm: Norm) -> str:
    """The state from the miss of a duty to its late performance; one for all that it delays."""
    head = ctx.norm(name)
    declared = ctx.names.table.get(name.text)
    if head is None or declared is None or not isinstance(declared.node, ast.Obligation):
        return ""
    line = duty(declared.node)
    bearer = () if line is None else ctx.sides(line.bearer)
    if head.modality == "must not":
        ctx.report(CannotHappen(name.span, f"`{name.text}` is a prohibition: it is never late.", "Name a duty."))
        return ""
    if set(bearer) & set(norm.bearer):
        what = f"`{name.text}` is owed by the same party: nobody gains time by his own delay."
        ctx.report(CannotHappen(name.span, what, "Name a duty of the other side."))
        return ""
    if any(isinstance(each, ast.NeverPerformedLine) for each in declared.node.lines):
        what = f"What of `{name.text}` is never performed is not missed, so its delay does not begin."
        ctx.report(NotSayable(name.span, what, "Delete its line `never performed: not measured`."))
        return ""
    state = f"{name.text}.delay"
    if state not in ctx.states:
        clause = ctx.clause_of(declared.node, "obligation")
        own = Clause(state, clause.word, f"Delay of {clause.shown}", clause.reference, "", clause.span)
        ctx.states[state] = State(state, own, head.by)
        ctx.turned.setdefault(state, set()).update(("begins", "ends"))
        ctx.grafts.append((name.text, "missed", Begin(state)))
        ended = ["late", *(["cured"] if head.cures else ()), *(["waived"] if head.waives else ())]
        ctx.grafts.extend((name.text, outcome, Finish(state)) for outcome in ended)
    return state
