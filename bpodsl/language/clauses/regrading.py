"""Reclassification: by which event an open instance gets other terms, and what becomes of its clock."""

from __future__ import annotations

from bpodsl.language import ast
from bpodsl.language.checks import capital
from bpodsl.language.clauses.agreement import selector
from bpodsl.language.context import Context
from bpodsl.language.problems import NoCommonKey, NoEffect
from bpodsl.language.scopes import NormHead
from bpodsl.lean import evolve
from bpodsl.terms import Norm, Regrade

_CLOCKS = {"the clock keeps its start": "kept", "a new clock": "anew", "whichever is later": "later"}


def reclassified(ctx: Context, node: ast.Obligation | ast.Escalation, head: NormHead, norm: Norm) -> Norm:
    """The norm with all that reclassifies its instances, in order of writing."""
    found: list[Regrade] = []
    for line in node.lines:
        if isinstance(line, ast.ReclassifiedLine):
            if norm.due is None and not norm.variants and not ctx.damaged:
                _no_effect(ctx, line, "there is no deadline")
            for each in line.selectors:
                chosen = selector(ctx, each, norm.name)
                if chosen is not None:
                    _fits(ctx, each, line, head, norm)
                    found.append(Regrade(chosen, _CLOCKS[line.policy]))
    return norm if not found else evolve(norm, regraded=tuple(found))


def _fits(ctx: Context, node: ast.Selector, line: ast.ReclassifiedLine, head: NormHead, norm: Norm) -> None:
    """The event names the case, and says something of it on which its terms rest."""
    kind = ctx.events.get(node.event.text)
    if kind is None:
        return
    if norm.by and norm.matching != "all" and not any(kind.field(key) for key in norm.by):
        ctx.report(NoCommonKey(node.span, kind.name, norm.name, norm.by, "Give the event that key."))
        return
    says = [f.name for f in kind.fields if f.name not in norm.by and head.fields.get(f.name) == f.kind]
    if line.policy == "the clock keeps its start" and not (says and (norm.variants or norm.facts)) and not ctx.damaged:
        _no_effect(ctx, line, f"no time limit rests on what `{kind.name}` says")


def _no_effect(ctx: Context, line: ast.ReclassifiedLine, why: str) -> None:
    advice = "Let its limit differ by a field: `within by FIELD`."
    ctx.report(NoEffect(line.span, capital("reclassified by"), why, advice))
