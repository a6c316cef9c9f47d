"""Aggregates: one value out of many rows of the window, and what share of time something held."""

from __future__ import annotations

from fractions import Fraction
from types import MappingProxyType
from typing import Final

from bpodsl.language import ast
from bpodsl.language.cases import event_row, has, openers
from bpodsl.language.checks import holds
from bpodsl.language.context import Context
from bpodsl.language.figures_at import whole
from bpodsl.language.kinds import COUNTABLE, ORDERED, UNKNOWN, Typed, told_of
from bpodsl.language.names import EVENTS, nearest
from bpodsl.language.problems import (
    CannotHappen,
    NotHere,
    NotSayable,
    OneGroupAsked,
    OtherGroups,
    OtherWindow,
    OutOfRange,
    SaidTwice,
    UnknownField,
    WrongKind,
    WrongThing,
)
from bpodsl.language.scopes import NormHead, Row, Scope, same_cells, told_grid
from bpodsl.language.series import over_days
from bpodsl.language.stretches import beyond, intervals_beyond, length_beyond, long_span, outcomes_beyond, past
from bpodsl.lean import evolve, frozen
from bpodsl.terms import Expression, Kind, walk
from bpodsl.terms import expressions as ex
from bpodsl.terms.kinds import LENGTH, NUMBER, SHARE
from bpodsl.text import Span

STATUSES: Final = ("fulfilled", "missed", "excused", "undecided", "not measurable")
"""Each instance of an obligation is exactly one of these."""


@frozen
class Adjusted:
    """How a figure's own lines change the value line: misses forgiven or relieved, cures counted, time left out."""

    cured: bool = False
    allowance: Expression | None = None
    excluding: ex.Times | None = None
    relieved: ast.Expression | None = None


@frozen
class Counted:
    """A value with the parts recorded beside it, and the number of samples that it rests on."""

    typed: Typed
    shows: tuple[tuple[str, Expression], ...] = ()
    samples: Expression | None = None


PLAIN: Final = Adjusted()
_RANKED: Final = MappingProxyType({"min": "lowest", "max": "highest"})


# ---------------------------------------------------------------------------------------- rows
def rows_of(ctx: Context, node: ast.Rows, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    """The rows named and the scope in which each stands; None if they make no sense (reported)."""
    found = _rows_of(ctx, node, scope)
    if found is None:
        return None
    # What a row asks for knows that row.
    of_row = isinstance(found[0], ex.PastRows) or getattr(found[0], "of", "") == "row"
    return found[0], evolve(found[1], outer=scope if of_row else None)


def _rows_of(ctx: Context, node: ast.Rows, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    if isinstance(node, ast.DaysBefore):
        what = "Of the values of a series over some days the mean or the sum is asked for."
        ctx.report(NotSayable(node.span, what, "Write `mean of SERIES over the …`."))
        return None
    if isinstance(node, ast.LongRows) or (isinstance(node, ast.NamedRows) and node.stretch is not None):
        name = node.state if isinstance(node, ast.LongRows) else node.name
        declared = ctx.names.table.get(name.text)
        if declared is not None and declared.thing == "state":
            return _intervals(ctx, node, name, scope)
        if isinstance(node, ast.LongRows):
            ctx.find(name, "state")
            return None
    if isinstance(node, ast.NamedRows) and (node.stretch is not None or node.same is not None):
        return beyond(ctx, node, event_row(ctx, node.name.text), scope)
    if isinstance(node, ast.OutcomeRows) and (node.stretch is not None or node.same is not None):
        head = ctx.norm(node.norm)
        if head is None:
            return None
        statuses = node.statuses if head.cures else _resolved(ctx, node, head, node.statuses)
        return outcomes_beyond(ctx, node, evolve(head.row, became=statuses), statuses, scope)
    of_row = scope.row is not None and scope.row.dated
    if isinstance(node, ast.LastWindows) and (scope.grid is None or node.before is not None or of_row):
        count = whole(ctx, node.count, "windows")
        return None if count is None else past(ctx, node, count, scope)
    if scope.grid is None:
        advice = "Declare an `amount` with this value, and ask for the amount."
        if scope.row is not None and scope.row.dated and isinstance(node, ast.NamedRows | ast.OutcomeRows):
            advice = "Say in which time: `so far`, `in the last 30 days`, or `with the same …`."
        ctx.report(NotHere(node.span, "What happened in a window", f"{scope.told} has no window", advice))
        return None
    match node:
        case ast.OutcomeRows():
            return _outcomes(ctx, node, node.norm, node.statuses, scope)
        case ast.StandingRows():
            return _standing(ctx, node.norm, node.status == "overdue", scope)
        case ast.WindowRows():
            return _windows(ctx, node.figure, None, scope)
        case ast.GroupRows():
            return _groups(ctx, node, scope)
        case ast.LastWindows():
            count = whole(ctx, node.count, "windows")
            return None if count is None else _windows(ctx, node.figure, count, scope)
        case _:
            return named_rows(ctx, node.name, scope)


def named_rows(ctx: Context, name: ast.Name, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    """Events of a kind, or the intervals of a state."""
    declared = ctx.names.table.get(name.text)
    if declared is not None and declared.thing == "obligation":
        ctx.names.used.add(name.text)
        near = f"{name.text} missed"
        ctx.report(WrongThing(name.span, name.text, "obligation", "event, state or its outcomes", declared.span, near))
        return None
    found = ctx.find(name, *EVENTS, "state", wanted="event")
    if found is None:
        return None
    if found.thing == "state":
        row = _interval_row(ctx, name.text)
        return ex.StateRows(name.text), evolve(scope, row=row)
    kind = ctx.events.get(name.text)
    if kind is None:
        return None
    row = event_row(ctx, name.text)
    if not _has_keys(ctx, row, scope, name.span):
        return None
    return ex.EventRows(name.text, kind.period), evolve(scope, row=row)


def _intervals(
    ctx: Context, node: ast.NamedRows | ast.LongRows, name: ast.Name, scope: Scope
) -> tuple[ex.Rows, Scope] | None:
    """Intervals that overlap a stretch; without one, those that begin in the window and last so long."""
    ctx.names.used.add(name.text)
    if node.stretch is None:
        said = " ".join(node.span.text.split()[2:])
        advice = f"Write `in the window` behind it, or `{name.text} where reading {said}`."
        what = "Whether these begin in the window or overlap it is not said."
        ctx.report(NotSayable(node.span, what, advice))
        return None
    row = _interval_row(ctx, name.text)
    return intervals_beyond(ctx, node, name, row, scope)


def _interval_fields(ctx: Context, name: str) -> dict[str, Kind | None]:
    state = ctx.states.get(name)
    if state is None:
        return {}
    events = [each.event for each in (*state.starts, *state.intervals)]
    events = list(ctx.events) if state.made is not None else events
    return {key: key_kind(ctx, key, events) for key in state.by}


def _interval_row(ctx: Context, name: str) -> Row:
    return Row(f"an interval of `{name}`", _interval_fields(ctx, name), reading=LENGTH, events=openers(ctx, name))


def key_kind(ctx: Context, key: str, events: list[str]) -> Kind | None:
    """The kind of a key, as the first of these events that has it declares it."""
    for event in events:
        kind = ctx.events.get(event)
        found = None if kind is None else kind.field(key)
        if found is not None:
            return found.kind
    return None


def _outcomes(
    ctx: Context, node: ast.Node, name: ast.Name, statuses: tuple[str, ...], scope: Scope
) -> tuple[ex.Rows, Scope] | None:
    head = ctx.norm(name)
    if head is None:
        return None
    if scope.counted is None:
        ctx.demand(
            name.span,
            f"`{scope.asker}` counts outcomes, but does not say to which window an outcome belongs.",
            "Add to the line of its windows `, counted when decided` (or `opened`, `due`, `performed`).",
        )
    wanted: dict[str, None] = {}
    for status in _resolved(ctx, node, head, statuses):
        wanted |= dict.fromkeys(STATUSES if status == "opened" else (status,))
    row = evolve(head.row, became=tuple(wanted))
    if not _has_keys(ctx, row, scope, name.span):
        return None
    return ex.OutcomeRows(name.text, tuple(wanted), scope.counted or "decided"), evolve(scope, row=row)


def _resolved(ctx: Context, node: ast.Node, head: NormHead, statuses: tuple[str, ...]) -> tuple[str, ...]:
    """The statuses, where a breach is a miss of a duty that grants no cure."""
    if "breached" in statuses and head.cures:
        what = f"`{head.name}` grants a cure: its breaches are the missed that were not cured."
        advice = (
            f"Write `count of {head.name} missed - count of {head.name} cured`, or count by when the time to cure was "
            f"over: `{head.name} breached in the last …`; for sums let the duty pay, `when breached then … pays …` "
            "(a cap may hold it), or write a duty `for each breached` one and count that."
        )
        ctx.report(NotSayable(node.span, what, advice))
    return tuple(dict.fromkeys("missed" if status == "breached" else status for status in statuses))


def _standing(ctx: Context, name: ast.Name, overdue: bool, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    """Instances that stand open, or overdue, at the end of the window."""
    head = ctx.norm(name)
    if head is None:
        return None
    if head.modality == "must not":
        ctx.report(CannotHappen(name.span, f"`{head.name}` is a prohibition: nothing of it stands open."))
        return None
    row = evolve(head.row, told=f"an open instance of `{head.name}`", outstanding=head.owes)
    if not _has_keys(ctx, row, scope, name.span):
        return None
    return ex.StandingRows(name.text, overdue), evolve(scope, row=row)


def outstanding_of(ctx: Context, node: ast.OutstandingOf, scope: Scope) -> Typed:
    """`outstanding of NORM [where COND]`"""
    head = ctx.norm(node.norm)
    if head is not None and not head.in_parts:
        advice = f"Add `until FIELD adds up to TOTAL` to `{head.name}`, or count what stands open."
        ctx.report(CannotHappen(node.norm.span, f"`{head.name}` is not performed in parts.", advice))
        return UNKNOWN
    rows = ast.StandingRows(node.span, node.norm, "open", node.where)
    return _aggregate(ctx, node, "sum", ast.Name(node.norm.span, "outstanding"), rows, scope, COUNTABLE)


def _windows(ctx: Context, name: ast.Name, last: int | None, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    head = ctx.figure(name)
    if head is None:
        return None
    # What stands inside a row is asked in the window: all groups would be added up where one seems to be meant.
    of_row = () if scope.row is None else tuple(key for key in head.keys if key in scope.row.fields)
    unsaid = tuple(key for key in of_row if key not in scope.keys)
    if unsaid:
        advice = f"Declare an `amount` with the value over all groups of `{head.name}` and ask for that"
        if scope.row is not None and scope.row.dated:
            advice += f"; `last 12 windows of {head.name}` are those of the row's own, over before it"
        ctx.report(OtherGroups(name.span, head.name, unsaid, f"{advice}."))
        return None
    row = Row(
        f"a window of `{head.name}`", head.keys, figure=head.name, value=ctx.kinds.get(head.name),
        ratio=head.name in ctx.ratios, dated=False
    )  # fmt: skip
    return ex.FigureRows(head.name, last), evolve(scope, row=row)


def _groups(ctx: Context, node: ast.GroupRows, scope: Scope) -> tuple[ex.Rows, Scope] | None:
    """The groups of a figure in the window in scope; where that has groups itself, those that agree with it."""
    head = ctx.figure(node.figure)
    assert scope.grid is not None
    if head is None:
        return None
    if not head.groups:
        advice = "Write `each month by FIELD` there, or ask for the figure itself."
        what = f"`{head.name}` has one value in a window: it has no groups."
        ctx.report(CannotHappen(node.figure.span, what, advice))
        return None
    if not same_cells(head.grid, scope.grid):
        advice = f"Write `windows of {head.name}`: all windows that end in this one, of all groups."
        its, asked = told_grid(head.grid), told_grid(scope.grid)
        ctx.report(OtherWindow(node.figure.span, head.name, its, asked, advice, head.span))
        return None
    if set(head.keys) <= set(scope.keys):
        ctx.report(OneGroupAsked(node.span, head.name, scope.asker))
    rows, inside = _windows(ctx, node.figure, None, scope) or (None, scope)
    if rows is None or inside.row is None:
        return None
    return rows, evolve(inside, row=evolve(inside.row, told=f"a group of `{head.name}`"))


def _note_which(ctx: Context, rows: ast.GroupRows, which: str, made: ex.Aggregate) -> None:
    """Of the least or greatest of some groups, it is recorded which it was."""
    head = ctx.figure_heads[rows.figure.text]
    ctx.ranked[made] = tuple(
        (f"{which} {head.name}: {key}", evolve(made, op=_RANKED[made.op], value=ex.FieldOf(key), weight=made.value))
        for key in head.keys
    )


def _has_keys(ctx: Context, row: Row, scope: Scope, span: Span) -> bool:
    """Whether a row belongs to one group of the figure; reported if neither it nor its case has a field."""
    for key in scope.keys:
        if not has(ctx, row, ast.Name(span, key)):
            known = tuple(row.fields)
            told = row.told[:1].upper() + row.told[1:]
            ctx.report(UnknownField(span, key, told, known, nearest(key, known)))
            return False
    return True


def _where(ctx: Context, where: ast.Expression | None, scope: Scope) -> Expression | None:
    return None if where is None else holds(ctx, where, scope)


# ---------------------------------------------------------------------------------------- aggregates
def count_of(ctx: Context, node: ast.CountOf, scope: Scope) -> Typed:
    """`count of ROWS`"""
    return counted(ctx, node, scope, PLAIN).typed


def sum_of(ctx: Context, node: ast.SumOf, scope: Scope) -> Typed:
    """`sum of EXPR over ROWS`"""
    return _aggregate(ctx, node, "sum", node.value, node.rows, scope, COUNTABLE)


def mean_of(ctx: Context, node: ast.MeanOf, scope: Scope) -> Typed:
    """`mean of EXPR over ROWS [weighted by EXPR]`"""
    return _aggregate(ctx, node, "mean", node.value, node.rows, scope, COUNTABLE, weight=node.weight)


def quantile_of(ctx: Context, node: ast.QuantileOf, scope: Scope) -> Typed:
    """`95% quantile of EXPR over ROWS`"""
    q = node.share.value
    if not 0 < q <= 1:
        ctx.report(OutOfRange(node.share.span, "A quantile lies above 0% and not above 100%."))
        return UNKNOWN
    return _aggregate(ctx, node, "quantile", node.value, node.rows, scope, ORDERED, q=q)


def median_of(ctx: Context, node: ast.MedianOf, scope: Scope) -> Typed:
    """`median of EXPR over ROWS`"""
    return _aggregate(ctx, node, "quantile", node.value, node.rows, scope, ORDERED, q=Fraction(1, 2))


def pick_of(ctx: Context, node: ast.PickOf, scope: Scope) -> Typed:
    """`smallest EXPR over ROWS`, `largest`, `first`, `last`"""
    op = {"smallest": "min", "largest": "max"}.get(node.which, node.which)
    found = _aggregate(ctx, node, op, node.value, node.rows, scope, ORDERED if op in ("min", "max") else ())
    if isinstance(node.rows, ast.GroupRows) and op in _RANKED and isinstance(found.expression, ex.Aggregate):
        _note_which(ctx, node.rows, node.which, found.expression)
    return found


def _aggregate(
    ctx: Context, node: ast.Node, op: str, value: ast.Expression, rows: ast.Rows, scope: Scope,
    bases: tuple[str, ...], weight: ast.Expression | None = None, q: int | Fraction | None = None,
) -> Typed:  # fmt: skip
    if isinstance(rows, ast.DaysBefore) and op in ("mean", "sum") and weight is None:
        return over_days(ctx, node, op, value, rows, scope)
    found = rows_of(ctx, rows, scope)
    if isinstance(rows, ast.DaysBefore) or found is None:
        return UNKNOWN
    source, inside = found
    where = _where(ctx, rows.where, inside)
    typed = ctx.typed(value, inside)
    if bases and typed.kind is not None and typed.base not in bases:
        needed = "a number, share, sum of money or length" if bases == COUNTABLE else "a value that has an order"
        ctx.report(WrongKind(value.span, told_of(typed), needed))
        return UNKNOWN
    weigh = None
    if weight is not None:
        weighed = ctx.typed(weight, inside)
        if weighed.kind is not None and weighed.base not in COUNTABLE:
            ctx.report(WrongKind(weight.span, told_of(weighed), "a number to weigh by"))
        weigh = weighed.expression
    source = _known_at_opening(source, (where, typed.expression, weigh))
    made = ex.Aggregate(op, source, where, typed.expression, weigh, q)
    return Typed(made, typed.kind, node.span, typed.ratio, typed.fixed)


def _known_at_opening(rows: ex.Rows, asked: tuple[Expression | None, ...]) -> ex.Rows:
    """All that opened, of which nothing is asked that is known only later: no window waits for what becomes of them."""
    if not isinstance(rows, ex.OutcomeRows) or rows.counted != "opened" or not set(STATUSES) <= set(rows.statuses):
        return rows
    for part in walk(asked):
        later = isinstance(part, ex.Moment) and part.of not in ("row", "opened")
        if later or isinstance(part, ex.Reading | ex.Ruled):
            return rows
    return evolve(rows, waits=False)


# ---------------------------------------------------------------------------------------- values with parts
def counted(ctx: Context, node: ast.Node, scope: Scope, adjusted: Adjusted) -> Counted:
    """A value line: the value, adjusted as the figure's own lines say, with its parts and its samples."""
    match node:
        case ast.ShareOfOutcomes() | ast.ShareOfAny():
            return _share_of_outcomes(ctx, node, scope, adjusted)
        case ast.ShareOfEvents():
            return _share_of_events(ctx, node, scope)
        case ast.Availability():
            return _availability(ctx, node, scope, adjusted)
        case ast.LengthOf():
            return Counted(_length_of(ctx, node, scope, adjusted))
        case ast.CountOf():
            return _count(ctx, node, scope, adjusted)
        case _:
            typed = ctx.typed(node, scope)
            expression = typed.expression
            if isinstance(expression, ex.Aggregate):
                return Counted(typed, samples=evolve(expression, op="count", value=None, weight=None, q=None))
            return Counted(typed)


def _count(ctx: Context, node: ast.CountOf, scope: Scope, adjusted: Adjusted) -> Counted:
    found = rows_of(ctx, node.rows, scope)
    if found is None or isinstance(node.rows, ast.DaysBefore):
        return Counted(UNKNOWN)
    source, inside = found
    where = _where(ctx, node.rows.where, inside)
    raw: Expression = ex.Aggregate("count", _known_at_opening(source, (where,)), where)
    if adjusted.allowance is None:
        return Counted(Typed(raw, NUMBER, node.span), samples=raw)
    return Counted(Typed(_forgiven(raw, adjusted.allowance), NUMBER, node.span), (("all", raw),), raw)


def _forgiven(misses: Expression, allowance: Expression) -> Expression:
    return ex.Largest((ex.Literal(0, NUMBER), ex.Arithmetic("-", misses, allowance)))


def share_of_outcomes(ctx: Context, node: ast.ShareOfOutcomes | ast.ShareOfAny, scope: Scope) -> Typed:
    """`share of NORM fulfilled [where COND]`, `share of any of NORM or NORM fulfilled [where COND]`"""
    return counted(ctx, node, scope, PLAIN).typed


def _share_of_outcomes(
    ctx: Context, node: ast.ShareOfOutcomes | ast.ShareOfAny, scope: Scope, adjusted: Adjusted
) -> Counted:
    names = (node.norm,) if isinstance(node, ast.ShareOfOutcomes) else node.norms
    if node.status not in ("fulfilled", "missed"):
        first = names[0].text
        what = f"A share is of the fulfilled and the missed; `{node.status}` is neither."
        ctx.report(NotSayable(node.span, what, f"Write `count of {first} {node.status} / count of {first} opened`."))
        return Counted(UNKNOWN)
    if isinstance(node, ast.ShareOfOutcomes) and (node.stretch is not None or node.same is not None):
        return _share_beyond(ctx, node, scope)
    if scope.grid is None:
        rows_of(ctx, ast.OutcomeRows(node.span, names[0], (node.status,)), scope)
        return Counted(UNKNOWN)
    seen: dict[str, ast.Name] = {}
    conditions: dict[str, Expression | None] = {}
    scopes: dict[str, Scope] = {}
    for name in names:
        if name.text in seen:
            ctx.report(SaidTwice(name.span, f"`{name.text}`", seen[name.text].span))
            continue
        seen[name.text] = name
        found = _outcomes(ctx, node, name, STATUSES, scope)
        if found is None:
            return Counted(UNKNOWN)
        scopes[name.text] = found[1]
        conditions[name.text] = _where(ctx, node.where, found[1])

    def number(*statuses: str) -> Expression:
        counts = [
            ex.Aggregate("count", ex.OutcomeRows(norm, statuses, scope.counted or "decided"), where)
            for norm, where in conditions.items()
        ]
        total: Expression = counts[0]
        for each in counts[1:]:
            total = ex.Arithmetic("+", total, each)
        return total

    kept, missed = number("fulfilled"), number("missed")
    shows = tuple((status, number(status)) for status in STATUSES)
    if adjusted.cured:
        cured = number("cured")
        kept, missed = number("fulfilled", "cured"), ex.Arithmetic("-", missed, cured)
        shows = (*shows, ("cured", cured))
    if adjusted.relieved is not None:
        for norm, inside in scopes.items():
            row = None if inside.row is None else evolve(inside.row, became=("missed",))
            condition, where = holds(ctx, adjusted.relieved, evolve(inside, row=row)), conditions[norm]
            conditions[norm] = condition if where is None else ex.AllOf((where, condition))
        relieved = number("missed")
        if adjusted.cured:
            relieved = ex.Arithmetic("-", relieved, number("cured"))
        missed = ex.Arithmetic("-", missed, relieved)
        shows = (*shows, ("relieved", relieved))
    samples = ex.Arithmetic("+", kept, missed)
    if adjusted.allowance is not None:
        missed = _forgiven(missed, adjusted.allowance)
    part = kept if node.status == "fulfilled" else missed
    share = ex.Arithmetic("/", part, ex.Arithmetic("+", kept, missed))
    return Counted(Typed(share, SHARE, node.span), shows, samples)


def _share_beyond(ctx: Context, node: ast.ShareOfOutcomes, scope: Scope) -> Counted:
    """The share of the fulfilled, or the missed, among both in a stretch of time."""
    numbers: dict[str, Expression] = {}
    for status in ("fulfilled", "missed"):
        rows = ast.OutcomeRows(node.span, node.norm, (status,), node.stretch, node.same, node.where)
        found = rows_of(ctx, rows, scope)
        if found is None:
            return Counted(UNKNOWN)
        source, inside = found
        numbers[status] = ex.Aggregate("count", source, _where(ctx, node.where, inside))
    both = ex.Arithmetic("+", numbers["fulfilled"], numbers["missed"])
    share = ex.Arithmetic("/", numbers[node.status], both)
    return Counted(Typed(share, SHARE, node.span), tuple(numbers.items()), both)


def share_of_events(ctx: Context, node: ast.ShareOfEvents, scope: Scope) -> Typed:
    """`share of EVENT where COND [among EVENT where COND]`"""
    return counted(ctx, node, scope, PLAIN).typed


def _share_of_events(ctx: Context, node: ast.ShareOfEvents, scope: Scope) -> Counted:
    rows = ast.NamedRows(node.span, node.event, where=node.where)
    found = rows_of(ctx, rows, scope)
    if found is None:
        return Counted(UNKNOWN)
    source, inside = found
    good = holds(ctx, node.where, inside)
    of, among = source, None
    if node.among is not None:
        other = rows_of(ctx, ast.NamedRows(node.among.span, node.among.event, where=node.among.where), scope)
        if other is None:
            return Counted(UNKNOWN)
        of, beside = other
        among = _where(ctx, node.among.where, beside)
        if of == source and among is not None:
            good = ex.AllOf((among, good))
    part: Expression = ex.Aggregate("count", source, good)
    whole_number: Expression = ex.Aggregate("count", of, among)
    shows = (("counted", part), ("of", whole_number))
    return Counted(Typed(ex.Arithmetic("/", part, whole_number), SHARE, node.span), shows, whole_number)


# ---------------------------------------------------------------------------------------- times
def times(ctx: Context, node: ast.Times) -> ex.Times | None:
    """A set of time: states, calendars and the window, combined."""
    match node:
        case ast.Name():
            found = ctx.find(node, "state", "calendar", wanted="state or calendar")
            if found is None:
                return None
            return ex.StateTimes(node.text) if found.thing == "state" else ex.CalendarTimes(node.text)
        case ast.LongEnough():
            state = ctx.find(node.state, "state")
            span = long_span(ctx, node)
            return None if state is None or span is None else ex.StateTimes(node.state.text, *span)
        case ast.AtOnce():
            state, n = ctx.find(node.state, "state"), whole(ctx, node.n, "how many hold at once")
            return None if state is None or n is None else ex.ManyTimes(node.state.text, n)
        case ast.TheWindow():
            return ex.WindowTimes()
        case ast.LessTimes():
            of, less = times(ctx, node.of), times(ctx, node.less)
            return None if of is None or less is None else ex.LessTimes(of, less)
        case _:
            parts = [times(ctx, part) for part in node.parts]
            sound = tuple(part for part in parts if part is not None)
            if len(sound) < len(parts):
                return None
            return ex.UnionTimes(sound) if isinstance(node, ast.EitherTimes) else ex.BothTimes(sound)


def length_of(ctx: Context, node: ast.LengthOf, scope: Scope) -> Typed:
    """`length of TIMES`"""
    return _length_of(ctx, node, scope, PLAIN)


def _length_of(ctx: Context, node: ast.LengthOf, scope: Scope, adjusted: Adjusted) -> Typed:
    found = times(ctx, node.times)
    if found is not None and node.stretch is not None:
        trailing = length_beyond(ctx, node, found, scope)
        return UNKNOWN if trailing is None else Typed(trailing, LENGTH, node.span)
    if found is None or not _in_window(ctx, node, scope):
        return UNKNOWN
    if adjusted.excluding is not None:
        found = ex.LessTimes(found, adjusted.excluding)
    return Typed(ex.LengthOf(found), LENGTH, node.span)


def availability(ctx: Context, node: ast.Availability, scope: Scope) -> Typed:
    """`availability of TIMES against TIMES`"""
    return counted(ctx, node, scope, PLAIN).typed


def _availability(ctx: Context, node: ast.Availability, scope: Scope, adjusted: Adjusted) -> Counted:
    of, against = times(ctx, node.of), times(ctx, node.against)
    if of is None or against is None or not _in_window(ctx, node, scope):
        return Counted(UNKNOWN)
    down: ex.Times = ex.BothTimes((of, against))
    if adjusted.excluding is not None:
        of, down = ex.LessTimes(of, adjusted.excluding), ex.LessTimes(down, adjusted.excluding)
    scheduled, lost = ex.LengthOf(of), ex.LengthOf(down)
    share = ex.Arithmetic("/", ex.Arithmetic("-", scheduled, lost), scheduled)
    return Counted(Typed(share, SHARE, node.span), (("scheduled", scheduled), ("down", lost)))


def window_days(ctx: Context, node: ast.WindowDays | ast.WholeDays, scope: Scope) -> Typed:
    """`days of the window`, `whole days of the window`"""
    if not _in_window(ctx, node, scope):
        return UNKNOWN
    return Typed(ex.WindowLength(isinstance(node, ast.WholeDays)), NUMBER, node.span)


def _in_window(ctx: Context, node: ast.Node, scope: Scope) -> bool:
    if scope.grid is not None:
        return True
    ctx.report(NotHere(node.span, "A length of the window", f"{scope.told} has no window"))
    return False
