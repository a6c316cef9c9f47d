"""Conditions: what holds or does not, of a row or of a window."""

from __future__ import annotations

import re
from typing import Final

from bpodsl.language import ast
from bpodsl.language.cases import of_case
from bpodsl.language.checks import capital, holds, like, needed
from bpodsl.language.context import Context
from bpodsl.language.figures_at import other_window, reachable, windows_in_a_year
from bpodsl.language.figures_at import whole as whole_number
from bpodsl.language.kinds import ORDERED, UNKNOWN, Typed, told_of
from bpodsl.language.names import FIGURES, QUESTIONS, nearest
from bpodsl.language.problems import (
    CannotHappen,
    NotHere,
    UnknownField,
    UnknownName,
    UnknownWord,
    UnlikeKinds,
    WrongKind,
)
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO
from bpodsl.text import Span
from bpodsl.text.edits import alone

_OPS: Final = {
    "is": "=", "is not": "!=", "at least": ">=", "at most": "<=", "more than": ">", "less than": "<",
}  # fmt: skip

OPS: Final = {word: sign for word, sign in _OPS.items() if not word.startswith("is")}
"""The comparators of targets and tables."""

_SIGNED_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[-+/*][A-Za-z0-9_]+)+")
"""A reckoning without blanks, which may have been meant as a word."""

STANDINGS: Final = ("met", "missed", "below minimum", "not measured")


def either(ctx: Context, node: ast.Either, scope: Scope) -> Typed:
    """`A or B`"""
    return _so(ex.AnyOf(tuple(holds(ctx, part, scope) for part in node.parts)), node.span)


def both(ctx: Context, node: ast.Both, scope: Scope) -> Typed:
    """`A and B`"""
    return _so(ex.AllOf(tuple(holds(ctx, part, scope) for part in node.parts)), node.span)

_STANDINGS = ("met", "missed")


def negation(ctx: Context, node: ast.Negation, scope: Scope) -> Typed:
    """`not A`"""
    return _so(ex.Not(holds(ctx, node.part, scope)), node.span)


def _so(expression: Expression, span: Span | None) -> Typed:
    return Typed(expression, YES_NO, span)


# ---------------------------------------------------------------------------------------- comparisons
def compare(ctx: Context, node: ast.Compare, scope: Scope) -> Typed:
    """`A is B`, `A is at least B`"""
    if isinstance(node.left, ast.Name) and not _means_something(ctx, node.left, scope):
        if isinstance(node.right, ast.Name) and not _means_something(ctx, node.right, scope):
            ctx.typed(node.left, scope)  # One unknown name is enough to say.
            return Typed(UNKNOWN.expression, YES_NO, node.span)
        right = ctx.typed(node.right, scope)
        left = word(ctx, node.left, right, scope) if right.base in ("one_of", "text") else ctx.typed(node.left, scope)
    else:
        left = ctx.typed(node.left, scope)
        if _slip_of_standing(ctx, node, scope):
            return Typed(UNKNOWN.expression, YES_NO, node.span)
        right = word(ctx, node.right, left, scope)
    if left.kind is None or right.kind is None:
        # Of a figure in a circle the kind may not be known yet; what is not understood is still in one of the two.
        return _so(ex.Compare(_OPS[node.op], left.expression, right.expression), node.span)
    if like(ctx, left, right, node.span, "compared") is None:
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    op = _OPS[node.op]
    if op not in ("=", "!=") and left.base not in ORDERED:
        ctx.report(WrongKind(node.left.span, told_of(left), "a value that can be more or less than another"))
    return _so(ex.Compare(op, left.expression, right.expression), node.span)


def _slip_of_standing(ctx: Context, node: ast.Compare, scope: Scope) -> bool:
    """Whether `FIGURE is WORD` has a word that is nearly `met` or `missed` and means nothing else (reported)."""
    left, right = node.left, node.right
    if not isinstance(left, ast.Name) or not isinstance(right, ast.Name) or _means_something(ctx, right, scope):
        return False
    declared = ctx.names.table.get(left.text)
    near = nearest(right.text, _STANDINGS)
    if declared is None or declared.thing not in FIGURES or near is None:
        return False
    ctx.report(UnknownName(right.span, right.text, "figure", near, (), alone(right.text, near, _STANDINGS)))
    return True


def one_of(ctx: Context, node: ast.OneOf, scope: Scope) -> Typed:
    """`A is one of P1, P2`"""
    left = ctx.typed(node.left, scope)
    parts: list[Expression] = []
    for each in node.values:
        right = word(ctx, each, left, scope)
        if left.kind is not None and right.kind is not None:
            like(ctx, left, right, each.span, "compared")
        parts.append(ex.Compare("=", left.expression, right.expression))
    found = ex.AnyOf(tuple(parts))
    return _so(ex.Not(found) if node.op == "is not one of" else found, node.span)


def word(ctx: Context, node: ast.Node, other: Typed, scope: Scope) -> Typed:
    """The right side of a comparison: a word of the left side's field, else any expression."""
    if other.base == "one_of" and other.kind is not None:
        text = node.text if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Text) else None
        if text is None and _SIGNED_WORD.fullmatch(node.span.text.strip()):
            said = node.span.text.strip()
            advice = f'A word with a sign in it stands in quotation marks: `"{said}"`.'
            ctx.report(UnlikeKinds(node.span, "compared", capital(told_of(other)), f"the reckoning `{said}`", advice))
            return UNKNOWN
        if text is not None:
            if text in other.kind.detail:
                return Typed(ex.Literal(text, other.kind), other.kind, node.span)
            if isinstance(node, ast.Text) or not _means_something(ctx, node, scope):
                asked = other.span.text if other.span is not None else "it"
                allowed = other.kind.detail
                ctx.report(UnknownWord(node.span, text, asked, allowed, nearest(text, allowed)))
                return UNKNOWN
    if other.base == "text" and isinstance(node, ast.Name) and not _means_something(ctx, node, scope):
        ctx.report(WrongKind(node.span, "a bare word", "text", f'Write it in quotes: `"{node.text}"`.'))
        return UNKNOWN
    return ctx.typed(node, scope)


def _means_something(ctx: Context, node: ast.Node, scope: Scope) -> bool:
    """Whether a bare name is a field, a key or a declared name here."""
    if not isinstance(node, ast.Name):
        return True
    row = scope.row
    if row is not None and (node.text in row.fields or node.text in ("value", "reading", "outstanding")):
        return True
    if row is not None and row.dated and any(kind.field(node.text) for kind in ctx.events.values() if kind.keys):
        return of_case(ctx, node, row) is not None or node.text in scope.keys or node.text in ctx.names.table
    return node.text in scope.keys or node.text in ctx.names.table or node.text in ctx.broken


# ---------------------------------------------------------------------------------------- standings
def stands(ctx: Context, node: ast.Stands, scope: Scope) -> Typed:
    """`p1_on_time is met`, `it is below minimum`, `x is not measured`"""
    how, denied = node.how.removeprefix("not "), node.how.startswith("not ")
    if how == "measured":
        how, denied = "not measured", not denied
    found = _standing(ctx, node, how, scope)
    if found is None:
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    return _so(ex.Not(found) if denied else found, node.span)


def any_stands(ctx: Context, node: ast.AnyStands, scope: Scope) -> Typed:
    """`any of p1_on_time, p2_on_time is missed`: of figures of the same windows"""
    parts = [stands(ctx, ast.Stands(node.span, name, node.how), scope) for name in node.names]
    if any(part.expression is UNKNOWN.expression for part in parts):
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    if len(parts) == 1:
        return parts[0]
    return _so(ex.AnyOf(tuple(part.expression for part in parts)), node.span)


def _standing(ctx: Context, node: ast.Stands, how: str, scope: Scope) -> Expression | None:
    left = node.left
    if isinstance(left, ast.Name):
        field = _field_word(ctx, left, how, scope)
        if field is not None:
            return field
        if left.text == "it" and scope.row is not None and scope.row.figure:
            return ex.RowStanding(how) if may_stand(ctx, scope.row.figure, how, node.span) else None
        declared = ctx.names.table.get(left.text)
        if declared is not None and declared.thing == "obligation":
            ctx.names.used.add(left.text)
            why = "an obligation has many outcomes, and which one is meant is not said"
            advice = f"Count them (`count of {left.text} {how} at least 1`), or let this be the whole condition."
            ctx.report(NotHere(node.span, f"Whether `{left.text}` is {how}", why, advice))
            return None
    place = _figure_place(ctx, left, scope)
    if place is not None:
        figure, shift = place
        if not figure or not may_stand(ctx, figure, how, node.span):
            return None
        return ex.Standing(figure, how, shift)
    if isinstance(left, ast.Name) and ctx.names.get(left.text, QUESTIONS) is not None:
        # What became of a claim may be told in the same word as what became of a right.
        answer = ctx.typed(left, scope)
        if answer.kind is not None and answer.kind.base == "one_of" and how in answer.kind.detail:
            return ex.Compare("=", answer.expression, ex.Literal(how, answer.kind))
    if how != "not measured":
        ctx.report(WrongKind(left.span, "a computed value", "a measure, which has a target"))
        return None
    value = ctx.typed(left, scope).expression
    return ex.Not(ex.IfMeasured(ex.Compare("=", value, value), ex.Literal(False, YES_NO)))


def _field_word(ctx: Context, left: ast.Name, how: str, scope: Scope) -> Expression | None:
    """A field that takes the word as a value: then it is a comparison."""
    row = scope.row
    if row is None or left.text not in row.fields:
        return None
    kind = row.fields[left.text]
    if kind is None or kind.base != "one_of" or how not in kind.detail:
        return None
    return ex.Compare("=", ex.FieldOf(left.text), ex.Literal(how, kind))


def _figure_place(ctx: Context, left: ast.Node, scope: Scope) -> tuple[str, ex.Shift] | None:
    """The figure and the window that the left side names ("" if they make no sense); None if it names none."""
    match left:
        case ast.Name() if _row_has(scope, left) or ctx.names.get(left.text, FIGURES) is None:
            return None
        case ast.Name():
            head = ctx.figure(left)
            return head.name if head is not None and reachable(ctx, left, head, scope) else "", ex.Same()
        case ast.OfThe():
            return other_window(ctx, left, scope) or "", ex.Same()
        case ast.Previous() | ast.WindowsAgo() | ast.YearAgo():
            count: int | None = 1
            if isinstance(left, ast.WindowsAgo):
                count = whole_number(ctx, left.windows, "windows")
            elif isinstance(left, ast.YearAgo):
                count = windows_in_a_year(ctx, left, scope)
            first = needed(ctx, left.first, scope, YES_NO, "yes or no, for where there is no such window")
            head = ctx.figure(left.figure)
            sound = count is not None and head is not None and reachable(ctx, left.figure, head, scope)
            return left.figure.text if sound else "", ex.Back(count or 1, first)
        case _:
            return None


def _row_has(scope: Scope, name: ast.Name) -> bool:
    return scope.row is not None and name.text in scope.row.fields


def may_stand(ctx: Context, figure: str, how: str, span: Span) -> bool:
    """Whether a figure has the target or minimum that the standing asks for; reported if not."""
    if how not in STANDINGS:
        ctx.report(CannotHappen(span, f"A figure is never {how}: it is met, missed, below minimum or not measured."))
        return False
    origin = next((name for (name, _), derived in ctx.derived.items() if derived == figure), figure)
    head = ctx.figure_heads.get(origin)
    if head is None:
        return True
    lacks = "target" if how in ("met", "missed") and not head.has_target else (
        "minimum" if how == "below minimum" and not head.has_minimum else ""
    )  # fmt: skip
    if lacks:
        advice = f"Add a line `{lacks} at least …` to `{figure}`, or compare its value: `{figure} at least …`."
        if not head.damaged:
            ctx.report(CannotHappen(span, f"`{figure}` is never {how}: it has no {lacks}.", advice))
        return head.damaged
    return True


# ---------------------------------------------------------------------------------------- of rows
def given(ctx: Context, node: ast.Given, scope: Scope) -> Typed:
    """`received is given`"""
    row = scope.row
    if not isinstance(node.left, ast.Name) or row is None:
        ctx.report(NotHere(node.left.span, "Whether it is given", "only a field of an event may be left out"))
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    name = node.left.text
    other = None if name in row.fields or not row.dated else of_case(ctx, node.left, row)
    if name not in row.fields and other is None:
        known = tuple(row.fields)
        ctx.report(UnknownField(node.left.span, name, capital(row.told), known, nearest(name, known)))
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    # A field that is left out is not measured, and so is a comparison of it with itself.
    value = ex.FieldOf(name) if other is None else other.expression
    found = ex.IfMeasured(ex.Compare("=", value, value), ex.Literal(False, YES_NO))
    return _so(ex.Not(found) if node.how == "not given" else found, node.span)


def in_calendar(ctx: Context, node: ast.InCalendar, scope: Scope) -> Typed:
    """`in support`"""
    name = ctx.calendar(node.calendar)
    if name is None or not _dated(ctx, node, scope):
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    return _so(ex.InCalendar(name), node.span)


def during_state(ctx: Context, node: ast.DuringState, scope: Scope) -> Typed:
    """`during outage`"""
    if ctx.find(node.state, "state") is None or not _dated(ctx, node, scope):
        return Typed(UNKNOWN.expression, YES_NO, node.span)
    return _so(ex.InState(node.state.text), node.span)


def _dated(ctx: Context, node: ast.Node, scope: Scope) -> bool:
    if scope.row is not None and scope.row.dated:
        return True
    advice = "Ask for it in a condition after `where`."
    ctx.report(NotHere(node.span, "What held then", "no event or outcome is meant, so there is no instant", advice))
    return False


def field_word(ctx: Context, node: ast.Node, kind: Kind, field: str) -> str | None:
    """A value written for a field that takes one of some words, or None (reported)."""
    text = node.text if isinstance(node, ast.Name) else node.value if isinstance(node, ast.Text) else node.span.text
    if text in kind.detail:
        return text
    ctx.report(UnknownWord(node.span, text, field, kind.detail, nearest(text, kind.detail)))
    return None
