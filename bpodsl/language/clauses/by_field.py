"""Rows by field: what differs with the value of a field, such as a limit, a target or a table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from bpodsl.language import ast
from bpodsl.language.conditions import word
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed, told
from bpodsl.language.names import listed
from bpodsl.language.problems import RowNeverReached, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.lean import frozen
from bpodsl.terms import Expression, Kind
from bpodsl.terms import expressions as ex
from bpodsl.text import Span

KINDS = ("one_of", "text", "yes_no", "number")
"""The kinds of fields whose values can name a row."""


@frozen
class Cases:
    """The rows of a table by field: each with the values that it is for; and the row for all others, if any."""

    rows: tuple[tuple[tuple[Expression, ...], ast.Node], ...]
    otherwise: ast.Node | None


def cases(
    ctx: Context,
    field: ast.Name,
    kind: Kind | None,
    rows: Sequence[tuple[ast.Node, ast.RowKeys | ast.Otherwise]],
    known: Iterable[str] | None = None,
    optional: bool = False,
) -> Cases | None:
    """The rows by the values of a field of this kind; None if the field cannot name rows (reported).

    `known`: the only values that come. `optional`: there may be none. What no row is for must be said.
    """
    if kind is None:
        return None
    if kind.base not in KINDS:
        ctx.report(WrongKind(field.span, told(kind), "a word, text, number or yes/no, each with a row of its own"))
        return None
    left = Typed(ex.FieldOf(field.text), kind, field.span)
    found: list[tuple[tuple[Expression, ...], ast.Node]] = []
    seen: dict[object, ast.Node] = {}
    otherwise: ast.Node | None = None
    for row, keys in rows:
        if otherwise is not None:
            ctx.report(RowNeverReached(row.span, otherwise.span))
            continue
        if isinstance(keys, ast.Otherwise):
            otherwise = row
            continue
        values: list[Expression] = []
        for key in keys.values:
            value = _value(ctx, key, left)
            if value is None:
                continue
            if value.value in seen:
                ctx.report(RowNeverReached(key.span, seen[value.value].span))
                continue
            seen[value.value] = row
            values.append(value)
        if values:
            found.append((tuple(values), row))
    if otherwise is None:
        _covered(ctx, field, kind, seen, known, optional, rows[-1][0].span if rows else field.span)
    return Cases(tuple(found), otherwise)


def _value(ctx: Context, node: ast.Name | ast.Text | ast.Number | ast.YesNo, left: Typed) -> ex.Literal | None:
    kind = left.kind
    assert kind is not None
    if kind.base == "text" and isinstance(node, ast.Name):
        return ex.Literal(node.text, kind)
    if kind.base == "one_of" and isinstance(node, ast.YesNo):
        node = ast.Name(node.span, node.word)
    found = word(ctx, node, left, Scope("a row of a table"))
    if found.kind is not None and found.base != kind.base:
        ctx.report(WrongKind(node.span, told(found.kind), told(kind)))
        return None
    return found.expression if isinstance(found.expression, ex.Literal) and found.kind is not None else None


def _covered(
    ctx: Context, field: ast.Name, kind: Kind, seen: dict[object, ast.Node], known: Iterable[str] | None,
    optional: bool, span: Span,
) -> None:  # fmt: skip
    """Every value must have a row: whatever is left over, nobody could guess."""
    if known is None and kind.base == "one_of":
        known = kind.detail
    missing: list[str] = []
    if kind.base == "yes_no":
        missing = [name for name, value in (("yes", True), ("no", False)) if value not in seen]
    elif known is not None:
        missing = [each for each in known if each not in seen]
    else:
        optional = True
    if missing:
        what = f"No row says what applies where `{field.text}` is {listed(missing, 'or')}."
    elif optional:
        what = f"No row says what applies to any other `{field.text}`, or where there is none."
    else:
        return
    ctx.demand(span, what, "Add a row `| otherwise | … |`.")


def by_value(
    subject: Expression, found: Cases, of: Callable[[ast.Node], Expression], none: Expression | None = None
) -> Expression:
    """One value, which depends on that of the subject. `none`: where no row is for it."""
    rows = [
        ex.Row("=", value, result)
        for values, row in found.rows for result in (of(row),) for value in values
    ]  # fmt: skip
    otherwise = none if found.otherwise is None else of(found.otherwise)
    return ex.Table(subject, tuple(rows), otherwise)
