"""Lists as understood, and what is looked up in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import groupby
from types import MappingProxyType
from typing import Final

from bpodsl.language import ast
from bpodsl.language.cases import of_case
from bpodsl.language.context import Context
from bpodsl.language.kinds import UNKNOWN, Typed
from bpodsl.language.names import listed, nearest
from bpodsl.language.problems import NotHere, NotSayable, UnknownWord, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.lean import frozen
from bpodsl.terms import Expression, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import DAY, TEXT
from bpodsl.text import Span
from bpodsl.values import NumberError, parse_number

Member = tuple[str, ...]
"""The values of the keys of a row, as written."""

DEADLINE: Final = Kind("deadline")
"""What a column holds of which no two cells compare: lengths in days, or by the clocks of several calendars."""

Results = Callable[[Member | None], Expression]
"""What is found for a member; for None, where there is no such member."""


@frozen
class ListRow:
    """What holds of a member (None: of all others) from a day (None: from the start).

    `lengths`: the cells that are lengths of time (or say that there is no limit), as written; `times`: the times of
    their last days.
    """

    member: Member | None
    since: date | None
    cells: Mapping[str, ex.Literal]
    span: Span
    lengths: Mapping[str, ast.Length | ast.NoLimit]
    times: Mapping[str, ast.AtTime] = MappingProxyType({})


@frozen
class ListTable:
    """A list as understood: its keys, the kinds of its columns, and its rows in the order of their days."""

    name: str
    keys: tuple[str, ...]
    columns: Mapping[str, Kind | None]
    rows: tuple[ListRow, ...]

    @property
    def members(self) -> tuple[Member, ...]:
        """All members, in the order of the text."""
        return tuple(dict.fromkeys(row.member for row in self.rows if row.member is not None))

    def rows_of(self, member: Member | None) -> Iterator[ListRow]:
        """The rows of a member, the latest first."""
        return reversed([row for row in self.rows if row.member == member])


def lookup(ctx: Context, node: ast.Lookup, scope: Scope) -> Typed:
    """`weight of site in sites`: what the list says in that column of the member that is meant."""
    if ctx.find(node.list, "list") is None:
        return UNKNOWN
    table = ctx.lists.get(node.list.text)
    if table is None:
        return UNKNOWN
    if node.column.text not in table.columns:
        no_column(ctx, node.column, table)
        return UNKNOWN
    if len(node.keys) != len(table.keys):
        named = ", ".join(table.keys)
        what = f"`{table.name}` is by {listed(table.keys)}, so that it takes {len(table.keys)} of them."
        ctx.report(NotSayable(node.span, what, f"Write `{node.column.text} of {named} in {table.name}`."))
        return UNKNOWN
    subjects, kind = subjects_of(ctx, node, table, scope), table.columns[node.column.text]
    if kind is None or subjects is None:
        return UNKNOWN
    if kind == DEADLINE:
        advice = f"It stands by itself, as the time in which something is due: `within {node.column.text} of …`."
        ctx.report(WrongKind(node.span, "a length in days, or one by several clocks", "a value", advice))
        return UNKNOWN
    if any(row.since is not None for row in table.rows) and scope.grid is None and not _dated(scope):
        ctx.report(NotHere(node.span, f"What `{table.name}` says on a day", "no window, event or outcome is meant"))
        return UNKNOWN
    found = chosen(subjects, table.members, lambda member: in_time(table, member, node.column.text, scope))
    return Typed(found, kind, node.span)


def calendar_of(
    ctx: Context, node: ast.Lookup, scope: Scope, value: Callable[[str], Expression]
) -> Expression | None:
    """The value for the calendar that a list names for the member that is meant; None if that is none (reported)."""
    found = lookup(ctx, node, scope)
    table = ctx.lists.get(node.list.text)
    subjects = None if found.kind is None or table is None else subjects_of(ctx, node, table, scope)
    if table is None or subjects is None:
        return None
    column = node.column.text
    for row in table.rows:
        word = row.cells.get(column)
        if word is not None and ctx.names.get(str(word.value), ("calendar",)) is None:
            what = f"`{word.value}` in the column `{column}` of `{table.name}`"
            ctx.report(WrongKind(node.span, what, "the name of a calendar"))
            return None
        ctx.names.used.update(() if word is None else (str(word.value),))

    def of(member: Member | None) -> Expression:
        return in_time(table, member, column, scope, lambda cell: value(str(cell.value)))

    return chosen(subjects, table.members, of)


def subjects_of(ctx: Context, node: ast.Lookup, table: ListTable, scope: Scope) -> list[Typed] | None:
    """What the keys of a list are looked up by; None if one of them makes no sense."""
    found = [_subject(ctx, key, place, table, scope) for place, key in enumerate(node.keys)]
    sound = [each for each in found if each is not None]
    return sound if len(sound) == len(found) else None


def _subject(ctx: Context, node: ast.Name | ast.Text, place: int, table: ListTable, scope: Scope) -> Typed | None:
    """What a key is looked up by: a field or key in scope, or a member of the list itself."""
    word = node.text if isinstance(node, ast.Name) else node.value
    members = tuple(dict.fromkeys(member[place] for member in table.members))
    if isinstance(node, ast.Name):
        row = scope.row
        kind: Kind | None
        if row is not None and word in row.fields:
            kind, found = row.fields[word], Typed(ex.FieldOf(word), row.fields[word], node.span)
        elif word in scope.keys:
            kind, found = scope.keys[word], Typed(ex.GroupKey(word), scope.keys[word], node.span)
        elif word in members:
            return Typed(ex.Literal(word, TEXT), TEXT, node.span)
        elif row is not None and row.dated and (given := of_case(ctx, node, row)) is not None:
            kind, found = given.kind, given
        else:
            known = (*(() if row is None else row.fields), *scope.keys, *members)
            near = nearest(word, known)
            why = f"it is no field here, and no member of `{table.name}`"
            ctx.report(NotHere(node.span, f"`{word}`", why, None if near is None else f"Did you mean `{near}`?"))
            return None
        if kind is None:
            return None
        if kind.base not in ("one_of", "text", "number", "yes_no"):
            ctx.report(WrongKind(node.span, "a field of this kind", "a word, text, number or yes/no"))
            return None
        if kind.base == "one_of":
            for each in members:
                if each not in kind.detail:
                    ctx.report(UnknownWord(_place(table, each), each, word, kind.detail, nearest(each, kind.detail)))
                    return None
        return found
    if word in members:
        return Typed(ex.Literal(word, TEXT), TEXT, node.span)
    near = nearest(word, members)
    advice = None if near is None else f"Did you mean `{near}`?"
    ctx.report(NotHere(node.span, f"`{word}`", f"it is no member of `{table.name}`", advice))
    return None


def _place(table: ListTable, word: str) -> Span:
    return next(row.span for row in table.rows if row.member is not None and word in row.member)


def _dated(scope: Scope) -> bool:
    return scope.row is not None and scope.row.dated


def chosen(subjects: list[Typed], members: tuple[Member, ...], result: Results) -> Expression:
    """The result for the member that the subjects name, key by key; that for None if there is no such member."""
    if all(isinstance(subject.expression, ex.Literal) for subject in subjects):
        literals = [subject.expression for subject in subjects if isinstance(subject.expression, ex.Literal)]
        named = tuple(str(literal.value) for literal in literals)
        return result(named if named in members else None)
    return _by_key(subjects, 0, members, result, result(None))


def _by_key(
    subjects: list[Typed], place: int, members: tuple[Member, ...], result: Results, none: Expression
) -> Expression:
    if place == len(subjects):
        return result(members[0])
    subject = subjects[place]
    rows: list[ex.Row] = []
    ordered = sorted(members, key=lambda member: member[place])
    for word, part in groupby(ordered, key=lambda member: member[place]):
        value = _value(word, subject.kind)
        if value is not None:
            rows.append(ex.Row("=", value, _by_key(subjects, place + 1, tuple(part), result, none)))
    return ex.Table(subject.expression, tuple(rows), none)


def member_is(subjects: list[Typed], member: Member) -> tuple[Expression, ...] | None:
    """That the keys name a member; None where they never do."""
    found: list[Expression] = []
    for subject, word in zip(subjects, member, strict=True):
        value = _value(word, subject.kind)
        if value is None or (isinstance(subject.expression, ex.Literal) and subject.expression != value):
            return None
        found.append(ex.Compare("=", subject.expression, value))
    return tuple(found)


def _value(word: str, kind: Kind | None) -> ex.Literal | None:
    """A member as a value of the kind of the field that names it."""
    assert kind is not None
    if kind.base == "yes_no":
        return ex.Literal(word == "yes", kind) if word in ("yes", "no") else None
    if kind.base == "number":
        try:
            return ex.Literal(parse_number(word.replace(" ", "")), kind)
        except NumberError:
            return None
    return ex.Literal(word, kind)


def member_value(word: str, kind: Kind | None) -> ex.Literal | None:
    """As `_value`; None too where the kind is not known."""
    return None if kind is None else _value(word, kind)


def in_time(
    table: ListTable, member: Member | None, column: str, scope: Scope,
    read: Callable[[ex.Literal], Expression] = lambda cell: cell,
) -> Expression:  # fmt: skip
    """What the list says of a member: of a window on its first day, of an event or opening on its day."""
    rows = list(table.rows_of(member)) or list(table.rows_of(None))
    value: Expression = ex.Unmeasured(f"not in {table.name}")
    for row in reversed(rows):
        written = row.cells.get(column)
        cell: Expression = ex.Unmeasured(f"no {column}") if written is None else read(written)
        value = cell if row.since is None else ex.If(since(row.since, scope), cell, value)
    return value


def since(day: date, scope: Scope) -> Expression:
    """Whether what is in scope lies on that day or later: a window by its first day, an outcome by its opening."""
    row = scope.row
    if row is not None and row.dated:
        subject: Expression = ex.Moment("opened" if row.outcome else "row", True)
    else:
        subject = ex.WindowDay("first")
    return ex.Compare(">=", subject, ex.Literal(day, DAY))


def no_column(ctx: Context, name: ast.Name, table: ListTable) -> None:
    """Report a column that a list does not have."""
    known = tuple(table.columns)
    near = nearest(name.text, known)
    said = f"it has {listed(f'`{each}`' for each in known)}" if known else "it has none"
    advice = f"Write one of its columns; {said}." if near is None else f"Did you mean `{near}`?"
    ctx.report(NotSayable(name.span, f"`{table.name}` has no column `{name.text}`.", advice))
