"""Sums shared out, so that the parts add up."""

from __future__ import annotations

from bpodsl.language import ast, literals
from bpodsl.language.context import Context
from bpodsl.language.figures_at import reachable
from bpodsl.language.kinds import UNKNOWN, Typed, settled
from bpodsl.language.lookups import chosen, in_time, lookup, subjects_of
from bpodsl.language.one_group import members_of, of_group
from bpodsl.language.problems import NotSayable, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.lean import evolve
from bpodsl.terms import Rounding
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER

SHARED = ("money", "number")


def shared_value(ctx: Context, node: ast.SharedValue, scope: Scope) -> Typed:
    """`1 000 GBP shared by weight of site in sites`: what the member takes of it."""
    total = ctx.typed(node.total, scope)
    if total.ratio:
        total = settled(total, NUMBER)
    if total.kind is not None and total.kind.base not in SHARED:
        ctx.report(WrongKind(node.total.span, "what is shared out", "a sum of money or a number"))
        return UNKNOWN
    if isinstance(node.by, ast.Name):
        return _by_figure(ctx, node, node.by, total, scope)
    weight = lookup(ctx, node.by, scope)
    if total.kind is None or weight.kind is None:
        return UNKNOWN
    if weight.kind.base not in ("number", "share", "money"):
        ctx.report(WrongKind(node.by.span, "what is shared by", "a number, share or sum of money"))
        return UNKNOWN
    rounding = _rounding(ctx, node, total)
    table = ctx.lists[node.by.list.text]
    subjects = subjects_of(ctx, node.by, table, scope)
    if rounding is None or subjects is None:
        return UNKNOWN
    ordered = sorted(table.members, key=lambda member: tuple(word.encode() for word in member))
    weights = tuple(in_time(table, member, node.by.column.text, scope) for member in ordered)
    places = {member: ex.Literal(place, NUMBER) for place, member in enumerate(ordered)}
    none = ex.Unmeasured(f"not in {table.name}")
    own = chosen(subjects, table.members, lambda member: none if member is None else places[member])
    return evolve(total, expression=ex.SharedOut(total.expression, weights, own, rounding), span=node.span)


def _by_figure(ctx: Context, node: ast.SharedValue, by: ast.Name, total: Typed, scope: Scope) -> Typed:
    """`1 000 GBP shared by calls`: what the group takes of it, by what is measured of each group in the window."""
    head = ctx.figure(by)
    if head is None or not reachable(ctx, by, head, scope):
        return UNKNOWN
    members, kind = members_of(head), ctx.kinds.get(head.name)
    if members is None:
        what = f"The groups of `{head.name}` are those that happen to be seen, so nobody knows who shares."
        if not head.groups:
            what = f"`{head.name}` has one value in a window: it has no groups that could share."
        ctx.report(NotSayable(by.span, what, f"Write `for each MEMBER of LIST` in `{head.name}`."))
        return UNKNOWN
    if kind is not None and kind.base not in ("number", "share", "money", "length"):
        ctx.report(WrongKind(by.span, "what is shared by", "a number, share, length or sum of money"))
        return UNKNOWN
    rounding = None if total.kind is None else _rounding(ctx, node, total)
    if rounding is None or kind is None:
        return UNKNOWN
    ordered = sorted(members, key=lambda member: tuple(word.encode() for word in member))
    weights = tuple(of_group(ctx, head, member) for member in ordered)
    places = {member: ex.Literal(place, NUMBER) for place, member in enumerate(ordered)}
    none = ex.Unmeasured(f"no group of {head.name}")
    keys = [Typed(ex.GroupKey(each.name), head.keys[each.name], by.span) for each in head.groups]
    own = chosen(keys, tuple(ordered), lambda member: none if member is None else places[member])
    return evolve(total, expression=ex.SharedOut(total.expression, weights, own, rounding), span=node.span)


def _rounding(ctx: Context, node: ast.SharedValue, total: Typed) -> Rounding | None:
    if node.rounding is not None:
        return literals.rounding(ctx, node.rounding, total.kind)
    if total.base == "money" and ctx.rounding is not None:
        return ctx.rounding
    what = "It is not said to what the parts are rounded."
    ctx.report(NotSayable(node.span, what, "Add, for example, `rounded half up to 1`."))
    return None

