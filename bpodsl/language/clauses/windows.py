"""Windows: the grid of a figure, what it is by, and how partial windows count."""

from __future__ import annotations

from datetime import date
from itertools import product

from bpodsl.language import ast, literals
from bpodsl.language.cases import lent, openers
from bpodsl.language.clauses.periods import of_periods
from bpodsl.language.context import Context, mentions
from bpodsl.language.figures_at import whole
from bpodsl.language.lookups import ListTable
from bpodsl.language.names import EVENTS, FIGURES, listed, nearest
from bpodsl.language.problems import NotSayable, OutOfRange, SaidTwice, UnknownWord
from bpodsl.language.rows import key_kind
from bpodsl.lean import evolve
from bpodsl.terms import Change, Clause, Expression, Group, Kind
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import one_of
from bpodsl.terms.walking import walk
from bpodsl.values import LAST_DAY, DayFrom, Grid, TimeError, Window, Zone, add_days, window_on

CELLS: dict[str, tuple[str, int]] = {
    "day": ("day", 1), "week": ("week", 1), "month": ("month", 1), "quarter": ("month", 3), "year": ("month", 12),
    "contract year": ("month", 12),
}  # fmt: skip

EARLY = " early"
"""Ends the keys of defaults that matter only where the agreement may end before its last day."""

_OF_ITS_DAYS = (ex.Aggregate, ex.WindowLength, ex.LengthOf, ex.FigureAt, ex.Standing, ex.Posted)
_LONGEST = {"day": 80_000, "week": 12_000, "month": 2_700}


def window(ctx: Context, node: ast.Window) -> Grid | None:
    """The grid of `each month`, `over 3 months, each month`, `over the term`; None if it makes no sense."""
    match node:
        case ast.OverTheTerm():
            return Grid("term")
        case ast.Each():
            return each(ctx, node)
        case ast.Rolling():
            step = each(ctx, node.step)
            return None if step is None else rolling(ctx, node.length, step)


def changed_windows(ctx: Context, name: str, grid: Grid, line: ast.WindowLine | None = None) -> Grid:
    """The grid of a clause, with the windows that changes give it; what makes no sense is reported, and left out.

    `line`: of a figure, whose groups stay what they are.
    """
    for change, new in ctx.regrids.get(name, ()):
        found = window(ctx, new.window)
        if line is not None and (_beside(new) not in ("", _beside(line))):
            what = "A change of the windows leaves the groups of a figure, and when outcomes count, as they are."
            ctx.report(NotSayable(new.span, what, f"Write `{new.window.span.text.strip()}` alone."))
        elif found is not None and _may_follow(ctx, grid, found, change, new):
            grid = evolve(grid, later=(*grid.later, (change.effective, found)))
    return grid


def _beside(line: ast.WindowLine) -> str:
    """What a line says beside its windows."""
    return " ".join(line.span.text.split()).removeprefix(" ".join(line.window.span.text.split())).lstrip(" ,")


def _may_follow(ctx: Context, grid: Grid, new: Grid, change: Change, line: ast.WindowLine) -> bool:
    """Whether the windows of one grid can go on as those of another, from the day of a change on."""
    anew = f"Remove the clause, and write it anew with `since {change.name}`."
    if change.signed > change.effective:
        what = "Windows change only by a change that is signed before it takes effect: those that are over stay."
        ctx.report(NotSayable(line.span, what, anew))
        return False
    if any(each.unit == "term" or each.span > 1 or each.waits or each.times is not None for each in (grid, new)):
        what = "Windows that roll, are listed, placed by an event or the whole term cannot be changed in their place."
        ctx.report(NotSayable(line.span, what, anew))
        return False
    end = LAST_DAY if ctx.last is None or ctx.renews else add_days(ctx.last, 1)
    for each, whose in ((grid, "old"), (new, "new")):
        cell = _cell_of(ctx, each, end, change.effective)
        if cell is None or cell.first != change.effective:
            what = f"{change.effective} lies in the middle of one of the {whose} windows: none may be cut."
            advice = f"Write `{line.window.span.text.strip()} from {change.effective}`."
            if whose == "old" and cell is not None:
                advice = f"Let the change take effect on {cell.first} or {add_days(cell.last, 1)}. Or: {anew}"
            ctx.report(NotSayable(line.span, what, advice))
            return False
    return True


def _cell_of(ctx: Context, grid: Grid, end: date, day: date) -> Window | None:
    if ctx.zone is None:
        return None
    try:
        return window_on(evolve(grid, partial="inside", begins=None), ctx.zone, ctx.effective, end, day)
    except (TimeError, OverflowError):
        return None


def each(ctx: Context, node: ast.Each) -> Grid | None:
    """`each month`, `each 28 days from 2026-04-01`, `each contract year`"""
    if node.unit.endswith(" of"):
        return of_periods(ctx, node)
    unit = literals.one(node.unit)
    cell, n = CELLS[unit]
    count = 1 if node.count is None else whole(ctx, node.count, node.unit, 1, _LONGEST[cell] // n)
    if count is None:
        return None
    said = node.anchor
    meant = ctx.meanings.get(said.text) if isinstance(said, ast.Name) else None
    if isinstance(said, ast.Name) and isinstance(meant, ast.Day):
        ctx.names.used.add(said.text)
        said = ast.changed(meant, span=said.span)
    anchor = ctx.day(said) if isinstance(said, ast.Day) else None
    told = day_from(ctx, said) if isinstance(said, ast.Name) else None
    if isinstance(said, ast.Name) and told is None:
        return None
    if unit == "contract year":
        anchor = ctx.effective
        if told is not None:
            what = "Contract years are counted from the effective day."
            ctx.report(NotSayable(node.span, what, "Write `each year from EVENT`."))
            return None
    times = None if node.times is None else whole(ctx, node.times, node.unit, 1, _LONGEST[cell] // n)
    return Grid(cell, n * count, anchor, times=times, anchor_from=told)  # type: ignore[arg-type]


def day_from(ctx: Context, event: ast.Name, length: ast.Length | None = None) -> DayFrom | None:
    """The day of the first event of a kind, or so long after it; None if that makes no sense."""
    if ctx.find(event, *EVENTS, wanted="event") is None:
        return None
    if length is None:
        return DayFrom(event.text)
    found = literals.in_days(ctx, length, "a start")
    if found is None:
        return None
    if found.calendar is not None:
        what = "A measure starts so many days, weeks, months or years after an event."
        ctx.report(NotSayable(length.span, what, "Write, for example, `starts 90 days after go_live`."))
        return None
    return DayFrom(event.text, found.amount, found.unit)  # type: ignore[arg-type]


def rolling(ctx: Context, node: ast.Length | ast.SoManyPeriods, step: Grid) -> Grid | None:
    """So long a window, one ending with each cell of the step."""
    if isinstance(node, ast.SoManyPeriods):
        if step.unit != "listed":
            what = "Only periods that are written out are counted so."
            ctx.report(NotSayable(node.span, what, "Write, for example, `over 3 months, each month`."))
            return None
        count = whole(ctx, node.count, "periods", 1, len(step.labels))
        return None if count is None else evolve(step, span=count)
    length = literals.in_days(ctx, node, "a window")
    if length is None:
        return None
    unit, n = CELLS.get(literals.one(length.unit), ("", 1))
    amount = length.amount * n
    if unit == "week" and step.unit == "day":
        unit, amount = "day", amount * 7
    if unit != step.unit or amount % step.n or length.calendar is not None:
        what = "A rolling window is a whole number of the windows that it moves by."
        said = "over 3 periods, each period of NAME" if step.unit == "listed" else "over 3 months, each month"
        ctx.report(NotSayable(node.span, what, f"Write, for example, `{said}`."))
        return None
    return evolve(step, span=amount // step.n)


def in_any(ctx: Context, node: ast.InAny) -> Grid | None:
    """`in any 12 months`: a rolling window that moves by one of its unit."""
    length = literals.in_days(ctx, node.length, "a window")
    if length is None:
        return None
    unit, n = CELLS.get(literals.one(length.unit), ("", 1))
    if not unit or length.calendar is not None:
        ctx.report(NotSayable(node.span, "A cap is over days, weeks, months or years.", "Write `in any 12 months`."))
        return None
    return Grid(unit, 1, span=length.amount * n)  # type: ignore[arg-type]


def groups(ctx: Context, line: ast.WindowLine, node: ast.Node) -> tuple[tuple[Group, ...], dict[str, Kind | None]]:
    """What a figure is by: its groups and the kinds of their keys, as the rows that it mentions declare them."""
    found: list[Group] = []
    kinds: dict[str, Kind | None] = {}
    match line.grouping:
        case ast.GroupBy(fields=names):
            for name in names:
                if name.text in kinds:
                    ctx.report(SaidTwice(name.span, f"`{name.text}`"))
                    continue
                kinds[name.text] = _key(ctx, name, node)
                found.append(Group(name.text))
        case ast.GroupOf(field=name, members=members):
            kind = kinds[name.text] = _key(ctx, name, node)
            words = [each.text if isinstance(each, ast.Name) else each.value for each in members]
            table = _list_of(ctx, name, members)
            if table is not None:
                words, members = [member[0] for member in table.members], ()
            for word, member in zip(words, members, strict=table is None):
                if kind is not None and kind.base == "one_of" and word not in kind.detail:
                    near = nearest(word, kind.detail)
                    ctx.report(UnknownWord(member.span, word, name.text, kind.detail, near))
            if not words and kind is not None and kind.base == "one_of":
                words = list(kind.detail)
            if kind is None and words:
                # No row says what kind of field it is: it is one of its members.
                kinds[name.text] = one_of(*dict.fromkeys(words))
            found.append(Group(name.text, tuple(dict.fromkeys(words))))
        case ast.GroupOfRows(fields=names, list=name):
            for key, column in _columns(ctx, names, name):
                kind = kinds[key.text] = _key(ctx, key, node)
                known = kind.detail if kind is not None and kind.base == "one_of" else column
                for word in column:
                    if word not in known:
                        ctx.report(UnknownWord(key.span, word, key.text, known, nearest(word, known)))
                if kind is None:
                    kinds[key.text] = one_of(*column)
                found.append(Group(key.text, column))
        case None:
            pass
    return tuple(found), kinds


def _columns(
    ctx: Context, fields: tuple[ast.Name, ...], name: ast.Name
) -> list[tuple[ast.Name, tuple[str, ...]]]:
    """The fields of a group and what each may be, where a list has a row for all of them; else none (reported)."""
    table = ctx.lists.get(name.text) if ctx.find(name, "list") is not None else None
    if table is None:
        return []
    if len(fields) != len(table.keys) or len({each.text for each in fields}) < len(fields):
        what = f"`{table.name}` is by {listed(table.keys)}."
        ctx.report(NotSayable(name.span, what, f"Write `for each {', '.join(table.keys)} of {table.name}`."))
        return []
    columns = [tuple(dict.fromkeys(member[place] for member in table.members)) for place in range(len(fields))]
    lacking = [each for each in product(*columns) if each not in table.members]
    if lacking:
        what = f"`{table.name}` has no row for {', '.join(lacking[0])}, so that not each of these has a value."
        advice = f"Add the row, or write `by {', '.join(each.text for each in fields)}`: then those seen have a value."
        ctx.report(NotSayable(name.span, what, advice))
        return []
    return list(zip(fields, columns, strict=True))


def _list_of(ctx: Context, key: ast.Name, members: tuple[ast.Name | ast.Text, ...]) -> ListTable | None:
    """The list that `for each site of sites` names, if it is one."""
    first = members[0] if len(members) == 1 else None
    if not isinstance(first, ast.Name) or ctx.names.get(first.text, ("list",)) is None:
        return None
    table = ctx.lists.get(first.text)
    if table is not None and len(table.keys) > 1:
        ctx.report(NotSayable(first.span, f"`{table.name}` is by {listed(table.keys)}, not by `{key.text}` alone."))
    return table


def _key(ctx: Context, grouped: ast.Name, node: ast.Node) -> Kind | None:
    """The kind of a field that a figure is by: as declared by what the figure mentions, else by what is of its case."""
    key = grouped.text
    for name in mentions(node):
        declared = ctx.names.table.get(name.text)
        if declared is None:
            continue
        if declared.thing in EVENTS:
            kind = key_kind(ctx, key, [name.text])
        elif declared.thing == "obligation":
            head = ctx.norm_heads.get(name.text)
            kind = None if head is None else head.fields.get(key)
        elif declared.thing in FIGURES:
            figure = ctx.figure_heads.get(name.text)
            kind = None if figure is None else figure.keys.get(key)
        elif declared.thing == "state":
            state = ctx.states.get(name.text)
            keyed = state is not None and key in state.by
            events = [each.event for each in (*state.starts, *state.intervals)] if state is not None and keyed else []
            kind = key_kind(ctx, key, events or (list(ctx.events) if keyed else []))
        else:
            kind = None
        if kind is not None:
            return kind
    for name in mentions(node):
        declared = ctx.names.table.get(name.text)
        if declared is not None and declared.thing in (*EVENTS, "obligation", "state"):
            kind = lent(ctx, openers(ctx, name.text), grouped)
            if kind is not None:
                return kind
    return None


def note_partial(ctx: Context, grid: Grid, clause: Clause, stated: bool, value: Expression | None = None) -> None:
    """Where the term cuts a window and the clause is silent, only what happened on the days inside counts, but a
    fixed `value` counts in full: note that default. A term that may end early may cut any window."""
    if stated or grid.unit == "term" or ctx.zone is None:
        return
    try:
        cut = grid.span > 1 or grid.waits or not _whole_at_both_ends(ctx, grid, ctx.zone)
    except (TimeError, OverflowError):
        return
    fixed = value is not None and not any(isinstance(part, _OF_ITS_DAYS) for part in walk(value))
    what = "a fixed price or number counts in full" if fixed else "only the days inside count"
    key = f"partial{' fixed' * fixed}"
    if cut or fixed:
        ctx.assume(key if cut else f"{key}{EARLY}", f"of a window that the term cuts, {what}", clause)


def _whole_at_both_ends(ctx: Context, grid: Grid, zone: Zone) -> bool:
    end = LAST_DAY if ctx.last is None else add_days(ctx.last, 1)
    ends = [ctx.effective] if ctx.last is None else [ctx.effective, ctx.last]
    found = [window_on(grid, zone, ctx.effective, end, day) for day in ends]
    return all(each is not None and each.whole for each in found)


def prorated(value: Expression) -> Expression:
    """For a window that the term cuts, the part that its days inside make of all its days."""
    return ex.Arithmetic("*", value, ex.Arithmetic("/", ex.WindowLength(False), ex.WindowLength(True)))


def starts(ctx: Context, day: ast.Day) -> date | None:
    """The day from which a figure is measured; None if it makes no sense."""
    found = ctx.day(day)
    if found is None:
        return None
    if found < ctx.effective:
        ctx.report(OutOfRange(day.span, "This lies before the agreement takes effect."))
        return None
    return found
