"""Lists: declared members, and what is said of each."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from bpodsl.language import ast
from bpodsl.language.checks import like
from bpodsl.language.context import Context
from bpodsl.language.kinds import Typed, settled, told, told_of
from bpodsl.language.literals import length, one
from bpodsl.language.lookups import DEADLINE, ListRow, ListTable, Member, no_column
from bpodsl.language.problems import DoesNotAddUp, NotSayable, RowNeverReached, SaidTwice, UnlikeRows, WrongKind
from bpodsl.language.scopes import Scope
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import NUMBER, SHARE, TEXT
from bpodsl.values import exact

_CELLS = ("number", "share", "money", "length", "text", "yes_no", "day")
_TAKEN = ("count", "sum", "mean", "median", "share", "length", "days", "availability", "from")


def lower_list(ctx: Context, node: ast.List) -> None:
    """A table to look up in; it makes no term of its own."""
    name = node.name.text
    rows = [line for line in node.lines if isinstance(line, ast.ListRow)]
    keys = tuple(key.text for key in node.keys)
    if len(rows) < 2:
        advice = "Begin with a row that names the columns, then a row for each member."
        ctx.demand(ctx.clause_of(node, "list").span, f"`{name}` has no rows.", advice)
    columns = _head(ctx, rows[0], keys) if rows else ()
    kinds: dict[str, Typed] = _of_percent(rows[1:], len(keys), columns)
    found: list[tuple[int, ListRow]] = []
    dues = _deadlines(rows[1:], len(keys), columns)
    for row in rows[1:]:
        made = _row(ctx, row, len(keys), columns, kinds, dues)
        if made is not None:
            found.append((len(found), made))
    _once(ctx, [row for _, row in found])
    ordered = sorted(found, key=lambda each: (each[1].since or date.min, each[0]))
    known = {each: kinds[each].kind if each in kinds else None for each in columns if each and each != "from"}
    table = ListTable(name, keys, known, tuple(row for _, row in ordered))
    ctx.lists[name] = table
    for line in node.lines:
        if isinstance(line, ast.AddsUpLine):
            _adds_up(ctx, line, table)


def _head(ctx: Context, row: ast.ListRow, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the columns after those of the keys; "from" is that of the days."""
    cells = row.cells
    for cell, key in zip(cells, keys, strict=False):
        if cell.value is not None and not (isinstance(cell.value, ast.Name) and cell.value.text == key):
            what = f"The first column is that of `{key}`." if len(keys) == 1 else f"This column is that of `{key}`."
            ctx.report(NotSayable(cell.span, what, f"Head it `{key}`, or leave the head of the column empty."))
    names: list[str] = []
    for cell in cells[len(keys) :]:
        found = cell.value
        if isinstance(found, ast.FromWord) and "from" not in names:
            names.append("from")
        elif isinstance(found, ast.Name) and found.text in _TAKEN:
            what = f"A column cannot be called `{found.text}`: `{found.text} of …` means something else."
            ctx.report(NotSayable(cell.span, what, "Give it a longer name."))
            names.append("")
        elif isinstance(found, ast.Name) and found.text not in names:
            names.append(found.text)
        elif isinstance(found, ast.Name):
            ctx.report(SaidTwice(cell.span, f"the column `{found.text}`"))
            names.append("")
        else:
            ctx.report(WrongKind(cell.span, "no name", "the name of a column"))
            names.append("")
    return tuple(names)


def _row(
    ctx: Context, row: ast.ListRow, keys: int, columns: tuple[str, ...], kinds: dict[str, Typed], dues: set[str]
) -> ListRow | None:
    if len(row.cells) != keys + len(columns):
        what = f"This row has {len(row.cells)} cells, the first one {keys + len(columns)}."
        ctx.report(NotSayable(row.span, what, "Give each row a cell for each column; a cell may be empty."))
        return None
    words = [_key(ctx, cell) for cell in row.cells[:keys]]
    others = [isinstance(cell.value, ast.Otherwise) for cell in row.cells[:keys]]
    if any(others) and not all(others):
        what = "`otherwise` stands for all members that have no row, so for all keys of the row."
        ctx.report(NotSayable(row.span, what, "Write `otherwise` in each cell of the keys."))
        return None
    if not all(others) and None in words:
        return None
    since: date | None = None
    cells: dict[str, ex.Literal] = {}
    lengths: dict[str, ast.Length | ast.NoLimit] = {}
    times: dict[str, ast.AtTime] = {}
    for name, cell in zip(columns, row.cells[keys:], strict=True):
        if cell.value is None or not name:
            continue
        if name == "from":
            since = _since(ctx, cell)
            continue
        if isinstance(cell.value, ast.Length | ast.NoLimit):
            lengths[name] = cell.value
        if cell.time is not None:
            times[name] = cell.time
            if not isinstance(cell.value, ast.Length):
                ctx.report(WrongKind(cell.time.span, "a time of the last day", "a length in days before it"))
                continue
        found = _due_cell(ctx, cell) if name in dues else _cell(ctx, cell)
        if found is None:
            continue
        found = settled(found, kinds[name].kind if name in kinds else NUMBER)
        if name in kinds and kinds[name].kind != found.kind:
            ctx.report(UnlikeRows(cell.span, told_of(found), told_of(kinds[name]), kinds[name].span))
            continue
        kinds.setdefault(name, found)
        assert isinstance(found.expression, ex.Literal)
        cells[name] = found.expression
    member = None if all(others) else tuple(word or "" for word in words)
    return ListRow(member, since, cells, row.span, lengths, times)


def _key(ctx: Context, cell: ast.ListCell) -> str | None:
    match cell.value:
        case ast.Name(text=text):
            return text
        case ast.Text(value=value):
            return value
        case ast.Number() | ast.YesNo():
            return " ".join(cell.value.span.text.split())
        case ast.Otherwise():
            return None
        case _:
            written = cell.span.text.strip("| ")
            advice = f'Write it in quotes: `"{written}"`.'
            ctx.report(WrongKind(cell.span, "no name", "the name of a member", advice))
            return None


def _since(ctx: Context, cell: ast.ListCell) -> date | None:
    if isinstance(cell.value, ast.Day):
        return ctx.day(cell.value)
    ctx.report(WrongKind(cell.span, "no day", "a day, such as 2026-07-01"))
    return None


def _cell(ctx: Context, cell: ast.ListCell) -> Typed | None:
    """What is written in a cell; a bare word is text."""
    value = cell.value
    assert value is not None
    if isinstance(value, ast.Name):
        return Typed(ex.Literal(value.text, TEXT), TEXT, cell.span)
    if isinstance(value, ast.Otherwise | ast.FromWord | ast.NoLimit):
        ctx.report(WrongKind(cell.span, "no value", "a value"))
        return None
    found = ctx.typed(value, Scope("a list"))
    if found.kind is None:
        return None
    if found.ratio:
        fraction = _fraction(found.expression)
        if fraction is not None:
            return Typed(ex.Literal(exact(fraction), NUMBER), NUMBER, cell.span, ratio=True)
    if not isinstance(found.expression, ex.Literal) or found.base not in _CELLS:
        ctx.report(WrongKind(cell.span, told_of(found), "a value written out, such as 95%, 10 GBP or 4 hours"))
        return None
    return Typed(found.expression, found.kind, cell.span)


def _fraction(e: ex.Expression) -> Fraction | None:
    """What a fraction written out, such as 1/3, comes to; None if it is none."""
    match e:
        case ex.Arithmetic("/", ex.Literal(above), ex.Literal(below)) if isinstance(above, int | Fraction):
            return Fraction(above) / below if isinstance(below, int | Fraction) and below else None
        case _:
            return None


def _of_percent(rows: list[ast.ListRow], keys: int, columns: tuple[str, ...]) -> dict[str, Typed]:
    """The columns in which percentages stand: a fraction in them is one too."""
    found: dict[str, Typed] = {}
    for row in rows:
        for name, cell in zip(columns, row.cells[keys:], strict=False):
            if isinstance(cell.value, ast.Percent):
                found.setdefault(name, Typed(ex.Literal(0, SHARE), SHARE, cell.span))
    return found


def _deadlines(rows: list[ast.ListRow], keys: int, columns: tuple[str, ...]) -> set[str]:
    """The columns of lengths that do not all tell the same clock, or are counted in days."""
    found: set[str] = set()
    for place, name in enumerate(columns, keys):
        of_column = [row.cells[place] for row in rows if len(row.cells) == keys + len(columns)]
        cells = [cell.value for cell in of_column]
        lengths = [cell for cell in cells if isinstance(cell, ast.Length)]
        free = [cell for cell in cells if isinstance(cell, ast.NoLimit)]
        if not lengths or len(lengths) + len(free) < sum(cell is not None for cell in cells):
            continue
        if free or any(cell.time is not None for cell in of_column):
            found.add(name)
        clocks = {None if each.calendar is None else each.calendar.text for each in lengths}
        if len(clocks) > 1 or any(one(each.unit) not in ("hour", "minute", "second") for each in lengths):
            found.add(name)
    return found


def _due_cell(ctx: Context, cell: ast.ListCell) -> Typed | None:
    """A length that says by when something is due."""
    if isinstance(cell.value, ast.Length) and length(ctx, cell.value, same_day=True) is None:
        return None
    return Typed(ex.Literal(cell.span.text.strip("| "), DEADLINE), DEADLINE, cell.span)


def _once(ctx: Context, rows: list[ListRow]) -> None:
    seen: dict[tuple[Member | None, date | None], ListRow] = {}
    for row in rows:
        earlier = seen.setdefault((row.member, row.since), row)
        if earlier is not row:
            ctx.report(RowNeverReached(row.span, earlier.span))


# ---------------------------------------------------------------------------------------- what a column adds up to
def _adds_up(ctx: Context, line: ast.AddsUpLine, table: ListTable) -> None:
    column = line.column.text
    if column not in table.columns:
        no_column(ctx, line.column, table)
        return
    kind, total = table.columns[column], ctx.typed(line.total, Scope("a list"))
    if kind is None or total.kind is None:
        return
    if like(ctx, Typed(total.expression, kind), total, line.total.span, "compared") is None:
        return
    if not isinstance(total.expression, ex.Literal) or kind.base not in ("number", "share", "money", "length"):
        ctx.report(WrongKind(line.total.span, told(kind), "a value written out"))
        return
    for day in sorted({row.since or date.min for row in table.rows}):
        parts = [_in_force(table, member, column, day) for member in table.members]
        found = sum((part for part in parts if part is not None), Fraction(0))
        if found != total.expression.value:
            since = None if day == date.min else day
            ctx.report(DoesNotAddUp(line.span, column, ex.Literal(found, kind), total.expression, since))
            return


def _in_force(table: ListTable, member: Member, column: str, day: date) -> Fraction | None:
    """What a column says of a member on a day."""
    for row in table.rows_of(member):
        if (row.since or date.min) <= day:
            cell = row.cells.get(column)
            return Fraction(cell.value) if cell is not None and isinstance(cell.value, int | Fraction) else None
    return None
