"""Which deadline an obligation has: one for all its instances, or one for each value of a field, or row of a list."""

from __future__ import annotations

from collections.abc import Iterator

from bpodsl.language import ast
from bpodsl.language.clauses.by_field import KINDS, cases
from bpodsl.language.clauses.covered import every_member_has, holds_of
from bpodsl.language.clauses.dues import DUE_LINES, Deadline, deadline_of, moved
from bpodsl.language.clauses.worked import Opened, opening_row, opening_where
from bpodsl.language.context import Context
from bpodsl.language.kinds import told
from bpodsl.language.lookups import ListRow, ListTable, Member, member_is, no_column, since, subjects_of
from bpodsl.language.problems import SaidTwice, WrongKind
from bpodsl.language.scopes import NormHead
from bpodsl.lean import frozen
from bpodsl.terms import Clause, Expression
from bpodsl.terms import expressions as ex
from bpodsl.values import Grid


@frozen
class DeadlineRow:
    """The deadline (None: none) of those instances on whose opening `when` holds."""

    when: Expression
    deadline: Deadline | None


@frozen
class Duty:
    """The obligation whose deadline is sought."""

    node: ast.Obligation
    head: NormHead
    grid: Grid | None
    clause: Clause

    def opened(self, ctx: Context) -> Opened:
        """What opens it; what a deadline asks to be worked out is collected anew."""
        return Opened(self.head, opening_row(ctx, self.node, self.head), opening_where(ctx, self.node))


def deadline(ctx: Context, duty: Duty) -> Deadline | None:
    """The deadline of an obligation; None if it has none, or none that makes sense (reported).

    With a limit by field, or by the rows of a list, that of all openings that no row is for: see `deadlines_by_row`.
    """
    lines = [line for line in duty.node.lines if isinstance(line, DUE_LINES)]
    for line in lines[1:]:
        ctx.report(SaidTwice(line.span, "its deadline", lines[0].span))
    if lines and isinstance(lines[0], ast.WithinByLine):
        row = next((each for each in lines[0].rows if isinstance(each.case, ast.Otherwise)), None)
        return None if row is None else _of_row(ctx, duty, lines[0], row)
    if lines and isinstance(lines[0], ast.WithinLine | ast.ByBackLine) and isinstance(lines[0].length, ast.Lookup):
        table = _table(ctx, lines[0].length, duty)
        latest = [] if table is None else list(table.rows_of(None))
        return _of_cell(ctx, duty, lines[0], latest[-1], lines[0].length.column.text) if latest else None
    found = None if not lines else deadline_of(ctx, lines[0], duty.opened(ctx), duty.grid, duty.clause)
    return moved(ctx, duty.node, found, bool(lines), duty.clause)


def deadlines_by_row(ctx: Context, duty: Duty) -> list[DeadlineRow]:
    """The deadlines of `within by FIELD`, or of `within COLUMN of FIELD in LIST`, in the order in which they are tried;
    none if the limit does not depend on rows.
    """
    line = next((line for line in duty.node.lines if isinstance(line, DUE_LINES)), None)
    if isinstance(line, ast.WithinLine | ast.ByBackLine) and isinstance(line.length, ast.Lookup):
        return list(_by_list(ctx, duty, line, line.length))
    if not isinstance(line, ast.WithinByLine):
        return []
    head, name = duty.head, line.field.text
    if not duty.opened(ctx).named(ctx, line.field, KINDS) or name not in head.fields:
        return []
    kind, where = head.fields[name], duty.opened(ctx).where
    known = None
    if kind is not None and kind.base == "one_of" and where is not None:
        known = [each for each in kind.detail if holds_of(where, {name: each}) is not False]
    found = cases(ctx, line.field, kind, [(row, row.case) for row in line.rows], known, name in head.optional)
    rows: list[DeadlineRow] = []
    for values, row in () if found is None else found.rows:
        assert isinstance(row, ast.WithinRow)
        parts = tuple(ex.Compare("=", ex.FieldOf(name), value) for value in values)
        when = parts[0] if len(parts) == 1 else ex.AnyOf(parts)
        rows.append(DeadlineRow(when, _of_row(ctx, duty, line, row)))
    return rows


def _of_row(ctx: Context, duty: Duty, line: ast.WithinByLine, row: ast.WithinRow) -> Deadline | None:
    if isinstance(row.length, ast.NoLimit):
        return None
    within = ast.WithinLine(row.span, line.edge, row.length, row.anchor, row.time)
    found = deadline_of(ctx, within, duty.opened(ctx), duty.grid, duty.clause)
    return found if found is not None and found.by_clock else moved(ctx, duty.node, found, True, duty.clause)


# ---------------------------------------------------------------------------------------- from a list
def _by_list(
    ctx: Context, duty: Duty, line: ast.WithinLine | ast.ByBackLine, node: ast.Lookup
) -> Iterator[DeadlineRow]:
    """A row for each member from each day, the latest first; then those of all other members."""
    table = _table(ctx, node, duty)
    scope = duty.opened(ctx).scope
    subjects = None if table is None else subjects_of(ctx, node, table, scope)
    if table is None or subjects is None:
        return
    every_member_has(ctx, node, scope, duty.opened(ctx).known, duty.opened(ctx).where)
    others = list(table.rows_of(None))
    members: list[Member | None] = [*table.members, *([None] if len(others) > 1 else [])]
    for member in members:
        same = () if member is None else member_is(subjects, member)
        for row in table.rows_of(member):
            cell = row.lengths.get(node.column.text)
            if same is None or cell is None:
                continue
            later = () if row.since is None else (since(row.since, scope),)
            parts = (*same, *later)
            if parts:
                when = parts[0] if len(parts) == 1 else ex.AllOf(parts)
                yield DeadlineRow(when, _of_cell(ctx, duty, line, row, node.column.text))


def _table(ctx: Context, node: ast.Lookup, duty: Duty) -> ListTable | None:
    """The list that a deadline stands in; None (reported) if its column holds no lengths."""
    if ctx.find(node.list, "list") is None:
        return None
    table = ctx.lists.get(node.list.text)
    if table is None:
        return None
    column = node.column.text
    if column not in table.columns:
        no_column(ctx, node.column, table)
        return None
    if len(node.keys) != len(table.keys):
        ctx.typed(node, duty.opened(ctx).scope)
        return None
    kind = table.columns[column]
    if all(column in row.lengths for row in table.rows if column in row.cells):
        return table
    if kind is not None:
        said = " ".join(node.span.text.split())
        advice = f"Write the unit too: `({said}) days`." if kind.base == "number" else None
        ctx.report(WrongKind(node.span, told(kind), "a length of time", advice))
    return None


def _of_cell(
    ctx: Context, duty: Duty, line: ast.WithinLine | ast.ByBackLine, row: ListRow, column: str
) -> Deadline | None:
    cell, time = row.lengths[column], row.times.get(column)
    if isinstance(cell, ast.NoLimit):
        return None
    if time is not None and line.time is not None:
        ctx.report(SaidTwice(line.time.span, "the time of the last day", time.span))
    line = ast.changed(line, length=cell, time=time or line.time)
    found = deadline_of(ctx, line, duty.opened(ctx), duty.grid, duty.clause)
    return found if found is not None and found.by_clock else moved(ctx, duty.node, found, True, duty.clause)
