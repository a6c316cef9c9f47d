"""Consequences: what follows when something is missed, or a trigger fires."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from bpodsl.language import ast
from bpodsl.language.checks import check
from bpodsl.language.clauses.heads import ladder_keys
from bpodsl.language.clauses.tables import by_table, money_by_levels
from bpodsl.language.clauses.timed import counted_by
from bpodsl.language.context import Context
from bpodsl.language.problems import CannotHappen, HeadIncomplete, NoCommonKey
from bpodsl.language.scopes import Scope
from bpodsl.terms import (
    Accrue,
    Begin,
    Clause,
    Effect,
    Expression,
    Finish,
    Impose,
    Kind,
    Line,
    Raise,
    Rounding,
    State,
    Terminate,
)
from bpodsl.terms.kinds import money
from bpodsl.text import Span


def effect(ctx: Context, node: ast.Consequence, scope: Scope, clause: Clause) -> Effect | None:
    """What a consequence does; `scope` is that of its cause. None if it makes no sense (reported)."""
    match node:
        case ast.Escalate():
            return _escalate(ctx, node, scope, clause)
        case ast.Pays() | ast.PaysTable() | ast.PaysLevels():
            return _pays(ctx, node, scope, clause)
        case ast.Tell(words=words):
            return Raise(words.value)
        case ast.Applies():
            return _applies(ctx, node)
        case ast.Begins(state=state):
            return turned(ctx, state, scope, clause, begins=True)
        case ast.Ends(name=name) if ctx.names.service(name.text) is not None and name.text not in ctx.names.table:
            return Begin(ended_state(ctx, name.text))
        case ast.Ends(name=name):
            return turned(ctx, name, scope, clause, begins=False)
        case ast.AgreementEnds():
            ctx.ends_early = True
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


def turned(ctx: Context, name: ast.Name, scope: Scope, clause: Clause, begins: bool) -> Effect | None:
    """A state begins or ends; the keys that it has must be known of the cause."""
    if ctx.find(name, "state") is None:
        return None
    state = ctx.states.get(name.text)
    if state is None:
        return None
    have = scope.keys if scope.row is None else {**scope.keys, **scope.row.fields}
    return turn(ctx, name.span, state, have, clause.name, begins)


def turn(
    ctx: Context, span: Span | None, state: State, have: Iterable[str], cause: str, begins: bool
) -> Effect | None:
    """The effect that begins or ends a state for a cause with these fields."""
    ctx.turned.setdefault(state.name, set()).add("begins" if begins else "ends")
    if state.intervals:
        what = f"`{state.name}` holds during events that last, which say themselves when it begins and ends."
        ctx.report(CannotHappen(span, what, "Declare a state of its own, without `during`."))
        return None
    missing = tuple(key for key in state.by if key not in have)
    if missing:
        advice = f"Let `{state.name}` be one for all: delete its `by`; or name a cause that has the key."
        ctx.report(NoCommonKey(span, cause, state.name, missing, advice))
        return None
    wanting = tuple(field for field in counted_by(state) if field not in have) if begins else ()
    if wanting:
        advice = f"How long `{state.name}` lasts is said by that field: let events begin it that have it."
        ctx.report(NoCommonKey(span, cause, state.name, wanting, advice))
        return None
    return Begin(state.name) if begins else Finish(state.name)


def ended_state(ctx: Context, service: str) -> str:
    """The state that begins when a service ends."""
    name = f"{service}.ended"
    declared = ctx.names.service(service)
    if name not in ctx.states and declared is not None and isinstance(declared.node, ast.Service):
        clause = ctx.clause_of(declared.node, "service")
        own = Clause(name, "service", f"End of {clause.shown}", clause.reference, "", clause.span)
        ctx.states[name] = State(name, own, ())
    return name


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


def _pays(
    ctx: Context, node: ast.Pays | ast.PaysTable | ast.PaysLevels, scope: Scope, clause: Clause
) -> Effect | None:  # fmt: skip
    if isinstance(node, ast.Pays):
        amount, kind = owed(ctx, node.amount, scope)
    elif isinstance(node, ast.PaysLevels):
        amount, kind = money_by_levels(ctx, node, scope)
    else:
        amount, kind = by_table(ctx, node, scope)
    title = node.words.value if node.words is not None else f"{clause.shown}: payment"
    name = line_name(ctx, f"{clause.name}.payment")
    line = line_of(ctx, name, clause, title, node.payer, node.payee, currency=currency_of(kind))
    if line is None:
        return None
    ctx.lines[name] = line
    return Accrue(name, amount)


def owed(ctx: Context, node: ast.Expression, scope: Scope) -> tuple[Expression, Kind | None]:
    """An amount that is owed: a sum in any currency that the agreement names."""
    typed = ctx.typed(node, scope)
    if typed.base == "money":
        return typed.expression, typed.kind
    kind = money(ctx.currency) if ctx.currency else None
    check(ctx, typed, kind, node.span)
    return typed.expression, kind


def currency_of(kind: Kind | None) -> str:
    """The currency of a kind of sums, "" if there is none."""
    return kind.detail[0] if kind is not None and kind.detail else ""


def line_name(ctx: Context, name: str) -> str:
    """The name, or the first of `name.2`, `name.3`, … that is free."""
    free, n = name, 1
    while free in ctx.lines:
        n += 1
        free = f"{name}.{n}"
    return free


def line_of(
    ctx: Context, name: str, clause: Clause, title: str, payer: ast.Name, payee: ast.Name,
    rounding: Rounding | None = None, figure: str | None = None, currency: str = "",
) -> Line | None:  # fmt: skip
    """What one party owes another; None if there are no two parties (reported)."""
    sides = ctx.party(payer), ctx.party(payee)
    if not all(sides):
        return None
    if sides[0] == sides[1]:
        ctx.report(CannotHappen(payee.span, f"`{payee.text}` would pay itself.", "Name two parties."))
        return None
    own = clause if name == clause.name else Clause(name, clause.word, title, clause.reference, "", clause.span)
    return Line(name, own, *sides, currency or ctx.currency, rounding or sums_rounded(ctx, currency), figure)


def sums_rounded(ctx: Context, currency: str = "") -> Rounding:
    """How the agreement rounds its sums in a currency ("": its own); demanded as soon as there is one."""
    if currency not in ("", ctx.currency) and ctx.clause is not None:
        stated = ctx.currencies.get(currency)
        if stated is None:
            example = f"also in    {currency}, rounded half up to 0.01"
            ctx.report(HeadIncomplete(ctx.clause.span, f"how its sums in {currency} are rounded", example))
        return stated or Rounding(Fraction(1, 100), "half up")
    if ctx.rounding is None and ctx.currency and ctx.clause is not None:
        example = f"currency   {ctx.currency}, rounded half up to 0.01"
        ctx.report(HeadIncomplete(ctx.clause.span, "how its sums are rounded", example))
    return ctx.rounding or Rounding(Fraction(1, 100), "half up")
