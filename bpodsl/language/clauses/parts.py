"""Duties performed in parts: acts whose values must add up to a total."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.cases import event_row
from bpodsl.language.checks import check, needed
from bpodsl.language.clauses.heads import acts_of, duty
from bpodsl.language.context import Context
from bpodsl.language.kinds import told_of
from bpodsl.language.problems import NoEffect, NotSayable, SaidTwice, WrongKind
from bpodsl.language.scopes import NormHead, Scope
from bpodsl.lean import evolve
from bpodsl.terms import AddsUp, Impose, Kind, Norm, OnSettled

_KINDS = ("money", "number", "length")
_ADD = "Add `until … adds up to …` to it."


def in_parts(ctx: Context, node: ast.Obligation, line: ast.DutyLine, head: NormHead, norm: Norm) -> Norm:
    """The norm, with what its acts must add up to; the total is looked at when all triggers are known."""
    lines = [each for each in node.lines if isinstance(each, ast.InPartsLine)]
    takes = [each for each in node.lines if isinstance(each, ast.TakesLine)]
    for again in takes[1:]:
        ctx.report(SaidTwice(again.span, "what of its acts is left to it", takes[0].span))
    for taking in takes if not lines else ():
        ctx.report(NoEffect(taking.span, "takes what … leaves", "this duty is not performed in parts", _ADD))
    for each in lines[1:]:
        ctx.report(SaidTwice(each.span, "what the parts add up to", lines[0].span))
    if not lines:
        return norm
    said = lines[0]
    if norm.modality == "must not":
        ctx.report(NoEffect(said.span, "until", "a prohibition is never performed"))
        return norm
    if norm.needs in ("all", "last"):
        what = "Parts add up whatever acts they are: they cannot be all of several, or only the last."
        ctx.report(NotSayable(said.span, what, "Join the acts with `or`."))
    if norm.reopening in ("continue", "restart"):
        what = "A duty performed in parts is not taken up again once it is performed."
        ctx.report(NotSayable(said.span, what, "Write `on reopening new cycle` or `ignore`."))
    value = None
    for act in acts_of(line):
        typed = ctx.typed(said.value, Scope("a part", norm.name, event_row(ctx, act.event.text)))
        if typed.kind is not None and typed.base not in _KINDS:
            ctx.report(WrongKind(said.value.span, told_of(typed), "a sum of money, a number or a length"))
            return norm
        if value is None:
            value = typed
        check(ctx, typed, value.kind, said.value.span)
    if value is None or value.kind is None:
        return norm
    kind = value.kind
    norm = evolve(norm, adds_up=AddsUp(value.expression, value.expression, kind, _after(ctx, takes[:1], norm, kind)))

    def total() -> None:
        found = ctx.norms.get(norm.name)
        if found is None or found.adds_up is None:
            return
        ctx.current = node
        expression = needed(ctx, said.total, _opening(ctx, said, head, norm.name), kind)
        ctx.current = None
        parts = evolve(found.adds_up, total=expression)
        variants = tuple(
            each if each.terms is None else evolve(each, terms=evolve(each.terms, adds_up=parts))
            for each in found.variants
        )
        ctx.norms[norm.name] = evolve(found, adds_up=parts, variants=variants)

    ctx.later.append(total)
    return norm


def _after(ctx: Context, lines: list[ast.TakesLine], norm: Norm, kind: Kind) -> tuple[str, ...]:
    """The duties that take their part of an act first."""
    found: dict[str, None] = {}
    acts = {selector.event for selector in norm.acts}
    for name in (name for line in lines for name in line.norms):
        head = ctx.norm(name)
        if head is None:
            continue
        node = ctx.names.table[name.text].node
        said = duty(node) if isinstance(node, ast.Obligation) else None
        others = set() if said is None else {act.event.text for act in acts_of(said)}
        if name.text == norm.name:
            ctx.report(NoEffect(name.span, "takes what … leaves", "this is the duty itself", "Name another duty."))
        elif not head.in_parts or head.owes != kind:
            why = f"`{name.text}` is not performed in parts of the same kind"
            ctx.report(NoEffect(name.span, "takes what … leaves", why, _ADD))
        elif not acts & others:
            ctx.report(NoEffect(name.span, "takes what … leaves", f"no act performs this and `{name.text}`"))
        else:
            found[name.text] = None
    return tuple(found)


def _opening(ctx: Context, line: ast.InPartsLine, head: NormHead, name: str) -> Scope:
    """Where the total stands: in the window whose settling imposes the duty, else on what opens it."""
    causes = [rule.on for rule in ctx.rules.values() if Impose(name) in rule.then]
    figures = {cause.figure for cause in causes if isinstance(cause, OnSettled)}
    outcomes = any(Impose(name) == effect for each in ctx.norms.values() for _, effect in each.after)
    heads = [ctx.figure_heads[figure] for figure in sorted(figures) if figure in ctx.figure_heads]
    if not heads:
        return Scope("what opens a duty", name, head.row)
    first = heads[0]
    alike = all((each.grid, each.groups) == (first.grid, first.groups) for each in heads)
    if not alike or outcomes or any(not isinstance(cause, OnSettled) for cause in causes):
        what = "This duty follows from causes of different sorts, so it cannot be said what its total is of."
        ctx.report(NotSayable(line.span, what, "Write a duty for each cause."))
    return Scope("what opens a duty", name, None, first.grid, first.keys, first.counted)
