"""Whether a list has a row for each member that may be asked for, where something must not stay open for want of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from bpodsl.language import ast
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed
from bpodsl.language.lookups import ListTable, Member, subjects_of
from bpodsl.language.names import listed
from bpodsl.language.scopes import Scope
from bpodsl.terms import Expression
from bpodsl.terms import expressions as ex

_MANY = 2_000


def every_member_has(
    ctx: Context, node: ast.Lookup, scope: Scope, known: Mapping[str, tuple[str, ...]], where: Expression | None = None
) -> None:
    """Demand a row, with a value in the column asked for, for each value that the keys may have.

    `known`: the only values that come of some fields. `where`: what is sure to hold.
    """
    table = ctx.lists.get(node.list.text)
    if table is None or len(node.keys) != len(table.keys) or node.column.text not in table.columns:
        return
    subjects = subjects_of(ctx, node, table, scope)
    if subjects is None:
        return
    asked = listed([key.text if isinstance(key, ast.Name) else f'"{key.value}"' for key in node.keys])
    others = _has(ctx, table, None, node.column.text)
    values = [
        known.get(key.text if isinstance(key, ast.Name) else "") or _values(each)
        for key, each in zip(node.keys, subjects, strict=True)
    ]
    names = [key.text if isinstance(key, ast.Name) else "" for key in node.keys]

    def comes(member: Member) -> bool:
        return where is None or holds_of(where, dict(zip(names, member, strict=True))) is not False

    size = 1
    for each in values:
        size *= 1 if each is None else len(each)
    if any(each is None for each in values) or size > _MANY:
        lacking = [each for each in table.members if comes(each) and not _has(ctx, table, each, node.column.text)]
        if lacking:
            _demand(ctx, node, asked, lacking)
        elif not others:
            what = f"`{table.name}` does not say what applies to any other {asked}."
            ctx.demand(node.span, what, "Add a row `| otherwise | … |` to the list.")
        return
    missing = [
        member for member in product(*(each or () for each in values))
        if comes(member) and not (_has(ctx, table, member, node.column.text) if member in table.members else others)
    ]  # fmt: skip
    if missing:
        _demand(ctx, node, asked, missing)


def holds_of(e: Expression, given: Mapping[str, str]) -> bool | None:
    """Whether a condition holds where some fields have these values, told by them alone; None where it is not told."""
    match e:
        case ex.Compare("=" | "!=" as op, ex.FieldOf(name) | ex.CaseField(_, name), ex.Literal(value)) if name in given:
            word = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            return (str(word) == given[name]) == (op == "=") if isinstance(word, str) else None
        case ex.FieldOf(name) if given.get(name) in ("yes", "no"):
            return given[name] == "yes"
        case ex.Not(part):
            found = holds_of(part, given)
            return None if found is None else not found
        case ex.AllOf(parts) | ex.AnyOf(parts):
            strong = isinstance(e, ex.AnyOf)
            told = [holds_of(part, given) for part in parts]
            return strong if strong in told else None if None in told else not strong
        case _:
            return None


def _demand(ctx: Context, node: ast.Lookup, asked: str, missing: list[Member]) -> None:
    words = listed([", ".join(member) for member in missing[:4]], "or")
    what = f"`{node.list.text}` says no {node.column.text} where {asked} is {words}."
    ctx.demand(node.span, what, "Write a value into that row, or add a row `| otherwise | … |`.")


def _values(subject: Typed) -> tuple[str, ...] | None:
    """The values that a key may have, as words; None where that is not known."""
    if isinstance(subject.expression, ex.Literal):
        return (str(subject.expression.value),)
    if subject.kind is not None and subject.kind.base == "yes_no":
        return ("yes", "no")
    return subject.kind.detail if subject.kind is not None and subject.kind.base == "one_of" else None


def _has(ctx: Context, table: ListTable, member: Member | None, column: str) -> bool:
    """Whether a member (None: any other) has a value in a column, from the start."""
    rows = [row for row in table.rows if row.member == member]
    first = any(row.since is None or row.since <= ctx.effective for row in rows)
    return first and all(column in row.cells for row in rows)
