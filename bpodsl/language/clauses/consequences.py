"""Consequences: what follows when something is missed, or a trigger fires."""

from __future__ import annotations

from fractions import Fraction

from bpodsl.language import ast
from bpodsl.language.checks import needed
from bpodsl.language.clauses.heads import ladder_keys
from bpodsl.language.context import Context
from bpodsl.language.problems import CannotHappen, HeadIncomplete, NoCommonKey
from bpodsl.language.scopes import Scope
from bpodsl.terms import Accrue, Clause, Effect, Impose, Line, Raise, Rounding, Terminate
from bpodsl.terms.kinds import money


def effect(ctx: Context, node: ast.Consequence, scope: Scope, clause: Clause) -> Effect | None:
    """What a consequence does; `scope` is that of its cause. None if it makes no sense (reported)."""
    match node:
        case ast.Escalate():
            return _escalate(ctx, node, scope, clause)
        case ast.Pays():
            return _pays(ctx, node, scope, clause)
        case ast.Tell(words=words):
            return Raise(words.value)
        case ast.Applies():
            return _applies(ctx, node)
        case ast.AgreementEnds():
            return Terminate()


def _escalate(ctx: Context, node: ast.Escalate, scope: Scope, clause: Clause) -> Effect | None:
    found = ctx.find(node.ladder, "escalation")
    if found is None or not isinstance(found.node, ast.Escalation):
        return None
    have = scope.keys if scope.row is None else {**scope.keys, **scope.row.fields}
    missing = tuple(key for key in ladder_keys(ctx, found.node) if key not in have)
    if missing:
        advice = f"Let `{found.name}` have one path for all: delete its `by` line."
        ctx.report(NoCommonKey(node.span, clause.name, found.name, missing, advice))
        return None
    return Impose(f"{found.name}.1")


def _applies(ctx: Context, node: ast.Applies) -> Effect | None:
    found = ctx.find(node.obligation, "obligation")
    if found is None or not isinstance(found.node, ast.Obligation):
        return None
    duty = next((line for line in found.node.lines if isinstance(line, ast.DutyLine)), None)
    if duty is not None and not isinstance(duty.opening, ast.WhenCalled):
        what = f"`{found.name}` cannot be called: it says itself when it opens."
        ctx.report(CannotHappen(node.span, what, "Let it open `when called`."))
        return None
    return Impose(found.name)


def _pays(ctx: Context, node: ast.Pays, scope: Scope, clause: Clause) -> Effect | None:
    kind = money(ctx.currency) if ctx.currency else None
    amount = needed(ctx, node.amount, scope, kind)
    title = node.words.value if node.words is not None else f"{clause.shown}: payment"
    name = line_name(ctx, f"{clause.name}.payment")
    line = line_of(ctx, name, clause, title, node.payer, node.payee)
    if line is None:
        return None
    ctx.lines[name] = line
    return Accrue(name, amount)


def line_name(ctx: Context, name: str) -> str:
    """The name, or the first of `name.2`, `name.3`, … that is free."""
    free, n = name, 1
    while free in ctx.lines:
        n += 1
        free = f"{name}.{n}"
    return free


def line_of(
    ctx: Context, name: str, clause: Clause, title: str, payer: ast.Name, payee: ast.Name,
    rounding: Rounding | None = None, figure: str | None = None,
) -> Line | None:  # fmt: skip
    """What one party owes another; None if there are no two parties (reported)."""
    sides = ctx.party(payer), ctx.party(payee)
    if not all(sides):
        return None
    if sides[0] == sides[1]:
        ctx.report(CannotHappen(payee.span, f"`{payee.text}` would pay itself.", "Name two parties."))
        return None
    own = clause if name == clause.name else Clause(name, clause.word, title, clause.reference, "", clause.span)
    return Line(name, own, *sides, ctx.currency, rounding or sums_rounded(ctx), figure)


def sums_rounded(ctx: Context) -> Rounding:
    """How the agreement rounds its sums; demanded as soon as there is one."""
    if ctx.rounding is None and ctx.currency and ctx.clause is not None:
        example = f"currency   {ctx.currency}, rounded half up to 0.01"
        ctx.report(HeadIncomplete(ctx.clause.span, "how its sums are rounded", example))
    return ctx.rounding or Rounding(Fraction(1, 100), "half up")
