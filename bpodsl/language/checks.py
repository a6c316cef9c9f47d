"""Checks: is this operand of the kind that is needed, and do these two go together?"""

from __future__ import annotations

from fractions import Fraction

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed, common, fits, told_of
from bpodsl.language.problems import MixedCurrencies, ShareOfWhat, UnlikeKinds, UnlikeLengths, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import YES_NO
from bpodsl.text import Span
from bpodsl.values import show_plain


def needed(ctx: Context, node: ast.Node, scope: Scope, kind: Kind | None, told: str = "") -> Expression:
    """The expression, of this kind; where it is of another, that is reported."""
    typed = ctx.typed(node, scope)
    check(ctx, typed, kind, node.span, told)
    return typed.expression


def holds(ctx: Context, node: ast.Node, scope: Scope) -> Expression:
    """A condition."""
    return needed(ctx, node, scope, YES_NO, "a condition that holds or does not")


def check(
    ctx: Context, typed: Typed, kind: Kind | None, span: Span | None, told: str = "", other: Span | None = None
) -> bool:
    """Whether the operand is of this kind; reported if not, with the `other` place for which it is needed."""
    if kind is None or fits(typed, kind):
        return True
    target = Typed(typed.expression, kind)
    if kind.base == typed.base == "money":
        ctx.report(MixedCurrencies(span, told_currency(typed), told_currency(target)))
    elif kind.base == "money" and (typed.base == "share" or typed.ratio):
        ctx.report(ShareOfWhat(span))
    elif kind.base == typed.base == "length":
        ctx.report(UnlikeLengths(span, capital(told_of(typed)), told_of(target), advice(typed, target)))
    else:
        why = "" if other is None else f"for this is {told_of(target)}"
        ctx.report(WrongKind(span, told_of(typed), told or told_of(target), advice(typed, target), other, why))
    return False


def like(ctx: Context, left: Typed, right: Typed, span: Span | None, doing: str) -> tuple[Kind | None, bool] | None:
    """The kind that two operands share, and whether it is still a ratio; reported if there is none."""
    kind = common(left, right)
    if kind is None:
        unlike(ctx, span, doing, left, right)
    return kind


def unlike(ctx: Context, span: Span | None, doing: str, left: Typed, right: Typed) -> None:
    """Report that two operands do not go together."""
    if left.base == right.base == "money" and doing not in ("multiplied", "divided"):
        ctx.report(MixedCurrencies(span, told_currency(left), told_currency(right)))
    elif left.base == right.base == "length" and doing not in ("multiplied", "divided"):
        ctx.report(UnlikeLengths(span, capital(told_of(left)), told_of(right), advice(left, right)))
    else:
        hint = _in_a_formula(left, right) if doing in _RECKONED else None
        made = left.fixed or right.fixed
        ctx.report(UnlikeKinds(span, doing, capital(told_of(left)), told_of(right), hint or advice(left, right), made))


_RECKONED = ("added", "subtracted", "multiplied", "divided")


def _in_a_formula(left: Typed, right: Typed) -> str | None:
    """What may have been meant where two operands of a formula do not go together."""
    if "yes_no" in (left.base, right.base):
        return "`where` takes all that follows it; put the rows in parentheses: `(count of EVENT where …) / …`."
    if {left.base, right.base} != {"number", "share"}:
        return None
    number, share = (left, right) if left.base == "number" else (right, left)
    part = "4%" if share.span is None else share.span.text.strip()
    if isinstance(number.expression, ex.Literal) and number.expression.value == 1:
        return f"A percentage goes with a percentage: write `100%` for 1, or say of what it is one: `{part} of …`."
    whole = "…" if number.span is None else number.span.text.strip()
    return f"Say of what it is a percentage: `{part} of {whole}`; or write both as percentages."


def told_currency(typed: Typed) -> str:
    """The currency of a sum."""
    return typed.kind.detail[0] if typed.kind is not None and typed.kind.detail else ""


def advice(left: Typed, right: Typed) -> str | None:
    """How one of two unlike operands would be written to go with the other."""
    return _as(right, left) or _as(left, right)


def _as(typed: Typed, other: Typed) -> str | None:
    """How a literal is written as the kind of the other."""
    if not isinstance(typed.expression, ex.Literal) or typed.span is None or other.kind is None:
        return None
    written = typed.span.text.strip()
    match typed.base, other.kind.base:
        case "number", "share":
            value = typed.expression.value
            if isinstance(value, Fraction) and 0 < value < 1:
                return f"Write `{show_plain(value * 100)}%`."
            return f"Write `{written}%`."
        case "number", "money":
            return f"Write `{written} {other.kind.detail[0]}`."
        case "share", "money":
            return f"Write of what it is a percentage: `{written} of …`."
        case "length", "length" if other.kind.detail and not (typed.kind and typed.kind.detail):
            return f"Write `{written} of {other.kind.detail[0]}`."
        case "day", "instant":
            asked = "the instant" if other.span is None else other.span.text.strip()
            return f"Write an instant: `{written}T00:00`, or ask for the day: `day of {asked}`."
        case _:
            return None


def capital(words: str) -> str:
    """The words as they begin a sentence."""
    return words[:1].upper() + words[1:]
