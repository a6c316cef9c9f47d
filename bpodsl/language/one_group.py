"""One group of a figure by groups, asked for by others: a figure without groups that says what that one comes to."""

from __future__ import annotations

from itertools import product

from bpodsl.language import ast
from bpodsl.language.context import Context, head_span
from bpodsl.language.figures_at import reachable
from bpodsl.language.kinds import COUNTABLE, UNKNOWN, Typed, told
from bpodsl.language.lookups import Member, member_value
from bpodsl.language.names import listed, nearest
from bpodsl.language.problems import CannotHappen, NotHere, NotSayable, WrongKind
from bpodsl.language.scopes import FigureHead, Scope
from bpodsl.lean import evolve
from bpodsl.terms import Clause, Expression, Figure
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER
from bpodsl.text import Span


def group_value(ctx: Context, node: ast.GroupValue, scope: Scope) -> Typed:
    """`calls of york`: the value of that group in the same window."""
    head = ctx.figure(node.figure)
    if head is None or not reachable(ctx, node.figure, evolve(head, keys={}), scope):
        return UNKNOWN
    if len(head.groups) != 1:
        _not_by_one(ctx, node.span, head)
        return UNKNOWN
    word = node.member.text if isinstance(node.member, ast.Name) else node.member.value
    members = [member for (member,) in members_of(head) or ()]
    kind = head.keys.get(head.groups[0].name)
    choices = members or [str(each) for each in (() if kind is None or kind.base != "one_of" else kind.detail)]
    if choices and word not in choices:
        near = nearest(word, choices)
        advice = f"It has {listed(f'`{each}`' for each in choices)}." if near is None else f"Did you mean `{near}`?"
        ctx.report(NotHere(node.member.span, f"`{word}`", f"it is no group of `{head.name}`", advice))
        return UNKNOWN
    return Typed(of_group(ctx, head, (word,)), ctx.kinds.get(head.name), node.span, head.name in ctx.ratios)


def rank_of(ctx: Context, node: ast.RankOf, scope: Scope) -> Typed:
    """`rank of score from the highest`: 1 and how many of all groups are better; those that are equal share a rank."""
    head = ctx.figure(node.figure)
    if head is None or not reachable(ctx, node.figure, head, scope):
        return UNKNOWN
    members, kind = members_of(head), ctx.kinds.get(head.name)
    if members is None:
        what = f"The groups of `{head.name}` are those that happen to be seen, so nobody knows among whom to rank."
        if not head.groups:
            what = f"`{head.name}` has one value in a window: it has no groups to rank."
        ctx.report(NotSayable(node.figure.span, what, f"Write `for each MEMBER of LIST` in `{head.name}`."))
        return UNKNOWN
    if kind is None:
        return UNKNOWN
    if kind.base not in COUNTABLE:
        ctx.report(WrongKind(node.figure.span, told(kind), "a number, share, sum of money or length"))
        return UNKNOWN
    one, nought = ex.Literal(1, NUMBER), ex.Literal(0, NUMBER)
    own = ex.FigureAt(head.name, ex.Same())
    op = ">" if node.end == "highest" else "<"
    # Where the group itself is not measured it has no rank; another that is not measured is no better.
    parts: list[Expression] = [ex.Arithmetic("+", one, ex.Arithmetic("*", own, nought))]
    for member in members:
        better = ex.If(ex.Compare(op, of_group(ctx, head, member), own), one, nought)
        parts.append(ex.IfMeasured(better, nought))
    while len(parts) > 1:
        pairs = [ex.Arithmetic("+", a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = [*pairs, *parts[len(pairs) * 2 :]]
    return Typed(parts[0], NUMBER, node.span)


def _not_by_one(ctx: Context, span: Span, head: FigureHead) -> None:
    what = f"`{head.name}` is by {listed(f'`{each.name}`' for each in head.groups)}, so one word names no group of it."
    if not head.groups:
        what = f"`{head.name}` has one value in a window: it has no groups."
    asked = f"Write `sum of value over groups of {head.name} where …`."
    advice = asked if head.groups else "Ask for the figure itself."
    ctx.report(CannotHappen(span, what, advice))


def members_of(head: FigureHead) -> list[Member] | None:
    """The groups of a figure; None where they are only those that are seen."""
    found = [group.members for group in head.groups if group.members is not None]
    return list(product(*found)) if len(found) == len(head.groups) and found else None


def of_group(ctx: Context, head: FigureHead, member: Member) -> Expression:
    """The value of one group of a figure, in the window of whoever asks."""
    name = f"{head.name} of {', '.join(member)}"
    if name not in ctx.figures:
        declared = ctx.names.table[head.name]
        assert isinstance(declared.node, ast.Node)
        shown = ctx.clause_of(declared.node, declared.thing).shown
        clause = Clause(name, declared.thing, f"{shown}, {', '.join(member)}", "", "", head_span(declared.node))
        pairs = [(group.name, word) for group, word in zip(head.groups, member, strict=True)]
        words = [(key, member_value(word, head.keys.get(key))) for key, word in pairs]
        same = tuple(ex.Compare("=", ex.FieldOf(key), word) for key, word in words if word is not None)
        where = same[0] if len(same) == 1 else ex.AllOf(same)
        value = ex.Aggregate("first", ex.FigureRows(head.name), where, ex.RowValue())
        kind = ctx.kinds.get(head.name)
        ctx.figures[name] = Figure(name, clause, "amount", kind, head.grid, value)  # type: ignore[arg-type]
    return ex.FigureAt(name, ex.Same())
