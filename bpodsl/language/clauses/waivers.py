"""Waivers: by which event the other side gives up what a duty owes, or what followed from its miss."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.clauses.agreement import selector
from bpodsl.language.context import Context
from bpodsl.language.names import listed
from bpodsl.language.problems import CannotHappen, NoCommonKey
from bpodsl.terms import EventKind, Norm, OnPeriod, Waiver


def waivers(ctx: Context, node: ast.Obligation, norm: Norm) -> tuple[Waiver, ...]:
    """All that waives an instance of a duty, in order of writing."""
    found: list[Waiver] = []
    for line in node.lines:
        if not isinstance(line, ast.WaivedLine):
            continue
        for each in line.selectors:
            chosen = selector(ctx, each, norm.name)
            kind = None if chosen is None else ctx.events.get(chosen.event)
            if chosen is None or kind is None:
                continue
            _by_the_other_side(ctx, each, kind, norm)
            found.append(Waiver(chosen, line.as_met is not None, _period(ctx, each, kind, norm)))
    return tuple(found)


def _by_the_other_side(ctx: Context, node: ast.Selector, kind: EventKind, norm: Norm) -> None:
    """Nobody waives what he owes himself, unless all do."""
    parties = set(kind.reporters) or set(ctx.parties)
    own = sorted(parties & set(norm.bearer))
    if own and not set(norm.bearer) & set(norm.counterparty):
        told = listed(f"`{name}`" for name in own)
        what = f"`{kind.name}` may come from {told}, who would waive what he owes himself."
        others = listed((f"`{name}`" for name in norm.counterparty), "or")
        ctx.report(CannotHappen(node.span, what, f"Let {others} alone report it: `event {kind.name} from PARTY`."))


def _period(ctx: Context, node: ast.Selector, kind: EventKind, norm: Norm) -> str:
    """The field by which an event names the period that it waives; reported if it cannot be told what it waives."""
    if any(isinstance(way, OnPeriod) for way in norm.opening):
        field = norm.period_field if kind.field(norm.period_field) else kind.period or ""
        if not field:
            advice = "Give the event a period, and `counts for` it."
            ctx.report(NoCommonKey(node.span, kind.name, norm.name, (norm.period_field or "month",), advice))
        return field
    if norm.by and norm.matching == "key" and not any(kind.field(key) for key in norm.by):
        ctx.report(NoCommonKey(node.span, kind.name, norm.name, norm.by, "Give the event that key."))
    return ""
